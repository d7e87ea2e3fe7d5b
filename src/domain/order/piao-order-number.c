/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/order/piao-order-number.h"

#include <string.h>

#include "base/piao-clock.h"

char *
piao_order_number_make (gint64 at, gint64 sequence, const char *outlet_no)
{
  g_autofree char *day = piao_time_format (at, "%Y%m%d");
  char tail[5] = "0000";
  guint filled = 0;

  g_return_val_if_fail (outlet_no != NULL, NULL);
  if (sequence < 1 || sequence > PIAO_ORDER_SEQUENCE_MAX || strlen (day) != 8)
    return NULL;
  for (gsize i = strlen (outlet_no); i > 0 && filled < 4; i--)
    if (g_ascii_isdigit (outlet_no[i - 1]))
      tail[3 - filled++] = outlet_no[i - 1];
  return g_strdup_printf ("%s%06d%s", day, (int)sequence, tail);
}

gboolean
piao_order_number_parse (const char *number, gint64 *day, gint64 *sequence, char tail[5])
{
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (GDateTime) midnight = NULL;
  gint64 date;

  if (number == NULL || strlen (number) != PIAO_ORDER_NUMBER_LENGTH)
    return FALSE;
  for (guint i = 0; i < PIAO_ORDER_NUMBER_LENGTH; i++)
    if (!g_ascii_isdigit (number[i]))
      return FALSE;
  date = g_ascii_strtoll (number, NULL, 10) / G_GINT64_CONSTANT (10000000000);
  if (!g_date_valid_dmy ((GDateDay)(date % 100), (GDateMonth)(date / 100 % 100),
                         (GDateYear)(date / 10000))
      || memcmp (number + 8, "000000", 6) == 0)
    return FALSE;
  zone = piao_time_zone ();
  midnight = g_date_time_new (zone, (int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100),
                              0, 0, 0);
  if (midnight == NULL)
    return FALSE;
  if (day != NULL)
    *day = g_date_time_to_unix (midnight) * 1000;
  if (sequence != NULL)
    *sequence = g_ascii_strtoll (number, NULL, 10) / 10000 % G_GINT64_CONSTANT (1000000);
  if (tail != NULL)
    g_strlcpy (tail, number + 14, 5);
  return TRUE;
}
