/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "base/piao-money.h"
#include "sandbox/piao-sandbox-store.h"

struct _PiaoSandboxStore
{
  sqlite3 *db; /* owned */
};

typedef sqlite3_stmt PiaoSandboxStatement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSandboxStatement, sqlite3_finalize)

static const char schema[]
    = "CREATE TABLE IF NOT EXISTS account (outlet_no TEXT PRIMARY KEY, name TEXT NOT NULL,"
      " instant INTEGER NOT NULL, payment INTEGER NOT NULL);"
      "CREATE TABLE IF NOT EXISTS game (game_no TEXT PRIMARY KEY, name TEXT NOT NULL,"
      " face_value INTEGER NOT NULL, pack_amount INTEGER NOT NULL);"
      "CREATE TABLE IF NOT EXISTS stock (warehouse_no TEXT NOT NULL, game_no TEXT NOT NULL,"
      " packs INTEGER NOT NULL, locked INTEGER NOT NULL DEFAULT 0,"
      " PRIMARY KEY (warehouse_no, game_no));"
      "CREATE TABLE IF NOT EXISTS pack (game_no TEXT NOT NULL, batch_no TEXT NOT NULL,"
      " pack_no TEXT NOT NULL, warehouse_no TEXT NOT NULL, state TEXT NOT NULL,"
      " outlet_no TEXT NOT NULL DEFAULT '', order_no TEXT NOT NULL DEFAULT '',"
      " activated_at INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (game_no, batch_no, pack_no));"
      "CREATE TABLE IF NOT EXISTS lock (lock_no TEXT PRIMARY KEY, order_no TEXT NOT NULL,"
      " outlet_no TEXT NOT NULL, warehouse_no TEXT NOT NULL, amount INTEGER NOT NULL,"
      " state TEXT NOT NULL);"
      "CREATE INDEX IF NOT EXISTS lock_order ON lock (order_no);"
      "CREATE TABLE IF NOT EXISTS lock_line (lock_no TEXT NOT NULL, game_no TEXT NOT NULL,"
      " packs INTEGER NOT NULL, PRIMARY KEY (lock_no, game_no));"
      "CREATE TABLE IF NOT EXISTS debit (confirm_no TEXT PRIMARY KEY, at INTEGER NOT NULL,"
      " day TEXT NOT NULL, request_no TEXT NOT NULL, order_no TEXT NOT NULL,"
      " outlet_no TEXT NOT NULL, warehouse_no TEXT NOT NULL, amount INTEGER NOT NULL);"
      "CREATE INDEX IF NOT EXISTS debit_day ON debit (day, confirm_no);"
      "CREATE TABLE IF NOT EXISTS debit_pack (confirm_no TEXT NOT NULL, game_no TEXT NOT NULL,"
      " batch_no TEXT NOT NULL, pack_no TEXT NOT NULL,"
      " PRIMARY KEY (confirm_no, game_no, batch_no, pack_no));"
      "CREATE TABLE IF NOT EXISTS ledger (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
      " at INTEGER NOT NULL, kind TEXT NOT NULL, request_no TEXT NOT NULL, order_no TEXT NOT NULL,"
      " outlet_no TEXT NOT NULL, amount INTEGER NOT NULL, balance INTEGER NOT NULL);"
      "CREATE TABLE IF NOT EXISTS request (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
      " request_no TEXT NOT NULL, operation TEXT NOT NULL, digest TEXT NOT NULL,"
      " at INTEGER NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL, sentence TEXT NOT NULL,"
      " result TEXT NOT NULL);"
      "CREATE INDEX IF NOT EXISTS request_no ON request (request_no);"
      "CREATE TABLE IF NOT EXISTS call (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
      " at INTEGER NOT NULL, operation TEXT NOT NULL, request_no TEXT NOT NULL,"
      " nonce TEXT NOT NULL, fault TEXT NOT NULL, code TEXT NOT NULL DEFAULT '');"
      "CREATE INDEX IF NOT EXISTS call_nonce ON call (nonce);";

static const char triggers[] = "CREATE TRIGGER IF NOT EXISTS ledger_keep BEFORE DELETE ON ledger"
                               " BEGIN SELECT RAISE (ABORT, 'the ledger only grows'); END;"
                               "CREATE TRIGGER IF NOT EXISTS ledger_same BEFORE UPDATE ON ledger"
                               " BEGIN SELECT RAISE (ABORT, 'the ledger only grows'); END;";

