/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "store/piao-rebase.h"
#include "store/piao-schema.h"
#include "sync/piao-proof.h"
#include "sync/piao-sync-again.h"
#include "sync/piao-sync-core.h"

/* What one command may add besides its arguments, and how much all may. */
#define COMMAND_OVERHEAD 256
#define COMMANDS_MAX_BYTES ((gsize)600 * 1024)

PIAO_STATEMENT (sync_cursors, "SELECT lane, seq, base, history FROM cursor ORDER BY lane");
PIAO_STATEMENT (sync_acknowledged, "SELECT MAX(dseq) FROM outbox WHERE decided = 1");
PIAO_STATEMENT (sync_unsent, "SELECT COUNT(*) FROM outbox WHERE decided = 0");
PIAO_STATEMENT (sync_late,
                "SELECT COUNT(*), MAX(seq) FROM outbox WHERE undo IS NOT NULL"
                " AND state = 'accepted'");

static JsonArray *
read_cursors (PiaoDb *db, GError **error)
{
  g_autoptr (JsonArray) cursors = json_array_new ();
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sync_cursors, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      JsonArray *pair = json_array_new ();

      json_array_add_int_element (pair, piao_cursor_int (cursor, 0));
      json_array_add_int_element (pair, piao_cursor_int (cursor, 1));
      if (piao_cursor_int (cursor, 2) > 0)
        {
          json_array_add_int_element (pair, piao_cursor_int (cursor, 2));
          json_array_add_int_element (pair, piao_cursor_int (cursor, 3));
        }
      json_array_add_array_element (cursors, pair);
    }
  if (inner == NULL)
    return g_steal_pointer (&cursors);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* @again: up to this dseq the server may have had a command before it was restored. */
static JsonObject *
describe (const PiaoOutboxEntry *entry, JsonObject *args, gint64 again)
{
  JsonObject *object
      = piao_json_build ("id", 'd', entry->id, "dseq", 'i', entry->dseq, "name", 's', entry->name,
                         "args", 'o', args, "at", 'i', entry->at, "actor", 'd', entry->actor, NULL);

  if (g_str_equal (entry->state, "discarded"))
    json_object_set_boolean_member (object, "withdrawn", TRUE);
  if (entry->dseq <= again)
    json_object_set_boolean_member (object, "again", TRUE);
  return object;
}

static JsonArray *
read_commands (PiaoDb *db, gsize max_bytes, GError **error)
{
  g_autoptr (JsonArray) commands = json_array_new ();
  g_autoptr (GPtrArray) entries
      = piao_outbox_list_unsent (db, max_bytes > 0 ? PIAO_SYNC_MAX_COMMANDS : 0, error);
  gint64 again = piao_setting_get_int (db, PIAO_SYNC_AGAIN, 0);
  gsize bytes = 0;

  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);
      JsonObject *args
          = piao_json_parse_object (entry->args, -1, PIAO_JSON_MAX_BYTES, entry->name, error);

      if (args == NULL)
        return NULL;
      bytes += strlen (entry->args) + COMMAND_OVERHEAD;
      if (i > 0 && bytes > MIN (max_bytes, COMMANDS_MAX_BYTES))
        {
          json_object_unref (args);
          break;
        }
      json_array_add_object_element (commands, describe (entry, args, again));
    }
  return g_steal_pointer (&commands);
}

/* Whether many wait behind @commands. */
static gboolean
is_much (PiaoDb *db, JsonArray *commands, gboolean *much, GError **error)
{
  guint sent = json_array_get_length (commands);
  gint64 unsent = 0;

  if (sent > 0 && !piao_db_query_int (db, &sync_unsent, 0, &unsent, error, ""))
    return FALSE;
  *much = unsent > (gint64)sent + piao_outbox_get_few ();
  return TRUE;
}

/* The newest seq of the accepted commands whose rows have not come; 0 when these are few. */
static gboolean
find_late (PiaoDb *db, gint64 *least, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sync_late, &inner, "");

  *least = 0;
  if (piao_cursor_next (cursor, &inner) && piao_cursor_int (cursor, 0) > piao_outbox_get_few ())
    *least = piao_cursor_int (cursor, 1);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* What is wanted of the rows: all that is new, or nothing now. */
