/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Connections that rest in an epoll set are heard as those that GLib watches itself. */

#include <sys/socket.h>
#include <unistd.h>

#include "server/piao-watch.h"

typedef struct
{
  GSocket *near, *far;
  GObject *stream; /* stands for that of the connection */
  guint calls;
  guint end_at; /* the call that is the last */
} Pair;

static void
pair_init (Pair *pair)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  *pair = (Pair){ .near = g_socket_new_from_fd (fds[0], NULL),
                  .far = g_socket_new_from_fd (fds[1], NULL),
                  .stream = g_object_new (G_TYPE_OBJECT, NULL) };
  g_socket_set_blocking (pair->near, FALSE);
}

static void
pair_clear (Pair *pair)
{
  g_object_unref (pair->near);
  g_object_unref (pair->far);
  g_assert_finalize_object (pair->stream);
}

static gboolean
on_readable (GObject *stream, gpointer data)
{
  Pair *pair = data;

  g_assert_true (stream == pair->stream);
  pair->calls++;
  return pair->calls != pair->end_at;
}

/* Waits for @pair; the source is the context's. */
static GSource *
wait_for (PiaoWatch *watch, Pair *pair)
{
  GSource *source = piao_watch_create_source (watch, pair->stream, pair->near);

  g_assert_nonnull (source);
  g_source_set_callback (source, G_SOURCE_FUNC (on_readable), pair, NULL);
  g_source_attach (source, NULL);
  g_source_unref (source);
  return source;
}

static void
say (Pair *pair)
{
  g_assert_cmpint (g_socket_send (pair->far, "x", 1, NULL, NULL), ==, 1);
}

static void
take (Pair *pair)
{
  char byte;

  g_assert_cmpint (g_socket_receive (pair->near, &byte, 1, NULL, NULL), ==, 1);
}

/* Lets the loop run for as long as something happens at once. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_hears (void)
{
  g_autoptr (PiaoWatch) watch = piao_watch_new (NULL);
  Pair one, other;

  pair_init (&one);
  pair_init (&other);
  wait_for (watch, &one);
  wait_for (watch, &other);
  settle ();
  g_assert_cmpuint (one.calls + other.calls, ==, 0);
  say (&other);
  other.end_at = 3;
  /* As long as it is not taken, it is told again; then the source is gone. */
  while (other.calls < 3)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  g_assert_cmpuint (other.calls, ==, 3);
  g_assert_cmpuint (one.calls, ==, 0);
  /* What was there before is told too. */
  other.end_at = 4;
  wait_for (watch, &other);
  while (other.calls < 4)
    g_main_context_iteration (NULL, TRUE);
  take (&other);
  g_object_unref (one.far);
  one.far = g_object_ref (other.far);
  /* The end of a connection is heard as well. */
  one.end_at = 1;
  while (one.calls < 1)
    g_main_context_iteration (NULL, TRUE);
  pair_clear (&one);
  pair_clear (&other);
}

static void
test_closure (void)
{
  g_autoptr (PiaoWatch) watch = piao_watch_new (NULL);
  g_autoptr (GSource) source = NULL;
  Pair pair;

  pair_init (&pair);
  pair.end_at = 2;
  source = piao_watch_create_source (watch, pair.stream, pair.near);
  g_source_set_closure (source, g_cclosure_new (G_CALLBACK (on_readable), &pair, NULL));
  g_source_attach (source, NULL);
  say (&pair);
  while (pair.calls < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_source_is_destroyed (source));
  g_clear_pointer (&source, g_source_unref);
  pair_clear (&pair);
}

static void
test_one_at_a_time (void)
{
  g_autoptr (PiaoWatch) watch = piao_watch_new (NULL);
  g_autoptr (GSource) held = NULL;
  Pair pair;
  GSource *source;

  pair_init (&pair);
  source = wait_for (watch, &pair);
  g_assert_null (piao_watch_create_source (watch, pair.stream, pair.near));
  /* One that is destroyed gives way, also when somebody holds it still. */
  held = g_source_ref (source);
  g_source_destroy (source);
  pair.end_at = 1;
  wait_for (watch, &pair);
  g_clear_pointer (&held, g_source_unref);
  say (&pair);
  while (pair.calls < 1)
    g_main_context_iteration (NULL, TRUE);
  pair_clear (&pair);
}

/* The descriptor of a connection that was closed is soon another's. */
static void
test_forgets (void)
{
  g_autoptr (PiaoWatch) watch = piao_watch_new (NULL);
  Pair closed, next;
  GSource *source;
  int fd;

  pair_init (&closed);
  source = wait_for (watch, &closed);
  fd = g_socket_get_fd (closed.near);
  piao_watch_forget (watch, closed.near);
  g_socket_close (closed.near, NULL);
  pair_init (&next);
  g_assert_cmpint (g_socket_get_fd (next.near), ==, fd);
  next.end_at = 2;
  wait_for (watch, &next);
  g_source_destroy (source);
  say (&next);
  while (next.calls < 2)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  g_assert_cmpuint (closed.calls, ==, 0);
  pair_clear (&closed);
  pair_clear (&next);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watch/hears", test_hears);
  g_test_add_func ("/watch/closure", test_closure);
  g_test_add_func ("/watch/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/watch/forgets", test_forgets);
  return g_test_run ();
}
