/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/*
 * PiaoPage: the base of every page. A page is made by its type from the page table, with the
 * session as its only construct property; its layout is its Blueprint template, its state a view
 * model. The window shows its header widgets, takes its badge for the sidebar and calls the
 * functions below.
 */
#define PIAO_TYPE_PAGE (piao_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (PiaoPage, piao_page, PIAO, PAGE, AdwBin)

struct _PiaoPageClass
{
  AdwBinClass parent_class;

  /* The page comes to the front or leaves it. */
  void (*activate) (PiaoPage *self);
  void (*deactivate) (PiaoPage *self);
  /* F5. */
  void (*refresh) (PiaoPage *self);
  /* F3: put the focus where one searches. */
  void (*find) (PiaoPage *self);
  /* A scan or typed keys arrived while the page was in front; TRUE when dealt with. */
  gboolean (*scan) (PiaoPage *self, const char *text, gboolean converted);
  gboolean (*typed) (PiaoPage *self, const char *text);
};

PiaoSession *piao_page_get_session (PiaoPage *self);
const char *piao_page_get_title (PiaoPage *self);

/* The number beside the name in the sidebar; 0 shows none. */
guint piao_page_get_badge (PiaoPage *self);
void piao_page_set_badge (PiaoPage *self, guint badge);

void piao_page_activate (PiaoPage *self);
void piao_page_deactivate (PiaoPage *self);
void piao_page_refresh (PiaoPage *self);
void piao_page_find (PiaoPage *self);
gboolean piao_page_scan (PiaoPage *self, const char *text, gboolean converted);
gboolean piao_page_typed (PiaoPage *self, const char *text);

/* Says @text in a toast at the foot of the window; from any widget inside it. */
void piao_toast (GtkWidget *widget, const char *text);
void piao_toast_error (GtkWidget *widget, const GError *error);

G_END_DECLS
