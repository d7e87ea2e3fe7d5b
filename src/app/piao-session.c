/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/piao-paths.h"
#include "app/piao-session.h"

struct _PiaoSession
{
  GObject parent_instance;

  PiaoClock *clock;
  GSettings *settings;
  PiaoScanBus *scan_bus;
  PiaoLinks *links;
  PiaoSound *sound; /* made at the first tone */
  gboolean practice;
  char *user_name;
  char *warehouse_name;
};

G_DEFINE_FINAL_TYPE (PiaoSession, piao_session, G_TYPE_OBJECT)

enum
{
  PROP_USER_NAME = 1,
  PROP_WAREHOUSE_NAME,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void
piao_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PiaoSession *self = PIAO_SESSION (object);

  switch (id)
    {
    case PROP_USER_NAME:
      g_value_set_string (value, self->user_name);
      break;
    case PROP_WAREHOUSE_NAME:
      g_value_set_string (value, self->warehouse_name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
piao_session_finalize (GObject *object)
{
  PiaoSession *self = PIAO_SESSION (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->settings);
  g_clear_object (&self->scan_bus);
  g_clear_object (&self->links);
  g_clear_pointer (&self->sound, piao_sound_free);
  g_free (self->user_name);
  g_free (self->warehouse_name);
  G_OBJECT_CLASS (piao_session_parent_class)->finalize (object);
}

static void
piao_session_class_init (PiaoSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = piao_session_get_property;
  object_class->finalize = piao_session_finalize;
  properties[PROP_USER_NAME] = g_param_spec_string ("user-name", NULL, NULL, "",
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_WAREHOUSE_NAME] = g_param_spec_string ("warehouse-name", NULL, NULL, "",
                                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
piao_session_init (PiaoSession *self)
{
  self->scan_bus = piao_scan_bus_new ();
  self->links = piao_links_new ();
  self->user_name = g_strdup ("");
  self->warehouse_name = g_strdup ("");
}

PiaoSession *
piao_session_new (PiaoClock *clock, GSettings *settings, gboolean practice)
{
  PiaoSession *self = g_object_new (PIAO_TYPE_SESSION, NULL);

  self->clock = g_object_ref (clock);
  self->settings = g_object_ref (settings);
  self->practice = practice;
  return self;
}

PiaoClock *
piao_session_get_clock (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->clock;
}

GSettings *
piao_session_get_settings (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->settings;
}

PiaoScanBus *
piao_session_get_scan_bus (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->scan_bus;
}

PiaoLinks *
piao_session_get_links (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->links;
}

gboolean
piao_session_is_practice (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), FALSE);
  return self->practice;
}

gint64
piao_session_now (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), 0);
  return piao_clock_now (self->clock);
}

const char *
piao_session_get_user_name (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->user_name;
}

const char *
piao_session_get_warehouse_name (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->warehouse_name;
}

void
piao_session_set_place (PiaoSession *self, const char *user_name, const char *warehouse_name)
{
  g_return_if_fail (PIAO_IS_SESSION (self));
  if (g_set_str (&self->user_name, user_name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER_NAME]);
  if (g_set_str (&self->warehouse_name, warehouse_name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAREHOUSE_NAME]);
}

gboolean
piao_session_may (PiaoSession *self, const char *word)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), FALSE);
  return word == NULL;
}

void
piao_session_play (PiaoSession *self, PiaoTone tone)
{
  g_return_if_fail (PIAO_IS_SESSION (self));
  if (!g_settings_get_boolean (self->settings, "sounds"))
    return;
  if (self->sound == NULL)
    {
      g_autofree char *folder = piao_paths_dup_sound_dir ();

      self->sound = piao_sound_new (folder);
    }
  piao_sound_play (self->sound, tone);
}
