/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "store/piao-db-private.h"

typedef struct
{
  sqlite3_stmt *handle; /* owned */
  gint8 order[64];      /* order[i]: SQLite's index of $(i+1), 0 when it does not occur */
  gboolean busy;        /* a cursor stands on it */
} Prepared;

typedef struct
{
  PiaoDb parent;
  sqlite3 *handle;      /* owned */
  GHashTable *prepared; /* const PiaoStatement * → Prepared * */
} SqliteDb;

typedef struct
{
  PiaoCursor parent;
  SqliteDb *db; /* borrowed */
  Prepared *prepared;
  gint64 changed;
} SqliteCursor;

static const PiaoDbDriver driver;
static const PiaoStatement begin_write_words = { "begin_write_words", "BEGIN IMMEDIATE" };
static const PiaoStatement begin_read_words = { "begin_read_words", "BEGIN" };

static gboolean
describe_error (sqlite3 *handle, const PiaoStatement *statement, GError **error)
{
  int code = sqlite3_extended_errcode (handle);
  const char *message = sqlite3_errmsg (handle);

  switch (code & 0xff)
    {
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY
          || code == SQLITE_CONSTRAINT_ROWID)
        return piao_error_set (error, PIAO_ERROR_CONFLICT, "db.unique",
                               _ ("There is already such an entry (%s)."), message);
      return piao_error_set (error, PIAO_ERROR_REFUSED, "db.check",
                             _ ("The database refuses this as inconsistent (%s)."), message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return piao_error_set (error, PIAO_ERROR_BUSY, "db.busy",
                             _ ("The database is in use by another program. Close it."));
    case SQLITE_FULL:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.full",
                             _ ("The disk is full. Free some space; nothing was lost."));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return piao_db_set_damaged (error);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.open",
                             _ ("The database file cannot be opened for this (%s). "
                                "Check the folder and its rights."),
                             message);
    /* The machine fails, not what was asked of it. */
    case SQLITE_NOMEM:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.io",
                             _ ("There is not enough memory for this. Close other programs and try "
                                "again; nothing was lost."));
    case SQLITE_IOERR:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.io", _ ("The database failed: %s [%s]."),
                             message, statement != NULL ? statement->name : "script");
    default:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.failed",
                             _ ("The database failed: %s [%s]."), message,
                             statement != NULL ? statement->name : "script");
    }
}

