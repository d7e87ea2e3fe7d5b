/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-pull.h"

G_BEGIN_DECLS

/*
 * The server's side of POST /v1/sync without sockets, clock or threads (see piao-sync-core.h for
 * the shape): check, then decide the commands, then answer. The caller has authorised @user and
 * @device and says what time it is.
 */

/* A clock that is off by more is corrected for the rules. */
#define PIAO_SERVE_SKEW_LIMIT (2 * 60 * 1000)

/* The device's clock minus ours in ms; 0 when the request does not say. */
gint64 piao_serve_get_skew (JsonObject *request, gint64 now);

/* Programs of this many schemas are served, the newest included. */
#define PIAO_SERVE_SCHEMAS 3

/* The schema of the desktop, 0 when it may not sync: PIAO_ERROR_REFUSED "sync.schema-old" or
 * "sync.schema-new" with a sentence that says which program has to be updated. A request that says
 * none is of this program's. */
int piao_serve_get_schema (JsonObject *request, GError **error);

/* The commands of the request: GPtrArray of PiaoPushed. PIAO_ERROR_INVALID with a sentence when one
 * of them has no shape; then none is decided. Transfer full. */
GPtrArray *piao_serve_read_commands (JsonObject *request, guint device, gint64 now, GError **error);

/* Whether the request fits this database. When it comes from another epoch, @restart is set and
 * @reply is complete: nothing of the request is to be carried out. In a read transaction. */
gboolean piao_serve_check (PiaoDb *db,
                           JsonObject *request,
                           guint device,
                           PiaoReply *reply,
                           gboolean *restart,
                           GError **error);

/* How a desktop may be answered that hears of news through its live socket; all 0 for others. */
typedef struct
{
  PiaoPages *pages; /* borrowed; the frames that others had do for it; of an answer in frames */
  int schema;       /* of the desktop */
  gint64 told;      /* the newest seq that it was told of */
  gboolean busy;    /* it is told in its turn: with verdicts nothing else need come down */
} PiaoServeTerms;

/* Fills in @reply: epoch, clock, the verdicts (may be NULL) and what comes down, on @terms (may be
 * NULL). In a read transaction that began after the verdicts were committed. */
gboolean piao_serve_answer (PiaoRegistry *registry,
                            PiaoDb *db,
                            JsonObject *request,
                            gint64 user,
                            GPtrArray *verdicts,
                            gint64 now,
                            const PiaoServeTerms *terms,
                            PiaoReply *reply,
                            GError **error);

/* Fills in @reply as piao_serve_answer() does for a desktop that has everything and asks nothing
 * else, but for the clock. @proof (transfer full): the digest that such a desktop has. In a read
 * transaction. */
gboolean piao_serve_rest (PiaoRegistry *registry,
                          PiaoDb *db,
                          gint64 user,
                          PiaoReply *reply,
                          char **proof,
                          GError **error);

G_END_DECLS
