/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/* label.issue counts one more copy of a parcel's label, and refuses one for an order that ILMS has
 * not confirmed (WHS-08, DLV-10); parcel.close proves by a scan that the parcel wears its own. */
extern const PiaoCommand piao_label_issue_command;
extern const PiaoCommand piao_parcel_close_command;

G_END_DECLS
