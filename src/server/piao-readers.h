/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "store/piao-db.h"

G_BEGIN_DECLS

/* PiaoReaders: a few threads with a reading connection each, for everything the server answers
 * without writing. */
#define PIAO_TYPE_READERS (piao_readers_get_type ())
G_DECLARE_FINAL_TYPE (PiaoReaders, piao_readers, PIAO, READERS, GObject)

/* Opens @n connections to @address. Blocks. */
PiaoReaders *piao_readers_new (const char *address, guint n, GError **error);
void piao_readers_close (PiaoReaders *self);

/* Jobs that no reader has taken yet. Any thread. */
guint piao_readers_get_waiting (PiaoReaders *self);

/* Runs inside one read transaction on a reader's thread. */
typedef gboolean (*PiaoReadersFunc) (PiaoDb *db, gpointer data, GError **error);

/* Resolves to TRUE or rejects with @func's error; @data must stay until then. Any thread. */
DexFuture *piao_readers_run (PiaoReaders *self, PiaoReadersFunc func, gpointer data);

/* The same for what nobody waits for: whatever is run otherwise is taken first. A desktop that asks
 * for news because it was told of some is not looked at by a person who has just pressed a key. */
DexFuture *piao_readers_run_late (PiaoReaders *self, PiaoReadersFunc func, gpointer data);

/* The same for work without a database that takes long (password hashes). */
DexFuture *piao_readers_work (PiaoReaders *self, void (*func) (gpointer data), gpointer data);

G_END_DECLS
