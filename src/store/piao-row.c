/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-row-private.h"

struct _PiaoRow
{
  GObject parent_instance;

  gint64 id;
  PiaoRowTable *table;   /* borrowed; NULL when the list is gone */
  PiaoRowValues *values; /* owned; NULL until loaded */
  guint64 generation;    /* of the values */
};

G_DEFINE_FINAL_TYPE (PiaoRow, piao_row, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _PiaoRowTable
{
  GHashTable *rows; /* &row->id → PiaoRow, borrowed: a row takes itself out */
};

/* --- values ---------------------------------------------------------------------------------- */

PiaoRowValues *
piao_row_values_from_cursor (PiaoCursor *cursor)
{
  guint n = piao_cursor_get_n_columns (cursor);
  PiaoRowValues *values = g_malloc0 (sizeof (PiaoRowValues) + sizeof (PiaoValue) * n);

  values->n_values = n;
  for (guint i = 0; i < n; i++)
    piao_cursor_value (cursor, i, &values->values[i]);
  return values;
}

void
piao_row_values_free (PiaoRowValues *values)
{
  if (values == NULL)
    return;
  for (guint i = 0; i < values->n_values; i++)
    piao_value_clear (&values->values[i]);
  g_free (values);
}

static gboolean
values_equal (const PiaoRowValues *a, const PiaoRowValues *b)
{
  if (a == NULL || b == NULL || a->n_values != b->n_values)
    return FALSE;
  for (guint i = 0; i < a->n_values; i++)
    if (!piao_value_equal (&a->values[i], &b->values[i]))
      return FALSE;
  return TRUE;
}

/* --- table ----------------------------------------------------------------------------------- */

PiaoRowTable *
piao_row_table_new (void)
{
  PiaoRowTable *table = g_new0 (PiaoRowTable, 1);

  table->rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  return table;
}

void
piao_row_table_free (PiaoRowTable *table)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, table->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    PIAO_ROW (row)->table = NULL;
  g_hash_table_unref (table->rows);
  g_free (table);
}

PiaoRow *
piao_row_table_get (PiaoRowTable *table, gint64 id)
{
  PiaoRow *row = g_hash_table_lookup (table->rows, &id);

  if (row != NULL)
    return g_object_ref (row);
  row = g_object_new (PIAO_TYPE_ROW, NULL);
  row->id = id;
  row->table = table;
  g_hash_table_insert (table->rows, &row->id, row);
  return row;
}

gboolean
piao_row_table_contains (PiaoRowTable *table, gint64 id)
{
  return g_hash_table_contains (table->rows, &id);
}

GArray *
piao_row_table_list_older (PiaoRowTable *table, guint64 generation)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, table->rows);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      PiaoRow *row = data;

      if (row->values != NULL && row->generation < generation)
        g_array_append_val (ids, row->id);
    }
  return ids;
}

void
piao_row_table_emit_changed (PiaoRowTable *table)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer row;

  /* A handler may do away with rows and with the table. */
  g_hash_table_iter_init (&iter, table->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    if (piao_row_is_loaded (row))
      g_ptr_array_add (rows, g_object_ref (row));
  for (guint i = 0; i < rows->len; i++)
    g_signal_emit (rows->pdata[i], signals[CHANGED], 0);
}

/* --- rows ------------------------------------------------------------------------------------ */

void
piao_row_set_values (PiaoRow *self, PiaoRowValues *values, guint64 generation)
{
  PiaoRowValues *old = self->values;

  if (old != NULL && generation < self->generation)
    {
      piao_row_values_free (values);
      return;
    }
  self->generation = generation;
  if (values_equal (old, values))
    {
      piao_row_values_free (values);
      return;
    }
  self->values = values;
  g_signal_emit (self, signals[CHANGED], 0);
  piao_row_values_free (old);
}

gint64
piao_row_get_id (PiaoRow *self)
{
  g_return_val_if_fail (PIAO_IS_ROW (self), 0);
  return self->id;
}

gboolean
piao_row_is_loaded (PiaoRow *self)
{
  g_return_val_if_fail (PIAO_IS_ROW (self), FALSE);
  return self->values != NULL;
}

const char *
piao_row_get_text (PiaoRow *self, guint index)
{
  g_return_val_if_fail (PIAO_IS_ROW (self), NULL);
  if (self->values == NULL)
    return NULL;
  g_return_val_if_fail (index < self->values->n_values, NULL);
  if (self->values->values[index].type != PIAO_VALUE_TEXT)
    return NULL;
  return self->values->values[index].text;
}

gint64
piao_row_get_int (PiaoRow *self, guint index)
{
  g_return_val_if_fail (PIAO_IS_ROW (self), 0);
  if (self->values == NULL)
    return 0;
  g_return_val_if_fail (index < self->values->n_values, 0);
  if (self->values->values[index].type != PIAO_VALUE_INT)
    return 0;
  return self->values->values[index].number;
}

static void
piao_row_finalize (GObject *object)
{
  PiaoRow *self = PIAO_ROW (object);

  if (self->table != NULL)
    g_hash_table_remove (self->table->rows, &self->id);
  piao_row_values_free (self->values);
  G_OBJECT_CLASS (piao_row_parent_class)->finalize (object);
}

static void
piao_row_class_init (PiaoRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", PIAO_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
piao_row_init (PiaoRow *self)
{
}
