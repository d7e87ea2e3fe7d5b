/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: an answer is checked as a whole before anything is written: after decode, apply can only
 * fail because of the database. Whatever is wrong gives one error that names the part, and the
 * caller asks again later with the same cursors.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-text.h"
#include "store/piao-schema.h"
#include "sync/piao-sync-core.h"
#include "sync/piao-sync-rows.h"
#include "sync/piao-wire.h"

#define MAX_LANES 4096
#define MAX_CODE 60
#define MAX_MESSAGE 1000

typedef struct
{
  gint64 id;
  gboolean accepted;
  gint64 seq;
  const char *code; /* borrowed from the answer, as all texts here */
  const char *message;
} Verdict;

typedef struct
{
  gint64 lane;
  gint64 seq;
} Upto;

typedef struct
{
  const PiaoKind *kind;
  gint64 lane;
  gint64 id;
} Gone;

struct _PiaoSyncAnswer
{
  JsonObject *object; /* owned; keeps the texts */
  const char *epoch;
  gint64 now;
  gint64 head;
  gint64 reached;
  gint64 expected; /* dseq; 0 when nothing is missing */
  gboolean restart;
  gboolean more;
  gboolean sent_again; /* commands that the server misses were queued once more */
  GArray *verdicts;
  GArray *upto; /* one a granted lane */
  GArray *gone;
  GPtrArray *rows; /* of PiaoRecord */
  const char *problem_reason;
  const char *problem;
};

PIAO_STATEMENT (sync_set_cursor,
                "INSERT INTO cursor (lane, seq) VALUES ($1, $2)"
                " ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq"
                " WHERE cursor.seq <> excluded.seq");
PIAO_STATEMENT (sync_get_cursors, "SELECT lane FROM cursor ORDER BY lane");
PIAO_STATEMENT (sync_forget_cursor, "DELETE FROM cursor WHERE lane = $1");
PIAO_STATEMENT (sync_forget_cursors, "DELETE FROM cursor");
PIAO_STATEMENT (sync_send_again,
                "UPDATE outbox SET state = 'queued', decided = 0, seq = 0, code = NULL,"
                " message = NULL, undo = COALESCE(undo, $2) WHERE dseq >= $1 AND decided = 1");

static gboolean
set_shape_error (const char *part, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "sync.answer",
                         _ ("The centre's answer is not as it should be (%s). Nothing of it was "
                            "used; it is asked again."),
                         part);
}

/* --- decode ---------------------------------------------------------------------------------- */

static gboolean
get_pair (JsonArray *array, guint index, gint64 *first, gint64 *second)
{
  JsonNode *node = json_array_get_element (array, index);
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (pair == NULL || json_array_get_length (pair) != 2
      || json_node_get_value_type (json_array_get_element (pair, 0)) != G_TYPE_INT64
      || json_node_get_value_type (json_array_get_element (pair, 1)) != G_TYPE_INT64)
    return FALSE;
  *first = json_array_get_int_element (pair, 0);
  *second = json_array_get_int_element (pair, 1);
  return TRUE;
}

static gint64
find_cursor (JsonArray *cursors, gint64 lane)
{
  gint64 at, seq;

  for (guint i = 0; cursors != NULL && i < json_array_get_length (cursors); i++)
    if (get_pair (cursors, i, &at, &seq) && at == lane)
      return seq;
  return 0;
}

static gboolean
is_granted (const PiaoSyncAnswer *self, gint64 lane)
{
  for (guint i = 0; i < self->upto->len; i++)
    if (g_array_index (self->upto, Upto, i).lane == lane)
      return TRUE;
  return FALSE;
}

