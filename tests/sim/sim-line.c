/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: the object below has the name and the functions of the product's HTTP client, so the
 * linker takes it instead: worker and steps above it are the product's, to the last instruction.
 */

#include "config.h"

#include "base/piao-future.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-line.h"
#include "tests/sim/sim-server.h"

struct _PiaoGatewayClient
{
  GObject parent;

  SimWorld *world;
  guint executor;     /* desk, or SIM_LINE_SERVER */
  GPtrArray *waiting; /* of Call: nobody has answered them yet; borrowed */
  gboolean stopped;   /* the last word of ILMS was: stop */
  guint wake;         /* number of the nudge that counts */
};

G_DEFINE_FINAL_TYPE (PiaoGatewayClient, piao_gateway_client, G_TYPE_OBJECT)

typedef struct
{
  gatomicrefcount refs;
  SimWorld *world;
  PiaoGatewayClient *line; /* owned */
  DexPromise *promise;     /* owned; NULL once answered */
  char *operation;
  GHashTable *params;
  PiaoSandboxFault fault;
  char *code, *sentence; /* what ILMS said, once it has carried it out */
  JsonObject *result;
} Call;

static Call *
call_ref (Call *call)
{
  g_atomic_ref_count_inc (&call->refs);
  return call;
}

static void
call_unref (gpointer data)
{
  Call *call = data;

  if (!g_atomic_ref_count_dec (&call->refs))
    return;
  dex_clear (&call->promise);
  g_object_unref (call->line);
  g_hash_table_unref (call->params);
  g_free (call->operation);
  g_free (call->code);
  g_free (call->sentence);
  g_clear_pointer (&call->result, json_object_unref);
  g_free (call);
}

static void
at (Call *call, gint64 delay, SimFunc func)
{
  sim_later (call->world, delay, func, call_ref (call), call_unref);
}

static PiaoGatewayClient *
line_of (SimWorld *world, guint executor)
{
  return executor == SIM_LINE_SERVER ? world->server->line : world->desks[executor]->line;
}

static PiaoGatewayWorker *
worker_of (SimWorld *world, guint executor)
{
  return executor == SIM_LINE_SERVER ? world->server->worker : world->desks[executor]->worker;
}

/* --- a stop ---------------------------------------------------------------------------------- */

/* A person has put right what was wrong. */
static void
resume (gpointer data)
{
  Call *call = data;
  PiaoGatewayWorker *worker = worker_of (call->world, call->line->executor);

  if (worker == NULL || line_of (call->world, call->line->executor) != call->line)
    return;
  sim_note (call->world, "line", "%u is resumed", call->line->executor);
  call->line->stopped = FALSE;
  if (call->line->executor < SIM_N_DESKS)
    sim_desk_set_clock (call->world->desks[call->line->executor]);
  piao_gateway_worker_resume (worker);
}

static void
stop_line (Call *call)
{
  call->line->stopped = TRUE;
  at (call, sim_random_span (&call->world->random, 5 * PIAO_MINUTE, 3 * PIAO_HOUR), resume);
}

/* --- answers --------------------------------------------------------------------------------- */

static void
answer (Call *call, PiaoGatewayKind kind, gboolean sent, const char *code, const char *sentence)
{
  PiaoGatewayReply *reply;
  DexPromise *promise = g_steal_pointer (&call->promise);

  if (promise == NULL)
    return;
  reply = g_new0 (PiaoGatewayReply, 1);
  reply->kind = kind;
  reply->sent = sent;
  reply->code = g_strdup (code);
  reply->sentence = g_strdup (kind == PIAO_GATEWAY_OK ? "" : sentence);
  reply->server_time = kind == PIAO_GATEWAY_OK ? call->world->now : 0;
  if (kind == PIAO_GATEWAY_OK)
    reply->result = json_object_ref (call->result);
  if (kind == PIAO_GATEWAY_STOP)
    stop_line (call);
  g_ptr_array_remove_fast (call->line->waiting, call);
  dex_promise_resolve_boxed (promise, PIAO_TYPE_GATEWAY_REPLY, reply);
  dex_unref (promise);
}

