/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-envelope.h"
#include "sandbox/piao-sandbox-store.h"

G_BEGIN_DECLS

/*
 * PiaoSandboxCall: one call being carried out inside its transaction. An operation either fills
 * @result, or refuses, and then nothing it did stays.
 *
 * Parameters and results of the operations stand in src/ilms/DESIGN.md.
 */
typedef struct
{
  PiaoSandboxStore *store;
  GHashTable *params;     /* text → text, opened and verified */
  gint64 now;             /* ms UTC */
  gboolean strict_packs;  /* a pack that was never seeded is refused */
  gboolean repeat;        /* carried out again although the number was used: --no-idempotency */
  const char *request_no; /* "" for questions */
  JsonObject *result;     /* owned */
  const char *code;       /* NULL, or why it is refused */
  char *sentence;         /* owned */
} PiaoSandboxCall;

typedef gboolean (*PiaoSandboxOperation) (PiaoSandboxCall *call);

/* Refuses with a business code of the profile; the sentence is for the clerk. Returns FALSE. */
gboolean piao_sandbox_refuse (PiaoSandboxCall *call, const char *code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* A parameter as text of 1 to 64 bytes, as an amount above zero, as a JSON array; refuse PARAMS.
 */
const char *piao_sandbox_need_text (PiaoSandboxCall *call, const char *name);
gboolean piao_sandbox_need_amount (PiaoSandboxCall *call, const char *name, gint64 *fen);
JsonArray *piao_sandbox_need_array (PiaoSandboxCall *call, const char *name);

/* A parameter that may be missing, "" then. Borrowed. */
const char *piao_sandbox_param (PiaoSandboxCall *call, const char *name);

/* One pack of a list. Texts are borrowed from the document. */
typedef struct
{
  const char *game_no;
  const char *batch_no;
  const char *pack_no;
} PiaoSandboxPack;

/* The checked entries of a pack list: none missing, none twice. @document keeps them alive. NULL
 * refused. Transfer full. */
GArray *piao_sandbox_need_packs (PiaoSandboxCall *call, JsonArray **document);

/* Money as members. */
void piao_sandbox_answer_amount (PiaoSandboxCall *call, const char *member, gint64 fen);
gint64 piao_sandbox_balance (PiaoSandboxCall *call, const char *outlet_no);

/* The operations. */
gboolean piao_sandbox_order_lock (PiaoSandboxCall *call);
gboolean piao_sandbox_order_amend (PiaoSandboxCall *call);
gboolean piao_sandbox_order_release (PiaoSandboxCall *call);
gboolean piao_sandbox_order_confirm (PiaoSandboxCall *call);
gboolean piao_sandbox_pack_query (PiaoSandboxCall *call);
gboolean piao_sandbox_pack_transfer (PiaoSandboxCall *call);
gboolean piao_sandbox_pack_return (PiaoSandboxCall *call);
gboolean piao_sandbox_activation_query (PiaoSandboxCall *call);
gboolean piao_sandbox_gw_ping (PiaoSandboxCall *call);
gboolean piao_sandbox_outlet_sync (PiaoSandboxCall *call);
gboolean piao_sandbox_outlet_balance (PiaoSandboxCall *call);
gboolean piao_sandbox_game_list (PiaoSandboxCall *call);
gboolean piao_sandbox_stock_query (PiaoSandboxCall *call);
gboolean piao_sandbox_order_query (PiaoSandboxCall *call);
gboolean piao_sandbox_sales_daily (PiaoSandboxCall *call);
gboolean piao_sandbox_day_file (PiaoSandboxCall *call);

/* Carries an operation out in a transaction of its own; the reply to seal. @idempotent says
 * whether a used request number answers again instead of being carried out again. Transfer full.
 */
PiaoEnvelopeReply *piao_sandbox_carry_out (PiaoSandboxStore *store,
                                           const char *operation,
                                           GHashTable *params,
                                           gint64 now,
                                           gboolean idempotent,
                                           gboolean strict_packs);

G_END_DECLS
