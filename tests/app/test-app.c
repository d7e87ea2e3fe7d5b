/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <libdex.h>
#include <string.h>

#include "app/counter/piao-counter-page.h"
#include "app/counter/piao-queue-row.h"
#include "app/gateway/piao-access-dialog.h"
#include "app/order/piao-order-dialog.h"
#include "app/order/piao-phone-dialog.h"
#include "app/pack/piao-pack-dialog.h"
#include "app/piao-paths.h"
#include "app/preferences/piao-preferences-dialog.h"
#include "app/refused/piao-mend-dialog.h"
#include "app/refused/piao-refused-row.h"
#include "app/setup/piao-start-dialog.h"
#include "app/setup/piao-start.h"
#include "app/shell/piao-page-table.h"
#include "app/widget/piao-line.h"
#include "app/widget/piao-table-view.h"
#include "base/piao-future.h"
#include "domain/order/piao-order-queries.h"
#include "tests/lib/app-window.h"

/* The window and its pages on real data: each template instantiates, everything that takes the
 * focus has a name, actions do what they say, objects die. */

typedef AppWindow Fixture;

/* --- names --------------------------------------------------------------------------------- */

static gboolean
is_named (GtkWidget *widget)
{
  g_autofree char *tooltip = NULL;

  if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
    return TRUE;
  if (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL)
      || gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                           GTK_ACCESSIBLE_RELATION_LABELLED_BY))
    return TRUE;
  tooltip = g_strdup (gtk_widget_get_tooltip_text (widget));
  return tooltip != NULL;
}

/* Lists, buttons with a picture only, entries and drop-downs must be named by the template. */
static gboolean
wants_name (GtkWidget *widget)
{
  if (GTK_IS_COLUMN_VIEW (widget) || GTK_IS_LIST_VIEW (widget) || PIAO_IS_TABLE_VIEW (widget)
      || GTK_IS_DROP_DOWN (widget) || GTK_IS_SEARCH_ENTRY (widget))
    return TRUE;
  return GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL;
}

