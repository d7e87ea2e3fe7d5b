/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/shell/piao-page.h"

typedef struct
{
  PiaoSession *session;
  char *title;
  guint badge;
} PiaoPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PiaoPage, piao_page, ADW_TYPE_BIN)

#define PRIVATE(self) ((PiaoPagePrivate *)piao_page_get_instance_private (self))

enum
{
  PROP_SESSION = 1,
  PROP_TITLE,
  PROP_BADGE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void
piao_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PiaoPagePrivate *priv = PRIVATE (PIAO_PAGE (object));

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_BADGE:
      g_value_set_uint (value, priv->badge);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
piao_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PiaoPagePrivate *priv = PRIVATE (PIAO_PAGE (object));

  switch (id)
    {
    case PROP_SESSION:
      priv->session = g_value_dup_object (value);
      break;
    case PROP_TITLE:
      g_set_str (&priv->title, g_value_get_string (value));
      break;
    case PROP_BADGE:
      piao_page_set_badge (PIAO_PAGE (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
piao_page_dispose (GObject *object)
{
  PiaoPagePrivate *priv = PRIVATE (PIAO_PAGE (object));

  g_clear_object (&priv->session);
  G_OBJECT_CLASS (piao_page_parent_class)->dispose (object);
}

static void
piao_page_finalize (GObject *object)
{
  g_free (PRIVATE (PIAO_PAGE (object))->title);
  G_OBJECT_CLASS (piao_page_parent_class)->finalize (object);
}

static void
piao_page_class_init (PiaoPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = piao_page_get_property;
  object_class->set_property = piao_page_set_property;
  object_class->dispose = piao_page_dispose;
  object_class->finalize = piao_page_finalize;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PIAO_TYPE_SESSION,
                                                  flags | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_BADGE]
      = g_param_spec_uint ("badge", NULL, NULL, 0, G_MAXUINT, 0, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
piao_page_init (PiaoPage *self)
{
}

PiaoSession *
piao_page_get_session (PiaoPage *self)
{
  g_return_val_if_fail (PIAO_IS_PAGE (self), NULL);
  return PRIVATE (self)->session;
}

const char *
piao_page_get_title (PiaoPage *self)
{
  g_return_val_if_fail (PIAO_IS_PAGE (self), NULL);
  return PRIVATE (self)->title;
}

guint
piao_page_get_badge (PiaoPage *self)
{
  g_return_val_if_fail (PIAO_IS_PAGE (self), 0);
  return PRIVATE (self)->badge;
}

void
piao_page_set_badge (PiaoPage *self, guint badge)
{
  g_return_if_fail (PIAO_IS_PAGE (self));
  if (PRIVATE (self)->badge == badge)
    return;
  PRIVATE (self)->badge = badge;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BADGE]);
}

#define CALL(function)                                                                             \
  g_return_if_fail (PIAO_IS_PAGE (self));                                                          \
  if (PIAO_PAGE_GET_CLASS (self)->function != NULL)                                                \
  PIAO_PAGE_GET_CLASS (self)->function (self)

void
piao_page_activate (PiaoPage *self)
{
  CALL (activate);
}

void
piao_page_deactivate (PiaoPage *self)
{
  CALL (deactivate);
}

void
piao_page_refresh (PiaoPage *self)
{
  CALL (refresh);
}

void
piao_page_find (PiaoPage *self)
{
  CALL (find);
}

gboolean
piao_page_scan (PiaoPage *self, const char *text, gboolean converted)
{
  PiaoPageClass *klass = PIAO_PAGE_GET_CLASS (self);

  return klass->scan != NULL && klass->scan (self, text, converted);
}

gboolean
piao_page_typed (PiaoPage *self, const char *text)
{
  PiaoPageClass *klass = PIAO_PAGE_GET_CLASS (self);

  return klass->typed != NULL && klass->typed (self, text);
}

void
piao_toast (GtkWidget *widget, const char *text)
{
  gtk_widget_activate_action (widget, "win.toast", "s", text);
}

void
piao_toast_error (GtkWidget *widget, const GError *error)
{
  piao_toast (widget, error->message);
}
