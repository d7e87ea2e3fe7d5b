/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-text.h"
#include "sync/piao-wire.h"

#define DEFAULT_TEXT 200

guint
piao_wire_get_max_length (const PiaoColumn *column)
{
  return column->max_length > 0 ? column->max_length : DEFAULT_TEXT;
}

JsonObject *
piao_wire_encode (const PiaoRowBlock *block, guint row, int schema)
{
  JsonObject *object = json_object_new ();

  piao_json_set_id (object, "id", block->ids[row]);
  json_object_set_int_member (object, "lane", block->lanes[row]);
  json_object_set_int_member (object, "rev", block->revs[row]);
  if (block->deleted[row])
    json_object_set_boolean_member (object, "deleted", TRUE);
  for (guint i = 0; i < block->kind->n_columns; i++)
    {
      const PiaoColumn *column = &block->kind->columns[i];

      if (column->since > schema || piao_row_block_is_null (block, row, i))
        continue;
      if (block->columns[i].is_text)
        json_object_set_string_member (object, column->name,
                                       piao_row_block_get_text (block, row, i));
      else if (column->type == PIAO_COLUMN_REF)
        piao_json_set_id (object, column->name, block->columns[i].numbers[row]);
      else
        json_object_set_int_member (object, column->name, block->columns[i].numbers[row]);
    }
  return object;
}

gboolean
piao_wire_set_error (const PiaoKind *kind, const char *member, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "sync.row",
                         _ ("A row of “%s” arrived damaged (%s). Nothing of it was used."),
                         kind->name, member);
}

/* Reads one column; an absent member leaves NULL. */
static gboolean
decode_value (PiaoRowBlock *block, guint row, guint index, JsonObject *object)
{
  const PiaoColumn *column = &block->kind->columns[index];
  JsonNode *node = json_object_get_member (object, column->name);
  GType type;
  gint64 id;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  type = json_node_get_value_type (node);
  if (block->columns[index].is_text)
    {
      const char *text = json_node_get_string (node);

      if (type != G_TYPE_STRING
          || !piao_text_check (text, piao_wire_get_max_length (column), TRUE, column->name, NULL))
        return FALSE;
      piao_row_block_set_text (block, row, index, text);
    }
  else if (column->type == PIAO_COLUMN_REF && type == G_TYPE_STRING)
    {
      id = piao_id_from_text (json_node_get_string (node));
      if (id <= 0)
        return FALSE;
      piao_row_block_set_int (block, row, index, id);
    }
  else if (type == G_TYPE_INT64)
    piao_row_block_set_int (block, row, index, json_node_get_int (node));
  else
    return FALSE;
  return TRUE;
}

gboolean
piao_wire_decode (PiaoRowBlock *block, JsonObject *object, GError **error)
{
  gint64 id = piao_json_get_id (object, "id");
  gint64 lane = piao_json_get_int (object, "lane", -1);
  gint64 rev = piao_json_get_int (object, "rev", -1);
  guint row;

  if (id <= 0 || lane < 0 || rev < 0)
    return piao_wire_set_error (block->kind, id <= 0 ? "id" : lane < 0 ? "lane" : "rev", error);
  row = piao_row_block_append (block, id, lane, rev, piao_json_get_bool (object, "deleted", FALSE));
  for (guint i = 0; i < block->kind->n_columns; i++)
    if (!decode_value (block, row, i, object))
      return piao_wire_set_error (block->kind, block->kind->columns[i].name, error);
  return TRUE;
}
