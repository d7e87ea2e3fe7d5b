/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-byte-io.h"
#include "sync/piao-row-block.h"

G_BEGIN_DECLS

/*
 * A block of rows as typed columns (the body of a rows frame, piao-frames.h), out of its kind's
 * descriptor, so that a new kind needs no codec:
 *
 *   rows   = number of columns, column …
 *   column = name, INT | TEXT, presence, content
 *   presence = ALL | LIKE, number of an earlier column | FLAGS, a stream (piao-vector-code.h)
 *   content of INT  = vector
 *   content of TEXT = PLAIN, lengths as a list, bytes
 *                   | DICTIONARY, count, PLAIN texts, indexes as a stream
 *                   | TEMPLATE, length, number of fields, (start, width) …, a text, vector a field
 *
 * id, lane, rev and deleted are columns like the others; the order is the encoder's choice, and a
 * column may refer to those before it. A column that is NULL throughout is left out, as is deleted
 * when no row is. A template is for texts that differ in digits only (numbers of orders, packs,
 * telephones): every field is a vector of integers, so counters and dates in them take few bits.
 *
 * A column that the kind does not have is decoded and dropped: it comes from a newer program.
 */
#define PIAO_ROWS_MAX_COLUMNS 250
/* What a block may take in memory while it is decoded: its numbers and texts, and what is made on
 * the way. A page of a fetch takes a tenth. */
#define PIAO_ROWS_MAX_MEMORY (128 * 1024 * 1024)

enum
{
  PIAO_CONTENT_INT,
  PIAO_CONTENT_TEXT,
};

enum
{
  PIAO_PRESENCE_ALL,
  PIAO_PRESENCE_LIKE,
  PIAO_PRESENCE_FLAGS,
};

enum
{
  PIAO_TEXTS_PLAIN,
  PIAO_TEXTS_DICTIONARY,
  PIAO_TEXTS_TEMPLATE,
};

/* Called by an encoder after each column with the bytes it took before compression; for figures. */
typedef void (*PiaoRowsTrace) (const char *column, const guint8 *bytes, gsize size, gpointer data);

/* Writes the block without the columns that @schema does not have yet. */
void piao_rows_encode (const PiaoRowBlock *block,
                       int schema,
                       PiaoByteWriter *writer,
                       PiaoRowsTrace trace,
                       gpointer data);

/* The @n_rows rows of @kind, or NULL with PIAO_ERROR_CORRUPT "sync.row". Transfer full. */
PiaoRowBlock *
piao_rows_decode (const PiaoKind *kind, guint n_rows, PiaoByteReader *reader, GError **error);

G_END_DECLS
