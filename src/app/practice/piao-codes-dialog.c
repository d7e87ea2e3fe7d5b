/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/practice/piao-codes-dialog.h"
#include "base/piao-future.h"
#include "domain/demo/piao-demo-codes.h"

struct _PiaoCodesDialog
{
  AdwDialog parent_instance;

  PiaoSession *session; /* owned */
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (PiaoCodesDialog, piao_codes_dialog, ADW_TYPE_DIALOG)

typedef struct
{
  gint64 order; /* that lies on the counter, or 0 */
  gint64 warehouse, now;
} Question;

/* The order that will be opened next; 0 for none. */
static gboolean
find_next (PiaoDb *db, gint64 warehouse, gint64 *order, GError **error)
{
  g_autoptr (GArray) orders = piao_demo_list_orders (db, warehouse, error);

  if (orders != NULL && orders->len > 0)
    *order = g_array_index (orders, gint64, 0);
  return orders != NULL;
}

static DexFuture *
read_codes (PiaoDb *db, gpointer data)
{
  Question *question = data;
  GError *error = NULL;
  GPtrArray *codes;

  if (question->order == 0 && !find_next (db, question->warehouse, &question->order, &error))
    return dex_future_new_for_error (error);
  codes = question->order != 0 ? piao_demo_list_codes (db, question->order, question->now, &error)
                               : g_ptr_array_new ();
  return codes != NULL ? dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, codes)
                       : dex_future_new_for_error (error);
}

static void
on_row (PiaoCodesDialog *self, AdwActionRow *row)
{
  const char *code = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));

  piao_scan_bus_scan (piao_session_get_scan_bus (self->session), code, FALSE);
}

static void
add_row (PiaoCodesDialog *self, const PiaoDemoCode *code)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *detail = g_strdup_printf ("%s  %s %s", piao_demo_code_get_title (code->kind),
                                             code->name, code->shelf);

  g_object_set (row, "title", code->code, "subtitle", g_strstrip (detail), "use-markup", FALSE,
                "activatable", TRUE, NULL);
  gtk_widget_add_css_class (row, "property");
  gtk_list_box_append (self->list, row);
}

static DexFuture *
fill (gpointer data)
{
  PiaoCodesDialog *self = data;
  Question question
      = { piao_session_get_counter_order (self->session),
          piao_session_get_warehouse (self->session), piao_session_now (self->session) };
  GError *error = NULL;
  g_autoptr (GPtrArray) codes = dex_await_boxed (
      piao_session_read (self->session, read_codes, g_memdup2 (&question, sizeof question), g_free),
      &error);

  if (codes == NULL)
    return dex_future_new_for_error (error);
  for (guint i = 0; i < codes->len; i++)
    add_row (self, codes->pdata[i]);
  return dex_future_new_true ();
}

static void
piao_codes_dialog_finalize (GObject *object)
{
  g_clear_object (&PIAO_CODES_DIALOG (object)->session);
  G_OBJECT_CLASS (piao_codes_dialog_parent_class)->finalize (object);
}

static void
piao_codes_dialog_class_init (PiaoCodesDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_codes_dialog_finalize;
}

static void
piao_codes_dialog_init (PiaoCodesDialog *self)
{
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *label = gtk_label_new (_ ("No order is waiting to be picked."));

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_placeholder (self->list, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Demo Codes"), -1);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row), self,
                           G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), scroller);
  adw_dialog_set_child (ADW_DIALOG (self), view);
  adw_dialog_set_title (ADW_DIALOG (self), _ ("Demo Codes"));
  adw_dialog_set_content_width (ADW_DIALOG (self), 420);
  adw_dialog_set_content_height (ADW_DIALOG (self), 480);
}

AdwDialog *
piao_codes_dialog_new (PiaoSession *session)
{
  PiaoCodesDialog *self = g_object_new (PIAO_TYPE_CODES_DIALOG, NULL);

  self->session = g_object_ref (session);
  piao_future_disown (dex_scheduler_spawn (NULL, 0, fill, g_object_ref (self), g_object_unref),
                      "practice codes");
  return ADW_DIALOG (self);
}
