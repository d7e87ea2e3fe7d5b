/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/desk/piao-direct.h"
#include "app/gateway/piao-access-dialog.h"
#include "app/widget/piao-announce.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "domain/org/piao-org-queries.h"
#include "ilms/piao-gateway-profile.h"

#define NONE_HEIGHT 360 /* pixels, where there is nothing to enter */

struct _PiaoAccessDialog
{
  AdwDialog parent_instance;

  PiaoSession *session;
  GArray *ids; /* gint64, of the warehouses in the row */
  gboolean working;

  GtkStack *stack;
  AdwStatusPage *empty;
  AdwComboRow *warehouse;
  GtkStringList *warehouses;
  AdwEntryRow *address;
  AdwComboRow *profile;
  GtkStringList *profiles;
  AdwEntryRow *app_id;
  AdwPasswordEntryRow *app_secret;
  AdwPasswordEntryRow *sign_secret;
  GtkLabel *status;
};

G_DEFINE_FINAL_TYPE (PiaoAccessDialog, piao_access_dialog, ADW_TYPE_DIALOG)

static const char *const actions[] = { "access.test", "access.keep", "access.forget" };

static void
say (PiaoAccessDialog *self, const char *sentence, gboolean good)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->status), good ? "error" : "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->status), good ? "success" : "error");
  gtk_label_set_label (self->status, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->status), TRUE);
  piao_announce (GTK_WIDGET (self), sentence, FALSE);
}

static void
update_actions (PiaoAccessDialog *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i],
                                   !self->working && self->ids != NULL && self->ids->len > 0);
}

static void
set_working (PiaoAccessDialog *self, gboolean working)
{
  self->working = working;
  update_actions (self);
}

static gint64
get_warehouse (PiaoAccessDialog *self)
{
  return g_array_index (self->ids, gint64, adw_combo_row_get_selected (self->warehouse));
}

static const char *
text_of (gpointer row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static const char *
get_profile (PiaoAccessDialog *self)
{
  return gtk_string_list_get_string (self->profiles, adw_combo_row_get_selected (self->profile));
}

static PiaoCredentials *
read_credentials (PiaoAccessDialog *self, GError **error)
{
  return piao_credentials_new (text_of (self->app_id), text_of (self->app_secret),
                               text_of (self->sign_secret), error);
}

/* --- what can be done ------------------------------------------------------------------------ */

typedef DexFuture *(*Act) (PiaoAccessDialog *self, GError **error);

typedef struct
{
  PiaoAccessDialog *self;
  Act act;
  const char *done; /* sentence */
} Doing;

static void
doing_free (gpointer data)
{
  Doing *doing = data;

  g_object_unref (doing->self);
  g_free (doing);
}

static DexFuture *
do_act (gpointer data)
{
  Doing *doing = data;
  PiaoAccessDialog *self = doing->self;
  g_autoptr (GError) error = NULL;
  DexFuture *future;

  set_working (self, TRUE);
  future = doing->act (self, &error);
  if (future != NULL)
    dex_await (future, &error);
  set_working (self, FALSE);
  if (self->session == NULL)
    return dex_future_new_true ();
  say (self, error != NULL ? error->message : doing->done, error == NULL);
  return dex_future_new_true ();
}

static void
start_act (GtkWidget *widget, Act act, const char *done)
{
  Doing *doing = g_new0 (Doing, 1);

  doing->self = g_object_ref (PIAO_ACCESS_DIALOG (widget));
  doing->act = act;
  doing->done = done;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, do_act, doing, doing_free),
                      _ ("The access to ILMS"));
}

static DexFuture *
test_access (PiaoAccessDialog *self, GError **error)
{
  g_autoptr (PiaoCredentials) credentials = read_credentials (self, error);

  return credentials != NULL ? piao_direct_test_access (self->session, text_of (self->address),
                                                        get_profile (self), credentials)
                             : NULL;
}

static DexFuture *
keep_access (PiaoAccessDialog *self, GError **error)
{
  g_autoptr (PiaoCredentials) credentials = read_credentials (self, error);

  return credentials != NULL
             ? piao_direct_store_access (self->session, get_warehouse (self),
                                         text_of (self->address), get_profile (self), credentials)
             : NULL;
}

