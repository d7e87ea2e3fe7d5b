/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/abnormal/piao-case-box.h"
#include "app/abnormal/piao-report-dialog.h"
#include "app/order/piao-order-dialog.h"
#include "app/refused/piao-refused-row.h"
#include "app/shell/piao-help.h"
#include "app/shell/piao-page.h"
#include "app/widget/piao-facts.h"
#include "app/widget/piao-format.h"
#include "app/widget/piao-reading.h"
#include "base/piao-future.h"
#include "base/piao-money.h"
#include "domain/order/piao-counter-queries.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-queries.h"

/* Of the outbox that are looked through for what was refused. */
#define MAX_ENTRIES 200

struct _PiaoOrderDialog
{
  AdwDialog parent_instance;

  PiaoSession *session;
  gint64 order;
  PiaoReading *reading;    /* owned */
  PiaoCounterSheet *sheet; /* NULL until it is read */

  GtkLabel *number;
  GtkLabel *state;
  GtkLabel *warning;
  PiaoCaseBox *case_box;
  GtkListBox *refused;
  GtkListBox *facts;
  GtkListBox *lines;
  GtkListBox *steps;
  GtkWidget *counter_button;
  GtkWidget *retry_button;
  GtkWidget *refuse_button;
  GtkWidget *report_button;
};

G_DEFINE_FINAL_TYPE (PiaoOrderDialog, piao_order_dialog, ADW_TYPE_DIALOG)

/* --- what is read ---------------------------------------------------------------------------- */

typedef struct
{
  PiaoCounterSheet *sheet;
  GPtrArray *steps;
  GPtrArray *refused;         /* PiaoRefused */
  PiaoAbnormalCase *abnormal; /* NULL when there never was one */
} Answer;

typedef struct
{
  gint64 order;
  PiaoRegistry *registry; /* lives as long as the replica */
} Query;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->sheet, piao_counter_sheet_unref);
  g_clear_pointer (&answer->steps, g_ptr_array_unref);
  g_clear_pointer (&answer->refused, g_ptr_array_unref);
  g_clear_pointer (&answer->abnormal, piao_abnormal_case_free);
  g_free (answer);
}

static DexFuture *
load (PiaoDb *db, gpointer data)
{
  const Query *query = data;
  GError *error = NULL;
  Answer *answer = g_new0 (Answer, 1);

  answer->sheet = piao_counter_sheet_load (db, query->order, &error);
  if (error == NULL)
    answer->steps = piao_order_list_steps (db, query->order, &error);
  if (error == NULL)
    answer->abnormal = piao_abnormal_load (db, query->order, &error);
  if (error == NULL)
    answer->refused = piao_refused_list (db, query->registry, query->order, MAX_ENTRIES, &error);
  if (error == NULL)
    return dex_future_new_for_pointer (answer);
  answer_free (answer);
  return dex_future_new_for_error (error);
}

/* --- facts ----------------------------------------------------------------------------------- */

static void
show_facts (PiaoOrderDialog *self)
{
  const PiaoCounterSheet *sheet = self->sheet;
  gint64 now = piao_session_now (self->session);
  g_autofree char *outlet = g_strdup_printf ("%s %s", sheet->outlet_no, sheet->outlet_name);
  g_autofree char *phone = piao_session_dup_phone (self->session, sheet->phone);
  g_autofree char *owner = g_strdup_printf ("%s %s", sheet->owner_name, phone);
  g_autofree char *ordered = piao_format_time (sheet->submitted_at, now);
  g_autofree char *due = piao_format_time (sheet->due_at, now);
  g_autofree char *left = piao_format_due (now, sheet->due_at);
  g_autofree char *due_text = g_strdup_printf ("%s (%s)", due, left);
  g_autofree char *arrival = piao_format_time (sheet->predicted_at, now);
  g_autofree char *amount = piao_money_format (sheet->amount);
  g_autofree char *packs = g_strdup_printf (_ ("%d of %d packs"), sheet->scanned, sheet->packs);

  gtk_list_box_remove_all (self->facts);
  piao_facts_add (self->facts, _ ("Outlet"), outlet);
  piao_facts_add (self->facts, _ ("Owner"), owner);
  piao_facts_add (self->facts, _ ("Destination"), sheet->county);
  piao_facts_add (self->facts, _ ("Address"), sheet->address);
  piao_facts_add (self->facts, _ ("Account Manager"), sheet->manager_name);
  piao_facts_add (self->facts, _ ("Ordered"), ordered);
  piao_facts_add (self->facts, _ ("Due"), due_text);
  piao_facts_add (self->facts, _ ("Predicted arrival"), arrival);
  piao_facts_add (self->facts, _ ("Delivery"), sheet->method);
  piao_facts_add (self->facts, _ ("Amount (¥)"), amount);
  piao_facts_add (self->facts, _ ("Scanned"), packs);
  piao_facts_add (self->facts, _ ("Picker"), sheet->picker_name);
  piao_facts_add (self->facts, _ ("ILMS confirmation"), sheet->confirm_no);
}

