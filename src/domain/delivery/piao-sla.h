/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The delivery time limit. It runs from the submit of an order, never pauses, and depends on the
 * distance between warehouse and outlet; an outlet may have a shorter one of its own.
 */
#define PIAO_SLA_NEAR_M G_GINT64_CONSTANT (50000)
#define PIAO_SLA_FAR_M G_GINT64_CONSTANT (400000)
#define PIAO_SLA_NEAR_HOURS 18
#define PIAO_SLA_MIDDLE_HOURS 36
#define PIAO_SLA_FAR_HOURS 72

/* Default of the parameter sla.warn-percent. (DLV-05) */
#define PIAO_SLA_WARN_PERCENT 70

typedef enum
{
  PIAO_DUE_OK,   /* less than the warning share of the limit has passed */
  PIAO_DUE_NEAR, /* the warning share has passed, or it will arrive too late */
  PIAO_DUE_OVER, /* the whole limit has passed */
} PiaoDueState;

/* Hours by @distance_m: up to 50 km 18, up to 400 km 36, above 72 (DLV-01, DLV-02, DLV-03). */
gint64 piao_sla_tier_hours (gint64 distance_m);

/* Hours of an outlet: its tier, or @override_hours (0: none) where that is shorter (DLV-05). */
gint64 piao_sla_limit_hours (gint64 distance_m, gint64 override_hours);

/* Whether @override_hours may be entered for an outlet: 0, or 1 … its tier.
 * PIAO_ERROR_REFUSED, reason outlet.limit-longer. */
gboolean piao_sla_check_override (gint64 distance_m, gint64 override_hours, GError **error);

/* When an order of @submitted_at is due. */
gint64 piao_sla_due_at (gint64 submitted_at, gint64 distance_m, gint64 override_hours);

/* The colour of an order's clock at @now, the same wherever one is shown. With the way chosen it
 * arrives at @predicted_at (0: not known); behind @due_at it is near from the beginning, because
 * only another way helps. (DLV-05) */
PiaoDueState piao_sla_due_state (
    gint64 submitted_at, gint64 due_at, gint64 predicted_at, gint64 now, gint64 warn_percent);

G_END_DECLS
