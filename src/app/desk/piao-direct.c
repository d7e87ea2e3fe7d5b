/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/desk/piao-direct.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "ilms/piao-credentials-store.h"
#include "ilms/piao-gateway-worker.h"

struct _PiaoDirect
{
  GObject parent_instance;

  PiaoSession *session;      /* owned */
  PiaoReplica *replica;      /* owned */
  PiaoGatewayWorker *worker; /* owned; NULL while address or credentials are missing */
  char *problem;             /* why there is no worker; NULL with one */
  gint64 since;              /* of that */
  guint generation;          /* of the look-up under way; an older one is dropped */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (PiaoDirect, piao_direct, G_TYPE_OBJECT)

static guint changed_signal;

/* --- what the worker runs on ----------------------------------------------------------------- */

static DexFuture *
run (const char *command, JsonObject *args, gpointer data)
{
  return piao_replica_run (((PiaoDirect *)data)->replica, command, args);
}

static DexFuture *
read_rows (PiaoReplicaFunc func, gpointer func_data, GDestroyNotify destroy, gpointer data)
{
  return piao_replica_read (((PiaoDirect *)data)->replica, func, func_data, destroy);
}

/* --- the worker ------------------------------------------------------------------------------ */

static char *
scope_of (gint64 warehouse)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, warehouse);
}

static PiaoGatewayClient *
make_client (PiaoSession *session,
             const char *url,
             const char *profile_name,
             const PiaoCredentials *credentials,
             PiaoGatewayRules *rules,
             GError **error)
{
  g_autoptr (PiaoGatewayProfile) profile = piao_gateway_profile_load (profile_name, error);

  if (profile == NULL)
    return NULL;
  if (rules != NULL)
    *rules = piao_gateway_rules_for (profile);
  return piao_gateway_client_new (profile, url, credentials, NULL, piao_session_get_clock (session),
                                  piao_random_system (), error);
}

static void
end_worker (PiaoDirect *self)
{
  if (self->worker == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->worker, self);
  piao_gateway_worker_close (self->worker);
  g_clear_object (&self->worker);
}

