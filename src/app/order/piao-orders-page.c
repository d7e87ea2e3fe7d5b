/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/order/piao-orders-model.h"
#include "app/order/piao-orders-page.h"
#include "app/order/piao-phone-dialog.h"
#include "app/widget/piao-format.h"
#include "app/widget/piao-table-view.h"
#include "base/piao-future.h"
#include "base/piao-money.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-queries.h"

struct _PiaoOrdersPage
{
  PiaoPage parent_instance;

  PiaoOrdersModel *model;
  gboolean filling; /* the filters are being set by the program */
  gboolean narrow;  /* no room for numbers in the tabs */

  AdwToggleGroup *tabs;
  GtkEditable *search;
  GtkDropDown *state;
  GtkDropDown *county;
  GtkDropDown *period;
  GtkStack *stack;
  PiaoTableView *list;
  GtkMenuButton *columns_button;
  GtkLabel *total;
};

G_DEFINE_FINAL_TYPE (PiaoOrdersPage, piao_orders_page, PIAO_TYPE_PAGE)

/* --- columns (domain.md 0) ------------------------------------------------------------------- */

static char *
dup_text (PiaoRow *row, guint column)
{
  return g_strdup (piao_row_get_text (row, column));
}

#define TEXT_CELL(name, column)                                                                    \
  static char *name (gpointer item, gpointer data)                                                 \
  {                                                                                                \
    return dup_text (item, column);                                                                \
  }

TEXT_CELL (number_cell, PIAO_ORDER_ROW_NUMBER)
TEXT_CELL (outlet_cell, PIAO_ORDER_ROW_OUTLET_NO)
TEXT_CELL (owner_cell, PIAO_ORDER_ROW_OWNER_NAME)
TEXT_CELL (county_cell, PIAO_ORDER_ROW_COUNTY)
TEXT_CELL (manager_cell, PIAO_ORDER_ROW_MANAGER_NAME)

static char *
phone_cell (gpointer item, gpointer data)
{
  return piao_session_dup_phone (piao_page_get_session (data),
                                 piao_row_get_text (item, PIAO_ORDER_ROW_PHONE));
}

static char *
time_cell (gpointer item, gpointer data)
{
  PiaoSession *session = piao_page_get_session (data);

  if (!piao_row_is_loaded (item))
    return g_strdup ("");
  return piao_format_time (piao_row_get_int (item, PIAO_ORDER_ROW_SUBMITTED_AT),
                           piao_session_now (session));
}

static char *
source_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_format_source (piao_row_get_text (item, PIAO_ORDER_ROW_SOURCE)));
}

static char *
amount_cell (gpointer item, gpointer data)
{
  return piao_row_is_loaded (item)
             ? piao_money_format (piao_row_get_int (item, PIAO_ORDER_ROW_AMOUNT))
             : g_strdup ("");
}

static char *
state_cell (gpointer item, gpointer data)
{
  const char *state = piao_row_get_text (item, PIAO_ORDER_ROW_STATE);

  return state != NULL ? g_strdup (piao_order_state_get_title (state)) : NULL;
}

static const char *
state_tint (gpointer item, gpointer data)
{
  return piao_format_state_class (piao_row_get_text (item, PIAO_ORDER_ROW_STATE));
}

static const PiaoTableColumn columns[] = {
  { "number", N_ ("Order No."), PIAO_TABLE_STRONG, 168, number_cell, NULL },
  { "time", N_ ("Ordered"), PIAO_TABLE_WIDE, 96, time_cell, NULL },
  { "outlet", N_ ("Outlet No."), PIAO_TABLE_WIDE, 100, outlet_cell, NULL },
  { "owner", N_ ("Owner"), 0, 144, owner_cell, NULL },
  { "phone", N_ ("Phone"), PIAO_TABLE_WIDE, 108, phone_cell, NULL },
  { "county", N_ ("Destination"), PIAO_TABLE_EXPAND | PIAO_TABLE_WIDE, 0, county_cell, NULL },
  { "manager", N_ ("Account Manager"), PIAO_TABLE_WIDE, 84, manager_cell, NULL },
  { "source", N_ ("Source"), PIAO_TABLE_WIDE, 84, source_cell, NULL },
  { "amount", N_ ("Amount (¥)"), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 100, amount_cell, NULL },
  { "state", N_ ("State"), PIAO_TABLE_PILL, 92, state_cell, state_tint },
};

