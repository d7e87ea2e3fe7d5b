/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "ilms/piao-envelope.h"
#include "sandbox/piao-sandbox-call.h"
#include "sandbox/piao-sandbox-control.h"
#include "sandbox/piao-sandbox-faults.h"
#include "sandbox/piao-sandbox.h"

#define MAX_REQUEST (4 * 1024 * 1024)
#define MAX_SKEW (5 * PIAO_MINUTE)
#define RETRY_LISTEN_MS 50

struct _PiaoSandbox
{
  PiaoSandboxStore *store;      /* owned */
  PiaoSandboxFaults *faults;    /* owned */
  PiaoGatewayProfile *profile;  /* owned */
  PiaoCredentials *credentials; /* owned */
  PiaoClock *clock;             /* owned */
  SoupServer *gateway;          /* owned */
  SoupServer *control;          /* owned */
  GPtrArray *late;              /* owned; calls that wait for their delay */
  gboolean tls;
  gboolean idempotent;
  gboolean strict_packs;
  guint16 port;
  guint16 control_port;
  guint up_source; /* comes back from being down */
};

/* One call at the gateway, from its bytes to its reply. */
typedef struct
{
  PiaoSandbox *sandbox;       /* borrowed */
  SoupServerMessage *message; /* owned */
  const char *operation;
  GHashTable *params; /* owned; NULL until opened */
  PiaoSandboxFault fault;
  PiaoEnvelopeReply *reply; /* owned; NULL until there is one */
  gint64 row;               /* in the table of calls */
  gulong finished_handler;
  gboolean finished; /* the line is gone or the reply is out */
  guint source;
} Call;

static void
on_finished (SoupServerMessage *message, Call *call)
{
  call->finished = TRUE;
}

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_handle_id (&call->source, g_source_remove);
  g_signal_handler_disconnect (call->message, call->finished_handler);
  g_clear_pointer (&call->params, g_hash_table_unref);
  g_clear_pointer (&call->reply, piao_envelope_reply_free);
  g_object_unref (call->message);
  g_free (call);
}

/* --- replies --------------------------------------------------------------------------------- */

