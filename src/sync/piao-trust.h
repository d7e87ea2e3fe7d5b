/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/*
 * Whose word counts for who the centre is (SEC-04): the authorities that this computer trusts, or
 * those of one file alone, when the office has an authority of its own.
 */

/* Lets @session trust what is signed by the certificates of the PEM file @authority and nothing
 * else; NULL or "" is what the system trusts. When the file cannot be used, the session trusts
 * nobody, and FALSE with PIAO_ERROR_INVALID "http.authority" and a sentence. */
gboolean piao_trust_set (SoupSession *session, const char *authority, GError **error);

/* Whether @authority could be used: as above, without a session. */
gboolean piao_trust_check (const char *authority, GError **error);

/* PIAO_ERROR_UNAVAILABLE "http.certificate" with a sentence on what is wrong with the certificate
 * that was shown to @message; TRUE when nothing is. */
gboolean piao_trust_judge (SoupMessage *message, GError **error);

G_END_DECLS
