/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoMetrics: what only the main thread sees of the server's work, for GET /v1/metrics. What other
 * parts count they are asked for when somebody looks (piao-route-metrics.c). Main thread.
 */
#define PIAO_METRICS_BUCKETS 10

typedef struct
{
  guint64
      pushes[PIAO_METRICS_BUCKETS + 1]; /* by the bound that each was within; the last: beyond */
  double push_seconds;                  /* of all together */
  guint64 database_errors;              /* calls that failed because the database did */
} PiaoMetrics;

/* A request with commands took @seconds from its end to its answer. */
void piao_metrics_note_push (PiaoMetrics *self, double seconds);

/* A call failed with @error. */
void piao_metrics_note_failure (PiaoMetrics *self, const GError *error);

/* Adds them to @text in the exposition format of Prometheus. */
void piao_metrics_write (const PiaoMetrics *self, GString *text);

/* One number with the line that says what it is; @kind is "counter" or "gauge". */
void piao_metrics_write_number (
    GString *text, const char *name, const char *kind, const char *help, guint64 number);

G_END_DECLS
