/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-clock.h"
#include "server/piao-door.h"
#include "server/piao-executor.h"
#include "server/piao-metrics.h"
#include "server/piao-readers.h"
#include "sync/piao-pages.h"

G_BEGIN_DECLS

/*
 * PiaoServer: the centre. One process over one database, any number of copies on PostgreSQL. It
 * listens on loopback; a proxy in front ends TLS.
 *
 *   POST /v1/sign-in        {name, password, device, key} → {token, user, device, …}
 *   POST /v1/sync           see sync/piao-sync-core.h
 *   GET  /v1/live           WebSocket: {"lane": L, "seq": S} when something is new
 *   GET  /v1/command/{id}   the verdict of a command
 *   GET  /health
 *   GET  /v1/metrics        for operators: to this machine, or with their token
 *
 * Errors are {code, reason, message}. Everything but sign-in, health and metrics wants
 * "Authorization: Bearer <token>".
 */
#define PIAO_TYPE_SERVER (piao_server_get_type ())
G_DECLARE_FINAL_TYPE (PiaoServer, piao_server, PIAO, SERVER, GObject)

/* Opens the database, brings it up to date and starts the writer. Blocks. */
PiaoServer *
piao_server_new (const char *database, PiaoRegistry *registry, PiaoClock *clock, GError **error);

/* Starts to listen on @address ("127.0.0.1"); @port 0 picks one. Returns the port, 0 on failure. */
guint piao_server_listen (PiaoServer *self, const char *address, guint port, GError **error);

/* Stops listening and finishes what is queued. Blocks. */
void piao_server_close (PiaoServer *self);

PiaoExecutor *piao_server_get_executor (PiaoServer *self);
PiaoReaders *piao_server_get_readers (PiaoServer *self);
PiaoMetrics *piao_server_get_metrics (PiaoServer *self);
struct _PiaoLive *piao_server_get_live (PiaoServer *self); /* main thread */
PiaoPages *piao_server_get_pages (PiaoServer *self);

/* Whoever holds the token in the file @path may see /v1/metrics, and nobody else; without one this
 * machine may, unless it asks for somebody else (a proxy). Before it listens. */
gboolean piao_server_set_metrics_token (PiaoServer *self, const char *path, GError **error);
const char *piao_server_get_metrics_token (PiaoServer *self);
PiaoDoor *piao_server_get_door (PiaoServer *self);
PiaoRegistry *piao_server_get_registry (PiaoServer *self);
PiaoClock *piao_server_get_clock (PiaoServer *self);

/* What the gateway job says about its line to ILMS: "unknown", "online", "degraded" or "offline",
 * and since when (ms). It goes to every desktop with the answer to a sync. Any thread. */
void piao_server_set_ilms (PiaoServer *self, const char *state, gint64 since);
const char *piao_server_get_ilms (PiaoServer *self, gint64 *since);

G_END_DECLS
