/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every statement of store, domain, sync and server is planned by both engines: none may walk
 * through a table that grows with the years. PostgreSQL is asked when PIAOKU_TEST_POSTGRESQL names
 * one.
 */

#include <string.h>

#include "base/piao-error.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-working-set.h"

static const char *const growing[]
    = { "orders",        "order_line",      "pack",   "movement",    "order_event",
        "parcel",        "gateway_request", "change", "command_log", "session",
        "abnormal_case", "abnormal_pack",   "outbox" };

/* Indexes over only the few rows that are open: walking through them is what they are for. */
static const char *const open_only[] = { "gateway_request_open", "outbox_open" };

/* Statements that are meant to read everything once, or stop at the first rows (codes_*: the small
 * world of practice). */
static const char *const walking_allowed[] = {
  "audit_pack_order",    "audit_pack_state",      "audit_line_scanned", "audit_order_scanned",
  "audit_stock_packs",   "audit_stock_movements", "audit_label",        "audit_debit_recorded",
  "audit_debit_applied", "audit_timeline",        "count_orders",       "gateway_newest",
  "codes_expired",       "codes_frozen",          "codes_wrong",        "codes_fit",
  "verify_numbers",      "verify_lane_heads",     "verify_last_entry",  "password_end_sessions",
  "outbox_list_all",     "verify_outbox",         "wipe_forget_done",   "wipe_forget_all",
  "kept_sizes",
};

/* What only a replica's SQLite has; PostgreSQL is not asked about statements that use it. */
static const char *const replica_only[]
    = { "json_each", "search", "search_row", "outbox",      "proof_mismatch", "setting",
        "cursor",    "spool",  "print_job",  "later_index", "sqlite_master",  "undo" };

typedef struct
{
  PiaoDb *db;
  PiaoDb *other; /* the server's schema where statements of one side are not known; may be NULL */
  guint planned;
  guint bad;
} Asking;

/* What a server would be asked to walk through if these tests were blind. */
static const PiaoStatement walking = { "walking", "SELECT id FROM orders WHERE note = $1" };

/* Words for transactions have no plan. */
static gboolean
can_be_planned (const char *sql)
{
  static const char *const verbs[] = { "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH " };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_has_prefix (sql, verbs[i]))
      return TRUE;
  return FALSE;
}

static gboolean
may_walk (const PiaoStatement *statement)
{
  for (guint i = 0; i < G_N_ELEMENTS (walking_allowed); i++)
    if (g_str_equal (statement->name, walking_allowed[i]))
      return TRUE;
  return FALSE;
}

static guint
count_parameters (const char *sql)
{
  guint most = 0;

  for (const char *p = sql; *p != '\0'; p++)
    if (*p == '$')
      most = MAX (most, (guint)g_ascii_strtoull (p + 1, NULL, 10));
  return most;
}

static gboolean
names_one_of (const char *text, const char *const *words, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *pattern = g_strdup_printf ("\\b%s\\b", words[i]);

      if (g_regex_match_simple (pattern, text, 0, 0))
        return TRUE;
    }
  return FALSE;
}

/* The plan, one line an element of column @column. NULL when the statement is not known there. */
static GPtrArray *
plan (PiaoDb *db, const char *prefix, const char *sql, guint column, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;
  PiaoValue values[64] = { 0 };
  static GPtrArray *kept; /* a statement is known by its address as long as the connection lives */
  PiaoStatement *statement = g_new0 (PiaoStatement, 1);
  guint n = count_parameters (sql);
  g_autofree char *text = g_strconcat (prefix, sql, NULL);

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (values));
  for (guint i = 0; i < n; i++)
    piao_value_set_text (&values[i], "1");
  if (kept == NULL)
    kept = g_ptr_array_new ();
  g_ptr_array_add (kept, statement);
  *statement = (PiaoStatement){ "plan", g_intern_string (text) };
  cursor = piao_db_query_values (db, statement, values, n, &inner);
  for (guint i = 0; i < n; i++)
    piao_value_clear (&values[i]);
  while (inner == NULL && piao_cursor_next (cursor, &inner))
    g_ptr_array_add (lines, g_strdup (piao_cursor_text (cursor, column)));
  if (inner == NULL)
    return g_steal_pointer (&lines);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static void
complain (Asking *asking, const PiaoStatement *statement, const char *line)
{
  asking->bad++;
  if (statement == &walking)
    return;
  g_printerr ("%s: %s\n  %s\n", statement->name, line, statement->sql);
}

/* --- SQLite: "SCAN orders" is a walk, "SEARCH orders USING INDEX …" is not -------------------- */

/* Who asks for open orders is not led through all that the warehouse ever had. */
static gboolean
walks_through_time (const PiaoStatement *statement, const char *line)
{
  return strstr (line, "USING INDEX orders_by_time (") != NULL
         && strstr (statement->sql, "state IN (") != NULL
         && !g_str_has_prefix (statement->name, "any_")
         && !g_str_has_prefix (statement->name, "found_");
}

static void
ask_sqlite (const PiaoStatement *statement, gpointer data)
{
  Asking *asking = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  if (!can_be_planned (statement->sql))
    return;
  lines = plan (asking->db, "EXPLAIN QUERY PLAN ", statement->sql, 3, &error);
  if (lines == NULL && asking->other != NULL)
    {
      g_clear_error (&error);
      lines = plan (asking->other, "EXPLAIN QUERY PLAN ", statement->sql, 3, &error);
    }
  if (lines == NULL)
    {
      complain (asking, statement, error->message);
      return;
    }
  asking->planned++;
  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = lines->pdata[i];

      if (g_str_has_prefix (line, "SCAN ") && !may_walk (statement)
          && names_one_of (line, growing, G_N_ELEMENTS (growing))
          && !names_one_of (line, open_only, G_N_ELEMENTS (open_only)))
        complain (asking, statement, line);
      else if (walks_through_time (statement, line))
        complain (asking, statement, line);
    }
}

