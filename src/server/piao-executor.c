/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-i18n.h"
#include "base/piao-id.h"
#include "base/piao-mutant.h"
#include "server/piao-executor.h"
#include "store/piao-wal.h"
#include "sync/piao-notice.h"
#include "sync/piao-password.h"

/* Pages of SQLite's log (4 KiB each) from which it is brought back, while nobody waits and at any
 * rate. */
#define LOG_PAGES_IDLE 1000
#define LOG_PAGES_BUSY 8000

typedef struct
{
  GPtrArray *commands;    /* of PiaoPushed; NULL for other work */
  GPtrArray *verdicts;    /* of PiaoVerdict, as the batch goes on */
  PiaoExecutorFunc guard; /* runs before the commands and may say no */
  PiaoExecutorFunc func;
  gpointer data; /* of both */
  GDestroyNotify destroy;
  gboolean wants_id; /* a command of the server itself */
  DexPromise *promise;
  GError *error; /* of guard, of func, or of the command that wants_id */
} Job;

struct _PiaoExecutor
{
  GObject parent_instance;

  PiaoDb *db;  /* the thread's */
  PiaoWal log; /* the thread's */
  PiaoRegistry *registry;
  PiaoClock *clock;
  PiaoIdSource ids; /* the thread's */
  char *name;
  GAsyncQueue *queue;
  GThread *thread;
  GMutex lock; /* closed, counts; held while a job is queued */
  gboolean closed;
  guint most; /* commands in a commit */
  PiaoExecutorCounts counts;
};

G_DEFINE_FINAL_TYPE (PiaoExecutor, piao_executor, G_TYPE_OBJECT)
typedef GPtrArray PiaoVerdicts;
G_DEFINE_BOXED_TYPE (PiaoVerdicts, piao_verdicts, g_ptr_array_ref, g_ptr_array_unref)

enum
{
  COMMITTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Put into the queue, it ends the thread. */
static Job last_job;

/* --- answers --------------------------------------------------------------------------------- */

static void
job_free (Job *job)
{
  if (job->destroy != NULL)
    job->destroy (job->data);
  g_clear_pointer (&job->commands, g_ptr_array_unref);
  g_clear_pointer (&job->verdicts, g_ptr_array_unref);
  g_clear_error (&job->error);
  dex_clear (&job->promise);
  g_free (job);
}

/* After the commit, or with @failure (borrowed) when there was none. */
static void
job_answer (Job *job, const GError *failure)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (failure != NULL)
    dex_promise_reject (job->promise, g_error_copy (failure));
  else if (job->error != NULL)
    dex_promise_reject (job->promise, g_steal_pointer (&job->error));
  else if (job->wants_id)
    dex_promise_resolve_int64 (job->promise,
                               ((PiaoPushed *)g_ptr_array_index (job->commands, 0))->id);
  else if (job->commands != NULL)
    {
      g_value_init (&value, PIAO_TYPE_VERDICTS);
      g_value_take_boxed (&value, g_steal_pointer (&job->verdicts));
      dex_promise_resolve (job->promise, &value);
    }
  else
    dex_promise_resolve_boolean (job->promise, TRUE);
  /* Nothing else wakes a loop that iterates until the future is decided. */
  g_main_context_wakeup (NULL);
  job_free (job);
}

typedef struct
{
  PiaoExecutor *self;
  GArray *lanes;
  gint64 seq;
  gboolean access_changed;
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_object_unref (notice->self);
  g_array_unref (notice->lanes);
  g_free (notice);
}

static gboolean
announce (gpointer data)
{
  Notice *notice = data;

  g_signal_emit (notice->self, signals[COMMITTED], 0, notice->lanes, notice->seq,
                 notice->access_changed);
  return G_SOURCE_REMOVE;
}

void
piao_executor_hear (PiaoExecutor *self, GArray *lanes, gint64 seq, gboolean access_changed)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->self = g_object_ref (self);
  notice->lanes = lanes;
  notice->seq = seq;
  notice->access_changed = access_changed;
  g_idle_add_full (G_PRIORITY_DEFAULT, announce, notice, notice_free);
}

