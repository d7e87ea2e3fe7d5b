/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-value.h"

void
piao_value_clear (PiaoValue *value)
{
  if (value->type == PIAO_VALUE_TEXT)
    g_free (value->text);
  else if (value->type == PIAO_VALUE_BLOB)
    g_bytes_unref (value->blob);
  value->type = PIAO_VALUE_NULL;
  value->number = 0;
}

void
piao_value_set_int (PiaoValue *value, gint64 number)
{
  piao_value_clear (value);
  value->type = PIAO_VALUE_INT;
  value->number = number;
}

void
piao_value_set_text (PiaoValue *value, const char *text)
{
  char *copy = g_strdup (text);

  piao_value_clear (value);
  if (copy == NULL)
    return;
  value->type = PIAO_VALUE_TEXT;
  value->text = copy;
}

void
piao_value_set_blob (PiaoValue *value, GBytes *blob)
{
  GBytes *held = blob != NULL ? g_bytes_ref (blob) : NULL;

  piao_value_clear (value);
  if (held == NULL)
    return;
  value->type = PIAO_VALUE_BLOB;
  value->blob = held;
}

void
piao_value_copy (PiaoValue *to, const PiaoValue *from)
{
  if (from->type == PIAO_VALUE_INT)
    piao_value_set_int (to, from->number);
  else if (from->type == PIAO_VALUE_TEXT)
    piao_value_set_text (to, from->text);
  else if (from->type == PIAO_VALUE_BLOB)
    piao_value_set_blob (to, from->blob);
  else
    piao_value_clear (to);
}

gboolean
piao_value_equal (const PiaoValue *a, const PiaoValue *b)
{
  if (a->type != b->type)
    return FALSE;
  if (a->type == PIAO_VALUE_INT)
    return a->number == b->number;
  if (a->type == PIAO_VALUE_TEXT)
    return g_str_equal (a->text, b->text);
  if (a->type == PIAO_VALUE_BLOB)
    return g_bytes_equal (a->blob, b->blob);
  return TRUE;
}
