/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-text.h"
#include "store/piao-search.h"

/* A number of this many digits is also found by its last four. */
#define LONG_NUMBER 5

/* Counts up when make_words() makes others of the same row. */
#define WORDS_VERSION 1

PIAO_STATEMENT (search_find_doc, "SELECT doc, digest FROM search_row WHERE kind = $1 AND row = $2");
PIAO_STATEMENT (search_add_doc,
                "INSERT INTO search_row (kind, row, digest) VALUES ($1, $2, $3) RETURNING doc");
PIAO_STATEMENT (search_mark_doc, "UPDATE search_row SET digest = $2 WHERE doc = $1");
PIAO_STATEMENT (search_drop_doc, "DELETE FROM search_row WHERE doc = $1");
PIAO_STATEMENT (search_add_words, "INSERT INTO search (rowid, kind, words) VALUES ($1, $2, $3)");
PIAO_STATEMENT (search_drop_words, "DELETE FROM search WHERE rowid = $1");
PIAO_STATEMENT (search_match_rows,
                "SELECT r.row FROM search s JOIN search_row r ON r.doc = s.rowid"
                " WHERE s.search MATCH $1 ORDER BY s.rowid DESC LIMIT $2");

/* --- writing --------------------------------------------------------------------------------- */

static void
append_last_digits (GString *words, const char *text)
{
  const char *p = text;

  while (*p != '\0')
    {
      gsize run = strspn (p, "0123456789");

      if (run >= LONG_NUMBER)
        g_string_append_printf (words, " %.4s", p + run - 4);
      p += MAX (run, 1);
    }
}

static char *
make_words (const PiaoRecord *record)
{
  const PiaoKind *kind = record->kind;
  g_auto (GStrv) parts = g_new0 (char *, kind->n_columns + 1);
  g_autofree char *plain = NULL;
  GString *words;
  guint n = 0;

  for (guint i = 0; i < kind->n_columns; i++)
    {
      const PiaoValue *value = &record->values[i];

      if ((kind->columns[i].flags & PIAO_COLUMN_SEARCH) == 0)
        continue;
      if (value->type == PIAO_VALUE_TEXT)
        parts[n++] = piao_text_fold (value->text);
      else if (value->type == PIAO_VALUE_INT)
        parts[n++] = g_strdup_printf ("%" G_GINT64_FORMAT, value->number);
    }
  plain = piao_text_search_words ((const char *const *)parts);
  words = g_string_new (plain);
  for (guint i = 0; i < n; i++)
    append_last_digits (words, parts[i]);
  return g_string_free_and_steal (words);
}

/* FNV-1a over the bytes and a separator. */
static guint64
add_to_digest (guint64 hash, const char *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    hash = (hash ^ (guint8)bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return (hash ^ 0x1f) * G_GUINT64_CONSTANT (0x100000001b3);
}

/* Of what the words are made of: folding and pinyin are needed only when it has changed. Only
 * compared with digests of the same row. */
static gint64
digest_of (const PiaoRecord *record)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325) + WORDS_VERSION;

  for (guint i = 0; i < record->kind->n_columns; i++)
    {
      const PiaoValue *value = &record->values[i];

      if ((record->kind->columns[i].flags & PIAO_COLUMN_SEARCH) == 0)
        continue;
      if (value->type == PIAO_VALUE_TEXT)
        hash = add_to_digest (hash, value->text, strlen (value->text));
      else if (value->type == PIAO_VALUE_INT)
        hash = add_to_digest (hash, (const char *)&value->number, sizeof value->number);
      else
        hash = add_to_digest (hash, "", 0);
    }
  return (gint64)hash;
}

