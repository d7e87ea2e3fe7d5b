/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-random.h"

G_BEGIN_DECLS

/*
 * `piaokuctl gateway seal|open`: seals a call or opens its data by hand, for support and for trying
 * a known answer. @argv[0] is the name of the command; what is printed is appended to @out. @now
 * (ms UTC) and @random stand in for --timestamp and --nonce. PIAO_ERROR_INVALID says what is wrong
 * with the words; PIAO_ERROR_CORRUPT when the data does not open.
 */
gboolean piao_gateway_tool_run (
    int argc, char **argv, gint64 now, const PiaoRandom *random, GString *out, GError **error);

G_END_DECLS
