/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The spool as rows: what is queued stays, in order, whole, and is decided once. */

#include "base/piao-error.h"
#include "print-fixture.h"
#include "print/piao-spool.h"

#define NOW G_GINT64_CONSTANT (1779328800000)

PIAO_STATEMENT (spoil_bytes, "UPDATE spool SET bytes = $2 WHERE id = $1");

static void
assert_state (PiaoDb *db, gint64 id, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoSpoolJob) job = piao_spool_load (db, id, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (job->state, ==, state);
}

static void
assert_begins (const PiaoSpoolJob *job, const char *start)
{
  g_assert_cmpuint (g_bytes_get_size (job->bytes), >, strlen (start));
  g_assert_cmpmem (g_bytes_get_data (job->bytes, NULL), strlen (start), start, strlen (start));
}

static gint64
enqueue (PiaoDb *db, const PiaoPrinter *printer, gint64 parcel, guint copy)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  piao_spool_enqueue_label (db, printer, "parcel-100x70", data, 70, parcel, copy, NOW, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

static gint64
enqueue_paper (PiaoDb *db, const char *printer)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("paper", 5);
  PiaoSpoolJob job = { .kind = (char *)"paper",
                       .template_name = (char *)"handover",
                       .copy = 1,
                       .name = (char *)"JJ1",
                       .printer = (char *)printer,
                       .format = (char *)"zpl",
                       .bytes = bytes };
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  piao_spool_enqueue (db, &job, NOW, &id, &error);
  g_assert_no_error (error);
  return id;
}

static PiaoSpoolJob *
take (PiaoDb *db, const PiaoPrinter *printer)
{
  g_autoptr (GError) error = NULL;
  PiaoSpoolJob *job = piao_spool_take (db, printer->name, NOW, &error);

  g_assert_no_error (error);
  return job;
}

static void
assert_counts (PiaoDb *db, guint waiting, guint failed)
{
  guint n_waiting = 99, n_failed = 99;

  g_assert_true (piao_spool_count (db, &n_waiting, &n_failed, NULL));
  g_assert_cmpuint (n_waiting, ==, waiting);
  g_assert_cmpuint (n_failed, ==, failed);
}

