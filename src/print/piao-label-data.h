/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoLabelData: what one label says, a map of field name → text.
 *
 * Whatever comes in is made fit for paper here, once: valid UTF-8, at most
 * PIAO_LABEL_MAX_VALUE characters, no control or direction-override characters, line feeds as
 * spaces. Nothing after this has to think about hostile text.
 */
#define PIAO_LABEL_MAX_VALUE 200

typedef struct _PiaoLabelData PiaoLabelData;

PiaoLabelData *piao_label_data_new (void);
void piao_label_data_free (PiaoLabelData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoLabelData, piao_label_data_free)

/* Sets field @key (lower-case letters, digits and underscores); NULL or "" removes it. */
void piao_label_data_set (PiaoLabelData *self, const char *key, const char *value);

/* The text of @key, "" when there is none. Borrowed. */
const char *piao_label_data_get (const PiaoLabelData *self, const char *key);

/* Numbers the print: field "copy" is @copy (1 is the first), and "reprint" is set from the second
 * on, which puts 补打 on the label. (DLV-10) */
void piao_label_data_set_copy (PiaoLabelData *self, guint copy);

/* All fields as a JSON object, and back. Transfer full. */
char *piao_label_data_to_text (const PiaoLabelData *self);
PiaoLabelData *piao_label_data_from_text (const char *text, GError **error);

/* Fills @pattern: "{key}" is the text of a field; "[…]" is left out as a whole when a field in it
 * is empty. The pattern has passed piao_label_pattern_check(). Transfer full. */
char *piao_label_data_expand (const PiaoLabelData *self, const char *pattern);

/* Whether @pattern is well formed: braces hold a key, brackets are closed and not nested. */
gboolean piao_label_pattern_check (const char *pattern);

/* Whether @key is a possible field name. */
gboolean piao_label_key_check (const char *key, gsize length);

G_END_DECLS
