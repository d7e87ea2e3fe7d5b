/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/refused/piao-mend-dialog.h"
#include "app/refused/piao-refused-row.h"
#include "app/widget/piao-format.h"
#include "base/piao-future.h"

#define MAX_REASON 200

struct _PiaoRefusedRow
{
  AdwExpanderRow parent_instance;

  PiaoSession *session; /* owned */
  PiaoRefused *item;    /* owned; NULL before the first */

  GtkLabel *pill;
  AdwActionRow *ours, *theirs, *advice;
  GtkLabel *problem; /* why the last try was of no use */
  GtkWidget *order_button, *mend_button;
};

/* AdwExpanderRow can be derived from. */
G_DEFINE_FINAL_TYPE (PiaoRefusedRow, piao_refused_row, ADW_TYPE_EXPANDER_ROW)

/* --- both stories ----------------------------------------------------------------------------- */

/* "Reason: Not enough stock · J0110 好运十倍: 5". */
static char *
dup_arguments (const PiaoRefused *item)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < item->arguments->len; i++)
    {
      const PiaoArgument *argument = item->arguments->pdata[i];

      if (*argument->text != '\0')
        /* Translators: name and value of something that was entered. */
        g_string_append_printf (text, _ ("%s: %s"), argument->label, argument->text);
      if (*argument->text != '\0' && i + 1 < item->arguments->len)
        g_string_append_c (text, '\n');
    }
  if (text->len > 0 && text->str[text->len - 1] == '\n')
    g_string_truncate (text, text->len - 1);
  return g_string_free_and_steal (text);
}

static char *
dup_ours (PiaoRefusedRow *self)
{
  const PiaoRefused *item = self->item;
  g_autofree char *time = piao_format_time (item->entry->at, piao_session_now (self->session));
  g_autofree char *arguments = dup_arguments (item);

  /* Translators: a time, who did it, what was entered (may be empty). */
  return g_strdup_printf (_ ("%s, %s, on this computer. It has been undone here.%s%s"), time,
                          *item->who != '\0' ? item->who : _ ("System"),
                          *arguments != '\0' ? "\n" : "", arguments);
}

static const char *
theirs_title (const PiaoOutboxEntry *entry)
{
  if (g_str_equal (entry->state, "parked"))
    return _ ("Why it was parked");
  return entry->decided ? _ ("What the centre says") : _ ("Why it no longer applies here");
}

static const char *
find_advice (const PiaoRefused *item)
{
  if (!item->entry->decided && g_str_equal (item->entry->state, "parked"))
    return _ ("It was kept and has not been sent. When it is not wanted any more, discard it.");
  if (!item->entry->decided)
    return _ ("The centre has the last word. It will be asked when the line is back.");
  if (piao_refused_can_mend (item))
    return _ ("If the reason is gone, try again. If something in it was wrong, edit it. If it is "
              "not wanted any more, discard it.");
  return _ ("If the reason is gone, try again. If it is not wanted any more, discard it.");
}

static void
show_pill (PiaoRefusedRow *self)
{
  gboolean parked = g_str_equal (self->item->entry->state, "parked");
  const char *classes[] = { "pill-label", parked ? "warning" : "error", NULL };

  gtk_label_set_text (self->pill, parked ? _ ("Parked") : _ ("Turned down"));
  gtk_widget_set_css_classes (GTK_WIDGET (self->pill), classes);
}

static const char *
get_message (PiaoRefusedRow *self)
{
  return self->item != NULL && self->item->entry->message != NULL ? self->item->entry->message : "";
}

/* Closed, the row says why; open, that stands among the stories, in full and with who says it. */
static void
show_subtitle (PiaoRefusedRow *self)
{
  gboolean expanded = adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self));

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), expanded ? "" : get_message (self));
}

