/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-error.h"
#include "sync/piao-row-block.h"

#define FIRST_CAPACITY 16

gboolean
piao_column_is_text (const PiaoColumn *column)
{
  return column->type == PIAO_COLUMN_TEXT || column->type == PIAO_COLUMN_STATE;
}

PiaoRowBlock *
piao_row_block_new (const PiaoKind *kind)
{
  PiaoRowBlock *self
      = g_malloc0 (sizeof (PiaoRowBlock) + sizeof (PiaoBlockColumn) * (gsize)kind->n_columns);

  self->kind = kind;
  for (guint i = 0; i < kind->n_columns; i++)
    self->columns[i].is_text = piao_column_is_text (&kind->columns[i]);
  return self;
}

void
piao_row_block_free (PiaoRowBlock *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      g_free (self->columns[i].numbers);
      g_free (self->columns[i].nulls);
      g_free (self->columns[i].offsets);
      g_free (self->columns[i].arena);
    }
  g_free (self->ids);
  g_free (self->lanes);
  g_free (self->revs);
  g_free (self->deleted);
  g_free (self);
}

/* --- filling --------------------------------------------------------------------------------- */

void
piao_row_block_reserve (PiaoRowBlock *self, guint n)
{
  if (n <= self->capacity)
    return;
  PIAO_INVARIANT (n < G_MAXUINT32 / 2);
  self->ids = g_renew (gint64, self->ids, n);
  self->lanes = g_renew (gint64, self->lanes, n);
  self->revs = g_renew (gint64, self->revs, n);
  self->deleted = g_renew (guint8, self->deleted, n);
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      PiaoBlockColumn *column = &self->columns[i];

      if (column->is_text)
        column->offsets = g_renew (guint32, column->offsets, n);
      else
        {
          column->numbers = g_renew (gint64, column->numbers, n);
          column->nulls = g_renew (guint8, column->nulls, n / 8 + 1);
        }
    }
  self->capacity = n;
}

static void
set_null (PiaoBlockColumn *column, guint row)
{
  if (column->is_text)
    {
      column->offsets[row] = PIAO_BLOCK_NULL;
      return;
    }
  column->numbers[row] = 0;
  column->nulls[row / 8] |= (guint8)(1 << row % 8);
}

guint
piao_row_block_append (PiaoRowBlock *self, gint64 id, gint64 lane, gint64 rev, gboolean deleted)
{
  guint row = self->n_rows++;

  self->sound = FALSE;
  if (self->n_rows > self->capacity)
    piao_row_block_reserve (self, MAX (FIRST_CAPACITY, self->capacity + self->capacity / 2));
  self->ids[row] = id;
  self->lanes[row] = lane;
  self->revs[row] = rev;
  self->deleted[row] = deleted ? 1 : 0;
  for (guint i = 0; i < self->kind->n_columns; i++)
    set_null (&self->columns[i], row);
  return row;
}

void
piao_row_block_set_int (PiaoRowBlock *self, guint row, guint index, gint64 number)
{
  PiaoBlockColumn *column = &self->columns[index];

  PIAO_INVARIANT (row < self->n_rows && index < self->kind->n_columns && !column->is_text);
  self->sound = FALSE;
  column->numbers[row] = number;
  column->nulls[row / 8] &= (guint8) ~(1 << row % 8);
}

void
piao_row_block_set_text (PiaoRowBlock *self, guint row, guint index, const char *text)
{
  PiaoBlockColumn *column = &self->columns[index];
  gsize size = strlen (text) + 1;

  PIAO_INVARIANT (row < self->n_rows && index < self->kind->n_columns && column->is_text);
  self->sound = FALSE;
  /* Neighbours often say the same. */
  if (row > 0 && column->offsets[row - 1] != PIAO_BLOCK_NULL
      && g_str_equal (column->arena + column->offsets[row - 1], text))
    {
      column->offsets[row] = column->offsets[row - 1];
      return;
    }
  if (column->arena_size + size > column->arena_capacity)
    {
      column->arena_capacity = MAX (column->arena_size + size, column->arena_capacity * 3 / 2);
      column->arena = g_realloc (column->arena, column->arena_capacity);
    }
  PIAO_INVARIANT (column->arena_size + size < PIAO_BLOCK_NULL);
  memcpy (column->arena + column->arena_size, text, size);
  column->offsets[row] = (guint32)column->arena_size;
  column->arena_size += size;
}