static gboolean
decode_end (PiaoSyncAnswer *self, JsonObject *request, GError **error)
{
  JsonObject *end = piao_json_get_object (self->object, "end");
  JsonArray *upto = piao_json_get_array (end, "upto");
  JsonArray *cursors = piao_json_get_array (request, "cursors");

  self->head = piao_json_get_int (end, "seq", -1);
  self->more = piao_json_get_bool (end, "more", FALSE);
  if (upto == NULL || self->head < 0 || json_array_get_length (upto) > MAX_LANES)
    return set_shape_error ("end", error);
  for (guint i = 0; i < json_array_get_length (upto); i++)
    {
      Upto entry;

      if (!get_pair (upto, i, &entry.lane, &entry.seq) || entry.lane < 0 || entry.seq > self->head
          || entry.seq < find_cursor (cursors, entry.lane) || is_granted (self, entry.lane))
        return set_shape_error ("end.upto", error);
      g_array_append_val (self->upto, entry);
      self->reached = MAX (self->reached, entry.seq);
    }
  if (!is_granted (self, 0))
    return set_shape_error ("end.upto", error);
  return TRUE;
}

static gboolean
was_sent (JsonObject *request, gint64 id)
{
  JsonArray *commands = piao_json_get_array (request, "commands");

  for (guint i = 0; commands != NULL && i < json_array_get_length (commands); i++)
    if (piao_json_get_id (piao_json_array_get_object (commands, i), "id") == id)
      return TRUE;
  return FALSE;
}

static gboolean
decode_verdict (PiaoSyncAnswer *self, JsonObject *request, JsonObject *object, GError **error)
{
  Verdict verdict = { .id = piao_json_get_id (object, "id") };
  const char *state = piao_json_get_text (object, "state", "");

  verdict.accepted = g_str_equal (state, "accepted");
  verdict.seq = piao_json_get_int (object, "seq", 0);
  verdict.code = piao_json_get_text (object, "code", NULL);
  verdict.message = piao_json_get_text (object, "message", NULL);
  if (object == NULL || !was_sent (request, verdict.id)
      || !piao_text_check (verdict.code, MAX_CODE, FALSE, "code", NULL)
      || !piao_text_check (verdict.message, MAX_MESSAGE, TRUE, "message", NULL))
    return set_shape_error ("verdicts", error);
  if (g_str_equal (state, "rejected"))
    {
      if (self->problem == NULL && verdict.code != NULL && verdict.message != NULL)
        {
          self->problem_reason = verdict.code;
          self->problem = verdict.message;
        }
      return TRUE;
    }
  if (verdict.accepted
          ? verdict.seq <= 0 || verdict.seq > self->head
          : !g_str_equal (state, "refused") || verdict.code == NULL || verdict.message == NULL)
    return set_shape_error ("verdicts", error);
  g_array_append_val (self->verdicts, verdict);
  return TRUE;
}

static gboolean
decode_verdicts (PiaoSyncAnswer *self, JsonObject *request, GError **error)
{
  JsonArray *verdicts = piao_json_get_array (self->object, "verdicts");
  guint n = verdicts != NULL ? json_array_get_length (verdicts) : 0;

  if (n > PIAO_SYNC_MAX_COMMANDS)
    return set_shape_error ("verdicts", error);
  for (guint i = 0; i < n; i++)
    if (!decode_verdict (self, request, piao_json_array_get_object (verdicts, i), error))
      return FALSE;
  return TRUE;
}

/* Rows of a kind that this program does not know are passed over: when it does, its schema has
 * another number and everything is fetched again. */
static gboolean
decode_rows_of (PiaoSyncAnswer *self, PiaoRegistry *registry, JsonObject *group, GError **error)
{
  const char *name = piao_json_get_text (group, "kind", NULL);
  JsonArray *rows = piao_json_get_array (group, "rows");
  const PiaoKind *kind = name != NULL ? piao_registry_find_kind (registry, name) : NULL;

  if (name == NULL || rows == NULL)
    return set_shape_error ("rows", error);
  for (guint i = 0; kind != NULL && i < json_array_get_length (rows); i++)
    {
      JsonObject *object = piao_json_array_get_object (rows, i);
      PiaoRecord *record = object != NULL ? piao_wire_decode (kind, object, error) : NULL;

      if (object == NULL)
        return set_shape_error ("rows", error);
      if (record == NULL)
        return FALSE;
      g_ptr_array_add (self->rows, record);
      if (!is_granted (self, record->lane) || record->rev > self->head
          || self->rows->len > PIAO_SYNC_MAX_ROWS)
        return set_shape_error ("rows", error);
    }
  return TRUE;
}

