/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "sync/piao-rows-code.h"
#include "sync/piao-texts-code.h"
#include "sync/piao-vector-code.h"
#include "sync/piao-wire.h"

/* Most characters of a text in a column that is not known here. */
#define UNKNOWN_MAX_LENGTH 4000

enum
{
  HAS_ID = 1 << 0,
  HAS_LANE = 1 << 1,
  HAS_REV = 1 << 2,
  HAS_DELETED = 1 << 3,
  HAS_ALL = HAS_ID | HAS_LANE | HAS_REV,
};

/* The rows in which a column has a value. */
typedef struct
{
  guint32 *rows; /* owned; NULL: all */
  guint n;
} Presence;

typedef struct
{
  PiaoRowBlock *block;
  PiaoByteReader *reader;
  PiaoVectorSet set;
  GArray *presences; /* of Presence, one a column */
  GPtrArray *scraps; /* numbers of columns that are not kept; others may refer to them */
  guint has;         /* HAS_… */
  guint8 *known;     /* one a column of the kind: 1 when it was read */
} Decoder;

static void
presence_clear (gpointer data)
{
  g_free (((Presence *)data)->rows);
}

static gboolean
read_flags (Decoder *self, Presence *presence)
{
  g_autofree gint64 *flags = g_new (gint64, MAX (self->set.n_rows, 1));

  if (!piao_vector_set_take (&self->set, sizeof (guint32) * (gsize)self->set.n_rows))
    return FALSE;
  if (!piao_vector_read_flags (&self->set, self->reader, flags))
    return FALSE;
  presence->rows = g_new (guint32, MAX (self->set.n_rows, 1));
  for (guint row = 0; row < self->set.n_rows; row++)
    if (flags[row] != 0)
      presence->rows[presence->n++] = row;
  return TRUE;
}

/* Appends the presence of the next column and returns it; NULL when it makes no sense. */
static const Presence *
read_presence (Decoder *self)
{
  guint form = piao_read_byte (self->reader), like;
  Presence presence = { NULL, 0 };

  if (form == PIAO_PRESENCE_ALL)
    presence.n = self->set.n_rows;
  else if (form == PIAO_PRESENCE_LIKE)
    {
      const Presence *other;

      like = piao_read_count (self->reader, PIAO_ROWS_MAX_COLUMNS);
      if (like >= self->presences->len)
        return NULL;
      other = &g_array_index (self->presences, Presence, like);
      presence.n = other->n;
      if (!piao_vector_set_take (&self->set, sizeof (guint32) * (gsize)presence.n))
        return NULL;
      presence.rows = g_memdup2 (other->rows, sizeof *other->rows * other->n);
    }
  else if (form != PIAO_PRESENCE_FLAGS || !read_flags (self, &presence))
    {
      g_free (presence.rows);
      return NULL;
    }
  g_array_append_val (self->presences, presence);
  return &g_array_index (self->presences, Presence, self->presences->len - 1);
}

/* --- columns --------------------------------------------------------------------------------- */

static void
set_nulls (Decoder *self, PiaoBlockColumn *column, const Presence *presence)
{
  memset (column->nulls, presence->rows != NULL ? 0xff : 0, self->set.n_rows / 8 + 1);
  for (guint i = 0; presence->rows != NULL && i < presence->n; i++)
    column->nulls[presence->rows[i] / 8] &= (guint8) ~(1 << presence->rows[i] % 8);
}

static gboolean
read_ints (Decoder *self, PiaoBlockColumn *column, const Presence *presence)
{
  if (!piao_vector_read (&self->set, self->reader, column->numbers, presence->rows, presence->n))
    return FALSE;
  set_nulls (self, column, presence);
  return TRUE;
}

/* A column that belongs to the row itself. */
static gboolean
read_own (Decoder *self, guint bit, gint64 *numbers, const Presence *presence)
{
  if ((self->has & bit) != 0 || presence->rows != NULL)
    return piao_byte_reader_break (self->reader);
  self->has |= bit;
  return piao_vector_read (&self->set, self->reader, numbers, NULL, presence->n);
}

static gboolean
read_deleted (Decoder *self, const Presence *presence)
{
  gint64 *numbers = g_new0 (gint64, MAX (self->set.n_rows, 1));

  g_ptr_array_add (self->scraps, numbers);
  if (!read_own (self, HAS_DELETED, numbers, presence))
    return FALSE;
  for (guint row = 0; row < self->set.n_rows; row++)
    {
      if (numbers[row] != 0 && numbers[row] != 1)
        return piao_byte_reader_break (self->reader);
      self->block->deleted[row] = (guint8)numbers[row];
    }
  return TRUE;
}

