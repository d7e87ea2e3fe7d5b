/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <argon2.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "base/piao-error.h"
#include "sync/piao-password.h"

/* The second choice of RFC 9106 scaled to a small server: 19 MiB, two passes, one lane. */
#define MEMORY_KIB 19456
#define PASSES 2
#define LANES 1
#define SALT_BYTES 16
#define HASH_BYTES 32

PIAO_STATEMENT (password_set,
                "INSERT INTO credential (user_id, hash, changed_at) VALUES ($1, $2, $3)"
                " ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash,"
                " changed_at = excluded.changed_at");
PIAO_STATEMENT (password_end_sessions, "DELETE FROM session WHERE user_id = $1");

static void
fill_random (guint8 *bytes, gsize n)
{
  /* Up to 256 bytes come whole or not at all. */
  if (getrandom (bytes, n, 0) != (gssize)n)
    g_error ("The system gives no random numbers");
}

char *
piao_random_text (guint n)
{
  guint8 bytes[64];
  GString *text = g_string_new (NULL);

  g_assert (n <= sizeof bytes);
  fill_random (bytes, n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free_and_steal (text);
}

gboolean
piao_password_check (const char *password, GError **error)
{
  gsize length = strlen (password);
  gboolean letter = FALSE, digit = FALSE;

  for (const char *at = password; *at != '\0'; at++)
    {
      letter = letter || !g_ascii_isdigit (*at);
      digit = digit || g_ascii_isdigit (*at);
    }
  if (length >= PIAO_PASSWORD_MIN && length <= PIAO_PASSWORD_MAX && letter && digit
      && g_utf8_validate (password, -1, NULL))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "password.weak",
                         _ ("A password has %d to %d characters, with letters and digits."),
                         PIAO_PASSWORD_MIN, PIAO_PASSWORD_MAX);
}

char *
piao_password_hash (const char *password, GError **error)
{
  guint8 salt[SALT_BYTES];
  char encoded[256];
  int code;

  fill_random (salt, sizeof salt);
  code = argon2id_hash_encoded (PASSES, MEMORY_KIB, LANES, password, strlen (password), salt,
                                sizeof salt, HASH_BYTES, encoded, sizeof encoded);
  if (code == ARGON2_OK)
    return g_strdup (encoded);
  piao_error_set (error, PIAO_ERROR_FAILED, "password.hash",
                  _ ("The password could not be stored (%s)."), argon2_error_message (code));
  return NULL;
}

gboolean
piao_password_verify (const char *hash, const char *password)
{
  /* A hash of nobody's password, with the parameters of above. */
  static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
                               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

  if (strlen (password) > PIAO_PASSWORD_MAX)
    password = "";
  return argon2id_verify (hash != NULL ? hash : nobody, password, strlen (password)) == ARGON2_OK
         && hash != NULL;
}

gboolean
piao_password_set (PiaoDb *db, gint64 user, const char *password, gint64 now, GError **error)
{
  g_autofree char *hash = NULL;

  if (!piao_password_check (password, error))
    return FALSE;
  hash = piao_password_hash (password, error);
  return hash != NULL && piao_db_exec (db, &password_set, error, "isi", user, hash, now)
         && piao_db_exec (db, &password_end_sessions, error, "i", user);
}