static gboolean
decode_gone (PiaoSyncAnswer *self, PiaoRegistry *registry, JsonNode *node, GError **error)
{
  JsonArray *item = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  Gone gone;

  if (item == NULL || json_array_get_length (item) != 3
      || json_node_get_value_type (json_array_get_element (item, 0)) != G_TYPE_INT64
      || json_node_get_value_type (json_array_get_element (item, 1)) != G_TYPE_STRING
      || json_node_get_value_type (json_array_get_element (item, 2)) != G_TYPE_STRING)
    return set_shape_error ("gone", error);
  gone.lane = json_array_get_int_element (item, 0);
  gone.kind = piao_registry_find_kind (registry, json_array_get_string_element (item, 1));
  gone.id = piao_id_from_text (json_array_get_string_element (item, 2));
  if (gone.id <= 0 || !is_granted (self, gone.lane))
    return set_shape_error ("gone", error);
  if (gone.kind != NULL)
    g_array_append_val (self->gone, gone);
  return TRUE;
}

static gboolean
decode_rows (PiaoSyncAnswer *self, PiaoRegistry *registry, GError **error)
{
  JsonArray *rows = piao_json_get_array (self->object, "rows");
  JsonArray *gone = piao_json_get_array (self->object, "gone");

  if (rows == NULL || gone == NULL || json_array_get_length (gone) > PIAO_SYNC_MAX_ROWS)
    return set_shape_error ("rows", error);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    if (!decode_rows_of (self, registry, piao_json_array_get_object (rows, i), error))
      return FALSE;
  for (guint i = 0; i < json_array_get_length (gone); i++)
    if (!decode_gone (self, registry, json_array_get_element (gone, i), error))
      return FALSE;
  return TRUE;
}

PiaoSyncAnswer *
piao_sync_answer_decode (PiaoRegistry *registry,
                         JsonObject *request,
                         JsonObject *answer,
                         GError **error)
{
  g_autoptr (PiaoSyncAnswer) self = g_new0 (PiaoSyncAnswer, 1);

  self->object = json_object_ref (answer);
  self->verdicts = g_array_new (FALSE, FALSE, sizeof (Verdict));
  self->upto = g_array_new (FALSE, FALSE, sizeof (Upto));
  self->gone = g_array_new (FALSE, FALSE, sizeof (Gone));
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  self->epoch = piao_json_get_text (answer, "epoch", NULL);
  self->now = piao_json_get_int (answer, "now", -1);
  self->expected = piao_json_get_int (answer, "expected", 0);
  self->restart = piao_json_get_bool (answer, "restart", FALSE);
  if (self->epoch == NULL || *self->epoch == '\0'
      || !piao_text_check (self->epoch, MAX_CODE, FALSE, "epoch", NULL))
    set_shape_error ("epoch", error);
  else if (self->now < 0 || self->expected < 0)
    set_shape_error ("now", error);
  else if (self->restart
           || (decode_end (self, request, error) && decode_verdicts (self, request, error)
               && decode_rows (self, registry, error)))
    return g_steal_pointer (&self);
  return NULL;
}

