/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "base/piao-clock.h"
#include "ilms/piao-envelope.h"
#include "ilms/piao-gateway-machine.h"

G_BEGIN_DECLS

/*
 * What became of one call. The future of a call never fails because of the line: every outcome is
 * a reply of some kind, so that no caller can take a time-out for a no.
 */
typedef struct
{
  PiaoGatewayKind kind;
  gboolean sent;      /* a byte of it may have left this machine */
  char *code;         /* their number, or "http-…", "timeout", "certificate", … of ours */
  char *sentence;     /* for a person; never "" unless OK */
  JsonObject *result; /* an object for OK, otherwise NULL */
  gint64 server_time; /* ms UTC; 0 when no signed reply came */
  gint64 skew_ms;     /* their clock minus ours, 0 when no signed reply came */
  gboolean skew_warn; /* beyond what the profile accepts: say so to a person */
} PiaoGatewayReply;

#define PIAO_TYPE_GATEWAY_REPLY (piao_gateway_reply_get_type ())
GType piao_gateway_reply_get_type (void);
PiaoGatewayReply *piao_gateway_reply_copy (const PiaoGatewayReply *self);
void piao_gateway_reply_free (PiaoGatewayReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoGatewayReply, piao_gateway_reply_free)

/* What an OK reply to order.query found; FOUND_UNDER_WAY when it does not say clearly. */
PiaoGatewayFinding piao_gateway_reply_get_finding (const PiaoGatewayReply *self);

/*
 * PiaoGatewayClient: one identity at one gateway over HTTP. It sends a call once, on a connection
 * of its own (a kept connection that dies would be retried behind our back), follows no redirect,
 * uses no proxy, decodes no compression, and reads no more than the profile allows. Certificates
 * are always verified, or compared with a pin; plain HTTP is for loopback only. It logs nothing.
 */
#define PIAO_TYPE_GATEWAY_CLIENT (piao_gateway_client_get_type ())
G_DECLARE_FINAL_TYPE (PiaoGatewayClient, piao_gateway_client, PIAO, GATEWAY_CLIENT, GObject)

/* @base_url is "https://host[:port][/prefix]"; @tls_pin (lower-case hex SHA-256 of the server's
 * certificate) replaces the profile's when given. PIAO_ERROR_INVALID says what is wrong. */
PiaoGatewayClient *piao_gateway_client_new (PiaoGatewayProfile *profile,
                                            const char *base_url,
                                            const PiaoCredentials *credentials,
                                            const char *tls_pin,
                                            PiaoClock *clock,
                                            PiaoRandom random,
                                            GError **error);

/* @may is asked when the first byte of a call is about to leave; when it says FALSE nothing does,
 * and the reply is NOT_SENT. Before the first call. */
void piao_gateway_client_set_gate (PiaoGatewayClient *self,
                                   gboolean (*may) (gpointer data),
                                   gpointer data,
                                   GDestroyNotify destroy);

/* Calls @operation ("order.lock", …). @request_number travels as "requestNo"; NULL when @params has
 * one already or the question needs none; for order.query it is the number that is asked about.
 * @params is borrowed (NULL: none); lists in it travel as one JSON text. Resolves to a boxed
 * PiaoGatewayReply in the calling thread's main context; rejects only when the call cannot be made
 * at all (PIAO_ERROR_INVALID, PIAO_ERROR_LIMIT). */
DexFuture *piao_gateway_client_call (PiaoGatewayClient *self,
                                     const char *operation,
                                     const char *request_number,
                                     JsonObject *params);

G_END_DECLS
