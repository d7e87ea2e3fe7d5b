/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * PostgreSQL behind the seam. Every statement is prepared once a connection and gets its
 * parameters as text with inferred types, so the SQL is the same text as on SQLite; results are
 * buffered by libpq. A connection that was lost is made again at the next transaction, never in
 * the middle of one.
 *
 * What need not be waited for goes into libpq's pipeline: it is sent with the next query, and the
 * results are looked at in order when that one is. After a failure the server passes over all that
 * was sent behind it.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <libpq-fe.h>
#include <string.h>

#include "base/piao-error.h"
#include "store/piao-db-private.h"

#define MAX_PARAMETERS 64
#define NUMBER_SIZE 24
/* So much may be on its way: what the server answers meanwhile must fit into the socket. */
#define MAX_SENT 64
/* A process that stands still in the middle of a transaction loses it, and with it the lock that
 * every other writer waits for. */
#define IDLE_OPTION "-c idle_in_transaction_session_timeout=10s"
/* A plan is made once and kept. Made while a table is small, as all are in a new centre, it walks
 * that table, and goes on walking when it has grown. Every statement has an index to use (see
 * tests/domain/test-plans.c), so walks are priced out; one that cannot be avoided looks dear then
 * and must not be compiled for that. */
#define PLANS "SET enable_seqscan = off; SET jit = off"

/* Types of pg_type.h that are no text here. */
enum
{
  TYPE_BOOL = 16,
  TYPE_BYTEA = 17,
  TYPE_INT8 = 20,
  TYPE_INT2 = 21,
  TYPE_INT4 = 23,
  TYPE_NUMERIC = 1700, /* sum () of integers */
};

/* What was sent and not looked at yet. */
typedef struct
{
  const PiaoStatement *statement;
  PiaoDbAnswerFunc func; /* NULL: only what goes wrong matters */
  gpointer data;
  GDestroyNotify destroy;
} Sent;

typedef struct
{
  PiaoDb parent;
  PGconn *connection;   /* owned */
  GHashTable *prepared; /* const PiaoStatement * → name on this connection */
  guint n_prepared;
  PiaoDbFlags flags;
  Sent sent[MAX_SENT];
  guint n_sent;
} PgDb;

typedef struct
{
  PiaoCursor parent;
  PGresult *result; /* owned */
  int row;          /* -1 before the first */
} PgCursor;

static const PiaoDbDriver driver;
static const PiaoStatement begin_write_words = { "begin_write_words", "BEGIN" };
/* One moment for all queries of a reader, as SQLite gives it. */
static const PiaoStatement begin_read_words
    = { "begin_read_words", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
static const PiaoStatement rollback_words = { "rollback_words", "ROLLBACK" };
static const PiaoStatement notify_words = { "notify_words", "SELECT pg_notify ($1, $2)" };

/* --- errors ---------------------------------------------------------------------------------- */

static gboolean
set_lost_error (GError **error)
{
  return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "db.lost",
                         _ ("The database server cannot be reached. It is tried again by itself."));
}

static gboolean
set_error (PgDb *db, const PGresult *result, const PiaoStatement *statement, GError **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char *message
      = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

  if (message == NULL)
    message = PQerrorMessage (db->connection);
  if (state == NULL || PQstatus (db->connection) == CONNECTION_BAD || g_str_has_prefix (state, "08")
      || g_str_has_prefix (state, "57P"))
    return set_lost_error (error);
  if (g_str_equal (state, "23505"))
    return piao_error_set (error, PIAO_ERROR_CONFLICT, "db.unique",
                           _ ("There is already such an entry (%s)."), message);
  if (g_str_has_prefix (state, "23"))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "db.check",
                           _ ("The database refuses this as inconsistent (%s)."), message);
  if (g_str_has_prefix (state, "40") || g_str_equal (state, "55P03"))
    return piao_error_set (error, PIAO_ERROR_BUSY, "db.busy",
                           _ ("The database is in use by another program. Close it."));
  if (g_str_equal (state, "53100"))
    return piao_error_set (error, PIAO_ERROR_FAILED, "db.full",
                           _ ("The disk is full. Free some space; nothing was lost."));
  if (g_str_has_prefix (state, "XX001") || g_str_has_prefix (state, "XX002"))
    return piao_db_set_damaged (error);
  /* Resources (53), cancelled (57014), the system (58) and internal errors (XX): the machine fails,
   * not what was asked of it. */
  return piao_error_set (error, PIAO_ERROR_FAILED,
                         g_str_has_prefix (state, "53") || g_str_has_prefix (state, "57")
                                 || g_str_has_prefix (state, "58") || g_str_has_prefix (state, "XX")
                             ? "db.io"
                             : "db.failed",
                         _ ("The database failed: %s [%s]."), message,
                         statement != NULL ? statement->name : "script");
}