void
piao_refused_row_set_item (PiaoRefusedRow *self, PiaoRefused *item)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autofree char *title = NULL;
  g_autofree char *ours = NULL;

  g_return_if_fail (PIAO_IS_REFUSED_ROW (self));
  piao_refused_ref (item);
  g_clear_pointer (&self->item, piao_refused_unref);
  self->item = item;
  title = g_strstrip (
      g_strdup_printf ("%s %s", piao_format_command (item->entry->name), item->number));
  ours = dup_ours (self);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  show_subtitle (self);
  show_pill (self);
  adw_action_row_set_subtitle (self->ours, ours);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->theirs), theirs_title (item->entry));
  adw_action_row_set_subtitle (self->theirs, get_message (self));
  adw_action_row_set_subtitle (self->advice, find_advice (item));
  gtk_widget_action_set_enabled (widget, "refused.retry", piao_refused_can_resend (item));
  gtk_widget_action_set_enabled (widget, "refused.mend", piao_refused_can_mend (item));
  gtk_widget_action_set_enabled (widget, "refused.discard", piao_refused_can_discard (item));
  gtk_widget_set_visible (self->mend_button, piao_refused_can_mend (item));
}

PiaoRefused *
piao_refused_row_get_item (PiaoRefusedRow *self)
{
  g_return_val_if_fail (PIAO_IS_REFUSED_ROW (self), NULL);
  return self->item;
}

/* --- what can be done ------------------------------------------------------------------------- */

static void
show_problem (PiaoRefusedRow *self, const char *sentence)
{
  gtk_label_set_text (self->problem, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), sentence != NULL);
}

static DexFuture *
on_done (DexFuture *future, gpointer data)
{
  g_autoptr (PiaoRefusedRow) self = g_weak_ref_get (data);
  g_autoptr (GError) error = NULL;

  dex_future_get_value (future, &error);
  if (self != NULL && self->session != NULL)
    show_problem (self, error != NULL ? error->message : NULL);
  return dex_future_new_true ();
}

/* When it succeeds the row goes by itself: the replica has changed. */
static void
await (PiaoRefusedRow *self, DexFuture *future)
{
  piao_future_disown (dex_future_finally (future, on_done, piao_future_weak_new (self),
                                          piao_future_weak_free),
                      "dealing with a refused change");
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoRefusedRow *self = PIAO_REFUSED_ROW (widget);

  await (self, piao_replica_resend (piao_session_get_replica (self->session), self->item->entry->id,
                                    NULL));
}

static void
mend_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoRefusedRow *self = PIAO_REFUSED_ROW (widget);

  adw_dialog_present (ADW_DIALOG (piao_mend_dialog_new (self->session, self->item)), widget);
}

static void
show_order_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoRefusedRow *self = PIAO_REFUSED_ROW (widget);

  piao_session_show_order (self->session, self->item->order);
}

typedef struct
{
  gint64 command;
  char *reason;
} Discard;

static void
discard_free (gpointer data)
{
  g_free (((Discard *)data)->reason);
  g_free (data);
}

static DexFuture *
discard (PiaoDb *db, gpointer data)
{
  const Discard *wanted = data;
  GError *error = NULL;

  return piao_outbox_discard (db, wanted->command, wanted->reason, &error)
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

static void
on_discard_answer (AdwAlertDialog *alert, const char *answer, PiaoRefusedRow *self)
{
  GtkEditable *entry = GTK_EDITABLE (adw_alert_dialog_get_extra_child (alert));
  Discard *wanted;

  if (!g_str_equal (answer, "discard") || self->session == NULL)
    return;
  wanted = g_new0 (Discard, 1);
  wanted->command = self->item->entry->id;
  wanted->reason = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  await (self, piao_replica_write (piao_session_get_replica (self->session), discard, wanted,
                                   discard_free));
}

static void
on_reason (GtkEditable *entry, AdwAlertDialog *alert)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_alert_dialog_set_response_enabled (alert, "discard", *reason != '\0');
}