/* --- sorting --------------------------------------------------------------------------------- */

/* For each of the columns above. */
static const int sorts[] = { PIAO_ORDER_BY_NUMBER,
                             PIAO_ORDER_BY_TIME,
                             PIAO_ORDER_BY_OUTLET,
                             -1,
                             -1,
                             PIAO_ORDER_BY_COUNTY,
                             -1,
                             -1,
                             PIAO_ORDER_BY_AMOUNT,
                             -1 };
G_STATIC_ASSERT (G_N_ELEMENTS (sorts) == G_N_ELEMENTS (columns));

/* A title can be pressed where an index serves the sort in what is listed now. */
static void
offer_sorts (PiaoOrdersPage *self)
{
  int offered[G_N_ELEMENTS (sorts)];

  for (gsize i = 0; i < G_N_ELEMENTS (sorts); i++)
    offered[i] = sorts[i] >= 0 && piao_orders_model_can_sort (self->model, (PiaoOrderSort)sorts[i])
                     ? sorts[i]
                     : -1;
  piao_table_view_offer_sorts (self->list, offered);
}

static void
on_sort (PiaoOrdersPage *self)
{
  gboolean descending = FALSE;

  /* The list may be on its way down with the page. */
  if (self->model != NULL && self->list != NULL)
    {
      int sort = piao_table_view_get_sort (self->list, &descending);

      piao_orders_model_set_sort (self->model, sort, descending);
    }
}

/* --- tabs and filters ------------------------------------------------------------------------ */

static const struct
{
  const char *name;
  const char *group;
  const char *title;
} tabs[] = {
  { "pending", "pending", N_ ("Pending") },    { "delivering", "delivering", N_ ("Delivering") },
  { "abnormal", "abnormal", N_ ("Abnormal") }, { "completed", "completed", N_ ("Completed") },
  { "closed", "closed", N_ ("Closed") },       { "all", "", N_ ("All") },
};

static const char *const states[] = {
  "submitted",     "pending_outbound", "on_hold",       "picking",    "checked",
  "held_for_ilms", "confirming",       "ready_to_ship", "delivering", "delivered",
  "completed",     "refused",          "cancelled",     "abnormal",
};

static void
fill_states (PiaoOrdersPage *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _ ("All states"));
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    gtk_string_list_append (names, piao_order_state_get_title (states[i]));
  gtk_drop_down_set_model (self->state, G_LIST_MODEL (names));
}

static void
fill_counties (PiaoOrdersPage *self)
{
  const char *const *counties = piao_orders_model_get_counties (self->model);
  GListModel *shown = gtk_drop_down_get_model (self->county);
  g_autoptr (GtkStringList) names = NULL;

  if (counties == NULL
      || (shown != NULL && g_list_model_get_n_items (shown) == g_strv_length ((GStrv)counties) + 1))
    return;
  names = gtk_string_list_new (NULL);
  gtk_string_list_append (names, _ ("All destinations"));
  gtk_string_list_splice (names, 1, 0, counties);
  self->filling = TRUE;
  gtk_drop_down_set_model (self->county, G_LIST_MODEL (names));
  self->filling = FALSE;
}

static void
show_counts (PiaoOrdersPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (piao_orders_model_get_rows (self->model)));
  gboolean ready = piao_row_list_is_ready (piao_orders_model_get_rows (self->model));
  g_autofree char *total = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      gint64 count = piao_orders_model_get_count (self->model, tabs[i].group);
      g_autofree char *label
          = self->narrow ? g_strdup (_ (tabs[i].title))
                         : g_strdup_printf ("%s %'" G_GINT64_FORMAT, _ (tabs[i].title), count);

      adw_toggle_set_label (adw_toggle_group_get_toggle_by_name (self->tabs, tabs[i].name), label);
    }
  /* Translators: number of rows of a list. */
  total = g_strdup_printf (ngettext ("%'u order", "%'u orders", n), n);
  gtk_label_set_text (self->total, total);
  gtk_stack_set_visible_child_name (self->stack, n == 0 && ready ? "empty" : "list");
  piao_page_set_badge (PIAO_PAGE (self),
                       (guint)piao_orders_model_get_count (self->model, "pending"));
  fill_counties (self);
}

