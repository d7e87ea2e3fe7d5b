/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-text.h"
#include "sync/piao-wire.h"

#define DEFAULT_TEXT 200

static gboolean
is_text (const PiaoColumn *column)
{
  return column->type == PIAO_COLUMN_TEXT || column->type == PIAO_COLUMN_STATE;
}

JsonObject *
piao_wire_encode (const PiaoRecord *record)
{
  JsonObject *object = json_object_new ();

  piao_json_set_id (object, "id", record->id);
  json_object_set_int_member (object, "lane", record->lane);
  json_object_set_int_member (object, "rev", record->rev);
  if (record->deleted)
    json_object_set_boolean_member (object, "deleted", TRUE);
  for (guint i = 0; i < record->kind->n_columns; i++)
    {
      const PiaoColumn *column = &record->kind->columns[i];
      const PiaoValue *value = &record->values[i];

      if (value->type == PIAO_VALUE_TEXT)
        json_object_set_string_member (object, column->name, value->text);
      else if (value->type == PIAO_VALUE_INT && column->type == PIAO_COLUMN_REF)
        piao_json_set_id (object, column->name, value->number);
      else if (value->type == PIAO_VALUE_INT)
        json_object_set_int_member (object, column->name, value->number);
    }
  return object;
}

static gboolean
set_shape_error (const PiaoKind *kind, const char *member, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "sync.row",
                         _ ("A row of “%s” arrived damaged (%s). Nothing of it was used."),
                         kind->name, member);
}

/* Reads one column; an absent member leaves NULL. */
static gboolean
decode_value (PiaoRecord *record, guint index, JsonObject *object, GError **error)
{
  const PiaoColumn *column = &record->kind->columns[index];
  JsonNode *node = json_object_get_member (object, column->name);
  GType type;
  gint64 id;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return set_shape_error (record->kind, column->name, error);
  type = json_node_get_value_type (node);
  if (is_text (column))
    {
      const char *text = json_node_get_string (node);
      guint most = column->max_length > 0 ? column->max_length : DEFAULT_TEXT;

      if (type != G_TYPE_STRING || !piao_text_check (text, most, TRUE, column->name, NULL))
        return set_shape_error (record->kind, column->name, error);
      piao_record_set_text (record, index, text);
    }
  else if (column->type == PIAO_COLUMN_REF && type == G_TYPE_STRING)
    {
      id = piao_id_from_text (json_node_get_string (node));
      if (id <= 0)
        return set_shape_error (record->kind, column->name, error);
      piao_record_set_int (record, index, id);
    }
  else if (type == G_TYPE_INT64)
    piao_record_set_int (record, index, json_node_get_int (node));
  else
    return set_shape_error (record->kind, column->name, error);
  return TRUE;
}

PiaoRecord *
piao_wire_decode (const PiaoKind *kind, JsonObject *object, GError **error)
{
  gint64 id = piao_json_get_id (object, "id");
  gint64 lane = piao_json_get_int (object, "lane", -1);
  gint64 rev = piao_json_get_int (object, "rev", -1);
  g_autoptr (PiaoRecord) record = NULL;

  if (id <= 0 || lane < 0 || rev < 0)
    {
      set_shape_error (kind, id <= 0 ? "id" : lane < 0 ? "lane" : "rev", error);
      return NULL;
    }
  record = piao_record_new (kind, id, lane);
  record->rev = rev;
  record->deleted = piao_json_get_bool (object, "deleted", FALSE);
  for (guint i = 0; i < kind->n_columns; i++)
    if (!decode_value (record, i, object, error))
      return NULL;
  return g_steal_pointer (&record);
}
