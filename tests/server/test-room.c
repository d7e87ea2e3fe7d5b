/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What is in a room is done as in the main loop, and a room at rest costs that loop nothing. */

#include <gio/gio.h>
#include <sys/socket.h>

#include "server/piao-room.h"

/* A source that counts how often a loop has asked it. */
typedef struct
{
  GSource parent;
  guint asked;
} Counter;

static gboolean
counter_prepare (GSource *source, int *timeout)
{
  ((Counter *)source)->asked++;
  *timeout = -1;
  return FALSE;
}

static GSourceFuncs counter_funcs = { .prepare = counter_prepare };

static gboolean
count (gpointer data)
{
  ++*(guint *)data;
  return G_SOURCE_CONTINUE;
}

static gboolean
count_once (gpointer data)
{
  count (data);
  return G_SOURCE_REMOVE;
}

static gboolean
count_readable (GObject *stream, gpointer data)
{
  count (data);
  return G_SOURCE_REMOVE;
}

static gboolean
count_condition (GSocket *socket, GIOCondition condition, gpointer data)
{
  return count_once (data);
}

/* Lets the main loop run for as long as something happens at once. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
put (PiaoRoom *room, GSource *source, GSourceFunc callback, gpointer data)
{
  piao_room_enter (room);
  g_source_set_callback (source, callback, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_source_unref (source);
  piao_room_leave (room);
}

static void
await (guint *calls, guint n)
{
  while (*calls < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_sources (void)
{
  g_autoptr (PiaoRoom) room = piao_room_new ();
  guint idle = 0, timer = 0;
  gint64 began;

  g_assert_null (g_main_context_get_thread_default ());
  settle ();
  /* From outside, while the main loop waits for nothing else. */
  put (room, g_idle_source_new (), count_once, &idle);
  await (&idle, 1);
  began = g_get_monotonic_time ();
  put (room, g_timeout_source_new (30), count_once, &timer);
  await (&timer, 1);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 30000);
  settle ();
  g_assert_cmpuint (idle + timer, ==, 2);
}

static void
pair_init (GSocket *pair[2])
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  for (guint i = 0; i < 2; i++)
    pair[i] = g_socket_new_from_fd (fds[i], NULL);
}

static void
pair_clear (GSocket *pair[2])
{
  g_assert_finalize_object (pair[0]);
  g_assert_finalize_object (pair[1]);
}

static void
test_sockets (void)
{
  g_autoptr (PiaoRoom) room = piao_room_new ();
  g_autoptr (GObject) stream = g_object_new (G_TYPE_OBJECT, NULL);
  GSocket *rests[2], *polled[2];
  guint rested = 0, n = 0;

  pair_init (rests);
  pair_init (polled);
  put (room, piao_watch_create_source (piao_room_get_watch (room), stream, rests[0]),
       G_SOURCE_FUNC (count_readable), &rested);
  /* As an answer waits that does not fit into its socket. */
  put (room, g_socket_create_source (polled[0], G_IO_IN, NULL), G_SOURCE_FUNC (count_condition),
       &n);
  settle ();
  g_assert_cmpuint (rested + n, ==, 0);
  g_assert_cmpint (g_socket_send (rests[1], "x", 1, NULL, NULL), ==, 1);
  await (&rested, 1);
  g_assert_cmpint (g_socket_send (polled[1], "x", 1, NULL, NULL), ==, 1);
  await (&n, 1);
  settle ();
  g_assert_cmpuint (rested + n, ==, 2);
  pair_clear (rests);
  pair_clear (polled);
}

static void
test_rests (void)
{
  g_autoptr (PiaoRoom) room = piao_room_new ();
  Counter *counter = (Counter *)g_source_new (&counter_funcs, sizeof (Counter));
  guint busy = 0, idle = 0;
  guint source, asked;

  put (room, &counter->parent, count_once, NULL);
  settle ();
  asked = counter->asked;
  g_assert_cmpuint (asked, >, 0);
  source = g_idle_add (count, &busy);
  await (&busy, 100);
  g_assert_cmpuint (counter->asked, ==, asked);
  /* It is asked when something happens there. */
  put (room, g_idle_source_new (), count_once, &idle);
  await (&idle, 1);
  g_assert_cmpuint (counter->asked, >, asked);
  g_source_remove (source);
}

static void
test_shares (void)
{
  g_autoptr (PiaoRoom) room = piao_room_new ();
  guint busy = 0, other = 0;
  guint source;

  put (room, g_idle_source_new (), count, &busy);
  source = g_idle_add_full (G_PRIORITY_DEFAULT, count, &other, NULL);
  await (&other, 50);
  g_source_remove (source);
  g_assert_cmpuint (busy, >, 0);
  /* Somebody in the room who never rests does not keep the others out. */
  g_assert_cmpuint (busy, <=, 50 * 10);
}

static gboolean
leave_for_ever (gpointer data)
{
  g_clear_pointer ((PiaoRoom **)data, piao_room_unref);
  return G_SOURCE_REMOVE;
}

static void
test_goes (void)
{
  PiaoRoom *room = piao_room_new ();

  put (room, g_idle_source_new (), leave_for_ever, &room);
  while (room != NULL)
    g_main_context_iteration (NULL, TRUE);
  settle ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/sources", test_sources);
  g_test_add_func ("/room/sockets", test_sockets);
  g_test_add_func ("/room/rests", test_rests);
  g_test_add_func ("/room/shares", test_shares);
  g_test_add_func ("/room/goes", test_goes);
  return g_test_run ();
}
