/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/shell/piao-data-provider.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-queries.h"
#include "domain/outlet/piao-outlet-queries.h"
#include "domain/pack/piao-stock-queries.h"

#define MAX_EACH 5

struct _PiaoDataProvider
{
  GObject parent_instance;

  PiaoSession *session;
};

typedef struct
{
  char *typed;
  gint64 warehouse;
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_free (query->typed);
  g_free (query);
}

static void
add (GListStore *items,
     const char *icon,
     const char *title,
     const char *subtitle,
     const char *action)
{
  g_autoptr (PiaoPaletteItem) item = piao_palette_item_new (icon, title, subtitle, action);

  g_list_store_append (items, item);
}

static gboolean
add_orders (PiaoDb *db, Query *query, GListStore *items, GError **error)
{
  g_autoptr (GPtrArray) hits
      = piao_order_find (db, query->warehouse, query->typed, MAX_EACH, error);

  for (guint i = 0; hits != NULL && i < hits->len; i++)
    {
      PiaoOrderHit *hit = g_ptr_array_index (hits, i);
      g_autofree char *action
          = g_strdup_printf ("win.show-order(int64 %" G_GINT64_FORMAT ")", hit->id);
      g_autofree char *subtitle
          = g_strdup_printf ("%s · %s", hit->outlet_name != NULL ? hit->outlet_name : "",
                             piao_order_state_get_title (hit->state));

      add (items, "view-list-symbolic", hit->number, subtitle, action);
    }
  return hits != NULL;
}

static gboolean
add_outlets (PiaoDb *db, Query *query, GListStore *items, GError **error)
{
  g_autoptr (GPtrArray) outlets = piao_outlet_find (db, query->typed, MAX_EACH, error);

  for (guint i = 0; outlets != NULL && i < outlets->len; i++)
    {
      const PiaoRecord *outlet = g_ptr_array_index (outlets, i);
      const char *number = piao_record_text (outlet, PIAO_OUTLET_OUTLET_NO);
      g_autofree char *title
          = g_strdup_printf ("%s %s", number, piao_record_text (outlet, PIAO_OUTLET_NAME));
      g_autofree char *subtitle
          = g_strdup_printf (_ ("%s · orders of this outlet"),
                             piao_record_text (outlet, PIAO_OUTLET_OWNER_NAME));
      g_autofree char *action = g_strdup_printf ("win.find-orders::%s", number);

      add (items, "mark-location-symbolic", title, subtitle, action);
    }
  return outlets != NULL;
}

static gboolean
add_packs (PiaoDb *db, Query *query, GListStore *items, GError **error)
{
  g_auto (GStrv) codes = piao_pack_find (db, query->typed, MAX_EACH, error);

  for (guint i = 0; codes != NULL && codes[i] != NULL; i++)
    {
      g_autofree char *action = g_strdup_printf ("win.show-pack::%s", codes[i]);

      add (items, "package-x-generic-symbolic", codes[i], _ ("Pack"), action);
    }
  return codes != NULL;
}

static DexFuture *
find (PiaoDb *db, gpointer data)
{
  Query *query = data;
  g_autoptr (GListStore) items = g_list_store_new (PIAO_TYPE_PALETTE_ITEM);
  GError *error = NULL;

  if (add_orders (db, query, items, &error) && add_outlets (db, query, items, &error)
      && add_packs (db, query, items, &error))
    return dex_future_new_for_object (items);
  return dex_future_new_for_error (error);
}

static DexFuture *
piao_data_provider_search (PiaoPaletteProvider *provider, const char *query_text)
{
  PiaoDataProvider *self = PIAO_DATA_PROVIDER (provider);
  Query *query;

  if (*query_text == '\0' || !piao_session_may (self->session, "order"))
    return dex_future_new_take_object (g_list_store_new (PIAO_TYPE_PALETTE_ITEM));
  query = g_new0 (Query, 1);
  query->typed = g_strdup (query_text);
  query->warehouse = piao_session_get_warehouse (self->session);
  return piao_session_read (self->session, find, query, query_free);
}

static void
provider_init (PiaoPaletteProviderInterface *iface)
{
  iface->search = piao_data_provider_search;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PiaoDataProvider,
                               piao_data_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PIAO_TYPE_PALETTE_PROVIDER, provider_init))

static void
piao_data_provider_dispose (GObject *object)
{
  g_clear_object (&PIAO_DATA_PROVIDER (object)->session);
  G_OBJECT_CLASS (piao_data_provider_parent_class)->dispose (object);
}

static void
piao_data_provider_class_init (PiaoDataProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = piao_data_provider_dispose;
}

static void
piao_data_provider_init (PiaoDataProvider *self)
{
}

PiaoPaletteProvider *
piao_data_provider_new (PiaoSession *session)
{
  PiaoDataProvider *self = g_object_new (PIAO_TYPE_DATA_PROVIDER, NULL);

  self->session = g_object_ref (session);
  return PIAO_PALETTE_PROVIDER (self);
}
