/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "store/piao-db-private.h"

#define MAX_PARAMETERS 64

extern const PiaoStatement *const __start_piao_statements[];
extern const PiaoStatement *const __stop_piao_statements[];

/* The words that every connection needs; they also keep the section from being empty. */
PIAO_STATEMENT (commit_words, "COMMIT");
PIAO_STATEMENT (rollback_words, "ROLLBACK");
PIAO_STATEMENT (savepoint_words, "SAVEPOINT piao");
PIAO_STATEMENT (release_words, "RELEASE SAVEPOINT piao");
PIAO_STATEMENT (rollback_to_words, "ROLLBACK TO SAVEPOINT piao");

void
piao_statement_foreach (void (*func) (const PiaoStatement *statement, gpointer data), gpointer data)
{
  for (const PiaoStatement *const *entry = __start_piao_statements; entry < __stop_piao_statements;
       entry++)
    func (*entry, data);
}

const PiaoStatement *
piao_statement_make (const char *name, const char *sql)
{
  static GMutex lock;
  static GHashTable *all;
  PiaoStatement *made;

  g_mutex_lock (&lock);
  if (all == NULL)
    all = g_hash_table_new (g_str_hash, g_str_equal);
  made = g_hash_table_lookup (all, sql);
  if (made == NULL)
    {
      made = g_new0 (PiaoStatement, 1);
      *made = (PiaoStatement){ g_intern_string (name), g_strdup (sql) };
      g_hash_table_insert (all, (gpointer)made->sql, made);
    }
  g_mutex_unlock (&lock);
  return made;
}

static char *
repeat (const PiaoRepeated *self, guint times)
{
  GString *sql = g_string_new (self->head);
  guint parameter = 0;

  for (guint i = 0; i < times; i++)
    {
      if (i > 0)
        g_string_append (sql, self->between);
      for (const char *p = self->each; *p != '\0'; p++)
        if (*p == '?')
          g_string_append_printf (sql, "$%u", ++parameter);
        else
          g_string_append_c (sql, *p);
    }
  g_assert (parameter <= MAX_PARAMETERS);
  g_string_append (sql, self->tail);
  return g_string_free_and_steal (sql);
}

const PiaoStatement *
piao_repeated_get (PiaoRepeated *self, guint times)
{
  const PiaoStatement *made;
  g_autofree char *sql = NULL;

  g_return_val_if_fail (times > 0 && times <= PIAO_REPEATED_MAX, NULL);
  made = g_atomic_pointer_get (&self->made[times]);
  if (made != NULL)
    return made;
  sql = repeat (self, times);
  made = piao_statement_make (self->name, sql);
  g_atomic_pointer_set (&self->made[times], made);
  return made;
}

/* Taking back should need no memory when there is none: its words are prepared before they are
 * needed. (A PRAGMA makes SQLite prepare all words once more; see take_back().) */
static PiaoDb *
open_file (const char *path, PiaoDbFlags flags, GError **error)
{
  static const PiaoStatement *const words[]
      = { &commit_words, &rollback_words, &savepoint_words, &release_words, &rollback_to_words };
  g_autoptr (PiaoDb) db = piao_db_open_sqlite (path, flags, error);

  for (guint i = 0; db != NULL && i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (PiaoCursor) cursor = db->driver->query (db, words[i], NULL, 0, error);

      if (cursor == NULL)
        return NULL;
    }
  return g_steal_pointer (&db);
}

PiaoDb *
piao_db_open (const char *address, PiaoDbFlags flags, GError **error)
{
  g_return_val_if_fail (address != NULL, NULL);
  if (g_str_has_prefix (address, "postgresql://") || g_str_has_prefix (address, "postgres://"))
    return piao_db_open_postgresql (address, flags, error);
  return open_file (address, flags, error);
}

void
piao_db_free (PiaoDb *db)
{
  if (db == NULL)
    return;
  g_clear_error (&db->doom);
  db->driver->free (db);
}

/* The engine may have taken all back on its own, and would take what follows as transactions of
 * their own. */
