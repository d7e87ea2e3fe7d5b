/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames that were cut, changed or made up are refused with a sentence, whatever is wrong with
 * them; frames of a newer or older program are understood. */

#include <string.h>
#include <zstd.h>

#include "base/piao-error.h"
#include "base/piao-text.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-frame.h"
#include "sync/piao-reply.h"
#include "sync/piao-rows-code.h"
#include "sync/piao-wire.h"
#include "tests/lib/piao-random-rows.h"

static PiaoRegistry *registry;

static GRand *
seeded (void)
{
  return g_rand_new_with_seed ((guint32)g_test_rand_int ());
}

static GBytes *
encode (const PiaoReply *reply)
{
  return piao_reply_encode (reply, PIAO_REPLY_FRAMES, piao_schema_get_newest (), NULL);
}

static PiaoReply *
decode (gconstpointer data, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  return piao_reply_decode (registry, PIAO_REPLY_FRAMES, bytes, error);
}

static void
assert_refused (gconstpointer data, gsize size)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (decode (data, size, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
  g_assert_cmpuint (strlen (error->message), >, 10);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* --- damage ---------------------------------------------------------------------------------- */

static void
test_cut_at_every_byte (void)
{
  g_autoptr (GRand) rand = seeded ();
  g_autoptr (PiaoReply) reply = piao_random_reply (rand, registry, 3);
  g_autoptr (GBytes) bytes = encode (reply);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize length = 0; length < size; length++)
    assert_refused (data, length);
}

static void
test_every_bit_turned (void)
{
  g_autoptr (GRand) rand = seeded ();
  g_autoptr (PiaoReply) reply = piao_random_reply (rand, registry, 2);
  g_autoptr (GBytes) bytes = encode (reply);
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *damaged = g_memdup2 (data, size);

  for (gsize at = 0; at < size; at++)
    {
      guint8 mask = (guint8)(1 << g_rand_int_range (rand, 0, 8));

      damaged[at] ^= mask;
      assert_refused (damaged, size);
      damaged[at] ^= mask;
    }
}

/* A block that was taken holds nothing that a row may not hold. */
static void
assert_sound (const PiaoRowBlock *block)
{
  for (guint row = 0; row < block->n_rows; row++)
    {
      g_assert_cmpint (block->ids[row], >, 0);
      g_assert_cmpint (block->lanes[row], >=, 0);
      g_assert_cmpint (block->revs[row], >=, 0);
      for (guint i = 0; i < block->kind->n_columns; i++)
        g_assert_true (piao_text_check (piao_row_block_get_text (block, row, i),
                                        piao_wire_get_max_length (&block->kind->columns[i]), TRUE,
                                        "text", NULL));
    }
}

static gboolean
try_rows (const PiaoKind *kind, guint n_rows, gconstpointer data, gsize size)
{
  PiaoByteReader reader;
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoRowBlock) block = NULL;

  piao_byte_reader_init (&reader, data, size);
  block = piao_rows_decode (kind, n_rows, &reader, &error);
  g_assert_true ((block == NULL) == (error != NULL));
  if (block != NULL)
    assert_sound (block);
  else
    g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
  return block != NULL;
}

/* The checksum would catch these; a liar computes it. */
static void
test_rows_made_up (void)
{
  g_autoptr (GRand) rand = seeded ();
  guint n_kinds, taken = 0, refused = 0;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  for (guint i = 0; i < n_kinds; i++)
    {
      g_autoptr (PiaoRowBlock) block = piao_random_block (rand, kinds[i], 40);
      PiaoByteWriter writer;

      piao_byte_writer_init (&writer);
      piao_rows_encode (block, piao_schema_get_newest (), &writer, NULL, NULL);
      g_assert_true (try_rows (kinds[i], 40, writer.bytes->data, writer.bytes->len));
      g_assert_false (try_rows (kinds[i], 0, writer.bytes->data, writer.bytes->len));
      g_assert_false (try_rows (kinds[i], 41, writer.bytes->data, writer.bytes->len));
      g_assert_false (try_rows (kinds[i], 199999, writer.bytes->data, writer.bytes->len));
      for (guint at = 0; at < MIN (writer.bytes->len, 3000); at++)
        {
          guint8 was = writer.bytes->data[at];
          static const guint8 bytes[] = { 0, 1, 2, 3, 8, 0x7f, 0x80, 0xff };

          g_assert_false (try_rows (kinds[i], 40, writer.bytes->data, at));
          writer.bytes->data[at] = g_rand_boolean (rand)
                                       ? bytes[g_rand_int_range (rand, 0, sizeof bytes)]
                                       : (guint8)g_rand_int (rand);
          if (try_rows (kinds[i], 40, writer.bytes->data, writer.bytes->len))
            taken++;
          else
            refused++;
          writer.bytes->data[at] = was;
        }
      piao_byte_writer_clear (&writer);
    }
  g_assert_cmpuint (taken, >, 100);
  g_assert_cmpuint (refused, >, 100);
}

