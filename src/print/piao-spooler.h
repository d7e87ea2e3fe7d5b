/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "base/piao-clock.h"
#include "print/piao-spool.h"

G_BEGIN_DECLS

/*
 * PiaoSpooler: brings the jobs of the spool to the printers, oldest first, one at a time a
 * printer, each printer on its own. A printer that cannot be reached is tried again after 1, 2, 4
 * … 60 seconds; its jobs wait. Main context; all database work goes through the writer's function
 * that is handed in, which is that of the replica:
 *
 *   piao_spooler_new ((PiaoSpoolerWrite) piao_replica_write, replica, clock)
 *
 * Signal "changed": a job changed its state; the counts are up to date.
 */
#define PIAO_TYPE_SPOOLER (piao_spooler_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSpooler, piao_spooler, PIAO, SPOOLER, GObject)

/* Runs @func in one transaction on the writing connection and resolves to its future's value; as
 * piao_replica_write(). */
typedef DexFuture *(*PiaoSpoolerFunc) (PiaoDb *db, gpointer data);
typedef DexFuture *(*PiaoSpoolerWrite) (gpointer store,
                                        PiaoSpoolerFunc func,
                                        gpointer data,
                                        GDestroyNotify destroy);

/* @store is a GObject and referenced. */
PiaoSpooler *piao_spooler_new (PiaoSpoolerWrite write, gpointer store, PiaoClock *clock);

/* Adds a printer, or takes the new address of one that is there: decides what was being sent when
 * the program last stopped, then drains its queue. PIAO_ERROR_INVALID for a bad address. */
gboolean piao_spooler_set_printer (PiaoSpooler *self, const PiaoPrinter *printer, GError **error);

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

G_END_DECLS
