/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-json.h"
#include "ilms/piao-gateway-client.h"

#define CHUNK (16 * 1024)

struct _PiaoGatewayClient
{
  GObject parent;

  PiaoGatewayProfile *profile;  /* owned */
  PiaoCredentials *credentials; /* owned */
  PiaoClock *clock;             /* owned */
  SoupSession *session;         /* owned */
  char *base_url;               /* without a slash at its end */
  char *tls_pin;                /* or NULL */
  PiaoRandom random;
  gboolean (*may) (gpointer data); /* or NULL */
  gpointer may_data;
  GDestroyNotify may_destroy;
};

G_DEFINE_FINAL_TYPE (PiaoGatewayClient, piao_gateway_client, G_TYPE_OBJECT)

/* One call, from its first byte to its reply. */
typedef struct
{
  PiaoGatewayClient *client; /* owned */
  DexPromise *promise;       /* owned */
  SoupMessage *message;      /* owned */
  GCancellable *cancellable; /* owned */
  GInputStream *stream;      /* owned; NULL until the reply's head is in */
  GByteArray *body;          /* owned */
  GSource *timers[2];        /* owned; for connecting, for everything */
  char *request_number;      /* or NULL */
  const char *failure;       /* the code of why we cancelled it, or NULL */
  gboolean sent;
} Call;

static void
stop_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

