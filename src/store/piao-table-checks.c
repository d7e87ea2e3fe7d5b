/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "store/piao-table-checks.h"

PIAO_STATEMENT (table_checks_sql,
                "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = $1");

/* Behind what must not be read as words that begins at @at: a text, a quoted name, a comment. @at
 * when nothing of the kind does, NULL when it has no end. */
static const char *
skip_quoted (const char *at)
{
  const char *end;

  if (*at == '\'' || *at == '"')
    {
      /* A doubled mark ends one text and begins the next. */
      end = strchr (at + 1, *at);
      return end != NULL ? end + 1 : NULL;
    }
  if (g_str_has_prefix (at, "--"))
    {
      end = strchr (at, '\n');
      return end != NULL ? end + 1 : NULL;
    }
  if (g_str_has_prefix (at, "/*"))
    {
      end = strstr (at, "*/");
      return end != NULL ? end + 2 : NULL;
    }
  return at;
}

static gboolean
is_of_word (char letter)
{
  return g_ascii_isalnum (letter) || letter == '_';
}

/* Whether the word CHECK stands at @at; @sql is where the text begins. */
static gboolean
is_check (const char *sql, const char *at)
{
  return g_ascii_strncasecmp (at, "CHECK", 5) == 0 && !is_of_word (at[5])
         && (at == sql || !is_of_word (at[-1]));
}

/* Behind the bracket that closes the one at @at; NULL when there is none. */
static const char *
find_close (const char *at)
{
  guint depth = 0;

  while (at != NULL && *at != '\0')
    {
      const char *behind = skip_quoted (at);

      if (behind != at)
        {
          at = behind;
          continue;
        }
      if (*at == '(')
        depth++;
      else if (*at == ')' && --depth == 0)
        return at + 1;
      at++;
    }
  return NULL;
}

char *
piao_table_checks_read (const char *sql)
{
  g_autoptr (GString) all = g_string_new (NULL);
  const char *at = sql;

  while (*at != '\0')
    {
      const char *behind = skip_quoted (at), *open, *close;

      if (behind == NULL)
        return NULL;
      if (behind != at || !is_check (sql, at))
        {
          at = behind != at ? behind : at + 1;
          continue;
        }
      open = at + 5 + strspn (at + 5, " \n\t");
      close = *open == '(' ? find_close (open) : NULL;
      if (close == NULL)
        return NULL;
      g_string_append (all, all->len > 0 ? " AND " : "");
      g_string_append_len (all, open, close - open);
      at = close;
    }
  return g_string_free_and_steal (g_steal_pointer (&all));
}

char *
piao_table_checks_get (PiaoDb *db, const char *table, GError **error)
{
  g_autofree char *sql = NULL;
  char *checks;

  if (!piao_db_query_text (db, &table_checks_sql, &sql, error, "s", table))
    return NULL;
  checks = sql != NULL ? piao_table_checks_read (sql) : NULL;
  if (checks == NULL)
    piao_db_set_damaged (error);
  return checks;
}
