/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <sqlite3.h>

#include "base/piao-error.h"
#include "store/piao-outbox-private.h"
#include "store/piao-search.h"
#include "tests/store/outbox-world.h"

PIAO_STATEMENT (test_clear_search, "DELETE FROM search_row");
PIAO_STATEMENT (test_clear_words, "DELETE FROM search");
PIAO_STATEMENT (test_count_undo, "SELECT COUNT(*) FROM outbox WHERE undo IS NOT NULL");
PIAO_STATEMENT (test_count_all, "SELECT COUNT(*) FROM outbox");
PIAO_STATEMENT (test_sum_args, "SELECT SUM(octet_length(args)) FROM outbox");
PIAO_STATEMENT (test_lowest, "SELECT MIN(dseq) FROM outbox");
PIAO_STATEMENT (test_dseq_gaps, "SELECT MAX(dseq) - COUNT(*) FROM outbox");

static gint64
stock_of (PiaoDb *db, gint64 shelf)
{
  g_autoptr (PiaoRecord) record = piao_record_load (db, &shelf_kind, shelf, NULL);

  g_assert_nonnull (record);
  return piao_record_int (record, SHELF_STOCK);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void
test_a_refusal_leaves_no_trace (World *world, gconstpointer data)
{
  gint64 shelf = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL)));
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  g_assert_cmpint (world_run (world, "shelf.move", shelf_args_move (shelf, 5)), !=, 0);
  before = shelf_dump (world->desktop, TRUE);
  g_assert_cmpint (world_run (world, "shelf.move", shelf_args_move (shelf, -6)), ==, 0);
  g_assert_cmpint (world_run (world, "shelf.add", shelf_args_add ("1", "二", NULL)), ==, 0);
  g_assert_cmpint (world_run (world, "shelf.fly", shelf_args_move (shelf, 1)), ==, 0);
  after = shelf_dump (world->desktop, TRUE);
  g_assert_cmpstr (before, ==, after);
  entries = piao_outbox_list_unsent (world->desktop, 10, NULL);
  g_assert_cmpuint (entries->len, ==, 2);
  for (guint i = 0; i < entries->len; i++)
    g_assert_cmpint (((PiaoOutboxEntry *)entries->pdata[i])->dseq, ==, i + 1);
}

static void
test_pending_commands_stand_on_the_servers_rows (World *world, gconstpointer data)
{
  gint64 shelf;
  gint64 first;
  gint64 second;

  g_test_message ("A shelf with 10 is known to everybody");
  first = world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL));
  shelf = SHELF_ROW_OF (first);
  world_run (world, "shelf.move", shelf_args_move (shelf, 10));
  world_push (world, 10);
  world_pull (world, world->seq);
  world_assert_state (world, first, "accepted ");
  g_assert_cmpint (world_count (world->desktop, &test_count_undo), ==, 0);
  world_assert_equal (world);

  g_test_message ("Two take from it here, and somebody else takes 5 there");
  first = world_run (world, "shelf.move", shelf_args_move (shelf, -4));
  second = world_run (world, "shelf.move", shelf_args_move (shelf, -4));
  g_assert_cmpint (world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, -5)), !=, 0);
  world_pull (world, world->seq);
  g_assert_cmpint (stock_of (world->desktop, shelf), ==, 1);
  world_assert_state (world, first, "queued ");
  world_assert_state (world, second, "refused shelf.empty");

  g_test_message ("Somebody brings 5: what was refused only here applies again");
  g_assert_cmpint (world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, 5)), !=, 0);
  world_pull (world, world->seq);
  g_assert_cmpint (stock_of (world->desktop, shelf), ==, 2);
  world_assert_state (world, second, "queued ");

  g_test_message ("Before the line is back somebody takes 3: the server refuses the second");
  g_assert_cmpint (world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, -3)), !=, 0);
  world_push (world, 10);
  world_assert_state (world, second, "refused shelf.empty");
  world_pull (world, world->seq);
  world_assert_equal (world);
  g_assert_cmpint (stock_of (world->desktop, shelf), ==, 3);
  g_assert_cmpint (world_count (world->desktop, &test_count_undo), ==, 0);
  shelf_check (world->desktop);
}

