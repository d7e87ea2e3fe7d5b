/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "ilms/piao-envelope.h"
#include "ilms/piao-gateway-crypto.h"

#define MAX_KEY_LENGTH 64
#define MAX_PLAIN (1024 * 1024)

void
piao_sealed_free (PiaoSealed *self)
{
  if (self == NULL)
    return;
  g_free (self->sign_input);
  g_free (self->signature);
  g_free (self->plain);
  g_free (self->data);
  g_free (self);
}

/* --- pairs ----------------------------------------------------------------------------------- */

typedef struct
{
  const char *key;
  const char *value;
} Pair;

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Pair *)a)->key, ((const Pair *)b)->key);
}

/* The pairs as "key"+@between+"value", in the order of the profile, joined with @joint. */
static char *
join (const PiaoGatewayProfile *profile, GHashTable *params, const char *between, const char *joint)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  GHashTableIter iter;
  Pair pair;

  g_hash_table_iter_init (&iter, params);
  while (g_hash_table_iter_next (&iter, (gpointer *)&pair.key, (gpointer *)&pair.value))
    g_array_append_val (pairs, pair);
  g_array_sort (pairs, compare_keys);
  for (guint i = 0; i < pairs->len; i++)
    {
      pair = g_array_index (pairs, Pair, i);
      g_ptr_array_add (texts, g_strconcat (pair.key, between, pair.value, NULL));
    }
  if (!profile->sort_by_key)
    g_ptr_array_sort (texts, compare_texts);
  return g_strjoinv (joint, (char **)texts->pdata);
}

static gboolean
is_reserved (const char *key)
{
  return g_str_equal (key, "nonce") || g_str_equal (key, "timestamp")
         || g_str_equal (key, "signature");
}

static gboolean
check_pair (const char *key, const char *value, gsize *total, GError **error)
{
  gsize length = strlen (key);

  for (const char *c = key; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '_' && *c != '.')
      length = 0;
  if (length == 0 || length > MAX_KEY_LENGTH || is_reserved (key))
    return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.param",
                           _ ("“%s” cannot be the name of a gateway parameter."), key);
  *total += length + strlen (value) + 2;
  if (*total > MAX_PLAIN)
    return piao_error_set (error, PIAO_ERROR_LIMIT, "gateway.param",
                           _ ("The gateway call is larger than 1 MiB; send fewer packs at once."));
  if (strpbrk (value, "&=") != NULL || !g_utf8_validate (value, -1, NULL))
    return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.param",
                           _ ("The gateway parameter “%s” holds “&” or “=”, which the gateway "
                              "cannot carry; remove the sign."),
                           key);
  return TRUE;
}

/* --- requests -------------------------------------------------------------------------------- */

PiaoSealed *
piao_envelope_seal (const PiaoGatewayProfile *profile,
                    const PiaoCredentials *credentials,
                    GHashTable *params,
                    const char *nonce,
                    gint64 timestamp_ms,
                    const PiaoRandom *random,
                    GError **error)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT, timestamp_ms);
  PiaoSealed *self;
  GHashTableIter iter;
  gpointer key, value;
  gsize total = 0;

  g_return_val_if_fail (profile != NULL && credentials != NULL && params != NULL, NULL);
  g_return_val_if_fail (nonce != NULL && random != NULL, NULL);
  g_hash_table_iter_init (&iter, params);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      if (!check_pair (key, value, &total, error))
        return NULL;
      g_hash_table_insert (all, key, value);
    }
  g_hash_table_insert (all, (gpointer) "nonce", (gpointer)nonce);
  g_hash_table_insert (all, (gpointer) "timestamp", timestamp);
  self = g_new0 (PiaoSealed, 1);
  self->sign_input = join (profile, all, "", "");
  self->signature = piao_gateway_mac (profile, credentials->sign_secret, self->sign_input);
  g_hash_table_insert (all, (gpointer) "signature", self->signature);
  self->plain = join (profile, all, "=", "&");
  self->data = piao_gateway_encipher (profile, credentials->app_secret, self->plain, random);
  return self;
}

static gpointer
fail_seal (GError **error)
{
  piao_error_set (error, PIAO_ERROR_CORRUPT, "gateway.seal",
                  _ ("The seal of the gateway message does not verify. Check that both sides use "
                     "the same profile and secrets."));
  return NULL;
}

/* The pairs of a plain text; NULL when one is malformed or comes twice. Transfer full. */
static GHashTable *
split (const char *plain)
{
  g_autoptr (GHashTable) params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) texts = g_strsplit (plain, "&", -1);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      const char *equals = strchr (texts[i], '=');

      if (equals == NULL || equals == texts[i] || strchr (equals + 1, '=') != NULL
          || !g_hash_table_insert (params, g_strndup (texts[i], (gsize)(equals - texts[i])),
                                   g_strdup (equals + 1)))
        return NULL;
    }
  return g_steal_pointer (&params);
}

