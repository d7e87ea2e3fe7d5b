/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>
#include <libsoup/soup.h>

#include "base/piao-json.h"

G_BEGIN_DECLS

/*
 * JSON over HTTP for the desktop's talks with the centre: bounded, never blocking, one connection
 * kept open. Certificates are always verified; plain http only to this machine (SEC-04).
 */

/* A session as the centre's clients use it: no decoding of content encodings that could unpack to
 * anything, time-outs set. Transfer full. */
SoupSession *piao_http_session_new (void);

/* PIAO_ERROR_INVALID "http.address" unless @url is https, or http to a loopback address. */
gboolean piao_http_check_url (const char *url, GError **error);

/*
 * POSTs @body (borrowed) to @url with the bearer @token (may be NULL) and resolves to a boxed
 * JsonObject (JSON_TYPE_OBJECT) of at most @max_bytes. Must be called in a fiber or waited for with
 * a callback; main context.
 *
 * Rejects: UNAVAILABLE "http.line" when there was no answer or a 5xx, CORRUPT when the answer is no
 * JSON of the centre (a captive portal, a proxy's page), else the centre's own error with its
 * reason and sentence; "http.401" when the token is not (any more) good.
 */
DexFuture *piao_http_post (
    SoupSession *session, const char *url, const char *token, JsonObject *body, gsize max_bytes);

G_END_DECLS
