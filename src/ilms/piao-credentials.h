/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * PiaoCredentials: who we are at the gateway. They live in the Secret Service (see
 * piao-credentials-store.h) or in the server's own protected settings; never in a database row, a
 * log, an export or an error sentence. Freeing wipes them.
 */
typedef struct
{
  char *app_id;      /* printable ASCII, goes into a header */
  char *app_secret;  /* enciphers; at least 8 bytes */
  char *sign_secret; /* signs */
} PiaoCredentials;

#define PIAO_TYPE_CREDENTIALS (piao_credentials_get_type ())
GType piao_credentials_get_type (void);

/* NULL with PIAO_ERROR_INVALID when one is missing, too short, too long or not printable ASCII.
 */
PiaoCredentials *piao_credentials_new (const char *app_id,
                                       const char *app_secret,
                                       const char *sign_secret,
                                       GError **error);
PiaoCredentials *piao_credentials_copy (const PiaoCredentials *self);
void piao_credentials_free (PiaoCredentials *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoCredentials, piao_credentials_free)

G_END_DECLS
