/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <libdex.h>

G_BEGIN_DECLS

/* --- an answer -------------------------------------------------------------------------------
 */

#define PIAO_TYPE_PALETTE_ITEM (piao_palette_item_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPaletteItem, piao_palette_item, PIAO, PALETTE_ITEM, GObject)

/* @action is a detailed action name ("win.page::orders") that runs when the item is chosen. */
PiaoPaletteItem *piao_palette_item_new (const char *icon,
                                        const char *title,
                                        const char *subtitle,
                                        const char *action);
const char *piao_palette_item_get_title (PiaoPaletteItem *self);
const char *piao_palette_item_get_action (PiaoPaletteItem *self);

/* --- who answers -----------------------------------------------------------------------------
 */

#define PIAO_PALETTE_MAX_QUERY 100
#define PIAO_PALETTE_MAX_ITEMS 12

#define PIAO_TYPE_PALETTE_PROVIDER (piao_palette_provider_get_type ())
G_DECLARE_INTERFACE (PiaoPaletteProvider, piao_palette_provider, PIAO, PALETTE_PROVIDER, GObject)

struct _PiaoPaletteProviderInterface
{
  GTypeInterface parent_iface;

  /* Resolves to a GListModel of PiaoPaletteItem, best first, at most PIAO_PALETTE_MAX_ITEMS; an
   * empty query asks for what to offer before anything is typed. */
  DexFuture *(*search) (PiaoPaletteProvider *self, const char *query);
};

DexFuture *piao_palette_provider_search (PiaoPaletteProvider *self, const char *query);

/* --- the dialog ------------------------------------------------------------------------------ */

/*
 * PiaoPalette: pages, orders, outlets, packs and actions from one entry. Answers appear in the
 * order of the providers; those of an older query are dropped.
 */
#define PIAO_TYPE_PALETTE (piao_palette_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPalette, piao_palette, PIAO, PALETTE, AdwDialog)

PiaoPalette *piao_palette_new (void);
void piao_palette_add_provider (PiaoPalette *self, PiaoPaletteProvider *provider);
void piao_palette_set_query (PiaoPalette *self, const char *query);

/* How many answers there are now, and the act of choosing one. */
guint piao_palette_get_n_answers (PiaoPalette *self);
void piao_palette_choose (PiaoPalette *self, guint position);

G_END_DECLS
