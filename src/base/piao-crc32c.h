/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRC-32C (Castagnoli) of @size bytes, as iSCSI and ext4 use it; @crc is that of what came before,
 * 0 at the start. Any thread. */
guint32 piao_crc32c (guint32 crc, gconstpointer data, gsize size);

G_END_DECLS
