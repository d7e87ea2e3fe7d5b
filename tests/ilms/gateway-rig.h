/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-worker.h"
#include "lib/gateway-fixture.h"
#include "tests/lib/piao-fixture.h"

G_BEGIN_DECLS

/*
 * Orders from the telephone to the label with the worker between a database and a sandbox over
 * real HTTP. The sandbox repeats what it is sent twice (no idempotency), so its ledger shows every
 * blind repetition. Time is a manual clock: when nothing is under way it is set to the moment at
 * which the worker wants to act.
 */
#define RIG_OUTLET_NO "6523001234"

typedef struct
{
  GatewayFixture gateway;
  PiaoFixture *world;
  PiaoGatewayWorker *worker;
  gboolean direct;         /* the warehouse's own desktop is the executor */
  const char *fail;        /* this command fails the next time … */
  PiaoErrorCode failure;   /* … with this error */
  gboolean crash;          /* the worker ends right after the next commit of "sent" */
  gint64 most_sent;        /* the most requests that were "sent" at one time */
  gboolean inherited;      /* another process may still have something to send */
  gint64 ask_first_before; /* of the rules */
  gint64 jumped;           /* ms that the clock was set forward */
} Rig;

void rig_set_up (Rig *rig, gconstpointer data);
void rig_tear_down (Rig *rig, gconstpointer data);

/* What an empty sandbox must know. */
void rig_seed (Rig *rig);

void rig_start_worker (Rig *rig);
/* Whatever is under way ends, and the worker is gone. */
void rig_end_worker (Rig *rig);

/* ms of a time that nobody sets. */
gint64 rig_get_steady (gpointer data);

/* One thing happens: something that is under way goes on, or time passes until there is. */
void rig_step (Rig *rig);
/* Until nothing is under way; no time passes. */
void rig_settle (Rig *rig);
void rig_await_state (Rig *rig, gint64 order, const char *expected);

/* Runs a command at the time of the clock; the test fails when it is refused. */
void rig_must (Rig *rig, gint64 actor, const char *name, JsonObject *args);
/* An order that ILMS is asked to lock; its id. */
gint64 rig_submit (Rig *rig, gint64 type, int packs);
/* An order of 1000.00 for which ILMS is being asked to debit. */
gint64 rig_confirm (Rig *rig);

/* Of the newest request of @order. */
gint64 rig_get_request_int (Rig *rig, gint64 order, const char *column);
void rig_assert_request (Rig *rig, gint64 order, const char *expected);
void rig_assert_one_debit (Rig *rig, gint64 order);

G_END_DECLS
