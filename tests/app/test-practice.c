/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What only a workspace to practise in has. */

#include "config.h"

#include <libdex.h>
#include <string.h>

#include "app/counter/piao-counter-page.h"
#include "app/practice/piao-codes-dialog.h"
#include "base/piao-future.h"
#include "domain/demo/piao-demo-codes.h"
#include "tests/lib/app-window.h"

typedef AppWindow Fixture;

typedef struct
{
  AppWorld *world;
  gint64 orders[2]; /* the next ones */
  char *codes[2];   /* the first that fits each of them */
} Next;

static DexFuture *
read_next (PiaoDb *db, gpointer data)
{
  Next *next = data;
  g_autoptr (GArray) orders
      = piao_demo_list_orders (db, piao_session_get_warehouse (next->world->session), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (next->orders); i++)
    {
      g_autoptr (GPtrArray) codes = NULL;

      next->orders[i] = g_array_index (orders, gint64, i);
      codes = piao_demo_list_codes (db, next->orders[i], APP_WORLD_NOW, NULL);
      next->codes[i] = g_strdup (((PiaoDemoCode *)g_ptr_array_index (codes, 0))->code);
    }
  return NULL;
}

typedef struct
{
  AdwDialog *dialog;
  const char *code;
} Offer;

static gboolean
offers (gpointer data)
{
  const Offer *offer = data;
  g_autofree char *texts = app_world_dup_texts (GTK_WIDGET (offer->dialog));

  return strstr (texts, offer->code) != NULL;
}

/* Only the codes of one of the orders are on the sheet. */
static void
check_sheet (Fixture *f, const char *wanted, const char *other)
{
  AdwDialog *dialog = piao_codes_dialog_new (f->world->session);
  Offer offer = { dialog, wanted };

  adw_dialog_present (dialog, GTK_WIDGET (f->window));
  app_world_await (offers, &offer);
  offer.code = other;
  g_assert_false (offers (&offer));
  adw_dialog_force_close (dialog);
}

/* With nothing on the counter they are of the order that is next, and else of the one that lies
 * there, though an older one is being picked, too. */
static void
test_codes (Fixture *f, gconstpointer data)
{
  PiaoPage *counter = piao_window_get_page (f->window, "counter");
  PiaoCounterModel *model = piao_counter_page_get_model (PIAO_COUNTER_PAGE (counter));
  Next next = { .world = f->world };
  g_autoptr (DexFuture) read = piao_replica_read (f->world->replica, read_next, &next, NULL);

  piao_future_wait (read, NULL);
  g_assert_cmpstr (next.codes[0], !=, next.codes[1]);
  check_sheet (f, next.codes[0], next.codes[1]);
  for (guint i = 0; i < G_N_ELEMENTS (next.orders); i++)
    {
      piao_session_open_counter (f->world->session, next.orders[i]);
      app_world_await (app_window_is_picking, model);
      g_assert_cmpint (piao_counter_model_get_order (model), ==, next.orders[i]);
      check_sheet (f, next.codes[i], next.codes[1 - i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (next.codes); i++)
    g_free (next.codes[i]);
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = app_window_start (&argc, &argv);

  g_test_add ("/app/practice/codes", Fixture, application, app_window_set_up, test_codes,
              app_window_tear_down);
  return g_test_run ();
}
