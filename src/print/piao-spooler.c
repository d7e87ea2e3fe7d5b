/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Each printer has a lane that goes round: one transaction notes the verdict over the last job and
 * takes the next one; then the job is sent; its verdict goes into the next transaction. A verdict
 * that could not be written is kept and written first the next time, so a full disk never makes a
 * printed label look unprinted.
 */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "print/piao-print-output.h"
#include "print/piao-spooler.h"

#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS 60000

/* Bytes of finished jobs are kept this long, to see what exactly was printed. */
#define KEEP_BYTES (30 * PIAO_DAY)

typedef enum
{
  VERDICT_NONE,
  VERDICT_PRINTED,
  VERDICT_WAITING, /* the printer may come back */
  VERDICT_FAILED,
} Verdict;

typedef struct
{
  PiaoSpooler *spooler; /* borrowed: owns the lane */
  PiaoPrinter *printer;
  PiaoPrintOutput *output;
  char *trouble; /* NULL while the printer works */

  gboolean is_new; /* not yet recovered */
  gboolean busy;   /* a transaction or a sending is under way */
  gboolean again;  /* woken meanwhile */
  guint failures;  /* in a row */
  guint timer;     /* source of the next try, 0 for none */

  gint64 job_id; /* being sent, or decided and not yet written */
  Verdict verdict;
  char *sentence; /* of the verdict, NULL when printed */
} Lane;

struct _PiaoSpooler
{
  GObject parent_instance;
  PiaoReplica *replica;
  GHashTable *lanes; /* printer name → Lane */
  guint waiting, failed;
  guint connect_ms, total_ms; /* 0 for the defaults */
  gboolean stopped;
};

G_DEFINE_FINAL_TYPE (PiaoSpooler, piao_spooler, G_TYPE_OBJECT)

