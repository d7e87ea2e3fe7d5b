/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * PiaoClock: the time source that a front hands to everything below it, so that no rule reads the
 * wall clock and a test can say what time it is. Times are milliseconds since 1970, UTC.
 */
#define PIAO_TYPE_CLOCK (piao_clock_get_type ())
G_DECLARE_FINAL_TYPE (PiaoClock, piao_clock, PIAO, CLOCK, GObject)

#define PIAO_SECOND G_GINT64_CONSTANT (1000)
#define PIAO_MINUTE (60 * PIAO_SECOND)
#define PIAO_HOUR (60 * PIAO_MINUTE)
#define PIAO_DAY (24 * PIAO_HOUR)

/* The wall clock of this machine. */
PiaoClock *piao_clock_new_system (void);

/* A clock that stands at @now_ms until it is set or advanced. */
PiaoClock *piao_clock_new_manual (gint64 now_ms);

/* The time now. Any thread. */
gint64 piao_clock_now (PiaoClock *self);

/* Only on a manual clock. Any thread. */
void piao_clock_set (PiaoClock *self, gint64 now_ms);
void piao_clock_advance (PiaoClock *self, gint64 ms);

/* The timezone that screens, papers and local-time rules use: Asia/Shanghai. Transfer full. */
GTimeZone *piao_time_zone (void);

/* @ms in that zone. Transfer full; never NULL for years 1 … 9999. */
GDateTime *piao_time_to_local (gint64 ms);

/* Formats @ms in that zone with a g_date_time_format() pattern; "" for 0. Transfer full. */
char *piao_time_format (gint64 ms, const char *pattern);

G_END_DECLS
