/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Bytes of a frame's body, written and read. Numbers are varints: seven bits a byte, lowest first,
 * the top bit set on all but the last; signed ones are folded (0, -1, 1, -2 …) before.
 */
typedef struct
{
  GByteArray *bytes; /* owned */
  GArray *cuts;      /* of guint: places where the statistics of the bytes change */
} PiaoByteWriter;

void piao_byte_writer_init (PiaoByteWriter *self);
void piao_byte_writer_clear (PiaoByteWriter *self);

void piao_write_byte (PiaoByteWriter *self, guint8 byte);
void piao_write_varint (PiaoByteWriter *self, guint64 number);
void piao_write_signed (PiaoByteWriter *self, gint64 number);
void piao_write_bytes (PiaoByteWriter *self, gconstpointer data, gsize size);
/* A length below 256 in one byte, and the bytes. */
void piao_write_name (PiaoByteWriter *self, const char *name);
/* @width (0 … 64) bits of each number, lowest first, without gaps. */
void piao_write_bits (PiaoByteWriter *self, const guint64 *numbers, guint n, guint width);
/* What follows is of another nature: it is compressed with other statistics. */
void piao_write_cut (PiaoByteWriter *self);

/* A reader that went past the end, or was told so, is broken and reads zeros from then on: callers
 * check once at the end of a part, and before they trust a count. */
typedef struct
{
  const guint8 *at, *end;
  gboolean broken;
} PiaoByteReader;

void piao_byte_reader_init (PiaoByteReader *self, gconstpointer data, gsize size);
/* Marks it broken; returns FALSE. */
gboolean piao_byte_reader_break (PiaoByteReader *self);

guint8 piao_read_byte (PiaoByteReader *self);
guint64 piao_read_varint (PiaoByteReader *self);
gint64 piao_read_signed (PiaoByteReader *self);
/* A varint of at most @most; a greater one breaks. */
guint piao_read_count (PiaoByteReader *self, guint most);
/* Borrowed bytes; NULL when there are fewer. */
const guint8 *piao_read_bytes (PiaoByteReader *self, gsize size);
/* Transfer full; NULL when it is broken. Not checked to be text. */
char *piao_read_name (PiaoByteReader *self);
gboolean piao_read_bits (PiaoByteReader *self, guint64 *numbers, guint n, guint width);

G_END_DECLS
