/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/*
 * Search text of the replica: an FTS5 table `search (kind UNINDEXED, row UNINDEXED, words)` over
 * the PIAO_COLUMN_SEARCH columns of searchable kinds, folded by piao_text_search_words(), plus
 * the last four digits of numbers. A query is words that must all match as prefixes; neighbouring
 * Chinese characters must stand together, so two characters find what they name.
 */

/* Brings the text of one row up to date. */
gboolean piao_search_touch (PiaoDb *db, const PiaoRecord *record, GError **error);

/* The FTS5 expression of what a person typed, or NULL when nothing searchable is in it. */
char *piao_search_expression (const char *typed);

/* Ids of the rows of @kind that match, best first, at most @limit. GArray of gint64. */
GArray *
piao_search_find (PiaoDb *db, const PiaoKind *kind, const char *typed, guint limit, GError **error);

G_END_DECLS
