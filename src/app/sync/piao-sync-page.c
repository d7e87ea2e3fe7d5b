/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/refused/piao-refused-row.h"
#include "app/sync/piao-sync-model.h"
#include "app/sync/piao-sync-page.h"
#include "app/widget/piao-format.h"
#include "app/widget/piao-table-view.h"
#include "base/piao-future.h"

struct _PiaoSyncPage
{
  PiaoPage parent_instance;

  PiaoSyncModel *model;

  GtkLabel *centre_pill, *centre_text;
  GtkProgressBar *centre_bar;
  GtkLabel *ilms_pill, *ilms_text;
  GtkLabel *printer_pill, *printer_text;
  AdwToggleGroup *tabs;
  GtkStack *stack;
  GtkStack *refused_stack;
  GtkListBox *refused;
  PiaoTableView *outbox, *gateway;
  PiaoTableView *sorted; /* one of them until its rows stand in the new order, or NULL */
  GtkMenuButton *outbox_columns_button, *gateway_columns_button;
  GtkLabel *foot;
};

G_DEFINE_FINAL_TYPE (PiaoSyncPage, piao_sync_page, PIAO_TYPE_PAGE)

/* --- lines ------------------------------------------------------------------------------------ */

static void
show_pill (GtkLabel *pill, const char *text, const char *tint)
{
  const char *classes[] = { "pill-label", tint, NULL };

  gtk_label_set_text (pill, text);
  gtk_widget_set_css_classes (GTK_WIDGET (pill), classes);
}

static const char *
tint_of (PiaoLinkState state)
{
  static const char *const tints[] = {
    [PIAO_LINK_UNKNOWN] = NULL,        [PIAO_LINK_ONLINE] = "success",
    [PIAO_LINK_DEGRADED] = "warning",  [PIAO_LINK_OFFLINE] = "error",
    [PIAO_LINK_RECOVERING] = "accent",
  };

  return tints[state];
}

static void
show_lines (PiaoSyncPage *self)
{
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  PiaoLinks *links = piao_session_get_links (session);
  PiaoLinkState centre = piao_links_get_centre (links), ilms = piao_links_get_ilms (links);
  g_autofree char *centre_text = piao_links_dup_centre_story (links);
  g_autofree char *ilms_text = piao_links_dup_ilms_story (links);
  g_autofree char *printer_text = piao_links_dup_printer_story (links);

  show_pill (self->centre_pill, piao_link_state_to_label (centre), tint_of (centre));
  show_pill (self->ilms_pill, piao_link_state_to_label (ilms), tint_of (ilms));
  show_pill (self->printer_pill,
             piao_links_is_printer_ready (links) ? _ ("ready") : _ ("not ready"),
             piao_links_is_printer_ready (links) ? "success" : "warning");
  gtk_label_set_text (self->centre_text, centre_text);
  gtk_widget_set_visible (GTK_WIDGET (self->centre_bar), piao_links_get_fetch (links) >= 0);
  gtk_progress_bar_set_fraction (self->centre_bar, MAX (piao_links_get_fetch (links), 0) / 100.0);
  gtk_label_set_text (self->ilms_text, ilms_text);
  gtk_label_set_text (self->printer_text, printer_text);
}

/* --- tables ----------------------------------------------------------------------------------- */

static char *
time_cell (gpointer item, gpointer data)
{
  return piao_format_time (piao_sync_item_get_at (item),
                           piao_session_now (piao_page_get_session (data)));
}

static char *
what_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_sync_item_get_what (item));
}

static char *
subject_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_sync_item_get_subject (item));
}

static char *
story_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_sync_item_get_story (item));
}

static char *
number_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_sync_item_get_number (item));
}

static char *
tries_cell (gpointer item, gpointer data)
{
  return g_strdup_printf ("%d", (int)piao_sync_item_get_tries (item));
}

static char *
state_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_sync_state_to_title (piao_sync_item_get_state (item)));
}

static const char *
state_tint (gpointer item, gpointer data)
{
  return piao_sync_state_to_class (piao_sync_item_get_state (item));
}

static int
compare_time (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 left = piao_sync_item_get_at ((gpointer)a), right = piao_sync_item_get_at ((gpointer)b);

  return (left > right) - (left < right);
}

static int
compare_tries (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 left = piao_sync_item_get_tries ((gpointer)a);
  gint64 right = piao_sync_item_get_tries ((gpointer)b);

  return (left > right) - (left < right);
}

static int
compare_what (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_utf8_collate (piao_sync_item_get_what ((gpointer)a),
                         piao_sync_item_get_what ((gpointer)b));
}

static int
compare_subject (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_strcmp0 (piao_sync_item_get_subject ((gpointer)a),
                    piao_sync_item_get_subject ((gpointer)b));
}

static int
compare_state (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_strcmp0 (piao_sync_item_get_state ((gpointer)a), piao_sync_item_get_state ((gpointer)b));
}

