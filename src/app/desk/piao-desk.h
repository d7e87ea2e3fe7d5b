/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "print/piao-spooler.h"
#include "sync/piao-sync.h"

G_BEGIN_DECLS

/*
 * PiaoDesk: the workplace behind the window: the replica, its line to the centre, the printers and
 * the jobs that go on by themselves. It keeps the session's links true and hands the session its
 * replica when somebody has signed in. Main thread; nothing here blocks.
 *
 * Jobs: a label for every order that ILMS confirmed and that was picked here; a bag tag for every
 * order that was picked here and waits for ILMS; held orders confirmed in the order of their
 * holding once ILMS can be asked and no order is open on the counter; and, in a warehouse of route
 * direct, its own requests to ILMS (PiaoDirect).
 */
#define PIAO_TYPE_DESK (piao_desk_get_type ())
G_DECLARE_FINAL_TYPE (PiaoDesk, piao_desk, PIAO, DESK, GObject)

/* @folder is where the replica and PDF labels are (made when missing); @url the centre. Resolves to
 * a PiaoDesk (object) with its replica open. */
DexFuture *piao_desk_open (PiaoSession *session, const char *folder, const char *url);

/* Signs in (piao_sync_sign_in), starts syncing and resolves to TRUE once the session has its place:
 * on a new computer that is after the first rows have arrived. */
DexFuture *piao_desk_sign_in (PiaoDesk *self, const char *name, const char *password);

PiaoReplica *piao_desk_get_replica (PiaoDesk *self);
PiaoSync *piao_desk_get_sync (PiaoDesk *self);
PiaoSpooler *piao_desk_get_spooler (PiaoDesk *self);

/* The printer that labels go to: read from the settings ("label-printer", JSON of PiaoPrinter), a
 * folder of PDF files when none is set. Borrowed. */
const PiaoPrinter *piao_desk_get_printer (PiaoDesk *self);

/* Another copy of a label; @reason may be NULL before the parcel was handed over. Resolves to TRUE
 * once it is in the spool. */
DexFuture *piao_desk_reprint (PiaoDesk *self, gint64 parcel, const char *reason);

/* Stops the jobs and the line and closes the replica. */
void piao_desk_close (PiaoDesk *self);

G_END_DECLS
