/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: what people make of a table: which columns they want, how wide, sorted by which. A column
 * is known by its id, so that another title or another column in between changes nothing; what is
 * kept of columns that are not there any more is left out when it is written next.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/widget/piao-table-private.h"
#include "app/widget/piao-table-view.h"

#define HIDDEN "piao-hidden" /* … a person does not want it */
#define WORD "piao-sort"     /* … 1 + the word it is sorted by, 0 for none */
#define NARROW "piao-narrow" /* of the view: the window is narrow */
#define HABITS "piao-habits" /* of the view: its Habits */
#define KEY "tables"
#define KEY_TYPE "a{sa{s(ib)}}"
#define SORTS_KEY "table-sorts"
#define SORTS_TYPE "a{s(sb)}"

#define MIN_WIDTH 24
#define MAX_WIDTH 2000
#define REST_MS 400 /* a width that is being drawn is written when the hand rests */

typedef struct
{
  GtkColumnView *view; /* borrowed: it owns this */
  GSettings *settings; /* owned */
  char *name;
  guint timer;
  gboolean own;      /* the sort is being changed by the program */
  GtkSorter *sorter; /* of the view; owned: it may outlive it */
} Habits;

/* Borrowed: the view has it. */
static GtkColumnViewColumn *
get_column (GtkColumnView *view, guint position)
{
  g_autoptr (GtkColumnViewColumn) column
      = g_list_model_get_item (gtk_column_view_get_columns (view), position);

  return column;
}

static guint
count_columns (GtkColumnView *view)
{
  return g_list_model_get_n_items (gtk_column_view_get_columns (view));
}

/* --- which columns ---------------------------------------------------------------------------- */

static gboolean
is_hidden (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), HIDDEN) != NULL;
}

static void
show_columns (GtkColumnView *view)
{
  gboolean narrow = g_object_get_data (G_OBJECT (view), NARROW) != NULL;

  for (guint i = 0; i < count_columns (view); i++)
    {
      GtkColumnViewColumn *column = get_column (view, i);
      gboolean wide = (piao_table_titles_get_declared (column)->flags & PIAO_TABLE_WIDE) != 0;

      gtk_column_view_column_set_visible (column, !is_hidden (column) && !(narrow && wide));
    }
}

void
piao_table_view_set_narrow (PiaoTableView *self, gboolean narrow)
{
  GtkColumnView *view = piao_table_view_get_titles (self);

  g_return_if_fail (view != NULL);
  g_object_set_data (G_OBJECT (view), NARROW, GINT_TO_POINTER (narrow));
  show_columns (view);
}

static guint
count_wanted (GtkColumnView *view)
{
  guint n = 0;

  for (guint i = 0; i < count_columns (view); i++)
    n += is_hidden (get_column (view, i)) ? 0 : 1;
  return n;
}

/* --- keeping it ------------------------------------------------------------------------------- */

static GVariant *
make_columns (GtkColumnView *view)
{
  GVariantBuilder columns;

  g_variant_builder_init (&columns, G_VARIANT_TYPE ("a{s(ib)}"));
  for (guint i = 0; i < count_columns (view); i++)
    {
      GtkColumnViewColumn *column = get_column (view, i);

      g_variant_builder_add (&columns, "{s(ib)}", piao_table_titles_get_declared (column)->id,
                             gtk_column_view_column_get_fixed_width (column), !is_hidden (column));
    }
  return g_variant_builder_end (&columns);
}

static gboolean
save (gpointer data)
{
  Habits *self = data;
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, KEY);
  GVariantBuilder tables;
  GVariantIter iter;
  const char *name;
  GVariant *columns;

  self->timer = 0;
  g_variant_builder_init (&tables, G_VARIANT_TYPE (KEY_TYPE));
  g_variant_iter_init (&iter, before);
  while (g_variant_iter_loop (&iter, "{&s@a{s(ib)}}", &name, &columns))
    if (!g_str_equal (name, self->name))
      g_variant_builder_add (&tables, "{s@a{s(ib)}}", name, columns);
  g_variant_builder_add (&tables, "{s@a{s(ib)}}", self->name, make_columns (self->view));
  g_settings_set_value (self->settings, KEY, g_variant_builder_end (&tables));
  return G_SOURCE_REMOVE;
}

