/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/abnormal/piao-case-box.h"
#include "app/abnormal/piao-case-dialog.h"
#include "app/widget/piao-facts.h"
#include "app/widget/piao-format.h"
#include "domain/abnormal/piao-abnormal-machine.h"

struct _PiaoCaseBox
{
  GtkBox parent_instance;

  PiaoSession *session;
  PiaoAbnormalCase *abnormal; /* NULL: there is none */
  gboolean debited;

  GtkLabel *state;
  AdwWrapBox *steps;
  GtkListBox *facts;
  AdwWrapBox *acts;
};

G_DEFINE_FINAL_TYPE (PiaoCaseBox, piao_case_box, GTK_TYPE_BOX)

static const char *const line[]
    = { "reported", "evidence_collected", "liability_judged", "handling", "approved", "closed" };

static guint
get_place (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (line); i++)
    if (g_str_equal (line[i], state))
      return i;
  return 0;
}

static void
remove_all (AdwWrapBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    adw_wrap_box_remove (box, child);
}

/* Reported › Evidence collected › … with what is to come pale. */
static void
show_steps (PiaoCaseBox *self)
{
  guint now = get_place (self->abnormal->state);

  remove_all (self->steps);
  for (guint i = 0; i < G_N_ELEMENTS (line); i++)
    {
      const char *title = piao_abnormal_get_title (line[i]);
      g_autofree char *text = i == 0 ? g_strdup (title) : g_strdup_printf ("› %s", title);
      GtkWidget *label = gtk_label_new (text);

      gtk_widget_add_css_class (label, "caption");
      if (i > now)
        gtk_widget_add_css_class (label, "dimmed");
      if (i == now)
        gtk_widget_add_css_class (label, "strong");
      adw_wrap_box_append (self->steps, label);
    }
  gtk_label_set_text (self->state, piao_abnormal_get_title (self->abnormal->state));
  gtk_widget_remove_css_class (GTK_WIDGET (self->state), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->state), "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->state),
                            now + 1 == G_N_ELEMENTS (line) ? "success" : "error");
}

/* --- facts ----------------------------------------------------------------------------------- */

/* "J0001-00005-0000001 (written off), …". Transfer full. */
static char *
describe_packs (const PiaoAbnormalCase *abnormal)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < abnormal->packs->len; i++)
    {
      const PiaoAbnormalPack *pack = g_ptr_array_index (abnormal->packs, i);

      if (text->len > 0)
        g_string_append_c (text, '\n');
      if (pack->gone)
        g_string_append_printf (text, _ ("%s (written off)"), pack->code);
      else
        g_string_append (text, pack->code);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
add_person (PiaoCaseBox *self, const char *name, const char *person, gint64 at, gint64 now)
{
  g_autofree char *time = piao_format_time (at, now);
  g_autofree char *text = g_strdup_printf ("%s · %s", person != NULL ? person : "—", time);

  if (at != 0)
    piao_facts_add (self->facts, name, text);
}

static void
show_facts (PiaoCaseBox *self)
{
  const PiaoAbnormalCase *abnormal = self->abnormal;
  gint64 now = piao_session_now (self->session);
  g_autofree char *packs = describe_packs (abnormal);
  g_autofree char *value = piao_format_yuan (abnormal->value);
  g_autofree char *follow_up = piao_format_time (abnormal->follow_up_at, now);
  gboolean waits = abnormal->follow_up_at != 0 && !g_str_equal (abnormal->state, "closed");

  gtk_list_box_remove_all (self->facts);
  piao_facts_add (self->facts, _ ("Trouble"), piao_abnormal_get_title (abnormal->trouble));
  piao_facts_add (self->facts, _ ("What happened"), abnormal->note);
  piao_facts_add (self->facts, _ ("Packs concerned"), packs);
  piao_facts_add (self->facts, _ ("Value (¥)"), abnormal->packs->len > 0 ? value : NULL);
  piao_facts_add (self->facts, _ ("Evidence"), abnormal->evidence);
  piao_facts_add (self->facts, _ ("Liability"), piao_abnormal_get_title (abnormal->liability));
  piao_facts_add (self->facts, _ ("Handling"), piao_abnormal_get_title (abnormal->handling));
  piao_facts_add (self->facts, _ ("Police number"), abnormal->police_no);
  piao_facts_add (self->facts, _ ("Reversal number"), abnormal->reversal_no);
  piao_facts_add (self->facts, _ ("Contact"), abnormal->contact);
  piao_facts_add (self->facts, _ ("Follow-up"), waits ? follow_up : NULL);
  add_person (self, _ ("Reported by"), abnormal->reporter, abnormal->reported_at, now);
  add_person (self, _ ("Approved by"), abnormal->approver, abnormal->approved_at, now);
  piao_facts_add (self->facts, _ ("Outcome"), piao_abnormal_get_title (abnormal->outcome));
  piao_facts_add (self->facts, _ ("Resolution"), abnormal->resolution);
}

/* --- acts ------------------------------------------------------------------------------------ */

static void
act_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoCaseBox *self = PIAO_CASE_BOX (widget);
  PiaoCaseAct act = (PiaoCaseAct)g_variant_get_int32 (target);

  if (self->abnormal != NULL && act < PIAO_CASE_N_ACTS)
    adw_dialog_present (
        ADW_DIALOG (piao_case_dialog_new (self->session, self->abnormal, self->debited, act)),
        widget);
}

/* The step that leads on stands first and stands out. */
static void
show_acts (PiaoCaseBox *self)
{
  gboolean any = FALSE;

  remove_all (self->acts);
  for (int act = PIAO_CASE_CLOSE; act >= PIAO_CASE_COLLECT; act--)
    {
      GtkWidget *button;

      if (!piao_case_act_may (self->session, self->abnormal, (PiaoCaseAct)act))
        continue;
      button = gtk_button_new_with_label (piao_case_act_get_title ((PiaoCaseAct)act));
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", act);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "case.act");
      if (!any)
        gtk_widget_add_css_class (button, "suggested-action");
      any = TRUE;
      adw_wrap_box_append (self->acts, button);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->acts), any);
}

void
piao_case_box_show (PiaoCaseBox *self,
                    PiaoSession *session,
                    PiaoAbnormalCase *abnormal,
                    gboolean debited)
{
  g_return_if_fail (PIAO_IS_CASE_BOX (self));
  g_set_object (&self->session, session);
  g_clear_pointer (&self->abnormal, piao_abnormal_case_free);
  self->abnormal = abnormal;
  self->debited = debited;
  gtk_widget_set_visible (GTK_WIDGET (self), abnormal != NULL);
  if (abnormal == NULL)
    return;
  show_steps (self);
  show_facts (self);
  show_acts (self);
}

static void
piao_case_box_dispose (GObject *object)
{
  PiaoCaseBox *self = PIAO_CASE_BOX (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_CASE_BOX);
  g_clear_pointer (&self->abnormal, piao_abnormal_case_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_case_box_parent_class)->dispose (object);
}

static void
piao_case_box_class_init (PiaoCaseBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_case_box_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/abnormal/piao-case-box.ui");
  gtk_widget_class_bind_template_child (widget_class, PiaoCaseBox, state);
  gtk_widget_class_bind_template_child (widget_class, PiaoCaseBox, steps);
  gtk_widget_class_bind_template_child (widget_class, PiaoCaseBox, facts);
  gtk_widget_class_bind_template_child (widget_class, PiaoCaseBox, acts);
  gtk_widget_class_install_action (widget_class, "case.act", "i", act_action);
}

static void
piao_case_box_init (PiaoCaseBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
