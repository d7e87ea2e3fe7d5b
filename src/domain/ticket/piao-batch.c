/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/ticket/piao-batch.h"

#include "base/piao-clock.h"

gint64
piao_batch_sell_until (gint64 printed_on)
{
  g_autoptr (GDateTime) printed = piao_time_to_local (printed_on);
  g_autoptr (GDateTime) last = g_date_time_add_months (printed, PIAO_BATCH_MONTHS);
  g_autoptr (GTimeZone) zone = piao_time_zone ();
  g_autoptr (GDateTime) midnight
      = g_date_time_new (zone, g_date_time_get_year (last), g_date_time_get_month (last),
                         g_date_time_get_day_of_month (last), 0, 0, 0);

  return g_date_time_to_unix (midnight) * 1000 + PIAO_DAY;
}
