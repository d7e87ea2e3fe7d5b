/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "print-cups.h"
#include "print-fixture.h"

struct _PrintCups
{
  GSubprocess *process;
};

static char *folder;

static void
remove_folder (void)
{
  fixture_remove (folder);
}

void
print_cups_init (void)
{
  g_autofree char *socket = NULL;

  folder = fixture_folder ();
  /* The back ends of CUPS run as a user of their own. */
  g_chmod (folder, 0755);
  socket = g_build_filename (folder, "sock", NULL);
  g_setenv ("CUPS_SERVER", socket, TRUE);
  atexit (remove_folder);
}

static void write_file (const char *name, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
write_file (const char *name, const char *format, ...)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_configuration (const char *queue, guint16 port)
{
  static const char *const folders[] = { "spool", "spool/tmp", "cache", "state", "log" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (folder, folders[i], NULL);

      g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
    }
  write_file ("cupsd.conf",
              "Listen %s/sock\nBrowsing Off\nWebInterface No\nLogLevel warn\nIdleExitTimeout 0\n"
              "PreserveJobHistory Yes\n"
              "<Location />\nOrder allow,deny\nAllow all\n</Location>\n"
              "<Policy default>\n<Limit All>\nOrder deny,allow\nAllow all\n</Limit>\n</Policy>\n",
              folder);
  write_file ("cups-files.conf",
              "ServerRoot %s\nRequestRoot %s/spool\nTempDir %s/spool/tmp\nCacheDir %s/cache\n"
              "StateDir %s/state\nErrorLog %s/log/error\nAccessLog %s/log/access\n"
              "PageLog %s/log/page\n",
              folder, folder, folder, folder, folder, folder, folder, folder);
  write_file ("printers.conf",
              "<Printer %s>\nDeviceURI socket://127.0.0.1:%u\nState Idle\nAccepting Yes\n"
              "ErrorPolicy retry-current-job\n</Printer>\n",
              queue, port);
}

/* Lets the main context pass 10 ms between two attempts. */
static gboolean
tick (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
await_answer (void)
{
  g_autofree char *path = g_build_filename (folder, "sock", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  gboolean ticked;

  for (;;)
    {
      g_autoptr (GSocketConnection) connection
          = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

      if (connection != NULL)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      ticked = FALSE;
      g_timeout_add (10, tick, &ticked);
      while (!ticked)
        g_main_context_iteration (NULL, TRUE);
    }
}

PrintCups *
print_cups_new (const char *queue, guint16 port)
{
  PrintCups *self = g_new0 (PrintCups, 1);
  g_autofree char *configuration = g_build_filename (folder, "cupsd.conf", NULL);
  g_autofree char *files = g_build_filename (folder, "cups-files.conf", NULL);
  g_autofree char *program = g_find_program_in_path ("cupsd");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (strlen (g_getenv ("CUPS_SERVER")), <, 100);
  write_configuration (queue, port);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                                    program != NULL ? program : "/usr/sbin/cupsd", "-f", "-c",
                                    configuration, "-s", files, NULL);
  g_assert_no_error (error);
  await_answer ();
  return self;
}

void
print_cups_free (PrintCups *self)
{
  if (self == NULL)
    return;
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_free (self);
}
