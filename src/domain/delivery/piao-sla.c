/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/delivery/piao-sla.h"

#include <glib/gi18n-lib.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"

gint64
piao_sla_tier_hours (gint64 distance_m)
{
  if (distance_m <= PIAO_SLA_NEAR_M)
    return PIAO_SLA_NEAR_HOURS;
  return distance_m <= PIAO_SLA_FAR_M ? PIAO_SLA_MIDDLE_HOURS : PIAO_SLA_FAR_HOURS;
}

gint64
piao_sla_limit_hours (gint64 distance_m, gint64 override_hours)
{
  gint64 tier = piao_sla_tier_hours (distance_m);

  return override_hours > 0 ? MIN (override_hours, tier) : tier;
}

gboolean
piao_sla_check_override (gint64 distance_m, gint64 override_hours, GError **error)
{
  gint64 tier = piao_sla_tier_hours (distance_m);

  if (override_hours >= 0 && override_hours <= tier)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "outlet.limit-longer",
                         _ ("The time limit of this outlet may only be shortened: enter 1 to %d "
                            "hours, or 0 for the limit of its distance."),
                         (int)tier);
}

gint64
piao_sla_due_at (gint64 submitted_at, gint64 distance_m, gint64 override_hours)
{
  return submitted_at + piao_sla_limit_hours (distance_m, override_hours) * PIAO_HOUR;
}

PiaoDueState
piao_sla_due_state (
    gint64 submitted_at, gint64 due_at, gint64 predicted_at, gint64 now, gint64 warn_percent)
{
  if (now >= due_at)
    return PIAO_DUE_OVER;
  if (predicted_at > due_at)
    return PIAO_DUE_NEAR;
  if ((now - submitted_at) * 100 >= (due_at - submitted_at) * warn_percent)
    return PIAO_DUE_NEAR;
  return PIAO_DUE_OK;
}
