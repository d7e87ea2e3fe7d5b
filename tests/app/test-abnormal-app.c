/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <libdex.h>

#include "app/abnormal/piao-case-box.h"
#include "app/abnormal/piao-case-dialog.h"
#include "app/abnormal/piao-report-dialog.h"
#include "app/order/piao-order-dialog.h"
#include "base/piao-future.h"
#include "domain/abnormal/piao-abnormal-queries.h"
#include "tests/lib/app-window.h"

/* An abnormal order on the screens, as a clerk goes through it: the report from the order, then
 * step by step what the case asks for, and the way from the counter. */

typedef AppWindow Fixture;

static GtkWidget *
get_dialog (gpointer window)
{
  return GTK_WIDGET (app_window_get_dialog (window));
}

/* The button inside @within that does @action; with @target, that does it with it. */
static GtkWidget *
find_button (GtkWidget *within, const char *action, int target)
{
  GtkActionable *actionable = GTK_IS_BUTTON (within) ? GTK_ACTIONABLE (within) : NULL;
  GVariant *value = actionable != NULL ? gtk_actionable_get_action_target_value (actionable) : NULL;
  GtkWidget *found = NULL;

  if (actionable != NULL && g_strcmp0 (gtk_actionable_get_action_name (actionable), action) == 0
      && (target < 0 || (value != NULL && g_variant_get_int32 (value) == target)))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, action, target);
  return found;
}

static gboolean
is_order_ready (gpointer window)
{
  GtkWidget *dialog = get_dialog (window);

  return PIAO_IS_ORDER_DIALOG (dialog)
         && gtk_widget_get_visible (find_button (dialog, "order.report-abnormal", -1));
}

static gboolean
is_report_ready (gpointer window)
{
  GtkWidget *dialog = get_dialog (window);

  return PIAO_IS_REPORT_DIALOG (dialog)
         && app_world_find_widget (dialog, GTK_TYPE_CHECK_BUTTON) != NULL;
}

static gboolean
is_step_open (gpointer window)
{
  return PIAO_IS_CASE_DIALOG (get_dialog (window));
}

/* --- what is stored -------------------------------------------------------------------------- */

static DexFuture *
read_case (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  PiaoAbnormalCase *abnormal = piao_abnormal_load (db, *(gint64 *)data, &error);

  return error == NULL ? dex_future_new_for_pointer (abnormal) : dex_future_new_for_error (error);
}

/* The case of @order, NULL for none. Transfer full. */
static PiaoAbnormalCase *
load_case (Fixture *f, gint64 order)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) future
      = piao_session_read (f->world->session, read_case, g_memdup2 (&order, sizeof order), g_free);
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return g_value_get_pointer (value);
}

/* --- tests ----------------------------------------------------------------------------------- */

typedef struct
{
  Fixture *f;
  int act;
} Wanted;

static gboolean
may_act (gpointer data)
{
  Wanted *wanted = data;
  GtkWidget *dialog = get_dialog (wanted->f->window);
  GtkWidget *box
      = PIAO_IS_ORDER_DIALOG (dialog) ? app_world_find_widget (dialog, PIAO_TYPE_CASE_BOX) : NULL;

  return box != NULL && gtk_widget_get_visible (box)
         && find_button (box, "case.act", wanted->act) != NULL;
}

/* Takes the step @act as soon as the order offers it; @text goes into its first entry. */
static void
take_step (Fixture *f, PiaoCaseAct act, const char *text)
{
  Wanted wanted = { f, act };
  GtkWidget *dialog;

  app_world_await (may_act, &wanted);
  g_signal_emit_by_name (find_button (get_dialog (f->window), "case.act", act), "clicked");
  app_world_await (is_step_open, f->window);
  dialog = get_dialog (f->window);
  if (text != NULL)
    {
      g_assert_false (gtk_widget_is_sensitive (find_button (dialog, "case-step.take", -1)));
      gtk_editable_set_text (GTK_EDITABLE (app_world_find_widget (dialog, ADW_TYPE_ENTRY_ROW)),
                             text);
    }
  g_assert_true (gtk_widget_is_sensitive (find_button (dialog, "case-step.take", -1)));
  gtk_widget_activate_action (dialog, "case-step.take", NULL);
}

static void
open_report (Fixture *f, gint64 order)
{
  piao_session_show_order (f->world->session, order);
  app_world_await (is_order_ready, f->window);
  gtk_widget_activate_action (get_dialog (f->window), "order.report-abnormal", NULL);
  app_world_await (is_report_ready, f->window);
}