GHashTable *
piao_envelope_open (const PiaoGatewayProfile *profile,
                    const PiaoCredentials *credentials,
                    const char *data,
                    GError **error)
{
  g_autofree char *plain = NULL;
  g_autofree char *sign_input = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *given = NULL;
  g_autoptr (GHashTable) params = NULL;

  g_return_val_if_fail (profile != NULL && credentials != NULL && data != NULL, NULL);
  plain = piao_gateway_decipher (profile, credentials->app_secret, data);
  params = plain != NULL ? split (plain) : NULL;
  if (params == NULL || !g_hash_table_contains (params, "nonce")
      || !g_hash_table_contains (params, "timestamp"))
    return fail_seal (error);
  given = g_strdup (g_hash_table_lookup (params, "signature"));
  g_hash_table_remove (params, "signature");
  sign_input = join (profile, params, "", "");
  expected = piao_gateway_mac (profile, credentials->sign_secret, sign_input);
  if (given == NULL || !piao_gateway_equal (expected, given))
    return fail_seal (error);
  return g_steal_pointer (&params);
}

/* A JSON value as the text of a parameter, or NULL when it cannot be one. Transfer full. */
static char *
param_text (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    return JSON_NODE_HOLDS_NULL (node) ? NULL : json_to_string (node, FALSE);
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return g_strdup (json_node_get_string (node));
    case G_TYPE_INT64:
      return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
    case G_TYPE_BOOLEAN:
      return g_strdup (json_node_get_boolean (node) ? "true" : "false");
    default:
      return NULL;
    }
}

GHashTable *
piao_envelope_params_from_json (JsonObject *object, GError **error)
{
  g_autoptr (GHashTable) params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_return_val_if_fail (object != NULL, NULL);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    {
      char *text = param_text (node);

      if (text == NULL)
        {
          piao_error_set (error, PIAO_ERROR_INVALID, "gateway.param",
                          _ ("The gateway parameter “%s” is empty or a fraction; amounts travel as "
                             "decimal text."),
                          name);
          return NULL;
        }
      g_hash_table_insert (params, g_strdup (name), text);
    }
  return g_steal_pointer (&params);
}

/* --- replies --------------------------------------------------------------------------------- */

PiaoEnvelopeReply *
piao_envelope_reply_new (const char *code,
                         const char *sentence,
                         gint64 server_time,
                         JsonObject *result)
{
  PiaoEnvelopeReply *self = g_new0 (PiaoEnvelopeReply, 1);

  self->code = g_strdup (code);
  self->sentence = g_strdup (sentence != NULL ? sentence : "");
  self->server_time = server_time;
  self->result = result != NULL ? json_object_ref (result) : NULL;
  return self;
}

void
piao_envelope_reply_free (PiaoEnvelopeReply *self)
{
  if (self == NULL)
    return;
  g_free (self->code);
  g_free (self->sentence);
  g_clear_pointer (&self->result, json_object_unref);
  g_free (self);
}

/* The MAC over what a reply says. Transfer full. */
static char *
sign_reply (const PiaoGatewayProfile *profile,
            const PiaoCredentials *credentials,
            const char *content,
            const char *code,
            const char *sentence,
            gint64 server_time,
            const char *status)
{
  g_autoptr (GHashTable) pairs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, server_time);
  g_autofree char *input = NULL;

  g_hash_table_insert (pairs, (gpointer) "content", (gpointer)content);
  g_hash_table_insert (pairs, (gpointer) "errNo", (gpointer)code);
  g_hash_table_insert (pairs, (gpointer) "errMsg", (gpointer)sentence);
  g_hash_table_insert (pairs, (gpointer) "serverTime", time);
  g_hash_table_insert (pairs, (gpointer) "status", (gpointer)status);
  input = join (profile, pairs, "", "");
  return piao_gateway_mac (profile, credentials->sign_secret, input);
}

/* @result at the end of reply-path: {"data": "{\"result\": {…}}"}. Transfer full. */
static char *
wrap (const PiaoGatewayProfile *profile, JsonObject *result)
{
  guint depth = g_strv_length (profile->reply_path);
  g_autofree char *text = piao_json_object_to_text (result);

  for (guint i = depth; i > 0; i--)
    {
      const char *step = profile->reply_path[i - 1];
      g_autoptr (JsonObject) layer = json_object_new ();

      if (i == depth)
        json_object_set_object_member (layer, step, json_object_ref (result));
      else
        json_object_set_string_member (layer, step, text);
      g_free (text);
      text = piao_json_object_to_text (layer);
    }
  return g_steal_pointer (&text);
}

