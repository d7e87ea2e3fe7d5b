/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of all orders of the large replica in a real window: how long until its first rows are
 * painted, how long the longest picture takes while it is scrolled, and how long the screen ever
 * stands still while somebody types into the search; then the first rows in another order. The peer
 * is the same view over a list of constant texts, which is what GTK itself costs. */

#include "config.h"

#include <gtk/gtk.h>
#include <stdlib.h>

#include "base/piao-future.h"
#include "domain/order/piao-order-queries.h"
#include "store/piao-row-list.h"
#include "store/piao-search.h"
#include "tests/bench/piao-bench.h"

#define FIRST_ROWS_MS 150.0
#define PICTURE_MS 33.0
#define TYPING_MS 150.0
#define N_COLUMNS 8
#define LIMIT_MS 30000

PIAO_STATEMENT (bench_list_all,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND deleted = 0"
                " ORDER BY submitted_at DESC, id DESC");
PIAO_STATEMENT (bench_list_typed,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND deleted = 0"
                " AND outlet_id IN (SELECT row FROM search_row WHERE doc IN"
                " (SELECT rowid FROM search WHERE search MATCH $2))"
                " ORDER BY submitted_at DESC, id DESC");
PIAO_STATEMENT (bench_list_page,
                "SELECT orders.id, orders.number, outlet.outlet_no, outlet.name, outlet.owner_name,"
                " orders.submitted_at, orders.packs, orders.amount, orders.state"
                " FROM orders JOIN outlet ON outlet.id = orders.outlet_id"
                " WHERE orders.id IN (SELECT value FROM json_each ($1))");
PIAO_STATEMENT (bench_list_raw,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND deleted = 0"
                " ORDER BY submitted_at DESC, id DESC LIMIT 64");

typedef struct
{
  GtkWindow *window;
  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  PiaoRowList *rows;
  GArray *pictures; /* ms from one picture to the next */
  double painted;   /* when the last one was done */
} Bench;

/* --- the view -------------------------------------------------------------------------------- */

static void
show_row (PiaoRow *row, GtkListItem *item)
{
  GtkInscription *cell = GTK_INSCRIPTION (gtk_list_item_get_child (item));
  guint column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (cell), "column"));

  gtk_inscription_set_text (cell, piao_row_get_text (row, column + 1));
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *cell = gtk_inscription_new (NULL);

  g_object_set_data (G_OBJECT (cell), "column", column);
  gtk_list_item_set_child (item, cell);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GObject *row = gtk_list_item_get_item (item);

  if (!PIAO_IS_ROW (row))
    {
      GtkInscription *cell = GTK_INSCRIPTION (gtk_list_item_get_child (item));

      gtk_inscription_set_text (cell, gtk_string_object_get_string (GTK_STRING_OBJECT (row)));
      return;
    }
  g_signal_connect (row, "changed", G_CALLBACK (show_row), item);
  show_row (PIAO_ROW (row), item);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GObject *row = gtk_list_item_get_item (item);

  if (PIAO_IS_ROW (row))
    g_signal_handlers_disconnect_by_func (row, show_row, item);
}

static void
on_painted (GdkFrameClock *clock, Bench *bench)
{
  double now = piao_bench_now ();

  piao_bench_samples_add (bench->pictures, now - bench->painted);
  bench->painted = now;
}

static void
open_window (Bench *bench)
{
  bench->window = GTK_WINDOW (gtk_window_new ());
  bench->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  bench->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new ("Column", factory);

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
      gtk_column_view_column_set_fixed_width (column, 160);
      gtk_column_view_append_column (bench->view, column);
    }
  gtk_scrolled_window_set_child (bench->scroller, GTK_WIDGET (bench->view));
  gtk_window_set_child (bench->window, GTK_WIDGET (bench->scroller));
  gtk_window_set_default_size (bench->window, 1366, 768);
  gtk_window_present (bench->window);
  g_signal_connect (gdk_surface_get_frame_clock (
                        gtk_native_get_surface (GTK_NATIVE (bench->window))),
                    "after-paint", G_CALLBACK (on_painted), bench);
}

static void
show_list (Bench *bench, GListModel *model)
{
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (g_object_ref (model));

  gtk_column_view_set_model (bench->view, GTK_SELECTION_MODEL (selection));
}

/* --- waiting --------------------------------------------------------------------------------- */

typedef gboolean (*Condition) (Bench *bench);

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* Iterates until @condition holds; ends the program after LIMIT_MS. */
static void
await (Bench *bench, Condition condition, const char *what)
{
  gboolean late = FALSE;
  guint source = g_timeout_add (LIMIT_MS, set_flag, &late);

  while (!condition (bench) && !late)
    g_main_context_iteration (NULL, TRUE);
  if (late)
    g_error ("%s did not come within %d ms", what, LIMIT_MS);
  g_source_remove (source);
}

