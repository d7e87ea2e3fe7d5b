/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "print/piao-order-label.h"
#include "print/piao-spool.h"

#define COLUMNS                                                                                    \
  "id, kind, template, order_id, parcel_id, copy, name, data, printer, format, sha256, state,"     \
  " tries, error, unknown, created_at, updated_at"

PIAO_STATEMENT (spool_untagged,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND state = 'held_for_ilms'"
                " AND picker_device = $2 AND deleted = 0"
                " AND NOT EXISTS (SELECT 1 FROM spool WHERE spool.order_id = orders.id"
                " AND spool.template = $3 AND spool.created_at >= orders.held_at)"
                " ORDER BY held_at, id LIMIT 100");
PIAO_STATEMENT (spool_insert,
                "INSERT INTO spool (kind, template, order_id, parcel_id, copy, name, data, printer,"
                " format, bytes, sha256, state, tries, unknown, created_at, updated_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, 0, $12, $12)"
                " RETURNING id");
PIAO_STATEMENT (spool_supersede,
                "UPDATE spool SET state = 'superseded', unknown = 0, updated_at = $3"
                " WHERE parcel_id = $1 AND template = $2 AND state IN ('queued', 'failed')");
PIAO_STATEMENT (spool_first,
                "SELECT " COLUMNS ", bytes FROM spool WHERE printer = $1 AND state = 'queued'"
                " ORDER BY id LIMIT 1");
PIAO_STATEMENT (spool_send,
                "UPDATE spool SET state = 'sending', tries = tries + 1, updated_at = $2"
                " WHERE id = $1");
PIAO_STATEMENT (spool_decide,
                "UPDATE spool SET state = $2, error = $3, updated_at = $4"
                " WHERE id = $1 AND state = 'sending'");
PIAO_STATEMENT (spool_spoil,
                "UPDATE spool SET state = 'failed', error = $2, updated_at = $3"
                " WHERE id = $1");
PIAO_STATEMENT (spool_again,
                "UPDATE spool SET state = 'queued', unknown = 0, updated_at = $2"
                " WHERE id = $1 AND state = 'failed' AND bytes IS NOT NULL");
PIAO_STATEMENT (spool_came_out,
                "UPDATE spool SET state = 'printed', unknown = 0, updated_at = $2"
                " WHERE id = $1 AND state = 'failed' AND unknown = 1");
PIAO_STATEMENT (spool_drop,
                "UPDATE spool SET state = 'superseded', unknown = 0, updated_at = $2"
                " WHERE id = $1 AND state IN ('queued', 'failed')");
PIAO_STATEMENT (spool_verified,
                "UPDATE spool SET state = 'verified', updated_at = $2 WHERE id ="
                " (SELECT max(id) FROM spool WHERE parcel_id = $1 AND kind = 'label'"
                " AND state = 'printed')");
PIAO_STATEMENT (spool_recover_again,
                "UPDATE spool SET state = 'queued', updated_at = $3"
                " WHERE printer = $1 AND state = 'sending'"
                " AND (kind = 'label' OR $2 = 1)");
PIAO_STATEMENT (spool_recover_ask,
                "UPDATE spool SET state = 'failed', unknown = 1, error = $2, updated_at = $3"
                " WHERE printer = $1 AND state = 'sending'");
PIAO_STATEMENT (
    spool_outdate,
    "UPDATE spool SET state = 'superseded', updated_at = $1"
    " WHERE state = 'queued' AND parcel_id <> 0 AND EXISTS (SELECT 1 FROM spool AS newer"
    " WHERE newer.parcel_id = spool.parcel_id AND newer.template = spool.template"
    " AND newer.id > spool.id)");
PIAO_STATEMENT (spool_waiting, "SELECT count(*) FROM spool WHERE state IN ('queued', 'sending')");
PIAO_STATEMENT (spool_failed, "SELECT count(*) FROM spool WHERE state = 'failed'");
PIAO_STATEMENT (spool_newest, "SELECT " COLUMNS ", NULL FROM spool ORDER BY id DESC LIMIT $1");
PIAO_STATEMENT (spool_of_order,
                "SELECT " COLUMNS
                ", NULL FROM spool WHERE order_id = $2 ORDER BY id DESC LIMIT $1");
PIAO_STATEMENT (spool_last_copy,
                "SELECT max(copy) FROM spool WHERE order_id = $1 AND template = $2");
