/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-text.h"
#include "store/piao-command.h"

#define DEFAULT_TEXT 200
#define DEFAULT_LIST 200

struct _PiaoRegistry
{
  gatomicrefcount refs;
  GPtrArray *kinds;    /* const PiaoKind *, in module order */
  GPtrArray *commands; /* const PiaoCommand * */
  GHashTable *kinds_by_name;
  GHashTable *commands_by_name;
};

PiaoRegistry *
piao_registry_new (const PiaoModule *const *modules)
{
  PiaoRegistry *self = g_new0 (PiaoRegistry, 1);

  g_atomic_ref_count_init (&self->refs);
  self->kinds = g_ptr_array_new ();
  self->commands = g_ptr_array_new ();
  self->kinds_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->commands_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (; *modules != NULL; modules++)
    {
      for (const PiaoKind *const *kind = (*modules)->kinds; kind != NULL && *kind != NULL; kind++)
        {
          g_ptr_array_add (self->kinds, (gpointer)*kind);
          if (!g_hash_table_insert (self->kinds_by_name, (gpointer)(*kind)->name, (gpointer)*kind))
            g_error ("kind “%s” is declared twice", (*kind)->name);
        }
      for (const PiaoCommand *const *command = (*modules)->commands;
           command != NULL && *command != NULL; command++)
        {
          g_ptr_array_add (self->commands, (gpointer)*command);
          if (!g_hash_table_insert (self->commands_by_name, (gpointer)(*command)->name,
                                    (gpointer)*command))
            g_error ("command “%s” is declared twice", (*command)->name);
        }
    }
  return self;
}

PiaoRegistry *
piao_registry_ref (PiaoRegistry *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
piao_registry_unref (PiaoRegistry *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->kinds);
  g_ptr_array_unref (self->commands);
  g_hash_table_unref (self->kinds_by_name);
  g_hash_table_unref (self->commands_by_name);
  g_free (self);
}

const PiaoKind *
piao_registry_find_kind (PiaoRegistry *self, const char *name)
{
  return g_hash_table_lookup (self->kinds_by_name, name);
}

const PiaoCommand *
piao_registry_find_command (PiaoRegistry *self, const char *name)
{
  return g_hash_table_lookup (self->commands_by_name, name);
}

const PiaoKind *const *
piao_registry_get_kinds (PiaoRegistry *self, guint *n_kinds)
{
  *n_kinds = self->kinds->len;
  return (const PiaoKind *const *)self->kinds->pdata;
}

const PiaoCommand *const *
piao_registry_get_commands (PiaoRegistry *self, guint *n_commands)
{
  *n_commands = self->commands->len;
  return (const PiaoCommand *const *)self->commands->pdata;
}

/* --- arguments ------------------------------------------------------------------------------- */

static gboolean check_object (const PiaoParam *params, JsonObject *args, GError **error);

static const char *
title_of (const PiaoParam *param)
{
  return param->title != NULL ? g_dgettext (GETTEXT_PACKAGE, param->title) : param->name;
}

static gboolean
wrong_type (const PiaoParam *param, const char *expected, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_INVALID, "args.type", _ ("“%s” must be %s."),
                         title_of (param), expected);
}

static gboolean
check_number (const PiaoParam *param, JsonNode *node, GError **error)
{
  gint64 number;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return wrong_type (param, _ ("a whole number"), error);
  number = json_node_get_int (node);
  if (param->max > param->min && (number < param->min || number > param->max))
    return piao_error_set (error, PIAO_ERROR_INVALID, "args.range",
                           _ ("“%s” must be between %" PRIi64 " and %" PRIi64 "."),
                           title_of (param), param->min, param->max);
  return TRUE;
}

static gboolean
check_text (const PiaoParam *param, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return wrong_type (param, _ ("text"), error);
  if (param->required && *json_node_get_string (node) == '\0')
    return piao_error_set (error, PIAO_ERROR_INVALID, "args.missing",
                           _ ("“%s” is empty. Fill it in."), title_of (param));
  return piao_text_check (json_node_get_string (node),
                          param->max > 0 ? (guint)param->max : DEFAULT_TEXT,
                          param->type == PIAO_PARAM_LINES, title_of (param), error);
}

