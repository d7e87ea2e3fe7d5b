/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "ilms/piao-credentials.h"
#include "ilms/piao-gateway-profile.h"
#include "ilms/piao-gateway-random.h"

G_BEGIN_DECLS

/*
 * The envelope of the gateway (ILM-02): pure functions, any thread, no sockets, no clock.
 *
 * A request's parameters get `nonce` and `timestamp`; the signature is the MAC with SIGN_SECRET
 * over the sorted "key"+"value" texts joined with nothing; the plain text is the sorted
 * "key=value" pairs (signature included) joined with "&"; sealed with APP_SECRET it is posted as
 * {"data": "…"}.
 *
 *   DES-ECB       key: the first 8 bytes of APP_SECRET, as DES-EDE3-ECB K‖K‖K; PKCS#5 padding
 *   AES-256-GCM   key: SHA-256 (APP_SECRET);              data: iv (12) ‖ text ‖ tag (16)
 *   SM4-GCM       key: first 16 bytes of SM3 (APP_SECRET); data: iv (12) ‖ text ‖ tag (16)
 *   SM4-CBC       key: first 16 bytes of SM3 (APP_SECRET); data: iv (16) ‖ padded text
 *
 * The iv is fresh random for every message, never made from the nonce: one iv used twice under
 * the same key would give GCM away.
 *
 * A reply is {"content", "header": {"serverTime", "status"}, "sign", "errNo", "errMsg"}: `sign`
 * is the MAC over the pairs content, errMsg, errNo, serverTime and status; `content` is JSON text
 * (sealed where the profile says so) in which reply-path leads to the result, each step an object
 * or a text holding one. Every layer is bounded to 1 MiB and 32 levels.
 *
 * Whatever is wrong with a seal – padding, tag, signature, shape – is one and the same error,
 * PIAO_ERROR_CORRUPT "gateway.seal": who sends forgeries learns nothing from the answer.
 */
typedef struct
{
  char *sign_input;
  char *signature;
  char *plain; /* the text that was sealed */
  char *data;  /* what travels */
} PiaoSealed;

void piao_sealed_free (PiaoSealed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSealed, piao_sealed_free)

/* Seals @params (text → text). PIAO_ERROR_INVALID "gateway.param" for a key or value that holds
 * "&" or "=" or is not UTF-8 text, PIAO_ERROR_LIMIT beyond 1 MiB. Transfer full. */
PiaoSealed *piao_envelope_seal (const PiaoGatewayProfile *profile,
                                const PiaoCredentials *credentials,
                                GHashTable *params,
                                const char *nonce,
                                gint64 timestamp_ms,
                                const PiaoRandom *random,
                                GError **error);

/* Opens and verifies a request: its parameters with nonce and timestamp, without the signature.
 * Transfer full. */
GHashTable *piao_envelope_open (const PiaoGatewayProfile *profile,
                                const PiaoCredentials *credentials,
                                const char *data,
                                GError **error);

/* The parameters of a call as texts: a text stands for itself, whole numbers and truth values in
 * decimal and as true/false, objects and arrays as one compact JSON text. Fractions and null are
 * refused (money is a decimal text). Transfer full. */
GHashTable *piao_envelope_params_from_json (JsonObject *object, GError **error);

/* A reply, on either side. */
typedef struct
{
  char *code;         /* their errNo */
  char *sentence;     /* their errMsg, "" when they say nothing */
  gint64 server_time; /* ms UTC, 0 when it does not say */
  JsonObject *result; /* or NULL */
} PiaoEnvelopeReply;

PiaoEnvelopeReply *piao_envelope_reply_new (const char *code,
                                            const char *sentence,
                                            gint64 server_time,
                                            JsonObject *result);
void piao_envelope_reply_free (PiaoEnvelopeReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoEnvelopeReply, piao_envelope_reply_free)

/* The JSON text of a signed reply. Transfer full. */
char *piao_envelope_seal_reply (const PiaoGatewayProfile *profile,
                                const PiaoCredentials *credentials,
                                const PiaoEnvelopeReply *reply,
                                const PiaoRandom *random,
                                GError **error);

/* Opens a reply. An unsigned or wrongly signed one is PIAO_ERROR_CORRUPT. Transfer full. */
PiaoEnvelopeReply *piao_envelope_open_reply (const PiaoGatewayProfile *profile,
                                             const PiaoCredentials *credentials,
                                             const char *text,
                                             gsize length,
                                             GError **error);

/* The errNo of a reply whose signature nobody checked: only good for telling "we are not known
 * there" (which a gateway cannot sign) from noise. Transfer full; NULL when there is none. */
char *piao_envelope_peek_code (const char *text, gsize length);

/* Opens and seals the known answers of every built-in profile; PIAO_ERROR_FAILED when one
 * differs. Called once by every program that talks to the gateway before it does. */
gboolean piao_envelope_self_test (GError **error);

G_END_DECLS
