/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "server/piao-metrics.h"

/* Seconds; operators are told of 50 ms, so that is one of them. */
static const double bounds[PIAO_METRICS_BUCKETS]
    = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10 };

void
piao_metrics_note_push (PiaoMetrics *self, double seconds)
{
  guint i = 0;

  while (i < PIAO_METRICS_BUCKETS && seconds > bounds[i])
    i++;
  self->pushes[i]++;
  self->push_seconds += seconds;
}

void
piao_metrics_note_failure (PiaoMetrics *self, const GError *error)
{
  if (g_str_has_prefix (piao_error_get_reason (error), "db."))
    self->database_errors++;
}

void
piao_metrics_write_number (
    GString *text, const char *name, const char *kind, const char *help, guint64 number)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n%s %" G_GUINT64_FORMAT "\n", name,
                          help, name, kind, name, number);
}

void
piao_metrics_write (const PiaoMetrics *self, GString *text)
{
  guint64 n = 0;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, "# HELP piaoku_push_seconds From the last byte of a request with commands "
                         "to its answer.\n# TYPE piaoku_push_seconds histogram\n");
  for (guint i = 0; i < PIAO_METRICS_BUCKETS; i++)
    {
      n += self->pushes[i];
      g_string_append_printf (text, "piaoku_push_seconds_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n",
                              g_ascii_formatd (number, sizeof number, "%g", bounds[i]), n);
    }
  n += self->pushes[PIAO_METRICS_BUCKETS];
  g_string_append_printf (
      text,
      "piaoku_push_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT
      "\npiaoku_push_seconds_sum %s\npiaoku_push_seconds_count %" G_GUINT64_FORMAT "\n",
      n, g_ascii_formatd (number, sizeof number, "%.6f", self->push_seconds), n);
  piao_metrics_write_number (text, "piaoku_database_errors_total", "counter",
                             "Calls that failed because the database did.", self->database_errors);
}
