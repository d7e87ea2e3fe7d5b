/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-command.h"

struct _PiaoAccess
{
  GHashTable *words; /* permission words, owned texts */
  GArray *lanes;     /* gint64, without 0 */
  gboolean all_lanes;
};

PIAO_STATEMENT (select_words,
                "SELECT DISTINCT role_permission.permission FROM user_role"
                " JOIN role_permission ON role_permission.role_id = user_role.role_id"
                " JOIN users ON users.id = user_role.user_id"
                " WHERE user_role.user_id = $1 AND user_role.deleted = 0"
                " AND role_permission.deleted = 0 AND users.deleted = 0 AND users.enabled = 1");
PIAO_STATEMENT (select_lanes,
                "SELECT DISTINCT user_role.granted_lane FROM user_role"
                " JOIN users ON users.id = user_role.user_id"
                " WHERE user_role.user_id = $1 AND user_role.deleted = 0"
                " AND users.deleted = 0 AND users.enabled = 1 ORDER BY 1");

static gboolean
take_words (PiaoCursor *cursor, gpointer data, GError **error)
{
  PiaoAccess *access = data;
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    g_hash_table_add (access->words, g_strdup (piao_cursor_text (cursor, 0)));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
take_lanes (PiaoCursor *cursor, gpointer data, GError **error)
{
  PiaoAccess *access = data;
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 lane = piao_cursor_int (cursor, 0);

      if (lane == -1)
        access->all_lanes = TRUE;
      else if (lane != 0)
        g_array_append_val (access->lanes, lane);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

PiaoAccess *
piao_access_load (PiaoDb *db, gint64 user, GError **error)
{
  g_autoptr (PiaoAccess) access = g_new0 (PiaoAccess, 1);
  gboolean asked;

  access->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  access->lanes = g_array_new (FALSE, FALSE, sizeof (gint64));
  asked = piao_db_ask (db, &select_words, take_words, access, NULL, error, "i", user)
          && piao_db_ask (db, &select_lanes, take_lanes, access, NULL, error, "i", user);
  /* Settled in any case: nothing that is on its way may come when @access is gone. */
  if (!piao_db_settle (db, asked ? error : NULL) || !asked)
    return NULL;
  return g_steal_pointer (&access);
}

void
piao_access_free (PiaoAccess *access)
{
  if (access == NULL)
    return;
  g_hash_table_unref (access->words);
  g_array_unref (access->lanes);
  g_free (access);
}

gboolean
piao_access_is_allowed (const PiaoAccess *access, const char *permission)
{
  return permission == NULL || g_hash_table_contains (access->words, permission);
}

gboolean
piao_access_sees_lane (const PiaoAccess *access, gint64 lane)
{
  if (lane == 0 || access->all_lanes)
    return TRUE;
  for (guint i = 0; i < access->lanes->len; i++)
    if (g_array_index (access->lanes, gint64, i) == lane)
      return TRUE;
  return FALSE;
}

gboolean
piao_access_sees_all (const PiaoAccess *access)
{
  return access->all_lanes;
}

const gint64 *
piao_access_get_lanes (const PiaoAccess *access, guint *n_lanes)
{
  *n_lanes = access->lanes->len;
  return (const gint64 *)(gpointer)access->lanes->data;
}
