/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* clang-format off */
/*
 * PiaoCalendar: when a delivery scheme departs, from one line of text that a person can edit.
 *
 *   calendar  = rule *( ";" rule )
 *   rule      = [ "[" area "]" ] [ months ] days departure *departure
 *   months    = "May-Oct"                   from the first to the last month, may pass the new year
 *   days      = "daily" | "Tue+Fri" | "every-3@2024-01-01"    every third day counted from that one
 *   departure = "18:30" [ "/18:00" ]        and until when an order must be in: 30 minutes before
 *                                           the departure when it is not said
 *
 * An order submitted in the minute of the cut-off still goes (18:00:59), one in the next does not
 * (DLV-07). Rules of an area are for outlets there; all others follow the rules without an area.
 *
 *   transit   = part *( ";" part )          hours under way, by area or for all others
 *   part      = [ "[" area "]" ] hours
 *
 * Times are those of Asia/Shanghai, instants milliseconds UTC. Immutable, any thread.
 */
/* clang-format on */
typedef struct _PiaoCalendar PiaoCalendar;

#define PIAO_CALENDAR_MAX_TEXT 500

/* Reads @calendar and @transit. PIAO_ERROR_INVALID, reason scheme.calendar or scheme.transit; the
 * sentence names the part that was not understood. Transfer full. */
PiaoCalendar *piao_calendar_parse (const char *calendar, const char *transit, GError **error);

void piao_calendar_free (PiaoCalendar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoCalendar, piao_calendar_free)

/* The first departure that an order submitted at @submitted_at can take, 0 when there is none
 * within a year. @area: county or town of the outlet, or NULL. */
gint64 piao_calendar_next (const PiaoCalendar *self, const char *area, gint64 submitted_at);

/* The first departure at or after @at, whatever its cut-off: for a parcel that is ready. */
gint64 piao_calendar_next_ready (const PiaoCalendar *self, const char *area, gint64 at);

/* Hours under way. */
gint64 piao_calendar_get_transit_hours (const PiaoCalendar *self, const char *area);

/* What the planner says of one order (DLV-08). */
typedef struct
{
  gint64 departure_at; /* 0: the scheme has no departure */
  gint64 predicted_at; /* arrival at the outlet; 0 with it */
  gint64 slack_ms;     /* due - predicted; negative: it will be late */
  gboolean breach;     /* predicted after due, or no departure at all */
} PiaoPrediction;

void piao_calendar_predict (const PiaoCalendar *self,
                            const char *area,
                            gint64 submitted_at,
                            gint64 due_at,
                            PiaoPrediction *prediction);

G_END_DECLS
