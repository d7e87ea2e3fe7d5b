/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "domain/delivery/piao-calendar.h"
#include "domain/delivery/piao-sla.h"
#include "domain/order/piao-order-number.h"
#include "domain/piao-table.h"
#include "test-rules.h"

#define CHANGJI "daily 13:00/12:30 18:30/18:00"
#define WUJIAQU "May-Oct Tue+Fri 10:00/09:30; Nov-Apr Wed 10:00/09:30"

/* Milliseconds of a local time such as "2024-06-03 17:59:30". */
static gint64
at (const char *text)
{
  g_autoptr (GTimeZone) zone = piao_time_zone ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, zone);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * 1000;
}

static void
assert_departs (const char *calendar, const char *area, const char *from, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCalendar) self = piao_calendar_parse (calendar, "2", &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  found = piao_time_format (piao_calendar_next (self, area, at (from)), "%Y-%m-%d %H:%M");
  g_assert_cmpstr (found, ==, expected);
}

/* DLV-01, DLV-02, DLV-03. */
static void
test_limit_by_distance (void)
{
  g_assert_cmpint (piao_sla_tier_hours (0), ==, 18);
  g_assert_cmpint (piao_sla_tier_hours (50000), ==, 18);
  g_assert_cmpint (piao_sla_tier_hours (50100), ==, 36);
  g_assert_cmpint (piao_sla_tier_hours (50001), ==, 36);
  g_assert_cmpint (piao_sla_tier_hours (400000), ==, 36);
  g_assert_cmpint (piao_sla_tier_hours (400001), ==, 72);
  g_assert_cmpint (piao_sla_tier_hours (400100), ==, 72);
  g_assert_cmpint (piao_sla_due_at (1000, 50000, 0), ==, 1000 + 18 * PIAO_HOUR);
}

