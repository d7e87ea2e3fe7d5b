/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/today/piao-today-page.h"

struct _PiaoTodayPage
{
  PiaoPage parent_instance;
};

G_DEFINE_FINAL_TYPE (PiaoTodayPage, piao_today_page, PIAO_TYPE_PAGE)

static void
piao_today_page_class_init (PiaoTodayPageClass *klass)
{
}

static void
piao_today_page_init (PiaoTodayPage *self)
{
}
