/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Has a screen reader say @text, if there is one; @urgent: before what it is saying. */
void piao_announce (GtkWidget *widget, const char *text, gboolean urgent);

G_END_DECLS
