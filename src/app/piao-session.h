/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "app/scan/piao-scan-bus.h"
#include "app/scan/piao-sound.h"
#include "app/shell/piao-links.h"
#include "base/piao-clock.h"
#include "domain/org/piao-org-queries.h"
#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * PiaoSession: what a page may use, handed to it when it is made: who works, on which data, with
 * which clock, lines, printers and scanner. There is one a window; nothing is global.
 */
#define PIAO_TYPE_SESSION (piao_session_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSession, piao_session, PIAO, SESSION, GObject)

PiaoSession *piao_session_new (PiaoClock *clock, GSettings *settings, gboolean practice);

/*
 * Signal "replica-changed": rows of the replica are different; once after a burst of commits.
 * Signal "show-order" (gint64 id): show the details of an order.
 * Signal "reprint" (gint64 order, gint64 parcel): another copy of a label is wanted.
 * Signal "open-counter" (gint64 id): go to the counter with that order, or with the next for 0.
 */
void piao_session_show_order (PiaoSession *self, gint64 order);
void piao_session_open_counter (PiaoSession *self, gint64 order);
void piao_session_reprint (PiaoSession *self, gint64 order, gint64 parcel);

/* The order that lies on the counter, 0 for none: it lies there still when somebody else signs in.
 */
void piao_session_set_counter_order (PiaoSession *self, gint64 order);
gint64 piao_session_get_counter_order (PiaoSession *self);

PiaoClock *piao_session_get_clock (PiaoSession *self);
GSettings *piao_session_get_settings (PiaoSession *self);
PiaoScanBus *piao_session_get_scan_bus (PiaoSession *self);
PiaoLinks *piao_session_get_links (PiaoSession *self);
gboolean piao_session_is_practice (PiaoSession *self);

/* Now, ms UTC. */
gint64 piao_session_now (PiaoSession *self);

/*
 * Begins work of @user on @replica: reads who he is, where he works and what he may. Resolves to
 * TRUE; the property "place" is notified. Until then there is no replica and nobody may anything.
 */
DexFuture *piao_session_attach (PiaoSession *self, PiaoReplica *replica, gint64 user);

/* NULL before piao_session_attach(). Borrowed. */
PiaoReplica *piao_session_get_replica (PiaoSession *self);
const PiaoPlace *piao_session_get_place (PiaoSession *self);

/* 0 before. */
gint64 piao_session_get_user (PiaoSession *self);
gint64 piao_session_get_warehouse (PiaoSession *self);
gint64 piao_session_get_lane (PiaoSession *self);

/* Whether the user holds the permission word @word; NULL is any signed-in user's. */
gboolean piao_session_may (PiaoSession *self, const char *word);

/* @phone (may be NULL) as the user may see it. Transfer full. (USR-03) */
char *piao_session_dup_phone (PiaoSession *self, const char *phone);

/* Runs a command as piao_replica_run() does; @args is taken. */
DexFuture *piao_session_run (PiaoSession *self, const char *name, JsonObject *args);

/* A query on a reader thread as piao_replica_read() does. */
DexFuture *
piao_session_read (PiaoSession *self, PiaoReplicaFunc func, gpointer data, GDestroyNotify destroy);

/* Plays @tone unless sounds are switched off. */
void piao_session_play (PiaoSession *self, PiaoTone tone);

G_END_DECLS
