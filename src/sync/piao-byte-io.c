/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "sync/piao-byte-io.h"

/* --- writing --------------------------------------------------------------------------------- */

void
piao_byte_writer_init (PiaoByteWriter *self)
{
  self->bytes = g_byte_array_new ();
  self->cuts = g_array_new (FALSE, FALSE, sizeof (guint));
}

void
piao_byte_writer_clear (PiaoByteWriter *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_pointer (&self->cuts, g_array_unref);
}

void
piao_write_byte (PiaoByteWriter *self, guint8 byte)
{
  g_byte_array_append (self->bytes, &byte, 1);
}

void
piao_write_varint (PiaoByteWriter *self, guint64 number)
{
  guint8 bytes[10];
  guint n = 0;

  for (; number >= 0x80; number >>= 7)
    bytes[n++] = (guint8)(number | 0x80);
  bytes[n++] = (guint8)number;
  g_byte_array_append (self->bytes, bytes, n);
}

void
piao_write_signed (PiaoByteWriter *self, gint64 number)
{
  piao_write_varint (self, (guint64)number << 1 ^ (guint64)(number >> 63));
}

void
piao_write_bytes (PiaoByteWriter *self, gconstpointer data, gsize size)
{
  if (size > 0)
    g_byte_array_append (self->bytes, data, (guint)size);
}

void
piao_write_name (PiaoByteWriter *self, const char *name)
{
  gsize size = strlen (name);

  g_assert (size < 256);
  piao_write_byte (self, (guint8)size);
  piao_write_bytes (self, name, size);
}

void
piao_write_bits (PiaoByteWriter *self, const guint64 *numbers, guint n, guint width)
{
  gsize size = ((gsize)n * width + 7) / 8;
  guint start = self->bytes->len, filled = 0;
  guint64 pending = 0;
  guint8 *at;

  if (size == 0)
    return;
  /* Eight more, so that whole words can be stored; cut off below. */
  g_byte_array_set_size (self->bytes, start + (guint)size + 8);
  at = self->bytes->data + start;
  for (guint i = 0; i < n; i++)
    {
      guint64 number
          = width < 64 ? numbers[i] & ((G_GUINT64_CONSTANT (1) << width) - 1) : numbers[i];

      pending |= number << filled;
      filled += width;
      if (filled >= 64)
        {
          guint64 word = GUINT64_TO_LE (pending);

          memcpy (at, &word, sizeof word);
          at += sizeof word;
          filled -= 64;
          pending = filled > 0 ? number >> (width - filled) : 0;
        }
    }
  pending = GUINT64_TO_LE (pending);
  memcpy (at, &pending, sizeof pending);
  g_byte_array_set_size (self->bytes, start + (guint)size);
}

void
piao_write_cut (PiaoByteWriter *self)
{
  g_array_append_val (self->cuts, self->bytes->len);
}

/* --- reading --------------------------------------------------------------------------------- */

void
piao_byte_reader_init (PiaoByteReader *self, gconstpointer data, gsize size)
{
  /* Never NULL, which says that there are fewer bytes than asked for. */
  self->at = data != NULL ? data : (gconstpointer) "";
  self->end = self->at + size;
  self->broken = FALSE;
}

gboolean
piao_byte_reader_break (PiaoByteReader *self)
{
  self->at = self->end;
  self->broken = TRUE;
  return FALSE;
}

guint8
piao_read_byte (PiaoByteReader *self)
{
  if (self->at < self->end)
    return *self->at++;
  piao_byte_reader_break (self);
  return 0;
}

guint64
piao_read_varint (PiaoByteReader *self)
{
  guint64 number = 0;

  for (guint shift = 0; shift < 64; shift += 7)
    {
      guint8 byte = piao_read_byte (self);

      /* The tenth byte has room for one bit. */
      if (shift == 63 && byte > 1)
        break;
      number |= (guint64)(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        return number;
    }
  piao_byte_reader_break (self);
  return 0;
}

gint64
piao_read_signed (PiaoByteReader *self)
{
  guint64 folded = piao_read_varint (self);

  return (gint64)(folded >> 1 ^ (0 - (folded & 1)));
}

guint
piao_read_count (PiaoByteReader *self, guint most)
{
  guint64 count = piao_read_varint (self);

  if (count <= most)
    return (guint)count;
  piao_byte_reader_break (self);
  return 0;
}

const guint8 *
piao_read_bytes (PiaoByteReader *self, gsize size)
{
  const guint8 *at = self->at;

  if (self->broken || size > (gsize)(self->end - self->at))
    {
      piao_byte_reader_break (self);
      return NULL;
    }
  self->at += size;
  return at;
}

char *
piao_read_name (PiaoByteReader *self)
{
  guint8 size = piao_read_byte (self);
  const guint8 *bytes = piao_read_bytes (self, size);

  return bytes != NULL ? g_strndup ((const char *)bytes, size) : NULL;
}

/* The word at @at, with zeros for what lies behind @end. */
static guint64
load (const guint8 *at, const guint8 *end)
{
  guint64 word = 0;

  if (end - at >= (gssize)sizeof word)
    memcpy (&word, at, sizeof word);
  else
    memcpy (&word, at, (gsize)(end - at));
  return GUINT64_FROM_LE (word);
}

gboolean
piao_read_bits (PiaoByteReader *self, guint64 *numbers, guint n, guint width)
{
  gsize size = ((gsize)n * width + 7) / 8;
  const guint8 *bytes = width <= 64 ? piao_read_bytes (self, size) : NULL;
  guint64 mask = width < 64 ? (G_GUINT64_CONSTANT (1) << width) - 1 : G_MAXUINT64;
  gsize bit = 0;

  if (bytes == NULL)
    return piao_byte_reader_break (self);
  for (guint i = 0; i < n; i++, bit += width)
    {
      const guint8 *at = bytes + bit / 8;
      guint shift = bit % 8;
      guint64 number = load (at, bytes + size) >> shift;

      if (shift + width > 64)
        number |= (guint64)at[8] << (64 - shift);
      numbers[i] = number & mask;
    }
  return TRUE;
}