static gboolean
is_on_order (gpointer window)
{
  return PIAO_IS_ORDER_DIALOG (get_dialog (window));
}

static void
test_report_and_steps (Fixture *f, gconstpointer data)
{
  gint64 order = app_world_find_order (f->world, "ready_to_ship");
  GtkWidget *dialog, *report;
  g_autoptr (PiaoAbnormalCase) abnormal = NULL;
  Wanted approve = { f, PIAO_CASE_APPROVE }, again = { f, PIAO_CASE_JUDGE };
  gpointer weak;

  open_report (f, order);
  dialog = get_dialog (f->window);
  weak = dialog;
  g_object_add_weak_pointer (G_OBJECT (dialog), &weak);
  report = find_button (dialog, "report.submit", -1);
  /* Neither packs nor words: nothing to report. */
  g_assert_false (gtk_widget_is_sensitive (report));
  gtk_editable_set_text (GTK_EDITABLE (app_world_find_widget (dialog, ADW_TYPE_ENTRY_ROW)),
                         "装车时少一包");
  g_assert_false (gtk_widget_is_sensitive (report));
  gtk_check_button_set_active (
      GTK_CHECK_BUTTON (app_world_find_widget (dialog, GTK_TYPE_CHECK_BUTTON)), TRUE);
  g_assert_true (gtk_widget_is_sensitive (report));
  gtk_widget_activate_action (dialog, "report.submit", NULL);
  app_world_await (app_world_is_null, &weak);
  take_step (f, PIAO_CASE_COLLECT, "监控录像");
  take_step (f, PIAO_CASE_JUDGE, NULL);
  take_step (f, PIAO_CASE_HANDLE, NULL);
  /* Who reported does not approve; the screen does not offer it. */
  app_world_await (may_act, &again);
  g_assert_false (may_act (&approve));
  abnormal = load_case (f, order);
  g_assert_cmpstr (abnormal->state, ==, "handling");
  g_assert_cmpstr (abnormal->trouble, ==, "lost");
  g_assert_cmpstr (abnormal->note, ==, "装车时少一包");
  g_assert_cmpstr (abnormal->evidence, ==, "监控录像");
  /* The parcel has left the shelf for the road: WHS-17. */
  g_assert_cmpstr (abnormal->liability, ==, "operator");
  g_assert_cmpuint (abnormal->packs->len, ==, 1);
  app_world_await (is_on_order, f->window);
  weak = get_dialog (f->window);
  g_object_add_weak_pointer (weak, &weak);
  adw_dialog_force_close (ADW_DIALOG (weak));
  app_world_await (app_world_is_null, &weak);
}

/* Somebody closes the report while its packs are still being read. */
static void
test_report_closed_at_once (Fixture *f, gconstpointer data)
{
  PiaoReportDialog *dialog
      = piao_report_dialog_new (f->world->session, app_world_find_order (f->world, "ready_to_ship"),
                                "damaged");
  gpointer weak = dialog;

  g_object_add_weak_pointer (G_OBJECT (dialog), &weak);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (f->window));
  adw_dialog_force_close (ADW_DIALOG (dialog));
  app_world_await (app_world_is_null, &weak);
}

static gboolean
may_report_at_counter (gpointer data)
{
  GtkWidget *button = find_button (data, "counter.abnormal", -1);

  return button != NULL && gtk_widget_is_sensitive (button);
}

static gboolean
is_report (gpointer window)
{
  return PIAO_IS_REPORT_DIALOG (get_dialog (window));
}

/* WHS-07: from the pick screen with one key. */
static void
test_from_the_counter (Fixture *f, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (piao_window_get_page (f->window, "counter"));

  piao_window_show_page (f->window, "counter");
  g_assert_false (may_report_at_counter (page));
  piao_session_open_counter (f->world->session, app_world_find_next_order (f->world));
  app_world_await (may_report_at_counter, page);
  gtk_widget_activate_action (page, "counter.abnormal", NULL);
  app_world_await (is_report, f->window);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, Fixture, application, app_window_set_up, func, app_window_tear_down)

int
main (int argc, char *argv[])
{
  g_autoptr (GtkApplication) application = app_window_start (&argc, &argv);

  ADD ("/app/abnormal/steps", test_report_and_steps);
  ADD ("/app/abnormal/closed-at-once", test_report_closed_at_once);
  ADD ("/app/abnormal/counter", test_from_the_counter);
  return g_test_run ();
}
