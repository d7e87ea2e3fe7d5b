/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The telephone numbers of owners, on every screen that has one: in full for who holds the word for
 * it, and for nobody else. (USR-03, PER-05) */

#include "config.h"

#include <libdex.h>

#include "app/order/piao-phone-dialog.h"
#include "base/piao-future.h"
#include "domain/outlet/piao-phone.h"
#include "tests/lib/app-window.h"

/* As the demo data has them. */
#define FULL "1380000[0-9]{4}"
#define MASKED "138\\*{4}[0-9]{4}"

typedef AppWindow Fixture;

typedef struct
{
  GtkWidget *within;
  const char *pattern;
} Search;

static gboolean
shows (gpointer data)
{
  const Search *search = data;
  g_autofree char *texts = app_world_dup_texts (search->within);

  return g_regex_match_simple (search->pattern, texts, 0, 0);
}

/* @within says a number as @shown, and none as @hidden. */
static void
check (GtkWidget *within, const char *shown, const char *hidden)
{
  Search wanted = { within, shown };
  Search unwanted = { within, hidden };

  app_world_await (shows, &wanted);
  g_assert_false (shows (&unwanted));
}

static DexFuture *
empty_accounts (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  return piao_db_script (db, "UPDATE outlet SET instant_balance = 0, payment_balance = 0", &error)
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

static GtkWidget *
get_page (Fixture *f, const char *id)
{
  return GTK_WIDGET (piao_window_get_page (f->window, id));
}

static void
check_screens (Fixture *f, const char *user, const char *shown, const char *hidden)
{
  gint64 order = app_world_find_next_order (f->world);
  g_autoptr (DexFuture) emptied = NULL;
  AdwDialog *dialog;

  emptied = piao_replica_write (f->world->replica, empty_accounts, NULL, NULL);
  g_assert_nonnull (piao_future_wait (emptied, NULL));
  app_world_attach (f->world, user);
  piao_window_show_page (f->window, "orders");
  check (get_page (f, "orders"), shown, hidden);
  piao_session_show_order (f->world->session, order);
  app_world_await (app_window_shows_order, f->window);
  dialog = app_window_get_dialog (f->window);
  check (GTK_WIDGET (dialog), shown, hidden);
  adw_dialog_force_close (dialog);
  /* Among the facts, and in what to tell the owner about his accounts. */
  piao_session_open_counter (f->world->session, order);
  check (get_page (f, "counter"), shown, hidden);
  {
    g_autofree char *both = g_strdup_printf ("(?s)%s.*%s", shown, shown);

    check (get_page (f, "counter"), both, hidden);
  }
}

static void
test_in_full (Fixture *f, gconstpointer data)
{
  check_screens (f, "keeper", FULL, MASKED);
}

static void
test_masked (Fixture *f, gconstpointer data)
{
  check_screens (f, "picker", MASKED, FULL);
}

/* Who takes orders by telephone finds the outlet without seeing the number. */
static void
test_telephone (Fixture *f, gconstpointer data)
{
  PiaoPhoneDialog *dialog;

  app_world_attach (f->world, "phone");
  dialog = piao_phone_dialog_new (f->world->session);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (f->window));
  app_world_await (app_window_has_dialog, f->window);
  gtk_editable_set_text (
      GTK_EDITABLE (app_world_find_widget (GTK_WIDGET (dialog), GTK_TYPE_EDITABLE)), "138");
  check (GTK_WIDGET (dialog), MASKED, FULL);
  adw_dialog_force_close (ADW_DIALOG (dialog));
}

static void
assert_shown (const char *phone, gboolean in_full, const char *expected)
{
  g_autofree char *shown = piao_phone_show (phone, in_full);

  g_assert_cmpstr (shown, ==, expected);
}

static void
test_rule (void)
{
  assert_shown ("13812345678", FALSE, "138****5678");
  assert_shown ("13812345678", TRUE, "13812345678");
  assert_shown ("0991-2345678", FALSE, "099****5678");
  assert_shown ("2345678", FALSE, "****");
  assert_shown ("", FALSE, "");
  assert_shown (NULL, TRUE, "");
  assert_shown ("\xff", TRUE, "");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/app/phones/" name, Fixture, application, app_window_set_up, func,                  \
              app_window_tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = app_window_start (&argc, &argv);

  g_test_add_func ("/app/phones/rule", test_rule);
  ADD ("in-full", test_in_full);
  ADD ("masked", test_masked);
  ADD ("telephone", test_telephone);
  return g_test_run ();
}
