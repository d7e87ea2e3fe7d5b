/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-clock.h"

G_BEGIN_DECLS

/*
 * Ids: 63-bit integers that a device makes without asking anyone.
 *
 *   bits 62…22  milliseconds since 2020-01-01 UTC (41 bits, until 2089)
 *   bits 21…12  counter within the millisecond; it may carry into the time
 *   bits 11…0   device number, 0 for the server
 *
 * The stride between two ids of a device is 4096, so the ids of the rows that a command makes are
 * command id + 4096, + 8192, …: the same on the desktop and on the server without being sent.
 */
#define PIAO_ID_STRIDE G_GINT64_CONSTANT (4096)
#define PIAO_ID_EPOCH_MS G_GINT64_CONSTANT (1577836800000)
#define PIAO_ID_MAX_DEVICE 4095

/* How many ids (the command's own included) a command takes; its rows may use the rest. */
#define PIAO_ID_PER_COMMAND 256

typedef struct
{
  PiaoClock *clock; /* owned */
  guint device;     /* 0 … PIAO_ID_MAX_DEVICE */
  gint64 last;      /* the last id given out, 0 at first; never goes back even if the clock does */
} PiaoIdSource;

void piao_id_source_init (PiaoIdSource *self, PiaoClock *clock, guint device, gint64 last);
void piao_id_source_clear (PiaoIdSource *self);

/* The first of @count ids, PIAO_ID_STRIDE apart. Not thread-safe: the writer owns it. */
gint64 piao_id_source_take (PiaoIdSource *self, guint count);

/* The parts of an id. */
gint64 piao_id_get_time (gint64 id);
guint piao_id_get_device (gint64 id);

/* Ids are strings on the wire. Parsing accepts a positive decimal int64 only; 0 on anything else.
 */
char *piao_id_to_text (gint64 id);
gint64 piao_id_from_text (const char *text);

G_END_DECLS
