/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <inttypes.h>

#include "base/piao-id.h"
#include "base/piao-text.h"
#include "base/piao-error.h"
#include "sync/piao-reply-private.h"
#include "sync/piao-wire.h"

#define MAX_EPOCH 60
#define MAX_CODE 60
#define MAX_MESSAGE 1000

static const char *const states[] = { "accepted", "refused", "rejected" };

/* --- to JSON --------------------------------------------------------------------------------- */

static JsonObject *
describe_verdict (const PiaoVerdict *verdict)
{
  JsonObject *object
      = piao_json_build ("id", 'd', verdict->id, "state", 's', states[verdict->state], NULL);
  g_autofree char *message = NULL;

  if (verdict->state == PIAO_VERDICT_ACCEPTED)
    {
      json_object_set_int_member (object, "seq", verdict->seq);
      return object;
    }
  message = g_utf8_substring (verdict->message, 0,
                              MIN (g_utf8_strlen (verdict->message, -1), (glong)MAX_MESSAGE));
  json_object_set_string_member (object, "code", verdict->code);
  json_object_set_string_member (object, "message", message);
  return object;
}

JsonArray *
piao_reply_verdicts_to_json (const PiaoReply *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->verdicts->len; i++)
    json_array_add_object_element (array, describe_verdict (g_ptr_array_index (self->verdicts, i)));
  return array;
}

JsonArray *
piao_reply_gone_to_json (const PiaoReply *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->gone->len; i++)
    {
      const PiaoReplyGone *gone = &g_array_index (self->gone, PiaoReplyGone, i);
      JsonArray *item = json_array_new ();
      g_autofree char *id = piao_id_to_text (gone->id);

      json_array_add_int_element (item, gone->lane);
      json_array_add_string_element (item, gone->kind->name);
      json_array_add_string_element (item, id);
      json_array_add_array_element (array, item);
    }
  return array;
}

JsonArray *
piao_reply_grants_to_json (const PiaoReply *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->grants->len; i++)
    json_array_add_int_element (array, g_array_index (self->grants, gint64, i));
  return array;
}

JsonArray *
piao_reply_digests_to_json (const PiaoReply *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->digests->len; i++)
    {
      const PiaoReplyDigest *digest = &g_array_index (self->digests, PiaoReplyDigest, i);
      JsonArray *item = json_array_new ();
      g_autofree char *sum = g_strdup_printf ("%016" PRIx64, digest->sum);

      json_array_add_int_element (item, digest->lane);
      json_array_add_string_element (item, digest->kind->name);
      json_array_add_int_element (item, digest->rows);
      json_array_add_string_element (item, sum);
      json_array_add_array_element (array, item);
    }
  return array;
}

JsonObject *
piao_reply_end_to_json (const PiaoReply *self)
{
  JsonArray *upto = json_array_new ();

  for (guint i = 0; i < self->upto->len; i++)
    {
      const PiaoLaneSeq *entry = &g_array_index (self->upto, PiaoLaneSeq, i);
      JsonArray *pair = json_array_new ();

      json_array_add_int_element (pair, entry->lane);
      json_array_add_int_element (pair, entry->seq);
      if (entry->base > 0)
        {
          json_array_add_int_element (pair, entry->base);
          json_array_add_int_element (pair, entry->history);
        }
      json_array_add_array_element (upto, pair);
    }
  return piao_json_build ("upto", 'a', upto, "seq", 'i', self->head, "more", 'b', self->more,
                          "next", 's', self->next, NULL);
}

void
piao_reply_head_to_json (const PiaoReply *self, JsonObject *object)
{
  json_object_set_string_member (object, "epoch", self->epoch);
  json_object_set_int_member (object, "now", self->now);
  if (self->restart)
    json_object_set_boolean_member (object, "restart", TRUE);
  if (self->expected > 0)
    json_object_set_int_member (object, "expected", self->expected);
  if (json_object_get_size (self->notes) > 0)
    json_object_set_object_member (object, "notes", json_object_ref (self->notes));
}

static JsonArray *
rows_to_json (const PiaoReply *self, int schema)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->blocks->len; i++)
    {
      const PiaoRowBlock *block = g_ptr_array_index (self->blocks, i);
      JsonArray *rows = json_array_new ();

      for (guint row = 0; row < block->n_rows; row++)
        json_array_add_object_element (rows, piao_wire_encode (block, row, schema));
      json_array_add_object_element (array, piao_json_build ("kind", 's', block->kind->name, "rows",
                                                             'a', rows, NULL));
    }
  return array;
}

JsonObject *
piao_reply_to_json (const PiaoReply *self, int schema)
{
  JsonObject *object = json_object_new ();

  piao_reply_head_to_json (self, object);
  if (self->restart)
    return object;
  PIAO_INVARIANT (self->coded == NULL);
  json_object_set_array_member (object, "verdicts", piao_reply_verdicts_to_json (self));
  json_object_set_array_member (object, "grants", piao_reply_grants_to_json (self));
  json_object_set_array_member (object, "rows", rows_to_json (self, schema));
  json_object_set_array_member (object, "gone", piao_reply_gone_to_json (self));
  if (self->digests->len > 0)
    json_object_set_array_member (object, "digests", piao_reply_digests_to_json (self));
  json_object_set_object_member (object, "end", piao_reply_end_to_json (self));
  return object;
}

