/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/abnormal/piao-case-dialog.h"
#include "app/abnormal/piao-follow-up.h"
#include "app/shell/piao-help.h"
#include "app/widget/piao-format.h"
#include "base/piao-future.h"
#include "domain/abnormal/piao-abnormal-machine.h"

struct _PiaoCaseDialog
{
  AdwDialog parent_instance;

  PiaoSession *session;
  gint64 order, abnormal;
  PiaoCaseAct act;
  gboolean debited;

  GtkWidget *act_button;
  AdwPreferencesGroup *about;
  AdwPreferencesGroup *touch;
  GtkEditable *evidence;
  AdwComboRow *liability;
  AdwComboRow *handling;
  AdwComboRow *outcome;
  AdwSwitchRow *found;
  AdwSwitchRow *shelved;
  GtkEditable *reversal_no;
  GtkEditable *resolution;
  GtkEditable *police_no;
  GtkEditable *contact;
  AdwComboRow *follow_up;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (PiaoCaseDialog, piao_case_dialog, ADW_TYPE_DIALOG)

static const char *const outcomes[] = { "resumed", "cancelled", NULL };

static const struct
{
  const char *event;
  const char *command;
  const char *permission;
  const char *title;  /* of the button that opens it */
  const char *head;   /* of the dialog */
  const char *button; /* that does it */
  const char *about;
} acts[] = {
  [PIAO_CASE_COLLECT]
  = { "collect", "abnormal.collect", "damage.create", N_ ("Note Evidence…"), N_ ("Note Evidence"),
      N_ ("_Note Evidence"),
      N_ ("What shows what happened, and where it is kept: photos, camera records, the driver's "
          "statement.") },
  [PIAO_CASE_JUDGE]
  = { "judge", "abnormal.judge", "damage.create", N_ ("Judge Liability…"), N_ ("Judge Liability"),
      N_ ("_Judge"),
      N_ ("Until the tickets leave the warehouse the centre answers for them, afterwards the "
          "operating company.") },
  [PIAO_CASE_HANDLE]
  = { "handle", "abnormal.handle", "damage.create", N_ ("Decide Handling…"), N_ ("Decide Handling"),
      N_ ("_Decide"),
      N_ ("A theft needs the number of the report to the police before it is approved; it can be "
          "added later.") },
  [PIAO_CASE_APPROVE] = { "approve", "abnormal.approve", "damage.approve", N_ ("Approve…"),
                          N_ ("Approve the Case"), N_ ("_Approve"), NULL },
  [PIAO_CASE_CLOSE]
  = { "close", "abnormal.close", "damage.create", N_ ("Close Case…"), N_ ("Close the Case"),
      N_ ("_Close Case"),
      N_ ("Now the packs are written off or come back, and the order goes on or is cancelled. This "
          "cannot be taken back.") },
};

const char *
piao_case_act_get_event (PiaoCaseAct act)
{
  return acts[act].event;
}

const char *
piao_case_act_get_title (PiaoCaseAct act)
{
  return _ (acts[act].title);
}

/* Nobody approves what he reported or handled (domain 6.3). */
gboolean
piao_case_act_may (PiaoSession *session, const PiaoAbnormalCase *abnormal, PiaoCaseAct act)
{
  gint64 user = piao_session_get_user (session);

  return piao_abnormal_machine_next (abnormal->state, acts[act].event) != NULL
         && piao_session_may (session, acts[act].permission)
         && (act != PIAO_CASE_APPROVE
             || (abnormal->reported_by != user && abnormal->handled_by != user));
}

/* --- what is shown --------------------------------------------------------------------------- */

static gboolean
is_cancelled (PiaoCaseDialog *self)
{
  return adw_combo_row_get_selected (self->outcome) == 1;
}

static const char *
get_text (GtkEditable *editable)
{
  const char *text = gtk_editable_get_text (editable);

  return *text != '\0' && gtk_widget_get_visible (GTK_WIDGET (editable)) ? text : NULL;
}

static gboolean
is_ready (PiaoCaseDialog *self)
{
  if (self->act == PIAO_CASE_COLLECT)
    return get_text (self->evidence) != NULL;
  if (self->act != PIAO_CASE_CLOSE)
    return TRUE;
  return get_text (self->resolution) != NULL
         && (!is_cancelled (self) || !self->debited || get_text (self->reversal_no) != NULL);
}

static void
on_changed (PiaoCaseDialog *self)
{
  gboolean close = self->act == PIAO_CASE_CLOSE;

  gtk_widget_set_visible (GTK_WIDGET (self->shelved), close && is_cancelled (self));
  gtk_widget_set_visible (GTK_WIDGET (self->reversal_no),
                          close && is_cancelled (self) && self->debited);
  if (close && is_cancelled (self))
    gtk_widget_add_css_class (self->act_button, "destructive-action");
  else
    gtk_widget_remove_css_class (self->act_button, "destructive-action");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "case-step.take", is_ready (self));
}

