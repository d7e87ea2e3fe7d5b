/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/shell/piao-page.h"

G_BEGIN_DECLS

/* 工作台: what to do now. */
#define PIAO_TYPE_TODAY_PAGE (piao_today_page_get_type ())
G_DECLARE_FINAL_TYPE (PiaoTodayPage, piao_today_page, PIAO, TODAY_PAGE, PiaoPage)

G_END_DECLS
