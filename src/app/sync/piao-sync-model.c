/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/sync/piao-sync-private.h"
#include "app/widget/piao-reading.h"
#include "base/piao-future.h"

#define MAX_ITEMS 200

/* What a reader's thread brings back. */
typedef struct
{
  GPtrArray *outbox, *gateway; /* PiaoSyncItem; NULL when only numbers were asked for */
  GPtrArray *refused;          /* PiaoRefused, likewise */
  PiaoOutboxCounts counts;
  gint64 open, in_doubt; /* requests */
} Answer;

struct _PiaoSyncModel
{
  GObject parent_instance;

  PiaoSession *session;
  PiaoReading *reading; /* owned; full: the lists beside the numbers */
  GListStore *outbox, *gateway;
  GPtrArray *refused; /* PiaoRefused */
  guint waiting, attention, open;
  gboolean active; /* the lists are in front */
};

G_DEFINE_FINAL_TYPE (PiaoSyncModel, piao_sync_model, G_TYPE_OBJECT)

static guint changed_signal;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->outbox, g_ptr_array_unref);
  g_clear_pointer (&answer->refused, g_ptr_array_unref);
  g_clear_pointer (&answer->gateway, g_ptr_array_unref);
  g_free (answer);
}

static gboolean
load_entries (PiaoDb *db, GPtrArray *items, GError **error)
{
  g_autoptr (GPtrArray) entries = piao_outbox_list (db, MAX_ITEMS, error);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    g_ptr_array_add (items, piao_sync_item_new_command (db, g_ptr_array_index (entries, i)));
  return entries != NULL;
}

static gboolean
load_requests (PiaoDb *db, GPtrArray *items, GError **error)
{
  g_autoptr (GPtrArray) requests = piao_gateway_list_newest (db, MAX_ITEMS, error);

  for (guint i = 0; requests != NULL && i < requests->len; i++)
    g_ptr_array_add (items, piao_sync_item_new_request (g_ptr_array_index (requests, i)));
  return requests != NULL;
}

static gboolean
load_lists (PiaoDb *db, PiaoRegistry *registry, Answer *answer, GError **error)
{
  answer->outbox = g_ptr_array_new_with_free_func (g_object_unref);
  answer->gateway = g_ptr_array_new_with_free_func (g_object_unref);
  answer->refused = piao_refused_list (db, registry, 0, MAX_ITEMS, error);
  return answer->refused != NULL && load_entries (db, answer->outbox, error)
         && load_requests (db, answer->gateway, error);
}

typedef struct
{
  PiaoRegistry *registry; /* lives as long as the replica */
  gboolean lists;
} Query;

static DexFuture *
load (PiaoDb *db, gpointer data)
{
  const Query *query = data;
  Answer *answer = g_new0 (Answer, 1);
  GError *error = NULL;

  if (piao_outbox_count (db, &answer->counts, &error)
      && piao_gateway_count_open (db, &answer->open, &answer->in_doubt, &error)
      && (!query->lists || load_lists (db, query->registry, answer, &error)))
    return dex_future_new_for_pointer (answer);
  answer_free (answer);
  return dex_future_new_for_error (error);
}

static gpointer
ask (gpointer owner, gboolean full)
{
  PiaoSession *session = PIAO_SYNC_MODEL (owner)->session;
  Query query = { piao_replica_get_registry (piao_session_get_replica (session)), full };

  return g_memdup2 (&query, sizeof query);
}

/* Puts the item of @store that shows the same in the place of each of @items. */
static void
keep_items (GListModel *store, GPtrArray *items)
{
  g_autoptr (GHashTable) kept
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  guint n = g_list_model_get_n_items (store);

  for (guint i = 0; i < n; i++)
    {
      PiaoSyncItem *item = g_list_model_get_item (store, i);
      gint64 id = piao_sync_item_get_id (item);

      g_hash_table_insert (kept, g_memdup2 (&id, sizeof id), item);
    }
  for (guint i = 0; i < items->len; i++)
    {
      gint64 id = piao_sync_item_get_id (items->pdata[i]);
      PiaoSyncItem *item = g_hash_table_lookup (kept, &id);

      if (item != NULL && piao_sync_item_equal (item, items->pdata[i]))
        g_set_object (&items->pdata[i], item);
    }
}

