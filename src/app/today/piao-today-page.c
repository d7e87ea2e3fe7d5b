/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/today/piao-today-model.h"
#include "app/today/piao-today-page.h"
#include "app/widget/piao-format.h"
#include "app/widget/piao-table-view.h"
#include "base/piao-future.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-queries.h"
#include "domain/pack/piao-stock-queries.h"

/* How often the clocks are written again, in seconds. */
#define TICK 30

struct _PiaoTodayPage
{
  PiaoPage parent_instance;

  PiaoTodayModel *model;
  guint timer;

  GtkFlowBox *cards;
  GtkLabel *clocks;
  GtkStack *stack;
  PiaoTableView *list;
  GtkListBox *low;
};

G_DEFINE_FINAL_TYPE (PiaoTodayPage, piao_today_page, PIAO_TYPE_PAGE)

/* --- urgent orders ---------------------------------------------------------------------------- */

static char *
number_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_row_get_text (item, PIAO_ORDER_ROW_NUMBER));
}

static char *
outlet_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_row_get_text (item, PIAO_ORDER_ROW_OUTLET_NAME));
}

static char *
county_cell (gpointer item, gpointer data)
{
  return g_strdup (piao_row_get_text (item, PIAO_ORDER_ROW_COUNTY));
}

static char *
packs_cell (gpointer item, gpointer data)
{
  return piao_row_is_loaded (item)
             ? g_strdup_printf ("%d/%d", (int)piao_row_get_int (item, PIAO_ORDER_ROW_SCANNED),
                                (int)piao_row_get_int (item, PIAO_ORDER_ROW_PACKS))
             : g_strdup ("");
}

static char *
due_cell (gpointer item, gpointer data)
{
  gint64 now = piao_session_now (piao_page_get_session (data));

  return piao_row_is_loaded (item)
             ? piao_format_due (now, piao_row_get_int (item, PIAO_ORDER_ROW_DUE_AT))
             : g_strdup ("");
}

static const char *
due_tint (gpointer item, gpointer data)
{
  return piao_row_is_loaded (item)
             ? piao_format_due_class (piao_sla_due_state (
                   piao_row_get_int (item, PIAO_ORDER_ROW_SUBMITTED_AT),
                   piao_row_get_int (item, PIAO_ORDER_ROW_DUE_AT),
                   piao_row_get_int (item, PIAO_ORDER_ROW_PREDICTED_AT),
                   piao_session_now (piao_page_get_session (data)), PIAO_SLA_WARN_PERCENT))
             : NULL;
}

static char *
departure_cell (gpointer item, gpointer data)
{
  gint64 now = piao_session_now (piao_page_get_session (data));

  return piao_row_is_loaded (item)
             ? piao_format_time (piao_row_get_int (item, PIAO_ORDER_ROW_DEPARTURE_AT), now)
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
  { "number", N_ ("Order No."), PIAO_TABLE_STRONG | PIAO_TABLE_WIDE, 164, number_cell, NULL },
  { "outlet", N_ ("Outlet"), PIAO_TABLE_EXPAND, 120, outlet_cell, NULL },
  { "county", N_ ("Destination"), PIAO_TABLE_WIDE, 84, county_cell, NULL },
  { "packs", N_ ("Packs"), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 60, packs_cell, NULL },
  { "due", N_ ("Due"), 0, 132, due_cell, due_tint },
  { "departure", N_ ("Departure"), PIAO_TABLE_WIDE, 92, departure_cell, NULL },
  { "state", N_ ("State"), PIAO_TABLE_PILL | PIAO_TABLE_WIDE, 80, state_cell, state_tint },
};

static void
on_narrow (PiaoTodayPage *self)
{
  piao_table_view_set_narrow (self->list, TRUE);
}

static void
on_wide (PiaoTodayPage *self)
{
  piao_table_view_set_narrow (self->list, FALSE);
}

/* --- cards ------------------------------------------------------------------------------------ */