/* Those that are made out of the kinds, on the server alone. */
static void
foreach_made_statement (void (*func) (const PiaoStatement *statement, gpointer data),
                        Asking *asking)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();

  piao_working_set_foreach (registry, func, asking);
}

static PiaoDb *
open_migrated (const char *address, PiaoSchemaRole role)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (address, 0, &error);

  g_assert_no_error (error);
  if (piao_db_get_engine (db) == PIAO_ENGINE_POSTGRESQL)
    piao_db_script (db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public", &error);
  g_assert_no_error (error);
  piao_schema_migrate (db, role, &error);
  g_assert_no_error (error);
  return db;
}

static void
test_sqlite_never_walks (void)
{
  g_autoptr (PiaoDb) replica = open_migrated (":memory:", PIAO_SCHEMA_REPLICA);
  g_autoptr (PiaoDb) server = open_migrated (":memory:", PIAO_SCHEMA_SERVER);
  Asking asking = { .db = replica, .other = server };

  ask_sqlite (&walking, &asking);
  g_assert_cmpuint (asking.bad, ==, 1);
  asking.bad = 0;
  piao_statement_foreach (ask_sqlite, &asking);
  asking.db = server;
  foreach_made_statement (ask_sqlite, &asking);
  g_test_message ("%u statements", asking.planned);
  g_assert_cmpuint (asking.planned, >, 40);
  g_assert_cmpuint (asking.bad, ==, 0);
}

static void
ask_range (const PiaoStatement *statement, gpointer data)
{
  if (strstr (statement->sql, " FROM change ") != NULL)
    ask_sqlite (statement, data);
}

/* Somebody has looked at the tables on a day when all but one index had a few rows. */
static void
test_sqlite_believes_no_old_numbers (void)
{
  g_autoptr (PiaoDb) server = open_migrated (":memory:", PIAO_SCHEMA_SERVER);
  g_autoptr (GError) error = NULL;
  Asking asking = { .db = server };

  piao_db_script (server,
                  "ANALYZE sqlite_schema; DELETE FROM sqlite_stat1;"
                  "INSERT INTO sqlite_stat1 (tbl, idx, stat) SELECT tbl_name, name, '11 1'"
                  " FROM sqlite_schema WHERE type = 'index' AND tbl_name <> 'change';"
                  "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
                  " ('change', 'change_by_seq', '1010059 336687 100 100 1 1'),"
                  " ('change', 'sqlite_autoindex_change_1', '1010059 336687 50503 1');"
                  "ANALYZE sqlite_schema",
                  &error);
  g_assert_no_error (error);
  foreach_made_statement (ask_range, &asking);
  g_assert_cmpuint (asking.planned, >, 20);
  g_assert_cmpuint (asking.bad, ==, 0);
}

/* --- PostgreSQL: the driver prices walks out, so one that is left has no index to use ----------
 */

/* Whether the node at @lines[@at] has an index condition among its own lines. */
static gboolean
has_condition (GPtrArray *lines, guint at)
{
  for (guint i = at + 1; i < lines->len && strstr (lines->pdata[i], "->") == NULL; i++)
    if (strstr (lines->pdata[i], "Index Cond") != NULL)
      return TRUE;
  return FALSE;
}

static void
ask_postgresql (const PiaoStatement *statement, gpointer data)
{
  Asking *asking = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  if (!can_be_planned (statement->sql)
      || names_one_of (statement->sql, replica_only, G_N_ELEMENTS (replica_only)))
    return;
  lines = plan (asking->db, "EXPLAIN ", statement->sql, 0, &error);
  if (lines == NULL)
    {
      complain (asking, statement, error->message);
      return;
    }
  asking->planned++;
  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = lines->pdata[i];
      gboolean walk = strstr (line, "Seq Scan on ") != NULL;

      if (strstr (line, "Index Scan using ") != NULL || strstr (line, "Index Only Scan") != NULL
          || strstr (line, "Bitmap Index Scan") != NULL)
        walk = !has_condition (lines, i)
               && !names_one_of (line, open_only, G_N_ELEMENTS (open_only));
      if (walk && !may_walk (statement) && names_one_of (line, growing, G_N_ELEMENTS (growing)))
        complain (asking, statement, line);
    }
}

static void
test_postgresql_never_walks (void)
{
  const char *address = g_getenv ("PIAOKU_TEST_POSTGRESQL");
  g_autoptr (PiaoDb) db = NULL;
  Asking asking = { 0 };

  if (address == NULL)
    {
      g_test_skip ("PIAOKU_TEST_POSTGRESQL is not set");
      return;
    }
  db = open_migrated (address, PIAO_SCHEMA_SERVER);
  asking.db = db;
  ask_postgresql (&walking, &asking);
  g_assert_cmpuint (asking.bad, ==, 1);
  asking.bad = 0;
  piao_statement_foreach (ask_postgresql, &asking);
  foreach_made_statement (ask_postgresql, &asking);
  g_test_message ("%u statements", asking.planned);
  g_assert_cmpuint (asking.planned, >, 30);
  g_assert_cmpuint (asking.bad, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/plans/sqlite", test_sqlite_never_walks);
  g_test_add_func ("/domain/plans/sqlite-old-numbers", test_sqlite_believes_no_old_numbers);
  g_test_add_func ("/domain/plans/postgresql", test_postgresql_never_walks);
  return g_test_run ();
}