void
piao_row_block_append_record (PiaoRowBlock *self, const PiaoRecord *record)
{
  guint row = piao_row_block_append (self, record->id, record->lane, record->rev, record->deleted);

  PIAO_INVARIANT (record->kind == self->kind);
  for (guint i = 0; i < self->kind->n_columns; i++)
    if (record->values[i].type == PIAO_VALUE_TEXT)
      piao_row_block_set_text (self, row, i, record->values[i].text);
    else if (record->values[i].type == PIAO_VALUE_INT)
      piao_row_block_set_int (self, row, i, record->values[i].number);
}

void
piao_row_block_append_cursor (PiaoRowBlock *self, PiaoCursor *cursor)
{
  guint row = piao_row_block_append (self, piao_cursor_int (cursor, PIAO_ROW_ID),
                                     piao_cursor_int (cursor, PIAO_ROW_LANE),
                                     piao_cursor_int (cursor, PIAO_ROW_REV),
                                     piao_cursor_int (cursor, PIAO_ROW_DELETED) != 0);

  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      guint at = i + PIAO_ROW_FIRST_COLUMN;

      if (piao_cursor_is_null (cursor, at))
        continue;
      if (self->columns[i].is_text)
        piao_row_block_set_text (self, row, i, piao_cursor_text (cursor, at));
      else
        piao_row_block_set_int (self, row, i, piao_cursor_int (cursor, at));
    }
}

/* Numbers mostly differ little from those above them, texts repeat. */
#define ESTIMATE_ROW 8
#define ESTIMATE_TEXT 4 /* characters a byte */

gsize
piao_row_block_estimate (const PiaoRowBlock *self)
{
  guint row = self->n_rows - 1;
  gsize size = ESTIMATE_ROW;

  for (guint i = 0; i < self->kind->n_columns; i++)
    if (piao_row_block_is_null (self, row, i))
      continue;
    else if (self->columns[i].is_text)
      size += strlen (piao_row_block_get_text (self, row, i)) / ESTIMATE_TEXT;
    else
      size += 1;
  return size;
}

gsize
piao_row_block_get_size (const PiaoRowBlock *self)
{
  gsize row = sizeof (gint64) * 3 + sizeof (guint8), texts = 0;

  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      row += self->columns[i].is_text ? sizeof (guint32) : sizeof (gint64);
      texts += self->columns[i].arena_capacity;
    }
  return row * self->capacity + texts;
}

/* --- reading --------------------------------------------------------------------------------- */

gboolean
piao_row_block_is_null (const PiaoRowBlock *self, guint row, guint index)
{
  const PiaoBlockColumn *column = &self->columns[index];

  g_assert (row < self->n_rows && index < self->kind->n_columns);
  return column->is_text ? column->offsets[row] == PIAO_BLOCK_NULL
                         : (column->nulls[row / 8] & 1 << row % 8) != 0;
}

gint64
piao_row_block_get_int (const PiaoRowBlock *self, guint row, guint index)
{
  g_assert (row < self->n_rows && index < self->kind->n_columns);
  return self->columns[index].is_text ? 0 : self->columns[index].numbers[row];
}

const char *
piao_row_block_get_text (const PiaoRowBlock *self, guint row, guint index)
{
  const PiaoBlockColumn *column = &self->columns[index];

  g_assert (row < self->n_rows && index < self->kind->n_columns);
  if (!column->is_text || column->offsets[row] == PIAO_BLOCK_NULL)
    return NULL;
  return column->arena + column->offsets[row];
}

