/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "sync/piao-http.h"

#define CHUNK_BYTES (64 * 1024)
#define TIMEOUT_SECONDS 20
#define IDLE_SECONDS 120

SoupSession *
piao_http_session_new (void)
{
  SoupSession *session
      = soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, "idle-timeout", IDLE_SECONDS,
                                       "user-agent", "piaoku/" PIAO_VERSION, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
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
send_message (SoupSession *session, SoupMessage *message)
{
  DexPromise *promise = dex_promise_new_cancellable ();

  soup_session_send_async (session, message, G_PRIORITY_DEFAULT,
                           dex_promise_get_cancellable (promise), on_sent, dex_ref (promise));
  return DEX_FUTURE (promise);
}

typedef struct
{
  SoupSession *session;
  SoupMessage *message;
  gsize max_bytes;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_object_unref (call->session);
  g_object_unref (call->message);
  g_free (call);
}

static DexFuture *
no_line (GError *error)
{
  g_autoptr (GError) held = error;

  return dex_future_new_for_error (
      piao_error_new (PIAO_ERROR_UNAVAILABLE, "http.line", _ ("The centre does not answer (%s)."),
                      held != NULL ? held->message : _ ("connection lost")));
}

/* Reads to the end, at most @max_bytes. In a fiber. */
static GBytes *
read_all (GInputStream *stream, gsize max_bytes, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (;;)
    {
      g_autoptr (GBytes) chunk
          = dex_await_boxed (dex_input_stream_read_bytes (stream, CHUNK_BYTES, G_PRIORITY_DEFAULT),
                             error);
      gsize size;
      gconstpointer data;

      if (chunk == NULL)
        return NULL;
      data = g_bytes_get_data (chunk, &size);
      if (size == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&all));
      if (all->len + size > max_bytes)
        {
          piao_error_set (error, PIAO_ERROR_LIMIT, "http.long",
                          _ ("The answer of the centre is longer than is accepted."));
          return NULL;
        }
      g_byte_array_append (all, data, (guint)size);
    }
}

/* The error that a non-2xx answer stands for. */
static DexFuture *
refusal (guint status, JsonObject *answer)
{
  const char *reason = piao_json_get_text (answer, "reason", "http.refused");
  const char *message = piao_json_get_text (answer, "message", NULL);
  int code = piao_error_code_from_text (piao_json_get_text (answer, "code", NULL));

  if (status == 401 && !g_str_has_prefix (reason, "sign-in."))
    reason = "http.401";
  if (code < 0)
    code = status >= 500 ? PIAO_ERROR_UNAVAILABLE : PIAO_ERROR_REFUSED;
  return dex_future_new_for_error (piao_error_new (
      (PiaoErrorCode)code, reason, "%.400s",
      message != NULL ? message : _ ("The centre refused the request without saying why.")));
}

static DexFuture *
call_fiber (gpointer data)
{
  Call *call = data;
  GError *error = NULL;
  g_autoptr (GInputStream) stream
      = dex_await_object (send_message (call->session, call->message), &error);
  g_autoptr (GBytes) body = NULL;
  JsonObject *answer;
  guint status;

  if (stream == NULL)
    return no_line (error);
  body = read_all (stream, call->max_bytes, &error);
  if (body == NULL && g_error_matches (error, PIAO_ERROR, PIAO_ERROR_LIMIT))
    return dex_future_new_for_error (error);
  if (body == NULL)
    return no_line (error);
  status = soup_message_get_status (call->message);
  answer = piao_json_parse_object (g_bytes_get_data (body, NULL), (gssize)g_bytes_get_size (body),
                                   call->max_bytes, _ ("The answer of the centre"), &error);
  if (answer == NULL && status >= 500)
    return no_line (error);
  if (answer == NULL)
    return dex_future_new_for_error (error);
  if (status >= 200 && status < 300)
    return dex_future_new_take_boxed (JSON_TYPE_OBJECT, answer);
  {
    g_autoptr (JsonObject) held = answer;

    return refusal (status, held);
  }
}

DexFuture *
piao_http_post (
    SoupSession *session, const char *url, const char *token, JsonObject *body, gsize max_bytes)
{
  GError *error = NULL;
  g_autofree char *text = piao_json_object_to_text (body);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  Call *call;

  if (!piao_http_check_url (url, &error))
    return dex_future_new_for_error (error);
  call = g_new0 (Call, 1);
  call->session = g_object_ref (session);
  call->message = soup_message_new (SOUP_METHOD_POST, url);
  call->max_bytes = max_bytes;
  soup_message_set_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_set_request_body_from_bytes (call->message, "application/json", bytes);
  if (token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

      soup_message_headers_replace (soup_message_get_request_headers (call->message),
                                    "Authorization", bearer);
    }
  return dex_scheduler_spawn (NULL, 0, call_fiber, call, call_free);
}
