/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/* Packs, the unit of truth; code is plan-batch-pack (WHS-03, WHS-09). */
extern const PiaoKind piao_pack_kind;

enum
{
  PIAO_PACK_CODE,
  PIAO_PACK_TICKET_TYPE_ID,
  PIAO_PACK_BATCH_ID,
  PIAO_PACK_WAREHOUSE_ID,
  PIAO_PACK_STATE,
  PIAO_PACK_ORDER_ID,
  PIAO_PACK_LINE_ID,
  PIAO_PACK_SHELF,
  PIAO_PACK_FROZEN,
  PIAO_PACK_OUTBOUND_AT,
  PIAO_PACK_ACTIVATED_AT,
  PIAO_PACK_N_COLUMNS,
};

/* The ledger: quantities of a warehouse and type add up to the free stock (TRF-03). */
extern const PiaoKind piao_movement_kind;

enum
{
  PIAO_MOVEMENT_PACK_ID,
  PIAO_MOVEMENT_TICKET_TYPE_ID,
  PIAO_MOVEMENT_WAREHOUSE_ID,
  PIAO_MOVEMENT_EVENT,
  PIAO_MOVEMENT_QUANTITY,
  PIAO_MOVEMENT_ORDER_ID,
  PIAO_MOVEMENT_AT,
  PIAO_MOVEMENT_ACTOR,
  PIAO_MOVEMENT_DEVICE,
  PIAO_MOVEMENT_N_COLUMNS,
};

/* Packs in a warehouse by type (TKT-06). */
extern const PiaoKind piao_stock_kind;

enum
{
  PIAO_STOCK_WAREHOUSE_ID,
  PIAO_STOCK_TICKET_TYPE_ID,
  PIAO_STOCK_FREE,
  PIAO_STOCK_RESERVED,
  PIAO_STOCK_ILMS_QUANTITY,
  PIAO_STOCK_ILMS_AT,
  PIAO_STOCK_THRESHOLD,
  PIAO_STOCK_N_COLUMNS,
};

G_END_DECLS
