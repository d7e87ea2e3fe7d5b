/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: a sweep reads what is open, starts a step (piao-gateway-step.c) for whatever is due, and
 * sets the timer for the rest; every nudge, every finished step and the timer lead to a sweep.
 * There is one sweep at a time. What it has read may be older than a step that finished while it
 * was reading, so an order is left alone until the next sweep after its step: otherwise a row that
 * still reads "prepared" could be sent once more.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-money.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-kinds.h"
#include "ilms/piao-gateway-row.h"
#include "ilms/piao-gateway-worker-private.h"

/* How many open requests a sweep looks at; more than steps plus orders just finished. */
#define WINDOW 40
#define MAX_RECOVERED 100000
/* How long an order is left alone after its step could not be stored. */
#define HOLD_MS (5 * PIAO_SECOND)
#define UNDER_WAY (-1)

/* An order that is not touched: its step is under way, or until a time (0: until the next sweep).
 */
typedef struct
{
  gint64 order;
  gint64 until;
} Busy;

struct _PiaoGatewayWorker
{
  GObject parent_instance;

  char *executor;
  PiaoGatewayClient *client;
  PiaoGatewayRules rules;
  PiaoGatewayBackend backend;
  PiaoClock *clock;
  PiaoRandom random;

  gboolean started;
  gboolean closed;
  gboolean recovered;
  gboolean sweeping;
  gboolean again; /* something happened since the sweep began */
  gboolean pinging;
  guint fibers;     /* all that is under way */
  guint steps;      /* requests among them */
  GHashTable *busy; /* (owned) order id → Busy */
  PiaoGatewayDoubts doubts;
  gint64 wake_at;
  guint timer;

  PiaoGatewayLine line;
  gboolean heard;    /* ILMS has answered since the start */
  gboolean has_busy; /* and its last answer was: busy */
  gint64 last_call;  /* when a call ended last */
  PiaoGatewayLineState state;
  gint64 since;
  char *attention;
};

G_DEFINE_FINAL_TYPE (PiaoGatewayWorker, piao_gateway_worker, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *const state_words[] = { "online", "degraded", "offline" };

/* --- the line -------------------------------------------------------------------------------- */

const char *
piao_gateway_line_state_to_text (PiaoGatewayLineState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_words), "offline");
  return state_words[state];
}

static gboolean
is_open (const PiaoGatewayWorker *self)
{
  return self->line.stopped_at == 0 && self->line.opened_at == 0;
}

static PiaoGatewayLineState
judge_line (const PiaoGatewayWorker *self)
{
  if (!is_open (self) || !self->heard)
    return PIAO_GATEWAY_LINE_OFFLINE;
  return self->line.failures > 0 || self->has_busy ? PIAO_GATEWAY_LINE_DEGRADED
                                                   : PIAO_GATEWAY_LINE_ONLINE;
}

