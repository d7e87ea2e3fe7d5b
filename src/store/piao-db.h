/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-value.h"

G_BEGIN_DECLS

/*
 * PiaoDb: one connection to a database, SQLite or PostgreSQL, used by one thread at a time.
 *
 * SQL is the common subset of both with $1 … $n parameters. A statement is declared once with
 * PIAO_STATEMENT; it is prepared at its first use on a connection and kept. The declarations of
 * the whole program can be walked, so a test asks both engines for every plan.
 *
 *   PIAO_STATEMENT (find_outlet, "SELECT id FROM outlet WHERE outlet_no = $1");
 *   g_autoptr (PiaoCursor) cursor = piao_db_query (db, &find_outlet, error, "s", outlet_no);
 *   while (piao_cursor_next (cursor, error))
 *     use (piao_cursor_int (cursor, 0));
 */
typedef struct
{
  const char *name;
  const char *sql;
} PiaoStatement;

#define PIAO_STATEMENT(ident, text)                                                                \
  static const PiaoStatement ident = { #ident, text };                                             \
  static const PiaoStatement *const ident##_entry                                                  \
      __attribute__ ((section ("piao_statements"), used))                                          \
      = &ident

/* Calls @func for every statement declared in the program. */
void piao_statement_foreach (void (*func) (const PiaoStatement *statement, gpointer data),
                             gpointer data);

/* A statement that is made out of descriptors, for those few that cannot be declared: the same text
 * gives the same one, which is kept for the life of the process. Any thread. */
const PiaoStatement *piao_statement_make (const char *name, const char *sql);

/*
 * A statement whose middle comes once for each of several rows, so that they take one round trip.
 * Every “?” of the middle is the next parameter. Static, and made as it is needed:
 *
 *   static PiaoRepeated set = PIAO_REPEATED ("set", "INSERT INTO t (a, b) VALUES ", "(?, ?)", ", ",
 *                                            " ON CONFLICT (a) DO UPDATE SET b = excluded.b");
 */
#define PIAO_REPEATED_MAX 16
typedef struct
{
  const char *name, *head, *each, *between, *tail;
  const PiaoStatement *made[PIAO_REPEATED_MAX + 1]; /* by times */
} PiaoRepeated;
#define PIAO_REPEATED(name, head, each, between, tail)                                             \
  {                                                                                                \
    name, head, each, between, tail,                                                               \
    {                                                                                              \
      NULL                                                                                         \
    }                                                                                              \
  }

/* With the middle so many @times, 1 to PIAO_REPEATED_MAX. Any thread. */
const PiaoStatement *piao_repeated_get (PiaoRepeated *self, guint times);

typedef struct _PiaoDb PiaoDb;
typedef struct _PiaoCursor PiaoCursor;

typedef enum
{
  PIAO_DB_READ_WRITE = 0,
  PIAO_DB_READ_ONLY = 1 << 0,
  PIAO_DB_RELAXED = 1 << 1, /* SQLite: synchronous=OFF; only for filling a fresh file */
} PiaoDbFlags;

typedef enum
{
  PIAO_ENGINE_SQLITE,
  PIAO_ENGINE_POSTGRESQL,
} PiaoEngine;

/* Opens @address: a file path, ":memory:", or "postgresql://…". PIAO_ERROR_UNAVAILABLE when a
 * server cannot be reached, PIAO_ERROR_CORRUPT when the file is no database. Transfer full. */
PiaoDb *piao_db_open (const char *address, PiaoDbFlags flags, GError **error);
void piao_db_free (PiaoDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoDb, piao_db_free)

PiaoEngine piao_db_get_engine (PiaoDb *db);

/* The sqlite3 handle, or NULL on PostgreSQL; for the session extension and the backup only. */
gpointer piao_db_get_sqlite (PiaoDb *db);

/* The file of an SQLite database, "" when it has none. Borrowed. */
const char *piao_db_get_path (PiaoDb *db);

/*
 * Parameters follow as one letter each in @types: 'i' gint64, 's' const char * (NULL is SQL
 * NULL), 'b' GBytes * (NULL likewise), 'v' const PiaoValue *. All are copied.
 *
 * piao_db_exec() runs to the end and drops rows; @changed (optional) is the number of rows
 * changed. A broken UNIQUE gives PIAO_ERROR_CONFLICT with reason "db.unique", a broken CHECK,
 * foreign key or NOT NULL gives PIAO_ERROR_REFUSED with "db.check", a lost server
 * PIAO_ERROR_UNAVAILABLE, a full disk PIAO_ERROR_FAILED with "db.full", a failing machine
 * PIAO_ERROR_FAILED with "db.io".
 */
gboolean
piao_db_exec (PiaoDb *db, const PiaoStatement *statement, GError **error, const char *types, ...);
gboolean piao_db_exec_changed (PiaoDb *db,
                               const PiaoStatement *statement,
                               gint64 *changed,
                               GError **error,
                               const char *types,
                               ...);
gboolean piao_db_exec_values (PiaoDb *db,
                              const PiaoStatement *statement,
                              const PiaoValue *values,
                              guint n_values,
                              GError **error);

gboolean piao_db_exec_values_changed (PiaoDb *db,
                                      const PiaoStatement *statement,
                                      const PiaoValue *values,
                                      guint n_values,
                                      gint64 *changed,
                                      GError **error);

/*
 * Round trips to a database server are what a command costs there. Between piao_db_defer() and the
 * end of the transaction what is only executed may be sent and not waited for: what went wrong is
 * told by the next call that waits (a query, piao_db_settle(), piao_db_release(),
 * piao_db_commit()), and nothing that was sent behind it has happened. On SQLite, and outside of a
 * transaction, everything happens at once.
 */
void piao_db_defer (PiaoDb *db);

/* Is handed the answer of what was asked: a cursor before the first row, for the time of the call.
 */
typedef gboolean (*PiaoDbAnswerFunc) (PiaoCursor *cursor, gpointer data, GError **error);

/* As piao_db_query() for an answer that is needed only after piao_db_settle(): @func is called by
 * then, or not at all when something fails. @destroy (optional) frees @data in any case. */
gboolean piao_db_ask (PiaoDb *db,
                      const PiaoStatement *statement,
                      PiaoDbAnswerFunc func,
                      gpointer data,
                      GDestroyNotify destroy,
                      GError **error,
                      const char *types,
                      ...);

/* As piao_db_query_int() for a number that is needed only after piao_db_settle(); @number stays as
 * it is when there is no row. */
gboolean piao_db_ask_int (PiaoDb *db,
                          const PiaoStatement *statement,
                          gint64 *number,
                          GError **error,
                          const char *types,
                          ...);

gboolean piao_db_ask_values (PiaoDb *db,
                             const PiaoStatement *statement,
                             PiaoDbAnswerFunc func,
                             gpointer data,
                             GDestroyNotify destroy,
                             const PiaoValue *values,
                             guint n_values,
                             GError **error);

/* Waits for all that was only sent. */
gboolean piao_db_settle (PiaoDb *db, GError **error);

/* A cursor before the first row. Finish it before the same statement is used again. */
PiaoCursor *
piao_db_query (PiaoDb *db, const PiaoStatement *statement, GError **error, const char *types, ...);
PiaoCursor *piao_db_query_values (PiaoDb *db,
                                  const PiaoStatement *statement,
                                  const PiaoValue *values,
                                  guint n_values,
                                  GError **error);

/* TRUE with a row, FALSE at the end (error unset) or on failure (error set). */
gboolean piao_cursor_next (PiaoCursor *cursor, GError **error);
guint piao_cursor_get_n_columns (PiaoCursor *cursor);
gboolean piao_cursor_is_null (PiaoCursor *cursor, guint column);
gint64 piao_cursor_int (PiaoCursor *cursor, guint column);       /* NULL reads as 0 */
const char *piao_cursor_text (PiaoCursor *cursor, guint column); /* NULL stays NULL; until next */
GBytes *piao_cursor_dup_blob (PiaoCursor *cursor, guint column); /* NULL stays NULL */
void piao_cursor_value (PiaoCursor *cursor, guint column, PiaoValue *value);
void piao_cursor_free (PiaoCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoCursor, piao_cursor_free)

/* The first column of the first row; @fallback without a row or on NULL. FALSE only on failure.
 */
gboolean piao_db_query_int (PiaoDb *db,
                            const PiaoStatement *statement,
                            gint64 fallback,
                            gint64 *number,
                            GError **error,
                            const char *types,
                            ...);
/* Likewise; @text is NULL without a row. Transfer full. */
gboolean piao_db_query_text (PiaoDb *db,
                             const PiaoStatement *statement,
                             char **text,
                             GError **error,
                             const char *types,
                             ...);

/* Transactions: begin takes the write lock at once; savepoints nest inside. */
gboolean piao_db_begin (PiaoDb *db, GError **error);
gboolean piao_db_begin_read (PiaoDb *db, GError **error);
gboolean piao_db_commit (PiaoDb *db, GError **error);
void piao_db_rollback (PiaoDb *db);
gboolean piao_db_savepoint (PiaoDb *db, GError **error);
/* FALSE also for what was sent inside it and went wrong; it is open then, to be rolled back to. */
gboolean piao_db_release (PiaoDb *db, GError **error);
void piao_db_rollback_to (PiaoDb *db);
gboolean piao_db_in_transaction (PiaoDb *db);

/* Whether SQLite looks at the CHECKs of what is written. Without them it writes several times as
 * fast, so a caller who has made sure of them himself (store/piao-table-checks.h) may do without
 * inside a transaction; the next one begins with them in any case. */
gboolean piao_db_set_checks (PiaoDb *db, gboolean checks, GError **error);

/* Once the machine has failed in a transaction (a disk, the memory, a damaged page), every
 * statement in it fails likewise until it is rolled back, so that nobody who overlooked it commits
 * a part or concludes something from what could not be read. FALSE when it has, and then @error is
 * that failure, whatever it was before. */
gboolean piao_db_check (PiaoDb *db, GError **error);

/* Says that the file is damaged or is none of SQLite's: PIAO_ERROR_CORRUPT "db.corrupt". FALSE. */
gboolean piao_db_set_damaged (GError **error);

/*
 * Hints among processes; PostgreSQL has them, SQLite does not. A notice (at most 7000 bytes, a
 * channel is a plain word) reaches every connection that listens once the transaction is
 * committed; none is kept for a connection that was lost.
 */
gboolean piao_db_has_notices (PiaoDb *db);
/* Nothing on SQLite. */
gboolean piao_db_notify (PiaoDb *db, const char *channel, const char *text, GError **error);
/* Listens to @channel from now on, also after a reconnect by this call. */
gboolean piao_db_listen (PiaoDb *db, const char *channel, GError **error);
/* Waits for one notice: @text (transfer full) is NULL after @timeout_ms or as soon as @wake_fd can
 * be read. FALSE when the connection is lost, and then notices may have been. On SQLite there is
 * nothing but waiting. */
gboolean piao_db_wait_notice (PiaoDb *db, int wake_fd, int timeout_ms, char **text, GError **error);

/* Runs a script of statements separated by semicolons; for migrations and tests. */
gboolean piao_db_script (PiaoDb *db, const char *sql, GError **error);

G_END_DECLS
