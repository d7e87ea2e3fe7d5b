/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <math.h>

#include "app/widget/piao-line.h"
#include "app/widget/piao-mark.h"
#include "app/widget/piao-table-view.h"
#include "tests/lib/app-window.h"

/* A table by itself: what its lines draw, in which style, how they are heard, and when again. */

/* --- items ------------------------------------------------------------------------------------ */

#define TEST_TYPE_ITEM (test_item_get_type ())
G_DECLARE_FINAL_TYPE (TestItem, test_item, TEST, ITEM, GObject)

struct _TestItem
{
  GObject parent_instance;
  char *name;
  int count;
  guint asked; /* how often for its name */
  const char *clock, *style, *state;
};

G_DEFINE_FINAL_TYPE (TestItem, test_item, G_TYPE_OBJECT)

static void
test_item_finalize (GObject *object)
{
  g_free (TEST_ITEM (object)->name);
  G_OBJECT_CLASS (test_item_parent_class)->finalize (object);
}

static void
test_item_class_init (TestItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_item_finalize;
  g_signal_new ("changed", TEST_TYPE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
test_item_init (TestItem *self)
{
}

typedef struct
{
  GtkWidget *window;
  PiaoTableView *table;
  GListStore *items;
  guint opened;     /* position of the row that was opened last */
  char *letters;    /* the rest of a name that takes a while to be drawn */
  gboolean blank;   /* what the rows say has not been read yet */
  guint pictures;   /* since the list was scrolled last */
  guint incomplete; /* how many of them lacked a text */
} Fixture;

/* --- the table -------------------------------------------------------------------------------- */

static char *
name_cell (gpointer item, gpointer data)
{
  TestItem *self = item;
  Fixture *f = data;

  self->asked++;
  if (f->blank)
    return NULL;
  if (f->letters != NULL)
    return g_strdup_printf ("Outlet %d %s", self->count, f->letters);
  return g_strdup (self->name);
}

static char *
count_cell (gpointer item, gpointer data)
{
  Fixture *f = data;

  if (f->blank)
    return NULL;
  return g_strdup_printf ("%d", TEST_ITEM (item)->count);
}

static char *
clock_cell (gpointer item, gpointer data)
{
  return g_strdup (TEST_ITEM (item)->clock);
}

static const char *
clock_style (gpointer item, gpointer data)
{
  return TEST_ITEM (item)->style;
}

static char *
state_cell (gpointer item, gpointer data)
{
  return g_strdup (TEST_ITEM (item)->state);
}

static const char *
state_tint (gpointer item, gpointer data)
{
  return "accent";
}

static int
compare_count (gconstpointer a, gconstpointer b, gpointer data)
{
  return TEST_ITEM ((gpointer)a)->count - TEST_ITEM ((gpointer)b)->count;
}

enum
{
  NAME,
  COUNT,
  CLOCK,
  STATE
};

static const PiaoTableColumn columns[] = {
  { "name", "Name", PIAO_TABLE_STRONG | PIAO_TABLE_EXPAND, 0, name_cell },
  { "count", "Packs", PIAO_TABLE_NUMERIC, 60, count_cell, NULL, compare_count },
  { "clock", "Due", PIAO_TABLE_WIDE, 120, clock_cell, clock_style },
  { "state", "State", PIAO_TABLE_PILL, 90, state_cell, state_tint },
};

static void
on_activate (Fixture *f, guint position)
{
  f->opened = position;
}

static TestItem *
get_item (Fixture *f, guint position)
{
  g_autoptr (TestItem) item = g_list_model_get_item (G_LIST_MODEL (f->items), position);

  return item; /* the store has it */
}

static void
add_item (Fixture *f, const char *name, int count)
{
  g_autoptr (TestItem) item = g_object_new (TEST_TYPE_ITEM, NULL);

  item->name = g_strdup (name);
  item->count = count;
  item->clock = "2 h left";
  item->state = "Waiting";
  g_list_store_append (f->items, item);
}

static GtkWidget *
get_line (Fixture *f)
{
  return app_world_find_widget (f->window, PIAO_TYPE_LINE);
}

/* The mark of the first line in a column with a style. */
static GtkWidget *
get_mark (Fixture *f, guint column)
{
  GtkWidget *first = gtk_widget_get_first_child (get_line (f));

  return column == CLOCK ? first : gtk_widget_get_next_sibling (first);
}

static gboolean
is_named (GtkWidget *widget, const char *name)
{
  g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                               GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  return other == NULL;
}

/* What is heard of the first line once it has been drawn; NULL before. */
static gboolean
is_drawn (gpointer data)
{
  GtkWidget *line = get_line (data);

  return line != NULL
         && gtk_test_accessible_has_property (GTK_ACCESSIBLE (line), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  f->opened = GTK_INVALID_LIST_POSITION;
  f->items = g_list_store_new (TEST_TYPE_ITEM);
  add_item (f, "First outlet", 3);
  add_item (f, "Second outlet", 7);
  f->table = g_object_new (PIAO_TYPE_TABLE_VIEW, NULL);
  piao_table_view_set_columns (f->table, columns, G_N_ELEMENTS (columns), f);
  piao_table_view_set_items (f->table, G_LIST_MODEL (f->items));
  g_signal_connect_swapped (f->table, "activate", G_CALLBACK (on_activate), f);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (f->table));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 600, 300);
  gtk_window_set_child (GTK_WINDOW (f->window), scroller);
  gtk_window_present (GTK_WINDOW (f->window));
  app_world_await (is_drawn, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  app_world_close_window (GTK_WINDOW (f->window));
  g_object_unref (f->items);
  g_free (f->letters);
}

/* --- tests ------------------------------------------------------------------------------------ */

/* Figures are heard with their title, all else by itself; what is not shown is not heard. */
static void
test_names (Fixture *f, gconstpointer data)
{
  GtkWidget *line = get_line (f);

  g_assert_true (is_named (line, "First outlet, Packs 3, 2 h left, Waiting"));
  g_assert_true (
      is_named (gtk_widget_get_parent (line), "First outlet, Packs 3, 2 h left, Waiting"));
}

static gboolean
is_narrow (gpointer data)
{
  return is_named (get_line (data), "First outlet, Packs 3, Waiting");
}

static void
test_narrow (Fixture *f, gconstpointer data)
{
  GtkWidget *mark = get_mark (f, CLOCK);

  g_assert_true (gtk_widget_get_child_visible (mark));
  piao_table_view_set_narrow (f->table, TRUE);
  app_world_await (is_narrow, f);
  g_assert_false (gtk_widget_get_child_visible (mark));
}

static gboolean
is_late (gpointer data)
{
  return gtk_widget_has_css_class (get_mark (data, CLOCK), "due-late")
         && is_named (get_mark (data, CLOCK), "late");
}

static gboolean
is_calm (gpointer data)
{
  return !gtk_widget_has_css_class (get_mark (data, CLOCK), "due-late");
}

/* A text with a style has a mark, which wears the class that its item asks for now. */
static void
test_styles (Fixture *f, gconstpointer data)
{
  TestItem *item = get_item (f, 0);

  g_assert_true (gtk_widget_has_css_class (get_mark (f, STATE), "pill-label"));
  g_assert_true (gtk_widget_has_css_class (get_mark (f, STATE), "accent"));
  g_assert_false (gtk_widget_has_css_class (get_mark (f, CLOCK), "pill-label"));
  g_assert_true (is_calm (f));
  item->clock = "late";
  item->style = "due-late";
  g_signal_emit_by_name (item, "changed");
  app_world_await (is_late, f);
  item->style = NULL;
  g_signal_emit_by_name (item, "changed");
  app_world_await (is_calm, f);
}

/* A pill is as wide as its text, in the middle of its line; the clock has all of its column. */
static void
test_places (Fixture *f, gconstpointer data)
{
  GtkWidget *line = get_line (f);
  graphene_rect_t pill, clock;

  g_assert_true (gtk_widget_compute_bounds (get_mark (f, STATE), line, &pill));
  g_assert_true (gtk_widget_compute_bounds (get_mark (f, CLOCK), line, &clock));
  g_assert_cmpfloat (pill.size.width, <, 90);
  g_assert_cmpfloat (pill.size.width, >, 20);
  g_assert_cmpfloat (clock.size.width, >, 90);
  g_assert_cmpfloat (pill.origin.x, >=, clock.origin.x + clock.size.width);
  g_assert_cmpfloat_with_epsilon (pill.origin.y + pill.size.height / 2,
                                  (float)gtk_widget_get_height (line) / 2, 1);
}

static gboolean
is_counted (gpointer data)
{
  Fixture *f = data;
  GtkWidget *row = gtk_widget_get_parent (get_line (f));
  g_autofree char *name
      = g_strdup_printf ("Second outlet, Packs %d, 2 h left, Waiting", get_item (f, 1)->count);

  return is_named (gtk_widget_get_first_child (gtk_widget_get_next_sibling (row)), name);
}

/* An item that says "changed" and shows the same is looked at and not drawn again, when another one
 * that shows something else is. A window that has just come may draw all of it for reasons of its
 * own, but not every time. */
static void
test_unchanged (Fixture *f, gconstpointer data)
{
  TestItem *item = get_item (f, 0), *other = get_item (f, 1);

  for (int tries = 0; tries < 20; tries++)
    {
      item->asked = 0;
      g_signal_emit_by_name (item, "changed");
      g_assert_cmpuint (item->asked, ==, 1);
      other->count++;
      g_signal_emit_by_name (other, "changed");
      app_world_await (is_counted, f);
      if (item->asked == 1)
        return;
    }
  g_test_fail_printf ("a line that shows what it has shown is drawn again");
}

/* The same texts in other columns are another line. */
static gboolean
is_moved (gpointer data)
{
  return !gtk_widget_get_child_visible (get_mark (data, CLOCK));
}

static void
test_moved_text (Fixture *f, gconstpointer data)
{
  TestItem *item = get_item (f, 0);

  item->state = item->clock;
  item->clock = NULL;
  g_signal_emit_by_name (item, "changed");
  app_world_await (is_moved, f);
  g_assert_true (is_named (get_mark (f, STATE), "2 h left"));
}

/* Whether what @widget shows at @x was cut, so that it is said in full. */
static gboolean
is_cut (GtkWidget *widget, int x)
{
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);

  return GTK_WIDGET_GET_CLASS (widget)->query_tooltip (widget, x, 5, FALSE, tooltip);
}

static gboolean
is_pill_cut (gpointer data)
{
  return is_cut (get_mark (data, STATE), 5);
}

/* What is cut is said in full: a plain text by its line, a pill by itself. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  TestItem *item = get_item (f, 0);

  g_assert_false (is_cut (get_line (f), 20));
  g_assert_false (is_pill_cut (f));
  item->state = "Held until the gateway answers again";
  g_signal_emit_by_name (item, "changed");
  app_world_await (is_pill_cut, f);
  g_set_str (&item->name, "An outlet with a very long name in a very long street of a far away "
                          "county that nobody can read in one line");
  g_signal_emit_by_name (item, "changed");
  g_assert_true (is_cut (get_line (f), 20));
}

/* Sorted by a title where the columns can compare; a row is opened and chosen by actions. */
static void
test_hands (Fixture *f, gconstpointer data)
{
  GtkSorter *sorter = piao_table_view_get_sorter (f->table);
  GtkColumnView *titles = piao_table_view_get_titles (f->table);
  g_autoptr (GtkColumnViewColumn) count
      = g_list_model_get_item (gtk_column_view_get_columns (titles), COUNT);

  gtk_column_view_sort_by_column (titles, count, GTK_SORT_DESCENDING);
  g_assert_cmpint (gtk_sorter_compare (sorter, get_item (f, 0), get_item (f, 1)), ==,
                   GTK_ORDERING_LARGER);
  gtk_widget_activate_action (gtk_widget_get_parent (get_line (f)), "list.activate-item", "u", 1);
  g_assert_cmpuint (f->opened, ==, 1);
  gtk_widget_activate_action (gtk_widget_get_parent (get_line (f)), "list.select-item", "(ubb)", 1,
                              FALSE, FALSE);
  g_assert_cmpuint (gtk_single_selection_get_selected (piao_table_view_get_selection (f->table)),
                    ==, 1);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (f->table)));
}

