/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* From the command to the paper: a real replica with the real rulebook, real sockets, and a
 * process that is killed while it prints. */

#include <libdex.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "domain/piao-domain.h"
#include "print-fixture.h"
#include "print-server.h"
#include "print/piao-spooler.h"

#define LIMIT (30 * G_USEC_PER_SEC)
#define CONFIRMED_ORDER 500
#define HELD_ORDER 501
#define FIRST_PARCEL 600
#define HELD_PARCEL 699
#define N_PARCELS 12

static const char world[]
    = "INSERT INTO warehouse (id, lane, code, name, org_id, level, gateway_no)"
      " VALUES (1, 0, 'YL', '伊犁分库', 1, 'branch', 'W1');"
      "INSERT INTO outlet (id, lane, outlet_no, name, owner_id, owner_name, phone, warehouse_id,"
      " county, address, distance, scheme_id, channel, state)"
      " VALUES (2, 0, '6540230017', '清水河解放路体彩店', 3, '阿卜杜拉·买买提', '13812345678', 1,"
      " '霍尔果斯市', '清水河镇解放西路128号', 90000, 4, 'computer', 'active');"
      "INSERT INTO scheme (id, lane, code, org_id, method, method_kind, areas, calendar, transit)"
      " VALUES (4, 0, 'YL-2', 1, '专线车', 'contract_driver', '霍城县', '', '');"
      "INSERT INTO orders (id, lane, number, outlet_id, warehouse_id, source, state, submitted_at,"
      " due_at, departure_at, scheme_id, lines, packs, amount, confirm_no)"
      " VALUES (500, 0, '202605210000170017', 2, 1, 'phone', 'ready_to_ship', 1779328800000,"
      " 1779415200000, 1779372000000, 4, 2, 15, 1250000, '20260521009987'),"
      " (501, 0, '202605210000180017', 2, 1, 'phone', 'held_for_ilms', 1779328800000,"
      " 1779415200000, 0, 4, 1, 3, 60000, NULL);"
      "INSERT INTO parcel (id, lane, order_id, n, total) VALUES (699, 0, 501, 1, 1)";

PIAO_STATEMENT (test_add_parcel,
                "INSERT INTO parcel (id, lane, order_id, n, total)"
                " VALUES ($1, 0, 500, $2, $3)");
PIAO_STATEMENT (test_copies, "SELECT label_copies FROM parcel WHERE id = $1");

typedef struct
{
  char *folder;
  char *path;
  PiaoReplica *replica;
  PiaoSpooler *spooler;
} Desk;

/* --- a desktop ----------------------------------------------------------------------------- */

static DexFuture *
write_world (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  if (!piao_db_script (db, world, &error))
    return dex_future_new_for_error (error);
  for (gint64 n = 0; n < N_PARCELS; n++)
    if (!piao_db_exec (db, &test_add_parcel, &error, "iii", FIRST_PARCEL + n, n + 1,
                       (gint64)N_PARCELS))
      return dex_future_new_for_error (error);
  return dex_future_new_for_boolean (TRUE);
}

static const GValue *
await (DexFuture *future)
{
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return value;
}

static void
desk_open (Desk *desk)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_manual (1779330000000);
  g_autoptr (GError) error = NULL;

  desk->replica = piao_replica_open (desk->path, registry, clock, &error);
  g_assert_no_error (error);
  desk->spooler = piao_spooler_new (desk->replica);
  piao_spooler_set_limits (desk->spooler, 2000, 20000);
}

static void
desk_close (Desk *desk)
{
  piao_spooler_stop (desk->spooler);
  g_clear_object (&desk->spooler);
  piao_replica_close (desk->replica);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_clear_object (&desk->replica);
}

static void
set_up (Desk *desk, gconstpointer data)
{
  g_autoptr (DexFuture) written = NULL;

  desk->folder = fixture_folder ();
  desk->path = g_build_filename (desk->folder, "replica.db", NULL);
  desk_open (desk);
  written = piao_replica_write (desk->replica, write_world, NULL, NULL);
  await (written);
}

static void
tear_down (Desk *desk, gconstpointer data)
{
  desk_close (desk);
  fixture_remove (desk->folder);
  g_free (desk->folder);
  g_free (desk->path);
}

static void
add_printer (Desk *desk, const char *name, guint16 port)
{
  g_autofree char *address = g_strdup_printf ("socket://127.0.0.1:%u", port);
  g_autoptr (PiaoPrinter) printer = fixture_printer (name, address, "zpl");
  g_autoptr (GError) error = NULL;

  piao_spooler_set_printer (desk->spooler, printer, &error);
  g_assert_no_error (error);
}

