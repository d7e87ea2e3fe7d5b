/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/* The centre and the 16 prefectures (ORG-01); gb is the lane of a prefecture. */
extern const PiaoKind piao_org_kind;

enum
{
  PIAO_ORG_CODE,
  PIAO_ORG_NAME,
  PIAO_ORG_GB,
  PIAO_ORG_PARENT_ID,
  PIAO_ORG_N_COLUMNS,
};

/* The regional warehouse and 16 branches (DEF-04). */
extern const PiaoKind piao_warehouse_kind;

enum
{
  PIAO_WAREHOUSE_CODE,
  PIAO_WAREHOUSE_NAME,
  PIAO_WAREHOUSE_ORG_ID,
  PIAO_WAREHOUSE_LEVEL,
  PIAO_WAREHOUSE_GATEWAY_NO,
  PIAO_WAREHOUSE_ADDRESS,
  PIAO_WAREHOUSE_PHONE,
  PIAO_WAREHOUSE_ROUTE,
  PIAO_WAREHOUSE_N_COLUMNS,
};

/* People who sign in (USR-01). Secrets are never in a synced row. */
extern const PiaoKind piao_user_kind;

enum
{
  PIAO_USER_NAME,
  PIAO_USER_REAL_NAME,
  PIAO_USER_PHONE,
  PIAO_USER_ORG_ID,
  PIAO_USER_WAREHOUSE_ID,
  PIAO_USER_POST,
  PIAO_USER_ENABLED,
  PIAO_USER_N_COLUMNS,
};

/* Roles (ROL-01). */
extern const PiaoKind piao_role_kind;

enum
{
  PIAO_ROLE_CODE,
  PIAO_ROLE_NAME,
  PIAO_ROLE_NOTE,
  PIAO_ROLE_N_COLUMNS,
};

/* The permission words of a role (PER-02). */
extern const PiaoKind piao_role_permission_kind;

enum
{
  PIAO_ROLE_PERMISSION_ROLE_ID,
  PIAO_ROLE_PERMISSION_PERMISSION,
  PIAO_ROLE_PERMISSION_N_COLUMNS,
};

/* Roles of a user and the area each covers (ROL-02, USR-04): a lane, 0 or -1 for all. */
extern const PiaoKind piao_user_role_kind;

enum
{
  PIAO_USER_ROLE_USER_ID,
  PIAO_USER_ROLE_ROLE_ID,
  PIAO_USER_ROLE_GRANTED_LANE,
  PIAO_USER_ROLE_N_COLUMNS,
};

/* Market closure calendar (ORD-20). */
extern const PiaoKind piao_closure_kind;

enum
{
  PIAO_CLOSURE_NAME,
  PIAO_CLOSURE_STARTS_AT,
  PIAO_CLOSURE_ENDS_AT,
  PIAO_CLOSURE_N_COLUMNS,
};

/* Typed parameters with a range (PAR-01). */
extern const PiaoKind piao_parameter_kind;

enum
{
  PIAO_PARAMETER_KEY,
  PIAO_PARAMETER_VALUE,
  PIAO_PARAMETER_LEAST,
  PIAO_PARAMETER_MOST,
  PIAO_PARAMETER_UNIT,
  PIAO_PARAMETER_NOTE,
  PIAO_PARAMETER_N_COLUMNS,
};

G_END_DECLS
