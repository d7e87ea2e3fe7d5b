/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Lets every text of ours speak the language of the process. A program calls it at its start,
 * after setlocale() and before any thread: what it binds is process-wide. Run from the build
 * folder, a program reads the translations that were built there.
 */
void piao_i18n_bind (void);

/* The same for a program that speaks to people of several languages; the environment's LANGUAGE
 * does not overrule them. */
void piao_i18n_bind_many (void);

/* The language that a header Accept-Language asks for first, of those that texts are written in:
 * "zh" or "en"; NULL when it asks for another one or is NULL. Static. */
const char *piao_i18n_choose (const char *accepted);

/* Lets texts speak @language (of piao_i18n_choose(); NULL leaves them as they are) on this thread
 * until piao_i18n_end(), which is given what this returned. Nothing may be awaited in between. A
 * language that this machine does not have changes nothing. */
gpointer piao_i18n_begin (const char *language);
void piao_i18n_end (gpointer before);

G_END_DECLS