static void
respond_text (Call *call, guint status, const char *text)
{
  if (call->finished)
    return;
  soup_server_message_set_status (call->message, status, NULL);
  soup_server_message_set_response (call->message, "application/json", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

/* A refusal at the door, which cannot be signed: we do not know who asks. */
static void
respond_unsigned (Call *call, const char *meaning, const char *sentence)
{
  const char *code = piao_gateway_profile_get_error (call->sandbox->profile, meaning);
  g_autoptr (JsonObject) reply
      = piao_json_build ("errNo", 's', code, "errMsg", 's', sentence, NULL);
  g_autofree char *text = piao_json_object_to_text (reply);

  respond_text (call, SOUP_STATUS_OK, text);
}

static void
cut (Call *call)
{
  g_autoptr (GIOStream) stream = NULL;

  if (call->finished)
    return;
  stream = soup_server_message_steal_connection (call->message);
  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
}

/* Changes the signature without changing its shape. */
static void
spoil_signature (char *text)
{
  char *at = strstr (text, "\"sign\":\"");

  if (at != NULL)
    at[8] = at[8] == '0' ? '1' : '0';
}

static void
respond_sealed (Call *call, const char *code, const char *sentence, JsonObject *result)
{
  PiaoSandbox *self = call->sandbox;
  PiaoRandom random = piao_random_system ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoEnvelopeReply) reply
      = piao_envelope_reply_new (piao_gateway_profile_get_error (self->profile, code), sentence,
                                 piao_clock_now (self->clock), result);
  g_autofree char *text
      = piao_envelope_seal_reply (self->profile, self->credentials, reply, &random, &error);

  piao_sandbox_run (self->store, "UPDATE call SET code = ?1 WHERE seq = ?2", "si", code, call->row);
  if (text == NULL)
    {
      respond_text (call, SOUP_STATUS_INTERNAL_SERVER_ERROR, error->message);
      return;
    }
  if (call->fault.kind == PIAO_SANDBOX_FAULT_BAD_SIGNATURE)
    spoil_signature (text);
  respond_text (call, SOUP_STATUS_OK, text);
}

/* --- carrying out ---------------------------------------------------------------------------- */

static void
apply (Call *call)
{
  PiaoSandbox *self = call->sandbox;

  g_clear_pointer (&call->reply, piao_envelope_reply_free);
  call->reply
      = piao_sandbox_carry_out (self->store, call->operation, call->params,
                                piao_clock_now (self->clock), self->idempotent, self->strict_packs);
}

static void
respond_applied (Call *call)
{
  if (call->reply == NULL)
    apply (call);
  respond_sealed (call, call->reply->code, call->reply->sentence, call->reply->result);
}

static gboolean
on_late (gpointer user_data)
{
  Call *call = user_data;
  PiaoSandbox *self = call->sandbox;
  g_autoptr (SoupServerMessage) message = g_object_ref (call->message);
  gboolean finished;

  call->source = 0;
  respond_applied (call);
  finished = call->finished;
  g_ptr_array_remove_fast (self->late, call);
  if (!finished)
    soup_server_message_unpause (message);
  return G_SOURCE_REMOVE;
}

static void
respond_late (Call *call)
{
  if (call->fault.kind == PIAO_SANDBOX_FAULT_SLOW)
    apply (call);
  soup_server_message_pause (call->message);
  call->source = g_timeout_add (call->fault.ms, on_late, call);
  g_ptr_array_add (call->sandbox->late, call);
}

/* Carries out and replies as the fault of the call wants it; takes @call. */
static void
misbehave (Call *call)
{
  switch (call->fault.kind)
    {
    case PIAO_SANDBOX_FAULT_DELAY:
    case PIAO_SANDBOX_FAULT_SLOW:
      respond_late (call);
      return;
    case PIAO_SANDBOX_FAULT_DOWN:
      cut (call);
      piao_sandbox_set_down (call->sandbox, call->fault.ms);
      break;
    case PIAO_SANDBOX_FAULT_DROP:
      cut (call);
      break;
    case PIAO_SANDBOX_FAULT_APPLY_DROP:
      apply (call);
      cut (call);
      break;
    case PIAO_SANDBOX_FAULT_500:
      respond_text (call, SOUP_STATUS_INTERNAL_SERVER_ERROR, "{}");
      break;
    case PIAO_SANDBOX_FAULT_APPLY_500:
      apply (call);
      respond_text (call, SOUP_STATUS_INTERNAL_SERVER_ERROR, "{}");
      break;
    case PIAO_SANDBOX_FAULT_GARBAGE:
      apply (call);
      respond_text (call, SOUP_STATUS_OK, "<html>\x01 502 Bad Gateway");
      break;
    case PIAO_SANDBOX_FAULT_CLOCK:
      respond_sealed (call, "clock", _ ("The time of the request is too far from ours."), NULL);
      break;
    case PIAO_SANDBOX_FAULT_BUSY:
      respond_sealed (call, "busy", _ ("Too many requests, come back later."), NULL);
      break;
    case PIAO_SANDBOX_FAULT_DUPLICATE:
      apply (call);
      apply (call);
      respond_applied (call);
      break;
    case PIAO_SANDBOX_FAULT_NONE:
    case PIAO_SANDBOX_FAULT_BAD_SIGNATURE:
    default:
      respond_applied (call);
      break;
    }
  call_free (call);
}

/* --- the door -------------------------------------------------------------------------------- */

/* Our operation of a path "/gw/{api}/{version}/", or NULL. */
static const char *
operation_of_path (PiaoSandbox *self, const char *path)
{
  for (guint i = 0; piao_gateway_operations[i] != NULL; i++)
    {
      g_autofree char *known
          = piao_gateway_profile_get_path (self->profile, piao_gateway_operations[i]);

      if (g_str_equal (known, path))
        return piao_gateway_operations[i];
    }
  return NULL;
}

static GHashTable *
open_body (PiaoSandbox *self, SoupServerMessage *message)
{
  g_autoptr (GBytes) bytes
      = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonObject) object
      = piao_json_parse_object (text, (gssize)length, MAX_REQUEST, "body", NULL);
  const char *data = piao_json_get_text (object, "data", "");

  return piao_envelope_open (self->profile, self->credentials, data, NULL);
}