/* --- statements ------------------------------------------------------------------------------ */

static void
die (PiaoSandboxStore *self, const char *sql)
{
  g_error ("The sandbox's database failed: %s, at: %s", sqlite3_errmsg (self->db), sql);
}

/* Runs the statements of @sql one after the other. */
static void
script (PiaoSandboxStore *self, const char *sql)
{
  while (*sql != '\0')
    {
      g_autoptr (PiaoSandboxStatement) statement = NULL;
      const char *rest = NULL;

      if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, &rest) != SQLITE_OK
          || (statement != NULL && sqlite3_step (statement) != SQLITE_DONE))
        die (self, sql);
      sql = rest;
    }
}

static PiaoSandboxStatement *
bind (PiaoSandboxStore *self, const char *sql, const char *types, va_list args)
{
  PiaoSandboxStatement *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    die (self, sql);
  for (int i = 0; types[i] != '\0'; i++)
    if (types[i] == 's')
      sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
    else
      sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
  return statement;
}

static gboolean
next_row (PiaoSandboxStore *self, PiaoSandboxStatement *statement, const char *sql)
{
  int result = sqlite3_step (statement);

  if (result != SQLITE_ROW && result != SQLITE_DONE)
    die (self, sql);
  return result == SQLITE_ROW;
}

void
piao_sandbox_run (PiaoSandboxStore *self, const char *sql, const char *types, ...)
{
  g_autoptr (PiaoSandboxStatement) statement = NULL;
  va_list args;

  va_start (args, types);
  statement = bind (self, sql, types, args);
  va_end (args);
  next_row (self, statement, sql);
}

gint64
piao_sandbox_get_int (
    PiaoSandboxStore *self, gint64 fallback, const char *sql, const char *types, ...)
{
  g_autoptr (PiaoSandboxStatement) statement = NULL;
  va_list args;

  va_start (args, types);
  statement = bind (self, sql, types, args);
  va_end (args);
  return next_row (self, statement, sql) ? sqlite3_column_int64 (statement, 0) : fallback;
}

char *
piao_sandbox_get_text (PiaoSandboxStore *self, const char *sql, const char *types, ...)
{
  g_autoptr (PiaoSandboxStatement) statement = NULL;
  va_list args;

  va_start (args, types);
  statement = bind (self, sql, types, args);
  va_end (args);
  if (!next_row (self, statement, sql))
    return NULL;
  return g_strdup ((const char *)sqlite3_column_text (statement, 0));
}

static void
add_column (JsonObject *row, PiaoSandboxStatement *statement, int column)
{
  g_autofree char *name = g_strdup (sqlite3_column_name (statement, column));
  const char *text = (const char *)sqlite3_column_text (statement, column);

  if (g_str_has_suffix (name, "$"))
    {
      g_autofree char *amount = piao_money_to_decimal (sqlite3_column_int64 (statement, column));

      name[strlen (name) - 1] = '\0';
      json_object_set_string_member (row, name, amount);
    }
  else if (g_str_has_suffix (name, "{}"))
    {
      JsonObject *object = piao_json_parse_object (text, -1, PIAO_JSON_MAX_BYTES, "row", NULL);

      name[strlen (name) - 2] = '\0';
      json_object_set_object_member (row, name, object != NULL ? object : json_object_new ());
    }
  else if (sqlite3_column_type (statement, column) == SQLITE_INTEGER)
    json_object_set_int_member (row, name, sqlite3_column_int64 (statement, column));
  else
    json_object_set_string_member (row, name, text != NULL ? text : "");
}

JsonArray *
piao_sandbox_get_rows (PiaoSandboxStore *self, const char *sql, const char *types, ...)
{
  g_autoptr (PiaoSandboxStatement) statement = NULL;
  JsonArray *rows = json_array_new ();
  va_list args;

  va_start (args, types);
  statement = bind (self, sql, types, args);
  va_end (args);
  while (next_row (self, statement, sql))
    {
      JsonObject *row = json_object_new ();

      for (int i = 0; i < sqlite3_column_count (statement); i++)
        add_column (row, statement, i);
      json_array_add_object_element (rows, row);
    }
  return rows;
}

gint64
piao_sandbox_last_row (PiaoSandboxStore *self)
{
  return sqlite3_last_insert_rowid (self->db);
}

/* --- open, reset, verify --------------------------------------------------------------------- */

