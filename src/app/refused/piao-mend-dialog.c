/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/refused/piao-mend-dialog.h"
#include "app/shell/piao-help.h"
#include "app/widget/piao-format.h"
#include "base/piao-future.h"

#define MAX_TEXT 200
#define MAX_NUMBER 1e9
#define REMOVED "piao-removed"

struct _PiaoMendDialog
{
  AdwDialog parent_instance;

  PiaoSession *session; /* owned; NULL once it is closed */
  PiaoRefused *item;    /* owned */
  GPtrArray *rows;      /* of item->arguments; NULL where there is nothing to enter */

  AdwPreferencesGroup *about, *form;
  AdwActionRow *said;
  GtkWidget *send_button;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (PiaoMendDialog, piao_mend_dialog, ADW_TYPE_DIALOG)

/* --- the values of today ---------------------------------------------------------------------- */

/* The object of @args that has the argument as a member. Borrowed. */
static JsonObject *
holder_of (const PiaoArgument *argument, JsonObject *args)
{
  return argument->list == NULL
             ? args
             : piao_json_array_get_object (piao_json_get_array (args, argument->list->name),
                                           argument->element);
}

/* --- a row for each kind of value ------------------------------------------------------------- */

static GtkWidget *
make_number (const PiaoArgument *argument, JsonObject *holder)
{
  const PiaoParam *param = argument->param;
  gboolean bounded = param->max > param->min;
  GtkWidget *row = adw_spin_row_new_with_range (bounded ? (double)param->min : -MAX_NUMBER,
                                                bounded ? (double)param->max : MAX_NUMBER, 1);

  adw_spin_row_set_value (ADW_SPIN_ROW (row), (double)piao_json_get_int (holder, param->name, 0));
  return row;
}

static GtkWidget *
make_switch (const PiaoArgument *argument, JsonObject *holder)
{
  GtkWidget *row = adw_switch_row_new ();

  adw_switch_row_set_active (ADW_SWITCH_ROW (row),
                             piao_json_get_bool (holder, argument->param->name, FALSE));
  return row;
}

static GtkWidget *
make_text (const PiaoArgument *argument, JsonObject *holder)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_entry_row_set_max_length (ADW_ENTRY_ROW (row),
                                argument->param->max > 0 ? (int)argument->param->max : MAX_TEXT);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  gtk_editable_set_text (GTK_EDITABLE (row),
                         piao_json_get_text (holder, argument->param->name, ""));
  return row;
}

/* A word that is none of the usual ones stays one to choose. */
static GtkWidget *
make_choice (const PiaoArgument *argument, JsonObject *holder)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const char *now = piao_json_get_text (holder, argument->param->name, "");
  guint n = g_strv_length ((GStrv)argument->choices);
  guint chosen = n;

  for (guint i = 0; i < n; i++)
    {
      gtk_string_list_append (titles, piao_format_reason (argument->choices[i]));
      if (g_str_equal (argument->choices[i], now))
        chosen = i;
    }
  if (chosen == n)
    gtk_string_list_append (titles, piao_format_reason (now));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (titles));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), chosen);
  return row;
}

static void
on_remove (GtkToggleButton *button, GtkWidget *row)
{
  gboolean removed = gtk_toggle_button_get_active (button);

  g_object_set_data (G_OBJECT (row), REMOVED, GINT_TO_POINTER (removed));
  gtk_widget_set_opacity (row, removed ? 0.5 : 1.0);
}

/* An element of a list can be left out altogether. */
static void
add_remover (const PiaoArgument *argument, GtkWidget *row)
{
  GtkWidget *button = gtk_toggle_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (button), "user-trash-symbolic");
  gtk_widget_set_tooltip_text (button, _ ("Leave This Out"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Leave This Out"), -1);
  g_signal_connect (button, "toggled", G_CALLBACK (on_remove), row);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static GtkWidget *
make_row (const PiaoArgument *argument, JsonObject *holder)
{
  if (argument->choices != NULL)
    return make_choice (argument, holder);
  switch (argument->param->type)
    {
    case PIAO_PARAM_INT:
    case PIAO_PARAM_MONEY:
      return make_number (argument, holder);
    case PIAO_PARAM_BOOL:
      return make_switch (argument, holder);
    case PIAO_PARAM_ID:
    case PIAO_PARAM_TEXT:
    case PIAO_PARAM_LINES:
    case PIAO_PARAM_LIST:
    default:
      return make_text (argument, holder);
    }
}

static void
add_fixed (PiaoMendDialog *self, const PiaoArgument *argument)
{
  GtkWidget *row;

  if (*argument->text == '\0')
    return;
  row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), argument->label);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), argument->text);
  gtk_widget_add_css_class (row, "property");
  adw_preferences_group_add (self->about, row);
}

static void
fill (PiaoMendDialog *self)
{
  for (guint i = 0; i < self->item->arguments->len; i++)
    {
      const PiaoArgument *argument = self->item->arguments->pdata[i];
      JsonObject *holder = holder_of (argument, self->item->args);
      GtkWidget *row = NULL;

      if (!argument->mendable || holder == NULL)
        add_fixed (self, argument);
      else
        {
          row = make_row (argument, holder);
          adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
          adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), argument->label);
          if (argument->list != NULL && ADW_IS_ACTION_ROW (row))
            {
              adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (argument->param->title));
              add_remover (argument, row);
            }
          adw_preferences_group_add (self->form, row);
        }
      g_ptr_array_add (self->rows, row);
    }
}

