/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server decides a command once, numbers it, and remembers. */

#include <sqlite3.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "sync/piao-pull.h"
#include "tests/lib/piao-centre.h"

#define DEVICE 8

PIAO_STATEMENT (count_orders, "SELECT COUNT(*) FROM orders WHERE id > $1");
PIAO_STATEMENT (count_changes, "SELECT COUNT(*) FROM change WHERE kind = 'order' AND seq = $1");
PIAO_STATEMENT (disable_user, "UPDATE users SET enabled = 0 WHERE id = $1");
PIAO_STATEMENT (spoil_log, "UPDATE command_log SET actor = 999 WHERE n = $1");
PIAO_STATEMENT (cut_log, "DELETE FROM command_log WHERE n = $1");

static gint64
count (PiaoCentre *centre, const PiaoStatement *statement, gint64 parameter)
{
  gint64 n = -1;

  g_assert_true (piao_db_query_int (centre->fixture->db, statement, -1, &n, NULL, "i", parameter));
  return n;
}

/* A telephone order as device 8 sends it as its command number @dseq. */
static PiaoPushed *
make_order (PiaoCentre *centre, gint64 dseq, int packs)
{
  JsonArray *lines = json_array_new ();
  PiaoPushed *pushed;

  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                         "packs", 'i', (gint64)packs, NULL));
  pushed = piao_pushed_new ("order.submit",
                            piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's',
                                             "phone", "identity_checked", 'b', TRUE, "lines", 'a',
                                             lines, NULL));
  pushed->id = (G_GINT64_CONSTANT (1) << 52) + dseq * PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE + DEVICE;
  pushed->device = DEVICE;
  pushed->dseq = dseq;
  pushed->actor = FIXTURE_KEEPER;
  pushed->at = pushed->ruled_at = piao_clock_now (centre->clock);
  return pushed;
}

static void
assert_verdict (PiaoCentre *centre,
                const PiaoPushed *pushed,
                PiaoVerdictState state,
                const char *code,
                gboolean repeated)
{
  g_autoptr (PiaoVerdict) verdict = piao_centre_execute (centre, pushed);

  g_assert_cmpstr (verdict->code, ==, code);
  g_assert_cmpint (verdict->state, ==, state);
  g_assert_cmpint (verdict->repeated, ==, repeated);
  g_assert_cmpint (verdict->seq > 0, ==, state == PIAO_VERDICT_ACCEPTED);
}

static void
test_decided_once (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoPushed) first = NULL;
  g_autoptr (PiaoPushed) other = NULL;
  g_autoptr (PiaoPushed) impostor = NULL;
  g_autoptr (PiaoVerdict) found = NULL;
  guint device = 0;
  gint64 actor = 0;

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  first = make_order (centre, 1, 1);
  other = make_order (centre, 1, 2);
  impostor = make_order (centre, 1, 2);
  impostor->id += PIAO_ID_STRIDE * PIAO_ID_PER_COMMAND;

  assert_verdict (centre, first, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
  g_assert_cmpint (count (centre, &count_orders, 0), ==, 1);
  /* A reply was lost and the device sends it again. */
  assert_verdict (centre, first, PIAO_VERDICT_ACCEPTED, NULL, TRUE);
  assert_verdict (centre, other, PIAO_VERDICT_REJECTED, "command.body", FALSE);
  assert_verdict (centre, impostor, PIAO_VERDICT_REJECTED, "command.body", FALSE);
  g_assert_cmpint (count (centre, &count_orders, 0), ==, 1);

  found = piao_ledger_find (centre->fixture->db, first->id, &device, &actor, NULL);
  g_assert_cmpint (found->state, ==, PIAO_VERDICT_ACCEPTED);
  g_assert_cmpuint (device, ==, DEVICE);
  g_assert_cmpint (actor, ==, FIXTURE_KEEPER);
  g_assert_cmpint (count (centre, &count_changes, found->seq), ==, 1);
  g_assert_null (piao_ledger_find (centre->fixture->db, 4711, NULL, NULL, NULL));
}

static void
test_in_the_order_of_the_device (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoPushed) first = NULL;
  g_autoptr (PiaoPushed) refused = NULL;
  g_autoptr (PiaoPushed) third = NULL;
  g_autoptr (PiaoVerdict) gap = NULL;

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  first = make_order (centre, 1, 1);
  refused = make_order (centre, 2, 1);
  json_object_set_string_member (refused->args, "outlet", "999999");
  third = make_order (centre, 3, 1);

  gap = piao_centre_execute (centre, third);
  g_assert_cmpstr (gap->code, ==, "command.gap");
  g_assert_cmpint (gap->expected, ==, 1);
  assert_verdict (centre, first, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
  /* A refusal is a verdict like another: it is remembered and stands in nobody's way. */
  assert_verdict (centre, refused, PIAO_VERDICT_REFUSED, "row.missing", FALSE);
  assert_verdict (centre, refused, PIAO_VERDICT_REFUSED, "row.missing", TRUE);
  assert_verdict (centre, third, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
  g_assert_cmpint (count (centre, &count_orders, 0), ==, 2);
}

static void
test_only_who_was_there (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoPushed) forged = NULL;
  g_autoptr (PiaoPushed) system = NULL;
  g_autoptr (PiaoPushed) unknown = NULL;

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  forged = make_order (centre, 1, 1);
  forged->actor = FIXTURE_CHECKER;
  assert_verdict (centre, forged, PIAO_VERDICT_REFUSED, "command.actor", FALSE);
  system = make_order (centre, 2, 1);
  system->actor = 0;
  assert_verdict (centre, system, PIAO_VERDICT_REFUSED, "command.actor", FALSE);
  unknown = make_order (centre, 1, 1);
  unknown->device = 9;
  unknown->id += 1;
  assert_verdict (centre, unknown, PIAO_VERDICT_REJECTED, "device.unknown", FALSE);
  g_assert_cmpint (count (centre, &count_orders, 0), ==, 0);
}