PiaoSandboxStore *
piao_sandbox_store_open (const char *path, GError **error)
{
  g_autoptr (PiaoSandboxStore) self = g_new0 (PiaoSandboxStore, 1);

  if (sqlite3_open (path, &self->db) != SQLITE_OK
      || sqlite3_exec (self->db, "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;", NULL,
                       NULL, NULL)
             != SQLITE_OK)
    {
      piao_error_set (error, PIAO_ERROR_FAILED, "sandbox.database",
                      _ ("The sandbox's database “%s” cannot be opened: %s."), path,
                      sqlite3_errmsg (self->db));
      return NULL;
    }
  script (self, schema);
  script (self, triggers);
  return g_steal_pointer (&self);
}

void
piao_sandbox_store_free (PiaoSandboxStore *self)
{
  if (self == NULL)
    return;
  sqlite3_close (self->db);
  g_free (self);
}

void
piao_sandbox_store_reset (PiaoSandboxStore *self)
{
  script (self, "BEGIN IMMEDIATE; DROP TRIGGER ledger_keep;"
                "DELETE FROM account; DELETE FROM game; DELETE FROM stock; DELETE FROM pack;"
                "DELETE FROM lock; DELETE FROM lock_line; DELETE FROM debit;"
                "DELETE FROM debit_pack; DELETE FROM ledger; DELETE FROM request;"
                "DELETE FROM call;");
  script (self, triggers);
  script (self, "COMMIT;");
}

JsonArray *
piao_sandbox_store_verify (PiaoSandboxStore *self)
{
  return piao_sandbox_get_rows (
      self,
      "SELECT 'quota is not the sum of the ledger' AS breach, outlet_no AS subject FROM account a"
      " WHERE instant <> (SELECT coalesce (sum (amount), 0) FROM ledger l"
      " WHERE l.outlet_no = a.outlet_no)"
      " UNION ALL SELECT 'quota is negative', outlet_no FROM account WHERE instant < 0"
      " UNION ALL SELECT 'stock is negative or over-locked', warehouse_no || ' ' || game_no"
      " FROM stock WHERE packs < 0 OR locked < 0 OR locked > packs"
      " UNION ALL SELECT 'debited more than once', order_no FROM ledger WHERE kind = 'debit'"
      " AND order_no <> '' GROUP BY order_no HAVING count (*) > 1"
      " UNION ALL SELECT 'debited without a debit row', order_no FROM ledger"
      " WHERE kind = 'debit' AND order_no NOT IN (SELECT order_no FROM debit)",
      "");
}

/* --- booking and seeding --------------------------------------------------------------------- */

void
piao_sandbox_book (PiaoSandboxStore *self,
                   gint64 now,
                   const char *kind,
                   const char *request_no,
                   const char *order_no,
                   const char *outlet_no,
                   gint64 amount)
{
  piao_sandbox_run (self, "UPDATE account SET instant = instant + ?1 WHERE outlet_no = ?2", "is",
                    amount, outlet_no);
  piao_sandbox_run (self,
                    "INSERT INTO ledger (at, kind, request_no, order_no, outlet_no, amount,"
                    " balance) SELECT ?1, ?2, ?3, ?4, ?5, ?6, instant FROM account"
                    " WHERE outlet_no = ?5",
                    "issssi", now, kind, request_no, order_no, outlet_no, amount);
}

static gboolean
bad_seed (const char *list, guint index, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_INVALID, "sandbox.seed",
                         _ ("Entry %u of “%s” in the seed is incomplete or holds a wrong amount."),
                         index + 1, list);
}

/* A non-empty text of an entry, or NULL. */
static const char *
word (JsonObject *entry, const char *member)
{
  const char *text = piao_json_get_text (entry, member, "");

  return *text != '\0' && strlen (text) <= 64 ? text : NULL;
}

static gboolean
amount (JsonObject *entry, const char *member, gint64 *fen)
{
  return piao_money_parse (piao_json_get_text (entry, member, "0"), fen, NULL) && *fen >= 0;
}

static gboolean
seed_outlet (PiaoSandboxStore *self, JsonObject *entry, gint64 now)
{
  const char *outlet = word (entry, "outletNo");
  gint64 instant, payment, old;

  if (outlet == NULL || !amount (entry, "instant", &instant)
      || !amount (entry, "payment", &payment))
    return FALSE;
  piao_sandbox_run (self,
                    "INSERT INTO account (outlet_no, name, instant, payment)"
                    " VALUES (?1, ?2, 0, ?3) ON CONFLICT (outlet_no)"
                    " DO UPDATE SET name = excluded.name, payment = excluded.payment",
                    "ssi", outlet, piao_json_get_text (entry, "name", ""), payment);
  old = piao_sandbox_get_int (self, 0, "SELECT instant FROM account WHERE outlet_no = ?1", "s",
                              outlet);
  if (instant != old)
    piao_sandbox_book (self, now, "grant", "", "", outlet, instant - old);
  return TRUE;
}