static void
fill (AdwComboRow *row, const char *const *words, const char *now)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    gtk_string_list_append (titles, piao_abnormal_get_title (words[i]));
  adw_combo_row_set_model (row, G_LIST_MODEL (titles));
  for (guint i = 0; words[i] != NULL; i++)
    if (g_strcmp0 (words[i], now) == 0)
      adw_combo_row_set_selected (row, i);
}

/* "3 packs, ¥1,500 · The carrier · Write the packs off": what is approved. Transfer full. */
static char *
describe (const PiaoAbnormalCase *abnormal)
{
  g_autofree char *yuan = piao_format_yuan (abnormal->value);
  guint n = abnormal->packs->len;
  g_autofree char *packs
      = g_strdup_printf (ngettext ("%d pack, ¥%s", "%d packs, ¥%s", n), (int)n, yuan);

  return g_strdup_printf ("%s · %s · %s · %s", piao_abnormal_get_title (abnormal->trouble), packs,
                          piao_abnormal_get_title (abnormal->liability),
                          piao_abnormal_get_title (abnormal->handling));
}

static void
show_texts (PiaoCaseDialog *self, const PiaoAbnormalCase *abnormal)
{
  g_autofree char *about
      = acts[self->act].about != NULL ? g_strdup (_ (acts[self->act].about)) : describe (abnormal);

  adw_dialog_set_title (ADW_DIALOG (self), _ (acts[self->act].head));
  gtk_button_set_label (GTK_BUTTON (self->act_button), _ (acts[self->act].button));
  adw_preferences_group_set_description (self->about, about);
  gtk_editable_set_text (self->police_no, abnormal->police_no != NULL ? abnormal->police_no : "");
  gtk_editable_set_text (self->contact, abnormal->contact != NULL ? abnormal->contact : "");
}

