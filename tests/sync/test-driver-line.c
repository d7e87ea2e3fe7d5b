/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* PiaoSync over a line that is slow, cut, dead or has something else at its end. */

#include <libdex.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "tests/lib/bad-line.h"
#include "tests/lib/driver-world.h"

#define ORDERS 120

/* Rows that a line can be cut in the middle of. */
static void
submit_many (DriverDesktop *desktop)
{
  for (int i = 0; i < ORDERS; i++)
    driver_submit (desktop);
}

PIAO_STATEMENT (count_undecided, "SELECT COUNT(*) FROM outbox WHERE decided = 0");

static gboolean
is_done (DriverDesktop *desktop)
{
  return driver_int (desktop, &count_undecided) == 0
         && piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE
         && piao_sync_is_complete (desktop->sync) && piao_sync_get_waiting (desktop->sync) == 0
         && piao_sync_get_problem (desktop->sync) == NULL;
}

/* A person who has looked at the line and does not wait for the next try. */
static gboolean
nudge (gpointer data)
{
  piao_sync_nudge (data);
  return G_SOURCE_CONTINUE;
}

static void
await_done_impatiently (DriverDesktop *desktop)
{
  guint hurry = g_timeout_add (100, nudge, desktop->sync);

  await (is_done (desktop));
  g_source_remove (hurry);
}

/* Answers are cut in the middle again and again; what has come is kept, and all comes in the
 * end. */
static void
test_cut_while_fetching (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) first = driver_desktop_new (server->url, NULL);
  g_autoptr (DriverDesktop) second = driver_desktop_new (bad_line_get_url (line), NULL);
  g_autoptr (GError) error = NULL;

  driver_go_online (first, "keeper", FIXTURE_KEEPER);
  submit_many (first);
  await (is_done (first));
  g_assert_cmpint (driver_sign_in (second->sync, "picker", "picker-pass-1", &error), ==,
                   FIXTURE_PICKER);
  bad_line_cut (line, 8, 0, 2000);
  piao_sync_start (second->sync);
  await_done_impatiently (second);
  g_assert_cmpuint (bad_line_get_cuts (line), >=, 3);
  g_assert_cmpint (driver_orders (second), ==, ORDERS);
  g_assert_cmpint (piao_sync_get_seq (second->sync), ==, piao_sync_get_seq (first->sync));
  g_assert_cmpint (piao_sync_get_bytes_received (second->sync), >, 0);
  g_assert_cmpint (piao_sync_get_rows_received (second->sync), >=, ORDERS);
}

PIAO_STATEMENT (count_log, "SELECT COUNT(*) FROM command_log WHERE name = 'order.submit'");
PIAO_STATEMENT (count_refused, "SELECT COUNT(*) FROM outbox WHERE state <> 'accepted'");

/* Uploads are cut in the middle: every command arrives once, none is asked about twice. */
static void
test_cut_while_sending (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (bad_line_get_url (line), NULL);
  PiaoDb *db;
  gint64 log = 0;

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  bad_line_break (line);
  submit_many (desktop);
  await (piao_sync_get_waiting (desktop->sync) == ORDERS);
  /* Some are cut on the way up, some have arrived and lose their answer. */
  bad_line_cut (line, 6, 9000, 400);
  bad_line_mend (line);
  await_done_impatiently (desktop);
  g_assert_cmpuint (bad_line_get_cuts (line), >=, 3);
  g_assert_cmpint (driver_orders (desktop), ==, ORDERS);
  g_assert_cmpint (driver_int (desktop, &count_refused), ==, 0);
  db = driver_server_open (server);
  g_assert_true (piao_db_query_int (db, &count_log, 0, &log, NULL, ""));
  g_assert_cmpint (log, ==, ORDERS);
  piao_db_free (db);
}