/* Takes note of the line as it is, with @attention (NULL for none), and tells. */
static void
note_line (PiaoGatewayWorker *self, const char *attention)
{
  PiaoGatewayLineState state = judge_line (self);
  gboolean same = g_strcmp0 (self->attention, attention) == 0;

  if (state != self->state)
    self->since = piao_clock_now (self->clock);
  else if (same)
    return;
  self->state = state;
  if (!same)
    {
      g_free (self->attention);
      self->attention = g_strdup (attention);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
report (PiaoGatewayWorker *self, const PiaoGatewayReply *reply)
{
  g_autofree char *attention = g_strdup (self->attention);

  self->last_call = piao_clock_now (self->clock);
  piao_gateway_line_report (&self->line, reply->kind, self->last_call);
  self->has_busy = reply->kind == PIAO_GATEWAY_BUSY;
  if (reply->kind == PIAO_GATEWAY_OK || reply->kind == PIAO_GATEWAY_REFUSED || self->has_busy)
    self->heard = TRUE;
  if (reply->kind == PIAO_GATEWAY_STOP)
    {
      g_free (attention);
      attention = g_strdup (reply->sentence);
    }
  else if (self->line.stopped_at == 0 && reply->server_time > 0)
    {
      g_clear_pointer (&attention, g_free);
      if (reply->skew_warn)
        attention = g_strdup_printf (_ ("The clock of this computer differs from the one of ILMS "
                                        "by %d seconds. Set it right, or ILMS will refuse what is "
                                        "sent."),
                                     (int)CLAMP (ABS (reply->skew_ms) / PIAO_SECOND, 0, G_MAXINT));
    }
  note_line (self, attention);
}

void
piao_gateway_worker_stop_line (PiaoGatewayWorker *self, const char *sentence)
{
  piao_gateway_line_report (&self->line, PIAO_GATEWAY_STOP, piao_clock_now (self->clock));
  note_line (self, sentence);
}

/* --- what steps await ------------------------------------------------------------------------ */

static gboolean
check_closed (PiaoGatewayWorker *self, GError **error)
{
  if (self->closed)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed");
  return !self->closed;
}

gboolean
piao_gateway_worker_store (PiaoGatewayWorker *self,
                           const char *command,
                           JsonObject *args,
                           GError **error)
{
  if (check_closed (self, error))
    return dex_await (self->backend.run (command, args, self->backend.data), error);
  json_object_unref (args);
  return FALSE;
}

/* @may_probe: whether the call may be the one that a half-open breaker lets through. */
static PiaoGatewayReply *
call (PiaoGatewayWorker *self,
      const char *operation,
      const char *request_number,
      JsonObject *params,
      gboolean may_probe,
      GError **error)
{
  g_autoptr (PiaoGatewayReply) reply = NULL;

  if (!check_closed (self, error))
    return NULL;
  if (!(may_probe || is_open (self))
      || !piao_gateway_line_take (&self->line, piao_clock_now (self->clock)))
    {
      piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "gateway.line",
                      _ ("There is no line to ILMS at the moment."));
      return NULL;
    }
  reply
      = dex_await_boxed (piao_gateway_client_call (self->client, operation, request_number, params),
                         error);
  if (reply == NULL)
    {
      self->line.probing = FALSE;
      return NULL;
    }
  if (!check_closed (self, error))
    return NULL;
  report (self, reply);
  return g_steal_pointer (&reply);
}

PiaoGatewayReply *
piao_gateway_worker_call (PiaoGatewayWorker *self,
                          const char *operation,
                          const char *request_number,
                          JsonObject *params,
                          GError **error)
{
  return call (self, operation, request_number, params, FALSE, error);
}

PiaoClock *
piao_gateway_worker_get_clock (PiaoGatewayWorker *self)
{
  return self->clock;
}

const PiaoGatewayRules *
piao_gateway_worker_get_rules (PiaoGatewayWorker *self)
{
  return &self->rules;
}

gint64
piao_gateway_worker_note (PiaoGatewayWorker *self,
                          gint64 request,
                          const PiaoGatewayAttempt *attempt)
{
  return piao_gateway_doubts_note (&self->doubts, request, attempt,
                                   self->backend.steady (self->backend.data));
}

guint32
piao_gateway_worker_take_random (PiaoGatewayWorker *self)
{
  return piao_random_uint32 (&self->random);
}

/* --- balances -------------------------------------------------------------------------------- */

typedef struct
{
  PiaoGatewayWorker *worker;
  gint64 order; /* whose outlet it is, when outlet is 0 */
  gint64 outlet;
  char *outlet_no;
} Balance;

static void
balance_free (gpointer data)
{
  Balance *balance = data;

  g_object_unref (balance->worker);
  g_free (balance->outlet_no);
  g_free (balance);
}

static DexFuture *
read_outlet (PiaoDb *db, gpointer data)
{
  const gint64 *order = data;
  GError *error = NULL;
  g_autoptr (PiaoRecord) record = piao_record_load (db, &piao_order_kind, *order, &error);

  return record != NULL ? dex_future_new_for_int64 (piao_record_int (record, PIAO_ORDER_OUTLET_ID))
                        : dex_future_new_for_error (error);
}

static gboolean
find_outlet (Balance *balance, GError **error)
{
  const PiaoGatewayBackend *backend = &balance->worker->backend;

  if (balance->outlet == 0 && check_closed (balance->worker, error))
    balance->outlet
        = dex_await_int64 (backend->read (read_outlet, g_memdup2 (&balance->order, sizeof (gint64)),
                                          g_free, backend->data),
                           error);
  return balance->outlet != 0;
}

static gboolean
take_balance (Balance *balance, const PiaoGatewayReply *reply, GError **error)
{
  gint64 instant = 0, payment = 0;

  if (reply->kind != PIAO_GATEWAY_OK)
    return piao_error_set (
        error, reply->kind == PIAO_GATEWAY_REFUSED ? PIAO_ERROR_REFUSED : PIAO_ERROR_UNAVAILABLE,
        reply->code, "%s", reply->sentence);
  if (!piao_money_parse (piao_json_get_text (reply->result, "instant", ""), &instant, error)
      || !piao_money_parse (piao_json_get_text (reply->result, "payment", ""), &payment, error))
    return FALSE;
  return piao_gateway_worker_store (balance->worker, "gateway.balance",
                                    piao_json_build ("outlet", 'd', balance->outlet, "instant", 'i',
                                                     instant, "payment", 'i', payment, NULL),
                                    error);
}

static DexFuture *
refresh_balance (gpointer data)
{
  Balance *balance = data;
  g_autoptr (JsonObject) params = piao_json_build ("outletNo", 's', balance->outlet_no, NULL);
  g_autoptr (PiaoGatewayReply) reply = NULL;
  GError *error = NULL;

  if (find_outlet (balance, &error))
    reply = piao_gateway_worker_call (balance->worker, "outlet.balance", NULL, params, &error);
  if (reply != NULL)
    take_balance (balance, reply, &error);
  balance->worker->fibers--;
  return error == NULL ? dex_future_new_for_boolean (TRUE) : dex_future_new_for_error (error);
}

static DexFuture *
spawn_balance (PiaoGatewayWorker *self, gint64 order, gint64 outlet, const char *outlet_no)
{
  Balance *balance = g_new0 (Balance, 1);

  balance->worker = g_object_ref (self);
  balance->order = order;
  balance->outlet = outlet;
  balance->outlet_no = g_strdup (outlet_no);
  self->fibers++;
  return dex_scheduler_spawn (NULL, 0, refresh_balance, balance, balance_free);
}

DexFuture *
piao_gateway_worker_refresh_balance (PiaoGatewayWorker *self, gint64 outlet, const char *outlet_no)
{
  g_return_val_if_fail (PIAO_IS_GATEWAY_WORKER (self) && outlet > 0 && outlet_no != NULL, NULL);
  return spawn_balance (self, 0, outlet, outlet_no);
}

/* The next decision or the next look at the outlet brings it; nobody waits for this one. */
static DexFuture *
forgive (DexFuture *future, gpointer data)
{
  g_autoptr (GError) error = NULL;

  dex_future_get_value (future, &error);
  g_debug ("A balance could not be refreshed: %s", error->message);
  return dex_future_new_for_boolean (FALSE);
}

void
piao_gateway_worker_balance_moved (PiaoGatewayWorker *self, gint64 order, const char *outlet_no)
{
  if (outlet_no != NULL && is_open (self) && !self->closed)
    piao_future_disown (dex_future_catch (spawn_balance (self, order, 0, outlet_no), forgive, NULL,
                                          NULL),
                        "gateway balance");
}

/* --- pings ----------------------------------------------------------------------------------- */

static DexFuture *
ping (gpointer data)
{
  PiaoGatewayWorker *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoGatewayReply) reply = call (self, "gw.ping", NULL, NULL, TRUE, &error);

  if (reply == NULL && !self->closed)
    piao_gateway_worker_stop_line (self, error->message);
  self->pinging = FALSE;
  self->fibers--;
  piao_gateway_worker_nudge (self);
  return dex_future_new_for_boolean (TRUE);
}

