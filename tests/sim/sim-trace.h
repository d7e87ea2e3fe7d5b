/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * SimTrace: what happened, a line an event. The last lines are kept for the report of a failure;
 * all of them go into a digest, so that two runs of one seed can be compared without keeping them.
 */
#define SIM_TRACE_KEPT 40

typedef struct _SimTrace SimTrace;

/* @loud also prints every line. */
SimTrace *sim_trace_new (gboolean loud);
void sim_trace_free (SimTrace *self);

void sim_trace_add (SimTrace *self, gint64 at, const char *who, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Bytes that must be the same in every run, without a line of their own. */
void sim_trace_mix (SimTrace *self, gconstpointer data, gsize size);

guint64 sim_trace_get_digest (SimTrace *self);
guint64 sim_trace_get_lines (SimTrace *self);

/* The last lines, oldest first. Transfer full. */
char *sim_trace_dup_last (SimTrace *self);

G_END_DECLS
