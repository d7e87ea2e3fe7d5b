/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "sync/piao-http.h"
#include "sync/piao-trust.h"

#define JSON_TYPE "application/json"
#define CHUNK_BYTES (64 * 1024)
/* Nobody waits that long: the engine gives a call up before. It ends what was forgotten. */
#define TIMEOUT_SECONDS 300
#define IDLE_SECONDS 120
#define MAX_REFUSAL (16 * 1024)
/* Data of a session: the file of an authority that it could not use. */
#define UNUSABLE "piao-unusable"

SoupSession *
piao_http_session_new (const char *authority)
{
  SoupSession *session
      = soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, "idle-timeout", IDLE_SECONDS,
                                       "user-agent", "piaoku/" PIAO_VERSION, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  /* A file that cannot be used trusts nobody, and every call says so. */
  if (!piao_trust_set (session, authority, NULL))
    g_object_set_data_full (G_OBJECT (session), UNUSABLE, g_strdup (authority), g_free);
  return session;
}

gboolean
piao_http_check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  gboolean loopback = g_strcmp0 (host, "localhost") == 0
                      || (address != NULL && g_inet_address_get_is_loopback (address));

  if (uri != NULL && host != NULL && *host != '\0'
      && (g_str_equal (g_uri_get_scheme (uri), "https")
          || (g_str_equal (g_uri_get_scheme (uri), "http") && loopback)))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "http.address",
                         _ ("“%.100s” is not an address of the centre. It begins with https://."),
                         url != NULL ? url : "");
}

/* --- what is wrong --------------------------------------------------------------------------- */

static GBytes *
fail_line (GError *why, GError **error)
{
  g_autoptr (GError) held = why;

  piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "http.line",
                  _ ("The centre does not answer (%s)."),
                  held != NULL ? held->message : _ ("connection lost"));
  return NULL;
}

static GBytes *
fail_portal (GError **error)
{
  piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "http.portal",
                  _ ("Something else answers in the centre's place, perhaps the sign-in page of "
                     "this network. Open a web browser and look."));
  return NULL;
}

/* The error that a non-2xx answer of the centre stands for. */
static GBytes *
fail_refused (guint status, JsonObject *answer, GError **error)
{
  const char *reason = piao_json_get_text (answer, "reason", "http.refused");
  const char *message = piao_json_get_text (answer, "message", NULL);
  int code = piao_error_code_from_text (piao_json_get_text (answer, "code", NULL));

  if (status == SOUP_STATUS_UNAUTHORIZED && !g_str_has_prefix (reason, "sign-in."))
    reason = "http.401";
  if (g_str_equal (reason, "device.revoked") != (status == SOUP_STATUS_GONE))
    reason = "http.refused";
  if (code < 0)
    code = status >= 500 ? PIAO_ERROR_UNAVAILABLE : PIAO_ERROR_REFUSED;
  piao_error_set (error, (PiaoErrorCode)code, reason, "%.400s",
                  message != NULL ? message
                                  : _ ("The centre refused the request without saying why."));
  return NULL;
}

static gboolean
is_accepted (const PiaoHttpCall *call)
{
  g_auto (GStrv) types = g_strsplit (call->accept, ", ", -1);

  return call->type != NULL && g_strv_contains ((const char *const *)types, call->type);
}

/* The sentence of an answer that is no success, or a better one. */
static GBytes *
fail_status (PiaoHttpCall *call, guint status, GBytes *body, GError **error)
{
  g_autoptr (JsonObject) answer = NULL;

  if (g_strcmp0 (call->type, JSON_TYPE) == 0)
    answer = piao_json_parse_object (g_bytes_get_data (body, NULL), (gssize)g_bytes_get_size (body),
                                     MAX_REFUSAL, "", NULL);
  if (answer != NULL)
    return fail_refused (status, answer, error);
  if (status >= 500)
    return fail_line (NULL, error);
  return fail_portal (error);
}

/* --- the call -------------------------------------------------------------------------------- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (DexPromise) promise = data;
  GError *error = NULL;
  GInputStream *stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream != NULL)
    dex_promise_resolve_object (promise, stream);
  else
    dex_promise_reject (promise, error);
}

static DexFuture *
send_message (PiaoHttpCall *call, SoupMessage *message)
{
  DexPromise *promise = dex_promise_new ();

  soup_session_send_async (call->session, message, G_PRIORITY_DEFAULT, call->cancellable, on_sent,
                           dex_ref (promise));
  return DEX_FUTURE (promise);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (DexPromise) promise = data;
  GError *error = NULL;
  GBytes *bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes != NULL)
    dex_promise_resolve_boxed (promise, G_TYPE_BYTES, bytes);
  else
    dex_promise_reject (promise, error);
}

static DexFuture *
read_chunk (PiaoHttpCall *call, GInputStream *stream)
{
  DexPromise *promise = dex_promise_new ();

  g_input_stream_read_bytes_async (stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, call->cancellable,
                                   on_read, dex_ref (promise));
  return DEX_FUTURE (promise);
}

static void
note_progress (PiaoHttpCall *call)
{
  if (call->progress != NULL)
    call->progress (call->sent, call->received, call->data);
}

static void
on_wrote (SoupMessage *message, guint bytes, PiaoHttpCall *call)
{
  call->sent += bytes;
  note_progress (call);
}

static void
on_restarted (SoupMessage *message, PiaoHttpCall *call)
{
  call->sent = 0;
}

/* Reads to the end, at most max_bytes. */
static GBytes *
read_all (PiaoHttpCall *call, GInputStream *stream, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (;;)
    {
      GError *inner = NULL;
      g_autoptr (GBytes) chunk = dex_await_boxed (read_chunk (call, stream), &inner);
      gsize size;
      gconstpointer data;

      if (chunk == NULL)
        return fail_line (inner, error);
      data = g_bytes_get_data (chunk, &size);
      if (size == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&all));
      if (all->len + size > call->max_bytes)
        {
          piao_error_set (error, PIAO_ERROR_LIMIT, "http.long",
                          _ ("The answer of the centre is longer than is accepted."));
          return NULL;
        }
      g_byte_array_append (all, data, (guint)size);
      call->received += size;
      note_progress (call);
    }
}

