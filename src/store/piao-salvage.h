/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * What can still be read of a replica whose file is damaged: every entry of the outbox and every
 * setting that stands in a page by itself, whatever has become of the pages around it. SQLite is
 * not asked: it gives up at the first thing that is wrong.
 */
typedef struct
{
  GPtrArray *entries;   /* of PiaoOutboxEntry in the order of dseq, each once; owned */
  GHashTable *settings; /* key → value, owned */
} PiaoSalvage;

/* Whether the WAL of the database at @path is damaged so that SQLite would forget what was
 * committed, without a word (store/piao-wal-reader.h). FALSE also when there is none, when the
 * files cannot be read, and while another program has the database open: that one has looked before
 * it began, and what it is just writing is no damage. Before this program opens the database: to
 * look at its files would take its locks away. */
gboolean piao_salvage_has_lost (const char *path);

/* Reads the file at @path with its WAL; neither is changed. Fails only when one of them cannot be
 * read at all. Any thread, while nobody writes. Transfer full. */
PiaoSalvage *piao_salvage_read (const char *path, GError **error);
void piao_salvage_free (PiaoSalvage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSalvage, piao_salvage_free)

G_END_DECLS
