/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * Codes to practise with: what lies on the shelf for an order, and what a scanner might meet that
 * the counter has to refuse. Works on the server's database and on a desktop's file.
 */
typedef enum
{
  PIAO_DEMO_CODE_FITS,
  PIAO_DEMO_CODE_WRONG_TYPE, /* of a game that is not on the order */
  PIAO_DEMO_CODE_SURPLUS,    /* one more than was ordered */
  PIAO_DEMO_CODE_FROZEN,
  PIAO_DEMO_CODE_EXPIRED,
  PIAO_DEMO_CODE_NOT_HERE, /* a right shape, but no such pack in the books */
  PIAO_DEMO_CODE_SECURITY, /* from under the latex */
  PIAO_DEMO_CODE_UNKNOWN,  /* no shape at all */
} PiaoDemoCodeKind;

typedef struct
{
  PiaoDemoCodeKind kind;
  char *code;  /* what the scanner types; owned */
  char *name;  /* of the ticket type, or ""; owned */
  char *shelf; /* or ""; owned */
} PiaoDemoCode;

void piao_demo_code_free (PiaoDemoCode *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoDemoCode, piao_demo_code_free)

/* "Fits this order", "Of another game", … for a person. */
const char *piao_demo_code_get_title (PiaoDemoCodeKind kind);

/* The codes of @order: first those that complete it, then one of each kind that is refused, as far
 * as there is one. Not the same twice. GPtrArray of PiaoDemoCode; NULL with @error. */
GPtrArray *piao_demo_list_codes (PiaoDb *db, gint64 order, gint64 now, GError **error);

/* The open orders of @warehouse, oldest first, that can be picked. GArray of gint64. */
GArray *piao_demo_list_orders (PiaoDb *db, gint64 warehouse, GError **error);

G_END_DECLS
