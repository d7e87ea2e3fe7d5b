/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-i18n.h"
#include "base/piao-text.h"
#include "server/piao-call.h"
#include "server/piao-sign-in.h"

#define MAX_NAME 60
#define MIN_KEY 32
#define MAX_KEY 128

static PiaoSignIn *
read_request (PiaoCall *call, GError **error)
{
  const char *name = piao_json_get_text (call->body, "name", "");
  const char *password = piao_json_get_text (call->body, "password", "");
  const char *device = piao_json_get_text (call->body, "device_name", "");
  const char *key = piao_json_get_text (call->body, "device_key", "");
  PiaoSignIn *self;

  if (*name == '\0' || *password == '\0' || strlen (key) < MIN_KEY || strlen (key) > MAX_KEY)
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "sign-in.shape",
                      _ ("Signing in needs a name, a password and the key of the computer."));
      return NULL;
    }
  if (!piao_text_check (name, MAX_NAME, FALSE, _ ("Name"), error)
      || !piao_text_check (device, MAX_NAME, FALSE, _ ("Computer"), error))
    return NULL;
  self = g_new0 (PiaoSignIn, 1);
  self->name = g_strdup (name);
  self->password = g_strdup (password);
  self->device_name = g_strdup (device);
  self->device_key = g_strdup (key);
  self->claimed = piao_json_get_int (call->body, "device", 0);
  self->now = call->now;
  self->language = call->language;
  return self;
}

static gboolean
read_epoch (PiaoDb *db, gpointer data, GError **error)
{
  return piao_ledger_read_head (db, NULL, data, error);
}

GBytes *
piao_route_sign_in (PiaoCall *call, GError **error)
{
  gpointer before = piao_i18n_begin (call->language);
  g_autoptr (PiaoSignIn) self = read_request (call, error);
  PiaoReaders *readers = piao_server_get_readers (call->server);
  PiaoExecutor *executor = piao_server_get_executor (call->server);
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *epoch = NULL;

  piao_i18n_end (before);
  if (self == NULL || !dex_await (piao_readers_run (readers, piao_sign_in_look_up, self), error)
      || !dex_await (piao_readers_work (readers, piao_sign_in_verify, self), error)
      || !dex_await (piao_executor_write (executor, piao_sign_in_finish, self, NULL), error)
      || !piao_sign_in_check (self, error)
      || !dex_await (piao_readers_run (readers, read_epoch, &epoch), error))
    return NULL;
  answer = piao_json_build ("token", 's', self->token, "user", 'd', self->user, "device", 'i',
                            (gint64)self->device, "epoch", 's', epoch, "real_name", 's',
                            self->real_name, "warehouse", 'd', self->warehouse, "now", 'i',
                            call->now, "expires", 'i', call->now + PIAO_SESSION_MS, NULL);
  return piao_call_take_text (piao_json_object_to_text (answer));
}