static void
test_accepted_ones_stay_until_their_rows_come (World *world, gconstpointer data)
{
  gint64 shelf;
  gint64 command;

  shelf = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL)));
  world_push (world, 10);
  world_pull (world, world->seq);
  command = world_run (world, "shelf.move", shelf_args_move (shelf, 3));
  world_push (world, 10);
  g_test_message ("Accepted, but a pull that ends before it");
  world_pull (world, world->seq - 1);
  g_assert_cmpint (stock_of (world->desktop, shelf), ==, 3);
  world_assert_state (world, command, "accepted ");
  g_assert_cmpint (world_count (world->desktop, &test_count_undo), ==, 1);
  world_pull (world, world->seq);
  g_assert_cmpint (world_count (world->desktop, &test_count_undo), ==, 0);
  world_assert_equal (world);
}

static void
test_an_accepted_one_that_fails_here_is_quiet (World *world, gconstpointer data)
{
  gint64 shelf = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL)));
  gint64 take;

  world_push (world, 10);
  world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, 5));
  world_pull (world, 2);
  take = world_run (world, "shelf.move", shelf_args_move (shelf, -3));
  world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, -5));
  world_pull (world, 3);
  world_assert_state (world, take, "refused shelf.empty");
  g_test_message ("There it comes after +3 and is accepted; these rows are not here yet");
  world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, 3));
  world_push (world, 10);
  world_assert_state (world, take, "accepted ");
  world_pull (world, 3);
  world_assert_state (world, take, "accepted ");
  g_assert_cmpint (stock_of (world->desktop, shelf), ==, 0);
  world_pull (world, world->seq);
  world_assert_equal (world);
  g_assert_cmpint (world_count (world->desktop, &test_count_undo), ==, 0);
}

static void
test_search_text_follows_the_rebase (World *world, gconstpointer data)
{
  gint64 add = world_run (world, "shelf.add", shelf_args_add ("1", "伊宁", NULL));
  g_autoptr (GArray) before = piao_search_find (world->desktop, &shelf_kind, "伊宁", 9, NULL);
  g_autoptr (GArray) after = NULL;

  g_assert_cmpuint (before->len, ==, 1);
  g_test_message ("The code is taken on the server: the row goes, and its text with it");
  g_assert_cmpint (world_run_elsewhere (world, "shelf.add", shelf_args_add ("1", "喀什", NULL)), !=,
                   0);
  world_push (world, 10);
  world_pull (world, world->seq);
  world_assert_state (world, add, "refused db.unique");
  after = piao_search_find (world->desktop, &shelf_kind, "伊宁", 9, NULL);
  g_assert_cmpuint (after->len, ==, 0);
  world_assert_equal (world);
}