/* --- the connection -------------------------------------------------------------------------- */

static void
hear_notice (void *data, const PGresult *result)
{
  g_debug ("postgresql: %s", PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY));
}

static gboolean pg_script (PiaoDb *base, const char *sql, GError **error);

/* What a new session needs; also after a reset. */
static gboolean
configure (PgDb *db, GError **error)
{
  PQsetNoticeReceiver (db->connection, hear_notice, NULL);
  g_hash_table_remove_all (db->prepared);
  if ((db->flags & PIAO_DB_READ_ONLY) != 0
      && !pg_script (&db->parent, "SET default_transaction_read_only = on", error))
    return FALSE;
  if (!pg_script (&db->parent, PLANS, error))
    return FALSE;
  return (db->flags & PIAO_DB_RELAXED) == 0
         || pg_script (&db->parent, "SET synchronous_commit = off", error);
}

/* A session that was lost between transactions is replaced; inside one the work is lost, and the
 * caller must hear it. */
static gboolean
ensure_connection (PgDb *db, GError **error)
{
  if (PQstatus (db->connection) == CONNECTION_OK)
    return TRUE;
  if (db->parent.in_transaction)
    return set_lost_error (error);
  /* The end of a reading transaction may have been on its way: that has come to its end. */
  db->n_sent = 0;
  PQreset (db->connection);
  if (PQstatus (db->connection) != CONNECTION_OK)
    return set_lost_error (error);
  return configure (db, error);
}

static gboolean leave_pipeline (PgDb *db, GError **error);

static void
pg_free (PiaoDb *base)
{
  PgDb *db = (PgDb *)base;

  leave_pipeline (db, NULL);
  g_hash_table_unref (db->prepared);
  PQfinish (db->connection);
  g_free (db);
}

static gboolean
pg_script (PiaoDb *base, const char *sql, GError **error)
{
  PgDb *db = (PgDb *)base;
  PGresult *result;
  ExecStatusType status;
  gboolean ok;

  if (!leave_pipeline (db, error) || !ensure_connection (db, error))
    return FALSE;
  result = PQexec (db->connection, sql);
  status = PQresultStatus (result);
  ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
       || set_error (db, result, NULL, error);
  PQclear (result);
  return ok;
}

static const char *
prepare (PgDb *db, const PiaoStatement *statement, GError **error)
{
  char *name = g_hash_table_lookup (db->prepared, statement);
  PGresult *result;

  if (name != NULL)
    return name;
  if (!leave_pipeline (db, error))
    return NULL;
  name = g_strdup_printf ("s%u", ++db->n_prepared);
  result = PQprepare (db->connection, name, statement->sql, 0, NULL);
  if (PQresultStatus (result) == PGRES_COMMAND_OK)
    g_hash_table_insert (db->prepared, (gpointer)statement, name);
  else
    {
      set_error (db, result, statement, error);
      g_clear_pointer (&name, g_free);
    }
  PQclear (result);
  return name;
}

/* --- queries --------------------------------------------------------------------------------- */

/* Bytes as PostgreSQL reads them in text: \x and hexadecimal digits. Transfer full. */
static char *
encode_blob (GBytes *blob)
{
  static const char digits[] = "0123456789abcdef";
  gsize size;
  const guint8 *data = g_bytes_get_data (blob, &size);
  char *text = g_malloc (size * 2 + 3);

  text[0] = '\\';
  text[1] = 'x';
  for (gsize i = 0; i < size; i++)
    {
      text[2 + i * 2] = digits[data[i] >> 4];
      text[3 + i * 2] = digits[data[i] & 15];
    }
  text[2 + size * 2] = '\0';
  return text;
}

