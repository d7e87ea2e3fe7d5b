/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "app/scan/piao-scan-detector.h"
#include "app/scan/piao-scan-keymap.h"

#define MS G_GINT64_CONSTANT (1000)

typedef struct
{
  PiaoScanDetector *detector;
  GPtrArray *scans; /* char* */
  GPtrArray *typed; /* char* */
  gboolean converted, in_field;
  gint64 now;   /* µs */
  guint kept;   /* keys kept from the widgets */
  guint passed; /* keys let through */
} Fixture;

static void
on_scan (const char *text, gboolean converted, gboolean in_field, gpointer data)
{
  Fixture *f = data;

  g_ptr_array_add (f->scans, g_strdup (text));
  f->converted = converted;
  f->in_field = in_field;
}

static void
on_typed (const char *text, gpointer data)
{
  Fixture *f = data;

  g_ptr_array_add (f->typed, g_strdup (text));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const PiaoScanHandlers handlers = { on_scan, on_typed };

  f->scans = g_ptr_array_new_with_free_func (g_free);
  f->typed = g_ptr_array_new_with_free_func (g_free);
  f->detector = piao_scan_detector_new (&piao_scan_thresholds_default, &handlers, f);
  f->now = 5000 * MS;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  piao_scan_detector_free (f->detector);
  g_ptr_array_unref (f->scans);
  g_ptr_array_unref (f->typed);
}

/* Types @text with @gap ms between the characters, each key released before the next. */
static void
type (Fixture *f, const char *text, gint64 gap, gboolean in_field)
{
  guint key = 100;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p), key++)
    {
      f->now += gap * MS;
      if (piao_scan_detector_press (f->detector, key, g_utf8_get_char (p), f->now, in_field))
        f->kept++;
      else
        f->passed++;
      piao_scan_detector_release (f->detector, key);
    }
}

static gboolean
enter (Fixture *f, gint64 gap)
{
  f->now += gap * MS;
  return piao_scan_detector_terminate (f->detector, f->now);
}

static void
wait (Fixture *f, gint64 ms)
{
  f->now += ms * MS;
  piao_scan_detector_tick (f->detector, f->now);
}

static void
assert_only (GPtrArray *texts, const char *text)
{
  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, text);
}

static void
test_burst_with_enter (Fixture *f, gconstpointer data)
{
  type (f, "09991600100000011003", 12, FALSE);
  g_assert_cmpuint (f->scans->len, ==, 0);
  g_assert_true (enter (f, 12));
  assert_only (f->scans, "09991600100000011003");
  g_assert_cmpuint (f->typed->len, ==, 0);
  g_assert_cmpuint (f->kept, ==, 20);
  g_assert_false (f->converted);
  g_assert_false (piao_scan_detector_is_pending (f->detector));
}

static void
test_burst_ended_by_silence (Fixture *f, gconstpointer data)
{
  type (f, "123456", 10, FALSE);
  wait (f, 119);
  g_assert_cmpuint (f->scans->len, ==, 0);
  wait (f, 1);
  assert_only (f->scans, "123456");
  /* A second tick finds nothing. */
  wait (f, 500);
  g_assert_cmpuint (f->scans->len, ==, 1);
}

static void
test_late_timer_splits_by_event_time (Fixture *f, gconstpointer data)
{
  /* The main loop was busy: both bursts arrive before any tick, 200 ms apart by their own times. */
  type (f, "111111", 10, FALSE);
  f->now += 190 * MS;
  type (f, "222222", 10, FALSE);
  g_assert_true (enter (f, 5));
  g_assert_cmpuint (f->scans->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (f->scans, 0), ==, "111111");
  g_assert_cmpstr (g_ptr_array_index (f->scans, 1), ==, "222222");
}

static void
test_slow_typing (Fixture *f, gconstpointer data)
{
  for (const char *p = "kucheng"; *p != '\0'; p++)
    {
      char one[2] = { *p, 0 };

      type (f, one, 150, FALSE);
    }
  g_assert_false (enter (f, 150));
  g_assert_cmpuint (f->scans->len, ==, 0);
  g_assert_cmpuint (f->typed->len, ==, 7);
}

static void
test_fast_typist (Fixture *f, gconstpointer data)
{
  /* 12 characters a second on average with an overlap: no gap is long, the mean is. */
  type (f, "dingdan", 60, FALSE);
  g_assert_false (enter (f, 60));
  g_assert_cmpuint (f->scans->len, ==, 0);
  assert_only (f->typed, "dingdan");
}