/* Reaches the other server processes with the commit. */
static gboolean
tell_others (PiaoExecutor *self, PiaoLedger *ledger, GError **error)
{
  g_autofree char *text = NULL;

  if (ledger->lanes->len == 0)
    return TRUE;
  text = piao_notice_to_text (self->name, ledger->lanes, ledger->seq, ledger->access_changed);
  return piao_db_notify (self->db, PIAO_NOTICE_CHANNEL, text, error);
}

/* --- one batch ------------------------------------------------------------------------------- */

static void
count (PiaoExecutorCounts *counts, const PiaoVerdict *verdict)
{
  if (verdict->repeated)
    counts->repeated++;
  else if (verdict->state == PIAO_VERDICT_ACCEPTED)
    counts->accepted++;
  else if (verdict->state == PIAO_VERDICT_REFUSED)
    counts->refused++;
  else
    counts->rejected++;
}

/* Another server process may have made ids meanwhile; the writer's lock is held. */
static gboolean
take_id (PiaoExecutor *self, gint64 *id, GError **error)
{
  if (!piao_ledger_read_last_id (self->db, &self->ids.last, error))
    return FALSE;
  *id = piao_id_source_take (&self->ids, PIAO_ID_PER_COMMAND);
  return TRUE;
}

static gboolean
run_commands (
    PiaoExecutor *self, PiaoLedger *ledger, Job *job, PiaoExecutorCounts *counts, GError **error)
{
  if (job->guard != NULL && !job->guard (self->db, job->data, &job->error))
    return TRUE;
  job->verdicts = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_verdict_free);
  for (guint i = 0; i < job->commands->len; i++)
    {
      PiaoPushed *pushed = g_ptr_array_index (job->commands, i);
      PiaoVerdict *verdict;
      gpointer before;

      if (job->wants_id && !take_id (self, &pushed->id, error))
        return FALSE;
      before = piao_i18n_begin (pushed->language);
      verdict = piao_ledger_execute (ledger, self->registry, self->db, pushed,
                                     piao_clock_now (self->clock), error);
      piao_i18n_end (before);
      if (verdict == NULL)
        return FALSE;
      count (counts, verdict);
      g_ptr_array_add (job->verdicts, verdict);
      if (job->wants_id && verdict->state != PIAO_VERDICT_ACCEPTED)
        job->error = piao_error_new (PIAO_ERROR_REFUSED, verdict->code, "%s", verdict->message);
    }
  return TRUE;
}

static gboolean
run_func (PiaoExecutor *self, Job *job, GError **error)
{
  if (!piao_db_savepoint (self->db, error))
    return FALSE;
  if (!job->func (self->db, job->data, &job->error) || !piao_db_release (self->db, &job->error))
    piao_db_rollback_to (self->db);
  return TRUE;
}

/* FALSE when the database failed, so that the whole batch has to be given up. */
static gboolean
run_job (
    PiaoExecutor *self, PiaoLedger *ledger, Job *job, PiaoExecutorCounts *counts, GError **error)
{
  return (job->commands == NULL || run_commands (self, ledger, job, counts, error))
         && (job->func == NULL || run_func (self, job, error));
}

/* Runs @first and what else is queued; the jobs go into @batch. */
static gboolean
run_jobs (PiaoExecutor *self,
          PiaoLedger *ledger,
          GPtrArray *batch,
          PiaoExecutorCounts *counts,
          gboolean *last,
          GError **error)
{
  gint64 until = g_get_monotonic_time () + PIAO_EXECUTOR_BATCH_US;
  guint n = 0;

  for (Job *job = g_ptr_array_index (batch, 0); job != NULL;)
    {
      if (!run_job (self, ledger, job, counts, error))
        return FALSE;
      n += job->commands != NULL ? job->commands->len : 1;
      if (n >= self->most || g_get_monotonic_time () >= until)
        break;
      job = g_async_queue_try_pop (self->queue);
      *last = job == &last_job;
      if (*last || job == NULL)
        break;
      g_ptr_array_add (batch, job);
    }
  return TRUE;
}