static const char *const card_states[] = {
  "submitted",     "pending_outbound", "picking",       "checked",  "on_hold",
  "held_for_ilms", "confirming",       "ready_to_ship", "abnormal",
};

static GtkWidget *
make_card (PiaoTodayPage *self, const char *state, gint64 count)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *number = g_strdup_printf ("%'" G_GINT64_FORMAT, count);
  const char *title = piao_order_state_get_title (state);
  g_autofree char *name = g_strdup_printf (_ ("%s: %s orders"), title, number);
  GtkWidget *big = gtk_label_new (number);
  GtkWidget *small = gtk_label_new (title);
  const char *tint = piao_format_state_class (state);

  gtk_label_set_ellipsize (GTK_LABEL (small), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (big, "card-number");
  gtk_widget_add_css_class (small, "caption");
  gtk_box_append (GTK_BOX (box), big);
  gtk_box_append (GTK_BOX (box), small);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "state-card");
  if (count == 0)
    gtk_widget_add_css_class (button, "dimmed");
  else if (tint != NULL)
    gtk_widget_add_css_class (button, tint);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.orders-in-state");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void
show_cards (PiaoTodayPage *self)
{
  gtk_flow_box_remove_all (self->cards);
  for (gsize i = 0; i < G_N_ELEMENTS (card_states); i++)
    {
      GtkWidget *child = gtk_flow_box_child_new ();

      gtk_flow_box_child_set_child (
          GTK_FLOW_BOX_CHILD (child),
          make_card (self, card_states[i],
                     piao_today_model_get_count (self->model, card_states[i])));
      gtk_widget_set_focusable (child, FALSE);
      gtk_flow_box_append (self->cards, child);
    }
}

static void
show_low (PiaoTodayPage *self)
{
  GPtrArray *low = piao_today_model_get_low (self->model);

  gtk_list_box_remove_all (self->low);
  for (guint i = 0; low != NULL && i < low->len; i++)
    {
      const PiaoLowStock *one = g_ptr_array_index (low, i);
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
      g_autofree char *name = g_strdup_printf ("%s %s", one->game_no, one->name);
      g_autofree char *count
          = g_strdup_printf (_ ("%d of %d"), (int)one->free, (int)one->threshold);
      GtkWidget *left = gtk_label_new (name);
      GtkWidget *right = gtk_label_new (count);

      gtk_label_set_xalign (GTK_LABEL (left), 0);
      gtk_label_set_ellipsize (GTK_LABEL (left), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (left), 1);
      gtk_widget_set_tooltip_text (left, name);
      gtk_widget_set_hexpand (left, TRUE);
      gtk_widget_add_css_class (right, "numeric");
      gtk_widget_add_css_class (right, one->free == 0 ? "due-late" : "due-soon");
      gtk_box_append (GTK_BOX (box), left);
      gtk_box_append (GTK_BOX (box), right);
      gtk_list_box_append (self->low, box);
    }
  if (low == NULL || low->len == 0)
    {
      GtkWidget *label = gtk_label_new (_ ("Every type is above its threshold."));

      gtk_widget_add_css_class (label, "dimmed");
      gtk_widget_set_margin_top (label, 12);
      gtk_widget_set_margin_bottom (label, 12);
      gtk_list_box_append (self->low, label);
    }
}

static void
show (PiaoTodayPage *self)
{
  gint64 late = piao_today_model_get_late (self->model);
  gint64 soon = piao_today_model_get_soon (self->model);
  g_autofree char *clocks
      = g_strdup_printf (_ ("%d late, %d due within 4 hours"), (int)late, (int)soon);

  show_cards (self);
  show_low (self);
  gtk_label_set_text (self->clocks, clocks);
  piao_page_set_badge (PIAO_PAGE (self), (guint)(late + soon));
}

