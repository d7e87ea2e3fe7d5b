/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "server/piao-server.h"

G_BEGIN_DECLS

/*
 * PiaoGatewayLease: which of the servers over one database speaks to ILMS. It asks for the lease
 * until it gets it, renews it three times in its time, and keeps in its row what the holder says
 * about the line, so that every server can tell its desktops.
 *
 * Signal "changed": held or lost, or what others say about the line, or a person says go on. Main
 * thread, but for piao_gateway_lease_check().
 */
#define PIAO_TYPE_GATEWAY_LEASE (piao_gateway_lease_get_type ())
G_DECLARE_FINAL_TYPE (PiaoGatewayLease, piao_gateway_lease, PIAO, GATEWAY_LEASE, GObject)

/* @server is borrowed: it outlives this. A holder that is not heard for @lasts ms loses it. Nothing
 * happens before start(). */
PiaoGatewayLease *piao_gateway_lease_new (PiaoServer *server, gint64 lasts);
void piao_gateway_lease_start (PiaoGatewayLease *self);

/* Gives it back, so that another server has it at once, and asks no more. */
void piao_gateway_lease_close (PiaoGatewayLease *self);

/* Which taking of the lease is ours; 0 while others have it. */
gint64 piao_gateway_lease_get_term (PiaoGatewayLease *self);

/* Whether it was taken from a holder that did not give it back, and may still be there. */
gboolean piao_gateway_lease_is_inherited (PiaoGatewayLease *self);

/* Whether it is ours at this very moment, also after this process stood still. */
gboolean piao_gateway_lease_is_held (PiaoGatewayLease *self);

/* When the epoch of the database began, ms; 0 for its first. */
gint64 piao_gateway_lease_get_epoch_at (PiaoGatewayLease *self);

/* How often a person has said that a stopped line may go on. */
gint64 piao_gateway_lease_get_resumed (PiaoGatewayLease *self);

/* What the holder tells of its line: "online", "degraded", "offline", "unknown" (interned), since
 * when (ms), and what a person must know (NULL: nothing). */
void piao_gateway_lease_set_line (PiaoGatewayLease *self,
                                  const char *line,
                                  gint64 since,
                                  const char *attention);
const char *piao_gateway_lease_get_line (PiaoGatewayLease *self, gint64 *since);

/* A PiaoExecutorFunc with the lease for its data: TRUE while it is ours. Nothing can take it before
 * the transaction ends. PIAO_ERROR_UNAVAILABLE "gateway.lease" otherwise. */
gboolean piao_gateway_lease_check (PiaoDb *db, gpointer lease, GError **error);

G_END_DECLS