static void
call_free (Call *call)
{
  stop_timer (&call->timers[0]);
  stop_timer (&call->timers[1]);
  g_signal_handlers_disconnect_by_data (call->message, call);
  dex_clear (&call->promise);
  g_clear_object (&call->stream);
  g_clear_object (&call->message);
  g_clear_object (&call->cancellable);
  g_clear_object (&call->client);
  g_byte_array_unref (call->body);
  g_free (call->request_number);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* --- outcomes -------------------------------------------------------------------------------- */

static PiaoGatewayReply *
reply_new (const Call *call, PiaoGatewayKind kind, const char *code, const char *sentence)
{
  PiaoGatewayReply *reply = g_new0 (PiaoGatewayReply, 1);

  reply->kind = kind;
  reply->sent = call->sent;
  reply->code = g_strdup (code);
  reply->sentence = g_strdup (sentence);
  return reply;
}

static PiaoGatewayReply *
unknown (const Call *call, const char *code)
{
  return reply_new (call, PIAO_GATEWAY_UNKNOWN, code,
                    _ ("ILMS gave no usable answer; whether it carried the request out is asked "
                       "before anything else is done."));
}

/* Ends the call; takes both. */
static void
finish (Call *call, PiaoGatewayReply *reply)
{
  dex_promise_resolve_boxed (call->promise, PIAO_TYPE_GATEWAY_REPLY, reply);
  call_free (call);
}

/* The reply for a call that broke off. */
static PiaoGatewayReply *
broken_off (const Call *call, const GError *error)
{
  const char *code = call->failure != NULL ? call->failure : "line";

  if (call->sent)
    return unknown (call, code);
  if (g_str_equal (code, "certificate")
      || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return reply_new (call, PIAO_GATEWAY_STOP, "certificate",
                      _ ("The certificate of the gateway cannot be trusted. Sending is stopped; "
                         "check the gateway's address and its pinned certificate."));
  return reply_new (call, PIAO_GATEWAY_NOT_SENT, code,
                    _ ("ILMS cannot be reached; nothing was sent. It is tried again."));
}

/* Whether the result is about another request than ours. */
static gboolean
is_crossed (const Call *call, JsonObject *result)
{
  const char *echo = call->client->profile->reply_echo;
  const char *number = *echo != '\0' ? piao_json_get_text (result, echo, NULL) : NULL;

  return number != NULL && call->request_number != NULL
         && !g_str_equal (number, call->request_number);
}

static const char *
sentence_or (const char *sentence, const char *otherwise)
{
  return *sentence != '\0' ? sentence : otherwise;
}

/* The reply for one that was signed by the gateway. */
static PiaoGatewayReply *
signed_reply (const Call *call, const PiaoEnvelopeReply *opened)
{
  const PiaoGatewayProfile *profile = call->client->profile;
  PiaoGatewayKind kind = piao_gateway_profile_classify (profile, opened->code);
  PiaoGatewayReply *reply;

  if (kind == PIAO_GATEWAY_UNKNOWN || is_crossed (call, opened->result))
    reply = unknown (call, opened->code);
  else if (kind == PIAO_GATEWAY_STOP)
    reply = reply_new (call, kind, opened->code,
                       sentence_or (opened->sentence,
                                    _ ("ILMS does not accept our identity, signature, version or "
                                       "clock. Sending is stopped until this is put right.")));
  else
    reply = reply_new (call, kind, opened->code,
                       kind == PIAO_GATEWAY_OK
                           ? ""
                           : sentence_or (opened->sentence, _ ("ILMS refused the request.")));
  if (kind == PIAO_GATEWAY_OK && reply->kind == PIAO_GATEWAY_OK)
    reply->result = opened->result != NULL ? json_object_ref (opened->result) : json_object_new ();
  reply->server_time = opened->server_time;
  if (opened->server_time > 0)
    reply->skew_ms = opened->server_time - piao_clock_now (call->client->clock);
  reply->skew_warn = ABS (reply->skew_ms) > profile->clock_skew_warn_ms;
  return reply;
}

/* The reply for one that nobody signed: it decides nothing, but it may say that we must stop. */
static PiaoGatewayReply *
unsigned_reply (const Call *call, guint status)
{
  g_autofree char *http = g_strdup_printf ("http-%u", status);
  g_autofree char *code = piao_envelope_peek_code ((const char *)call->body->data, call->body->len);

  if (status / 100 == 2 && code != NULL
      && piao_gateway_profile_classify (call->client->profile, code) == PIAO_GATEWAY_STOP)
    return reply_new (call, PIAO_GATEWAY_STOP, code,
                      _ ("ILMS does not accept our identity, signature, version or clock. Sending "
                         "is stopped until this is put right."));
  if ((status / 100 == 3 || status / 100 == 4) && status != SOUP_STATUS_REQUEST_TIMEOUT
      && status != 425 && status != 429)
    return reply_new (call, PIAO_GATEWAY_STOP, http,
                      _ ("The gateway's address does not lead to ILMS. Sending is stopped; check "
                         "the address and the profile."));
  return unknown (call, status / 100 == 2 ? "unreadable" : http);
}

static PiaoGatewayReply *
decide (const Call *call)
{
  guint status = soup_message_get_status (call->message);
  g_autoptr (PiaoEnvelopeReply) opened = NULL;

  if (status / 100 != 5 && call->body->len > 0)
    opened = piao_envelope_open_reply (call->client->profile, call->client->credentials,
                                       (const char *)call->body->data, call->body->len, NULL);
  return opened != NULL ? signed_reply (call, opened) : unsigned_reply (call, status);
}

/* --- reading --------------------------------------------------------------------------------- */

static void read_on (Call *call);

static void
on_chunk (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  Call *call = user_data;

  if (bytes == NULL)
    finish (call, broken_off (call, error));
  else if (g_bytes_get_size (bytes) == 0)
    finish (call, decide (call));
  else if (call->body->len + g_bytes_get_size (bytes) > call->client->profile->max_body)
    finish (call, unknown (call, "too-large"));
  else
    {
      g_byte_array_append (call->body, g_bytes_get_data (bytes, NULL),
                           (guint)g_bytes_get_size (bytes));
      read_on (call);
    }
}

static void
read_on (Call *call)
{
  g_input_stream_read_bytes_async (call->stream, CHUNK, G_PRIORITY_DEFAULT, call->cancellable,
                                   on_chunk, call);
}

static void
on_head (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  Call *call = user_data;

  call->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (call->stream == NULL)
    finish (call, broken_off (call, error));
  else
    read_on (call);
}

/* --- sending --------------------------------------------------------------------------------- */

static void
give_up (Call *call, const char *code)
{
  if (call->failure == NULL)
    call->failure = code;
  g_cancellable_cancel (call->cancellable);
}

static gboolean
on_connect_timer (gpointer user_data)
{
  give_up (user_data, "connect-timeout");
  return G_SOURCE_REMOVE;
}

static gboolean
on_total_timer (gpointer user_data)
{
  give_up (user_data, "timeout");
  return G_SOURCE_REMOVE;
}

static GSource *
start_timer (gint64 ms, GSourceFunc callback, Call *call)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GSource *timer = g_timeout_source_new ((guint)ms);

  g_source_set_callback (timer, callback, call, NULL);
  g_source_attach (timer, context);
  return timer;
}

/* From here on bytes may leave. */
static void
on_starting (SoupMessage *message, Call *call)
{
  if (call->client->may != NULL && !call->client->may (call->client->may_data))
    {
      give_up (call, "gate");
      return;
    }
  call->sent = TRUE;
  stop_timer (&call->timers[0]);
}

static gboolean
is_pinned (const PiaoGatewayClient *self, GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *hash = NULL;

  if (certificate == NULL)
    return FALSE;
  g_object_get (certificate, "certificate", &der, NULL);
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  return g_str_equal (hash, self->tls_pin);
}

/* Only emitted for a certificate that does not verify; a pin may still vouch for it. */
static gboolean
on_accept_certificate (SoupMessage *message,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags flags,
                       Call *call)
{
  return call->client->tls_pin != NULL && is_pinned (call->client, certificate);
}

/* With a pin, a certificate that does verify but is another one is refused too. */
static void
on_network_event (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, Call *call)
{
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKED || call->client->tls_pin == NULL)
    return;
  if (!is_pinned (call->client,
                  g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (connection))))
    give_up (call, "certificate");
}