/* --- lies ------------------------------------------------------------------------------------ */

#define HEAD "{\"epoch\":\"e\",\"now\":1}"
#define END "{\"upto\":[[0,5]],\"seq\":5,\"more\":false}"

static void
add_json (GByteArray *bytes, guint8 type, const char *text)
{
  g_autofree char *body = g_strconcat ("-", text, NULL);

  body[0] = 0; /* raw */
  piao_frame_write (bytes, type, body, strlen (text) + 1);
}

static void
add_packed (GByteArray *bytes, guint8 type, gconstpointer data, gsize size)
{
  gsize room = ZSTD_compressBound (size);
  g_autofree guint8 *body = g_malloc (room + 1);
  gsize packed = ZSTD_compress (body + 1, room, data, size, 19);

  body[0] = 1;
  piao_frame_write (bytes, type, body, packed + 1);
}

/* "1 3 7": a head, no rows, an end; a good one is made so. */
static void
test_order_of_frames (void)
{
  static const guint8 bad[][6] = {
    { 7 },       { 1 },          { 7, 1 },    { 1, 1, 7 },   { 1, 7, 7 },       { 1, 7, 5 },
    { 5, 1, 7 }, { 1, 5, 5, 7 }, { 1, 8, 7 }, { 1, 255, 7 }, { 1, 2, 4, 2, 7 },
  };
  g_autoptr (GByteArray) good = g_byte_array_new ();
  g_autoptr (PiaoReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      for (guint n = 0; n < sizeof bad[i] && bad[i][n] != 0; n++)
        add_json (bytes, bad[i][n], bad[i][n] == 1 ? HEAD : bad[i][n] == 7 ? END : "{}");
      assert_refused (bytes->data, bytes->len);
    }
  add_json (good, 1, HEAD);
  add_json (good, 5, "{\"grants\":[0,9]}");
  add_json (good, 7, END);
  reply = decode (good->data, good->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply->grants->len, ==, 2);
}

static void
test_bombs (void)
{
  static const char *const heads[] = { HEAD, "[1]", "{", "\xff", "" };
  g_autofree char *spaces = g_strnfill (24 * 1024 * 1024, ' ');
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  /* 24 MiB in a few hundred bytes. */
  add_json (bytes, 1, HEAD);
  add_packed (bytes, 5, spaces, 24 * 1024 * 1024);
  add_json (bytes, 7, END);
  assert_refused (bytes->data, bytes->len);
  g_byte_array_set_size (bytes, 0);
  add_json (bytes, 1, HEAD);
  add_json (bytes, 5, deep);
  add_json (bytes, 7, END);
  assert_refused (bytes->data, bytes->len);
  for (guint i = 1; i < G_N_ELEMENTS (heads); i++)
    {
      g_byte_array_set_size (bytes, 0);
      add_json (bytes, 1, heads[i]);
      add_json (bytes, 7, END);
      assert_refused (bytes->data, bytes->len);
    }
}

/* Frame of rows with what @head says in front of the packed rows. */
static void
add_rows (GByteArray *bytes, const char *kind, guint64 n_rows, gconstpointer data, gsize size)
{
  PiaoByteWriter writer;

  piao_byte_writer_init (&writer);
  piao_write_name (&writer, kind);
  piao_write_varint (&writer, n_rows);
  piao_write_byte (&writer, 0);
  piao_write_bytes (&writer, data, size);
  piao_frame_write (bytes, 3, writer.bytes->data, writer.bytes->len);
  piao_byte_writer_clear (&writer);
}

