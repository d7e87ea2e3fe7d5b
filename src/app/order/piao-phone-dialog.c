/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/order/piao-phone-dialog.h"
#include "app/shell/piao-help.h"
#include "app/shell/piao-page.h"
#include "app/widget/piao-format.h"
#include "base/piao-future.h"
#include "domain/outlet/piao-outlet-queries.h"
#include "domain/ticket/piao-ticket-queries.h"

#define MAX_OUTLETS 20
#define MAX_PACKS 400

struct _PiaoPhoneDialog
{
  AdwDialog parent_instance;

  PiaoSession *session;
  GPtrArray *found;   /* PiaoRecord of outlets, as listed */
  PiaoRecord *chosen; /* the caller's outlet, or NULL */
  GPtrArray *offered; /* PiaoTicketOffer, as listed */
  GPtrArray *rows;    /* AdwSpinRow of each, borrowed */
  guint generation;   /* of the search */

  GtkStack *stack;
  GtkEditable *search;
  GtkStack *results;
  AdwStatusPage *nobody;
  GtkListBox *outlets;
  GtkWidget *change_button;
  AdwActionRow *outlet;
  AdwActionRow *balances;
  AdwSwitchRow *identity;
  GtkListBox *offers;
  GtkEditable *note;
  GtkActionBar *bar;
  GtkLabel *total;
};

G_DEFINE_FINAL_TYPE (PiaoPhoneDialog, piao_phone_dialog, ADW_TYPE_DIALOG)

/* An answer that may come when the dialog is gone or asks something else already. */
typedef struct
{
  GWeakRef dialog;
  guint generation;
} Pending;

static Pending *
pending_new (PiaoPhoneDialog *self)
{
  Pending *pending = g_new0 (Pending, 1);

  g_weak_ref_init (&pending->dialog, self);
  pending->generation = self->generation;
  return pending;
}

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_weak_ref_clear (&pending->dialog);
  g_free (pending);
}

/* --- the outlet ------------------------------------------------------------------------------ */

static void
fill_outlet_row (PiaoPhoneDialog *self, AdwActionRow *row, const PiaoRecord *outlet)
{
  g_autofree char *phone
      = piao_session_dup_phone (self->session, piao_record_text (outlet, PIAO_OUTLET_PHONE));
  g_autofree char *title
      = g_strdup_printf ("%s %s", piao_record_text (outlet, PIAO_OUTLET_OUTLET_NO),
                         piao_record_text (outlet, PIAO_OUTLET_NAME));
  g_autofree char *subtitle
      = g_strdup_printf ("%s · %s · %s", piao_record_text (outlet, PIAO_OUTLET_OWNER_NAME), phone,
                         piao_record_text (outlet, PIAO_OUTLET_COUNTY));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
}

static void
list_outlets (PiaoPhoneDialog *self, GPtrArray *found)
{
  gboolean typed = *gtk_editable_get_text (self->search) != '\0';

  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_ptr_array_ref (found);
  gtk_list_box_remove_all (self->outlets);
  for (guint i = 0; i < found->len; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      fill_outlet_row (self, ADW_ACTION_ROW (row), g_ptr_array_index (found, i));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_list_box_append (self->outlets, row);
    }
  adw_status_page_set_title (self->nobody, typed ? _ ("No Outlet Found") : _ ("Who Is Calling?"));
  gtk_stack_set_visible_child_name (self->results, found->len > 0 ? "list" : "none");
}

static DexFuture *
find_outlets (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  GPtrArray *found = piao_outlet_find (db, data, MAX_OUTLETS, &error);

  return found != NULL ? dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, found)
                       : dex_future_new_for_error (error);
}

static DexFuture *
on_found (DexFuture *future, gpointer data)
{
  Pending *pending = data;
  g_autoptr (PiaoPhoneDialog) self = g_weak_ref_get (&pending->dialog);

  if (self != NULL && self->session != NULL && pending->generation == self->generation)
    list_outlets (self, g_value_get_boxed (dex_future_get_value (future, NULL)));
  return dex_future_new_true ();
}

static void
on_search (PiaoPhoneDialog *self)
{
  self->generation++;
  piao_future_disown (
      dex_future_then (piao_session_read (self->session, find_outlets,
                                          g_strdup (gtk_editable_get_text (self->search)), g_free),
                       on_found, pending_new (self), pending_free),
      "searching outlets");
}

/* --- types and packs ------------------------------------------------------------------------- */

static gint64
get_packs (PiaoPhoneDialog *self, guint i)
{
  return (gint64)adw_spin_row_get_value (g_ptr_array_index (self->rows, i));
}

static gint64
get_total (PiaoPhoneDialog *self, gint64 *packs)
{
  gint64 amount = 0;

  *packs = 0;
  for (guint i = 0; self->offered != NULL && i < self->offered->len; i++)
    {
      const PiaoTicketOffer *offer = g_ptr_array_index (self->offered, i);

      *packs += get_packs (self, i);
      amount += get_packs (self, i) * offer->pack_value;
    }
  return amount;
}

