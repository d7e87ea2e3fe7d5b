/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "server/piao-server.h"

G_BEGIN_DECLS

/*
 * PiaoLive: the open WebSockets of GET /v1/live. They are told "lane L is at seq S" for the lanes
 * that their user may see, nothing else; everything is right without them too. Main thread.
 */
#define PIAO_TYPE_LIVE (piao_live_get_type ())
G_DECLARE_FINAL_TYPE (PiaoLive, piao_live, PIAO, LIVE, GObject)

/* @server is borrowed: it owns this. */
PiaoLive *piao_live_new (PiaoServer *server);

/* A connection that says it holds @token; closed with 4401 when it does not. */
void piao_live_add (PiaoLive *self, SoupWebsocketConnection *connection, const char *token);

/* Closes all. */
void piao_live_close (PiaoLive *self);

G_END_DECLS
