/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "store/piao-wal-reader.h"

#define MAGIC 0x377f0682 /* and one more when the sums are over big-endian words */
#define HEADER 32
#define HEADER_PAGE_SIZE 8
#define HEADER_ROUND 16
#define HEADER_SUM 24
#define FRAME_HEADER 24
#define FRAME_COMMIT 4
#define FRAME_ROUND 8
#define FRAME_SUM 16
#define ROUND_SIZE 8

/* Bytes that a disk writes as a whole. */
#define SECTOR 512

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32)bytes[0] << 24 | (guint32)bytes[1] << 16 | (guint32)bytes[2] << 8 | bytes[3];
}

static void
add_sum (gboolean big, const guint8 *bytes, gsize size, guint32 sum[2])
{
  for (gsize i = 0; i + 8 <= size; i += 8)
    {
      guint32 words[2];

      memcpy (words, bytes + i, 8);
      sum[0] += (big ? GUINT32_FROM_BE (words[0]) : GUINT32_FROM_LE (words[0])) + sum[1];
      sum[1] += (big ? GUINT32_FROM_BE (words[1]) : GUINT32_FROM_LE (words[1])) + sum[0];
    }
}

static gboolean
is_sum (const guint32 sum[2], const guint8 *bytes)
{
  return sum[0] == get_u32 (bytes) && sum[1] == get_u32 (bytes + 4);
}

static gsize
get_offset (const PiaoWalReader *self, guint i)
{
  return HEADER + (gsize)i * (FRAME_HEADER + self->page_size);
}

static const guint8 *
get_frame (const PiaoWalReader *self, guint i)
{
  return self->bytes + get_offset (self, i);
}

static gboolean
is_page_size (gsize size)
{
  return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

/* @big is as the header says when it can be believed, and else as SQLite writes on this machine. */
static gboolean
is_sound (const guint8 *header, gboolean *big)
{
  guint32 sum[2] = { 0, 0 };

  *big = (get_u32 (header) & 1) != 0;
  add_sum (*big, header, HEADER_SUM, sum);
  if ((get_u32 (header) | 1) == (MAGIC | 1) && is_sum (sum, header + HEADER_SUM)
      && is_page_size (get_u32 (header + HEADER_PAGE_SIZE)))
    return TRUE;
  *big = G_BYTE_ORDER == G_BIG_ENDIAN;
  return FALSE;
}

void
piao_wal_reader_init (PiaoWalReader *self, GBytes *bytes, gsize page_size)
{
  gsize size = 0;

  g_return_if_fail (is_page_size (page_size));
  *self = (PiaoWalReader){ .bytes = g_bytes_get_data (bytes, &size), .page_size = page_size };
  if (size < HEADER)
    return;
  self->sound = is_sound (self->bytes, &self->big);
  if (self->sound)
    self->page_size = get_u32 (self->bytes + HEADER_PAGE_SIZE);
  self->n_frames = (guint)((size - HEADER) / (FRAME_HEADER + self->page_size));
  if (self->sound)
    self->round = self->bytes + HEADER_ROUND;
  else if (self->n_frames > 0)
    self->round = get_frame (self, MIN (self->n_frames - 1, 1)) + FRAME_ROUND;
}

guint
piao_wal_reader_get_number (const PiaoWalReader *self, guint i)
{
  return get_u32 (get_frame (self, i));
}

const guint8 *
piao_wal_reader_get_page (const PiaoWalReader *self, guint i)
{
  return get_frame (self, i) + FRAME_HEADER;
}

gboolean
piao_wal_reader_is_commit (const PiaoWalReader *self, guint i)
{
  return get_u32 (get_frame (self, i) + FRAME_COMMIT) != 0;
}

gboolean
piao_wal_reader_is_of_round (const PiaoWalReader *self, guint i)
{
  return memcmp (get_frame (self, i) + FRAME_ROUND, self->round, ROUND_SIZE) == 0;
}

gboolean
piao_wal_reader_follows (const PiaoWalReader *self, guint i)
{
  const guint8 *frame = get_frame (self, i);
  const guint8 *before = i == 0 ? self->bytes + HEADER_SUM : get_frame (self, i - 1) + FRAME_SUM;
  guint32 sum[2] = { get_u32 (before), get_u32 (before + 4) };

  if (!piao_wal_reader_is_of_round (self, i))
    return FALSE;
  add_sum (self->big, frame, FRAME_ROUND, sum);
  add_sum (self->big, frame + FRAME_HEADER, self->page_size, sum);
  return is_sum (sum, frame + FRAME_SUM);
}

/* --- what is lost ---------------------------------------------------------------------------- */

/* A header that was written in one piece is of one time, whatever has become of its page. */
static gboolean
is_in_one_sector (const PiaoWalReader *self, guint i)
{
  gsize at = get_offset (self, i);

  return at / SECTOR == (at + FRAME_HEADER - 1) / SECTOR;
}

static gboolean
has_lost_behind (const PiaoWalReader *self)
{
  guint i = 0;
  gboolean whole;

  while (i < self->n_frames && piao_wal_reader_follows (self, i))
    i++;
  for (whole = FALSE; i + 1 < self->n_frames; i++)
    {
      gboolean next = piao_wal_reader_follows (self, i + 1);

      if (next && piao_wal_reader_is_commit (self, i) && (whole || is_in_one_sector (self, i)))
        return TRUE;
      whole = next;
    }
  return FALSE;
}

static gboolean
is_in_file (const PiaoWalReader *self, GBytes *file, guint number, const guint8 *page)
{
  gsize size = 0, at = (gsize)(number - 1) * self->page_size;
  const guint8 *bytes = g_bytes_get_data (file, &size);

  return number > 0 && at + self->page_size <= size
         && memcmp (bytes + at, page, self->page_size) == 0;
}

/* The newest image of each page in what was committed behind the first frame. */
static GHashTable *
list_committed (const PiaoWalReader *self)
{
  GHashTable *pages = g_hash_table_new (NULL, NULL);
  guint begin = self->n_frames > 0 && piao_wal_reader_follows (self, 0) ? 0 : 1;

  for (guint i = begin; i < self->n_frames && piao_wal_reader_follows (self, i); i++)
    if (piao_wal_reader_is_commit (self, i))
      for (; begin <= i; begin++)
        g_hash_table_insert (pages, GUINT_TO_POINTER (piao_wal_reader_get_number (self, begin)),
                             (gpointer)piao_wal_reader_get_page (self, begin));
  return pages;
}

gboolean
piao_wal_reader_has_lost (const PiaoWalReader *self, GBytes *file)
{
  g_autoptr (GHashTable) pages = NULL;
  GHashTableIter iter;
  gpointer number, page;

  if (self->sound)
    return has_lost_behind (self);
  pages = list_committed (self);
  g_hash_table_iter_init (&iter, pages);
  while (g_hash_table_iter_next (&iter, &number, &page))
    if (!is_in_file (self, file, GPOINTER_TO_UINT (number), page))
      return TRUE;
  return FALSE;
}
