/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/gateway/piao-gateway-kinds.h"

G_BEGIN_DECLS

/* A gateway request as the sync centre shows it. */
typedef struct
{
  gint64 id;
  char *request_no, *op, *executor, *state;
  char *code, *message; /* may be NULL */
  gint64 order;
  char *order_number; /* "" when the order is not here */
  gint64 tries;
  gint64 created_at, next_at, unknown_at, decided_at; /* ms, 0 none */
  gboolean attention;                                 /* a person is needed */
} PiaoGatewayItem;

/* The newest @limit requests, newest first: GPtrArray of PiaoGatewayItem. */
GPtrArray *piao_gateway_list_newest (PiaoDb *db, guint limit, GError **error);

/* Requests without an answer yet, and those of them that need a person. */
gboolean piao_gateway_count_open (PiaoDb *db, gint64 *open, gint64 *attention, GError **error);

G_END_DECLS
