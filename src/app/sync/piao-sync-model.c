/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/sync/piao-sync-private.h"
#include "base/piao-future.h"

#define MAX_ITEMS 200

/* What a reader's thread brings back. */
typedef struct
{
  GPtrArray *outbox, *refused, *gateway; /* PiaoSyncItem */
  PiaoOutboxCounts counts;
  gint64 open, in_doubt; /* requests */
} Answer;

struct _PiaoSyncModel
{
  GObject parent_instance;

  PiaoSession *session;
  guint generation; /* of the last full reading; an older answer may come after it */
  GListStore *outbox, *refused, *gateway;
  guint waiting, attention, open;
  gboolean active; /* the lists are in front */
};

G_DEFINE_FINAL_TYPE (PiaoSyncModel, piao_sync_model, G_TYPE_OBJECT)

static guint changed_signal;

static void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->outbox, g_ptr_array_unref);
  g_clear_pointer (&answer->refused, g_ptr_array_unref);
  g_clear_pointer (&answer->gateway, g_ptr_array_unref);
  g_free (answer);
}

/* Entries in @state, appended as items. */
static gboolean
load_entries (PiaoDb *db, const char *state, GPtrArray *items, GError **error)
{
  g_autoptr (GPtrArray) entries = piao_outbox_list (db, state, MAX_ITEMS, error);

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
load_lists (PiaoDb *db, Answer *answer, GError **error)
{
  answer->outbox = g_ptr_array_new_with_free_func (g_object_unref);
  answer->refused = g_ptr_array_new_with_free_func (g_object_unref);
  answer->gateway = g_ptr_array_new_with_free_func (g_object_unref);
  return load_entries (db, NULL, answer->outbox, error)
         && load_entries (db, "refused", answer->refused, error)
         && load_entries (db, "parked", answer->refused, error)
         && load_requests (db, answer->gateway, error);
}

/* data: whether the lists are wanted beside the numbers. */
static DexFuture *
load (PiaoDb *db, gpointer data)
{
  Answer *answer = g_new0 (Answer, 1);
  GError *error = NULL;

  if (piao_outbox_count (db, &answer->counts, &error)
      && piao_gateway_count_open (db, &answer->open, &answer->in_doubt, &error)
      && (!GPOINTER_TO_INT (data) || load_lists (db, answer, &error)))
    return dex_future_new_for_pointer (answer);
  answer_free (answer);
  return dex_future_new_for_error (error);
}

static void
replace (GListStore *store, GPtrArray *items)
{
  g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), items->pdata,
                       items->len);
}

typedef struct
{
  GWeakRef model;
  guint generation;
} Pending;

static Pending *
pending_new (PiaoSyncModel *self, gboolean full)
{
  Pending *pending = g_new0 (Pending, 1);

  g_weak_ref_init (&pending->model, self);
  /* A full answer that is on its way is not given up for a small one. */
  self->generation += full ? 1 : 0;
  pending->generation = self->generation;
  return pending;
}

static void
pending_free (gpointer data)
{
  g_weak_ref_clear (&((Pending *)data)->model);
  g_free (data);
}

static DexFuture *
on_loaded (DexFuture *future, gpointer data)
{
  Pending *pending = data;
  g_autoptr (PiaoSyncModel) self = g_weak_ref_get (&pending->model);
  Answer *answer = g_value_get_pointer (dex_future_get_value (future, NULL));

  if (self != NULL && pending->generation == self->generation)
    {
      if (answer->outbox != NULL)
        {
          replace (self->outbox, answer->outbox);
          replace (self->refused, answer->refused);
          replace (self->gateway, answer->gateway);
        }
      self->waiting = answer->counts.waiting;
      self->open = (guint)answer->open;
      self->attention = answer->counts.refused + answer->counts.parked + (guint)answer->in_doubt;
      g_signal_emit (self, changed_signal, 0);
    }
  answer_free (answer);
  return dex_future_new_true ();
}

static DexFuture *
read_again (PiaoSyncModel *self, gboolean lists)
{

  return dex_future_then (piao_session_read (self->session, load, GINT_TO_POINTER (lists), NULL),
                          on_loaded, pending_new (self, lists), pending_free);
}

DexFuture *
piao_sync_model_refresh (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  return read_again (self, TRUE);
}

static void
on_replica_changed (PiaoSyncModel *self)
{
  piao_future_disown (read_again (self, self->active), "reading the sync centre");
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

/* --- putting away ----------------------------------------------------------------------------- */

typedef struct
{
  gint64 command;
  char *note;
} PutAway;

static void
put_away_free (gpointer data)
{
  PutAway *put_away = data;

  g_free (put_away->note);
  g_free (put_away);
}

static DexFuture *
discard (PiaoDb *db, gpointer data)
{
  PutAway *put_away = data;
  GError *error = NULL;

  return piao_outbox_discard (db, put_away->command, put_away->note, &error)
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

DexFuture *
piao_sync_model_put_away (PiaoSyncModel *self, gint64 command, const char *note)
{
  PutAway *put_away = g_new0 (PutAway, 1);

  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  put_away->command = command;
  put_away->note = g_strdup (note);
  return piao_replica_write (piao_session_get_replica (self->session), discard, put_away,
                             put_away_free);
}

/* --- object ----------------------------------------------------------------------------------- */

GListModel *
piao_sync_model_get_outbox (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  return G_LIST_MODEL (self->outbox);
}

GListModel *
piao_sync_model_get_refused (PiaoSyncModel *self)
{
  g_return_val_if_fail (PIAO_IS_SYNC_MODEL (self), NULL);
  return G_LIST_MODEL (self->refused);
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

  g_clear_object (&self->outbox);
  g_clear_object (&self->refused);
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
  self->refused = g_list_store_new (PIAO_TYPE_SYNC_ITEM);
  self->gateway = g_list_store_new (PIAO_TYPE_SYNC_ITEM);
}

PiaoSyncModel *
piao_sync_model_new (PiaoSession *session)
{
  PiaoSyncModel *self = g_object_new (PIAO_TYPE_SYNC_MODEL, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "replica-changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  on_replica_changed (self);
  return self;
}
