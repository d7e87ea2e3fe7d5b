/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/barcode/piao-barcode.h"
#include "store/piao-db.h"

G_BEGIN_DECLS

/* The book of the enabled profiles in the database, or the shipped one while there are none yet. A
 * profile that makes no sense fails the whole: half a book could let a security code through.
 * Transfer full. */
PiaoBarcodeBook *piao_barcode_book_load (PiaoDb *db, GError **error);

G_END_DECLS
