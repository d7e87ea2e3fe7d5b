/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/order/piao-order-kinds.h"
#include "store/piao-command.h"

G_BEGIN_DECLS

/* What the commands of an order share. All run inside the command's transaction. */

/* Moves @order along @event: refused with "order.state" when no edge leads from its state. The
 * state is set in the record (the caller puts it) and the timeline gets a row. (ORD-26) */
gboolean piao_order_move (
    PiaoTx *tx, PiaoRecord *order, const char *event, const char *detail, GError **error);

/* The same along an edge that does not say by itself where it leads: to @to. */
gboolean piao_order_move_to (PiaoTx *tx,
                             PiaoRecord *order,
                             const char *event,
                             const char *to,
                             const char *detail,
                             GError **error);

/* The state the order stands in for ILMS and its packs: while it is abnormal, the one that is kept.
 * Borrowed. */
const char *piao_order_get_standing (const PiaoRecord *order);

/* Moves @order by an answer of ILMS. On an abnormal order the answer lands on the state that is
 * kept, and the timeline tells it. */
gboolean piao_order_answer (
    PiaoTx *tx, PiaoRecord *order, const char *event, const char *detail, GError **error);

/* The order named by the argument "order". NULL on error. Transfer full. */
PiaoRecord *piao_order_from_args (PiaoTx *tx, JsonObject *args, GError **error);

/* Lines of the order in their sequence: GPtrArray of PiaoRecord. NULL on error. */
GPtrArray *piao_order_load_lines (PiaoTx *tx, gint64 order, GError **error);

/* Packs reserved for or sent with the order: GPtrArray of PiaoRecord, by id. NULL on error. */
GPtrArray *piao_order_load_packs (PiaoTx *tx, gint64 order, GError **error);

/* The rows of @kind whose ids @statement selects for the id @of. NULL on error. */
GPtrArray *piao_order_load_parts (
    PiaoTx *tx, const PiaoKind *kind, const PiaoStatement *statement, gint64 of, GError **error);

/* FALSE with BUSY "order.incomplete" unless @packs are all that were scanned for @order. On a
 * desktop that is catching up, page by page, an order may be here before its packs are; at the
 * centre it must never be. */
gboolean
piao_order_check_packs (PiaoTx *tx, const PiaoRecord *order, GPtrArray *packs, GError **error);

/* Says that error. Always FALSE. */
gboolean piao_order_say_incomplete (PiaoTx *tx, const PiaoRecord *order, GError **error);

/* REFUSED "order.leased" when another clerk picks this order (lease, domain 6.2). */
gboolean piao_order_check_lease (PiaoTx *tx, const PiaoRecord *order, GError **error);

/* Starts the due clock of a new order at the command's time and predicts its arrival by the scheme
 * of @outlet (DLV-01, DLV-02, DLV-03, DLV-08). */
void piao_order_start_clock (PiaoTx *tx, PiaoRecord *order, const PiaoRecord *outlet);

/* Zero for everything that happens to an order later. */
void piao_order_clear_progress (PiaoRecord *order);

/* A parameter's value, or @fallback where it is not set. (PAR-01) */
gint64 piao_parameter_get (PiaoTx *tx, const char *key, gint64 fallback);

/* The real name of a user, or "—". Transfer full. */
char *piao_user_get_name (PiaoDb *db, gint64 user);

/* Changes stock and writes the ledger row of one pack: @free and @reserved are differences, @free
 * is also the movement's quantity. */
gboolean piao_stock_move (PiaoTx *tx,
                          const PiaoRecord *pack,
                          const char *event,
                          int free,
                          int reserved,
                          gint64 order,
                          GError **error);

extern const PiaoCommand piao_order_submit_command;
extern const PiaoCommand piao_order_open_pick_command;
extern const PiaoCommand piao_order_scan_command;
extern const PiaoCommand piao_order_scan_case_command;
extern const PiaoCommand piao_order_undo_command;
extern const PiaoCommand piao_order_short_command;
extern const PiaoCommand piao_order_release_command;
extern const PiaoCommand piao_order_check_command;
extern const PiaoCommand piao_order_back_command;
extern const PiaoCommand piao_order_hold_command;
extern const PiaoCommand piao_order_retry_command;
extern const PiaoCommand piao_order_refuse_command;
extern const PiaoCommand piao_order_amend_command;
extern const PiaoCommand piao_order_confirm_command;
extern const PiaoCommand piao_order_reconnect_command;
extern const PiaoCommand piao_number_reserve_command;

G_END_DECLS