/* @doc is 0 when the row has no text. */
static gboolean
find_doc (PiaoDb *db, const PiaoKind *kind, gint64 row, gint64 *doc, gint64 *digest, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &search_find_doc, &inner, "si", kind->name, row);

  *doc = 0;
  *digest = 0;
  if (piao_cursor_next (cursor, &inner))
    {
      *doc = piao_cursor_int (cursor, 0);
      *digest = piao_cursor_int (cursor, 1);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_search_forget (PiaoDb *db, const PiaoKind *kind, gint64 row, GError **error)
{
  gint64 doc;
  gint64 digest;

  if ((kind->flags & PIAO_KIND_SEARCHABLE) == 0)
    return TRUE;
  if (!find_doc (db, kind, row, &doc, &digest, error))
    return FALSE;
  return doc == 0
         || (piao_db_exec (db, &search_drop_words, error, "i", doc)
             && piao_db_exec (db, &search_drop_doc, error, "i", doc));
}

gboolean
piao_search_touch (PiaoDb *db, const PiaoRecord *record, GError **error)
{
  const PiaoKind *kind = record->kind;
  g_autofree char *words = NULL;
  gint64 digest;
  gint64 doc;
  gint64 stored;

  if ((kind->flags & PIAO_KIND_SEARCHABLE) == 0)
    return TRUE;
  if (record->deleted)
    return piao_search_forget (db, kind, record->id, error);
  digest = digest_of (record);
  if (!find_doc (db, kind, record->id, &doc, &stored, error))
    return FALSE;
  if (doc != 0 && stored == digest)
    return TRUE;
  if (doc == 0)
    {
      if (!piao_db_query_int (db, &search_add_doc, 0, &doc, error, "sii", kind->name, record->id,
                              digest))
        return FALSE;
    }
  else if (!piao_db_exec (db, &search_drop_words, error, "i", doc)
           || !piao_db_exec (db, &search_mark_doc, error, "ii", doc, digest))
    return FALSE;
  words = make_words (record);
  return piao_db_exec (db, &search_add_words, error, "iss", doc, kind->name, words);
}

/* --- finding --------------------------------------------------------------------------------- */

/* What stands between two spaces becomes a phrase, the last word of which may be unfinished. */
static char *
make_expression (const char *typed, const PiaoKind *kind, gboolean whole)
{
  g_autofree char *head = NULL;
  g_autofree char *folded = NULL;
  g_auto (GStrv) groups = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  if (typed == NULL || !g_utf8_validate (typed, -1, NULL))
    return NULL;
  head = g_utf8_substring (typed, 0, MIN (g_utf8_strlen (typed, -1), PIAO_SEARCH_MAX_CHARS));
  folded = piao_text_fold (head);
  groups = g_strsplit (folded, " ", -1);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *phrase = piao_text_words (groups[i]);

      if (*phrase == '\0')
        continue;
      g_string_append_printf (all, "%s\"%s\"%s", all->len > 0 ? " AND " : "", phrase,
                              whole ? "" : " *");
    }
  if (all->len == 0)
    return NULL;
  if (kind == NULL)
    return g_strdup_printf ("words : (%s)", all->str);
  return g_strdup_printf ("kind : \"%s\" AND words : (%s)", kind->name, all->str);
}

char *
piao_search_expression (const char *typed)
{
  return make_expression (typed, NULL, FALSE);
}

char *
piao_search_match (const PiaoKind *kind, const char *typed)
{
  return make_expression (typed, kind, FALSE);
}

static gboolean
contains (const GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

/* Adds matches that are not there yet until @limit is reached. */
static gboolean
collect (PiaoDb *db, const char *expression, guint limit, GArray *ids, GError **error)
{
  g_autoptr (GError) inner = NULL;
  guint before = ids->len;
  /* Those found before may come again: the limit makes room for them. */
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &search_match_rows, &inner, "si", expression, (gint64)limit + before);

  while (ids->len < limit && piao_cursor_next (cursor, &inner))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      if (before == 0 || !contains (ids, id))
        g_array_append_val (ids, id);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

GArray *
piao_search_find (PiaoDb *db, const PiaoKind *kind, const char *typed, guint limit, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *whole = make_expression (typed, kind, TRUE);
  g_autofree char *begun = make_expression (typed, kind, FALSE);

  if (whole != NULL
      && (!collect (db, whole, limit, ids, error) || !collect (db, begun, limit, ids, error)))
    return NULL;
  return g_steal_pointer (&ids);
}
