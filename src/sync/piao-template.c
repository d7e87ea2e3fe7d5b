/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "sync/piao-texts-code.h"

#define MAX_LENGTH 300 /* bytes */

static const char *
text_at (const PiaoBlockColumn *column, const guint32 *rows, guint i)
{
  return column->arena + column->offsets[rows != NULL ? rows[i] : i];
}

/* Which bytes are digits in all texts, and which differ. FALSE when the lengths do. */
static gboolean
compare_all (const PiaoBlockColumn *column,
             const guint32 *rows,
             guint n,
             guint length,
             gboolean *digits,
             gboolean *differs)
{
  const char *first = text_at (column, rows, 0);

  for (guint p = 0; p < length; p++)
    {
      digits[p] = g_ascii_isdigit (first[p]);
      differs[p] = FALSE;
    }
  for (guint i = 1; i < n; i++)
    {
      const char *text = text_at (column, rows, i);

      if (text == first)
        continue;
      for (guint p = 0; p < length; p++)
        {
          if (text[p] == first[p])
            continue;
          differs[p] = TRUE;
          /* A text that ends here, too. */
          if (!digits[p] || !g_ascii_isdigit (text[p]))
            return FALSE;
        }
      if (text[length] != '\0')
        return FALSE;
    }
  return TRUE;
}

gboolean
piao_template_find (PiaoTemplate *found,
                    const PiaoBlockColumn *column,
                    const guint32 *rows,
                    guint n)
{
  gboolean digits[MAX_LENGTH], differs[MAX_LENGTH];
  const char *first = text_at (column, rows, 0);
  gsize length = strlen (first);

  if (length == 0 || length > MAX_LENGTH
      || !compare_all (column, rows, n, (guint)length, digits, differs))
    return FALSE;
  found->length = (guint)length;
  found->n_fields = 0;
  for (guint p = 0; p < length; p++)
    {
      guint end = p + 1;

      if (!differs[p])
        continue;
      /* To the last digit that differs of this run of digits. */
      for (guint q = p + 1; q < length && digits[q] && q - p < PIAO_TEMPLATE_MAX_DIGITS; q++)
        if (differs[q])
          end = q + 1;
      if (found->n_fields == PIAO_TEMPLATE_MAX_FIELDS)
        return FALSE;
      found->fields[found->n_fields].start = p;
      found->fields[found->n_fields++].width = end - p;
      p = end - 1;
    }
  found->text = g_strdup (first);
  return TRUE;
}

void
piao_template_clear (PiaoTemplate *self)
{
  g_clear_pointer (&self->text, g_free);
}

gint64 *
piao_template_get_numbers (const PiaoBlockColumn *column,
                           guint start,
                           guint width,
                           const guint32 *rows,
                           guint n,
                           guint n_rows)
{
  gint64 *numbers = g_new0 (gint64, MAX (n_rows, 1));

  for (guint i = 0; i < n; i++)
    {
      const char *digits = text_at (column, rows, i) + start;
      gint64 number = 0;

      for (guint d = 0; d < width; d++)
        number = number * 10 + (digits[d] - '0');
      numbers[rows != NULL ? rows[i] : i] = number;
    }
  return numbers;
}
