/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/gateway/piao-gateway-kinds.h"
#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * Gateway requests in the rulebook: a rule that needs ILMS prepares a request in its own
 * transaction; whoever is its executor sends it (src/ilms) and reports through gateway.progress
 * and gateway.decide, which apply what the answer means for the order. (WHS-08, ILM-05)
 */

/* Prepares operation @op for @order; @lines and @packs say what travels (either may be NULL). The
 * request number is "<command id>-<op>", or "<order id>-<op>-<n>" for a debit by the centre:
 * committed before the first byte leaves. The centre carries it out, or the computer itself when it
 * is one of a warehouse of route direct; REFUSED "gateway.elsewhere" when somebody else wants such
 * a warehouse's order debited. */
gboolean piao_gateway_prepare (PiaoTx *tx,
                               const char *op,
                               const PiaoRecord *order,
                               GPtrArray *lines,
                               GPtrArray *packs,
                               GError **error);

/* The operation of a row that asks for a request rather than being one: whether ILMS has debited
 * the order under the number of the row. The row is confirmed by the debit that was found; it is
 * refused with PIAO_GATEWAY_NOT_KNOWN when there is none, or with ILMS's no to that debit. */
#define PIAO_GATEWAY_QUESTION "order.query"
#define PIAO_GATEWAY_NOT_KNOWN "gateway.not-known"

/* @order ends here without a debit: asks ILMS whether it has debited it all the same. Only a centre
 * that was restored from a backup can have forgotten that, and only of an order that is older; of
 * others, and of those whose warehouse speaks to ILMS itself, nothing is asked. (WHS-08, ABN-02) */
gboolean piao_gateway_find_debit (PiaoTx *tx, const PiaoRecord *order, GError **error);

/* Whether a request of @op for @order is still undecided. FALSE only on failure. */
gboolean
piao_gateway_is_open (PiaoTx *tx, const char *op, gint64 order, gboolean *open, GError **error);

/* The undecided requests of @executor ("server" or "device:<n>") that may be worked on: of each
 * order the one made first, the next due first, at most @limit. GPtrArray of PiaoRecord. */
GPtrArray *piao_gateway_list_open (PiaoDb *db, const char *executor, guint limit, GError **error);

/* Those of whom nobody knows since @since or longer what became of them, and which no person has
 * been told of yet. GPtrArray of PiaoRecord. */
GPtrArray *piao_gateway_list_doubtful (
    PiaoDb *db, const char *executor, gint64 since, guint limit, GError **error);

extern const PiaoCommand piao_gateway_progress_command;
extern const PiaoCommand piao_gateway_decide_command;
extern const PiaoCommand piao_gateway_balance_command;

G_END_DECLS