static void
test_the_sync_centre (World *world, gconstpointer data)
{
  gint64 add = world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL));
  gint64 move = world_run (world, "shelf.move", shelf_args_move (SHELF_ROW_OF (add), 5));
  g_autoptr (GPtrArray) refused = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  PiaoOutboxCounts counts;

  g_assert_true (piao_outbox_count (world->desktop, &counts, NULL));
  g_assert_cmpuint (counts.waiting, ==, 2);
  g_assert_cmpint (counts.oldest, ==, G_GINT64_CONSTANT (1750000000000));
  g_assert_false (piao_outbox_discard (world->desktop, move, "x", &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.undecided");
  g_clear_error (&error);
  g_assert_true (piao_outbox_accept (world->desktop, add, 1, NULL));
  g_assert_true (piao_outbox_refuse (world->desktop, move, "shelf.empty", "Nothing there.", NULL));
  g_assert_true (piao_outbox_count (world->desktop, &counts, NULL));
  g_assert_cmpuint (counts.waiting, ==, 0);
  g_assert_cmpuint (counts.refused, ==, 1);
  g_assert_cmpint (counts.oldest, ==, 0);
  refused = piao_outbox_list_refused (world->desktop, 10, NULL);
  g_assert_cmpuint (refused->len, ==, 1);
  g_assert_cmpstr (((PiaoOutboxEntry *)refused->pdata[0])->message, ==, "Nothing there.");
  g_assert_true (piao_outbox_discard (world->desktop, move, "counted again", &error));
  g_assert_false (piao_outbox_discard (world->desktop, move, "again", &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.state");
  g_clear_error (&error);
  all = piao_outbox_list (world->desktop, 10, NULL);
  g_assert_cmpint (((PiaoOutboxEntry *)all->pdata[0])->id, ==, move);
  g_assert_cmpstr (((PiaoOutboxEntry *)all->pdata[0])->note, ==, "counted again");
  g_assert_false (piao_outbox_accept (world->desktop, 12345, 1, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.unknown");
}

static void
test_parked_ones_go_back (World *world, gconstpointer data)
{
  gint64 add = world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL));
  g_autoptr (GPtrArray) unsent = NULL;

  g_assert_true (piao_outbox_park (world->desktop, add, "access.scope", "Taken away.", NULL));
  world_pull (world, 0);
  world_assert_equal (world);
  unsent = piao_outbox_list_unsent (world->desktop, 10, NULL);
  g_assert_cmpuint (unsent->len, ==, 1);
  world_assert_state (world, add, "parked access.scope");

  g_test_message ("The centre refuses it too: it stays where a person looks for it");
  g_assert_true (piao_outbox_refuse (world->desktop, add, "access.permission", "No.", NULL));
  world_assert_state (world, add, "parked access.scope");
  g_assert_true (piao_outbox_discard (world->desktop, add, NULL, NULL));
}

static void
test_put_away_before_it_was_sent (World *world, gconstpointer data)
{
  gint64 add = world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL));
  g_autoptr (GPtrArray) unsent = NULL;
  g_autoptr (GPtrArray) none = NULL;

  g_assert_true (piao_outbox_park (world->desktop, add, "access.scope", "Taken away.", NULL));
  g_assert_true (piao_outbox_discard (world->desktop, add, "not needed", NULL));
  g_test_message ("Its number is still owed to the centre, and nothing else");
  unsent = piao_outbox_list_unsent (world->desktop, 10, NULL);
  g_assert_cmpuint (unsent->len, ==, 1);
  g_assert_cmpstr (((PiaoOutboxEntry *)unsent->pdata[0])->state, ==, "discarded");
  g_assert_true (piao_outbox_refuse (world->desktop, add, "command.withdrawn", "Put away.", NULL));
  none = piao_outbox_list_unsent (world->desktop, 10, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  world_assert_state (world, add, "discarded access.scope");
}

/* The new command's id, or 0 with @error. @args is taken. */
static gint64
resend (World *world, gint64 command, JsonObject *args, GError **error)
{
  PiaoContext context = { piao_id_source_take (&world->ids, PIAO_ID_PER_COMMAND),
                          G_GINT64_CONSTANT (1750000000000),
                          0,
                          7,
                          PIAO_SIDE_DESKTOP,
                          0 };
  g_autofree char *text = args != NULL ? piao_json_object_to_text (args) : NULL;

  g_clear_pointer (&args, json_object_unref);
  g_assert_true (piao_db_begin (world->desktop, NULL));
  if (piao_outbox_resend (world->registry, world->desktop, &context, command, text, error))
    {
      g_assert_true (piao_db_commit (world->desktop, NULL));
      return context.command;
    }
  piao_db_rollback (world->desktop);
  return 0;
}

static void
test_sent_again_in_another_way (World *world, gconstpointer data)
{
  gint64 shelf = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL)));
  gint64 take, again;
  g_autoptr (PiaoOutboxEntry) old = NULL;
  g_autoptr (GError) error = NULL;

  world_run (world, "shelf.move", shelf_args_move (shelf, 4));
  take = world_run (world, "shelf.move", shelf_args_move (shelf, -4));
  g_assert_cmpint (resend (world, take, NULL, &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.undecided");
  g_clear_error (&error);

  g_test_message ("Somebody was quicker, so the centre refuses to take four");
  world_push (world, 2);
  world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, -3));
  world_push (world, 10);
  world_pull (world, world->seq);
  world_assert_state (world, take, "refused shelf.empty");
  g_assert_cmpint (resend (world, take, NULL, &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "shelf.empty");
  g_clear_error (&error);
  world_assert_state (world, take, "refused shelf.empty");

  g_test_message ("With one instead it goes; the old entry names the new one");
  again = resend (world, take, shelf_args_move (shelf, -1), &error);
  g_assert_no_error (error);
  old = piao_outbox_find (world->desktop, take, NULL);
  g_assert_cmpstr (old->state, ==, "discarded");
  g_assert_cmpint (old->successor, ==, again);
  g_assert_nonnull (old->note);
  g_assert_cmpint (resend (world, take, NULL, &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "outbox.state");
  world_push (world, 10);
  world_pull (world, world->seq);
  world_assert_state (world, again, "accepted ");
  world_assert_equal (world);
  g_assert_cmpint (stock_of (world->desktop, shelf), ==, 0);
  g_assert_cmpint (world_count (world->desktop, &test_dseq_gaps), ==, 0);
}

static void
test_found_on_the_record (World *world, gconstpointer data)
{
  gint64 add = world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL));
  g_autoptr (GPtrArray) made = NULL;
  g_autoptr (GPtrArray) named = NULL;
  g_autoptr (GPtrArray) none = NULL;

  world_run (world, "shelf.add", shelf_args_add ("2", "二", NULL));
  none = piao_outbox_list_about (world->desktop, SHELF_ROW_OF (add), 10, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  g_clear_pointer (&none, g_ptr_array_unref);
  g_test_message ("Only what a person has to look at stands on the record");
  piao_db_script (world->desktop, "UPDATE outbox SET state = 'refused'", NULL);
  made = piao_outbox_list_about (world->desktop, SHELF_ROW_OF (add), 10, NULL);
  g_assert_cmpuint (made->len, ==, 1);
  g_assert_cmpint (((PiaoOutboxEntry *)made->pdata[0])->id, ==, add);
  none = piao_outbox_list_about (world->desktop, SHELF_ROW_OF (add) + 1, 10, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  piao_db_script (world->desktop, "UPDATE outbox SET args = '{\"order\":\"4711\"}' WHERE dseq = 2;",
                  NULL);
  named = piao_outbox_list_about (world->desktop, 4711, 10, NULL);
  g_assert_cmpuint (named->len, ==, 1);
  g_assert_cmpint (((PiaoOutboxEntry *)named->pdata[0])->dseq, ==, 2);
}

/* What was done long ago, in numbers from @first to @last. */
static void
keep (World *world, gint64 first, gint64 last, guint bytes)
{
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT %" G_GINT64_FORMAT
      " UNION ALL SELECT i + 1 FROM n WHERE i < %" G_GINT64_FORMAT ")"
      " INSERT INTO outbox (dseq, id, name, args, at, actor, state, decided, seq)"
      " SELECT i, i * 4096, 'shelf.move', printf ('{\"shelf\":\"%%.*c\"}', %u, '7'), 1, 7,"
      " 'accepted', 1, i FROM n",
      first, last, bytes);

  g_assert_true (piao_db_script (world->desktop, sql, NULL));
}

