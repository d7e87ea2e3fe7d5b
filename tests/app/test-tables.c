/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/sync/piao-sync-model.h"
#include "app/widget/piao-line.h"
#include "app/widget/piao-table-view.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-queries.h"
#include "store/piao-row-list.h"
#include "tests/lib/app-window.h"

/* What people make of the tables: sorted by a header, columns chosen and drawn, and kept. */

typedef AppWindow Fixture;

static GtkColumnView *
get_list (Fixture *f)
{
  return GTK_COLUMN_VIEW (app_world_find_widget (
      GTK_WIDGET (piao_window_get_page (f->window, "orders")), GTK_TYPE_COLUMN_VIEW));
}

static GtkColumnViewColumn *
get_column (Fixture *f, guint position)
{
  g_autoptr (GtkColumnViewColumn) column
      = g_list_model_get_item (gtk_column_view_get_columns (get_list (f)), position);

  return column; /* the view has it */
}

static gboolean
is_sorted_by_amount (gpointer data)
{
  GListModel *rows = data;
  gint64 before = G_MAXINT64;

  for (guint i = 0; i < MIN (g_list_model_get_n_items (rows), 5); i++)
    {
      g_autoptr (PiaoRow) row = g_list_model_get_item (rows, i);

      if (!piao_row_is_loaded (row) || piao_row_get_int (row, PIAO_ORDER_ROW_AMOUNT) > before)
        return FALSE;
      before = piao_row_get_int (row, PIAO_ORDER_ROW_AMOUNT);
    }
  return before < G_MAXINT64;
}

/* Amount can be sorted by in what is pending; among all there ever were no index serves it. */
static void
test_sort_by_header (Fixture *f, gconstpointer data)
{
  const guint amount = 8;

  piao_window_show_page (f->window, "orders");
  app_world_await (app_window_has_rows, app_window_get_orders (f));
  g_assert_nonnull (gtk_column_view_column_get_sorter (get_column (f, amount)));
  gtk_column_view_sort_by_column (get_list (f), get_column (f, amount), GTK_SORT_DESCENDING);
  app_world_await (is_sorted_by_amount, app_window_get_orders (f));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.orders-in-state", "s", "completed");
  g_assert_null (gtk_column_view_column_get_sorter (get_column (f, amount)));
  g_assert_nonnull (gtk_column_view_column_get_sorter (get_column (f, 0)));
  g_settings_reset (f->world->settings, "table-sorts");
}

/* Whether @column of the orders is kept as so wide, and whether it is shown. */
static gboolean
is_kept (GSettings *settings, const char *column, int width, gboolean shown)
{
  g_autoptr (GVariant) tables = g_settings_get_value (settings, "tables");
  g_autoptr (GVariant) orders
      = g_variant_lookup_value (tables, "orders", G_VARIANT_TYPE ("a{s(ib)}"));
  gboolean kept_shown;
  int kept_width;

  return orders != NULL && g_variant_lookup (orders, column, "(ib)", &kept_width, &kept_shown)
         && kept_width == width && kept_shown == shown;
}

static gboolean
is_width_kept (gpointer data)
{
  return is_kept (data, "owner", 222, FALSE);
}

static void
open_other_window (Fixture *f, PiaoWindow **window)
{
  *window = f->window;
  f->window = piao_window_new (f->application, f->world->session);
}

/* Widths, choice and sort of columns are there again in the next window; one column always stays.
 */
static void
test_columns_are_kept (Fixture *f, gconstpointer data)
{
  static const char *const others[]
      = { "number", "time", "outlet", "phone", "county", "manager", "source", "amount", "state" };
  const guint owner = 3, amount = 8;
  GtkWidget *page = GTK_WIDGET (piao_window_get_page (f->window, "orders"));
  PiaoWindow *first;
  guint visible = 0;

  gtk_column_view_column_set_fixed_width (get_column (f, owner), 222);
  gtk_widget_activate_action (page, "table-orders.column-owner", NULL);
  g_assert_false (gtk_column_view_column_get_visible (get_column (f, owner)));
  gtk_column_view_sort_by_column (get_list (f), get_column (f, amount), GTK_SORT_DESCENDING);
  app_world_await (is_width_kept, f->world->settings);
  open_other_window (f, &first);
  g_assert_false (gtk_column_view_column_get_visible (get_column (f, owner)));
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (get_column (f, owner)), ==, 222);
  app_world_await (is_sorted_by_amount, app_window_get_orders (f));
  /* Where it is not offered it waits. */
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.orders-in-state", "s", "completed");
  gtk_window_destroy (GTK_WINDOW (f->window));
  f->window = piao_window_new (f->application, f->world->session);
  app_world_await (is_sorted_by_amount, app_window_get_orders (f));
  gtk_window_destroy (GTK_WINDOW (f->window));
  f->window = first;
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *action = g_strconcat ("table-orders.column-", others[i], NULL);

      gtk_widget_activate_action (page, action, NULL);
    }
  for (guint i = 0; i <= G_N_ELEMENTS (others); i++)
    visible += gtk_column_view_column_get_visible (get_column (f, i)) ? 1 : 0;
  g_assert_cmpuint (visible, ==, 1);
  g_settings_reset (f->world->settings, "tables");
  g_settings_reset (f->world->settings, "table-sorts");
}

/* --- lines ------------------------------------------------------------------------------------ */

