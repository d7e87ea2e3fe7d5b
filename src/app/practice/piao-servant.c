/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "app/piao-paths.h"
#include "app/practice/piao-servant.h"
#include "base/piao-error.h"
#include "base/piao-future.h"

#define MAX_COMPLAINT 400

struct _PiaoServant
{
  GObject parent_instance;

  char *name;
  char *log_path;
  GSubprocess *process;
  GDataInputStream *lines;
};

G_DEFINE_FINAL_TYPE (PiaoServant, piao_servant, G_TYPE_OBJECT)

/* In the child before it becomes the program. */
static void
end_with_parent (gpointer parent)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (getppid () != GPOINTER_TO_INT (parent))
    _exit (1); /* it was gone before we asked */
}

/* The end of the log, for the sentence. Transfer full. */
static char *
read_complaint (PiaoServant *self)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  char *tail;

  if (!g_file_get_contents (self->log_path, &text, &length, NULL))
    return g_strdup ("");
  g_strchomp (text);
  tail = strrchr (text, '\n');
  return g_utf8_make_valid (tail != NULL ? tail + 1 : text,
                            MIN ((gssize)strlen (tail != NULL ? tail + 1 : text), MAX_COMPLAINT));
}

static GError *
new_ended_error (PiaoServant *self)
{
  g_autofree char *complaint = read_complaint (self);

  return piao_error_new (PIAO_ERROR_FAILED, "servant.ended",
                         _ ("The program %s has ended: %s (more in %s)"), self->name,
                         *complaint != '\0' ? complaint : _ ("it said nothing"), self->log_path);
}

DexFuture *
piao_servant_start (PiaoServant *self, const char *const *args)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = piao_paths_dup_program (self->name);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;

  piao_servant_kill (self);
  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **)args);
  argv = g_strv_builder_end (builder);
  g_subprocess_launcher_set_stderr_file_path (launcher, self->log_path);
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, GINT_TO_POINTER (getpid ()),
                                         NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, &error);
  if (self->process == NULL)
    return piao_future_new_error (PIAO_ERROR_FAILED, "servant.missing",
                                  _ ("The program %s cannot be started: %s. Install it again."),
                                  self->name, error->message);
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  return piao_servant_read_line (self);
}

typedef struct
{
  PiaoServant *servant;
  DexPromise *promise;
} Reading;

static void
on_line (GObject *stream, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (stream), result,
                                                          NULL, &error);

  if (line != NULL)
    dex_promise_resolve_string (reading->promise, line);
  else
    dex_promise_reject (reading->promise, new_ended_error (reading->servant));
  g_object_unref (reading->servant);
  dex_unref (reading->promise);
  g_free (reading);
}

DexFuture *
piao_servant_read_line (PiaoServant *self)
{
  DexPromise *promise = dex_promise_new ();
  Reading *reading;

  if (self->lines == NULL)
    {
      dex_promise_reject (promise, new_ended_error (self));
      return DEX_FUTURE (promise);
    }
  reading = g_new0 (Reading, 1);
  reading->servant = g_object_ref (self);
  reading->promise = dex_ref (promise);
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, NULL, on_line, reading);
  return DEX_FUTURE (promise);
}

static DexFuture *
on_stopped (DexFuture *future, gpointer data)
{
  return dex_future_new_for_boolean (TRUE);
}

DexFuture *
piao_servant_stop (PiaoServant *self)
{
  DexFuture *ended;

  if (self->process == NULL)
    return dex_future_new_for_boolean (TRUE);
  g_subprocess_send_signal (self->process, SIGTERM);
  ended = dex_future_finally (dex_subprocess_wait_check (self->process), on_stopped, NULL, NULL);
  g_clear_object (&self->lines);
  g_clear_object (&self->process);
  return ended;
}

void
piao_servant_kill (PiaoServant *self)
{
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  g_clear_object (&self->lines);
  g_clear_object (&self->process);
}

static DexFuture *
on_failed (DexFuture *future, gpointer data)
{
  return dex_future_new_for_error (new_ended_error (data));
}

DexFuture *
piao_servant_wait (PiaoServant *self)
{
  g_return_val_if_fail (self->process != NULL, NULL);
  return dex_future_catch (dex_subprocess_wait_check (self->process), on_failed,
                           g_object_ref (self), g_object_unref);
}

gboolean
piao_servant_is_running (PiaoServant *self)
{
  return self->process != NULL && g_subprocess_get_identifier (self->process) != NULL;
}

static void
piao_servant_finalize (GObject *object)
{
  PiaoServant *self = PIAO_SERVANT (object);

  piao_servant_kill (self);
  g_free (self->name);
  g_free (self->log_path);
  G_OBJECT_CLASS (piao_servant_parent_class)->finalize (object);
}

static void
piao_servant_class_init (PiaoServantClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_servant_finalize;
}

static void
piao_servant_init (PiaoServant *self)
{
}

PiaoServant *
piao_servant_new (const char *name, const char *log_path)
{
  PiaoServant *self = g_object_new (PIAO_TYPE_SERVANT, NULL);

  self->name = g_strdup (name);
  self->log_path = g_strdup (log_path);
  return self;
}
