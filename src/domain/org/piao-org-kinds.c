/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/org/piao-org-kinds.h"

static const PiaoColumn org_columns[] = {
  [PIAO_ORG_CODE]
  = { "code", N_ ("Code"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 20 },
  [PIAO_ORG_NAME] = { "name", N_ ("Name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 60 },
  [PIAO_ORG_GB] = { "gb", N_ ("GB code"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORG_PARENT_ID] = { "parent_id", N_ ("Parent"), PIAO_COLUMN_REF, 0, 0, "org" },
};

const PiaoKind piao_org_kind = {
  .name = "org",
  .title = N_ ("Organisation"),
  .working = PIAO_WORKING_BASE,
  .permission = "org",
  .columns = org_columns,
  .n_columns = G_N_ELEMENTS (org_columns),
};

static const PiaoColumn warehouse_columns[] = {
  [PIAO_WAREHOUSE_CODE]
  = { "code", N_ ("Code"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 20 },
  [PIAO_WAREHOUSE_NAME] = { "name", N_ ("Name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 60 },
  [PIAO_WAREHOUSE_ORG_ID]
  = { "org_id", N_ ("Organisation"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "org" },
  [PIAO_WAREHOUSE_LEVEL] = { "level", N_ ("Level"), PIAO_COLUMN_STATE, 0 },
  [PIAO_WAREHOUSE_GATEWAY_NO]
  = { "gateway_no", N_ ("ILMS number"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 20 },
  [PIAO_WAREHOUSE_ADDRESS] = { "address", N_ ("Address"), PIAO_COLUMN_TEXT, 0 },
  [PIAO_WAREHOUSE_PHONE] = { "phone", N_ ("Phone"), PIAO_COLUMN_TEXT, 0, 40 },
  [PIAO_WAREHOUSE_ROUTE] = { "route", N_ ("Gateway route"), PIAO_COLUMN_STATE, 0 },
};

const PiaoKind piao_warehouse_kind = {
  .name = "warehouse",
  .title = N_ ("Warehouses"),
  .working = PIAO_WORKING_BASE,
  .permission = "org",
  .columns = warehouse_columns,
  .n_columns = G_N_ELEMENTS (warehouse_columns),
};

static const PiaoColumn user_columns[] = {
  [PIAO_USER_NAME] = { "name", N_ ("User name"), PIAO_COLUMN_TEXT,
                       PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE | PIAO_COLUMN_SEARCH, 40 },
  [PIAO_USER_REAL_NAME] = { "real_name", N_ ("Real name"), PIAO_COLUMN_TEXT,
                            PIAO_COLUMN_REQUIRED | PIAO_COLUMN_SEARCH, 40 },
  [PIAO_USER_PHONE] = { "phone", N_ ("Phone"), PIAO_COLUMN_TEXT, PIAO_COLUMN_PERSONAL, 40 },
  [PIAO_USER_ORG_ID] = { "org_id", N_ ("Organisation"), PIAO_COLUMN_REF, 0, 0, "org" },
  [PIAO_USER_WAREHOUSE_ID]
  = { "warehouse_id", N_ ("Warehouse"), PIAO_COLUMN_REF, 0, 0, "warehouse" },
  [PIAO_USER_POST] = { "post", N_ ("Post"), PIAO_COLUMN_TEXT, 0, 40 },
  [PIAO_USER_ENABLED] = { "enabled", N_ ("Enabled"), PIAO_COLUMN_BOOL, 0 },
};

const PiaoKind piao_user_kind = {
  .name = "user",
  .table = "users",
  .title = N_ ("Users"),
  .flags = PIAO_KIND_SEARCHABLE,
  .working = PIAO_WORKING_BASE,
  .permission = "user",
  .columns = user_columns,
  .n_columns = G_N_ELEMENTS (user_columns),
};

static const PiaoColumn role_columns[] = {
  [PIAO_ROLE_CODE]
  = { "code", N_ ("Code"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 40 },
  [PIAO_ROLE_NAME] = { "name", N_ ("Role name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 40 },
  [PIAO_ROLE_NOTE] = { "note", N_ ("Note"), PIAO_COLUMN_TEXT, 0 },
};

const PiaoKind piao_role_kind = {
  .name = "role",
  .title = N_ ("Roles"),
  .working = PIAO_WORKING_BASE,
  .permission = "role",
  .columns = role_columns,
  .n_columns = G_N_ELEMENTS (role_columns),
};

static const PiaoColumn role_permission_columns[] = {
  [PIAO_ROLE_PERMISSION_ROLE_ID]
  = { "role_id", N_ ("Role"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "role" },
  [PIAO_ROLE_PERMISSION_PERMISSION]
  = { "permission", N_ ("Permission"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 60 },
};

const PiaoKind piao_role_permission_kind = {
  .name = "role_permission",
  .title = N_ ("Role permissions"),
  .working = PIAO_WORKING_BASE,
  .permission = "role",
  .columns = role_permission_columns,
  .n_columns = G_N_ELEMENTS (role_permission_columns),
};

static const PiaoColumn user_role_columns[] = {
  [PIAO_USER_ROLE_USER_ID]
  = { "user_id", N_ ("User"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "user" },
  [PIAO_USER_ROLE_ROLE_ID]
  = { "role_id", N_ ("Role"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "role" },
  [PIAO_USER_ROLE_GRANTED_LANE] = { "granted_lane", N_ ("Area"), PIAO_COLUMN_INT, 0 },
};

const PiaoKind piao_user_role_kind = {
  .name = "user_role",
  .title = N_ ("Granted roles"),
  .working = PIAO_WORKING_BASE,
  .permission = "role",
  .columns = user_role_columns,
  .n_columns = G_N_ELEMENTS (user_role_columns),
};

static const PiaoColumn closure_columns[] = {
  [PIAO_CLOSURE_NAME] = { "name", N_ ("Name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 60 },
  [PIAO_CLOSURE_STARTS_AT] = { "starts_at", N_ ("From"), PIAO_COLUMN_TIME, 0 },
  [PIAO_CLOSURE_ENDS_AT] = { "ends_at", N_ ("To"), PIAO_COLUMN_TIME, 0 },
};

const PiaoKind piao_closure_kind = {
  .name = "closure",
  .title = N_ ("Market closures"),
  .working = PIAO_WORKING_BASE,
  .permission = "parameter",
  .columns = closure_columns,
  .n_columns = G_N_ELEMENTS (closure_columns),
};

static const PiaoColumn parameter_columns[] = {
  [PIAO_PARAMETER_KEY]
  = { "key", N_ ("Key"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 60 },
  [PIAO_PARAMETER_VALUE] = { "value", N_ ("Value"), PIAO_COLUMN_INT, 0 },
  [PIAO_PARAMETER_LEAST] = { "least", N_ ("Least"), PIAO_COLUMN_INT, 0 },
  [PIAO_PARAMETER_MOST] = { "most", N_ ("Most"), PIAO_COLUMN_INT, 0 },
  [PIAO_PARAMETER_UNIT] = { "unit", N_ ("Unit"), PIAO_COLUMN_TEXT, 0, 20 },
  [PIAO_PARAMETER_NOTE] = { "note", N_ ("Note"), PIAO_COLUMN_TEXT, 0 },
};

const PiaoKind piao_parameter_kind = {
  .name = "parameter",
  .title = N_ ("Parameters"),
  .working = PIAO_WORKING_BASE,
  .permission = "parameter",
  .columns = parameter_columns,
  .n_columns = G_N_ELEMENTS (parameter_columns),
};
