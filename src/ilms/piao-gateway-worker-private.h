/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-worker.h"
#include "ilms/piao-gateway-doubts.h"

G_BEGIN_DECLS

/*
 * Between the worker, which decides when what happens, and the step of one request
 * (piao-gateway-step.c). Everything here runs in fibers; once the worker is closed the two
 * functions that await fail with G_IO_ERROR_CANCELLED, so that a step just ends.
 */

PiaoClock *piao_gateway_worker_get_clock (PiaoGatewayWorker *self);
const PiaoGatewayRules *piao_gateway_worker_get_rules (PiaoGatewayWorker *self);
guint32 piao_gateway_worker_take_random (PiaoGatewayWorker *self);

/* Notes where @attempt at @request is; for how many ms it has been unknown (piao-gateway-doubts).
 */
gint64 piao_gateway_worker_note (PiaoGatewayWorker *self,
                                 gint64 request,
                                 const PiaoGatewayAttempt *attempt);

/* Awaits the commit of a command; @args is taken. */
gboolean piao_gateway_worker_store (PiaoGatewayWorker *self,
                                    const char *command,
                                    JsonObject *args,
                                    GError **error);

/* Awaits a call and reports it to the line. NULL when nothing was sent: UNAVAILABLE
 * "gateway.line" when the line has closed meanwhile, or the client's error. Transfer full. */
PiaoGatewayReply *piao_gateway_worker_call (PiaoGatewayWorker *self,
                                            const char *operation,
                                            const char *request_number,
                                            JsonObject *params,
                                            GError **error);

/* Nothing can be sent until a person acts, for a reason on this side of the line. */
void piao_gateway_worker_stop_line (PiaoGatewayWorker *self, const char *sentence);

/* The accounts of the outlet of @order (the gateway calls it @outlet_no) have moved. */
void
piao_gateway_worker_balance_moved (PiaoGatewayWorker *self, gint64 order, const char *outlet_no);

/* One step of the request of @row with @attempt, which machine and line allow now. Resolves to
 * whether it was stored; never rejects. */
DexFuture *piao_gateway_step_take (PiaoGatewayWorker *worker,
                                   const PiaoRecord *row,
                                   const PiaoGatewayAttempt *attempt);

G_END_DECLS