static const PiaoTableColumn outbox_columns[] = {
  { "time", N_ ("Time"), PIAO_TABLE_WIDE, 110, time_cell, NULL, compare_time },
  { "what", N_ ("What"), 0, 190, what_cell, NULL, compare_what },
  { "order", N_ ("Order No."), PIAO_TABLE_STRONG | PIAO_TABLE_WIDE, 176, subject_cell, NULL,
    compare_subject },
  { "state", N_ ("State"), PIAO_TABLE_PILL, 110, state_cell, state_tint, compare_state },
  { "answer", N_ ("Answer"), PIAO_TABLE_EXPAND, 0, story_cell, NULL, NULL },
};

static const PiaoTableColumn gateway_columns[] = {
  { "time", N_ ("Time"), PIAO_TABLE_WIDE, 110, time_cell, NULL, compare_time },
  { "what", N_ ("What"), PIAO_TABLE_WIDE, 130, what_cell, NULL, compare_what },
  { "order", N_ ("Order No."), PIAO_TABLE_STRONG, 176, subject_cell, NULL, compare_subject },
  { "state", N_ ("State"), PIAO_TABLE_PILL, 110, state_cell, state_tint, compare_state },
  { "tries", N_ ("Tries"), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 92, tries_cell, NULL,
    compare_tries },
  { "request", N_ ("Request No."), PIAO_TABLE_WIDE, 240, number_cell, NULL, NULL },
  { "answer", N_ ("Answer"), PIAO_TABLE_EXPAND, 0, story_cell, NULL, NULL },
};

static void
on_narrow (PiaoSyncPage *self)
{
  piao_table_view_set_narrow (self->outbox, TRUE);
  piao_table_view_set_narrow (self->gateway, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->tabs), "narrow");
}

static void
on_wide (PiaoSyncPage *self)
{
  piao_table_view_set_narrow (self->outbox, FALSE);
  piao_table_view_set_narrow (self->gateway, FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->tabs), "narrow");
}

/* --- sorting: there are two hundred items at most, newest first by themselves ------------------
 */

static int
compare_items (gconstpointer a, gconstpointer b, gpointer sorter)
{
  return gtk_sorter_compare (sorter, (gpointer)a, (gpointer)b);
}

/* Whether @view is sorted by a column; then @items are. */
static gboolean
sort_items (PiaoTableView *view, GListModel *items)
{
  GtkSorter *sorter = piao_table_view_get_sorter (view);

  if (gtk_column_view_sorter_get_primary_sort_column (GTK_COLUMN_VIEW_SORTER (sorter)) == NULL)
    return FALSE;
  g_list_store_sort (G_LIST_STORE (items), compare_items, sorter);
  return TRUE;
}

/* Who has sorted otherwise looks from the top. */
static void
show_top (PiaoSyncPage *self)
{
  if (self->sorted != NULL)
    piao_table_view_scroll_to_top (self->sorted);
  self->sorted = NULL;
}

static void
on_sort (PiaoSyncPage *self, GtkSorterChange change, GtkSorter *sorter)
{
  gboolean outbox;

  /* A list may be on its way down with the page. */
  if (self->model == NULL || self->outbox == NULL || self->gateway == NULL)
    return;
  outbox = piao_table_view_get_sorter (self->outbox) == sorter;
  self->sorted = outbox ? self->outbox : self->gateway;
  if (!sort_items (self->sorted, outbox ? piao_sync_model_get_outbox (self->model)
                                        : piao_sync_model_get_gateway (self->model)))
    piao_future_disown (piao_sync_model_refresh (self->model), "reading the sync centre");
  else
    show_top (self);
}

static void
open_order (PiaoSyncPage *self, PiaoSyncItem *item)
{
  if (item != NULL && piao_sync_item_get_order (item) != 0)
    piao_session_show_order (piao_page_get_session (PIAO_PAGE (self)),
                             piao_sync_item_get_order (item));
}

static void
on_outbox_activated (PiaoSyncPage *self, guint position)
{
  g_autoptr (PiaoSyncItem) item
      = g_list_model_get_item (G_LIST_MODEL (piao_table_view_get_selection (self->outbox)),
                               position);

  open_order (self, item);
}

static void
on_gateway_activated (PiaoSyncPage *self, guint position)
{
  g_autoptr (PiaoSyncItem) item
      = g_list_model_get_item (G_LIST_MODEL (piao_table_view_get_selection (self->gateway)),
                               position);

  open_order (self, item);
}

/* --- page --------------------------------------------------------------------------------------
 */

static void
label_tab (PiaoSyncPage *self, const char *name, const char *title, guint count)
{
  g_autofree char *label = count > 0 ? g_strdup_printf ("%s %u", title, count) : g_strdup (title);

  adw_toggle_set_label (adw_toggle_group_get_toggle_by_name (self->tabs, name), label);
}

