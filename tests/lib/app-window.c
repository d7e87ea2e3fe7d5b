/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <libdex.h>

#include "app/counter/piao-counter-model.h"
#include "app/order/piao-order-dialog.h"
#include "app/order/piao-orders-page.h"
#include "app/piao-application.h"
#include "tests/lib/app-window.h"

GtkApplication *
app_window_start (int *argc, char ***argv)
{
  GtkApplication *application;

  gtk_test_init (argc, argv, NULL);
  adw_init ();
  dex_init ();
  application = GTK_APPLICATION (piao_application_new ());
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  return application;
}

void
app_window_set_up (AppWindow *self, gconstpointer application)
{
  app_window_open (self, application, app_world_new (60));
}

void
app_window_open (AppWindow *self, gconstpointer application, AppWorld *world)
{
  self->world = world;
  self->application = (gpointer)application;
  self->window = piao_window_new (self->application, self->world->session);
  gtk_window_present (GTK_WINDOW (self->window));
}

void
app_window_tear_down (AppWindow *self, gconstpointer application)
{
  app_world_close_window (GTK_WINDOW (self->window));
  app_world_free (self->world);
}

GListModel *
app_window_get_orders (AppWindow *self)
{
  PiaoPage *page = piao_window_get_page (self->window, "orders");

  return piao_orders_page_get_rows (PIAO_ORDERS_PAGE (page));
}

gboolean
app_window_has_rows (gpointer model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model)) > 0;
}

AdwDialog *
app_window_get_dialog (gpointer window)
{
  return adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));
}

gboolean
app_window_has_dialog (gpointer window)
{
  return app_window_get_dialog (window) != NULL;
}

gboolean
app_window_has_no_dialog (gpointer window)
{
  return app_window_get_dialog (window) == NULL;
}

gboolean
app_window_shows_order (gpointer window)
{
  return PIAO_IS_ORDER_DIALOG (app_window_get_dialog (window));
}

gboolean
app_window_is_picking (gpointer model)
{
  return piao_counter_model_get_mode (model) == PIAO_COUNTER_PICK
         && piao_counter_model_is_idle (model);
}
