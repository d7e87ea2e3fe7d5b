/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "domain/order/piao-order-queries.h"
#include "store/piao-search.h"

#define PENDING                                                                                    \
  "('submitted', 'pending_outbound', 'on_hold', 'picking', 'checked', 'held_for_ilms',"            \
  " 'confirming')"

/* The groups of ORD-09 in SQL; piao_order_state_get_group() says the same, a test compares. */
#define GROUP                                                                                      \
  "CASE WHEN orders.state IN " PENDING " THEN 'pending'"                                           \
  " WHEN orders.state IN ('ready_to_ship', 'delivering', 'delivery_failed') THEN 'delivering'"     \
  " WHEN orders.state IN ('delivered', 'completed') THEN 'completed'"                              \
  " WHEN orders.state IN ('refused', 'returned', 'cancelled') THEN 'closed'"                       \
  " WHEN orders.state = 'abnormal' THEN 'abnormal' ELSE 'draft' END"

#define FILTERS                                                                                    \
  " AND orders.deleted = 0 AND ($2 = '' OR $2 = " GROUP ")"                                        \
  " AND ($3 = '' OR orders.state = $3)"                                                            \
  " AND orders.submitted_at >= $4 AND orders.submitted_at < $5"                                    \
  " AND ($6 = '' OR orders.outlet_id IN (SELECT id FROM outlet WHERE county = $6))"

/* What is pending or abnormal is few: an index finds it, and it can be sorted by anything. The plus
 * keeps the engine from walking through all orders of the warehouse in their order of time. */
#define FEW_BY_TIME "+orders.submitted_at"
#define OPEN                                                                                       \
  "('submitted', 'pending_outbound', 'on_hold', 'picking', 'checked', 'held_for_ilms',"            \
  " 'confirming', 'abnormal')"

#define LIST_PENDING(name, order)                                                                  \
  PIAO_STATEMENT (name, "SELECT orders.id FROM orders"                                             \
                        " LEFT JOIN outlet ON outlet.id = orders.outlet_id"                        \
                        " WHERE orders.warehouse_id = $1"                                          \
                        " AND orders.state IN " OPEN FILTERS " ORDER BY " order)

LIST_PENDING (pending_time_up, FEW_BY_TIME ", orders.id");
LIST_PENDING (pending_time_down, FEW_BY_TIME " DESC, orders.id DESC");
/* Not the number itself: its index has all there ever were. */
LIST_PENDING (pending_number_up, "orders.number || ''");
LIST_PENDING (pending_number_down, "orders.number || '' DESC");
LIST_PENDING (pending_outlet_up, "outlet.outlet_no, orders.submitted_at, orders.id");
LIST_PENDING (pending_outlet_down, "outlet.outlet_no DESC, orders.submitted_at, orders.id");
LIST_PENDING (pending_county_up, "outlet.county, orders.submitted_at, orders.id");
LIST_PENDING (pending_county_down, "outlet.county DESC, orders.submitted_at, orders.id");
LIST_PENDING (pending_amount_up, "orders.amount, orders.submitted_at, orders.id");
LIST_PENDING (pending_amount_down, "orders.amount DESC, orders.submitted_at, orders.id");

/* All there ever were are a million: in the order of an index only, so that the first rows are
 * there before the last are read. The plus keeps the engine from finding the warehouse first and
 * sorting afterwards. */
#define LIST_ANY(name, where, order)                                                               \
  PIAO_STATEMENT (name, "SELECT orders.id FROM orders WHERE " where FILTERS " ORDER BY " order)
#define IN_WAREHOUSE "orders.warehouse_id = $1"
#define BY_NUMBER "orders.number > '' AND +orders.warehouse_id = $1"

LIST_ANY (any_time_up, IN_WAREHOUSE, "orders.submitted_at, orders.id");
LIST_ANY (any_time_down, IN_WAREHOUSE, "orders.submitted_at DESC, orders.id DESC");
LIST_ANY (any_number_up, BY_NUMBER, "orders.number");
LIST_ANY (any_number_down, BY_NUMBER, "orders.number DESC");

#define FOUND                                                                                      \
  IN_WAREHOUSE " AND ((orders.number >= $8 AND orders.number < $9)"                                \
               " OR orders.outlet_id IN (SELECT row FROM search_row WHERE kind = 'outlet'"         \
               " AND doc IN (SELECT rowid FROM search WHERE search MATCH $7)))"

LIST_ANY (found_time_up, FOUND, "orders.submitted_at, orders.id");
LIST_ANY (found_time_down, FOUND, "orders.submitted_at DESC, orders.id DESC");
LIST_ANY (found_number_up, FOUND, "orders.number");
LIST_ANY (found_number_down, FOUND, "orders.number DESC");

