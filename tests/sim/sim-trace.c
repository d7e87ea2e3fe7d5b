/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-clock.h"
#include "tests/sim/sim-trace.h"

struct _SimTrace
{
  char *last[SIM_TRACE_KEPT]; /* owned; a ring */
  guint64 lines;
  guint64 digest; /* FNV-1a */
  gboolean loud;
};

SimTrace *
sim_trace_new (gboolean loud)
{
  SimTrace *self = g_new0 (SimTrace, 1);

  self->digest = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  self->loud = loud;
  return self;
}

void
sim_trace_free (SimTrace *self)
{
  for (guint i = 0; i < SIM_TRACE_KEPT; i++)
    g_free (self->last[i]);
  g_free (self);
}

void
sim_trace_mix (SimTrace *self, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < size; i++)
    self->digest = (self->digest ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
}

void
sim_trace_add (SimTrace *self, gint64 at, const char *who, const char *format, ...)
{
  g_autofree char *what = NULL;
  char *line;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strdup_printf ("day %2d %02d:%02d:%02d.%03d %-7s %s", (int)(at / PIAO_DAY),
                          (int)(at / PIAO_HOUR % 24), (int)(at / PIAO_MINUTE % 60),
                          (int)(at / PIAO_SECOND % 60), (int)(at % PIAO_SECOND), who, what);
  sim_trace_mix (self, line, strlen (line) + 1);
  if (self->loud)
    g_print ("%s\n", line);
  g_free (self->last[self->lines % SIM_TRACE_KEPT]);
  self->last[self->lines++ % SIM_TRACE_KEPT] = line;
}

guint64
sim_trace_get_digest (SimTrace *self)
{
  return self->digest;
}

guint64
sim_trace_get_lines (SimTrace *self)
{
  return self->lines;
}

char *
sim_trace_dup_last (SimTrace *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < SIM_TRACE_KEPT; i++)
    {
      const char *line = self->last[(self->lines + i) % SIM_TRACE_KEPT];

      if (line != NULL)
        g_string_append_printf (text, "  %s\n", line);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}