/* What was refused is never put aside without a word: whoever looks later reads why. */
static void
discard_action (GtkWidget *widget, const char *name, GVariant *target)
{
  AdwDialog *dialog = adw_alert_dialog_new (
      _ ("Discard This Change?"),
      _ ("It stays in the list of changes with your reason, and is not sent again."));
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (dialog);
  GtkWidget *reason = gtk_entry_new ();

  gtk_entry_set_max_length (GTK_ENTRY (reason), MAX_REASON);
  gtk_entry_set_activates_default (GTK_ENTRY (reason), TRUE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (reason), _ ("Why is it not wanted?"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (reason), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Reason"), -1);
  adw_alert_dialog_set_extra_child (alert, reason);
  adw_alert_dialog_add_responses (alert, "cancel", _ ("_Cancel"), "discard", _ ("_Discard"), NULL);
  adw_alert_dialog_set_response_appearance (alert, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_enabled (alert, "discard", FALSE);
  adw_alert_dialog_set_default_response (alert, "discard");
  adw_alert_dialog_set_close_response (alert, "cancel");
  adw_dialog_set_focus (dialog, reason);
  g_signal_connect_object (reason, "changed", G_CALLBACK (on_reason), alert, 0);
  g_signal_connect_object (alert, "response", G_CALLBACK (on_discard_answer), widget, 0);
  adw_dialog_present (dialog, widget);
}

/* --- parts ------------------------------------------------------------------------------------ */

static AdwActionRow *
add_story (PiaoRefusedRow *self, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "property");
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  return ADW_ACTION_ROW (row);
}

static GtkWidget *
add_button (GtkWidget *box, const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  adw_wrap_box_append (ADW_WRAP_BOX (box), button);
  return button;
}

static void
add_acts (PiaoRefusedRow *self)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *box = adw_wrap_box_new ();

  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->problem, TRUE);
  gtk_label_set_xalign (self->problem, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "error");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (box), 6);
  adw_wrap_box_set_line_spacing (ADW_WRAP_BOX (box), 6);
  add_button (box, _ ("_Try Again"), "refused.retry");
  self->mend_button = add_button (box, _ ("_Edit and Send Again…"), "refused.mend");
  add_button (box, _ ("_Discard…"), "refused.discard");
  self->order_button = add_button (box, _ ("_Show Order"), "refused.show-order");
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->problem));
  gtk_box_append (GTK_BOX (column), box);
  gtk_widget_add_css_class (column, "refused-acts");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), column);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

static void
piao_refused_row_dispose (GObject *object)
{
  PiaoRefusedRow *self = PIAO_REFUSED_ROW (object);

  g_clear_pointer (&self->item, piao_refused_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_refused_row_parent_class)->dispose (object);
}

static void
piao_refused_row_class_init (PiaoRefusedRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_refused_row_dispose;
  gtk_widget_class_install_action (widget_class, "refused.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "refused.mend", NULL, mend_action);
  gtk_widget_class_install_action (widget_class, "refused.discard", NULL, discard_action);
  gtk_widget_class_install_action (widget_class, "refused.show-order", NULL, show_order_action);
}

static void
piao_refused_row_init (PiaoRefusedRow *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_expander_row_set_subtitle_lines (ADW_EXPANDER_ROW (self), 2);
  g_signal_connect (self, "notify::expanded", G_CALLBACK (show_subtitle), NULL);
  self->pill = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_valign (GTK_WIDGET (self->pill), GTK_ALIGN_CENTER);
  adw_expander_row_add_suffix (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->pill));
  self->ours = add_story (self, _ ("What was done here"));
  self->theirs = add_story (self, "");
  self->advice = add_story (self, _ ("What to do"));
  add_acts (self);
}

PiaoRefusedRow *
piao_refused_row_new (PiaoSession *session)
{
  PiaoRefusedRow *self = g_object_new (PIAO_TYPE_REFUSED_ROW, NULL);

  self->session = g_object_ref (session);
  return self;
}

/* --- a list of them --------------------------------------------------------------------------- */

static PiaoRefusedRow *
get_row (GtkListBox *list, guint position)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, (int)position);

  return row != NULL ? PIAO_REFUSED_ROW (row) : NULL;
}

static gboolean
is_among (PiaoRefusedRow *row, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (((PiaoRefused *)items->pdata[i])->entry->id == row->item->entry->id)
      return TRUE;
  return FALSE;
}

void
piao_refused_row_show_all (GtkListBox *list,
                           PiaoSession *session,
                           GPtrArray *items,
                           gboolean on_order)
{
  PiaoRefusedRow *row;

  for (guint i = 0; (row = get_row (list, i)) != NULL;)
    if (is_among (row, items))
      i++;
    else
      gtk_list_box_remove (list, GTK_WIDGET (row));
  /* What stayed stands in the same order as before, and what is new comes in between. */
  for (guint i = 0; i < items->len; i++)
    {
      PiaoRefused *item = items->pdata[i];

      row = get_row (list, i);
      if (row == NULL || row->item->entry->id != item->entry->id)
        {
          row = piao_refused_row_new (session);
          gtk_list_box_insert (list, GTK_WIDGET (row), (int)i);
          gtk_widget_set_visible (row->order_button, !on_order && item->order != 0);
        }
      piao_refused_row_set_item (row, item);
    }
}