static void
issue (Desk *desk, const char *printer, gint64 parcel)
{
  g_autoptr (DexFuture) future
      = piao_spooler_issue_label (desk->spooler, printer, parcel, FALSE, NULL);

  await (future);
}

/* The jobs of an order, newest first. */
static GPtrArray *
list (Desk *desk, gint64 order)
{
  g_autoptr (DexFuture) future = piao_spooler_list (desk->spooler, order, 100);

  return g_value_dup_boxed (await (future));
}

static void
await_counts (Desk *desk, guint waiting, guint failed)
{
  gint64 until = g_get_monotonic_time () + LIMIT;

  while (piao_spooler_get_waiting (desk->spooler) != waiting
         || piao_spooler_get_failed (desk->spooler) != failed)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
await_trouble (Desk *desk, const char *printer)
{
  gint64 until = g_get_monotonic_time () + LIMIT;

  while (piao_spooler_get_trouble (desk->spooler, printer) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_main_context_iteration (NULL, TRUE);
    }
}

static DexFuture *
read_bytes (PiaoDb *db, gpointer data)
{
  g_autoptr (PiaoSpoolJob) job = piao_spool_load (db, *(gint64 *)data, NULL);

  g_assert_nonnull (job);
  return dex_future_new_take_boxed (PIAO_TYPE_SPOOL_JOB, g_steal_pointer (&job));
}

static void
assert_is_job (Desk *desk, GBytes *received, const PiaoSpoolJob *listed)
{
  gint64 id = listed->id;
  g_autoptr (DexFuture) future = piao_replica_read (desk->replica, read_bytes, &id, NULL);
  const PiaoSpoolJob *job = g_value_get_boxed (await (future));

  g_assert_true (g_bytes_equal (received, job->bytes));
}

static DexFuture *
read_copies (PiaoDb *db, gpointer data)
{
  gint64 copies = -1;

  g_assert_true (piao_db_query_int (db, &test_copies, -1, &copies, NULL, "i", *(gint64 *)data));
  return dex_future_new_for_int64 (copies);
}

static gint64
get_copies (Desk *desk, gint64 parcel)
{
  g_autoptr (DexFuture) future = piao_replica_read (desk->replica, read_copies, &parcel, NULL);

  return g_value_get_int64 (await (future));
}

/* --- tests --------------------------------------------------------------------------------- */

static void
test_labels_come_out_in_order (Desk *desk, gconstpointer data)
{
  g_autoptr (PrintServer) printer = print_server_new (PRINT_SERVER_READS, 0);
  g_autoptr (GPtrArray) received = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GPtrArray) jobs = NULL;

  add_printer (desk, "出票台", print_server_get_port (printer));
  for (gint64 n = 0; n < N_PARCELS; n++)
    issue (desk, "出票台", FIRST_PARCEL + n);
  for (guint n = 0; n < N_PARCELS; n++)
    g_ptr_array_add (received, print_server_await (printer));
  await_counts (desk, 0, 0);
  jobs = list (desk, CONFIRMED_ORDER);
  g_assert_cmpuint (jobs->len, ==, N_PARCELS);
  for (guint n = 0; n < N_PARCELS; n++)
    {
      const PiaoSpoolJob *job = jobs->pdata[N_PARCELS - 1 - n];

      g_assert_cmpstr (job->state, ==, "printed");
      g_assert_cmpint (job->parcel_id, ==, FIRST_PARCEL + n);
      assert_is_job (desk, received->pdata[n], job);
    }
  g_assert_cmpuint (print_server_count (printer), ==, 0);
  g_assert_null (piao_spooler_get_trouble (desk->spooler, "出票台"));
}

static void
test_a_printer_that_is_off_loses_nothing (Desk *desk, gconstpointer data)
{
  guint16 port = print_server_find_port ();
  g_autoptr (PrintServer) other = print_server_new (PRINT_SERVER_READS, 0);
  g_autoptr (PrintServer) printer = NULL;
  g_autoptr (GBytes) elsewhere = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  add_printer (desk, "off", port);
  add_printer (desk, "on", print_server_get_port (other));
  issue (desk, "off", FIRST_PARCEL);
  await_trouble (desk, "off");
  /* The other printer does not wait for it. */
  issue (desk, "on", FIRST_PARCEL + 1);
  elsewhere = print_server_await (other);
  await_counts (desk, 1, 0);
  g_assert_null (piao_spooler_get_trouble (desk->spooler, "on"));

  printer = print_server_new (PRINT_SERVER_READS, port);
  piao_spooler_wake (desk->spooler);
  received = print_server_await (printer);
  await_counts (desk, 0, 0);
  g_assert_null (piao_spooler_get_trouble (desk->spooler, "off"));
  jobs = list (desk, CONFIRMED_ORDER);
  assert_is_job (desk, received, jobs->pdata[1]);
  assert_is_job (desk, elsewhere, jobs->pdata[0]);
}

