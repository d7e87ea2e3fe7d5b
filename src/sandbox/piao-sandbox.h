/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "base/piao-clock.h"
#include "sandbox/piao-sandbox-store.h"

G_BEGIN_DECLS

/*
 * PiaoSandbox: the stand-in for ILMS, on loopback, in the main context that made it. It speaks
 * every profile, keeps books that can be read, and misbehaves when asked (piao-sandbox-faults.h).
 *
 * Beside the gateway it listens on a control port (loopback, plain HTTP, JSON):
 *
 *   POST /control/seed      {"outlets": [{"outletNo", "name", "instant": "1000.00", "payment"}],
 *                            "games": [{"gameNo", "name", "faceValue", "packAmount"}],
 *                            "stock": [{"warehouseNo", "gameNo", "packs": 100}],
 *                            "packs": [{"gameNo", "batchNo", "packNo", "warehouseNo"}]}
 *                           every list may be missing; a new pack adds one to its stock; a
 * "stock" entry sets the number of packs (numbered or not); packAmount "0" or missing means that
 * amounts of the game are not checked POST /control/faults    {"script": "…", "odds": "…",
 * "seed": 7}, each may be missing POST /control/down      {"ms": 3000}: stops listening for so
 * long; 0 comes back at once POST /control/activate  {"gameNo", "batchNo", "packNo"} POST
 * /control/reset     empties the books GET  /control/ledger    {"rows": [{"seq", "at", "kind",
 * "requestNo", "orderNo", "outletNo", "amount", "balance"}]}; kind: grant, pre_debit,
 * pre_debit_back, debit, credit; ?after=SEQ goes on, 1000 rows at most GET  /control/calls
 * {"rows": [{"seq", "at", "operation", "requestNo", "fault", "code"}]} GET  /control/verify
 * {"breaches": []} when the books balance
 */
typedef struct
{
  const char *database; /* a path, or ":memory:" */
  const char *profile;
  const char *app_id;
  const char *app_secret;
  const char *sign_secret;
  guint16 port;         /* 0 picks one */
  guint16 control_port; /* 0 picks one */
  guint32 seed;         /* of the faults */
  gboolean no_idempotency;
  gboolean strict_packs;
  GTlsCertificate *certificate; /* or NULL for plain HTTP */
  PiaoClock *clock;
} PiaoSandboxOptions;

typedef struct _PiaoSandbox PiaoSandbox;

PiaoSandbox *piao_sandbox_new (const PiaoSandboxOptions *options, GError **error);
void piao_sandbox_free (PiaoSandbox *self);

guint16 piao_sandbox_get_port (PiaoSandbox *self);
guint16 piao_sandbox_get_control_port (PiaoSandbox *self);

/* What the control port does, for tests in the same process and for the control port. */
PiaoSandboxStore *piao_sandbox_get_store (PiaoSandbox *self);
gboolean piao_sandbox_seed (PiaoSandbox *self, JsonObject *seed, GError **error);
gboolean piao_sandbox_set_faults (PiaoSandbox *self, JsonObject *faults, GError **error);
void piao_sandbox_set_down (PiaoSandbox *self, guint ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSandbox, piao_sandbox_free)

G_END_DECLS