enum
{
  PROP_WAITING = 1,
  PROP_FAILED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

static void lane_go (Lane *lane);

/* --- the transaction ----------------------------------------------------------------------- */

typedef struct
{
  PiaoPrinter *printer;
  gint64 now;
  gboolean recover;
  gboolean take;
  gint64 job_id;
  Verdict verdict;
  char *sentence;
} Request;

typedef struct
{
  PiaoSpoolJob *job; /* the next one, NULL for none */
  guint waiting, failed;
} Outcome;

static void
request_free (Request *request)
{
  piao_printer_free (request->printer);
  g_free (request->sentence);
  g_free (request);
}

static Outcome *
outcome_copy (const Outcome *outcome)
{
  Outcome *copy = g_memdup2 (outcome, sizeof *outcome);

  copy->job = outcome->job != NULL ? piao_spool_job_copy (outcome->job) : NULL;
  return copy;
}

static void
outcome_free (Outcome *outcome)
{
  piao_spool_job_free (outcome->job);
  g_free (outcome);
}

#define TYPE_OUTCOME (outcome_get_type ())
static GType outcome_get_type (void);
G_DEFINE_BOXED_TYPE (Outcome, outcome, outcome_copy, outcome_free)

static gboolean
note_verdict (PiaoDb *db, const Request *request, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (request->verdict == VERDICT_PRINTED)
    piao_spool_mark_printed (db, request->job_id, request->now, &failure);
  else if (request->verdict == VERDICT_WAITING)
    piao_spool_mark_waiting (db, request->job_id, request->sentence, request->now, &failure);
  else if (request->verdict == VERDICT_FAILED)
    piao_spool_mark_failed (db, request->job_id, request->sentence, request->now, &failure);
  /* Decided by someone else: nothing is left to note. */
  if (failure == NULL || g_error_matches (failure, PIAO_ERROR, PIAO_ERROR_CONFLICT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static DexFuture *
run_request (PiaoDb *db, gpointer data)
{
  const Request *request = data;
  Outcome outcome = { 0 };
  GError *error = NULL;

  if (request->recover
      && (!piao_spool_recover (db, request->printer, request->now, &error)
          || !piao_spool_trim (db, request->now - KEEP_BYTES, &error)))
    return dex_future_new_for_error (error);
  if (!note_verdict (db, request, &error))
    return dex_future_new_for_error (error);
  if (request->take)
    outcome.job = piao_spool_take (db, request->printer->name, request->now, &error);
  if (error == NULL)
    piao_spool_count (db, &outcome.waiting, &outcome.failed, &error);
  if (error != NULL)
    {
      piao_spool_job_free (outcome.job);
      return dex_future_new_for_error (error);
    }
  return dex_future_new_take_boxed (TYPE_OUTCOME, g_memdup2 (&outcome, sizeof outcome));
}

/* --- a lane -------------------------------------------------------------------------------- */

static void
lane_free (Lane *lane)
{
  g_clear_handle_id (&lane->timer, g_source_remove);
  g_clear_object (&lane->output);
  piao_printer_free (lane->printer);
  g_free (lane->trouble);
  g_free (lane->sentence);
  g_free (lane);
}

static void
set_counts (PiaoSpooler *self, guint waiting, guint failed)
{
  if (self->waiting != waiting)
    {
      self->waiting = waiting;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITING]);
    }
  if (self->failed != failed)
    {
      self->failed = failed;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAILED]);
    }
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
try_again (gpointer data)
{
  Lane *lane = data;

  lane->timer = 0;
  lane_go (lane);
  return G_SOURCE_REMOVE;
}

static void
lane_rest (Lane *lane)
{
  guint delay = (guint)MIN ((guint64)FIRST_RETRY_MS << MIN (lane->failures, 10), LAST_RETRY_MS);

  lane->failures++;
  if (lane->timer == 0 && !lane->spooler->stopped)
    lane->timer = g_timeout_add (delay, try_again, lane);
}

static void
lane_note (Lane *lane, Verdict verdict, const char *sentence)
{
  lane->verdict = verdict;
  g_set_str (&lane->sentence, sentence);
}

/* Goes on with @callback once @future (taken) is decided; the callback takes over a reference of
 * the spooler and so of the lane. */
static void
lane_await (Lane *lane, DexFuture *future, DexFutureCallback callback, const char *doing)
{
  g_object_ref (lane->spooler);
  piao_future_disown (dex_future_finally (future, callback, lane, NULL), doing);
}

static DexFuture *
on_sent (DexFuture *future, gpointer data)
{
  Lane *lane = data;
  g_autoptr (PiaoSpooler) self = lane->spooler;
  g_autoptr (GError) error = NULL;

  dex_future_get_value (future, &error);
  if (error == NULL)
    lane_note (lane, VERDICT_PRINTED, NULL);
  else
    lane_note (lane, piao_error_is_retryable (error) ? VERDICT_WAITING : VERDICT_FAILED,
               error->message);
  lane->busy = FALSE;
  lane_go (lane);
  return dex_future_new_for_boolean (TRUE);
}

/* The verdict is written: what it means for the lane. */
static void
lane_settle (Lane *lane)
{
  if (lane->verdict == VERDICT_WAITING)
    {
      g_set_str (&lane->trouble, lane->sentence);
      lane_rest (lane);
    }
  else if (lane->verdict != VERDICT_NONE)
    {
      g_clear_pointer (&lane->trouble, g_free);
      lane->failures = 0;
    }
  lane->is_new = FALSE;
  lane->job_id = 0;
  lane_note (lane, VERDICT_NONE, NULL);
}

static void
lane_send (Lane *lane, const PiaoSpoolJob *job)
{
  lane->job_id = job->id;
  lane->busy = TRUE;
  lane_await (lane, piao_print_output_send (lane->output, job), on_sent, "printing a job");
}

static DexFuture *
on_outcome (DexFuture *future, gpointer data)
{
  Lane *lane = data;
  g_autoptr (PiaoSpooler) self = lane->spooler;
  g_autoptr (GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);
  const Outcome *outcome = value != NULL ? g_value_get_boxed (value) : NULL;
  gboolean again = lane->again;
  gboolean took = lane->verdict != VERDICT_WAITING;

  lane->busy = FALSE;
  lane->again = FALSE;
  if (outcome == NULL)
    {
      g_set_str (&lane->trouble, error->message);
      lane_rest (lane);
      g_signal_emit (self, changed_signal, 0);
      return dex_future_new_for_boolean (FALSE);
    }
  lane_settle (lane);
  if (outcome->job != NULL)
    lane_send (lane, outcome->job);
  else if (again)
    lane_go (lane);
  else if (took) /* nothing waits, so nothing is in trouble */
    g_clear_pointer (&lane->trouble, g_free);
  set_counts (self, outcome->waiting, outcome->failed);
  return dex_future_new_for_boolean (TRUE);
}

static void
lane_go (Lane *lane)
{
  PiaoSpooler *self = lane->spooler;
  Request *request;

  if (lane->busy)
    {
      lane->again = TRUE;
      return;
    }
  if (self->stopped && lane->verdict == VERDICT_NONE)
    return;
  g_clear_handle_id (&lane->timer, g_source_remove);
  request = g_new0 (Request, 1);
  request->printer = piao_printer_copy (lane->printer);
  request->now = piao_clock_now (piao_replica_get_clock (self->replica));
  request->recover = lane->is_new;
  request->take = !self->stopped && lane->verdict != VERDICT_WAITING;
  request->job_id = lane->job_id;
  request->verdict = lane->verdict;
  request->sentence = g_strdup (lane->sentence);
  lane->busy = TRUE;
  lane_await (
      lane, piao_replica_write (self->replica, run_request, request, (GDestroyNotify)request_free),
      on_outcome, "keeping the print jobs");
}

/* --- the object ---------------------------------------------------------------------------- */

static void
piao_spooler_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PiaoSpooler *self = PIAO_SPOOLER (object);

