/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-clock.h"

struct _PiaoClock
{
  GObject parent_instance;
  gboolean manual; /* fixed at construction */
  GMutex lock;     /* guards now */
  gint64 now;      /* ms; only when manual */
};

G_DEFINE_FINAL_TYPE (PiaoClock, piao_clock, G_TYPE_OBJECT)

static void
piao_clock_finalize (GObject *object)
{
  g_mutex_clear (&PIAO_CLOCK (object)->lock);
  G_OBJECT_CLASS (piao_clock_parent_class)->finalize (object);
}

static void
piao_clock_class_init (PiaoClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_clock_finalize;
}

static void
piao_clock_init (PiaoClock *self)
{
  g_mutex_init (&self->lock);
}

PiaoClock *
piao_clock_new_system (void)
{
  return g_object_new (PIAO_TYPE_CLOCK, NULL);
}

PiaoClock *
piao_clock_new_manual (gint64 now_ms)
{
  PiaoClock *self = g_object_new (PIAO_TYPE_CLOCK, NULL);

  self->manual = TRUE;
  self->now = now_ms;
  return self;
}

gint64
piao_clock_now (PiaoClock *self)
{
  gint64 now;

  g_return_val_if_fail (PIAO_IS_CLOCK (self), 0);
  if (!self->manual)
    return g_get_real_time () / 1000;
  g_mutex_lock (&self->lock);
  now = self->now;
  g_mutex_unlock (&self->lock);
  return now;
}

void
piao_clock_set (PiaoClock *self, gint64 now_ms)
{
  g_return_if_fail (PIAO_IS_CLOCK (self));
  g_return_if_fail (self->manual);
  g_mutex_lock (&self->lock);
  self->now = now_ms;
  g_mutex_unlock (&self->lock);
}

void
piao_clock_advance (PiaoClock *self, gint64 ms)
{
  g_return_if_fail (PIAO_IS_CLOCK (self));
  g_return_if_fail (self->manual);
  g_mutex_lock (&self->lock);
  self->now += ms;
  g_mutex_unlock (&self->lock);
}

GTimeZone *
piao_time_zone (void)
{
  static gsize kept; /* a GTimeZone: made anew it is read from the disk every time */

  if (g_once_init_enter (&kept))
    {
      GTimeZone *zone = g_time_zone_new_identifier ("Asia/Shanghai");

      /* China has had no daylight saving since 1991: the fixed offset is the same rule. */
      g_once_init_leave (&kept, (gsize)(zone != NULL ? zone : g_time_zone_new_offset (8 * 3600)));
    }
  return g_time_zone_ref ((GTimeZone *)kept);
}

GDateTime *
piao_time_to_local (gint64 ms)
{
  g_autoptr (GTimeZone) zone = piao_time_zone ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (ms * 1000);

  g_return_val_if_fail (utc != NULL, NULL);
  return g_date_time_to_timezone (utc, zone);
}

char *
piao_time_format (gint64 ms, const char *pattern)
{
  g_autoptr (GDateTime) local = NULL;

  if (ms == 0)
    return g_strdup ("");
  local = piao_time_to_local (ms);
  return local != NULL ? g_date_time_format (local, pattern) : g_strdup ("");
}
