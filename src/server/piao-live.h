/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "server/piao-server.h"

G_BEGIN_DECLS

/*
 * PiaoLive: the open WebSockets of GET /v1/live. They are told "lane L is at seq S" for the lanes
 * that their user may see, nothing else; everything is right without them too. Main thread.
 *
 * Whoever is told comes and fetches. So that a busy day with many listeners is no stampede, so many
 * are told in a second at the most, in turn; what is new meanwhile is said in one. A quiet centre
 * tells all at once. Those who see the same are told together (piao-turns.h), and what they fetch
 * is read once; on such a day what a computer sends is answered with the verdicts alone, for it is
 * told soon, and fetches then.
 */
#define PIAO_LIVE_PER_SECOND 125
#define PIAO_LIVE_AT_ONCE 100

#define PIAO_TYPE_LIVE (piao_live_get_type ())
G_DECLARE_FINAL_TYPE (PiaoLive, piao_live, PIAO, LIVE, GObject)

/* @server is borrowed: it owns this. */
PiaoLive *piao_live_new (PiaoServer *server);

/* A connection that says it holds @token; closed with 4401 when it does not. */
void piao_live_add (PiaoLive *self, SoupWebsocketConnection *connection, const char *token);

/* What a call with @token may count on. */
typedef struct
{
  gboolean listens; /* it is told of all news of its lanes */
  gboolean busy;    /* … in its turn: others wait for theirs */
  gint64 told;      /* the newest seq that it was told of */
} PiaoLiveState;
PiaoLiveState piao_live_get_state (PiaoLive *self, const char *token);

/* How many listen. */
guint piao_live_count (PiaoLive *self);

/* Closes all. */
void piao_live_close (PiaoLive *self);

G_END_DECLS
