/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "print/piao-printer.h"
#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * The spool: print jobs as rows of the replica, so that no label is lost to a power cut or a
 * printer that is off. (DLV-10, DSK-03)
 *
 *   queued → sending → printed → verified (the label was scanned when its parcel was closed)
 *               |→ queued   (the printer cannot be reached: tried again by itself)
 *               |→ failed   (a person must look) → queued (again, or on another printer)
 *   queued, failed → superseded (a newer copy, or moved to another printer)
 *
 * What is sent is frozen when the job is made: bytes and their hash, checked before each sending.
 * The fields of the label are kept too, so that it can be drawn again for another printer.
 *
 * All calls here are plain store access on @db and belong into a transaction of its owner, such as
 * the one that runs the command "label.issue".
 *
 * After a crash while sending nobody knows whether paper came out. A label is then sent again: a
 * second identical one is harmless (it carries the same copy number, and closing the parcel scans
 * it), a lost one is not. So is anything for a folder or CUPS, which recognise a job they have
 * seen. Any other paper waits as failed with @unknown set for a person to say what he sees.
 */

#define PIAO_TYPE_SPOOL_JOB (piao_spool_job_get_type ())

typedef struct
{
  gint64 id;
  char *kind;          /* "label" or "paper" */
  char *template_name; /* of labels; what a paper is, otherwise */
  gint64 order_id;     /* 0 for none */
  gint64 parcel_id;    /* 0 for none */
  guint copy;          /* 1 is the first print */
  char *name;          /* for people and file names: the order number */
  char *data;          /* fields of a label as JSON; "" of papers */
  char *printer;       /* name of its printer */
  char *format;        /* "zpl", "tspl" or "pdf" */
  GBytes *bytes;       /* NULL in lists and once trimmed */
  char *sha256;        /* of bytes, hex */
  char *state;
  guint tries;
  char *error;      /* the last failure as a sentence; NULL when there was none */
  gboolean unknown; /* failed, and perhaps printed all the same */
  gint64 created_at, updated_at;
} PiaoSpoolJob;

GType piao_spool_job_get_type (void);
PiaoSpoolJob *piao_spool_job_copy (const PiaoSpoolJob *job);
void piao_spool_job_free (PiaoSpoolJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSpoolJob, piao_spool_job_free)

#define PIAO_SPOOL_MAX_BYTES (4 * 1024 * 1024)

/* Draws copy @copy of a label for @printer and queues it. Queued or failed jobs with the same
 * template of the same parcel become superseded: they would print an older copy. @data gets the
 * copy number. @id (optional) is the job. */
gboolean piao_spool_enqueue_label (PiaoDb *db,
                                   const PiaoPrinter *printer,
                                   const char *template_name,
                                   PiaoLabelData *data,
                                   gint64 order_id,
                                   gint64 parcel_id,
                                   guint copy,
                                   gint64 now,
                                   gint64 *id,
                                   GError **error);

/* Queues the bag tag of an order that waits for ILMS (domain 6.4); copies count up. */
gboolean piao_spool_enqueue_held_tag (PiaoDb *db,
                                      const PiaoPrinter *printer,
                                      gint64 order_id,
                                      gint64 now,
                                      gint64 *id,
                                      GError **error);

/* Orders of @warehouse that were picked on @device, wait for ILMS and have no bag tag since they
 * were held: GArray of gint64, the longest held first, a hundred at most. (domain 6.4) */
GArray *piao_spool_list_untagged (PiaoDb *db, gint64 warehouse, gint64 device, GError **error);

/* Queues @bytes made elsewhere; kind, template_name, order_id, parcel_id, copy, name, printer,
 * format and bytes of @job count. PIAO_ERROR_LIMIT above PIAO_SPOOL_MAX_BYTES. */
gboolean
piao_spool_enqueue (PiaoDb *db, const PiaoSpoolJob *job, gint64 now, gint64 *id, GError **error);

/* Takes the oldest queued job of @printer: it is sending now, its bytes match their hash (a job
 * whose bytes do not becomes failed and is passed over). NULL with @error unset when none waits.
 * Transfer full. */
PiaoSpoolJob *piao_spool_take (PiaoDb *db, const char *printer, gint64 now, GError **error);

/* The verdict over a job that is sending. PIAO_ERROR_CONFLICT "spool.state" when it is not. */
gboolean piao_spool_mark_printed (PiaoDb *db, gint64 id, gint64 now, GError **error);
gboolean
piao_spool_mark_waiting (PiaoDb *db, gint64 id, const char *sentence, gint64 now, GError **error);
gboolean
piao_spool_mark_failed (PiaoDb *db, gint64 id, const char *sentence, gint64 now, GError **error);

/* Queues a failed job again on its own printer. */
gboolean piao_spool_retry (PiaoDb *db, gint64 id, gint64 now, GError **error);

/* Moves a queued or failed label to @printer: it is drawn for it as a new job with the same copy
 * number, and this one becomes superseded. */
gboolean piao_spool_move (
    PiaoDb *db, gint64 id, const PiaoPrinter *printer, gint64 now, gint64 *new_id, GError **error);

/* A person's word on a failed job whose outcome is unknown: it did come out. */
gboolean piao_spool_confirm_printed (PiaoDb *db, gint64 id, gint64 now, GError **error);

/* Withdraws a queued or failed job. */
gboolean piao_spool_withdraw (PiaoDb *db, gint64 id, gint64 now, GError **error);

/* The label of the parcel was scanned: its newest printed job is verified. No job, no error. */
gboolean piao_spool_verify (PiaoDb *db, gint64 parcel_id, gint64 now, GError **error);

/* After a start: decides the jobs of @printer that were sending (see above). */
gboolean piao_spool_recover (PiaoDb *db, const PiaoPrinter *printer, gint64 now, GError **error);

/* How many wait (queued, sending) and how many failed. */
gboolean piao_spool_count (PiaoDb *db, guint *waiting, guint *failed, GError **error);

/* Newest first, without bytes; those of @order_id when it is not 0. GPtrArray of PiaoSpoolJob. */
GPtrArray *piao_spool_list (PiaoDb *db, gint64 order_id, guint limit, GError **error);

/* One job with its bytes. PIAO_ERROR_NOT_FOUND. Transfer full. */
PiaoSpoolJob *piao_spool_load (PiaoDb *db, gint64 id, GError **error);

/* Drops the bytes of jobs that were done before @before; the rows stay as history. */
gboolean piao_spool_trim (PiaoDb *db, gint64 before, GError **error);

G_END_DECLS
