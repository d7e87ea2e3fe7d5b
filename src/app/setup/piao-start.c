/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/gateway/piao-access-dialog.h"
#include "app/practice/piao-codes-dialog.h"
#include "app/setup/piao-start-dialog.h"
#include "app/setup/piao-start.h"
#include "app/widget/piao-format.h"
#include "base/piao-error.h"
#include "base/piao-future.h"

struct _PiaoStart
{
  GObject parent_instance;

  PiaoWindow *window;      /* borrowed: it owns the action group that owns us */
  PiaoStartDialog *dialog; /* owned while something stands before the work */
  PiaoPractice *practice;  /* owned; NULL outside practice */
  PiaoDesk *desk;          /* owned */
  char *folder;            /* of the replica */
  char *name, *password;   /* of the attempt under way */
  DexPromise *enough;      /* resolved when what is here is enough to work with */
  gboolean told_rescue;
};

G_DEFINE_FINAL_TYPE (PiaoStart, piao_start, G_TYPE_OBJECT)

PiaoDesk *
piao_start_get_desk (PiaoStart *self)
{
  return self->desk;
}

PiaoPractice *
piao_start_get_practice (PiaoStart *self)
{
  return self->practice;
}

static GSettings *
settings_of (PiaoStart *self)
{
  return piao_session_get_settings (piao_window_get_session (self->window));
}

static void
show_progress (PiaoStart *self, const char *sentence, int percent)
{
  if (self->dialog == NULL || self->window == NULL)
    return;
  piao_start_dialog_show_progress (self->dialog, sentence, percent);
}

static void
show_form (PiaoStart *self, const char *error)
{
  g_autofree char *server = NULL;
  g_autofree char *name = NULL;

  if (self->dialog == NULL || self->window == NULL)
    return;
  server = g_settings_get_string (settings_of (self), "server-url");
  name = g_settings_get_string (settings_of (self), "user-name");
  piao_start_dialog_show_form (self->dialog, server, name, error);
}

/* FALSE once the window is being closed: what was awaited meanwhile is of no use any more. */
static gboolean
check_open (PiaoStart *self, GError **error)
{
  return self->window != NULL
         || piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "start.closed",
                            _ ("The window was closed."));
}

AdwDialog *
piao_start_rescue_dialog_new (const char *sentence)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("The Data of This Computer Was Damaged"), sentence);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  return dialog;
}

/* The file was damaged at this start: says it once. */
static void
tell_rescue (PiaoStart *self)
{
  const char *sentence = piao_replica_get_rescued (piao_desk_get_replica (self->desk));

  if (sentence == NULL || self->told_rescue)
    return;
  self->told_rescue = TRUE;
  adw_dialog_present (piao_start_rescue_dialog_new (sentence), GTK_WIDGET (self->window));
}

/* --- the first fetch -------------------------------------------------------------------------- */

/* Whether what the daily work needs is on its way. Who had it all once is not kept waiting, and
 * nobody waits for a line that is down. */
static gboolean
is_fetching (PiaoSync *sync)
{
  PiaoSyncState state = piao_sync_get_state (sync);

  return piao_sync_get_phase (sync) == PIAO_SYNC_PHASE_WORKING
         && piao_sync_get_rows_received (sync) > 0 && piao_sync_get_progress (sync) > 0
         && state != PIAO_SYNC_OFFLINE && state != PIAO_SYNC_IDLE;
}

static void
end_waiting (PiaoStart *self)
{
  if (self->enough != NULL && dex_future_is_pending (DEX_FUTURE (self->enough)))
    dex_promise_resolve_boolean (self->enough, TRUE);
}

static void
on_fetch (PiaoStart *self, PiaoSync *sync)
{
  g_autofree char *figures = NULL;

  if (!is_fetching (sync))
    {
      end_waiting (self);
      return;
    }
  if (self->dialog == NULL)
    return;
  figures = piao_format_fetch (piao_sync_get_rows_received (sync), piao_sync_get_rate (sync),
                               piao_sync_get_remaining (sync));
  piao_start_dialog_show_fetch (self->dialog, piao_sync_get_progress (sync), figures,
                                self->enough != NULL);
}