static void
set_problem (PiaoDirect *self, const char *problem)
{
  if (g_set_str (&self->problem, problem))
    self->since = piao_session_now (self->session);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_worker_changed (PiaoDirect *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static gint64
get_steady (gpointer data)
{
  return g_get_monotonic_time () / 1000;
}

static gboolean
begin_worker (PiaoDirect *self, const PiaoCredentials *credentials, GError **error)
{
  GSettings *settings = piao_session_get_settings (self->session);
  g_autofree char *url = g_settings_get_string (settings, "gateway-url");
  g_autofree char *profile = g_settings_get_string (settings, "gateway-profile");
  g_autofree char *executor
      = g_strdup_printf ("device:%u", piao_replica_get_device (self->replica));
  const PiaoGatewayBackend backend = { run, read_rows, self, NULL, get_steady };
  g_autoptr (PiaoGatewayClient) client = NULL;
  PiaoGatewayRules rules;

  client = make_client (self->session, url, profile, credentials, &rules, error);
  if (client == NULL)
    return FALSE;
  self->worker
      = piao_gateway_worker_new (executor, client, &rules, &backend,
                                 piao_session_get_clock (self->session), piao_random_system ());
  g_signal_connect_swapped (self->worker, "changed", G_CALLBACK (on_worker_changed), self);
  piao_gateway_worker_start (self->worker);
  return TRUE;
}

static DexFuture *
look_up (gpointer data)
{
  PiaoDirect *self = data;
  guint generation = self->generation;
  g_autofree char *scope = scope_of (piao_session_get_warehouse (self->session));
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCredentials) credentials
      = dex_await_boxed (piao_credentials_lookup (scope), &error);

  if (self->closed || generation != self->generation)
    return dex_future_new_true ();
  if (credentials != NULL && begin_worker (self, credentials, &error))
    set_problem (self, NULL);
  else if (g_error_matches (error, PIAO_ERROR, PIAO_ERROR_NOT_FOUND))
    set_problem (self, _ ("This warehouse speaks to ILMS itself, but nobody has entered its "
                          "access on this computer. An administrator does that under ILMS "
                          "Access in the menu."));
  else
    set_problem (self, error->message);
  return dex_future_new_true ();
}

/* The place, the address or the credentials are others. */
static void
reload (PiaoDirect *self)
{
  self->generation++;
  end_worker (self);
  if (self->closed || !piao_direct_is_route (self))
    set_problem (self, NULL);
  else
    piao_future_disown (dex_scheduler_spawn (NULL, 0, look_up, g_object_ref (self), g_object_unref),
                        _ ("The access to ILMS"));
}

static void
on_replica_changed (PiaoDirect *self)
{
  if (self->worker != NULL)
    piao_gateway_worker_nudge (self->worker);
}

gboolean
piao_direct_is_route (PiaoDirect *self)
{
  const PiaoPlace *place = piao_session_get_place (self->session);

  return place != NULL && place->direct;
}

PiaoLinkState
piao_direct_get_link (PiaoDirect *self)
{
  static const PiaoLinkState states[] = {
    [PIAO_GATEWAY_LINE_ONLINE] = PIAO_LINK_ONLINE,
    [PIAO_GATEWAY_LINE_DEGRADED] = PIAO_LINK_DEGRADED,
    [PIAO_GATEWAY_LINE_OFFLINE] = PIAO_LINK_OFFLINE,
  };

  if (self->worker == NULL)
    return self->problem != NULL ? PIAO_LINK_OFFLINE : PIAO_LINK_UNKNOWN;
  return states[piao_gateway_worker_get_line (self->worker)];
}

gint64
piao_direct_get_since (PiaoDirect *self)
{
  return self->worker != NULL ? piao_gateway_worker_get_since (self->worker) : self->since;
}

const char *
piao_direct_get_problem (PiaoDirect *self)
{
  return self->worker != NULL ? piao_gateway_worker_get_attention (self->worker) : self->problem;
}

void
piao_direct_resume (PiaoDirect *self)
{
  g_return_if_fail (PIAO_IS_DIRECT (self));
  if (self->worker != NULL)
    piao_gateway_worker_resume (self->worker);
}

/* --- access ---------------------------------------------------------------------------------- */

typedef struct
{
  PiaoSession *session;
  gint64 warehouse;
  char *url, *profile;
  PiaoCredentials *credentials; /* NULL: to be forgotten */
} Access;

static void
access_free (gpointer data)
{
  Access *access = data;

  g_object_unref (access->session);
  g_free (access->url);
  g_free (access->profile);
  g_clear_pointer (&access->credentials, piao_credentials_free);
  g_free (access);
}

static Access *
access_new (PiaoSession *session,
            gint64 warehouse,
            const char *url,
            const char *profile,
            const PiaoCredentials *credentials)
{
  Access *access = g_new0 (Access, 1);

  access->session = g_object_ref (session);
  access->warehouse = warehouse;
  access->url = g_strdup (url);
  access->profile = g_strdup (profile);
  access->credentials = credentials != NULL ? piao_credentials_copy (credentials) : NULL;
  return access;
}

static gboolean
check_permission (PiaoSession *session, GError **error)
{
  if (piao_session_may (session, "ilms_keys.edit"))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "gateway.access",
                         _ ("Only an administrator may enter or forget the access to ILMS."));
}

/* What a desk listens to; changed after the keyring, so that it finds what belongs to it. */
static void
note_access (PiaoSession *session)
{
  GSettings *settings = piao_session_get_settings (session);

  g_settings_set_uint (settings, "gateway-access",
                       g_settings_get_uint (settings, "gateway-access") + 1);
}