/* --- from JSON ------------------------------------------------------------------------------- */

static gboolean
get_int (JsonArray *array, guint index, gint64 *number)
{
  JsonNode *node = json_array_get_element (array, index);

  if (json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *number = json_node_get_int (node);
  return TRUE;
}

static const char *
get_text (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/* The element at @index if it is an array of @n. */
static JsonArray *
get_tuple (JsonArray *array, guint index, guint n)
{
  JsonNode *node = json_array_get_element (array, index);
  JsonArray *tuple = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return tuple != NULL && json_array_get_length (tuple) == n ? tuple : NULL;
}

static PiaoVerdict *
read_verdict (JsonObject *object)
{
  g_autoptr (PiaoVerdict) verdict = g_new0 (PiaoVerdict, 1);
  const char *state = piao_json_get_text (object, "state", "");
  guint at = 0;

  while (at < G_N_ELEMENTS (states) && !g_str_equal (states[at], state))
    at++;
  if (object == NULL || at == G_N_ELEMENTS (states))
    return NULL;
  verdict->state = (PiaoVerdictState)at;
  verdict->id = piao_json_get_id (object, "id");
  verdict->seq = piao_json_get_int (object, "seq", 0);
  verdict->code = g_strdup (piao_json_get_text (object, "code", NULL));
  verdict->message = g_strdup (piao_json_get_text (object, "message", NULL));
  if (!piao_text_check (verdict->code, MAX_CODE, FALSE, "code", NULL)
      || !piao_text_check (verdict->message, MAX_MESSAGE, TRUE, "message", NULL))
    return NULL;
  return g_steal_pointer (&verdict);
}

gboolean
piao_reply_verdicts_from_json (PiaoReply *self, JsonArray *array, GError **error)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (self->verdicts->len + n > PIAO_REPLY_MAX_VERDICTS)
    return piao_reply_set_shape_error ("verdicts", error);
  for (guint i = 0; i < n; i++)
    {
      PiaoVerdict *verdict = read_verdict (piao_json_array_get_object (array, i));

      if (verdict == NULL)
        return piao_reply_set_shape_error ("verdicts", error);
      g_ptr_array_add (self->verdicts, verdict);
    }
  return TRUE;
}

gboolean
piao_reply_gone_from_json (PiaoReply *self,
                           PiaoRegistry *registry,
                           JsonArray *array,
                           GError **error)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (self->gone->len + n > PIAO_REPLY_MAX_ROWS)
    return piao_reply_set_shape_error ("gone", error);
  for (guint i = 0; i < n; i++)
    {
      JsonArray *item = get_tuple (array, i, 3);
      const char *name = item != NULL ? get_text (item, 1) : NULL;
      const char *id = item != NULL ? get_text (item, 2) : NULL;
      const PiaoKind *kind = name != NULL ? piao_registry_find_kind (registry, name) : NULL;
      gint64 lane;

      if (name == NULL || id == NULL || piao_id_from_text (id) <= 0 || !get_int (item, 0, &lane))
        return piao_reply_set_shape_error ("gone", error);
      if (kind != NULL)
        piao_reply_add_gone (self, kind, lane, piao_id_from_text (id));
    }
  return TRUE;
}

gboolean
piao_reply_grants_from_json (PiaoReply *self, JsonArray *array, GError **error)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (self->grants->len + n > PIAO_REPLY_MAX_LANES)
    return piao_reply_set_shape_error ("grants", error);
  for (guint i = 0; i < n; i++)
    {
      gint64 lane;

      if (!get_int (array, i, &lane) || lane < 0)
        return piao_reply_set_shape_error ("grants", error);
      g_array_append_val (self->grants, lane);
    }
  return TRUE;
}

gboolean
piao_reply_digests_from_json (PiaoReply *self,
                              PiaoRegistry *registry,
                              JsonArray *array,
                              GError **error)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (self->digests->len + n > PIAO_REPLY_MAX_DIGESTS)
    return piao_reply_set_shape_error ("digests", error);
  for (guint i = 0; i < n; i++)
    {
      JsonArray *item = get_tuple (array, i, 4);
      const char *name = item != NULL ? get_text (item, 1) : NULL;
      const char *text = item != NULL ? get_text (item, 3) : NULL;
      const PiaoKind *kind = name != NULL ? piao_registry_find_kind (registry, name) : NULL;
      gint64 lane, rows;
      guint64 sum;

      if (name == NULL || text == NULL || !get_int (item, 0, &lane) || !get_int (item, 2, &rows)
          || !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT64, &sum, NULL))
        return piao_reply_set_shape_error ("digests", error);
      if (kind != NULL)
        piao_reply_add_digest (self, kind, lane, rows, sum);
    }
  return TRUE;
}

