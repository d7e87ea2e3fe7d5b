/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-replica.h"

PIAO_STATEMENT (setting_set,
                "INSERT INTO setting (key, value) VALUES ($1, $2)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
                " WHERE setting.value <> excluded.value");
PIAO_STATEMENT (setting_unset, "DELETE FROM setting WHERE key = $1");
PIAO_STATEMENT (setting_get, "SELECT value FROM setting WHERE key = $1");

gboolean
piao_setting_set (PiaoDb *db, const char *key, const char *value, GError **error)
{
  if (value == NULL)
    return piao_db_exec (db, &setting_unset, error, "s", key);
  return piao_db_exec (db, &setting_set, error, "ss", key, value);
}

char *
piao_setting_get (PiaoDb *db, const char *key, GError **error)
{
  char *value = NULL;

  piao_db_query_text (db, &setting_get, &value, error, "s", key);
  return value;
}

gint64
piao_setting_get_int (PiaoDb *db, const char *key, gint64 fallback)
{
  g_autofree char *value = piao_setting_get (db, key, NULL);
  gint64 number = fallback;

  if (value != NULL && !g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return fallback;
  return number;
}
