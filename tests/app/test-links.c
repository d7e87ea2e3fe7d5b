/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/shell/piao-links.h"
#include "app/widget/piao-format.h"
#include "base/piao-clock.h"

/* 2026-11-23 09:41 in Shanghai. */
#define AT G_GINT64_CONSTANT (1795398060000)

static void
on_changed (PiaoLinks *links, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_line (void)
{
  g_autoptr (PiaoLinks) links = piao_links_new ();
  g_autofree char *start = NULL, *good = NULL, *sending = NULL, *printer = NULL;

  start = piao_links_dup_line (links);
  g_assert_cmpstr (start, ==, "Centre connecting · ILMS connecting");
  piao_links_set_centre (links, PIAO_LINK_ONLINE, AT);
  piao_links_set_ilms (links, PIAO_LINK_ONLINE, AT);
  piao_links_set_synced (links, AT);
  good = piao_links_dup_line (links);
  g_assert_cmpstr (good, ==, "Centre synced 09:41 · ILMS ok");
  piao_links_set_waiting (links, 3, AT);
  sending = piao_links_dup_line (links);
  g_assert_cmpstr (sending, ==, "Centre: sending 3 · ILMS ok");
  piao_links_set_printing (links, FALSE, 2);
  printer = piao_links_dup_line (links);
  g_assert_cmpstr (printer, ==, "Centre: sending 3 · ILMS ok · printer not ready, 2 labels wait");
}

/* A disk that takes nothing is told before any line, also over an open order. (B.10) */
static void
test_storage (void)
{
  g_autoptr (PiaoLinks) links = piao_links_new ();
  g_autofree char *line = NULL, *story = NULL;

  piao_links_set_centre (links, PIAO_LINK_OFFLINE, AT);
  piao_links_set_busy (links, TRUE);
  piao_links_set_storage (links, PIAO_STORAGE_FULL, AT, "/var/piaoku");
  g_assert_nonnull (strstr (piao_links_get_banner (links), "/var/piaoku"));
  g_assert_nonnull (strstr (piao_links_get_banner (links), "09:41"));
  line = piao_links_dup_line (links);
  g_assert_true (g_str_has_prefix (line, "Nothing can be saved"));
  story = piao_links_dup_centre_story (links);
  g_assert_nonnull (strstr (story, "still sent"));
  piao_links_set_storage (links, PIAO_STORAGE_READ_ONLY, AT, "/var/piaoku");
  g_assert_nonnull (strstr (piao_links_get_banner (links), "read-only"));
  piao_links_set_storage (links, PIAO_STORAGE_FAILING, AT, "/var/piaoku");
  g_assert_nonnull (strstr (piao_links_get_banner (links), "fails"));
  piao_links_set_storage (links, PIAO_STORAGE_GOOD, AT, "/var/piaoku");
  g_assert_nonnull (strstr (piao_links_get_banner (links), "Centre unreachable"));
}

static void
test_banner (void)
{
  g_autoptr (PiaoLinks) links = piao_links_new ();

  g_assert_null (piao_links_get_banner (links));
  piao_links_set_centre (links, PIAO_LINK_ONLINE, AT);
  piao_links_set_ilms (links, PIAO_LINK_OFFLINE, AT);
  g_assert_nonnull (strstr (piao_links_get_banner (links), "09:41"));
  /* Nothing comes or goes while an order is open. */
  piao_links_set_busy (links, TRUE);
  piao_links_set_ilms (links, PIAO_LINK_ONLINE, AT + PIAO_MINUTE);
  g_assert_nonnull (piao_links_get_banner (links));
  piao_links_set_busy (links, FALSE);
  g_assert_null (piao_links_get_banner (links));
  /* Both down: since the first. */
  piao_links_set_ilms (links, PIAO_LINK_OFFLINE, AT + 9 * PIAO_MINUTE);
  piao_links_set_centre (links, PIAO_LINK_OFFLINE, AT);
  g_assert_nonnull (strstr (piao_links_get_banner (links), "09:41"));
}

static void
test_changed_only_when_different (void)
{
  g_autoptr (PiaoLinks) links = piao_links_new ();
  guint count = 0;

  g_signal_connect (links, "changed", G_CALLBACK (on_changed), &count);
  piao_links_set_centre (links, PIAO_LINK_ONLINE, AT);
  piao_links_set_centre (links, PIAO_LINK_ONLINE, AT + 1);
  piao_links_set_waiting (links, 0, 0);
  g_assert_cmpuint (count, ==, 1);
}

static void
test_can_confirm (void)
{
  g_autoptr (PiaoLinks) links = piao_links_new ();

  g_assert_false (piao_links_can_confirm (links, FALSE));
  piao_links_set_ilms (links, PIAO_LINK_ONLINE, AT);
  /* A warehouse of its own route does not need the centre. */
  g_assert_false (piao_links_can_confirm (links, FALSE));
  g_assert_true (piao_links_can_confirm (links, TRUE));
  piao_links_set_centre (links, PIAO_LINK_DEGRADED, AT);
  g_assert_true (piao_links_can_confirm (links, FALSE));
  /* First in, first out: what waited goes before. */
  piao_links_set_ilms (links, PIAO_LINK_RECOVERING, AT);
  g_assert_false (piao_links_can_confirm (links, FALSE));
  g_assert_false (piao_links_can_confirm (links, TRUE));
}

/* A long fetch says how far it is, and that people may work once only history is missing. */
static void
test_fetch (void)
{
  g_autoptr (PiaoLinks) links = piao_links_new ();
  g_autofree char *line = NULL, *first = NULL, *history = NULL, *done = NULL;

  piao_links_set_centre (links, PIAO_LINK_ONLINE, AT);
  piao_links_set_synced (links, AT);
  piao_links_set_proof (links, 7, FALSE, NULL);
  piao_links_set_fetch (links, 12, TRUE, -1);
  first = piao_links_dup_centre_story (links);
  g_assert_cmpstr (first, ==, "Fetching what the daily work needs: 12 %");
  piao_links_set_fetch (links, 43, FALSE, 5 * PIAO_MINUTE);
  line = piao_links_dup_line (links);
  history = piao_links_dup_centre_story (links);
  g_assert_true (g_str_has_prefix (line, "Centre: history 43 %"));
  g_assert_cmpstr (history, ==, "The work can go on; the history fills in: 43 %, about 5 min left");
  piao_links_set_fetch (links, -1, FALSE, -1);
  piao_links_set_proof (links, 9, TRUE, NULL);
  done = piao_links_dup_line (links);
  g_assert_true (g_str_has_prefix (done, "Centre synced"));
}

static void
assert_fetch (gint64 rows, double rate, gint64 remaining, const char *expected)
{
  g_autofree char *text = piao_format_fetch (rows, rate, remaining);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_fetch_text (void)
{
  assert_fetch (1, 0, -1, "1 row");
  assert_fetch (500, 0, 59 * PIAO_SECOND, "500 rows · less than a minute left");
  assert_fetch (500, 0, 61 * PIAO_SECOND, "500 rows · about 2 min left");
  assert_fetch (500, 0, 3 * PIAO_HOUR + PIAO_MINUTE, "500 rows · about 3 h 01 min left");
}

static void
test_worst (void)
{
  g_autoptr (PiaoLinks) links = piao_links_new ();

  piao_links_set_centre (links, PIAO_LINK_ONLINE, AT);
  g_assert_cmpint (piao_links_get_worst (links), ==, PIAO_LINK_UNKNOWN);
  piao_links_set_ilms (links, PIAO_LINK_DEGRADED, AT);
  g_assert_cmpint (piao_links_get_worst (links), ==, PIAO_LINK_DEGRADED);
  piao_links_set_centre (links, PIAO_LINK_OFFLINE, AT);
  g_assert_cmpint (piao_links_get_worst (links), ==, PIAO_LINK_OFFLINE);
}

static void
assert_due (gint64 left, const char *expected)
{
  g_autofree char *text = piao_format_due (AT, AT + left);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_due_text (void)
{
  assert_due (0, "0 min left");
  assert_due (59 * PIAO_MINUTE, "59 min left");
  assert_due (60 * PIAO_MINUTE, "1 h 00 min left");
  assert_due (192 * PIAO_MINUTE, "3 h 12 min left");
  assert_due (-PIAO_MINUTE, "1 min late");
  assert_due (-125 * PIAO_MINUTE, "2 h 05 min late");
}

static void
test_time_and_money (void)
{
  g_autofree char *never = piao_format_time (0, AT);
  g_autofree char *now = piao_format_time (AT, AT);
  g_autofree char *last_year = piao_format_time (AT - 400 * PIAO_DAY, AT);
  g_autofree char *whole = piao_format_yuan (1250000);
  g_autofree char *parts = piao_format_yuan (1250050);

  g_assert_cmpstr (never, ==, "—");
  g_assert_cmpstr (now, ==, "11-23 09:41");
  g_assert_true (g_str_has_prefix (last_year, "2025-"));
  g_assert_cmpstr (whole, ==, "12,500");
  g_assert_cmpstr (parts, ==, "12,500.50");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/links/line", test_line);
  g_test_add_func ("/links/banner", test_banner);
  g_test_add_func ("/links/storage", test_storage);
  g_test_add_func ("/links/changed", test_changed_only_when_different);
  g_test_add_func ("/links/can-confirm", test_can_confirm);
  g_test_add_func ("/links/worst", test_worst);
  g_test_add_func ("/links/fetch", test_fetch);
  g_test_add_func ("/format/due", test_due_text);
  g_test_add_func ("/format/fetch", test_fetch_text);
  g_test_add_func ("/format/time-and-money", test_time_and_money);
  return g_test_run ();
}
