/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "domain/reference/piao-reference.h"
#include "server/piao-call.h"
#include "server/piao-door.h"
#include "server/piao-hearer.h"
#include "server/piao-live.h"
#include "store/piao-change-index.h"
#include "store/piao-schema.h"
#include "sync/piao-centre-file.h"
#include "sync/piao-password.h"

#define N_READERS 4
#define MAX_PAGES (16 * 1024 * 1024)
#define MIN_TOKEN 16
#define MAX_TOKEN 128

struct _PiaoServer
{
  GObject parent_instance;

  PiaoRegistry *registry;
  PiaoClock *clock;
  PiaoExecutor *executor;
  PiaoReaders *readers;
  PiaoPages *pages;
  PiaoHearer *hearer;
  SoupServer *soup;
  PiaoDoor *door;
  PiaoLive *live;
  GMutex lock;      /* ilms, ilms_since */
  const char *ilms; /* interned */
  gint64 ilms_since;
  PiaoMetrics metrics;
  char *metrics_token; /* NULL: for this machine only */
};

G_DEFINE_FINAL_TYPE (PiaoServer, piao_server, G_TYPE_OBJECT)

static const PiaoRoute routes[] = {
  { "POST", "/v1/sign-in", TRUE, piao_route_sign_in },
  { "POST", "/v1/sync", FALSE, piao_route_sync, piao_route_sync_read },
  { "GET", "/v1/same/", FALSE, piao_route_same, piao_route_same_read },
  { "GET", "/v1/command/", FALSE, piao_route_command },
  { "GET", "/health", TRUE, piao_route_health },
  { "GET", "/v1/metrics", TRUE, piao_route_metrics },
};

static gboolean
fits (const PiaoRoute *route, const char *path)
{
  return g_str_has_suffix (route->path, "/") ? g_str_has_prefix (path, route->path)
                                             : g_str_equal (path, route->path);
}

static void
handle (SoupServer *soup,
        SoupServerMessage *message,
        const char *path,
        GHashTable *query,
        gpointer data)
{
  PiaoServer *self = data;
  g_autoptr (GError) error = NULL;
  gboolean known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (fits (&routes[i], path))
      {
        known = TRUE;
        if (!g_str_equal (routes[i].method, soup_server_message_get_method (message)))
          continue;
        piao_call_start (self, message, &routes[i],
                         g_uri_get_path (soup_server_message_get_uri (message))
                             + strlen (routes[i].path));
        return;
      }
  error = piao_error_new (PIAO_ERROR_NOT_FOUND, "http.route", _ ("There is nothing at %.100s."),
                          path);
  piao_call_set_error (message, error);
  if (known)
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
}

static void
handle_live (SoupServer *soup,
             SoupServerMessage *message,
             const char *path,
             SoupWebsocketConnection *connection,
             gpointer data)
{
  PiaoServer *self = data;
  g_autofree char *token = piao_call_get_token (message);
  PiaoVisit *visit = piao_visit_find (message);

  if (visit != NULL)
    piao_visit_keep (visit);
  piao_live_add (self->live, connection, token);
}

/* --- start and end --------------------------------------------------------------------------- */

/* A database that has never served gets the rows that every installation starts from, and the
 * ledger takes in what is there. */
static gboolean
fill (PiaoServer *self, PiaoDb *db, GError **error)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (self->registry, &n);
  gint64 seq = 0;

  if (!piao_ledger_read_head (db, &seq, NULL, error))
    return FALSE;
  return seq > 0
         || (piao_reference_write (db, error) && piao_change_index_adopt (db, kinds, n, error));
}

static gboolean
make_ready (PiaoServer *self, PiaoDb *db, GError **error)
{
  g_autofree char *epoch = piao_random_text (8);

  if (!piao_schema_migrate (db, PIAO_SCHEMA_SERVER, error) || !piao_db_begin (db, error))
    return FALSE;
  if (piao_ledger_prepare (db, epoch, error) && fill (self, db, error))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

PiaoServer *
piao_server_new (const char *database, PiaoRegistry *registry, PiaoClock *clock, GError **error)
{
  g_autoptr (PiaoServer) self = g_object_new (PIAO_TYPE_SERVER, NULL);
  g_autoptr (PiaoDb) db = NULL;

  db = piao_centre_file_open (database, PIAO_DB_READ_WRITE, error);
  self->registry = piao_registry_ref (registry);
  self->clock = g_object_ref (clock);
  self->ilms = "unknown";
  if (db == NULL || !make_ready (self, db, error))
    return NULL;
  self->readers = piao_readers_new (database, N_READERS, error);
  if (self->readers == NULL)
    return NULL;
  self->executor = piao_executor_new (g_steal_pointer (&db), registry, clock);
  self->live = piao_live_new (self);
  self->hearer = piao_hearer_new (database, self->executor, error);
  if (self->hearer == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

guint
piao_server_listen (PiaoServer *self, const char *address, guint port, GError **error)
{
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);

  if (where == NULL)
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "server.address",
                      _ ("“%.60s” is not the address of a network card."), address);
      return 0;
    }
  return piao_door_open (self->door, where, error);
}

