/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "app/shell/piao-palette.h"

G_BEGIN_DECLS

/* Answers the palette with the pages and actions of the program that this user may use. */
#define PIAO_TYPE_PAGE_PROVIDER (piao_page_provider_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPageProvider, piao_page_provider, PIAO, PAGE_PROVIDER, GObject)

PiaoPaletteProvider *piao_page_provider_new (PiaoSession *session);

G_END_DECLS
