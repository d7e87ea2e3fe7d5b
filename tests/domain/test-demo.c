/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Demo data keeps every rule, is the same for the same seed, and gives the counter its day. */

#include "config.h"

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-json.h"
#include "domain/audit/piao-audit.h"
#include "domain/barcode/piao-barcode.h"
#include "domain/demo/piao-demo-codes.h"
#include "domain/demo/piao-demo.h"
#include "domain/piao-domain.h"
#include "domain/reference/piao-reference.h"
#include "store/piao-schema.h"

#define NOW G_GINT64_CONSTANT (1767322800000)

static PiaoDb *
make (guint seed, gboolean live)
{
  const char *address = g_getenv ("PIAOKU_TEST_DATABASE");
  PiaoDemoOptions options = { .orders = 2000, .seed = seed, .now = NOW, .live = live };
  PiaoDemoSummary summary = { 0 };
  g_autoptr (PiaoDb) db = piao_db_open (address != NULL ? address : ":memory:", 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (db);
  if (piao_db_get_engine (db) == PIAO_ENGINE_POSTGRESQL)
    g_assert_true (piao_db_script (db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public", NULL));
  g_assert_true (piao_schema_migrate (db, PIAO_SCHEMA_SERVER, NULL));
  g_assert_true (piao_db_begin (db, NULL) && piao_reference_write (db, &error)
                 && piao_db_commit (db, NULL));
  g_assert_no_error (error);
  piao_demo_write (db, &options, &summary, &error);
  g_assert_no_error (error);
  g_assert_cmpint (summary.orders, >=, 2000);
  g_assert_cmpint (summary.packs, >=, 19000);
  return g_steal_pointer (&db);
}

static gint64
count (PiaoDb *db, const char *sql)
{
  static PiaoStatement kept[32]; /* a connection knows a statement by its address */
  static guint n_kept;
  PiaoStatement *statement = &kept[n_kept++];
  gint64 number = -1;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (n_kept, <=, G_N_ELEMENTS (kept));
  *statement = (PiaoStatement){ "count", sql };
  piao_db_query_int (db, statement, -1, &number, &error, "");
  g_assert_no_error (error);
  return number;
}

static void
test_rules (void)
{
  g_autoptr (PiaoDb) db = make (7, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) breaches = piao_audit_run (db, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < breaches->len; i++)
    g_test_message ("%s: %s", ((PiaoBreach *)breaches->pdata[i])->rule,
                    ((PiaoBreach *)breaches->pdata[i])->subject);
  g_assert_cmpuint (breaches->len, ==, 0);
  g_assert_true (piao_audit_check_file (db, &error));
  g_assert_cmpint (count (db, "SELECT count(DISTINCT state) FROM orders"), ==, 15);
}

/* A rule that cannot be broken is not asked: each of these must be seen. */
static void
test_breaches (void)
{
  static const struct
  {
    const char *sql;
    const char *rule;
  } wrongs[] = {
    { "UPDATE stock SET free = free + 1 WHERE id = (SELECT min(id) FROM stock)",
      "stock.movements" },
    { "UPDATE pack SET warehouse_id = 654000 WHERE id = (SELECT min(id) FROM pack"
      " WHERE order_id IS NOT NULL AND warehouse_id = 652300)",
      "pack.order" },
    { "UPDATE pack SET state = 'outbound' WHERE id = (SELECT min(id) FROM pack"
      " WHERE state = 'reserved')",
      "pack.state" },
    { "UPDATE order_line SET scanned = scanned - 1 WHERE id = (SELECT min(id) FROM order_line"
      " WHERE scanned > 0)",
      "line.scanned" },
    { "UPDATE gateway_request SET state = 'unknown' WHERE id = (SELECT min(id)"
      " FROM gateway_request WHERE op = 'order.confirm' AND state = 'confirmed')",
      "debit.recorded" },
    { "UPDATE parcel SET order_id = (SELECT min(id) FROM orders WHERE confirm_no IS NULL)"
      " WHERE id = (SELECT min(id) FROM parcel)",
      "parcel.label" },
    { "UPDATE orders SET state = 'refused' WHERE id = (SELECT min(id) FROM orders"
      " WHERE state = 'pending_outbound')",
      "order.timeline" },
  };
  g_autoptr (PiaoDb) db = make (7, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autoptr (GPtrArray) breaches = NULL;
      gboolean seen = FALSE;

      g_assert_true (piao_db_begin (db, NULL));
      g_assert_true (piao_db_script (db, wrongs[i].sql, NULL));
      breaches = piao_audit_run (db, NULL);
      g_assert_nonnull (breaches);
      for (guint n = 0; n < breaches->len; n++)
        seen |= g_str_equal (((PiaoBreach *)breaches->pdata[n])->rule, wrongs[i].rule);
      if (!seen)
        g_error ("the breach of %s was not seen", wrongs[i].rule);
      piao_db_rollback (db);
    }
}

static char *
digest (guint seed)
{
  static const PiaoStatement all
      = { "all", "SELECT id, number, state, amount, due_at FROM orders ORDER BY id" };
  g_autoptr (PiaoDb) db = make (seed, FALSE);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &all, NULL, "");

  while (piao_cursor_next (cursor, NULL))
    {
      g_autofree char *row = g_strdup_printf (
          "%" G_GINT64_FORMAT " %s %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
          piao_cursor_int (cursor, 0), piao_cursor_text (cursor, 1), piao_cursor_text (cursor, 2),
          piao_cursor_int (cursor, 3), piao_cursor_int (cursor, 4));

      g_checksum_update (sum, (const guchar *)row, -1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

static void
test_same_seed (void)
{
  g_autofree char *first = digest (3);
  g_autofree char *again = digest (3);
  g_autofree char *other = digest (4);

  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, other);
}

static void
test_counter_day (void)
{
  g_autoptr (PiaoDb) db = make (7, FALSE);

  g_assert_cmpint (count (db, "SELECT count(*) FROM orders WHERE warehouse_id = 652300"
                              " AND state = 'pending_outbound' AND lock_no IS NOT NULL"),
                   ==, 12);
  g_assert_cmpint (count (db, "SELECT count(*) FROM orders WHERE warehouse_id = 652300"
                              " AND state = 'on_hold' AND hold_reason = 'BAL_SHORT'"),
                   ==, 2);
  g_assert_cmpint (count (db, "SELECT count(*) FROM orders WHERE warehouse_id = 652300"
                              " AND state = 'pending_outbound' AND due_at < 1767322800000"),
                   >=, 1);
  /* Every waiting line can be picked from the shelf. */
  g_assert_cmpint (count (db, "SELECT count(*) FROM order_line JOIN orders"
                              " ON orders.id = order_line.order_id JOIN stock"
                              " ON stock.ticket_type_id = order_line.ticket_type_id"
                              " AND stock.warehouse_id = orders.warehouse_id"
                              " WHERE orders.state = 'pending_outbound'"
                              " AND stock.free < order_line.packs"),
                   ==, 0);
}

static void
test_live (void)
{
  g_autoptr (PiaoDb) db = make (7, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) seed = piao_demo_make_gateway_seed (db, &error);
  g_autoptr (GPtrArray) breaches = piao_audit_run (db, NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (breaches->len, ==, 0);
  g_assert_cmpint (count (db, "SELECT count(*) FROM gateway_request WHERE op = 'order.lock'"
                              " AND state = 'prepared'"),
                   ==, 14);
  g_assert_cmpint (count (db, "SELECT count(*) FROM orders WHERE state IN ('pending_outbound',"
                              " 'picking', 'checked', 'held_for_ilms', 'confirming', 'on_hold')"),
                   ==, 0);
  g_assert_cmpint ((gint64)json_array_get_length (piao_json_get_array (seed, "outlets")), ==,
                   count (db, "SELECT count(*) FROM outlet"));
  g_assert_cmpint ((gint64)json_array_get_length (piao_json_get_array (seed, "stock")), ==,
                   count (db, "SELECT count(*) FROM stock"));
}

typedef struct
{
  PiaoDb *db;
  PiaoRegistry *registry;
  PiaoBarcodeBook *book;
  PiaoContext context;
  gint64 order;
} Counter;

static gboolean
apply (Counter *self, const char *name, const char *pack, GError **error)
{
  g_autoptr (JsonObject) args
      = piao_json_build ("order", 'd', self->order, "pack", 's', pack, NULL);

  self->context.command += PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE;
  g_assert_true (piao_db_savepoint (self->db, NULL));
  if (piao_command_apply (self->registry, self->db, &self->context, name, args, NULL, error))
    return piao_db_release (self->db, NULL);
  piao_db_rollback_to (self->db);
  return FALSE;
}

static gboolean
scan (Counter *self, const char *code, GError **error)
{
  char key[PIAO_BARCODE_KEY_LENGTH];
  PiaoBarcode read;

  if (!piao_barcode_read (self->book, code, &read, error))
    return FALSE;
  piao_barcode_pack_key (&read, read.pack_from, key);
  return apply (self, "order.scan", key, error);
}

/* What the list says of a code is what the rules say of it. */
static void
test_codes (void)
{
  static const char *const reasons[]
      = { NULL,           "scan.wrong-type", "scan.surplus",  "scan.frozen",
          "scan.expired", "scan.not-here",   "scan.security", "scan.unknown" };
  g_autoptr (PiaoDb) db = make (7, FALSE);
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (PiaoBarcodeBook) book = piao_barcode_book_new_shipped (NULL);
  g_autoptr (GArray) orders = piao_demo_list_orders (db, PIAO_DEMO_LANE, NULL);
  Counter counter = { db, registry, book };
  g_autoptr (GPtrArray) codes = NULL;
  guint seen = 0;

  g_assert_cmpuint (orders->len, ==, 12);
  counter.order = g_array_index (orders, gint64, 0);
  counter.context
      = (PiaoContext){ .command = G_GINT64_CONSTANT (1) << 60 | 9,
                       .at = NOW,
                       .actor = count (db, "SELECT id FROM users WHERE name = 'keeper'"),
                       .device = 9 };
  codes = piao_demo_list_codes (db, counter.order, NOW, NULL);
  g_assert_true (piao_db_begin (db, NULL));
  g_assert_true (apply (&counter, "order.open_pick", NULL, NULL));
  for (guint i = 0; i < codes->len; i++)
    {
      const PiaoDemoCode *code = codes->pdata[i];
      g_autoptr (GError) error = NULL;
      gboolean taken = scan (&counter, code->code, &error);

      g_assert_cmpstr (taken ? NULL : piao_error_get_reason (error), ==, reasons[code->kind]);
      seen |= 1u << code->kind;
    }
  g_assert_cmpuint (seen, ==, (1u << G_N_ELEMENTS (reasons)) - 1);
  piao_db_rollback (db);
}

static void
test_refuses (void)
{
  PiaoDemoOptions options = { .orders = 10, .seed = 1, .now = NOW };
  g_autoptr (PiaoDb) db = make (7, FALSE);
  g_autoptr (PiaoDb) bare = piao_db_open (":memory:", 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (piao_demo_write (db, &options, NULL, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "demo.not-empty");
  g_clear_error (&error);
  g_assert_true (piao_schema_migrate (bare, PIAO_SCHEMA_SERVER, NULL));
  g_assert_false (piao_demo_write (bare, &options, NULL, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "demo.no-reference");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/rules", test_rules);
  g_test_add_func ("/demo/breaches", test_breaches);
  g_test_add_func ("/demo/same-seed", test_same_seed);
  g_test_add_func ("/demo/counter-day", test_counter_day);
  g_test_add_func ("/demo/live", test_live);
  g_test_add_func ("/demo/codes", test_codes);
  g_test_add_func ("/demo/refuses", test_refuses);
  return g_test_run ();
}