static void
show_rows (PiaoCaseDialog *self, const PiaoAbnormalCase *abnormal)
{
  gboolean close = self->act == PIAO_CASE_CLOSE;
  gboolean of_packs = piao_abnormal_trouble_is_of_packs (abnormal->trouble);
  const struct
  {
    gpointer row;
    gboolean shown;
  } rows[] = {
    { self->evidence, self->act == PIAO_CASE_COLLECT },
    { self->liability, self->act == PIAO_CASE_JUDGE },
    { self->handling, self->act == PIAO_CASE_HANDLE },
    { self->outcome, close },
    { self->found, close && of_packs },
    { self->resolution, close },
    { self->touch, self->act < PIAO_CASE_APPROVE },
    { self->police_no, g_str_equal (abnormal->trouble, "stolen") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_set_visible (rows[i].row, rows[i].shown);
  fill (self->liability, piao_abnormal_liabilities,
        abnormal->liability != NULL ? abnormal->liability
                                    : (self->debited ? "operator" : "warehouse"));
  fill (self->handling, piao_abnormal_handlings,
        abnormal->handling != NULL ? abnormal->handling : "write_off");
  fill (self->outcome, outcomes, "resumed");
}

/* --- taking the step ------------------------------------------------------------------------- */

static JsonObject *
make_args (PiaoCaseDialog *self)
{
  JsonObject *args
      = piao_json_build ("order", 'd', self->order, "case", 'd', self->abnormal, "evidence", 's',
                         get_text (self->evidence), "resolution", 's', get_text (self->resolution),
                         "reversal_no", 's', get_text (self->reversal_no), NULL);
  gint64 at = piao_follow_up_get (self->follow_up, piao_session_now (self->session));

  if (self->act == PIAO_CASE_JUDGE)
    json_object_set_string_member (
        args, "liability", piao_abnormal_liabilities[adw_combo_row_get_selected (self->liability)]);
  if (self->act == PIAO_CASE_HANDLE)
    json_object_set_string_member (
        args, "handling", piao_abnormal_handlings[adw_combo_row_get_selected (self->handling)]);
  if (self->act == PIAO_CASE_CLOSE)
    {
      json_object_set_string_member (args, "outcome",
                                     outcomes[adw_combo_row_get_selected (self->outcome)]);
      json_object_set_boolean_member (args, "found", adw_switch_row_get_active (self->found));
      json_object_set_boolean_member (args, "shelved", adw_switch_row_get_active (self->shelved));
    }
  if (self->act >= PIAO_CASE_APPROVE)
    return args;
  if (get_text (self->contact) != NULL)
    json_object_set_string_member (args, "contact", get_text (self->contact));
  if (get_text (self->police_no) != NULL)
    json_object_set_string_member (args, "police_no", get_text (self->police_no));
  if (at != 0)
    json_object_set_int_member (args, "follow_up_at", at);
  return args;
}

static DexFuture *
on_taken (DexFuture *future, gpointer data)
{
  g_autoptr (PiaoCaseDialog) self = g_weak_ref_get (data);
  g_autoptr (GError) error = NULL;
  gboolean done = dex_future_get_value (future, &error) != NULL;

  if (self == NULL || self->session == NULL)
    return dex_future_new_true ();
  if (done)
    adw_dialog_close (ADW_DIALOG (self));
  else
    {
      gtk_label_set_text (self->problem, error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
      on_changed (self);
    }
  return dex_future_new_true ();
}

static void
take_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoCaseDialog *self = PIAO_CASE_DIALOG (widget);

  gtk_widget_action_set_enabled (widget, "case-step.take", FALSE);
  piao_future_disown (dex_future_finally (piao_session_run (self->session, acts[self->act].command,
                                                            make_args (self)),
                                          on_taken, piao_future_weak_new (self),
                                          piao_future_weak_free),
                      "taking a step of a case");
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_case_dialog_dispose (GObject *object)
{
  PiaoCaseDialog *self = PIAO_CASE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_CASE_DIALOG);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_case_dialog_parent_class)->dispose (object);
}

static void
piao_case_dialog_class_init (PiaoCaseDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_case_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/abnormal/piao-case-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoCaseDialog, child)
  BIND (act_button);
  BIND (about);
  BIND (touch);
  BIND (evidence);
  BIND (liability);
  BIND (handling);
  BIND (outcome);
  BIND (found);
  BIND (shelved);
  BIND (reversal_no);
  BIND (resolution);
  BIND (police_no);
  BIND (contact);
  BIND (follow_up);
  BIND (problem);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_install_action (widget_class, "case-step.take", NULL, take_action);
}

static void
piao_case_dialog_init (PiaoCaseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  piao_follow_up_fill (self->follow_up);
}

PiaoCaseDialog *
piao_case_dialog_new (PiaoSession *session,
                      const PiaoAbnormalCase *abnormal,
                      gboolean debited,
                      PiaoCaseAct act)
{
  PiaoCaseDialog *self = g_object_new (PIAO_TYPE_CASE_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->order = abnormal->order;
  self->abnormal = abnormal->id;
  self->act = act;
  self->debited = debited;
  piao_help_set_page (GTK_WIDGET (self), "abnormal");
  show_texts (self, abnormal);
  show_rows (self, abnormal);
  on_changed (self);
  return self;
}