static void
save_soon (Habits *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (REST_MS, save, self);
}

static void
restore (Habits *self)
{
  g_autoptr (GVariant) tables = g_settings_get_value (self->settings, KEY);
  g_autoptr (GVariant) columns
      = g_variant_lookup_value (tables, self->name, G_VARIANT_TYPE ("a{s(ib)}"));

  for (guint i = 0; columns != NULL && i < count_columns (self->view); i++)
    {
      GtkColumnViewColumn *column = get_column (self->view, i);
      gboolean wanted = TRUE;
      int width = -1;

      if (!g_variant_lookup (columns, piao_table_titles_get_declared (column)->id, "(ib)", &width,
                             &wanted))
        continue;
      if (width > 0)
        gtk_column_view_column_set_fixed_width (column, CLAMP (width, MIN_WIDTH, MAX_WIDTH));
      g_object_set_data (G_OBJECT (column), HIDDEN, GINT_TO_POINTER (!wanted));
    }
  show_columns (self->view);
}

/* --- the sort --------------------------------------------------------------------------------- */

static void
save_sort (Habits *self)
{
  GtkColumnViewSorter *sorter = GTK_COLUMN_VIEW_SORTER (self->sorter);
  GtkColumnViewColumn *column = gtk_column_view_sorter_get_primary_sort_column (sorter);
  g_autoptr (GVariant) before = NULL;
  GVariantBuilder after;
  GVariantIter iter;
  const char *name, *id;
  gboolean descending;

  /* A view that is taken down loses its columns, which is no wish of a person. */
  if (self->own || gtk_widget_get_root (GTK_WIDGET (self->view)) == NULL)
    return;
  before = g_settings_get_value (self->settings, SORTS_KEY);
  g_variant_builder_init (&after, G_VARIANT_TYPE (SORTS_TYPE));
  g_variant_iter_init (&iter, before);
  while (g_variant_iter_next (&iter, "{&s(&sb)}", &name, &id, &descending))
    if (!g_str_equal (name, self->name))
      g_variant_builder_add (&after, "{s(sb)}", name, id, descending);
  if (column != NULL)
    g_variant_builder_add (
        &after, "{s(sb)}", self->name, piao_table_titles_get_declared (column)->id,
        gtk_column_view_sorter_get_primary_sort_order (sorter) == GTK_SORT_DESCENDING);
  g_settings_set_value (self->settings, SORTS_KEY, g_variant_builder_end (&after));
}

/* What is sorted by already stays; a column that cannot be sorted by now is left for later. */
static void
restore_sort (Habits *self)
{
  GtkColumnViewSorter *sorter = GTK_COLUMN_VIEW_SORTER (gtk_column_view_get_sorter (self->view));
  g_autoptr (GVariant) sorts = g_settings_get_value (self->settings, SORTS_KEY);
  const char *id;
  gboolean descending;

  if (gtk_column_view_sorter_get_primary_sort_column (sorter) != NULL
      || !g_variant_lookup (sorts, self->name, "(&sb)", &id, &descending))
    return;
  for (guint i = 0; i < count_columns (self->view); i++)
    {
      GtkColumnViewColumn *column = get_column (self->view, i);

      if (!g_str_equal (piao_table_titles_get_declared (column)->id, id)
          || gtk_column_view_column_get_sorter (column) == NULL)
        continue;
      self->own = TRUE;
      gtk_column_view_sort_by_column (self->view, column,
                                      descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
      self->own = FALSE;
    }
}

/* Who draws a width and goes at once has it kept all the same. */
static void
on_unmap (Habits *self)
{
  if (self->timer == 0)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  save (self);
}

static void
on_view_disposed (gpointer data, GObject *view)
{
  Habits *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->sorter, self);
  g_object_unref (self->sorter);
  g_object_unref (self->settings);
  g_free (self->name);
  g_free (self);
}

/* --- choosing --------------------------------------------------------------------------------- */

