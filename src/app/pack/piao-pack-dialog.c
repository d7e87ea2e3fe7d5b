/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/pack/piao-pack-dialog.h"
#include "app/shell/piao-page.h"
#include "app/widget/piao-facts.h"
#include "app/widget/piao-format.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "domain/pack/piao-stock-queries.h"

struct _PiaoPackDialog
{
  AdwDialog parent_instance;

  GtkLabel *code;
  GtkLabel *state;
  GtkListBox *facts;
  GtkListBox *steps;
};

G_DEFINE_FINAL_TYPE (PiaoPackDialog, piao_pack_dialog, ADW_TYPE_DIALOG)

static void
show_facts (PiaoPackDialog *self, const PiaoPackPassport *pack, gint64 now)
{
  g_autofree char *type = g_strdup_printf ("%s %s", pack->game_no, pack->name);
  g_autofree char *until = piao_format_time (pack->sell_until, now);

  piao_facts_add (self->facts, _ ("Ticket type"), type);
  piao_facts_add (self->facts, _ ("Batch"), pack->batch_no);
  piao_facts_add (self->facts, _ ("Sold until"), until);
  piao_facts_add (self->facts, _ ("Warehouse"), pack->warehouse);
  piao_facts_add (self->facts, _ ("Shelf"), pack->shelf);
  piao_facts_add (self->facts, _ ("Order"), pack->order_number);
  if (pack->frozen)
    piao_facts_add (self->facts, _ ("Blocked"),
                    _ ("by an investigation or a withdrawal: put it aside"));
}

static void
show_steps (PiaoPackDialog *self, const PiaoPackPassport *pack, gint64 now)
{
  for (guint i = pack->steps->len; i > 0; i--)
    {
      const PiaoPackStep *step = g_ptr_array_index (pack->steps, i - 1);
      g_autofree char *time = piao_format_time (step->at, now);
      const char *who = *step->actor != '\0' ? step->actor : _ ("System");
      g_autofree char *under = step->order != NULL
                                   ? g_strdup_printf ("%s · %s · %s", time, who, step->order)
                                   : g_strdup_printf ("%s · %s", time, who);

      piao_facts_add_step (self->steps, piao_format_movement (step->event), under);
    }
}

static PiaoPackDialog *
make_dialog (const PiaoPackPassport *pack, gint64 now)
{
  PiaoPackDialog *self = g_object_new (PIAO_TYPE_PACK_DIALOG, NULL);
  const char *classes[] = { "pill-label", NULL, NULL };

  classes[1] = g_str_equal (pack->state, "in_stock") ? "success" : "accent";
  gtk_label_set_text (self->code, pack->code);
  gtk_label_set_text (self->state, piao_format_pack_state (pack->state));
  gtk_widget_set_css_classes (GTK_WIDGET (self->state), classes);
  show_facts (self, pack, now);
  show_steps (self, pack, now);
  return self;
}

/* --- reading --------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef parent;
  gint64 now;
} Pending;

static void
pending_free (gpointer data)
{
  g_weak_ref_clear (&((Pending *)data)->parent);
  g_free (data);
}

static DexFuture *
load (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  PiaoPackPassport *pack = piao_pack_passport_load (db, data, &error);

  if (pack == NULL && error == NULL)
    error = piao_error_new (PIAO_ERROR_NOT_FOUND, "pack.not-here",
                            _ ("Pack %.40s is not in the books of this computer."),
                            (const char *)data);
  return pack != NULL ? dex_future_new_for_pointer (pack) : dex_future_new_for_error (error);
}

static DexFuture *
on_loaded (DexFuture *future, gpointer data)
{
  Pending *pending = data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&pending->parent);
  g_autoptr (GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);
  g_autoptr (PiaoPackPassport) pack = value != NULL ? g_value_get_pointer (value) : NULL;

  if (parent == NULL)
    return dex_future_new_true ();
  if (pack == NULL)
    piao_toast_error (parent, error);
  else
    adw_dialog_present (ADW_DIALOG (make_dialog (pack, pending->now)), parent);
  return dex_future_new_true ();
}

void
piao_pack_dialog_present (GtkWidget *parent, PiaoSession *session, const char *code)
{
  Pending *pending = g_new0 (Pending, 1);

  g_weak_ref_init (&pending->parent, parent);
  pending->now = piao_session_now (session);
  piao_future_disown (
      dex_future_finally (piao_session_read (session, load, g_strdup (code), g_free), on_loaded,
                          pending, pending_free),
      "reading a pack");
}

static void
piao_pack_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_PACK_DIALOG);
  G_OBJECT_CLASS (piao_pack_dialog_parent_class)->dispose (object);
}

static void
piao_pack_dialog_class_init (PiaoPackDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_pack_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/pack/piao-pack-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PiaoPackDialog, code);
  gtk_widget_class_bind_template_child (widget_class, PiaoPackDialog, state);
  gtk_widget_class_bind_template_child (widget_class, PiaoPackDialog, facts);
  gtk_widget_class_bind_template_child (widget_class, PiaoPackDialog, steps);
}

static void
piao_pack_dialog_init (PiaoPackDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