/* DLV-05: an outlet may have a shorter limit, never a longer one. */
static void
test_override_only_shortens (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (piao_sla_limit_hours (100000, 0), ==, 36);
  g_assert_cmpint (piao_sla_limit_hours (100000, 20), ==, 20);
  g_assert_cmpint (piao_sla_limit_hours (100000, 48), ==, 36);
  g_assert_true (piao_sla_check_override (100000, 36, NULL));
  g_assert_true (piao_sla_check_override (100000, 0, NULL));
  g_assert_false (piao_sla_check_override (100000, -1, NULL));
  g_assert_false (piao_sla_check_override (100000, 37, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "outlet.limit-longer");
}

/* DLV-05: colours at 70 % and 100 %. */
static void
test_clock_colours (void)
{
  gint64 due = 18 * PIAO_HOUR;
  gint64 warn = due * 70 / 100;

  g_assert_cmpint (piao_sla_due_state (0, due, 0, 0, 70), ==, PIAO_DUE_OK);
  g_assert_cmpint (piao_sla_due_state (0, due, 0, warn - 1, 70), ==, PIAO_DUE_OK);
  g_assert_cmpint (piao_sla_due_state (0, due, 0, warn, 70), ==, PIAO_DUE_NEAR);
  g_assert_cmpint (piao_sla_due_state (0, due, 0, due - 1, 70), ==, PIAO_DUE_NEAR);
  g_assert_cmpint (piao_sla_due_state (0, due, 0, due, 70), ==, PIAO_DUE_OVER);
  g_assert_cmpint (piao_sla_due_state (0, due, due, 0, 70), ==, PIAO_DUE_OK);
  g_assert_cmpint (piao_sla_due_state (0, due, due + 1, 0, 70), ==, PIAO_DUE_NEAR);
  g_assert_cmpint (piao_sla_due_state (0, due, due + 1, due, 70), ==, PIAO_DUE_OVER);
}

/* DLV-07: two batches a day, after 18:00 the next day. */
static void
test_changji_windows (void)
{
  assert_departs (CHANGJI, NULL, "2024-06-03T09:00:00", "2024-06-03 13:00");
  assert_departs (CHANGJI, NULL, "2024-06-03T12:31:00", "2024-06-03 18:30");
  assert_departs (CHANGJI, NULL, "2024-06-03T17:59:59", "2024-06-03 18:30");
  assert_departs (CHANGJI, NULL, "2024-06-03T18:00:00", "2024-06-03 18:30");
  assert_departs (CHANGJI, NULL, "2024-06-03T18:00:59", "2024-06-03 18:30");
  assert_departs (CHANGJI, NULL, "2024-06-03T18:01:00", "2024-06-04 13:00");
  assert_departs (CHANGJI, NULL, "2024-12-31T23:59:59", "2025-01-01 13:00");
}

/* DLV-08: Tuesday and Friday from May to October, Wednesday otherwise. */
static void
test_seasons (void)
{
  assert_departs (WUJIAQU, NULL, "2024-06-03T08:00:00", "2024-06-04 10:00");
  assert_departs (WUJIAQU, NULL, "2024-06-04T09:31:00", "2024-06-07 10:00");
  assert_departs (WUJIAQU, NULL, "2024-10-30T08:00:00", "2024-11-06 10:00");
  assert_departs (WUJIAQU, NULL, "2024-12-25T10:00:00", "2025-01-01 10:00");
  assert_departs (WUJIAQU, NULL, "2025-04-30T10:00:00", "2025-05-02 10:00");
  assert_departs ("daily 18:00", NULL, "2024-02-28T17:31:00", "2024-02-29 18:00");
}

static void
test_every_third_day_and_areas (void)
{
  const char *text = "[木垒县] every-3@2024-01-01 11:00; daily 11:00";
  g_autoptr (PiaoCalendar) self = piao_calendar_parse (text, "[木垒县] 8; 6", NULL);
  PiaoPrediction far, near;

  assert_departs (text, "木垒县", "2024-01-01T08:00:00", "2024-01-01 11:00");
  assert_departs (text, "木垒县", "2024-01-01T12:00:00", "2024-01-04 11:00");
  assert_departs (text, "木垒县", "2023-12-30T08:00:00", "2024-01-01 11:00");
  assert_departs (text, "奇台县", "2024-01-01T12:00:00", "2024-01-02 11:00");
  assert_departs (text, NULL, "2024-01-01T12:00:00", "2024-01-02 11:00");
  piao_calendar_predict (self, "木垒县", at ("2024-01-01T08:00:00"), G_MAXINT64, &far);
  piao_calendar_predict (self, "阜康市", at ("2024-01-01T08:00:00"), G_MAXINT64, &near);
  g_assert_cmpint (far.predicted_at, ==, at ("2024-01-01T19:00:00"));
  g_assert_cmpint (near.predicted_at, ==, at ("2024-01-01T17:00:00"));
}

/* Silence 3 of the domain: the breach is known when the order arrives. */
static void
test_breach_is_predicted (void)
{
  g_autoptr (PiaoCalendar) weekly = piao_calendar_parse (WUJIAQU, "4", NULL);
  g_autoptr (PiaoCalendar) city = piao_calendar_parse (CHANGJI, "2", NULL);
  gint64 winter = at ("2024-12-25T10:00:00");
  gint64 noon = at ("2024-06-03T12:00:00");
  PiaoPrediction late, fine;

  piao_calendar_predict (weekly, NULL, winter, piao_sla_due_at (winter, 40000, 0), &late);
  g_assert_true (late.breach);
  g_assert_cmpint (late.departure_at, ==, at ("2025-01-01T10:00:00"));
  g_assert_cmpint (late.slack_ms, ==, winter + 18 * PIAO_HOUR - at ("2025-01-01T14:00:00"));
  piao_calendar_predict (city, NULL, noon, piao_sla_due_at (noon, 8000, 0), &fine);
  g_assert_false (fine.breach);
  g_assert_cmpint (fine.predicted_at, ==, at ("2024-06-03T15:00:00"));
  g_assert_cmpint (fine.slack_ms, ==, 15 * PIAO_HOUR);
}

static void
test_a_packed_parcel_may_miss_the_cut_off (void)
{
  g_autoptr (PiaoCalendar) city = piao_calendar_parse (CHANGJI, "2", NULL);

  g_assert_cmpint (piao_calendar_next_ready (city, NULL, at ("2024-06-03T18:29:30")), ==,
                   at ("2024-06-03T18:30:00"));
  g_assert_cmpint (piao_calendar_next_ready (city, NULL, at ("2024-06-03T18:30:01")), ==,
                   at ("2024-06-04T13:00:00"));
}

static void
test_calendars_are_checked (void)
{
  static const char *const bad[] = {
    "",
    "daily",
    "daily 25:00",
    "daily 12:60",
    "daily 1:00",
    "Mon+Moon 10:00",
    "never 10:00",
    "daily 10:00/10:01",
    "daily 18:00 13:00",
    "daily 13:00 13:00",
    "every-0@2024-01-01 10:00",
    "every-3@2024-02-30 10:00",
    "every-3 10:00",
    "[] daily 10:00",
    "[a daily 10:00",
    "May-Foo daily 10:00",
    "daily 10:00;",

    "May-Oct",
    "10:00",
    "daily 10:00 daily",
    "daily 10:00/9:30",
  };
  static const char *const bad_transit[] = { "", "-1", "721", "8h", "[木垒县", "[] 8", "6;" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PiaoCalendar) self = piao_calendar_parse (bad[i], "2", &error);

      if (self != NULL)
        g_test_message ("accepted: %s", bad[i]);
      g_assert_null (self);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "scheme.calendar");
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_transit); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_calendar_parse ("daily 10:00", bad_transit[i], &error));
      g_assert_cmpstr (piao_error_get_reason (error), ==, "scheme.transit");
    }
}