static void
set_narrow (PiaoOrdersPage *self, gboolean narrow)
{
  self->narrow = narrow;
  piao_table_view_set_narrow (self->list, narrow);
  if (narrow)
    gtk_widget_add_css_class (GTK_WIDGET (self->tabs), "narrow");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->tabs), "narrow");
  if (self->model != NULL)
    show_counts (self);
}

static void
on_narrow (PiaoOrdersPage *self)
{
  set_narrow (self, TRUE);
}

static void
on_wide (PiaoOrdersPage *self)
{
  set_narrow (self, FALSE);
}

static void
on_tab (PiaoOrdersPage *self)
{
  const char *name = adw_toggle_group_get_active_name (self->tabs);

  for (gsize i = 0; i < G_N_ELEMENTS (tabs) && self->model != NULL; i++)
    if (g_strcmp0 (tabs[i].name, name) == 0)
      piao_orders_model_set_group (self->model, tabs[i].group);
  if (self->model != NULL)
    offer_sorts (self);
}

static void
on_search (PiaoOrdersPage *self)
{
  const char *text = gtk_editable_get_text (self->search);

  /* Who looks for an order does not know its state. */
  if (*text != '\0')
    adw_toggle_group_set_active_name (self->tabs, "all");
  piao_orders_model_set_search (self->model, text);
  offer_sorts (self);
}

static void
on_stop_search (PiaoOrdersPage *self)
{
  gtk_editable_set_text (self->search, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
on_state (PiaoOrdersPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->state);

  if (self->model == NULL)
    return;
  piao_orders_model_set_state (
      self->model, selected == 0 || selected > G_N_ELEMENTS (states) ? "" : states[selected - 1]);
}

static void
on_county (PiaoOrdersPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->county);
  GListModel *names = gtk_drop_down_get_model (self->county);

  if (self->model == NULL || self->filling || names == NULL
      || selected == GTK_INVALID_LIST_POSITION)
    return;
  piao_orders_model_set_county (
      self->model,
      selected == 0 ? "" : gtk_string_list_get_string (GTK_STRING_LIST (names), selected));
}

static void
on_period (PiaoOrdersPage *self)
{
  if (self->model != NULL)
    piao_orders_model_set_period (self->model,
                                  (PiaoOrdersPeriod)gtk_drop_down_get_selected (self->period));
}

/* --- what a person can do ------------------------------------------------------------------- */

static void
on_row_activated (PiaoOrdersPage *self, guint position)
{
  g_autoptr (PiaoRow) row
      = g_list_model_get_item (G_LIST_MODEL (piao_orders_model_get_rows (self->model)), position);

  if (row != NULL)
    piao_session_show_order (piao_page_get_session (PIAO_PAGE (self)), piao_row_get_id (row));
}

GListModel *
piao_orders_page_get_rows (PiaoOrdersPage *self)
{
  g_return_val_if_fail (PIAO_IS_ORDERS_PAGE (self), NULL);
  return G_LIST_MODEL (piao_orders_model_get_rows (self->model));
}

void
piao_orders_page_show_state (PiaoOrdersPage *self, const char *state)
{
  g_return_if_fail (PIAO_IS_ORDERS_PAGE (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "orders.reset", NULL);
  adw_toggle_group_set_active_name (self->tabs, "all");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i], state))
      gtk_drop_down_set_selected (self->state, i + 1);
}

void
piao_orders_page_search (PiaoOrdersPage *self, const char *typed)
{
  g_return_if_fail (PIAO_IS_ORDERS_PAGE (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "orders.reset", NULL);
  gtk_editable_set_text (self->search, typed);
}

static void
reset_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoOrdersPage *self = PIAO_ORDERS_PAGE (widget);

  gtk_editable_set_text (self->search, "");
  gtk_drop_down_set_selected (self->state, 0);
  gtk_drop_down_set_selected (self->county, 0);
  gtk_drop_down_set_selected (self->period, 0);
  piao_orders_model_set_search (self->model, "");
}

