/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The first sync of the whole centre, some ninety thousand rows, with an eye on the main loop: no
 * step of it may take longer than a frame of the screen. */

#include <libdex.h>
#include <time.h>

#include "domain/demo/piao-demo.h"
#include "tests/lib/driver-world.h"

#define ORDERS 2000
#define FRAME_MS 16.0

static double begun; /* ms of this thread's own time: what others compute does not count */
static double longest, all;
static guint steps;

static double
get_own_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1000.0 + (double)time.tv_nsec / 1e6;
}

/* Between two polls the main loop is at work. */
static gint
poll_and_measure (GPollFD *fds, guint n, gint timeout)
{
  double step = get_own_time () - begun;
  gint result;

  longest = MAX (longest, step);
  all += step;
  steps++;
  result = g_poll (fds, n, timeout);
  begun = get_own_time ();
  return result;
}

static void
test_screen_waits_for_nothing (void)
{
  g_autoptr (DriverServer) server = driver_server_new_demo (ORDERS);
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (server->url, NULL);
  g_autoptr (GError) error = NULL;
  gint64 start;

  g_assert_cmpint (driver_sign_in (desktop->sync, "center", PIAO_DEMO_PASSWORD, &error), >, 0);
  g_assert_no_error (error);
  start = g_get_monotonic_time ();
  piao_sync_start (desktop->sync);
  begun = get_own_time ();
  g_main_context_set_poll_func (NULL, poll_and_measure);
  await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE
         && piao_sync_is_complete (desktop->sync));
  g_main_context_set_poll_func (NULL, NULL);
  g_assert_cmpint (piao_sync_get_rows_received (desktop->sync), >, 10 * ORDERS);
  g_test_message ("%" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " bytes in %.1f s; %u steps of the"
                  " main loop, the longest %.2f ms, all %.0f ms",
                  piao_sync_get_rows_received (desktop->sync),
                  piao_sync_get_bytes_received (desktop->sync),
                  (double)(g_get_monotonic_time () - start) / 1e6, steps, longest, all);
  g_assert_cmpuint (steps, >, 20);
  g_assert_cmpfloat (longest, <, FRAME_MS);
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/driver-screen/waits-for-nothing", test_screen_waits_for_nothing);
  return g_test_run ();
}