static void
test_jobs_go_out_in_order (void)
{
  g_autoptr (PiaoDb) db = fixture_db (":memory:");
  g_autoptr (PiaoPrinter) counter = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  g_autoptr (PiaoPrinter) other = fixture_printer ("other", "socket://127.0.0.2", "tspl");
  gint64 first = enqueue (db, counter, 1, 1);
  gint64 second = enqueue (db, counter, 2, 1);
  gint64 elsewhere = enqueue (db, other, 3, 1);
  g_autoptr (PiaoSpoolJob) a = take (db, counter);
  g_autoptr (PiaoSpoolJob) b = NULL;
  g_autoptr (PiaoSpoolJob) c = take (db, other);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (a->id, ==, first);
  g_assert_cmpstr (a->state, ==, "sending");
  g_assert_cmpuint (a->tries, ==, 1);
  g_assert_cmpstr (a->name, ==, FIXTURE_ORDER_NO);
  assert_begins (a, "^XA");
  g_assert_cmpint (c->id, ==, elsewhere);
  assert_begins (c, "SIZE");
  assert_counts (db, 3, 0);
  g_assert_true (piao_spool_mark_printed (db, first, NOW, NULL));
  assert_state (db, first, "printed");
  g_assert_false (piao_spool_mark_printed (db, first, NOW, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CONFLICT);
  b = take (db, counter);
  g_assert_cmpint (b->id, ==, second);
  g_assert_true (piao_spool_mark_failed (db, second, "No paper.", NOW, NULL));
  g_assert_null (take (db, counter));
  assert_counts (db, 1, 1);
  g_assert_true (piao_spool_retry (db, second, NOW, NULL));
  assert_state (db, second, "queued");
}

static void
test_damaged_bytes_are_never_printed (void)
{
  g_autoptr (PiaoDb) db = fixture_db (":memory:");
  g_autoptr (PiaoPrinter) printer = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  gint64 damaged = enqueue (db, printer, 1, 1);
  gint64 good = enqueue (db, printer, 2, 1);
  g_autoptr (GBytes) other = g_bytes_new_static ("^XA^XZ", 6);
  g_autoptr (PiaoSpoolJob) job = NULL;

  g_assert_true (piao_db_exec (db, &spoil_bytes, NULL, "ib", damaged, other));
  job = take (db, printer);
  g_assert_cmpint (job->id, ==, good);
  assert_state (db, damaged, "failed");
}

static void
test_a_newer_copy_supersedes (void)
{
  g_autoptr (PiaoDb) db = fixture_db (":memory:");
  g_autoptr (PiaoPrinter) printer = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  gint64 first = enqueue (db, printer, 1, 1);
  gint64 second = enqueue (db, printer, 1, 2);
  gint64 third;
  g_autoptr (PiaoSpoolJob) job = NULL;
  g_autoptr (PiaoSpoolJob) next = NULL;

  assert_state (db, first, "superseded");
  job = take (db, printer);
  g_assert_cmpint (job->id, ==, second);
  g_assert_cmpuint (job->copy, ==, 2);
  /* The third is asked for while the second is on its way to a printer that then is off. */
  third = enqueue (db, printer, 1, 3);
  assert_state (db, second, "sending");
  g_assert_true (piao_spool_mark_waiting (db, second, "Off.", NOW, NULL));
  assert_state (db, second, "superseded");
  next = take (db, printer);
  g_assert_cmpint (next->id, ==, third);
}

static void
test_a_refused_label_queues_nothing (void)
{
  g_autoptr (PiaoDb) db = fixture_db (":memory:");
  g_autoptr (PiaoPrinter) printer = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (GError) error = NULL;
  gint64 first = enqueue (db, printer, 1, 1);

  piao_label_data_set (data, "confirm_no", NULL);
  g_assert_false (
      piao_spool_enqueue_label (db, printer, "parcel-100x70", data, 70, 1, 2, NOW, NULL, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "label.missing");
  assert_state (db, first, "queued");
  assert_counts (db, 1, 0);
}

static void
test_a_crash_loses_no_label (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "replica.db", NULL);
  g_autoptr (PiaoPrinter) socket = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  g_autoptr (PiaoPrinter) cups = fixture_printer ("queue", "cups:Label", "zpl");
  gint64 label, paper, cups_paper;
  g_autoptr (PiaoDb) db = fixture_db (path);
  g_autoptr (PiaoSpoolJob) a = NULL, b = NULL, c = NULL, again = NULL, listed = NULL;

  label = enqueue (db, socket, 1, 1);
  paper = enqueue_paper (db, "counter");
  cups_paper = enqueue_paper (db, "queue");
  a = take (db, socket);
  b = take (db, socket);
  c = take (db, cups);
  g_clear_pointer (&db, piao_db_free);

  db = fixture_db (path);
  assert_counts (db, 3, 0);
  g_assert_true (piao_spool_recover (db, socket, NOW, NULL));
  g_assert_true (piao_spool_recover (db, cups, NOW, NULL));
  assert_state (db, label, "queued");
  assert_state (db, paper, "failed");
  assert_state (db, cups_paper, "queued");
  listed = piao_spool_load (db, paper, NULL);
  g_assert_true (listed->unknown);
  g_assert_nonnull (listed->error);
  again = take (db, socket);
  g_assert_cmpint (again->id, ==, label);
  g_assert_cmpuint (again->tries, ==, 2);
  g_assert_true (g_bytes_equal (again->bytes, a->bytes));
  g_assert_true (piao_spool_confirm_printed (db, paper, NOW, NULL));
  assert_state (db, paper, "printed");
  g_assert_false (piao_spool_confirm_printed (db, paper, NOW, NULL));
  fixture_remove (folder);
}

static void
test_a_label_moves_to_another_printer (void)
{
  g_autoptr (PiaoDb) db = fixture_db (":memory:");
  g_autoptr (PiaoPrinter) counter = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  g_autoptr (PiaoPrinter) pdf = fixture_printer ("pdf", "folder:/tmp/labels", "pdf");
  gint64 first = enqueue (db, counter, 1, 2);
  gint64 moved = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoSpoolJob) job = NULL;

  piao_spool_move (db, first, pdf, NOW, &moved, &error);
  g_assert_no_error (error);
  assert_state (db, first, "superseded");
  g_assert_null (take (db, counter));
  job = take (db, pdf);
  g_assert_cmpint (job->id, ==, moved);
  g_assert_cmpuint (job->copy, ==, 2);
  g_assert_cmpstr (job->format, ==, "pdf");
  assert_begins (job, "%PDF-");
}

