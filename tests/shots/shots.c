/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libdex.h>
#include <locale.h>

#include "app/abnormal/piao-case-box.h"
#include "app/abnormal/piao-case-dialog.h"
#include "app/counter/piao-counter-page.h"
#include "app/gateway/piao-access-dialog.h"
#include "app/order/piao-orders-page.h"
#include "app/refused/piao-refused-row.h"
#include "app/setup/piao-start-dialog.h"
#include "app/setup/piao-start.h"
#include "app/shell/piao-page-table.h"
#include "app/shell/piao-window.h"
#include "app/widget/piao-format.h"
#include "base/piao-future.h"
#include "base/piao-i18n.h"
#include "tests/lib/app-window.h"

/*
 * Takes a picture of every page, light and dark, wide and narrow, into a folder:
 *   shots FOLDER [contrast]
 * With "contrast" in high contrast, which ADW_DEBUG_HIGH_CONTRAST=1 has to ask for. The picture is
 * what GTK renders for the window, so no screen, shadow or pointer is in it.
 */

#define SETTLE_MS 400
#define MAX_TRIES 10

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets frames, transitions and futures run. A picture may wait by the clock; a test may not. */
static void
settle (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, on_timeout, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_painted (gboolean *painted)
{
  *painted = TRUE;
}

static gboolean
is_painted (gpointer painted)
{
  return *(gboolean *)painted;
}

/* However busy the machine is, a picture shows what has happened before it. */
static void
await_frame (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  gboolean painted = FALSE;
  gulong handler
      = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (on_painted), &painted);

  gtk_widget_queue_draw (window);
  app_world_await (is_painted, &painted);
  g_signal_handler_disconnect (clock, handler);
}

/* What @window shows; NULL while it is still arranging itself. */
static GskRenderNode *
snapshot (GtkWidget *window, int width, int height)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr (GtkSnapshot) taken = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, taken, width, height);
  return gtk_snapshot_free_to_node (g_steal_pointer (&taken));
}

static void
save (GtkWidget *window, const char *folder, const char *name)
{
  int width = gtk_widget_get_width (window), height = gtk_widget_get_height (window);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));

  await_frame (window);
  node = snapshot (window, width, height);
  for (int tries = 0; node == NULL && tries < MAX_TRIES; tries++)
    {
      settle (SETTLE_MS);
      node = snapshot (window, width, height);
    }
  texture = gsk_renderer_render_texture (renderer, node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  if (!gdk_texture_save_to_png (texture, path))
    g_error ("%s could not be written", path);
  g_print ("%s\n", path);
}

typedef struct
{
  const char *suffix;
  int width, height;
  AdwColorScheme scheme;
} Look;

static const Look looks[] = {
  { "light", 1366, 768, ADW_COLOR_SCHEME_FORCE_LIGHT },
  { "dark", 1366, 768, ADW_COLOR_SCHEME_FORCE_DARK },
  { "narrow", 420, 768, ADW_COLOR_SCHEME_FORCE_LIGHT },
  { NULL },
};

static const Look contrast_looks[] = {
  { "contrast", 1366, 768, ADW_COLOR_SCHEME_FORCE_LIGHT },
  { "contrast-dark", 1366, 768, ADW_COLOR_SCHEME_FORCE_DARK },
  { NULL },
};

static void
shoot_pages (PiaoWindow *window, const Look *look, const char *folder, const char *what)
{
  for (const PiaoPageEntry *entry = piao_page_table; entry->name != NULL; entry++)
    {
      g_autofree char *name = g_strdup_printf ("%s%s-%s", entry->name, what, look->suffix);

      if (!piao_window_show_page (window, entry->name))
        continue;
      settle (SETTLE_MS);
      save (GTK_WIDGET (window), folder, name);
    }
}

/* Shows a dialog through @action, takes its picture and closes it. */
static void
shoot_dialog (PiaoWindow *window,
              const Look *look,
              const char *folder,
              const char *name,
              GtkWidget *from,
              const char *action)
{
  g_autofree char *file = g_strdup_printf ("%s-%s", name, look->suffix);
  AdwDialog *dialog;

  gtk_widget_activate_action (from, action, NULL);
  app_world_await (app_window_has_dialog, window);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, file);
  dialog = app_window_get_dialog (window);
  if (dialog != NULL)
    adw_dialog_force_close (dialog);
  settle (SETTLE_MS);
}

