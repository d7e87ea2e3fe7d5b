/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-byte-io.h"

G_BEGIN_DECLS

/*
 * A frame: u32 length | u8 type | u32 crc | body, little endian. length is that of the body, crc is
 * CRC-32C of type and body.
 *
 * Packed data (in a body, or the whole of one) is a byte RAW or ZSTD and then the bytes, or one
 * zstd frame that says its content size.
 *
 * DESIGN: what a few bytes may unpack to is limited twice: by an absolute size, and by a ratio,
 * since nothing that a writer here makes shrinks a hundredfold but columns that repeat a pattern.
 * Those are why the ratio has a floor: PIAO_FRAME_FREE bytes, and for rows PIAO_FRAME_FREE_ROW
 * bytes a row (a short pattern in a few columns), whose number is limited itself. A writer that
 * would break the rule sends the data raw.
 */
#define PIAO_FRAME_HEAD 9
#define PIAO_FRAME_MAX_BODY (8 * 1024 * 1024)
#define PIAO_FRAME_MAX_UNPACKED (32 * 1024 * 1024)
#define PIAO_FRAME_RATIO 20
#define PIAO_FRAME_FREE (64 * 1024)
#define PIAO_FRAME_FREE_ROW 8

/* Adds a frame of @type with @size bytes of @body. */
void piao_frame_write (GByteArray *bytes, guint8 type, gconstpointer body, gsize size);

/* Takes the next frame: TRUE with its type and a reader of its body, FALSE when the bytes end here
 * or are damaged, in which case @reader is broken. */
gboolean piao_frame_read (PiaoByteReader *reader, guint8 *type, PiaoByteReader *body);

/* Appends @data packed to @bytes. @cuts (NULL: none) are places where its nature changes;
 * @allowance is what may come on top of the ratio. */
void piao_frame_pack (GByteArray *bytes,
                      const GByteArray *data,
                      const GArray *cuts,
                      gsize allowance,
                      gpointer context);

/* The packed data that the rest of @reader is. Transfer full; NULL when it is damaged or more than
 * it may be. */
GBytes *piao_frame_unpack (PiaoByteReader *reader, gsize allowance);

/* What piao_frame_pack() works with; used again from frame to frame. */
gpointer piao_frame_context_new (void);
void piao_frame_context_free (gpointer context);

G_END_DECLS
