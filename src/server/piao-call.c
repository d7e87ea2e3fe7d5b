/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-i18n.h"
#include "server/piao-call.h"
#include "server/piao-sign-in.h"

#define MAX_TOKEN 200
#define MAX_QUESTION 65536    /* bytes */
#define TOO_MANY_REQUESTS 429 /* libsoup has no name for it */

typedef struct
{
  PiaoCall call;
  const PiaoRoute *route;
} Work;

static guint
get_status (const GError *error)
{
  const char *reason = piao_error_get_reason (error);

  if (g_str_equal (reason, "session.invalid"))
    return SOUP_STATUS_UNAUTHORIZED;
  if (g_str_equal (reason, "device.revoked"))
    return SOUP_STATUS_GONE;
  if (g_str_equal (reason, "sign-in.locked"))
    return TOO_MANY_REQUESTS;
  if (error->domain != PIAO_ERROR)
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  switch ((PiaoErrorCode)error->code)
    {
    case PIAO_ERROR_INVALID:
      return SOUP_STATUS_BAD_REQUEST;
    case PIAO_ERROR_REFUSED:
    case PIAO_ERROR_CONFLICT:
      return SOUP_STATUS_CONFLICT;
    case PIAO_ERROR_FORBIDDEN:
      return SOUP_STATUS_FORBIDDEN;
    case PIAO_ERROR_NOT_FOUND:
      return SOUP_STATUS_NOT_FOUND;
    case PIAO_ERROR_LIMIT:
      return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
    case PIAO_ERROR_UNAVAILABLE:
      return SOUP_STATUS_SERVICE_UNAVAILABLE;
    case PIAO_ERROR_BUSY:
      return TOO_MANY_REQUESTS;
    case PIAO_ERROR_CORRUPT:
      return g_str_has_prefix (reason, "json.") ? SOUP_STATUS_BAD_REQUEST
                                                : SOUP_STATUS_INTERNAL_SERVER_ERROR;
    case PIAO_ERROR_FAILED:
    default:
      return SOUP_STATUS_INTERNAL_SERVER_ERROR;
    }
}

static JsonObject *
describe (const GError *error)
{
  const char *code = error->domain == PIAO_ERROR
                         ? piao_error_code_to_text ((PiaoErrorCode)error->code)
                         : "failed";

  return piao_json_build ("code", 's', code, "reason", 's', piao_error_get_reason (error),
                          "message", 's', error->message, NULL);
}

