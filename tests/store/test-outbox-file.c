/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands carried in a file: all of them or none, and on another disk they go on. */

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "store/piao-outbox-file.h"
#include "store/piao-outbox-private.h"
#include "store/piao-schema.h"
#include "tests/store/shelf.h"

static PiaoDb *
open_db (void)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (":memory:", PIAO_DB_READ_WRITE, &error);

  g_assert_no_error (error);
  g_assert_true (piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, &error));
  shelf_create_tables (db);
  return db;
}

static void
run (PiaoRegistry *registry, PiaoDb *db, guint n, const char *name, JsonObject *args)
{
  g_autoptr (JsonObject) held = args;
  g_autofree char *text = piao_json_object_to_text (held);
  g_autoptr (GError) error = NULL;
  PiaoContext context = { .command = (gint64)(n * PIAO_ID_PER_COMMAND) * PIAO_ID_STRIDE + 7,
                          .at = 1000 + n,
                          .device = 7,
                          .side = PIAO_SIDE_DESKTOP };

  g_assert_true (piao_db_begin (db, &error));
  piao_outbox_run (registry, db, &context, name, text, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (db, &error));
}

/* Three commands on a shelf, the last of which a person would see refused. */
static GBytes *
make_file (PiaoRegistry *registry, char **dump)
{
  g_autoptr (PiaoDb) db = open_db ();
  g_autoptr (GPtrArray) entries = NULL;
  gint64 shelf = (gint64)(1 * PIAO_ID_PER_COMMAND) * PIAO_ID_STRIDE + 7 + PIAO_ID_STRIDE;

  run (registry, db, 1, "shelf.add", shelf_args_add ("1", "一号 “货架” \\", NULL));
  run (registry, db, 2, "shelf.move", shelf_args_move (shelf, 5));
  run (registry, db, 3, "shelf.move", shelf_args_move (shelf, -2));
  *dump = shelf_dump (db, TRUE);
  entries = piao_outbox_list_unsent (db, 100, NULL);
  g_assert_cmpuint (entries->len, ==, 3);
  return piao_outbox_file_write (7, "secret", 12345, "第 4 号读不出来", entries);
}

static void
test_round_trip (void)
{
  g_autoptr (PiaoRegistry) registry = shelf_registry_new ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GBytes) content = make_file (registry, &before);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoOutboxFile) file = piao_outbox_file_read (content, &error);
  g_autoptr (PiaoDb) db = open_db ();
  guint added = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (file->device, ==, 7);
  g_assert_cmpint (file->made_at, ==, 12345);
  g_assert_cmpstr (file->missing, ==, "第 4 号读不出来");
  again = piao_outbox_file_write (file->device, "secret", file->made_at, file->missing,
                                  file->entries);
  g_assert_true (g_bytes_equal (content, again));
  for (guint round = 0; round < 2; round++)
    {
      g_assert_true (piao_db_begin (db, &error));
      g_assert_true (piao_outbox_adopt (db, file->entries, &added, &error));
      g_assert_cmpuint (added, ==, round == 0 ? 3 : 0);
      g_assert_true (piao_outbox_rebase (registry, db, 0, 0, NULL, NULL, &error));
      g_assert_true (piao_db_commit (db, &error));
    }
  after = shelf_dump (db, TRUE);
  g_assert_cmpstr (after, ==, before);
}

static void
test_damage (void)
{
  g_autoptr (PiaoRegistry) registry = shelf_registry_new ();
  g_autofree char *dump = NULL;
  g_autoptr (GBytes) content = make_file (registry, &dump);
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data (content, &size);

  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes, size);
      g_autoptr (GBytes) flipped = NULL;
      g_autoptr (GBytes) cut = g_bytes_new (bytes, i);
      g_autoptr (PiaoOutboxFile) file = NULL;
      g_autoptr (PiaoOutboxFile) shorter = NULL;
      g_autoptr (GError) error = NULL;

      copy[i] ^= (guint8)(1u << (i % 7));
      flipped = g_bytes_new (copy, size);
      file = piao_outbox_file_read (flipped, &error);
      g_assert_null (file);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.file");
      g_clear_error (&error);
      shorter = piao_outbox_file_read (cut, &error);
      g_assert_null (shorter);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.file");
    }
}

static void
test_number_taken (void)
{
  g_autoptr (PiaoRegistry) registry = shelf_registry_new ();
  g_autofree char *dump = NULL;
  g_autoptr (GBytes) content = make_file (registry, &dump);
  g_autoptr (PiaoOutboxFile) file = piao_outbox_file_read (content, NULL);
  g_autoptr (PiaoDb) db = open_db ();
  g_autoptr (GError) error = NULL;

  run (registry, db, 9, "shelf.add", shelf_args_add ("9", "九", NULL));
  g_assert_true (piao_db_begin (db, NULL));
  g_assert_false (piao_outbox_adopt (db, file->entries, NULL, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.dseq");
  piao_db_rollback (db);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/outbox-file/round-trip", test_round_trip);
  g_test_add_func ("/store/outbox-file/damage", test_damage);
  g_test_add_func ("/store/outbox-file/number-taken", test_number_taken);
  return g_test_run ();
}
