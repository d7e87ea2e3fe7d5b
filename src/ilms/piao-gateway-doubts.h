/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-machine.h"

G_BEGIN_DECLS

/*
 * PiaoGatewayDoubts: how long this program has seen that nobody knows what became of a request, by
 * a time that only goes on. The row says since when by the clock, and somebody may set that while
 * the request is under way: then "not found" would count as "did not happen" too early, and the
 * outlet would be debited twice. A program that has just started begins to wait anew.
 */
typedef struct
{
  GHashTable *since; /* request id → ms of the steady time */
} PiaoGatewayDoubts;

void piao_gateway_doubts_init (PiaoGatewayDoubts *self);
void piao_gateway_doubts_clear (PiaoGatewayDoubts *self);

/* @request is where @attempt says, at @steady ms of a time that nobody sets. Returns for how many
 * ms it has been unknown; 0 when it is not. */
gint64 piao_gateway_doubts_note (PiaoGatewayDoubts *self,
                                 gint64 request,
                                 const PiaoGatewayAttempt *attempt,
                                 gint64 steady);

G_END_DECLS
