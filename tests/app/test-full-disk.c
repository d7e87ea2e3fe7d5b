/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/counter/piao-counter-page.h"
#include "tests/lib/app-window.h"

/* The disk becomes full in the middle of an order: no scan counts, the clerk is told, nothing is
 * lost, and with room again the work goes on without a restart. (B.10) */

typedef struct
{
  AppWindow desk;
  PiaoCounterModel *model;
  int verdict;    /* the last one */
  char *sentence; /* … in words */
} Fixture;

static void
on_verdict (PiaoCounterModel *model, int verdict, const char *sentence, Fixture *f)
{
  f->verdict = verdict;
  g_set_str (&f->sentence, sentence);
}

static void
set_up (Fixture *f, gconstpointer application)
{
  app_window_open (&f->desk, application, app_world_new_on_shim (20));
  f->model = piao_counter_page_get_model (
      PIAO_COUNTER_PAGE (piao_window_get_page (f->desk.window, "counter")));
  f->verdict = -1;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  app_window_tear_down (&f->desk, NULL);
  g_free (f->sentence);
}

static gboolean
has_verdict (gpointer data)
{
  Fixture *f = data;

  return f->verdict >= 0 && piao_counter_model_is_idle (f->model);
}

static int
scan (Fixture *f, const char *code)
{
  f->verdict = -1;
  g_assert_true (
      piao_scan_bus_scan (piao_session_get_scan_bus (f->desk.world->session), code, FALSE));
  app_world_await (has_verdict, f);
  return f->verdict;
}

static gboolean
has_banner (gpointer data)
{
  Fixture *f = data;

  return piao_links_get_banner (piao_session_get_links (f->desk.world->session)) != NULL;
}

static gboolean
has_no_banner (gpointer data)
{
  return !has_banner (data);
}

static void
test_full (Fixture *f, gconstpointer data)
{
  PiaoLinks *links = piao_session_get_links (f->desk.world->session);
  gint64 order = app_world_find_next_order (f->desk.world);
  g_autofree char *ticket = app_world_dup_ticket_for (f->desk.world, order);

  piao_session_open_counter (f->desk.world->session, order);
  app_world_await (app_window_is_picking, f->model);
  g_signal_connect (f->model, "verdict", G_CALLBACK (on_verdict), f);
  /* An order is open: no banner about a line would come. */
  piao_links_set_busy (links, TRUE);
  g_assert_false (has_banner (f));

  g_test_message ("The disk is full: the scan is refused and does not count");
  piao_shim_disk_arm (f->desk.world->disk, PIAO_SHIM_FULL, 1);
  g_assert_cmpint (scan (f, ticket), ==, PIAO_SAID_REFUSED);
  g_assert_nonnull (strstr (f->sentence, "/shim/app"));
  g_assert_cmpint (piao_counter_model_get_sheet (f->model)->scanned, ==, 0);
  app_world_await (has_banner, f);
  g_assert_nonnull (strstr (piao_links_get_banner (links), "/shim/app"));
  g_assert_cmpint (scan (f, ticket), ==, PIAO_SAID_REFUSED);
  g_assert_true (has_banner (f));

  g_test_message ("With room again the banner goes, and the same scan counts");
  piao_shim_disk_arm (f->desk.world->disk, PIAO_SHIM_HEALTHY, 0);
  app_world_await (has_no_banner, f);
  g_assert_cmpint (scan (f, ticket), !=, PIAO_SAID_REFUSED);
  g_assert_cmpint (piao_counter_model_get_sheet (f->model)->scanned, ==, 1);
  g_signal_handlers_disconnect_by_data (f->model, f);
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = app_window_start (&argc, &argv);

  g_test_add ("/app/full-disk", Fixture, application, set_up, test_full, tear_down);
  return g_test_run ();
}
