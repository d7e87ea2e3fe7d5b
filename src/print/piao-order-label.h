/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-label-data.h"
#include "store/piao-db.h"

G_BEGIN_DECLS

/* What the labels of an order say, read from its rows. */
#define PIAO_LABEL_PARCEL "parcel-100x70"
#define PIAO_LABEL_HELD_TAG "held-tag-100x70"

/* Fields of the parcel label (PIAO_LABEL_PARCEL) with its copy number. The phone is masked unless
 * @full_phone (USR-03). @order_id (optional) is its order. PIAO_ERROR_NOT_FOUND. Transfer full. */
PiaoLabelData *piao_label_data_for_parcel (
    PiaoDb *db, gint64 parcel_id, gboolean full_phone, gint64 *order_id, GError **error);

/* Fields of the bag tag (PIAO_LABEL_HELD_TAG), without copy number. PIAO_ERROR_REFUSED
 * "label.confirmed" for an order that ILMS has confirmed: it gets a label, not a tag. */
PiaoLabelData *piao_label_data_for_held_order (PiaoDb *db, gint64 order_id, GError **error);

/* "周五 13:00" or, with @weekday FALSE, "05-21 18:00"; NULL for 0. Transfer full. */
char *piao_label_format_time (gint64 ms, gboolean weekday);

G_END_DECLS