void
piao_call_set_error (SoupServerMessage *message, const GError *error)
{
  g_autoptr (JsonObject) object = describe (error);
  char *text = piao_json_object_to_text (object);

  soup_server_message_set_status (message, get_status (error), NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

GBytes *
piao_call_take_text (char *text)
{
  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

char *
piao_call_get_token (SoupServerMessage *message)
{
  const char *value
      = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                      "Authorization");

  if (value == NULL || !g_str_has_prefix (value, "Bearer ") || strlen (value) > MAX_TOKEN)
    return g_strdup ("");
  return g_strdup (value + strlen ("Bearer "));
}

/* --- bodies that are too long ---------------------------------------------------------------- */

typedef struct
{
  SoupServerMessage *message; /* owned */
  char *answer;               /* whole, with status line and headers */
} Refusal;

static void
refusal_free (gpointer data)
{
  Refusal *refusal = data;

  g_object_unref (refusal->message);
  g_free (refusal->answer);
  g_free (refusal);
}

/* libsoup would read the body to its end first; so the connection is taken from it. */
static gboolean
refuse (gpointer data)
{
  Refusal *refusal = data;
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (refusal->message);

  if (stream != NULL)
    {
      g_output_stream_write_all (g_io_stream_get_output_stream (stream), refusal->answer,
                                 strlen (refusal->answer), NULL, NULL, NULL);
      g_io_stream_close (stream, NULL, NULL);
    }
  return G_SOURCE_REMOVE;
}

static void
queue_refusal (SoupServerMessage *message, guint status, const GError *error)
{
  Refusal *refusal = g_new0 (Refusal, 1);
  g_autoptr (JsonObject) object = describe (error);
  g_autofree char *text = piao_json_object_to_text (object);

  refusal->message = g_object_ref (message);
  refusal->answer = g_strdup_printf ("HTTP/1.1 %u %s\r\nContent-Type: application/json\r\n"
                                     "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                                     status, soup_status_get_phrase (status), strlen (text), text);
  soup_server_message_pause (message);
  g_idle_add_full (G_PRIORITY_DEFAULT, refuse, refusal, refusal_free);
}

void
piao_call_check_size (SoupServer *soup,
                      SoupServerMessage *message,
                      const char *path,
                      GHashTable *query,
                      gpointer data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);
  g_autoptr (GError) error = NULL;

  if (encoding == SOUP_ENCODING_NONE
      || (encoding == SOUP_ENCODING_CONTENT_LENGTH
          && soup_message_headers_get_content_length (headers) <= PIAO_CALL_MAX_BODY))
    return;
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH)
    error = piao_error_new (PIAO_ERROR_LIMIT, "http.body", _ ("A request has at most %d bytes."),
                            PIAO_CALL_MAX_BODY);
  else
    error = piao_error_new (PIAO_ERROR_INVALID, "http.length",
                            _ ("A request says its length in advance."));
  queue_refusal (message,
                 encoding == SOUP_ENCODING_CONTENT_LENGTH ? SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE
                                                          : SOUP_STATUS_LENGTH_REQUIRED,
                 error);
}

/* --- at work --------------------------------------------------------------------------------- */

static void
work_free (gpointer data)
{
  Work *work = data;
  PiaoCall *call = &work->call;

  if (call->free_state != NULL)
    call->free_state (call->state);
  g_clear_pointer (&call->bytes, g_bytes_unref);
  g_clear_pointer (&call->body, json_object_unref);
  g_free (call->token);
  g_free (call->accept);
  g_object_unref (call->message);
  g_object_unref (call->server);
  g_free (work);
}

static gboolean
read_body (PiaoCall *call, GError **error)
{
  gsize size;
  const char *data;

  if (call->bytes == NULL)
    return TRUE;
  data = g_bytes_get_data (call->bytes, &size);
  call->body
      = piao_json_parse_object (data, (gssize)size, PIAO_CALL_MAX_BODY, _ ("The request"), error);
  return call->body != NULL;
}

/* On a reader's thread: nobody's body is looked at before he is known. */
static gboolean
read_first (PiaoDb *db, gpointer data, GError **error)
{
  Work *work = data;
  PiaoCall *call = &work->call;
  gpointer before = piao_i18n_begin (call->language);
  gboolean done = piao_session_find (db, call->token, call->now, &call->user, &call->device, error)
                  && read_body (call, error)
                  && (work->route->read == NULL || work->route->read (db, call, error));

  piao_i18n_end (before);
  return done;
}

/* A request of a desktop that brings nothing and only asks for news. Only the order of work depends
 * on it, so this looks no closer than at what the desktop writes. */
static gboolean
only_asks (const PiaoCall *call)
{
  gsize size = 0;
  const char *data = call->bytes != NULL ? g_bytes_get_data (call->bytes, &size) : NULL;

  return data != NULL && size < MAX_QUESTION
         && g_strstr_len (data, (gssize)size, "\"commands\":[]") != NULL;
}

static DexFuture *
read_first_of (Work *work)
{
  PiaoReaders *readers = piao_server_get_readers (work->call.server);

  return only_asks (&work->call) ? piao_readers_run_late (readers, read_first, work)
                                 : piao_readers_run (readers, read_first, work);
}

static GBytes *
answer (Work *work, GError **error)
{
  PiaoCall *call = &work->call;
  gboolean known
      = work->route->open ? read_body (call, error) : dex_await (read_first_of (work), error);

  return known ? work->route->func (call, error) : NULL;
}

static DexFuture *
run (gpointer data)
{
  Work *work = data;
  SoupServerMessage *message = work->call.message;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = answer (work, &error);

  if (bytes != NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Content-Type", work->call.type);
      soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
    }
  else
    {
      if (get_status (error) >= SOUP_STATUS_INTERNAL_SERVER_ERROR)
        g_message ("%s: %s", work->route->path, error->message);
      piao_metrics_note_failure (piao_server_get_metrics (work->call.server), error);
      piao_call_set_error (message, error);
    }
  soup_server_message_unpause (message);
  return dex_future_new_true ();
}

void
piao_call_start (PiaoServer *server,
                 SoupServerMessage *message,
                 const PiaoRoute *route,
                 const char *tail)
{
  Work *work = g_new0 (Work, 1);

  work->route = route;
  work->call.server = g_object_ref (server);
  work->call.message = g_object_ref (message);
  work->call.tail = tail;
  work->call.type = "application/json";
  work->call.token = piao_call_get_token (message);
  work->call.accept = g_strdup (
      soup_message_headers_get_list (soup_server_message_get_request_headers (message), "Accept"));
  work->call.language = piao_i18n_choose (soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "Accept-Language"));
  if (g_str_equal (route->method, "POST"))
    work->call.bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));
  work->call.live = piao_live_get_state (piao_server_get_live (server), work->call.token);
  work->call.began = g_get_monotonic_time ();
  work->call.now = piao_clock_now (piao_server_get_clock (server));
  soup_server_message_pause (message);
  piao_future_disown (dex_scheduler_spawn (NULL, 0, run, work, work_free), route->path);
}