static void
show_lines (PiaoOrderDialog *self)
{
  gtk_list_box_remove_all (self->lines);
  for (guint i = 0; i < self->sheet->lines->len; i++)
    {
      const PiaoCounterLine *line = g_ptr_array_index (self->sheet->lines, i);
      g_autofree char *value = piao_format_yuan (line->pack_value * line->packs);
      g_autofree char *name = g_strdup_printf ("%s %s", line->game_no, line->name);
      g_autofree char *count
          = line->shorts > 0
                ? g_strdup_printf (_ ("%d/%d packs, %d short · ¥%s"), line->scanned, line->packs,
                                   line->shorts, value)
                : g_strdup_printf (_ ("%d/%d packs · ¥%s"), line->scanned, line->packs, value);

      piao_facts_add (self->lines, name, count);
    }
}

static void
show_warning (PiaoOrderDialog *self)
{
  const PiaoCounterSheet *sheet = self->sheet;
  g_autoptr (GString) text = g_string_new (NULL);

  if (sheet->hold_reason != NULL && *sheet->hold_reason != '\0')
    g_string_append_printf (text, "%s%s%s", piao_format_reason (sheet->hold_reason),
                            sheet->hold_note != NULL ? ": " : "",
                            sheet->hold_note != NULL ? sheet->hold_note : "");
  else if (sheet->predicted_at > sheet->due_at && sheet->confirm_no == NULL)
    g_string_append (text, _ ("By its usual delivery this order arrives after it is due. Choose "
                              "another way, or record why it is late."));
  gtk_label_set_text (self->warning, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), text->len > 0);
}

/* --- timeline -------------------------------------------------------------------------------- */

static void
add_step (PiaoOrderDialog *self, const PiaoOrderStep *step)
{
  g_autofree char *time = piao_format_time (step->at, piao_session_now (self->session));
  const char *who = *step->actor != '\0' ? step->actor : _ ("System");
  g_autofree char *under
      = step->detail != NULL && *step->detail != '\0'
            ? g_strdup_printf ("%s · %s · %s", time, who, piao_format_reason (step->detail))
            : g_strdup_printf ("%s · %s", time, who);

  piao_facts_add_step (self->steps, piao_format_event (step->event), under);
}

static void
show_steps (PiaoOrderDialog *self, GPtrArray *steps)
{
  gtk_list_box_remove_all (self->steps);
  for (guint i = steps->len; i > 0; i--)
    add_step (self, g_ptr_array_index (steps, i - 1));
}

/* --- acts ------------------------------------------------------------------------------------ */

static void
show_acts (PiaoOrderDialog *self)
{
  const char *state = self->sheet->state;
  gboolean pick
      = (piao_order_machine_next (state, "open_pick") != NULL || g_str_equal (state, "checked"))
        && piao_session_may (self->session, "order.pick");
  gboolean retry = (piao_order_machine_next (state, "retry") != NULL)
                   && piao_session_may (self->session, "order.pick");
  gboolean refuse = piao_order_machine_next (state, "refuse") != NULL
                    && piao_session_may (self->session, "order.refuse");
  gboolean report = piao_report_dialog_may (self->session, state);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "order.counter", pick);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "order.retry", retry);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "order.refuse", refuse);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "order.report-abnormal", report);
  gtk_widget_set_visible (self->counter_button, pick);
  gtk_widget_set_visible (self->retry_button, retry);
  gtk_widget_set_visible (self->refuse_button, refuse);
  gtk_widget_set_visible (self->report_button, report);
}

static void
show_refused (PiaoOrderDialog *self, GPtrArray *refused)
{
  gboolean first = !gtk_widget_get_visible (GTK_WIDGET (self->refused));
  GtkListBoxRow *row;

  piao_refused_row_show_all (self->refused, self->session, refused, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->refused), refused->len > 0);
  row = gtk_list_box_get_row_at_index (self->refused, 0);
  if (first && row != NULL)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
}

static void
show (gpointer owner, gpointer data)
{
  PiaoOrderDialog *self = owner;
  Answer *answer = data;
  g_autofree char *title = NULL;

  if (self->session != NULL)
    {
      g_clear_pointer (&self->sheet, piao_counter_sheet_unref);
      self->sheet = g_steal_pointer (&answer->sheet);
      title = g_strdup_printf (_ ("Order %s"), self->sheet->number);
      adw_dialog_set_title (ADW_DIALOG (self), title);
      gtk_label_set_text (self->number, self->sheet->number);
      piao_format_state_pill (self->state, self->sheet->state);
      show_facts (self);
      show_lines (self);
      show_warning (self);
      piao_case_box_show (self->case_box, self->session, g_steal_pointer (&answer->abnormal),
                          self->sheet->confirm_no != NULL);
      show_refused (self, answer->refused);
      show_steps (self, answer->steps);
      show_acts (self);
    }
  answer_free (answer);
}

static gpointer
ask (gpointer owner, gboolean full)
{
  PiaoOrderDialog *self = owner;
  Query query = { self->order, NULL };

  if (self->session != NULL)
    query.registry = piao_replica_get_registry (piao_session_get_replica (self->session));
  return g_memdup2 (&query, sizeof query);
}