/* The line of the first row, or NULL. */
static GtkWidget *
get_line (Fixture *f)
{
  return app_world_find_widget (GTK_WIDGET (piao_window_get_page (f->window, "orders")),
                                PIAO_TYPE_LINE);
}

/* Number, owner and state of the first row, or NULL. Transfer full. */
static char *
dup_shown (Fixture *f)
{
  g_autoptr (PiaoRow) row = g_list_model_get_item (app_window_get_orders (f), 0);

  if (row == NULL || !piao_row_is_loaded (row))
    return NULL;
  return g_strdup_printf ("%s, %s, %s", piao_row_get_text (row, PIAO_ORDER_ROW_NUMBER),
                          piao_row_get_text (row, PIAO_ORDER_ROW_OWNER_NAME),
                          piao_order_state_get_title (
                              piao_row_get_text (row, PIAO_ORDER_ROW_STATE)));
}

static gboolean
is_named (GtkWidget *widget, const char *name)
{
  g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                               GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  return other == NULL;
}

static gboolean
says_what_is_shown (gpointer data)
{
  Fixture *f = data;
  GtkWidget *line = get_line (f);
  g_autofree char *shown = dup_shown (f);

  return line != NULL && shown != NULL && is_named (line, shown)
         && is_named (gtk_widget_get_parent (line), shown);
}

/* Whether what the line shows at @x was cut, so that it is said in full. */
static gboolean
is_cut (GtkWidget *line, int x)
{
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);

  return GTK_WIDGET_GET_CLASS (line)->query_tooltip (line, x, 5, FALSE, tooltip);
}

static gboolean
is_number_cut (gpointer data)
{
  return is_cut (get_line (data), 12);
}

static gboolean
is_cut_kept (gpointer data)
{
  return is_kept (data, "number", 60, TRUE);
}

/* A line is one widget: it is named by its columns that are shown, its row too, says in full what
 * was cut, and opens its order. */
static void
test_lines (Fixture *f, gconstpointer data)
{
  static const char *const others[]
      = { "time", "outlet", "phone", "county", "manager", "source", "amount" };
  GtkWidget *page = GTK_WIDGET (piao_window_get_page (f->window, "orders"));

  piao_window_show_page (f->window, "orders");
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *action = g_strconcat ("table-orders.column-", others[i], NULL);

      gtk_widget_activate_action (page, action, NULL);
    }
  app_world_await (says_what_is_shown, f);
  g_assert_false (is_cut (get_line (f), 12));
  gtk_column_view_column_set_fixed_width (get_column (f, 0), 60);
  app_world_await (is_number_cut, f);
  g_assert_false (is_cut (get_line (f), 72));
  gtk_widget_activate_action (gtk_widget_get_parent (get_line (f)), "list.activate-item", "u", 0);
  app_world_await (app_window_has_dialog, f->window);
  app_world_await (is_cut_kept, f->world->settings);
  g_settings_reset (f->world->settings, "tables");
}

static gboolean
are_two (gpointer data)
{
  return g_list_model_get_n_items (data) >= 2;
}

/* The changes of the sync centre are all at hand: their titles sort them here. */
static void
test_sync_centre (Fixture *f, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (piao_window_get_page (f->window, "sync"));
  PiaoTableView *table;
  GtkColumnView *titles;
  GListModel *items;
  g_autoptr (GtkColumnViewColumn) time = NULL;
  g_autoptr (PiaoSyncItem) first = NULL;
  g_autoptr (PiaoSyncItem) second = NULL;

  app_world_make_refused (f->world, app_world_find_next_order (f->world));
  piao_window_show_page (f->window, "sync");
  table = PIAO_TABLE_VIEW (app_world_find_widget (page, PIAO_TYPE_TABLE_VIEW));
  titles = piao_table_view_get_titles (table);
  items = G_LIST_MODEL (piao_table_view_get_selection (table));
  piao_clock_advance (f->world->clock, PIAO_MINUTE);
  app_world_make_refused (f->world, app_world_find_next_order (f->world));
  app_world_await (are_two, items);
  time = g_list_model_get_item (gtk_column_view_get_columns (titles), 0);
  for (int order = GTK_SORT_ASCENDING; order <= GTK_SORT_DESCENDING; order++)
    {
      gint64 difference;

      gtk_column_view_sort_by_column (titles, time, (GtkSortType)order);
      g_clear_object (&first);
      g_clear_object (&second);
      first = g_list_model_get_item (items, 0);
      second = g_list_model_get_item (items, g_list_model_get_n_items (items) - 1);
      difference = piao_sync_item_get_at (first) - piao_sync_item_get_at (second);
      g_assert_cmpint (difference, ==, order == GTK_SORT_ASCENDING ? -PIAO_MINUTE : PIAO_MINUTE);
    }
  g_settings_reset (f->world->settings, "table-sorts");
}

int
main (int argc, char *argv[])
{
  g_autoptr (GtkApplication) application = app_window_start (&argc, &argv);

#define ADD(path, func)                                                                            \
  g_test_add (path, Fixture, application, app_window_set_up, func, app_window_tear_down)
  ADD ("/tables/sort-by-header", test_sort_by_header);
  ADD ("/tables/columns-are-kept", test_columns_are_kept);
  ADD ("/tables/lines", test_lines);
  ADD ("/tables/sync-centre", test_sync_centre);
  return g_test_run ();
}
