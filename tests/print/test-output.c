/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The ways to a printer, each against a real peer: sockets on the loopback, a named pipe, a folder
 * and a private CUPS. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <libdex.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "print-cups.h"
#include "print-fixture.h"
#include "print-server.h"
#include "print/piao-print-output.h"

/* A label as it is, or @size bytes of everything. */
static PiaoSpoolJob *
make_job (gint64 id, gsize size)
{
  PiaoSpoolJob *job = g_new0 (PiaoSpoolJob, 1);
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)(i * 31 + i / 256);
  job->id = id;
  job->copy = 1;
  job->name = g_strdup ("../../订单 1");
  job->format = g_strdup ("zpl");
  job->bytes = g_bytes_new_take (data, size);
  job->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, job->bytes);
  return job;
}

static gboolean
send (const char *address, const PiaoSpoolJob *job, guint total_ms, GError **error)
{
  g_autoptr (PiaoPrintOutput) output = piao_print_output_new (address, error);
  g_autoptr (DexFuture) future = NULL;

  g_assert_nonnull (output);
  piao_print_output_set_limits (output, 2000, total_ms);
  future = piao_print_output_send (output, job);
  return piao_future_wait (future, error) != NULL;
}

static char *
socket_address (guint16 port)
{
  return g_strdup_printf ("socket://127.0.0.1:%u", port);
}

static void
assert_unavailable (const char *address,
                    const PiaoSpoolJob *job,
                    guint total_ms,
                    const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (send (address, job, total_ms, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_UNAVAILABLE);
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
}

static void
test_socket_gets_every_byte (void)
{
  g_autoptr (PrintServer) printer = print_server_new (PRINT_SERVER_READS, 0);
  g_autofree char *address = socket_address (print_server_get_port (printer));
  g_autoptr (PiaoSpoolJob) job = make_job (1, 1000003);
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (send (address, job, 20000, &error));
  g_assert_no_error (error);
  received = print_server_await (printer);
  g_assert_true (g_bytes_equal (received, job->bytes));
}

static void
test_socket_troubles_end (void)
{
  g_autofree char *nobody = socket_address (print_server_find_port ());
  g_autoptr (PrintServer) hanging = print_server_new (PRINT_SERVER_HANGS, 0);
  g_autoptr (PrintServer) breaking = print_server_new (PRINT_SERVER_BREAKS, 0);
  g_autofree char *stuck = socket_address (print_server_get_port (hanging));
  g_autofree char *broken = socket_address (print_server_get_port (breaking));
  g_autoptr (PiaoSpoolJob) label = make_job (1, 20000);
  g_autoptr (PiaoSpoolJob) huge = make_job (2, 32 * 1024 * 1024);

  assert_unavailable (nobody, label, 5000, "printer.unreachable");
  assert_unavailable (stuck, huge, 500, "printer.slow");
  assert_unavailable (broken, huge, 10000, "printer.unreachable");
}

static void
test_folder_gets_whole_files (void)
{
  g_autofree char *root = fixture_folder ();
  g_autofree char *folder = g_build_filename (root, "labels", NULL);
  g_autofree char *address = g_strconcat ("folder:", folder, NULL);
  g_autofree char *path = g_build_filename (folder, "_____________1-7-1.zpl", NULL);
  g_autoptr (PiaoSpoolJob) job = make_job (7, 5000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autofree char *contents = NULL;
  gsize size = 0;

  g_assert_true (send (address, job, 5000, &error));
  g_assert_no_error (error);
  g_assert_true (send (address, job, 5000, &error));
  dir = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "_____________1-7-1.zpl");
  g_assert_null (g_dir_read_name (dir));
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_cmpmem (contents, size, g_bytes_get_data (job->bytes, NULL), 5000);
  fixture_remove (root);
}

static void
test_folder_that_cannot_be_is_an_error (void)
{
  g_autoptr (PiaoSpoolJob) job = make_job (1, 10);
  g_autoptr (GError) error = NULL;

  g_assert_false (send ("folder:/dev/null/labels", job, 1000, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_FAILED);
}

typedef struct
{
  char *path;
  GByteArray *bytes;
} Pipe;

static gpointer
read_pipe (gpointer data)
{
  Pipe *self = data;
  int fd = open (self->path, O_RDONLY | O_CLOEXEC);
  guint8 buffer[4096];
  gssize got;

  while ((got = read (fd, buffer, sizeof buffer)) > 0)
    g_byte_array_append (self->bytes, buffer, (guint)got);
  close (fd);
  return NULL;
}

/* Sends until the reader has opened its end: without one a pipe is a printer that is off. */
static void
test_device_gets_every_byte (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "lp0", NULL);
  g_autofree char *address = g_strconcat ("device:", path, NULL);
  g_autoptr (PiaoSpoolJob) job = make_job (1, 300000);
  Pipe pipe = { path, g_byte_array_new () };
  GThread *reader;
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  gboolean done = FALSE;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_unavailable (address, job, 1000, "printer.unreachable");
  reader = g_thread_new ("device", read_pipe, &pipe);
  while (!done)
    {
      done = send (address, job, 10000, NULL);
      g_assert_cmpint (g_get_monotonic_time (), <, until);
    }
  g_thread_join (reader);
  g_assert_cmpmem (pipe.bytes->data, pipe.bytes->len, g_bytes_get_data (job->bytes, NULL), 300000);
  g_byte_array_unref (pipe.bytes);
  fixture_remove (folder);
}

static void
test_device_must_be_one (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "precious.txt", NULL);
  g_autofree char *address = g_strconcat ("device:", path, NULL);
  g_autofree char *contents = NULL;
  g_autoptr (PiaoSpoolJob) job = make_job (1, 10);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "keep", -1, NULL));
  g_assert_false (send (address, job, 1000, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "keep");
  assert_unavailable ("device:/dev/no-such-printer", job, 1000, "printer.unreachable");
  fixture_remove (folder);
}

