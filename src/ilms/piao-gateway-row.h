/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-json.h"
#include "domain/gateway/piao-gateway-kinds.h"
#include "ilms/piao-gateway-machine.h"

G_BEGIN_DECLS

/*
 * Between the gateway_request row and the state machine: the attempt a row holds, and the
 * arguments of the commands that write it back. What the gateway said is cut and cleaned here to
 * what the commands take, so that no sentence of theirs can keep an answer from being stored.
 */

/* FALSE when the row's state is none that we know. */
gboolean piao_gateway_row_read (const PiaoRecord *row, PiaoGatewayAttempt *attempt);

/* Whether it may have been sent although no send of it is known: a server from a backup forgets
 * what it did last, and makes the request anew when the desktop sends its command again. @before:
 * what was made earlier (ms UTC) counts as such. */
gboolean piao_gateway_row_may_be_forgotten (const PiaoRecord *row,
                                            const PiaoGatewayAttempt *attempt,
                                            gint64 before);

/* Arguments of gateway.progress. @code and @message may be NULL. Transfer full. */
JsonObject *piao_gateway_row_progress (const PiaoRecord *row,
                                       const PiaoGatewayAttempt *attempt,
                                       const char *code,
                                       const char *message);

/* Arguments of gateway.decide. @result (NULL: none) is kept whole when it is short enough, else
 * only the members that a rule reads. Transfer full. */
JsonObject *piao_gateway_row_decision (
    const PiaoRecord *row, gboolean ok, const char *code, const char *message, JsonObject *result);

G_END_DECLS
