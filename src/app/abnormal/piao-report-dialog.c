/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/abnormal/piao-follow-up.h"
#include "app/abnormal/piao-report-dialog.h"
#include "app/shell/piao-help.h"
#include "app/widget/piao-format.h"
#include "base/piao-future.h"
#include "domain/abnormal/piao-abnormal-machine.h"
#include "domain/abnormal/piao-abnormal-queries.h"
#include "domain/order/piao-order-machine.h"

struct _PiaoReportDialog
{
  AdwDialog parent_instance;

  PiaoSession *session;
  gint64 order;
  GPtrArray *choice;  /* PiaoAbnormalPack of the order; NULL until they are read */
  GPtrArray *checks;  /* GtkCheckButton of each, borrowed */
  guint first;        /* trouble that can be chosen: without packs none is about packs */
  const char *wanted; /* trouble to begin with, static; may be NULL */

  AdwComboRow *trouble;
  GtkEditable *note;
  GtkEditable *police_no;
  AdwPreferencesGroup *packs;
  GtkLabel *total;
  GtkEditable *contact;
  AdwComboRow *follow_up;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (PiaoReportDialog, piao_report_dialog, ADW_TYPE_DIALOG)

gboolean
piao_report_dialog_may (PiaoSession *session, const char *state)
{
  return piao_order_machine_next (state, "report_abnormal") != NULL
         && (piao_session_may (session, "damage.report")
             || piao_session_may (session, "damage.create"));
}

static const char *
get_trouble (PiaoReportDialog *self)
{
  return piao_abnormal_troubles[self->first + adw_combo_row_get_selected (self->trouble)];
}

static gboolean
is_chosen (PiaoReportDialog *self, guint i)
{
  return gtk_check_button_get_active (g_ptr_array_index (self->checks, i));
}

static void
on_changed (PiaoReportDialog *self)
{
  gint64 value = 0;
  guint n = 0;
  g_autofree char *yuan = NULL;
  g_autofree char *text = NULL;
  gboolean ready;

  if (self->choice == NULL)
    return;
  for (guint i = 0; i < self->choice->len; i++)
    if (is_chosen (self, i))
      {
        const PiaoAbnormalPack *pack = g_ptr_array_index (self->choice, i);

        n++;
        value += pack->value;
      }
  yuan = piao_format_yuan (value);
  text = g_strdup_printf (ngettext ("%d pack, ¥%s", "%d packs, ¥%s", n), (int)n, yuan);
  gtk_label_set_text (self->total, text);
  gtk_widget_set_visible (GTK_WIDGET (self->police_no), g_str_equal (get_trouble (self), "stolen"));
  ready = *gtk_editable_get_text (self->note) != '\0'
          && (n > 0 || !piao_abnormal_trouble_is_of_packs (get_trouble (self)));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "report.submit", ready);
}

/* --- the packs ------------------------------------------------------------------------------- */

static void
add_pack (PiaoReportDialog *self, const PiaoAbnormalPack *pack)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *yuan = piao_format_yuan (pack->value);
  g_autofree char *about = g_strdup_printf ("%s · ¥%s", pack->game, yuan);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), pack->code);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  gtk_widget_add_css_class (row, "numeric");
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, pack->code,
                                  -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->checks, check);
  adw_preferences_group_add (self->packs, row);
}

static void
fill_troubles (PiaoReportDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint chosen = 0;

  self->first = 0;
  while (self->choice->len == 0
         && piao_abnormal_trouble_is_of_packs (piao_abnormal_troubles[self->first]))
    self->first++;
  for (guint i = self->first; piao_abnormal_troubles[i] != NULL; i++)
    {
      gtk_string_list_append (titles, piao_abnormal_get_title (piao_abnormal_troubles[i]));
      if (g_strcmp0 (piao_abnormal_troubles[i], self->wanted) == 0)
        chosen = i - self->first;
    }
  adw_combo_row_set_model (self->trouble, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (self->trouble, chosen);
}

static void
show (PiaoReportDialog *self, GPtrArray *choice)
{
  self->choice = g_ptr_array_ref (choice);
  for (guint i = 0; i < choice->len; i++)
    add_pack (self, g_ptr_array_index (choice, i));
  gtk_widget_set_visible (GTK_WIDGET (self->packs), choice->len > 0);
  fill_troubles (self);
  on_changed (self);
}

static DexFuture *
load (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  GPtrArray *choice = piao_abnormal_list_packs (db, *(gint64 *)data, &error);

  return choice != NULL ? dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, choice)
                        : dex_future_new_for_error (error);
}

