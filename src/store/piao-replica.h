/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "base/piao-clock.h"
#include "store/piao-command.h"
#include "store/piao-storage.h"

G_BEGIN_DECLS

/*
 * PiaoReplica: the desktop's SQLite file. One thread owns the only writing connection, two
 * readers have their own; callers get futures and the calling thread never waits for a disk.
 *
 * A command run here is appended to the outbox, applied, its inverse changeset kept, and committed
 * with FULL before its future resolves: what has beeped survives a power cut.
 *
 * Local tables (data/schema/002-replica.sql): outbox, cursor, setting, search, search_row.
 */
#define PIAO_TYPE_REPLICA (piao_replica_get_type ())
G_DECLARE_FINAL_TYPE (PiaoReplica, piao_replica, PIAO, REPLICA, GObject)

/* Opens or creates the file and brings its schema up to date; one that is damaged is rescued.
 * Blocks; call it before the main loop runs or from a thread. */
PiaoReplica *
piao_replica_open (const char *path, PiaoRegistry *registry, PiaoClock *clock, GError **error);

/* Finishes what is queued and closes. Blocks. What is asked later is rejected with UNAVAILABLE
 * "replica.closed". */
void piao_replica_close (PiaoReplica *self);

PiaoRegistry *piao_replica_get_registry (PiaoReplica *self);
PiaoClock *piao_replica_get_clock (PiaoReplica *self);
const char *piao_replica_get_path (PiaoReplica *self);

/* What a person must be told when the file was found damaged at the opening and a fresh one took
 * its place (store/piao-rescue.h); NULL otherwise. */
const char *piao_replica_get_rescued (PiaoReplica *self);

/* Who works here from now on: written into each command. Main thread. */
void piao_replica_set_actor (PiaoReplica *self, gint64 user, guint device);
gint64 piao_replica_get_actor (PiaoReplica *self);
guint piao_replica_get_device (PiaoReplica *self);

/* Runs inside the writer's transaction after the command was applied; FALSE undoes everything. */
typedef gboolean (*PiaoReplicaAlso) (PiaoDb *db, gint64 command, gpointer data, GError **error);

/* Runs the command; resolves to its id (G_TYPE_INT64) once it is durable, rejects with the
 * command's error and nothing changed. @args is taken. Any thread. */
DexFuture *piao_replica_run (PiaoReplica *self, const char *name, JsonObject *args);
DexFuture *piao_replica_run_also (PiaoReplica *self,
                                  const char *name,
                                  JsonObject *args,
                                  PiaoReplicaAlso also,
                                  gpointer data,
                                  GDestroyNotify destroy);

/* piao_outbox_resend() for whoever works here: @args (taken) may be NULL for the same arguments.
 * Resolves to the id of the new command (G_TYPE_INT64). Any thread. */
DexFuture *piao_replica_resend (PiaoReplica *self, gint64 command, JsonObject *args);

/* Local work (spool, sync, settings) on the writing connection in one transaction: @func returns
 * a future that is already decided (dex_future_new_for_* / dex_future_new_take_*; NULL is TRUE) and
 * a rejected one rolls back. @destroy is called on the thread that ran @func. Any thread. */
typedef DexFuture *(*PiaoReplicaFunc) (PiaoDb *db, gpointer data);
DexFuture *
piao_replica_write (PiaoReplica *self, PiaoReplicaFunc func, gpointer data, GDestroyNotify destroy);

/* A query on a reader thread inside one read transaction: @func's future is the result. */
DexFuture *
piao_replica_read (PiaoReplica *self, PiaoReplicaFunc func, gpointer data, GDestroyNotify destroy);

/* Moves everything out of the log into the file and empties the log, so that nothing that was
 * erased is left in it. Rejects with BUSY "replica.busy" when a reader stands in the way. Any
 * thread. */
DexFuture *piao_replica_settle (PiaoReplica *self);

/* The number of commits so far; a result computed at an older one may be dropped. Any thread. */
guint64 piao_replica_get_generation (PiaoReplica *self);

/*
 * Whether what is done here can be saved. When the disk is full, read-only or fails, each write is
 * rejected with a sentence that says so and nothing changes; the writer tries by itself every two
 * seconds whether there is room again. Signal "storage-changed" on the default main context. Any
 * thread.
 */
PiaoStorage piao_replica_get_storage (PiaoReplica *self);

/* Signal "changed" (guint64 generation): emitted on the default main context after commits that
 * changed something, coalesced. */

/* Settings of this replica (device number, user, endpoints …): short texts by key; NULL unsets. On
 * the writer's or a reader's connection. */
gboolean piao_setting_set (PiaoDb *db, const char *key, const char *value, GError **error);
char *piao_setting_get (PiaoDb *db, const char *key, GError **error); /* NULL when unset */
gint64 piao_setting_get_int (PiaoDb *db, const char *key, gint64 fallback);

/* --- outbox, on the writer's connection (src/sync uses these) ----------------------------- */