static void
check_names (GtkWidget *widget)
{
  /* What GTK builds inside its own widgets is GTK's to name. */
  if (GTK_IS_POPOVER (widget) || GTK_IS_WINDOW_CONTROLS (widget) || ADW_IS_COMBO_ROW (widget)
      || ADW_IS_SPIN_ROW (widget) || ADW_IS_ENTRY_ROW (widget)
      || (GTK_IS_SEARCH_ENTRY (widget) && ADW_IS_CLAMP (gtk_widget_get_parent (widget))))
    return;
  if (wants_name (widget) && !is_named (widget))
    g_error ("a %s inside %s has no accessible name", G_OBJECT_TYPE_NAME (widget),
             G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
  if (wants_name (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

/* --- tests --------------------------------------------------------------------------------- */

static void
test_pages (Fixture *f, gconstpointer data)
{
  g_assert_cmpstr (piao_window_get_page_name (f->window), ==, piao_page_table[0].name);
  for (const PiaoPageEntry *entry = piao_page_table; entry->name != NULL; entry++)
    {
      g_assert_true (piao_window_show_page (f->window, entry->name));
      g_assert_cmpstr (piao_window_get_page_name (f->window), ==, entry->name);
      check_names (GTK_WIDGET (f->window));
    }
  g_assert_false (piao_window_show_page (f->window, "no-such-page"));
}

static void
test_page_actions (Fixture *f, gconstpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.page", "s", "orders");
  g_assert_cmpstr (piao_window_get_page_name (f->window), ==, "orders");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.page-number", "i", 0);
  g_assert_cmpstr (piao_window_get_page_name (f->window), ==, piao_page_table[0].name);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.orders-in-state", "s", "on_hold");
  g_assert_cmpstr (piao_window_get_page_name (f->window), ==, "orders");
}

static gboolean
all_on_hold (gpointer data)
{
  GListModel *rows = data;
  guint n = g_list_model_get_n_items (rows);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PiaoRow) row = g_list_model_get_item (rows, i);

      if (g_strcmp0 (piao_row_get_text (row, 10), "on_hold") != 0)
        return FALSE;
    }
  return n > 0;
}

static void
test_orders_in_state (Fixture *f, gconstpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.orders-in-state", "s", "on_hold");
  app_world_await (all_on_hold, app_window_get_orders (f));
}

static void
test_order_dialog (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoRow) row = NULL;
  AdwDialog *dialog;
  gpointer weak;

  app_world_await (app_window_has_rows, app_window_get_orders (f));
  row = g_list_model_get_item (app_window_get_orders (f), 0);
  piao_session_show_order (f->world->session, piao_row_get_id (row));
  app_world_await (app_window_has_dialog, f->window);
  dialog = app_window_get_dialog (f->window);
  g_assert_true (PIAO_IS_ORDER_DIALOG (dialog));
  check_names (GTK_WIDGET (dialog));
  weak = dialog;
  g_object_add_weak_pointer (G_OBJECT (dialog), &weak);
  adw_dialog_force_close (dialog);
  app_world_await (app_world_is_null, &weak);
}

static void
test_telephone (Fixture *f, gconstpointer data)
{
  piao_window_show_page (f->window, "orders");
  gtk_widget_activate_action (GTK_WIDGET (piao_window_get_page (f->window, "orders")),
                              "orders.telephone", NULL);
  app_world_await (app_window_has_dialog, f->window);
  check_names (GTK_WIDGET (app_window_get_dialog (f->window)));
  adw_dialog_force_close (app_window_get_dialog (f->window));
  app_world_await (app_window_has_no_dialog, f->window);
}

static void
test_palette (Fixture *f, gconstpointer data)
{
  gpointer weak;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.palette", NULL);
  app_world_await (app_window_has_dialog, f->window);
  g_assert_nonnull (piao_window_get_palette (f->window));
  check_names (GTK_WIDGET (piao_window_get_palette (f->window)));
  weak = piao_window_get_palette (f->window);
  g_object_add_weak_pointer (weak, &weak);
  adw_dialog_force_close (ADW_DIALOG (weak));
  app_world_await (app_world_is_null, &weak);
}

/* A scan that the page has no use for shows what was scanned. */
static void
test_scan_shows_order (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoRow) row = NULL;
  PiaoScanBus *bus = piao_session_get_scan_bus (f->world->session);

  app_world_await (app_window_has_rows, app_window_get_orders (f));
  row = g_list_model_get_item (app_window_get_orders (f), 0);
  app_world_await ((gboolean (*) (gpointer))piao_row_is_loaded, row);
  piao_window_show_page (f->window, "today");
  g_assert_true (piao_scan_bus_scan (bus, piao_row_get_text (row, 1), FALSE));
  app_world_await (app_window_has_dialog, f->window);
  g_assert_true (PIAO_IS_ORDER_DIALOG (app_window_get_dialog (f->window)));
}

static void
test_scan_shows_pack (Fixture *f, gconstpointer data)
{
  g_autofree char *code = app_world_dup_free_pack (f->world);

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-pack", "s", code);
  app_world_await (app_window_has_dialog, f->window);
  g_assert_true (PIAO_IS_PACK_DIALOG (app_window_get_dialog (f->window)));
}

/* Ten quick bursts set the thresholds. */
static void
test_preferences (Fixture *f, gconstpointer data)
{
  PiaoScanBus *bus = piao_session_get_scan_bus (f->world->session);
  AdwDialog *dialog;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.preferences", NULL);
  app_world_await (app_window_has_dialog, f->window);
  dialog = app_window_get_dialog (f->window);
  check_names (GTK_WIDGET (dialog));
  g_settings_set_uint (f->world->settings, "scan-mean-gap", 35);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (dialog), "preferences.learn", NULL));
  for (int i = 0; i < PIAO_PREFERENCES_SCANS; i++)
    g_assert_true (piao_scan_bus_scan (bus, "09991600100000011003", FALSE));
  g_assert_cmpuint (g_settings_get_uint (f->world->settings, "scan-mean-gap"), ==, 10);
  g_settings_reset (f->world->settings, "scan-mean-gap");
}

static gboolean
has_scanned_one (gpointer data)
{
  PiaoCounterSheet *sheet = piao_counter_model_get_sheet (data);

  return sheet != NULL && sheet->scanned == 1 && piao_counter_model_is_idle (data);
}

