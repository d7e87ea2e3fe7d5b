/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"
#include "sync/piao-proof.h"
#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * The desktop's side of POST /v1/sync without sockets, clock, threads or main loop: what to send is
 * read out of the replica, and what came back is checked as a whole and then applied within the
 * caller's transaction on the writer.
 *
 * A request:
 *   {device, epoch, schema, now, max_bytes, ack, want: "working" | "verdicts", next,
 *    cursors: [[lane, seq] | [lane, seq, base, history], …], least,
 *    commands: [{id, dseq, name, args, at, actor, withdrawn?, again?}, …], proof, repair}
 * least: the newest seq of many commands of this desktop whose rows have not come; what comes down
 * is to be at least as new. An answer is a PiaoReply.
 */
#define PIAO_SYNC_MAX_COMMANDS PIAO_REPLY_MAX_VERDICTS
/* Setting: where the working set on its way goes on. */
#define PIAO_SYNC_NEXT "sync.next"
/* Setting: up to this dseq a command may have reached the server before it was restored. */
#define PIAO_SYNC_AGAIN "sync.again"
/* Setting: the schema that the rows here were fetched for. */
#define PIAO_SYNC_SCHEMA "sync.schema"
#define PIAO_SYNC_MAX_REQUEST (1024 * 1024)
/* Where rows come that many commands of this desktop have changed here already, so many bytes at a
 * time: taking these back costs as much again, and the counter waits meanwhile. */
#define PIAO_SYNC_LATE_ANSWER ((gsize)12 * 1024)
/* With this code a centre closes the socket of hints of somebody whom it does not serve any more.
 */
#define PIAO_SYNC_LIVE_UNAUTHORIZED 4401

/* @now is the desktop's clock in ms; the server measures the skew by it. About @max_answer bytes of
 * rows are asked for; at most @max_commands bytes of commands go along, but always one unless it is
 * 0. With @verdicts_first and many commands more that wait, nothing but verdicts is asked for: what
 * comes down would be put under all of them each time. Transfer full. */
JsonObject *piao_sync_build_request (PiaoDb *db,
                                     guint device,
                                     gint64 now,
                                     gsize max_answer,
                                     gsize max_commands,
                                     gboolean verdicts_first,
                                     GError **error);

/* The request for the page behind @reply, which answers @request and is not applied yet: as it will
 * be built afterwards, but for commands and for the comparison of digests. NULL when nothing
 * follows, or what follows depends on more than the cursors. piao_sync_date_request() adds when it
 * leaves and how much it asks for. Any thread. Transfer full. */
JsonObject *piao_sync_continue_request (JsonObject *request, const PiaoReply *reply);
void piao_sync_date_request (JsonObject *request, gint64 now, gsize max_answer);

/* An answer that has been checked as a whole: every row fits its kind, every verdict is about a
 * command that was sent, every cursor stands where it stood or further. */
typedef struct _PiaoSyncAnswer PiaoSyncAnswer;

/* @request is the one that @reply (of which a reference is kept) answers. PIAO_ERROR_CORRUPT with a
 * sentence when it does not fit; nothing was changed then. Any thread. Transfer full. */
PiaoSyncAnswer *piao_sync_answer_new (PiaoRegistry *registry,
                                      JsonObject *request,
                                      PiaoReply *reply,
                                      GError **error);
void piao_sync_answer_free (PiaoSyncAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSyncAnswer, piao_sync_answer_free)

/* Whether less was asked for with @request than the line and the disk would carry. */
gboolean piao_sync_is_limited (JsonObject *request);

/* What it says. Borrowed. */
const PiaoReply *piao_sync_answer_get_reply (const PiaoSyncAnswer *answer);
/* Whether there is more to fetch, or to send again, at once; after apply. */
gboolean piao_sync_answer_has_more (const PiaoSyncAnswer *answer);
/* The same for a PiaoSyncEvent, which learns the pace of downloads from it: FALSE also where
 * nothing was wanted of the answer but verdicts, as what a restored centre misses goes up first. */
gboolean piao_sync_answer_fetches_more (const PiaoSyncAnswer *answer);
/* Whether it brings verdicts alone: what has changed is told and fetched later. */
gboolean piao_sync_answer_waits (const PiaoSyncAnswer *answer);
/* How far all lanes of the desktop are: a seq number; 0 while a working set is on its way. */
gint64 piao_sync_answer_get_reached (const PiaoSyncAnswer *answer);
/* What the comparison of digests said; after apply. */
PiaoProofOutcome piao_sync_answer_get_proof (const PiaoSyncAnswer *answer);
/* Whether all working sets are here, and whether the history is too. */
gboolean piao_sync_answer_is_usable (const PiaoSyncAnswer *answer);
gboolean piao_sync_answer_is_whole (const PiaoSyncAnswer *answer);
/* A push that was wrong (not a refusal by a rule): reason and sentence, or NULL. */
const char *piao_sync_answer_get_problem (const PiaoSyncAnswer *answer, const char **reason);

/*
 * Applies it in the caller's transaction: verdicts into the outbox, rows and lanes that are gone,
 * rows that arrived (an older rev never replaces a newer one), cursors, and the pending commands on
 * top of it again. Lanes that are not granted any more are erased with their search text.
 *
 * Replica rows mirror the server's, so tables have no foreign keys here; a row that is in the way
 * of an arriving one because of a UNIQUE column is known to be outdated and makes room: the server
 * has changed it too, so it comes again.
 */
gboolean
piao_sync_answer_apply (PiaoSyncAnswer *answer, PiaoRegistry *registry, PiaoDb *db, GError **error);

/* Erases every row and cursor, so that all is fetched again; what waits in the outbox stays. In the
 * caller's transaction. */
gboolean piao_sync_reset (PiaoRegistry *registry, PiaoDb *db, GError **error);

/*
 * This device is revoked: erases for good every row, the key, the sign-in and what was printed, and
 * parks what was not sent with the code "device.revoked", so that it can be exported. In the
 * caller's transaction.
 */
gboolean piao_sync_wipe (PiaoRegistry *registry, PiaoDb *db, GError **error);

/* Before a sign-in: makes a replica that was wiped one of a new device. PIAO_ERROR_REFUSED
 * "sign-in.outbox" while something of the former one is parked. In the caller's transaction. */
gboolean piao_sync_begin_anew (PiaoDb *db, GError **error);

G_END_DECLS
