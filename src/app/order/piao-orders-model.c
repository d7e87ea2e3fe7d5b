/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/order/piao-orders-model.h"
#include "app/widget/piao-reading.h"
#include "base/piao-future.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-queries.h"
#include "store/piao-search.h"

struct _PiaoOrdersModel
{
  GObject parent_instance;

  PiaoSession *session;
  PiaoReading *reading; /* owned; full: of all orders, not only of what is pending */
  PiaoRowList *rows;
  char *group;
  char *search;
  char *state;
  char *county;
  PiaoOrdersPeriod period;
  int sort; /* PiaoOrderSort or -1 */
  gboolean descending;
  gboolean active;    /* in front: everything is counted, not only what is pending */
  GHashTable *counts; /* state → gint64 *, or NULL before the first answer */
  GStrv counties;
};

G_DEFINE_FINAL_TYPE (PiaoOrdersModel, piao_orders_model, G_TYPE_OBJECT)

static guint changed_signal;

/* --- counts -------------------------------------------------------------------------------- */

typedef struct
{
  GHashTable *counts;
  GStrv counties;
} Facts;

static void
facts_free (gpointer data)
{
  Facts *facts = data;

  g_clear_pointer (&facts->counts, g_hash_table_unref);
  g_strfreev (facts->counties);
  g_free (facts);
}

typedef struct
{
  gint64 warehouse;
  gboolean all;
} FactsQuery;

static DexFuture *
load_facts (PiaoDb *db, gpointer data)
{
  FactsQuery *wanted = data;
  gint64 warehouse = wanted->warehouse;
  Facts *facts = g_new0 (Facts, 1);
  GError *error = NULL;

  facts->counts = wanted->all ? piao_order_count_states (db, warehouse, &error)
                              : piao_order_count_open_states (db, warehouse, &error);
  if (wanted->all && error == NULL)
    facts->counties = piao_order_list_counties (db, warehouse, &error);
  if (error == NULL)
    return dex_future_new_for_pointer (facts);
  facts_free (facts);
  return dex_future_new_for_error (error);
}

static gpointer
ask (gpointer owner, gboolean full)
{
  FactsQuery wanted = { piao_session_get_warehouse (PIAO_ORDERS_MODEL (owner)->session), full };

  return g_memdup2 (&wanted, sizeof wanted);
}

static void
show (gpointer owner, gpointer answer)
{
  PiaoOrdersModel *self = owner;
  Facts *facts = answer;

  g_clear_pointer (&self->counts, g_hash_table_unref);
  self->counts = g_steal_pointer (&facts->counts);
  if (facts->counties != NULL)
    {
      g_strfreev (self->counties);
      self->counties = g_steal_pointer (&facts->counties);
    }
  facts_free (facts);
  g_signal_emit (self, changed_signal, 0);
}

static const PiaoReadingFuncs reading = { ask, load_facts, show, facts_free };

DexFuture *
piao_orders_model_refresh (PiaoOrdersModel *self)
{
  g_return_val_if_fail (PIAO_IS_ORDERS_MODEL (self), NULL);
  return piao_reading_again (self->reading, TRUE);
}

static void
on_replica_changed (PiaoOrdersModel *self)
{
  piao_future_disown (piao_reading_again (self->reading, self->active), "counting orders");
}

void
piao_orders_model_set_active (PiaoOrdersModel *self, gboolean active)
{
  g_return_if_fail (PIAO_IS_ORDERS_MODEL (self));
  if (self->active == active)
    return;
  self->active = active;
  if (active)
    on_replica_changed (self);
}

gint64
piao_orders_model_get_count (PiaoOrdersModel *self, const char *group)
{
  GHashTableIter iter;
  gpointer state, count;
  gint64 sum = 0;

  g_return_val_if_fail (PIAO_IS_ORDERS_MODEL (self), 0);
  if (self->counts == NULL)
    return 0;
  g_hash_table_iter_init (&iter, self->counts);
  while (g_hash_table_iter_next (&iter, &state, &count))
    if (*group == '\0' || g_str_equal (piao_order_state_get_group (state), group))
      sum += *(gint64 *)count;
  return sum;
}

const char *const *
piao_orders_model_get_counties (PiaoOrdersModel *self)
{
  return (const char *const *)self->counties;
}

/* --- the query ----------------------------------------------------------------------------- */

static gint64
get_from (PiaoOrdersModel *self)
{
  static const int days[] = {
    [PIAO_ORDERS_TODAY] = 0,
    [PIAO_ORDERS_WEEK] = 6,
    [PIAO_ORDERS_MONTH] = 30,
  };
  g_autoptr (GDateTime) now = NULL, midnight = NULL, from = NULL;
  g_autoptr (GTimeZone) zone = piao_time_zone ();

  if (self->period == PIAO_ORDERS_ANY_TIME)
    return 0;
  now = piao_time_to_local (piao_session_now (self->session));
  midnight = g_date_time_new (zone, g_date_time_get_year (now), g_date_time_get_month (now),
                              g_date_time_get_day_of_month (now), 0, 0, 0);
  from = g_date_time_add_days (midnight, -days[self->period]);
  return g_date_time_to_unix (from) * 1000;
}

static PiaoOrderScope
get_scope (PiaoOrdersModel *self)
{
  g_autofree char *match = piao_search_expression (self->search);

  if (match != NULL)
    return PIAO_ORDER_FOUND;
  if (g_str_equal (self->group, "pending") || g_str_equal (self->group, "abnormal"))
    return PIAO_ORDER_PENDING;
  return PIAO_ORDER_ANY;
}

