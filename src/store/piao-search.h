/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/*
 * Search text of the replica: the PIAO_COLUMN_SEARCH columns of searchable kinds, folded by
 * piao_text_search_words(), plus the last four digits of longer numbers. A query is words that
 * must all match as prefixes; neighbouring Chinese characters must stand together, so two
 * characters find what they name.
 *
 * The words are in the contentless FTS5 table `search (kind, words)`; `search_row (doc, kind, row)`
 * says which row a document stands for. A list narrows itself to what was typed with
 *   id IN (SELECT row FROM search_row
 *          WHERE doc IN (SELECT rowid FROM search WHERE search MATCH $1))
 * and piao_search_match() for $1.
 */
#define PIAO_SEARCH_MAX_CHARS 100

/* Brings the text of one row up to date; a deleted row loses it. Rows of kinds that are not
 * searchable are passed over. */
gboolean piao_search_touch (PiaoDb *db, const PiaoRecord *record, GError **error);

/* Takes the text of a row away, for one that is no longer here. */
gboolean piao_search_forget (PiaoDb *db, const PiaoKind *kind, gint64 row, GError **error);

/* The FTS5 expression of what a person typed, or NULL when nothing searchable is in it. Only the
 * first PIAO_SEARCH_MAX_CHARS characters count. Transfer full. */
char *piao_search_expression (const char *typed);

/* The same, limited to the rows of @kind. */
char *piao_search_match (const PiaoKind *kind, const char *typed);

/* Ids of the rows of @kind that match, best first (whole words before beginnings, then the newest),
 * at most @limit. GArray of gint64. */
GArray *
piao_search_find (PiaoDb *db, const PiaoKind *kind, const char *typed, guint limit, GError **error);

/* Notes that rows of @kind from @id on may have no text yet (piao-search-later.c). On the writer.
 */
gboolean piao_search_postpone (PiaoDb *db, const PiaoKind *kind, gint64 id, GError **error);

/* Makes the text of at most @limit rows that were left for later; @more says whether there are
 * others. On the writer. */
gboolean piao_search_catch_up (
    PiaoDb *db, const PiaoKind *kind, guint limit, gboolean *more, GError **error);

/* Whether all rows of @kind have their text: a search finds everything. Any connection. */
gboolean piao_search_is_ready (PiaoDb *db, const PiaoKind *kind);

G_END_DECLS