static const char portal[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
                             "Content-Length: 41\r\n\r\n<html>Please sign in to the Wi-Fi.</html>";
static const char moved[] = "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n"
                            "Connection: close\r\nContent-Length: 0\r\n\r\n";
static const char gone[] = "HTTP/1.1 410 Gone\r\nContent-Type: text/html\r\nConnection: close\r\n"
                           "Content-Length: 18\r\n\r\n<html>Gone.</html>";
static const char broken[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n"
                             "Connection: close\r\nContent-Length: 17\r\n\r\n<html>502</html>\n";

/* Whatever stands in the way is no line, says so, changes nothing and is asked again. */
static void
test_something_else_answers (void)
{
  static const char *const answers[] = { portal, moved, gone, broken };
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (bad_line_get_url (line), NULL);

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      guint before;

      bad_line_set_portal (line, answers[i]);
      before = bad_line_get_connections (line);
      driver_submit (desktop);
      await (bad_line_get_connections (line) >= before + 3
             && piao_sync_get_problem (desktop->sync) != NULL);
      g_assert_cmpuint (piao_sync_get_waiting (desktop->sync), ==, 1);
      g_assert_false (piao_sync_is_revoked (desktop->sync));
      bad_line_set_portal (line, NULL);
      await_done_impatiently (desktop);
    }
  g_assert_cmpint (driver_orders (desktop), ==, G_N_ELEMENTS (answers));
}

/* A connection costs round trips: one is kept for all rounds. */
static void
test_connection_kept (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (bad_line_get_url (line), NULL);
  guint before;

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  driver_submit (desktop);
  await (is_done (desktop));
  before = bad_line_get_connections (line);
  g_assert_cmpuint (before, <=, 3);
  for (int i = 0; i < 5; i++)
    {
      driver_submit (desktop);
      await (is_done (desktop));
    }
  g_assert_cmpuint (bad_line_get_connections (line), ==, before);
}

#define ROUNDS 10

/* Bytes of some rounds, one after the other. */
static guint64
poll_some (BadLine *line, DriverDesktop *desktop)
{
  guint64 before = bad_line_get_up (line) + bad_line_get_down (line);

  for (int i = 0; i < ROUNDS; i++)
    {
      gint64 last = piao_sync_get_last_success (desktop->sync);

      piao_sync_nudge (desktop->sync);
      await (piao_sync_get_last_success (desktop->sync) != last && is_done (desktop));
    }
  return bad_line_get_up (line) + bad_line_get_down (line) - before;
}

/* A round that finds nothing costs little, is a round all the same, and hides nothing: neither what
 * others do nor what is done here. */
static void
test_nothing_new (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) first = driver_desktop_new (server->url, NULL);
  g_autoptr (DriverDesktop) second = driver_desktop_new (bad_line_get_url (line), NULL);

  driver_go_online (first, "keeper", FIXTURE_KEEPER);
  driver_go_online (second, "picker", FIXTURE_PICKER);
  for (int i = 1; i <= 3; i++)
    {
      gint64 proven;

      driver_submit (first);
      await (driver_orders (second) == 2 * i - 1 && is_done (second));
      /* Until nothing of it is left to say, and the hints are heard. */
      poll_some (line, second);
      proven = piao_sync_get_proven (second->sync);
      g_assert_cmpuint (poll_some (line, second), <=, 400 * ROUNDS);
      g_assert_cmpint (piao_sync_get_proven (second->sync), >, proven);
      driver_submit (second);
      await (driver_orders (first) == 2 * i && is_done (second));
    }
  await (piao_sync_get_seq (second->sync) == piao_sync_get_seq (first->sync));
}

/* Cuts anywhere: up, down, within headers, rows and verdicts. */
static void
test_cut_anywhere (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (bad_line_get_url (line), NULL);

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  bad_line_break (line);
  submit_many (desktop);
  bad_line_cut_by_chance (line, 12, 20261125, 3000);
  bad_line_mend (line);
  await_done_impatiently (desktop);
  g_assert_cmpuint (bad_line_get_cuts (line), >=, 3);
  g_assert_cmpint (driver_orders (desktop), ==, ORDERS);
  g_assert_cmpint (driver_int (desktop, &count_refused), ==, 0);
}

/* 16 KB/s and 300 ms each way: everything comes, the rate is measured, and what is asked for fits
 * the line. */
static void
test_slow_line (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) first = driver_desktop_new (server->url, NULL);
  g_autoptr (DriverDesktop) second = driver_desktop_new (bad_line_get_url (line), NULL);
  g_autoptr (GError) error = NULL;

  driver_go_online (first, "keeper", FIXTURE_KEEPER);
  submit_many (first);
  await (is_done (first));
  bad_line_set_rate (line, 16000, 300);
  g_assert_cmpint (driver_sign_in (second->sync, "picker", "picker-pass-1", &error), ==,
                   FIXTURE_PICKER);
  piao_sync_start (second->sync);
  await (piao_sync_get_rate (second->sync) > 0);
  await (is_done (second));
  g_assert_cmpint (driver_orders (second), ==, ORDERS);
  g_assert_cmpfloat (piao_sync_get_rate (second->sync), >, 500);
  g_assert_cmpfloat (piao_sync_get_rate (second->sync), <, 17000);
  g_assert_cmpint (piao_sync_get_phase (second->sync), ==, PIAO_SYNC_PHASE_COMPLETE);
  g_assert_cmpfloat (piao_sync_get_progress (second->sync), ==, 1);
  g_assert_cmpint (piao_sync_get_remaining (second->sync), ==, 0);
  g_test_message ("rate %.0f B/s", piao_sync_get_rate (second->sync));
}

/* Hints come again after a stop and a start, after the server went away, and after the line was
 * cut silently: much sooner than half a minute. */