PIAO_STATEMENT (
    list_page,
    "SELECT orders.id, orders.number, orders.submitted_at, outlet.outlet_no,"
    " outlet.owner_name, outlet.phone, outlet.county, outlet.manager_name,"
    " orders.source, orders.amount, orders.state, orders.due_at, orders.predicted_at,"
    " orders.departure_at, orders.packs, orders.scanned, orders.hold_reason, outlet.name"
    " FROM orders LEFT JOIN outlet ON outlet.id = orders.outlet_id"
    " WHERE orders.id IN (SELECT value FROM json_each ($1))");
PIAO_STATEMENT (list_urgent,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND state IN " PENDING
                " AND deleted = 0 ORDER BY due_at, id LIMIT 60");
PIAO_STATEMENT (count_states,
                "SELECT state, count(*) FROM orders WHERE warehouse_id = $1 GROUP BY state");
PIAO_STATEMENT (count_open_states,
                "SELECT state, count(*) FROM orders WHERE warehouse_id = $1 AND state IN"
                " ('submitted', 'pending_outbound', 'on_hold', 'picking', 'checked',"
                " 'held_for_ilms', 'confirming', 'ready_to_ship', 'abnormal') GROUP BY state");
PIAO_STATEMENT (count_due,
                "SELECT count(*) FROM orders WHERE warehouse_id = $1 AND state IN " PENDING
                " AND due_at < $2 AND deleted = 0");
PIAO_STATEMENT (list_counties,
                "SELECT DISTINCT county FROM outlet WHERE warehouse_id = $1 AND deleted = 0"
                " ORDER BY county");
PIAO_STATEMENT (list_steps,
                "SELECT order_event.at, order_event.event, order_event.to_state,"
                " order_event.detail, users.real_name, order_event.device"
                " FROM order_event LEFT JOIN users ON users.id = order_event.actor"
                " WHERE order_event.order_id = $1 ORDER BY order_event.at, order_event.id");
PIAO_STATEMENT (find_number, "SELECT id FROM orders WHERE number = $1 AND deleted = 0");

PIAO_STATEMENT (find_hits,
                "SELECT orders.id, orders.number, orders.state, outlet.name FROM orders"
                " LEFT JOIN outlet ON outlet.id = orders.outlet_id"
                " WHERE orders.deleted = 0 AND +orders.warehouse_id = $1 AND orders.id IN"
                " (SELECT id FROM orders WHERE number >= $3 AND number < $4"
                " UNION SELECT id FROM orders WHERE outlet_id IN"
                " (SELECT row FROM search_row WHERE kind = 'outlet'"
                " AND doc IN (SELECT rowid FROM search WHERE search MATCH $2)))"
                " ORDER BY CASE WHEN orders.state IN " PENDING " THEN 0 ELSE 1 END,"
                " orders.submitted_at DESC LIMIT $5");

const PiaoStatement *
piao_order_list (PiaoOrderScope scope, PiaoOrderSort sort, gboolean descending)
{
  static const PiaoStatement *const lists[][PIAO_ORDER_N_SORTS][2] = {
    [PIAO_ORDER_PENDING]
    = { [PIAO_ORDER_BY_TIME] = { &pending_time_up, &pending_time_down },
        [PIAO_ORDER_BY_NUMBER] = { &pending_number_up, &pending_number_down },
        [PIAO_ORDER_BY_OUTLET] = { &pending_outlet_up, &pending_outlet_down },
        [PIAO_ORDER_BY_COUNTY] = { &pending_county_up, &pending_county_down },
        [PIAO_ORDER_BY_AMOUNT] = { &pending_amount_up, &pending_amount_down } },
    [PIAO_ORDER_ANY] = { [PIAO_ORDER_BY_TIME] = { &any_time_up, &any_time_down },
                         [PIAO_ORDER_BY_NUMBER] = { &any_number_up, &any_number_down } },
    [PIAO_ORDER_FOUND] = { [PIAO_ORDER_BY_TIME] = { &found_time_up, &found_time_down },
                           [PIAO_ORDER_BY_NUMBER] = { &found_number_up, &found_number_down } },
  };

  g_return_val_if_fail (scope < G_N_ELEMENTS (lists) && sort < PIAO_ORDER_N_SORTS, NULL);
  return lists[scope][sort][descending ? 1 : 0];
}

const PiaoStatement *
piao_order_list_page (void)
{
  return &list_page;
}

const PiaoStatement *
piao_order_list_urgent (void)
{
  return &list_urgent;
}