static const PiaoStatement *
get_list (PiaoOrdersModel *self)
{
  PiaoOrderScope scope = get_scope (self);

  if (self->sort >= 0 && piao_orders_model_can_sort (self, (PiaoOrderSort)self->sort))
    return piao_order_list (scope, (PiaoOrderSort)self->sort, self->descending);
  return piao_order_list (scope, PIAO_ORDER_BY_TIME, scope != PIAO_ORDER_PENDING);
}

static void
query (PiaoOrdersModel *self)
{
  gint64 warehouse = piao_session_get_warehouse (self->session);
  g_autofree char *match = piao_search_expression (self->search);
  g_autofree char *number_from = NULL;
  g_autofree char *number_before = NULL;
  gint64 from = get_from (self);

  piao_order_number_range (self->search, &number_from, &number_before);
  if (match != NULL)
    piao_row_list_set_query (self->rows, get_list (self), piao_order_list_page (), "issiissss",
                             warehouse, self->group, self->state, from, G_MAXINT64, self->county,
                             match, number_from, number_before);
  else
    piao_row_list_set_query (self->rows, get_list (self), piao_order_list_page (), "issiis",
                             warehouse, self->group, self->state, from, G_MAXINT64, self->county);
}

static void
set_text (PiaoOrdersModel *self, char **member, const char *text)
{
  if (g_set_str (member, text != NULL ? text : ""))
    query (self);
}

void
piao_orders_model_set_group (PiaoOrdersModel *self, const char *group)
{
  g_return_if_fail (PIAO_IS_ORDERS_MODEL (self));
  set_text (self, &self->group, group);
}

void
piao_orders_model_set_search (PiaoOrdersModel *self, const char *text)
{
  g_return_if_fail (PIAO_IS_ORDERS_MODEL (self));
  set_text (self, &self->search, text);
}

void
piao_orders_model_set_state (PiaoOrdersModel *self, const char *state)
{
  g_return_if_fail (PIAO_IS_ORDERS_MODEL (self));
  set_text (self, &self->state, state);
}

void
piao_orders_model_set_county (PiaoOrdersModel *self, const char *county)
{
  g_return_if_fail (PIAO_IS_ORDERS_MODEL (self));
  set_text (self, &self->county, county);
}

void
piao_orders_model_set_period (PiaoOrdersModel *self, PiaoOrdersPeriod period)
{
  g_return_if_fail (PIAO_IS_ORDERS_MODEL (self));
  if (self->period == period)
    return;
  self->period = period;
  query (self);
}

void
piao_orders_model_set_sort (PiaoOrdersModel *self, int sort, gboolean descending)
{
  g_return_if_fail (PIAO_IS_ORDERS_MODEL (self) && sort < PIAO_ORDER_N_SORTS);
  if (self->sort == sort && self->descending == descending)
    return;
  self->sort = sort;
  self->descending = descending;
  query (self);
}

gboolean
piao_orders_model_can_sort (PiaoOrdersModel *self, PiaoOrderSort sort)
{
  g_return_val_if_fail (PIAO_IS_ORDERS_MODEL (self), FALSE);
  return piao_order_list (get_scope (self), sort, FALSE) != NULL;
}

PiaoRowList *
piao_orders_model_get_rows (PiaoOrdersModel *self)
{
  g_return_val_if_fail (PIAO_IS_ORDERS_MODEL (self), NULL);
  return self->rows;
}

static void
on_rows_changed (PiaoOrdersModel *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static void
piao_orders_model_dispose (GObject *object)
{
  PiaoOrdersModel *self = PIAO_ORDERS_MODEL (object);

  g_clear_object (&self->reading);
  g_clear_object (&self->rows);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_orders_model_parent_class)->dispose (object);
}

static void
piao_orders_model_finalize (GObject *object)
{
  PiaoOrdersModel *self = PIAO_ORDERS_MODEL (object);

  g_clear_pointer (&self->counts, g_hash_table_unref);
  g_strfreev (self->counties);
  g_free (self->group);
  g_free (self->search);
  g_free (self->state);
  g_free (self->county);
  G_OBJECT_CLASS (piao_orders_model_parent_class)->finalize (object);
}

static void
piao_orders_model_class_init (PiaoOrdersModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = piao_orders_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = piao_orders_model_finalize;
  changed_signal = g_signal_new ("changed", PIAO_TYPE_ORDERS_MODEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
piao_orders_model_init (PiaoOrdersModel *self)
{
  self->sort = -1;
  self->group = g_strdup ("pending");
  self->search = g_strdup ("");
  self->state = g_strdup ("");
  self->county = g_strdup ("");
}

PiaoOrdersModel *
piao_orders_model_new (PiaoSession *session)
{
  PiaoOrdersModel *self = g_object_new (PIAO_TYPE_ORDERS_MODEL, NULL);
  PiaoReplica *replica = piao_session_get_replica (session);

  self->session = g_object_ref (session);
  self->reading = piao_reading_new (session, &reading, G_OBJECT (self));
  self->rows = piao_row_list_new (replica);
  g_signal_connect_object (self->rows, "items-changed", G_CALLBACK (on_rows_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->rows, "notify::ready", G_CALLBACK (on_rows_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (replica, "changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  query (self);
  on_replica_changed (self);
  return self;
}
