/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: jobs wait in two queues, one for the writer and one that the readers share. A job is
 * owned by one thread at a time: the caller's, then the queue, then the thread that took it out; it
 * answers through its promise. When nothing has been asked of it for a moment, the writer does what
 * no command should pay for: it moves the WAL into the file, and after the start it looks at what
 * the start has left of the outbox. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-later-index.h"
#include "store/piao-outbox-private.h"
#include "store/piao-replica-file.h"
#include "store/piao-rescue.h"
#include "store/piao-schema.h"
#include "store/piao-scrub.h"
#include "store/piao-wal.h"

#define N_READERS 2

/* Pages of the WAL (4 KiB each) from which the writer moves them, when idle and at any rate. A WAL
 * that stays small is written over, which is quicker than one that grows. */
#define CHECKPOINT_PAGES 256
#define CHECKPOINT_PAGES_BUSY 4096
/* The moment after which the writer takes itself for idle. */
#define IDLE_US (50 * G_TIME_SPAN_MILLISECOND)

/* How often a disk that took nothing is tried again. */
#define PROBE_US (2 * G_TIME_SPAN_SECOND)

typedef struct
{
  PiaoReplicaFunc func; /* NULL: settle */
  gpointer data;
  GDestroyNotify destroy;
  DexPromise *promise; /* owned */
} Job;

typedef struct
{
  PiaoReplica *replica; /* borrowed: its threads run the job */
  PiaoDb *db;           /* owned; only its thread uses it */
  GThread *thread;
} Reader;

struct _PiaoReplica
{
  GObject parent_instance;

  char *path;
  char *rescued; /* what a person must know about the opening; NULL when all was well */
  PiaoRegistry *registry;
  PiaoClock *clock;

  GMutex lock; /* actor, device, closed; held while a job is put into a queue */
  gint64 actor;
  guint device;
  gboolean closed;

  GAsyncQueue *writes; /* of Job */
  GAsyncQueue *reads;
  GThread *writer;
  Reader readers[N_READERS];

  /* The writer's own. */
  PiaoDb *db;
  PiaoIdSource ids;
  PiaoWal wal;
  gint64 unchecked; /* below this number the outbox is still to be looked at; 0 when all was */

  _Atomic guint64 generation;
  atomic_bool announcing; /* an emission of "changed" is under way to the main context */
  _Atomic PiaoStorage storage;
};

G_DEFINE_FINAL_TYPE (PiaoReplica, piao_replica, G_TYPE_OBJECT)

enum
{
  CHANGED,
  STORAGE_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Put into a queue, it ends the thread that takes it out. */
static Job last_job;

/* --- "changed" ------------------------------------------------------------------------------- */

static gboolean
announce (gpointer data)
{
  g_autoptr (PiaoReplica) self = g_weak_ref_get (data);

  if (self != NULL)
    {
      atomic_store (&self->announcing, FALSE);
      g_signal_emit (self, signals[CHANGED], 0, atomic_load (&self->generation));
    }
  return G_SOURCE_REMOVE;
}

static void
call_later (PiaoReplica *self, GSourceFunc func)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, func, piao_future_weak_new (self), piao_future_weak_free);
}

static void
note_change (PiaoReplica *self)
{
  atomic_fetch_add (&self->generation, 1);
  if (!atomic_exchange (&self->announcing, TRUE))
    call_later (self, announce);
}