static void
show_stack (PiaoTodayPage *self)
{
  PiaoRowList *urgent = piao_today_model_get_urgent (self->model);
  gboolean empty
      = piao_row_list_is_ready (urgent) && g_list_model_get_n_items (G_LIST_MODEL (urgent)) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

/* --- what a person can do --------------------------------------------------------------------- */

static void
on_row_activated (PiaoTodayPage *self, guint position)
{
  GListModel *urgent = G_LIST_MODEL (piao_today_model_get_urgent (self->model));
  g_autoptr (PiaoRow) row = g_list_model_get_item (urgent, position);

  if (row != NULL)
    piao_session_show_order (piao_page_get_session (PIAO_PAGE (self)), piao_row_get_id (row));
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *target)
{
  piao_session_open_counter (piao_page_get_session (PIAO_PAGE (widget)), 0);
}

static void
piao_today_page_refresh (PiaoPage *page)
{
  PiaoTodayPage *self = PIAO_TODAY_PAGE (page);

  piao_future_disown (piao_today_model_refresh (self->model), "reading what there is to do");
}

static gboolean
on_tick (gpointer data)
{
  PiaoTodayPage *self = data;

  piao_today_page_refresh (PIAO_PAGE (self));
  piao_row_list_time_passed (piao_today_model_get_urgent (self->model));
  return G_SOURCE_CONTINUE;
}

static void
piao_today_page_activate (PiaoPage *page)
{
  PiaoTodayPage *self = PIAO_TODAY_PAGE (page);

  g_clear_handle_id (&self->timer, g_source_remove);
  piao_row_list_time_passed (piao_today_model_get_urgent (self->model));
  self->timer = g_timeout_add_seconds (TICK, on_tick, self);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
piao_today_page_deactivate (PiaoPage *page)
{
  g_clear_handle_id (&PIAO_TODAY_PAGE (page)->timer, g_source_remove);
}

static void
piao_today_page_constructed (GObject *object)
{
  PiaoTodayPage *self = PIAO_TODAY_PAGE (object);
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  PiaoRowList *urgent;

  G_OBJECT_CLASS (piao_today_page_parent_class)->constructed (object);
  self->model = piao_today_model_new (session);
  urgent = piao_today_model_get_urgent (self->model);
  piao_table_view_set_columns (self->list, columns, G_N_ELEMENTS (columns), self);
  piao_table_view_set_items (self->list, G_LIST_MODEL (urgent));
  g_object_unref (piao_table_view_remember (self->list, piao_session_get_settings (session),
                                            "today", GTK_WIDGET (self)));
  g_signal_connect_object (self->model, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (urgent, "items-changed", G_CALLBACK (show_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (urgent, "notify::ready", G_CALLBACK (show_stack), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "today.start",
                                 piao_session_may (session, "order.pick"));
  show (self);
}

static void
piao_today_page_dispose (GObject *object)
{
  PiaoTodayPage *self = PIAO_TODAY_PAGE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_TODAY_PAGE);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (piao_today_page_parent_class)->dispose (object);
}

static void
piao_today_page_class_init (PiaoTodayPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PiaoPageClass *page_class = PIAO_PAGE_CLASS (klass);

  object_class->constructed = piao_today_page_constructed;
  object_class->dispose = piao_today_page_dispose;
  page_class->activate = piao_today_page_activate;
  page_class->deactivate = piao_today_page_deactivate;
  page_class->refresh = piao_today_page_refresh;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/today/piao-today-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoTodayPage, child)
  BIND (cards);
  BIND (clocks);
  BIND (stack);
  BIND (list);
  BIND (low);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_narrow);
  gtk_widget_class_bind_template_callback (widget_class, on_wide);
  gtk_widget_class_install_action (widget_class, "today.start", NULL, start_action);
}

static void
piao_today_page_init (PiaoTodayPage *self)
{
  g_type_ensure (PIAO_TYPE_TABLE_VIEW);
  gtk_widget_init_template (GTK_WIDGET (self));
}
