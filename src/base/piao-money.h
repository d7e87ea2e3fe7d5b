/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Money is int64 fen (1/100 yuan) everywhere; these are the only ways in and out of text. */

/* "1,234,567.00"; a minus sign in front when negative. Transfer full. */
char *piao_money_format (gint64 fen);

/* "1234567.00", for the gateway and for files. Transfer full. */
char *piao_money_to_decimal (gint64 fen);

/* Parses "12", "12.3", "12.30", "-0.05" exactly; no exponent, sign only in front, at most two
 * decimals, at most 15 digits of yuan. FALSE with PIAO_ERROR_INVALID on anything else. */
gboolean piao_money_parse (const char *text, gint64 *fen, GError **error);

/* 大写金额 for papers: 壹万贰仟叁佰元整. Transfer full. */
char *piao_money_to_capital (gint64 fen);

G_END_DECLS
