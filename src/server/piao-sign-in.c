/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-i18n.h"
#include "base/piao-id.h"
#include "server/piao-sign-in.h"
#include "sync/piao-password.h"

#define TOKEN_BYTES 32

PIAO_STATEMENT (sign_in_user,
                "SELECT users.id, credential.hash, users.real_name, users.warehouse_id FROM users"
                " JOIN credential ON credential.user_id = users.id"
                " WHERE users.name = $1 AND users.enabled = 1 AND users.deleted = 0");
PIAO_STATEMENT (sign_in_locked, "SELECT locked_until FROM sign_in_guard WHERE name = $1");
PIAO_STATEMENT (sign_in_failed,
                "INSERT INTO sign_in_guard (name, fails, failed_at, locked_until)"
                " VALUES ($1, 1, $2, 0) ON CONFLICT (name) DO UPDATE SET"
                " fails = sign_in_guard.fails + 1, failed_at = excluded.failed_at");
PIAO_STATEMENT (sign_in_lock,
                "UPDATE sign_in_guard SET fails = 0, locked_until = $2"
                " WHERE name = $1 AND fails >= $3");
PIAO_STATEMENT (sign_in_forgive, "DELETE FROM sign_in_guard WHERE name = $1 OR failed_at < $2");
PIAO_STATEMENT (sign_in_expire,
                "DELETE FROM sign_in_guard WHERE failed_at < $1 AND locked_until < $2");
PIAO_STATEMENT (sign_in_guarded, "SELECT COUNT(*) FROM sign_in_guard");
/* Invented names make room, the oldest first; those of users are kept, and there are not many. */
PIAO_STATEMENT (sign_in_make_room,
                "DELETE FROM sign_in_guard WHERE name IN (SELECT name FROM sign_in_guard"
                " WHERE name NOT IN (SELECT name FROM users) ORDER BY failed_at LIMIT $1)");
PIAO_STATEMENT (sign_in_device, "SELECT number, revoked FROM device WHERE key_hash = $1");
PIAO_STATEMENT (sign_in_last_device, "SELECT MAX(number) FROM device");
PIAO_STATEMENT (sign_in_has_device, "SELECT COUNT(*) FROM device WHERE number = $1");
PIAO_STATEMENT (sign_in_add_device,
                "INSERT INTO device (number, key_hash, user_id, name, dseq, last_seen, skew,"
                " revoked) VALUES ($1, $2, $3, $4, 0, $5, 0, 0)");
PIAO_STATEMENT (sign_in_touch_device,
                "UPDATE device SET user_id = $2, name = $3, last_seen = $4 WHERE number = $1");
PIAO_STATEMENT (sign_in_add_session,
                "INSERT INTO session (token_hash, user_id, device, created_at, expires_at)"
                " VALUES ($1, $2, $3, $4, $5)");
PIAO_STATEMENT (sign_in_expire_sessions,
                "DELETE FROM session WHERE device = $1 AND expires_at <= $2");
PIAO_STATEMENT (session_find,
                "SELECT session.user_id, session.device, session.expires_at, device.revoked,"
                " users.enabled, users.deleted FROM session"
                " JOIN device ON device.number = session.device"
                " JOIN users ON users.id = session.user_id WHERE session.token_hash = $1");

