/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <libdex.h>
#include <locale.h>

#include "base/piao-error.h"
#include "base/piao-i18n.h"
#include "domain/piao-domain.h"
#include "server/piao-gateway-job.h"
#include "server/piao-server.h"

typedef struct
{
  char *database;
  char *listen;
  int port;
  int batch;         /* commands in a commit */
  int patience;      /* s */
  char *metrics;     /* file with a token; NULL: none */
  int per_address;   /* connections; 0: as the door thinks */
  char *gateway;     /* NULL: no gateway */
  char *profile;     /* NULL: the default */
  char *credentials; /* NULL: the sandbox's */
  int lease;         /* seconds */
} Flags;

static gboolean
parse_flags (Flags *flags, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "database", 0, 0, G_OPTION_ARG_STRING, &flags->database,
      N_ ("SQLite file or postgresql://… address"), "PLACE" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &flags->listen,
      N_ ("Address to listen on (default 127.0.0.1)"), "ADDRESS" },
    { "port", 0, 0, G_OPTION_ARG_INT, &flags->port, N_ ("Port, 0 picks one"), "N" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &flags->batch,
      N_ ("Commands that wait together are committed together, at most N (default 256)"), "N" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &flags->patience,
      N_ ("The head of a request must arrive within S seconds (default 10)"), "S" },
    { "per-address", 0, 0, G_OPTION_ARG_INT, &flags->per_address,
      N_ ("At most N connections from one address (default 256, and any number from this "
          "machine, where the proxy is)"),
      "N" },
    { "metrics-token", 0, 0, G_OPTION_ARG_FILENAME, &flags->metrics,
      N_ ("File with the token for /v1/metrics; without it only this machine may ask"), "FILE" },
    { "gateway", 0, 0, G_OPTION_ARG_STRING, &flags->gateway,
      N_ ("Address of the ILMS gateway; without it nothing is asked there"), "URL" },
    { "gateway-profile", 0, 0, G_OPTION_ARG_STRING, &flags->profile,
      N_ ("Shape of its messages (default tcop-hmacsha1-des)"), "NAME" },
    { "gateway-credentials", 0, 0, G_OPTION_ARG_FILENAME, &flags->credentials,
      N_ ("Key file with app-id, app-secret and sign-secret under [gateway]"), "FILE" },
    { "gateway-lease", 0, 0, G_OPTION_ARG_INT, &flags->lease,
      N_ ("After so long without a sign of life another server speaks to ILMS (default 15)"),
      "SECONDS" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("– the centre of Piaoku"));

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (flags->port < 0 || flags->port > G_MAXUINT16)
    return piao_error_set (error, PIAO_ERROR_INVALID, "server.port",
                           _ ("A port is a number from 0 to 65535."));
  if (flags->lease < 1 || flags->lease > 600)
    return piao_error_set (error, PIAO_ERROR_INVALID, "server.lease",
                           _ ("The lease of the gateway lasts 1 to 600 seconds."));
  if (flags->batch < 1 || flags->batch > PIAO_EXECUTOR_BATCH)
    return piao_error_set (error, PIAO_ERROR_INVALID, "server.batch",
                           _ ("From 1 to %d commands are committed together."),
                           PIAO_EXECUTOR_BATCH);
  if (flags->patience < 1 || flags->patience > 600 || flags->per_address < 0)
    return piao_error_set (error, PIAO_ERROR_INVALID, "server.patience",
                           _ ("Patience is from 1 to 600 seconds, connections are 1 or more."));
  if (flags->database == NULL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "server.database",
                           _ ("Say with --database where the data is."));
  return TRUE;
}

static gboolean
stop (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
serve (Flags *flags, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  g_autoptr (PiaoServer) server = piao_server_new (flags->database, registry, clock, error);
  g_autoptr (PiaoGatewayJob) job = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint port;

  if (server == NULL)
    return FALSE;
  piao_executor_set_batch (piao_server_get_executor (server), (guint)flags->batch);
  piao_door_set_limits (piao_server_get_door (server), (guint)flags->patience,
                        (guint)flags->per_address);
  if (flags->metrics != NULL && !piao_server_set_metrics_token (server, flags->metrics, error))
    return FALSE;
  port = piao_server_listen (server, flags->listen != NULL ? flags->listen : "127.0.0.1",
                             (guint)flags->port, error);
  if (port == 0)
    return FALSE;
  if (flags->gateway != NULL)
    {
      job = piao_gateway_job_new (server, flags->gateway,
                                  flags->profile != NULL ? flags->profile : "tcop-hmacsha1-des",
                                  flags->credentials, flags->lease * PIAO_SECOND, error);
      if (job == NULL)
        return FALSE;
    }
  g_unix_signal_add (SIGTERM, stop, loop);
  g_unix_signal_add (SIGINT, stop, loop);
  g_print ("{\"port\":%u}\n", port);
  g_main_loop_run (loop);
  if (job != NULL)
    piao_gateway_job_close (job);
  piao_server_close (server);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  Flags flags = { .batch = PIAO_EXECUTOR_BATCH, .patience = PIAO_DOOR_PATIENCE_S, .lease = 15 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  setlocale (LC_ALL, "");
  piao_i18n_bind_many ();
  dex_init ();
  done = parse_flags (&flags, &argc, &argv, &error) && serve (&flags, &error);
  if (!done)
    g_printerr ("piaoku-server: %s\n", error->message);
  g_free (flags.database);
  g_free (flags.listen);
  g_free (flags.gateway);
  g_free (flags.profile);
  g_free (flags.credentials);
  g_free (flags.metrics);
  return done ? 0 : 1;
}
