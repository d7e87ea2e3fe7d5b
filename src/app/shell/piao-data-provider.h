/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "app/shell/piao-palette.h"

G_BEGIN_DECLS

/* Answers the palette with orders, outlets and packs of the replica: by number, name, initials and
 * last digits. (domain.md 4.9) */
#define PIAO_TYPE_DATA_PROVIDER (piao_data_provider_get_type ())
G_DECLARE_FINAL_TYPE (PiaoDataProvider, piao_data_provider, PIAO, DATA_PROVIDER, GObject)

PiaoPaletteProvider *piao_data_provider_new (PiaoSession *session);

G_END_DECLS