PIAO_STATEMENT (spool_one, "SELECT " COLUMNS ", bytes FROM spool WHERE id = $1");
PIAO_STATEMENT (spool_empty,
                "UPDATE spool SET bytes = NULL WHERE bytes IS NOT NULL"
                " AND updated_at < $1"
                " AND state IN ('printed', 'superseded', 'verified')");

static PiaoSpoolJob *
job_from_cursor (PiaoCursor *cursor)
{
  PiaoSpoolJob *job = g_new0 (PiaoSpoolJob, 1);

  job->id = piao_cursor_int (cursor, 0);
  job->kind = g_strdup (piao_cursor_text (cursor, 1));
  job->template_name = g_strdup (piao_cursor_text (cursor, 2));
  job->order_id = piao_cursor_int (cursor, 3);
  job->parcel_id = piao_cursor_int (cursor, 4);
  job->copy = (guint)piao_cursor_int (cursor, 5);
  job->name = g_strdup (piao_cursor_text (cursor, 6));
  job->data = g_strdup (piao_cursor_text (cursor, 7));
  job->printer = g_strdup (piao_cursor_text (cursor, 8));
  job->format = g_strdup (piao_cursor_text (cursor, 9));
  job->sha256 = g_strdup (piao_cursor_text (cursor, 10));
  job->state = g_strdup (piao_cursor_text (cursor, 11));
  job->tries = (guint)piao_cursor_int (cursor, 12);
  job->error = g_strdup (piao_cursor_text (cursor, 13));
  job->unknown = piao_cursor_int (cursor, 14) != 0;
  job->created_at = piao_cursor_int (cursor, 15);
  job->updated_at = piao_cursor_int (cursor, 16);
  job->bytes = piao_cursor_dup_blob (cursor, 17);
  return job;
}

/* --- in ------------------------------------------------------------------------------------ */

gboolean
piao_spool_enqueue (PiaoDb *db, const PiaoSpoolJob *job, gint64 now, gint64 *id, GError **error)
{
  g_autofree char *sha256 = NULL;
  gsize size;
  gint64 new_id = 0;

  g_return_val_if_fail (db != NULL && job != NULL && job->bytes != NULL && job->copy >= 1, FALSE);

  size = g_bytes_get_size (job->bytes);
  if (size == 0 || size > PIAO_SPOOL_MAX_BYTES)
    return piao_error_set (error, PIAO_ERROR_LIMIT, "spool.size",
                           _ ("A print job may have 1 to %d bytes; this one has %zu. Print it in "
                              "parts."),
                           PIAO_SPOOL_MAX_BYTES, size);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, job->bytes);
  if (!piao_db_query_int (db, &spool_insert, 0, &new_id, error, "ssiiissssbsi", job->kind,
                          job->template_name, job->order_id, job->parcel_id, (gint64)job->copy,
                          job->name, job->data != NULL ? job->data : "", job->printer, job->format,
                          job->bytes, sha256, now))
    return FALSE;
  if (id != NULL)
    *id = new_id;
  return TRUE;
}

gboolean
piao_spool_enqueue_label (PiaoDb *db,
                          const PiaoPrinter *printer,
                          const char *template_name,
                          PiaoLabelData *data,
                          gint64 order_id,
                          gint64 parcel_id,
                          guint copy,
                          gint64 now,
                          gint64 *id,
                          GError **error)
{
  g_autoptr (PiaoLabelTemplate) label_template = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  PiaoSpoolJob job = { 0 };

  g_return_val_if_fail (db != NULL && printer != NULL && data != NULL && copy >= 1, FALSE);

  label_template = piao_label_template_load (template_name, error);
  if (label_template == NULL)
    return FALSE;
  piao_label_data_set_copy (data, copy);
  bytes = piao_printer_render (printer, label_template, data, now, error);
  if (bytes == NULL)
    return FALSE;
  if (parcel_id != 0
      && !piao_db_exec (db, &spool_supersede, error, "isi", parcel_id, template_name, now))
    return FALSE;
  text = piao_label_data_to_text (data);
  job.kind = (char *)"label";
  job.template_name = (char *)template_name;
  job.order_id = order_id;
  job.parcel_id = parcel_id;
  job.copy = copy;
  job.name = (char *)piao_label_data_get (data, "order_no");
  job.data = text;
  job.printer = printer->name;
  job.format = (char *)piao_printer_get_format (printer);
  job.bytes = bytes;
  return piao_spool_enqueue (db, &job, now, id, error);
}