static gboolean
has_scanned_none (gpointer data)
{
  PiaoCounterSheet *sheet = piao_counter_model_get_sheet (data);

  return sheet != NULL && sheet->scanned == 0 && piao_counter_model_is_idle (data);
}

static void
on_verdict (PiaoCounterModel *model, int verdict, const char *text, gpointer data)
{
  g_test_message ("%d %s", verdict, text);
  *(int *)data = verdict;
}

/* A scan at the counter takes the pack, the same again is refused, Ctrl+Z takes it back. */
static void
test_counter (Fixture *f, gconstpointer data)
{
  PiaoScanBus *bus = piao_session_get_scan_bus (f->world->session);
  gint64 order = app_world_find_next_order (f->world);
  g_autofree char *ticket = app_world_dup_ticket_for (f->world, order);
  PiaoCounterPage *page = PIAO_COUNTER_PAGE (piao_window_get_page (f->window, "counter"));
  PiaoCounterModel *model = piao_counter_page_get_model (page);
  int verdict = -1;

  piao_session_open_counter (f->world->session, order);
  app_world_await (app_window_is_picking, model);
  g_assert_cmpint (piao_counter_model_get_order (model), ==, order);
  g_signal_connect (model, "verdict", G_CALLBACK (on_verdict), &verdict);
  g_assert_true (piao_scan_bus_scan (bus, ticket, FALSE));
  app_world_await (has_scanned_one, model);
  g_assert_true (verdict == PIAO_SAID_ACCEPTED || verdict == PIAO_SAID_LINE_DONE);
  g_assert_true (piao_scan_bus_scan (bus, ticket, FALSE));
  app_world_await ((gboolean (*) (gpointer))piao_counter_model_is_idle, model);
  g_assert_cmpint (verdict, ==, PIAO_SAID_REFUSED);
  g_assert_true (has_scanned_one (model));
  gtk_widget_activate_action (GTK_WIDGET (page), "counter.undo", NULL);
  app_world_await (has_scanned_none, model);
  g_signal_handlers_disconnect_by_data (model, &verdict);
}

static gboolean
queue_shows_time (gpointer data)
{
  GtkWidget *row = app_world_find_widget (data, PIAO_TYPE_QUEUE_ROW);
  g_autofree char *texts = row != NULL ? app_world_dup_texts (row) : NULL;

  return texts != NULL && strstr (texts, " min") != NULL;
}

/* The clocks of the orders that wait go on although nothing about the orders changes. */
static void
test_queue_clocks (Fixture *f, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (piao_window_get_page (f->window, "counter"));
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  piao_window_show_page (f->window, "counter");
  app_world_await (queue_shows_time, page);
  before = app_world_dup_texts (app_world_find_widget (page, PIAO_TYPE_QUEUE_ROW));
  piao_clock_advance (f->world->clock, PIAO_HOUR);
  piao_window_show_page (f->window, "today");
  piao_window_show_page (f->window, "counter");
  after = app_world_dup_texts (app_world_find_widget (page, PIAO_TYPE_QUEUE_ROW));
  g_assert_cmpstr (before, !=, after);
}

static gboolean
menu_has_focus (gpointer data)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (gtk_widget_get_root (data)));

  return focus != NULL && gtk_widget_is_ancestor (focus, data);
}

/* A scanner's Enter must not open again the menu that was just used. */
static void
test_menu_gives_focus_back (Fixture *f, gconstpointer data)
{
  GtkWidget *menu = app_world_find_widget (GTK_WIDGET (f->window), GTK_TYPE_MENU_BUTTON);
  GtkWidget *before;

  piao_window_show_page (f->window, "counter");
  before = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_nonnull (before);
  gtk_menu_button_popup (GTK_MENU_BUTTON (menu));
  app_world_await (menu_has_focus, menu);
  gtk_menu_button_popdown (GTK_MENU_BUTTON (menu));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (f->window)) == before);
}

static gboolean
is_form_open (gpointer data)
{
  GtkWidget *form = app_world_find_widget (data, ADW_TYPE_PREFERENCES_PAGE);

  return form != NULL && gtk_widget_get_mapped (form);
}