/* The counter with an order half picked. */
static void
shoot_counter (
    PiaoWindow *window, const Look *look, const char *folder, AppWorld *world, const char *what)
{
  g_autofree char *file = g_strdup_printf ("counter-order%s-%s", what, look->suffix);
  gint64 order = app_world_find_next_order (world);
  g_autofree char *code = app_world_dup_ticket_for (world, order);

  piao_window_show_page (window, "counter");
  piao_session_open_counter (world->session, order);
  settle (SETTLE_MS);
  piao_scan_bus_scan (piao_session_get_scan_bus (world->session), code, FALSE);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, file);
}

static gboolean
can_save (gpointer world)
{
  return piao_replica_get_storage (((AppWorld *)world)->replica) == PIAO_STORAGE_GOOD;
}

static gboolean
cannot_save (gpointer world)
{
  return !can_save (world);
}

/* The disk has become full in the middle of the order that is open. */
static void
shoot_full_disk (PiaoWindow *window, const Look *look, const char *folder, AppWorld *world)
{
  g_autofree char *counter = g_strdup_printf ("counter-full-disk-%s", look->suffix);
  g_autofree char *sync = g_strdup_printf ("sync-full-disk-%s", look->suffix);
  g_autofree char *code = app_world_dup_ticket_for (
      world, piao_counter_model_get_order (piao_counter_page_get_model (
                 PIAO_COUNTER_PAGE (piao_window_get_page (window, "counter")))));

  piao_shim_disk_arm (world->disk, PIAO_SHIM_FULL, 1);
  piao_scan_bus_scan (piao_session_get_scan_bus (world->session), code, FALSE);
  app_world_await (cannot_save, world);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, counter);
  piao_window_show_page (window, "sync");
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, sync);
  piao_shim_disk_arm (world->disk, PIAO_SHIM_HEALTHY, 0);
  app_world_await (can_save, world);
}

static void
shoot_dialogs (PiaoWindow *window, const Look *look, const char *folder)
{
  GtkWidget *orders = GTK_WIDGET (piao_window_get_page (window, "orders"));
  g_autofree char *order = g_strdup_printf ("order-%s", look->suffix);
  GListModel *rows = piao_orders_page_get_rows (PIAO_ORDERS_PAGE (orders));
  g_autoptr (PiaoRow) row = NULL;

  shoot_dialog (window, look, folder, "palette", GTK_WIDGET (window), "win.palette");
  shoot_dialog (window, look, folder, "preferences", GTK_WIDGET (window), "win.preferences");
  piao_window_show_page (window, "orders");
  shoot_dialog (window, look, folder, "telephone", orders, "orders.telephone");
  row = g_list_model_get_item (rows, 0);
  piao_session_show_order (piao_window_get_session (window), piao_row_get_id (row));
  app_world_await (app_window_has_dialog, window);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, order);
  adw_dialog_force_close (app_window_get_dialog (window));
  settle (SETTLE_MS);
}

/* Presents @dialog (taken), takes its picture and closes it. */
static void
shoot_made (
    PiaoWindow *window, const Look *look, const char *folder, const char *name, AdwDialog *dialog)
{
  g_autofree char *file = g_strdup_printf ("%s-%s", name, look->suffix);

  adw_dialog_present (dialog, GTK_WIDGET (window));
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, file);
  adw_dialog_force_close (dialog);
  settle (SETTLE_MS);
}

/* Who signs in, who takes over, what a long wait looks like, and what happened to a damaged file.
 */
