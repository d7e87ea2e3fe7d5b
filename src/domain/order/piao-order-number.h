/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The order number: 18 digits, YYYYMMDD (Asia/Shanghai) + the warehouse's sequence in six digits
 * + the last four digits of the outlet number. Sequences come from number blocks, so that a desktop
 * can number orders off line.
 */
#define PIAO_ORDER_NUMBER_LENGTH 18
#define PIAO_ORDER_SEQUENCE_MAX 999999

/* The number as text, or NULL when @sequence is not 1 … PIAO_ORDER_SEQUENCE_MAX; an outlet
 * number with fewer digits is filled up with zeros. Transfer full. */
char *piao_order_number_make (gint64 at, gint64 sequence, const char *outlet_no);

/* Takes @number apart; FALSE when it is not an order number. Each out-parameter may be NULL.
 * @day is the local midnight in UTC milliseconds, @tail four digits and a NUL. */
gboolean piao_order_number_parse (const char *number, gint64 *day, gint64 *sequence, char tail[5]);

G_END_DECLS