  if (id == PROP_WAITING)
    g_value_set_uint (value, self->waiting);
  else if (id == PROP_FAILED)
    g_value_set_uint (value, self->failed);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
piao_spooler_finalize (GObject *object)
{
  PiaoSpooler *self = PIAO_SPOOLER (object);

  g_hash_table_unref (self->lanes);
  g_clear_object (&self->replica);
  G_OBJECT_CLASS (piao_spooler_parent_class)->finalize (object);
}

static void
piao_spooler_class_init (PiaoSpoolerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = piao_spooler_get_property;
  object_class->finalize = piao_spooler_finalize;
  properties[PROP_WAITING] = g_param_spec_uint ("waiting", NULL, NULL, 0, G_MAXUINT, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FAILED] = g_param_spec_uint ("failed", NULL, NULL, 0, G_MAXUINT, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  changed_signal = g_signal_new ("changed", PIAO_TYPE_SPOOLER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
piao_spooler_init (PiaoSpooler *self)
{
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)lane_free);
}

PiaoSpooler *
piao_spooler_new (PiaoReplica *replica)
{
  PiaoSpooler *self;

  g_return_val_if_fail (PIAO_IS_REPLICA (replica), NULL);

  self = g_object_new (PIAO_TYPE_SPOOLER, NULL);
  self->replica = g_object_ref (replica);
  return self;
}

PiaoReplica *
piao_spooler_get_replica (PiaoSpooler *self)
{
  g_return_val_if_fail (PIAO_IS_SPOOLER (self), NULL);
  return self->replica;
}

static void
set_limits (PiaoSpooler *self, Lane *lane)
{
  if (self->total_ms > 0)
    piao_print_output_set_limits (lane->output, self->connect_ms, self->total_ms);
}

gboolean
piao_spooler_set_printer (PiaoSpooler *self, const PiaoPrinter *printer, GError **error)
{
  g_autoptr (PiaoPrintOutput) output = NULL;
  Lane *lane;

  g_return_val_if_fail (PIAO_IS_SPOOLER (self) && printer != NULL, FALSE);

  output = piao_print_output_new (printer->address, error);
  if (output == NULL)
    return FALSE;
  lane = g_hash_table_lookup (self->lanes, printer->name);
  if (lane == NULL)
    {
      lane = g_new0 (Lane, 1);
      lane->spooler = self;
      lane->is_new = TRUE;
      g_hash_table_insert (self->lanes, g_strdup (printer->name), lane);
    }
  g_clear_pointer (&lane->printer, piao_printer_free);
  lane->printer = piao_printer_copy (printer);
  g_set_object (&lane->output, output);
  set_limits (self, lane);
  lane->failures = 0;
  lane_go (lane);
  return TRUE;
}

const PiaoPrinter *
piao_spooler_find_printer (PiaoSpooler *self, const char *name)
{
  const Lane *lane;

  g_return_val_if_fail (PIAO_IS_SPOOLER (self) && name != NULL, NULL);
  lane = g_hash_table_lookup (self->lanes, name);
  return lane != NULL ? lane->printer : NULL;
}

void
piao_spooler_set_limits (PiaoSpooler *self, guint connect_ms, guint total_ms)
{
  GHashTableIter iter;
  gpointer lane;

  g_return_if_fail (PIAO_IS_SPOOLER (self));
  self->connect_ms = connect_ms;
  self->total_ms = total_ms;
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &lane))
    set_limits (self, lane);
}

void
piao_spooler_wake (PiaoSpooler *self)
{
  GHashTableIter iter;
  gpointer lane;

  g_return_if_fail (PIAO_IS_SPOOLER (self));
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &lane))
    lane_go (lane);
}

void
piao_spooler_stop (PiaoSpooler *self)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (PIAO_IS_SPOOLER (self));
  self->stopped = TRUE;
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_clear_handle_id (&((Lane *)value)->timer, g_source_remove);
}

guint
piao_spooler_get_waiting (PiaoSpooler *self)
{
  g_return_val_if_fail (PIAO_IS_SPOOLER (self), 0);
  return self->waiting;
}

guint
piao_spooler_get_failed (PiaoSpooler *self)
{
  g_return_val_if_fail (PIAO_IS_SPOOLER (self), 0);
  return self->failed;
}

const char *
piao_spooler_get_trouble (PiaoSpooler *self, const char *name)
{
  const Lane *lane;

  g_return_val_if_fail (PIAO_IS_SPOOLER (self) && name != NULL, NULL);
  lane = g_hash_table_lookup (self->lanes, name);
  return lane != NULL ? lane->trouble : NULL;
}
