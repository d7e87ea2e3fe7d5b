/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * Digests: by which two databases see that they hold the same rows without sending them.
 * A digest is, for a lane and kind, the number of rows and the sum mod 2^64 of a hash of each row's
 * id and rev. The table digest (data/schema/005-digest.sql) is kept with every change.
 */
typedef struct
{
  gint64 lane;
  const char *kind; /* static or interned */
  gint64 rows;
  guint64 sum;
} PiaoDigest;

/* Well mixed, so that no exchange of rows or revs leaves the sum as it was. */
guint64 piao_digest_hash (gint64 id, gint64 rev);

/* What a transaction changes, until it is written in one go. */
typedef struct _PiaoDigestTally PiaoDigestTally;

PiaoDigestTally *piao_digest_tally_new (void);
void piao_digest_tally_free (PiaoDigestTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoDigestTally, piao_digest_tally_free)

/* A row is there now, or no longer; @kind is the name of a PiaoKind. */
void
piao_digest_tally_add (PiaoDigestTally *self, gint64 lane, const char *kind, gint64 id, gint64 rev);
void piao_digest_tally_remove (
    PiaoDigestTally *self, gint64 lane, const char *kind, gint64 id, gint64 rev);

/* Forgets what was added. */
void piao_digest_tally_clear (PiaoDigestTally *self);

/* Where @self and @digests are not the same: GArray of PiaoDigest with what @digests has more (or,
 * of rows, less), by lane and kind. */
GArray *piao_digest_tally_compare (PiaoDigestTally *self, const GArray *digests);

/* Adds it to the table, in the caller's transaction, and empties it. */
gboolean piao_digest_tally_write (PiaoDigestTally *self, PiaoDb *db, GError **error);

/* What the table says, by lane and kind, without empty ones. GArray of PiaoDigest. */
GArray *piao_digest_list (PiaoDb *db, GError **error);

/* One number over all digests of @lanes (sorted; NULL: every lane) in @digests: when it is the same
 * on both sides, they are. */
guint64 piao_digest_combine (const GArray *digests, const GArray *lanes);

/* Counted afresh: from the rows of @kinds themselves, or from the change index of a server. Each
 * reads everything. GArray of PiaoDigest, in the order of piao_digest_list(). */
GArray *
piao_digest_count_rows (PiaoDb *db, const PiaoKind *const *kinds, guint n_kinds, GError **error);
GArray *piao_digest_count_changes (PiaoDb *db, GError **error);

/* Puts @digests in the place of the whole table, in the caller's transaction. */
gboolean piao_digest_replace (PiaoDb *db, const GArray *digests, GError **error);

/* The same for one kind: @digests are of it. */
gboolean
piao_digest_replace_kind (PiaoDb *db, const char *kind, const GArray *digests, GError **error);

/* Forgets the digests of a lane. */
gboolean piao_digest_forget_lane (PiaoDb *db, gint64 lane, GError **error);

G_END_DECLS
