/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoBarcode: the modules of a Code 128 or QR symbol (made by Zint), without size or place. Who
 * draws it picks a module width that is a whole number of dots, so that scanners read it.
 */
#define PIAO_BARCODE_MAX_TEXT 48

typedef struct _PiaoBarcode PiaoBarcode;

/* Encodes @text, 1 … PIAO_BARCODE_MAX_TEXT printable ASCII characters. PIAO_ERROR_INVALID
 * "label.code" otherwise. */
PiaoBarcode *piao_barcode_new_code128 (const char *text, GError **error);
PiaoBarcode *piao_barcode_new_qr (const char *text, GError **error);

void piao_barcode_free (PiaoBarcode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoBarcode, piao_barcode_free)

/* Modules across and down (1 for Code 128), quiet zone not counted. */
guint piao_barcode_get_width (const PiaoBarcode *self);
guint piao_barcode_get_height (const PiaoBarcode *self);

/* Modules that stay white: on both sides for Code 128, on all four for QR. */
guint piao_barcode_get_quiet (const PiaoBarcode *self);

gboolean piao_barcode_is_black (const PiaoBarcode *self, guint column, guint row);

G_END_DECLS
