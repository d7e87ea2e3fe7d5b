/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/shell/piao-palette.h"

struct _PiaoPaletteItem
{
  GObject parent_instance;

  char *icon;
  char *title;
  char *subtitle;
  char *action;
};

G_DEFINE_FINAL_TYPE (PiaoPaletteItem, piao_palette_item, G_TYPE_OBJECT)

enum
{
  PROP_ICON = 1,
  PROP_TITLE,
  PROP_SUBTITLE,
  N_PROPS
};

static void
piao_palette_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PiaoPaletteItem *self = PIAO_PALETTE_ITEM (object);

  switch (id)
    {
    case PROP_ICON:
      g_value_set_string (value, self->icon);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
piao_palette_item_finalize (GObject *object)
{
  PiaoPaletteItem *self = PIAO_PALETTE_ITEM (object);

  g_free (self->icon);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->action);
  G_OBJECT_CLASS (piao_palette_item_parent_class)->finalize (object);
}

static void
piao_palette_item_class_init (PiaoPaletteItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = piao_palette_item_get_property;
  object_class->finalize = piao_palette_item_finalize;
  g_object_class_install_property (object_class, PROP_ICON,
                                   g_param_spec_string ("icon", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_TITLE,
                                   g_param_spec_string ("title", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_SUBTITLE,
                                   g_param_spec_string ("subtitle", NULL, NULL, NULL, flags));
}

static void
piao_palette_item_init (PiaoPaletteItem *self)
{
}

PiaoPaletteItem *
piao_palette_item_new (const char *icon,
                       const char *title,
                       const char *subtitle,
                       const char *action)
{
  PiaoPaletteItem *self = g_object_new (PIAO_TYPE_PALETTE_ITEM, NULL);

  self->icon = g_strdup (icon);
  self->title = g_strdup (title);
  self->subtitle = g_strdup (subtitle);
  self->action = g_strdup (action);
  return self;
}

const char *
piao_palette_item_get_title (PiaoPaletteItem *self)
{
  g_return_val_if_fail (PIAO_IS_PALETTE_ITEM (self), NULL);
  return self->title;
}

const char *
piao_palette_item_get_action (PiaoPaletteItem *self)
{
  g_return_val_if_fail (PIAO_IS_PALETTE_ITEM (self), NULL);
  return self->action;
}

G_DEFINE_INTERFACE (PiaoPaletteProvider, piao_palette_provider, G_TYPE_OBJECT)

static void
piao_palette_provider_default_init (PiaoPaletteProviderInterface *iface)
{
}

DexFuture *
piao_palette_provider_search (PiaoPaletteProvider *self, const char *query)
{
  g_return_val_if_fail (PIAO_IS_PALETTE_PROVIDER (self), NULL);
  return PIAO_PALETTE_PROVIDER_GET_IFACE (self)->search (self, query);
}
