/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: signing in. At the centre by name and password; without a line against a verifier that
 * was kept when it last worked: an Argon2id hash in the settings of the replica, good for seven
 * days. The replica itself holds no password and no token.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "sync/piao-http.h"
#include "sync/piao-password.h"
#include "sync/piao-sync-private.h"

#define OFFLINE_DAYS 7
#define MAX_SIGN_IN_ANSWER 16384

#define KEY_BYTES 32
#define PATIENCE_MS 20000

typedef struct
{
  PiaoSync *self;
  char *name, *password;
} Attempt;

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_object_unref (attempt->self);
  g_free (attempt->name);
  memset (attempt->password, 0, strlen (attempt->password));
  g_free (attempt->password);
  g_free (attempt);
}

/* --- the verifier ---------------------------------------------------------------------------- */

typedef struct
{
  char *name, *password;
  gint64 user, now;
  guint device;
} Verifier;

static void
verifier_free (gpointer data)
{
  Verifier *verifier = data;

  g_free (verifier->name);
  memset (verifier->password, 0, strlen (verifier->password));
  g_free (verifier->password);
  g_free (verifier);
}

static gboolean
set_number (PiaoDb *db, const char *key, gint64 number, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return piao_setting_set (db, key, text, error);
}

/* On the writer's thread: hashing takes a tenth of a second, which nobody waits for. */
static DexFuture *
keep_verifier (PiaoDb *db, gpointer data)
{
  Verifier *verifier = data;
  GError *error = NULL;
  g_autofree char *encoded = piao_password_hash (verifier->password, &error);

  if (encoded == NULL || !piao_setting_set (db, "sign-in.name", verifier->name, &error)
      || !piao_setting_set (db, "sign-in.verifier", encoded, &error)
      || !set_number (db, "sign-in.user", verifier->user, &error)
      || !set_number (db, "sign-in.at", verifier->now, &error)
      || !set_number (db, "device", verifier->device, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

/* Resolves to the user id when the password fits the verifier. */
static DexFuture *
check_verifier (PiaoDb *db, gpointer data)
{
  Verifier *verifier = data;
  g_autofree char *name = piao_setting_get (db, "sign-in.name", NULL);
  g_autofree char *encoded = piao_setting_get (db, "sign-in.verifier", NULL);
  gint64 at = piao_setting_get_int (db, "sign-in.at", 0);

  if (encoded == NULL || g_strcmp0 (name, verifier->name) != 0
      || verifier->now - at > OFFLINE_DAYS * PIAO_DAY)
    return dex_future_new_for_error (
        piao_error_new (PIAO_ERROR_UNAVAILABLE, "sign-in.no-line",
                        _ ("The centre does not answer, and %s has not signed in on this computer "
                           "within %d days. Try again when there is a line."),
                        verifier->name, OFFLINE_DAYS));
  if (!piao_password_verify (encoded, verifier->password))
    return dex_future_new_for_error (piao_error_new (
        PIAO_ERROR_FORBIDDEN, "sign-in.refused", _ ("User name or password is wrong. Try again.")));
  return dex_future_new_for_int64 (piao_setting_get_int (db, "sign-in.user", 0));
}

static Verifier *
make_verifier (const Attempt *attempt, gint64 user, guint device)
{
  Verifier *verifier = g_new0 (Verifier, 1);

  verifier->name = g_strdup (attempt->name);
  verifier->password = g_strdup (attempt->password);
  verifier->user = user;
  verifier->device = device;
  verifier->now = piao_clock_now (piao_replica_get_clock (attempt->self->replica));
  return verifier;
}

/* --- at the centre --------------------------------------------------------------------------- */

static DexFuture *
read_device (PiaoDb *db, gpointer data)
{
  return dex_future_new_for_int64 (piao_setting_get_int (db, "device", 0));
}

/* The secret by which the centre knows this replica again; made at the first sign-in. After a
 * revocation this is another computer to the centre, which it can be once nothing of the former one
 * is left here. */
static DexFuture *
take_key (PiaoDb *db, gpointer data)
{
  g_autofree char *key = NULL;
  GError *error = NULL;

  if (!piao_sync_begin_anew (db, &error))
    return dex_future_new_for_error (error);
  key = piao_setting_get (db, "device.key", NULL);
  if (key != NULL)
    return dex_future_new_take_string (g_steal_pointer (&key));
  key = piao_random_text (KEY_BYTES);
  if (!piao_setting_set (db, "device.key", key, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_take_string (g_steal_pointer (&key));
}

/* In a fiber: token and device from the centre; the user's id, or 0 with @error. */
static gint64
ask_centre (PiaoSync *self,
            const char *name,
            const char *password,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *url = g_strconcat (self->url, "/v1/sign-in", NULL);
  g_autofree char *key
      = dex_await_string (piao_replica_write (self->replica, take_key, NULL, NULL), error);
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (JsonObject) answer = NULL;
  const char *token;
  gint64 device, user;

  if (key == NULL)
    return 0;
  device = dex_await_int64 (piao_replica_read (self->replica, read_device, NULL, NULL), NULL);
  body = piao_json_build ("name", 's', name, "password", 's', password, "device_name", 's',
                          g_get_host_name (), "device", 'i', device, "device_key", 's', key, NULL);
  answer = piao_http_ask (self->session, url, body, MAX_SIGN_IN_ANSWER, cancellable, error);
  if (answer == NULL)
    return 0;
  token = piao_json_get_text (answer, "token", NULL);
  user = piao_json_get_id (answer, "user");
  device = piao_json_get_int (answer, "device", 0);
  if (token == NULL || strlen (token) > 200 || user == 0 || device <= 0
      || device > PIAO_ID_MAX_DEVICE)
    {
      piao_error_set (error, PIAO_ERROR_CORRUPT, "sign-in.answer",
                      _ ("The answer to the sign-in is not one of the centre's."));
      return 0;
    }
  g_set_str (&self->token, token);
  piao_replica_set_actor (self->replica, user, (guint)device);
  return user;
}

gboolean
piao_sync_renew (PiaoSync *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = g_strdup (self->name);
  g_autofree char *password = g_strdup (self->password);
  gboolean ok;

  if (password == NULL)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "sign-in.needed",
                           _ ("Sign in to work with the centre."));
  ok = ask_centre (self, name, password, cancellable, error) != 0;
  memset (password, 0, strlen (password));
  return ok;
}

void
piao_sync_forget_person (PiaoSync *self)
{
  if (self->password != NULL)
    memset (self->password, 0, strlen (self->password));
  g_clear_pointer (&self->password, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->token, g_free);
  piao_sync_rest_clear (&self->rest);
}

/* A person waits in front of the screen: not longer than this. */
static gboolean
end_patience (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

static gint64
ask_centre_soon (Attempt *attempt, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint timer = g_timeout_add (PATIENCE_MS, end_patience, cancellable);
  gint64 user = ask_centre (attempt->self, attempt->name, attempt->password, cancellable, error);

  g_source_remove (timer);
  return user;
}

static DexFuture *
sign_in_offline (Attempt *attempt, gint64 device)
{
  PiaoSync *self = attempt->self;
  GError *error = NULL;
  gint64 user = dex_await_int64 (piao_replica_read (self->replica, check_verifier,
                                                    make_verifier (attempt, 0, 0), verifier_free),
                                 &error);

  if (error != NULL)
    return dex_future_new_for_error (error);
  /* Whatever session there was is not this person's. */
  g_clear_pointer (&self->token, g_free);
  piao_replica_set_actor (self->replica, user, (guint)device);
  return dex_future_new_for_int64 (user);
}

/* Offline, when that works; else a centre that cannot show who it is says more than "no line". */
static gint64
fall_back (Attempt *attempt, gint64 device, GError **error)
{
  g_autoptr (GError) why = g_steal_pointer (error);
  g_autoptr (DexFuture) offline = sign_in_offline (attempt, device);
  gint64 user = dex_await_int64 (dex_ref (offline), error);

  if (*error != NULL && why != NULL
      && g_str_equal (piao_error_get_reason (*error), "sign-in.no-line")
      && (g_str_equal (piao_error_get_reason (why), "http.certificate")
          || g_str_equal (piao_error_get_reason (why), "http.authority")))
    {
      g_clear_error (error);
      *error = g_steal_pointer (&why);
    }
  return user;
}

static DexFuture *
sign_in (gpointer data)
{
  Attempt *attempt = data;
  PiaoSync *self = attempt->self;
  GError *error = NULL;
  gint64 user = 0;
  gint64 device
      = dex_await_int64 (piao_replica_read (self->replica, read_device, NULL, NULL), NULL);

  if (!piao_sync_get_held (self))
    user = ask_centre_soon (attempt, &error);
  if (error != NULL && g_str_equal (piao_error_get_reason (error), "device.revoked"))
    piao_sync_feed (self, &(PiaoSyncEvent){ .type = PIAO_SYNC_EVENT_REVOKED });
  if (user != 0)
    dex_await (
        piao_replica_write (self->replica, keep_verifier,
                            make_verifier (attempt, user, piao_replica_get_device (self->replica)),
                            verifier_free),
        &error);
  else if (error == NULL || piao_error_is_retryable (error)
           || g_error_matches (error, PIAO_ERROR, PIAO_ERROR_CORRUPT))
    user = fall_back (attempt, device, &error);
  if (error != NULL)
    return dex_future_new_for_error (error);
  g_set_str (&self->name, attempt->name);
  g_set_str (&self->password, attempt->password);
  piao_sync_note_signed_in (self, user);
  return dex_future_new_for_int64 (user);
}

DexFuture *
piao_sync_sign_in (PiaoSync *self, const char *name, const char *password)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->self = g_object_ref (self);
  attempt->name = g_strdup (name);
  attempt->password = g_strdup (password);
  return dex_scheduler_spawn (NULL, 0, sign_in, attempt, attempt_free);
}
