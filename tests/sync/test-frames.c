/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers as frames: what comes out is what went in, for rows of every kind; what was damaged on
 * the way is refused. */

#include <string.h>

#include "base/piao-crc32c.h"
#include "base/piao-error.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-frame.h"
#include "sync/piao-reply.h"
#include "sync/piao-rows-code.h"
#include "tests/lib/piao-random-rows.h"

static PiaoRegistry *registry;

static GRand *
seeded (void)
{
  return g_rand_new_with_seed ((guint32)g_test_rand_int ());
}

static GBytes *
encode (const PiaoReply *reply, const char *type)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = piao_reply_encode (reply, type, piao_schema_get_newest (), &error);

  g_assert_no_error (error);
  return bytes;
}

static PiaoReply *
decode (GBytes *bytes, const char *type)
{
  g_autoptr (GError) error = NULL;
  PiaoReply *reply = piao_reply_decode (registry, type, bytes, &error);

  g_assert_no_error (error);
  return reply;
}

/* The check values of RFC 3720 and of the books. */
static void
test_crc32c (void)
{
  guint8 zeros[32] = { 0 }, ascending[32];

  for (guint8 i = 0; i < 32; i++)
    ascending[i] = i;
  g_assert_cmphex (piao_crc32c (0, "123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (piao_crc32c (0, zeros, 32), ==, 0x8a9136aa);
  g_assert_cmphex (piao_crc32c (0, ascending, 32), ==, 0x46dd794e);
  g_assert_cmphex (piao_crc32c (piao_crc32c (0, "1234", 4), "56789", 5), ==, 0xe3069283);
  g_assert_cmphex (piao_crc32c (0, "", 0), ==, 0);
}

/* Numbers of every width, in every number, come back. */
static void
test_bits (void)
{
  g_autoptr (GRand) rand = seeded ();

  for (guint width = 0; width <= 64; width++)
    for (guint n = 0; n < 70; n += 3)
      {
        guint64 numbers[70], read[70];
        PiaoByteWriter writer;
        PiaoByteReader reader;

        piao_byte_writer_init (&writer);
        for (guint i = 0; i < n; i++)
          {
            numbers[i] = (guint64)g_rand_int (rand) << 32 | g_rand_int (rand);
            if (width < 64)
              numbers[i] &= (G_GUINT64_CONSTANT (1) << width) - 1;
          }
        piao_write_bits (&writer, numbers, n, width);
        piao_byte_reader_init (&reader, writer.bytes->data, writer.bytes->len);
        g_assert_true (piao_read_bits (&reader, read, n, width));
        g_assert_true (reader.at == reader.end);
        g_assert_cmpmem (numbers, n * sizeof *numbers, read, n * sizeof *read);
        piao_byte_writer_clear (&writer);
      }
}

static void
test_varints (void)
{
  static const gint64 numbers[]
      = { 0, 1, -1, 63, 64, -64, -65, 1 << 20, G_MAXINT64, G_MININT64, G_MININT64 + 1 };
  static const guint8 too_long[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 };
  PiaoByteWriter writer;
  PiaoByteReader reader;

  piao_byte_writer_init (&writer);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    piao_write_signed (&writer, numbers[i]);
  piao_byte_reader_init (&reader, writer.bytes->data, writer.bytes->len);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_assert_cmpint (piao_read_signed (&reader), ==, numbers[i]);
  g_assert_false (reader.broken);
  g_assert_cmpuint (piao_read_varint (&reader), ==, 0);
  g_assert_true (reader.broken);
  piao_byte_reader_init (&reader, too_long, sizeof too_long);
  piao_read_varint (&reader);
  g_assert_true (reader.broken);
  piao_byte_writer_clear (&writer);
}

/* --- rows ------------------------------------------------------------------------------------ */

static void
assert_block_survives (const PiaoRowBlock *block)
{
  PiaoByteWriter writer;
  PiaoByteReader reader;
  g_autoptr (PiaoRowBlock) again = NULL;
  g_autoptr (GError) error = NULL;

  piao_byte_writer_init (&writer);
  piao_rows_encode (block, piao_schema_get_newest (), &writer, NULL, NULL);
  piao_byte_reader_init (&reader, writer.bytes->data, writer.bytes->len);
  again = piao_rows_decode (block->kind, block->n_rows, &reader, &error);
  g_assert_no_error (error);
  g_assert_true (piao_row_block_equal (block, again));
  piao_byte_writer_clear (&writer);
}

static void
test_rows_of_every_kind (void)
{
  static const guint sizes[] = { 1, 2, 3, 7, 8, 9, 63, 64, 65, 257, 1500 };
  g_autoptr (GRand) rand = seeded ();
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  for (guint i = 0; i < n_kinds; i++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        g_autoptr (PiaoRowBlock) block = piao_random_block (rand, kinds[i], sizes[s]);

        assert_block_survives (block);
      }
}

/* Every int64, the least of all too, in columns that follow each other. */
static void
test_extreme_numbers (void)
{
  static const gint64 extremes[] = { G_MININT64, G_MAXINT64, 0, -1, 1, G_MININT64 + 1 };
  g_autoptr (PiaoRowBlock) block = piao_row_block_new (&piao_order_kind);

  for (guint row = 0; row < 300; row++)
    {
      piao_row_block_append (block, row + 1, 0, row, FALSE);
      piao_row_block_set_int (block, row, PIAO_ORDER_AMOUNT, extremes[row % 6]);
      piao_row_block_set_int (block, row, PIAO_ORDER_PRE_DEBIT, extremes[row % 6]);
      piao_row_block_set_int (block, row, PIAO_ORDER_DEBITED, extremes[row * 7 % 6]);
      piao_row_block_set_int (block, row, PIAO_ORDER_SUBMITTED_AT, G_MININT64 + row);
      piao_row_block_set_int (block, row, PIAO_ORDER_DUE_AT, G_MAXINT64 - row);
    }
  assert_block_survives (block);
}

/* --- answers --------------------------------------------------------------------------------- */

static void
test_both_codings_say_the_same (void)
{
  g_autoptr (GRand) rand = seeded ();

  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (PiaoReply) reply = piao_random_reply (rand, registry, round < 20 ? 20 : 90);
      g_autoptr (GBytes) frames = encode (reply, PIAO_REPLY_FRAMES);
      g_autoptr (GBytes) json = encode (reply, PIAO_REPLY_JSON);
      g_autoptr (PiaoReply) from_frames = decode (frames, PIAO_REPLY_FRAMES);
      g_autoptr (PiaoReply) from_json = decode (json, PIAO_REPLY_JSON);

      g_assert_true (piao_reply_equal (reply, from_frames));
      g_assert_true (piao_reply_equal (reply, from_json));
    }
}

static void
test_restart (void)
{
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  g_autoptr (GBytes) frames = NULL;
  g_autoptr (PiaoReply) again = NULL;

  reply->epoch = g_strdup ("epoch-2");
  reply->restart = TRUE;
  reply->expected = 5;
  frames = encode (reply, PIAO_REPLY_FRAMES);
  again = decode (frames, PIAO_REPLY_FRAMES);
  g_assert_true (again->restart);
  g_assert_cmpint (again->expected, ==, 5);
  g_assert_cmpstr (again->epoch, ==, "epoch-2");
}

/* Grants that are not the lanes of upto are said. */
static void
test_own_grants (void)
{
  g_autoptr (GRand) rand = seeded ();
  g_autoptr (PiaoReply) reply = piao_random_reply (rand, registry, 1);
  g_autoptr (GBytes) frames = NULL;
  g_autoptr (PiaoReply) again = NULL;
  gint64 lane = 7;

  g_array_append_val (reply->grants, lane);
  frames = encode (reply, PIAO_REPLY_FRAMES);
  again = decode (frames, PIAO_REPLY_FRAMES);
  g_assert_cmpuint (again->grants->len, ==, 3);
  g_assert_true (piao_reply_equal (reply, again));
}

/* Columns that repeat themselves shrink a hundredfold, and still arrive. */
static void
test_dull_rows (void)
{
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  PiaoLaneSeq upto = { 0, 1 };
  PiaoRowBlock *block;
  g_autoptr (GBytes) frames = NULL;
  g_autoptr (PiaoReply) again = NULL;

  reply->epoch = g_strdup ("epoch-1");
  reply->head = 1;
  g_array_append_val (reply->upto, upto);
  g_array_append_val (reply->grants, upto.lane);
  block = piao_reply_get_block (reply, &piao_order_kind);
  for (guint row = 0; row < 50000; row++)
    {
      piao_row_block_append (block, row + 1, 0, 1, FALSE);
      for (guint i = 0; i < piao_order_kind.n_columns; i++)
        if (!block->columns[i].is_text)
          piao_row_block_set_int (block, row, i, (gint64)(row * (i + 3) % 41) * (row % 7));
        else
          piao_row_block_set_text (block, row, i, row % 3 == 0 ? "a" : row % 5 == 0 ? "b" : "c");
    }
  frames = encode (reply, PIAO_REPLY_FRAMES);
  again = decode (frames, PIAO_REPLY_FRAMES);
  g_assert_true (piao_reply_equal (reply, again));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  registry = piao_domain_registry_new ();
  g_test_add_func ("/frames/crc32c", test_crc32c);
  g_test_add_func ("/frames/bits", test_bits);
  g_test_add_func ("/frames/varints", test_varints);
  g_test_add_func ("/frames/rows-of-every-kind", test_rows_of_every_kind);
  g_test_add_func ("/frames/extreme-numbers", test_extreme_numbers);
  g_test_add_func ("/frames/both-codings-say-the-same", test_both_codings_say_the_same);
  g_test_add_func ("/frames/restart", test_restart);
  g_test_add_func ("/frames/own-grants", test_own_grants);
  g_test_add_func ("/frames/dull-rows", test_dull_rows);
  status = g_test_run ();
  piao_registry_unref (registry);
  return status;
}
