/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "app/order/piao-orders-model.h"
#include "app/sync/piao-sync-model.h"
#include "app/today/piao-today-model.h"
#include "app/widget/piao-format.h"
#include "app/widget/piao-reading.h"
#include "base/piao-future.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-queries.h"
#include "tests/lib/app-world.h"

/* What the pages show, without a display. */

typedef struct
{
  AppWorld *world;
  PiaoOrdersModel *orders;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->world = app_world_new (120);
  f->orders = piao_orders_model_new (f->world->session);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->orders);
  app_world_free (f->world);
}

static void
wait_for (DexFuture *future)
{
  g_autoptr (GError) error = NULL;

  piao_future_wait (future, &error);
  g_assert_no_error (error);
  dex_unref (future);
}

static gboolean
is_ready (gpointer data)
{
  PiaoRowList *rows = data;

  if (!piao_row_list_is_ready (rows))
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rows)); i++)
    {
      g_autoptr (PiaoRow) row = g_list_model_get_item (G_LIST_MODEL (rows), i);

      if (!piao_row_is_loaded (row))
        return FALSE;
    }
  return TRUE;
}

/* Holds the rows, so that what was read stays read. */
static GPtrArray *
take_rows (PiaoRowList *rows)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);

  app_world_await ((gboolean (*) (gpointer))piao_row_list_is_ready, rows);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rows)); i++)
    g_ptr_array_add (all, g_list_model_get_item (G_LIST_MODEL (rows), i));
  app_world_await (is_ready, rows);
  return all;
}

static void
test_counts (Fixture *f, gconstpointer data)
{
  static const char *const groups[]
      = { "pending", "delivering", "abnormal", "completed", "closed" };
  gint64 sum = 0;

  wait_for (piao_session_run (
      f->world->session, "order.report_abnormal",
      piao_json_build ("order", 'd', app_world_find_order (f->world, "ready_to_ship"), "trouble",
                       's', "delivery", "note", 's', "客运班车停运", NULL)));
  wait_for (piao_orders_model_refresh (f->orders));
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      gint64 count = piao_orders_model_get_count (f->orders, groups[i]);
      g_autoptr (GPtrArray) rows = NULL;

      piao_orders_model_set_group (f->orders, groups[i]);
      rows = take_rows (piao_orders_model_get_rows (f->orders));
      g_assert_cmpint (rows->len, ==, count);
      sum += count;
      for (guint n = 0; n < rows->len; n++)
        g_assert_cmpstr (piao_order_state_get_group (
                             piao_row_get_text (rows->pdata[n], PIAO_ORDER_ROW_STATE)),
                         ==, groups[i]);
    }
  g_assert_cmpint (piao_orders_model_get_count (f->orders, "abnormal"), ==, 1);
  g_assert_cmpint (sum, ==, piao_orders_model_get_count (f->orders, ""));
  g_assert_cmpint (sum, >, 0);
}

static void
test_pending_is_oldest_first (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = take_rows (piao_orders_model_get_rows (f->orders));

  g_assert_cmpuint (rows->len, >, 3);
  for (guint i = 1; i < rows->len; i++)
    g_assert_cmpint (piao_row_get_int (rows->pdata[i - 1], PIAO_ORDER_ROW_SUBMITTED_AT), <=,
                     piao_row_get_int (rows->pdata[i], PIAO_ORDER_ROW_SUBMITTED_AT));
}

static void
test_all_is_newest_first (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;

  piao_orders_model_set_group (f->orders, "");
  rows = take_rows (piao_orders_model_get_rows (f->orders));
  for (guint i = 1; i < rows->len; i++)
    g_assert_cmpint (piao_row_get_int (rows->pdata[i - 1], PIAO_ORDER_ROW_SUBMITTED_AT), >=,
                     piao_row_get_int (rows->pdata[i], PIAO_ORDER_ROW_SUBMITTED_AT));
}

static gint64
sort_value (PiaoRow *row, PiaoOrderSort sort)
{
  return piao_row_get_int (row, sort == PIAO_ORDER_BY_AMOUNT ? PIAO_ORDER_ROW_AMOUNT
                                                             : PIAO_ORDER_ROW_SUBMITTED_AT);
}

