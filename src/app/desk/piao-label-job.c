/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/desk/piao-label-job.h"
#include "base/piao-money.h"
#include "domain/order/piao-counter-queries.h"
#include "print/piao-spool.h"

#define TEMPLATE "parcel-100x70"

typedef struct
{
  PiaoPrinter *printer; /* owned */
  gint64 order, parcel;
  gint64 now; /* ms */
} Label;

static void
label_free (gpointer data)
{
  Label *label = data;

  piao_printer_free (label->printer);
  g_free (label);
}

static void
take (PiaoLabelData *data, const char *key, char *text)
{
  piao_label_data_set (data, key, text);
  g_free (text);
}

/* What the parcel label says; couriers need the telephone in full. */
static PiaoLabelData *
describe (const PiaoCounterSheet *sheet)
{
  PiaoLabelData *data = piao_label_data_new ();

  piao_label_data_set (data, "order_no", sheet->number);
  piao_label_data_set (data, "outlet_no", sheet->outlet_no);
  piao_label_data_set (data, "outlet_name", sheet->outlet_name);
  piao_label_data_set (data, "owner", sheet->owner_name);
  piao_label_data_set (data, "phone", sheet->phone);
  piao_label_data_set (data, "town", sheet->county);
  piao_label_data_set (data, "address", sheet->address);
  piao_label_data_set (data, "method", sheet->method);
  piao_label_data_set (data, "warehouse", sheet->warehouse_name);
  piao_label_data_set (data, "confirm_no", sheet->confirm_no);
  take (data, "departure", piao_time_format (sheet->departure_at, "%m-%d %H:%M"));
  take (data, "due", piao_time_format (sheet->due_at, "%m-%d %H:%M"));
  take (data, "packs", g_strdup_printf ("%d", sheet->scanned));
  take (data, "amount", piao_money_format (sheet->amount));
  take (data, "parcel_no", g_strdup_printf ("%d", sheet->parcel_n));
  take (data, "parcel_total", g_strdup_printf ("%d", sheet->parcel_total));
  return data;
}

static gboolean
spool_label (PiaoDb *db, gint64 command, gpointer user_data, GError **error)
{
  Label *label = user_data;
  g_autoptr (PiaoCounterSheet) sheet = piao_counter_sheet_load (db, label->order, error);
  g_autoptr (PiaoLabelData) data = NULL;

  if (sheet == NULL)
    return FALSE;
  data = describe (sheet);
  return piao_spool_enqueue_label (db, label->printer, TEMPLATE, data, label->order, label->parcel,
                                   (guint) sheet->label_copies, label->now, NULL, error);
}

gboolean
piao_label_job_print (PiaoReplica *replica,
                      const PiaoPrinter *printer,
                      gint64 order,
                      gint64 parcel,
                      const char *reason,
                      GError **error)
{
  g_autoptr (GError) inner = NULL;
  Label *label = g_new0 (Label, 1);

  label->printer = piao_printer_copy (printer);
  label->order = order;
  label->parcel = parcel;
  label->now = piao_clock_now (piao_replica_get_clock (replica));
  dex_await_int64 (
      piao_replica_run_also (replica, "label.issue",
                             piao_json_build ("parcel", 'd', parcel, "reason", 's', reason, NULL),
                             spool_label, label, label_free),
      &inner);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

typedef struct
{
  gint64 warehouse, device;
} Question;

static DexFuture *
read_unlabelled (PiaoDb *db, gpointer data)
{
  Question *question = data;
  GError *error = NULL;
  GArray *pairs = piao_counter_unlabelled (db, question->warehouse, question->device, &error);

  return pairs != NULL ? dex_future_new_take_boxed (G_TYPE_ARRAY, pairs)
                       : dex_future_new_for_error (error);
}

int
piao_label_job_run (PiaoReplica *replica,
                    const PiaoPrinter *printer,
                    gint64 warehouse,
                    GError **error)
{
  Question question = { warehouse, piao_replica_get_device (replica) };
  g_autoptr (GArray) pairs
      = dex_await_boxed (piao_replica_read (replica, read_unlabelled,
                                            g_memdup2 (&question, sizeof question), g_free),
                         error);

  for (guint i = 0; pairs != NULL && i + 1 < pairs->len; i += 2)
    if (!piao_label_job_print (replica, printer, g_array_index (pairs, gint64, i),
                               g_array_index (pairs, gint64, i + 1), NULL, error))
      return -1;
  return pairs != NULL ? (int) (pairs->len / 2) : -1;
}