/* Whether the request is fresh: its time close to ours and its nonce new. Replies otherwise. */
static gboolean
check_fresh (Call *call)
{
  PiaoSandbox *self = call->sandbox;
  const char *nonce = g_hash_table_lookup (call->params, "nonce");
  gint64 timestamp = g_ascii_strtoll (g_hash_table_lookup (call->params, "timestamp"), NULL, 10);
  gint64 now = piao_clock_now (self->clock);
  gboolean used
      = piao_sandbox_get_int (self->store, 0, "SELECT 1 FROM call WHERE nonce = ?1 AND seq <> ?2",
                              "si", nonce, call->row);

  if (timestamp < now - MAX_SKEW || timestamp > now + MAX_SKEW)
    respond_sealed (call, "clock", _ ("The time of the request is too far from ours."), NULL);
  else if (used)
    respond_sealed (call, "replay", _ ("This nonce was used before."), NULL);
  else
    return TRUE;
  return FALSE;
}

static void
record (Call *call)
{
  const char *request_no
      = call->params != NULL ? g_hash_table_lookup (call->params, "requestNo") : NULL;
  const char *nonce = call->params != NULL ? g_hash_table_lookup (call->params, "nonce") : "";

  piao_sandbox_run (call->sandbox->store,
                    "INSERT INTO call (at, operation, request_no, nonce, fault)"
                    " VALUES (?1, ?2, ?3, ?4, ?5)",
                    "issss", piao_clock_now (call->sandbox->clock), call->operation,
                    request_no != NULL ? request_no : "", nonce,
                    piao_sandbox_fault_to_text (call->fault.kind));
  call->row = piao_sandbox_last_row (call->sandbox->store);
}

static Call *
call_new (PiaoSandbox *self, SoupServerMessage *message, const char *operation)
{
  Call *call = g_new0 (Call, 1);

  call->sandbox = self;
  call->message = g_object_ref (message);
  call->operation = operation != NULL ? operation : "";
  call->finished_handler = g_signal_connect (message, "finished", G_CALLBACK (on_finished), call);
  return call;
}

static void
handle (SoupServer *server,
        SoupServerMessage *message,
        const char *path,
        GHashTable *query,
        gpointer user_data)
{
  PiaoSandbox *self = user_data;
  const char *app_id
      = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                      self->profile->appid_header);
  Call *call = call_new (self, message, operation_of_path (self, path));

  if (self->up_source != 0)
    cut (call);
  else if (!g_str_equal (soup_server_message_get_method (message), "POST"))
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
  else if (g_strcmp0 (app_id, self->credentials->app_id) != 0)
    respond_unsigned (call, "identity", _ ("This APPID is not known."));
  else if (*call->operation == '\0')
    respond_unsigned (call, "version", _ ("There is no such api or version."));
  else if ((call->params = open_body (self, message)) == NULL)
    respond_unsigned (call, "signature", _ ("The signature does not verify."));
  else
    {
      call->fault = piao_sandbox_faults_take (self->faults, call->operation);
      record (call);
      if (check_fresh (call))
        {
          misbehave (g_steal_pointer (&call));
          return;
        }
    }
  call_free (call);
}

/* Counts the body as it arrives, so that an endless one is cut instead of kept. */
static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  if (body->length <= MAX_REQUEST)
    return;
  g_object_unref (soup_server_message_steal_connection (message));
}

static void
handle_early (SoupServer *server,
              SoupServerMessage *message,
              const char *path,
              GHashTable *query,
              gpointer user_data)
{
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);
}

/* --- listening ------------------------------------------------------------------------------- */

static gboolean
listen_on (SoupServer *server, guint16 *port, gboolean tls, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, *port);
  GSList *uris;

  if (!soup_server_listen (server, address, tls ? SOUP_SERVER_LISTEN_HTTPS : 0, error))
    return FALSE;
  uris = soup_server_get_uris (server);
  *port = (guint16)g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return TRUE;
}