static gboolean
is_nothing_to_enter (gpointer data)
{
  GtkWidget *page = app_world_find_widget (data, ADW_TYPE_STATUS_PAGE);

  return page != NULL && gtk_widget_get_mapped (page)
         && adw_status_page_get_description (ADW_STATUS_PAGE (page)) != NULL;
}

/* The access to ILMS is entered for a warehouse that needs one; where none does, it says so. */
static void
test_access_dialog (Fixture *f, gconstpointer data)
{
  AdwDialog *none = piao_access_dialog_new (f->world->session), *form;

  adw_dialog_present (none, GTK_WIDGET (f->window));
  app_world_await (is_nothing_to_enter, none);
  g_assert_false (is_form_open (none));
  adw_dialog_force_close (none);
  app_world_make_direct (f->world);
  form = piao_access_dialog_new (f->world->session);
  adw_dialog_present (form, GTK_WIDGET (f->window));
  app_world_await (is_form_open, form);
  check_names (GTK_WIDGET (form));
  g_assert_false (is_nothing_to_enter (form));
}

/* The focus is on the first row of Today. */
static gboolean
is_on_first_row (gpointer data)
{
  Fixture *f = data;
  GtkWidget *line = app_world_find_widget (GTK_WIDGET (piao_window_get_page (f->window, "today")),
                                           PIAO_TYPE_LINE);

  return line != NULL
         && gtk_widget_get_parent (line) == gtk_window_get_focus (GTK_WINDOW (f->window));
}

/* Who begins to work stands in the list, is there again after the palette, and opens the first
 * order with Enter. */
static void
test_begins_in_list (Fixture *f, gconstpointer data)
{
  app_world_await (is_on_first_row, f);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.palette", NULL);
  app_world_await (app_window_has_dialog, f->window);
  adw_dialog_close (app_window_get_dialog (f->window));
  app_world_await (is_on_first_row, f);
  g_assert_true (gtk_widget_activate (gtk_window_get_focus (GTK_WINDOW (f->window))));
  app_world_await (app_window_shows_order, f->window);
}

/* So does who has signed in, once nothing stands before the work. */
static void
test_begins_after_sign_in (Fixture *f, gconstpointer data)
{
  AdwDialog *dialog = ADW_DIALOG (piao_start_dialog_new ());

  adw_dialog_present (dialog, GTK_WIDGET (f->window));
  app_world_await (app_window_has_dialog, f->window);
  g_object_notify (G_OBJECT (f->world->session), "place");
  g_assert_false (is_on_first_row (f));
  adw_dialog_force_close (dialog);
  app_world_await (is_on_first_row, f);
}

typedef struct
{
  PiaoWindow *window;
  gpointer before; /* the counter of whoever was here; gone once somebody else is */
  gint64 order;
} Switch;

static gboolean
has_the_order (gpointer data)
{
  const Switch *one = data;
  PiaoPage *page = piao_window_get_page (one->window, "counter");
  PiaoCounterModel *model;

  if (page == NULL || one->before != NULL)
    return FALSE;
  model = piao_counter_page_get_model (PIAO_COUNTER_PAGE (page));
  return model != NULL && app_window_is_picking (model)
         && piao_counter_model_get_order (model) == one->order;
}

/* Somebody else signs in on the desk: the order that lies on the counter stays there. */
static void
test_switch_user (Fixture *f, gconstpointer data)
{
  Switch one = { f->window, piao_window_get_page (f->window, "counter"),
                 app_world_find_next_order (f->world) };
  PiaoSession *session = f->world->session;
  g_autoptr (DexFuture) attached = NULL;

  piao_session_open_counter (session, one.order);
  app_world_await (app_window_is_picking, piao_counter_page_get_model (one.before));
  g_object_add_weak_pointer (one.before, &one.before);
  attached = piao_session_attach (session, f->world->replica, piao_session_get_user (session));
  app_world_await (has_the_order, &one);
}

static gboolean
palette_found (gpointer data)
{
  return piao_palette_get_n_answers (data) > 0;
}

