/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/abnormal/piao-abnormal-kinds.h"
#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * Abnormal orders (ABN-01, ABN-02, TRF-05, WHS-07, WHS-11). A report stops an order wherever it
 * stands before completion; the state is kept as prev_state and the case says what is wrong, with
 * which packs, and who does something about it. Only the end of a case moves packs: it gives the
 * order back or cancels it.
 *
 * DESIGN: a report is taken in every state, also while ILMS is asked to debit and nobody knows its
 * answer. The request lives on and its answer lands on the state that is kept
 * (piao_order_answer()), so no debit can be lost behind a case, and a clerk whose parcel was stolen
 * at the worst moment is not told to wait. What must not happen meanwhile is that packs change
 * under the question: they are written off, and orders cancelled, only when ILMS has answered all
 * that is asked about the order. A debit that is known is not undone by closing a case either: that
 * needs the number with which ILMS has reversed it.
 */

/* The order and the case that the arguments "order" and "case" name; the case is about the order.
 * FALSE on error. Transfer full. */
gboolean piao_abnormal_from_args (
    PiaoTx *tx, JsonObject *args, PiaoRecord **order, PiaoRecord **abnormal, GError **error);

/* Moves @abnormal along @event; refused with "case.state" when no edge leads from its state. */
gboolean piao_abnormal_move (PiaoRecord *abnormal, const char *event, GError **error);

/* REFUSED "case.unanswered" while ILMS has not answered what it was asked about @order. */
gboolean piao_abnormal_check_answered (PiaoTx *tx, const PiaoRecord *order, GError **error);

/* Opens a case about @order because of what ILMS says, not because of a person's report: @event
 * leads to it, @value (fen) decides who may approve it. The caller puts the order. */
gboolean piao_abnormal_open (PiaoTx *tx,
                             PiaoRecord *order,
                             const char *event,
                             const char *note,
                             gint64 value,
                             GError **error);

/* What every step may bring: contact, next look, number of the police. */
void piao_abnormal_keep_in_touch (PiaoRecord *abnormal, JsonObject *args);

extern const PiaoCommand piao_order_report_abnormal_command;
extern const PiaoCommand piao_abnormal_collect_command;
extern const PiaoCommand piao_abnormal_judge_command;
extern const PiaoCommand piao_abnormal_handle_command;
extern const PiaoCommand piao_abnormal_approve_command;
extern const PiaoCommand piao_abnormal_close_command;

/* Parameters that the steps share. */
#define PIAO_ABNORMAL_PARAMS                                                                       \
  { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },                                                  \
  {                                                                                                \
    "case", N_ ("Case"), PIAO_PARAM_ID, TRUE                                                       \
  }
#define PIAO_ABNORMAL_TOUCH_PARAMS                                                                 \
  { "contact", N_ ("Contact"), PIAO_PARAM_TEXT, FALSE, 0, 100 },                                   \
      { "follow_up_at", N_ ("Follow-up"), PIAO_PARAM_INT, FALSE, 0, G_MAXINT64 / 2 },              \
      { "police_no", N_ ("Police number"), PIAO_PARAM_TEXT, FALSE, 0, 60 }

G_END_DECLS
