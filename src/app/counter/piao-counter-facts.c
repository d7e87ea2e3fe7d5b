/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/counter/piao-counter-facts.h"
#include "base/piao-clock.h"
#include "base/piao-money.h"
#include "domain/delivery/piao-sla.h"

/* ORD-16: balances older than this are shown with their age. */
#define FRESH_MS (5 * PIAO_MINUTE)

static char *
with_money (const char *format, gint64 fen, gboolean known)
{
  g_autofree char *text = known ? piao_money_format (fen) : g_strdup ("—");
  GString *line = g_string_new (format);

  g_string_replace (line, "%s", text, 1);
  return g_string_free_and_steal (line);
}

char *
piao_counter_facts_total (const PiaoCounterSheet *sheet)
{
  return with_money (_ ("Total %s yuan"), sheet->amount, TRUE);
}

char *
piao_counter_facts_payment (const PiaoCounterSheet *sheet)
{
  return with_money (_ ("Payment account %s"), sheet->payment_balance, sheet->balance_at != 0);
}

char *
piao_counter_facts_instant (const PiaoCounterSheet *sheet)
{
  return with_money (_ ("Instant account %s"), sheet->instant_balance, sheet->balance_at != 0);
}

char *
piao_counter_facts_money (const PiaoCounterSheet *sheet, gint64 now)
{
  const char *money = piao_counter_sheet_get_money (sheet);
  const char *verdict;
  g_autofree char *at = piao_time_format (sheet->balance_at, "%H:%M");

  if (g_str_equal (money, "unknown"))
    return g_strdup (_ ("Balances have not been read yet. ILMS decides when it is asked."));
  if (g_str_equal (money, "enough"))
    verdict = _ ("The instant account covers it.");
  else if (g_str_equal (money, "transfer"))
    verdict = _ ("The instant account is short, both together cover it.");
  else
    verdict = _ ("Both accounts are short.");
  if (now - sheet->balance_at <= FRESH_MS)
    return g_strdup (verdict);
  return g_strdup_printf (_ ("%s As of %s."), verdict, at);
}

char *
piao_counter_facts_script (const PiaoCounterSheet *sheet, const char *phone)
{
  const char *money = piao_counter_sheet_get_money (sheet);
  g_autofree char *missing = NULL;

  if (g_str_equal (money, "transfer"))
    {
      missing = piao_money_format (sheet->amount - sheet->instant_balance);
      return g_strdup_printf (
          _ ("Call %s, %s: “Please move %s yuan from the payment account to the "
             "instant account.”"),
          sheet->owner_name, phone, missing);
    }
  if (!g_str_equal (money, "deposit"))
    return g_strdup ("");
  missing = piao_money_format (sheet->amount - sheet->instant_balance - sheet->payment_balance);
  return g_strdup_printf (_ ("Call %s, %s: “Please deposit %s yuan; the order waits for it.”"),
                          sheet->owner_name, phone, missing);
}

char *
piao_counter_facts_delivery (const PiaoCounterSheet *sheet, gint64 now)
{
  g_autofree char *due = piao_time_format (sheet->due_at, "%m-%d %H:%M");
  g_autofree char *departure = piao_time_format (sheet->departure_at, "%m-%d %H:%M");

  if (sheet->scheme == NULL)
    return g_strdup_printf (_ ("Due %s. No delivery scheme is set for this outlet."), due);
  if (sheet->departure_at == 0)
    return g_strdup_printf (_ ("%s %s\nDue %s"), sheet->scheme, sheet->method, due);
  return g_strdup_printf (_ ("%s %s\nDeparts %s\nDue %s"), sheet->scheme, sheet->method, departure,
                          due);
}

char *
piao_counter_facts_slack (const PiaoCounterSheet *sheet, gint64 now)
{
  g_autofree char *arrives = piao_time_format (sheet->predicted_at, "%m-%d %H:%M");

  /* A departure that is over says nothing about this parcel any more. */
  if (sheet->predicted_at == 0 || sheet->departure_at < now)
    return g_strdup ("");
  if (sheet->predicted_at > sheet->due_at)
    return g_strdup_printf (_ ("Will be late: arrives %s. Choose another way to deliver."),
                            arrives);
  return g_strdup_printf (_ ("Arrives %s, in time."), arrives);
}

char *
piao_counter_facts_contact (const PiaoCounterSheet *sheet, const char *phone)
{
  return g_strdup_printf ("%s %s\n%s %s", sheet->owner_name, phone, sheet->county, sheet->address);
}

char *
piao_counter_facts_label (const PiaoCounterSheet *sheet)
{
  if (sheet->confirm_no == NULL)
    return g_strdup (_ ("Prints when ILMS has confirmed."));
  if (sheet->label_copies == 0)
    return g_strdup (_ ("Confirmed; its label is on the way."));
  return g_strdup_printf (_ ("Copy %d printed."), sheet->label_copies);
}

char *
piao_counter_facts_sheet (const PiaoCounterSheet *sheet)
{
  g_autofree char *amount = piao_money_format (sheet->amount);
  int shorts = 0;
  gint64 left_out = 0;

  for (guint i = 0; i < sheet->lines->len; i++)
    {
      const PiaoCounterLine *line = sheet->lines->pdata[i];

      shorts += line->shorts;
      left_out += line->shorts * line->pack_value;
    }
  if (shorts == 0)
    return g_strdup_printf (_ ("Check sheet: %d packs, %s yuan"), sheet->scanned, amount);
  g_free (amount);
  amount = piao_money_format (g_str_equal (sheet->state, "picking") ? sheet->amount - left_out
                                                                    : sheet->amount);
  return g_strdup_printf (_ ("Check sheet: %d packs, %s yuan; %d packs short"), sheet->scanned,
                          amount, shorts);
}
