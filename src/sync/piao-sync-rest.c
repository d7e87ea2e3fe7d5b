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

#include "base/piao-json.h"
#include "base/piao-mutant.h"
#include "sync/piao-sync-rest.h"

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
piao_sync_rest_clear (PiaoSyncRest *self)
{
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->tag, g_free);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_clear_pointer (&self->type, g_free);
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
piao_sync_rest_keep (PiaoSyncRest *self,
                     JsonObject *request,
                     const char *tag,
                     GBytes *answer,
                     const char *type,
                     gboolean packed)
{
  piao_sync_rest_clear (self);
  if (tag == NULL)
    return;
  self->key = get_key (request);
  self->tag = g_strdup (tag);
  self->answer = g_bytes_ref (answer);
  self->type = g_strdup (type);
  self->packed = packed;
}

char *
piao_sync_rest_get_path (const PiaoSyncRest *self, JsonObject *request, gboolean listens)
{
  g_autofree char *key = NULL;

  if (self->key == NULL || !listens)
    return NULL;
  key = get_key (request);
  if (!g_str_equal (key, self->key))
    return NULL;
  return g_strdup_printf ("/v1/same/%" PRIi64 "/%s", piao_json_get_int (request, "schema", 0),
                          self->tag);
}

static gboolean
read_same (GBytes *said)
{
  gsize size;
  const char *text = g_bytes_get_data (said, &size);
  g_autoptr (JsonObject) answer
      = piao_json_parse_object (text, (gssize)size, PIAO_SYNC_REST_MAX_BYTES, "", NULL);

  return answer != NULL && piao_json_get_bool (answer, "same", FALSE);
}

gboolean
piao_sync_rest_take (PiaoSyncRest *self, GBytes *said)
{
  if (said != NULL && self->answer != NULL && (read_same (said) || PIAO_MUTANT (same_believed)))
    return TRUE;
  piao_sync_rest_clear (self);
  return FALSE;
}

void
piao_sync_rest_take_hint (PiaoSyncRest *self, gint64 seq, gint64 reached)
{
  /* The next answer will be another one. */
  if (seq == 0 || seq > reached)
    piao_sync_rest_clear (self);
}