static void
test_palette_finds_data (Fixture *f, gconstpointer data)
{
  g_autoptr (PiaoRow) row = NULL;

  app_world_await (app_window_has_rows, app_window_get_orders (f));
  row = g_list_model_get_item (app_window_get_orders (f), 0);
  app_world_await ((gboolean (*) (gpointer))piao_row_is_loaded, row);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.palette", NULL);
  app_world_await (app_window_has_dialog, f->window);
  /* A number is no page, so what is found is the order itself. */
  piao_palette_set_query (piao_window_get_palette (f->window), piao_row_get_text (row, 1));
  app_world_await (palette_found, piao_window_get_palette (f->window));
  piao_palette_choose (piao_window_get_palette (f->window), 0);
  app_world_await (app_window_shows_order, f->window);
}

/* Somebody closes the window while it is signing in: nothing is shown on what is gone. */
static void
test_close_while_signing_in (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->world->folder, "desk", NULL);
  g_autoptr (PiaoSession) session = piao_session_new (f->world->clock, f->world->settings, FALSE);
  PiaoWindow *window = piao_window_new (f->application, session);
  gpointer start = piao_start_new (window, folder, FALSE);
  AdwDialog *dialog = app_window_get_dialog (window);

  g_object_add_weak_pointer (start, &start);
  g_signal_emit_by_name (dialog, "sign-in", "https://127.0.0.1:9", "keeper", "secret");
  piao_start_close (start);
  g_object_unref (start);
  gtk_window_destroy (GTK_WINDOW (window));
  app_world_await (app_world_is_null, &start);
}

/* --- refused work -------------------------------------------------------------------------- */

typedef struct
{
  GtkWidget *within;
  GType type;
  GtkWidget *found; /* borrowed */
} Search;

static gboolean
is_found (gpointer data)
{
  Search *search = data;

  search->found = app_world_find_widget (search->within, search->type);
  return search->found != NULL;
}

static gboolean
is_gone (gpointer data)
{
  return !is_found (data);
}

static DexFuture *
find_entry (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  PiaoOutboxEntry *entry = piao_outbox_find (db, *(gint64 *)data, &error);

  return entry != NULL ? dex_future_new_for_pointer (entry) : dex_future_new_for_error (error);
}

static PiaoOutboxEntry *
read_entry (Fixture *f, gint64 command)
{
  g_autoptr (DexFuture) read = piao_replica_read (f->world->replica, find_entry, &command, NULL);

  return g_value_get_pointer (piao_future_wait (read, NULL));
}

/* Closed, the row says the sentence itself; open, it stands among the stories alone. */
static void
check_told_once (AdwExpanderRow *row, const char *sentence)
{
  gboolean expanded = adw_expander_row_get_expanded (row);

  adw_expander_row_set_expanded (row, FALSE);
  g_assert_cmpstr (adw_expander_row_get_subtitle (row), ==, sentence);
  adw_expander_row_set_expanded (row, TRUE);
  g_assert_cmpstr (adw_expander_row_get_subtitle (row), ==, "");
  adw_expander_row_set_expanded (row, expanded);
}

static PiaoRefusedRow *
await_row (Fixture *f, GtkWidget *within)
{
  Search search = { within, PIAO_TYPE_REFUSED_ROW, NULL };
  g_autofree char *refusal = app_world_dup_refusal ();

  app_world_await (is_found, &search);
  check_told_once (ADW_EXPANDER_ROW (search.found), refusal);
  return PIAO_REFUSED_ROW (search.found);
}

static void
await_no_row (GtkWidget *within)
{
  Search search = { within, PIAO_TYPE_REFUSED_ROW, NULL };

  app_world_await (is_gone, &search);
}

static gboolean
has_alert (gpointer data)
{
  return ADW_IS_ALERT_DIALOG (app_window_get_dialog (data));
}

