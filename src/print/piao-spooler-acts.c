/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What people do with print jobs, as transactions on the replica; the spooler looks at its queues
 * once they are durable. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "print/piao-order-label.h"
#include "print/piao-spooler.h"

typedef struct
{
  gint64 id;            /* job, parcel or order */
  PiaoPrinter *printer; /* NULL where none is named */
  gboolean full_phone;
  guint limit;
  gint64 now;
  gboolean (*apply) (PiaoDb *db, gint64 id, gint64 now, GError **error);
} Act;

static void
act_free (gpointer data)
{
  Act *act = data;

  piao_printer_free (act->printer);
  g_free (act);
}

static Act *
act_new (PiaoSpooler *self, gint64 id)
{
  Act *act = g_new0 (Act, 1);

  act->id = id;
  act->now = piao_clock_now (piao_replica_get_clock (piao_spooler_get_replica (self)));
  return act;
}

/* An act on the printer @name; NULL when there is none of that name. */
static Act *
act_new_for_printer (PiaoSpooler *self, gint64 id, const char *name)
{
  const PiaoPrinter *printer = piao_spooler_find_printer (self, name);
  Act *act;

  if (printer == NULL)
    return NULL;
  act = act_new (self, id);
  act->printer = piao_printer_copy (printer);
  return act;
}

static DexFuture *
no_such_printer (const char *name)
{
  return piao_future_new_error (PIAO_ERROR_NOT_FOUND, "printer.unknown",
                                _ ("There is no printer “%s”. Choose one in the printer settings."),
                                name);
}

static DexFuture *
wake (DexFuture *future, gpointer data)
{
  piao_spooler_wake (data);
  return dex_ref (future);
}

static DexFuture *
then_wake (PiaoSpooler *self, DexFuture *future)
{
  return dex_future_then (future, wake, g_object_ref (self), g_object_unref);
}

/* --- labels -------------------------------------------------------------------------------- */

static gboolean
queue_label (PiaoDb *db, gint64 command, gpointer data, GError **error)
{
  const Act *act = data;
  gint64 order_id = 0;
  g_autoptr (PiaoLabelData) fields
      = piao_label_data_for_parcel (db, act->id, act->full_phone, &order_id, error);

  return fields != NULL
         && piao_spool_enqueue_label (
             db, act->printer, PIAO_LABEL_PARCEL, fields, order_id, act->id,
             (guint)g_ascii_strtoull (piao_label_data_get (fields, "copy"), NULL, 10), act->now,
             NULL, error);
}

DexFuture *
piao_spooler_issue_label (PiaoSpooler *self,
                          const char *printer,
                          gint64 parcel_id,
                          gboolean full_phone,
                          const char *reason)
{
  JsonObject *args;
  Act *act;

  g_return_val_if_fail (PIAO_IS_SPOOLER (self) && printer != NULL, NULL);

  act = act_new_for_printer (self, parcel_id, printer);
  if (act == NULL)
    return no_such_printer (printer);
  act->full_phone = full_phone;
  args = piao_json_build ("parcel", 'd', parcel_id, "reason", 's', reason, NULL);
  return then_wake (self, piao_replica_run_also (piao_spooler_get_replica (self), "label.issue",
                                                 args, queue_label, act, act_free));
}

static DexFuture *
queue_held_tag (PiaoDb *db, gpointer data)
{
  const Act *act = data;
  GError *error = NULL;
  gint64 id = 0;

  if (!piao_spool_enqueue_held_tag (db, act->printer, act->id, act->now, &id, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_for_int64 (id);
}

DexFuture *
piao_spooler_print_held_tag (PiaoSpooler *self, const char *printer, gint64 order_id)
{
  Act *act;

  g_return_val_if_fail (PIAO_IS_SPOOLER (self) && printer != NULL, NULL);

  act = act_new_for_printer (self, order_id, printer);
  if (act == NULL)
    return no_such_printer (printer);
  return then_wake (self, piao_replica_write (piao_spooler_get_replica (self), queue_held_tag, act,
                                              act_free));
}

/* --- jobs ---------------------------------------------------------------------------------- */

static DexFuture *
apply_act (PiaoDb *db, gpointer data)
{
  const Act *act = data;
  GError *error = NULL;

  if (!act->apply (db, act->id, act->now, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_for_boolean (TRUE);
}

static DexFuture *
do_act (PiaoSpooler *self,
        gint64 id,
        gboolean (*apply) (PiaoDb *db, gint64 id, gint64 now, GError **error))
{
  Act *act = act_new (self, id);

  act->apply = apply;
  return then_wake (self,
                    piao_replica_write (piao_spooler_get_replica (self), apply_act, act, act_free));
}

DexFuture *
piao_spooler_retry (PiaoSpooler *self, gint64 job)
{
  g_return_val_if_fail (PIAO_IS_SPOOLER (self), NULL);
  return do_act (self, job, piao_spool_retry);
}

DexFuture *
piao_spooler_confirm_printed (PiaoSpooler *self, gint64 job)
{
  g_return_val_if_fail (PIAO_IS_SPOOLER (self), NULL);
  return do_act (self, job, piao_spool_confirm_printed);
}

DexFuture *
piao_spooler_withdraw (PiaoSpooler *self, gint64 job)
{
  g_return_val_if_fail (PIAO_IS_SPOOLER (self), NULL);
  return do_act (self, job, piao_spool_withdraw);
}

DexFuture *
piao_spooler_verify (PiaoSpooler *self, gint64 parcel_id)
{
  g_return_val_if_fail (PIAO_IS_SPOOLER (self), NULL);
  return do_act (self, parcel_id, piao_spool_verify);
}

static DexFuture *
move_job (PiaoDb *db, gpointer data)
{
  const Act *act = data;
  GError *error = NULL;

  if (!piao_spool_move (db, act->id, act->printer, act->now, NULL, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_for_boolean (TRUE);
}

DexFuture *
piao_spooler_move (PiaoSpooler *self, gint64 job, const char *printer)
{
  Act *act;

  g_return_val_if_fail (PIAO_IS_SPOOLER (self) && printer != NULL, NULL);

  act = act_new_for_printer (self, job, printer);
  if (act == NULL)
    return no_such_printer (printer);
  return then_wake (self,
                    piao_replica_write (piao_spooler_get_replica (self), move_job, act, act_free));
}

static DexFuture *
list_jobs (PiaoDb *db, gpointer data)
{
  const Act *act = data;
  GError *error = NULL;
  GPtrArray *jobs = piao_spool_list (db, act->id, act->limit, &error);

  if (jobs == NULL)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, jobs);
}

DexFuture *
piao_spooler_list (PiaoSpooler *self, gint64 order_id, guint limit)
{
  Act *act;

  g_return_val_if_fail (PIAO_IS_SPOOLER (self), NULL);

  act = act_new (self, order_id);
  act->limit = limit;
  return piao_replica_read (piao_spooler_get_replica (self), list_jobs, act, act_free);
}