static SoupMessage *
make_message (PiaoHttpCall *call)
{
  SoupMessage *message
      = soup_message_new (call->body != NULL ? SOUP_METHOD_POST : SOUP_METHOD_GET, call->url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* What is asked of the centre may be asked twice. Only what is marked so goes over a connection
   * that was kept, and once more over a new one when that turns out to be dead. */
  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT);
  if (call->body != NULL)
    {
      soup_message_set_request_body_from_bytes (message, call->body_type, call->body);
      /* What the centre says about it is for the same people as our own sentences. Translators:
       * the tag of your language, as "zh-CN". */
      soup_message_headers_replace (headers, "Accept-Language", C_ ("language", "en"));
    }
  soup_message_headers_replace (headers, "Accept", call->accept);
  if (call->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", call->token, NULL);

      soup_message_headers_replace (headers, "Authorization", bearer);
    }
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_wrote), call);
  g_signal_connect (message, "restarted", G_CALLBACK (on_restarted), call);
  return message;
}

static void
note_headers (PiaoHttpCall *call, SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *encoding = soup_message_headers_get_one (headers, "Content-Encoding");

  g_set_str (&call->type, soup_message_headers_get_content_type (headers, NULL));
  call->packed = encoding != NULL && g_ascii_strcasecmp (encoding, "gzip") == 0;
}

/* Over TLS nothing is sent while nobody is trusted. */
static gboolean
check_authority (PiaoHttpCall *call, GError **error)
{
  const char *authority = g_object_get_data (G_OBJECT (call->session), UNUSABLE);
  g_autoptr (GError) why = NULL;

  if (authority == NULL || !g_str_has_prefix (call->url, "https:"))
    return TRUE;
  if (piao_trust_check (authority, &why))
    {
      /* The file is there now. */
      piao_trust_set (call->session, authority, NULL);
      g_object_set_data (G_OBJECT (call->session), UNUSABLE, NULL);
      return TRUE;
    }
  return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "http.authority", "%s", why->message);
}

GBytes *
piao_http_call (PiaoHttpCall *call, GError **error)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) body = NULL;
  GError *inner = NULL;
  guint status;

  if (!piao_http_check_url (call->url, error) || !check_authority (call, error))
    return NULL;
  message = make_message (call);
  stream = dex_await_object (send_message (call, message), &inner);
  if (stream != NULL)
    body = read_all (call, stream, error);
  g_signal_handlers_disconnect_by_data (message, call);
  if (stream == NULL && !piao_trust_judge (message, error))
    {
      g_clear_error (&inner);
      return NULL;
    }
  if (stream == NULL)
    return fail_line (inner, error);
  if (body == NULL)
    return NULL;
  status = soup_message_get_status (message);
  note_headers (call, message);
  if (!SOUP_STATUS_IS_SUCCESSFUL (status))
    return fail_status (call, status, body, error);
  if (!is_accepted (call))
    return fail_portal (error);
  return g_steal_pointer (&body);
}

void
piao_http_call_clear (PiaoHttpCall *call)
{
  g_clear_pointer (&call->type, g_free);
}

/* --- packed ---------------------------------------------------------------------------------- */

static GBytes *
fail_packed (const char *reason, int code, GError **error)
{
  piao_error_set (error, code, reason,
                  _ ("The answer of the centre was packed on the way and does not unpack."));
  return NULL;
}

GBytes *
piao_http_unpack (GBytes *packed, gsize max_bytes, GError **error)
{
  g_autoptr (GConverter) converter
      = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_bytes (packed);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (source, converter);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);

  for (;;)
    {
      gssize size = g_input_stream_read (stream, chunk, CHUNK_BYTES, NULL, NULL);

      if (size < 0)
        return fail_packed ("http.packed", PIAO_ERROR_CORRUPT, error);
      if (size == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&all));
      if (all->len + (gsize)size > max_bytes)
        return fail_packed ("http.long", PIAO_ERROR_LIMIT, error);
      g_byte_array_append (all, chunk, (guint)size);
    }
}

/* --- short questions ------------------------------------------------------------------------- */

JsonObject *
piao_http_ask (SoupSession *session,
               const char *url,
               JsonObject *body,
               gsize max_bytes,
               GCancellable *cancellable,
               GError **error)
{
  char *text = piao_json_object_to_text (body);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  g_auto (PiaoHttpCall) call = { .session = session,
                                 .url = url,
                                 .body = bytes,
                                 .body_type = JSON_TYPE,
                                 .accept = JSON_TYPE,
                                 .max_bytes = max_bytes,
                                 .cancellable = cancellable };
  g_autoptr (GBytes) answer = piao_http_call (&call, error);
  g_autoptr (GBytes) plain = NULL;

  if (answer == NULL)
    return NULL;
  plain = call.packed ? piao_http_unpack (answer, max_bytes, error) : g_bytes_ref (answer);
  if (plain == NULL)
    return NULL;
  return piao_json_parse_object (g_bytes_get_data (plain, NULL), (gssize)g_bytes_get_size (plain),
                                 max_bytes, _ ("The answer of the centre"), error);
}