/* On the order itself: both stories, and once more as it was. */
static void
test_refused_retry (Fixture *f, gconstpointer data)
{
  gint64 order = app_world_find_next_order (f->world);
  gint64 command = app_world_make_refused (f->world, order);
  g_autoptr (PiaoOutboxEntry) entry = NULL;
  g_autoptr (PiaoOutboxEntry) again = NULL;
  PiaoRefusedRow *row;

  piao_session_show_order (f->world->session, order);
  app_world_await (app_window_shows_order, f->window);
  row = await_row (f, GTK_WIDGET (app_window_get_dialog (f->window)));
  g_assert_true (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)));
  check_names (GTK_WIDGET (row));
  gtk_widget_activate_action (GTK_WIDGET (row), "refused.retry", NULL);
  await_no_row (GTK_WIDGET (app_window_get_dialog (f->window)));
  entry = read_entry (f, command);
  g_assert_cmpstr (entry->state, ==, "discarded");
  again = read_entry (f, entry->successor);
  g_assert_cmpstr (again->state, ==, "queued");
  g_assert_cmpstr (again->args, ==, entry->args);
}

/* In the sync centre: another reason is chosen, and it is sent with that. */
static void
test_refused_mend (Fixture *f, gconstpointer data)
{
  gint64 command = app_world_make_refused (f->world, app_world_find_next_order (f->world));
  PiaoPage *page = piao_window_get_page (f->window, "sync");
  g_autoptr (PiaoOutboxEntry) entry = NULL;
  g_autoptr (PiaoOutboxEntry) again = NULL;
  PiaoRefusedRow *row;
  AdwDialog *dialog;

  piao_window_show_page (f->window, "sync");
  row = await_row (f, GTK_WIDGET (page));
  gtk_widget_activate_action (GTK_WIDGET (row), "refused.mend", NULL);
  app_world_await (app_window_has_dialog, f->window);
  dialog = app_window_get_dialog (f->window);
  g_assert_true (PIAO_IS_MEND_DIALOG (dialog));
  check_names (GTK_WIDGET (dialog));
  adw_combo_row_set_selected (
      ADW_COMBO_ROW (app_world_find_widget (GTK_WIDGET (dialog), ADW_TYPE_COMBO_ROW)), 1);
  gtk_editable_set_text (GTK_EDITABLE (
                             app_world_find_widget (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW)),
                         "counted twice");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "mend.send", NULL);
  app_world_await (app_window_has_no_dialog, f->window);
  await_no_row (GTK_WIDGET (page));
  entry = read_entry (f, command);
  again = read_entry (f, entry->successor);
  g_assert_nonnull (strstr (again->args, "\"STOCK_SHORT\""));
  g_assert_nonnull (strstr (again->args, "\"counted twice\""));
}

/* Nothing is put aside without a reason; the reason is kept. */
static void
test_refused_discard (Fixture *f, gconstpointer data)
{
  gint64 command = app_world_make_refused (f->world, app_world_find_next_order (f->world));
  PiaoPage *page = piao_window_get_page (f->window, "sync");
  g_autoptr (PiaoOutboxEntry) entry = NULL;
  AdwAlertDialog *alert;
  PiaoRefusedRow *row;

  piao_window_show_page (f->window, "sync");
  row = await_row (f, GTK_WIDGET (page));
  gtk_widget_activate_action (GTK_WIDGET (row), "refused.discard", NULL);
  app_world_await (has_alert, f->window);
  alert = ADW_ALERT_DIALOG (app_window_get_dialog (f->window));
  g_assert_false (adw_alert_dialog_get_response_enabled (alert, "discard"));
  gtk_editable_set_text (GTK_EDITABLE (adw_alert_dialog_get_extra_child (alert)), "   ");
  g_assert_false (adw_alert_dialog_get_response_enabled (alert, "discard"));
  gtk_editable_set_text (GTK_EDITABLE (adw_alert_dialog_get_extra_child (alert)),
                         "done by telephone");
  g_assert_true (adw_alert_dialog_get_response_enabled (alert, "discard"));
  g_signal_emit_by_name (alert, "response", "discard");
  adw_dialog_force_close (ADW_DIALOG (alert));
  await_no_row (GTK_WIDGET (page));
  entry = read_entry (f, command);
  g_assert_cmpstr (entry->state, ==, "discarded");
  g_assert_cmpstr (entry->note, ==, "done by telephone");
}

static void
on_begin (gpointer dialog, guint *n)
{
  ++*n;
}