GArray *
piao_spool_list_untagged (PiaoDb *db, gint64 warehouse, gint64 device, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &spool_untagged, &inner, "iis", warehouse, device, PIAO_LABEL_HELD_TAG);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, id);
    }
  if (inner == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

gboolean
piao_spool_enqueue_held_tag (
    PiaoDb *db, const PiaoPrinter *printer, gint64 order_id, gint64 now, gint64 *id, GError **error)
{
  g_autoptr (PiaoLabelData) data = NULL;
  gint64 copy = 0;

  g_return_val_if_fail (db != NULL && printer != NULL, FALSE);

  data = piao_label_data_for_held_order (db, order_id, error);
  return data != NULL
         && piao_db_query_int (db, &spool_last_copy, 0, &copy, error, "is", order_id,
                               PIAO_LABEL_HELD_TAG)
         && piao_spool_enqueue_label (db, printer, PIAO_LABEL_HELD_TAG, data, order_id, 0,
                                      (guint)copy + 1, now, id, error);
}

/* --- out ----------------------------------------------------------------------------------- */

static gboolean
is_intact (const PiaoSpoolJob *job)
{
  g_autofree char *sha256 = NULL;

  if (job->bytes == NULL)
    return FALSE;
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, job->bytes);
  return g_str_equal (sha256, job->sha256);
}

static PiaoSpoolJob *
read_first (PiaoDb *db, const char *printer, GError **error)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &spool_first, error, "s", printer);

  if (cursor == NULL || !piao_cursor_next (cursor, error))
    return NULL;
  return job_from_cursor (cursor);
}

PiaoSpoolJob *
piao_spool_take (PiaoDb *db, const char *printer, gint64 now, GError **error)
{
  g_return_val_if_fail (db != NULL && printer != NULL, NULL);

  for (;;)
    {
      g_autoptr (PiaoSpoolJob) job = read_first (db, printer, error);

      if (job == NULL)
        return NULL;
      if (is_intact (job))
        {
          if (!piao_db_exec (db, &spool_send, error, "ii", job->id, now))
            return NULL;
          job->tries++;
          g_set_str (&job->state, "sending");
          return g_steal_pointer (&job);
        }
      if (!piao_db_exec (db, &spool_spoil, error, "isi", job->id,
                         _ ("What was to be printed was damaged on disk. Print it again from the "
                            "order."),
                         now))
        return NULL;
    }
}

static gboolean
check_changed (gint64 changed, GError **error)
{
  if (changed == 1)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_CONFLICT, "spool.state",
                         _ ("The print job has changed meanwhile. Look at the list of print jobs "
                            "again."));
}

static gboolean
decide (PiaoDb *db, gint64 id, const char *state, const char *sentence, gint64 now, GError **error)
{
  gint64 changed = 0;

  g_return_val_if_fail (db != NULL, FALSE);
  return piao_db_exec_changed (db, &spool_decide, &changed, error, "issi", id, state, sentence, now)
         && check_changed (changed, error);
}

gboolean
piao_spool_mark_printed (PiaoDb *db, gint64 id, gint64 now, GError **error)
{
  return decide (db, id, "printed", NULL, now, error);
}

gboolean
piao_spool_mark_waiting (PiaoDb *db, gint64 id, const char *sentence, gint64 now, GError **error)
{
  /* A newer copy may have been queued while this one was on its way. */
  return decide (db, id, "queued", sentence, now, error)
         && piao_db_exec (db, &spool_outdate, error, "i", now);
}

gboolean
piao_spool_mark_failed (PiaoDb *db, gint64 id, const char *sentence, gint64 now, GError **error)
{
  return decide (db, id, "failed", sentence, now, error);
}

/* --- what a person does -------------------------------------------------------------------- */

static gboolean
change (PiaoDb *db, const PiaoStatement *statement, gint64 id, gint64 now, GError **error)
{
  gint64 changed = 0;

  g_return_val_if_fail (db != NULL, FALSE);
  return piao_db_exec_changed (db, statement, &changed, error, "ii", id, now)
         && check_changed (changed, error);
}