void
piao_server_close (PiaoServer *self)
{
  piao_door_close (self->door);
  if (self->live != NULL)
    piao_live_close (self->live);
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  if (self->hearer != NULL)
    piao_hearer_close (self->hearer);
  if (self->executor != NULL)
    piao_executor_close (self->executor);
  if (self->readers != NULL)
    piao_readers_close (self->readers);
}

PiaoExecutor *
piao_server_get_executor (PiaoServer *self)
{
  return self->executor;
}

PiaoReaders *
piao_server_get_readers (PiaoServer *self)
{
  return self->readers;
}

PiaoPages *
piao_server_get_pages (PiaoServer *self)
{
  return self->pages;
}

PiaoRegistry *
piao_server_get_registry (PiaoServer *self)
{
  return self->registry;
}

PiaoDoor *
piao_server_get_door (PiaoServer *self)
{
  return self->door;
}

PiaoClock *
piao_server_get_clock (PiaoServer *self)
{
  return self->clock;
}

PiaoMetrics *
piao_server_get_metrics (PiaoServer *self)
{
  return &self->metrics;
}

PiaoLive *
piao_server_get_live (PiaoServer *self)
{
  return self->live;
}

gboolean
piao_server_set_metrics_token (PiaoServer *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  g_strstrip (text);
  if (strlen (text) < MIN_TOKEN || strlen (text) > MAX_TOKEN)
    return piao_error_set (error, PIAO_ERROR_INVALID, "server.metrics-token",
                           _ ("The file “%.200s” must hold one token of %d to %d characters."),
                           path, MIN_TOKEN, MAX_TOKEN);
  g_set_str (&self->metrics_token, text);
  return TRUE;
}

const char *
piao_server_get_metrics_token (PiaoServer *self)
{
  return self->metrics_token;
}

void
piao_server_set_ilms (PiaoServer *self, const char *state, gint64 since)
{
  g_mutex_lock (&self->lock);
  self->ilms = g_intern_string (state);
  self->ilms_since = since;
  g_mutex_unlock (&self->lock);
}

const char *
piao_server_get_ilms (PiaoServer *self, gint64 *since)
{
  const char *ilms;

  g_mutex_lock (&self->lock);
  if (since != NULL)
    *since = self->ilms_since;
  ilms = self->ilms;
  g_mutex_unlock (&self->lock);
  return ilms;
}

static void
piao_server_finalize (GObject *object)
{
  PiaoServer *self = PIAO_SERVER (object);

  piao_server_close (self);
  g_clear_object (&self->live);
  g_clear_object (&self->hearer);
  g_clear_object (&self->door);
  g_clear_object (&self->soup);
  g_clear_object (&self->executor);
  g_clear_object (&self->readers);
  g_clear_pointer (&self->pages, piao_pages_free);
  g_clear_pointer (&self->registry, piao_registry_unref);
  g_clear_object (&self->clock);
  g_mutex_clear (&self->lock);
  g_free (self->metrics_token);
  G_OBJECT_CLASS (piao_server_parent_class)->finalize (object);
}

static void
piao_server_class_init (PiaoServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_server_finalize;
}

static void
piao_server_init (PiaoServer *self)
{
  g_mutex_init (&self->lock);
  self->pages = piao_pages_new (MAX_PAGES);
  self->soup = soup_server_new ("server-header", "piaoku", NULL);
  soup_server_add_early_handler (self->soup, NULL, piao_call_check_size, self, NULL);
  soup_server_add_handler (self->soup, NULL, handle, self, NULL);
  soup_server_add_websocket_handler (self->soup, "/v1/live", NULL, NULL, handle_live, self, NULL);
  self->door = piao_door_new (self->soup);
}
