/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/outlet/piao-outlet-kinds.h"

static const PiaoColumn owner_columns[] = {
  [PIAO_OWNER_NAME] = { "name", N_ ("Name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 60 },
  [PIAO_OWNER_PHONE] = { "phone", N_ ("Phone"), PIAO_COLUMN_TEXT, PIAO_COLUMN_PERSONAL, 40 },
};

const PiaoKind piao_owner_kind = {
  .name = "owner",
  .title = N_ ("Owners"),
  .working = PIAO_WORKING_BASE,
  .permission = "outlet",
  .columns = owner_columns,
  .n_columns = G_N_ELEMENTS (owner_columns),
};

static const PiaoColumn outlet_columns[] = {
  [PIAO_OUTLET_OUTLET_NO] = { "outlet_no", N_ ("Outlet number"), PIAO_COLUMN_TEXT,
                              PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE | PIAO_COLUMN_SEARCH, 20 },
  [PIAO_OUTLET_NAME]
  = { "name", N_ ("Name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_SEARCH, 80 },
  [PIAO_OUTLET_OWNER_ID]
  = { "owner_id", N_ ("Owner"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "owner" },
  [PIAO_OUTLET_OWNER_NAME] = { "owner_name", N_ ("Owner name"), PIAO_COLUMN_TEXT,
                               PIAO_COLUMN_REQUIRED | PIAO_COLUMN_SEARCH, 60 },
  [PIAO_OUTLET_PHONE]
  = { "phone", N_ ("Phone"), PIAO_COLUMN_TEXT, PIAO_COLUMN_PERSONAL | PIAO_COLUMN_SEARCH, 40 },
  [PIAO_OUTLET_MANAGER_ID]
  = { "manager_id", N_ ("Account manager"), PIAO_COLUMN_REF, 0, 0, "user" },
  [PIAO_OUTLET_MANAGER_NAME]
  = { "manager_name", N_ ("Account manager name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_SEARCH, 60 },
  [PIAO_OUTLET_WAREHOUSE_ID]
  = { "warehouse_id", N_ ("Warehouse"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "warehouse" },
  [PIAO_OUTLET_COUNTY]
  = { "county", N_ ("County"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_SEARCH, 60 },
  [PIAO_OUTLET_ADDRESS]
  = { "address", N_ ("Address"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_SEARCH, 200 },
  [PIAO_OUTLET_DISTANCE] = { "distance", N_ ("Distance"), PIAO_COLUMN_DISTANCE, 0 },
  [PIAO_OUTLET_SCHEME_ID]
  = { "scheme_id", N_ ("Delivery scheme"), PIAO_COLUMN_REF, 0, 0, "scheme" },
  [PIAO_OUTLET_OVERRIDE_HOURS]
  = { "override_hours", N_ ("Own limit in hours"), PIAO_COLUMN_INT, 0 },
  [PIAO_OUTLET_CHANNEL] = { "channel", N_ ("Channel"), PIAO_COLUMN_STATE, 0 },
  [PIAO_OUTLET_STATE] = { "state", N_ ("State"), PIAO_COLUMN_STATE, 0 },
  [PIAO_OUTLET_CREDIT_UNTIL] = { "credit_until", N_ ("Credit term until"), PIAO_COLUMN_TIME, 0 },
  [PIAO_OUTLET_INSTANT_BALANCE]
  = { "instant_balance", N_ ("Instant account"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_OUTLET_PAYMENT_BALANCE]
  = { "payment_balance", N_ ("Payment account"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_OUTLET_BALANCE_AT] = { "balance_at", N_ ("Balances as of"), PIAO_COLUMN_TIME, 0 },
};

const PiaoKind piao_outlet_kind = {
  .name = "outlet",
  .title = N_ ("Outlets"),
  .flags = PIAO_KIND_SEARCHABLE,
  .working = PIAO_WORKING_BASE,
  .permission = "outlet",
  .columns = outlet_columns,
  .n_columns = G_N_ELEMENTS (outlet_columns),
};