static void
shoot_start (PiaoWindow *window, const Look *look, const char *folder)
{
  PiaoSession *session = piao_window_get_session (window);
  PiaoStartDialog *first = piao_start_dialog_new (), *form = piao_start_dialog_new ();
  PiaoStartDialog *other = piao_start_dialog_new ();
  g_autofree char *figures = NULL;
  g_autofree char *damaged
      = g_strdup_printf (_ ("The data of this computer was damaged. It was set aside, and all is "
                            "fetched from the centre again. %u operations that wait for the centre "
                            "were kept."),
                         1204U);

  piao_start_dialog_show_progress (first, _ ("Fetching what the warehouse needs to work…"), 0);
  figures = piao_format_fetch (18422, 14500, 95000);
  piao_start_dialog_show_fetch (first, 0.43, figures, TRUE);
  shoot_made (window, look, folder, "first-fetch", ADW_DIALOG (first));
  piao_start_dialog_show_form (form, "https://centre.example", "",
                               _ ("The name or the password is wrong."));
  shoot_made (window, look, folder, "sign-in", ADW_DIALOG (form));
  piao_start_dialog_show_switch (other, "https://centre.example");
  shoot_made (window, look, folder, "switch-user", ADW_DIALOG (other));
  shoot_made (window, look, folder, "ilms-access-none", piao_access_dialog_new (session));
  shoot_made (window, look, folder, "rescue", piao_start_rescue_dialog_new (damaged));
}

static GtkWidget *
find_refused (GtkWidget *within)
{
  GtkWidget *found = NULL;

  if (PIAO_IS_REFUSED_ROW (within))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_refused (child);
  return found;
}

/* The tables of the sync centre. */
static void
shoot_sync_tables (PiaoWindow *window, const Look *look, const char *folder)
{
  static const char *const tabs[] = { "outbox", "gateway", "refused" };
  AdwToggleGroup *group
      = ADW_TOGGLE_GROUP (app_world_find_widget (GTK_WIDGET (piao_window_get_page (window, "sync")),
                                                 ADW_TYPE_TOGGLE_GROUP));

  for (gsize i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      g_autofree char *file = g_strdup_printf ("sync-%s-%s", tabs[i], look->suffix);

      adw_toggle_group_set_active_name (group, tabs[i]);
      settle (SETTLE_MS);
      save (GTK_WIDGET (window), folder, file);
    }
}

/* What was refused, in the sync centre and on its order, and what is done about it. */
static void
shoot_refused (PiaoWindow *window, const Look *look, const char *folder, AppWorld *world)
{
  g_autofree char *on_order = g_strdup_printf ("order-refused-%s", look->suffix);
  gint64 order = app_world_find_next_order (world);
  GtkWidget *row;

  app_world_make_refused (world, order);
  piao_window_show_page (window, "sync");
  settle (SETTLE_MS);
  row = find_refused (GTK_WIDGET (piao_window_get_page (window, "sync")));
  g_return_if_fail (row != NULL);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  shoot_sync_tables (window, look, folder);
  shoot_dialog (window, look, folder, "refused-mend", row, "refused.mend");
  shoot_dialog (window, look, folder, "refused-discard", row, "refused.discard");
  piao_session_show_order (world->session, order);
  app_world_await (app_window_has_dialog, window);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, on_order);
  adw_dialog_force_close (app_window_get_dialog (window));
  settle (SETTLE_MS);
}

/* --- abnormal orders ------------------------------------------------------------------------- */

static GtkWidget *
get_dialog (PiaoWindow *window)
{
  return GTK_WIDGET (app_window_get_dialog (window));
}

/* Takes a step of the case whose box is in the dialog in front; @text goes into its first entry. */
static void
take_step (PiaoWindow *window, PiaoCaseAct act, const char *text)
{
  GtkWidget *box = app_world_find_widget (get_dialog (window), PIAO_TYPE_CASE_BOX);
  GtkWidget *dialog;

  gtk_widget_activate_action (box, "case.act", "i", (int)act);
  settle (SETTLE_MS);
  dialog = get_dialog (window);
  if (text != NULL)
    gtk_editable_set_text (GTK_EDITABLE (app_world_find_widget (dialog, ADW_TYPE_ENTRY_ROW)), text);
  gtk_widget_activate_action (dialog, "case-step.take", NULL);
  settle (SETTLE_MS);
}

