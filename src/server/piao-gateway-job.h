/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-worker.h"
#include "server/piao-server.h"

G_BEGIN_DECLS

/*
 * PiaoGatewayJob: the server as executor of the gateway requests of route "server". It runs the
 * worker on the server's own writer and readers, wakes it after commits, and tells the server how
 * the line to ILMS is. Of several servers over one database only the one that has the lease does
 * (piao-gateway-lease.h); the others tell what that one says. Main context.
 */
#define PIAO_TYPE_GATEWAY_JOB (piao_gateway_job_get_type ())
G_DECLARE_FINAL_TYPE (PiaoGatewayJob, piao_gateway_job, PIAO, GATEWAY_JOB, GObject)

/* @url is the gateway's address, @profile the name of a built-in profile, @credentials a key file
 * with app-id, app-secret and sign-secret under [gateway], readable by the server alone; NULL means
 * those of the sandbox, which only an address on this machine accepts. @lease_ms: after so long
 * without a sign of life another server takes over. Starts at once. */
PiaoGatewayJob *piao_gateway_job_new (PiaoServer *server,
                                      const char *url,
                                      const char *profile,
                                      const char *credentials,
                                      gint64 lease_ms,
                                      GError **error);

/* Stops for good. */
void piao_gateway_job_close (PiaoGatewayJob *self);

G_END_DECLS