/* An idle line is tried every half minute, and an open breaker by a ping rather than by a request
 * that could end up unknown. */
static void
consider_ping (PiaoGatewayWorker *self, gint64 now)
{
  gint64 due = self->line.opened_at != 0 ? piao_gateway_line_next_at (&self->line, now)
               : self->last_call == 0    ? 0
                                         : self->last_call + PIAO_GATEWAY_WORKER_PING_MS;

  if (self->line.stopped_at != 0 || self->pinging || self->steps > 0)
    return;
  if (due > now)
    {
      self->wake_at = MIN (self->wake_at, due);
      return;
    }
  self->pinging = TRUE;
  self->fibers++;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, ping, g_object_ref (self), g_object_unref),
                      "gateway ping");
}

/* --- steps ----------------------------------------------------------------------------------- */

typedef struct
{
  PiaoGatewayWorker *worker;
  gint64 order;
} Finish;

static void
finish_free (gpointer data)
{
  Finish *finish = data;

  g_object_unref (finish->worker);
  g_free (finish);
}

static DexFuture *
on_step_finished (DexFuture *future, gpointer data)
{
  Finish *finish = data;
  PiaoGatewayWorker *self = finish->worker;
  const GValue *stored = dex_future_get_value (future, NULL);
  Busy *busy = g_hash_table_lookup (self->busy, &finish->order);

  PIAO_INVARIANT (busy != NULL && busy->until == UNDER_WAY);
  busy->until
      = stored != NULL && g_value_get_boolean (stored) ? 0 : piao_clock_now (self->clock) + HOLD_MS;
  self->steps--;
  self->fibers--;
  piao_gateway_worker_nudge (self);
  return dex_future_new_for_boolean (TRUE);
}