/* --- scrolling -------------------------------------------------------------------------------- */

#define MANY 20000    /* rows: more than are ever seen here, so that each is new */
#define LETTERS 20000 /* of a name */

static void
on_painted (Fixture *f)
{
  f->pictures++;
  f->incomplete += piao_table_view_is_whole (f->table) ? 0 : 1;
}

static void
make_long (Fixture *f)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < MANY; i++)
    {
      TestItem *item = g_object_new (TEST_TYPE_ITEM, NULL);

      item->count = i;
      g_ptr_array_add (items, item);
    }
  f->letters = g_strnfill (LETTERS, 'n');
  g_list_store_splice (f->items, 0, 2, items->pdata, items->len);
  g_signal_connect_swapped (gtk_widget_get_frame_clock (f->window), "after-paint",
                            G_CALLBACK (on_painted), f);
}

static GtkAdjustment *
get_bar (Fixture *f)
{
  GtkWidget *scroller = gtk_window_get_child (GTK_WINDOW (f->window));

  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
}

/* A screen further, where nobody has been. */
static void
scroll_on (Fixture *f)
{
  GtkAdjustment *bar = get_bar (f);

  gtk_adjustment_set_value (bar,
                            gtk_adjustment_get_value (bar) + gtk_adjustment_get_page_size (bar));
  f->pictures = f->incomplete = 0;
}

