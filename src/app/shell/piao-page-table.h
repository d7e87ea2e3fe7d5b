/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* One page of the program. The table of them is the sidebar, the palette's pages and Alt+1 … 9.
 */
typedef struct
{
  const char *name;       /* "orders": target of the action win.page */
  const char *title;      /* N_() */
  const char *icon;       /* icon name */
  const char *group;      /* N_() heading of the sidebar; equal ones stand together */
  const char *permission; /* word the user must hold; NULL for anyone */
  const char *help;       /* page of the help that is about it */
  GType (*get_type) (void);
} PiaoPageEntry;

/* Ends with a NULL name. */
extern const PiaoPageEntry piao_page_table[];

G_END_DECLS