/* DLV-06: the 36 schemes of the contract are there and the planner understands every one. */
static void
test_shipped_schemes (void)
{
  g_autoptr (PiaoTable) schemes = piao_table_load ("delivery-schemes", NULL);
  g_autoptr (PiaoTable) places = piao_table_load ("prefectures", NULL);
  guint branches = 0;

  g_assert_cmpuint (piao_table_get_n_rows (schemes), ==, 36);
  g_assert_cmpuint (piao_table_get_n_rows (places), ==, 17);
  for (guint i = 0; i < 36; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PiaoCalendar) self
          = piao_calendar_parse (piao_table_get (schemes, i, "calendar"),
                                 piao_table_get (schemes, i, "transit"), &error);
      gint64 now = at ("2024-06-03T09:00:00");
      gint64 next;

      g_assert_no_error (error);
      next = piao_calendar_next (self, NULL, now);
      g_assert_cmpint (next, >, now);
      g_assert_cmpint (next, <=, now + 8 * PIAO_DAY);
    }
  for (guint i = 0; i < piao_table_get_n_rows (places); i++)
    {
      guint here = 0;

      for (guint k = 0; k < 36; k++)
        here += g_str_equal (piao_table_get (schemes, k, "prefecture_gb"),
                             piao_table_get (places, i, "gb"));
      branches += here > 0;
      g_assert_true (here > 0 || g_str_equal (piao_table_get (places, i, "level"), "center"));
    }
  g_assert_cmpuint (branches, ==, 16);
}

static void
test_tables_are_csv (void)
{
  const char *good = "# note\na,b\n\"x, \"\"y\"\"\nz\",2\r\n3,\n";
  g_autoptr (PiaoTable) table = piao_table_parse (good, strlen (good), "t", NULL);

  g_assert_cmpuint (piao_table_get_n_rows (table), ==, 2);
  g_assert_cmpstr (piao_table_get (table, 0, "a"), ==, "x, \"y\"\nz");
  g_assert_cmpint (piao_table_get_int (table, 0, "b", -1), ==, 2);
  g_assert_cmpint (piao_table_get_int (table, 1, "b", -1), ==, -1);
  g_assert_cmpstr (piao_table_get (table, 1, "c"), ==, "");
  g_assert_null (piao_table_parse ("a,b\n1\n", 6, "t", NULL));
  g_assert_null (piao_table_parse ("a\n\"1\n", 5, "t", NULL));
  g_assert_null (piao_table_parse ("a\n\"1\"2\n", 7, "t", NULL));
  g_assert_null (piao_table_parse ("a\n\xff\n", 4, "t", NULL));
  g_assert_null (piao_table_load ("nothing", NULL));
}

/* Domain 0: 18 digits. */
static void
test_order_numbers (void)
{
  g_autofree char *number = piao_order_number_make (at ("2024-02-29T00:30:00"), 42, "CJ65230017");
  g_autofree char *short_tail = piao_order_number_make (at ("2024-03-01T00:00:00"), 999999, "A-7");
  gint64 day = 0, sequence = 0;
  char tail[5];

  g_assert_cmpstr (number, ==, "202402290000420017");
  g_assert_cmpstr (short_tail, ==, "202403019999990007");
  g_assert_true (piao_order_number_parse (number, &day, &sequence, tail));
  g_assert_cmpint (day, ==, at ("2024-02-29T00:00:00"));
  g_assert_cmpint (sequence, ==, 42);
  g_assert_cmpstr (tail, ==, "0017");
  g_assert_null (piao_order_number_make (0, 0, "1"));
  g_assert_null (piao_order_number_make (0, 1000000, "1"));
  g_assert_false (piao_order_number_parse ("202302290000420017", NULL, NULL, NULL));
  g_assert_false (piao_order_number_parse ("202402290000000017", NULL, NULL, NULL));
  g_assert_false (piao_order_number_parse ("20240229000042001", NULL, NULL, NULL));
  g_assert_false (piao_order_number_parse ("20240229000042001x", NULL, NULL, NULL));
  g_assert_false (piao_order_number_parse (NULL, NULL, NULL, NULL));
}

void
add_delivery_tests (void)
{
  g_test_add_func ("/domain/sla/distance", test_limit_by_distance);
  g_test_add_func ("/domain/sla/override", test_override_only_shortens);
  g_test_add_func ("/domain/sla/colours", test_clock_colours);
  g_test_add_func ("/domain/calendar/changji", test_changji_windows);
  g_test_add_func ("/domain/calendar/seasons", test_seasons);
  g_test_add_func ("/domain/calendar/areas", test_every_third_day_and_areas);
  g_test_add_func ("/domain/calendar/breach", test_breach_is_predicted);
  g_test_add_func ("/domain/calendar/ready", test_a_packed_parcel_may_miss_the_cut_off);
  g_test_add_func ("/domain/calendar/checked", test_calendars_are_checked);
  g_test_add_func ("/domain/reference/schemes", test_shipped_schemes);
  g_test_add_func ("/domain/reference/csv", test_tables_are_csv);
  g_test_add_func ("/domain/order/number", test_order_numbers);
}