/* Puts it into the pipeline; FALSE when the connection is lost. */
static gboolean
dispatch (PgDb *db, const char *name, const PiaoValue *values, guint n_values)
{
  const char *texts[MAX_PARAMETERS] = { 0 };
  char numbers[MAX_PARAMETERS][NUMBER_SIZE];
  char *blobs[MAX_PARAMETERS] = { 0 };
  gboolean sent;

  g_assert (n_values <= MAX_PARAMETERS);
  for (guint i = 0; i < n_values; i++)
    if (values[i].type == PIAO_VALUE_INT)
      {
        g_snprintf (numbers[i], NUMBER_SIZE, "%" G_GINT64_FORMAT, values[i].number);
        texts[i] = numbers[i];
      }
    else if (values[i].type == PIAO_VALUE_TEXT)
      texts[i] = values[i].text;
    else if (values[i].type == PIAO_VALUE_BLOB)
      texts[i] = blobs[i] = encode_blob (values[i].blob);
  sent = (PQpipelineStatus (db->connection) != PQ_PIPELINE_OFF
          || PQenterPipelineMode (db->connection) == 1)
         && PQsendQueryPrepared (db->connection, name, (int)n_values, texts, NULL, NULL, 0) == 1;
  for (guint i = 0; i < n_values; i++)
    g_free (blobs[i]);
  return sent;
}

/* PostgreSQL answers COMMIT of a failed transaction with "ROLLBACK" and no error. */
static gboolean
is_lost_commit (const PiaoStatement *statement, PGresult *result)
{
  return g_str_equal (statement->sql, "COMMIT") && g_str_equal (PQcmdStatus (result), "ROLLBACK");
}

static PiaoCursor *
cursor_new (PGresult *result)
{
  PgCursor *cursor = g_new0 (PgCursor, 1);

  cursor->parent.driver = &driver;
  cursor->result = result;
  cursor->row = -1;
  return &cursor->parent;
}

/* The next result of the pipeline; an empty one of a fatal error when the connection is lost. */
static PGresult *
get_result (PgDb *db)
{
  PGresult *result = PQgetResult (db->connection);

  /* NULL stands between the results of two statements. */
  if (result == NULL && PQstatus (db->connection) == CONNECTION_OK)
    result = PQgetResult (db->connection);
  return result != NULL ? result : PQmakeEmptyPGresult (db->connection, PGRES_FATAL_ERROR);
}

