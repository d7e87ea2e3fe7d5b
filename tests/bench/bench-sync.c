/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How quick sync is, each figure beside what limits it, measured in the same run: a real server as
 * a process of its own, a desktop in this one, loopback or a thin line between them. PIAOKU_SERVER
 * and PIAOKU_SEED name the programs.
 */

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/piao-future.h"
#include "domain/order/piao-order-kinds.h"
#include "store/piao-later-index.h"
#include "store/piao-search.h"
#include "tests/bench/piao-bench.h"
#include "tests/bench/sync-world.h"
#include "tests/lib/bad-line.h"

#define CHANGED 1000
/* The thin line: 128 kbit/s each way and 600 ms there and back. */
#define THIN_RATE 16000
#define THIN_DELAY 300
#define THIN_RTT (2.0 * THIN_DELAY)
#define LIMIT_S 1800
#define REST_ROUNDS 4

PIAO_STATEMENT (bench_orders, "SELECT COUNT(*) FROM orders");
PIAO_STATEMENT (bench_undecided, "SELECT COUNT(*) FROM outbox WHERE decided = 0");
PIAO_STATEMENT (bench_later, "SELECT COUNT(*) FROM later_index");
PIAO_STATEMENT (bench_search, "SELECT COUNT(*) FROM setting WHERE key LIKE 'search.later.%'");

static int n_orders = 1000000;
static int repeats = 20;
static gboolean only_return;
static char *folder;

#define until(condition) await_within (LIMIT_S, condition)

/* --- memory ---------------------------------------------------------------------------------- */

/* A line "name:  N kB" of /proc/self/status, in MiB. */
static double
read_memory (const char *name)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  at = strstr (text, name);
  return at != NULL ? g_ascii_strtod (at + strlen (name) + 1, NULL) / 1024 : 0;
}

/* From here on VmHWM, the most that is resident at a time, counts anew: pages of the heap and
 * mapped ones of files, whoever else has them too. What filling the centre has left in the heap is
 * given back first, so that it does not hide what the fetch takes. */