static void
no_answer (gpointer data)
{
  answer (data, PIAO_GATEWAY_UNKNOWN, TRUE, "timeout", "No usable answer.");
}

static void
no_line (gpointer data)
{
  answer (data, PIAO_GATEWAY_NOT_SENT, FALSE, "line", "No line.");
}

static void
busy (gpointer data)
{
  answer (data, PIAO_GATEWAY_BUSY, TRUE, "busy", "Come back later.");
}

static void
stop (gpointer data)
{
  answer (data, PIAO_GATEWAY_STOP, TRUE, "clock", "The time is too far from ours.");
}

static void
good_answer (gpointer data)
{
  Call *call = data;

  if (g_str_equal (call->code, "ok"))
    answer (call, PIAO_GATEWAY_OK, TRUE, call->code, "");
  else
    answer (call, PIAO_GATEWAY_REFUSED, TRUE, call->code, call->sentence);
}

static void
carry_out (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->code, g_free);
  g_clear_pointer (&call->sentence, g_free);
  g_clear_pointer (&call->result, json_object_unref);
  sim_ilms_carry_out (call->world->ilms, call->operation, call->params, &call->code,
                      &call->sentence, &call->result);
  sim_check_ilms (call->world, g_hash_table_lookup (call->params, "orderNo"));
}

/* --- a call ---------------------------------------------------------------------------------- */

#define TOTAL_MS 15000

static void
go_down (Call *call)
{
  call->world->ilms->down_until = call->world->now + call->fault.ms;
  at (call, 100, no_answer);
}

static void
travel (Call *call)
{
  SimRandom *random = &call->world->random;
  gint64 there = sim_random_range (random, 20, 400);
  gint64 back = there + sim_random_range (random, 20, 400);
  gboolean good = FALSE;

  switch (call->fault.kind)
    {
    case PIAO_SANDBOX_FAULT_DELAY:
      there = call->fault.ms;
      back = there + 50;
      good = TRUE;
      break;
    case PIAO_SANDBOX_FAULT_SLOW:
      back = call->fault.ms;
      good = TRUE;
      break;
    case PIAO_SANDBOX_FAULT_DROP:
    case PIAO_SANDBOX_FAULT_500:
      at (call, back, no_answer);
      return;
    case PIAO_SANDBOX_FAULT_CLOCK:
      at (call, back, stop);
      return;
    case PIAO_SANDBOX_FAULT_BUSY:
      at (call, back, busy);
      return;
    case PIAO_SANDBOX_FAULT_DOWN:
      go_down (call);
      return;
    case PIAO_SANDBOX_FAULT_DUPLICATE:
      at (call, there, carry_out);
      good = TRUE;
      break;
    case PIAO_SANDBOX_FAULT_APPLY_DROP:
    case PIAO_SANDBOX_FAULT_APPLY_500:
    case PIAO_SANDBOX_FAULT_GARBAGE:
    case PIAO_SANDBOX_FAULT_BAD_SIGNATURE:
      break;
    case PIAO_SANDBOX_FAULT_NONE:
    default:
      good = TRUE;
      break;
    }
  at (call, there, carry_out);
  at (call, MIN (back, TOTAL_MS), good && back < TOTAL_MS ? good_answer : no_answer);
}