static void
test_counts_lie (void)
{
  static const guint64 counts[]
      = { 0,          1, 50, 200, 1000, 200000, 200001, G_MAXUINT32, G_GUINT64_CONSTANT (1) << 32,
          G_MAXUINT64 };
  g_autoptr (GRand) rand = seeded ();
  g_autoptr (PiaoRowBlock) block = piao_random_block (rand, &piao_order_line_kind, 100);
  PiaoByteWriter writer;

  piao_byte_writer_init (&writer);
  piao_rows_encode (block, piao_schema_get_newest (), &writer, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      add_json (bytes, 1, HEAD);
      add_rows (bytes, "order_line", counts[i], writer.bytes->data, writer.bytes->len);
      add_json (bytes, 7, "{\"upto\":[[0,5000],[1,5000]],\"seq\":5000,\"more\":false}");
      assert_refused (bytes->data, bytes->len);
    }
  piao_byte_writer_clear (&writer);
}

/* A handful of bytes claims columns over columns of as many rows as there may be: it is refused
 * before they are there. */
static void
test_memory_is_bounded (void)
{
  PiaoByteWriter writer;
  guint n = 200;

  piao_byte_writer_init (&writer);
  piao_write_varint (&writer, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("new%u", i);

      piao_write_name (&writer, name);
      piao_write_byte (&writer, PIAO_CONTENT_INT);
      piao_write_byte (&writer, PIAO_PRESENCE_ALL);
      piao_write_byte (&writer, 0); /* direct */
      piao_write_byte (&writer, 0); /* nothing predicted */
      piao_write_byte (&writer, 0); /* constant */
      piao_write_signed (&writer, 5);
    }
  g_assert_false (try_rows (&piao_order_kind, 200000, writer.bytes->data, writer.bytes->len));
  piao_byte_writer_clear (&writer);
}

static void
test_not_the_centre (void)
{
  static const char *const types[]
      = { "text/html",         "text/plain", "", NULL, "application/x-piaoku",
          "application/jsonp", "\xff\xfe" };
  g_autoptr (GBytes) page = g_bytes_new_static ("<html>Sign in</html>", 20);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_reply_decode (registry, types[i], page, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "sync.type");
    }
}

/* --- other programs -------------------------------------------------------------------------- */

static const PiaoColumn newer_columns[] = {
  { "order_id", "", PIAO_COLUMN_REF, 0, 0, "order" },
  { "n", "", PIAO_COLUMN_INT },
  { "colour", "", PIAO_COLUMN_TEXT, .since = 900 },
  { "weight", "", PIAO_COLUMN_INT, .since = 900 },
  { "amount", "", PIAO_COLUMN_MONEY },
};
static const PiaoKind newer_kind = { .name = "order_line",
                                     .title = "",
                                     .columns = newer_columns,
                                     .n_columns = G_N_ELEMENTS (newer_columns) };

static PiaoReply *
make_newer (void)
{
  PiaoReply *reply = piao_reply_new ();
  PiaoRowBlock *block = piao_reply_get_block (reply, &newer_kind);
  PiaoLaneSeq upto = { .lane = 0, .seq = 7 };

  reply->epoch = g_strdup ("e");
  reply->head = 7;
  g_array_append_val (reply->upto, upto);
  g_array_append_val (reply->grants, upto.lane);
  for (guint row = 0; row < 500; row++)
    {
      g_autofree char *colour = g_strdup_printf ("c%03u-%u", row % 700, row % 7);

      piao_row_block_append (block, row + 1, 0, 7, FALSE);
      piao_row_block_set_int (block, row, 0, 40 + row / 3);
      piao_row_block_set_int (block, row, 1, row % 3);
      piao_row_block_set_text (block, row, 2, colour);
      if (row % 3 != 0)
        piao_row_block_set_int (block, row, 3, row * 31);
      piao_row_block_set_int (block, row, 4, row * 31 + row % 2);
    }
  return reply;
}

