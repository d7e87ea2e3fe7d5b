/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "store/piao-command.h"

struct _PiaoAccess
{
  gint64 user;
  char *word;        /* owned; the one that was asked for with the lanes, or NULL */
  gboolean has_word; /* whether the user holds it */
  GHashTable *words; /* all of them, owned texts; NULL until they are read */
  GArray *lanes;     /* gint64, without 0, ascending */
  gboolean all_lanes;
};

PIAO_STATEMENT (select_words,
                "SELECT DISTINCT role_permission.permission FROM user_role"
                " JOIN role_permission ON role_permission.role_id = user_role.role_id"
                " JOIN users ON users.id = user_role.user_id"
                " WHERE user_role.user_id = $1 AND user_role.deleted = 0"
                " AND role_permission.deleted = 0 AND users.deleted = 0 AND users.enabled = 1");
/* Most of what is done needs one word of the dozens that a role has. */
PIAO_STATEMENT (select_scope,
                "SELECT user_role.granted_lane, EXISTS (SELECT 1 FROM role_permission"
                " WHERE role_permission.role_id = user_role.role_id"
                " AND role_permission.permission = $2 AND role_permission.deleted = 0)"
                " FROM user_role JOIN users ON users.id = user_role.user_id"
                " WHERE user_role.user_id = $1 AND user_role.deleted = 0"
                " AND users.deleted = 0 AND users.enabled = 1 ORDER BY user_role.granted_lane");

static gboolean
take_words (PiaoCursor *cursor, gpointer data, GError **error)
{
  GHashTable *words = data;
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    g_hash_table_add (words, g_strdup (piao_cursor_text (cursor, 0)));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
take_scope (PiaoCursor *cursor, gpointer data, GError **error)
{
  PiaoAccess *access = data;
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 lane = piao_cursor_int (cursor, 0);
      guint n = access->lanes->len;

      access->has_word = access->has_word || piao_cursor_int (cursor, 1) != 0;
      if (lane == -1)
        access->all_lanes = TRUE;
      /* They come in order: two roles in the same lane are neighbours. */
      else if (lane != 0 && (n == 0 || g_array_index (access->lanes, gint64, n - 1) != lane))
        g_array_append_val (access->lanes, lane);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

PiaoAccess *
piao_access_ask (PiaoDb *db, gint64 user, const char *word, GError **error)
{
  g_autoptr (PiaoAccess) access = g_new0 (PiaoAccess, 1);

  access->user = user;
  access->word = g_strdup (word);
  access->lanes = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (piao_db_ask (db, &select_scope, take_scope, access, NULL, error, "is", user, word))
    return g_steal_pointer (&access);
  /* Settled in any case: nothing that is on its way may come when @access is gone. */
  piao_db_settle (db, NULL);
  return NULL;
}

PiaoAccess *
piao_access_load_for (PiaoDb *db, gint64 user, const char *word, GError **error)
{
  g_autoptr (PiaoAccess) access = piao_access_ask (db, user, word, error);

  if (access == NULL || !piao_db_settle (db, error))
    return NULL;
  return g_steal_pointer (&access);
}

gboolean
piao_access_read_words (PiaoAccess *access, PiaoDb *db, GError **error)
{
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean asked
      = piao_db_ask (db, &select_words, take_words, words, NULL, error, "i", access->user);

  if (!piao_db_settle (db, asked ? error : NULL) || !asked)
    return FALSE;
  g_clear_pointer (&access->words, g_hash_table_unref);
  access->words = g_steal_pointer (&words);
  return TRUE;
}

PiaoAccess *
piao_access_load (PiaoDb *db, gint64 user, GError **error)
{
  g_autoptr (PiaoAccess) access = piao_access_load_for (db, user, NULL, error);

  if (access == NULL || !piao_access_read_words (access, db, error))
    return NULL;
  return g_steal_pointer (&access);
}

void
piao_access_free (PiaoAccess *access)
{
  if (access == NULL)
    return;
  g_clear_pointer (&access->words, g_hash_table_unref);
  g_free (access->word);
  g_array_unref (access->lanes);
  g_free (access);
}

gboolean
piao_access_is_allowed (const PiaoAccess *access, const char *permission)
{
  if (permission == NULL)
    return TRUE;
  if (access->words == NULL && g_strcmp0 (access->word, permission) == 0)
    return access->has_word;
  PIAO_INVARIANT (access->words != NULL);
  return g_hash_table_contains (access->words, permission);
}

gboolean
piao_access_knows (const PiaoAccess *access, const char *permission)
{
  return permission == NULL || access->words != NULL || g_strcmp0 (access->word, permission) == 0;
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
