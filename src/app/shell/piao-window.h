/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"
#include "app/desk/piao-desk.h"
#include "app/shell/piao-page.h"
#include "app/shell/piao-palette.h"

G_BEGIN_DECLS

/*
 * PiaoWindow: sidebar, page in front, outage banner, practice frame, toasts, scanner and palette.
 *
 * Actions: win.page (s), win.page-number (i), win.orders-in-state (s), win.find-orders (s),
 * win.show-order (x), win.show-pack (s), win.palette, win.preferences, win.find,
 * win.refresh, win.toast (s), win.show-help-overlay.
 */
#define PIAO_TYPE_WINDOW (piao_window_get_type ())
G_DECLARE_FINAL_TYPE (PiaoWindow, piao_window, PIAO, WINDOW, AdwApplicationWindow)

PiaoWindow *piao_window_new (GtkApplication *application, PiaoSession *session);

PiaoSession *piao_window_get_session (PiaoWindow *self);

/* The workplace behind the window, for the pages that show its line and its printers; NULL before
 * it is open; signal "desk-changed" says when it is. Borrowed. */
void piao_window_set_desk (PiaoWindow *self, PiaoDesk *desk);
PiaoDesk *piao_window_get_desk (PiaoWindow *self);

/* Brings the page of that name to the front; FALSE when there is none for this user. */
gboolean piao_window_show_page (PiaoWindow *self, const char *name);
PiaoPage *piao_window_get_page (PiaoWindow *self, const char *name);
const char *piao_window_get_page_name (PiaoWindow *self);

/* The edge lights up green or red for 300 ms. (domain.md 4.4) */
void piao_window_flash (PiaoWindow *self, gboolean good);

/* The palette, when it is open; for tests and pictures. */
PiaoPalette *piao_window_get_palette (PiaoWindow *self);

/* The page of the help about what is in front: a dialog that has one of its own, or the page. */
const char *piao_window_get_help_page (PiaoWindow *self);

G_END_DECLS
