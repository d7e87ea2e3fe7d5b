/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * PiaoSandboxStore: the books of the stand-in gateway in one SQLite file. One thread. Amounts are
 * fen. The ledger can only grow (triggers refuse the rest), and an account's instant quota is
 * always the sum of its ledger rows, so "debited exactly once" can be read off it.
 *
 * A failing statement is a fault of this program and ends it: a stand-in that limps would let
 * tests pass that should not.
 */
typedef struct _PiaoSandboxStore PiaoSandboxStore;

/* Opens or makes the file (":memory:" for none). NULL sets @error. Transfer full. */
PiaoSandboxStore *piao_sandbox_store_open (const char *path, GError **error);
void piao_sandbox_store_free (PiaoSandboxStore *self);

/* Bound values follow @types, one letter each: 's' const char *, 'i' gint64. */
void piao_sandbox_run (PiaoSandboxStore *self, const char *sql, const char *types, ...);

/* The first column of the first row; @fallback when there is no row. */
gint64 piao_sandbox_get_int (
    PiaoSandboxStore *self, gint64 fallback, const char *sql, const char *types, ...);

/* The same as text; NULL when there is no row. Transfer full. */
char *piao_sandbox_get_text (PiaoSandboxStore *self, const char *sql, const char *types, ...);

/* All rows as objects: columns become members by their names. A name that ends in "$" is an
 * amount in fen and becomes decimal text without the sign in its name; one that ends in "{}"
 * holds JSON text and becomes an object. Transfer full. */
JsonArray *piao_sandbox_get_rows (PiaoSandboxStore *self, const char *sql, const char *types, ...);

/* The number the last inserted row got. */
gint64 piao_sandbox_last_row (PiaoSandboxStore *self);

/* Moves @amount (fen, signed) on an outlet's instant quota and writes the ledger row for it. */
void piao_sandbox_book (PiaoSandboxStore *self,
                        gint64 now,
                        const char *kind,
                        const char *request_no,
                        const char *order_no,
                        const char *outlet_no,
                        gint64 amount);

/* Adds what a seed document says (its shape: piao-sandbox.h) in one transaction; nothing of it
 * when something is wrong. */
gboolean
piao_sandbox_store_seed (PiaoSandboxStore *self, JsonObject *seed, gint64 now, GError **error);

/* Empties everything, the ledger too. */
void piao_sandbox_store_reset (PiaoSandboxStore *self);

/* Whether the books balance: quota = sum of the ledger, no negative stock or quota, no pack
 * debited to two outlets at once. A sentence per breach. Transfer full. */
JsonArray *piao_sandbox_store_verify (PiaoSandboxStore *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSandboxStore, piao_sandbox_store_free)

G_END_DECLS
