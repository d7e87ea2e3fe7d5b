/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>
#include <libsoup/soup.h>

#include "base/piao-json.h"

G_BEGIN_DECLS

/*
 * HTTP for the desktop's talks with the centre: bounded, never blocking, one connection kept open.
 * Certificates are always verified; plain http only to this machine (SEC-04). Bodies are bytes
 * here: whoever wants to know what is in them looks on another thread.
 */

/* A session as the centre's clients use it: no decoding of content encodings that could unpack to
 * anything. @authority is the PEM file whose word counts, NULL for the system's (piao-trust.h).
 * Transfer full. */
SoupSession *piao_http_session_new (const char *authority);

/* PIAO_ERROR_INVALID "http.address" unless @url is https, or http to a loopback address. */
gboolean piao_http_check_url (const char *url, GError **error);

/* How far a call is, in bytes of bodies handed to the system and received. Main thread. */
typedef void (*PiaoHttpProgress) (gsize sent, gsize received, gpointer data);

/* One POST, or without a body a GET. All is borrowed but type, which piao_http_call_clear() frees.
 */
typedef struct
{
  SoupSession *session;
  const char *url;
  const char *token; /* bearer; may be NULL */
  GBytes *body;      /* NULL: a GET */
  const char *body_type;
  const char *accept;        /* content types of good answers, divided by ", " */
  gsize max_bytes;           /* of the answer */
  GCancellable *cancellable; /* may be NULL */
  PiaoHttpProgress progress; /* may be NULL */
  gpointer data;

  gsize sent, received; /* so far */
  char *type;           /* of the answer, without parameters */
  gboolean packed;      /* with gzip; see piao_http_unpack() */
} PiaoHttpCall;

/*
 * In a fiber on the main context: sends it and receives a 2xx answer of one of the accepted types.
 * NULL with PIAO_ERROR_UNAVAILABLE "http.line" when there was no answer or a 5xx,
 * "http.certificate" or "http.authority" when it does not know who answers (nothing was sent then),
 * "http.portal" when something answers that is not the centre (a captive portal, a proxy's page),
 * LIMIT "http.long" when there is no end to it; else the centre's own error with its reason and
 * sentence: "http.401" when the token is not (any more) good, "device.revoked" (410).
 */
GBytes *piao_http_call (PiaoHttpCall *call, GError **error);
void piao_http_call_clear (PiaoHttpCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PiaoHttpCall, piao_http_call_clear)

/* What a proxy has packed with gzip although nobody asked for it, at most @max_bytes long.
 * PIAO_ERROR_CORRUPT "http.packed" or LIMIT "http.long". Any thread. Transfer full. */
GBytes *piao_http_unpack (GBytes *packed, gsize max_bytes, GError **error);

/* In a fiber: POSTs @body as JSON and reads a short JSON answer. Errors as above, or CORRUPT when
 * it is no JSON. Transfer full. */
JsonObject *piao_http_ask (SoupSession *session,
                           const char *url,
                           JsonObject *body,
                           gsize max_bytes,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
