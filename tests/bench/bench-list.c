/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The orders page of the desktop over the large replica, in a real window: how long until its first
 * rows are painted when it is opened and when all orders are asked for, how long the longest
 * picture takes while it is scrolled (the middle one of three rounds) and how long until all is
 * there when it stands, and how long the screen ever stands still while somebody types into the
 * search; then the first rows in another order. The peer is a bare view over a list of constant
 * texts, which is what GTK itself costs. */

#include "config.h"

#include <adwaita.h>
#include <stdlib.h>

#include "app/order/piao-orders-page.h"
#include "app/piao-paths.h"
#include "app/widget/piao-table-view.h"
#include "base/piao-future.h"
#include "store/piao-row-list.h"
#include "tests/bench/piao-bench.h"

#define FIRST_ROWS_MS 150.0
#define PICTURE_MS 33.0
#define TYPING_MS 150.0
#define N_COLUMNS 8
#define LIMIT_MS 30000
#define ROUNDS 3

PIAO_STATEMENT (bench_list_raw,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND deleted = 0"
                " ORDER BY submitted_at DESC, id DESC LIMIT 64");

typedef struct
{
  GtkWindow *window;
  PiaoSession *session;
  GtkWidget *page;
  PiaoRowList *rows; /* of the page; borrowed */
  GtkWidget *view;   /* the table of the page or the peer's view */
  gboolean asked;    /* the rows of another query have not come yet */
  GArray *pictures;  /* ms from one picture to the next */
  double painted;    /* when the last one was done */
} Bench;

/* --- the peer -------------------------------------------------------------------------------- */

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gtk_inscription_new (NULL));
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *text = gtk_list_item_get_item (item);

  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)),
                            gtk_string_object_get_string (text));
}

/* Rows as low as ours are. */
static void
make_dense (GtkWidget *view)
{
  g_autoptr (GtkCssProvider) css = gtk_css_provider_new ();

  gtk_css_provider_load_from_string (css, "columnview.dense > listview > row > cell"
                                          " { padding: 3px 8px; min-height: 22px; }");
  gtk_style_context_add_provider_for_display (gtk_widget_get_display (view),
                                              GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_widget_add_css_class (view, "dense");
}

static void
show_peer (Bench *bench, GListModel *model)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  GtkColumnView *view = GTK_COLUMN_VIEW (
      gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (model)))));

  bench->view = GTK_WIDGET (view);
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new ("Column", factory);

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
      gtk_column_view_column_set_fixed_width (column, 128);
      gtk_column_view_append_column (view, column);
    }
  make_dense (bench->view);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), bench->view);
  gtk_window_set_child (bench->window, scroller);
}

/* --- the page -------------------------------------------------------------------------------- */

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
on_rows (Bench *bench)
{
  bench->asked = FALSE;
}

static void
make_page (Bench *bench)
{
  bench->page = g_object_new (PIAO_TYPE_ORDERS_PAGE, "session", bench->session, NULL);
  g_object_ref_sink (bench->page);
  bench->rows = PIAO_ROW_LIST (piao_orders_page_get_rows (PIAO_ORDERS_PAGE (bench->page)));
  g_signal_connect_swapped (bench->rows, "items-changed", G_CALLBACK (on_rows), bench);
}