/* In a fiber: until the working set is here, the line breaks or somebody has waited enough. What
 * was before follows while people work. */
static gboolean
await_working_set (PiaoStart *self, GError **error)
{
  self->enough = dex_promise_new ();
  on_fetch (self, piao_desk_get_sync (self->desk));
  dex_await (dex_ref (DEX_FUTURE (self->enough)), NULL);
  dex_clear (&self->enough);
  return check_open (self, error);
}

/* In a fiber: opens the desk (once) and signs in. */
static gboolean
begin_work (PiaoStart *self, const char *url, GError **error)
{
  if (!check_open (self, error))
    return FALSE;
  if (self->desk == NULL)
    self->desk = dex_await_object (
        piao_desk_open (piao_window_get_session (self->window), self->folder, url), error);
  if (self->desk == NULL)
    return FALSE;
  if (!check_open (self, error))
    {
      piao_desk_close (self->desk);
      return FALSE;
    }
  piao_window_set_desk (self->window, self->desk);
  g_signal_handlers_disconnect_by_data (piao_desk_get_sync (self->desk), self);
  g_signal_connect_object (piao_desk_get_sync (self->desk), "changed", G_CALLBACK (on_fetch), self,
                           G_CONNECT_SWAPPED);
  show_progress (self, _ ("Fetching what the warehouse needs to work…"), -1);
  if (!dex_await (piao_desk_sign_in (self->desk, self->name, self->password), error)
      || !check_open (self, error) || !await_working_set (self, error))
    return FALSE;
  if (self->dialog != NULL)
    adw_dialog_force_close (ADW_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  tell_rescue (self);
  return TRUE;
}

static void
on_practice_progress (PiaoStart *self, guint percent, const char *sentence)
{
  show_progress (self, sentence, (int)percent);
}

static DexFuture *
practise (gpointer data)
{
  PiaoStart *self = data;
  g_autoptr (GError) error = NULL;

  show_progress (self, _ ("Preparing the practice workspace…"), -1);
  if (dex_await (piao_practice_start (self->practice), &error))
    begin_work (self, piao_practice_get_server_url (self->practice), &error);
  if (error != NULL && self->window != NULL)
    {
      g_warning ("practice: %s", error->message);
      show_progress (self, error->message, -1);
    }
  return dex_future_new_true ();
}

static DexFuture *
sign_in (gpointer data)
{
  PiaoStart *self = data;
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  if (self->window == NULL)
    return dex_future_new_true ();
  url = g_settings_get_string (settings_of (self), "server-url");
  if (!begin_work (self, url, &error))
    show_form (self, error->message);
  return dex_future_new_true ();
}

static void
on_sign_in (PiaoStart *self, const char *server, const char *name, const char *password)
{
  g_autofree char *before = g_settings_get_string (settings_of (self), "server-url");

  if (!g_str_equal (before, server))
    {
      g_settings_set_string (settings_of (self), "server-url", server);
      /* One replica, one writer: the desk of the other address goes before a new one opens it. */
      if (self->desk != NULL)
        piao_desk_close (self->desk);
      g_clear_object (&self->desk);
    }
  g_settings_set_string (settings_of (self), "user-name", name);
  g_set_str (&self->name, name);
  g_set_str (&self->password, password);
  show_progress (self, _ ("Signing in…"), -1);
  piao_future_disown (dex_scheduler_spawn (NULL, 0, sign_in, g_object_ref (self), g_object_unref),
                      "sign-in");
}

/* --- somebody else ---------------------------------------------------------------------------- */

static void
on_dialog_closed (PiaoStart *self, AdwDialog *dialog)
{
  if (ADW_DIALOG (self->dialog) == dialog)
    g_clear_object (&self->dialog);
}

static void
on_switch_user (GSimpleAction *action, GVariant *target, gpointer data)
{
  PiaoStart *self = data;
  g_autofree char *server = NULL;

  if (self->window == NULL || self->desk == NULL || self->dialog != NULL)
    return;
  server = g_settings_get_string (settings_of (self), "server-url");
  self->dialog = g_object_ref_sink (piao_start_dialog_new ());
  g_signal_connect_object (self->dialog, "sign-in", G_CALLBACK (on_sign_in), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->dialog, "closed", G_CALLBACK (on_dialog_closed), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (self->dialog), GTK_WIDGET (self->window));
  piao_start_dialog_show_switch (self->dialog, server);
}

/* --- practice menu --------------------------------------------------------------------------- */

static DexFuture *
cut_lines (gpointer data)
{
  gpointer *both = data;
  PiaoStart *self = both[0];
  guint lines = GPOINTER_TO_UINT (both[1]);
  g_autoptr (GError) error = NULL;

  dex_await (piao_practice_set_down (self->practice,
                                     (PIAO_PRACTICE_CENTRE | PIAO_PRACTICE_ILMS) & ~lines, FALSE),
             &error);
  if (error == NULL && lines != 0)
    dex_await (piao_practice_set_down (self->practice, lines, TRUE), &error);
  if (self->desk != NULL)
    piao_sync_nudge (piao_desk_get_sync (self->desk));
  return error != NULL ? dex_future_new_for_error (g_steal_pointer (&error))
                       : dex_future_new_true ();
}

static void
free_both (gpointer data)
{
  g_object_unref (((gpointer *)data)[0]);
  g_free (data);
}

static void
on_cut (GSimpleAction *action, GVariant *target, gpointer data)
{
  PiaoStart *self = data;
  const char *word = g_variant_get_string (target, NULL);
  guint lines = 0;
  gpointer *both = g_new (gpointer, 2);

  if (g_str_equal (word, "centre") || g_str_equal (word, "both"))
    lines |= PIAO_PRACTICE_CENTRE;
  if (g_str_equal (word, "ilms") || g_str_equal (word, "both"))
    lines |= PIAO_PRACTICE_ILMS;
  g_simple_action_set_state (action, target);
  both[0] = g_object_ref (self);
  both[1] = GUINT_TO_POINTER (lines);
  piao_future_disown (dex_scheduler_spawn (NULL, 0, cut_lines, both, free_both),
                      "practice: cutting a line");
}

/* --- the line, by hand (domain.md 4.12) ------------------------------------------------------- */

static void
on_sync_now (GSimpleAction *action, GVariant *target, gpointer data)
{
  PiaoStart *self = data;

  if (self->desk != NULL)
    piao_sync_nudge (piao_desk_get_sync (self->desk));
}

static void
on_keep_offline (GSimpleAction *action, GVariant *state, gpointer data)
{
  PiaoStart *self = data;

  g_simple_action_set_state (action, state);
  if (self->desk != NULL)
    piao_sync_set_held (piao_desk_get_sync (self->desk), g_variant_get_boolean (state));
}

static void
on_access (GSimpleAction *action, GVariant *target, gpointer data)
{
  PiaoStart *self = data;
  PiaoSession *session = self->window != NULL ? piao_window_get_session (self->window) : NULL;

  if (session != NULL && piao_session_get_replica (session) != NULL)
    adw_dialog_present (piao_access_dialog_new (session), GTK_WIDGET (self->window));
}

static void
on_place (PiaoStart *self)
{
  GAction *access = g_action_map_lookup_action (G_ACTION_MAP (self->window), "ilms-access");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (access),
                               piao_session_may (piao_window_get_session (self->window),
                                                 "ilms_keys.edit"));
}