static void
test_waiting_labels_survive_a_restart (Desk *desk, gconstpointer data)
{
  guint16 port = print_server_find_port ();
  g_autoptr (PrintServer) printer = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  add_printer (desk, "出票台", port);
  issue (desk, "出票台", FIRST_PARCEL);
  await_trouble (desk, "出票台");
  desk_close (desk);
  desk_open (desk);
  printer = print_server_new (PRINT_SERVER_READS, port);
  add_printer (desk, "出票台", port);
  received = print_server_await (printer);
  await_counts (desk, 0, 0);
  jobs = list (desk, CONFIRMED_ORDER);
  g_assert_cmpuint (jobs->len, ==, 1);
  assert_is_job (desk, received, jobs->pdata[0]);
}

static void
test_a_reprint_is_the_next_copy (Desk *desk, gconstpointer data)
{
  g_autoptr (PrintServer) printer = print_server_new (PRINT_SERVER_READS, 0);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  add_printer (desk, "出票台", print_server_get_port (printer));
  issue (desk, "出票台", FIRST_PARCEL);
  first = print_server_await (printer);
  issue (desk, "出票台", FIRST_PARCEL);
  second = print_server_await (printer);
  await_counts (desk, 0, 0);
  jobs = list (desk, CONFIRMED_ORDER);
  g_assert_cmpuint (((PiaoSpoolJob *)jobs->pdata[0])->copy, ==, 2);
  g_assert_nonnull (strstr (((PiaoSpoolJob *)jobs->pdata[0])->data, "\"reprint\""));
  g_assert_false (g_bytes_equal (first, second));
  g_assert_cmpint (get_copies (desk, FIRST_PARCEL), ==, 2);
}

