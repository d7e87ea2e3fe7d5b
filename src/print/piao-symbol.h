/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoSymbol: the modules of a Code 128 or QR symbol (made by Zint), without size or place. Who
 * draws it picks a module width that is a whole number of dots, so that scanners read it.
 */
#define PIAO_SYMBOL_MAX_TEXT 48

typedef struct _PiaoSymbol PiaoSymbol;

/* Encodes @text, 1 … PIAO_SYMBOL_MAX_TEXT printable ASCII characters. PIAO_ERROR_INVALID
 * "label.code" otherwise. */
PiaoSymbol *piao_symbol_new_code128 (const char *text, GError **error);
PiaoSymbol *piao_symbol_new_qr (const char *text, GError **error);

void piao_symbol_free (PiaoSymbol *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSymbol, piao_symbol_free)

/* Modules across and down (1 for Code 128), quiet zone not counted. */
guint piao_symbol_get_width (const PiaoSymbol *self);
guint piao_symbol_get_height (const PiaoSymbol *self);

/* Modules that stay white: on both sides for Code 128, on all four for QR. */
guint piao_symbol_get_quiet (const PiaoSymbol *self);

gboolean piao_symbol_is_black (const PiaoSymbol *self, guint column, guint row);

G_END_DECLS
