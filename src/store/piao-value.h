/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One SQL value: NULL, a 64-bit integer, text or bytes. There are no reals in this database. */
typedef enum
{
  PIAO_VALUE_NULL,
  PIAO_VALUE_INT,
  PIAO_VALUE_TEXT,
  PIAO_VALUE_BLOB,
} PiaoValueType;

typedef struct
{
  PiaoValueType type;
  union
  {
    gint64 number;
    char *text;   /* owned */
    GBytes *blob; /* owned */
  };
} PiaoValue;

void piao_value_clear (PiaoValue *value);
void piao_value_set_int (PiaoValue *value, gint64 number);
void piao_value_set_text (PiaoValue *value, const char *text); /* NULL makes SQL NULL */
void piao_value_set_blob (PiaoValue *value, GBytes *blob);     /* NULL makes SQL NULL */
void piao_value_copy (PiaoValue *to, const PiaoValue *from);
gboolean piao_value_equal (const PiaoValue *a, const PiaoValue *b);

G_END_DECLS
