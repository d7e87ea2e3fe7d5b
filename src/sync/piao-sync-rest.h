/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * PiaoSyncRest: the last answer at rest, kept with the request that it answered. A plain struct
 * without sockets: whoever drives it asks GET <path>, and hands the answer back. For one thread.
 */
#define PIAO_SYNC_REST_MAX_BYTES 1024 /* of an answer to the short question */

/* All NULL while there is none. */
typedef struct
{
  char *key; /* what was asked */
  char *tag; /* the name of the answer */
  GBytes *answer;
  char *type;
  gboolean packed;
} PiaoSyncRest;

void piao_sync_rest_clear (PiaoSyncRest *self);

/* The name of @reply when it is one at rest to a request that asks nothing else; NULL: it is not.
 * Any thread. Transfer full. */
char *piao_sync_rest_name (JsonObject *request, const PiaoReply *reply);

/* Keeps the @answer to @request as it arrived, which was applied, under @tag; NULL: keeps none. */
void piao_sync_rest_keep (PiaoSyncRest *self,
                          JsonObject *request,
                          const char *tag,
                          GBytes *answer,
                          const char *type,
                          gboolean packed);

/* The path of the short question that may stand for @request; NULL when the whole request has to
 * go. @listens: hints arrive. Transfer full. */
char *piao_sync_rest_get_path (const PiaoSyncRest *self, JsonObject *request, gboolean listens);

/* What the centre said to the short question (NULL: it does not know it): whether what is kept is
 * the answer; if not, nothing is kept any more and the whole request has to go. */
gboolean piao_sync_rest_take (PiaoSyncRest *self, GBytes *said);

/* A hint has come that the centre is at @seq (0: it does not say where); the replica is at
 * @reached. */
void piao_sync_rest_take_hint (PiaoSyncRest *self, gint64 seq, gint64 reached);

G_END_DECLS
