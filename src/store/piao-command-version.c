/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: arguments say their version themselves, in the member "v", so it lies with them in an
 * outbox for months, travels with them and is in the log as it was sent; a command sent twice is
 * the same text twice. They become those of today at the last moment, before they are checked.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "store/piao-command.h"

#define MEMBER "v"

static guint
version_of (const PiaoCommand *command)
{
  return MAX (command->version, 1);
}

/* Members may be set and removed in it; what is below them is shared and stays as it is. */
static JsonObject *
copy_without_version (JsonObject *args)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, args);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!g_str_equal (name, MEMBER))
      json_object_set_member (copy, name, json_node_copy (node));
  return copy;
}

JsonObject *
piao_command_read_args (const PiaoCommand *command, JsonObject *args, GError **error)
{
  gint64 version = json_object_has_member (args, MEMBER) ? piao_json_get_int (args, MEMBER, 0) : 1;
  g_autoptr (JsonObject) copy = NULL;

  if (version == version_of (command) && !json_object_has_member (args, MEMBER))
    return json_object_ref (args);
  if (version < 1 || version > version_of (command))
    {
      piao_error_set (error, PIAO_ERROR_INVALID, version < 1 ? "command.version" : "command.newer",
                      _ ("“%s” comes in a form that this program does not know (version %d, the "
                         "newest here is %u). Update the older of both programs."),
                      command->name, (int)CLAMP (version, 0, G_MAXINT), version_of (command));
      return NULL;
    }
  copy = copy_without_version (args);
  for (gint64 at = version; at < version_of (command); at++)
    if (!command->readers[at - 1](copy, error))
      return NULL;
  return g_steal_pointer (&copy);
}

char *
piao_command_write_args (const PiaoCommand *command, JsonObject *args)
{
  g_autoptr (JsonObject) copy = NULL;

  if (command == NULL || version_of (command) == 1)
    return piao_json_object_to_text (args);
  copy = copy_without_version (args);
  json_object_set_int_member (copy, MEMBER, version_of (command));
  return piao_json_object_to_text (copy);
}