static void
show (PiaoSyncPage *self)
{
  guint waiting = piao_sync_model_get_waiting (self->model);
  GPtrArray *refused = piao_sync_model_get_refused (self->model);
  guint requests = piao_sync_model_get_open (self->model);
  g_autofree char *foot = g_strdup_printf (
      ngettext ("%u change waits to be sent", "%u changes wait to be sent", waiting), waiting);

  sort_items (self->outbox, piao_sync_model_get_outbox (self->model));
  sort_items (self->gateway, piao_sync_model_get_gateway (self->model));
  show_top (self);
  label_tab (self, "refused", _ ("Needs You"), refused->len);
  label_tab (self, "outbox", _ ("Changes"), waiting);
  label_tab (self, "gateway", _ ("ILMS Requests"), requests);
  gtk_label_set_text (self->foot, foot);
  piao_page_set_badge (PIAO_PAGE (self), piao_sync_model_get_attention (self->model));
  piao_refused_row_show_all (self->refused, piao_page_get_session (PIAO_PAGE (self)), refused,
                             FALSE);
  gtk_stack_set_visible_child_name (self->refused_stack, refused->len > 0 ? "list" : "empty");
}

static void
on_tab (PiaoSyncPage *self)
{
  const char *name = adw_toggle_group_get_active_name (self->tabs);

  if (name == NULL)
    return;
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_set_visible (GTK_WIDGET (self->outbox_columns_button), g_str_equal (name, "outbox"));
  gtk_widget_set_visible (GTK_WIDGET (self->gateway_columns_button), g_str_equal (name, "gateway"));
}

static void
piao_sync_page_refresh (PiaoPage *page)
{
  PiaoSyncPage *self = PIAO_SYNC_PAGE (page);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.sync-now", NULL);
  piao_future_disown (piao_sync_model_refresh (self->model), "reading the sync centre");
}

static void
piao_sync_page_activate (PiaoPage *page)
{
  piao_sync_model_set_active (PIAO_SYNC_PAGE (page)->model, TRUE);
}

static void
piao_sync_page_deactivate (PiaoPage *page)
{
  piao_sync_model_set_active (PIAO_SYNC_PAGE (page)->model, FALSE);
}

static void
set_table (PiaoSyncPage *self,
           PiaoTableView *view,
           GtkMenuButton *button,
           GListModel *items,
           const PiaoTableColumn *columns,
           guint n_columns,
           const char *name)
{
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  g_autoptr (GMenuModel) menu = NULL;

  piao_table_view_set_columns (view, columns, n_columns, self);
  piao_table_view_set_items (view, items);
  menu = piao_table_view_remember (view, piao_session_get_settings (session), name,
                                   GTK_WIDGET (self));
  gtk_menu_button_set_menu_model (button, menu);
  g_signal_connect_object (piao_table_view_get_sorter (view), "changed", G_CALLBACK (on_sort), self,
                           G_CONNECT_SWAPPED);
}

static void
piao_sync_page_constructed (GObject *object)
{
  PiaoSyncPage *self = PIAO_SYNC_PAGE (object);
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));

  G_OBJECT_CLASS (piao_sync_page_parent_class)->constructed (object);
  self->model = piao_sync_model_new (session);
  set_table (self, self->outbox, self->outbox_columns_button,
             piao_sync_model_get_outbox (self->model), outbox_columns,
             G_N_ELEMENTS (outbox_columns), "outbox");
  set_table (self, self->gateway, self->gateway_columns_button,
             piao_sync_model_get_gateway (self->model), gateway_columns,
             G_N_ELEMENTS (gateway_columns), "requests");
  g_signal_connect_object (self->model, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (piao_session_get_links (session), "changed", G_CALLBACK (show_lines),
                           self, G_CONNECT_SWAPPED);
  show (self);
  show_lines (self);
}

static void
piao_sync_page_dispose (GObject *object)
{
  PiaoSyncPage *self = PIAO_SYNC_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_SYNC_PAGE);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (piao_sync_page_parent_class)->dispose (object);
}

static void
piao_sync_page_class_init (PiaoSyncPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = piao_sync_page_constructed;
  object_class->dispose = piao_sync_page_dispose;
  PIAO_PAGE_CLASS (klass)->activate = piao_sync_page_activate;
  PIAO_PAGE_CLASS (klass)->deactivate = piao_sync_page_deactivate;
  PIAO_PAGE_CLASS (klass)->refresh = piao_sync_page_refresh;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/sync/piao-sync-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoSyncPage, child)
  BIND (centre_pill);
  BIND (centre_text);
  BIND (centre_bar);
  BIND (ilms_pill);
  BIND (ilms_text);
  BIND (printer_pill);
  BIND (printer_text);
  BIND (tabs);
  BIND (stack);
  BIND (refused_stack);
  BIND (refused);
  BIND (outbox);
  BIND (gateway);
  BIND (outbox_columns_button);
  BIND (gateway_columns_button);
  BIND (foot);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_tab);
  gtk_widget_class_bind_template_callback (widget_class, on_narrow);
  gtk_widget_class_bind_template_callback (widget_class, on_wide);
  gtk_widget_class_bind_template_callback (widget_class, on_outbox_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_gateway_activated);
}

static void
piao_sync_page_init (PiaoSyncPage *self)
{
  g_type_ensure (PIAO_TYPE_TABLE_VIEW);
  gtk_widget_init_template (GTK_WIDGET (self));
}