static DexFuture *
on_loaded (DexFuture *future, gpointer data)
{
  g_autoptr (PiaoReportDialog) self = g_weak_ref_get (data);

  if (self != NULL && self->session != NULL)
    show (self, g_value_get_boxed (dex_future_get_value (future, NULL)));
  return dex_future_new_true ();
}

/* --- submit ---------------------------------------------------------------------------------- */

static const char *
get_text (GtkEditable *editable)
{
  const char *text = gtk_editable_get_text (editable);

  return *text != '\0' && gtk_widget_get_visible (GTK_WIDGET (editable)) ? text : NULL;
}

static JsonObject *
make_args (PiaoReportDialog *self)
{
  JsonArray *packs = json_array_new ();
  gint64 at = piao_follow_up_get (self->follow_up, piao_session_now (self->session));
  JsonObject *args;

  for (guint i = 0; i < self->choice->len; i++)
    if (is_chosen (self, i))
      {
        const PiaoAbnormalPack *pack = g_ptr_array_index (self->choice, i);

        json_array_add_object_element (packs, piao_json_build ("pack", 'd', pack->id, NULL));
      }
  args = piao_json_build ("order", 'd', self->order, "trouble", 's', get_trouble (self), "packs",
                          'a', packs, "note", 's', get_text (self->note), "police_no", 's',
                          get_text (self->police_no), "contact", 's', get_text (self->contact),
                          NULL);
  if (at != 0)
    json_object_set_int_member (args, "follow_up_at", at);
  return args;
}

static DexFuture *
on_submitted (DexFuture *future, gpointer data)
{
  g_autoptr (PiaoReportDialog) self = g_weak_ref_get (data);
  g_autoptr (GError) error = NULL;
  gboolean done = dex_future_get_value (future, &error) != NULL;

  if (self == NULL || self->session == NULL)
    return dex_future_new_true ();
  /* The order itself shows at once what has become of it. */
  if (done)
    adw_dialog_close (ADW_DIALOG (self));
  else
    {
      gtk_label_set_text (self->problem, error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "report.submit", TRUE);
    }
  return dex_future_new_true ();
}

static void
submit_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoReportDialog *self = PIAO_REPORT_DIALOG (widget);

  gtk_widget_action_set_enabled (widget, "report.submit", FALSE);
  piao_future_disown (dex_future_finally (piao_session_run (self->session, "order.report_abnormal",
                                                            make_args (self)),
                                          on_submitted, piao_future_weak_new (self),
                                          piao_future_weak_free),
                      "reporting an order abnormal");
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_report_dialog_dispose (GObject *object)
{
  PiaoReportDialog *self = PIAO_REPORT_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_REPORT_DIALOG);
  g_clear_pointer (&self->choice, g_ptr_array_unref);
  g_clear_pointer (&self->checks, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_report_dialog_parent_class)->dispose (object);
}

static void
piao_report_dialog_class_init (PiaoReportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_report_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/abnormal/piao-report-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoReportDialog, child)
  BIND (trouble);
  BIND (note);
  BIND (police_no);
  BIND (packs);
  BIND (total);
  BIND (contact);
  BIND (follow_up);
  BIND (problem);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_install_action (widget_class, "report.submit", NULL, submit_action);
}

static void
piao_report_dialog_init (PiaoReportDialog *self)
{
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  piao_follow_up_fill (self->follow_up);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "report.submit", FALSE);
}

PiaoReportDialog *
piao_report_dialog_new (PiaoSession *session, gint64 order, const char *trouble)
{
  PiaoReportDialog *self = g_object_new (PIAO_TYPE_REPORT_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->order = order;
  self->wanted = trouble;
  piao_help_set_page (GTK_WIDGET (self), "abnormal");
  piao_future_disown (
      dex_future_then (piao_session_read (session, load, g_memdup2 (&order, sizeof order), g_free),
                       on_loaded, piao_future_weak_new (self), piao_future_weak_free),
      "listing the packs of an order");
  return self;
}
