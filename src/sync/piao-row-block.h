/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-row-source.h"

G_BEGIN_DECLS

/*
 * PiaoRowBlock: rows of one kind, kept by column. It is what travels (piao-reply.h) and what is
 * written into a replica, so that a row costs neither an allocation nor a copy on its way. A block
 * belongs to one thread at a time; one that is not changed any more may be read by many.
 *
 * Reading code may look at the vectors; they are changed through the functions below only, and by
 * the decoder of frames.
 */
#define PIAO_BLOCK_NULL PIAO_ROW_SOURCE_NULL

typedef struct
{
  gboolean is_text;
  gint64 *numbers;  /* one a row, 0 where NULL; none of a text column */
  guint8 *nulls;    /* a bit a row, 1 where NULL, lowest bit first; none of a text column */
  guint32 *offsets; /* one a row, into arena, or PIAO_BLOCK_NULL; of a text column. Rows may share
                       a text */
  char *arena;      /* texts, each ended by a 0 */
  gsize arena_size, arena_capacity; /* bytes */
} PiaoBlockColumn;

typedef struct
{
  const PiaoKind *kind;
  guint n_rows, capacity;
  gboolean sound;             /* no row breaks a CHECK of its table; unknown when FALSE */
  gint64 *ids, *lanes, *revs; /* one a row */
  guint8 *deleted;            /* one a row: 0 or 1 */
  PiaoBlockColumn columns[];  /* as in kind->columns */
} PiaoRowBlock;

/* An empty block. Transfer full. */
PiaoRowBlock *piao_row_block_new (const PiaoKind *kind);
void piao_row_block_free (PiaoRowBlock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRowBlock, piao_row_block_free)

/* Makes room for @n rows in all. */
void piao_row_block_reserve (PiaoRowBlock *self, guint n);

/* A new row of NULLs; its index. */
guint
piao_row_block_append (PiaoRowBlock *self, gint64 id, gint64 lane, gint64 rev, gboolean deleted);

/* Set a column of a row that is NULL so far; the column must be of that type. */
void piao_row_block_set_int (PiaoRowBlock *self, guint row, guint column, gint64 number);
void piao_row_block_set_text (PiaoRowBlock *self, guint row, guint column, const char *text);

/* Append a copy of a row; the cursor is of a query that selects piao_kind_get_columns(). */
void piao_row_block_append_record (PiaoRowBlock *self, const PiaoRecord *record);
void piao_row_block_append_cursor (PiaoRowBlock *self, PiaoCursor *cursor);

gboolean piao_row_block_is_null (const PiaoRowBlock *self, guint row, guint column);
gint64 piao_row_block_get_int (const PiaoRowBlock *self, guint row, guint column); /* NULL is 0 */
/* NULL stays NULL; borrowed until the block is changed. */
const char *piao_row_block_get_text (const PiaoRowBlock *self, guint row, guint column);

/* Likewise as a value that is borrowed, never to be cleared. */
void piao_row_block_get_value (const PiaoRowBlock *self, guint row, guint column, PiaoValue *value);

/* The row as a record of its own. Transfer full. */
PiaoRecord *piao_row_block_get_record (const PiaoRowBlock *self, guint row);

/* Fills @values, of PIAO_ROW_FIRST_COLUMN + n_columns, for a statement that takes id, lane, rev,
 * deleted, columns…: borrowed from the block, never to be cleared. */
void piao_row_block_bind (const PiaoRowBlock *self, guint row, PiaoValue *values);

/* Fills @columns, of PIAO_ROW_FIRST_COLUMN + n_columns, with id, lane, rev, deleted, columns…:
 * borrowed from the block until it is changed. */
void piao_row_block_show (const PiaoRowBlock *self, PiaoRowSourceColumn *columns);

/* Whether both hold the same rows of the same kind in the same order. */
gboolean piao_row_block_equal (const PiaoRowBlock *a, const PiaoRowBlock *b);

/* Whether columns of this type hold text. */
gboolean piao_column_is_text (const PiaoColumn *column);

/* Bytes of memory that the rows take. */
gsize piao_row_block_get_size (const PiaoRowBlock *self);

/* What the last row takes on the wire, roughly: bytes in frames. */
gsize piao_row_block_estimate (const PiaoRowBlock *self);

G_END_DECLS
