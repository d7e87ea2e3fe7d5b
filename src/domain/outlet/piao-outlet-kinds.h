/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/* Agents (代销者). */
extern const PiaoKind piao_owner_kind;

enum
{
  PIAO_OWNER_NAME,
  PIAO_OWNER_PHONE,
  PIAO_OWNER_N_COLUMNS,
};

/* Outlets (OUT-01). Names of owner and manager are copied so that one search finds all four
 * (ORD-11). */
extern const PiaoKind piao_outlet_kind;

enum
{
  PIAO_OUTLET_OUTLET_NO,
  PIAO_OUTLET_NAME,
  PIAO_OUTLET_OWNER_ID,
  PIAO_OUTLET_OWNER_NAME,
  PIAO_OUTLET_PHONE,
  PIAO_OUTLET_MANAGER_ID,
  PIAO_OUTLET_MANAGER_NAME,
  PIAO_OUTLET_WAREHOUSE_ID,
  PIAO_OUTLET_COUNTY,
  PIAO_OUTLET_ADDRESS,
  PIAO_OUTLET_DISTANCE,
  PIAO_OUTLET_SCHEME_ID,
  PIAO_OUTLET_OVERRIDE_HOURS,
  PIAO_OUTLET_CHANNEL,
  PIAO_OUTLET_STATE,
  PIAO_OUTLET_CREDIT_UNTIL,
  PIAO_OUTLET_INSTANT_BALANCE,
  PIAO_OUTLET_PAYMENT_BALANCE,
  PIAO_OUTLET_BALANCE_AT,
  PIAO_OUTLET_N_COLUMNS,
};

G_END_DECLS