typedef struct
{
  gint64 dseq;      /* contiguous from 1 per device */
  gint64 id;        /* command id */
  char *name;       /* owned */
  char *args;       /* JSON text, owned */
  gint64 at;        /* ms */
  gint64 actor;     /* user id */
  char *state;      /* queued | accepted | refused | parked | discarded; owned */
  gboolean decided; /* the server has spoken; FALSE with "refused" means refused here only */
  gint64 seq;       /* server's number once accepted */
  char *code;       /* reason word of a refusal; owned, may be NULL */
  char *message;    /* sentence of a refusal; owned, may be NULL */
  char *note;       /* why a person discarded it; owned, may be NULL */
  gint64 successor; /* the command that was sent instead of it; 0 none */
} PiaoOutboxEntry;

void piao_outbox_entry_free (PiaoOutboxEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoOutboxEntry, piao_outbox_entry_free)

/* Entries not yet decided by the server, oldest first, at most @limit, whatever their state: dseq
 * stays contiguous, and the server has the last word about one that was refused or parked only
 * here. One that was discarded goes up as withdrawn, for the number's sake. GPtrArray of entries.
 */
GPtrArray *piao_outbox_list_unsent (PiaoDb *db, guint limit, GError **error);

/* Notes the verdict of one entry (found by command id; NOT_FOUND "outbox.unknown" otherwise).
 * Accepted ones are kept applied until the cursors of the replica have reached @seq. What a refused
 * or parked one has changed here goes back at the next piao_outbox_rebase(). A parked or discarded
 * one stays that when the server refuses it as well. */
gboolean piao_outbox_accept (PiaoDb *db, gint64 command, gint64 seq, GError **error);
gboolean piao_outbox_refuse (
    PiaoDb *db, gint64 command, const char *code, const char *message, GError **error);
gboolean piao_outbox_park (
    PiaoDb *db, gint64 command, const char *code, const char *message, GError **error);

/*
 * Rebase: undoes the pending commands newest first, calls @apply_rows (which may be NULL), then
 * runs those still pending again oldest first. All within the caller's transaction. @upto is the
 * lowest seq that every lane's cursor will have reached, @head where the server stood: what was
 * accepted up to @upto may have rows that come only on the way to @head, and stays in sight until
 * then.
 *
 * One that no longer applies becomes refused here, with the rule's reason and sentence; it never
 * stands in the way of the others, and is tried again at every rebase until the server has
 * spoken. The search text of rows that commands have touched is kept right; @apply_rows does the
 * same (piao_search_touch) for its own.
 */
gboolean piao_outbox_rebase (PiaoRegistry *registry,
                             PiaoDb *db,
                             gint64 upto,
                             gint64 head,
                             gboolean (*apply_rows) (PiaoDb *db, gpointer data, GError **error),
                             gpointer data,
                             GError **error);

/* --- outbox, for the sync centre (any connection) ----------------------------------------- */

typedef struct
{
  guint waiting; /* undecided, those refused here included */
  guint refused; /* waiting for a person, whoever refused */
  guint parked;
  gint64 oldest; /* ms of the oldest waiting one; 0 without any */
} PiaoOutboxCounts;

gboolean piao_outbox_count (PiaoDb *db, PiaoOutboxCounts *counts, GError **error);

/* Entries, newest first, at most @limit: whatever their state, or those that wait for a person.
 * What is done with is kept for long (store/piao-outbox-kept.c). GPtrArray of entries. */
GPtrArray *piao_outbox_list (PiaoDb *db, guint limit, GError **error);
GPtrArray *piao_outbox_list_refused (PiaoDb *db, guint limit, GError **error);
GPtrArray *piao_outbox_list_parked (PiaoDb *db, guint limit, GError **error);

/* One entry by command id; NOT_FOUND "outbox.unknown". Transfer full. */
PiaoOutboxEntry *piao_outbox_find (PiaoDb *db, gint64 command, GError **error);

/* Refused and parked entries about an order: that name it in their arguments or would have made it;
 * newest first, at most @limit. For the record itself, where a refused change must be found.
 * GPtrArray of entries. */
GPtrArray *piao_outbox_list_about (PiaoDb *db, gint64 order, guint limit, GError **error);

/* A person has dealt with a refused or parked entry and says how in @note. CONFLICT
 * "outbox.undecided" before the server has spoken about a refused one, "outbox.state" when there is
 * nothing to deal with. On the writer's connection. */
gboolean piao_outbox_discard (PiaoDb *db, gint64 command, const char *note, GError **error);

/*
 * A refused or parked entry once more: as a new command of @context (its own id, time and actor)
 * with the same arguments, or with @args (JSON text; NULL for the same). When it applies, the old
 * entry is discarded and names the new one as its successor; otherwise the rule's error, and the
 * caller rolls back. CONFLICT "outbox.undecided" before the server has refused it: it could happen
 * twice. In the caller's transaction on the writer.
 */
gboolean piao_outbox_resend (PiaoRegistry *registry,
                             PiaoDb *db,
                             const PiaoContext *context,
                             gint64 command,
                             const char *args,
                             GError **error);
gboolean piao_outbox_retry (
    PiaoRegistry *registry, PiaoDb *db, const PiaoContext *context, gint64 command, GError **error);

G_END_DECLS