static void
add_line_actions (PiaoStart *self)
{
  g_autoptr (GSimpleAction) access = g_simple_action_new ("ilms-access", NULL);
  g_autoptr (GSimpleAction) switch_user = g_simple_action_new ("switch-user", NULL);
  g_autoptr (GSimpleAction) now = g_simple_action_new ("sync-now", NULL);
  g_autoptr (GSimpleAction) keep
      = g_simple_action_new_stateful ("keep-offline", NULL, g_variant_new_boolean (FALSE));

  g_signal_connect_object (now, "activate", G_CALLBACK (on_sync_now), self, 0);
  g_signal_connect_object (keep, "change-state", G_CALLBACK (on_keep_offline), self, 0);
  g_signal_connect_object (access, "activate", G_CALLBACK (on_access), self, 0);
  g_signal_connect_object (piao_window_get_session (self->window), "notify::place",
                           G_CALLBACK (on_place), self, G_CONNECT_SWAPPED);
  g_simple_action_set_enabled (access, FALSE);
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (access));
  g_signal_connect_object (switch_user, "activate", G_CALLBACK (on_switch_user), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (switch_user));
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (now));
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (keep));
}

static void
on_codes (GSimpleAction *action, GVariant *target, gpointer data)
{
  PiaoStart *self = data;
  PiaoSession *session = self->window != NULL ? piao_window_get_session (self->window) : NULL;

  if (session != NULL && piao_session_get_replica (session) != NULL)
    adw_dialog_present (piao_codes_dialog_new (session), GTK_WIDGET (self->window));
}