static const char *
sort_text (PiaoRow *row, PiaoOrderSort sort)
{
  static const guint columns[] = { [PIAO_ORDER_BY_NUMBER] = PIAO_ORDER_ROW_NUMBER,
                                   [PIAO_ORDER_BY_OUTLET] = PIAO_ORDER_ROW_OUTLET_NO,
                                   [PIAO_ORDER_BY_COUNTY] = PIAO_ORDER_ROW_COUNTY };

  return piao_row_get_text (row, columns[sort]);
}

static int
compare_rows (PiaoRow *a, PiaoRow *b, PiaoOrderSort sort)
{
  if (sort == PIAO_ORDER_BY_TIME || sort == PIAO_ORDER_BY_AMOUNT)
    return (sort_value (a, sort) > sort_value (b, sort))
           - (sort_value (a, sort) < sort_value (b, sort));
  return strcmp (sort_text (a, sort), sort_text (b, sort));
}

/* Whatever sort is offered lists the same rows, in that order; what is not offered changes nothing.
 */
static void
check_sorts (Fixture *f, guint offered)
{
  g_autoptr (GPtrArray) usual = take_rows (piao_orders_model_get_rows (f->orders));
  guint n = 0;

  g_assert_cmpuint (usual->len, >, 3);
  for (int i = 0; i < PIAO_ORDER_N_SORTS * 2; i++)
    {
      PiaoOrderSort sort = (PiaoOrderSort)(i / 2);
      gboolean can = piao_orders_model_can_sort (f->orders, sort);
      g_autoptr (GPtrArray) rows = NULL;

      n += can && i % 2 == 0 ? 1 : 0;
      piao_orders_model_set_sort (f->orders, sort, i % 2 == 1);
      rows = take_rows (piao_orders_model_get_rows (f->orders));
      g_assert_cmpuint (rows->len, ==, usual->len);
      for (guint k = 1; k < rows->len; k++)
        if (can)
          g_assert_cmpint (compare_rows (rows->pdata[k - 1], rows->pdata[k], sort)
                               * (i % 2 == 1 ? -1 : 1),
                           <=, 0);
        else
          g_assert_cmpint (piao_row_get_id (rows->pdata[k]), ==, piao_row_get_id (usual->pdata[k]));
    }
  g_assert_cmpuint (n, ==, offered);
  piao_orders_model_set_sort (f->orders, -1, FALSE);
}

static void
test_sorts (Fixture *f, gconstpointer data)
{
  check_sorts (f, PIAO_ORDER_N_SORTS);
  /* All there ever were: only what an index serves. */
  piao_orders_model_set_group (f->orders, "");
  check_sorts (f, 2);
  piao_orders_model_set_search (f->orders, "昌吉");
  check_sorts (f, 2);
}

/* ORD-11: number, outlet number, owner and manager, by one box. */
static void
test_search (Fixture *f, gconstpointer data)
{
  static const guint columns[] = { PIAO_ORDER_ROW_NUMBER, PIAO_ORDER_ROW_OUTLET_NO,
                                   PIAO_ORDER_ROW_OWNER_NAME, PIAO_ORDER_ROW_MANAGER_NAME };
  g_autoptr (GPtrArray) before = take_rows (piao_orders_model_get_rows (f->orders));

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const char *wanted = piao_row_get_text (before->pdata[0], columns[i]);
      g_autoptr (GPtrArray) found = NULL;
      gboolean there = FALSE;

      piao_orders_model_set_search (f->orders, wanted);
      found = take_rows (piao_orders_model_get_rows (f->orders));
      for (guint n = 0; n < found->len; n++)
        {
          g_assert_cmpstr (piao_row_get_text (found->pdata[n], columns[i]), ==, wanted);
          there |= piao_row_get_id (found->pdata[n]) == piao_row_get_id (before->pdata[0]);
        }
      g_test_message ("“%s” finds %u", wanted, found->len);
      g_assert_true (there);
    }
  piao_orders_model_set_search (f->orders, "no such order anywhere");
  app_world_await ((gboolean (*) (gpointer))piao_row_list_is_ready,
                   piao_orders_model_get_rows (f->orders));
  g_assert_cmpuint (
      g_list_model_get_n_items (G_LIST_MODEL (piao_orders_model_get_rows (f->orders))), ==, 0);
}

