/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-text.h"
#include "sync/piao-rows-code.h"
#include "sync/piao-texts-code.h"

#define MAX_BYTES_A_CHARACTER 4

/* Texts one behind the other, each ended by a 0; where each begins. Frees nothing. */
typedef struct
{
  char *arena; /* owned */
  gsize size;
  guint32 *offsets; /* owned */
} Texts;

static void
texts_clear (Texts *self)
{
  g_free (self->arena);
  g_free (self->offsets);
}

static gboolean
is_good (const char *text, gsize size, guint max_length)
{
  return memchr (text, 0, size) == NULL && piao_text_check (text, max_length, TRUE, "text", NULL);
}

/* The sum of the lengths, or -1 when one cannot be. */
static gint64
add_up (const gint64 *lengths, guint n, guint max_length)
{
  gint64 sum = 0;

  for (guint i = 0; i < n; i++)
    {
      if (lengths[i] < 0 || lengths[i] > (gint64)max_length * MAX_BYTES_A_CHARACTER)
        return -1;
      sum += lengths[i];
    }
  return sum;
}

static gboolean
read_plain (PiaoVectorSet *set, PiaoByteReader *reader, Texts *texts, guint n, guint max_length)
{
  g_autofree gint64 *lengths = g_new (gint64, MAX (n, 1));
  gint64 sum = piao_vector_read_list (reader, lengths, n) ? add_up (lengths, n, max_length) : -1;
  const guint8 *bytes = sum >= 0 && piao_vector_set_take (set, (gsize)sum + (gsize)n * 5)
                            ? piao_read_bytes (reader, (gsize)sum)
                            : NULL;
  gsize at = 0;

  if (bytes == NULL)
    return piao_byte_reader_break (reader);
  texts->size = (gsize)sum + n;
  texts->arena = g_malloc (MAX (texts->size, 1));
  texts->offsets = g_new (guint32, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      gsize size = (gsize)lengths[i];

      texts->offsets[i] = (guint32)at;
      memcpy (texts->arena + at, bytes, size);
      texts->arena[at + size] = '\0';
      if (!is_good (texts->arena + at, size, max_length))
        return piao_byte_reader_break (reader);
      bytes += size;
      at += size + 1;
    }
  return TRUE;
}

static void
take_arena (PiaoBlockColumn *column, Texts *texts)
{
  column->arena = g_steal_pointer (&texts->arena);
  column->arena_size = column->arena_capacity = texts->size;
}

static gboolean
read_all_plain (PiaoVectorSet *set,
                PiaoByteReader *reader,
                PiaoBlockColumn *column,
                const guint32 *rows,
                guint n,
                guint max_length)
{
  Texts texts = { 0 };
  gboolean good = read_plain (set, reader, &texts, n, max_length);

  for (guint i = 0; good && i < n; i++)
    column->offsets[rows != NULL ? rows[i] : i] = texts.offsets[i];
  if (good)
    take_arena (column, &texts);
  texts_clear (&texts);
  return good;
}

static gboolean
read_dictionary (PiaoVectorSet *set,
                 PiaoByteReader *reader,
                 PiaoBlockColumn *column,
                 const guint32 *rows,
                 guint n,
                 guint max_length)
{
  guint count = piao_read_count (reader, MIN (n, PIAO_VECTOR_MAX_DICTIONARY));
  Texts texts = { 0 };
  const guint32 *index = read_plain (set, reader, &texts, count, max_length)
                             ? piao_vector_read_index (set, reader, count, rows, n)
                             : NULL;

  for (guint i = 0; index != NULL && i < n; i++)
    {
      guint32 row = rows != NULL ? rows[i] : i;

      column->offsets[row] = texts.offsets[index[row]];
    }
  if (index != NULL)
    take_arena (column, &texts);
  texts_clear (&texts);
  return index != NULL;
}

/* --- template -------------------------------------------------------------------------------- */

