/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-client.h"
#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * PiaoGatewayWorker: the executor of gateway requests. It carries out the requests whose executor
 * column names it, up to PIAO_GATEWAY_WORKER_CALLS of different orders at once, those of one order
 * one after the other in the order of their making; it obeys the request machine and the breaker
 * of the line, commits every step before it acts on it, and gives what came out to the rules
 * through gateway.progress and gateway.decide. (WHS-08, ILM-05)
 *
 * It knows neither the server nor the replica: a backend runs commands and queries for it. Main
 * context only.
 *
 * Signal "changed": the state of the line, the moment since when, or the attention has changed.
 */
#define PIAO_GATEWAY_WORKER_CALLS 8
#define PIAO_GATEWAY_WORKER_PING_MS (30 * G_GINT64_CONSTANT (1000))

#define PIAO_TYPE_GATEWAY_WORKER (piao_gateway_worker_get_type ())
G_DECLARE_FINAL_TYPE (PiaoGatewayWorker, piao_gateway_worker, PIAO, GATEWAY_WORKER, GObject)

typedef struct
{
  /* Runs a command; resolves (to anything) after the commit, rejects with the rule's or the
   * database's error. @args is taken. */
  DexFuture *(*run) (const char *command, JsonObject *args, gpointer data);
  /* Runs @func on a reading connection that sees all that run() has committed. */
  DexFuture *(*read) (PiaoReplicaFunc func, gpointer func_data, GDestroyNotify, gpointer data);
  gpointer data;
  /* For who keeps another time than the main loop's: the worker wants a nudge at @at, ms of the
   * clock; the last call counts. NULL leaves it to timers of the main loop. */
  void (*wake) (gint64 at, gpointer data);
  /* ms of a time that only goes on, whatever the clock is set to. */
  gint64 (*steady) (gpointer data);
} PiaoGatewayBackend;

/* @executor is "server" or "device:<n>". Nothing happens before start(). */
PiaoGatewayWorker *piao_gateway_worker_new (const char *executor,
                                            PiaoGatewayClient *client,
                                            const PiaoGatewayRules *rules,
                                            const PiaoGatewayBackend *backend,
                                            PiaoClock *clock,
                                            PiaoRandom random);

/* Asks about everything that may have left before, then works. */
void piao_gateway_worker_start (PiaoGatewayWorker *self);

/* Stops for good: the backend is not called any more. What is under way stays as it was committed
 * and is asked about at the next start. */
void piao_gateway_worker_close (PiaoGatewayWorker *self);

/* There may be new requests: a commit has touched gateway_request. */
void piao_gateway_worker_nudge (PiaoGatewayWorker *self);

/* --- the line, for the people who wait for it ------------------------------------------------ */

typedef enum
{
  PIAO_GATEWAY_LINE_ONLINE,
  PIAO_GATEWAY_LINE_DEGRADED, /* the last calls failed, or ILMS is busy */
  PIAO_GATEWAY_LINE_OFFLINE,  /* nothing heard yet, the breaker is open, or stopped */
} PiaoGatewayLineState;

/* "online", "degraded", "offline". */
const char *piao_gateway_line_state_to_text (PiaoGatewayLineState state);

PiaoGatewayLineState piao_gateway_worker_get_line (PiaoGatewayWorker *self);
gint64 piao_gateway_worker_get_since (PiaoGatewayWorker *self); /* ms UTC */

/* Whether sending was stopped until a person has put right what attention says. */
gboolean piao_gateway_worker_is_stopped (PiaoGatewayWorker *self);

/* What a person must know (a stop, clocks that differ), or NULL. Borrowed. */
const char *piao_gateway_worker_get_attention (PiaoGatewayWorker *self);

/* A person has put it right: goes on. */
void piao_gateway_worker_resume (PiaoGatewayWorker *self);

/* When it does something next, ms UTC; 0 while something is under way. */
gint64 piao_gateway_worker_get_next_at (PiaoGatewayWorker *self);

/* Asks for the accounts of an outlet and stores them (ORD-16); this also happens after every
 * decision that moves them. Resolves to TRUE after the commit; rejects with UNAVAILABLE while the
 * line is closed, REFUSED with the sentence of ILMS, or the error of the command. */
DexFuture *
piao_gateway_worker_refresh_balance (PiaoGatewayWorker *self, gint64 outlet, const char *outlet_no);

G_END_DECLS
