/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/piao-error.h"
#include "server/piao-door.h"

#define BACKLOG 1024
/* Taken in one go, so that those who are here are served too. */
#define AT_ONCE 64
#define N_ROOMS 16
#define LOOK_S 1
#define BODY_PATIENCES 12
#define ANSWER_PATIENCES 60
/* The system has no room for more connections: try again soon. */
#define FULL_MS 200

struct _PiaoDoor
{
  GObject parent_instance;

  SoupServer *soup;         /* borrowed */
  PiaoRoom *rooms[N_ROOMS]; /* owned: where connections are, in turn */
  GSocket *socket;          /* owned; NULL while closed */
  GSource *source;          /* owned */
  guint resume;             /* source while the system is full; 0 none */
  guint look;               /* source */
  guint patience_ms;
  guint per_address;
  gboolean trusts_machine; /* its own connections are the proxy's: not counted by address */
  GHashTable *visits;      /* of PiaoVisit (borrowed) to its address (owned text) */
  GHashTable *addresses;   /* of text to how many */
  PiaoDoorCounts counts;
};

G_DEFINE_FINAL_TYPE (PiaoDoor, piao_door, G_TYPE_OBJECT)

/* --- who is here ----------------------------------------------------------------------------- */

static guint
count_of (PiaoDoor *self, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->addresses, address));
}

static void
set_count (PiaoDoor *self, const char *address, guint n)
{
  if (n == 0)
    g_hash_table_remove (self->addresses, address);
  else
    g_hash_table_insert (self->addresses, g_strdup (address), GUINT_TO_POINTER (n));
}

static void
on_gone (gpointer data, GObject *visit)
{
  PiaoDoor *self = data;
  const char *address = g_hash_table_lookup (self->visits, visit);

  set_count (self, address, count_of (self, address) - 1);
  g_hash_table_remove (self->visits, visit);
}

/* NULL, or why there is no room. */
static const char *
find_reason (PiaoDoor *self, GInetAddress *inet, const char *address)
{
  gboolean trusted = self->trusts_machine && g_inet_address_get_is_loopback (inet);

  if (g_hash_table_size (self->visits) >= PIAO_DOOR_MOST)
    return _ ("The centre has too many connections now. Try again in a minute.");
  if (!trusted && count_of (self, address) >= self->per_address)
    return _ ("There are too many connections from this address. Close some.");
  return NULL;
}

static void
welcome (PiaoDoor *self, GSocketConnection *connection, GSocketAddress *remote)
{
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  g_autofree char *address = g_inet_address_to_string (inet);
  const char *reason = find_reason (self, inet, address);
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  PiaoRoom *room = self->rooms[self->counts.accepted++ % N_ROOMS];
  g_autoptr (PiaoVisit) visit = piao_visit_new (room, connection, remote);

  if (reason != NULL || local == NULL)
    {
      self->counts.turned_away++;
      piao_visit_end (visit, SOUP_STATUS_SERVICE_UNAVAILABLE, "http.connections",
                      reason != NULL ? reason : "");
      return;
    }
  g_hash_table_insert (self->visits, visit, g_strdup (address));
  set_count (self, address, count_of (self, address) + 1);
  g_object_weak_ref (G_OBJECT (visit), on_gone, self);
  piao_room_enter (room);
  soup_server_accept_iostream (self->soup, G_IO_STREAM (visit), local, remote, NULL);
  piao_room_leave (room);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, PiaoDoor *self)
{
  PiaoVisit *visit = piao_visit_find (message);

  if (visit != NULL)
    piao_visit_follow (visit, message);
}

/* --- who is slow ----------------------------------------------------------------------------- */

static gint64
get_limit (PiaoDoor *self, PiaoVisitStage stage)
{
  switch (stage)
    {
    case PIAO_VISIT_WAITS:
      return PIAO_DOOR_IDLE_S * 1000;
    case PIAO_VISIT_HEAD:
      return self->patience_ms;
    case PIAO_VISIT_BODY:
      return (gint64)self->patience_ms * BODY_PATIENCES;
    case PIAO_VISIT_ANSWERS:
      return (gint64)self->patience_ms * ANSWER_PATIENCES;
    case PIAO_VISIT_WORK:
    default:
      return G_MAXINT64;
    }
}

static gboolean
look_around (gpointer data)
{
  PiaoDoor *self = data;
  GHashTableIter iter;
  gpointer visit;
  g_autoptr (GPtrArray) slow = g_ptr_array_new_with_free_func (g_object_unref);

  g_hash_table_iter_init (&iter, self->visits);
  while (g_hash_table_iter_next (&iter, &visit, NULL))
    if (!piao_visit_is_kept (visit)
        && piao_visit_get_age (visit) > get_limit (self, piao_visit_get_stage (visit)))
      g_ptr_array_add (slow, g_object_ref (visit));
  for (guint i = 0; i < slow->len; i++)
    {
      /* Who only kept a connection has done nothing wrong. */
      self->counts.shown_out += piao_visit_get_stage (slow->pdata[i]) != PIAO_VISIT_WAITS ? 1 : 0;
      piao_visit_end (slow->pdata[i], SOUP_STATUS_REQUEST_TIMEOUT, "http.slow",
                      _ ("The request did not arrive in time."));
    }
  return G_SOURCE_CONTINUE;
}