/* Decodes and drops. */
static gboolean
read_unknown (Decoder *self, guint content, const Presence *presence)
{
  PiaoBlockColumn column = { .is_text = TRUE };
  gint64 *numbers;
  gboolean good;

  if (!piao_vector_set_take (&self->set, sizeof (gint64) * (gsize)self->set.n_rows))
    return piao_byte_reader_break (self->reader);
  if (content == PIAO_CONTENT_INT)
    {
      numbers = g_new (gint64, MAX (self->set.n_rows, 1));
      g_ptr_array_add (self->scraps, numbers);
      return piao_vector_read (&self->set, self->reader, numbers, presence->rows, presence->n);
    }
  column.offsets = g_new (guint32, MAX (self->set.n_rows, 1));
  good = piao_texts_read (&self->set, self->reader, &column, presence->rows, presence->n,
                          UNKNOWN_MAX_LENGTH);
  g_free (column.offsets);
  g_free (column.arena);
  return good;
}

static gboolean
read_content (Decoder *self, const char *name, guint content, const Presence *presence)
{
  PiaoRowBlock *block = self->block;
  int place = piao_kind_find_column (block->kind, name);
  gboolean is_text = content == PIAO_CONTENT_TEXT;

  if (!is_text && g_str_equal (name, "id"))
    return read_own (self, HAS_ID, block->ids, presence);
  if (!is_text && g_str_equal (name, "lane"))
    return read_own (self, HAS_LANE, block->lanes, presence);
  if (!is_text && g_str_equal (name, "rev"))
    return read_own (self, HAS_REV, block->revs, presence);
  if (!is_text && g_str_equal (name, "deleted"))
    return read_deleted (self, presence);
  if (place < 0)
    return read_unknown (self, content, presence);
  if (self->known[place] != 0 || block->columns[place].is_text != is_text)
    return piao_byte_reader_break (self->reader);
  self->known[place] = 1;
  if (!is_text)
    return read_ints (self, &block->columns[place], presence);
  return piao_texts_read (&self->set, self->reader, &block->columns[place], presence->rows,
                          presence->n, piao_wire_get_max_length (&block->kind->columns[place]));
}

/* FALSE with the name of the column in @damaged (transfer full). */
static gboolean
read_columns (Decoder *self, char **damaged)
{
  guint n = piao_read_count (self->reader, PIAO_ROWS_MAX_COLUMNS);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = piao_read_name (self->reader);
      guint content = piao_read_byte (self->reader);
      const Presence *presence = read_presence (self);

      if (name == NULL || content > PIAO_CONTENT_TEXT || presence == NULL
          || !read_content (self, name, content, presence) || self->reader->broken)
        {
          gboolean readable = name != NULL && g_utf8_validate (name, -1, NULL);

          *damaged = readable ? g_steal_pointer (&name) : NULL;
          return FALSE;
        }
    }
  return (self->has & HAS_ALL) == HAS_ALL && !self->reader->broken
         && self->reader->at == self->reader->end;
}

static gboolean
check_rows (const PiaoRowBlock *block)
{
  for (guint row = 0; row < block->n_rows; row++)
    if (block->ids[row] <= 0 || block->lanes[row] < 0 || block->revs[row] < 0)
      return FALSE;
  return TRUE;
}

static gboolean
decode (PiaoRowBlock *block, guint n_rows, PiaoByteReader *reader, char **damaged)
{
  Decoder self = { .block = block, .reader = reader };
  gboolean good;

  piao_vector_set_init (&self.set, n_rows);
  self.set.budget = PIAO_ROWS_MAX_MEMORY;
  if (!piao_vector_set_take (&self.set,
                             sizeof (gint64) * (gsize)n_rows * (block->kind->n_columns + 4)))
    {
      piao_vector_set_clear (&self.set);
      return FALSE;
    }
  piao_row_block_reserve (block, n_rows);
  block->n_rows = n_rows;
  memset (block->deleted, 0, n_rows);
  for (guint i = 0; i < block->kind->n_columns; i++)
    if (block->columns[i].is_text)
      memset (block->columns[i].offsets, 0xff, sizeof (guint32) * n_rows);
    else
      {
        memset (block->columns[i].nulls, 0xff, n_rows / 8 + 1);
        memset (block->columns[i].numbers, 0, sizeof (gint64) * n_rows);
      }
  self.presences = g_array_new (FALSE, FALSE, sizeof (Presence));
  g_array_set_clear_func (self.presences, presence_clear);
  self.scraps = g_ptr_array_new_with_free_func (g_free);
  self.known = g_new0 (guint8, MAX (block->kind->n_columns, 1));
  good = read_columns (&self, damaged) && check_rows (block);
  piao_vector_set_clear (&self.set);
  g_array_unref (self.presences);
  g_ptr_array_unref (self.scraps);
  g_free (self.known);
  return good;
}

PiaoRowBlock *
piao_rows_decode (const PiaoKind *kind, guint n_rows, PiaoByteReader *reader, GError **error)
{
  g_autoptr (PiaoRowBlock) block = piao_row_block_new (kind);
  g_autofree char *damaged = NULL;

  if (n_rows > 0 && decode (block, n_rows, reader, &damaged))
    return g_steal_pointer (&block);
  piao_wire_set_error (kind, damaged != NULL ? damaged : "rows", error);
  return NULL;
}