static void
test_addresses_are_checked (void)
{
  static const char *const bad[]
      = { "", "10.0.0.1", "socket://", "cups:", "device:lp0", "folder:labels", "http://x" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_print_output_new (bad[i], &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "printer.address");
    }
}

/* The bytes pass a real CUPS unchanged; a job that CUPS still holds because the printer is off is
 * followed when it is sent again, so the printer gets it once. */
static void
test_cups_prints_once (void)
{
  guint16 port = print_server_find_port ();
  g_autoptr (PrintCups) cups = print_cups_new ("Label", port);
  g_autoptr (PiaoSpoolJob) job = make_job (11, 70001);
  g_autoptr (PiaoSpoolJob) second = make_job (12, 500);
  g_autoptr (PrintServer) printer = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GBytes) next = NULL;
  g_autoptr (GError) error = NULL;

  assert_unavailable ("cups:Label", job, 700, "printer.slow");
  printer = print_server_new (PRINT_SERVER_READS, port);
  g_assert_true (send ("cups:Label", job, 60000, &error));
  g_assert_no_error (error);
  received = print_server_await (printer);
  g_assert_true (g_bytes_equal (received, job->bytes));
  /* Once more, as after a crash: it is done already. */
  g_assert_true (send ("cups:Label", job, 60000, &error));
  g_assert_true (send ("cups:Label", second, 60000, &error));
  next = print_server_await (printer);
  g_assert_true (g_bytes_equal (next, second->bytes));
  g_assert_cmpuint (print_server_count (printer), ==, 0);
  g_assert_false (send ("cups:NoSuchQueue", job, 5000, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_NOT_FOUND);
}

static void
test_cups_that_is_off_is_said (void)
{
  g_autoptr (PiaoSpoolJob) job = make_job (1, 10);

  /* The private CUPS of the test before has ended. */
  assert_unavailable ("cups:Label", job, 1000, "printer.cups");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  print_cups_init ();
  g_test_add_func ("/output/addresses", test_addresses_are_checked);
  g_test_add_func ("/output/socket/bytes", test_socket_gets_every_byte);
  g_test_add_func ("/output/socket/troubles", test_socket_troubles_end);
  g_test_add_func ("/output/folder/files", test_folder_gets_whole_files);
  g_test_add_func ("/output/folder/impossible", test_folder_that_cannot_be_is_an_error);
  g_test_add_func ("/output/device/bytes", test_device_gets_every_byte);
  g_test_add_func ("/output/device/kind", test_device_must_be_one);
  g_test_add_func ("/output/cups/once", test_cups_prints_once);
  g_test_add_func ("/output/cups/off", test_cups_that_is_off_is_said);
  return g_test_run ();
}