/* --- object ---------------------------------------------------------------------------------- */

void
piao_start_close (PiaoStart *self)
{
  g_return_if_fail (PIAO_IS_START (self));
  if (self->desk != NULL)
    piao_desk_close (self->desk);
  if (self->practice != NULL)
    piao_practice_stop (self->practice);
  self->window = NULL;
  end_waiting (self);
}

static void
piao_start_finalize (GObject *object)
{
  PiaoStart *self = PIAO_START (object);

  dex_clear (&self->enough);
  g_clear_object (&self->dialog);
  g_clear_object (&self->desk);
  g_clear_object (&self->practice);
  g_free (self->folder);
  g_free (self->name);
  g_free (self->password);
  G_OBJECT_CLASS (piao_start_parent_class)->finalize (object);
}

static void
piao_start_class_init (PiaoStartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_start_finalize;
}

static void
piao_start_init (PiaoStart *self)
{
}

static void
begin_practice (PiaoStart *self, const char *folder, gboolean reset)
{
  g_autoptr (GSimpleAction) codes = g_simple_action_new ("practice-codes", NULL);
  g_autoptr (GSimpleAction) cut
      = g_simple_action_new_stateful ("practice-cut", G_VARIANT_TYPE_STRING,
                                      g_variant_new_string ("none"));

  self->practice = piao_practice_new (folder, reset);
  self->folder = g_path_get_dirname (piao_practice_get_replica_path (self->practice));
  self->name = g_strdup (PIAO_PRACTICE_USER);
  self->password = g_strdup (PIAO_PRACTICE_PASSWORD);
  g_signal_connect_object (self->practice, "progress", G_CALLBACK (on_practice_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cut, "activate", G_CALLBACK (on_cut), self, 0);
  g_signal_connect_object (codes, "activate", G_CALLBACK (on_codes), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (cut));
  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (codes));
  piao_future_disown (dex_scheduler_spawn (NULL, 0, practise, g_object_ref (self), g_object_unref),
                      "practice");
}

PiaoStart *
piao_start_new (PiaoWindow *window, const char *folder, gboolean reset)
{
  PiaoStart *self = g_object_new (PIAO_TYPE_START, NULL);

  self->window = window;
  add_line_actions (self);
  self->dialog = g_object_ref_sink (piao_start_dialog_new ());
  g_signal_connect_object (self->dialog, "sign-in", G_CALLBACK (on_sign_in), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->dialog, "begin", G_CALLBACK (end_waiting), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (self->dialog), GTK_WIDGET (window));
  if (piao_session_is_practice (piao_window_get_session (window)))
    begin_practice (self, folder, reset);
  else
    {
      self->folder = folder != NULL ? g_strdup (folder)
                                    : g_build_filename (g_get_user_data_dir (), "piaoku", NULL);
      show_form (self, NULL);
    }
  return self;
}