/* Reporting an order, its case half way, and a step of it. */
static void
shoot_abnormal (PiaoWindow *window, const Look *look, const char *folder, AppWorld *world)
{
  g_autofree char *report = g_strdup_printf ("abnormal-report-%s", look->suffix);
  g_autofree char *shown = g_strdup_printf ("abnormal-case-%s", look->suffix);
  g_autofree char *step = g_strdup_printf ("abnormal-step-%s", look->suffix);
  GtkWidget *dialog;

  piao_window_show_page (window, "orders");
  piao_session_show_order (world->session, app_world_find_order (world, "ready_to_ship"));
  app_world_await (app_window_has_dialog, window);
  settle (SETTLE_MS);
  gtk_widget_activate_action (get_dialog (window), "order.report-abnormal", NULL);
  settle (SETTLE_MS);
  dialog = get_dialog (window);
  gtk_check_button_set_active (
      GTK_CHECK_BUTTON (app_world_find_widget (dialog, GTK_TYPE_CHECK_BUTTON)), TRUE);
  gtk_editable_set_text (GTK_EDITABLE (app_world_find_widget (dialog, ADW_TYPE_ENTRY_ROW)),
                         "装车时清点少一包，监控显示在装卸口遗落");
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, report);
  gtk_widget_activate_action (dialog, "report.submit", NULL);
  settle (SETTLE_MS);
  take_step (window, PIAO_CASE_COLLECT, "装卸口监控录像 14:02–14:09，司机书面说明");
  take_step (window, PIAO_CASE_JUDGE, NULL);
  save (GTK_WIDGET (window), folder, shown);
  dialog = app_world_find_widget (get_dialog (window), PIAO_TYPE_CASE_BOX);
  gtk_widget_activate_action (dialog, "case.act", "i", (int)PIAO_CASE_HANDLE);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, step);
  while ((dialog = get_dialog (window)) != NULL)
    {
      adw_dialog_force_close (ADW_DIALOG (dialog));
      settle (SETTLE_MS);
    }
}

/* Both lines down, and a search that finds nothing. */
static void
shoot_troubles (PiaoWindow *window, const Look *look, const char *folder)
{
  PiaoLinks *links = piao_session_get_links (piao_window_get_session (window));
  g_autofree char *history = g_strdup_printf ("sync-history-%s", look->suffix);
  g_autofree char *offline = g_strdup_printf ("sync-offline-%s", look->suffix);
  g_autofree char *today = g_strdup_printf ("today-offline-%s", look->suffix);
  g_autofree char *empty = g_strdup_printf ("orders-empty-%s", look->suffix);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.find-orders", "s", "no such order");
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, empty);
  piao_links_set_proof (links, 982990, FALSE, NULL);
  piao_links_set_fetch (links, 43, FALSE, 5 * PIAO_MINUTE);
  piao_window_show_page (window, "sync");
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, history);
  piao_links_set_fetch (links, -1, FALSE, -1);
  /* The banner keeps still while an order is open on the counter. */
  piao_links_set_busy (links, FALSE);
  piao_links_set_centre (links, PIAO_LINK_OFFLINE, APP_WORLD_NOW);
  piao_links_set_ilms (links, PIAO_LINK_OFFLINE, APP_WORLD_NOW);
  piao_links_set_proof (links, 982990, FALSE,
                        _ ("The centre does not answer: nothing comes through the line."));
  piao_window_show_page (window, "sync");
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, offline);
  piao_window_show_page (window, "today");
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, today);
}

/* Lines as they are on a good day; pictures need no server. */
static void
pretend_links (PiaoSession *session)
{
  PiaoLinks *links = piao_session_get_links (session);

  piao_links_set_centre (links, PIAO_LINK_ONLINE, APP_WORLD_NOW);
  piao_links_set_ilms (links, PIAO_LINK_ONLINE, APP_WORLD_NOW);
  piao_links_set_proof (links, 982990, TRUE, NULL);
  piao_links_set_proven (links, APP_WORLD_NOW, FALSE);
  piao_links_set_synced (links, APP_WORLD_NOW - 2 * PIAO_MINUTE);
}

static PiaoWindow *
open_window (GtkApplication *application, const Look *look, AppWorld *world)
{
  PiaoWindow *window;

  pretend_links (world->session);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look->scheme);
  window = piao_window_new (application, world->session);
  gtk_window_unmaximize (GTK_WINDOW (window));
  gtk_window_set_default_size (GTK_WINDOW (window), look->width, look->height);
  gtk_window_present (GTK_WINDOW (window));
  settle (SETTLE_MS);
  return window;
}