static void
test_old_entries_go (World *world, gconstpointer data)
{
  gint64 id = 0, last;

  keep (world, 1, PIAO_OUTBOX_KEPT + 90, 20);
  piao_db_script (world->desktop, "UPDATE outbox SET state = 'refused' WHERE dseq = 5", NULL);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *code = g_strdup_printf ("%u", i);

      last = world_run (world, "shelf.add", shelf_args_add (code, "x", NULL));
    }
  world_push (world, 2000);
  world_pull (world, world->seq);
  g_assert_cmpint (world_count (world->desktop, &test_count_all), ==, PIAO_OUTBOX_KEPT + 1);
  g_assert_cmpint (world_count (world->desktop, &test_dseq_gaps), ==, 99);
  g_assert_cmpint (world_count (world->desktop, &test_count_undo), ==, 0);
  g_assert_true (piao_outbox_get_last_id (world->desktop, &id, NULL));
  g_assert_cmpint (id, ==, last + (PIAO_ID_PER_COMMAND - 1) * PIAO_ID_STRIDE);

  g_test_message ("Those that say much go sooner; what a person has to look at stays");
  piao_db_script (world->desktop, "DELETE FROM outbox WHERE dseq > 5", NULL);
  keep (world, 6, 2000, 20000);
  world_run (world, "shelf.add", shelf_args_add ("many", "x", NULL));
  world_pull (world, world->seq);
  g_assert_cmpint (world_count (world->desktop, &test_sum_args), <=, PIAO_OUTBOX_KEPT_BYTES);
  g_assert_cmpint (world_count (world->desktop, &test_sum_args), >,
                   PIAO_OUTBOX_KEPT_BYTES - 3 * 20000);
  g_assert_cmpint (world_count (world->desktop, &test_lowest), ==, 5);
}

