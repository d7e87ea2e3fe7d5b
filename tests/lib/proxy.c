/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/proxy.h"

#define STOP_S 20

struct _Proxy
{
  char *folder;
  char *url;
  guint server_port, port;
  gboolean running;
};

char *
proxy_get_path (Proxy *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

const char *
proxy_get_url (Proxy *self)
{
  return self->url;
}

static void
run (const char *const *command)
{
  g_autoptr (GError) error = NULL;
  /* What stays in the background must not hold on to the output of the test. */
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      command, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);

  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static guint
find_port (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (socket, any, FALSE, &error));
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* The sample, which must have what is replaced. */
static void
replace (GString *text, const char *old, const char *new)
{
  g_assert_cmpuint (g_string_replace (text, old, new, 0), >, 0);
}

static char *
read_sample (Proxy *self, const char *name)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "..", "data", "server", "nginx.conf", NULL);
  g_autofree char *server = g_strdup_printf ("127.0.0.1:%u", self->server_port);
  g_autofree char *listen = g_strdup_printf ("listen 127.0.0.1:%u ssl", self->port);
  g_autofree char *certificate = g_strdup_printf ("%s/%s.pem", self->folder, name);
  g_autofree char *key = g_strdup_printf ("%s/%s.key", self->folder, name);
  g_autofree char *sample = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &sample, NULL, &error);
  g_assert_no_error (error);
  text = g_string_new (sample);
  replace (text, "127.0.0.1:8400", server);
  replace (text, "listen 443 ssl", listen);
  replace (text, "  listen [::]:443 ssl;\n", "");
  replace (text, "piaoku.example", "localhost");
  replace (text, "/etc/piaoku/tls/fullchain.pem", certificate);
  replace (text, "/etc/piaoku/tls/key.pem", key);
  return g_strdup (text->str);
}

static void
write_settings (Proxy *self, const char *name)
{
  g_autofree char *sample = read_sample (self, name);
  g_autofree char *path = proxy_get_path (self, "nginx.conf");
  g_autofree char *all = g_strdup_printf (
      "%sworker_processes 1;\npid %s/pid;\nerror_log %s/errors;\nevents { worker_connections 512; "
      "}\n"
      "http {\naccess_log %s/requests;\nclient_body_temp_path %s/body;\nproxy_temp_path %s/proxy;\n"
      "fastcgi_temp_path %s/a;\nuwsgi_temp_path %s/b;\nscgi_temp_path %s/c;\n%s}\n",
      geteuid () == 0 ? "user root;\n" : "", self->folder, self->folder, self->folder, self->folder,
      self->folder, self->folder, self->folder, self->folder, sample);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, all, -1, &error);
  g_assert_no_error (error);
}

static void
nginx (Proxy *self, const char *order)
{
  g_autofree char *settings = proxy_get_path (self, "nginx.conf");
  g_autofree char *errors = proxy_get_path (self, "errors");
  const char *const command[]
      = { "nginx", "-e", errors, "-c", settings, order != NULL ? "-s" : NULL, order, NULL };

  run (command);
}

static gboolean
is_there (Proxy *self)
{
  g_autofree char *path = proxy_get_path (self, "pid");

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Returns when its file with the number is gone, which it removes last. */
static void
stop (Proxy *self)
{
  gint64 limit = g_get_monotonic_time () + STOP_S * G_USEC_PER_SEC;

  if (!self->running)
    return;
  nginx (self, "stop");
  while (is_there (self) && g_get_monotonic_time () < limit)
    g_thread_yield ();
  g_assert_false (is_there (self));
  self->running = FALSE;
}

void
proxy_show (Proxy *self, const char *name)
{
  stop (self);
  write_settings (self, name);
  /* It goes into the background when it listens. */
  nginx (self, NULL);
  self->running = TRUE;
}

guint
proxy_count_requests (Proxy *self)
{
  g_autofree char *path = proxy_get_path (self, "requests");
  g_autofree char *text = NULL;
  guint n = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  for (const char *at = strchr (text, '\n'); at != NULL; at = strchr (at + 1, '\n'))
    n++;
  return n;
}

Proxy *
proxy_new (guint server_port)
{
  Proxy *self = g_new0 (Proxy, 1);
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "lib", "make-certificates", NULL);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("piaoku-proxy-XXXXXX", &error);
  g_assert_no_error (error);
  run ((const char *const[]){ script, self->folder, NULL });
  self->server_port = server_port;
  self->port = find_port ();
  self->url = g_strdup_printf ("https://localhost:%u", self->port);
  return self;
}

void
proxy_free (Proxy *self)
{
  stop (self);
  run ((const char *const[]){ "rm", "-r", self->folder, NULL });
  g_free (self->folder);
  g_free (self->url);
  g_free (self);
}