void
piao_db_doom (PiaoDb *db, const GError *error)
{
  if (db->in_transaction && db->doom == NULL)
    db->doom = g_error_copy (error);
}

/* Without memory for its words the transaction before is still open, and what follows would be lost
 * with it. */
static gboolean
take_back (PiaoDb *db, GError **error)
{
  g_autoptr (GError) inner = NULL;

  db->lingers = !db->driver->script (db, "ROLLBACK", &inner) && db->driver->lingers (db);
  if (db->lingers)
    g_propagate_error (error, g_steal_pointer (&inner));
  return !db->lingers;
}

/* Before a statement: whether it may run. */
static gboolean
is_sound (PiaoDb *db, GError **error)
{
  if (db->lingers && !take_back (db, error))
    return FALSE;
  if (db->doom == NULL || !db->in_transaction || PIAO_MUTANT (doom_ignored))
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (db->doom);
  return FALSE;
}

PiaoEngine
piao_db_get_engine (PiaoDb *db)
{
  return db->driver->engine;
}

/* --- parameters ------------------------------------------------------------------------------ */

static guint
collect (PiaoValue *values, const char *types, va_list *args)
{
  guint n = 0;

  for (const char *type = types; *type != '\0'; type++, n++)
    {
      g_assert (n < MAX_PARAMETERS);
      if (*type == 'i')
        piao_value_set_int (&values[n], va_arg (*args, gint64));
      else if (*type == 's')
        piao_value_set_text (&values[n], va_arg (*args, const char *));
      else if (*type == 'b')
        piao_value_set_blob (&values[n], va_arg (*args, GBytes *));
      else if (*type == 'v')
        piao_value_copy (&values[n], va_arg (*args, const PiaoValue *));
      else
        g_assert_not_reached ();
    }
  return n;
}

static PiaoCursor *
query_valist (
    PiaoDb *db, const PiaoStatement *statement, GError **error, const char *types, va_list *args)
{
  PiaoValue values[MAX_PARAMETERS] = { 0 };
  guint n = collect (values, types, args);
  PiaoCursor *cursor
      = is_sound (db, error) ? db->driver->query (db, statement, values, n, error) : NULL;

  for (guint i = 0; i < n; i++)
    piao_value_clear (&values[i]);
  return cursor;
}

/* Runs @cursor (taken, may be NULL) to its end. */
static gboolean
finish (PiaoCursor *cursor, gint64 *changed, GError **error)
{
  g_autoptr (PiaoCursor) held = cursor;
  g_autoptr (GError) inner = NULL;

  if (held == NULL)
    return FALSE;
  while (held->driver->next (held, &inner))
    continue;
  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (changed != NULL)
    *changed = held->driver->changed (held);
  return TRUE;
}

static gboolean
exec_valist (PiaoDb *db,
             const PiaoStatement *statement,
             gint64 *changed,
             GError **error,
             const char *types,
             va_list *args)
{
  PiaoValue values[MAX_PARAMETERS] = { 0 };
  guint n = collect (values, types, args);
  gboolean done = piao_db_exec_values_changed (db, statement, values, n, changed, error);

  for (guint i = 0; i < n; i++)
    piao_value_clear (&values[i]);
  return done;
}

gboolean
piao_db_exec (PiaoDb *db, const PiaoStatement *statement, GError **error, const char *types, ...)
{
  gboolean done;
  va_list args;

  va_start (args, types);
  done = exec_valist (db, statement, NULL, error, types, &args);
  va_end (args);
  return done;
}

gboolean
piao_db_exec_changed (PiaoDb *db,
                      const PiaoStatement *statement,
                      gint64 *changed,
                      GError **error,
                      const char *types,
                      ...)
{
  gboolean done;
  va_list args;

  va_start (args, types);
  done = exec_valist (db, statement, changed, error, types, &args);
  va_end (args);
  return done;
}

gboolean
piao_db_exec_values (PiaoDb *db,
                     const PiaoStatement *statement,
                     const PiaoValue *values,
                     guint n_values,
                     GError **error)
{
  return piao_db_exec_values_changed (db, statement, values, n_values, NULL, error);
}