/* ORD-12: filters combine with AND. */
static void
test_filters (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) before = NULL, after = NULL;
  guint expected = 0;
  const char *county;

  piao_orders_model_set_group (f->orders, "");
  before = take_rows (piao_orders_model_get_rows (f->orders));
  county = piao_row_get_text (before->pdata[0], PIAO_ORDER_ROW_COUNTY);
  for (guint i = 0; i < before->len; i++)
    expected
        += g_strcmp0 (piao_row_get_text (before->pdata[i], PIAO_ORDER_ROW_COUNTY), county) == 0
           && g_strcmp0 (piao_row_get_text (before->pdata[i], PIAO_ORDER_ROW_STATE), "completed")
                  == 0;
  piao_orders_model_set_county (f->orders, county);
  piao_orders_model_set_state (f->orders, "completed");
  after = take_rows (piao_orders_model_get_rows (f->orders));
  g_assert_cmpuint (after->len, ==, expected);
}

static void
test_period (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;

  piao_orders_model_set_group (f->orders, "");
  piao_orders_model_set_period (f->orders, PIAO_ORDERS_TODAY);
  rows = take_rows (piao_orders_model_get_rows (f->orders));
  g_assert_cmpuint (rows->len, >, 0);
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *day
          = piao_time_format (piao_row_get_int (rows->pdata[i], PIAO_ORDER_ROW_SUBMITTED_AT),
                              "%Y-%m-%d");
      g_autofree char *today = piao_time_format (APP_WORLD_NOW, "%Y-%m-%d");

      g_assert_cmpstr (day, ==, today);
    }
}

static void
test_today (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoTodayModel) today = piao_today_model_new (f->world->session);
  g_autoptr (GPtrArray) urgent = NULL;
  gint64 late = 0, soon = 0;

  wait_for (piao_today_model_refresh (today));
  urgent = take_rows (piao_today_model_get_urgent (today));
  for (guint i = 0; i < urgent->len; i++)
    {
      gint64 due = piao_row_get_int (urgent->pdata[i], PIAO_ORDER_ROW_DUE_AT);

      late += due < APP_WORLD_NOW;
      soon += due >= APP_WORLD_NOW && due < APP_WORLD_NOW + PIAO_TODAY_SOON;
      if (i > 0)
        g_assert_cmpint (piao_row_get_int (urgent->pdata[i - 1], PIAO_ORDER_ROW_DUE_AT), <=, due);
    }
  g_assert_cmpint (piao_today_model_get_late (today), ==, late);
  g_assert_cmpint (piao_today_model_get_soon (today), ==, soon);
}

static void
test_changes_are_followed (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoTodayModel) today = piao_today_model_new (f->world->session);
  g_autoptr (GPtrArray) rows = take_rows (piao_orders_model_get_rows (f->orders));
  gint64 before;
  PiaoRow *pick = NULL;

  wait_for (piao_today_model_refresh (today));
  before = piao_today_model_get_count (today, "on_hold");
  for (guint i = 0; i < rows->len && pick == NULL; i++)
    if (g_strcmp0 (piao_row_get_text (rows->pdata[i], PIAO_ORDER_ROW_STATE), "pending_outbound")
        == 0)
      pick = rows->pdata[i];
  g_assert_nonnull (pick);
  wait_for (piao_session_run (f->world->session, "order.hold",
                              piao_json_build ("order", 'd', piao_row_get_id (pick), "reason", 's',
                                               "OWNER_ASKED", NULL)));
  wait_for (piao_today_model_refresh (today));
  g_assert_cmpint (piao_today_model_get_count (today, "on_hold"), ==, before + 1);
}

