/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-spool.h"
#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * PiaoSpooler: brings the jobs of the replica's spool to the printers, oldest first, one at a time
 * a printer, each printer on its own. A printer that cannot be reached is tried again after 1, 2,
 * 4 … 60 seconds; its jobs wait. Main context; the rows are written on the replica's writer.
 *
 * Signal "changed": a job changed its state; the counts are up to date. The properties "waiting"
 * and "failed" notify.
 */
#define PIAO_TYPE_SPOOLER (piao_spooler_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSpooler, piao_spooler, PIAO, SPOOLER, GObject)

PiaoSpooler *piao_spooler_new (PiaoReplica *replica);
PiaoReplica *piao_spooler_get_replica (PiaoSpooler *self);

/* Adds a printer, or takes the new address of one that is there: decides what was being sent when
 * the program last stopped, then drains its queue. PIAO_ERROR_INVALID for a bad address. */
gboolean piao_spooler_set_printer (PiaoSpooler *self, const PiaoPrinter *printer, GError **error);

/* The printer that was set as @name, or NULL. Borrowed. */
const PiaoPrinter *piao_spooler_find_printer (PiaoSpooler *self, const char *name);

/* Limits of one sending, for tests; see piao_print_output_set_limits(). */
void piao_spooler_set_limits (PiaoSpooler *self, guint connect_ms, guint total_ms);

/* Jobs were queued, or the printer was switched on: looks at once instead of at the next try. */
void piao_spooler_wake (PiaoSpooler *self);

/* No job is begun after this; the one on its way is still decided. */
void piao_spooler_stop (PiaoSpooler *self);

/* Jobs queued or sending, and jobs that a person must look at, over all printers. */
guint piao_spooler_get_waiting (PiaoSpooler *self);
guint piao_spooler_get_failed (PiaoSpooler *self);

/* Why the printer @name is not printing, as a sentence; NULL while it works. Borrowed. */
const char *piao_spooler_get_trouble (PiaoSpooler *self, const char *name);

/* --- what people do; each resolves once it is durable ------------------------------------- */

/* Runs the command "label.issue" and queues the label of that copy for @printer in the same
 * transaction: a counted copy is never without its job. @reason (may be NULL) is why a label is
 * printed again after the hand-over. Resolves to the command's id; rejects with the command's
 * refusal, "label.missing" or "printer.unknown", and nothing has happened then. (DLV-10) */
DexFuture *piao_spooler_issue_label (PiaoSpooler *self,
                                     const char *printer,
                                     gint64 parcel_id,
                                     gboolean full_phone,
                                     const char *reason);

/* Queues the bag tag 未确认 禁止发货 of an order that waits for ILMS. Resolves to the job's id. */
DexFuture *piao_spooler_print_held_tag (PiaoSpooler *self, const char *printer, gint64 order_id);

/* piao_spool_retry() and so on, as a transaction of their own; resolve to TRUE. */
DexFuture *piao_spooler_retry (PiaoSpooler *self, gint64 job);
DexFuture *piao_spooler_confirm_printed (PiaoSpooler *self, gint64 job);
DexFuture *piao_spooler_withdraw (PiaoSpooler *self, gint64 job);
DexFuture *piao_spooler_verify (PiaoSpooler *self, gint64 parcel_id);
DexFuture *piao_spooler_move (PiaoSpooler *self, gint64 job, const char *printer);

/* piao_spool_list() on a reader; resolves to a GPtrArray of PiaoSpoolJob (G_TYPE_PTR_ARRAY). */
DexFuture *piao_spooler_list (PiaoSpooler *self, gint64 order_id, guint limit);

G_END_DECLS
