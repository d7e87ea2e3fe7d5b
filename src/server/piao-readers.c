/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "server/piao-readers.h"

/* Password checks are slow on purpose; they must not take all processors or memory. */
#define WORKERS 2

typedef struct
{
  PiaoReadersFunc func;
  void (*work) (gpointer data);
  gpointer data;
  DexPromise *promise; /* owned */
  gboolean late;       /* lets those pass that are not */
  guint64 number;
} Job;

struct _PiaoReaders
{
  GObject parent_instance;

  GAsyncQueue *queue; /* of Job: see compare() */
  guint64 queued;     /* jobs so far; under the queue's lock */
  GPtrArray *threads; /* of GThread */
  GThreadPool *work;
};

typedef struct
{
  PiaoDb *db; /* owned */
  GAsyncQueue *queue;
} Reader;

G_DEFINE_FINAL_TYPE (PiaoReaders, piao_readers, G_TYPE_OBJECT)

/* Put into the queue, it ends the thread that takes it out. */
static Job last_job = { .late = TRUE, .number = G_MAXUINT64 };

static void
finish (Job *job, GError *error)
{
  if (error != NULL)
    dex_promise_reject (job->promise, error);
  else
    dex_promise_resolve_boolean (job->promise, TRUE);
  g_main_context_wakeup (NULL);
  dex_unref (job->promise);
  g_free (job);
}

static void
run (PiaoDb *db, Job *job)
{
  GError *error = NULL;

  if (piao_db_begin_read (db, &error))
    {
      piao_db_defer (db);
      /* What was only sent is heard of, too. */
      if (job->func (db, job->data, &error))
        piao_db_settle (db, &error);
      piao_db_rollback (db);
    }
  finish (job, error);
}

static gpointer
thread_main (gpointer data)
{
  Reader *reader = data;
  Job *job;

  while ((job = g_async_queue_pop (reader->queue)) != &last_job)
    run (reader->db, job);
  piao_db_free (reader->db);
  g_async_queue_unref (reader->queue);
  g_free (reader);
  return NULL;
}

static void
work_main (gpointer data, gpointer user_data)
{
  Job *job = data;

  job->work (job->data);
  finish (job, NULL);
}

PiaoReaders *
piao_readers_new (const char *address, guint n, GError **error)
{
  g_autoptr (PiaoReaders) self = g_object_new (PIAO_TYPE_READERS, NULL);

  for (guint i = 0; i < n; i++)
    {
      PiaoDb *db = piao_db_open (address, PIAO_DB_READ_ONLY, error);
      Reader *reader;

      if (db == NULL)
        return NULL;
      reader = g_new0 (Reader, 1);
      reader->db = db;
      reader->queue = g_async_queue_ref (self->queue);
      g_ptr_array_add (self->threads, g_thread_new ("piao-reader", thread_main, reader));
    }
  return g_steal_pointer (&self);
}

static DexFuture *
make_job (Job job, Job **made)
{
  *made = g_new0 (Job, 1);
  **made = job;
  (*made)->promise = dex_promise_new ();
  return DEX_FUTURE (dex_ref ((*made)->promise));
}

/* In order, those that may be late behind the others. */
static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Job *left = a, *right = b;

  if (left->late != right->late)
    return left->late ? 1 : -1;
  return left->number < right->number ? -1 : left->number > right->number;
}

static DexFuture *
queue_up (PiaoReaders *self, PiaoReadersFunc func, gpointer data, gboolean late)
{
  Job *job;
  DexFuture *future = make_job ((Job){ .func = func, .data = data, .late = late }, &job);

  g_async_queue_lock (self->queue);
  job->number = ++self->queued;
  g_async_queue_push_sorted_unlocked (self->queue, job, compare, NULL);
  g_async_queue_unlock (self->queue);
  return future;
}

DexFuture *
piao_readers_run (PiaoReaders *self, PiaoReadersFunc func, gpointer data)
{
  return queue_up (self, func, data, FALSE);
}

DexFuture *
piao_readers_run_late (PiaoReaders *self, PiaoReadersFunc func, gpointer data)
{
  return queue_up (self, func, data, TRUE);
}

DexFuture *
piao_readers_work (PiaoReaders *self, void (*func) (gpointer data), gpointer data)
{
  Job *job;
  DexFuture *future = make_job ((Job){ .work = func, .data = data }, &job);

  g_thread_pool_push (self->work, job, NULL);
  return future;
}

guint
piao_readers_get_waiting (PiaoReaders *self)
{
  /* Less than nothing: readers wait for jobs. */
  return (guint)MAX (g_async_queue_length (self->queue), 0);
}

void
piao_readers_close (PiaoReaders *self)
{
  for (guint i = 0; i < self->threads->len; i++)
    g_async_queue_push (self->queue, &last_job);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_set_size (self->threads, 0);
  if (self->work != NULL)
    g_thread_pool_free (g_steal_pointer (&self->work), FALSE, TRUE);
}

static void
piao_readers_finalize (GObject *object)
{
  PiaoReaders *self = PIAO_READERS (object);

  piao_readers_close (self);
  g_ptr_array_unref (self->threads);
  g_async_queue_unref (self->queue);
  G_OBJECT_CLASS (piao_readers_parent_class)->finalize (object);
}

static void
piao_readers_class_init (PiaoReadersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_readers_finalize;
}

static void
piao_readers_init (PiaoReaders *self)
{
  self->queue = g_async_queue_new ();
  self->threads = g_ptr_array_new ();
  self->work = g_thread_pool_new (work_main, NULL, WORKERS, FALSE, NULL);
}
