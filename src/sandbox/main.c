/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <locale.h>

#include "base/piao-error.h"
#include "base/piao-i18n.h"
#include "base/piao-json.h"
#include "ilms/piao-envelope.h"
#include "sandbox/piao-sandbox.h"

#define MAX_SEED_FILE (64 * 1024 * 1024)

typedef struct
{
  char *database;
  char *profile;
  char *app_id;
  char *app_secret;
  char *sign_secret;
  char *seed_file;
  char *faults;
  char *odds;
  char *tls_cert;
  char *tls_key;
  int port;
  int control_port;
  int seed;
  gboolean no_idempotency;
  gboolean strict_packs;
} Flags;

static gboolean
parse_flags (Flags *flags, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[]
      = { { "port", 0, 0, G_OPTION_ARG_INT, &flags->port, N_ ("Gateway port, 0 picks one"), "N" },
          { "control-port", 0, 0, G_OPTION_ARG_INT, &flags->control_port,
            N_ ("Control port, 0 picks one"), "N" },
          { "database", 0, 0, G_OPTION_ARG_FILENAME, &flags->database,
            N_ ("SQLite file of the books (default: none is kept)"), "FILE" },
          { "profile", 0, 0, G_OPTION_ARG_STRING, &flags->profile, N_ ("Gateway profile"), "NAME" },
          { "app-id", 0, 0, G_OPTION_ARG_STRING, &flags->app_id, "APPID", "TEXT" },
          { "app-secret", 0, 0, G_OPTION_ARG_STRING, &flags->app_secret, "APP_SECRET", "TEXT" },
          { "sign-secret", 0, 0, G_OPTION_ARG_STRING, &flags->sign_secret, "SIGN_SECRET", "TEXT" },
          { "seed", 0, 0, G_OPTION_ARG_INT, &flags->seed, N_ ("Seed of the faults"), "N" },
          { "seed-file", 0, 0, G_OPTION_ARG_FILENAME, &flags->seed_file,
            N_ ("JSON file with outlets, games, stock and packs"), "FILE" },
          { "faults", 0, 0, G_OPTION_ARG_STRING, &flags->faults, N_ ("Script of faults"), "LIST" },
          { "odds", 0, 0, G_OPTION_ARG_STRING, &flags->odds, N_ ("Faults by probability"), "LIST" },
          { "no-idempotency", 0, 0, G_OPTION_ARG_NONE, &flags->no_idempotency,
            N_ ("Carry a repeated request number out again"), NULL },
          { "strict-packs", 0, 0, G_OPTION_ARG_NONE, &flags->strict_packs,
            N_ ("Refuse packs that were never seeded"), NULL },
          { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &flags->tls_cert, N_ ("Certificate for TLS"),
            "FILE" },
          { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &flags->tls_key, N_ ("Its private key"),
            "FILE" },
          G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context
      = g_option_context_new (_ ("– a stand-in for the ILMS gateway on loopback"));

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (flags->port < 0 || flags->port > G_MAXUINT16 || flags->control_port < 0
      || flags->control_port > G_MAXUINT16)
    return piao_error_set (error, PIAO_ERROR_INVALID, "sandbox.port",
                           _ ("A port is a number from 0 to 65535."));
  return TRUE;
}

static void
flags_clear (Flags *flags)
{
  g_free (flags->database);
  g_free (flags->profile);
  g_free (flags->app_id);
  g_free (flags->app_secret);
  g_free (flags->sign_secret);
  g_free (flags->seed_file);
  g_free (flags->faults);
  g_free (flags->odds);
  g_free (flags->tls_cert);
  g_free (flags->tls_key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static PiaoSandbox *
make (const Flags *flags, PiaoClock *clock, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  PiaoSandboxOptions options = {
    .database = flags->database != NULL ? flags->database : ":memory:",
    .profile = flags->profile != NULL ? flags->profile : "tcop-hmacsha1-des",
    .app_id = flags->app_id != NULL ? flags->app_id : "piaoku-sandbox",
    .app_secret = flags->app_secret != NULL ? flags->app_secret : "sandbox-app-secret",
    .sign_secret = flags->sign_secret != NULL ? flags->sign_secret : "sandbox-sign-secret",
    .port = (guint16)flags->port,
    .control_port = (guint16)flags->control_port,
    .seed = (guint32)flags->seed,
    .no_idempotency = flags->no_idempotency,
    .strict_packs = flags->strict_packs,
    .clock = clock,
  };

  if (flags->tls_cert != NULL)
    {
      certificate = g_tls_certificate_new_from_files (
          flags->tls_cert, flags->tls_key != NULL ? flags->tls_key : flags->tls_cert, error);
      if (certificate == NULL)
        return NULL;
      options.certificate = certificate;
    }
  return piao_sandbox_new (&options, error);
}

static gboolean
prepare (PiaoSandbox *sandbox, const Flags *flags, GError **error)
{
  g_autoptr (JsonObject) faults
      = piao_json_build ("script", 's', flags->faults, "odds", 's', flags->odds, NULL);
  g_autoptr (JsonObject) seed = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!piao_sandbox_set_faults (sandbox, faults, error))
    return FALSE;
  if (flags->seed_file == NULL)
    return TRUE;
  if (!g_file_get_contents (flags->seed_file, &text, &length, error))
    return FALSE;
  seed = piao_json_parse_object (text, (gssize)length, MAX_SEED_FILE, flags->seed_file, error);
  return seed != NULL && piao_sandbox_seed (sandbox, seed, error);
}

static gboolean
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static int
serve (const Flags *flags, GError **error)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  g_autoptr (PiaoSandbox) sandbox = make (flags, clock, error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  if (sandbox == NULL || !prepare (sandbox, flags, error))
    return 1;
  g_unix_signal_add (SIGTERM, quit, loop);
  g_unix_signal_add (SIGINT, quit, loop);
  g_print ("{\"port\":%u,\"control\":%u}\n", piao_sandbox_get_port (sandbox),
           piao_sandbox_get_control_port (sandbox));
  g_main_loop_run (loop);
  return 0;
}

int
main (int argc, char *argv[])
{
  g_auto (Flags) flags = { 0 };
  g_autoptr (GError) error = NULL;
  int status = 1;

  setlocale (LC_ALL, "");
  piao_i18n_bind ();
  if (parse_flags (&flags, &argc, &argv, &error) && piao_envelope_self_test (&error))
    status = serve (&flags, &error);
  if (error != NULL)
    g_printerr ("piaoku-ilms-sandbox: %s\n", error->message);
  return status;
}
