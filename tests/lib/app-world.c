/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/piao-paths.h"
#include "app/widget/piao-line.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "domain/barcode/piao-barcode-maker.h"
#include "domain/demo/piao-demo.h"
#include "domain/order/piao-counter-queries.h"
#include "domain/order/piao-order-machine.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/piao-domain.h"
#include "domain/reference/piao-reference.h"
#include "store/piao-search.h"
#include "tests/lib/app-world.h"

#define LIMIT_SECONDS 10

PIAO_STATEMENT (world_find_user, "SELECT id FROM users WHERE name = $1");
PIAO_STATEMENT (world_free_pack,
                "SELECT code FROM pack WHERE warehouse_id = $1 AND state = 'in_stock' LIMIT 1");
PIAO_STATEMENT (world_in_state,
                "SELECT min(id) FROM orders WHERE warehouse_id = $1 AND state = $2"
                " AND id IN (SELECT order_id FROM pack)");
PIAO_STATEMENT (world_ticket_for,
                "SELECT pack.code, ticket_type.tickets_per_pack FROM order_line"
                " JOIN orders ON orders.id = order_line.order_id"
                " JOIN ticket_type ON ticket_type.id = order_line.ticket_type_id"
                " JOIN pack ON pack.ticket_type_id = order_line.ticket_type_id"
                " AND pack.warehouse_id = orders.warehouse_id"
                " WHERE orders.id = $1 AND pack.state = 'in_stock' AND pack.frozen = 0"
                " ORDER BY order_line.n, pack.id LIMIT 1");
PIAO_STATEMENT (world_direct, "UPDATE warehouse SET route = 'direct' WHERE id = $1");
PIAO_STATEMENT (world_outlets, "SELECT id FROM outlet");

static void
must (gboolean good, GError *error)
{
  if (!good)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static void
index_kind (PiaoDb *db, const PiaoKind *kind, const PiaoStatement *ids)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, ids, &error, "");

  must (cursor != NULL, error);
  while (piao_cursor_next (cursor, &error))
    {
      g_autoptr (PiaoRecord) record
          = piao_record_load (db, kind, piao_cursor_int (cursor, 0), &error);

      must (record != NULL && piao_search_touch (db, record, &error), error);
    }
  must (error == NULL, error);
}

/* Fills the file behind the replica's back, as a first sync would have. */
static void
fill (const char *path, PiaoRegistry *registry, guint orders)
{
  PiaoDemoOptions options = { .orders = orders, .seed = 7, .now = APP_WORLD_NOW };
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoDb) db = piao_db_open (path, PIAO_DB_RELAXED, &error);

  must (db != NULL && piao_db_begin (db, &error), error);
  must (piao_reference_write (db, &error) && piao_db_commit (db, &error), error);
  must (piao_demo_write (db, &options, NULL, &error), error);
  must (piao_db_begin (db, &error), error);
  index_kind (db, piao_registry_find_kind (registry, "outlet"), &world_outlets);
  must (piao_db_commit (db, &error), error);
}

static DexFuture *
find_user (PiaoDb *db, gpointer data)
{
  gint64 id = 0;
  GError *error = NULL;

  return piao_db_query_int (db, &world_find_user, 0, &id, &error, "s", data)
             ? dex_future_new_for_int64 (id)
             : dex_future_new_for_error (error);
}

void
app_world_attach (AppWorld *self, const char *user)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) found
      = piao_replica_read (self->replica, find_user, g_strdup (user), g_free);
  const GValue *value = piao_future_wait (found, &error);
  g_autoptr (DexFuture) attached = NULL;

  must (value != NULL, error);
  attached = piao_session_attach (self->session, self->replica, g_value_get_int64 (value));
  must (piao_future_wait (attached, &error) != NULL, error);
}

/* @path is taken. */
static AppWorld *
open_world (AppWorld *self, char *path, guint orders)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autofree char *held = path;
  g_autoptr (GError) error = NULL;

  self->clock = piao_clock_new_manual (APP_WORLD_NOW);
  self->settings = piao_paths_new_settings ();
  self->replica = piao_replica_open (path, registry, self->clock, &error);
  must (self->replica != NULL, error);
  piao_replica_close (self->replica);
  g_object_unref (self->replica);
  fill (path, registry, orders);
  self->replica = piao_replica_open (path, registry, self->clock, &error);
  must (self->replica != NULL, error);
  self->session = piao_session_new (self->clock, self->settings, TRUE);
  app_world_attach (self, "keeper");
  return self;
}