PiaoRecord *
piao_row_block_get_record (const PiaoRowBlock *self, guint row)
{
  PiaoRecord *record = piao_record_new (self->kind, self->ids[row], self->lanes[row]);

  record->rev = self->revs[row];
  record->deleted = self->deleted[row] != 0;
  for (guint i = 0; i < self->kind->n_columns; i++)
    if (self->columns[i].is_text)
      piao_record_set_text (record, i, piao_row_block_get_text (self, row, i));
    else if (!piao_row_block_is_null (self, row, i))
      piao_record_set_int (record, i, self->columns[i].numbers[row]);
  return record;
}

void
piao_row_block_get_value (const PiaoRowBlock *self, guint row, guint index, PiaoValue *value)
{
  const PiaoBlockColumn *column = &self->columns[index];

  g_assert (row < self->n_rows && index < self->kind->n_columns);
  *value = (PiaoValue){ PIAO_VALUE_NULL, { 0 } };
  if (!column->is_text)
    {
      if ((column->nulls[row / 8] & 1 << row % 8) == 0)
        *value = (PiaoValue){ PIAO_VALUE_INT, { column->numbers[row] } };
    }
  else if (column->offsets[row] != PIAO_BLOCK_NULL)
    *value = (PiaoValue){ PIAO_VALUE_TEXT, { .text = column->arena + column->offsets[row] } };
}

void
piao_row_block_bind (const PiaoRowBlock *self, guint row, PiaoValue *values)
{
  values[PIAO_ROW_ID] = (PiaoValue){ PIAO_VALUE_INT, { self->ids[row] } };
  values[PIAO_ROW_LANE] = (PiaoValue){ PIAO_VALUE_INT, { self->lanes[row] } };
  values[PIAO_ROW_REV] = (PiaoValue){ PIAO_VALUE_INT, { self->revs[row] } };
  values[PIAO_ROW_DELETED] = (PiaoValue){ PIAO_VALUE_INT, { self->deleted[row] } };
  for (guint i = 0; i < self->kind->n_columns; i++)
    piao_row_block_get_value (self, row, i, &values[i + PIAO_ROW_FIRST_COLUMN]);
}

void
piao_row_block_show (const PiaoRowBlock *self, PiaoRowSourceColumn *columns)
{
  columns[PIAO_ROW_ID] = (PiaoRowSourceColumn){ .numbers = self->ids };
  columns[PIAO_ROW_LANE] = (PiaoRowSourceColumn){ .numbers = self->lanes };
  columns[PIAO_ROW_REV] = (PiaoRowSourceColumn){ .numbers = self->revs };
  columns[PIAO_ROW_DELETED] = (PiaoRowSourceColumn){ .small = self->deleted };
  for (guint i = 0; i < self->kind->n_columns; i++)
    {
      const PiaoBlockColumn *column = &self->columns[i];

      columns[i + PIAO_ROW_FIRST_COLUMN] = (PiaoRowSourceColumn){ .numbers = column->numbers,
                                                                  .nulls = column->nulls,
                                                                  .offsets = column->offsets,
                                                                  .texts = column->arena };
    }
}

static gboolean
rows_equal (const PiaoRowBlock *a, const PiaoRowBlock *b, guint row)
{
  if (a->ids[row] != b->ids[row] || a->lanes[row] != b->lanes[row] || a->revs[row] != b->revs[row]
      || a->deleted[row] != b->deleted[row])
    return FALSE;
  for (guint i = 0; i < a->kind->n_columns; i++)
    if (piao_row_block_is_null (a, row, i) != piao_row_block_is_null (b, row, i)
        || piao_row_block_get_int (a, row, i) != piao_row_block_get_int (b, row, i)
        || g_strcmp0 (piao_row_block_get_text (a, row, i), piao_row_block_get_text (b, row, i))
               != 0)
      return FALSE;
  return TRUE;
}

gboolean
piao_row_block_equal (const PiaoRowBlock *a, const PiaoRowBlock *b)
{
  if (a->kind != b->kind || a->n_rows != b->n_rows)
    return FALSE;
  for (guint row = 0; row < a->n_rows; row++)
    if (!rows_equal (a, b, row))
      return FALSE;
  return TRUE;
}
