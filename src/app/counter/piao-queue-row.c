/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/counter/piao-queue-row.h"
#include "app/widget/piao-format.h"
#include "domain/delivery/piao-sla.h"
#include "domain/order/piao-counter-queries.h"

struct _PiaoQueueRow
{
  GtkBox parent_instance;

  PiaoSession *session; /* owned */
  PiaoRow *row;         /* owned */
  gulong handler;

  GtkLabel *outlet_label, *due_label, *detail_label, *progress_label;
};

G_DEFINE_FINAL_TYPE (PiaoQueueRow, piao_queue_row, GTK_TYPE_BOX)

static void
show (PiaoQueueRow *self)
{
  gint64 due = piao_row_get_int (self->row, PIAO_COUNTER_QUEUE_DUE_AT);
  gint64 now = piao_session_now (self->session);
  const char *picker = piao_row_get_text (self->row, PIAO_COUNTER_QUEUE_PICKER);
  const char *state = piao_row_get_text (self->row, PIAO_COUNTER_QUEUE_STATE);
  g_autofree char *left = piao_format_due (now, due);
  g_autofree char *detail = NULL;
  g_autofree char *progress = NULL;

  if (!piao_row_is_loaded (self->row))
    return;
  detail = g_strdup_printf ("%s · %s", piao_row_get_text (self->row, PIAO_COUNTER_QUEUE_COUNTY),
                            g_strcmp0 (state, "pending_outbound") == 0 || picker == NULL
                                ? piao_row_get_text (self->row, PIAO_COUNTER_QUEUE_NUMBER)
                                : picker);
  progress = g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                              piao_row_get_int (self->row, PIAO_COUNTER_QUEUE_SCANNED),
                              piao_row_get_int (self->row, PIAO_COUNTER_QUEUE_PACKS));
  gtk_label_set_text (self->outlet_label, piao_row_get_text (self->row, PIAO_COUNTER_QUEUE_OUTLET));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               piao_row_get_text (self->row, PIAO_COUNTER_QUEUE_OUTLET));
  gtk_label_set_text (self->due_label, left);
  gtk_label_set_text (self->detail_label, detail);
  gtk_label_set_text (self->progress_label, progress);
  piao_format_tint_due (
      GTK_WIDGET (self->due_label),
      piao_sla_due_state (piao_row_get_int (self->row, PIAO_COUNTER_QUEUE_SUBMITTED_AT), due,
                          piao_row_get_int (self->row, PIAO_COUNTER_QUEUE_PREDICTED_AT), now,
                          PIAO_SLA_WARN_PERCENT));
}

void
piao_queue_row_set_row (PiaoQueueRow *self, PiaoRow *row)
{
  g_return_if_fail (PIAO_IS_QUEUE_ROW (self));
  if (self->row != NULL)
    g_clear_signal_handler (&self->handler, self->row);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;
  self->handler = g_signal_connect_swapped (row, "changed", G_CALLBACK (show), self);
  show (self);
}

static void
piao_queue_row_dispose (GObject *object)
{
  PiaoQueueRow *self = PIAO_QUEUE_ROW (object);

  piao_queue_row_set_row (self, NULL);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_QUEUE_ROW);
  G_OBJECT_CLASS (piao_queue_row_parent_class)->dispose (object);
}

static void
piao_queue_row_class_init (PiaoQueueRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_queue_row_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/counter/piao-queue-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PiaoQueueRow, outlet_label);
  gtk_widget_class_bind_template_child (widget_class, PiaoQueueRow, due_label);
  gtk_widget_class_bind_template_child (widget_class, PiaoQueueRow, detail_label);
  gtk_widget_class_bind_template_child (widget_class, PiaoQueueRow, progress_label);
}

static void
piao_queue_row_init (PiaoQueueRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
piao_queue_row_new (PiaoSession *session)
{
  PiaoQueueRow *self = g_object_new (PIAO_TYPE_QUEUE_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