static int
count_step (gpointer data)
{
  (*(guint64 *)data)++;
  return 0;
}

/* The instructions of SQLite's machine for all that is asked from one scan to the next. */
static guint64
count_instructions (World *world, gint64 shelf)
{
  sqlite3 *handle = piao_db_get_sqlite (world->desktop);
  PiaoOutboxCounts counts;
  guint64 steps = 0;

  sqlite3_progress_handler (handle, 1, count_step, &steps);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GPtrArray) newest = NULL;
      g_autoptr (GPtrArray) refused = NULL;
      g_autoptr (GPtrArray) about = NULL;

      world_run (world, "shelf.move", shelf_args_move (shelf, 1));
      g_assert_true (piao_outbox_count (world->desktop, &counts, NULL));
      newest = piao_outbox_list (world->desktop, 10, NULL);
      refused = piao_outbox_list_refused (world->desktop, 10, NULL);
      about = piao_outbox_list_about (world->desktop, shelf, 10, NULL);
      world_push (world, 10);
      world_pull (world, world->seq);
    }
  sqlite3_progress_handler (handle, 0, NULL, NULL);
  g_assert_cmpuint (counts.waiting, ==, 1);
  return steps;
}

static void
test_what_is_kept_costs_nothing (World *world, gconstpointer data)
{
  gint64 shelf = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("1", "x", NULL)));
  guint64 few, many;

  for (guint i = 0; i < 20; i++)
    world_run (world, "shelf.move", shelf_args_move (shelf, 1));
  world_push (world, 100);
  world_pull (world, world->seq);
  few = count_instructions (world, shelf);
  keep (world, 100, 20100, 100);
  world_run (world, "shelf.move", shelf_args_move (shelf, 1));
  world_push (world, 10);
  world_pull (world, world->seq);
  many = count_instructions (world, shelf);
  g_test_message ("%" G_GUINT64_FORMAT " instructions, with 20,000 kept %" G_GUINT64_FORMAT, few,
                  many);
  g_assert_cmpuint (few, >, 1000);
  g_assert_cmpuint (many, <, few + few / 20);
}

static guint n_expected;