static gboolean
is_painted (Bench *bench)
{
  return bench->pictures->len > 0;
}

static gboolean
has_first_rows (Bench *bench)
{
  g_autoptr (PiaoRow) row = g_list_model_get_item (G_LIST_MODEL (bench->rows), 0);

  return row != NULL && piao_row_is_loaded (row);
}

static gboolean
is_ready (Bench *bench)
{
  return piao_row_list_is_ready (bench->rows);
}

static gboolean
is_empty (Bench *bench)
{
  return is_ready (bench) && g_list_model_get_n_items (G_LIST_MODEL (bench->rows)) == 0;
}

static void
forget_pictures (Bench *bench)
{
  g_array_set_size (bench->pictures, 0);
  bench->painted = piao_bench_now ();
}

/* --- first rows ------------------------------------------------------------------------------ */

static DexFuture *
read_raw (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &bench_list_raw, &error, "i", (gint64)BENCH_WAREHOUSE);

  while (cursor != NULL && piao_cursor_next (cursor, &error))
    ;
  return error != NULL ? dex_future_new_for_error (error) : NULL;
}

static void
measure_first_rows (Bench *bench, PiaoReplica *replica)
{
  g_autoptr (DexFuture) raw = NULL;
  double started, raw_ms, rows_ms;

  started = piao_bench_now ();
  raw = piao_replica_read (replica, read_raw, NULL, NULL);
  piao_future_wait (raw, NULL);
  raw_ms = piao_bench_now () - started;
  started = piao_bench_now ();
  piao_row_list_set_query (bench->rows, &bench_list_all, &bench_list_page, "i",
                           (gint64)BENCH_WAREHOUSE);
  await (bench, has_first_rows, "The first row");
  forget_pictures (bench);
  gtk_widget_queue_draw (GTK_WIDGET (bench->view));
  await (bench, is_painted, "A picture of the first rows");
  rows_ms = piao_bench_now () - started;
  piao_bench_report ("list-first-rows", rows_ms, "ms", raw_ms, FIRST_ROWS_MS, 0);
  await (bench, is_ready, "The whole list");
  piao_bench_report ("list-whole", piao_bench_now () - started, "ms", 0, LIMIT_MS, 0);
}

/* The first rows of the orders page when the title of a column was pressed: as an index has them.
 */
static void
measure_sort (Bench *bench, const char *figure, PiaoOrderSort sort, gboolean descending)
{
  double started;

  /* What was listed before stays until the new rows are there: begin with none. */
  piao_row_list_set_query (bench->rows, &bench_list_all, &bench_list_page, "i",
                           G_GINT64_CONSTANT (-1));
  await (bench, is_empty, "A list without rows");
  started = piao_bench_now ();
  piao_row_list_set_query (bench->rows, piao_order_list (PIAO_ORDER_ANY, sort, descending),
                           &bench_list_page, "issiis", (gint64)BENCH_WAREHOUSE, "", "",
                           G_GINT64_CONSTANT (0), G_MAXINT64, "");
  await (bench, has_first_rows, "The first row in another order");
  piao_bench_report (figure, piao_bench_now () - started, "ms", 0, FIRST_ROWS_MS, 0);
  await (bench, is_ready, "The whole list in another order");
}

static void
measure_sorts (Bench *bench)
{
  measure_sort (bench, "list-sort-time-first-rows", PIAO_ORDER_BY_TIME, FALSE);
  measure_sort (bench, "list-sort-number-first-rows", PIAO_ORDER_BY_NUMBER, FALSE);
  measure_sort (bench, "list-sort-number-down-first-rows", PIAO_ORDER_BY_NUMBER, TRUE);
}

/* --- scrolling ------------------------------------------------------------------------------- */

typedef struct
{
  int left;     /* pictures still to be scrolled */
  double speed; /* of the whole list, a picture */
} Scroll;

static gboolean
scroll (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Scroll *state = data;
  GtkAdjustment *bar
      = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (gtk_widget_get_parent (widget)));
  double most = gtk_adjustment_get_upper (bar) - gtk_adjustment_get_page_size (bar);
  double next = gtk_adjustment_get_value (bar) + state->speed;

  gtk_adjustment_set_value (bar, next > most ? 0 : next);
  gtk_widget_queue_draw (widget);
  return --state->left > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static Scroll scrolling;

static gboolean
has_scrolled (Bench *bench)
{
  return scrolling.left <= 0;
}