AppWorld *
app_world_new (guint orders)
{
  AppWorld *self = g_new0 (AppWorld, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("piaoku-app-XXXXXX", &error);
  must (self->folder != NULL, error);
  return open_world (self, g_build_filename (self->folder, "replica.db", NULL), orders);
}

AppWorld *
app_world_new_on_shim (guint orders)
{
  AppWorld *self = g_new0 (AppWorld, 1);

  piao_shim_register ();
  self->disk = piao_shim_disk_new ("app");
  return open_world (self, piao_shim_disk_path (self->disk, "replica.db"), orders);
}

static DexFuture *
find_pack (PiaoDb *db, gpointer data)
{
  char *code = NULL;
  GError *error = NULL;

  return piao_db_query_text (db, &world_free_pack, &code, &error, "i", *(gint64 *)data)
             ? dex_future_new_take_string (code)
             : dex_future_new_for_error (error);
}

char *
app_world_dup_free_pack (AppWorld *self)
{
  gint64 warehouse = piao_session_get_warehouse (self->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) found
      = piao_replica_read (self->replica, find_pack, g_memdup2 (&warehouse, sizeof warehouse),
                           g_free);
  const GValue *value = piao_future_wait (found, &error);

  must (value != NULL, error);
  return g_value_dup_string (value);
}

static DexFuture *
find_next (PiaoDb *db, gpointer data)
{
  gint64 *place = data;
  GError *error = NULL;
  gint64 id = piao_counter_next (db, place[0], place[1], 0, APP_WORLD_NOW, &error);

  return error == NULL ? dex_future_new_for_int64 (id) : dex_future_new_for_error (error);
}

gint64
app_world_find_next_order (AppWorld *self)
{
  gint64 place[]
      = { piao_session_get_warehouse (self->session), piao_session_get_user (self->session) };
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) found
      = piao_replica_read (self->replica, find_next, g_memdup2 (place, sizeof place), g_free);
  const GValue *value = piao_future_wait (found, &error);

  must (value != NULL, error);
  return g_value_get_int64 (value);
}

typedef struct
{
  gint64 warehouse;
  const char *state;
} StateQuestion;

static DexFuture *
find_in_state (PiaoDb *db, gpointer data)
{
  const StateQuestion *question = data;
  GError *error = NULL;
  gint64 id = 0;

  if (!piao_db_query_int (db, &world_in_state, 0, &id, &error, "is", question->warehouse,
                          question->state))
    return dex_future_new_for_error (error);
  return dex_future_new_for_int64 (id);
}

gint64
app_world_find_order (AppWorld *self, const char *state)
{
  StateQuestion question = { piao_session_get_warehouse (self->session), state };
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) found = piao_replica_read (self->replica, find_in_state,
                                                   g_memdup2 (&question, sizeof question), g_free);
  const GValue *value = piao_future_wait (found, &error);

  must (value != NULL, error);
  g_assert_cmpint (g_value_get_int64 (value), !=, 0);
  return g_value_get_int64 (value);
}

/* "J0110-00005-0000123" and how many tickets it holds, as a ticket of it. */
static DexFuture *
find_ticket (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &world_ticket_for, &error, "i", *(gint64 *)data);
  g_auto (GStrv) parts = NULL;
  guint64 batch = 0, pack = 0;

  if (cursor == NULL || !piao_cursor_next (cursor, &error))
    return dex_future_new_for_error (
        error != NULL ? error : piao_error_new (PIAO_ERROR_NOT_FOUND, "pack", "no pack"));
  parts = g_strsplit (piao_cursor_text (cursor, 0), "-", 3);
  g_assert_true (g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT, &batch, &error));
  g_assert_true (g_ascii_string_to_unsigned (parts[2], 10, 0, G_MAXUINT, &pack, &error));
  return dex_future_new_take_string (piao_barcode_make_sjz_ticket (
      parts[0], (guint)batch, (guint)pack, 100, (guint)piao_cursor_int (cursor, 1)));
}

