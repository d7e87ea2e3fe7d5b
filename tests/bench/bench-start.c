/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From exec to a window that can be worked in, with the large replica: the program starts itself
 * again with --child, and the child says when the window of a signed-in clerk, his place and his
 * permissions known, has been painted with the page in front. The peer is an empty libadwaita
 * window of the same size, started the same way. */

#include "config.h"

#include <adwaita.h>
#include <stdio.h>

#include "app/piao-paths.h"
#include "app/shell/piao-window.h"
#include "base/piao-future.h"
#include "tests/bench/piao-bench.h"

#define USABLE_MS 700.0
#define STARTS 7

typedef struct
{
  const PiaoBenchOptions *options;
  gboolean empty;
  PiaoReplica *replica;
} Child;

/* --- the child ------------------------------------------------------------------------------- */

static void
on_painted (GdkFrameClock *clock, GApplication *application)
{
  puts ("usable");
  fflush (stdout);
  g_application_quit (application);
}

static void
tell_when_painted (GtkWindow *window)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  g_signal_connect_object (gdk_surface_get_frame_clock (surface), "after-paint",
                           G_CALLBACK (on_painted), gtk_window_get_application (window), 0);
  gtk_widget_queue_draw (GTK_WIDGET (window));
}

static DexFuture *
on_attached (DexFuture *future, gpointer window)
{
  tell_when_painted (window);
  return NULL;
}

static void
open_ours (GApplication *application, Child *child)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  g_autoptr (GSettings) settings = piao_paths_new_settings ();
  g_autoptr (PiaoSession) session = piao_session_new (clock, settings, FALSE);
  GtkWindow *window = GTK_WINDOW (piao_window_new (GTK_APPLICATION (application), session));

  gtk_window_present (window);
  child->replica = piao_bench_open (child->options);
  piao_future_disown (dex_future_then (piao_session_attach (session, child->replica, BENCH_USER),
                                       on_attached, g_object_ref (window), g_object_unref),
                      "attaching");
}

static void
open_empty (GApplication *application)
{
  GtkWindow *window = GTK_WINDOW (adw_application_window_new (GTK_APPLICATION (application)));

  gtk_window_set_default_size (window, 1366, 768);
  gtk_window_present (window);
  tell_when_painted (window);
}

static void
on_activate (GApplication *application, Child *child)
{
  if (child->empty)
    open_empty (application);
  else
    open_ours (application, child);
}

static int
run_child (const PiaoBenchOptions *options, gboolean empty)
{
  Child child = { options, empty, NULL };
  g_autoptr (AdwApplication) application
      = g_object_new (ADW_TYPE_APPLICATION, "application-id", PIAO_APP_ID, "flags",
                      G_APPLICATION_NON_UNIQUE, "resource-base-path", "/io/github/piaoku/Piaoku",
                      NULL);
  int status;

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &child);
  status = g_application_run (G_APPLICATION (application), 0, NULL);
  if (child.replica != NULL)
    piao_replica_close (child.replica);
  g_clear_object (&child.replica);
  return status;
}

/* --- the parent ------------------------------------------------------------------------------ */

/* Milliseconds from exec to the word of the child. */
static double
start_once (const char *program, const PiaoBenchOptions *options, const char *what)
{
  g_autofree char *orders = g_strdup_printf ("%" G_GINT64_FORMAT, options->orders);
  g_autofree char *packs = g_strdup_printf ("%" G_GINT64_FORMAT, options->packs);
  double started = piao_bench_now (), took;
  GError *error = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--child", what,
                            "--data", options->folder, "--orders", orders, "--packs", packs, NULL);
  piao_bench_check (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  took = piao_bench_now () - started;
  piao_bench_check (error);
  if (g_strcmp0 (line, "usable") != 0 || !g_subprocess_wait_check (child, NULL, &error))
    g_error ("The program did not start: %s", error != NULL ? error->message : "it says nothing");
  return took;
}

static double
start (const char *program, const PiaoBenchOptions *options, const char *what)
{
  g_autoptr (GArray) samples = piao_bench_samples_new ();

  start_once (program, options, what); /* warms the caches of the disk */
  for (int i = 0; i < STARTS; i++)
    piao_bench_samples_add (samples, start_once (program, options, what));
  return piao_bench_samples_get (samples, 50);
}

int
main (int argc, char **argv)
{
  gboolean is_child = argc > 2 && g_str_equal (argv[1], "--child");
  gboolean empty = is_child && g_str_equal (argv[2], "empty");
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (PiaoBenchOptions) options = NULL;
  g_autofree char *replica = NULL;
  double own;

  dex_init ();
  if (is_child)
    {
      argv[2] = argv[0];
      argc -= 2;
      argv += 2;
    }
  options = piao_bench_options_parse (&argc, &argv);
  if (is_child)
    return run_child (options, empty);
  replica = piao_bench_get_replica (options);
  own = start (program, options, "empty");
  piao_bench_report ("start-to-usable", start (program, options, "ours"), "ms", own, USABLE_MS, 0);
  return 0;
}