/* The longest picture of @n while the list moves by @speed pixels a picture. */
static double
scroll_through (Bench *bench, int n, double speed)
{
  scrolling = (Scroll){ n, speed };
  gtk_widget_add_tick_callback (GTK_WIDGET (bench->view), scroll, &scrolling, NULL);
  forget_pictures (bench);
  await (bench, has_scrolled, "The end of the scrolling");
  return piao_bench_samples_get (bench->pictures, 100);
}

static void
measure_scrolling (Bench *bench, int n)
{
  g_autoptr (GtkStringList) constant = gtk_string_list_new (NULL);
  double own[2], ours[2];

  for (int i = 0; i < 20000; i++)
    gtk_string_list_append (constant, "Constant text");
  show_list (bench, G_LIST_MODEL (constant));
  scroll_through (bench, 20, 10);
  own[0] = scroll_through (bench, n, 40);
  own[1] = scroll_through (bench, n, 4000);
  show_list (bench, G_LIST_MODEL (bench->rows));
  scroll_through (bench, 20, 10);
  ours[0] = scroll_through (bench, n, 40);
  ours[1] = scroll_through (bench, n, 4000);
  piao_bench_report ("list-scroll-wheel-longest", ours[0], "ms", own[0], PICTURE_MS, 0);
  piao_bench_report ("list-scroll-pages-longest", ours[1], "ms", own[1], PICTURE_MS, 0);
}

/* --- typing ---------------------------------------------------------------------------------- */

static gboolean
spin (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static gboolean
has_settled (Bench *bench)
{
  return bench->pictures->len > 5;
}

/* What GTK itself takes when all rows of a list become others. */
static double
swap_constant (Bench *bench, int times)
{
  g_autoptr (GtkStringList) constant = gtk_string_list_new (NULL);
  g_auto (GStrv) texts = g_new0 (char *, 5001);
  double longest = 0;

  for (int i = 0; i < 5000; i++)
    texts[i] = g_strdup_printf ("Constant text %d", i);
  show_list (bench, G_LIST_MODEL (constant));
  for (int i = 0; i < times; i++)
    {
      forget_pictures (bench);
      gtk_string_list_splice (constant, 0, g_list_model_get_n_items (G_LIST_MODEL (constant)),
                              (const char *const *)texts);
      await (bench, has_settled, "A picture of other rows");
      longest = MAX (longest, piao_bench_samples_get (bench->pictures, 100));
    }
  return longest;
}

/* The longest time without a picture while @typed is searched; @whole until all was found. */
static double
search (Bench *bench, const char *typed, double *whole)
{
  g_autofree char *match = piao_search_expression (typed);
  double started = piao_bench_now ();

  forget_pictures (bench);
  piao_row_list_set_query (bench->rows, &bench_list_typed, &bench_list_page, "is",
                           (gint64)BENCH_WAREHOUSE, match);
  await (bench, is_ready, "What was searched");
  *whole = MAX (*whole, piao_bench_now () - started);
  return piao_bench_samples_get (bench->pictures, 100);
}

static void
measure_typing (Bench *bench)
{
  static const char *const typed[] = { "北", "北京", "北京路", "北京路1", "北京路12", "北京路123" };
  guint tick = gtk_widget_add_tick_callback (GTK_WIDGET (bench->view), spin, NULL, NULL);
  double own = swap_constant (bench, G_N_ELEMENTS (typed));
  double longest = 0, whole = 0;

  show_list (bench, G_LIST_MODEL (bench->rows));
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    longest = MAX (longest, search (bench, typed[i], &whole));
  gtk_widget_remove_tick_callback (GTK_WIDGET (bench->view), tick);
  piao_bench_report ("list-typing-longest", longest, "ms", own, TYPING_MS, 0);
  piao_bench_report ("list-search-whole", whole, "ms", 0, LIMIT_MS, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (PiaoBenchOptions) options = NULL;
  g_autoptr (PiaoReplica) replica = NULL;
  Bench bench = { 0 };

  dex_init ();
  options = piao_bench_options_parse (&argc, &argv);
  gtk_init ();
  replica = piao_bench_open (options);
  bench.pictures = piao_bench_samples_new ();
  bench.rows = piao_row_list_new (replica);
  open_window (&bench);
  show_list (&bench, G_LIST_MODEL (bench.rows));
  await (&bench, is_painted, "The window");
  measure_first_rows (&bench, replica);
  measure_scrolling (&bench, MIN (options->repeats, 300));
  measure_typing (&bench);
  measure_sorts (&bench);
  gtk_window_destroy (bench.window);
  g_object_unref (bench.rows);
  piao_replica_close (replica);
  g_array_unref (bench.pictures);
  return 0;
}