static void
test_hints_return (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) first = driver_desktop_new (server->url, NULL);
  g_autoptr (DriverDesktop) second = driver_desktop_new (bad_line_get_url (line), NULL);
  gint64 start, quickest = G_MAXINT64;

  driver_go_online (first, "keeper", FIXTURE_KEEPER);
  driver_go_online (second, "picker", FIXTURE_PICKER);
  piao_sync_stop (second->sync);
  await (piao_sync_get_state (second->sync) == PIAO_SYNC_IDLE);
  piao_sync_start (second->sync);
  await (is_done (second));
  for (int i = 0; i < 5; i++)
    {
      start = g_get_monotonic_time ();
      driver_submit (first);
      await (driver_orders (second) == i + 1);
      quickest = MIN (quickest, g_get_monotonic_time () - start);
    }
  g_assert_cmpint (quickest, <, 5 * G_USEC_PER_SEC);

  driver_server_kill (server);
  driver_server_start (server);
  await (is_done (first));
  await_done_impatiently (second);
  quickest = G_MAXINT64;
  for (int i = 0; i < 3; i++)
    {
      start = g_get_monotonic_time ();
      driver_submit (first);
      await (driver_orders (second) == i + 6);
      quickest = MIN (quickest, g_get_monotonic_time () - start);
    }
  g_assert_cmpint (quickest, <, 5 * G_USEC_PER_SEC);
}

/* A cable is put in again: the next try is not waited for, which after half a minute without a line
 * would be up to another half. */
static void
test_network_returns (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (BadLine) line = bad_line_new (server->port);
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (bad_line_get_url (line), NULL);
  gint64 start;
  guint before;

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  bad_line_break (line);
  driver_submit (desktop);
  before = bad_line_get_connections (line);
  /* Four failures: the next try is four to eight seconds away. */
  await (bad_line_get_connections (line) >= before + 4
         && piao_sync_get_state (desktop->sync) == PIAO_SYNC_DEGRADED);
  bad_line_mend (line);
  start = g_get_monotonic_time ();
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  await (is_done (desktop));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 3 * G_USEC_PER_SEC);
}

/* Clocks of desktops are wrong, and are put right while the program runs. */
static void
test_clock_jumps (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  const gint64 today = g_date_time_to_unix (now) * 1000;
  const gint64 times[] = { today, today + PIAO_DAY, today - PIAO_DAY, 1000, today };
  g_autoptr (DriverDesktop) desktop
      = driver_desktop_new (server->url, piao_clock_new_manual (today));

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      gint64 start = g_get_monotonic_time ();

      piao_clock_set (desktop->clock, times[i]);
      driver_submit (desktop);
      await (piao_sync_get_waiting (desktop->sync) == 1 || is_done (desktop));
      await (is_done (desktop));
      g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
      g_assert_cmpint (driver_orders (desktop), ==, i + 1);
    }
}

PIAO_STATEMENT (count_accepted, "SELECT COUNT(*) FROM outbox WHERE state = 'accepted'");
PIAO_STATEMENT (tamper,
                "UPDATE outbox SET args = replace (args, 'at any hour', 'at no hour'),"
                " state = 'queued', decided = 0 WHERE dseq = 1");

/* A command that the centre does not take is shown, and stops nothing that comes down. */
static void
test_problem_stops_nothing (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (DriverDesktop) first = driver_desktop_new (server->url, NULL);
  g_autoptr (DriverDesktop) second = driver_desktop_new (server->url, NULL);

  driver_go_online (first, "keeper", FIXTURE_KEEPER);
  driver_go_online (second, "picker", FIXTURE_PICKER);
  driver_submit (second);
  await (driver_int (second, &count_accepted) == 1);
  driver_exec (second, &tamper);
  await (piao_sync_get_problem (second->sync) != NULL);
  for (int i = 0; i < 3; i++)
    {
      driver_submit (first);
      await (driver_orders (second) == i + 2);
    }
  g_assert_cmpint (piao_sync_get_state (second->sync), ==, PIAO_SYNC_ONLINE);
  g_assert_nonnull (piao_sync_get_problem (second->sync));
  g_assert_cmpuint (piao_sync_get_waiting (second->sync), ==, 1);
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/driver-line/cut-while-fetching", test_cut_while_fetching);
  g_test_add_func ("/sync/driver-line/cut-while-sending", test_cut_while_sending);
  g_test_add_func ("/sync/driver-line/something-else-answers", test_something_else_answers);
  g_test_add_func ("/sync/driver-line/connection-kept", test_connection_kept);
  g_test_add_func ("/sync/driver-line/nothing-new", test_nothing_new);
  g_test_add_func ("/sync/driver-line/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/sync/driver-line/slow-line", test_slow_line);
  g_test_add_func ("/sync/driver-line/hints-return", test_hints_return);
  g_test_add_func ("/sync/driver-line/network-returns", test_network_returns);
  g_test_add_func ("/sync/driver-line/clock-jumps", test_clock_jumps);
  g_test_add_func ("/sync/driver-line/problem-stops-nothing", test_problem_stops_nothing);
  return g_test_run ();
}