static SoupMessage *
message_new (PiaoGatewayClient *self, const char *operation, const char *data)
{
  g_autofree char *path = piao_gateway_profile_get_path (self->profile, operation);
  g_autofree char *url = g_strconcat (self->base_url, path, NULL);
  g_autoptr (JsonObject) object = piao_json_build ("data", 's', data, NULL);
  g_autofree char *text = piao_json_object_to_text (object);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, url);

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_message_headers_replace (soup_message_get_request_headers (message),
                                self->profile->appid_header, self->credentials->app_id);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Connection", "close");
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  soup_message_set_force_http1 (message, TRUE);
  return message;
}

static DexFuture *
send (PiaoGatewayClient *self, SoupMessage *message, const char *request_number)
{
  Call *call = g_new0 (Call, 1);
  DexFuture *future;

  call->client = g_object_ref (self);
  call->promise = dex_promise_new ();
  call->message = g_object_ref (message);
  call->cancellable = g_cancellable_new ();
  call->body = g_byte_array_new ();
  call->request_number = g_strdup (request_number);
  call->timers[0] = start_timer (self->profile->connect_ms, on_connect_timer, call);
  call->timers[1] = start_timer (self->profile->total_ms, on_total_timer, call);
  g_signal_connect (message, "starting", G_CALLBACK (on_starting), call);
  g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), call);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), call);
  future = DEX_FUTURE (dex_ref (call->promise));
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, call->cancellable, on_head,
                           call);
  return future;
}

DexFuture *
piao_gateway_client_call (PiaoGatewayClient *self,
                          const char *operation,
                          const char *request_number,
                          JsonObject *params)
{
  g_autoptr (JsonObject) none = json_object_new ();
  g_autofree char *nonce = NULL;
  g_autoptr (GHashTable) texts = NULL;
  g_autoptr (PiaoSealed) sealed = NULL;
  g_autoptr (SoupMessage) message = NULL;
  GError *error = NULL;

  g_return_val_if_fail (PIAO_IS_GATEWAY_CLIENT (self), NULL);
  if (piao_gateway_profile_get_api (self->profile, operation) == NULL)
    return piao_future_new_error (PIAO_ERROR_INVALID, "gateway.operation",
                                  _ ("The gateway has no operation “%s”."), operation);
  texts = piao_envelope_params_from_json (params != NULL ? params : none, &error);
  if (texts != NULL)
    {
      if (request_number != NULL)
        g_hash_table_insert (texts, g_strdup ("requestNo"), g_strdup (request_number));
      nonce = piao_random_nonce (&self->random);
      sealed = piao_envelope_seal (self->profile, self->credentials, texts, nonce,
                                   piao_clock_now (self->clock), &self->random, &error);
    }
  if (sealed == NULL)
    return dex_future_new_for_error (error);
  message = message_new (self, operation, sealed->data);
  return send (self, message, g_hash_table_lookup (texts, "requestNo"));
}

