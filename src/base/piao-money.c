/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-money.h"

char *
piao_money_to_decimal (gint64 fen)
{
  guint64 size = fen < 0 ? -(guint64)fen : (guint64)fen;

  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%02u", fen < 0 ? "-" : "", size / 100,
                          (guint)(size % 100));
}

char *
piao_money_format (gint64 fen)
{
  g_autofree char *plain = piao_money_to_decimal (fen);
  const char *digits = plain + (fen < 0 ? 1 : 0);
  gsize whole = strlen (digits) - 3;
  GString *text = g_string_new (fen < 0 ? "-" : "");

  for (gsize i = 0; i < whole; i++)
    {
      if (i > 0 && (whole - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
  g_string_append (text, digits + whole);
  return g_string_free_and_steal (text);
}

gboolean
piao_money_parse (const char *text, gint64 *fen, GError **error)
{
  const char *p = text;
  gboolean negative = FALSE;
  gint64 value = 0;
  guint whole = 0, decimals = 0;

  g_return_val_if_fail (fen != NULL, FALSE);
  if (p != NULL && *p == '-')
    {
      negative = TRUE;
      p++;
    }
  for (; p != NULL && g_ascii_isdigit (*p) && whole <= 15; p++, whole++)
    value = value * 10 + (*p - '0');
  if (whole > 0 && *p == '.')
    for (p++; g_ascii_isdigit (*p) && decimals < 2; p++, decimals++)
      value = value * 10 + (*p - '0');
  if (whole == 0 || whole > 15 || *p != '\0' || p[-1] == '.')
    return piao_error_set (error, PIAO_ERROR_INVALID, "money.shape",
                           _ ("“%.40s” is not an amount. Write yuan with at most two decimals, "
                              "for example 1200.50."),
                           text != NULL ? text : "");
  for (; decimals < 2; decimals++)
    value *= 10;
  *fen = negative ? -value : value;
  return TRUE;
}

/* Writes the four-digit group @group (0 … 9999); @zero says that a 零 is owed before it. */
static void
append_group (GString *text, guint group, gboolean *zero)
{
  static const char *const digits[]
      = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
  static const char *const units[] = { "仟", "佰", "拾", "" };
  static const guint weights[] = { 1000, 100, 10, 1 };

  for (guint i = 0; i < 4; i++)
    {
      guint digit = group / weights[i] % 10;

      if (digit == 0)
        {
          *zero = *zero || text->len > 0;
          continue;
        }
      if (*zero)
        g_string_append (text, "零");
      *zero = FALSE;
      g_string_append (text, digits[digit]);
      g_string_append (text, units[i]);
    }
}

char *
piao_money_to_capital (gint64 fen)
{
  static const char *const digits[]
      = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
  static const char *const scales[] = { "万亿", "亿", "万", "" };
  static const guint64 weights[] = { G_GUINT64_CONSTANT (1000000000000), 100000000, 10000, 1 };
  guint64 size = fen < 0 ? -(guint64)fen : (guint64)fen;
  guint64 yuan = size / 100;
  guint jiao = (guint)(size / 10 % 10), rest = (guint)(size % 10);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean zero = FALSE;

  for (guint i = 0; i < 4; i++)
    {
      guint group = (guint)(yuan / weights[i] % 10000);

      if (group == 0)
        {
          zero = zero || text->len > 0;
          continue;
        }
      append_group (text, group, &zero);
      zero = FALSE;
      g_string_append (text, scales[i]);
    }
  g_string_append (text, yuan > 0 ? "元" : (jiao + rest == 0 ? "零元" : ""));
  if (jiao + rest == 0)
    g_string_append (text, "整");
  if (jiao > 0)
    g_string_append_printf (text, "%s角", digits[jiao]);
  else if (rest > 0 && yuan > 0)
    g_string_append (text, "零");
  if (rest > 0)
    g_string_append_printf (text, "%s分", digits[rest]);
  return g_strdup_printf ("%s%s", fen < 0 ? "负" : "", text->str);
}