/* Whatever time his computer says it was made. */
static void
test_not_after_he_was_disabled (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoPushed) before = NULL;
  g_autoptr (PiaoPushed) after = NULL;

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  before = make_order (centre, 1, 1);
  after = make_order (centre, 2, 1);
  after->at = after->ruled_at = before->at - PIAO_DAY;
  assert_verdict (centre, before, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
  g_assert_true (
      piao_db_exec (centre->fixture->db, &disable_user, NULL, "i", (gint64)FIXTURE_KEEPER));
  assert_verdict (centre, after, PIAO_VERDICT_REFUSED, "command.user", FALSE);
  assert_verdict (centre, before, PIAO_VERDICT_ACCEPTED, NULL, TRUE);
  g_assert_cmpint (count (centre, &count_orders, 0), ==, 1);
}

/* It is owed for its number, and nothing of it may happen; sent before, its verdict stands. */
static void
test_withdrawn (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoPushed) first = NULL;
  g_autoptr (PiaoPushed) withdrawn = NULL;
  g_autoptr (PiaoPushed) third = NULL;

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  first = make_order (centre, 1, 1);
  withdrawn = make_order (centre, 2, 1);
  withdrawn->withdrawn = TRUE;
  third = make_order (centre, 3, 1);
  assert_verdict (centre, first, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
  assert_verdict (centre, withdrawn, PIAO_VERDICT_REFUSED, "command.withdrawn", FALSE);
  assert_verdict (centre, third, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
  g_assert_cmpint (count (centre, &count_orders, 0), ==, 2);
  first->withdrawn = TRUE;
  assert_verdict (centre, first, PIAO_VERDICT_ACCEPTED, NULL, TRUE);
}

static void
test_the_log_cannot_be_altered (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  PiaoDb *db = centre->fixture->db;
  gboolean sqlite = piao_db_get_engine (db) == PIAO_ENGINE_SQLITE;
  g_autoptr (GError) error = NULL;
  gint64 entries = 0;

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  for (gint64 dseq = 1; dseq <= 3; dseq++)
    {
      g_autoptr (PiaoPushed) pushed = make_order (centre, dseq, 1);

      assert_verdict (centre, pushed, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
    }
  g_assert_true (piao_ledger_verify (db, &entries, NULL));
  g_assert_cmpint (entries, ==, 4);
  g_assert_false (piao_db_exec (db, &spoil_log, NULL, "i", (gint64)2));
  g_assert_false (piao_db_exec (db, &cut_log, NULL, "i", (gint64)4));
  g_assert_true (piao_ledger_verify (db, &entries, NULL));
  /* Even who takes the guard away is found out. */
  piao_db_script (db,
                  sqlite ? "DROP TRIGGER command_log_is_kept; DROP TRIGGER command_log_is_fixed"
                         : "DROP TRIGGER command_log_is_kept ON command_log",
                  &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_exec (db, &cut_log, NULL, "i", (gint64)4));
  g_assert_false (piao_ledger_verify (db, &entries, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "log.chain");
  g_clear_error (&error);
  g_assert_true (piao_db_exec (db, &spoil_log, NULL, "i", (gint64)2));
  g_assert_false (piao_ledger_verify (db, &entries, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
}

/* --- pull ------------------------------------------------------------------------------------ */

/* Everything a user gets in pages of @max_bytes, by "kind id"; each row at most once while nothing
 * changes. */
static GHashTable *
pull_all (PiaoCentre *centre, gint64 user, gsize max_bytes, guint *pages)
{
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JsonArray) cursors = json_array_new ();
  gboolean more = TRUE;

  for (*pages = 0; more; ++*pages)
    {
      g_autoptr (PiaoReply) reply = piao_reply_new ();
      g_autoptr (JsonObject) answer = NULL;

      PiaoPullRequest request = { .cursors = cursors, .max_bytes = max_bytes };

      g_assert_true (piao_pull (centre->fixture->registry, centre->fixture->db, user, &request,
                                reply, NULL, NULL));
      for (guint i = 0; i < reply->blocks->len; i++)
        {
          const PiaoRowBlock *block = g_ptr_array_index (reply->blocks, i);

          for (guint row = 0; row < block->n_rows; row++)
            g_assert_true (g_hash_table_add (
                rows, g_strdup_printf ("%s %" G_GINT64_FORMAT " lane %" G_GINT64_FORMAT,
                                       block->kind->name, block->ids[row], block->lanes[row])));
        }
      answer = piao_reply_to_json (reply, 1);
      json_array_unref (cursors);
      cursors = json_array_ref (piao_json_get_array (piao_json_get_object (answer, "end"), "upto"));
      more = reply->more;
      g_assert_cmpuint (*pages, <, 1000);
    }
  return rows;
}

static void
test_pages_hold_every_row_once (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (GHashTable) whole = NULL;
  g_autoptr (GHashTable) paged = NULL;
  GHashTableIter iter;
  gpointer key;
  guint pages, n_whole;

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  for (gint64 dseq = 1; dseq <= 60; dseq++)
    {
      g_autoptr (PiaoPushed) pushed = make_order (centre, dseq, 1);

      assert_verdict (centre, pushed, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
    }
  whole = pull_all (centre, FIXTURE_KEEPER, PIAO_PULL_MAX_BYTES, &n_whole);
  g_assert_cmpuint (n_whole, ==, 1);
  paged = pull_all (centre, FIXTURE_KEEPER, PIAO_PULL_MIN_BYTES, &pages);
  g_assert_cmpuint (pages, >, 5);
  g_assert_cmpuint (g_hash_table_size (paged), ==, g_hash_table_size (whole));
  g_hash_table_iter_init (&iter, whole);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_assert_true (g_hash_table_contains (paged, key));
      g_assert_false (g_str_has_suffix (key, "lane 654000"));
    }
}

static void
test_scope_is_the_servers (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (GHashTable) rows = NULL;
  GHashTableIter iter;
  gpointer key;
  guint pages, own = 0;

  rows = pull_all (centre, FIXTURE_STRANGER, PIAO_PULL_MAX_BYTES, &pages);
  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_assert_false (g_str_has_suffix (key, "lane 652300"));
      own += g_str_has_suffix (key, "lane 654000") ? 1 : 0;
    }
  g_assert_cmpuint (own, >=, 4);
}

static int
stop_when_due (void *data)
{
  int *left = data;

  return --*left == 0;
}

/* The verdict when the database stops after @steps of its own steps; NULL with @error. */
static PiaoVerdict *
execute_failing (PiaoCentre *centre, const PiaoPushed *pushed, int steps, GError **error)
{
  PiaoDb *db = centre->fixture->db;
  g_autoptr (PiaoLedger) ledger = NULL;
  PiaoVerdict *verdict;

  g_assert_true (piao_db_begin (db, NULL));
  ledger = piao_ledger_begin (db, NULL);
  sqlite3_progress_handler (piao_db_get_sqlite (db), 1, stop_when_due, &steps);
  verdict = piao_ledger_execute (ledger, centre->fixture->registry, db, pushed,
                                 piao_clock_now (centre->clock), error);
  sqlite3_progress_handler (piao_db_get_sqlite (db), 0, NULL, NULL);
  piao_db_rollback (db);
  return verdict;
}

/* Wherever the database fails, the command is undecided and is asked again: a disk that stumbles
 * must never refuse what a clerk has done. */
static void
test_a_failing_database_refuses_nothing (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoPushed) order = NULL;
  gboolean done = FALSE;

  if (piao_db_get_engine (centre->fixture->db) != PIAO_ENGINE_SQLITE)
    {
      g_test_skip ("The steps of SQLite are counted");
      return;
    }
  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  order = make_order (centre, 1, 1);
  for (int steps = 1; !done; steps += 7)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PiaoVerdict) verdict = execute_failing (centre, order, steps, &error);

      g_assert_cmpint (steps, <, 1000000);
      done = verdict != NULL;
      if (done)
        g_assert_cmpint (verdict->state, ==, PIAO_VERDICT_ACCEPTED);
      else
        g_assert_true (g_str_has_prefix (piao_error_get_reason (error), "db."));
    }
  assert_verdict (centre, order, PIAO_VERDICT_ACCEPTED, NULL, FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/ledger/decided-once", test_decided_once);
  g_test_add_func ("/sync/ledger/in-the-order-of-the-device", test_in_the_order_of_the_device);
  g_test_add_func ("/sync/ledger/only-who-was-there", test_only_who_was_there);
  g_test_add_func ("/sync/ledger/not-after-he-was-disabled", test_not_after_he_was_disabled);
  g_test_add_func ("/sync/ledger/withdrawn", test_withdrawn);
  g_test_add_func ("/sync/ledger/the-log-cannot-be-altered", test_the_log_cannot_be_altered);
  g_test_add_func ("/sync/ledger/a-failing-database-refuses-nothing",
                   test_a_failing_database_refuses_nothing);
  g_test_add_func ("/sync/pull/pages-hold-every-row-once", test_pages_hold_every_row_once);
  g_test_add_func ("/sync/pull/scope-is-the-servers", test_scope_is_the_servers);
  return g_test_run ();
}
