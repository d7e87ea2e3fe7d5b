/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-digest.h"

G_BEGIN_DECLS

/*
 * PiaoChangeNotes: what a transaction of the ledger has to write into the change index. Commands
 * that wait together go into one commit, and the index holds one entry per row and lane: so the
 * notes are kept until the last of them is decided, and written in a few statements. Nothing reads
 * the index inside such a transaction, and nobody outside sees it before the commit.
 */
typedef struct _PiaoChangeNotes PiaoChangeNotes;

PiaoChangeNotes *piao_change_notes_new (void);
void piao_change_notes_free (PiaoChangeNotes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoChangeNotes, piao_change_notes_free)

/* The row @id of @kind (static) is, or with @gone no longer is, in @lane as of @seq; this stands in
 * the place of what was noted of it and the lane before. Seqs never go down. */
void piao_change_notes_add (
    PiaoChangeNotes *self, gint64 lane, gint64 seq, const char *kind, gint64 id, gboolean gone);

/* Writes them and the heads of their lanes, tells @tally what that does to the digests, and forgets
 * them. What was only sent is settled. */
gboolean
piao_change_notes_write (PiaoChangeNotes *self, PiaoDb *db, PiaoDigestTally *tally, GError **error);

G_END_DECLS