static GHashTable *
count_by_state (PiaoDb *db, const PiaoStatement *statement, gint64 warehouse, GError **error)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, error, "i", warehouse);
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    {
      gint64 count = piao_cursor_int (cursor, 1);

      g_hash_table_insert (counts, g_strdup (piao_cursor_text (cursor, 0)),
                           g_memdup2 (&count, sizeof count));
    }
  if (failure == NULL)
    return g_steal_pointer (&counts);
  g_propagate_error (error, failure);
  return NULL;
}

GHashTable *
piao_order_count_states (PiaoDb *db, gint64 warehouse, GError **error)
{
  return count_by_state (db, &count_states, warehouse, error);
}

GHashTable *
piao_order_count_open_states (PiaoDb *db, gint64 warehouse, GError **error)
{
  return count_by_state (db, &count_open_states, warehouse, error);
}

gboolean
piao_order_count_due (PiaoDb *db, gint64 warehouse, gint64 at, gint64 *count, GError **error)
{
  return piao_db_query_int (db, &count_due, 0, count, error, "ii", warehouse, at);
}

GStrv
piao_order_list_counties (PiaoDb *db, gint64 warehouse, GError **error)
{
  g_autoptr (GStrvBuilder) counties = g_strv_builder_new ();
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &list_counties, error, "i", warehouse);
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    g_strv_builder_add (counties, piao_cursor_text (cursor, 0));
  if (failure == NULL)
    return g_strv_builder_end (counties);
  g_propagate_error (error, failure);
  return NULL;
}

void
piao_order_number_range (const char *typed, char **from, char **before)
{
  g_autofree char *digits = g_strstrip (g_strdup (typed != NULL ? typed : ""));
  gboolean number = strlen (digits) >= 4 && strspn (digits, "0123456789") == strlen (digits);

  /* ':' follows '9': what begins with these digits lies in between. */
  *from = g_strdup (number ? digits : "");
  *before = number ? g_strconcat (digits, ":", NULL) : g_strdup ("");
}

static void
hit_free (gpointer data)
{
  PiaoOrderHit *hit = data;

  g_free (hit->number);
  g_free (hit->state);
  g_free (hit->outlet_name);
  g_free (hit);
}

GPtrArray *
piao_order_find (PiaoDb *db, gint64 warehouse, const char *typed, guint limit, GError **error)
{
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func (hit_free);
  g_autofree char *match = piao_search_expression (typed);
  g_autofree char *from = NULL;
  g_autofree char *before = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;
  GError *failure = NULL;

  if (match == NULL)
    return g_steal_pointer (&hits);
  piao_order_number_range (typed, &from, &before);
  cursor = piao_db_query (db, &find_hits, error, "isssi", warehouse, match, from, before,
                          (gint64)limit);
  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    {
      PiaoOrderHit *hit = g_new0 (PiaoOrderHit, 1);

      hit->id = piao_cursor_int (cursor, 0);
      hit->number = g_strdup (piao_cursor_text (cursor, 1));
      hit->state = g_strdup (piao_cursor_text (cursor, 2));
      hit->outlet_name = g_strdup (piao_cursor_text (cursor, 3));
      g_ptr_array_add (hits, hit);
    }
  if (failure == NULL)
    return g_steal_pointer (&hits);
  g_propagate_error (error, failure);
  return NULL;
}

gboolean
piao_order_find_number (PiaoDb *db, const char *number, gint64 *id, GError **error)
{
  return piao_db_query_int (db, &find_number, 0, id, error, "s", number);
}

static void
step_free (gpointer data)
{
  PiaoOrderStep *step = data;

  g_free (step->event);
  g_free (step->to_state);
  g_free (step->detail);
  g_free (step->actor);
  g_free (step);
}

GPtrArray *
piao_order_list_steps (PiaoDb *db, gint64 order, GError **error)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (step_free);
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &list_steps, error, "i", order);
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    {
      PiaoOrderStep *step = g_new0 (PiaoOrderStep, 1);
      const char *actor = piao_cursor_text (cursor, 4);

      step->at = piao_cursor_int (cursor, 0);
      step->event = g_strdup (piao_cursor_text (cursor, 1));
      step->to_state = g_strdup (piao_cursor_text (cursor, 2));
      step->detail = g_strdup (piao_cursor_text (cursor, 3));
      step->actor = g_strdup (actor != NULL ? actor : "");
      step->device = piao_cursor_int (cursor, 5);
      g_ptr_array_add (steps, step);
    }
  if (failure == NULL)
    return g_steal_pointer (&steps);
  g_propagate_error (error, failure);
  return NULL;
}
