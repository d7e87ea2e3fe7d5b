/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/pack/piao-pack-kinds.h"

G_BEGIN_DECLS

/* A type of which fewer packs are free than its threshold asks for (TKT-06). */
typedef struct
{
  gint64 ticket_type;
  char *game_no;
  char *name;
  gint64 free;
  gint64 threshold;
} PiaoLowStock;

/* The emptiest first, at most @limit: GPtrArray of PiaoLowStock. The warehouse's own threshold
 * counts; where it has none, that of the type. */
GPtrArray *piao_stock_list_low (PiaoDb *db, gint64 warehouse, guint limit, GError **error);

/* Codes of packs that begin with @typed (six characters at least), at most @limit: a strv. */
GStrv piao_pack_find (PiaoDb *db, const char *typed, guint limit, GError **error);

/* Codes of packs of @ticket_type that lie free in @warehouse, at most @limit: a strv. */
GStrv
piao_pack_list_free (PiaoDb *db, gint64 warehouse, gint64 ticket_type, guint limit, GError **error);

/* --- a pack's passport (domain.md 4.17) ---------------------------------------------------------
 */

typedef struct
{
  gint64 at; /* ms */
  char *event;
  char *actor; /* real name; "" for the system */
  char *order; /* order number or NULL */
} PiaoPackStep;

typedef struct
{
  gint64 id;
  char *code, *state, *game_no, *name, *batch_no, *warehouse;
  char *shelf;        /* may be NULL */
  char *order_number; /* of the order it is on, or NULL */
  gint64 order;       /* 0 without one */
  gint64 sell_until;  /* ms */
  gboolean frozen;
  GPtrArray *steps; /* PiaoPackStep, oldest first */
} PiaoPackPassport;

void piao_pack_passport_free (PiaoPackPassport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPackPassport, piao_pack_passport_free)

/* NULL with @error unset when the pack is not in the books here. Transfer full. */
PiaoPackPassport *piao_pack_passport_load (PiaoDb *db, const char *code, GError **error);

G_END_DECLS