static void
on_changed (PiaoPhoneDialog *self)
{
  gint64 packs, amount = get_total (self, &packs);
  g_autofree char *yuan = piao_format_yuan (amount);
  g_autofree char *text
      = g_strdup_printf (ngettext ("%d pack, ¥%s", "%d packs, ¥%s", (gulong)packs), (int)packs,
                         yuan);

  gtk_label_set_text (self->total, text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "phone.submit",
                                 packs > 0 && adw_switch_row_get_active (self->identity));
}

static void
add_offer (PiaoPhoneDialog *self, const PiaoTicketOffer *offer)
{
  GtkWidget *row = adw_spin_row_new_with_range (0, (double)MIN (offer->free, (gint64)MAX_PACKS), 1);
  g_autofree char *title = g_strdup_printf ("%s %s", offer->game_no, offer->name);
  g_autofree char *face = piao_format_yuan (offer->face_value);
  g_autofree char *pack = piao_format_yuan (offer->pack_value);
  g_autofree char *subtitle = g_strdup_printf (_ ("¥%s a ticket · ¥%s a pack · %d packs free"),
                                               face, pack, (int)offer->free);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (g_strcmp0 (offer->tag, "hot") == 0 || g_strcmp0 (offer->tag, "new") == 0)
    {
      gboolean hot = g_str_equal (offer->tag, "hot");
      GtkWidget *pill = gtk_label_new (hot ? _ ("Hot") : _ ("New"));

      gtk_widget_set_valign (pill, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (pill, "pill-label");
      gtk_widget_add_css_class (pill, hot ? "error" : "accent");
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), pill);
    }
  g_signal_connect_object (row, "notify::value", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->rows, row);
  gtk_list_box_append (self->offers, row);
}

typedef struct
{
  gint64 warehouse, now;
} OfferQuery;

static DexFuture *
load_offers (PiaoDb *db, gpointer data)
{
  OfferQuery *query = data;
  GError *error = NULL;
  GPtrArray *offers = piao_ticket_list_offers (db, query->warehouse, query->now, &error);

  return offers != NULL ? dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, offers)
                        : dex_future_new_for_error (error);
}

static DexFuture *
on_offers (DexFuture *future, gpointer data)
{
  Pending *pending = data;
  g_autoptr (PiaoPhoneDialog) self = g_weak_ref_get (&pending->dialog);

  if (self == NULL || self->session == NULL)
    return dex_future_new_true ();
  gtk_list_box_remove_all (self->offers);
  g_ptr_array_set_size (self->rows, 0);
  g_clear_pointer (&self->offered, g_ptr_array_unref);
  self->offered = g_value_dup_boxed (dex_future_get_value (future, NULL));
  for (guint i = 0; i < self->offered->len; i++)
    add_offer (self, g_ptr_array_index (self->offered, i));
  on_changed (self);
  return dex_future_new_true ();
}

static void
show_balances (PiaoPhoneDialog *self)
{
  g_autofree char *instant
      = piao_format_yuan (piao_record_int (self->chosen, PIAO_OUTLET_INSTANT_BALANCE));
  g_autofree char *payment
      = piao_format_yuan (piao_record_int (self->chosen, PIAO_OUTLET_PAYMENT_BALANCE));
  g_autofree char *at = piao_format_time (piao_record_int (self->chosen, PIAO_OUTLET_BALANCE_AT),
                                          piao_session_now (self->session));
  g_autofree char *text
      = piao_record_int (self->chosen, PIAO_OUTLET_BALANCE_AT) == 0
            ? g_strdup (_ ("Not read from ILMS yet"))
            : g_strdup_printf (_ ("Instant ¥%s · payment ¥%s · read %s"), instant, payment, at);

  adw_action_row_set_subtitle (self->balances, text);
}

static void
choose (PiaoPhoneDialog *self, guint i)
{
  OfferQuery query;

  g_clear_pointer (&self->chosen, piao_record_free);
  self->chosen = piao_record_copy (g_ptr_array_index (self->found, i));
  fill_outlet_row (self, self->outlet, self->chosen);
  show_balances (self);
  adw_switch_row_set_active (self->identity, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "order");
  gtk_action_bar_set_revealed (self->bar, TRUE);
  gtk_widget_set_visible (self->change_button, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->identity));
  query.warehouse = piao_record_int (self->chosen, PIAO_OUTLET_WAREHOUSE_ID);
  query.now = piao_session_now (self->session);
  piao_future_disown (dex_future_then (piao_session_read (self->session, load_offers,
                                                          g_memdup2 (&query, sizeof query), g_free),
                                       on_offers, pending_new (self), pending_free),
                      "listing ticket types");
}

static void
on_outlet (PiaoPhoneDialog *self, GtkListBoxRow *row)
{
  choose (self, (guint)gtk_list_box_row_get_index (row));
}

static void
on_search_activate (PiaoPhoneDialog *self)
{
  if (self->found != NULL && self->found->len > 0)
    choose (self, 0);
}