static void
shoot (GtkApplication *application, const Look *look, const char *folder)
{
  g_autoptr (AppWorld) world = app_world_new_on_shim (400);
  PiaoWindow *window = open_window (application, look, world);

  shoot_pages (window, look, folder, "");
  shoot_counter (window, look, folder, world, "");
  shoot_full_disk (window, look, folder, world);
  shoot_start (window, look, folder);
  shoot_refused (window, look, folder, world);
  shoot_abnormal (window, look, folder, world);
  shoot_dialogs (window, look, folder);
  shoot_troubles (window, look, folder);
  app_world_make_direct (world);
  shoot_made (window, look, folder, "ilms-access", piao_access_dialog_new (world->session));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* --- the longest and the least --------------------------------------------------------------- */

PIAO_STATEMENT (
    shots_long_outlets,
    "UPDATE outlet SET owner_name = '阿卜杜热合曼·买买提依明江·吐尔逊',"
    " manager_name = '古丽巴哈尔·阿不都拉', county = '木垒哈萨克自治县',"
    " name = '木垒哈萨克自治县大南沟乌孜别克族乡团结路一百二十八号阔克加勒村便民体彩店',"
    " address = '木垒哈萨克自治县大南沟乌孜别克族乡阔克加勒村团结路一百二十八号临街商铺三号'");
PIAO_STATEMENT (shots_long_types,
                "UPDATE ticket_type SET name = name || '（二零二六年丝绸之路文化旅游纪念版）'");
PIAO_STATEMENT (shots_low_stock, "UPDATE stock SET threshold = 5000");
PIAO_STATEMENT (shots_cancelled, "UPDATE orders SET state = 'cancelled'");

static DexFuture *
make_long (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  return piao_db_exec (db, &shots_long_outlets, &error, "")
                 && piao_db_exec (db, &shots_long_types, &error, "")
                 && piao_db_exec (db, &shots_low_stock, &error, "")
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

static DexFuture *
make_empty (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  return piao_db_exec (db, &shots_cancelled, &error, "") ? dex_future_new_true ()
                                                         : dex_future_new_for_error (error);
}

/* The pages over data that @make has changed. */
static void
shoot_changed (GtkApplication *application,
               const Look *look,
               const char *folder,
               PiaoReplicaFunc make,
               const char *name)
{
  g_autoptr (AppWorld) world = app_world_new (0);
  g_autoptr (DexFuture) made = piao_replica_write (world->replica, make, NULL, NULL);
  g_autoptr (GError) error = NULL;
  PiaoWindow *window;

  if (piao_future_wait (made, &error) == NULL)
    g_error ("%s", error->message);
  window = open_window (application, look, world);
  shoot_pages (window, look, folder, name);
  if (make == make_long)
    shoot_counter (window, look, folder, world, name);
  gtk_window_destroy (GTK_WINDOW (window));
}

typedef struct
{
  const Look *looks;
  const char *folder;
} Task;

static void
on_activate (GtkApplication *application, Task *task)
{
  gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                  PIAO_SHOTS_ICONS);
  /* What is half way in says nothing. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (const Look *look = task->looks; look->suffix != NULL; look++)
    {
      shoot (application, look, task->folder);
      shoot_changed (application, look, task->folder, make_long, "-long");
      shoot_changed (application, look, task->folder, make_empty, "-none");
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) application = NULL;
  Task task = { looks, argv[1] };

  if (argc < 2 || argc > 3 || (argc == 3 && !g_str_equal (argv[2], "contrast")))
    {
      g_printerr ("usage: shots FOLDER [contrast]\n");
      return 2;
    }
  if (argc == 3)
    task.looks = contrast_looks;
  setlocale (LC_ALL, "");
  piao_i18n_bind ();
  dex_init ();
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", PIAO_APP_ID ".Shots", "flags",
                              G_APPLICATION_NON_UNIQUE, "resource-base-path",
                              "/io/github/piaoku/Piaoku", NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &task);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
