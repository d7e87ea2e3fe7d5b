/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-json.h"

/* Whether brackets nest deeper than allowed; a cheap pass, since json-glib recurses. */
static gboolean
is_too_deep (const char *text, gsize length)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (in_string)
        {
          if (text[i] == '\\')
            i++;
          else if (text[i] == '"')
            in_string = FALSE;
        }
      else if (text[i] == '"')
        in_string = TRUE;
      else if (text[i] == '{' || text[i] == '[')
        {
          if (++depth > PIAO_JSON_MAX_DEPTH)
            return TRUE;
        }
      else if ((text[i] == '}' || text[i] == ']') && depth > 0)
        depth--;
    }
  return FALSE;
}

JsonObject *
piao_json_parse_object (
    const char *text, gssize length, gsize max_bytes, const char *what, GError **error)
{
  gsize size = text == NULL ? 0 : length < 0 ? strlen (text) : (gsize)length;
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) inner = NULL;
  JsonNode *root;

  if (size > max_bytes || is_too_deep (text, size))
    {
      piao_error_set (error, PIAO_ERROR_LIMIT, "json.limit",
                      _ ("%s is larger or deeper than is accepted (%zu"
                         " bytes, %d levels)."),
                      what, max_bytes, PIAO_JSON_MAX_DEPTH);
      return NULL;
    }
  parser = json_parser_new_immutable ();
  json_parser_set_strict (parser, TRUE);
  if (size == 0 || !g_utf8_validate (text, (gssize)size, NULL)
      || !json_parser_load_from_data (parser, text, (gssize)size, &inner))
    {
      piao_error_set (error, PIAO_ERROR_CORRUPT, "json.syntax", _ ("%s is not readable JSON."),
                      what);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      piao_error_set (error, PIAO_ERROR_CORRUPT, "json.shape", _ ("%s is not a JSON object."),
                      what);
      return NULL;
    }
  return json_object_ref (json_node_get_object (root));
}

char *
piao_json_object_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

static JsonNode *
get_value (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

const char *
piao_json_get_text (JsonObject *object, const char *member, const char *fallback)
{
  JsonNode *node = get_value (object, member);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return fallback;
  return json_node_get_string (node);
}

gint64
piao_json_get_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonNode *node = get_value (object, member);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return fallback;
  return json_node_get_int (node);
}

gint64
piao_json_get_id (JsonObject *object, const char *member)
{
  const char *text = piao_json_get_text (object, member, NULL);

  return text != NULL ? piao_id_from_text (text) : piao_json_get_int (object, member, 0);
}

gboolean
piao_json_get_bool (JsonObject *object, const char *member, gboolean fallback)
{
  JsonNode *node = get_value (object, member);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fallback;
  return json_node_get_boolean (node);
}

JsonObject *
piao_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
piao_json_get_array (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
piao_json_array_get_object (JsonArray *array, guint index)
{
  JsonNode *node;

  if (array == NULL || index >= json_array_get_length (array))
    return NULL;
  node = json_array_get_element (array, index);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

void
piao_json_set_id (JsonObject *object, const char *member, gint64 id)
{
  g_autofree char *text = piao_id_to_text (id);

  json_object_set_string_member (object, member, text);
}

static void
build_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

JsonObject *
piao_json_build (const char *first, ...)
{
  JsonObject *object = json_object_new ();
  va_list args;

  va_start (args, first);
  for (const char *name = first; name != NULL; name = va_arg (args, const char *))
    switch (va_arg (args, int))
      {
      case 's':
        build_text (object, name, va_arg (args, const char *));
        break;
      case 'i':
        json_object_set_int_member (object, name, va_arg (args, gint64));
        break;
      case 'd':
        piao_json_set_id (object, name, va_arg (args, gint64));
        break;
      case 'b':
        json_object_set_boolean_member (object, name, va_arg (args, gboolean));
        break;
      case 'o':
        json_object_set_object_member (object, name, va_arg (args, JsonObject *));
        break;
      case 'a':
        json_object_set_array_member (object, name, va_arg (args, JsonArray *));
        break;
      default:
        g_assert_not_reached ();
      }
  va_end (args);
  return object;
}
