/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* F1: the page of the help that is about what one looks at (help/C, help/zh_CN). */

/* Says which page is about @widget, a dialog; @page is static. */
void piao_help_set_page (GtkWidget *widget, const char *page);

/* The page about @widget, or NULL when it has none of its own. Borrowed. */
const char *piao_help_get_page (GtkWidget *widget);

/* Opens @page in the help viewer of the desktop. Where there is none, a dialog says where the page
 * lies and what to install. */
void piao_help_open (GtkWindow *window, const char *page);

G_END_DECLS