static void
start_step (PiaoGatewayWorker *self, const PiaoRecord *row, const PiaoGatewayAttempt *attempt)
{
  Busy *busy = g_new0 (Busy, 1);
  Finish *finish = g_new0 (Finish, 1);

  busy->order = finish->order = piao_record_int (row, PIAO_GATEWAY_REQUEST_ORDER_ID);
  busy->until = UNDER_WAY;
  g_hash_table_insert (self->busy, &busy->order, busy);
  finish->worker = g_object_ref (self);
  self->steps++;
  self->fibers++;
  piao_future_disown (dex_future_finally (piao_gateway_step_take (self, row, attempt),
                                          on_step_finished, finish, finish_free),
                      "gateway step");
}

static void
consider (PiaoGatewayWorker *self, const PiaoRecord *row, gint64 now)
{
  gint64 order = piao_record_int (row, PIAO_GATEWAY_REQUEST_ORDER_ID);
  const Busy *busy = g_hash_table_lookup (self->busy, &order);
  PiaoGatewayAttempt attempt;

  if (busy != NULL && busy->until > now)
    self->wake_at = MIN (self->wake_at, busy->until);
  if (busy != NULL || !piao_gateway_row_read (row, &attempt))
    return;
  if (piao_gateway_row_may_be_forgotten (row, &attempt, self->rules.ask_first_before))
    piao_gateway_attempt_take_over (&attempt, now);
  /* Under way, but not here: its step ended without being stored. */
  if (attempt.state == PIAO_GATEWAY_SENT || attempt.asked_at != 0)
    piao_gateway_attempt_recover (&attempt, now);
  switch (piao_gateway_attempt_next (&attempt, &self->rules, now))
    {
    case PIAO_GATEWAY_DO_GIVE_TO_PERSON:
      start_step (self, row, &attempt);
      break;
    case PIAO_GATEWAY_DO_SEND:
    case PIAO_GATEWAY_DO_QUERY:
      if (is_open (self) && self->steps < PIAO_GATEWAY_WORKER_CALLS)
        start_step (self, row, &attempt);
      break;
    case PIAO_GATEWAY_DO_WAIT:
      self->wake_at = MIN (self->wake_at, attempt.next_at);
      break;
    case PIAO_GATEWAY_DO_AWAIT_REPLY:
    case PIAO_GATEWAY_DO_STOP_ALL:
    case PIAO_GATEWAY_DO_NOTHING:
    default:
      break;
    }
}

/* --- sweeps ---------------------------------------------------------------------------------- */

typedef struct
{
  char *executor;
  gint64 doubt_before;
  guint limit;
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_free (query->executor);
  g_free (query);
}

static DexFuture *
read_open (PiaoDb *db, gpointer data)
{
  const Query *query = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = piao_gateway_list_doubtful (db, query->executor, query->doubt_before,
                                                           PIAO_GATEWAY_WORKER_CALLS, &error);
  GPtrArray *open
      = rows != NULL ? piao_gateway_list_open (db, query->executor, query->limit, &error) : NULL;

  if (open == NULL)
    return dex_future_new_for_error (error);
  g_ptr_array_extend_and_steal (rows, open);
  return dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, g_steal_pointer (&rows));
}