static void
test_too_short (Fixture *f, gconstpointer data)
{
  type (f, "12345", 5, FALSE);
  g_assert_false (enter (f, 5));
  assert_only (f->typed, "12345");
  g_assert_cmpuint (f->scans->len, ==, 0);
}

static void
test_one_long_gap (Fixture *f, gconstpointer data)
{
  type (f, "12345678901234567890", 5, FALSE);
  type (f, "X", 81, FALSE);
  assert_only (f->typed, "12345678901234567890");
  wait (f, 200);
  g_assert_cmpuint (f->scans->len, ==, 0);
  g_assert_cmpuint (f->typed->len, ==, 2);
}

static void
test_limits_are_inclusive (Fixture *f, gconstpointer data)
{
  type (f, "123456", 35, FALSE);
  g_assert_true (enter (f, 80));
  assert_only (f->scans, "123456");
  type (f, "123456", 36, FALSE);
  g_assert_false (enter (f, 10));
  g_assert_cmpuint (f->scans->len, ==, 1);
}

static void
test_held_key (Fixture *f, gconstpointer data)
{
  for (int i = 0; i < 30; i++)
    {
      f->now += 30 * MS;
      piao_scan_detector_press (f->detector, 38, 'a', f->now, FALSE);
    }
  piao_scan_detector_release (f->detector, 38);
  wait (f, 200);
  g_assert_cmpuint (f->scans->len, ==, 0);
  g_assert_cmpuint (f->typed->len, ==, 1);
  /* Equal digits of a real code are pressed and released each. */
  g_ptr_array_set_size (f->typed, 0);
  f->now += 500 * MS;
  for (int i = 0; i < 8; i++)
    {
      f->now += 10 * MS;
      piao_scan_detector_press (f->detector, 19, '0', f->now, FALSE);
      piao_scan_detector_release (f->detector, 19);
    }
  wait (f, 200);
  assert_only (f->scans, "00000000");
}

static void
test_wide_characters (Fixture *f, gconstpointer data)
{
  type (f, "０９９９-16001-Ａ", 8, FALSE);
  g_assert_true (enter (f, 8));
  assert_only (f->scans, "0999-16001-A");
  g_assert_true (f->converted);
}

static void
test_han_in_burst (Fixture *f, gconstpointer data)
{
  /* A QR code may hold Chinese text; it stays as it is. */
  type (f, "票库JD0012345", 8, FALSE);
  g_assert_true (enter (f, 8));
  assert_only (f->scans, "票库JD0012345");
  g_assert_false (f->converted);
}

static void
test_field_short_burst_is_input (Fixture *f, gconstpointer data)
{
  type (f, "JD0012345678901", 10, TRUE);
  g_assert_false (enter (f, 10));
  g_assert_cmpuint (f->scans->len, ==, 0);
  /* Nothing was held, so nothing is given back twice. */
  g_assert_cmpuint (f->typed->len, ==, 0);
  g_assert_cmpuint (f->kept, ==, 0);
}

static void
test_field_long_burst_is_scan (Fixture *f, gconstpointer data)
{
  type (f, "J20150001600100000100012345600", 10, TRUE);
  g_assert_cmpuint (f->passed, ==, 20);
  g_assert_cmpuint (f->kept, ==, 10);
  g_assert_true (enter (f, 10));
  assert_only (f->scans, "J20150001600100000100012345600");
  g_assert_true (f->in_field);
}

static void
test_focus_moves_in_burst (Fixture *f, gconstpointer data)
{
  type (f, "123456", 10, FALSE);
  type (f, "7", 10, TRUE);
  assert_only (f->typed, "123456");
  g_assert_cmpuint (f->scans->len, ==, 0);
}

static void
test_interrupted (Fixture *f, gconstpointer data)
{
  type (f, "12345678", 5, FALSE);
  piao_scan_detector_interrupt (f->detector);
  assert_only (f->typed, "12345678");
  g_assert_false (enter (f, 5));
  g_assert_cmpuint (f->scans->len, ==, 0);
}

static void
test_mixed_stream (Fixture *f, gconstpointer data)
{
  type (f, "ab", 170, FALSE);
  f->now += 300 * MS;
  type (f, "J2015000160010000010", 9, FALSE);
  g_assert_true (enter (f, 9));
  type (f, "c", 400, FALSE);
  wait (f, 130);
  assert_only (f->scans, "J2015000160010000010");
  g_assert_cmpuint (f->typed->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (f->typed, 2), ==, "c");
}

static void
test_enter_alone (Fixture *f, gconstpointer data)
{
  g_assert_false (enter (f, 10));
  /* Silence made the scan; an Enter after it is a person's. */
  type (f, "123456", 10, FALSE);
  g_assert_false (enter (f, 200));
  assert_only (f->scans, "123456");
}