static void
telephone_action (GtkWidget *widget, const char *name, GVariant *target)
{
  piao_phone_dialog_present (widget, piao_page_get_session (PIAO_PAGE (widget)));
}

static void
piao_orders_page_find (PiaoPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (PIAO_ORDERS_PAGE (page)->search));
}

static void
piao_orders_page_refresh (PiaoPage *page)
{
  piao_future_disown (piao_orders_model_refresh (PIAO_ORDERS_PAGE (page)->model),
                      "counting orders");
}

static gboolean
piao_orders_page_typed (PiaoPage *page, const char *text)
{
  PiaoOrdersPage *self = PIAO_ORDERS_PAGE (page);

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_set_text (self->search, text);
  gtk_editable_set_position (self->search, -1);
  return TRUE;
}

static void
piao_orders_page_activate (PiaoPage *page)
{
  PiaoOrdersPage *self = PIAO_ORDERS_PAGE (page);

  piao_orders_model_set_active (self->model, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
piao_orders_page_deactivate (PiaoPage *page)
{
  piao_orders_model_set_active (PIAO_ORDERS_PAGE (page)->model, FALSE);
}

static void
piao_orders_page_constructed (GObject *object)
{
  PiaoOrdersPage *self = PIAO_ORDERS_PAGE (object);
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  g_autoptr (GMenuModel) columns_menu = NULL;

  G_OBJECT_CLASS (piao_orders_page_parent_class)->constructed (object);
  self->model = piao_orders_model_new (session);
  piao_table_view_set_columns (self->list, columns, G_N_ELEMENTS (columns), self);
  piao_table_view_set_items (self->list, G_LIST_MODEL (piao_orders_model_get_rows (self->model)));
  columns_menu = piao_table_view_remember (self->list, piao_session_get_settings (session),
                                           "orders", GTK_WIDGET (self));
  gtk_menu_button_set_menu_model (self->columns_button, columns_menu);
  g_signal_connect_object (piao_table_view_get_sorter (self->list), "changed", G_CALLBACK (on_sort),
                           self, G_CONNECT_SWAPPED);
  offer_sorts (self);
  fill_states (self);
  g_signal_connect_object (self->model, "changed", G_CALLBACK (show_counts), self,
                           G_CONNECT_SWAPPED);
  show_counts (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "orders.telephone",
                                 piao_session_may (session, "order.create"));
}

static void
piao_orders_page_dispose (GObject *object)
{
  PiaoOrdersPage *self = PIAO_ORDERS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_ORDERS_PAGE);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (piao_orders_page_parent_class)->dispose (object);
}

static void
piao_orders_page_class_init (PiaoOrdersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PiaoPageClass *page_class = PIAO_PAGE_CLASS (klass);

  object_class->constructed = piao_orders_page_constructed;
  object_class->dispose = piao_orders_page_dispose;
  page_class->activate = piao_orders_page_activate;
  page_class->deactivate = piao_orders_page_deactivate;
  page_class->find = piao_orders_page_find;
  page_class->refresh = piao_orders_page_refresh;
  page_class->typed = piao_orders_page_typed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/order/piao-orders-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoOrdersPage, child)
  BIND (tabs);
  BIND (search);
  BIND (state);
  BIND (county);
  BIND (period);
  BIND (stack);
  BIND (list);
  BIND (columns_button);
  BIND (total);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_tab);
  gtk_widget_class_bind_template_callback (widget_class, on_narrow);
  gtk_widget_class_bind_template_callback (widget_class, on_wide);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_state);
  gtk_widget_class_bind_template_callback (widget_class, on_county);
  gtk_widget_class_bind_template_callback (widget_class, on_period);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_install_action (widget_class, "orders.reset", NULL, reset_action);
  gtk_widget_class_install_action (widget_class, "orders.telephone", NULL, telephone_action);
}

static void
piao_orders_page_init (PiaoOrdersPage *self)
{
  g_type_ensure (PIAO_TYPE_TABLE_VIEW);
  gtk_widget_init_template (GTK_WIDGET (self));
}
