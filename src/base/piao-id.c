/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-id.h"

void
piao_id_source_init (PiaoIdSource *self, PiaoClock *clock, guint device, gint64 last)
{
  g_return_if_fail (device <= PIAO_ID_MAX_DEVICE);
  self->clock = g_object_ref (clock);
  self->device = device;
  self->last = last;
}

void
piao_id_source_clear (PiaoIdSource *self)
{
  g_clear_object (&self->clock);
}

gint64
piao_id_source_take (PiaoIdSource *self, guint count)
{
  gint64 ms = MAX (piao_clock_now (self->clock) - PIAO_ID_EPOCH_MS, 1);
  gint64 fresh = (ms << 22) | (gint64)self->device;
  gint64 after = 0;
  gint64 first;

  g_return_val_if_fail (count > 0, 0);
  if (self->last > 0)
    after = ((self->last >> 12) << 12 | (gint64)self->device) + PIAO_ID_STRIDE;
  first = MAX (fresh, after);
  self->last = first + (gint64)(count - 1) * PIAO_ID_STRIDE;
  return first;
}

gint64
piao_id_get_time (gint64 id)
{
  return (id >> 22) + PIAO_ID_EPOCH_MS;
}

guint
piao_id_get_device (gint64 id)
{
  return (guint)(id & PIAO_ID_MAX_DEVICE);
}

char *
piao_id_to_text (gint64 id)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, id);
}

gint64
piao_id_from_text (const char *text)
{
  gint64 id = 0;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, &id, NULL))
    return 0;
  return id;
}