static gboolean
completed_known (gpointer data)
{
  return piao_orders_model_get_count (data, "completed") > 0;
}

static gboolean
completed_unknown (gpointer data)
{
  return !completed_known (data);
}

/* Behind another page only what has not left is counted. */
static void
test_inactive_counts_little (Fixture *f, gconstpointer data)
{
  gint64 pending;

  wait_for (piao_orders_model_refresh (f->orders));
  pending = piao_orders_model_get_count (f->orders, "pending");
  g_assert_cmpint (piao_orders_model_get_count (f->orders, "completed"), >, 0);
  g_signal_emit_by_name (f->world->replica, "changed", G_GUINT64_CONSTANT (0));
  app_world_await (completed_unknown, f->orders);
  g_assert_cmpint (piao_orders_model_get_count (f->orders, "pending"), ==, pending);
  piao_orders_model_set_active (f->orders, TRUE);
  app_world_await (completed_known, f->orders);
}

/* A command that was made here waits in the outbox under the number of its order. */
static void
test_sync_centre (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoSyncModel) sync = piao_sync_model_new (f->world->session);
  g_autoptr (GPtrArray) rows = take_rows (piao_orders_model_get_rows (f->orders));
  g_autoptr (PiaoSyncItem) item = NULL;
  g_autofree char *number = g_strdup (piao_row_get_text (rows->pdata[0], PIAO_ORDER_ROW_NUMBER));

  wait_for (piao_sync_model_refresh (sync));
  g_assert_cmpuint (piao_sync_model_get_waiting (sync), ==, 0);
  wait_for (piao_session_run (f->world->session, "order.hold",
                              piao_json_build ("order", 'd', piao_row_get_id (rows->pdata[0]),
                                               "reason", 's', "OWNER_ASKED", NULL)));
  wait_for (piao_sync_model_refresh (sync));
  g_assert_cmpuint (piao_sync_model_get_waiting (sync), ==, 1);
  item = g_list_model_get_item (piao_sync_model_get_outbox (sync), 0);
  g_assert_cmpstr (piao_sync_item_get_subject (item), ==, number);
  g_assert_cmpstr (piao_sync_item_get_state (item), ==, "queued");
  g_assert_cmpint (piao_sync_item_get_order (item), ==, piao_row_get_id (rows->pdata[0]));
}

typedef struct
{
  guint times, position, removed, added;
} Changes;

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, Changes *changes)
{
  *changes = (Changes){ changes->times + 1, position, removed, added };
}

static void
hold (Fixture *f, PiaoRow *row)
{
  wait_for (piao_session_run (f->world->session, "order.hold",
                              piao_json_build ("order", 'd', piao_row_get_id (row), "reason", 's',
                                               "OWNER_ASKED", NULL)));
}

/* What is read again and shows the same stays the item it was: only the new one comes. */
static void
test_sync_centre_keeps_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoSyncModel) sync = piao_sync_model_new (f->world->session);
  g_autoptr (GPtrArray) rows = take_rows (piao_orders_model_get_rows (f->orders));
  GListModel *outbox = piao_sync_model_get_outbox (sync);
  g_autoptr (PiaoSyncItem) first = NULL;
  g_autoptr (PiaoSyncItem) second = NULL;
  Changes changes = { 0 };

  hold (f, rows->pdata[0]);
  wait_for (piao_sync_model_refresh (sync));
  first = g_list_model_get_item (outbox, 0);
  g_signal_connect (outbox, "items-changed", G_CALLBACK (on_items_changed), &changes);
  wait_for (piao_sync_model_refresh (sync));
  g_assert_cmpuint (changes.times, ==, 0);
  hold (f, rows->pdata[1]);
  wait_for (piao_sync_model_refresh (sync));
  g_assert_cmpuint (changes.times, ==, 1);
  g_assert_cmpuint (changes.position, ==, 0);
  g_assert_cmpuint (changes.removed, ==, 0);
  g_assert_cmpuint (changes.added, ==, 1);
  second = g_list_model_get_item (outbox, 1);
  g_assert_true (first == second);
  g_signal_handlers_disconnect_by_data (outbox, &changes);
}

