/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "base/piao-clock.h"
#include "sync/piao-ledger.h"

G_BEGIN_DECLS

/*
 * PiaoExecutor: the one thread of the server that writes. It drains a queue: up to
 * PIAO_EXECUTOR_BATCH commands or twenty milliseconds' worth go into one transaction, each in its
 * savepoint, then one commit, then all the answers. Nobody is told of something that a crash could
 * still take back, and a crash between commit and answer is healed by the idempotence of the
 * ledger.
 */
#define PIAO_EXECUTOR_BATCH 256
/* Only what waits already is taken in, so this delays nobody but the first of a crowd; on
 * PostgreSQL a command alone takes one or two milliseconds of statements. */
#define PIAO_EXECUTOR_BATCH_US 20000

#define PIAO_TYPE_EXECUTOR (piao_executor_get_type ())
G_DECLARE_FINAL_TYPE (PiaoExecutor, piao_executor, PIAO, EXECUTOR, GObject)

/* @db (taken) is the writing connection, migrated and prepared. */
PiaoExecutor *piao_executor_new (PiaoDb *db, PiaoRegistry *registry, PiaoClock *clock);

/* Takes at most @n commands into one commit, PIAO_EXECUTOR_BATCH at first; 1 shows what a commit
 * for each costs. Before anything is queued. */
void piao_executor_set_batch (PiaoExecutor *self, guint n);

/* Finishes what is queued and joins the thread. Blocks. */
void piao_executor_close (PiaoExecutor *self);

/* Verdicts, one a command, boxed in the future of a push: GPtrArray of PiaoVerdict. */
#define PIAO_TYPE_VERDICTS (piao_verdicts_get_type ())
GType piao_verdicts_get_type (void);

/* Runs inside the writing transaction, in a savepoint of its own that FALSE undoes. */
typedef gboolean (*PiaoExecutorFunc) (PiaoDb *db, gpointer data, GError **error);

/*
 * Decides @commands (GPtrArray of PiaoPushed, taken) in order and resolves to a boxed
 * PIAO_TYPE_VERDICTS, one for each, after the commit. Rejects only when the database failed: then
 * nothing of it was decided. @also (optional) runs with them whatever the verdicts. Any thread.
 */
DexFuture *piao_executor_push (PiaoExecutor *self,
                               GPtrArray *commands,
                               PiaoExecutorFunc also,
                               gpointer data,
                               GDestroyNotify destroy);

/* A command of the server itself (actor 0, device 0) with an id of its own; @args is taken.
 * Resolves to its id (G_TYPE_INT64), rejects with the reason and sentence of a refusal. */
DexFuture *piao_executor_run (PiaoExecutor *self, const char *name, JsonObject *args);

/* The same if @guard (with @data, borrowed until then) says TRUE in the transaction that decides
 * it; rejects with its error otherwise, and then nothing was decided. */
DexFuture *piao_executor_run_guarded (PiaoExecutor *self,
                                      const char *name,
                                      JsonObject *args,
                                      PiaoExecutorFunc guard,
                                      gpointer data,
                                      GDestroyNotify destroy);

/* Other writing work of the server: sessions, devices. Resolves to TRUE after the commit. */
DexFuture *piao_executor_write (PiaoExecutor *self,
                                PiaoExecutorFunc func,
                                gpointer data,
                                GDestroyNotify destroy);

/* Counts since the start, for /v1/metrics. */
typedef struct
{
  guint64 accepted, refused, repeated, rejected, batches;
  guint64 failed; /* batches that were given up */
  guint waiting;  /* jobs, now */
} PiaoExecutorCounts;
void piao_executor_get_counts (PiaoExecutor *self, PiaoExecutorCounts *counts);

/* What another server process has committed: emits "committed" here too. @lanes is taken. Any
 * thread. */
void piao_executor_hear (PiaoExecutor *self, GArray *lanes, gint64 seq, gboolean access_changed);

/* Of this process among all that write; what it commits is announced under it. Borrowed. */
const char *piao_executor_get_name (PiaoExecutor *self);

/* Signal "committed" (GArray *lanes of gint64, gint64 seq, gboolean access_changed): emitted on the
 * default main context after commits that touched rows. */

G_END_DECLS