static const PiaoReadingFuncs reading = { ask, load, show, answer_free };

static void
reload (PiaoOrderDialog *self)
{
  piao_future_disown (piao_reading_again (self->reading, TRUE), "reading an order");
}

static DexFuture *
on_refused (DexFuture *future, gpointer data)
{
  g_autoptr (GtkWidget) window = g_weak_ref_get (data);
  g_autoptr (GError) error = NULL;

  if (dex_future_get_value (future, &error) == NULL && window != NULL)
    piao_toast_error (window, error);
  return dex_future_new_true ();
}

static void
run (PiaoOrderDialog *self, const char *command, JsonObject *args)
{
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));

  piao_json_set_id (args, "order", self->order);
  piao_future_disown (dex_future_finally (piao_session_run (self->session, command, args),
                                          on_refused, piao_future_weak_new (window),
                                          piao_future_weak_free),
                      "changing an order");
}

static void
counter_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoOrderDialog *self = PIAO_ORDER_DIALOG (widget);
  g_autoptr (PiaoSession) session = g_object_ref (self->session);
  gint64 order = self->order;

  adw_dialog_close (ADW_DIALOG (self));
  piao_session_open_counter (session, order);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *target)
{
  run (PIAO_ORDER_DIALOG (widget), "order.retry", json_object_new ());
}

static void
report_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoOrderDialog *self = PIAO_ORDER_DIALOG (widget);

  adw_dialog_present (ADW_DIALOG (piao_report_dialog_new (self->session, self->order, NULL)),
                      widget);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoOrderDialog *self = PIAO_ORDER_DIALOG (widget);

  if (self->sheet != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->sheet->number);
}

static void
on_refuse_answer (AdwAlertDialog *alert, const char *answer, PiaoOrderDialog *self)
{
  if (g_str_equal (answer, "BAL_SHORT") || g_str_equal (answer, "STOCK_SHORT")
      || g_str_equal (answer, "OWNER_ASKED"))
    run (self, "order.refuse", piao_json_build ("reason", 's', answer, NULL));
}

/* The dangerous act is named by its button; Escape and Enter do nothing. (ORD-19, SEC-02) */
static void
refuse_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoOrderDialog *self = PIAO_ORDER_DIALOG (widget);
  AdwDialog *alert = adw_alert_dialog_new (
      _ ("Refuse This Order?"),
      _ ("The owner gets no tickets from it and ILMS releases what it had locked. This cannot be "
         "taken back. Why is it refused?"));
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (alert);

  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "BAL_SHORT",
                                  _ ("Refuse: Balance Too Low"), "STOCK_SHORT",
                                  _ ("Refuse: Not Enough Stock"), "OWNER_ASKED",
                                  _ ("Refuse: Owner Asked for It"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "BAL_SHORT", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_appearance (dialog, "STOCK_SHORT", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_appearance (dialog, "OWNER_ASKED", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_prefer_wide_layout (dialog, FALSE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (alert, "response", G_CALLBACK (on_refuse_answer), self, 0);
  adw_dialog_present (alert, widget);
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_order_dialog_dispose (GObject *object)
{
  PiaoOrderDialog *self = PIAO_ORDER_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_ORDER_DIALOG);
  g_clear_pointer (&self->sheet, piao_counter_sheet_unref);
  g_clear_object (&self->reading);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_order_dialog_parent_class)->dispose (object);
}

static void
piao_order_dialog_class_init (PiaoOrderDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (PIAO_TYPE_CASE_BOX);
  G_OBJECT_CLASS (klass)->dispose = piao_order_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/order/piao-order-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoOrderDialog, child)
  BIND (number);
  BIND (state);
  BIND (warning);
  BIND (case_box);
  BIND (refused);
  BIND (facts);
  BIND (lines);
  BIND (steps);
  BIND (counter_button);
  BIND (retry_button);
  BIND (refuse_button);
  BIND (report_button);
#undef BIND
  gtk_widget_class_install_action (widget_class, "order.counter", NULL, counter_action);
  gtk_widget_class_install_action (widget_class, "order.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "order.refuse", NULL, refuse_action);
  gtk_widget_class_install_action (widget_class, "order.report-abnormal", NULL, report_action);
  gtk_widget_class_install_action (widget_class, "order.copy-number", NULL, copy_action);
}

static void
piao_order_dialog_init (PiaoOrderDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PiaoOrderDialog *
piao_order_dialog_new (PiaoSession *session, gint64 order)
{
  PiaoOrderDialog *self = g_object_new (PIAO_TYPE_ORDER_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->order = order;
  piao_help_set_page (GTK_WIDGET (self), "orders");
  self->reading = piao_reading_new (session, &reading, G_OBJECT (self));
  g_signal_connect_object (session, "replica-changed", G_CALLBACK (reload), self,
                           G_CONNECT_SWAPPED);
  reload (self);
  return self;
}

void
piao_order_dialog_present (GtkWidget *parent, PiaoSession *session, gint64 order)
{
  adw_dialog_present (ADW_DIALOG (piao_order_dialog_new (session, order)), parent);
}