static DexFuture *
refuse (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  return piao_outbox_refuse (db, *(gint64 *)data, "order.state", "It was picked elsewhere.", &error)
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

/* A change that the centre has refused; its id. */
static gint64
make_refused (Fixture *f, gint64 order)
{
  g_autoptr (DexFuture) run = piao_session_run (
      f->world->session, "order.hold",
      piao_json_build ("order", 'd', order, "reason", 's', "CLERK", "note", 's', "wet", NULL));
  gint64 command = g_value_get_int64 (piao_future_wait (run, NULL));

  wait_for (
      piao_replica_write (f->world->replica, refuse, g_memdup2 (&command, sizeof command), g_free));
  return command;
}

/* What the centre refused needs a person, who reads both stories. */
static void
test_refused_needs_a_person (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoSyncModel) sync = piao_sync_model_new (f->world->session);
  g_autoptr (GPtrArray) rows = take_rows (piao_orders_model_get_rows (f->orders));
  PiaoRow *row = rows->pdata[0];
  const PiaoRefused *item;
  const PiaoArgument *argument;
  gint64 command;
  guint before;

  wait_for (piao_sync_model_refresh (sync));
  before = piao_sync_model_get_attention (sync);
  command = make_refused (f, piao_row_get_id (row));
  wait_for (piao_sync_model_refresh (sync));
  g_assert_cmpuint (piao_sync_model_get_attention (sync), ==, before + 1);
  g_assert_cmpuint (piao_sync_model_get_refused (sync)->len, ==, 1);
  item = piao_sync_model_get_refused (sync)->pdata[0];
  g_assert_cmpint (item->entry->id, ==, command);
  g_assert_cmpint (item->entry->at, ==, APP_WORLD_NOW);
  g_assert_cmpstr (item->entry->message, ==, "It was picked elsewhere.");
  g_assert_cmpstr (item->who, ==, piao_session_get_place (f->world->session)->real_name);
  g_assert_cmpint (item->order, ==, piao_row_get_id (row));
  g_assert_cmpstr (item->number, ==, piao_row_get_text (row, PIAO_ORDER_ROW_NUMBER));
  g_assert_cmpuint (item->arguments->len, ==, 2);
  argument = item->arguments->pdata[0];
  g_assert_cmpstr (argument->text, ==, piao_format_reason ("CLERK"));
  g_assert_true (argument->mendable && argument->choices != NULL);
  argument = item->arguments->pdata[1];
  g_assert_cmpstr (argument->text, ==, "wet");
  g_assert_true (piao_refused_can_resend (item) && piao_refused_can_mend (item)
                 && piao_refused_can_discard (item));
}

static DexFuture *
list_refused (PiaoDb *db, gpointer data)
{
  gpointer *both = data;
  GError *error = NULL;
  GPtrArray *items = piao_refused_list (db, both[0], *(gint64 *)both[1], 10, &error);

  return items != NULL ? dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, items)
                       : dex_future_new_for_error (error);
}

/* On the order itself only what is about it; what waits for the line is no refused work. */
static void
test_refused_on_the_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = take_rows (piao_orders_model_get_rows (f->orders));
  gint64 ids[] = { piao_row_get_id (rows->pdata[0]), piao_row_get_id (rows->pdata[1]),
                   piao_row_get_id (rows->pdata[2]) };

  make_refused (f, ids[0]);
  make_refused (f, ids[1]);
  wait_for (
      piao_session_run (f->world->session, "order.hold",
                        piao_json_build ("order", 'd', ids[2], "reason", 's', "CLERK", NULL)));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      gpointer both[] = { piao_replica_get_registry (f->world->replica), &ids[i] };
      g_autoptr (DexFuture) read = piao_replica_read (f->world->replica, list_refused, both, NULL);
      GPtrArray *items = g_value_get_boxed (piao_future_wait (read, NULL));

      g_assert_cmpuint (items->len, ==, i < 2 ? 1 : 0);
      if (items->len > 0)
        g_assert_cmpint (((PiaoRefused *)items->pdata[0])->order, ==, ids[i]);
    }
}