/* Columns that this program does not know, and kinds, are passed over, even where known columns
 * refer to them. */
static void
test_newer_program (void)
{
  static const char *const types[] = { PIAO_REPLY_FRAMES, PIAO_REPLY_JSON };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (PiaoReply) newer = make_newer ();
      g_autoptr (GBytes) bytes = piao_reply_encode (newer, types[i], 900, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (PiaoReply) here = piao_reply_decode (registry, types[i], bytes, &error);
      const PiaoRowBlock *block;

      g_assert_no_error (error);
      block = g_ptr_array_index (here->blocks, 0);
      g_assert_true (block->kind == &piao_order_line_kind);
      g_assert_cmpuint (block->n_rows, ==, 500);
      for (guint row = 0; row < 500; row++)
        {
          g_assert_cmpint (piao_row_block_get_int (block, row, PIAO_ORDER_LINE_N), ==, row % 3);
          g_assert_cmpint (piao_row_block_get_int (block, row, PIAO_ORDER_LINE_AMOUNT), ==,
                           row * 31 + row % 2);
          g_assert_true (piao_row_block_is_null (block, row, PIAO_ORDER_LINE_PACKS));
        }
    }
}

static void
test_unknown_kind (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (PiaoReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  add_json (bytes, 1, HEAD);
  add_rows (bytes, "comet", 12, "anything", 8);
  add_json (bytes, 7, END);
  reply = decode (bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply->blocks->len, ==, 0);
}

/* A program of an older schema is not sent what it does not have. */
static void
test_older_program (void)
{
  g_autoptr (PiaoReply) reply = make_newer ();
  g_autoptr (JsonObject) old = piao_reply_to_json (reply, 899);
  g_autoptr (JsonObject) new = piao_reply_to_json (reply, 900);
  g_autofree char *old_text = piao_json_object_to_text (old);
  g_autofree char *new_text = piao_json_object_to_text (new);
  PiaoByteWriter writer;
  PiaoByteReader reader;
  g_autoptr (PiaoRowBlock) block = NULL;

  g_assert_null (strstr (old_text, "weight"));
  g_assert_nonnull (strstr (new_text, "weight"));
  piao_byte_writer_init (&writer);
  piao_rows_encode (g_ptr_array_index (reply->blocks, 0), 899, &writer, NULL, NULL);
  piao_byte_reader_init (&reader, writer.bytes->data, writer.bytes->len);
  block = piao_rows_decode (&newer_kind, 500, &reader, NULL);
  for (guint row = 0; row < 500; row++)
    {
      g_assert_true (piao_row_block_is_null (block, row, 2));
      g_assert_true (piao_row_block_is_null (block, row, 3));
      g_assert_cmpint (piao_row_block_get_int (block, row, 4), ==, row * 31 + row % 2);
    }
  piao_byte_writer_clear (&writer);
}

/* --- the format ------------------------------------------------------------------------------ */

/* One answer that says a little of everything, always the same. */
static PiaoReply *
make_golden (void)
{
  PiaoReply *reply = piao_reply_new ();
  PiaoRowBlock *block = piao_reply_get_block (reply, &piao_order_kind);
  PiaoVerdict *verdict = g_new0 (PiaoVerdict, 1);

  reply->epoch = g_strdup ("golden");
  reply->now = G_GINT64_CONSTANT (1767322900000);
  reply->head = 900;
  reply->next = g_strdup ("652300:order:77");
  verdict->id = 4096;
  verdict->state = PIAO_VERDICT_REFUSED;
  verdict->code = g_strdup ("order.not-open");
  verdict->message = g_strdup ("订单已关闭");
  g_ptr_array_add (reply->verdicts, verdict);
  for (gint64 lane = 652300; lane >= 0; lane -= 652300)
    {
      PiaoLaneSeq upto = { .lane = lane, .seq = 900 };

      g_array_append_val (reply->upto, upto);
      g_array_append_val (reply->grants, lane);
    }
  piao_reply_add_gone (reply, &piao_order_line_kind, 652300, 12288);
  piao_reply_add_digest (reply, &piao_order_kind, 652300, 100,
                         G_GUINT64_CONSTANT (0xfedcba9876543210));
  for (guint row = 0; row < 100; row++)
    {
      g_autofree char *number
          = g_strdup_printf ("202601%02u%06u%04u", 1 + row / 10, row, row * 7 % 13);

      piao_row_block_append (block, (row + 1) * 40960, row % 4 == 0 ? 0 : 652300, 700 + row,
                             row == 50);
      piao_row_block_set_text (block, row, PIAO_ORDER_NUMBER, number);
      piao_row_block_set_int (block, row, PIAO_ORDER_OUTLET_ID, 40 + row * 7 % 13);
      piao_row_block_set_text (block, row, PIAO_ORDER_STATE,
                               row % 9 == 0 ? "on_hold" : "completed");
      piao_row_block_set_int (block, row, PIAO_ORDER_SUBMITTED_AT, reply->now + row * 60000);
      piao_row_block_set_int (block, row, PIAO_ORDER_DUE_AT,
                              reply->now + row * 60000 + 86400000 * (1 + row * 7 % 13 % 3));
      piao_row_block_set_int (block, row, PIAO_ORDER_AMOUNT, 50000 * (row * row % 17));
      if (row % 9 == 0)
        piao_row_block_set_text (block, row, PIAO_ORDER_HOLD_NOTE, "即开账户余额不足");
    }
  return reply;
}

/* What the programs of today write must be read by those of tomorrow: the file is never made
 * again. PIAOKU_WRITE_GOLDEN names a file to write one for a format that has been added to. */
static void
test_golden (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "sync", "golden.frames", NULL);
  g_autoptr (PiaoReply) reply = make_golden ();
  g_autoptr (PiaoReply) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  PiaoByteReader reader, body;
  PiaoByteWriter writer;
  guint8 type = 0;
  gsize size;

  if (g_getenv ("PIAOKU_WRITE_GOLDEN") != NULL)
    {
      g_autoptr (GBytes) bytes = encode (reply);

      g_file_set_contents (g_getenv ("PIAOKU_WRITE_GOLDEN"), g_bytes_get_data (bytes, NULL),
                           (gssize)g_bytes_get_size (bytes), NULL);
    }
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  read = decode (data, size, &error);
  g_assert_no_error (error);
  g_assert_true (piao_reply_equal (reply, read));

  /* And the rows are still written so; what zstd makes of them is its own affair. */
  piao_byte_reader_init (&reader, data, size);
  while (type != 3)
    g_assert_true (piao_frame_read (&reader, &type, &body));
  g_free (piao_read_name (&body));
  g_assert_cmpuint (piao_read_varint (&body), ==, 100);
  piao_byte_writer_init (&writer);
  piao_rows_encode (g_ptr_array_index (reply->blocks, 0), piao_schema_get_newest (), &writer, NULL,
                    NULL);
  {
    g_autoptr (GBytes) unpacked = piao_frame_unpack (&body, 0);

    g_assert_cmpmem (g_bytes_get_data (unpacked, NULL), g_bytes_get_size (unpacked),
                     writer.bytes->data, writer.bytes->len);
  }
  piao_byte_writer_clear (&writer);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  registry = piao_domain_registry_new ();
  g_test_add_func ("/frames/hostile/cut-at-every-byte", test_cut_at_every_byte);
  g_test_add_func ("/frames/hostile/every-bit-turned", test_every_bit_turned);
  g_test_add_func ("/frames/hostile/rows-made-up", test_rows_made_up);
  g_test_add_func ("/frames/hostile/order-of-frames", test_order_of_frames);
  g_test_add_func ("/frames/hostile/bombs", test_bombs);
  g_test_add_func ("/frames/hostile/counts-lie", test_counts_lie);
  g_test_add_func ("/frames/hostile/memory-is-bounded", test_memory_is_bounded);
  g_test_add_func ("/frames/hostile/not-the-centre", test_not_the_centre);
  g_test_add_func ("/frames/newer-program", test_newer_program);
  g_test_add_func ("/frames/unknown-kind", test_unknown_kind);
  g_test_add_func ("/frames/older-program", test_older_program);
  g_test_add_func ("/frames/golden", test_golden);
  status = g_test_run ();
  piao_registry_unref (registry);
  return status;
}
