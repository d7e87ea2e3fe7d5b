/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * PiaoGatewayProfile: how one edition of the gateway wants to be spoken to, as a data file, so
 * that a change of its suite, its paths or its numbers needs no new program (ILM-02).
 *
 * The file is a GKeyFile; every key must be there and nothing else may be.
 *
 *   [profile]
 *   name              the word people choose it by
 *   [envelope]
 *   path              path of a call; {api} and {version} are replaced
 *   appid-header      the HTTP header that carries APPID
 *   sort              whole-string: sort the joined "key"+"value" texts; key: sort by key
 *   mac               HMAC-SHA1, HMAC-SHA256 or HMAC-SM3
 *   mac-case          upper or lower hex
 *   cipher            DES-ECB, AES-256-GCM, SM4-CBC or SM4-GCM (see piao-envelope.h)
 *   encoding          of the sealed bytes: hex-lower, hex-upper or base64
 *   reply-path        where the result stands in the reply's content, through JSON in JSON
 *   reply-sealed      whether the content of a reply is enciphered like a request
 *   reply-echo        result member that must repeat our request number, if it is there; or empty
 *   [limits]
 *   connect, total    time for reaching the gateway, for the whole call ("5s", "250ms", "2m")
 *   body              the most bytes of a reply that are read
 *   clock-skew-warn   from which difference of clocks on a person is told
 *   longest-processing  how long the gateway may still carry out a request that it has received;
 *                     only after it "not found" means "did not happen"
 *   freshness         how far the time in a request may lie back before the gateway refuses it
 *   [errors]
 *   their errNo for   ok, signature, identity, version, clock, replay, busy
 *   refused           the numbers that are a final answer of the business. A number in no list
 *                     decides nothing: the request is asked about instead
 *   [api]
 *   our word          with "-" for "." = their api name and version
 *   [tls]
 *   pin               lower-case hex SHA-256 of the server's certificate (DER); the group is
 *                     optional, for a test environment that is a bare address
 *   [self-test]
 *   a known answer:   app-secret, sign-secret, nonce, timestamp, params (k=v;k=v), iv (hex),
 *                     signature, data
 */

typedef struct
{
  const char *word;   /* "HMAC-SHA1" */
  const char *digest; /* OpenSSL's name */
} PiaoGatewayMac;

typedef struct
{
  const char *word;   /* "AES-256-GCM" */
  const char *cipher; /* OpenSSL's name */
  const char *digest; /* the key is the first bytes of this digest of APP_SECRET; NULL: the first
                         bytes of APP_SECRET itself, three times over */
  guint key_length;   /* bytes of one key */
  guint iv_length;    /* random bytes in front of the sealed text */
  guint tag_length;   /* authentication tag behind it */
} PiaoGatewayCipher;

typedef enum
{
  PIAO_GATEWAY_ENCODING_HEX_LOWER,
  PIAO_GATEWAY_ENCODING_HEX_UPPER,
  PIAO_GATEWAY_ENCODING_BASE64,
} PiaoGatewayEncoding;

/* What a reply means for the request. */
typedef enum
{
  PIAO_GATEWAY_OK,       /* carried out */
  PIAO_GATEWAY_REFUSED,  /* a final no of the business: balance, stock, state */
  PIAO_GATEWAY_BUSY,     /* not carried out, come back later with the same number */
  PIAO_GATEWAY_STOP,     /* signature, identity, version, clock or certificate: a person must act */
  PIAO_GATEWAY_UNKNOWN,  /* it may or may not have happened: ask, never send again blindly */
  PIAO_GATEWAY_NOT_SENT, /* no byte of it left this machine */
} PiaoGatewayKind;

typedef struct
{
  char *name;
  char *version;
} PiaoGatewayApi;

typedef struct
{
  char *app_secret;
  char *sign_secret;
  char *nonce;
  gint64 timestamp;
  char **params; /* "key=value" */
  char *iv;      /* hex */
  char *signature;
  char *data;
} PiaoGatewayVector;

/* Read only once loaded; any thread. */
typedef struct
{
  char *name;
  char *path;
  char *appid_header;
  gboolean sort_by_key;
  const PiaoGatewayMac *mac;
  gboolean mac_upper;
  const PiaoGatewayCipher *cipher;
  PiaoGatewayEncoding encoding;
  char **reply_path;
  gboolean reply_sealed;
  char *reply_echo; /* "" for none */
  gint64 connect_ms;
  gint64 total_ms;
  gint64 clock_skew_warn_ms;
  gint64 longest_processing_ms;
  gint64 freshness_ms;
  gsize max_body;      /* bytes */
  char *tls_pin;       /* or NULL */
  GHashTable *errors;  /* (owned) "signature" → "1001" */
  GHashTable *refused; /* (owned) set of numbers */
  GHashTable *apis;    /* (owned) "order.lock" → PiaoGatewayApi */
  PiaoGatewayVector vector;
} PiaoGatewayProfile;

#define PIAO_TYPE_GATEWAY_PROFILE (piao_gateway_profile_get_type ())
GType piao_gateway_profile_get_type (void);

/* Our words for the operations, NULL-terminated; every profile names each of them. */
extern const char *const piao_gateway_operations[];

/* The names of the profiles that are built in, NULL-terminated. */
extern const char *const piao_gateway_profile_names[];

/* A built-in profile by name; PIAO_ERROR_NOT_FOUND names those that there are. Transfer full. */
PiaoGatewayProfile *piao_gateway_profile_load (const char *name, GError **error);

/* Parses the text of a profile file. PIAO_ERROR_INVALID names the key. Transfer full. */
PiaoGatewayProfile *piao_gateway_profile_parse (const char *text, gssize length, GError **error);

PiaoGatewayProfile *piao_gateway_profile_ref (PiaoGatewayProfile *self);
void piao_gateway_profile_unref (PiaoGatewayProfile *self);

/* Their name of our @operation, or NULL. Borrowed. */
const PiaoGatewayApi *piao_gateway_profile_get_api (const PiaoGatewayProfile *self,
                                                    const char *operation);

/* Our word for their @api and @version, or NULL. Borrowed. */
const char *piao_gateway_profile_get_operation (const PiaoGatewayProfile *self,
                                                const char *api,
                                                const char *version);

/* The path of a call of @operation. Transfer full; NULL for an unknown operation. */
char *piao_gateway_profile_get_path (const PiaoGatewayProfile *self, const char *operation);

/* Their number for @meaning ("ok", "signature", …); a business code stands for itself. Borrowed.
 */
const char *piao_gateway_profile_get_error (const PiaoGatewayProfile *self, const char *meaning);

/* What their @number means for a request. */
PiaoGatewayKind piao_gateway_profile_classify (const PiaoGatewayProfile *self, const char *number);

const char *piao_gateway_kind_to_text (PiaoGatewayKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoGatewayProfile, piao_gateway_profile_unref)

G_END_DECLS