static gboolean
come_back (gpointer user_data)
{
  PiaoSandbox *self = user_data;

  self->up_source = 0;
  if (!listen_on (self->gateway, &self->port, self->tls, NULL))
    self->up_source = g_timeout_add (RETRY_LISTEN_MS, come_back, self);
  return G_SOURCE_REMOVE;
}

void
piao_sandbox_set_down (PiaoSandbox *self, guint ms)
{
  if (self->up_source == 0)
    soup_server_disconnect (self->gateway);
  g_clear_handle_id (&self->up_source, g_source_remove);
  if (ms == 0)
    come_back (self);
  else
    self->up_source = g_timeout_add (ms, come_back, self);
}

/* --- life ------------------------------------------------------------------------------------ */

static gboolean
start (PiaoSandbox *self, const PiaoSandboxOptions *options, GError **error)
{
  self->tls = options->certificate != NULL;
  self->port = options->port;
  self->control_port = options->control_port;
  self->gateway = soup_server_new ("server-header", "ilms-sandbox", NULL);
  self->control = soup_server_new (NULL, NULL);
  if (self->tls)
    soup_server_set_tls_certificate (self->gateway, options->certificate);
  soup_server_add_early_handler (self->gateway, NULL, handle_early, self, NULL);
  soup_server_add_handler (self->gateway, NULL, handle, self, NULL);
  piao_sandbox_control_serve (self, self->control, self->clock);
  return listen_on (self->gateway, &self->port, self->tls, error)
         && listen_on (self->control, &self->control_port, FALSE, error);
}

PiaoSandbox *
piao_sandbox_new (const PiaoSandboxOptions *options, GError **error)
{
  g_autoptr (PiaoSandbox) self = g_new0 (PiaoSandbox, 1);

  self->late = g_ptr_array_new_with_free_func (call_free);
  self->clock = g_object_ref (options->clock);
  self->faults = piao_sandbox_faults_new (options->seed);
  self->idempotent = !options->no_idempotency;
  self->strict_packs = options->strict_packs;
  self->profile = piao_gateway_profile_load (options->profile, error);
  if (self->profile == NULL)
    return NULL;
  self->credentials
      = piao_credentials_new (options->app_id, options->app_secret, options->sign_secret, error);
  if (self->credentials == NULL)
    return NULL;
  self->store = piao_sandbox_store_open (options->database, error);
  if (self->store == NULL || !start (self, options, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
piao_sandbox_free (PiaoSandbox *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->up_source, g_source_remove);
  g_ptr_array_unref (self->late);
  if (self->gateway != NULL)
    soup_server_disconnect (self->gateway);
  if (self->control != NULL)
    soup_server_disconnect (self->control);
  g_clear_object (&self->gateway);
  g_clear_object (&self->control);
  g_clear_pointer (&self->store, piao_sandbox_store_free);
  g_clear_pointer (&self->credentials, piao_credentials_free);
  g_clear_pointer (&self->profile, piao_gateway_profile_unref);
  piao_sandbox_faults_free (self->faults);
  g_object_unref (self->clock);
  g_free (self);
}

guint16
piao_sandbox_get_port (PiaoSandbox *self)
{
  return self->port;
}

guint16
piao_sandbox_get_control_port (PiaoSandbox *self)
{
  return self->control_port;
}

PiaoSandboxStore *
piao_sandbox_get_store (PiaoSandbox *self)
{
  return self->store;
}

gboolean
piao_sandbox_seed (PiaoSandbox *self, JsonObject *seed, GError **error)
{
  return piao_sandbox_store_seed (self->store, seed, piao_clock_now (self->clock), error);
}

gboolean
piao_sandbox_set_faults (PiaoSandbox *self, JsonObject *faults, GError **error)
{
  const char *script = piao_json_get_text (faults, "script", NULL);
  const char *odds = piao_json_get_text (faults, "odds", NULL);
  gint64 seed = piao_json_get_int (faults, "seed", -1);

  if (seed >= 0)
    piao_sandbox_faults_set_seed (self->faults, (guint32)seed);
  return (script == NULL || piao_sandbox_faults_set_script (self->faults, script, error))
         && (odds == NULL || piao_sandbox_faults_set_odds (self->faults, odds, error));
}