/* Swallows the criticals a test expects. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if ((level & G_LOG_LEVEL_CRITICAL) == 0 || n_expected == 0)
    return g_log_writer_default (level, fields, n_fields, data);
  n_expected--;
  return G_LOG_WRITER_HANDLED;
}

static void
test_past_the_outbox_is_noticed (World *world, gconstpointer data)
{
  gint64 shelf = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL)));

  world_push (world, 10);
  world_pull (world, world->seq);
  world_run (world, "shelf.rename", shelf_args_rename (shelf, "二"));
  piao_db_script (world->desktop, "UPDATE test_shelf SET name = '三'", NULL);
  n_expected = 1;
  world_pull (world, world->seq);
  g_assert_cmpuint (n_expected, ==, 0);
}

/* Whatever happens here and there, in the end both have the same rows and the text is theirs. */
static void
test_anything_converges (World *world, gconstpointer data)
{
  g_autoptr (GArray) shelves = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *kept = NULL;
  g_autofree char *fresh = NULL;
  PiaoOutboxCounts counts;
  guint n_code = 0;

  for (guint step = 0; step < 1500; step++)
    {
      gboolean here = g_test_rand_bit ();
      int what = g_test_rand_int_range (0, 100);
      gint64 shelf
          = shelves->len > 0
                ? g_array_index (shelves, gint64, g_test_rand_int_range (0, (gint32)shelves->len))
                : 0;
      g_autofree char *text = NULL;
      gint64 (*run) (World *, const char *, JsonObject *) = here ? world_run : world_run_elsewhere;
      gint64 command;

      if (what < 10)
        {
          text = g_strdup_printf ("C%u", g_test_rand_bit () ? n_code++ : n_code / 2);
          command = run (world, "shelf.add", shelf_args_add (text, "货架", "13800001111"));
          if (command != 0 && shelves->len < 12)
            {
              shelf = SHELF_ROW_OF (command);
              g_array_append_val (shelves, shelf);
            }
        }
      else if (what < 25)
        {
          text = g_strdup_printf ("伊宁 %u", step);
          run (world, "shelf.rename", shelf_args_rename (shelf, text));
        }
      else if (what < 80)
        run (world, "shelf.move", shelf_args_move (shelf, g_test_rand_int_range (-8, 8)));
      else if (what < 90)
        world_push (world, (guint)g_test_rand_int_range (1, 6));
      else if (what < 95)
        world_pull (world, g_test_rand_int_range ((gint32)world->cursor, (gint32)world->seq + 1));
      else
        {
          /* Only what was pulled to the end is a state that the server was in. */
          world_pull (world, world->seq);
          shelf_check (world->desktop);
        }
    }
  world_push (world, G_MAXINT);
  world_pull (world, world->seq);
  world_assert_equal (world);
  shelf_check (world->desktop);
  g_assert_cmpint (world_count (world->desktop, &test_count_undo), ==, 0);
  g_assert_true (piao_outbox_count (world->desktop, &counts, NULL));
  g_test_message ("%" G_GINT64_FORMAT " accepted there, %u refused", world->seq, counts.refused);
  g_assert_cmpuint (counts.waiting, ==, 0);
  g_assert_cmpuint (counts.refused, >, 0);

  g_test_message ("The search text is what it would be if it were made now");
  kept = shelf_dump (world->desktop, TRUE);
  piao_db_exec (world->desktop, &test_clear_words, NULL, "");
  piao_db_exec (world->desktop, &test_clear_search, NULL, "");
  world->cursor = 0;
  world_apply_rows (world->desktop, world, NULL);
  fresh = shelf_dump (world->desktop, TRUE);
  g_assert_cmpstr (kept, ==, fresh);
}

PIAO_STATEMENT (test_hurt_undo, "UPDATE outbox SET undo = $1");

/* SQLite would walk for ever through a table without columns. */
static void
test_an_unreadable_undo_is_said (World *world, gconstpointer data)
{
  static const guint8 bytes[] = { 'T', 0, 0xff };
  g_autoptr (GBytes) undo = g_bytes_new_static (bytes, sizeof bytes);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL)), !=, 0);
  g_assert_true (piao_db_exec (world->desktop, &test_hurt_undo, NULL, "b", undo));
  g_assert_true (piao_db_begin (world->desktop, NULL));
  g_assert_false (
      piao_outbox_rebase (world->registry, world->desktop, 0, 0, world_apply_rows, world, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
  piao_db_rollback (world->desktop);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (World *world, gconstpointer data);
  } tests[] = {
    { "/store/outbox/refusal-leaves-no-trace", test_a_refusal_leaves_no_trace },
    { "/store/outbox/rebase", test_pending_commands_stand_on_the_servers_rows },
    { "/store/outbox/accepted-stay", test_accepted_ones_stay_until_their_rows_come },
    { "/store/outbox/accepted-fails-quietly", test_an_accepted_one_that_fails_here_is_quiet },
    { "/store/outbox/search-text", test_search_text_follows_the_rebase },
    { "/store/outbox/sync-centre", test_the_sync_centre },
    { "/store/outbox/parked", test_parked_ones_go_back },
    { "/store/outbox/put-away-unsent", test_put_away_before_it_was_sent },
    { "/store/outbox/sent-again", test_sent_again_in_another_way },
    { "/store/outbox/on-the-record", test_found_on_the_record },
    { "/store/outbox/old-entries", test_old_entries_go },
    { "/store/outbox/kept-costs-nothing", test_what_is_kept_costs_nothing },
    { "/store/outbox/past-the-outbox", test_past_the_outbox_is_noticed },
    { "/store/outbox/unreadable-undo", test_an_unreadable_undo_is_said },
    { "/store/outbox/converges", test_anything_converges },
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, World, NULL, world_set_up, tests[i].func, world_tear_down);
  return g_test_run ();
}