static gboolean
add_wants (
    PiaoDb *db, JsonObject *request, gint64 now, gsize max_answer, gboolean nothing, GError **error)
{
  gint64 least = 0;

  json_object_set_string_member (request, "want", nothing ? "verdicts" : "working");
  if (!nothing && (!find_late (db, &least, error) || !piao_proof_ask (db, request, error)))
    return FALSE;
  if (least > 0)
    json_object_set_int_member (request, "least", least);
  piao_sync_date_request (request, now, nothing ? 0 : max_answer);
  return TRUE;
}

JsonObject *
piao_sync_build_request (PiaoDb *db,
                         guint device,
                         gint64 now,
                         gsize max_answer,
                         gsize max_commands,
                         gboolean verdicts_first,
                         GError **error)
{
  g_autofree char *epoch = piao_setting_get (db, "sync.epoch", NULL);
  g_autofree char *next = piao_setting_get (db, PIAO_SYNC_NEXT, NULL);
  gboolean first = piao_sync_again_is_first (db);
  int schema = piao_schema_get_newest ();
  g_autoptr (JsonArray) cursors = NULL;
  g_autoptr (JsonArray) commands = NULL;
  g_autoptr (JsonObject) request = NULL;
  gboolean much = FALSE;
  gint64 ack = 0;

  /* After an update of the program rows may have columns that were not kept before. Cursors of an
   * epoch that is over say nothing to the centre. */
  if (first || piao_setting_get_int (db, PIAO_SYNC_SCHEMA, 0) != schema)
    {
      cursors = json_array_new ();
      g_clear_pointer (&next, g_free);
    }
  else
    cursors = read_cursors (db, error);
  if (cursors == NULL || !piao_db_query_int (db, &sync_acknowledged, 0, &ack, error, ""))
    return NULL;
  commands = read_commands (db, max_commands, error);
  if (commands == NULL || (verdicts_first && !is_much (db, commands, &much, error)))
    return NULL;
  request = piao_json_build ("device", 'i', (gint64)device, "epoch", 's',
                             epoch != NULL ? epoch : "", "schema", 'i', (gint64)schema, "next", 's',
                             next, "ack", 'i', ack, "cursors", 'a', g_steal_pointer (&cursors),
                             "commands", 'a', g_steal_pointer (&commands), NULL);
  if (add_wants (db, request, now, max_answer, first || much, error))
    return g_steal_pointer (&request);
  return NULL;
}

static JsonArray *
describe_cursors (const GArray *upto)
{
  JsonArray *cursors = json_array_new ();

  for (guint i = 0; i < upto->len; i++)
    {
      const PiaoLaneSeq *lane = &g_array_index (upto, PiaoLaneSeq, i);
      JsonArray *cursor = json_array_new ();

      json_array_add_int_element (cursor, lane->lane);
      json_array_add_int_element (cursor, lane->seq);
      if (lane->base > 0)
        {
          json_array_add_int_element (cursor, lane->base);
          json_array_add_int_element (cursor, lane->history);
        }
      json_array_add_array_element (cursors, cursor);
    }
  return cursors;
}

JsonObject *
piao_sync_continue_request (JsonObject *request, const PiaoReply *reply)
{
  JsonArray *commands = piao_json_get_array (request, "commands");
  gint64 least = piao_json_get_int (request, "least", 0);
  JsonObject *next;

  if (!reply->more || reply->restart || reply->expected != 0 || reply->upto->len == 0
      || json_object_has_member (request, "repair")
      || (commands != NULL && json_array_get_length (commands) > 0))
    return NULL;
  next = piao_json_build ("device", 'i', piao_json_get_int (request, "device", 0), "epoch", 's',
                          reply->epoch, "schema", 'i', piao_json_get_int (request, "schema", 0),
                          "want", 's', "working", "next", 's', reply->next, "ack", 'i',
                          piao_json_get_int (request, "ack", 0), "cursors", 'a',
                          describe_cursors (reply->upto), "commands", 'a', json_array_new (), NULL);
  if (least > 0)
    json_object_set_int_member (next, "least", least);
  return next;
}

void
piao_sync_date_request (JsonObject *request, gint64 now, gsize max_answer)
{
  gsize most = piao_sync_is_limited (request) ? PIAO_SYNC_LATE_ANSWER : max_answer;

  json_object_set_int_member (request, "now", now);
  json_object_set_int_member (request, "max_bytes", (gint64)MIN (max_answer, most));
}

gboolean
piao_sync_is_limited (JsonObject *request)
{
  return json_object_has_member (request, "least");
}