/* Those in doubt for too long first. NULL on failure. Transfer full. */
static GPtrArray *
list (PiaoGatewayWorker *self, guint limit, GError **error)
{
  Query *query = g_new0 (Query, 1);
  g_autoptr (GPtrArray) rows = NULL;

  query->executor = g_strdup (self->executor);
  query->doubt_before = piao_clock_now (self->clock) - self->rules.person_after_ms;
  query->limit = limit;
  rows = dex_await_boxed (self->backend.read (read_open, query, query_free, self->backend.data),
                          error);
  return rows != NULL && check_closed (self, error) ? g_steal_pointer (&rows) : NULL;
}

/* Whatever may have left before the start is asked about. */
static gboolean
recover (PiaoGatewayWorker *self, GError **error)
{
  g_autoptr (GPtrArray) rows = list (self, MAX_RECOVERED, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const PiaoRecord *row = rows->pdata[i];
      PiaoGatewayAttempt attempt;

      if (!piao_gateway_row_read (row, &attempt) || attempt.state == PIAO_GATEWAY_PREPARED)
        continue;
      piao_gateway_attempt_recover (&attempt, piao_clock_now (self->clock));
      if (!piao_gateway_worker_store (
              self, "gateway.progress",
              piao_gateway_row_progress (row, &attempt,
                                         piao_record_text (row, PIAO_GATEWAY_REQUEST_CODE),
                                         piao_record_text (row, PIAO_GATEWAY_REQUEST_MESSAGE)),
              error))
        return FALSE;
    }
  self->recovered = rows != NULL;
  return self->recovered;
}

static gboolean
is_over (gpointer key, gpointer value, gpointer data)
{
  const Busy *busy = value;
  const gint64 *now = data;

  return busy->until != UNDER_WAY && busy->until <= *now;
}

static gboolean
look_around (PiaoGatewayWorker *self, GError **error)
{
  gint64 now = piao_clock_now (self->clock);
  g_autoptr (GPtrArray) rows = NULL;

  if (!self->recovered && !recover (self, error))
    return FALSE;
  g_hash_table_foreach_remove (self->busy, is_over, &now);
  rows = list (self, WINDOW, error);
  if (rows == NULL)
    return FALSE;
  now = piao_clock_now (self->clock);
  self->wake_at = now + PIAO_GATEWAY_WORKER_PING_MS;
  for (guint i = 0; i < rows->len; i++)
    consider (self, rows->pdata[i], now);
  consider_ping (self, now);
  return TRUE;
}

static gboolean
on_timer (gpointer data)
{
  PiaoGatewayWorker *self = data;

  self->timer = 0;
  piao_gateway_worker_nudge (self);
  return G_SOURCE_REMOVE;
}

static void
set_timer (PiaoGatewayWorker *self)
{
  gint64 delay = self->wake_at - piao_clock_now (self->clock);

  if (self->closed)
    return;
  if (self->backend.wake != NULL)
    {
      self->backend.wake (self->wake_at, self->backend.data);
      return;
    }
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer
      = g_timeout_add ((guint)CLAMP (delay, 20, PIAO_GATEWAY_WORKER_PING_MS), on_timer, self);
}

static DexFuture *
sweep (gpointer data)
{
  PiaoGatewayWorker *self = data;

  while (self->again && !self->closed)
    {
      g_autoptr (GError) error = NULL;

      self->again = FALSE;
      if (look_around (self, &error) || self->closed)
        continue;
      g_message ("The gateway requests cannot be read: %s", error->message);
      self->wake_at = piao_clock_now (self->clock) + HOLD_MS;
    }
  self->sweeping = FALSE;
  self->fibers--;
  set_timer (self);
  return dex_future_new_for_boolean (TRUE);
}

void
piao_gateway_worker_nudge (PiaoGatewayWorker *self)
{
  g_return_if_fail (PIAO_IS_GATEWAY_WORKER (self));
  self->again = TRUE;
  if (!self->started || self->closed || self->sweeping)
    return;
  self->sweeping = TRUE;
  self->fibers++;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, sweep, g_object_ref (self), g_object_unref),
                      "gateway sweep");
}