static double
watch_memory (void)
{
  int file = g_open ("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC, 0);

  malloc_trim (0);
  if (file < 0 || write (file, "5", 1) != 1)
    g_error ("the memory of the process cannot be watched: %s", g_strerror (errno));
  close (file);
  return read_memory ("VmRSS");
}

static void
sign_in (DriverDesktop *desktop)
{
  g_autoptr (GError) error = NULL;

  driver_sign_in (desktop->sync, "keeper", "keeper-pass-1", &error);
  piao_bench_check (g_steal_pointer (&error));
}

static gboolean
is_proved (DriverDesktop *desktop)
{
  return piao_sync_is_complete (desktop->sync) && piao_sync_get_proven (desktop->sync) > 0;
}

/* --- the first fetch ------------------------------------------------------------------------- */

typedef struct
{
  double seconds;
  double cpu;    /* seconds of all threads of this process */
  double idle;   /* MiB resident before */
  double memory; /* MiB more at the most, until the search text was there too */
} FirstFetch;

/* From nothing to everything: rows and indexes, compared by digest. Search text follows. */
static DriverDesktop *
fetch_all (DriverServer *server, FirstFetch *first)
{
  DriverDesktop *desktop = driver_desktop_new (server->url, NULL);
  double started, cpu;

  sign_in (desktop);
  first->idle = watch_memory ();
  started = piao_bench_now ();
  cpu = piao_bench_cpu ();
  piao_sync_start (desktop->sync);
  until (piao_sync_is_complete (desktop->sync));
  until (driver_int (desktop, &bench_later) == 0);
  piao_sync_nudge (desktop->sync);
  until (is_proved (desktop));
  first->seconds = (piao_bench_now () - started) / 1000;
  first->cpu = piao_bench_cpu () - cpu;
  until (driver_int (desktop, &bench_search) == 0);
  first->memory = read_memory ("VmHWM") - first->idle;
  return desktop;
}

static DriverDesktop *
bench_first_fetch (DriverServer *server)
{
  FirstFetch first;
  SyncRaw raw;
  DriverDesktop *desktop = fetch_all (server, &first);
  gint64 bytes = piao_sync_get_bytes_received (desktop->sync);

  if (driver_int (desktop, &bench_orders) != n_orders)
    g_error ("%" G_GINT64_FORMAT " orders arrived", driver_int (desktop, &bench_orders));
  sync_raw_load (server, &raw);
  piao_bench_report_at_least ("sync.bootstrap.orders", n_orders / first.seconds, "rows/s",
                              raw.rows / raw.seconds, 0.65);
  /* The same where others compute beside it: what the desktop does for a million orders. */
  piao_bench_report ("sync.bootstrap.cpu", first.cpu * 1e6 / n_orders, "s",
                     raw.cpu * 1e6 / raw.rows, 0, 1.5);
  piao_bench_report ("sync.bootstrap.bytes", (double)bytes / n_orders, "B/order",
                     sync_raw_json (server), 24, 0);
  /* Over what the process had before. */
  piao_bench_report ("sync.bootstrap.memory", first.memory, "MiB", first.idle, 80, 0);
  return desktop;
}

/* --- changes --------------------------------------------------------------------------------- */

/* A thousand rows change at the centre; milliseconds until they are durable here. */
static double
fetch_changes (DriverServer *server, DriverDesktop *desktop)
{
  gint64 before;
  double started;

  until (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE);
  before = piao_sync_get_seq (desktop->sync);
  sync_world_change (server, CHANGED);
  started = piao_bench_now ();
  piao_sync_nudge (desktop->sync);
  until (piao_sync_get_seq (desktop->sync) > before);
  return piao_bench_now () - started;
}

/* Both in turns: a machine that changes its speed does so for both. */
static void
bench_changes (DriverServer *server, DriverDesktop *desktop)
{
  g_autoptr (GArray) fetches = piao_bench_samples_new ();
  g_autoptr (GArray) upserts = piao_bench_samples_new ();
  g_autoptr (SyncUpsert) upsert = sync_upsert_new (server, CHANGED);

  for (int i = 0; i < repeats; i++)
    {
      piao_bench_samples_add (fetches, fetch_changes (server, desktop));
      piao_bench_samples_add (upserts, sync_upsert_run (upsert));
    }
  piao_bench_report ("sync.changes.1000", piao_bench_samples_get (fetches, 50), "ms",
                     piao_bench_samples_get (upserts, 50), 0, 2.5);
}

/* --- a thin line ----------------------------------------------------------------------------- */

static void
bench_thin_changes (DriverServer *server, BadLine *line, DriverDesktop *desktop)
{
  guint64 up, down;
  double took;

  fetch_changes (server, desktop);
  up = bad_line_get_up (line);
  down = bad_line_get_down (line);
  took = fetch_changes (server, desktop);
  up = bad_line_get_up (line) - up;
  down = bad_line_get_down (line) - down;
  piao_bench_report ("sync.thin.changes.1000", took, "ms",
                     THIN_RTT + (double)(up + down) * 1000 / THIN_RATE, 0, 1.3);
}

/* An order taken on the telephone: from here to the centre's verdict. */
static void
bench_thin_push (BadLine *line, DriverDesktop *desktop)
{
  guint64 up, down;
  double started, took;

  until (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE);
  up = bad_line_get_up (line);
  down = bad_line_get_down (line);
  driver_submit (desktop);
  started = piao_bench_now ();
  until (driver_int (desktop, &bench_undecided) == 0);
  took = piao_bench_now () - started;
  up = bad_line_get_up (line) - up;
  down = bad_line_get_down (line) - down;
  piao_bench_report ("sync.thin.push.1", took, "ms",
                     THIN_RTT + (double)(up + down) * 1000 / THIN_RATE, 0, 1.3);
}

/* A round in which nothing is new; milliseconds and bytes. */
static double
poll_once (BadLine *line, DriverDesktop *desktop, double *bytes)
{
  gint64 before = piao_sync_get_last_success (desktop->sync);
  guint64 moved = bad_line_get_up (line) + bad_line_get_down (line);
  double started = piao_bench_now (), took;

  piao_sync_nudge (desktop->sync);
  until (piao_sync_get_last_success (desktop->sync) != before);
  took = piao_bench_now () - started;
  *bytes = (double)(bad_line_get_up (line) + bad_line_get_down (line) - moved);
  return took;
}

/* The first rounds end what the changes began; the bare round trip of a line is its reference. */
static void
bench_thin_nothing (BadLine *line, DriverDesktop *desktop)
{
  double took = 0, bytes = 0;

  for (int i = 0; i < REST_ROUNDS; i++)
    took = poll_once (line, desktop, &bytes);
  piao_bench_report ("sync.thin.nothing", took, "ms", THIN_RTT, 0, 1.2);
  piao_bench_report ("sync.thin.nothing.bytes", bytes, "B", 0, 400, 0);
}

/* A new desktop on a thin line: until the daily work can begin. */
static void
bench_thin_start (DriverServer *server)
{
  BadLine *line = bad_line_new (server->port);
  DriverDesktop *desktop = driver_desktop_new (bad_line_get_url (line), NULL);
  double started;

  bad_line_set_rate (line, THIN_RATE, THIN_DELAY);
  sign_in (desktop);
  started = piao_bench_now ();
  piao_sync_start (desktop->sync);
  until (piao_sync_get_last_success (desktop->sync) > 0
         && piao_sync_get_phase (desktop->sync) != PIAO_SYNC_PHASE_WORKING);
  piao_bench_report ("sync.thin.usable", (piao_bench_now () - started) / 1000, "s",
                     THIN_RTT / 1000 + (double)bad_line_get_down (line) / THIN_RATE, 60, 0);
  driver_desktop_free (desktop);
  bad_line_free (line);
}

static void
bench_thin (DriverServer *server)
{
  BadLine *line = bad_line_new (server->port);
  DriverDesktop *desktop = driver_desktop_new (bad_line_get_url (line), NULL);

  sign_in (desktop);
  piao_sync_start (desktop->sync);
  until (is_proved (desktop));
  bad_line_set_rate (line, THIN_RATE, THIN_DELAY);
  bench_thin_changes (server, line, desktop);
  until (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE);
  /* One poll that compares digests again after the change. */
  bench_thin_nothing (line, desktop);
  bench_thin_push (line, desktop);
  driver_desktop_free (desktop);
  bad_line_free (line);
}

int
main (int argc, char **argv)
{
  const GOptionEntry options[]
      = { { "orders", 0, 0, G_OPTION_ARG_INT, &n_orders, "Orders at the centre", "N" },
          { "data", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where the centre is kept", "DIR" },
          { "only-return", 0, 0, G_OPTION_ARG_NONE, &only_return,
            "Nothing but an office that comes back", NULL },
          { "repeats", 0, 0, G_OPTION_ARG_INT, &repeats, "Samples of what is short", "N" },
          G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (DriverServer) server = NULL;
  DriverDesktop *desktop;
  GError *error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    piao_bench_check (error);
  dex_init ();
  if (folder == NULL)
    folder = g_strdup (g_get_tmp_dir ());
  sync_return_bench ((guint)n_orders, folder);
  if (only_return)
    return EXIT_SUCCESS;
  server = sync_world_new ((guint)n_orders, folder);
  desktop = bench_first_fetch (server);
  bench_changes (server, desktop);
  driver_desktop_free (desktop);
  bench_thin_start (server);
  bench_thin (server);
  return EXIT_SUCCESS;
}