static void
test_endless_burst (Fixture *f, gconstpointer data)
{
  for (int i = 0; i < PIAO_SCAN_MAX_CHARS + 10; i++)
    type (f, i % 2 ? "1" : "2", 2, FALSE);
  g_assert_cmpuint (f->typed->len, ==, 1);
  g_assert_cmpuint (strlen (g_ptr_array_index (f->typed, 0)), ==, PIAO_SCAN_MAX_CHARS);
}

static void
test_clock_goes_back (Fixture *f, gconstpointer data)
{
  type (f, "123456", 10, FALSE);
  f->now -= 3000 * MS;
  type (f, "654321", 10, FALSE);
  g_assert_true (enter (f, 10));
  assert_only (f->scans, "654321");
}

static void
test_learning (void)
{
  const PiaoScanSample usual[]
      = { { 20, 4 * MS, 9 * MS }, { 20, 5 * MS, 30 * MS }, { 29, 4 * MS, 8 * MS } };
  const PiaoScanSample slow[]
      = { { 20, 55 * MS, 90 * MS }, { 20, 50 * MS, 70 * MS }, { 20, 40 * MS, 60 * MS } };
  const PiaoScanSample hand[]
      = { { 20, 150 * MS, 400 * MS }, { 20, 130 * MS, 300 * MS }, { 8, 90 * MS, 200 * MS } };
  PiaoScanThresholds learned;

  g_assert_false (piao_scan_thresholds_learn (usual, 2, &learned));
  g_assert_true (piao_scan_thresholds_learn (usual, 3, &learned));
  g_assert_cmpuint (learned.mean_gap, ==, 10 * MS);
  g_assert_cmpuint (learned.max_gap, ==, 45 * MS);
  g_assert_cmpuint (learned.silence, ==, 85 * MS);
  g_assert_true (piao_scan_thresholds_learn (slow, 3, &learned));
  g_assert_cmpuint (learned.mean_gap, ==, 82500);
  g_assert_false (piao_scan_thresholds_learn (hand, 3, &learned));
}

static void
test_keymap (void)
{
  gboolean shift;

  g_assert_cmpint (piao_scan_keymap_lookup (30, FALSE), ==, 'a');
  g_assert_cmpint (piao_scan_keymap_lookup (30, TRUE), ==, 'A');
  g_assert_cmpint (piao_scan_keymap_lookup (4, TRUE), ==, '#');
  g_assert_cmpint (piao_scan_keymap_lookup (79, FALSE), ==, '1');
  g_assert_cmpint (piao_scan_keymap_lookup (79, TRUE), ==, '1');
  g_assert_cmpint (piao_scan_keymap_lookup (1, FALSE), ==, 0);
  g_assert_cmpint (piao_scan_keymap_lookup (100000, FALSE), ==, 0);
  /* Every printable ASCII character can be scanned. */
  for (char c = ' '; c <= '~'; c++)
    {
      guint code = piao_scan_keymap_reverse (c, &shift);

      g_assert_cmpuint (code, !=, 0);
      g_assert_cmpint (piao_scan_keymap_lookup (code, shift), ==, c);
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/scan/burst-with-enter", test_burst_with_enter);
  ADD ("/scan/burst-ended-by-silence", test_burst_ended_by_silence);
  ADD ("/scan/late-timer", test_late_timer_splits_by_event_time);
  ADD ("/scan/slow-typing", test_slow_typing);
  ADD ("/scan/fast-typist", test_fast_typist);
  ADD ("/scan/too-short", test_too_short);
  ADD ("/scan/one-long-gap", test_one_long_gap);
  ADD ("/scan/limits", test_limits_are_inclusive);
  ADD ("/scan/held-key", test_held_key);
  ADD ("/scan/wide-characters", test_wide_characters);
  ADD ("/scan/han", test_han_in_burst);
  ADD ("/scan/field-short", test_field_short_burst_is_input);
  ADD ("/scan/field-long", test_field_long_burst_is_scan);
  ADD ("/scan/focus-moves", test_focus_moves_in_burst);
  ADD ("/scan/interrupted", test_interrupted);
  ADD ("/scan/mixed", test_mixed_stream);
  ADD ("/scan/enter-alone", test_enter_alone);
  ADD ("/scan/endless", test_endless_burst);
  ADD ("/scan/clock-back", test_clock_goes_back);
  g_test_add_func ("/scan/learning", test_learning);
  g_test_add_func ("/scan/keymap", test_keymap);
  return g_test_run ();
}