DexFuture *
piao_gateway_client_call (PiaoGatewayClient *self,
                          const char *operation,
                          const char *request_number,
                          JsonObject *params)
{
  g_autoptr (JsonObject) none = json_object_new ();
  Call *call = g_new0 (Call, 1);
  DexFuture *future;
  const char *number;

  g_atomic_ref_count_init (&call->refs);
  call->world = self->world;
  call->line = g_object_ref (self);
  call->operation = g_strdup (operation);
  call->params = piao_envelope_params_from_json (params != NULL ? params : none, NULL);
  g_assert (call->params != NULL);
  if (request_number != NULL)
    g_hash_table_insert (call->params, g_strdup ("requestNo"), g_strdup (request_number));
  call->promise = dex_promise_new ();
  future = DEX_FUTURE (dex_ref (call->promise));
  number = g_hash_table_lookup (call->params, "requestNo");
  sim_note (self->world, "line", "%u calls %s %s", self->executor, operation,
            number != NULL ? number : "");
  sim_check_sending (self->world, self->executor, operation, number, self->stopped);
  g_ptr_array_add (self->waiting, call);
  if (self->world->now < self->world->ilms->down_until)
    at (call, 200, no_line);
  else
    {
      call->fault = sim_ilms_take_fault (self->world->ilms, operation);
      travel (call);
    }
  call_unref (call);
  return future;
}

/* --- life ------------------------------------------------------------------------------------ */

PiaoGatewayClient *
sim_line_new (SimWorld *world, guint executor)
{
  PiaoGatewayClient *self = g_object_new (PIAO_TYPE_GATEWAY_CLIENT, NULL);

  self->world = world;
  self->executor = executor;
  return self;
}

void
sim_line_cut (PiaoGatewayClient *self)
{
  while (self->waiting->len > 0)
    {
      Call *call = g_ptr_array_index (self->waiting, self->waiting->len - 1);
      DexPromise *promise = g_steal_pointer (&call->promise);

      g_ptr_array_set_size (self->waiting, self->waiting->len - 1);
      dex_promise_reject (promise, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cut"));
      dex_unref (promise);
    }
}

static void
piao_gateway_client_finalize (GObject *object)
{
  PiaoGatewayClient *self = PIAO_GATEWAY_CLIENT (object);

  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (piao_gateway_client_parent_class)->finalize (object);
}

static void
piao_gateway_client_class_init (PiaoGatewayClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_gateway_client_finalize;
}

static void
piao_gateway_client_init (PiaoGatewayClient *self)
{
  self->waiting = g_ptr_array_new ();
}

/* --- what its worker gets -------------------------------------------------------------------- */

typedef struct
{
  SimWorld *world;
  guint executor;
  guint number;
} Wake;

static void
nudge (gpointer data)
{
  Wake *wake = data;
  PiaoGatewayWorker *worker = worker_of (wake->world, wake->executor);

  if (worker == NULL || line_of (wake->world, wake->executor)->wake != wake->number)
    return;
  if (wake->executor < SIM_N_DESKS)
    sim_desk_set_clock (wake->world->desks[wake->executor]);
  piao_gateway_worker_nudge (worker);
}

void
sim_line_wake (SimWorld *world, guint executor, gint64 at_time)
{
  Wake *wake = g_new0 (Wake, 1);

  *wake = (Wake){ world, executor, ++line_of (world, executor)->wake };
  sim_later (world, CLAMP (at_time - world->now, 20, PIAO_GATEWAY_WORKER_PING_MS), nudge, wake,
             g_free);
}

gboolean
sim_line_has_work (PiaoDb *db, const char *executor)
{
  g_autoptr (GPtrArray) open = piao_gateway_list_open (db, executor, 1, NULL);

  return open != NULL && open->len > 0;
}

PiaoGatewayRules
sim_line_get_rules (SimWorld *world)
{
  static PiaoGatewayProfile *profile;

  if (profile == NULL)
    profile = piao_gateway_profile_load ("tcop-hmacsha1-des", NULL);
  g_assert (profile != NULL);
  return piao_gateway_rules_for (profile);
}

static void
fill (gpointer data, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8)sim_random_next (data);
}

PiaoRandom
sim_line_get_random (SimWorld *world)
{
  return (PiaoRandom){ fill, &world->random };
}
