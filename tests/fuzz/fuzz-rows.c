/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The rows of a frame, unpacked: kind (a byte), number of rows (two), columns. Oracle: what is
 * taken holds nothing that a row may not hold, and coded again is the same. */

#include "base/piao-text.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-rows-code.h"
#include "sync/piao-wire.h"
#include "tests/fuzz/fuzz.h"

static void
check (const PiaoRowBlock *block)
{
  PiaoByteWriter writer;
  PiaoByteReader reader;
  g_autoptr (PiaoRowBlock) again = NULL;

  for (guint i = 0; i < block->kind->n_columns; i++)
    for (guint row = 0; row < block->n_rows; row++)
      ORACLE (piao_text_check (piao_row_block_get_text (block, row, i),
                               piao_wire_get_max_length (&block->kind->columns[i]), TRUE, "text",
                               NULL));
  piao_byte_writer_init (&writer);
  piao_rows_encode (block, piao_schema_get_newest (), &writer, NULL, NULL);
  piao_byte_reader_init (&reader, writer.bytes->data, writer.bytes->len);
  again = piao_rows_decode (block->kind, block->n_rows, &reader, NULL);
  ORACLE (again != NULL && piao_row_block_equal (block, again));
  piao_byte_writer_clear (&writer);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static PiaoRegistry *registry;
  guint n_kinds;
  const PiaoKind *const *kinds;
  PiaoByteReader reader;
  g_autoptr (PiaoRowBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  if (size < 3)
    return 0;
  if (registry == NULL)
    registry = piao_domain_registry_new ();
  kinds = piao_registry_get_kinds (registry, &n_kinds);
  piao_byte_reader_init (&reader, data + 3, size - 3);
  block
      = piao_rows_decode (kinds[data[0] % n_kinds], data[1] + 256 * (data[2] % 8), &reader, &error);
  ORACLE ((block == NULL) == (error != NULL));
  if (block != NULL)
    check (block);
  return 0;
}
