/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "sync/piao-rows-code.h"
#include "sync/piao-texts-code.h"
#include "sync/piao-vector-code.h"

/* Columns of the block and the four before them, by place: -4 is id. */
#define ID -4
#define LANE -3
#define REV -2
#define DELETED -1

typedef struct
{
  const PiaoRowBlock *block;
  PiaoByteWriter *writer;
  PiaoVectorSet set;
  GArray *written; /* of gint: places whose presence others may be like */
  gint64 *deleted; /* owned; a number a row */
  PiaoRowsTrace trace;
  gpointer data;
} Encoder;

static const char *
name_of (const Encoder *self, int place)
{
  static const char *const names[] = { "id", "lane", "rev", "deleted" };

  return place < 0 ? names[place - ID] : self->block->kind->columns[place].name;
}

/* --- presence -------------------------------------------------------------------------------- */

static gboolean
is_null (const Encoder *self, int place, guint row)
{
  return place >= 0 && piao_row_block_is_null (self->block, row, (guint)place);
}

static guint
count_present (const Encoder *self, int place)
{
  guint n = 0;

  if (place < 0)
    return self->block->n_rows;
  for (guint row = 0; row < self->block->n_rows; row++)
    n += is_null (self, place, row) ? 0 : 1;
  return n;
}

static gboolean
is_like (const Encoder *self, int a, int b)
{
  for (guint row = 0; row < self->block->n_rows; row++)
    if (is_null (self, a, row) != is_null (self, b, row))
      return FALSE;
  return TRUE;
}

/* Writes which rows have a value; the rows are returned (transfer full), NULL when all have. */
static guint32 *
write_presence (Encoder *self, int place, guint n)
{
  guint32 *rows = NULL;
  gint64 *flags = NULL;
  guint at = 0, like;

  if (n == self->block->n_rows)
    {
      piao_write_byte (self->writer, PIAO_PRESENCE_ALL);
      return NULL;
    }
  rows = g_new (guint32, n);
  flags = g_new (gint64, self->block->n_rows);
  for (guint row = 0; row < self->block->n_rows; row++)
    {
      flags[row] = is_null (self, place, row) ? 0 : 1;
      if (flags[row] != 0)
        rows[at++] = row;
    }
  for (like = 0; like < self->written->len; like++)
    if (is_like (self, place, g_array_index (self->written, int, like)))
      break;
  if (like < self->written->len)
    {
      piao_write_byte (self->writer, PIAO_PRESENCE_LIKE);
      piao_write_varint (self->writer, like);
    }
  else
    {
      piao_write_byte (self->writer, PIAO_PRESENCE_FLAGS);
      piao_vector_write_flags (&self->set, self->writer, flags);
    }
  g_free (flags);
  return rows;
}

/* --- columns --------------------------------------------------------------------------------- */

static gint64 *
numbers_of (Encoder *self, int place)
{
  switch (place)
    {
    case ID:
      return self->block->ids;
    case LANE:
      return self->block->lanes;
    case REV:
      return self->block->revs;
    case DELETED:
      return self->deleted;
    default:
      return self->block->columns[place].numbers;
    }
}

/* Others are often the same wherever this is. */
static gboolean
wants_index (const Encoder *self, int place)
{
  return place == LANE || (place >= 0 && self->block->kind->columns[place].type == PIAO_COLUMN_REF);
}

static void
write_column (Encoder *self, int place)
{
  guint n = count_present (self, place), start = self->writer->bytes->len;
  gboolean is_text = place >= 0 && self->block->columns[place].is_text;
  g_autofree guint32 *rows = NULL;

  if (n == 0)
    return;
  piao_write_name (self->writer, name_of (self, place));
  piao_write_byte (self->writer, is_text ? PIAO_CONTENT_TEXT : PIAO_CONTENT_INT);
  rows = write_presence (self, place, n);
  if (is_text)
    piao_texts_write (&self->set, self->writer, &self->block->columns[place], rows, n);
  else
    piao_vector_write (&self->set, self->writer, numbers_of (self, place), rows, n,
                       wants_index (self, place));
  g_array_append_val (self->written, place);
  if (self->trace != NULL)
    self->trace (name_of (self, place), self->writer->bytes->data + start,
                 self->writer->bytes->len - start, self->data);
}

/* What says most about others comes first: references, texts (states among them), numbers. */
static guint
rank_of (const PiaoColumn *column)
{
  if (column->type == PIAO_COLUMN_REF)
    return 0;
  if (column->type == PIAO_COLUMN_STATE)
    return 1;
  return column->type == PIAO_COLUMN_TEXT ? 2 : 3;
}

static guint
count_columns (const Encoder *self, int schema, guint n_deleted)
{
  guint n = n_deleted > 0 ? 4 : 3;

  for (guint i = 0; i < self->block->kind->n_columns; i++)
    if (self->block->kind->columns[i].since <= schema && count_present (self, (int)i) > 0)
      n++;
  return n;
}

void
piao_rows_encode (const PiaoRowBlock *block,
                  int schema,
                  PiaoByteWriter *writer,
                  PiaoRowsTrace trace,
                  gpointer data)
{
  Encoder self = { .block = block, .writer = writer, .trace = trace, .data = data };
  guint n_deleted = 0;

  self.written = g_array_new (FALSE, FALSE, sizeof (int));
  self.deleted = g_new (gint64, MAX (block->n_rows, 1));
  piao_vector_set_init (&self.set, block->n_rows);
  for (guint row = 0; row < block->n_rows; row++)
    {
      self.deleted[row] = block->deleted[row];
      n_deleted += block->deleted[row];
    }
  piao_write_varint (writer, count_columns (&self, schema, n_deleted));
  write_column (&self, ID);
  write_column (&self, REV);
  for (guint rank = 0; rank <= 3; rank++)
    {
      for (guint i = 0; i < block->kind->n_columns; i++)
        if (rank_of (&block->kind->columns[i]) == rank && block->kind->columns[i].since <= schema)
          write_column (&self, (int)i);
      if (rank == 0)
        write_column (&self, LANE);
    }
  if (n_deleted > 0)
    write_column (&self, DELETED);
  piao_vector_set_clear (&self.set);
  g_array_unref (self.written);
  g_free (self.deleted);
}