/* Whoever waits for the first rows reads how far they are, and begins when he likes. */
static void
test_first_fetch (Fixture *f, gconstpointer data)
{
  PiaoStartDialog *dialog = piao_start_dialog_new ();
  GtkProgressBar *bar;
  GtkWidget *button;
  guint n = 0;

  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (f->window));
  app_world_await (app_window_has_dialog, f->window);
  bar = GTK_PROGRESS_BAR (app_world_find_widget (GTK_WIDGET (dialog), GTK_TYPE_PROGRESS_BAR));
  button = app_world_find_widget (gtk_widget_get_parent (GTK_WIDGET (bar)), GTK_TYPE_BUTTON);
  piao_start_dialog_show_progress (dialog, "Fetching", -1);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (bar)));
  piao_start_dialog_show_fetch (dialog, 0.25, "500 rows", FALSE);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (bar)));
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (bar), ==, 0.25);
  check_names (GTK_WIDGET (dialog));
  /* Not before it is known where he works. */
  g_assert_false (gtk_widget_get_visible (button));
  piao_start_dialog_show_fetch (dialog, 0.5, "1000 rows", TRUE);
  g_assert_true (gtk_widget_get_visible (button));
  g_signal_connect (dialog, "begin", G_CALLBACK (on_begin), &n);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpuint (n, ==, 1);
  adw_dialog_force_close (ADW_DIALOG (dialog));
}

static void
assert_help (Fixture *f, const char *page)
{
  g_autofree char *name = g_strconcat (page, ".page", NULL);
  g_autofree char *file = piao_paths_dup_help_file ("C", name);

  g_assert_cmpstr (piao_window_get_help_page (f->window), ==, page);
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
}

/* F1 opens what is about the page or dialog in front; where nothing can show it, one is told. */
static void
test_help (Fixture *f, gconstpointer data)
{
  g_autoptr (GAppInfo) viewer = g_app_info_get_default_for_uri_scheme ("help");

  for (const PiaoPageEntry *entry = piao_page_table; entry->name != NULL; entry++)
    {
      g_assert_true (piao_window_show_page (f->window, entry->name));
      assert_help (f, entry->help);
    }
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.palette", NULL);
  app_world_await (app_window_has_dialog, f->window);
  assert_help (f, "keys");
  adw_dialog_force_close (app_window_get_dialog (f->window));
  app_world_await (app_window_has_no_dialog, f->window);
  if (viewer != NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.help", NULL);
  app_world_await (has_alert, f->window);
  g_assert_nonnull (
      strstr (adw_alert_dialog_get_body (ADW_ALERT_DIALOG (app_window_get_dialog (f->window))),
              "sync.page"));
}

#define ADD(path, func)                                                                            \
  g_test_add (path, Fixture, application, app_window_set_up, func, app_window_tear_down)

int
main (int argc, char *argv[])
{
  g_autoptr (GtkApplication) application = app_window_start (&argc, &argv);

  ADD ("/app/start/close-while-signing-in", test_close_while_signing_in);
  ADD ("/app/pages", test_pages);
  ADD ("/app/page-actions", test_page_actions);
  ADD ("/app/orders-in-state", test_orders_in_state);
  ADD ("/app/order-dialog", test_order_dialog);
  ADD ("/app/telephone", test_telephone);
  ADD ("/app/palette", test_palette);
  ADD ("/app/palette-finds-data", test_palette_finds_data);
  ADD ("/app/counter", test_counter);
  ADD ("/app/counter/queue-clocks", test_queue_clocks);
  ADD ("/app/menu-focus", test_menu_gives_focus_back);
  ADD ("/app/access-dialog", test_access_dialog);
  ADD ("/app/begins-in-list", test_begins_in_list);
  ADD ("/app/begins-after-sign-in", test_begins_after_sign_in);
  ADD ("/app/switch-user", test_switch_user);
  ADD ("/app/preferences", test_preferences);
  ADD ("/app/start/first-fetch", test_first_fetch);
  ADD ("/app/refused/retry", test_refused_retry);
  ADD ("/app/refused/mend", test_refused_mend);
  ADD ("/app/refused/discard", test_refused_discard);
  ADD ("/app/help", test_help);
  ADD ("/app/scan-shows-order", test_scan_shows_order);
  ADD ("/app/scan-shows-pack", test_scan_shows_pack);
  return g_test_run ();
}