static DexFuture *
forget_access (PiaoAccessDialog *self, GError **error)
{
  return piao_direct_forget_access (self->session, get_warehouse (self));
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *target)
{
  start_act (widget, test_access, _ ("ILMS answers, and knows us."));
}

static void
keep_action (GtkWidget *widget, const char *name, GVariant *target)
{
  start_act (widget, keep_access,
             _ ("Kept in the keyring. A desk of this warehouse uses it at once."));
}

static void
forget_action (GtkWidget *widget, const char *name, GVariant *target)
{
  start_act (widget, forget_access, _ ("Forgotten on this computer."));
}

/* --- the warehouses -------------------------------------------------------------------------- */

static DexFuture *
read_warehouses (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  GPtrArray *rows = piao_warehouse_list_direct (db, &error);

  return rows != NULL ? dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, rows)
                      : dex_future_new_for_error (error);
}

static void
show_warehouses (PiaoAccessDialog *self, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const PiaoWarehouseName *row = rows->pdata[i];

      g_array_append_val (self->ids, row->id);
      gtk_string_list_append (self->warehouses, row->name);
      if (row->id == piao_session_get_warehouse (self->session))
        adw_combo_row_set_selected (self->warehouse, i);
    }
  update_actions (self);
  gtk_stack_set_visible_child_name (self->stack, "form");
}

/* There is nothing to enter, and @sentence says why. */
static void
show_none (PiaoAccessDialog *self, const char *sentence)
{
  adw_dialog_set_content_height (ADW_DIALOG (self), NONE_HEIGHT);
  adw_status_page_set_description (self->empty, sentence);
  gtk_stack_set_visible_child_name (self->stack, "none");
  piao_announce (GTK_WIDGET (self), sentence, FALSE);
}

static DexFuture *
fill (gpointer data)
{
  PiaoAccessDialog *self = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rows
      = dex_await_boxed (piao_session_read (self->session, read_warehouses, NULL, NULL), &error);

  if (rows == NULL)
    return dex_future_new_for_error (error);
  if (self->session == NULL)
    return dex_future_new_true ();
  if (rows->len > 0)
    show_warehouses (self, rows);
  else
    show_none (self, _ ("No warehouse has the route direct, so there is nothing to enter here. The "
                        "route is set on the warehouse at the centre."));
  return dex_future_new_true ();
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_access_dialog_dispose (GObject *object)
{
  PiaoAccessDialog *self = PIAO_ACCESS_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_ACCESS_DIALOG);
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_access_dialog_parent_class)->dispose (object);
}

static void
piao_access_dialog_class_init (PiaoAccessDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_access_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/gateway/piao-access-dialog.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoAccessDialog, child)
  BIND (stack);
  BIND (empty);
  BIND (warehouse);
  BIND (warehouses);
  BIND (address);
  BIND (profile);
  BIND (profiles);
  BIND (app_id);
  BIND (app_secret);
  BIND (sign_secret);
  BIND (status);
#undef BIND
  gtk_widget_class_install_action (widget_class, "access.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "access.keep", NULL, keep_action);
  gtk_widget_class_install_action (widget_class, "access.forget", NULL, forget_action);
}

static void
piao_access_dialog_init (PiaoAccessDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  update_actions (self);
}

AdwDialog *
piao_access_dialog_new (PiaoSession *session)
{
  PiaoAccessDialog *self = g_object_new (PIAO_TYPE_ACCESS_DIALOG, NULL);
  GSettings *settings = piao_session_get_settings (session);
  g_autofree char *url = g_settings_get_string (settings, "gateway-url");
  g_autofree char *profile = g_settings_get_string (settings, "gateway-profile");

  self->session = g_object_ref (session);
  gtk_editable_set_text (GTK_EDITABLE (self->address), url);
  for (guint i = 0; piao_gateway_profile_names[i] != NULL; i++)
    {
      gtk_string_list_append (self->profiles, piao_gateway_profile_names[i]);
      if (g_str_equal (piao_gateway_profile_names[i], profile))
        adw_combo_row_set_selected (self->profile, i);
    }
  piao_future_disown (dex_scheduler_spawn (NULL, 0, fill, g_object_ref (self), g_object_unref),
                      _ ("The warehouses"));
  return ADW_DIALOG (self);
}
