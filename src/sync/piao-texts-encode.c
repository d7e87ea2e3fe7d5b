/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "sync/piao-rows-code.h"
#include "sync/piao-texts-code.h"
#include "sync/piao-vector-private.h"

/* So few different texts go into a dictionary before a template is looked for. */
#define FEW 64
/* Long runs of digits are cut where people put a date in front and a short number behind. */
#define DATE_DIGITS 8
#define TAIL_DIGITS 4

static const char *
text_at (const PiaoBlockColumn *column, guint32 row)
{
  return column->arena + column->offsets[row];
}

/* --- plain ----------------------------------------------------------------------------------- */

static void
write_plain (PiaoByteWriter *writer, const char *const *texts, guint n)
{
  g_autofree gint64 *lengths = g_new (gint64, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    lengths[i] = (gint64)strlen (texts[i]);
  piao_vector_write_list (writer, lengths, n);
  piao_write_cut (writer);
  for (guint i = 0; i < n; i++)
    piao_write_bytes (writer, texts[i], (gsize)lengths[i]);
  piao_write_cut (writer);
}

/* --- dictionary ------------------------------------------------------------------------------ */

typedef struct
{
  GPtrArray *texts; /* borrowed, as they appear */
  guint32 *index;   /* one a row */
  gboolean full;    /* there are too many */
} Dictionary;

static void
dictionary_make (Dictionary *self,
                 const PiaoBlockColumn *column,
                 const guint32 *rows,
                 guint n,
                 guint n_rows,
                 guint most)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  guint32 last = PIAO_BLOCK_NULL, last_index = 0;

  self->texts = g_ptr_array_new ();
  self->index = g_new (guint32, MAX (n_rows, 1));
  self->full = FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint32 row = rows != NULL ? rows[i] : i;
      const char *text = text_at (column, row);
      gpointer known;

      if (column->offsets[row] != last)
        {
          known = g_hash_table_lookup (numbers, text);
          if (known == NULL)
            {
              if (self->texts->len == most)
                {
                  self->full = TRUE;
                  return;
                }
              g_ptr_array_add (self->texts, (gpointer)text);
              known = GUINT_TO_POINTER (self->texts->len);
              g_hash_table_insert (numbers, (gpointer)text, known);
            }
          last = column->offsets[row];
          last_index = GPOINTER_TO_UINT (known) - 1;
        }
      self->index[row] = last_index;
    }
}

static void
dictionary_clear (Dictionary *self)
{
  g_ptr_array_unref (self->texts);
  g_free (self->index);
}

static void
dictionary_write (
    Dictionary *self, PiaoVectorSet *set, PiaoByteWriter *writer, const guint32 *rows, guint n)
{
  guint n_texts = self->texts->len, at = 0;

  for (guint row = 0; rows != NULL && row < set->n_rows; row++)
    if (at < n && rows[at] == row)
      at++;
    else
      self->index[row] = n_texts;
  piao_write_byte (writer, PIAO_TEXTS_DICTIONARY);
  piao_write_varint (writer, n_texts);
  write_plain (writer, (const char *const *)self->texts->pdata, n_texts);
  piao_vector_write_index (set, writer, g_steal_pointer (&self->index), n_texts, rows, n);
}

/* --- template -------------------------------------------------------------------------------- */

static void
cut_field (PiaoTemplate *template, guint at, guint position)
{
  guint start = template->fields[at].start, width = template->fields[at].width;

  if (position <= start || position >= start + width
      || template->n_fields == PIAO_TEMPLATE_MAX_FIELDS)
    return;
  for (guint i = template->n_fields++; i > at + 1; i--)
    template->fields[i] = template->fields[i - 1];
  template->fields[at].width = position - start;
  template->fields[at + 1].start = position;
  template->fields[at + 1].width = start + width - position;
}

/* A number of many digits is a date, a counter and a tail more often than one number. */
static void
cut_long_fields (PiaoTemplate *template)
{
  for (guint i = 0; i < template->n_fields; i++)
    {
      guint start = template->fields[i].start, end = start + template->fields[i].width;
      guint run = start, stop = end;

      while (run > 0 && g_ascii_isdigit (template->text[run - 1]))
        run--;
      while (stop < template->length && g_ascii_isdigit (template->text[stop]))
        stop++;
      if (stop - run < DATE_DIGITS + 2 * TAIL_DIGITS)
        continue;
      cut_field (template, i, run + DATE_DIGITS);
      while (i < template->n_fields && template->fields[i].start + template->fields[i].width < end)
        i++;
      cut_field (template, i, stop - TAIL_DIGITS);
    }
}

static void
template_write (PiaoTemplate *template,
                PiaoVectorSet *set,
                PiaoByteWriter *writer,
                const PiaoBlockColumn *column,
                const guint32 *rows,
                guint n)
{
  cut_long_fields (template);
  piao_write_byte (writer, PIAO_TEXTS_TEMPLATE);
  piao_write_varint (writer, template->length);
  piao_write_varint (writer, template->n_fields);
  for (guint i = 0; i < template->n_fields; i++)
    {
      piao_write_varint (writer, template->fields[i].start);
      piao_write_byte (writer, (guint8) template->fields[i].width);
    }
  piao_write_bytes (writer, template->text, template->length);
  for (guint i = 0; i < template->n_fields; i++)
    {
      gint64 *numbers = piao_template_get_numbers (column, template->fields[i].start,
                                                   template->fields[i].width, rows, n, set->n_rows);

      piao_vector_write (set, writer, numbers, rows, n, FALSE);
      g_array_index (set->vectors, PiaoVector, set->vectors->len - 1).owns_values = TRUE;
    }
}

/* --- choice ---------------------------------------------------------------------------------- */

static void
write_all_plain (PiaoByteWriter *writer,
                 const PiaoBlockColumn *column,
                 const guint32 *rows,
                 guint n)
{
  g_autofree const char **texts = g_new (const char *, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    texts[i] = text_at (column, rows != NULL ? rows[i] : i);
  piao_write_byte (writer, PIAO_TEXTS_PLAIN);
  write_plain (writer, texts, n);
}

/* With @most entries at most; FALSE when there are more. */
static gboolean
write_as_dictionary (PiaoVectorSet *set,
                     PiaoByteWriter *writer,
                     const PiaoBlockColumn *column,
                     const guint32 *rows,
                     guint n,
                     guint most)
{
  Dictionary dictionary;
  gboolean fits;

  dictionary_make (&dictionary, column, rows, n, set->n_rows, most);
  fits = !dictionary.full;
  if (fits)
    dictionary_write (&dictionary, set, writer, rows, n);
  dictionary_clear (&dictionary);
  return fits;
}

void
piao_texts_write (PiaoVectorSet *set,
                  PiaoByteWriter *writer,
                  const PiaoBlockColumn *column,
                  const guint32 *rows,
                  guint n)
{
  PiaoTemplate template = { 0 };
  guint few = n > 4 * FEW ? FEW : n / 4;

  if (write_as_dictionary (set, writer, column, rows, n, MAX (few, 1)))
    return;
  if (piao_template_find (&template, column, rows, n))
    {
      template_write (&template, set, writer, column, rows, n);
      piao_template_clear (&template);
      return;
    }
  if (!write_as_dictionary (set, writer, column, rows, n, MIN (n / 2, PIAO_VECTOR_MAX_DICTIONARY)))
    write_all_plain (writer, column, rows, n);
}