/* --- the door -------------------------------------------------------------------------------- */

static gboolean let_in (GSocket *socket, GIOCondition condition, gpointer data);

static void
watch (PiaoDoor *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (let_in), self, NULL);
  g_source_attach (self->source, NULL);
}

static gboolean
resume (gpointer data)
{
  PiaoDoor *self = data;

  self->resume = 0;
  watch (self);
  return G_SOURCE_REMOVE;
}

static gboolean
let_in (GSocket *socket, GIOCondition condition, gpointer data)
{
  PiaoDoor *self = data;

  for (guint i = 0; i < AT_ONCE; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);
      g_autoptr (GSocketConnection) connection = NULL;
      g_autoptr (GSocketAddress) remote = NULL;

      if (accepted == NULL
          && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES)
              || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE)))
        {
          g_message ("No more connections: %s", error->message);
          g_clear_pointer (&self->source, g_source_unref);
          self->resume = g_timeout_add (FULL_MS, resume, self);
          return G_SOURCE_REMOVE;
        }
      if (accepted == NULL)
        break;
      g_socket_set_blocking (accepted, FALSE);
      g_socket_set_option (accepted, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
      connection = g_socket_connection_factory_create_connection (accepted);
      remote = g_socket_get_remote_address (accepted, NULL);
      if (G_IS_INET_SOCKET_ADDRESS (remote))
        welcome (self, connection, remote);
    }
  return G_SOURCE_CONTINUE;
}

/* libsoup keeps connections for further requests only while it listens itself: so it does, at an
 * address that nobody can find. */
static gboolean
let_soup_listen (PiaoDoor *self, GError **error)
{
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  g_autofree char *folder = g_dir_make_tmp ("piaoku-XXXXXX", error);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "s", NULL) : NULL;
  g_autoptr (GSocketAddress) address = path != NULL ? g_unix_socket_address_new (path) : NULL;
  gboolean done = socket != NULL && address != NULL && g_socket_bind (socket, address, FALSE, error)
                  && g_socket_listen (socket, error)
                  && soup_server_listen_socket (self->soup, socket, 0, error);

  if (path != NULL)
    g_unlink (path);
  if (folder != NULL)
    g_rmdir (folder);
  return done;
}

guint
piao_door_open (PiaoDoor *self, GSocketAddress *address, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr (GSocketAddress) local = NULL;

  if (socket == NULL || !let_soup_listen (self, error))
    return 0;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return 0;
  local = g_socket_get_local_address (socket, error);
  if (local == NULL)
    return 0;
  self->socket = g_steal_pointer (&socket);
  watch (self);
  self->look = g_timeout_add_seconds (LOOK_S, look_around, self);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
}

void
piao_door_close (PiaoDoor *self)
{
  g_clear_handle_id (&self->look, g_source_remove);
  g_clear_handle_id (&self->resume, g_source_remove);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
}

void
piao_door_set_limits (PiaoDoor *self, guint seconds, guint per_address)
{
  self->patience_ms = seconds * 1000;
  self->trusts_machine = per_address == 0;
  self->per_address = per_address > 0 ? per_address : PIAO_DOOR_PER_ADDRESS;
}

void
piao_door_get_counts (PiaoDoor *self, PiaoDoorCounts *counts)
{
  *counts = self->counts;
  counts->open = g_hash_table_size (self->visits);
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_door_finalize (GObject *object)
{
  PiaoDoor *self = PIAO_DOOR (object);
  GHashTableIter iter;
  gpointer visit;

  piao_door_close (self);
  g_hash_table_iter_init (&iter, self->visits);
  while (g_hash_table_iter_next (&iter, &visit, NULL))
    g_object_weak_unref (visit, on_gone, self);
  g_hash_table_unref (self->visits);
  g_hash_table_unref (self->addresses);
  for (guint i = 0; i < N_ROOMS; i++)
    piao_room_unref (self->rooms[i]);
  G_OBJECT_CLASS (piao_door_parent_class)->finalize (object);
}

static void
piao_door_class_init (PiaoDoorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_door_finalize;
}

static void
piao_door_init (PiaoDoor *self)
{
  for (guint i = 0; i < N_ROOMS; i++)
    self->rooms[i] = piao_room_new ();
  self->visits = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  piao_door_set_limits (self, PIAO_DOOR_PATIENCE_S, 0);
}

PiaoDoor *
piao_door_new (SoupServer *soup)
{
  PiaoDoor *self = g_object_new (PIAO_TYPE_DOOR, NULL);

  self->soup = soup;
  g_signal_connect_object (soup, "request-started", G_CALLBACK (on_request_started), self, 0);
  return self;
}