static gboolean
is_of_machine (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
set_error (SqliteDb *db, const PiaoStatement *statement, GError **error)
{
  g_autoptr (GError) inner = NULL;

  describe_error (db->handle, statement, &inner);
  if (is_of_machine (sqlite3_extended_errcode (db->handle)))
    piao_db_doom (&db->parent, inner);
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static void
prepared_free (Prepared *prepared)
{
  sqlite3_finalize (prepared->handle);
  g_free (prepared);
}

static void
sqlite_free (PiaoDb *base)
{
  SqliteDb *db = (SqliteDb *)base;

  g_hash_table_unref (db->prepared);
  sqlite3_close_v2 (db->handle);
  g_free (db);
}

static gboolean
sqlite_script (PiaoDb *base, const char *sql, GError **error)
{
  SqliteDb *db = (SqliteDb *)base;

  if (sqlite3_exec (db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return set_error (db, NULL, error);
}

static Prepared *
prepare (SqliteDb *db, const PiaoStatement *statement, GError **error)
{
  Prepared *prepared = g_hash_table_lookup (db->prepared, statement);

  if (prepared != NULL)
    return prepared;
  prepared = g_new0 (Prepared, 1);
  if (sqlite3_prepare_v3 (db->handle, statement->sql, -1, SQLITE_PREPARE_PERSISTENT,
                          &prepared->handle, NULL)
      != SQLITE_OK)
    {
      set_error (db, statement, error);
      prepared_free (prepared);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (prepared->order); i++)
    {
      char name[8];

      g_snprintf (name, sizeof name, "$%u", i + 1);
      prepared->order[i] = (gint8)sqlite3_bind_parameter_index (prepared->handle, name);
    }
  g_hash_table_insert (db->prepared, (gpointer)statement, prepared);
  return prepared;
}

/* @how: SQLITE_TRANSIENT, or SQLITE_STATIC when the values outlive what is done with them. */
static int
bind (sqlite3_stmt *handle, int index, const PiaoValue *value, sqlite3_destructor_type how)
{
  gsize size = 0;
  const void *data;

  if (index == 0 || value->type == PIAO_VALUE_NULL)
    return SQLITE_OK;
  if (value->type == PIAO_VALUE_INT)
    return sqlite3_bind_int64 (handle, index, value->number);
  if (value->type == PIAO_VALUE_TEXT)
    return sqlite3_bind_text (handle, index, value->text, -1, how);
  data = g_bytes_get_data (value->blob, &size);
  return sqlite3_bind_blob64 (handle, index, data != NULL ? data : "", size, how);
}

static PiaoCursor *
sqlite_query (PiaoDb *base,
              const PiaoStatement *statement,
              const PiaoValue *values,
              guint n_values,
              GError **error)
{
  SqliteDb *db = (SqliteDb *)base;
  Prepared *prepared = prepare (db, statement, error);
  SqliteCursor *cursor;

  if (prepared == NULL)
    return NULL;
  PIAO_INVARIANT (!prepared->busy && n_values <= G_N_ELEMENTS (prepared->order));
  sqlite3_reset (prepared->handle);
  sqlite3_clear_bindings (prepared->handle);
  for (guint i = 0; i < n_values; i++)
    if (bind (prepared->handle, prepared->order[i], &values[i], SQLITE_TRANSIENT) != SQLITE_OK)
      {
        set_error (db, statement, error);
        return NULL;
      }
  prepared->busy = TRUE;
  cursor = g_new0 (SqliteCursor, 1);
  cursor->parent.driver = &driver;
  cursor->db = db;
  cursor->prepared = prepared;
  return &cursor->parent;
}

static gboolean
sqlite_exec (PiaoDb *base,
             const PiaoStatement *statement,
             const PiaoValue *values,
             guint n_values,
             gint64 *changed,
             GError **error)
{
  SqliteDb *db = (SqliteDb *)base;
  Prepared *prepared = prepare (db, statement, error);
  int code = SQLITE_OK;

  if (prepared == NULL)
    return FALSE;
  PIAO_INVARIANT (!prepared->busy && n_values <= G_N_ELEMENTS (prepared->order));
  for (guint i = 0; i < n_values && code == SQLITE_OK; i++)
    code = bind (prepared->handle, prepared->order[i], &values[i], SQLITE_STATIC);
  if (code == SQLITE_OK)
    do
      code = sqlite3_step (prepared->handle);
    while (code == SQLITE_ROW);
  if (code != SQLITE_DONE)
    set_error (db, statement, error);
  else if (changed != NULL)
    *changed = sqlite3_changes64 (db->handle);
  sqlite3_reset (prepared->handle);
  /* Nothing that was borrowed stays behind. */
  sqlite3_clear_bindings (prepared->handle);
  return code == SQLITE_DONE;
}

static gboolean
sqlite_begin (PiaoDb *base, gboolean write, GError **error)
{
  return sqlite_exec (base, write ? &begin_write_words : &begin_read_words, NULL, 0, NULL, error);
}

static gboolean
sqlite_lingers (PiaoDb *base)
{
  return sqlite3_get_autocommit (((SqliteDb *)base)->handle) == 0;
}

static gboolean
sqlite_next (PiaoCursor *base, GError **error)
{
  SqliteCursor *cursor = (SqliteCursor *)base;
  int code = sqlite3_step (cursor->prepared->handle);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    return set_error (cursor->db, NULL, error);
  cursor->changed = sqlite3_changes64 (cursor->db->handle);
  return FALSE;
}

static guint
sqlite_n_columns (PiaoCursor *base)
{
  return (guint)sqlite3_column_count (((SqliteCursor *)base)->prepared->handle);
}

static gboolean
sqlite_is_null (PiaoCursor *base, guint column)
{
  return sqlite3_column_type (((SqliteCursor *)base)->prepared->handle, (int)column) == SQLITE_NULL;
}

static gint64
sqlite_number (PiaoCursor *base, guint column)
{
  return sqlite3_column_int64 (((SqliteCursor *)base)->prepared->handle, (int)column);
}

/* Without memory there is no text: another one stands for it until the reader, at the latest with
 * the next row, hears that what it has read does not count. */
static const char *
sqlite_text (PiaoCursor *base, guint column)
{
  SqliteCursor *cursor = (SqliteCursor *)base;
  const char *text = (const char *)sqlite3_column_text (cursor->prepared->handle, (int)column);

  if (text == NULL && sqlite3_column_type (cursor->prepared->handle, (int)column) != SQLITE_NULL)
    {
      if (base->failure == NULL)
        set_error (cursor->db, NULL, &base->failure);
      return "";
    }
  return text;
}

static void
sqlite_value (PiaoCursor *base, guint column, PiaoValue *value)
{
  sqlite3_stmt *handle = ((SqliteCursor *)base)->prepared->handle;
  int type = sqlite3_column_type (handle, (int)column);

  if (type == SQLITE_INTEGER)
    piao_value_set_int (value, sqlite3_column_int64 (handle, (int)column));
  else if (type == SQLITE_BLOB)
    {
      const void *data = sqlite3_column_blob (handle, (int)column);
      g_autoptr (GBytes) blob
          = g_bytes_new (data, (gsize)sqlite3_column_bytes (handle, (int)column));

      piao_value_set_blob (value, blob);
    }
  else if (type == SQLITE_NULL)
    piao_value_clear (value);
  else
    piao_value_set_text (value, sqlite_text (base, column));
}

static gint64
sqlite_changed (PiaoCursor *base)
{
  return ((SqliteCursor *)base)->changed;
}

static void
sqlite_cursor_free (PiaoCursor *base)
{
  SqliteCursor *cursor = (SqliteCursor *)base;

  sqlite3_reset (cursor->prepared->handle);
  cursor->prepared->busy = FALSE;
  g_free (cursor);
}

static const PiaoDbDriver driver = {
  .engine = PIAO_ENGINE_SQLITE,
  .begin = sqlite_begin,
  .lingers = sqlite_lingers,
  .free = sqlite_free,
  .query = sqlite_query,
  .exec = sqlite_exec,
  .script = sqlite_script,
  .next = sqlite_next,
  .n_columns = sqlite_n_columns,
  .value = sqlite_value,
  .is_null = sqlite_is_null,
  .number = sqlite_number,
  .text = sqlite_text,
  .changed = sqlite_changed,
  .cursor_free = sqlite_cursor_free,
};

PiaoDb *
piao_db_open_sqlite (const char *path, PiaoDbFlags flags, GError **error)
{
  g_autoptr (PiaoDb) base = NULL;
  SqliteDb *db = g_new0 (SqliteDb, 1);
  int open_flags = (flags & PIAO_DB_READ_ONLY) != 0 ? SQLITE_OPEN_READONLY
                                                    : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

  base = &db->parent;
  base->driver = &driver;
  db->prepared = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)prepared_free);
  /* One thread at a time uses a connection, so SQLite need not lock. */
  if (sqlite3_open_v2 (path, &db->handle, open_flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      set_error (db, NULL, error);
      return NULL;
    }
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_busy_timeout (db->handle, 5000);
  if (!sqlite_script (base,
                      "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
                      "PRAGMA cache_size = " PIAO_DB_CACHE "; PRAGMA mmap_size = 268435456;"
                      "PRAGMA temp_store = MEMORY;",
                      error))
    return NULL;
  if ((flags & PIAO_DB_READ_ONLY) == 0
      && !sqlite_script (base,
                         (flags & PIAO_DB_RELAXED) != 0
                             ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
                             : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
                         error))
    return NULL;
  if (PIAO_MUTANT (relaxed_commit) && (flags & PIAO_DB_READ_ONLY) == 0
      && !sqlite_script (base, "PRAGMA synchronous = NORMAL;", error))
    return NULL;
  return g_steal_pointer (&base);
}

gpointer
piao_db_get_sqlite (PiaoDb *db)
{
  return db->driver == &driver ? ((SqliteDb *)db)->handle : NULL;
}

const char *
piao_db_get_path (PiaoDb *db)
{
  const char *path = NULL;

  if (piao_db_get_engine (db) == PIAO_ENGINE_SQLITE)
    path = sqlite3_db_filename (piao_db_get_sqlite (db), "main");
  return path != NULL ? path : "";
}