static void
show_page (Bench *bench)
{
  gtk_window_set_child (bench->window, bench->page);
  bench->view = find (bench->page, PIAO_TYPE_TABLE_VIEW);
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
  GtkWidget *sidebar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  bench->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (bench->window, 1366, 768);
  /* The fonts and icons of the program are loaded, as they are when its sidebar stands. */
  gtk_box_append (GTK_BOX (sidebar), gtk_image_new_from_icon_name ("view-list-symbolic"));
  gtk_box_append (GTK_BOX (sidebar), gtk_label_new ("票库 出票台 0123456789"));
  gtk_window_set_child (bench->window, sidebar);
  gtk_window_present (bench->window);
  g_signal_connect (gdk_surface_get_frame_clock (
                        gtk_native_get_surface (GTK_NATIVE (bench->window))),
                    "after-paint", G_CALLBACK (on_painted), bench);
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

/* What is painted has all its texts: those of a list that is flung come a little later. */
static gboolean
is_whole (Bench *bench)
{
  return is_painted (bench) && piao_table_view_is_whole (PIAO_TABLE_VIEW (bench->view));
}

static gboolean
has_first_rows (Bench *bench)
{
  g_autoptr (PiaoRow) row = g_list_model_get_item (G_LIST_MODEL (bench->rows), 0);

  return !bench->asked && row != NULL && piao_row_is_loaded (row);
}

static gboolean
is_ready (Bench *bench)
{
  return piao_row_list_is_ready (bench->rows);
}

static gboolean
is_asked (Bench *bench)
{
  return !is_ready (bench);
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

static double
read_raw_ms (PiaoReplica *replica)
{
  double started = piao_bench_now ();
  g_autoptr (DexFuture) raw = piao_replica_read (replica, read_raw, NULL, NULL);

  piao_future_wait (raw, NULL);
  return piao_bench_now () - started;
}

/* From @started until the first rows that come now have been painted. */
static double
await_first_rows (Bench *bench, double started)
{
  double took;

  await (bench, has_first_rows, "The first row");
  forget_pictures (bench);
  gtk_widget_queue_draw (bench->view);
  await (bench, is_whole, "A picture of the first rows");
  took = bench->painted - started;
  await (bench, is_ready, "The whole list");
  return took;
}

static void
measure_first_rows (Bench *bench, PiaoReplica *replica)
{
  double raw_ms = read_raw_ms (replica), started;

  started = piao_bench_now ();
  bench->asked = TRUE;
  make_page (bench);
  show_page (bench);
  piao_bench_report ("list-open-first-rows", await_first_rows (bench, started), "ms", raw_ms,
                     FIRST_ROWS_MS, 0);
  started = piao_bench_now ();
  bench->asked = TRUE;
  piao_orders_page_show_state (PIAO_ORDERS_PAGE (bench->page), "");
  piao_bench_report ("list-first-rows", await_first_rows (bench, started), "ms", raw_ms,
                     FIRST_ROWS_MS, 0);
  piao_bench_report ("list-whole", piao_bench_now () - started, "ms", 0, LIMIT_MS, 0);
}

/* The first rows when the title of a column is pressed: as an index has them. */
static void
measure_sort (Bench *bench, const char *figure, guint column, GtkSortType order)
{
  GtkColumnView *titles = piao_table_view_get_titles (PIAO_TABLE_VIEW (bench->view));
  GListModel *columns = gtk_column_view_get_columns (titles);
  g_autoptr (GtkColumnViewColumn) pressed = g_list_model_get_item (columns, column);
  double started = piao_bench_now ();

  bench->asked = TRUE;
  gtk_column_view_sort_by_column (titles, pressed, order);
  piao_bench_report (figure, await_first_rows (bench, started), "ms", 0, FIRST_ROWS_MS, 0);
}

static void
measure_sorts (Bench *bench)
{
  piao_orders_page_show_state (PIAO_ORDERS_PAGE (bench->page), "");
  await (bench, is_ready, "All orders");
  measure_sort (bench, "list-sort-time-first-rows", 1, GTK_SORT_ASCENDING);
  measure_sort (bench, "list-sort-number-first-rows", 0, GTK_SORT_ASCENDING);
  measure_sort (bench, "list-sort-number-down-first-rows", 0, GTK_SORT_DESCENDING);
}

/* --- scrolling ------------------------------------------------------------------------------- */

typedef struct
{
  int left;     /* pictures still to be scrolled */
  double speed; /* of the whole list, a picture */
} Scroll;

static GtkAdjustment *
get_bar (GtkWidget *view)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (gtk_widget_get_parent (view)));
}

static gboolean
scroll (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Scroll *state = data;
  GtkAdjustment *bar = get_bar (widget);
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
  gtk_widget_add_tick_callback (bench->view, scroll, &scrolling, NULL);
  forget_pictures (bench);
  await (bench, has_scrolled, "The end of the scrolling");
  return piao_bench_samples_get (bench->pictures, 100);
}

/* The row in the middle of the screen has come, and all that is shown of it and the others. */
static gboolean
is_at_rest (Bench *bench)
{
  GtkAdjustment *bar = get_bar (bench->view);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (bench->rows));
  double middle = gtk_adjustment_get_value (bar) + gtk_adjustment_get_page_size (bar) / 2;
  g_autoptr (PiaoRow) row
      = g_list_model_get_item (G_LIST_MODEL (bench->rows),
                               (guint)(middle / gtk_adjustment_get_upper (bar) * n));

  return piao_row_is_loaded (row) && is_whole (bench);
}

/* How long after the last of these pictures nothing is missing. */
static double
await_rest (Bench *bench)
{
  double last = piao_bench_now ();

  await (bench, is_at_rest, "The rest of the texts");
  forget_pictures (bench);
  gtk_widget_queue_draw (bench->view);
  await (bench, is_whole, "A picture of all texts");
  return bench->painted - last;
}