static void
change_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoPhoneDialog *self = PIAO_PHONE_DIALOG (widget);

  gtk_stack_set_visible_child_name (self->stack, "outlet");
  gtk_action_bar_set_revealed (self->bar, FALSE);
  gtk_widget_set_visible (self->change_button, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* --- submit ---------------------------------------------------------------------------------- */

static JsonObject *
make_args (PiaoPhoneDialog *self)
{
  JsonArray *lines = json_array_new ();
  const char *note = gtk_editable_get_text (self->note);

  for (guint i = 0; i < self->offered->len; i++)
    {
      const PiaoTicketOffer *offer = g_ptr_array_index (self->offered, i);

      if (get_packs (self, i) > 0)
        json_array_add_object_element (lines,
                                       piao_json_build ("ticket_type", 'd', offer->id, "packs", 'i',
                                                        get_packs (self, i), NULL));
    }
  return piao_json_build ("outlet", 'd', self->chosen->id, "source", 's', "phone",
                          "identity_checked", 'b', TRUE, "note", 's', *note != '\0' ? note : NULL,
                          "lines", 'a', lines, NULL);
}

static DexFuture *
on_submitted (DexFuture *future, gpointer data)
{
  Pending *pending = data;
  g_autoptr (PiaoPhoneDialog) self = g_weak_ref_get (&pending->dialog);
  g_autoptr (GError) error = NULL;
  gboolean done = dex_future_get_value (future, &error) != NULL;

  if (self == NULL || self->session == NULL)
    return dex_future_new_true ();
  if (!done)
    {
      piao_toast_error (GTK_WIDGET (self), error);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "phone.submit", TRUE);
      return dex_future_new_true ();
    }
  piao_toast (
      GTK_WIDGET (self),
      piao_links_can_confirm (piao_session_get_links (self->session), FALSE)
          ? _ ("The order is taken.")
          : _ ("The order is taken. Tell the owner that it counts only when ILMS has locked "
               "the tickets."));
  adw_dialog_close (ADW_DIALOG (self));
  return dex_future_new_true ();
}

static void
on_read_back (AdwAlertDialog *alert, const char *answer, PiaoPhoneDialog *self)
{
  if (!g_str_equal (answer, "submit"))
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "phone.submit", FALSE);
  piao_future_disown (
      dex_future_finally (piao_session_run (self->session, "order.submit", make_args (self)),
                          on_submitted, pending_new (self), pending_free),
      "submitting a telephone order");
}

static void
submit_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoPhoneDialog *self = PIAO_PHONE_DIALOG (widget);
  g_autoptr (GString) text = g_string_new (NULL);
  AdwDialog *alert;

  for (guint i = 0; i < self->offered->len; i++)
    {
      const PiaoTicketOffer *offer = g_ptr_array_index (self->offered, i);

      if (get_packs (self, i) > 0)
        g_string_append_printf (text, "%s %s × %d\n", offer->game_no, offer->name,
                                (int)get_packs (self, i));
    }
  g_string_append_printf (text, "\n%s", gtk_label_get_text (self->total));
  alert = adw_alert_dialog_new (_ ("Read This Back to the Caller"), text->str);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (alert), "cancel", _ ("_Change"), "submit",
                                  _ ("_Submit Order"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (alert), "submit",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (alert), "submit");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (alert), "cancel");
  g_signal_connect_object (alert, "response", G_CALLBACK (on_read_back), self, 0);
  adw_dialog_present (alert, widget);
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_phone_dialog_dispose (GObject *object)
{
  PiaoPhoneDialog *self = PIAO_PHONE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_PHONE_DIALOG);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->offered, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->chosen, piao_record_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_phone_dialog_parent_class)->dispose (object);
}

static void
piao_phone_dialog_class_init (PiaoPhoneDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_phone_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/order/piao-phone-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoPhoneDialog, child)
  BIND (stack);
  BIND (search);
  BIND (results);
  BIND (nobody);
  BIND (outlets);
  BIND (change_button);
  BIND (outlet);
  BIND (balances);
  BIND (identity);
  BIND (offers);
  BIND (note);
  BIND (bar);
  BIND (total);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_outlet);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_install_action (widget_class, "phone.submit", NULL, submit_action);
  gtk_widget_class_install_action (widget_class, "phone.change-outlet", NULL, change_action);
}

static void
piao_phone_dialog_init (PiaoPhoneDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "phone.submit", FALSE);
}

PiaoPhoneDialog *
piao_phone_dialog_new (PiaoSession *session)
{
  PiaoPhoneDialog *self = g_object_new (PIAO_TYPE_PHONE_DIALOG, NULL);

  self->session = g_object_ref (session);
  piao_help_set_page (GTK_WIDGET (self), "orders");
  return self;
}

void
piao_phone_dialog_present (GtkWidget *parent, PiaoSession *session)
{
  adw_dialog_present (ADW_DIALOG (piao_phone_dialog_new (session)), parent);
}
