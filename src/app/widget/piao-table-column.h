/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Tables are declared: a column is a title, a width and a function that says what an item shows in
 * it. Items may have a signal "changed", upon which they are drawn again if they show something
 * else.
 */
typedef enum
{
  PIAO_TABLE_NUMERIC = 1 << 0, /* right aligned; who only hears it hears the title, too */
  PIAO_TABLE_EXPAND = 1 << 1,  /* takes what is left beside its width */
  PIAO_TABLE_PILL = 1 << 2,    /* its texts are pills */
  PIAO_TABLE_STRONG = 1 << 3,  /* heavier */
  PIAO_TABLE_WIDE = 1 << 4,    /* only where there is room: gone in a narrow window */
} PiaoTableFlags;

typedef struct
{
  const char *id;    /* by which a person's habits are kept; never changes */
  const char *title; /* N_() */
  guint flags;       /* PiaoTableFlags */
  int width;         /* pixels; 0 for what the title needs */
  /* What @item shows; transfer full. NULL: nothing. */
  char *(*text) (gpointer item, gpointer data);
  /* The class (style.css) that the text of @item wears, a pill its colour; static, NULL for none.
   * May be NULL where all texts look like the rest of the line. */
  const char *(*style) (gpointer item, gpointer data);
  /* Compares two items, where all of them are at hand and may be sorted by this; may be NULL. */
  GCompareDataFunc compare;
} PiaoTableColumn;

G_END_DECLS