void
piao_gateway_client_set_gate (PiaoGatewayClient *self,
                              gboolean (*may) (gpointer data),
                              gpointer data,
                              GDestroyNotify destroy)
{
  g_return_if_fail (PIAO_IS_GATEWAY_CLIENT (self) && self->may == NULL);
  self->may = may;
  self->may_data = data;
  self->may_destroy = destroy;
}

/* --- life ------------------------------------------------------------------------------------ */

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_str_equal (host, "localhost")
         || (address != NULL && g_inet_address_get_is_loopback (address));
}

/* @text without the slash at its end; NULL when it is no address of a gateway. Transfer full. */
static char *
check_base_url (const char *text, GError **error)
{
  g_autoptr (GUri) uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "";
  char *url;

  if (*host == '\0' || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL
      || g_uri_get_fragment (uri) != NULL
      || !(g_str_equal (scheme, "https") || (g_str_equal (scheme, "http") && is_loopback (host))))
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "gateway.address",
                      _ ("The gateway's address must look like https://host or https://host:port; "
                         "http:// is accepted for this machine only."));
      return NULL;
    }
  url = g_strdup (text);
  if (g_str_has_suffix (url, "/"))
    url[strlen (url) - 1] = '\0';
  return url;
}

static gboolean
check_pin (const char *pin, GError **error)
{
  if (pin == NULL || (strlen (pin) == 64 && strspn (pin, "0123456789abcdef") == 64))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.pin",
                         _ ("The pinned certificate must be 64 hex digits in lower case "
                            "(its SHA-256)."));
}

static void
piao_gateway_client_finalize (GObject *object)
{
  PiaoGatewayClient *self = PIAO_GATEWAY_CLIENT (object);

  g_clear_pointer (&self->profile, piao_gateway_profile_unref);
  g_clear_pointer (&self->credentials, piao_credentials_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  if (self->may_destroy != NULL)
    self->may_destroy (self->may_data);
  g_free (self->base_url);
  g_free (self->tls_pin);
  G_OBJECT_CLASS (piao_gateway_client_parent_class)->finalize (object);
}

static void
piao_gateway_client_class_init (PiaoGatewayClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_gateway_client_finalize;
}

static void
piao_gateway_client_init (PiaoGatewayClient *self)
{
  self->session = soup_session_new ();
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_set_proxy_resolver (self->session, NULL);
}

PiaoGatewayClient *
piao_gateway_client_new (PiaoGatewayProfile *profile,
                         const char *base_url,
                         const PiaoCredentials *credentials,
                         const char *tls_pin,
                         PiaoClock *clock,
                         PiaoRandom random,
                         GError **error)
{
  g_autofree char *url = NULL;
  PiaoGatewayClient *self;

  g_return_val_if_fail (profile != NULL && credentials != NULL, NULL);
  g_return_val_if_fail (PIAO_IS_CLOCK (clock) && random.fill != NULL, NULL);
  url = check_base_url (base_url, error);
  if (url == NULL || !check_pin (tls_pin, error))
    return NULL;
  self = g_object_new (PIAO_TYPE_GATEWAY_CLIENT, NULL);
  self->profile = piao_gateway_profile_ref (profile);
  self->credentials = piao_credentials_copy (credentials);
  self->base_url = g_steal_pointer (&url);
  self->tls_pin = g_strdup (tls_pin != NULL ? tls_pin : profile->tls_pin);
  self->clock = g_object_ref (clock);
  self->random = random;
  return self;
}
