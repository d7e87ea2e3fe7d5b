/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Text from outside, and text as people search it.
 *
 * Search text is a list of words separated by single spaces: every Chinese character is a word of
 * its own (so that a query of two characters is a phrase), letters and digits run together, and
 * after them come the pinyin initials of every name part. A query is folded the same way.
 */

/* Checks that @text is UTF-8, has at most @max_chars characters and no control characters (line
 * feeds only when @multiline). @field names it in the sentence. NULL passes. */
gboolean piao_text_check (
    const char *text, guint max_chars, gboolean multiline, const char *field, GError **error);

/* NFKC, lower case, white space collapsed, middle dots dropped: "ＡＢ·ｃ" → "abc". Transfer full;
 * invalid UTF-8 gives "". */
char *piao_text_fold (const char *text);

/* Initials of @text in pinyin: "伊犁伊宁" → "ylyn", "莎车" → "sc", "Ali" → "ali"; anything else
 * is dropped. Polyphones of place names follow a table (WHS 4.9). Transfer full. */
char *piao_text_initials (const char *text);

/* Folded @text with every Chinese character a word of its own. Transfer full. */
char *piao_text_words (const char *text);

/* words + initials of the @parts (NULL entries are skipped; NULL-terminated). Transfer full. */
char *piao_text_search_words (const char *const *parts);

/* Whether @c is a Chinese character (any Han). */
gboolean piao_text_is_han (gunichar c);

/* Full-width digits and letters to ASCII, nothing else changed; @changed (optional) says whether
 * there were any (an input method was on while a scanner typed). Transfer full. */
char *piao_text_narrow (const char *text, gboolean *changed);

G_END_DECLS