/* The longest picture of a round: what else runs on the machine makes one of three long. */
static void
scroll_round (Bench *bench, int n, GArray *wheel, GArray *pages)
{
  scroll_through (bench, 20, 10);
  piao_bench_samples_add (wheel, scroll_through (bench, n, 40));
  piao_bench_samples_add (pages, scroll_through (bench, n, 4000));
}

static void
measure_scrolling (Bench *bench, int n)
{
  g_autoptr (GtkStringList) constant = gtk_string_list_new (NULL);
  GArray *samples[5];

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = piao_bench_samples_new ();
  for (int i = 0; i < 20000; i++)
    gtk_string_list_append (constant, "Constant text");
  for (int i = 0; i < ROUNDS; i++)
    {
      show_peer (bench, G_LIST_MODEL (constant));
      scroll_round (bench, n, samples[0], samples[1]);
      show_page (bench);
      scroll_round (bench, n, samples[2], samples[3]);
      piao_bench_samples_add (samples[4], await_rest (bench));
    }
  piao_bench_report ("list-scroll-wheel-longest", piao_bench_samples_get (samples[2], 50), "ms",
                     piao_bench_samples_get (samples[0], 50), PICTURE_MS, 0);
  piao_bench_report ("list-scroll-pages-longest", piao_bench_samples_get (samples[3], 50), "ms",
                     piao_bench_samples_get (samples[1], 50), PICTURE_MS, 0);
  piao_bench_report ("list-scroll-pages-rest", piao_bench_samples_get (samples[4], 50), "ms", 0,
                     FIRST_ROWS_MS, 0);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    g_array_unref (samples[i]);
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
  show_peer (bench, G_LIST_MODEL (constant));
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
  double started = piao_bench_now ();

  forget_pictures (bench);
  gtk_editable_set_text (GTK_EDITABLE (find (bench->page, GTK_TYPE_SEARCH_ENTRY)), typed);
  await (bench, is_asked, "A search");
  await (bench, is_ready, "What was searched");
  *whole = MAX (*whole, piao_bench_now () - started);
  return piao_bench_samples_get (bench->pictures, 100);
}

static void
measure_typing (Bench *bench)
{
  static const char *const typed[] = { "北", "北京", "北京路", "北京路1", "北京路12", "北京路123" };
  guint tick = gtk_widget_add_tick_callback (GTK_WIDGET (bench->window), spin, NULL, NULL);
  double own = swap_constant (bench, G_N_ELEMENTS (typed));
  double longest = 0, whole = 0;

  show_page (bench);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    longest = MAX (longest, search (bench, typed[i], &whole));
  gtk_widget_remove_tick_callback (GTK_WIDGET (bench->window), tick);
  piao_bench_report ("list-typing-longest", longest, "ms", own, TYPING_MS, 0);
  piao_bench_report ("list-search-whole", whole, "ms", 0, LIMIT_MS, 0);
}

static void
sign_in (Bench *bench, PiaoReplica *replica)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  g_autoptr (GSettings) settings = piao_paths_new_settings ();
  g_autoptr (DexFuture) attached = NULL;
  GError *error = NULL;

  bench->session = piao_session_new (clock, settings, FALSE);
  attached = piao_session_attach (bench->session, replica, BENCH_USER);
  piao_future_wait (attached, &error);
  piao_bench_check (error);
}

int
main (int argc, char **argv)
{
  g_autoptr (PiaoBenchOptions) options = NULL;
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (PiaoReplica) replica = NULL;
  GError *error = NULL;
  Bench bench = { 0 };

  dex_init ();
  options = piao_bench_options_parse (&argc, &argv);
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", PIAO_APP_ID, "flags",
                              G_APPLICATION_NON_UNIQUE, "resource-base-path",
                              "/io/github/piaoku/Piaoku", NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  piao_bench_check (error);
  replica = piao_bench_open (options);
  bench.pictures = piao_bench_samples_new ();
  sign_in (&bench, replica);
  open_window (&bench);
  await (&bench, is_painted, "The window");
  measure_first_rows (&bench, replica);
  measure_scrolling (&bench, MIN (options->repeats, 300));
  measure_typing (&bench);
  measure_sorts (&bench);
  gtk_window_destroy (bench.window);
  g_object_unref (bench.page);
  g_object_unref (bench.session);
  piao_replica_close (replica);
  g_array_unref (bench.pictures);
  return 0;
}
