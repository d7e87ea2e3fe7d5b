/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Rows of the lists in which details are shown. */

/* A name on the left, its value on the right; nothing when @value is NULL or empty. */
void piao_facts_add (GtkListBox *list, const char *name, const char *value);

/* A step of a timeline: what, and under it when and who. */
void piao_facts_add_step (GtkListBox *list, const char *what, const char *under);

G_END_DECLS
