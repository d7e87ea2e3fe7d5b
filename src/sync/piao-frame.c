/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>
#include <zstd.h>

#include "base/piao-crc32c.h"
#include "base/piao-mutant.h"
#include "sync/piao-frame.h"

#define LEVEL 3
/* Shorter stretches do not get statistics of their own. */
#define MIN_STRETCH 1024
/* Shorter data is not packed: there is nothing to win. */
#define MIN_PACKED 64

enum
{
  RAW,
  ZSTD,
};

/* --- frames ---------------------------------------------------------------------------------- */

static guint32
checksum (guint8 type, gconstpointer body, gsize size)
{
  return piao_crc32c (piao_crc32c (0, &type, 1), body, size);
}

void
piao_frame_write (GByteArray *bytes, guint8 type, gconstpointer body, gsize size)
{
  guint32 length = GUINT32_TO_LE ((guint32)size);
  guint32 crc = GUINT32_TO_LE (checksum (type, body, size));

  g_byte_array_append (bytes, (const guint8 *)&length, sizeof length);
  g_byte_array_append (bytes, &type, 1);
  g_byte_array_append (bytes, (const guint8 *)&crc, sizeof crc);
  g_byte_array_append (bytes, body, (guint)size);
}

static guint32
read_u32 (PiaoByteReader *reader)
{
  const guint8 *bytes = piao_read_bytes (reader, sizeof (guint32));
  guint32 number = 0;

  if (bytes != NULL)
    memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_LE (number);
}

gboolean
piao_frame_read (PiaoByteReader *reader, guint8 *type, PiaoByteReader *body)
{
  guint32 length, crc;
  const guint8 *bytes;

  if (reader->broken || reader->at == reader->end)
    return FALSE;
  length = read_u32 (reader);
  *type = piao_read_byte (reader);
  crc = read_u32 (reader);
  bytes = length <= PIAO_FRAME_MAX_BODY ? piao_read_bytes (reader, length) : NULL;
  if (bytes == NULL || reader->broken
      || (!PIAO_MUTANT (crc_not_checked) && crc != checksum (*type, bytes, length)))
    return piao_byte_reader_break (reader);
  piao_byte_reader_init (body, bytes, length);
  return TRUE;
}

/* --- packing --------------------------------------------------------------------------------- */

/* The one that was used last: a server makes hundreds of small answers a second, and the tables of
 * a new context cost more than most of them. */
static gpointer spare;

gpointer
piao_frame_context_new (void)
{
  gpointer context = g_atomic_pointer_exchange (&spare, NULL);

  return context != NULL ? context : ZSTD_createCCtx ();
}

void
piao_frame_context_free (gpointer context)
{
  ZSTD_freeCCtx (g_atomic_pointer_exchange (&spare, context));
}

static gboolean
may_unpack_to (gsize packed, gsize size, gsize allowance)
{
  return size <= PIAO_FRAME_MAX_UNPACKED
         && size <= packed * PIAO_FRAME_RATIO + PIAO_FRAME_FREE + allowance;
}

/* Compresses in stretches; FALSE when it does not fit into @out. */
static gboolean
compress (ZSTD_CCtx *context, const GByteArray *data, const GArray *cuts, ZSTD_outBuffer *out)
{
  gsize start = 0;
  guint n_cuts = cuts != NULL ? cuts->len : 0;

  ZSTD_CCtx_reset (context, ZSTD_reset_session_and_parameters);
  ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, LEVEL);
  ZSTD_CCtx_setPledgedSrcSize (context, data->len);
  for (guint i = 0; i <= n_cuts; i++)
    {
      gsize stop = i < n_cuts ? g_array_index (cuts, guint, i) : data->len;
      ZSTD_EndDirective end = i < n_cuts ? ZSTD_e_flush : ZSTD_e_end;
      ZSTD_inBuffer in = { data->data + start, stop - start, 0 };
      gsize left;

      /* A short stretch goes together with what follows. */
      if (i < n_cuts && (stop - start < MIN_STRETCH || data->len - stop < MIN_STRETCH))
        continue;
      left = ZSTD_compressStream2 (context, out, &in, end);
      if (ZSTD_isError (left) || left != 0)
        return FALSE;
      start = stop;
    }
  return TRUE;
}

void
piao_frame_pack (GByteArray *bytes,
                 const GByteArray *data,
                 const GArray *cuts,
                 gsize allowance,
                 gpointer context)
{
  guint start = bytes->len;
  gsize room = ZSTD_compressBound (data->len) + 1024;
  guint8 coding = ZSTD;
  ZSTD_outBuffer out;

  g_byte_array_append (bytes, &coding, 1);
  g_byte_array_set_size (bytes, start + 1 + (guint)room);
  out = (ZSTD_outBuffer){ bytes->data + start + 1, room, 0 };
  if (data->len >= MIN_PACKED && compress (context, data, cuts, &out) && out.pos < data->len
      && may_unpack_to (out.pos, data->len, allowance))
    {
      g_byte_array_set_size (bytes, start + 1 + (guint)out.pos);
      return;
    }
  g_byte_array_set_size (bytes, start + 1);
  bytes->data[start] = RAW;
  g_byte_array_append (bytes, data->data, data->len);
}

static GBytes *
decompress (const guint8 *packed, gsize size, gsize allowance)
{
  unsigned long long content = ZSTD_getFrameContentSize (packed, size);
  g_autofree guint8 *data = NULL;
  gsize made;

  if (content == ZSTD_CONTENTSIZE_UNKNOWN || content == ZSTD_CONTENTSIZE_ERROR
      || content > PIAO_FRAME_MAX_UNPACKED || !may_unpack_to (size, (gsize)content, allowance))
    return NULL;
  data = g_malloc (MAX (content, 1));
  made = ZSTD_decompress (data, (gsize)content, packed, size);
  if (ZSTD_isError (made) || made != content)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), made);
}

GBytes *
piao_frame_unpack (PiaoByteReader *reader, gsize allowance)
{
  guint8 coding = piao_read_byte (reader);
  gsize size = (gsize)(reader->end - reader->at);
  const guint8 *packed = piao_read_bytes (reader, size);
  GBytes *data = NULL;

  if (packed != NULL && coding == RAW)
    data = g_bytes_new (packed, size);
  else if (packed != NULL && coding == ZSTD)
    data = decompress (packed, size, allowance);
  if (data == NULL)
    piao_byte_reader_break (reader);
  return data;
}
