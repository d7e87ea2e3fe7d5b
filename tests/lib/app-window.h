/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/shell/piao-window.h"
#include "tests/lib/app-world.h"

G_BEGIN_DECLS

/* What the main function of every test with windows begins with. Transfer full. */
GtkApplication *app_window_start (int *argc, char ***argv);

/* The window of the program on a world: the fixture of such tests. */
typedef struct
{
  AppWorld *world;
  GtkApplication *application; /* borrowed */
  PiaoWindow *window;
} AppWindow;

void app_window_set_up (AppWindow *self, gconstpointer application);
/* The same on another world, which is taken. */
void app_window_open (AppWindow *self, gconstpointer application, AppWorld *world);
void app_window_tear_down (AppWindow *self, gconstpointer application);

/* The rows of the page of orders. Borrowed. */
GListModel *app_window_get_orders (AppWindow *self);

/* The dialog in front of a PiaoWindow, NULL when there is none. Borrowed. */
AdwDialog *app_window_get_dialog (gpointer window);

/* Conditions to wait for: of a list model, … */
gboolean app_window_has_rows (gpointer model);
/* … of a PiaoWindow: any dialog, none, an order … */
gboolean app_window_has_dialog (gpointer window);
gboolean app_window_has_no_dialog (gpointer window);
gboolean app_window_shows_order (gpointer window);
/* … of the model of the counter: an order is being picked, and nothing is under way. */
gboolean app_window_is_picking (gpointer model);

G_END_DECLS
