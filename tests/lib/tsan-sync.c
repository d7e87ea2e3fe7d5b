/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Linked into tests that are built with the thread sanitizer, and only then. GLib and libdex
 * synchronise with futexes and atomics the sanitizer does not see; these stand in front of the
 * calls we use and tell it what happens before what. */

#include <dlfcn.h>
#include <libdex.h>
#include <sanitizer/tsan_interface.h>

/* A macro of GLib that only casts. */
#undef g_atomic_rc_box_acquire

#define REAL(name) ((__typeof__ (&name))find_real (#name))

static void *
find_real (const char *name)
{
  void *real = dlsym (RTLD_NEXT, name);

  g_assert (real != NULL);
  return real;
}

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

void
g_async_queue_lock (GAsyncQueue *queue)
{
  REAL (g_async_queue_lock) (queue);
  __tsan_acquire (queue);
}

void
g_async_queue_unlock (GAsyncQueue *queue)
{
  __tsan_release (queue);
  REAL (g_async_queue_unlock) (queue);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);

  __tsan_acquire (queue);
  return data;
}

void
dex_promise_resolve (DexPromise *promise, const GValue *value)
{
  __tsan_release (promise);
  REAL (dex_promise_resolve) (promise, value);
}

void
dex_promise_resolve_boolean (DexPromise *promise, gboolean value)
{
  __tsan_release (promise);
  REAL (dex_promise_resolve_boolean) (promise, value);
}

void
dex_promise_reject (DexPromise *promise, GError *error)
{
  __tsan_release (promise);
  REAL (dex_promise_reject) (promise, error);
}

const GValue *
dex_future_get_value (DexFuture *future, GError **error)
{
  const GValue *value = REAL (dex_future_get_value) (future, error);

  __tsan_acquire (future);
  return value;
}

/* Whoever lets go last sees what the others did. */
void (dex_unref) (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (dex_unref) (object);
}

void
g_ptr_array_unref (GPtrArray *array)
{
  __tsan_release (array);
  __tsan_acquire (array);
  REAL (g_ptr_array_unref) (array);
}

gpointer
g_atomic_rc_box_acquire (gpointer box)
{
  __tsan_release (box);
  return REAL (g_atomic_rc_box_acquire) (box);
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  __tsan_release (box);
  __tsan_acquire (box);
  REAL (g_atomic_rc_box_release_full) (box, clear);
}

/* --- sources --------------------------------------------------------------------------------- */

typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Idle;

static gboolean
dispatch (gpointer data)
{
  Idle *idle = data;

  __tsan_acquire (idle);
  return idle->func (idle->data);
}

static void
destroy (gpointer data)
{
  Idle *idle = data;

  __tsan_acquire (idle);
  if (idle->destroy != NULL)
    idle->destroy (idle->data);
  g_free (idle);
}

static Idle *
idle_new (GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Idle *idle = g_new0 (Idle, 1);

  *idle = (Idle){ func, data, notify };
  __tsan_release (idle);
  return idle;
}

guint
g_idle_add_full (int priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  return REAL (g_idle_add_full) (priority, dispatch, idle_new (func, data, notify), destroy);
}

guint
g_timeout_add_full (int priority, guint ms, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  return REAL (g_timeout_add_full) (priority, ms, dispatch, idle_new (func, data, notify), destroy);
}