gboolean
piao_db_exec_values_changed (PiaoDb *db,
                             const PiaoStatement *statement,
                             const PiaoValue *values,
                             guint n_values,
                             gint64 *changed,
                             GError **error)
{
  if (!is_sound (db, error))
    return FALSE;
  if (db->defers && changed == NULL && db->driver->ask != NULL)
    return db->driver->ask (db, statement, values, n_values, NULL, NULL, NULL, error);
  if (db->driver->exec != NULL)
    return db->driver->exec (db, statement, values, n_values, changed, error);
  return finish (db->driver->query (db, statement, values, n_values, error), changed, error);
}

PiaoCursor *
piao_db_query (PiaoDb *db, const PiaoStatement *statement, GError **error, const char *types, ...)
{
  PiaoCursor *cursor;
  va_list args;

  va_start (args, types);
  cursor = query_valist (db, statement, error, types, &args);
  va_end (args);
  return cursor;
}

PiaoCursor *
piao_db_query_values (PiaoDb *db,
                      const PiaoStatement *statement,
                      const PiaoValue *values,
                      guint n_values,
                      GError **error)
{
  return is_sound (db, error) ? db->driver->query (db, statement, values, n_values, error) : NULL;
}

/* --- not waiting ----------------------------------------------------------------------------- */

void
piao_db_defer (PiaoDb *db)
{
  g_return_if_fail (db->in_transaction);
  db->defers = TRUE;
}

gboolean
piao_db_ask_values (PiaoDb *db,
                    const PiaoStatement *statement,
                    PiaoDbAnswerFunc func,
                    gpointer data,
                    GDestroyNotify destroy,
                    const PiaoValue *values,
                    guint n_values,
                    GError **error)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  gboolean done;

  if (db->defers && db->driver->ask != NULL)
    return db->driver->ask (db, statement, values, n_values, func, data, destroy, error);
  if (is_sound (db, error))
    cursor = db->driver->query (db, statement, values, n_values, error);
  done = cursor != NULL && func (cursor, data, error);
  if (destroy != NULL)
    destroy (data);
  return done;
}

static gboolean
ask_valist (PiaoDb *db,
            const PiaoStatement *statement,
            PiaoDbAnswerFunc func,
            gpointer data,
            GDestroyNotify destroy,
            GError **error,
            const char *types,
            va_list *args)
{
  PiaoValue values[MAX_PARAMETERS] = { 0 };
  guint n = collect (values, types, args);
  gboolean done = piao_db_ask_values (db, statement, func, data, destroy, values, n, error);

  for (guint i = 0; i < n; i++)
    piao_value_clear (&values[i]);
  return done;
}

gboolean
piao_db_ask (PiaoDb *db,
             const PiaoStatement *statement,
             PiaoDbAnswerFunc func,
             gpointer data,
             GDestroyNotify destroy,
             GError **error,
             const char *types,
             ...)
{
  gboolean done;
  va_list args;

  va_start (args, types);
  done = ask_valist (db, statement, func, data, destroy, error, types, &args);
  va_end (args);
  return done;
}