/* --- what was entered ------------------------------------------------------------------------- */

static void
read_row (const PiaoArgument *argument, GtkWidget *row, JsonObject *holder)
{
  const char *member = argument->param->name;

  if (ADW_IS_SPIN_ROW (row))
    json_object_set_int_member (holder, member,
                                (gint64)adw_spin_row_get_value (ADW_SPIN_ROW (row)));
  else if (ADW_IS_SWITCH_ROW (row))
    json_object_set_boolean_member (holder, member,
                                    adw_switch_row_get_active (ADW_SWITCH_ROW (row)));
  else if (ADW_IS_COMBO_ROW (row))
    {
      guint chosen = adw_combo_row_get_selected (ADW_COMBO_ROW (row));

      if (chosen < g_strv_length ((GStrv)argument->choices))
        json_object_set_string_member (holder, member, argument->choices[chosen]);
    }
  else if (*gtk_editable_get_text (GTK_EDITABLE (row)) != '\0' || argument->param->required)
    json_object_set_string_member (holder, member, gtk_editable_get_text (GTK_EDITABLE (row)));
  else
    json_object_remove_member (holder, member);
}

/* The arguments as entered, checked against the parameters. Transfer full. */
static JsonObject *
read_form (PiaoMendDialog *self, GError **error)
{
  g_autofree char *before = piao_json_object_to_text (self->item->args);
  g_autoptr (JsonObject) args
      = piao_json_parse_object (before, -1, PIAO_JSON_MAX_BYTES, "command", error);
  g_autofree char *text = NULL;

  /* From the last: what is left out of a list does not move those before it. */
  for (guint i = self->rows->len; args != NULL && i > 0; i--)
    {
      const PiaoArgument *argument = self->item->arguments->pdata[i - 1];
      GtkWidget *row = self->rows->pdata[i - 1];

      if (row != NULL && g_object_get_data (G_OBJECT (row), REMOVED) != NULL)
        json_array_remove_element (piao_json_get_array (args, argument->list->name),
                                   argument->element);
      else if (row != NULL)
        read_row (argument, row, holder_of (argument, args));
    }
  if (args == NULL || !piao_command_check_args (self->item->command, args, error))
    return NULL;
  /* They are sent as they lie in the outbox, with their version. */
  text = piao_command_write_args (self->item->command, args);
  return piao_json_parse_object (text, -1, PIAO_JSON_MAX_BYTES, "command", error);
}

static void
show_problem (PiaoMendDialog *self, const GError *error)
{
  gtk_label_set_text (self->problem, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static DexFuture *
on_sent (DexFuture *future, gpointer data)
{
  g_autoptr (PiaoMendDialog) self = g_weak_ref_get (data);
  g_autoptr (GError) error = NULL;

  dex_future_get_value (future, &error);
  if (self != NULL && self->session != NULL)
    {
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "mend.send", TRUE);
      if (error != NULL)
        show_problem (self, error);
      else
        adw_dialog_close (ADW_DIALOG (self));
    }
  return dex_future_new_true ();
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoMendDialog *self = PIAO_MEND_DIALOG (widget);
  g_autoptr (GError) error = NULL;
  JsonObject *args = read_form (self, &error);

  if (args == NULL)
    {
      show_problem (self, error);
      return;
    }
  gtk_widget_action_set_enabled (widget, "mend.send", FALSE);
  piao_future_disown (
      dex_future_finally (piao_replica_resend (piao_session_get_replica (self->session),
                                               self->item->entry->id, args),
                          on_sent, piao_future_weak_new (self), piao_future_weak_free),
      "sending a refused change again");
}

/* --- object ----------------------------------------------------------------------------------- */

static void
piao_mend_dialog_dispose (GObject *object)
{
  PiaoMendDialog *self = PIAO_MEND_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_MEND_DIALOG);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->item, piao_refused_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_mend_dialog_parent_class)->dispose (object);
}

static void
piao_mend_dialog_class_init (PiaoMendDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_mend_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/refused/piao-mend-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoMendDialog, child)
  BIND (about);
  BIND (form);
  BIND (said);
  BIND (send_button);
  BIND (problem);
#undef BIND
  gtk_widget_class_install_action (widget_class, "mend.send", NULL, send_action);
}

static void
piao_mend_dialog_init (PiaoMendDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}

PiaoMendDialog *
piao_mend_dialog_new (PiaoSession *session, PiaoRefused *item)
{
  PiaoMendDialog *self = g_object_new (PIAO_TYPE_MEND_DIALOG, NULL);
  const char *what = piao_format_command (item->entry->name);

  self->session = g_object_ref (session);
  self->item = piao_refused_ref (item);
  piao_help_set_page (GTK_WIDGET (self), "sync");
  adw_preferences_group_set_title (self->about, what);
  adw_preferences_group_set_description (self->about, item->number);
  adw_action_row_set_subtitle (self->said,
                               item->entry->message != NULL ? item->entry->message : "");
  fill (self);
  adw_dialog_set_default_widget (ADW_DIALOG (self), self->send_button);
  return self;
}
