/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "ilms/piao-credentials-store.h"

#define MAX_ITEM 4096

static const SecretSchema schema = {
  .name = "io.github.piaoku.Gateway",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "scope", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

/* What libsecret says becomes our error; its text holds no secret. */
static GError *
unavailable (const GError *error)
{
  return piao_error_new (PIAO_ERROR_UNAVAILABLE, "credentials.keyring",
                         _ ("The keyring cannot be used (%s). Unlock it and try again."),
                         error->message);
}

static char *
to_text (const PiaoCredentials *credentials)
{
  g_autoptr (JsonObject) object = piao_json_build ("appId", 's', credentials->app_id, "appSecret",
                                                   's', credentials->app_secret, "signSecret", 's',
                                                   credentials->sign_secret, NULL);

  return piao_json_object_to_text (object);
}

static PiaoCredentials *
from_text (const char *text, GError **error)
{
  g_autoptr (JsonObject) object
      = piao_json_parse_object (text, -1, MAX_ITEM, _ ("The keyring item"), error);

  if (object == NULL)
    return NULL;
  return piao_credentials_new (piao_json_get_text (object, "appId", NULL),
                               piao_json_get_text (object, "appSecret", NULL),
                               piao_json_get_text (object, "signSecret", NULL), error);
}

static void
on_stored (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_password_store_finish (result, &error))
    dex_promise_resolve_boolean (promise, TRUE);
  else
    dex_promise_reject (promise, unavailable (error));
}

DexFuture *
piao_credentials_store (const char *scope, const PiaoCredentials *credentials)
{
  DexPromise *promise;
  g_autofree char *label = NULL;
  char *text;

  g_return_val_if_fail (scope != NULL && credentials != NULL, NULL);
  promise = dex_promise_new ();
  label = g_strdup_printf (_ ("Piaoku: ILMS credentials of warehouse %s"), scope);
  text = to_text (credentials);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, text, NULL, on_stored,
                         dex_ref (promise), "scope", scope, NULL);
  explicit_bzero (text, strlen (text));
  g_free (text);
  return DEX_FUTURE (promise);
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_autoptr (GError) error = NULL;
  char *text = secret_password_lookup_finish (result, &error);
  PiaoCredentials *credentials = NULL;
  GError *wrong = NULL;

  if (error != NULL)
    wrong = unavailable (error);
  else if (text == NULL)
    wrong = piao_error_new (PIAO_ERROR_NOT_FOUND, "credentials.none",
                            _ ("No ILMS credentials are stored on this desktop for this "
                               "warehouse; enter them in the preferences."));
  else
    credentials = from_text (text, &wrong);
  secret_password_free (text);
  if (credentials != NULL)
    dex_promise_resolve_boxed (promise, PIAO_TYPE_CREDENTIALS, credentials);
  else
    dex_promise_reject (promise, wrong);
}

DexFuture *
piao_credentials_lookup (const char *scope)
{
  DexPromise *promise;

  g_return_val_if_fail (scope != NULL, NULL);
  promise = dex_promise_new ();
  secret_password_lookup (&schema, NULL, on_found, dex_ref (promise), "scope", scope, NULL);
  return DEX_FUTURE (promise);
}

static void
on_cleared (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_autoptr (GError) error = NULL;
  gboolean removed = secret_password_clear_finish (result, &error);

  if (error != NULL)
    dex_promise_reject (promise, unavailable (error));
  else
    dex_promise_resolve_boolean (promise, removed);
}

DexFuture *
piao_credentials_clear (const char *scope)
{
  DexPromise *promise;

  g_return_val_if_fail (scope != NULL, NULL);
  promise = dex_promise_new ();
  secret_password_clear (&schema, NULL, on_cleared, dex_ref (promise), "scope", scope, NULL);
  return DEX_FUTURE (promise);
}