static gboolean
announce_storage (gpointer data)
{
  g_autoptr (PiaoReplica) self = g_weak_ref_get (data);

  if (self != NULL)
    g_signal_emit (self, signals[STORAGE_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
note_storage (PiaoReplica *self, PiaoStorage storage)
{
  if (atomic_exchange (&self->storage, storage) != storage)
    call_later (self, announce_storage);
}

/* --- jobs ------------------------------------------------------------------------------------ */

/* Frees the job and answers with @future (NULL is TRUE) or @error; both are taken. */
static void
job_finish (Job *job, DexFuture *future, GError *error)
{
  const GValue *value = NULL;
  g_autoptr (DexFuture) held = future;

  if (job->destroy != NULL)
    job->destroy (job->data);
  if (error == NULL && held != NULL)
    value = dex_future_get_value (held, &error);
  if (error != NULL)
    dex_promise_reject (job->promise, error);
  else if (value != NULL)
    dex_promise_resolve (job->promise, value);
  else
    dex_promise_resolve_boolean (job->promise, TRUE);
  /* Nothing else wakes a loop that iterates until the future is decided. */
  g_main_context_wakeup (NULL);
  dex_unref (job->promise);
  g_free (job);
}

/* Damage that shows while the program runs: the next start begins with a rescue. */
static gboolean
note_damage (PiaoReplica *self, const GError *error)
{
  if (!g_error_matches (error, PIAO_ERROR, PIAO_ERROR_CORRUPT)
      || !g_str_equal (piao_error_get_reason (error), "db.corrupt"))
    return FALSE;
  piao_rescue_note_damage (self->path);
  return TRUE;
}

static void
look_for_damage (PiaoReplica *self, GError **error)
{
  if (!note_damage (self, *error))
    return;
  g_clear_error (error);
  *error
      = piao_error_new (PIAO_ERROR_CORRUPT, "db.corrupt",
                        _ ("The data of this computer is damaged. Close the program and start it "
                           "again: it then keeps what waits for the centre and fetches the rest "
                           "again."));
}

static void
run_write (PiaoReplica *self, Job *job)
{
  sqlite3 *handle = piao_db_get_sqlite (self->db);
  sqlite3_int64 before = sqlite3_total_changes64 (handle);
  g_autoptr (DexFuture) future = NULL;
  PiaoStorage storage;
  GError *error = NULL;

  if (piao_replica_file_write (self->db, job->func, job->data, &future, &error)
      && sqlite3_total_changes64 (handle) != before)
    {
      note_change (self);
      note_storage (self, PIAO_STORAGE_GOOD);
    }
  look_for_damage (self, &error);
  storage = piao_storage_explain (self->path, &error);
  if (storage != PIAO_STORAGE_GOOD)
    note_storage (self, storage);
  job_finish (job, g_steal_pointer (&future), error);
}

static void
run_read (PiaoReplica *self, PiaoDb *db, Job *job)
{
  DexFuture *future;
  GError *error = NULL;

  if (!piao_db_begin_read (db, &error))
    {
      look_for_damage (self, &error);
      job_finish (job, NULL, error);
      return;
    }
  future = job->func (db, job->data);
  error = piao_replica_file_get_failure (future);
  piao_db_check (db, &error);
  piao_db_rollback (db);
  look_for_damage (self, &error);
  job_finish (job, future, error);
}

/* Nobody has asked, so nobody can be told but the log and the next start. */
static void
check_outbox_on (PiaoReplica *self)
{
  g_autoptr (GError) error = NULL;

  if (piao_outbox_check_more (self->db, &self->unchecked, &error))
    return;
  self->unchecked = 0;
  note_damage (self, error);
  g_message ("What is kept of the outbox cannot be read: %s", error->message);
}

/* Not in a transaction, as all others are. */
static void
run_settle (PiaoReplica *self, Job *job)
{
  GError *error = NULL;

  if (!piao_wal_cut (&self->wal))
    error = piao_error_new (PIAO_ERROR_BUSY, "replica.busy",
                            _ ("The data of this computer is in use. It is tried again."));
  job_finish (job, NULL, error);
}

/* --- threads --------------------------------------------------------------------------------- */

/* What was erased for good must not stay in the log. A reader in the way: after the next job. */
static void
cut_off_log (PiaoReplica *self)
{
  if (piao_wal_cut (&self->wal))
    piao_scrub_done (self->db);
}

static Job *
wait_for_job (PiaoReplica *self)
{
  if (self->wal.pages >= CHECKPOINT_PAGES || piao_scrub_is_due (self->db))
    return g_async_queue_timeout_pop (self->writes, IDLE_US);
  if (atomic_load (&self->storage) != PIAO_STORAGE_GOOD)
    return g_async_queue_timeout_pop (self->writes, PROBE_US);
  if (self->unchecked > 0)
    return g_async_queue_timeout_pop (self->writes, IDLE_US);
  return g_async_queue_pop (self->writes);
}

static gpointer
writer_main (gpointer data)
{
  PiaoReplica *self = data;

  for (;;)
    {
      Job *job = wait_for_job (self);

      if (job == &last_job)
        return NULL;
      if (job != NULL && job->func == NULL)
        run_settle (self, job);
      else if (job != NULL)
        run_write (self, job);
      if (piao_scrub_is_due (self->db))
        cut_off_log (self);
      if (job == NULL && atomic_load (&self->storage) != PIAO_STORAGE_GOOD
          && piao_storage_probe (self->db))
        note_storage (self, PIAO_STORAGE_GOOD);
      if (job == NULL && self->unchecked > 0)
        check_outbox_on (self);
      piao_wal_tidy (&self->wal, job != NULL ? CHECKPOINT_PAGES_BUSY : CHECKPOINT_PAGES);
    }
}

static gpointer
reader_main (gpointer data)
{
  Reader *reader = data;
  Job *job;

  while ((job = g_async_queue_pop (reader->replica->reads)) != &last_job)
    run_read (reader->replica, reader->db, job);
  return NULL;
}

static DexFuture *
submit (PiaoReplica *self,
        GAsyncQueue *queue,
        PiaoReplicaFunc func,
        gpointer data,
        GDestroyNotify destroy)
{
  Job *job = g_new0 (Job, 1);
  DexFuture *future;
  gboolean closed;

  *job = (Job){ func, data, destroy, dex_promise_new () };
  future = DEX_FUTURE (dex_ref (job->promise));
  g_mutex_lock (&self->lock);
  closed = self->closed;
  if (!closed)
    g_async_queue_push (queue, job);
  g_mutex_unlock (&self->lock);
  if (closed)
    job_finish (job, NULL,
                piao_error_new (PIAO_ERROR_UNAVAILABLE, "replica.closed",
                                _ ("The data of this computer is closed. Start the program "
                                   "again.")));
  return future;
}

DexFuture *
piao_replica_write (PiaoReplica *self, PiaoReplicaFunc func, gpointer data, GDestroyNotify destroy)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  return submit (self, self->writes, func, data, destroy);
}

DexFuture *
piao_replica_read (PiaoReplica *self, PiaoReplicaFunc func, gpointer data, GDestroyNotify destroy)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  return submit (self, self->reads, func, data, destroy);
}

DexFuture *
piao_replica_settle (PiaoReplica *self)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  return submit (self, self->writes, NULL, NULL, NULL);
}

