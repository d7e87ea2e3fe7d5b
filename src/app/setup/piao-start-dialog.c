/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/setup/piao-start-dialog.h"
#include "app/shell/piao-help.h"

struct _PiaoStartDialog
{
  AdwDialog parent_instance;

  GtkStack *stack;
  GtkLabel *progress_label, *figures_label, *error_label;
  GtkWidget *begin_button;
  GtkProgressBar *progress_bar;
  AdwEntryRow *server_row, *name_row;
  AdwPasswordEntryRow *password_row;
  GtkButton *sign_in_button;
};

G_DEFINE_FINAL_TYPE (PiaoStartDialog, piao_start_dialog, ADW_TYPE_DIALOG)

static guint sign_in_signal, begin_signal;

void
piao_start_dialog_show_progress (PiaoStartDialog *self, const char *sentence, int percent)
{
  g_return_if_fail (PIAO_IS_START_DIALOG (self));
  adw_dialog_set_title (ADW_DIALOG (self), _ ("Getting Ready"));
  gtk_stack_set_visible_child_name (self->stack, "progress");
  gtk_label_set_text (self->progress_label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), percent >= 0);
  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (percent, 0, 100) / 100.0);
  gtk_widget_set_visible (GTK_WIDGET (self->figures_label), FALSE);
  gtk_widget_set_visible (self->begin_button, FALSE);
}

void
piao_start_dialog_show_fetch (PiaoStartDialog *self,
                              double fraction,
                              const char *figures,
                              gboolean can_begin)
{
  g_return_if_fail (PIAO_IS_START_DIALOG (self));
  gtk_label_set_text (self->figures_label, figures);
  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (fraction, 0.0, 1.0));
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->figures_label), TRUE);
  gtk_widget_set_visible (self->begin_button, can_begin);
}

void
piao_start_dialog_show_form (PiaoStartDialog *self,
                             const char *server,
                             const char *name,
                             const char *error)
{
  g_return_if_fail (PIAO_IS_START_DIALOG (self));
  adw_dialog_set_title (ADW_DIALOG (self), gtk_widget_get_visible (GTK_WIDGET (self->server_row))
                                               ? _ ("Sign In")
                                               : _ ("Switch User"));
  gtk_stack_set_visible_child_name (self->stack, "form");
  gtk_editable_set_text (GTK_EDITABLE (self->server_row), server);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
  gtk_editable_set_text (GTK_EDITABLE (self->password_row), "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  gtk_label_set_text (self->error_label, error != NULL ? error : "");
  adw_dialog_set_default_widget (ADW_DIALOG (self), GTK_WIDGET (self->sign_in_button));
  if (*server == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->server_row));
  else
    gtk_widget_grab_focus (*name == '\0' ? GTK_WIDGET (self->name_row)
                                         : GTK_WIDGET (self->password_row));
}

void
piao_start_dialog_show_switch (PiaoStartDialog *self, const char *server)
{
  g_return_if_fail (PIAO_IS_START_DIALOG (self));
  adw_dialog_set_can_close (ADW_DIALOG (self), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->server_row), FALSE);
  piao_start_dialog_show_form (self, server, "", NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

static void
on_sign_in (PiaoStartDialog *self)
{
  g_autofree char *server
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->server_row))));
  g_autofree char *name
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row))));

  g_signal_emit (self, sign_in_signal, 0, server, name,
                 gtk_editable_get_text (GTK_EDITABLE (self->password_row)));
}

static void
on_begin (PiaoStartDialog *self)
{
  g_signal_emit (self, begin_signal, 0);
}

static void
piao_start_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_START_DIALOG);
  G_OBJECT_CLASS (piao_start_dialog_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PiaoStartDialog, name)

static void
piao_start_dialog_class_init (PiaoStartDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_start_dialog_dispose;
  sign_in_signal
      = g_signal_new ("sign-in", PIAO_TYPE_START_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  begin_signal = g_signal_new ("begin", PIAO_TYPE_START_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/setup/piao-start-dialog.ui");
  BIND (stack);
  BIND (progress_label);
  BIND (progress_bar);
  BIND (figures_label);
  BIND (begin_button);
  BIND (error_label);
  BIND (server_row);
  BIND (name_row);
  BIND (password_row);
  BIND (sign_in_button);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_begin);
}

static void
piao_start_dialog_init (PiaoStartDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  piao_help_set_page (GTK_WIDGET (self), "sync");
}

PiaoStartDialog *
piao_start_dialog_new (void)
{
  return g_object_new (PIAO_TYPE_START_DIALOG, NULL);
}