/* Whatever a person or a job of this desk can do has a name for people. */
static void
test_commands_have_words (Fixture *f, gconstpointer data)
{
  guint n = 0;
  const PiaoCommand *const *commands
      = piao_registry_get_commands (piao_replica_get_registry (f->world->replica), &n);

  g_assert_cmpuint (n, >, 10);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (piao_format_command (commands[i]->name), !=, commands[i]->name);
}

typedef struct
{
  guint answers, readings;
} Read;

static guint n_read;
static GMutex gate; /* nothing is read while it is locked */

static DexFuture *
count_reading (PiaoDb *db, gpointer data)
{
  guint *answer = g_new (guint, 1);

  g_mutex_lock (&gate);
  g_mutex_unlock (&gate);
  *answer = (guint)g_atomic_int_add ((int *)&n_read, 1) + 1;
  return dex_future_new_for_pointer (answer);
}

static void
note_answer (gpointer owner, gpointer answer)
{
  Read *read = g_object_get_data (owner, "read");

  /* None comes over a newer one. */
  g_assert_cmpuint (*(guint *)answer, >, read->readings);
  read->readings = *(guint *)answer;
  read->answers++;
  g_free (answer);
}

static const PiaoReadingFuncs counting = { NULL, count_reading, note_answer, g_free };

/* Many askings are answered by two readings; an owner that goes meanwhile is shown nothing. */
static void
test_reading (Fixture *f, gconstpointer data)
{
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (PiaoReading) reading = piao_reading_new (f->world->session, &counting, owner);
  Read read = { 0 };
  DexFuture *last = NULL;

  n_read = 0;
  g_object_set_data (owner, "read", &read);
  g_mutex_lock (&gate);
  for (int i = 0; i < 20; i++)
    {
      dex_clear (&last);
      last = piao_reading_again (reading, FALSE);
    }
  g_mutex_unlock (&gate);
  wait_for (last);
  g_assert_cmpuint (read.answers, ==, 2);
  g_assert_cmpuint (n_read, ==, 2);
  g_mutex_lock (&gate);
  last = piao_reading_again (reading, TRUE);
  g_clear_object (&owner);
  g_mutex_unlock (&gate);
  wait_for (last);
  g_assert_cmpuint (read.answers, ==, 2);
}

static void
test_models_die (Fixture *f, gconstpointer data)
{
  gpointer orders = f->orders;

  /* Answers are on their way when it goes. */
  g_object_add_weak_pointer (G_OBJECT (f->orders), &orders);
  g_clear_object (&f->orders);
  g_assert_null (orders);
}

static void
test_permissions (Fixture *f, gconstpointer data)
{
  g_assert_true (piao_session_may (f->world->session, NULL));
  g_assert_true (piao_session_may (f->world->session, "order.pick"));
  g_assert_false (piao_session_may (f->world->session, "ilms_keys.edit"));
  g_assert_cmpstr (piao_session_get_place (f->world->session)->warehouse_name, !=, "");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  ADD ("/models/counts", test_counts);
  ADD ("/models/pending-oldest-first", test_pending_is_oldest_first);
  ADD ("/models/all-newest-first", test_all_is_newest_first);
  ADD ("/models/sorts", test_sorts);
  ADD ("/models/search", test_search);
  ADD ("/models/filters", test_filters);
  ADD ("/models/period", test_period);
  ADD ("/models/today", test_today);
  ADD ("/models/changes", test_changes_are_followed);
  ADD ("/models/inactive", test_inactive_counts_little);
  ADD ("/models/sync-centre", test_sync_centre);
  ADD ("/models/sync-centre-keeps-rows", test_sync_centre_keeps_rows);
  ADD ("/models/refused", test_refused_needs_a_person);
  ADD ("/models/refused-on-the-order", test_refused_on_the_order);
  ADD ("/models/command-words", test_commands_have_words);
  ADD ("/models/reading", test_reading);
  ADD ("/models/die", test_models_die);
  ADD ("/models/permissions", test_permissions);
  return g_test_run ();
}
