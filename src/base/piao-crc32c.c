/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-crc32c.h"

#define POLYNOMIAL 0x82f63b78u /* reflected */
#define SLICES 8

/* table[0] is that of the textbook; table[k] runs a byte through k more zero bytes, so that eight
 * bytes are looked up at once. */
static guint32 table[SLICES][256];

static void
fill_table (void)
{
  static gsize filled;

  if (!g_once_init_enter (&filled))
    return;
  for (guint i = 0; i < 256; i++)
    {
      guint32 crc = i;

      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
      table[0][i] = crc;
    }
  for (guint k = 1; k < SLICES; k++)
    for (guint i = 0; i < 256; i++)
      table[k][i] = table[k - 1][i] >> 8 ^ table[0][table[k - 1][i] & 0xff];
  g_once_init_leave (&filled, 1);
}

guint32
piao_crc32c (guint32 crc, gconstpointer data, gsize size)
{
  const guint8 *at = data;

  fill_table ();
  crc = ~crc;
  for (; size >= SLICES; size -= SLICES, at += SLICES)
    {
      guint64 word;

      memcpy (&word, at, sizeof word);
      word = GUINT64_FROM_LE (word) ^ crc;
      crc = 0;
      for (guint k = 0; k < SLICES; k++)
        crc ^= table[SLICES - 1 - k][word >> 8 * k & 0xff];
    }
  for (; size > 0; size--, at++)
    crc = crc >> 8 ^ table[0][(crc ^ *at) & 0xff];
  return ~crc;
}
