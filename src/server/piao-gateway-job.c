/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#include "base/piao-error.h"
#include "ilms/piao-gateway-client.h"
#include "server/piao-gateway-job.h"
#include "server/piao-gateway-lease.h"

struct _PiaoGatewayJob
{
  GObject parent_instance;

  PiaoServer *server; /* borrowed: it outlives its jobs */
  char *url;
  PiaoGatewayProfile *profile;  /* owned */
  PiaoCredentials *credentials; /* owned */
  PiaoGatewayLease *lease;      /* owned */

  PiaoGatewayWorker *worker; /* owned; only while the lease is ours */
  gint64 term;               /* of the lease, when it was started */
  gint64 epoch_at;           /* of the database then */
  gint64 resumed;            /* what a person had said until now */
};

G_DEFINE_FINAL_TYPE (PiaoGatewayJob, piao_gateway_job, G_TYPE_OBJECT)

/* --- what the worker runs on ----------------------------------------------------------------- */

static DexFuture *
run (const char *command, JsonObject *args, gpointer data)
{
  PiaoGatewayJob *self = data;

  return piao_executor_run_guarded (piao_server_get_executor (self->server), command, args,
                                    piao_gateway_lease_check, g_object_ref (self->lease),
                                    g_object_unref);
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

static gint64
get_steady (gpointer data)
{
  return g_get_monotonic_time () / 1000;
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

/* --- at work --------------------------------------------------------------------------------- */

static void
on_line_changed (PiaoGatewayJob *self)
{
  const char *attention = piao_gateway_worker_get_attention (self->worker);
  const char *line = piao_gateway_line_state_to_text (piao_gateway_worker_get_line (self->worker));
  gint64 since = piao_gateway_worker_get_since (self->worker);

  piao_gateway_lease_set_line (self->lease, line, since, attention);
  piao_server_set_ilms (self->server, line, since);
  if (attention != NULL)
    g_warning ("ILMS: %s", attention);
}

/* What a call must show when its first byte leaves. */
typedef struct
{
  PiaoGatewayLease *lease; /* owned */
  gint64 term;
} Pass;

static void
pass_free (gpointer data)
{
  Pass *pass = data;

  g_object_unref (pass->lease);
  g_free (pass);
}

static gboolean
may_leave (gpointer data)
{
  const Pass *pass = data;

  return piao_gateway_lease_get_term (pass->lease) == pass->term
         && piao_gateway_lease_is_held (pass->lease);
}

static PiaoGatewayClient *
make_client (PiaoGatewayJob *self, GError **error)
{
  return piao_gateway_client_new (self->profile, self->url, self->credentials, NULL,
                                  piao_server_get_clock (self->server), piao_random_system (),
                                  error);
}

static void
stop_work (PiaoGatewayJob *self)
{
  if (self->worker == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->worker, self);
  piao_gateway_worker_close (self->worker);
  g_clear_object (&self->worker);
}

static void
start_work (PiaoGatewayJob *self)
{
  PiaoGatewayBackend backend = { run, query, self, NULL, get_steady };
  PiaoClock *clock = piao_server_get_clock (self->server);
  PiaoGatewayRules rules = piao_gateway_rules_for (self->profile);
  g_autoptr (PiaoGatewayClient) client = make_client (self, NULL);
  Pass *pass = g_new0 (Pass, 1);

  self->term = piao_gateway_lease_get_term (self->lease);
  self->epoch_at = piao_gateway_lease_get_epoch_at (self->lease);
  rules.ask_first_before = self->epoch_at;
  if (piao_gateway_lease_is_inherited (self->lease))
    rules.not_found_from = piao_gateway_rules_get_settled (&rules, piao_clock_now (clock));
  pass->lease = g_object_ref (self->lease);
  pass->term = self->term;
  piao_gateway_client_set_gate (client, may_leave, pass, pass_free);
  self->worker
      = piao_gateway_worker_new ("server", client, &rules, &backend, clock, piao_random_system ());
  g_signal_connect_object (self->worker, "changed", G_CALLBACK (on_line_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (piao_server_get_executor (self->server), "committed",
                           G_CALLBACK (piao_gateway_worker_nudge), self->worker, G_CONNECT_SWAPPED);
  piao_gateway_worker_start (self->worker);
  on_line_changed (self);
}

/* What the server that has the lease says. */
static void
pass_on_line (PiaoGatewayJob *self)
{
  gint64 since;
  const char *line = piao_gateway_lease_get_line (self->lease, &since);

  piao_server_set_ilms (self->server, line, since);
}

static void
on_lease_changed (PiaoGatewayJob *self)
{
  gint64 resumed = piao_gateway_lease_get_resumed (self->lease);

  if (piao_gateway_lease_get_term (self->lease) != self->term
      || piao_gateway_lease_get_epoch_at (self->lease) != self->epoch_at)
    stop_work (self);
  self->term = piao_gateway_lease_get_term (self->lease);
  if (self->worker == NULL && self->term != 0)
    start_work (self);
  else if (self->worker != NULL && resumed != self->resumed)
    piao_gateway_worker_resume (self->worker);
  self->resumed = resumed;
  if (self->worker == NULL)
    pass_on_line (self);
}

/* --- job ------------------------------------------------------------------------------------- */

void
piao_gateway_job_close (PiaoGatewayJob *self)
{
  g_return_if_fail (PIAO_IS_GATEWAY_JOB (self));
  stop_work (self);
  if (self->lease != NULL)
    piao_gateway_lease_close (self->lease);
}

static void
piao_gateway_job_dispose (GObject *object)
{
  PiaoGatewayJob *self = PIAO_GATEWAY_JOB (object);

  piao_gateway_job_close (self);
  g_clear_object (&self->lease);
  g_clear_pointer (&self->profile, piao_gateway_profile_unref);
  g_clear_pointer (&self->credentials, piao_credentials_free);
  g_clear_pointer (&self->url, g_free);
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
                      gint64 lease_ms,
                      GError **error)
{
  g_autoptr (PiaoGatewayJob) self = g_object_new (PIAO_TYPE_GATEWAY_JOB, NULL);
  g_autoptr (PiaoGatewayClient) client = NULL;

  self->server = server;
  self->url = g_strdup (url);
  self->profile = piao_gateway_profile_load (profile, error);
  if (self->profile == NULL || (credentials == NULL && !check_sandbox (url, error)))
    return NULL;
  self->credentials = load_credentials (credentials, error);
  if (self->credentials == NULL)
    return NULL;
  client = make_client (self, error);
  if (client == NULL)
    return NULL;
  self->lease = piao_gateway_lease_new (server, lease_ms);
  g_signal_connect_object (self->lease, "changed", G_CALLBACK (on_lease_changed), self,
                           G_CONNECT_SWAPPED);
  piao_gateway_lease_start (self->lease);
  return g_steal_pointer (&self);
}
