/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/delivery/piao-delivery-kinds.h"

static const PiaoColumn scheme_columns[] = {
  [PIAO_SCHEME_CODE]
  = { "code", N_ ("Code"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 20 },
  [PIAO_SCHEME_ORG_ID]
  = { "org_id", N_ ("Organisation"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "org" },
  [PIAO_SCHEME_METHOD] = { "method", N_ ("Method"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 60 },
  [PIAO_SCHEME_METHOD_KIND]
  = { "method_kind", N_ ("Kind of method"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 40 },
  [PIAO_SCHEME_AREAS] = { "areas", N_ ("Areas"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 600 },
  [PIAO_SCHEME_CALENDAR]
  = { "calendar", N_ ("Departures"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 500 },
  [PIAO_SCHEME_TRANSIT]
  = { "transit", N_ ("Hours on the road"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 200 },
  [PIAO_SCHEME_FALLBACK] = { "fallback", N_ ("Fallback"), PIAO_COLUMN_TEXT, 0, 300 },
  [PIAO_SCHEME_NOTE] = { "note", N_ ("Note"), PIAO_COLUMN_TEXT, 0, 400 },
};

const PiaoKind piao_scheme_kind = {
  .name = "scheme",
  .title = N_ ("Delivery schemes"),
  .working = PIAO_WORKING_BASE,
  .permission = "delivery",
  .columns = scheme_columns,
  .n_columns = G_N_ELEMENTS (scheme_columns),
};

static const PiaoColumn parcel_columns[] = {
  [PIAO_PARCEL_ORDER_ID]
  = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "order" },
  [PIAO_PARCEL_N] = { "n", N_ ("Number"), PIAO_COLUMN_INT, 0 },
  [PIAO_PARCEL_TOTAL] = { "total", N_ ("Of"), PIAO_COLUMN_INT, 0 },
  [PIAO_PARCEL_LABEL_COPIES] = { "label_copies", N_ ("Label copies"), PIAO_COLUMN_INT, 0 },
  [PIAO_PARCEL_LABEL_AT] = { "label_at", N_ ("Label printed"), PIAO_COLUMN_TIME, 0 },
  [PIAO_PARCEL_CLOSED_AT] = { "closed_at", N_ ("Closed"), PIAO_COLUMN_TIME, 0 },
  [PIAO_PARCEL_CLOSED_BY] = { "closed_by", N_ ("Closed by"), PIAO_COLUMN_REF, 0, 0, "user" },
};

const PiaoKind piao_parcel_kind = {
  .name = "parcel",
  .title = N_ ("Parcels"),
  .working = PIAO_WORKING_PARTS,
  .working_of = "order_id",
  .permission = "order",
  .columns = parcel_columns,
  .n_columns = G_N_ELEMENTS (parcel_columns),
};