static gboolean
take_int (PiaoCursor *cursor, gpointer data, GError **error)
{
  gint64 *number = data;
  g_autoptr (GError) inner = NULL;

  if (piao_cursor_next (cursor, &inner) && !piao_cursor_is_null (cursor, 0))
    *number = piao_cursor_int (cursor, 0);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_db_ask_int (PiaoDb *db,
                 const PiaoStatement *statement,
                 gint64 *number,
                 GError **error,
                 const char *types,
                 ...)
{
  gboolean done;
  va_list args;

  va_start (args, types);
  done = ask_valist (db, statement, take_int, number, NULL, error, types, &args);
  va_end (args);
  return done;
}

gboolean
piao_db_settle (PiaoDb *db, GError **error)
{
  return db->driver->settle == NULL || db->driver->settle (db, error);
}

/* Words that are waited for: what was sent before them is settled too. */
static gboolean
say (PiaoDb *db, const PiaoStatement *words, GError **error)
{
  gint64 changed;

  return piao_db_exec_values_changed (db, words, NULL, 0, &changed, error);
}

/* --- cursors --------------------------------------------------------------------------------- */

/* A NULL cursor (its query failed, the error is already set) is simply at its end. */
gboolean
piao_cursor_next (PiaoCursor *cursor, GError **error)
{
  if (cursor == NULL)
    return FALSE;
  if (cursor->failure == NULL)
    return cursor->driver->next (cursor, error);
  if (error != NULL)
    *error = g_error_copy (cursor->failure);
  return FALSE;
}

guint
piao_cursor_get_n_columns (PiaoCursor *cursor)
{
  return cursor->driver->n_columns (cursor);
}

gboolean
piao_cursor_is_null (PiaoCursor *cursor, guint column)
{
  return cursor->driver->is_null (cursor, column);
}

gint64
piao_cursor_int (PiaoCursor *cursor, guint column)
{
  return cursor->driver->number (cursor, column);
}

const char *
piao_cursor_text (PiaoCursor *cursor, guint column)
{
  return cursor->driver->text (cursor, column);
}

GBytes *
piao_cursor_dup_blob (PiaoCursor *cursor, guint column)
{
  PiaoValue value = { 0 };
  GBytes *blob = NULL;

  cursor->driver->value (cursor, column, &value);
  if (value.type == PIAO_VALUE_BLOB)
    blob = g_bytes_ref (value.blob);
  piao_value_clear (&value);
  return blob;
}

void
piao_cursor_value (PiaoCursor *cursor, guint column, PiaoValue *value)
{
  cursor->driver->value (cursor, column, value);
}

void
piao_cursor_free (PiaoCursor *cursor)
{
  if (cursor == NULL)
    return;
  g_clear_error (&cursor->failure);
  cursor->driver->cursor_free (cursor);
}

gboolean
piao_db_query_int (PiaoDb *db,
                   const PiaoStatement *statement,
                   gint64 fallback,
                   gint64 *number,
                   GError **error,
                   const char *types,
                   ...)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autoptr (GError) inner = NULL;
  va_list args;

  va_start (args, types);
  cursor = query_valist (db, statement, &inner, types, &args);
  va_end (args);
  *number = fallback;
  if (piao_cursor_next (cursor, &inner) && !piao_cursor_is_null (cursor, 0))
    *number = piao_cursor_int (cursor, 0);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_db_query_text (
    PiaoDb *db, const PiaoStatement *statement, char **text, GError **error, const char *types, ...)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autoptr (GError) inner = NULL;
  va_list args;

  va_start (args, types);
  cursor = query_valist (db, statement, &inner, types, &args);
  va_end (args);
  *text = NULL;
  if (piao_cursor_next (cursor, &inner))
    *text = g_strdup (piao_cursor_text (cursor, 0));
  if (inner == NULL && cursor->failure == NULL)
    return TRUE;
  if (inner == NULL)
    {
      g_clear_pointer (text, g_free);
      inner = g_error_copy (cursor->failure);
    }
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* --- transactions ---------------------------------------------------------------------------- */

static gboolean
begin (PiaoDb *db, gboolean write, GError **error)
{
  g_return_val_if_fail (!db->in_transaction, FALSE);
  /* There was no memory to say so. */
  if (db->unchecked && !piao_db_set_checks (db, TRUE, error))
    return FALSE;
  if (db->lingers && !take_back (db, error))
    return FALSE;
  if (!db->driver->begin (db, write, error))
    return FALSE;
  db->in_transaction = TRUE;
  db->reads = !write;
  db->defers = FALSE;
  db->depth = 0;
  return TRUE;
}

gboolean
piao_db_begin (PiaoDb *db, GError **error)
{
  return begin (db, TRUE, error);
}

gboolean
piao_db_begin_read (PiaoDb *db, GError **error)
{
  return begin (db, FALSE, error);
}

gboolean
piao_db_commit (PiaoDb *db, GError **error)
{
  g_return_val_if_fail (db->in_transaction && db->depth == 0, FALSE);
  if (!say (db, &commit_words, error))
    {
      piao_db_rollback (db);
      return FALSE;
    }
  db->in_transaction = db->defers = FALSE;
  return TRUE;
}

void
piao_db_rollback (PiaoDb *db)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (db->in_transaction);
  /* Whatever was on its way is undone with the rest. */
  piao_db_settle (db, NULL);
  db->in_transaction = db->defers = FALSE;
  db->depth = 0;
  g_clear_error (&db->doom);
  if (db->reads && db->driver->leave != NULL)
    {
      db->driver->leave (db);
      return;
    }
  /* The engine may already have rolled back (full disk, lost server): nothing is left to undo. */
  if (say (db, &rollback_words, &error))
    return;
  g_debug ("rollback: %s", error->message);
  db->lingers = db->driver->lingers != NULL && db->driver->lingers (db);
  if (db->lingers)
    take_back (db, NULL);
}

