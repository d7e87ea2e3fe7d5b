/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#include "base/piao-error.h"
#include "ilms/piao-gateway-client.h"
#include "server/piao-gateway-job.h"

struct _PiaoGatewayJob
{
  GObject parent_instance;

  PiaoServer *server;        /* borrowed: it outlives its jobs */
  PiaoGatewayWorker *worker; /* owned */
};

G_DEFINE_FINAL_TYPE (PiaoGatewayJob, piao_gateway_job, G_TYPE_OBJECT)

/* --- what the worker runs on ----------------------------------------------------------------- */

static DexFuture *
run (const char *command, JsonObject *args, gpointer data)
{
  PiaoGatewayJob *self = data;

  return piao_executor_run (piao_server_get_executor (self->server), command, args);
}

typedef struct
{
  PiaoReplicaFunc func;
  gpointer data;
  GDestroyNotify destroy;
  DexFuture *answer; /* owned; what func returned */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  if (reading->destroy != NULL)
    reading->destroy (reading->data);
  dex_clear (&reading->answer);
  g_free (reading);
}

static gboolean
read_on_thread (PiaoDb *db, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->answer = reading->func (db, reading->data);
  return TRUE;
}

static DexFuture *
take_answer (DexFuture *future, gpointer data)
{
  return dex_ref (((Reading *)data)->answer);
}

static DexFuture *
query (PiaoReplicaFunc func, gpointer func_data, GDestroyNotify destroy, gpointer data)
{
  PiaoGatewayJob *self = data;
  Reading *reading = g_new0 (Reading, 1);

  reading->func = func;
  reading->data = func_data;
  reading->destroy = destroy;
  return dex_future_then (piao_readers_run (piao_server_get_readers (self->server), read_on_thread,
                                            reading),
                          take_answer, reading, reading_free);
}

/* --- who we are ------------------------------------------------------------------------------ */

/* Secrets that others may read are no secrets. A file that a service manager hands over belongs to
 * root and lets the server in through its group bits. */
static gboolean
check_mode (const char *path, GError **error)
{
  struct stat status;

  if (stat (path, &status) == 0
      && (status.st_mode & (S_IRWXO | S_IWGRP | S_IXGRP | (status.st_uid != 0 ? S_IRGRP : 0))) == 0)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.credentials",
                         _ ("The credentials of the gateway in “%s” must exist and be readable by "
                            "the server alone (chmod 600)."),
                         path);
}

/* The sandbox's identity is no secret: it goes to this machine only. */
static gboolean
check_sandbox (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (address != NULL && g_inet_address_get_is_loopback (address))
    return TRUE;
  return piao_error_set (
      error, PIAO_ERROR_INVALID, "gateway.credentials",
      _ ("Say with --gateway-credentials who we are at “%.100s”. Without it only "
         "a sandbox on this machine is asked."),
      url);
}

static PiaoCredentials *
load_credentials (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *app_id = NULL;
  g_autofree char *app_secret = NULL;
  g_autofree char *sign_secret = NULL;

  if (path == NULL)
    return piao_credentials_new ("piaoku-sandbox", "sandbox-app-secret", "sandbox-sign-secret",
                                 error);
  if (!check_mode (path, error) || !g_key_file_load_from_file (file, path, 0, error))
    return NULL;
  app_id = g_key_file_get_string (file, "gateway", "app-id", NULL);
  app_secret = g_key_file_get_string (file, "gateway", "app-secret", NULL);
  sign_secret = g_key_file_get_string (file, "gateway", "sign-secret", NULL);
  return piao_credentials_new (app_id, app_secret, sign_secret, error);
}

/* --- job ------------------------------------------------------------------------------------- */

static void
on_line_changed (PiaoGatewayJob *self)
{
  const char *attention = piao_gateway_worker_get_attention (self->worker);

  piao_server_set_ilms (
      self->server, piao_gateway_line_state_to_text (piao_gateway_worker_get_line (self->worker)),
      piao_gateway_worker_get_since (self->worker));
  if (attention != NULL)
    g_warning ("ILMS: %s", attention);
}

void
piao_gateway_job_close (PiaoGatewayJob *self)
{
  g_return_if_fail (PIAO_IS_GATEWAY_JOB (self));
  if (self->worker != NULL)
    piao_gateway_worker_close (self->worker);
}

static void
piao_gateway_job_dispose (GObject *object)
{
  PiaoGatewayJob *self = PIAO_GATEWAY_JOB (object);

  piao_gateway_job_close (self);
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (piao_gateway_job_parent_class)->dispose (object);
}

static void
piao_gateway_job_class_init (PiaoGatewayJobClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = piao_gateway_job_dispose;
}

static void
piao_gateway_job_init (PiaoGatewayJob *self)
{
}

PiaoGatewayJob *
piao_gateway_job_new (PiaoServer *server,
                      const char *url,
                      const char *profile,
                      const char *credentials,
                      GError **error)
{
  g_autoptr (PiaoGatewayJob) self = g_object_new (PIAO_TYPE_GATEWAY_JOB, NULL);
  g_autoptr (PiaoGatewayProfile) shape = piao_gateway_profile_load (profile, error);
  g_autoptr (PiaoCredentials) identity = NULL;
  g_autoptr (PiaoGatewayClient) client = NULL;
  PiaoGatewayBackend backend = { run, query, self };
  PiaoClock *clock = piao_server_get_clock (server);
  PiaoGatewayRules rules;

  if (shape == NULL || (credentials == NULL && !check_sandbox (url, error)))
    return NULL;
  identity = load_credentials (credentials, error);
  if (identity == NULL)
    return NULL;
  client
      = piao_gateway_client_new (shape, url, identity, NULL, clock, piao_random_system (), error);
  if (client == NULL)
    return NULL;
  self->server = server;
  rules = piao_gateway_rules_for (shape);
  self->worker
      = piao_gateway_worker_new ("server", client, &rules, &backend, clock, piao_random_system ());
  g_signal_connect_object (self->worker, "changed", G_CALLBACK (on_line_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (piao_server_get_executor (server), "committed",
                           G_CALLBACK (piao_gateway_worker_nudge), self->worker, G_CONNECT_SWAPPED);
  piao_gateway_worker_start (self->worker);
  on_line_changed (self);
  return g_steal_pointer (&self);
}
