/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "base/piao-json.h"
#include "base/piao-money.h"
#include "base/piao-text.h"

static void
test_money_in_and_out (void)
{
  static const struct
  {
    const char *text;
    gint64 fen;
  } good[] = { { "0", 0 },        { "12", 1200 },  { "12.3", 1230 },
               { "12.30", 1230 }, { "-0.05", -5 }, { "123456789012345.67", 12345678901234567 },
               { "0.01", 1 } };
  static const char *const bad[]
      = { "",   ".5", "1.", "1.234", "1e3", "+1", "--1", "1,000", " 1", "１", "1234567890123456",
          "NaN" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      gint64 fen = -1;

      g_assert_true (piao_money_parse (good[i].text, &fen, NULL));
      g_assert_cmpint (fen, ==, good[i].fen);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 fen = 77;

      g_assert_false (piao_money_parse (bad[i], &fen, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
      g_assert_cmpint (fen, ==, 77);
    }
}

static void
assert_capital (gint64 fen, const char *expected)
{
  g_autofree char *text = piao_money_to_capital (fen);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_money_on_paper (void)
{
  g_autofree char *plain = piao_money_format (123456700);
  g_autofree char *minus = piao_money_format (-100);

  g_assert_cmpstr (plain, ==, "1,234,567.00");
  g_assert_cmpstr (minus, ==, "-1.00");
  assert_capital (1230000, "壹万贰仟叁佰元整");
  assert_capital (0, "零元整");
  assert_capital (10050000, "壹拾万零伍佰元整");
  assert_capital (100000000005, "壹拾亿元零伍分");
  assert_capital (5, "伍分");
  assert_capital (10, "壹角");
  assert_capital (10000110, "壹拾万零壹元壹角");
}

static void
test_ids_are_ordered_and_strided (void)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_manual (1700000000000);
  PiaoIdSource source;
  gint64 first, second, third;

  piao_id_source_init (&source, clock, 17, 0);
  first = piao_id_source_take (&source, 256);
  second = piao_id_source_take (&source, 1);
  piao_clock_set (clock, 1600000000000);
  third = piao_id_source_take (&source, 1);
  g_assert_cmpint (piao_id_get_time (first), ==, 1700000000000);
  g_assert_cmpuint (piao_id_get_device (first), ==, 17);
  g_assert_cmpint (second - first, ==, 256 * PIAO_ID_STRIDE);
  g_assert_cmpint (third - second, ==, PIAO_ID_STRIDE);
  g_assert_cmpuint (piao_id_get_device (third), ==, 17);
  g_assert_cmpint (piao_id_from_text ("12"), ==, 12);
  g_assert_cmpint (piao_id_from_text ("-12"), ==, 0);
  g_assert_cmpint (piao_id_from_text ("9223372036854775808"), ==, 0);
  piao_id_source_clear (&source);
}

static void
assert_initials (const char *text, const char *expected)
{
  g_autofree char *initials = piao_text_initials (text);

  g_assert_cmpstr (initials, ==, expected);
}

static void
test_text_as_people_search_it (void)
{
  const char *const parts[] = { "好运连连", "0123", NULL };
  g_autofree char *words = piao_text_words ("伊犁2路·Ａli");
  g_autofree char *search = piao_text_search_words (parts);
  gboolean changed = FALSE;
  g_autofree char *narrow = piao_text_narrow ("１２３A", &changed);

  assert_initials ("伊犁伊宁", "ylyn");
  assert_initials ("好运连连", "hyll");
  assert_initials ("莎车", "sc");
  assert_initials ("尉犁", "yl");
  assert_initials ("阿卜杜拉·买买提", "abdlmmt");
  assert_initials ("鄯善县", "ssx");
  g_assert_cmpstr (words, ==, "伊 犁 2 路 ali");
  g_assert_cmpstr (search, ==, "好 运 连 连 hyll 0123");
  g_assert_true (changed);
  g_assert_cmpstr (narrow, ==, "123A");
}

static void
test_text_is_bounded (void)
{
  g_autoptr (GError) long_error = NULL;
  g_autoptr (GError) control_error = NULL;
  g_autoptr (GError) encoding_error = NULL;

  g_assert_true (piao_text_check ("网点", 2, FALSE, "Name", NULL));
  g_assert_false (piao_text_check ("网点三", 2, FALSE, "Name", &long_error));
  g_assert_error (long_error, PIAO_ERROR, PIAO_ERROR_LIMIT);
  g_assert_false (piao_text_check ("a\nb", 9, FALSE, "Name", &control_error));
  g_assert_true (piao_text_check ("a\nb", 9, TRUE, "Name", NULL));
  g_assert_false (piao_text_check ("\xff\xfe", 9, FALSE, "Name", &encoding_error));
  g_assert_cmpstr (piao_error_get_reason (encoding_error), ==, "text.encoding");
}

static void
test_json_is_bounded_and_typed (void)
{
  g_autoptr (JsonObject) object
      = piao_json_parse_object ("{\"id\":\"42\",\"n\":7,\"s\":\"x\",\"o\":{}}", -1, 1000, "It",
                                NULL);
  g_autoptr (GError) deep_error = NULL;
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  g_assert_nonnull (object);
  g_assert_cmpint (piao_json_get_id (object, "id"), ==, 42);
  g_assert_cmpint (piao_json_get_int (object, "n", 0), ==, 7);
  g_assert_cmpint (piao_json_get_int (object, "s", -1), ==, -1);
  g_assert_null (piao_json_get_text (object, "n", NULL));
  g_assert_nonnull (piao_json_get_object (object, "o"));
  for (guint i = 0; i < 40; i++)
    g_string_append_c (deep, '[');
  g_assert_null (piao_json_parse_object (deep->str, -1, 1000, "It", &deep_error));
  g_assert_error (deep_error, PIAO_ERROR, PIAO_ERROR_LIMIT);
  g_assert_null (piao_json_parse_object ("[1]", -1, 1000, "It", NULL));
  g_assert_null (piao_json_parse_object ("", -1, 1000, "It", NULL));
}

static void
test_errors_carry_a_reason (void)
{
  g_autoptr (GError) error = piao_error_new (PIAO_ERROR_BUSY, "gateway.busy", "Wait %d s.", 5);
  g_autoptr (GError) copy = g_error_copy (error);

  g_assert_cmpstr (piao_error_get_reason (copy), ==, "gateway.busy");
  g_assert_cmpstr (copy->message, ==, "Wait 5 s.");
  g_assert_true (piao_error_is_retryable (copy));
  g_assert_cmpint (piao_error_code_from_text ("refused"), ==, PIAO_ERROR_REFUSED);
}

static void
test_errors_are_text_whatever_they_quote (void)
{
  g_autoptr (GError) cut = piao_error_new (PIAO_ERROR_INVALID, "cut", "“%.4s”", "库库");
  g_autoptr (GError) noise = NULL;

  g_assert_true (g_utf8_validate (cut->message, -1, NULL));
  g_assert_nonnull (strstr (cut->message, "库"));
  piao_error_set (&noise, PIAO_ERROR_INVALID, "noise", "%s", "\xff\xfe");
  g_assert_true (g_utf8_validate (noise->message, -1, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/money/in-and-out", test_money_in_and_out);
  g_test_add_func ("/base/money/on-paper", test_money_on_paper);
  g_test_add_func ("/base/id/ordered-and-strided", test_ids_are_ordered_and_strided);
  g_test_add_func ("/base/text/search", test_text_as_people_search_it);
  g_test_add_func ("/base/text/bounded", test_text_is_bounded);
  g_test_add_func ("/base/json/bounded-and-typed", test_json_is_bounded_and_typed);
  g_test_add_func ("/base/error/reason", test_errors_carry_a_reason);
  g_test_add_func ("/base/error/text", test_errors_are_text_whatever_they_quote);
  return g_test_run ();
}
