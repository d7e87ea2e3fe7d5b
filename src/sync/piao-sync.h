/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"
#include "sync/piao-sync-state.h"

G_BEGIN_DECLS

/*
 * PiaoSync: keeps a replica and the centre in step over HTTP. When it talks is decided by a state
 * machine of its own (piao-sync-engine.h): after a local command, after a live hint, when the
 * network changes, and every half minute; after a failure with a growing delay. Everything is
 * asynchronous on the main context; the replica's threads do the work.
 *
 * Signals: "changed" (the properties below differ), "signed-in" (gint64 user).
 */
#define PIAO_TYPE_SYNC (piao_sync_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSync, piao_sync, PIAO, SYNC, GObject)

/* @url: address of the centre without a path. NULL with PIAO_ERROR_INVALID when it is none. */
PiaoSync *piao_sync_new (PiaoReplica *replica, const char *url, GError **error);

/* The PEM file of the office's own authority, whose word alone counts for who the centre is; NULL
 * or "": those that the system trusts. Before anything is asked. */
void piao_sync_set_authority (PiaoSync *self, const char *authority);

/*
 * Signs in at the centre: resolves to the user's id (G_TYPE_INT64). The device number is kept in
 * the replica and given to it. Without a line, a user who signed in here within seven days is
 * checked against the verifier kept then; with a wrong password it rejects with "sign-in.refused".
 * The password is kept in memory so that a session that ended is renewed. (SYN-04)
 */
DexFuture *piao_sync_sign_in (PiaoSync *self, const char *name, const char *password);

/* Starts the rounds, which begin with a sign-in. Stops them (what is under way is given up). */
void piao_sync_start (PiaoSync *self);
void piao_sync_stop (PiaoSync *self);

/* A person wants a round now. */
void piao_sync_nudge (PiaoSync *self);

/* Keeps the desktop offline although there is a line, and back. (domain 4.12) */
void piao_sync_set_held (PiaoSync *self, gboolean held);
gboolean piao_sync_get_held (PiaoSync *self);

/* The centre has struck this computer off: rows, key and session are erased, what was not sent is
 * parked in the outbox and can be exported. Until somebody signs in anew. */
gboolean piao_sync_is_revoked (PiaoSync *self);

/* Rounds are wanted but name or password are not good any more: somebody has to sign in. */
gboolean piao_sync_needs_sign_in (PiaoSync *self);

PiaoSyncState piao_sync_get_state (PiaoSync *self);
PiaoSyncIlms piao_sync_get_ilms (PiaoSync *self);
gint64 piao_sync_get_ilms_since (PiaoSync *self);   /* ms: when ILMS got that way */
gint64 piao_sync_get_since (PiaoSync *self);        /* ms: when that state began */
gint64 piao_sync_get_last_success (PiaoSync *self); /* ms, 0 never */
guint piao_sync_get_waiting (PiaoSync *self);       /* commands not decided */
guint piao_sync_get_refused (PiaoSync *self);       /* commands that need a person */
gint64 piao_sync_get_oldest (PiaoSync *self);       /* ms of the oldest waiting, 0 none */
gint64 piao_sync_get_seq (PiaoSync *self);          /* how far the replica is */
gint64 piao_sync_get_head (PiaoSync *self);         /* how far the centre was */
/* Why the last round failed, or what the centre did not take, as a sentence; NULL after a
 * success. Borrowed. */
const char *piao_sync_get_problem (PiaoSync *self);

/* The first fetch, or catching up after a long time away: which part is under way, how far it is (0
 * … 1), what the line carries (bytes/s, smoothed; 0 unknown) and how long the part will take (ms;
 * 0 when all is here, -1 unknown). */
PiaoSyncPhase piao_sync_get_phase (PiaoSync *self);
double piao_sync_get_progress (PiaoSync *self);
double piao_sync_get_rate (PiaoSync *self);
gint64 piao_sync_get_remaining (PiaoSync *self);
/* What has arrived since the program started. */
gint64 piao_sync_get_rows_received (PiaoSync *self);
gint64 piao_sync_get_bytes_received (PiaoSync *self);

/* Whether the replica holds all that the centre had at the last round. */
gboolean piao_sync_is_complete (PiaoSync *self);

/* When the digests of both sides were last found the same (ms, 0 never), and whether they were not
 * the last time they were compared; what differs is fetched again (piao-proof.h). */
gint64 piao_sync_get_proven (PiaoSync *self);
gboolean piao_sync_differs (PiaoSync *self);

G_END_DECLS
