/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An answer as frames. The checksums are put right first, or a fuzzer would never get behind them.
 * Oracle: what is taken can be coded again and is the same. */

#include <string.h>

#include "base/piao-crc32c.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-frame.h"
#include "sync/piao-reply.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/piao-random-rows.h"

static void
put_checksums_right (guint8 *data, gsize size)
{
  gsize at = 0;

  while (size - at >= PIAO_FRAME_HEAD)
    {
      guint32 length, crc;

      memcpy (&length, data + at, sizeof length);
      length = GUINT32_FROM_LE (length);
      if (length > size - at - PIAO_FRAME_HEAD)
        return;
      crc = piao_crc32c (0, data + at + 4, 1);
      crc = GUINT32_TO_LE (piao_crc32c (crc, data + at + PIAO_FRAME_HEAD, length));
      memcpy (data + at + 5, &crc, sizeof crc);
      at += PIAO_FRAME_HEAD + length;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static PiaoRegistry *registry;
  guint8 *copy = g_memdup2 (size > 0 ? data : (const guint8 *)"", MAX (size, 1));
  g_autoptr (GBytes) bytes = g_bytes_new_take (copy, size);
  g_autoptr (PiaoReply) reply = NULL;
  g_autoptr (PiaoReply) again = NULL;
  g_autoptr (GBytes) coded = NULL;
  g_autoptr (GError) error = NULL;

  if (registry == NULL)
    registry = piao_domain_registry_new ();
  put_checksums_right (copy, size);
  reply = piao_reply_decode (registry, PIAO_REPLY_FRAMES, bytes, &error);
  ORACLE ((reply == NULL) == (error != NULL));
  if (reply == NULL || reply->restart)
    return 0;
  coded = piao_reply_encode (reply, PIAO_REPLY_FRAMES, piao_schema_get_newest (), NULL);
  again = piao_reply_decode (registry, PIAO_REPLY_FRAMES, coded, &error);
  ORACLE (again != NULL && piao_reply_equal (reply, again));
  return 0;
}