gboolean
piao_spool_retry (PiaoDb *db, gint64 id, gint64 now, GError **error)
{
  return change (db, &spool_again, id, now, error);
}

gboolean
piao_spool_confirm_printed (PiaoDb *db, gint64 id, gint64 now, GError **error)
{
  return change (db, &spool_came_out, id, now, error);
}

gboolean
piao_spool_withdraw (PiaoDb *db, gint64 id, gint64 now, GError **error)
{
  return change (db, &spool_drop, id, now, error);
}

gboolean
piao_spool_move (
    PiaoDb *db, gint64 id, const PiaoPrinter *printer, gint64 now, gint64 *new_id, GError **error)
{
  g_autoptr (PiaoSpoolJob) job = NULL;
  g_autoptr (PiaoLabelData) data = NULL;

  g_return_val_if_fail (db != NULL && printer != NULL, FALSE);

  job = piao_spool_load (db, id, error);
  if (job == NULL)
    return FALSE;
  if (!g_str_equal (job->kind, "label"))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "spool.paper",
                           _ ("Only labels move to another label printer. Print this paper again "
                              "from its page."));
  data = piao_label_data_from_text (job->data, error);
  return data != NULL && piao_spool_withdraw (db, id, now, error)
         && piao_spool_enqueue_label (db, printer, job->template_name, data, job->order_id,
                                      job->parcel_id, job->copy, now, new_id, error);
}

gboolean
piao_spool_verify (PiaoDb *db, gint64 parcel_id, gint64 now, GError **error)
{
  g_return_val_if_fail (db != NULL, FALSE);
  return piao_db_exec (db, &spool_verified, error, "ii", parcel_id, now);
}

/* --- looking after ------------------------------------------------------------------------- */

gboolean
piao_spool_recover (PiaoDb *db, const PiaoPrinter *printer, gint64 now, GError **error)
{
  gboolean recognises;

  g_return_val_if_fail (db != NULL && printer != NULL, FALSE);

  recognises = g_str_has_prefix (printer->address, "folder:")
               || g_str_has_prefix (printer->address, "cups:");
  return piao_db_exec (db, &spool_recover_again, error, "sii", printer->name, (gint64)recognises,
                       now)
         && piao_db_exec (db, &spool_recover_ask, error, "ssi", printer->name,
                          _ ("The program stopped while this was being printed. Look whether it "
                             "came out, then mark it as printed or print it again."),
                          now)
         && piao_db_exec (db, &spool_outdate, error, "i", now);
}

gboolean
piao_spool_count (PiaoDb *db, guint *waiting, guint *failed, GError **error)
{
  gint64 n_waiting = 0, n_failed = 0;

  g_return_val_if_fail (db != NULL && waiting != NULL && failed != NULL, FALSE);

  if (!piao_db_query_int (db, &spool_waiting, 0, &n_waiting, error, "")
      || !piao_db_query_int (db, &spool_failed, 0, &n_failed, error, ""))
    return FALSE;
  *waiting = (guint)n_waiting;
  *failed = (guint)n_failed;
  return TRUE;
}

GPtrArray *
piao_spool_list (PiaoDb *db, gint64 order_id, guint limit, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_spool_job_free);
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (db != NULL, NULL);

  cursor = order_id != 0
               ? piao_db_query (db, &spool_of_order, &failure, "ii", (gint64)limit, order_id)
               : piao_db_query (db, &spool_newest, &failure, "i", (gint64)limit);
  while (cursor != NULL && piao_cursor_next (cursor, &failure))
    g_ptr_array_add (jobs, job_from_cursor (cursor));
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return g_steal_pointer (&jobs);
}

PiaoSpoolJob *
piao_spool_load (PiaoDb *db, gint64 id, GError **error)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (db != NULL, NULL);

  cursor = piao_db_query (db, &spool_one, &failure, "i", id);
  if (cursor != NULL && piao_cursor_next (cursor, &failure))
    return job_from_cursor (cursor);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    piao_error_set (error, PIAO_ERROR_NOT_FOUND, "spool.missing",
                    _ ("There is no such print job."));
  return NULL;
}

gboolean
piao_spool_trim (PiaoDb *db, gint64 before, GError **error)
{
  g_return_val_if_fail (db != NULL, FALSE);
  return piao_db_exec (db, &spool_empty, error, "i", before);
}