static char *
digest (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

void
piao_sign_in_free (PiaoSignIn *self)
{
  g_free (self->name);
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_free (self->password);
  g_free (self->device_name);
  g_free (self->device_key);
  g_free (self->hash);
  g_free (self->real_name);
  g_free (self->token);
  g_free (self);
}

gboolean
piao_sign_in_look_up (PiaoDb *db, gpointer data, GError **error)
{
  PiaoSignIn *self = data;
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sign_in_user, &inner, "s", self->name);

  if (piao_cursor_next (cursor, &inner))
    {
      self->user = piao_cursor_int (cursor, 0);
      self->hash = g_strdup (piao_cursor_text (cursor, 1));
      self->real_name = g_strdup (piao_cursor_text (cursor, 2));
      self->warehouse = piao_cursor_int (cursor, 3);
    }
  if (inner == NULL)
    return piao_db_query_int (db, &sign_in_locked, 0, &self->locked_until, error, "s", self->name);
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

void
piao_sign_in_verify (gpointer data)
{
  PiaoSignIn *self = data;

  self->matches = piao_password_verify (self->hash, self->password);
}

static gboolean
find_device (PiaoSignIn *self, PiaoDb *db, const char *key, gboolean *revoked, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sign_in_device, &inner, "s", key);

  if (piao_cursor_next (cursor, &inner))
    {
      self->device = (guint)piao_cursor_int (cursor, 0);
      *revoked = piao_cursor_int (cursor, 1) != 0;
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* A desktop that this database forgot when it was restored keeps the number that is in its ids;
 * such numbers are left free below the highest one (sync/piao-epoch.h). */
static gboolean
choose_number (PiaoSignIn *self, PiaoDb *db, gint64 last, GError **error)
{
  gint64 taken = 1;

  if (self->claimed > 0 && self->claimed < last
      && !piao_db_query_int (db, &sign_in_has_device, 0, &taken, error, "i", self->claimed))
    return FALSE;
  self->device = taken == 0 ? (guint)self->claimed : (guint)last + 1;
  return self->device <= PIAO_ID_MAX_DEVICE
         || piao_error_set (error, PIAO_ERROR_LIMIT, "device.full",
                            _ ("All %d computer numbers are taken. Ask the support."),
                            PIAO_ID_MAX_DEVICE);
}

/* The number of the desktop, a new one when its key is new. */
static gboolean
take_device (PiaoSignIn *self, PiaoDb *db, GError **error)
{
  g_autofree char *key = digest (self->device_key);
  gboolean revoked = FALSE;
  gint64 last = 0;

  if (!find_device (self, db, key, &revoked, error))
    return FALSE;
  if (revoked)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "device.revoked",
                           _ ("This computer may no longer use the centre."));
  if (self->device > 0)
    return piao_db_exec (db, &sign_in_touch_device, error, "iisi", (gint64)self->device, self->user,
                         self->device_name, self->now);
  if (!piao_db_query_int (db, &sign_in_last_device, 0, &last, error, "")
      || !choose_number (self, db, last, error))
    return FALSE;
  return piao_db_exec (db, &sign_in_add_device, error, "isisi", (gint64)self->device, key,
                       self->user, self->device_name, self->now);
}

/* Whoever types invented names must not fill the database with them. */
static gboolean
bound_guard (PiaoDb *db, gint64 now, GError **error)
{
  gint64 n = 0;

  return piao_db_exec (db, &sign_in_expire, error, "ii", now - PIAO_DAY, now)
         && piao_db_query_int (db, &sign_in_guarded, 0, &n, error, "")
         && (n < PIAO_SIGN_IN_MAX_NAMES
             || piao_db_exec (db, &sign_in_make_room, error, "i", n - PIAO_SIGN_IN_MAX_NAMES + 1));
}

static gboolean
finish (PiaoSignIn *self, PiaoDb *db, GError **error)
{
  g_autofree char *hash = NULL;

  /* Asked again under the writer's lock: other attempts may have been made meanwhile. */
  if (!piao_db_query_int (db, &sign_in_locked, 0, &self->locked_until, error, "s", self->name))
    return FALSE;
  if (self->locked_until > self->now)
    return TRUE;
  if (!self->matches)
    return bound_guard (db, self->now, error)
           && piao_db_exec (db, &sign_in_failed, error, "si", self->name, self->now)
           && piao_db_exec (db, &sign_in_lock, error, "sii", self->name,
                            self->now + PIAO_SIGN_IN_LOCK_MS, (gint64)PIAO_SIGN_IN_MAX_FAILS);
  if (!take_device (self, db, error))
    return FALSE;
  self->token = piao_random_text (TOKEN_BYTES);
  hash = digest (self->token);
  /* A session that has not expired stays: the answer to this attempt may be lost. */
  return piao_db_exec (db, &sign_in_expire_sessions, error, "ii", (gint64)self->device, self->now)
         && piao_db_exec (db, &sign_in_add_session, error, "siiii", hash, self->user,
                          (gint64)self->device, self->now, self->now + PIAO_SESSION_MS)
         && piao_db_exec (db, &sign_in_forgive, error, "si", self->name, self->now - PIAO_DAY);
}

gboolean
piao_sign_in_finish (PiaoDb *db, gpointer data, GError **error)
{
  PiaoSignIn *self = data;
  gpointer before = piao_i18n_begin (self->language);
  gboolean done = finish (self, db, error);

  piao_i18n_end (before);
  return done;
}

static gboolean
check (const PiaoSignIn *self, GError **error)
{
  if (self->locked_until > self->now)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "sign-in.locked",
                           _ ("Too many failed attempts with this name. Try again in %d minutes."),
                           (int)((self->locked_until - self->now) / PIAO_MINUTE) + 1);
  if (self->token == NULL)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "sign-in.refused",
                           _ ("The name or the password is wrong."));
  return TRUE;
}

gboolean
piao_sign_in_check (const PiaoSignIn *self, GError **error)
{
  gpointer before = piao_i18n_begin (self->language);
  gboolean granted = check (self, error);

  piao_i18n_end (before);
  return granted;
}

gboolean
piao_session_find (
    PiaoDb *db, const char *token, gint64 now, gint64 *user, guint *device, GError **error)
{
  g_autofree char *hash = digest (token);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &session_find, &inner, "s", hash);

  if (!piao_cursor_next (cursor, &inner))
    {
      if (inner == NULL)
        inner = piao_error_new (PIAO_ERROR_FORBIDDEN, "session.invalid",
                                _ ("You are not signed in at the centre. Sign in again."));
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (piao_cursor_int (cursor, 3) != 0)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "device.revoked",
                           _ ("This computer may no longer use the centre."));
  if (piao_cursor_int (cursor, 2) <= now || piao_cursor_int (cursor, 4) == 0
      || piao_cursor_int (cursor, 5) != 0)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "session.invalid",
                           _ ("You are not signed in at the centre. Sign in again."));
  *user = piao_cursor_int (cursor, 0);
  *device = (guint)piao_cursor_int (cursor, 1);
  return TRUE;
}
