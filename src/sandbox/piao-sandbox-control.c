/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "sandbox/piao-sandbox-control.h"

#define MAX_BODY (64 * 1024 * 1024)
#define MAX_DOWN_MS (10 * 60 * 1000)

typedef struct
{
  PiaoSandbox *sandbox; /* borrowed */
  PiaoClock *clock;     /* owned */
} Control;

/* One call: what came in, and the answer to fill. */
typedef struct
{
  Control *control;
  JsonObject *body;  /* borrowed; an empty object for GET */
  gint64 after;      /* of the query */
  JsonObject *reply; /* borrowed */
} Call;

static gboolean
seed (Call *call, GError **error)
{
  return piao_sandbox_seed (call->control->sandbox, call->body, error);
}

static gboolean
faults (Call *call, GError **error)
{
  return piao_sandbox_set_faults (call->control->sandbox, call->body, error);
}

static gboolean
down (Call *call, GError **error)
{
  gint64 ms = piao_json_get_int (call->body, "ms", -1);

  if (ms < 0 || ms > MAX_DOWN_MS)
    return piao_error_set (error, PIAO_ERROR_INVALID, "sandbox.down",
                           _ ("“ms” must be a number from 0 to %d."), MAX_DOWN_MS);
  piao_sandbox_set_down (call->control->sandbox, (guint)ms);
  return TRUE;
}

static gboolean
activate (Call *call, GError **error)
{
  piao_sandbox_run (piao_sandbox_get_store (call->control->sandbox),
                    "UPDATE pack SET activated_at = ?1 WHERE game_no = ?2 AND batch_no = ?3"
                    " AND pack_no = ?4",
                    "isss", piao_clock_now (call->control->clock),
                    piao_json_get_text (call->body, "gameNo", ""),
                    piao_json_get_text (call->body, "batchNo", ""),
                    piao_json_get_text (call->body, "packNo", ""));
  return TRUE;
}

static gboolean
reset (Call *call, GError **error)
{
  piao_sandbox_store_reset (piao_sandbox_get_store (call->control->sandbox));
  return TRUE;
}

static gboolean
ledger (Call *call, GError **error)
{
  json_object_set_array_member (
      call->reply, "rows",
      piao_sandbox_get_rows (piao_sandbox_get_store (call->control->sandbox),
                             "SELECT seq, at, kind, request_no AS requestNo, order_no AS orderNo,"
                             " outlet_no AS outletNo, amount AS \"amount$\","
                             " balance AS \"balance$\" FROM ledger WHERE seq > ?1 ORDER BY seq"
                             " LIMIT 1000",
                             "i", call->after));
  return TRUE;
}

static gboolean
calls (Call *call, GError **error)
{
  json_object_set_array_member (
      call->reply, "rows",
      piao_sandbox_get_rows (piao_sandbox_get_store (call->control->sandbox),
                             "SELECT seq, at, operation, request_no AS requestNo, fault, code"
                             " FROM call WHERE seq > ?1 ORDER BY seq LIMIT 1000",
                             "i", call->after));
  return TRUE;
}

static gboolean
verify (Call *call, GError **error)
{
  json_object_set_array_member (call->reply, "breaches",
                                piao_sandbox_store_verify (
                                    piao_sandbox_get_store (call->control->sandbox)));
  return TRUE;
}

static const struct
{
  const char *method;
  const char *path;
  gboolean (*run) (Call *call, GError **error);
} routes[] = {
  { "POST", "/control/seed", seed },   { "POST", "/control/faults", faults },
  { "POST", "/control/down", down },   { "POST", "/control/activate", activate },
  { "POST", "/control/reset", reset }, { "GET", "/control/ledger", ledger },
  { "GET", "/control/calls", calls },  { "GET", "/control/verify", verify },
};

static void
respond (SoupServerMessage *message, guint status, JsonObject *reply)
{
  char *text = piao_json_object_to_text (reply);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

/* A page in a browser must not reach this by a name that points here. */
static gboolean
is_asked_as_loopback (SoupServerMessage *message)
{
  const char *host = g_uri_get_host (soup_server_message_get_uri (message));

  return g_strcmp0 (host, "127.0.0.1") == 0 || g_strcmp0 (host, "localhost") == 0;
}

static JsonObject *
body_of (SoupServerMessage *message, GError **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);

  if (length == 0)
    return json_object_new ();
  return piao_json_parse_object (text, (gssize)length, MAX_BODY, "body", error);
}

static void
handle (SoupServer *server,
        SoupServerMessage *message,
        const char *path,
        GHashTable *query,
        gpointer user_data)
{
  const char *method = soup_server_message_get_method (message);
  const char *after = query != NULL ? g_hash_table_lookup (query, "after") : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = body_of (message, &error);
  g_autoptr (JsonObject) reply = json_object_new ();
  Call call = { .control = user_data, .body = body, .reply = reply };
  guint status = SOUP_STATUS_NOT_FOUND;

  call.after = after != NULL ? g_ascii_strtoll (after, NULL, 10) : 0;
  for (guint i = 0; body != NULL && i < G_N_ELEMENTS (routes); i++)
    if (g_str_equal (routes[i].path, path) && g_str_equal (routes[i].method, method)
        && is_asked_as_loopback (message))
      status = routes[i].run (&call, &error) ? SOUP_STATUS_OK : SOUP_STATUS_BAD_REQUEST;
  if (error != NULL)
    {
      status = SOUP_STATUS_BAD_REQUEST;
      json_object_set_string_member (reply, "reason", piao_error_get_reason (error));
      json_object_set_string_member (reply, "sentence", error->message);
    }
  respond (message, status, reply);
}

static void
control_free (gpointer data)
{
  Control *control = data;

  g_object_unref (control->clock);
  g_free (control);
}

void
piao_sandbox_control_serve (PiaoSandbox *self, SoupServer *server, PiaoClock *clock)
{
  Control *control = g_new0 (Control, 1);

  control->sandbox = self;
  control->clock = g_object_ref (clock);
  soup_server_add_handler (server, "/control", handle, control, control_free);
}