char *
piao_envelope_seal_reply (const PiaoGatewayProfile *profile,
                          const PiaoCredentials *credentials,
                          const PiaoEnvelopeReply *reply,
                          const PiaoRandom *random,
                          GError **error)
{
  g_autofree char *content = g_strdup ("");
  g_autofree char *sign = NULL;
  g_autoptr (JsonObject) object = NULL;

  g_return_val_if_fail (profile != NULL && credentials != NULL && reply != NULL, NULL);
  if (reply->result != NULL)
    {
      g_autofree char *plain = wrap (profile, reply->result);

      if (strlen (plain) > PIAO_JSON_MAX_BYTES)
        {
          piao_error_set (error, PIAO_ERROR_LIMIT, "gateway.reply",
                          _ ("The reply is larger than 1 MiB; ask for less at once."));
          return NULL;
        }
      g_free (content);
      content = profile->reply_sealed
                    ? piao_gateway_encipher (profile, credentials->app_secret, plain, random)
                    : g_steal_pointer (&plain);
    }
  sign = sign_reply (profile, credentials, content, reply->code, reply->sentence,
                     reply->server_time, "200");
  object = piao_json_build (
      "content", 's', content, "header", 'o',
      piao_json_build ("serverTime", 'i', reply->server_time, "status", 's', "200", NULL), "sign",
      's', sign, "errMsg", 's', reply->sentence, "errNo", 's', reply->code, NULL);
  return piao_json_object_to_text (object);
}

/* A member that some write as text and some as a whole number. Transfer full. */
static char *
get_word (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return NULL;
  return param_text (node);
}

/* What stands at @node as an object: itself, or the text of one. Transfer full; NULL for neither.
 */
static JsonObject *
layer_of (JsonNode *node)
{
  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_ref (json_node_get_object (node));
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return piao_json_parse_object (json_node_get_string (node), -1, PIAO_JSON_MAX_BYTES, "reply",
                                 NULL);
}

/* Follows reply-path through @content. Transfer full; NULL when it leads nowhere. */
static JsonObject *
unwrap (const PiaoGatewayProfile *profile, const char *content)
{
  g_autoptr (JsonObject) layer
      = piao_json_parse_object (content, -1, PIAO_JSON_MAX_BYTES, "reply", NULL);

  for (guint i = 0; layer != NULL && profile->reply_path[i] != NULL; i++)
    {
      JsonObject *next = layer_of (json_object_get_member (layer, profile->reply_path[i]));

      json_object_unref (layer);
      layer = next;
    }
  return g_steal_pointer (&layer);
}

static gboolean
open_content (const PiaoGatewayProfile *profile,
              const PiaoCredentials *credentials,
              const char *content,
              PiaoEnvelopeReply *reply)
{
  g_autofree char *plain = NULL;

  if (*content == '\0')
    return TRUE;
  plain = profile->reply_sealed ? piao_gateway_decipher (profile, credentials->app_secret, content)
                                : g_strdup (content);
  reply->result = plain != NULL ? unwrap (profile, plain) : NULL;
  return reply->result != NULL;
}

PiaoEnvelopeReply *
piao_envelope_open_reply (const PiaoGatewayProfile *profile,
                          const PiaoCredentials *credentials,
                          const char *text,
                          gsize length,
                          GError **error)
{
  g_autoptr (JsonObject) object
      = piao_json_parse_object (text, (gssize)length, PIAO_JSON_MAX_BYTES, "reply", NULL);
  JsonObject *header = piao_json_get_object (object, "header");
  const char *content = piao_json_get_text (object, "content", "");
  const char *sentence = piao_json_get_text (object, "errMsg", "");
  const char *given = piao_json_get_text (object, "sign", "");
  g_autofree char *code = get_word (object, "errNo");
  g_autofree char *status = get_word (header, "status");
  g_autofree char *expected = NULL;
  g_autoptr (PiaoEnvelopeReply) reply = NULL;

  g_return_val_if_fail (profile != NULL && credentials != NULL && text != NULL, NULL);
  if (code == NULL)
    return fail_seal (error);
  reply
      = piao_envelope_reply_new (code, sentence, piao_json_get_int (header, "serverTime", 0), NULL);
  expected = sign_reply (profile, credentials, content, code, sentence, reply->server_time,
                         status != NULL ? status : "");
  if (!piao_gateway_equal (expected, given) || !open_content (profile, credentials, content, reply))
    return fail_seal (error);
  return g_steal_pointer (&reply);
}

char *
piao_envelope_peek_code (const char *text, gsize length)
{
  g_autoptr (JsonObject) object
      = piao_json_parse_object (text, (gssize)length, PIAO_JSON_MAX_BYTES, "reply", NULL);

  return get_word (object, "errNo");
}
