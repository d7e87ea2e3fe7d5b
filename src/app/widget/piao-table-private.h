/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-table.h"

G_BEGIN_DECLS

/* @column of a view was made from @declared. */
void piao_table_note_column (GtkColumnViewColumn *column, const PiaoTableColumn *declared);

G_END_DECLS
