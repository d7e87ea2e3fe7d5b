/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/barcode/piao-barcode-maker.h"

#include <string.h>

#include "domain/barcode/piao-barcode.h"

/* Production quantity, lot, date and weight mean nothing to a warehouse; made-up codes carry
 * these. */
#define MADE_QUANTITY "001000"
#define MADE_LOT "000001"
#define MADE_DATE "240101"
#define MADE_WEIGHT "0120"

static gboolean
is_plan (const char *plan)
{
  if (plan == NULL || strlen (plan) != 5 || !g_ascii_isupper (plan[0]))
    return FALSE;
  for (guint i = 1; i < 5; i++)
    if (!g_ascii_isdigit (plan[i]))
      return FALSE;
  return TRUE;
}

char *
piao_barcode_make_sjz_ticket (
    const char *plan, guint batch, guint pack, guint ticket, guint tickets_per_pack)
{
  if (!is_plan (plan) || batch > 99999 || pack > 9999999 || ticket > 999 || tickets_per_pack > 999)
    return NULL;
  return g_strdup_printf ("%s%05u" MADE_QUANTITY "%07u%03u%03u", plan, batch, pack, ticket,
                          tickets_per_pack);
}

char *
piao_barcode_make_sjz_box (const char *plan,
                           guint batch,
                           guint boxes_per_case,
                           guint packs_per_case,
                           guint tickets_per_pack,
                           guint first,
                           guint last)
{
  if (!is_plan (plan) || batch > 99999 || boxes_per_case > 999 || packs_per_case > 999
      || tickets_per_pack > 999 || first > last || last > 9999999)
    return NULL;
  return g_strdup_printf ("%s%05u%03u%03u%03u%07u%07u", plan, batch, boxes_per_case, packs_per_case,
                          tickets_per_pack, first, last);
}

char *
piao_barcode_make_sjz_case (const char *plan,
                            guint batch,
                            guint case_no,
                            guint packs_per_case,
                            guint tickets_per_pack,
                            guint first)
{
  if (!is_plan (plan) || batch > 99999 || case_no > 99999 || packs_per_case == 0
      || packs_per_case > 999 || tickets_per_pack > 999 || first > 9999999)
    return NULL;
  return g_strdup_printf ("%s%05u%05u%03u%03u%04u%04u%05u" MADE_LOT MADE_DATE "%07u" MADE_WEIGHT
                          "GUARDZ",
                          plan, batch, case_no, packs_per_case, tickets_per_pack,
                          (case_no - 1) / 100 % 9999 + 1, 100, (case_no - 1) / 100 * 100 + 1,
                          first);
}

char *
piao_barcode_make_bzp20 (guint game, guint batch, guint pack, guint ticket, gboolean dashes)
{
  g_autofree char *body = NULL;
  const char *between = dashes ? "-" : "";

  if (game > 9999 || batch > 99999 || pack > 9999999 || ticket > 999)
    return NULL;
  body = g_strdup_printf ("%04u%s%05u%s%07u%s%03u%s", game, between, batch, between, pack, between,
                          ticket, between);
  return g_strdup_printf ("%s%c", body, piao_barcode_sum10 (body));
}
