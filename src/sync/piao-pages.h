/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoPages: coded rows of answers, kept for those who ask the same. The desktops of a prefecture
 * hold the same lanes; those that stand at the same seq and are told of the same news ask the same
 * question within a moment, and its answer is read and coded once.
 *
 * A page is all that has changed behind one seq in a set of lanes up to another, its head, which is
 * never beyond where the centre stood: whoever gets it later gets what he would have had then, and
 * the answer says so.
 * Which lanes somebody may see is decided anew for every question; the key says which they are.
 * Bounded in bytes; what was not asked for longest goes first. Any thread.
 */
typedef struct _PiaoPages PiaoPages;

typedef struct
{
  GBytes *rows;    /* owned; frames of rows and of what is gone */
  gint64 upto;     /* all behind the key's seq up to this one; not beyond head */
  gint64 head;     /* the seq that it was made for: the server's then, or one before it */
  gsize bytes;     /* the size of the rows as it is estimated while they are gathered … */
  gsize max_bytes; /* … which had room for so much; a page that reaches its head fits into less */
} PiaoPage;

/* A new page; @rows is taken. */
PiaoPage *piao_page_new (GBytes *rows, gint64 upto, gint64 head, gsize bytes, gsize max_bytes);
PiaoPage *piao_page_ref (PiaoPage *page);
void piao_page_unref (PiaoPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPage, piao_page_unref)

/* Keeps @max_bytes of pages at the most. */
PiaoPages *piao_pages_new (gsize max_bytes);
void piao_pages_free (PiaoPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPages, piao_pages_free)

/* What is asked: everything that decides what a page says but the moment. @lanes are of gint64, in
 * the order of the answer; all of them stand at @from. Transfer full. */
char *piao_pages_make_key (const char *epoch, int schema, const GArray *lanes, gint64 from);

/*
 * The page of @key that was made for @least or a later seq and fits into @max_bytes; transfer full.
 * NULL when there is none: then the caller makes it, and ends with piao_pages_put(). Whoever asks
 * for the same key meanwhile waits for it.
 */
PiaoPage *piao_pages_take (PiaoPages *self, const char *key, gint64 least, gsize max_bytes);

/* @page (borrowed; NULL when it could not be made) is what piao_pages_take() did not find. */
void piao_pages_put (PiaoPages *self, const char *key, PiaoPage *page);

typedef struct
{
  guint64 made, shared; /* pages since the start: coded; handed over once more */
  gsize bytes;          /* kept now */
} PiaoPagesCounts;
void piao_pages_get_counts (PiaoPages *self, PiaoPagesCounts *counts);

G_END_DECLS
