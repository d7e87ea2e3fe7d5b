/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/shell/piao-page-table.h"
#include "app/shell/piao-page.h"

G_BEGIN_DECLS

/* One page in the sidebar: icon, name, badge. */
#define PIAO_TYPE_SIDEBAR_ROW (piao_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSidebarRow, piao_sidebar_row, PIAO, SIDEBAR_ROW, GtkListBoxRow)

/* @entry is of the static page table. */
GtkWidget *piao_sidebar_row_new (const PiaoPageEntry *entry, PiaoPage *page);
const PiaoPageEntry *piao_sidebar_row_get_entry (PiaoSidebarRow *self);

G_END_DECLS
