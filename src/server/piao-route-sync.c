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
/* A device is noted as seen this often, and when its clock has moved by so much (ms). */
#define SEEN_EVERY (5 * PIAO_MINUTE)
#define SEEN_SKEW 1000

PIAO_STATEMENT (sync_see_device,
                "UPDATE device SET last_seen = $2, skew = $3, user_id = $4 WHERE number = $1");
PIAO_STATEMENT (sync_seen, "SELECT last_seen, skew, user_id FROM device WHERE number = $1");
PIAO_STATEMENT (sync_numbers,
                "SELECT warehouse_id, (SELECT COALESCE (SUM (number_block.last"
                " - number_block.next + 1), 0) FROM number_block"
                " WHERE number_block.warehouse_id = users.warehouse_id"
                " AND number_block.device = $2 AND number_block.deleted = 0)"
                " FROM users WHERE id = $1 AND warehouse_id IS NOT NULL");

/* Goes with the call between the reader, the writer and the fiber. */
typedef struct
{
  PiaoCall *call;
  PiaoReply *reply;
  GPtrArray *commands;
  GPtrArray *verdicts; /* NULL without commands */
  gboolean unseen;     /* the device is to be noted as seen */
  gint64 warehouse;    /* of the user, when its numbers run low; else 0 */
  GBytes *bytes;       /* the answer, coded; NULL until it is known */
  int schema;          /* of the desktop */
  gboolean same;       /* of a short question: the answer would be the one that it names */
} Sync;

static void
sync_free (gpointer data)
{
  Sync *sync = data;

  piao_reply_unref (sync->reply);
  g_clear_pointer (&sync->commands, g_ptr_array_unref);
  g_clear_pointer (&sync->verdicts, g_ptr_array_unref);
  g_clear_pointer (&sync->bytes, g_bytes_unref);
  g_free (sync);
}

static Sync *
sync_new (PiaoCall *call)
{
  Sync *sync = g_new0 (Sync, 1);

  sync->call = call;
  sync->reply = piao_reply_new ();
  call->state = sync;
  call->free_state = sync_free;
  return sync;
}