static gboolean
run_transaction (PiaoExecutor *self, GPtrArray *batch, gboolean *last, GError **error)
{
  g_autoptr (PiaoLedger) ledger = NULL;
  PiaoExecutorCounts counts = { .batches = 1 };

  if (!piao_db_begin (self->db, error))
    return FALSE;
  ledger = piao_ledger_begin (self->db, error);
  if (ledger == NULL || !run_jobs (self, ledger, batch, &counts, last, error)
      || !piao_ledger_end (ledger, self->db, error) || !tell_others (self, ledger, error))
    {
      piao_db_rollback (self->db);
      return FALSE;
    }
  if (!piao_db_commit (self->db, PIAO_MUTANT (verdict_early) ? NULL : error))
    return PIAO_MUTANT (verdict_early);
  if (ledger->lanes->len > 0)
    piao_executor_hear (self, g_array_ref (ledger->lanes), ledger->seq, ledger->access_changed);
  g_mutex_lock (&self->lock);
  self->counts.accepted += counts.accepted;
  self->counts.refused += counts.refused;
  self->counts.repeated += counts.repeated;
  self->counts.rejected += counts.rejected;
  self->counts.batches += counts.batches;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Returns whether the thread goes on. */
static gboolean
run_batch (PiaoExecutor *self, Job *first)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();
  g_autoptr (GError) failure = NULL;
  gboolean last = FALSE;

  g_ptr_array_add (batch, first);
  if (!run_transaction (self, batch, &last, &failure))
    {
      g_message ("A batch of %u jobs was given up: %s", batch->len, failure->message);
      g_mutex_lock (&self->lock);
      self->counts.failed++;
      g_mutex_unlock (&self->lock);
    }
  for (guint i = 0; i < batch->len; i++)
    job_answer (g_ptr_array_index (batch, i), failure);
  return !last;
}

/* The time for what nobody should wait for is when nobody waits. */
static Job *
take_job (PiaoExecutor *self)
{
  Job *job = g_async_queue_try_pop (self->queue);

  if (job != NULL)
    return job;
  piao_wal_tidy (&self->log, LOG_PAGES_IDLE);
  return g_async_queue_pop (self->queue);
}

static gpointer
thread_main (gpointer data)
{
  PiaoExecutor *self = data;
  Job *job;

  while ((job = take_job (self)) != &last_job && run_batch (self, job))
    piao_wal_tidy (&self->log, LOG_PAGES_BUSY);
  return NULL;
}

/* --- jobs ------------------------------------------------------------------------------------ */

static DexFuture *
submit (PiaoExecutor *self, Job *job)
{
  DexFuture *future;
  gboolean closed;

  job->promise = dex_promise_new ();
  future = DEX_FUTURE (dex_ref (job->promise));
  g_mutex_lock (&self->lock);
  closed = self->closed;
  if (!closed)
    g_async_queue_push (self->queue, job);
  g_mutex_unlock (&self->lock);
  if (closed)
    {
      g_autoptr (GError) error = piao_error_new (PIAO_ERROR_UNAVAILABLE, "server.closing",
                                                 _ ("The centre is being shut down."));

      job_answer (job, error);
    }
  return future;
}

DexFuture *
piao_executor_push (PiaoExecutor *self,
                    GPtrArray *commands,
                    PiaoExecutorFunc also,
                    gpointer data,
                    GDestroyNotify destroy)
{
  Job *job = g_new0 (Job, 1);

  g_return_val_if_fail (PIAO_IS_EXECUTOR (self) && commands != NULL, NULL);
  job->commands = commands;
  job->func = also;
  job->data = data;
  job->destroy = destroy;
  return submit (self, job);
}