static gboolean
seed_game (PiaoSandboxStore *self, JsonObject *entry, gint64 now)
{
  const char *game = word (entry, "gameNo");
  gint64 face, pack;

  if (game == NULL || !amount (entry, "faceValue", &face) || !amount (entry, "packAmount", &pack))
    return FALSE;
  piao_sandbox_run (self,
                    "INSERT INTO game (game_no, name, face_value, pack_amount)"
                    " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (game_no) DO UPDATE SET"
                    " name = excluded.name, face_value = excluded.face_value,"
                    " pack_amount = excluded.pack_amount",
                    "ssii", game, piao_json_get_text (entry, "name", ""), face, pack);
  return TRUE;
}

static void
need_stock_row (PiaoSandboxStore *self, const char *warehouse, const char *game)
{
  piao_sandbox_run (self,
                    "INSERT INTO game (game_no, name, face_value, pack_amount)"
                    " VALUES (?1, '', 0, 0) ON CONFLICT (game_no) DO NOTHING",
                    "s", game);
  piao_sandbox_run (self,
                    "INSERT INTO stock (warehouse_no, game_no, packs) VALUES (?1, ?2, 0)"
                    " ON CONFLICT (warehouse_no, game_no) DO NOTHING",
                    "ss", warehouse, game);
}

static gboolean
seed_pack (PiaoSandboxStore *self, JsonObject *entry, gint64 now)
{
  const char *warehouse = word (entry, "warehouseNo");
  const char *game = word (entry, "gameNo");
  const char *batch = word (entry, "batchNo");
  const char *pack = word (entry, "packNo");

  if (warehouse == NULL || game == NULL || batch == NULL || pack == NULL)
    return FALSE;
  if (piao_sandbox_get_int (
          self, 0, "SELECT 1 FROM pack WHERE game_no = ?1 AND batch_no = ?2 AND pack_no = ?3",
          "sss", game, batch, pack))
    return TRUE;
  need_stock_row (self, warehouse, game);
  piao_sandbox_run (self,
                    "INSERT INTO pack (game_no, batch_no, pack_no, warehouse_no, state)"
                    " VALUES (?1, ?2, ?3, ?4, 'in_stock')",
                    "ssss", game, batch, pack, warehouse);
  piao_sandbox_run (self,
                    "UPDATE stock SET packs = packs + 1 WHERE warehouse_no = ?1 AND game_no = ?2",
                    "ss", warehouse, game);
  return TRUE;
}

static gboolean
seed_stock (PiaoSandboxStore *self, JsonObject *entry, gint64 now)
{
  const char *warehouse = word (entry, "warehouseNo");
  const char *game = word (entry, "gameNo");
  gint64 packs = piao_json_get_int (entry, "packs", -1);

  if (warehouse == NULL || game == NULL || packs < 0)
    return FALSE;
  need_stock_row (self, warehouse, game);
  piao_sandbox_run (self,
                    "UPDATE stock SET packs = max (?1, locked) WHERE warehouse_no = ?2"
                    " AND game_no = ?3",
                    "iss", packs, warehouse, game);
  return TRUE;
}

gboolean
piao_sandbox_store_seed (PiaoSandboxStore *self, JsonObject *seed, gint64 now, GError **error)
{
  static const struct
  {
    const char *list;
    gboolean (*add) (PiaoSandboxStore *, JsonObject *, gint64);
  } lists[] = { { "games", seed_game },
                { "outlets", seed_outlet },
                { "packs", seed_pack },
                { "stock", seed_stock } };

  script (self, "BEGIN IMMEDIATE");
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      JsonArray *array = piao_json_get_array (seed, lists[i].list);

      for (guint j = 0; array != NULL && j < json_array_get_length (array); j++)
        {
          JsonObject *entry = piao_json_array_get_object (array, j);

          if (entry == NULL || !lists[i].add (self, entry, now))
            {
              script (self, "ROLLBACK");
              return bad_seed (lists[i].list, j, error);
            }
        }
    }
  script (self, "COMMIT");
  return TRUE;
}