gboolean
piao_lane_seq_from_json (JsonArray *array, guint index, PiaoLaneSeq *lane)
{
  JsonArray *four = get_tuple (array, index, 4);
  JsonArray *tuple = four != NULL ? four : get_tuple (array, index, 2);

  *lane = (PiaoLaneSeq){ 0 };
  return tuple != NULL && get_int (tuple, 0, &lane->lane) && get_int (tuple, 1, &lane->seq)
         && (four == NULL || (get_int (four, 2, &lane->base) && get_int (four, 3, &lane->history)));
}

gboolean
piao_reply_end_from_json (PiaoReply *self, JsonObject *end, GError **error)
{
  JsonArray *upto = piao_json_get_array (end, "upto");
  const char *next = piao_json_get_text (end, "next", NULL);

  self->head = piao_json_get_int (end, "seq", -1);
  self->more = piao_json_get_bool (end, "more", FALSE);
  g_set_str (&self->next, next);
  if (upto == NULL || json_array_get_length (upto) > PIAO_REPLY_MAX_LANES
      || !piao_text_check (next, PIAO_REPLY_MAX_NEXT, FALSE, "next", NULL))
    return piao_reply_set_shape_error ("end", error);
  for (guint i = 0; i < json_array_get_length (upto); i++)
    {
      PiaoLaneSeq entry;

      if (!piao_lane_seq_from_json (upto, i, &entry))
        return piao_reply_set_shape_error ("end.upto", error);
      g_array_append_val (self->upto, entry);
    }
  return TRUE;
}

gboolean
piao_reply_head_from_json (PiaoReply *self, JsonObject *object, GError **error)
{
  const char *epoch = piao_json_get_text (object, "epoch", "");
  JsonObject *notes = piao_json_get_object (object, "notes");

  if (*epoch == '\0' || !piao_text_check (epoch, MAX_EPOCH, FALSE, "epoch", NULL))
    return piao_reply_set_shape_error ("epoch", error);
  g_set_str (&self->epoch, epoch);
  self->now = piao_json_get_int (object, "now", -1);
  self->expected = piao_json_get_int (object, "expected", 0);
  self->restart = piao_json_get_bool (object, "restart", FALSE);
  if (notes != NULL)
    {
      json_object_unref (self->notes);
      self->notes = json_object_ref (notes);
    }
  return TRUE;
}

/* Rows of a kind that this program does not know are passed over: when it does, its schema has
 * another number and everything is fetched again. */
static gboolean
read_rows (
    PiaoReply *self, PiaoRegistry *registry, JsonObject *group, guint *n_rows, GError **error)
{
  const char *name = piao_json_get_text (group, "kind", NULL);
  JsonArray *rows = piao_json_get_array (group, "rows");
  const PiaoKind *kind = name != NULL ? piao_registry_find_kind (registry, name) : NULL;
  PiaoRowBlock *block;

  if (name == NULL || rows == NULL || json_array_get_length (rows) > PIAO_REPLY_MAX_ROWS - *n_rows)
    return piao_reply_set_shape_error ("rows", error);
  if (kind == NULL)
    return TRUE;
  *n_rows += json_array_get_length (rows);
  block = piao_reply_get_block (self, kind);
  piao_row_block_reserve (block, block->n_rows + json_array_get_length (rows));
  for (guint i = 0; i < json_array_get_length (rows); i++)
    if (!piao_wire_decode (block, piao_json_array_get_object (rows, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
rows_from_json (PiaoReply *self, PiaoRegistry *registry, JsonArray *array, GError **error)
{
  guint n_rows = 0;

  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!read_rows (self, registry, piao_json_array_get_object (array, i), &n_rows, error))
      return FALSE;
  return TRUE;
}

static gboolean
has_array (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node == NULL || JSON_NODE_HOLDS_ARRAY (node);
}

PiaoReply *
piao_reply_from_json (PiaoRegistry *registry, JsonObject *object, GError **error)
{
  static const char *const lists[] = { "verdicts", "grants", "gone", "digests" };
  g_autoptr (PiaoReply) self = piao_reply_new ();
  JsonArray *rows = piao_json_get_array (object, "rows");

  if (!piao_reply_head_from_json (self, object, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (!has_array (object, lists[i]))
      {
        piao_reply_set_shape_error (lists[i], error);
        return NULL;
      }
  if (!self->restart && rows == NULL)
    {
      piao_reply_set_shape_error ("rows", error);
      return NULL;
    }
  if (!self->restart
      && (!piao_reply_end_from_json (self, piao_json_get_object (object, "end"), error)
          || !piao_reply_verdicts_from_json (self, piao_json_get_array (object, "verdicts"), error)
          || !piao_reply_grants_from_json (self, piao_json_get_array (object, "grants"), error)
          || !rows_from_json (self, registry, rows, error)
          || !piao_reply_gone_from_json (self, registry, piao_json_get_array (object, "gone"),
                                         error)
          || !piao_reply_digests_from_json (self, registry, piao_json_get_array (object, "digests"),
                                            error)))
    return NULL;
  return piao_reply_check (self, error) ? g_steal_pointer (&self) : NULL;
}
