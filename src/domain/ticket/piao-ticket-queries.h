/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/ticket/piao-ticket-kinds.h"

G_BEGIN_DECLS

/* A ticket type that can be ordered from a warehouse now. */
typedef struct
{
  gint64 id;
  char *game_no;
  char *name;
  char *tag;         /* "hot", "new", "slow" or NULL */
  gint64 face_value; /* fen */
  gint64 pack_value; /* fen */
  gint64 free;       /* packs */
} PiaoTicketOffer;

/* What @warehouse can sell at @now: hot ones first, then new ones, then by face value: GPtrArray of
 * PiaoTicketOffer. (ORD-04, TKT-01) */
GPtrArray *piao_ticket_list_offers (PiaoDb *db, gint64 warehouse, gint64 now, GError **error);

G_END_DECLS
