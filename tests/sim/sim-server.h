/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-id.h"
#include "ilms/piao-gateway-worker.h"
#include "sync/piao-ledger.h"
#include "tests/lib/piao-shim-vfs.h"
#include "sync/piao-pages.h"
#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/*
 * SimServer: the centre: its disk, the ledger, serve and pull of the product, and the worker that
 * speaks to ILMS for it.
 */
struct _SimServer
{
  SimWorld *world;
  SimRandom chance;
  PiaoClock *clock;
  PiaoShimDisk *disk;
  PiaoDb *db; /* NULL while it is down */
  PiaoPages *pages;
  PiaoIdSource ids;
  guint life;
  guint epochs;
  gint64 up_at;         /* ms: it starts again then */
  PiaoShimDisk *backup; /* NULL without one */

  PiaoGatewayClient *line;
  PiaoGatewayWorker *worker;
};

SimServer *sim_server_new (SimWorld *world);
void sim_server_free (SimServer *self);

/* Starts it when it is down and may start again. */
void sim_server_tend (SimServer *self);

/* Its program ends: with the power of its machine (@power), or killed. */
void sim_server_crash (SimServer *self, gboolean power);

/* Answers the bytes of a request from @desk: an HTTP status and the bytes, or NULL when it died on
 * the way. Transfer full. */
GBytes *sim_server_serve (SimServer *self, SimDesk *desk, GBytes *body, guint *status);

/* The same for the path of a short question: whether the answer would be the one that it names. */
GBytes *sim_server_same (SimServer *self, SimDesk *desk, GBytes *path, guint *status);

/* A command of the centre itself; @args is taken. */
gboolean sim_server_run (SimServer *self, const char *name, JsonObject *args, GError **error);

/* Takes a backup; comes back from it with another epoch. */
void sim_server_back_up (SimServer *self);
void sim_server_restore (SimServer *self);

G_END_DECLS
