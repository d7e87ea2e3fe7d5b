/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "ilms/piao-credentials.h"

#define MAX_LENGTH 256
#define MIN_SECRET 8 /* single DES takes the first 8 bytes */

G_DEFINE_BOXED_TYPE (PiaoCredentials,
                     piao_credentials,
                     piao_credentials_copy,
                     piao_credentials_free)

static gboolean
check (const char *text, gsize min, const char *what, GError **error)
{
  gsize length = text != NULL ? strnlen (text, MAX_LENGTH + 1) : 0;
  gboolean printable = TRUE;

  for (gsize i = 0; i < length; i++)
    printable = printable && g_ascii_isgraph (text[i]);
  if (length >= min && length <= MAX_LENGTH && printable)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.credentials",
                         _ ("%s must have %d to %d letters, digits or signs without spaces."), what,
                         (int)min, MAX_LENGTH);
}

PiaoCredentials *
piao_credentials_new (const char *app_id,
                      const char *app_secret,
                      const char *sign_secret,
                      GError **error)
{
  PiaoCredentials *self;

  if (!check (app_id, 1, "APPID", error) || !check (app_secret, MIN_SECRET, "APP_SECRET", error)
      || !check (sign_secret, MIN_SECRET, "SIGN_SECRET", error))
    return NULL;
  self = g_new0 (PiaoCredentials, 1);
  self->app_id = g_strdup (app_id);
  self->app_secret = g_strdup (app_secret);
  self->sign_secret = g_strdup (sign_secret);
  return self;
}

PiaoCredentials *
piao_credentials_copy (const PiaoCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return piao_credentials_new (self->app_id, self->app_secret, self->sign_secret, NULL);
}

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

void
piao_credentials_free (PiaoCredentials *self)
{
  if (self == NULL)
    return;
  g_free (self->app_id);
  wipe (self->app_secret);
  wipe (self->sign_secret);
  g_free (self);
}
