/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-byte-io.h"

G_BEGIN_DECLS

/*
 * DESIGN: how a vector of integers becomes few bytes. It is taken as
 *
 *   value = base + prediction + residual
 *
 * base: nothing, or the value of an earlier vector in the same row (due_at lies a few hours behind
 * submitted_at). prediction: nothing; what the row before had (over its base); that carried on in a
 * straight line; or what the last row had that says the same in an earlier vector (an outlet is
 * always in the same lane, each warehouse counts its orders itself). The residuals are small or the
 * same again and again, and are stored in whichever of the forms below takes the fewest bytes. All
 * arithmetic is modulo 2^64, so every int64 comes back as it was.
 *
 * A vector with few different values may be written as a dictionary and indexes into it; only such
 * a vector can be the "same" of a later one, so that the decoder looks up a small table and hashes
 * nothing.
 *
 *   vector   = form (DIRECT | DICTIONARY, count, sorted values as a stream), stream
 *   stream   = prediction + 8 if there is a base, [base], [same], residuals
 *   residuals = CONSTANT, value
 *            | BITS, least, scale, width, (residual - least) / scale in width bits each
 *            | PLANES, least, scale, n, all lowest bytes of that, … all n-th bytes
 *            | PATCHED, usual value, positions of the others (BITMAP | GAPS), residuals of them
 *
 * Nothing is written for rows that hold NULL; as base, and where they are the "same" row, they
 * count as 0.
 */
#define PIAO_VECTOR_MAX 512              /* vectors of a block */
#define PIAO_VECTOR_MAX_DICTIONARY 65536 /* values */
#define PIAO_VECTOR_NONE G_MAXUINT32

enum
{
  PIAO_FORM_DIRECT,
  PIAO_FORM_DICTIONARY,
};

enum
{
  PIAO_PREDICT_NOTHING,
  PIAO_PREDICT_LAST,
  PIAO_PREDICT_LINE,
  PIAO_PREDICT_SAME,
  PIAO_PREDICT_WITH_BASE = 8,
};

enum
{
  PIAO_RESIDUALS_CONSTANT,
  PIAO_RESIDUALS_BITS,
  PIAO_RESIDUALS_PLANES,
  PIAO_RESIDUALS_PATCHED,
};

enum
{
  PIAO_POSITIONS_BITMAP,
  PIAO_POSITIONS_GAPS,
};

/* What later vectors of the block may refer to. */
typedef struct
{
  gint64 *values;       /* one a row; NULL when it has only indexes */
  gboolean owns_values; /* else they are the block's own */
  guint32 *index;       /* owned; one a row, n_index where NULL; NULL without a dictionary */
  guint n_index;        /* entries of the dictionary */
  guint32 *before;      /* owned; the last row before with the same index, or PIAO_VECTOR_NONE; made
                           when it is asked for */
} PiaoVector;

/* The vectors of one block, in the order they are written or read. */
typedef struct
{
  guint n_rows;
  GArray *vectors; /* of PiaoVector */
  gsize budget;    /* bytes of memory that a decoder may still ask for */
} PiaoVectorSet;

void piao_vector_set_init (PiaoVectorSet *self, guint n_rows);
void piao_vector_set_clear (PiaoVectorSet *self);

/* Takes @n_bytes out of the budget, which is without end at first. FALSE when it is used up. */
gboolean piao_vector_set_take (PiaoVectorSet *self, gsize n_bytes);

/* @index is taken. */
void piao_vector_set_add (
    PiaoVectorSet *self, gint64 *values, gboolean owns_values, guint32 *index, guint n_index);

/* See PiaoVector.before; the vector must have an index. */
const guint32 *piao_vector_set_get_before (PiaoVectorSet *self, guint vector);

/*
 * Writes the @n values of @rows (NULL: all rows) and adds the vector to the set. @values has one a
 * row and must live as long as the set. @wants_index: a dictionary is worth a little more bytes,
 * since others will refer to it.
 */
void piao_vector_write (PiaoVectorSet *set,
                        PiaoByteWriter *writer,
                        gint64 *values,
                        const guint32 *rows,
                        guint n,
                        gboolean wants_index);

/* The same of indexes into a dictionary of @n_index entries that the caller has written; @index
 * (taken) has one a row, n_index where NULL. */
void piao_vector_write_index (PiaoVectorSet *set,
                              PiaoByteWriter *writer,
                              guint32 *index,
                              guint n_index,
                              const guint32 *rows,
                              guint n);

/* The same of zeros and ones, one a row, that nothing will refer to; and reading them. */
void piao_vector_write_flags (PiaoVectorSet *set, PiaoByteWriter *writer, const gint64 *flags);
gboolean piao_vector_read_flags (PiaoVectorSet *set, PiaoByteReader *reader, gint64 *flags);

/* A list of its own, that refers to nothing and that nothing refers to. */
void piao_vector_write_list (PiaoByteWriter *writer, gint64 *values, guint n);

/* Fills the @rows (NULL: all) of @values, 0 in the others, and adds the vector to the set, which
 * borrows @values. FALSE when the bytes make no sense. */
gboolean piao_vector_read (
    PiaoVectorSet *set, PiaoByteReader *reader, gint64 *values, const guint32 *rows, guint n);

/* Indexes; transfer none (the set owns them). NULL when the bytes make no sense. */
const guint32 *piao_vector_read_index (
    PiaoVectorSet *set, PiaoByteReader *reader, guint n_index, const guint32 *rows, guint n);

gboolean piao_vector_read_list (PiaoByteReader *reader, gint64 *values, guint n);

G_END_DECLS