static gboolean
is_painted (gpointer data)
{
  return ((Fixture *)data)->pictures > 0;
}

static gboolean
is_whole (gpointer data)
{
  return is_painted (data) && piao_table_view_is_whole (((Fixture *)data)->table);
}

/* A screen further in each picture, until one of them lacks a text. */
static gboolean
is_flung (gpointer data)
{
  Fixture *f = data;

  if (is_painted (f) && f->incomplete == 0)
    scroll_on (f);
  return f->incomplete > 0;
}

static gboolean
end_rest (gpointer over)
{
  *(gboolean *)over = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_over (gpointer over)
{
  return *(gboolean *)over;
}

/* Nobody touches the list for a while. */
static void
rest (void)
{
  gboolean over = FALSE;

  g_timeout_add (2 * PIAO_LINE_REST / 1000, end_rest, &over);
  app_world_await (is_over, &over);
}

/* A line is heard as its item once all of it was drawn. */
static void
check_row (Fixture *f, GtkWidget *row)
{
  graphene_rect_t place;
  g_autofree char *name = NULL;

  g_assert_true (gtk_widget_compute_bounds (row, gtk_widget_get_parent (row), &place));
  name = g_strdup_printf ("Outlet %1$d %2$s, Packs %1$d",
                          (int)round ((gtk_adjustment_get_value (get_bar (f)) + place.origin.y)
                                      / place.size.height),
                          f->letters);
  g_assert_true (is_named (gtk_widget_get_first_child (row), name));
}

static void
check_screen (Fixture *f)
{
  guint n = 0;

  for (GtkWidget *row = gtk_widget_get_parent (get_line (f)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_widget_get_mapped (row))
      {
        check_row (f, row);
        n++;
      }
  g_assert_cmpuint (n, >, 5);
}

/* Pictures of a list that is flung leave new texts out rather than come late. When it stands they
 * come by themselves; and what is turned to after a rest is there at once. */
static void
test_flung (Fixture *f, gconstpointer data)
{
  make_long (f);
  app_world_await (is_painted, f);
  app_world_await (is_flung, f);
  app_world_await (is_whole, f);
  check_screen (f);
  for (int i = 0; i < 3; i++)
    {
      rest ();
      scroll_on (f);
      app_world_await (is_painted, f);
      g_assert_cmpuint (f->incomplete, ==, 0);
      check_screen (f);
    }
}

#define FLUNG 12 /* pictures: longer than a rest */

static void
read_all (Fixture *f)
{
  f->blank = FALSE;
  for (guint i = 0; i < MANY; i++)
    g_signal_emit_by_name (get_item (f, i), "changed");
}

/* Whether the list was never at rest on the way, however slow the machine is. */
static gboolean
fling_blank (Fixture *f)
{
  gboolean steady = TRUE;

  f->blank = TRUE;
  for (int i = 0; i <= FLUNG; i++)
    {
      gint64 began = g_get_monotonic_time ();

      if (i == FLUNG)
        read_all (f);
      scroll_on (f);
      app_world_await (is_painted, f);
      steady &= i == FLUNG || g_get_monotonic_time () - began < PIAO_LINE_REST / 2;
    }
  return steady;
}

/* Rows that are read while the list is flung past them: it goes on at its pace. */
static void
test_flung_blank (Fixture *f, gconstpointer data)
{
  gboolean steady = FALSE;

  make_long (f);
  app_world_await (is_painted, f);
  for (int i = 0; i < 20 && !steady; i++)
    {
      rest ();
      steady = fling_blank (f);
    }
  if (!steady)
    {
      g_test_skip ("this machine is too busy to fling a list");
      return;
    }
  g_assert_cmpuint (f->incomplete, >, 0);
  app_world_await (is_whole, f);
  check_screen (f);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GtkApplication) application = app_window_start (&argc, &argv);

#define ADD(path, func) g_test_add (path, Fixture, application, set_up, func, tear_down)
  ADD ("/table-view/names", test_names);
  ADD ("/table-view/narrow", test_narrow);
  ADD ("/table-view/styles", test_styles);
  ADD ("/table-view/places", test_places);
  ADD ("/table-view/unchanged", test_unchanged);
  ADD ("/table-view/moved-text", test_moved_text);
  ADD ("/table-view/cut", test_cut);
  ADD ("/table-view/hands", test_hands);
  ADD ("/table-view/flung", test_flung);
  ADD ("/table-view/flung-blank", test_flung_blank);
  return g_test_run ();
}