static gboolean
is_fine (const PGresult *result)
{
  ExecStatusType status = PQresultStatus (result);

  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* Hands @result (taken) to whoever asked. */
static gboolean
answer (PgDb *db, const Sent *sent, PGresult *result, GError **error)
{
  g_autoptr (PiaoCursor) cursor = NULL;

  if (!is_fine (result))
    {
      set_error (db, result, sent->statement, error);
      PQclear (result);
      return FALSE;
    }
  cursor = cursor_new (result);
  return sent->func == NULL || sent->func (cursor, sent->data, error);
}

/* Looks at the results of all that was sent, then at the one of @statement, which was sent behind
 * it (optional; @wanted is transfer full). FALSE with the first failure; what was sent behind that
 * has not happened. */
static gboolean
collect (PgDb *db, const PiaoStatement *statement, PGresult **wanted, GError **error)
{
  guint n = db->n_sent;
  gboolean good = PQpipelineSync (db->connection) == 1 || set_lost_error (error);

  db->n_sent = 0;
  for (guint i = 0; i < n; i++)
    {
      PGresult *result = get_result (db);

      if (good)
        good = answer (db, &db->sent[i], result, error);
      else
        PQclear (result);
      if (db->sent[i].destroy != NULL)
        db->sent[i].destroy (db->sent[i].data);
    }
  if (statement != NULL)
    {
      *wanted = get_result (db);
      if (good && !is_fine (*wanted))
        good = set_error (db, *wanted, statement, error);
      if (!good)
        g_clear_pointer (wanted, PQclear);
    }
  /* The word of the server that it is through. */
  PQclear (get_result (db));
  return good;
}

static gboolean
pg_settle (PiaoDb *base, GError **error)
{
  PgDb *db = (PgDb *)base;

  return db->n_sent == 0 || collect (db, NULL, NULL, error);
}

/* What libpq does only outside of a pipeline is next. */
static gboolean
leave_pipeline (PgDb *db, GError **error)
{
  gboolean good = pg_settle (&db->parent, error);

  if (PQpipelineStatus (db->connection) != PQ_PIPELINE_OFF)
    PQexitPipelineMode (db->connection);
  return good;
}

static gboolean
pg_ask (PiaoDb *base,
        const PiaoStatement *statement,
        const PiaoValue *values,
        guint n_values,
        PiaoDbAnswerFunc func,
        gpointer data,
        GDestroyNotify destroy,
        GError **error)
{
  PgDb *db = (PgDb *)base;
  const char *name = NULL;
  gboolean sent = FALSE;

  if ((db->n_sent < MAX_SENT || collect (db, NULL, NULL, error)) && ensure_connection (db, error))
    name = prepare (db, statement, error);
  if (name != NULL)
    sent = dispatch (db, name, values, n_values) || set_lost_error (error);
  if (sent)
    db->sent[db->n_sent++] = (Sent){ statement, func, data, destroy };
  else if (destroy != NULL)
    destroy (data);
  return sent;
}

/* It goes with the first query. */
static gboolean
pg_begin (PiaoDb *base, gboolean write, GError **error)
{
  return pg_ask (base, write ? &begin_write_words : &begin_read_words, NULL, 0, NULL, NULL, NULL,
                 error);
}

/* Sent at once, so that the server keeps no old rows for a connection that rests; looked at with
 * what comes next. */
static void
pg_leave (PiaoDb *base)
{
  PgDb *db = (PgDb *)base;

  /* With a connection that was lost its transaction has ended. */
  if (PQstatus (db->connection) == CONNECTION_OK
      && pg_ask (base, &rollback_words, NULL, 0, NULL, NULL, NULL, NULL))
    PQflush (db->connection);
}

static PiaoCursor *
pg_query (PiaoDb *base,
          const PiaoStatement *statement,
          const PiaoValue *values,
          guint n_values,
          GError **error)
{
  PgDb *db = (PgDb *)base;
  const char *name;
  PGresult *result = NULL;

  if (!ensure_connection (db, error))
    return NULL;
  name = prepare (db, statement, error);
  if (name == NULL)
    return NULL;
  if (!dispatch (db, name, values, n_values))
    {
      set_lost_error (error);
      return NULL;
    }
  if (!collect (db, statement, &result, error))
    return NULL;
  if (!is_lost_commit (statement, result))
    return cursor_new (result);
  piao_error_set (error, PIAO_ERROR_FAILED, "db.aborted",
                  _ ("The database gave the transaction up; nothing was changed."));
  PQclear (result);
  return NULL;
}

/* --- cursors --------------------------------------------------------------------------------- */

static gboolean
pg_next (PiaoCursor *base, GError **error)
{
  PgCursor *cursor = (PgCursor *)base;

  if (cursor->row < PQntuples (cursor->result))
    cursor->row++;
  return cursor->row < PQntuples (cursor->result);
}

static guint
pg_n_columns (PiaoCursor *base)
{
  return (guint)PQnfields (((PgCursor *)base)->result);
}

static gboolean
pg_is_null (PiaoCursor *base, guint column)
{
  PgCursor *cursor = (PgCursor *)base;

  return PQgetisnull (cursor->result, cursor->row, (int)column) != 0;
}

static const char *
pg_text (PiaoCursor *base, guint column)
{
  PgCursor *cursor = (PgCursor *)base;

  if (pg_is_null (base, column))
    return NULL;
  return PQgetvalue (cursor->result, cursor->row, (int)column);
}

static gint64
pg_number (PiaoCursor *base, guint column)
{
  const char *text = pg_text (base, column);

  if (text == NULL)
    return 0;
  if (g_str_equal (text, "t"))
    return 1;
  return g_ascii_strtoll (text, NULL, 10);
}

static void
set_blob (PiaoValue *value, const char *text)
{
  size_t size = 0;
  unsigned char *data = PQunescapeBytea ((const unsigned char *)text, &size);
  g_autoptr (GBytes) blob = g_bytes_new (data, data != NULL ? size : 0);

  PQfreemem (data);
  piao_value_set_blob (value, blob);
}

static void
pg_value (PiaoCursor *base, guint column, PiaoValue *value)
{
  PgCursor *cursor = (PgCursor *)base;

  if (pg_is_null (base, column))
    {
      piao_value_clear (value);
      return;
    }
  switch (PQftype (cursor->result, (int)column))
    {
    case TYPE_BOOL:
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2:
    case TYPE_NUMERIC:
      piao_value_set_int (value, pg_number (base, column));
      break;
    case TYPE_BYTEA:
      set_blob (value, pg_text (base, column));
      break;
    default:
      piao_value_set_text (value, pg_text (base, column));
    }
}

static gint64
pg_changed (PiaoCursor *base)
{
  return g_ascii_strtoll (PQcmdTuples (((PgCursor *)base)->result), NULL, 10);
}

static void
pg_cursor_free (PiaoCursor *base)
{
  PgCursor *cursor = (PgCursor *)base;

  PQclear (cursor->result);
  g_free (cursor);
}

/* --- notices --------------------------------------------------------------------------------- */

static gboolean
pg_notify (PiaoDb *base, const char *channel, const char *text, GError **error)
{
  const PiaoValue values[] = { { PIAO_VALUE_TEXT, { .text = (char *)channel } },
                               { PIAO_VALUE_TEXT, { .text = (char *)text } } };
  g_autoptr (PiaoCursor) cursor = NULL;

  if (base->defers)
    return pg_ask (base, &notify_words, values, G_N_ELEMENTS (values), NULL, NULL, NULL, error);
  cursor = pg_query (base, &notify_words, values, G_N_ELEMENTS (values), error);
  return cursor != NULL;
}

/* One that is here already. */
static char *
take_notice (PgDb *db)
{
  PGnotify *notice = PQnotifies (db->connection);
  char *text = notice != NULL ? g_strdup (notice->extra) : NULL;

  PQfreemem (notice);
  return text;
}

static gboolean
pg_wait_notice (PiaoDb *base, int wake_fd, int timeout_ms, char **text, GError **error)
{
  PgDb *db = (PgDb *)base;
  GPollFD fds[] = { { .fd = wake_fd, .events = G_IO_IN },
                    { .fd = PQsocket (db->connection), .events = G_IO_IN } };

  /* An answer to something else would look like a notice. */
  if (!pg_settle (base, error))
    return FALSE;
  *text = take_notice (db);
  if (*text != NULL)
    return TRUE;
  if (PQstatus (db->connection) != CONNECTION_OK)
    return set_lost_error (error);
  if (g_poll (fds, G_N_ELEMENTS (fds), timeout_ms) <= 0 || fds[1].revents == 0)
    return TRUE;
  if (PQconsumeInput (db->connection) == 0)
    return set_lost_error (error);
  *text = take_notice (db);
  return TRUE;
}

static const PiaoDbDriver driver = {
  .engine = PIAO_ENGINE_POSTGRESQL,
  .begin = pg_begin,
  .ask = pg_ask,
  .settle = pg_settle,
  .leave = pg_leave,
  .free = pg_free,
  .query = pg_query,
  .script = pg_script,
  .notify = pg_notify,
  .wait_notice = pg_wait_notice,
  .next = pg_next,
  .n_columns = pg_n_columns,
  .value = pg_value,
  .is_null = pg_is_null,
  .number = pg_number,
  .text = pg_text,
  .changed = pg_changed,
  .cursor_free = pg_cursor_free,
};

PiaoDb *
piao_db_open_postgresql (const char *url, PiaoDbFlags flags, GError **error)
{
  /* What stands before the URL may be overruled by it, what stands after may not. */
  const char *const names[]
      = { "connect_timeout", "keepalives_idle", "tcp_user_timeout", "fallback_application_name",
          "options",         "dbname",          "client_encoding",  NULL };
  const char *const values[] = { "5", "15", "15000", "piaoku", IDLE_OPTION, url, "UTF8", NULL };
  g_autoptr (PiaoDb) base = NULL;
  PgDb *db = g_new0 (PgDb, 1);

  base = &db->parent;
  base->driver = &driver;
  db->flags = flags;
  db->prepared = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  db->connection = PQconnectdbParams (names, values, 1);
  if (PQstatus (db->connection) != CONNECTION_OK)
    {
      g_autofree char *reason = g_strdup (PQerrorMessage (db->connection));

      piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "db.connect",
                      _ ("The database server does not let us in: %s. Check the address, the "
                         "name and the password."),
                      g_strstrip (reason));
      return NULL;
    }
  if (!configure (db, error))
    return NULL;
  return g_steal_pointer (&base);
}
