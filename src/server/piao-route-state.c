/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The routes that only tell: a verdict, health. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "server/piao-call.h"

typedef struct
{
  PiaoCall *call;
  gint64 seq;
  char *epoch;
  PiaoVerdict *verdict;
} State;

static gboolean
find_verdict (PiaoDb *db, gpointer data, GError **error)
{
  State *state = data;
  gint64 id = piao_id_from_text (state->call->tail);
  guint device = 0;
  gint64 actor = 0;
  g_autoptr (GError) inner = NULL;

  if (id > 0)
    state->verdict = piao_ledger_find (db, id, &device, &actor, &inner);
  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  /* Somebody else's command is as unknown as one that never was. */
  if (state->verdict != NULL && device == state->call->device)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_NOT_FOUND, "command.unknown",
                         _ ("The centre has not decided such a command."));
}

GBytes *
piao_route_command (PiaoCall *call, GError **error)
{
  State state = { .call = call };
  g_autoptr (PiaoVerdict) verdict = NULL;
  g_autoptr (JsonObject) answer = NULL;
  gboolean found
      = dex_await (piao_readers_run (piao_server_get_readers (call->server), find_verdict, &state),
                   error);

  verdict = state.verdict;
  if (!found)
    return NULL;
  answer = piao_json_build ("id", 'd', verdict->id, "state", 's',
                            verdict->state == PIAO_VERDICT_ACCEPTED ? "accepted" : "refused", "seq",
                            'i', verdict->seq, "code", 's', verdict->code, "message", 's',
                            verdict->message, NULL);
  return piao_call_take_text (piao_json_object_to_text (answer));
}

static gboolean
read_head (PiaoDb *db, gpointer data, GError **error)
{
  State *state = data;

  return piao_ledger_read_head (db, &state->seq, &state->epoch, error);
}

GBytes *
piao_route_health (PiaoCall *call, GError **error)
{
  State state = { .call = call };
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *epoch = NULL;
  gboolean healthy
      = dex_await (piao_readers_run (piao_server_get_readers (call->server), read_head, &state),
                   error);

  epoch = state.epoch;
  if (!healthy)
    return NULL;
  answer = piao_json_build ("ok", 'b', TRUE, "version", 's', PIAO_VERSION, "seq", 'i', state.seq,
                            "epoch", 's', epoch, "ilms", 's',
                            piao_server_get_ilms (call->server, NULL), "now", 'i', call->now, NULL);
  return piao_call_take_text (piao_json_object_to_text (answer));
}