gboolean
piao_db_set_checks (PiaoDb *db, gboolean checks, GError **error)
{
  g_return_val_if_fail (piao_db_get_engine (db) == PIAO_ENGINE_SQLITE, FALSE);
  /* Whatever becomes of the words: it is said once more before the next transaction. */
  db->unchecked = TRUE;
  if (!piao_db_script (db,
                       checks ? "PRAGMA ignore_check_constraints = OFF"
                              : "PRAGMA ignore_check_constraints = ON",
                       error))
    return FALSE;
  db->unchecked = !checks;
  return TRUE;
}

gboolean
piao_db_savepoint (PiaoDb *db, GError **error)
{
  g_return_val_if_fail (db->in_transaction, FALSE);
  if (!piao_db_exec (db, &savepoint_words, error, ""))
    return FALSE;
  db->depth++;
  return TRUE;
}

gboolean
piao_db_release (PiaoDb *db, GError **error)
{
  g_return_val_if_fail (db->depth > 0, FALSE);
  if (!say (db, &release_words, error))
    return FALSE;
  db->depth--;
  return TRUE;
}

void
piao_db_rollback_to (PiaoDb *db)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (db->depth > 0);
  db->depth--;
  piao_db_settle (db, NULL);
  if (!say (db, &rollback_to_words, &error) || !say (db, &release_words, &error))
    {
      /* The engine has rolled back the whole (a disk that failed), or is in a state nobody knows.
       */
      g_debug ("A part of a transaction could not be undone: %s", error->message);
      piao_db_doom (db, error);
    }
}

gboolean
piao_db_check (PiaoDb *db, GError **error)
{
  if (db->doom == NULL || PIAO_MUTANT (doom_ignored))
    return TRUE;
  g_clear_error (error);
  if (error != NULL)
    *error = g_error_copy (db->doom);
  return FALSE;
}

gboolean
piao_db_set_damaged (GError **error)
{
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "db.corrupt",
                         _ ("The database file is damaged or is not a database."));
}

gboolean
piao_db_in_transaction (PiaoDb *db)
{
  return db->in_transaction;
}

/* --- notices --------------------------------------------------------------------------------- */

gboolean
piao_db_has_notices (PiaoDb *db)
{
  return db->driver->notify != NULL;
}

gboolean
piao_db_notify (PiaoDb *db, const char *channel, const char *text, GError **error)
{
  return db->driver->notify == NULL || db->driver->notify (db, channel, text, error);
}

gboolean
piao_db_listen (PiaoDb *db, const char *channel, GError **error)
{
  g_autofree char *words = g_strdup_printf ("LISTEN %s", channel);

  return db->driver->notify == NULL || db->driver->script (db, words, error);
}

gboolean
piao_db_wait_notice (PiaoDb *db, int wake_fd, int timeout_ms, char **text, GError **error)
{
  GPollFD fd = { .fd = wake_fd, .events = G_IO_IN };

  *text = NULL;
  if (db->driver->wait_notice != NULL)
    return db->driver->wait_notice (db, wake_fd, timeout_ms, text, error);
  g_poll (&fd, 1, timeout_ms);
  return TRUE;
}

gboolean
piao_db_script (PiaoDb *db, const char *sql, GError **error)
{
  return is_sound (db, error) && db->driver->script (db, sql, error);
}