static gboolean
is_at (GListModel *store, guint position, gpointer item)
{
  g_autoptr (GObject) there = g_list_model_get_item (store, position);

  return there == item;
}

/* Rows that stay what they are keep their place on the screen, their selection and the focus. */
static void
replace (GListStore *store, GPtrArray *items)
{
  GListModel *model = G_LIST_MODEL (store);
  guint n = g_list_model_get_n_items (model), start = 0, end = 0;

  keep_items (model, items);
  while (start < MIN (n, items->len) && is_at (model, start, items->pdata[start]))
    start++;
  while (end < MIN (n, items->len) - start
         && is_at (model, n - 1 - end, items->pdata[items->len - 1 - end]))
    end++;
  if (n - start - end > 0 || items->len - start - end > 0)
    g_list_store_splice (store, start, n - start - end, items->pdata + start,
                         items->len - start - end);
}

static void
show (gpointer owner, gpointer data)
{
  PiaoSyncModel *self = owner;
  Answer *answer = data;

  if (answer->outbox != NULL)
    {
      replace (self->outbox, answer->outbox);
      replace (self->gateway, answer->gateway);
      g_ptr_array_unref (self->refused);
      self->refused = g_steal_pointer (&answer->refused);
    }
  self->waiting = answer->counts.waiting;
  self->open = (guint)answer->open;
  self->attention = answer->counts.refused + answer->counts.parked + (guint)answer->in_doubt;
  answer_free (answer);
  g_signal_emit (self, changed_signal, 0);
}

static const PiaoReadingFuncs reading = { ask, load, show, answer_free };

DexFuture *
piao_sync_model_refresh (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  return piao_reading_again (self->reading, TRUE);
}

static void
on_replica_changed (PiaoSyncModel *self)
{
  piao_future_disown (piao_reading_again (self->reading, self->active), "reading the sync centre");
}

void
piao_sync_model_set_active (PiaoSyncModel *self, gboolean active)
{
  g_return_if_fail (PIAO_IS_SYNC_MODEL (self));
  if (self->active == active)
    return;
  self->active = active;
  if (active)
    on_replica_changed (self);
}

/* --- object ----------------------------------------------------------------------------------- */

GListModel *
piao_sync_model_get_outbox (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  return G_LIST_MODEL (self->outbox);
}

GPtrArray *
piao_sync_model_get_refused (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  return self->refused;
}

GListModel *
piao_sync_model_get_gateway (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  return G_LIST_MODEL (self->gateway);
}

guint
piao_sync_model_get_waiting (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), 0);
  return self->waiting;
}

guint
piao_sync_model_get_open (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), 0);
  return self->open;
}

guint
piao_sync_model_get_attention (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), 0);
  return self->attention;
}

static void
piao_sync_model_finalize (GObject *object)
{
  PiaoSyncModel *self = PIAO_SYNC_MODEL (object);

  g_clear_object (&self->reading);
  g_clear_object (&self->outbox);
  g_clear_pointer (&self->refused, g_ptr_array_unref);
  g_clear_object (&self->gateway);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_sync_model_parent_class)->finalize (object);
}

static void
piao_sync_model_class_init (PiaoSyncModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_sync_model_finalize;
  changed_signal = g_signal_new ("changed", PIAO_TYPE_SYNC_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
piao_sync_model_init (PiaoSyncModel *self)
{
  self->outbox = g_list_store_new (PIAO_TYPE_SYNC_ITEM);
  self->refused = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_refused_unref);
  self->gateway = g_list_store_new (PIAO_TYPE_SYNC_ITEM);
}

PiaoSyncModel *
piao_sync_model_new (PiaoSession *session)
{
  PiaoSyncModel *self = g_object_new (PIAO_TYPE_SYNC_MODEL, NULL);

  self->session = g_object_ref (session);
  self->reading = piao_reading_new (session, &reading, G_OBJECT (self));
  g_signal_connect_object (session, "replica-changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  on_replica_changed (self);
  return self;
}