static void
test_scanning_the_label_verifies_it (void)
{
  g_autoptr (PiaoDb) db = fixture_db (":memory:");
  g_autoptr (PiaoPrinter) printer = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  gint64 id = enqueue (db, printer, 5, 1);
  g_autoptr (PiaoSpoolJob) job = NULL;

  g_assert_true (piao_spool_verify (db, 5, NOW, NULL));
  assert_state (db, id, "queued");
  job = take (db, printer);
  g_assert_true (piao_spool_mark_printed (db, id, NOW, NULL));
  g_assert_true (piao_spool_verify (db, 5, NOW, NULL));
  assert_state (db, id, "verified");
}

static void
test_old_bytes_are_dropped_and_rows_stay (void)
{
  g_autoptr (PiaoDb) db = fixture_db (":memory:");
  g_autoptr (PiaoPrinter) printer = fixture_printer ("counter", "socket://127.0.0.1", "zpl");
  gint64 done = enqueue (db, printer, 1, 1);
  gint64 open = enqueue (db, printer, 2, 1);
  g_autoptr (PiaoSpoolJob) job = take (db, printer);
  g_autoptr (PiaoSpoolJob) kept = NULL;
  g_autoptr (PiaoSpoolJob) trimmed = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_assert_true (piao_spool_mark_printed (db, done, NOW, NULL));
  g_assert_true (piao_spool_trim (db, NOW + 1, NULL));
  trimmed = piao_spool_load (db, done, NULL);
  kept = piao_spool_load (db, open, NULL);
  g_assert_null (trimmed->bytes);
  g_assert_nonnull (kept->bytes);
  list = piao_spool_list (db, 70, 10, NULL);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpint (((PiaoSpoolJob *)list->pdata[0])->id, ==, open);
}

static void
test_printers_are_checked (void)
{
  static const char *const bad[] = {
    "{}",
    "{\"name\":\"a\",\"address\":\"socket://h\",\"language\":\"pcl\"}",
    "{\"name\":\"a\",\"address\":\"socket://h\",\"dpi\":96}",
    "{\"name\":\"a\",\"address\":\"socket://h\",\"x\":5000}",
    "{\"name\":\"a\",\"address\":\"folder:/x\",\"language\":\"zpl\"}",
    "{\"name\":\"a\",\"address\":\"socket://h\",\"language\":\"pdf\"}",
    "{\"name\":\"a\\u0001\",\"address\":\"socket://h\"}",
  };
  g_autoptr (PiaoPrinter) printer = fixture_printer ("出票台", "socket://10.0.0.9:9100", "tspl");
  g_autofree char *text = NULL;
  g_autoptr (PiaoPrinter) again = NULL;

  printer->offset_x = -12;
  printer->dpi = 300;
  text = piao_printer_to_text (printer);
  again = piao_printer_parse (text, NULL);
  g_assert_cmpstr (again->name, ==, "出票台");
  g_assert_cmpint (again->offset_x, ==, -12);
  g_assert_cmpuint (again->dpi, ==, 300);
  g_assert_cmpint (again->language, ==, PIAO_PRINTER_TSPL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_printer_parse (bad[i], &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spool/order", test_jobs_go_out_in_order);
  g_test_add_func ("/spool/damaged", test_damaged_bytes_are_never_printed);
  g_test_add_func ("/spool/supersede", test_a_newer_copy_supersedes);
  g_test_add_func ("/spool/refused", test_a_refused_label_queues_nothing);
  g_test_add_func ("/spool/crash", test_a_crash_loses_no_label);
  g_test_add_func ("/spool/move", test_a_label_moves_to_another_printer);
  g_test_add_func ("/spool/verify", test_scanning_the_label_verifies_it);
  g_test_add_func ("/spool/trim", test_old_bytes_are_dropped_and_rows_stay);
  g_test_add_func ("/spool/printers", test_printers_are_checked);
  return g_test_run ();
}