static void
assert_rejected (DexFuture *future, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (piao_future_wait (future, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
  dex_unref (future);
}

static DexFuture *
read_untagged (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  GArray *ids = piao_spool_list_untagged (db, 1, 0, &error);

  return ids != NULL ? dex_future_new_take_boxed (G_TYPE_ARRAY, ids)
                     : dex_future_new_for_error (error);
}

static guint
count_untagged (Desk *desk)
{
  g_autoptr (DexFuture) future = piao_replica_read (desk->replica, read_untagged, NULL, NULL);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return ((GArray *)g_value_get_boxed (value))->len;
}

static void
test_without_confirmation_there_is_only_a_tag (Desk *desk, gconstpointer data)
{
  g_autoptr (PrintServer) printer = print_server_new (PRINT_SERVER_READS, 0);
  g_autoptr (DexFuture) tag = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  add_printer (desk, "出票台", print_server_get_port (printer));
  assert_rejected (piao_spooler_issue_label (desk->spooler, "出票台", HELD_PARCEL, FALSE, NULL),
                   "label.unconfirmed");
  assert_rejected (piao_spooler_issue_label (desk->spooler, "none", FIRST_PARCEL, FALSE, NULL),
                   "printer.unknown");
  assert_rejected (piao_spooler_print_held_tag (desk->spooler, "出票台", CONFIRMED_ORDER),
                   "label.confirmed");
  none = list (desk, 0);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (get_copies (desk, HELD_PARCEL), ==, 0);
  g_assert_cmpuint (count_untagged (desk), ==, 1);
  tag = piao_spooler_print_held_tag (desk->spooler, "出票台", HELD_ORDER);
  await (tag);
  g_assert_cmpuint (count_untagged (desk), ==, 0);
  received = print_server_await (printer);
  await_counts (desk, 0, 0);
  jobs = list (desk, HELD_ORDER);
  g_assert_cmpstr (((PiaoSpoolJob *)jobs->pdata[0])->template_name, ==, "held-tag-100x70");
  assert_is_job (desk, received, jobs->pdata[0]);
}

static void
test_a_failed_label_waits_for_a_person (Desk *desk, gconstpointer data)
{
  g_autoptr (PiaoPrinter) wrong = fixture_printer ("pdf", "folder:/dev/null/labels", "pdf");
  g_autofree char *address = g_strdup_printf ("folder:%s/pdf", desk->folder);
  g_autoptr (PiaoPrinter) right = fixture_printer ("pdf", address, "pdf");
  g_autoptr (DexFuture) again = NULL;
  g_autoptr (GPtrArray) jobs = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  const PiaoSpoolJob *job;

  g_assert_true (piao_spooler_set_printer (desk->spooler, wrong, NULL));
  issue (desk, "pdf", FIRST_PARCEL);
  await_counts (desk, 0, 1);
  jobs = list (desk, CONFIRMED_ORDER);
  job = jobs->pdata[0];
  g_assert_cmpstr (job->state, ==, "failed");
  g_assert_nonnull (job->error);
  g_assert_true (piao_spooler_set_printer (desk->spooler, right, NULL));
  again = piao_spooler_retry (desk->spooler, job->id);
  await (again);
  await_counts (desk, 0, 0);
  name = g_strdup_printf ("202605210000170017-%" G_GINT64_FORMAT "-1.pdf", job->id);
  path = g_build_filename (desk->folder, "pdf", name, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
test_a_label_goes_to_the_pdf_folder_instead (Desk *desk, gconstpointer data)
{
  g_autofree char *address = g_strdup_printf ("folder:%s/pdf", desk->folder);
  g_autoptr (PiaoPrinter) pdf = fixture_printer ("pdf", address, "pdf");
  g_autoptr (DexFuture) moved = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  add_printer (desk, "off", print_server_find_port ());
  g_assert_true (piao_spooler_set_printer (desk->spooler, pdf, NULL));
  issue (desk, "off", FIRST_PARCEL);
  await_trouble (desk, "off");
  before = list (desk, CONFIRMED_ORDER);
  moved = piao_spooler_move (desk->spooler, ((PiaoSpoolJob *)before->pdata[0])->id, "pdf");
  await (moved);
  await_counts (desk, 0, 0);
  after = list (desk, CONFIRMED_ORDER);
  g_assert_cmpuint (after->len, ==, 2);
  g_assert_cmpstr (((PiaoSpoolJob *)after->pdata[0])->state, ==, "printed");
  g_assert_cmpstr (((PiaoSpoolJob *)after->pdata[1])->state, ==, "superseded");
  g_assert_cmpuint (((PiaoSpoolJob *)after->pdata[0])->copy, ==, 1);
}

/* --- killed while it prints ---------------------------------------------------------------- */

/* The process that is killed: issues a label and prints for ever. */
static G_NORETURN void
run_victim (const char *path, const char *port)
{
  Desk desk = { .path = (char *)path };

  dex_init ();
  desk_open (&desk);
  add_printer (&desk, "出票台", (guint16)g_ascii_strtoull (port, NULL, 10));
  issue (&desk, "出票台", FIRST_PARCEL);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_a_kill_while_printing_loses_nothing (Desk *desk, gconstpointer data)
{
  g_autoptr (PrintServer) hanging = print_server_new (PRINT_SERVER_HANGS, 0);
  guint16 port = print_server_get_port (hanging);
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (PrintServer) printer = NULL;
  g_autoptr (GSubprocess) victim = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  desk_close (desk);
  victim = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, self, "--victim", desk->path,
                             port_text, NULL);
  g_assert_no_error (error);
  g_bytes_unref (print_server_await (hanging)); /* it has connected: the job is sending */
  g_subprocess_force_exit (victim);
  g_subprocess_wait (victim, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (victim));
  g_clear_pointer (&hanging, print_server_free);

  desk_open (desk);
  jobs = list (desk, CONFIRMED_ORDER);
  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_cmpstr (((PiaoSpoolJob *)jobs->pdata[0])->state, ==, "sending");
  g_assert_cmpint (get_copies (desk, FIRST_PARCEL), ==, 1);
  printer = print_server_new (PRINT_SERVER_READS, port);
  add_printer (desk, "出票台", port);
  {
    g_autoptr (GBytes) received = print_server_await (printer);
    g_autoptr (GPtrArray) after = NULL;

    await_counts (desk, 0, 0);
    after = list (desk, CONFIRMED_ORDER);
    g_assert_cmpstr (((PiaoSpoolJob *)after->pdata[0])->state, ==, "printed");
    g_assert_cmpuint (((PiaoSpoolJob *)after->pdata[0])->tries, ==, 2);
    assert_is_job (desk, received, after->pdata[0]);
  }
}

#define ADD(path, func) g_test_add (path, Desk, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--victim"))
    run_victim (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  ADD ("/spooler/order", test_labels_come_out_in_order);
  ADD ("/spooler/off", test_a_printer_that_is_off_loses_nothing);
  ADD ("/spooler/restart", test_waiting_labels_survive_a_restart);
  ADD ("/spooler/reprint", test_a_reprint_is_the_next_copy);
  ADD ("/spooler/confirmation", test_without_confirmation_there_is_only_a_tag);
  ADD ("/spooler/failed", test_a_failed_label_waits_for_a_person);
  ADD ("/spooler/move", test_a_label_goes_to_the_pdf_folder_instead);
  ADD ("/spooler/kill", test_a_kill_while_printing_loses_nothing);
  return g_test_run ();
}
