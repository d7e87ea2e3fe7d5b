/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-printer.h"
#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * Labels into the spool. The command "label.issue" counts the copy and the spool row is written in
 * the same transaction: a label that was counted is in the spool, whatever happens next. Both calls
 * run in a fiber of the main context.
 */

/* One label for every parcel of @warehouse that ILMS confirmed, that was picked on this device and
 * has none yet (DLV-10). The number of labels made, -1 with @error when one could not be. */
int piao_label_job_run (PiaoReplica *replica,
                        const PiaoPrinter *printer,
                        gint64 warehouse,
                        GError **error);

/* One more copy of the label of @parcel; @reason may be NULL. */
gboolean piao_label_job_print (PiaoReplica *replica,
                               const PiaoPrinter *printer,
                               gint64 order,
                               gint64 parcel,
                               const char *reason,
                               GError **error);

G_END_DECLS
