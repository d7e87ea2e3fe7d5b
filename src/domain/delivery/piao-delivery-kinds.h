/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/* How parcels travel (DLV-06). */
extern const PiaoKind piao_scheme_kind;

enum
{
  PIAO_SCHEME_CODE,
  PIAO_SCHEME_ORG_ID,
  PIAO_SCHEME_METHOD,
  PIAO_SCHEME_METHOD_KIND,
  PIAO_SCHEME_AREAS,
  PIAO_SCHEME_CALENDAR,
  PIAO_SCHEME_TRANSIT,
  PIAO_SCHEME_FALLBACK,
  PIAO_SCHEME_NOTE,
  PIAO_SCHEME_N_COLUMNS,
};

/* What is labelled and handed over; a parcel is not a ticket pack (DLV-10). */
extern const PiaoKind piao_parcel_kind;

enum
{
  PIAO_PARCEL_ORDER_ID,
  PIAO_PARCEL_N,
  PIAO_PARCEL_TOTAL,
  PIAO_PARCEL_LABEL_COPIES,
  PIAO_PARCEL_LABEL_AT,
  PIAO_PARCEL_CLOSED_AT,
  PIAO_PARCEL_CLOSED_BY,
  PIAO_PARCEL_N_COLUMNS,
};

G_END_DECLS
