/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/shell/piao-page-provider.h"
#include "app/shell/piao-page-table.h"
#include "base/piao-text.h"

struct _PiaoPageProvider
{
  GObject parent_instance;

  PiaoSession *session;
};

static const struct
{
  const char *icon;
  const char *title;
  const char *keys;
  const char *action;
} actions[] = {
  { "preferences-system-symbolic", N_ ("Preferences"), "Ctrl+,", "win.preferences" },
  { "input-keyboard-symbolic", N_ ("Keyboard Shortcuts"), "Ctrl+?", "win.show-help-overlay" },
  { "view-refresh-symbolic", N_ ("Refresh"), "F5", "win.refresh" },
  { "help-about-symbolic", N_ ("About Piaoku"), "", "app.about" },
};

/* By a part of the name, or by its pinyin initials. */
static gboolean
matches (const char *title, const char *name, const char *query)
{
  g_autofree char *folded = piao_text_fold (title);
  g_autofree char *initials = piao_text_initials (title);
  g_autofree char *wanted = piao_text_fold (query);

  return strstr (folded, wanted) != NULL || g_str_has_prefix (initials, wanted)
         || (name != NULL && g_str_has_prefix (name, wanted));
}

static void
add (GListStore *items,
     const char *icon,
     const char *title,
     const char *subtitle,
     const char *action)
{
  g_autoptr (PiaoPaletteItem) item = piao_palette_item_new (icon, title, subtitle, action);

  if (g_list_model_get_n_items (G_LIST_MODEL (items)) < PIAO_PALETTE_MAX_ITEMS)
    g_list_store_append (items, item);
}

static DexFuture *
piao_page_provider_search (PiaoPaletteProvider *provider, const char *query)
{
  PiaoPageProvider *self = PIAO_PAGE_PROVIDER (provider);
  GListStore *items = g_list_store_new (PIAO_TYPE_PALETTE_ITEM);

  for (const PiaoPageEntry *entry = piao_page_table; entry->name != NULL; entry++)
    {
      g_autofree char *action = g_strconcat ("win.page::", entry->name, NULL);

      if (piao_session_may (self->session, entry->permission)
          && matches (_ (entry->title), entry->name, query))
        add (items, entry->icon, _ (entry->title), _ ("Page"), action);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (matches (_ (actions[i].title), NULL, query))
      add (items, actions[i].icon, _ (actions[i].title), actions[i].keys, actions[i].action);
  return dex_future_new_take_object (items);
}

static void
provider_init (PiaoPaletteProviderInterface *iface)
{
  iface->search = piao_page_provider_search;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PiaoPageProvider,
                               piao_page_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PIAO_TYPE_PALETTE_PROVIDER, provider_init))

static void
piao_page_provider_dispose (GObject *object)
{
  g_clear_object (&PIAO_PAGE_PROVIDER (object)->session);
  G_OBJECT_CLASS (piao_page_provider_parent_class)->dispose (object);
}

static void
piao_page_provider_class_init (PiaoPageProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = piao_page_provider_dispose;
}

static void
piao_page_provider_init (PiaoPageProvider *self)
{
}

PiaoPaletteProvider *
piao_page_provider_new (PiaoSession *session)
{
  PiaoPageProvider *self = g_object_new (PIAO_TYPE_PAGE_PROVIDER, NULL);

  self->session = g_object_ref (session);
  return PIAO_PALETTE_PROVIDER (self);
}