static gboolean
read_template_head (PiaoByteReader *reader, PiaoTemplate *template, guint max_length)
{
  guint behind = 0;
  const guint8 *text;

  template->length = piao_read_count (reader, max_length * MAX_BYTES_A_CHARACTER);
  template->n_fields = piao_read_count (reader, PIAO_TEMPLATE_MAX_FIELDS);
  for (guint i = 0; i < template->n_fields; i++)
    {
      guint start = piao_read_count (reader, template->length), width = piao_read_byte (reader);

      if (start < behind || width < 1 || width > PIAO_TEMPLATE_MAX_DIGITS
          || start + width > template->length)
        return piao_byte_reader_break (reader);
      template->fields[i].start = start;
      template->fields[i].width = width;
      behind = start + width;
    }
  text = piao_read_bytes (reader, template->length);
  if (text == NULL)
    return FALSE;
  template->text = g_strndup ((const char *)text, template->length);
  for (guint i = 0; i < template->n_fields; i++)
    for (guint d = 0; d < template->fields[i].width; d++)
      if (!g_ascii_isdigit (text[template->fields[i].start + d]))
        return piao_byte_reader_break (reader);
  return is_good (template->text, template->length, max_length) || piao_byte_reader_break (reader);
}

/* Writes the numbers over the digits of their field; FALSE when one has too many. */
static gboolean
fill_field (char *arena,
            guint step,
            guint start,
            guint width,
            const gint64 *numbers,
            const guint32 *rows,
            guint n)
{
  for (guint i = 0; i < n; i++)
    {
      char *digits = arena + (gsize)i * step + start;
      gint64 number = numbers[rows != NULL ? rows[i] : i];

      if (number < 0)
        return FALSE;
      for (guint d = width; d > 0; d--)
        {
          digits[d - 1] = (char)('0' + number % 10);
          number /= 10;
        }
      if (number != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_fields (PiaoVectorSet *set,
             PiaoByteReader *reader,
             const PiaoTemplate *template,
             PiaoBlockColumn *column,
             const guint32 *rows,
             guint n)
{
  guint step = template->length + 1;

  for (guint i = 0; i < template->n_fields; i++)
    {
      gint64 *numbers = NULL;

      if (!piao_vector_set_take (set, sizeof (gint64) * (gsize)set->n_rows))
        return piao_byte_reader_break (reader);
      numbers = g_new (gint64, MAX (set->n_rows, 1));
      if (!piao_vector_read (set, reader, numbers, rows, n))
        {
          g_free (numbers);
          return FALSE;
        }
      g_array_index (set->vectors, PiaoVector, set->vectors->len - 1).owns_values = TRUE;
      if (!fill_field (column->arena, step, template->fields[i].start, template->fields[i].width,
                       numbers, rows, n))
        return piao_byte_reader_break (reader);
    }
  return TRUE;
}

static gboolean
read_template (PiaoVectorSet *set,
               PiaoByteReader *reader,
               PiaoBlockColumn *column,
               const guint32 *rows,
               guint n,
               guint max_length)
{
  PiaoTemplate template = { 0 };
  gboolean good = read_template_head (reader, &template, max_length);
  gsize step = (gsize) template.length + 1;

  if (good && piao_vector_set_take (set, step * n))
    {
      column->arena = g_malloc (MAX (step * n, 1));
      column->arena_size = column->arena_capacity = step * n;
      for (guint i = 0; i < n; i++)
        {
          memcpy (column->arena + i * step, template.text, step);
          column->offsets[rows != NULL ? rows[i] : i] = (guint32)(i * step);
        }
      good = read_fields (set, reader, &template, column, rows, n);
    }
  else
    good = piao_byte_reader_break (reader);
  piao_template_clear (&template);
  return good;
}

gboolean
piao_texts_read (PiaoVectorSet *set,
                 PiaoByteReader *reader,
                 PiaoBlockColumn *column,
                 const guint32 *rows,
                 guint n,
                 guint max_length)
{
  switch (piao_read_byte (reader))
    {
    case PIAO_TEXTS_PLAIN:
      return read_all_plain (set, reader, column, rows, n, max_length);
    case PIAO_TEXTS_DICTIONARY:
      return read_dictionary (set, reader, column, rows, n, max_length);
    case PIAO_TEXTS_TEMPLATE:
      return read_template (set, reader, column, rows, n, max_length);
    default:
      return piao_byte_reader_break (reader);
    }
}
