/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/widget/piao-reading.h"
#include "base/piao-error.h"
#include "base/piao-future.h"

struct _PiaoReading
{
  GObject parent_instance;

  PiaoSession *session; /* owned */
  const PiaoReadingFuncs *funcs;
  GWeakRef owner;
  gboolean under_way;
  DexPromise *next;   /* of the reading that follows; NULL when nobody wants one */
  gboolean next_full; /* … somebody wants all of it */
};

G_DEFINE_FINAL_TYPE (PiaoReading, piao_reading, G_TYPE_OBJECT)

typedef struct
{
  PiaoReading *reading;
  DexPromise *promise;
} Round;

static void
round_free (gpointer data)
{
  Round *one = data;

  g_object_unref (one->reading);
  dex_unref (one->promise);
  g_free (one);
}

static void begin (PiaoReading *self);

/* The workplace is being closed: nobody is interested any more, and nothing is wrong. */
static GError *
explain (GError *error)
{
  if (g_strcmp0 (piao_error_get_reason (error), "replica.closed") != 0)
    return error;
  g_error_free (error);
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The replica was closed.");
}

static DexFuture *
on_read (DexFuture *future, gpointer data)
{
  Round *one = data;
  PiaoReading *self = one->reading;
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);
  GError *error = NULL;
  const GValue *value = dex_future_get_value (future, &error);
  gpointer answer = value != NULL ? g_value_get_pointer (value) : NULL;

  self->under_way = FALSE;
  if (answer != NULL && owner != NULL)
    self->funcs->show (owner, answer);
  else if (answer != NULL)
    self->funcs->drop (answer);
  if (error != NULL)
    dex_promise_reject (one->promise, explain (error));
  else
    dex_promise_resolve_boolean (one->promise, TRUE);
  if (self->next != NULL && !self->under_way)
    begin (self);
  return dex_future_new_true ();
}

static void
begin (PiaoReading *self)
{
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);
  Round *one = g_new0 (Round, 1);
  gboolean full = self->next_full;
  gboolean asks = self->funcs->ask != NULL;
  gpointer question;
  DexFuture *read;

  one->reading = g_object_ref (self);
  one->promise = g_steal_pointer (&self->next);
  self->next_full = FALSE;
  if (owner == NULL)
    {
      dex_promise_resolve_boolean (one->promise, TRUE);
      round_free (one);
      return;
    }
  self->under_way = TRUE;
  question = asks ? self->funcs->ask (owner, full) : GINT_TO_POINTER (full);
  read = piao_session_read (self->session, self->funcs->load, question, asks ? g_free : NULL);
  piao_future_disown (dex_future_finally (read, on_read, one, round_free), "reading for a screen");
}

DexFuture *
piao_reading_again (PiaoReading *self, gboolean full)
{
  DexFuture *shown;

  g_return_val_if_fail (PIAO_IS_READING (self), NULL);
  if (self->next == NULL)
    self->next = dex_promise_new ();
  self->next_full |= full;
  shown = dex_ref (DEX_FUTURE (self->next));
  if (!self->under_way)
    begin (self);
  return shown;
}

static void
piao_reading_finalize (GObject *object)
{
  PiaoReading *self = PIAO_READING (object);

  g_weak_ref_clear (&self->owner);
  g_clear_object (&self->session);
  dex_clear (&self->next);
  G_OBJECT_CLASS (piao_reading_parent_class)->finalize (object);
}

static void
piao_reading_class_init (PiaoReadingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_reading_finalize;
}

static void
piao_reading_init (PiaoReading *self)
{
  g_weak_ref_init (&self->owner, NULL);
}

PiaoReading *
piao_reading_new (PiaoSession *session, const PiaoReadingFuncs *funcs, GObject *owner)
{
  PiaoReading *self = g_object_new (PIAO_TYPE_READING, NULL);

  self->session = g_object_ref (session);
  self->funcs = funcs;
  g_weak_ref_set (&self->owner, owner);
  return self;
}