/* --- life ------------------------------------------------------------------------------------ */

void
piao_gateway_worker_start (PiaoGatewayWorker *self)
{
  g_return_if_fail (PIAO_IS_GATEWAY_WORKER (self) && !self->started);
  self->started = TRUE;
  piao_gateway_worker_nudge (self);
}

void
piao_gateway_worker_close (PiaoGatewayWorker *self)
{
  g_return_if_fail (PIAO_IS_GATEWAY_WORKER (self));
  self->closed = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
}

void
piao_gateway_worker_resume (PiaoGatewayWorker *self)
{
  g_return_if_fail (PIAO_IS_GATEWAY_WORKER (self));
  piao_gateway_line_resume (&self->line);
  self->last_call = 0;
  self->heard = FALSE;
  note_line (self, NULL);
  piao_gateway_worker_nudge (self);
}

PiaoGatewayLineState
piao_gateway_worker_get_line (PiaoGatewayWorker *self)
{
  g_return_val_if_fail (PIAO_IS_GATEWAY_WORKER (self), PIAO_GATEWAY_LINE_OFFLINE);
  return self->state;
}

gint64
piao_gateway_worker_get_since (PiaoGatewayWorker *self)
{
  g_return_val_if_fail (PIAO_IS_GATEWAY_WORKER (self), 0);
  return self->since;
}

gboolean
piao_gateway_worker_is_stopped (PiaoGatewayWorker *self)
{
  g_return_val_if_fail (PIAO_IS_GATEWAY_WORKER (self), FALSE);
  return self->line.stopped_at != 0;
}

const char *
piao_gateway_worker_get_attention (PiaoGatewayWorker *self)
{
  g_return_val_if_fail (PIAO_IS_GATEWAY_WORKER (self), NULL);
  return self->attention;
}

gint64
piao_gateway_worker_get_next_at (PiaoGatewayWorker *self)
{
  g_return_val_if_fail (PIAO_IS_GATEWAY_WORKER (self), 0);
  return self->fibers > 0 ? 0 : self->wake_at;
}

static void
piao_gateway_worker_dispose (GObject *object)
{
  piao_gateway_worker_close (PIAO_GATEWAY_WORKER (object));
  G_OBJECT_CLASS (piao_gateway_worker_parent_class)->dispose (object);
}

static void
piao_gateway_worker_finalize (GObject *object)
{
  PiaoGatewayWorker *self = PIAO_GATEWAY_WORKER (object);

  g_clear_object (&self->client);
  g_clear_object (&self->clock);
  g_hash_table_unref (self->busy);
  piao_gateway_doubts_clear (&self->doubts);
  g_free (self->executor);
  g_free (self->attention);
  G_OBJECT_CLASS (piao_gateway_worker_parent_class)->finalize (object);
}

static void
piao_gateway_worker_class_init (PiaoGatewayWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = piao_gateway_worker_dispose;
  G_OBJECT_CLASS (klass)->finalize = piao_gateway_worker_finalize;
  signals[CHANGED] = g_signal_new ("changed", PIAO_TYPE_GATEWAY_WORKER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
piao_gateway_worker_init (PiaoGatewayWorker *self)
{
  self->busy = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  piao_gateway_doubts_init (&self->doubts);
  self->state = PIAO_GATEWAY_LINE_OFFLINE;
}

PiaoGatewayWorker *
piao_gateway_worker_new (const char *executor,
                         PiaoGatewayClient *client,
                         const PiaoGatewayRules *rules,
                         const PiaoGatewayBackend *backend,
                         PiaoClock *clock,
                         PiaoRandom random)
{
  PiaoGatewayWorker *self;

  g_return_val_if_fail (executor != NULL && PIAO_IS_GATEWAY_CLIENT (client), NULL);
  g_return_val_if_fail (rules != NULL && PIAO_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (backend != NULL && backend->steady != NULL, NULL);
  self = g_object_new (PIAO_TYPE_GATEWAY_WORKER, NULL);
  self->executor = g_strdup (executor);
  self->client = g_object_ref (client);
  self->rules = *rules;
  self->backend = *backend;
  self->clock = g_object_ref (clock);
  self->random = random;
  self->since = piao_clock_now (clock);
  return self;
}
