/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "server/piao-call.h"
#include "sync/piao-serve.h"

/* A desktop with fewer order numbers left than this gets a new block. */
#define NUMBERS_LOW 250
/* A device that only asks is noted as seen this often. */
#define SEEN_EVERY (5 * PIAO_MINUTE)

PIAO_STATEMENT (sync_see_device,
                "UPDATE device SET last_seen = $2, skew = $3, user_id = $4 WHERE number = $1");
PIAO_STATEMENT (sync_last_seen, "SELECT last_seen FROM device WHERE number = $1");
PIAO_STATEMENT (sync_numbers,
                "SELECT warehouse_id, (SELECT COALESCE (SUM (number_block.last"
                " - number_block.next + 1), 0) FROM number_block"
                " WHERE number_block.warehouse_id = users.warehouse_id"
                " AND number_block.device = $2 AND number_block.deleted = 0)"
                " FROM users WHERE id = $1 AND warehouse_id IS NOT NULL");

/* What the threads fill in for the fiber. */
typedef struct
{
  PiaoCall *call;
  PiaoReply *reply; /* borrowed */
  GPtrArray *verdicts;
  gboolean restart;
  gint64 last_seen;
  gint64 warehouse; /* of the user, when its numbers run low; else 0 */
  const char *ilms; /* the line to ILMS, for desktops that want to confirm */
  gint64 ilms_since;
  GBytes *bytes; /* the answer, coded */
  int schema;    /* of the desktop */
} Sync;

static gboolean
check (PiaoDb *db, gpointer data, GError **error)
{
  Sync *sync = data;
  PiaoCall *call = sync->call;
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;

  if (!piao_serve_check (db, call->body, call->device, sync->reply, &sync->restart, error)
      || !piao_db_query_int (db, &sync_last_seen, 0, &sync->last_seen, error, "i",
                             (gint64)call->device))
    return FALSE;
  cursor = piao_db_query (db, &sync_numbers, &inner, "ii", call->user, (gint64)call->device);
  if (piao_cursor_next (cursor, &inner) && piao_cursor_int (cursor, 1) < NUMBERS_LOW)
    sync->warehouse = piao_cursor_int (cursor, 0);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
see_device (PiaoDb *db, gpointer data, GError **error)
{
  PiaoCall *call = ((Sync *)data)->call;

  return piao_db_exec (db, &sync_see_device, error, "iiii", (gint64)call->device, call->now,
                       piao_serve_get_skew (call->body, call->now), call->user);
}

static gboolean
encode (Sync *sync, GError **error)
{
  sync->bytes = piao_reply_encode (sync->reply, sync->call->type, sync->schema, error);
  return sync->bytes != NULL;
}

static gboolean
respond (PiaoDb *db, gpointer data, GError **error)
{
  Sync *sync = data;
  PiaoCall *call = sync->call;

  if (!piao_serve_answer (piao_server_get_registry (call->server), db, call->body, call->user,
                          sync->verdicts, call->now, sync->reply, error))
    return FALSE;
  json_object_set_object_member (sync->reply->notes, "ilms",
                                 piao_json_build ("state", 's', sync->ilms, "since", 'i',
                                                  sync->ilms_since, NULL));
  return encode (sync, error);
}

/* Decides the commands of the request, if there are any. */
static gboolean
push (Sync *sync, GPtrArray *commands, GError **error)
{
  PiaoExecutor *executor = piao_server_get_executor (sync->call->server);
  g_autoptr (DexFuture) future = NULL;
  const GValue *value;

  if (commands->len == 0 && sync->call->now - sync->last_seen < SEEN_EVERY)
    return TRUE;
  future = piao_executor_push (executor, g_ptr_array_ref (commands), see_device, sync, NULL);
  if (!dex_await (dex_ref (future), error))
    return FALSE;
  value = dex_future_get_value (future, error);
  sync->verdicts = g_value_dup_boxed (value);
  return TRUE;
}

/* Order numbers for the time without a line (domain 6.4). What goes wrong here is no reason not to
 * answer: the desktop asks again soon. */
static void
reserve_numbers (Sync *sync)
{
  g_autoptr (GError) error = NULL;

  if (sync->warehouse != 0
      && !dex_await (
          piao_executor_run (piao_server_get_executor (sync->call->server), "number.reserve",
                             piao_json_build ("warehouse", 'd', sync->warehouse, "device", 'i',
                                              (gint64)sync->call->device, NULL)),
          &error))
    g_message ("Order numbers for computer %u: %s", sync->call->device, error->message);
}

/* Frames for a desktop that can read them; what asks without a wish gets what a person can. */
static const char *
choose_type (PiaoCall *call)
{
  const char *accept
      = soup_message_headers_get_list (soup_server_message_get_request_headers (call->message),
                                       "Accept");
  GSList *types = accept != NULL ? soup_header_parse_quality_list (accept, NULL) : NULL;
  const char *type = PIAO_REPLY_JSON;

  for (GSList *at = types; at != NULL; at = at->next)
    {
      if (g_str_equal (at->data, PIAO_REPLY_JSON))
        break;
      if (g_str_equal (at->data, PIAO_REPLY_FRAMES))
        {
          type = PIAO_REPLY_FRAMES;
          break;
        }
    }
  soup_header_free_list (types);
  return type;
}

GBytes *
piao_route_sync (PiaoCall *call, GError **error)
{
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  Sync sync = { .call = call, .reply = reply };
  PiaoReaders *readers = piao_server_get_readers (call->server);
  g_autoptr (GPtrArray) commands = NULL;
  gint64 device = piao_json_get_int (call->body, "device", -1);
  gboolean done;

  call->type = choose_type (call);
  if (device != (gint64)call->device)
    {
      piao_error_set (error, PIAO_ERROR_FORBIDDEN, "sync.device",
                      _ ("This session belongs to another computer. Sign in again."));
      return NULL;
    }
  sync.schema = piao_serve_get_schema (call->body, error);
  if (sync.schema == 0)
    return NULL;
  commands = piao_serve_read_commands (call->body, call->device, call->now, error);
  if (commands == NULL || !dex_await (piao_readers_run (readers, check, &sync), error))
    return NULL;
  if (sync.restart)
    return encode (&sync, error) ? sync.bytes : NULL;
  done = push (&sync, commands, error);
  if (done)
    {
      reserve_numbers (&sync);
      sync.ilms = piao_server_get_ilms (call->server, &sync.ilms_since);
      done = dex_await (piao_readers_run (readers, respond, &sync), error);
    }
  g_clear_pointer (&sync.verdicts, g_ptr_array_unref);
  return done ? sync.bytes : NULL;
}