/* Frames for a desktop that can read them; what asks without a wish gets what a person can. */
static const char *
choose_type (const char *accept)
{
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

/* --- on a reader's thread -------------------------------------------------------------------- */

static gboolean
encode (Sync *sync, GError **error)
{
  sync->bytes = piao_reply_encode (sync->reply, sync->call->type, sync->schema, error);
  return sync->bytes != NULL;
}

/* The line to ILMS, for desktops that want to confirm. */
static void
note_ilms (Sync *sync)
{
  gint64 since;
  const char *ilms = piao_server_get_ilms (sync->call->server, &since);

  json_object_set_object_member (sync->reply->notes, "ilms",
                                 piao_json_build ("state", 's', ilms, "since", 'i', since, NULL));
}

static gboolean
respond (PiaoDb *db, gpointer data, GError **error)
{
  Sync *sync = data;
  PiaoCall *call = sync->call;
  const PiaoServeTerms terms = { .pages = piao_server_get_pages (call->server),
                                 .schema = sync->schema,
                                 .told = call->live.told,
                                 .busy = call->live.busy };
  gboolean shares = call->live.listens && g_str_equal (call->type, PIAO_REPLY_FRAMES);

  if (!piao_serve_answer (piao_server_get_registry (call->server), db, call->body, call->user,
                          sync->verdicts, call->now, shares ? &terms : NULL, sync->reply, error))
    return FALSE;
  note_ilms (sync);
  return encode (sync, error);
}

static gboolean
take_seen (PiaoCursor *cursor, gpointer data, GError **error)
{
  Sync *sync = data;
  const PiaoCall *call = sync->call;
  /* A short question has no clock in it. */
  gint64 skew = call->body != NULL ? piao_serve_get_skew (call->body, call->now) : 0;
  g_autoptr (GError) inner = NULL;

  sync->unseen = !piao_cursor_next (cursor, &inner)
                 || call->now - piao_cursor_int (cursor, 0) >= SEEN_EVERY
                 || (call->body != NULL && ABS (skew - piao_cursor_int (cursor, 1)) >= SEEN_SKEW)
                 || piao_cursor_int (cursor, 2) != call->user;
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
take_numbers (PiaoCursor *cursor, gpointer data, GError **error)
{
  Sync *sync = data;
  g_autoptr (GError) inner = NULL;

  if (piao_cursor_next (cursor, &inner) && piao_cursor_int (cursor, 1) < NUMBERS_LOW)
    sync->warehouse = piao_cursor_int (cursor, 0);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Answered with what is read next; to be settled in any case, since @sync may be gone then. */
static gboolean
ask_of_device (Sync *sync, PiaoDb *db, GError **error)
{
  gint64 device = sync->call->device;

  return piao_db_ask (db, &sync_seen, take_seen, sync, NULL, error, "i", device)
         && piao_db_ask (db, &sync_numbers, take_numbers, sync, NULL, error, "ii", sync->call->user,
                         device);
}

/* Whether the writer has anything to do for this request. */
static gboolean
needs_writer (const Sync *sync)
{
  return (sync->commands != NULL && sync->commands->len > 0) || sync->warehouse != 0
         || sync->unseen;
}

gboolean
piao_route_sync_read (PiaoDb *db, PiaoCall *call, GError **error)
{
  Sync *sync = sync_new (call);
  gboolean restart = FALSE, checked;

  call->type = choose_type (call->accept);
  if (piao_json_get_int (call->body, "device", -1) != (gint64)call->device)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "sync.device",
                           _ ("This session belongs to another computer. Sign in again."));
  sync->schema = piao_serve_get_schema (call->body, error);
  if (sync->schema == 0)
    return FALSE;
  sync->commands = piao_serve_read_commands (call->body, call->device, call->now, error);
  for (guint i = 0; sync->commands != NULL && i < sync->commands->len; i++)
    ((PiaoPushed *)g_ptr_array_index (sync->commands, i))->language = call->language;
  if (sync->commands == NULL)
    return FALSE;
  checked = ask_of_device (sync, db, error)
            && piao_serve_check (db, call->body, call->device, sync->reply, &restart, error);
  if (!piao_db_settle (db, checked ? error : NULL) || !checked)
    return FALSE;
  if (restart)
    return encode (sync, error);
  return needs_writer (sync) || respond (db, sync, error);
}

/* The schema of the path and, transfer full, the name behind it. */
static char *
read_tail (const char *tail, gint64 *schema, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (tail, "/", 3);

  if (g_strv_length (parts) == 2
      && g_ascii_string_to_signed (parts[0], 10, 1, G_MAXINT16, schema, NULL))
    return g_strdup (parts[1]);
  piao_error_set (error, PIAO_ERROR_INVALID, "sync.same",
                  _ ("What is asked for has a schema and a name."));
  return NULL;
}

/* The same means as well that nothing is to be done for which a whole request is needed. */
gboolean
piao_route_same_read (PiaoDb *db, PiaoCall *call, GError **error)
{
  Sync *sync = sync_new (call);
  gint64 schema = 0;
  g_autofree char *name = read_tail (call->tail, &schema, error);
  g_autoptr (JsonObject) request = piao_json_build ("schema", 'i', schema, NULL);
  g_autofree char *proof = NULL;
  g_autofree char *tag = NULL;
  gboolean read;

  sync->schema = name != NULL ? piao_serve_get_schema (request, error) : 0;
  if (sync->schema == 0)
    return FALSE;
  read = ask_of_device (sync, db, error)
         && piao_serve_rest (piao_server_get_registry (call->server), db, call->user, sync->reply,
                             &proof, error);
  if (!piao_db_settle (db, read ? error : NULL) || !read)
    return FALSE;
  note_ilms (sync);
  tag = piao_reply_get_tag (sync->reply, sync->schema, proof);
  sync->same = g_str_equal (tag, name) && !needs_writer (sync);
  return TRUE;
}

/* --- in the fiber ---------------------------------------------------------------------------- */

static gboolean
see_device (PiaoDb *db, gpointer data, GError **error)
{
  PiaoCall *call = ((Sync *)data)->call;

  return piao_db_exec (db, &sync_see_device, error, "iiii", (gint64)call->device, call->now,
                       piao_serve_get_skew (call->body, call->now), call->user);
}

/* Decides the commands of the request, if there are any. */
static gboolean
push (Sync *sync, GError **error)
{
  PiaoExecutor *executor = piao_server_get_executor (sync->call->server);
  g_autoptr (DexFuture) future = NULL;
  const GValue *value;

  if (sync->commands->len == 0 && !sync->unseen)
    return TRUE;
  future = piao_executor_push (executor, g_ptr_array_ref (sync->commands),
                               sync->unseen ? see_device : NULL, sync, NULL);
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

GBytes *
piao_route_sync (PiaoCall *call, GError **error)
{
  Sync *sync = call->state;

  if (sync->bytes == NULL)
    {
      if (!push (sync, error))
        return NULL;
      reserve_numbers (sync);
      if (!dex_await (piao_readers_run (piao_server_get_readers (call->server), respond, sync),
                      error))
        return NULL;
    }
  if (sync->verdicts != NULL && sync->verdicts->len > 0)
    piao_metrics_note_push (piao_server_get_metrics (call->server),
                            (double)(g_get_monotonic_time () - call->began) / G_USEC_PER_SEC);
  return g_bytes_ref (sync->bytes);
}

GBytes *
piao_route_same (PiaoCall *call, GError **error)
{
  g_autoptr (JsonObject) answer = piao_json_build ("same", 'b', ((Sync *)call->state)->same, NULL);

  return piao_call_take_text (piao_json_object_to_text (answer));
}
