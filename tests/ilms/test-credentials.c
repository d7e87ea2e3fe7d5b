/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Against a real Secret Service: run through tests/lib/with-keyring. */

#include <gio/gio.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "ilms/piao-credentials-store.h"

static PiaoCredentials *
credentials_new (const char *app_secret)
{
  return piao_credentials_new ("piaoku-test", app_secret, "sign-secret-1", NULL);
}

static void
store (const char *scope, const char *app_secret)
{
  g_autoptr (PiaoCredentials) credentials = credentials_new (app_secret);
  g_autoptr (DexFuture) future = piao_credentials_store (scope, credentials);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  g_assert_true (g_value_get_boolean (value));
}

/* The APP_SECRET that is stored, or NULL when there is none. Transfer full. */
static char *
lookup (const char *scope)
{
  g_autoptr (DexFuture) future = piao_credentials_lookup (scope);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);
  const PiaoCredentials *credentials;

  if (value == NULL)
    {
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_NOT_FOUND);
      return NULL;
    }
  credentials = g_value_get_boxed (value);
  g_assert_cmpstr (credentials->app_id, ==, "piaoku-test");
  g_assert_cmpstr (credentials->sign_secret, ==, "sign-secret-1");
  return g_strdup (credentials->app_secret);
}

static gboolean
clear (const char *scope)
{
  g_autoptr (DexFuture) future = piao_credentials_clear (scope);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return g_value_get_boolean (value);
}

static void
test_store_replace_clear (void)
{
  g_autofree char *none = lookup ("6501");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *other = NULL;
  g_autofree char *gone = NULL;

  g_assert_null (none);
  store ("6501", "app-secret-1");
  first = lookup ("6501");
  g_assert_cmpstr (first, ==, "app-secret-1");
  store ("6501", "app-secret-2");
  store ("6502", "app-secret-3");
  second = lookup ("6501");
  other = lookup ("6502");
  g_assert_cmpstr (second, ==, "app-secret-2");
  g_assert_cmpstr (other, ==, "app-secret-3");
  g_assert_true (clear ("6501"));
  g_assert_false (clear ("6501"));
  gone = lookup ("6501");
  g_assert_null (gone);
  g_assert_true (clear ("6502"));
}

/* Whether @needle stands in a file under @folder. */
static gboolean
is_on_disk (const char *folder, const char *needle, guint *files)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      gsize length = 0;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (is_on_disk (path, needle, files))
            return TRUE;
        }
      else if (g_file_get_contents (path, &text, &length, NULL))
        {
          (*files)++;
          if (memmem (text, length, needle, strlen (needle)) != NULL)
            return TRUE;
        }
    }
  return FALSE;
}

static void
test_not_readable_on_disk (void)
{
  guint files = 0;

  store ("6501", "find-me-if-you-can");
  g_assert_false (is_on_disk (g_getenv ("HOME"), "find-me-if-you-can", &files));
  g_assert_cmpuint (files, >, 0);
  g_assert_true (clear ("6501"));
}

static void
test_no_keyring (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (DexFuture) future = piao_credentials_lookup ("6501");
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_future_wait (future, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_UNAVAILABLE);
      g_assert_true (piao_error_is_retryable (error));
      return;
    }
  {
    g_autofree char *bus = g_strdup (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));

    g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/does/not/exist", TRUE);
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", bus, TRUE);
  }
  g_test_trap_assert_passed ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/credentials/store-replace-clear", test_store_replace_clear);
  g_test_add_func ("/credentials/not-readable-on-disk", test_not_readable_on_disk);
  g_test_add_func ("/credentials/no-keyring", test_no_keyring);
  return g_test_run ();
}