static gboolean
check_list (const PiaoParam *param, JsonNode *node, GError **error)
{
  JsonArray *array;
  guint most = param->max > 0 ? (guint)param->max : DEFAULT_LIST;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wrong_type (param, _ ("a list"), error);
  array = json_node_get_array (node);
  if (json_array_get_length (array) > most || (gint64)json_array_get_length (array) < param->min)
    return piao_error_set (error, PIAO_ERROR_INVALID, "args.range",
                           _ ("“%s” must have between %" PRIi64 " and %u entries."),
                           title_of (param), param->min, most);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *item = piao_json_array_get_object (array, i);

      if (item == NULL)
        return wrong_type (param, _ ("a list of entries with names"), error);
      if (!check_object (param->items, item, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_value (const PiaoParam *param, JsonObject *args, JsonNode *node, GError **error)
{
  switch (param->type)
    {
    case PIAO_PARAM_ID:
      if (piao_json_get_id (args, param->name) <= 0)
        return wrong_type (param, _ ("the id of an entry"), error);
      return TRUE;
    case PIAO_PARAM_INT:
    case PIAO_PARAM_MONEY:
      return check_number (param, node, error);
    case PIAO_PARAM_BOOL:
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
        return wrong_type (param, _ ("yes or no"), error);
      return TRUE;
    case PIAO_PARAM_TEXT:
    case PIAO_PARAM_LINES:
      return check_text (param, node, error);
    case PIAO_PARAM_LIST:
      return check_list (param, node, error);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
check_object (const PiaoParam *params, JsonObject *args, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (args);
  guint known = 0;

  for (const PiaoParam *param = params; param != NULL && param->name != NULL; param++)
    {
      JsonNode *node = json_object_get_member (args, param->name);

      if (node != NULL)
        known++;
      if (node == NULL && param->required)
        return piao_error_set (error, PIAO_ERROR_INVALID, "args.missing",
                               _ ("“%s” is missing. Fill it in."), title_of (param));
      if (node != NULL && !check_value (param, args, node, error))
        return FALSE;
    }
  if (known != g_list_length (members))
    return piao_error_set (error, PIAO_ERROR_INVALID, "args.unknown",
                           _ ("The command came with an entry it does not know. "
                              "The programs may have different versions: update them."));
  return TRUE;
}

gboolean
piao_command_check_args (const PiaoCommand *command, JsonObject *args, GError **error)
{
  return check_object (command->params, args, error);
}

/* --- JSON Schema ----------------------------------------------------------------------------- */

static JsonObject *
schema_of_object (const PiaoParam *params)
{
  JsonObject *properties = json_object_new ();
  JsonArray *required = json_array_new ();
  JsonObject *schema;

  for (const PiaoParam *param = params; param != NULL && param->name != NULL; param++)
    {
      JsonObject *property = json_object_new ();

      if (param->type == PIAO_PARAM_LIST)
        {
          json_object_set_string_member (property, "type", "array");
          json_object_set_int_member (property, "maxItems",
                                      param->max > 0 ? param->max : DEFAULT_LIST);
          json_object_set_object_member (property, "items", schema_of_object (param->items));
        }
      else if (param->type == PIAO_PARAM_BOOL)
        json_object_set_string_member (property, "type", "boolean");
      else if (param->type == PIAO_PARAM_ID)
        {
          json_object_set_string_member (property, "type", "string");
          json_object_set_string_member (property, "pattern", "^[1-9][0-9]{0,18}$");
        }
      else if (param->type == PIAO_PARAM_TEXT || param->type == PIAO_PARAM_LINES)
        {
          json_object_set_string_member (property, "type", "string");
          json_object_set_int_member (property, "maxLength",
                                      param->max > 0 ? param->max : DEFAULT_TEXT);
        }
      else
        {
          json_object_set_string_member (property, "type", "integer");
          if (param->max > param->min)
            {
              json_object_set_int_member (property, "minimum", param->min);
              json_object_set_int_member (property, "maximum", param->max);
            }
        }
      json_object_set_object_member (properties, param->name, property);
      if (param->required)
        json_array_add_string_element (required, param->name);
    }
  schema = piao_json_build ("type", 's', "object", "properties", 'o', properties, "required", 'a',
                            required, NULL);
  json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  return schema;
}

JsonObject *
piao_command_get_schema (const PiaoCommand *command)
{
  return schema_of_object (command->params);
}