/* --- commands -------------------------------------------------------------------------------- */

typedef struct
{
  PiaoReplica *replica; /* borrowed: its writer runs the job */
  char *name;
  char *args; /* JSON text: what is applied is what will be sent; NULL: as instead_of has them */
  PiaoContext context;
  gint64 instead_of; /* command whose place it takes; 0 for none */
  PiaoReplicaAlso also;
  gpointer data;
  GDestroyNotify destroy;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->destroy != NULL)
    run->destroy (run->data);
  g_free (run->name);
  g_free (run->args);
  g_free (run);
}

static gint64
take_ids (PiaoReplica *self, guint device)
{
  if (self->ids.device != device)
    {
      gint64 last = self->ids.last;

      piao_id_source_clear (&self->ids);
      piao_id_source_init (&self->ids, self->clock, device, last);
    }
  return piao_id_source_take (&self->ids, PIAO_ID_PER_COMMAND);
}

static DexFuture *
run_command (PiaoDb *db, gpointer data)
{
  Run *run = data;
  PiaoReplica *self = run->replica;
  GError *error = NULL;

  run->context.command = take_ids (self, (guint)run->context.device);
  if (run->instead_of != 0
          ? !piao_outbox_resend (self->registry, db, &run->context, run->instead_of, run->args,
                                 &error)
          : !piao_outbox_run (self->registry, db, &run->context, run->name, run->args, &error))
    return dex_future_new_for_error (error);
  if (run->also != NULL && !run->also (db, run->context.command, run->data, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_for_int64 (run->context.command);
}

/* For whoever works here now. */
static Run *
run_new (PiaoReplica *self, const char *name, JsonObject *args)
{
  Run *run = g_new0 (Run, 1);

  run->replica = self;
  run->name = g_strdup (name);
  /* What is sent again says its version already. */
  if (args != NULL)
    run->args = piao_command_write_args (
        name != NULL ? piao_registry_find_command (self->registry, name) : NULL, args);
  run->context.at = piao_clock_now (self->clock);
  run->context.side = PIAO_SIDE_DESKTOP;
  g_mutex_lock (&self->lock);
  run->context.actor = self->actor;
  run->context.device = self->device;
  g_mutex_unlock (&self->lock);
  return run;
}

DexFuture *
piao_replica_run_also (PiaoReplica *self,
                       const char *name,
                       JsonObject *args,
                       PiaoReplicaAlso also,
                       gpointer data,
                       GDestroyNotify destroy)
{
  g_autoptr (JsonObject) held = args;
  Run *run;

  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  g_return_val_if_fail (name != NULL && args != NULL, NULL);
  run = run_new (self, name, args);
  run->also = also;
  run->data = data;
  run->destroy = destroy;
  return piao_replica_write (self, run_command, run, run_free);
}

DexFuture *
piao_replica_run (PiaoReplica *self, const char *name, JsonObject *args)
{
  return piao_replica_run_also (self, name, args, NULL, NULL, NULL);
}

DexFuture *
piao_replica_resend (PiaoReplica *self, gint64 command, JsonObject *args)
{
  g_autoptr (JsonObject) held = args;
  Run *run;

  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  run = run_new (self, NULL, args);
  run->instead_of = command;
  return piao_replica_write (self, run_command, run, run_free);
}

/* --- life ------------------------------------------------------------------------------------ */

static gboolean
open_writer (PiaoReplica *self, GError **error)
{
  gint64 last = 0;

  self->db = piao_replica_file_open (self->path, piao_clock_now (self->clock), &self->rescued,
                                     &last, error);
  if (self->db == NULL)
    return FALSE;
  piao_id_source_init (&self->ids, self->clock, self->device, last);
  piao_wal_init (&self->wal, self->db);
  self->unchecked = G_MAXINT64;
  return TRUE;
}

PiaoReplica *
piao_replica_open (const char *path, PiaoRegistry *registry, PiaoClock *clock, GError **error)
{
  g_autoptr (PiaoReplica) self = NULL;

  g_return_val_if_fail (path != NULL && registry != NULL && PIAO_IS_CLOCK (clock), NULL);
  self = g_object_new (PIAO_TYPE_REPLICA, NULL);
  self->path = g_strdup (path);
  self->registry = piao_registry_ref (registry);
  self->clock = g_object_ref (clock);
  if (!open_writer (self, error))
    return NULL;
  for (guint i = 0; i < N_READERS; i++)
    {
      self->readers[i].db = piao_db_open (path, PIAO_DB_READ_ONLY, error);
      if (self->readers[i].db == NULL)
        return NULL;
    }
  self->writer = g_thread_new ("piao-writer", writer_main, self);
  for (guint i = 0; i < N_READERS; i++)
    {
      self->readers[i].replica = self;
      self->readers[i].thread = g_thread_new ("piao-reader", reader_main, &self->readers[i]);
    }
  return g_steal_pointer (&self);
}

void
piao_replica_close (PiaoReplica *self)
{
  gboolean closed;

  g_return_if_fail (PIAO_IS_REPLICA (self));
  g_mutex_lock (&self->lock);
  closed = self->closed;
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
  if (closed)
    return;
  if (self->writer != NULL)
    {
      g_async_queue_push (self->writes, &last_job);
      for (guint i = 0; i < N_READERS; i++)
        g_async_queue_push (self->reads, &last_job);
      g_clear_pointer (&self->writer, g_thread_join);
      for (guint i = 0; i < N_READERS; i++)
        g_clear_pointer (&self->readers[i].thread, g_thread_join);
    }
  for (guint i = 0; i < N_READERS; i++)
    g_clear_pointer (&self->readers[i].db, piao_db_free);
  if (self->db != NULL)
    piao_wal_cut (&self->wal);
  g_clear_pointer (&self->db, piao_db_free);
}

static void
piao_replica_finalize (GObject *object)
{
  PiaoReplica *self = PIAO_REPLICA (object);

  piao_replica_close (self);
  g_clear_pointer (&self->writes, g_async_queue_unref);
  g_clear_pointer (&self->reads, g_async_queue_unref);
  piao_id_source_clear (&self->ids);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->rescued, g_free);
  g_clear_pointer (&self->registry, piao_registry_unref);
  g_clear_object (&self->clock);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (piao_replica_parent_class)->finalize (object);
}

static void
piao_replica_class_init (PiaoReplicaClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_replica_finalize;
  signals[CHANGED] = g_signal_new ("changed", PIAO_TYPE_REPLICA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[STORAGE_CHANGED] = g_signal_new ("storage-changed", PIAO_TYPE_REPLICA, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
piao_replica_init (PiaoReplica *self)
{
  g_mutex_init (&self->lock);
  self->writes = g_async_queue_new ();
  self->reads = g_async_queue_new ();
}

PiaoRegistry *
piao_replica_get_registry (PiaoReplica *self)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  return self->registry;
}

PiaoClock *
piao_replica_get_clock (PiaoReplica *self)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  return self->clock;
}

const char *
piao_replica_get_path (PiaoReplica *self)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  return self->path;
}

void
piao_replica_set_actor (PiaoReplica *self, gint64 user, guint device)
{
  g_return_if_fail (PIAO_IS_REPLICA (self) && device <= PIAO_ID_MAX_DEVICE);
  g_mutex_lock (&self->lock);
  self->actor = user;
  self->device = device;
  g_mutex_unlock (&self->lock);
}

gint64
piao_replica_get_actor (PiaoReplica *self)
{
  gint64 actor;

  g_return_val_if_fail (PIAO_IS_REPLICA (self), 0);
  g_mutex_lock (&self->lock);
  actor = self->actor;
  g_mutex_unlock (&self->lock);
  return actor;
}

guint
piao_replica_get_device (PiaoReplica *self)
{
  guint device;

  g_return_val_if_fail (PIAO_IS_REPLICA (self), 0);
  g_mutex_lock (&self->lock);
  device = self->device;
  g_mutex_unlock (&self->lock);
  return device;
}

guint64
piao_replica_get_generation (PiaoReplica *self)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), 0);
  return atomic_load (&self->generation);
}

PiaoStorage
piao_replica_get_storage (PiaoReplica *self)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), PIAO_STORAGE_GOOD);
  return atomic_load (&self->storage);
}

const char *
piao_replica_get_rescued (PiaoReplica *self)
{
  g_return_val_if_fail (PIAO_IS_REPLICA (self), NULL);
  return self->rescued;
}