static void
on_choose (GSimpleAction *action, GVariant *wanted, GtkColumnViewColumn *column)
{
  GtkColumnView *view = gtk_column_view_column_get_column_view (column);

  /* A table without columns could not be mended by its header. */
  if (view == NULL || (!g_variant_get_boolean (wanted) && count_wanted (view) == 1))
    return;
  g_simple_action_set_state (action, wanted);
  g_object_set_data (G_OBJECT (column), HIDDEN, GINT_TO_POINTER (!g_variant_get_boolean (wanted)));
  show_columns (view);
  save_soon (g_object_get_data (G_OBJECT (view), HABITS));
}

static void
add_choice (GMenu *menu, GSimpleActionGroup *group, const char *prefix, GtkColumnViewColumn *column)
{
  g_autofree char *name
      = g_strconcat ("column-", piao_table_titles_get_declared (column)->id, NULL);
  g_autofree char *action_name = g_strdup_printf ("%s.%s", prefix, name);
  g_autoptr (GSimpleAction) action
      = g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (!is_hidden (column)));

  g_signal_connect_object (action, "change-state", G_CALLBACK (on_choose), column, 0);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  g_menu_append (menu, gtk_column_view_column_get_title (column), action_name);
}

GMenuModel *
piao_table_view_remember (PiaoTableView *table,
                          GSettings *settings,
                          const char *name,
                          GtkWidget *page)
{
  GtkColumnView *view = piao_table_view_get_titles (table);
  Habits *self = g_new0 (Habits, 1);
  GMenu *menu = g_menu_new ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autofree char *prefix = g_strconcat ("table-", name, NULL);

  *self = (Habits){ view, g_object_ref (settings), g_strdup (name), 0, FALSE, NULL };
  g_object_set_data (G_OBJECT (view), HABITS, self);
  g_object_weak_ref (G_OBJECT (view), on_view_disposed, self);
  g_signal_connect_swapped (view, "unmap", G_CALLBACK (on_unmap), self);
  restore (self);
  for (guint i = 0; i < count_columns (view); i++)
    {
      GtkColumnViewColumn *column = get_column (view, i);

      add_choice (menu, group, prefix, column);
      gtk_column_view_column_set_header_menu (column, G_MENU_MODEL (menu));
      g_signal_connect_swapped (column, "notify::fixed-width", G_CALLBACK (save_soon), self);
    }
  gtk_widget_insert_action_group (page, prefix, G_ACTION_GROUP (group));
  restore_sort (self);
  self->sorter = g_object_ref (gtk_column_view_get_sorter (view));
  g_signal_connect_swapped (self->sorter, "changed", G_CALLBACK (save_sort), self);
  return G_MENU_MODEL (menu);
}

/* --- sorting ---------------------------------------------------------------------------------- */

void
piao_table_view_offer_sorts (PiaoTableView *self, const int *words)
{
  GtkColumnView *view = piao_table_view_get_titles (self);
  Habits *habits = g_object_get_data (G_OBJECT (view), HABITS);

  habits->own = TRUE;
  for (guint i = 0; i < count_columns (view); i++)
    {
      GtkColumnViewColumn *column = get_column (view, i);
      gboolean offered = gtk_column_view_column_get_sorter (column) != NULL;
      /* Never asked to compare: the database sorts. */
      g_autoptr (GtkSorter) sorter
          = words[i] >= 0 ? GTK_SORTER (gtk_custom_sorter_new (NULL, NULL, NULL)) : NULL;

      g_object_set_data (G_OBJECT (column), WORD, GINT_TO_POINTER (words[i] + 1));
      if (offered != (words[i] >= 0))
        gtk_column_view_column_set_sorter (column, sorter);
    }
  habits->own = FALSE;
  restore_sort (habits);
}

int
piao_table_view_get_sort (PiaoTableView *self, gboolean *descending)
{
  GtkColumnViewSorter *sorter = GTK_COLUMN_VIEW_SORTER (piao_table_view_get_sorter (self));
  GtkColumnViewColumn *column = gtk_column_view_sorter_get_primary_sort_column (sorter);

  *descending = gtk_column_view_sorter_get_primary_sort_order (sorter) == GTK_SORT_DESCENDING;
  if (column == NULL || gtk_column_view_column_get_sorter (column) == NULL)
    return -1;
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), WORD)) - 1;
}
