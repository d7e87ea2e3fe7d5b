/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/today/piao-today-model.h"
#include "app/widget/piao-reading.h"
#include "base/piao-future.h"
#include "domain/order/piao-order-queries.h"
#include "domain/pack/piao-stock-queries.h"

#define MAX_LOW 8

typedef struct
{
  GHashTable *counts; /* state → gint64 * */
  GPtrArray *low;     /* PiaoLowStock */
  gint64 late, soon;
} Facts;

struct _PiaoTodayModel
{
  GObject parent_instance;

  PiaoSession *session;
  PiaoReading *reading; /* owned */
  PiaoRowList *urgent;
  Facts *facts; /* NULL before the first answer */
};

G_DEFINE_FINAL_TYPE (PiaoTodayModel, piao_today_model, G_TYPE_OBJECT)

static guint changed_signal;

static void
facts_free (gpointer data)
{
  Facts *facts = data;

  g_clear_pointer (&facts->counts, g_hash_table_unref);
  g_clear_pointer (&facts->low, g_ptr_array_unref);
  g_free (facts);
}

typedef struct
{
  gint64 warehouse, now;
} Query;

static DexFuture *
load (PiaoDb *db, gpointer data)
{
  Query *query = data;
  Facts *facts = g_new0 (Facts, 1);
  GError *error = NULL;

  facts->counts = piao_order_count_open_states (db, query->warehouse, &error);
  if (facts->counts != NULL
      && piao_order_count_due (db, query->warehouse, query->now, &facts->late, &error)
      && piao_order_count_due (db, query->warehouse, query->now + PIAO_TODAY_SOON, &facts->soon,
                               &error))
    facts->low = piao_stock_list_low (db, query->warehouse, MAX_LOW, &error);
  if (error == NULL)
    {
      facts->soon -= facts->late;
      return dex_future_new_for_pointer (facts);
    }
  facts_free (facts);
  return dex_future_new_for_error (error);
}

static gpointer
ask (gpointer owner, gboolean full)
{
  PiaoSession *session = PIAO_TODAY_MODEL (owner)->session;
  Query query = { piao_session_get_warehouse (session), piao_session_now (session) };

  return g_memdup2 (&query, sizeof query);
}

static void
show (gpointer owner, gpointer answer)
{
  PiaoTodayModel *self = owner;

  g_clear_pointer (&self->facts, facts_free);
  self->facts = answer;
  g_signal_emit (self, changed_signal, 0);
}

static const PiaoReadingFuncs reading = { ask, load, show, facts_free };

DexFuture *
piao_today_model_refresh (PiaoTodayModel *self)
{
  g_return_val_if_fail (PIAO_IS_TODAY_MODEL (self), NULL);
  return piao_reading_again (self->reading, TRUE);
}

static void
on_replica_changed (PiaoTodayModel *self)
{
  piao_future_disown (piao_today_model_refresh (self), "reading what there is to do");
}

PiaoRowList *
piao_today_model_get_urgent (PiaoTodayModel *self)
{
  g_return_val_if_fail (PIAO_IS_TODAY_MODEL (self), NULL);
  return self->urgent;
}

gint64
piao_today_model_get_count (PiaoTodayModel *self, const char *state)
{
  gint64 *count = self->facts != NULL ? g_hash_table_lookup (self->facts->counts, state) : NULL;

  return count != NULL ? *count : 0;
}

gint64
piao_today_model_get_late (PiaoTodayModel *self)
{
  return self->facts != NULL ? self->facts->late : 0;
}

gint64
piao_today_model_get_soon (PiaoTodayModel *self)
{
  return self->facts != NULL ? self->facts->soon : 0;
}

GPtrArray *
piao_today_model_get_low (PiaoTodayModel *self)
{
  return self->facts != NULL ? self->facts->low : NULL;
}

static void
piao_today_model_finalize (GObject *object)
{
  PiaoTodayModel *self = PIAO_TODAY_MODEL (object);

  g_clear_pointer (&self->facts, facts_free);
  g_clear_object (&self->reading);
  g_clear_object (&self->urgent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_today_model_parent_class)->finalize (object);
}

static void
piao_today_model_class_init (PiaoTodayModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_today_model_finalize;
  changed_signal = g_signal_new ("changed", PIAO_TYPE_TODAY_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
piao_today_model_init (PiaoTodayModel *self)
{
}

PiaoTodayModel *
piao_today_model_new (PiaoSession *session)
{
  PiaoTodayModel *self = g_object_new (PIAO_TYPE_TODAY_MODEL, NULL);

  self->session = g_object_ref (session);
  self->reading = piao_reading_new (session, &reading, G_OBJECT (self));
  self->urgent = piao_row_list_new (piao_session_get_replica (session));
  piao_row_list_set_query (self->urgent, piao_order_list_urgent (), piao_order_list_page (), "i",
                           piao_session_get_warehouse (session));
  g_signal_connect_object (session, "replica-changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  on_replica_changed (self);
  return self;
}