char *
app_world_dup_ticket_for (AppWorld *self, gint64 order)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) found
      = piao_replica_read (self->replica, find_ticket, g_memdup2 (&order, sizeof order), g_free);
  const GValue *value = piao_future_wait (found, &error);

  must (value != NULL, error);
  return g_value_dup_string (value);
}

char *
app_world_dup_refusal (void)
{
  return g_strdup_printf (_ ("Order %s is “%s” now, so this cannot be done. Look at its timeline "
                             "for what happened."),
                          "202611222320301000", piao_order_state_get_title ("ready_to_ship"));
}

static DexFuture *
refuse (PiaoDb *db, gpointer data)
{
  g_autofree char *refusal = app_world_dup_refusal ();
  GError *error = NULL;

  return piao_outbox_refuse (db, *(gint64 *)data, "order.state", refusal, &error)
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

static DexFuture *
rebase (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  return piao_outbox_rebase (data, db, 0, 0, NULL, NULL, &error) ? dex_future_new_true ()
                                                                 : dex_future_new_for_error (error);
}

static void
await_write (DexFuture *future)
{
  g_autoptr (DexFuture) held = future;
  g_autoptr (GError) error = NULL;

  must (piao_future_wait (held, &error) != NULL, error);
}

gint64
app_world_make_refused (AppWorld *self, gint64 order)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) run
      = piao_session_run (self->session, "order.hold",
                          piao_json_build ("order", 'd', order, "reason", 's', "CLERK", NULL));
  const GValue *value = piao_future_wait (run, &error);
  gint64 command;

  must (value != NULL, error);
  command = g_value_get_int64 (value);
  await_write (piao_replica_write (self->replica, refuse, &command, NULL));
  await_write (
      piao_replica_write (self->replica, rebase, piao_replica_get_registry (self->replica), NULL));
  return command;
}

static DexFuture *
make_direct (PiaoDb *db, gpointer warehouse)
{
  GError *error = NULL;

  return piao_db_exec (db, &world_direct, &error, "i", *(gint64 *)warehouse)
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

void
app_world_make_direct (AppWorld *self)
{
  gint64 warehouse = piao_session_get_warehouse (self->session);

  await_write (piao_replica_write (self->replica, make_direct, &warehouse, NULL));
}

void
app_world_free (AppWorld *self)
{
  static const char *const files[] = { "replica.db", "replica.db-wal", "replica.db-shm" };

  g_clear_object (&self->session);
  piao_replica_close (self->replica);
  /* What was under way comes to its end. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_clear_object (&self->replica);
  g_clear_object (&self->settings);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->disk, piao_shim_disk_free);
  for (gsize i = 0; self->folder != NULL && i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, files[i], NULL);

      g_unlink (path);
    }
  if (self->folder != NULL)
    g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self);
}

static gboolean
on_limit (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

void
app_world_await (gboolean (*done) (gpointer data), gpointer data)
{
  gboolean late = FALSE;
  guint timer = g_timeout_add_seconds (LIMIT_SECONDS, on_limit, &late);

  while (!done (data) && !late)
    g_main_context_iteration (NULL, TRUE);
  if (!late)
    g_source_remove (timer);
  g_assert_true (done (data));
}

gboolean
app_world_is_null (gpointer data)
{
  return *(gpointer *)data == NULL;
}

void
app_world_close_window (GtkWindow *window)
{
  gpointer weak = window;

  g_object_add_weak_pointer (G_OBJECT (window), &weak);
  gtk_window_destroy (window);
  app_world_await (app_world_is_null, &weak);
}

GtkWidget *
app_world_find_widget (GtkWidget *within, GType type)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (within, type))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = app_world_find_widget (child, type);
  return found;
}

static void
add_texts (GtkWidget *widget, GString *texts)
{
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (texts, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  /* A row of a table draws its texts, and is named by them: what is not the name is told. */
  if (PIAO_IS_LINE (widget))
    {
      g_autofree char *name
          = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                GTK_ACCESSIBLE_PROPERTY_LABEL, "no such name");

      g_string_append_printf (texts, "%s\n", name);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_texts (child, texts);
}

char *
app_world_dup_texts (GtkWidget *widget)
{
  GString *texts = g_string_new (NULL);

  add_texts (widget, texts);
  return g_string_free_and_steal (texts);
}