static DexFuture *
store_access (gpointer data)
{
  Access *access = data;
  GSettings *settings = piao_session_get_settings (access->session);
  g_autofree char *scope = scope_of (access->warehouse);
  g_autoptr (PiaoGatewayClient) client = NULL;
  GError *error = NULL;

  if (!check_permission (access->session, &error))
    return dex_future_new_for_error (error);
  client = make_client (access->session, access->url, access->profile, access->credentials, NULL,
                        &error);
  if (client == NULL || !dex_await (piao_credentials_store (scope, access->credentials), &error))
    return dex_future_new_for_error (error);
  g_settings_set_string (settings, "gateway-url", access->url);
  g_settings_set_string (settings, "gateway-profile", access->profile);
  note_access (access->session);
  return dex_future_new_true ();
}

DexFuture *
piao_direct_store_access (PiaoSession *session,
                          gint64 warehouse,
                          const char *url,
                          const char *profile,
                          const PiaoCredentials *credentials)
{
  return dex_scheduler_spawn (NULL, 0, store_access,
                              access_new (session, warehouse, url, profile, credentials),
                              access_free);
}

static DexFuture *
forget_access (gpointer data)
{
  Access *access = data;
  g_autofree char *scope = scope_of (access->warehouse);
  GError *error = NULL;
  gboolean had;

  if (!check_permission (access->session, &error))
    return dex_future_new_for_error (error);
  had = dex_await_boolean (piao_credentials_clear (scope), &error);
  if (error != NULL)
    return dex_future_new_for_error (error);
  note_access (access->session);
  return dex_future_new_for_boolean (had);
}

DexFuture *
piao_direct_forget_access (PiaoSession *session, gint64 warehouse)
{
  return dex_scheduler_spawn (NULL, 0, forget_access,
                              access_new (session, warehouse, NULL, NULL, NULL), access_free);
}

static DexFuture *
test_access (gpointer data)
{
  Access *access = data;
  g_autoptr (PiaoGatewayClient) client = NULL;
  g_autoptr (PiaoGatewayReply) reply = NULL;
  GError *error = NULL;

  client = make_client (access->session, access->url, access->profile, access->credentials, NULL,
                        &error);
  if (client != NULL)
    reply = dex_await_boxed (piao_gateway_client_call (client, "gw.ping", NULL, NULL), &error);
  if (reply == NULL)
    return dex_future_new_for_error (error);
  if (reply->kind == PIAO_GATEWAY_OK)
    return dex_future_new_true ();
  return piao_future_new_error (PIAO_ERROR_UNAVAILABLE, "gateway.test", "%s", reply->sentence);
}

DexFuture *
piao_direct_test_access (PiaoSession *session,
                         const char *url,
                         const char *profile,
                         const PiaoCredentials *credentials)
{
  return dex_scheduler_spawn (NULL, 0, test_access,
                              access_new (session, 0, url, profile, credentials), access_free);
}

/* --- object ---------------------------------------------------------------------------------- */

void
piao_direct_close (PiaoDirect *self)
{
  g_return_if_fail (PIAO_IS_DIRECT (self));
  self->closed = TRUE;
  self->generation++;
  end_worker (self);
}

static void
piao_direct_dispose (GObject *object)
{
  PiaoDirect *self = PIAO_DIRECT (object);

  piao_direct_close (self);
  g_clear_object (&self->replica);
  g_clear_object (&self->session);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (piao_direct_parent_class)->dispose (object);
}

static void
piao_direct_class_init (PiaoDirectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = piao_direct_dispose;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
piao_direct_init (PiaoDirect *self)
{
}

PiaoDirect *
piao_direct_new (PiaoSession *session, PiaoReplica *replica)
{
  PiaoDirect *self = g_object_new (PIAO_TYPE_DIRECT, NULL);

  self->session = g_object_ref (session);
  self->replica = g_object_ref (replica);
  g_signal_connect_object (session, "notify::place", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (piao_session_get_settings (session), "changed::gateway-access",
                           G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (replica, "changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  reload (self);
  return self;
}