void
piao_sync_answer_free (PiaoSyncAnswer *self)
{
  json_object_unref (self->object);
  g_array_unref (self->verdicts);
  g_array_unref (self->upto);
  g_array_unref (self->gone);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

gint64
piao_sync_answer_get_now (const PiaoSyncAnswer *self)
{
  return self->now;
}

gboolean
piao_sync_answer_has_more (const PiaoSyncAnswer *self)
{
  return self->more || self->restart || self->sent_again;
}

gint64
piao_sync_answer_get_reached (const PiaoSyncAnswer *self)
{
  return self->reached;
}

gint64
piao_sync_answer_get_head (const PiaoSyncAnswer *self)
{
  return self->head;
}

guint
piao_sync_answer_get_n_rows (const PiaoSyncAnswer *self)
{
  return self->rows->len;
}

const char *
piao_sync_answer_get_problem (const PiaoSyncAnswer *self, const char **reason)
{
  if (reason != NULL)
    *reason = self->problem_reason;
  return self->problem;
}

/* --- apply ----------------------------------------------------------------------------------- */

typedef struct
{
  PiaoSyncAnswer *answer;
  PiaoRegistry *registry;
} Apply;

/* Lanes that are here but not granted any more. Transfer full. */
static GArray *
list_lost_lanes (PiaoSyncAnswer *self, PiaoDb *db, GError **error)
{
  g_autoptr (GArray) lost = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sync_get_cursors, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 lane = piao_cursor_int (cursor, 0);

      if (!is_granted (self, lane))
        g_array_append_val (lost, lane);
    }
  if (inner == NULL)
    return g_steal_pointer (&lost);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static gboolean
erase_lost_lanes (Apply *apply, PiaoDb *db, GError **error)
{
  g_autoptr (GArray) lost = list_lost_lanes (apply->answer, db, error);

  if (lost == NULL)
    return FALSE;
  for (guint i = 0; i < lost->len; i++)
    {
      gint64 lane = g_array_index (lost, gint64, i);

      if (!piao_sync_rows_erase_lane (apply->registry, db, lane, error)
          || !piao_db_exec (db, &sync_forget_cursor, error, "i", lane))
        return FALSE;
    }
  return TRUE;
}

/* Runs with the pending commands taken off. */
static gboolean
apply_rows (PiaoDb *db, gpointer data, GError **error)
{
  Apply *apply = data;
  PiaoSyncAnswer *self = apply->answer;

  if (self->restart)
    return piao_sync_rows_erase_all (apply->registry, db, error)
           && piao_db_exec (db, &sync_forget_cursors, error, "");
  if (!erase_lost_lanes (apply, db, error))
    return FALSE;
  for (guint i = 0; i < self->gone->len; i++)
    {
      const Gone *gone = &g_array_index (self->gone, Gone, i);

      if (!piao_sync_rows_remove (db, gone->kind, gone->lane, gone->id, error))
        return FALSE;
    }
  for (guint i = 0; i < self->rows->len; i++)
    if (!piao_sync_rows_put (db, g_ptr_array_index (self->rows, i), error))
      return FALSE;
  for (guint i = 0; i < self->upto->len; i++)
    {
      const Upto *upto = &g_array_index (self->upto, Upto, i);

      if (!piao_db_exec (db, &sync_set_cursor, error, "ii", upto->lane, upto->seq))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_verdicts (PiaoSyncAnswer *self, PiaoDb *db, GError **error)
{
  for (guint i = 0; i < self->verdicts->len; i++)
    {
      const Verdict *verdict = &g_array_index (self->verdicts, Verdict, i);

      if (verdict->accepted
              ? !piao_outbox_accept (db, verdict->id, verdict->seq, error)
              : !piao_outbox_refuse (db, verdict->id, verdict->code, verdict->message, error))
        return FALSE;
    }
  return TRUE;
}

/* What the server was restored without, or never got, goes up again. */
static gboolean
send_again (PiaoSyncAnswer *self, PiaoDb *db, GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  gint64 changed = 0;

  if (self->expected == 0)
    return TRUE;
  if (!piao_db_exec_changed (db, &sync_send_again, &changed, error, "ib", self->expected, nothing))
    return FALSE;
  self->sent_again = changed > 0;
  if (self->sent_again)
    self->problem = self->problem_reason = NULL;
  return TRUE;
}

gboolean
piao_sync_answer_apply (PiaoSyncAnswer *self, PiaoRegistry *registry, PiaoDb *db, GError **error)
{
  Apply apply = { self, registry };
  g_autofree char *schema = g_strdup_printf ("%d", piao_schema_get_newest ());

  return apply_verdicts (self, db, error) && send_again (self, db, error)
         && piao_setting_set (db, "sync.epoch", self->epoch, error)
         && piao_setting_set (db, "sync.schema", schema, error)
         && piao_outbox_rebase (registry, db, self->reached, apply_rows, &apply, error);
}

gboolean
piao_sync_reset (PiaoRegistry *registry, PiaoDb *db, GError **error)
{
  PiaoSyncAnswer answer = { .restart = TRUE };
  Apply apply = { &answer, registry };

  return piao_outbox_rebase (registry, db, 0, apply_rows, &apply, error);
}
