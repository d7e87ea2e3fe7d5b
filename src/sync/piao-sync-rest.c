/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: most rounds find nothing new. The last answer at rest is kept with the request that it
 * answered; as long as the same is to be asked again, the centre is only asked whether it would say
 * the same, by the name that both compute of it (piao_reply_get_tag()). If so, the kept answer is
 * applied as if it had come once more; if not, the whole request follows. So a round that finds
 * nothing costs a third of the bytes, nothing else knows of it, and nothing depends on it.
 *
 * Without hints an answer is likely to be another one, and the question would be for nothing.
 */

#include "config.h"

#include <inttypes.h>

#include "base/piao-error.h"
#include "sync/piao-http.h"
#include "sync/piao-sync-private.h"

#define MAX_SAME 1024

/* What the request asks, but for the clock and how much at a time. Transfer full. */
static char *
get_key (JsonObject *request)
{
  g_autoptr (JsonObject) key = json_object_new ();
  g_autoptr (GList) members = json_object_get_members (request);

  for (GList *at = members; at != NULL; at = at->next)
    if (!g_str_equal (at->data, "now") && !g_str_equal (at->data, "max_bytes"))
      json_object_set_member (key, at->data, json_object_dup_member (request, at->data));
  return piao_json_object_to_text (key);
}

void
piao_sync_rest_clear (PiaoSyncRest *rest)
{
  g_clear_pointer (&rest->key, g_free);
  g_clear_pointer (&rest->tag, g_free);
  g_clear_pointer (&rest->answer, g_bytes_unref);
  g_clear_pointer (&rest->type, g_free);
}

char *
piao_sync_rest_name (JsonObject *request, const PiaoReply *reply)
{
  JsonArray *commands = piao_json_get_array (request, "commands");

  if (!piao_reply_is_at_rest (reply) || json_object_has_member (request, "repair")
      || (commands != NULL && json_array_get_length (commands) > 0))
    return NULL;
  return piao_reply_get_tag (reply, (int)piao_json_get_int (request, "schema", 0),
                             piao_json_get_text (request, "proof", ""));
}

void
piao_sync_rest_keep (PiaoSync *self, const PiaoSyncRound *round, const char *tag)
{
  PiaoSyncRest *rest = &self->rest;

  if (round->same)
    return;
  piao_sync_rest_clear (rest);
  if (tag == NULL)
    return;
  rest->key = get_key (round->request);
  rest->tag = g_strdup (tag);
  rest->answer = g_bytes_ref (round->answer);
  rest->type = g_strdup (round->type);
  rest->packed = round->packed;
}

static gboolean
may_ask (PiaoSync *self, const PiaoSyncRound *round)
{
  g_autofree char *key = NULL;

  if (self->rest.key == NULL || !self->engine.live_open)
    return FALSE;
  key = get_key (round->request);
  return g_str_equal (key, self->rest.key);
}

static gboolean
read_same (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonObject) answer = piao_json_parse_object (text, (gssize)size, MAX_SAME, "", NULL);

  return answer != NULL && piao_json_get_bool (answer, "same", FALSE);
}

gboolean
piao_sync_rest_ask (PiaoSync *self, PiaoSyncRound *round, const PiaoHttpCall *like, GError **error)
{
  g_autofree char *url = NULL;
  g_auto (PiaoHttpCall) call = { .session = like->session,
                                 .token = like->token,
                                 .accept = PIAO_REPLY_JSON,
                                 .max_bytes = MAX_SAME,
                                 .cancellable = like->cancellable,
                                 .progress = like->progress,
                                 .data = like->data };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) inner = NULL;

  if (!may_ask (self, round))
    return FALSE;
  call.url = url
      = g_strdup_printf ("%s/v1/same/%" PRIi64 "/%s", self->url,
                         piao_json_get_int (round->request, "schema", 0), self->rest.tag);
  bytes = piao_http_call (&call, &inner);
  /* A centre that does not know the question can be asked all the same. */
  if (bytes == NULL && !g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (bytes == NULL || !read_same (bytes) || self->rest.answer == NULL)
    {
      piao_sync_rest_clear (&self->rest);
      return FALSE;
    }
  round->answer = g_bytes_ref (self->rest.answer);
  g_set_str (&round->type, self->rest.type);
  round->packed = self->rest.packed;
  round->same = TRUE;
  round->received = g_bytes_get_size (bytes);
  return TRUE;
}