DexFuture *
piao_executor_run (PiaoExecutor *self, const char *name, JsonObject *args)
{
  return piao_executor_run_guarded (self, name, args, NULL, NULL, NULL);
}

DexFuture *
piao_executor_run_guarded (PiaoExecutor *self,
                           const char *name,
                           JsonObject *args,
                           PiaoExecutorFunc guard,
                           gpointer data,
                           GDestroyNotify destroy)
{
  Job *job = g_new0 (Job, 1);
  PiaoPushed *pushed = piao_pushed_new (name, args);

  g_return_val_if_fail (PIAO_IS_EXECUTOR (self), NULL);
  pushed->at = pushed->ruled_at = piao_clock_now (self->clock);
  job->commands = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_pushed_free);
  g_ptr_array_add (job->commands, pushed);
  job->wants_id = TRUE;
  job->guard = guard;
  job->data = data;
  job->destroy = destroy;
  return submit (self, job);
}

DexFuture *
piao_executor_write (PiaoExecutor *self,
                     PiaoExecutorFunc func,
                     gpointer data,
                     GDestroyNotify destroy)
{
  Job *job = g_new0 (Job, 1);

  g_return_val_if_fail (PIAO_IS_EXECUTOR (self) && func != NULL, NULL);
  job->func = func;
  job->data = data;
  job->destroy = destroy;
  return submit (self, job);
}

const char *
piao_executor_get_name (PiaoExecutor *self)
{
  return self->name;
}

void
piao_executor_get_counts (PiaoExecutor *self, PiaoExecutorCounts *counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  counts->waiting = (guint)MAX (g_async_queue_length (self->queue), 0);
  g_mutex_unlock (&self->lock);
}

/* --- life ------------------------------------------------------------------------------------ */

PiaoExecutor *
piao_executor_new (PiaoDb *db, PiaoRegistry *registry, PiaoClock *clock)
{
  PiaoExecutor *self = g_object_new (PIAO_TYPE_EXECUTOR, NULL);

  self->db = db;
  piao_wal_init (&self->log, db);
  self->registry = piao_registry_ref (registry);
  self->clock = g_object_ref (clock);
  self->name = piao_random_text (8);
  piao_id_source_init (&self->ids, clock, 0, 0);
  self->thread = g_thread_new ("piao-executor", thread_main, self);
  return self;
}

void
piao_executor_set_batch (PiaoExecutor *self, guint n)
{
  g_return_if_fail (PIAO_IS_EXECUTOR (self) && n > 0);
  self->most = n;
}

void
piao_executor_close (PiaoExecutor *self)
{
  gboolean closed;

  g_return_if_fail (PIAO_IS_EXECUTOR (self));
  g_mutex_lock (&self->lock);
  closed = self->closed;
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
  if (closed)
    return;
  if (self->thread != NULL)
    {
      g_async_queue_push (self->queue, &last_job);
      g_clear_pointer (&self->thread, g_thread_join);
    }
  g_clear_pointer (&self->db, piao_db_free);
}

static void
piao_executor_finalize (GObject *object)
{
  PiaoExecutor *self = PIAO_EXECUTOR (object);

  piao_executor_close (self);
  g_async_queue_unref (self->queue);
  piao_id_source_clear (&self->ids);
  g_free (self->name);
  g_clear_pointer (&self->registry, piao_registry_unref);
  g_clear_object (&self->clock);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (piao_executor_parent_class)->finalize (object);
}

static void
piao_executor_class_init (PiaoExecutorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_executor_finalize;
  signals[COMMITTED]
      = g_signal_new ("committed", PIAO_TYPE_EXECUTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 3, G_TYPE_ARRAY, G_TYPE_INT64, G_TYPE_BOOLEAN);
}

static void
piao_executor_init (PiaoExecutor *self)
{
  g_mutex_init (&self->lock);
  self->queue = g_async_queue_new ();
  self->most = PIAO_EXECUTOR_BATCH;
}
