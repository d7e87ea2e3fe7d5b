/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-row-block.h"
#include "sync/piao-vector-code.h"

G_BEGIN_DECLS

/* The content of a text column (piao-rows-code.h). */

/* Most digits of a field of a template: what an int64 holds. */
#define PIAO_TEMPLATE_MAX_DIGITS 18
#define PIAO_TEMPLATE_MAX_FIELDS 16

/* Writes the texts of the @rows (NULL: all) of @column, @n of them, none NULL. */
void piao_texts_write (PiaoVectorSet *set,
                       PiaoByteWriter *writer,
                       const PiaoBlockColumn *column,
                       const guint32 *rows,
                       guint n);

/* Fills @column, whose offsets are all PIAO_BLOCK_NULL. @max_length: in characters. FALSE when the
 * bytes make no sense or a text may not be. */
gboolean piao_texts_read (PiaoVectorSet *set,
                          PiaoByteReader *reader,
                          PiaoBlockColumn *column,
                          const guint32 *rows,
                          guint n,
                          guint max_length);

/* --- templates ------------------------------------------------------------------------------- */

typedef struct
{
  guint length; /* bytes */
  char *text;   /* owned; of the first row */
  guint n_fields;
  struct
  {
    guint start, width; /* bytes that hold digits and differ */
  } fields[PIAO_TEMPLATE_MAX_FIELDS];
} PiaoTemplate;

/* Whether the @n texts differ in digits only; then @found is filled in. */
gboolean piao_template_find (PiaoTemplate *found,
                             const PiaoBlockColumn *column,
                             const guint32 *rows,
                             guint n);
void piao_template_clear (PiaoTemplate *self);

/* The numbers of a stretch of digits, one a row of the set and 0 where there is no text. Transfer
 * full. */
gint64 *piao_template_get_numbers (const PiaoBlockColumn *column,
                                   guint start,
                                   guint width,
                                   const guint32 *rows,
                                   guint n,
                                   guint n_rows);

G_END_DECLS
