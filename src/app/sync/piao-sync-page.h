/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/shell/piao-page.h"

G_BEGIN_DECLS

/*
 * 同步: the lines, what waits to be sent, what was refused with both stories and what to do, and
 * the requests at ILMS. Its actions are those of its rows (PiaoRefusedRow) and the application's
 * win.sync-now and win.keep-offline.
 */
#define PIAO_TYPE_SYNC_PAGE (piao_sync_page_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSyncPage, piao_sync_page, PIAO, SYNC_PAGE, PiaoPage)

G_END_DECLS
