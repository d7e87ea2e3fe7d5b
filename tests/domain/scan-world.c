/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "scan-world.h"

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "domain/abnormal/piao-abnormal-kinds.h"
#include "domain/audit/piao-audit.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/order/piao-order-machine.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/ticket/piao-ticket-kinds.h"
#include "tests/lib/piao-fixture.h"

#define N_ORDERS 3
#define MAX_STEPS 12

static const char *const pack_codes[] = {
  "J0001-00005-0000001", "J0001-00005-0000002", "J0001-00005-0000003", "J0001-00005-0000004",
  "J0001-00005-0000005", "J0002-00007-0000001", "J0002-00007-0000002", "J0002-00007-0000003",
  "J0002-00007-0000004", "J0002-00007-0000005", "J0001-00004-0000001", /* expired batch */
  "J0001-00005-0000006",                                               /* frozen */
  "J0001-00005-0000007",                                               /* lost */
  "J0001-00005-0000091",                                               /* of another prefecture */
  "J9999-00001-0000001",                                               /* never heard of */
};

static const gint64 clerks[] = { FIXTURE_KEEPER, FIXTURE_PICKER, FIXTURE_STRANGER };

typedef struct
{
  PiaoFixture *fixture;
  GRand *rand;
  ScanWorld *result;
  gint64 orders[N_ORDERS];
  gint64 due[N_ORDERS];
  char *rows; /* the watched tables as they are, NULL when that is not known; owned */
} World;

PIAO_STATEMENT (world_packs,
                "SELECT pack.id, pack.code, pack.state, pack.order_id, pack.line_id, pack.frozen,"
                " pack.warehouse_id, pack.lane, pack.ticket_type_id, batch.sell_until"
                " FROM pack JOIN batch ON batch.id = pack.batch_id WHERE pack.code = $1");
PIAO_STATEMENT (world_room,
                "SELECT count(*), coalesce(sum(packs - scanned - short), 0)"
                " FROM order_line WHERE order_id = $1 AND ticket_type_id = $2");
PIAO_STATEMENT (world_line, "SELECT id FROM order_line WHERE order_id = $1 ORDER BY n LIMIT 1");
PIAO_STATEMENT (world_request,
                "SELECT id FROM gateway_request WHERE order_id = $1"
                " AND state IN ('prepared', 'sent', 'unknown') ORDER BY id LIMIT 1");
PIAO_STATEMENT (world_case,
                "SELECT id FROM abnormal_case WHERE order_id = $1 AND state <> 'closed'");
PIAO_STATEMENT (world_packs_of, "SELECT id FROM pack WHERE order_id = $1 ORDER BY id");
PIAO_STATEMENT (world_free, "SELECT coalesce(min(free), 0) FROM stock WHERE warehouse_id = $1");

#define STANDING "CASE o.state WHEN 'abnormal' THEN o.prev_state ELSE o.state END"

/* Each counts breaches: rows that should not exist. */
static const char *const breaches[] = {
  /* a line counts the packs that lie on it */
  "SELECT count(*) FROM order_line l WHERE l.scanned <> (SELECT count(*) FROM pack p"
  " WHERE p.line_id = l.id AND p.state IN ('reserved', 'outbound', 'lost', 'damaged', 'stolen'))",
  /* an order counts its lines */
  "SELECT count(*) FROM orders o WHERE o.scanned <> (SELECT sum(l.scanned) FROM order_line l"
  " WHERE l.order_id = o.id)",
  /* no more than was ordered */
  "SELECT count(*) FROM order_line WHERE scanned + short > packs OR scanned < 0 OR short < 0",
  /* a pack lies on a line of its own type, order and prefecture, and only while it must */
  "SELECT count(*) FROM pack p LEFT JOIN order_line l ON l.id = p.line_id"
  " LEFT JOIN orders o ON o.id = p.order_id WHERE p.state IN ('reserved', 'outbound')"
  " AND (l.id IS NULL OR o.id IS NULL OR l.order_id <> o.id"
  " OR l.ticket_type_id <> p.ticket_type_id OR o.lane <> p.lane"
  " OR o.warehouse_id <> p.warehouse_id)",
  "SELECT count(*) FROM pack WHERE state = 'in_stock'"
  " AND (order_id IS NOT NULL OR line_id IS NOT NULL)",
  "SELECT count(*) FROM pack p JOIN orders o ON o.id = p.order_id WHERE p.state = 'reserved'"
  " AND " STANDING " NOT IN ('picking', 'checked', 'held_for_ilms', 'confirming', 'on_hold',"
  " 'pending_outbound', 'submitted')",
  "SELECT count(*) FROM pack p JOIN orders o ON o.id = p.order_id WHERE p.state = 'outbound'"
  " AND (o.confirm_no IS NULL OR p.outbound_at = 0)",
  /* stock is what lies on the shelves, and the ledger adds up to it */
  "SELECT count(*) FROM stock s WHERE s.free <> (SELECT count(*) FROM pack p"
  " WHERE p.warehouse_id = s.warehouse_id AND p.ticket_type_id = s.ticket_type_id"
  " AND p.state = 'in_stock') OR s.reserved <> (SELECT count(*) FROM pack p"
  " WHERE p.warehouse_id = s.warehouse_id AND p.ticket_type_id = s.ticket_type_id"
  " AND p.state = 'reserved')",
  "SELECT count(*) FROM stock s WHERE s.free <> (SELECT coalesce(sum(m.quantity), 0)"
  " FROM movement m WHERE m.warehouse_id = s.warehouse_id"
  " AND m.ticket_type_id = s.ticket_type_id)",
  /* nothing leaves without a confirmation (WHS-08), and none is asked for twice */
  "SELECT count(*) FROM orders WHERE confirm_no IS NULL AND state IN ('ready_to_ship',"
  " 'delivering', 'delivered', 'completed')",
  "SELECT count(*) FROM (SELECT order_id FROM gateway_request WHERE op = 'order.confirm'"
  " AND state <> 'refused' GROUP BY order_id HAVING count(*) > 1) twice",
  "SELECT count(*) FROM parcel p JOIN orders o ON o.id = p.order_id WHERE o.confirm_no IS NULL",
  /* an ended order holds nothing */
  "SELECT count(*) FROM orders WHERE state IN ('refused', 'cancelled') AND scanned <> 0",
  /* an abnormal order has one open case and a state to come back to; no other has either */
  "SELECT count(*) FROM orders o WHERE (o.state = 'abnormal') <> (o.prev_state IS NOT NULL)"
  " OR (SELECT count(*) FROM abnormal_case c WHERE c.order_id = o.id AND c.state <> 'closed')"
  " <> (CASE o.state WHEN 'abnormal' THEN 1 ELSE 0 END)",
  /* a case counts its packs, and only a closed one has written off any */
  "SELECT count(*) FROM abnormal_case c WHERE c.packs <> (SELECT count(*) FROM abnormal_pack p"
  " WHERE p.case_id = c.id) OR c.value <> (SELECT coalesce(sum(p.value), 0) FROM abnormal_pack p"
  " WHERE p.case_id = c.id)",
  "SELECT count(*) FROM abnormal_pack a JOIN abnormal_case c ON c.id = a.case_id"
  " JOIN pack p ON p.id = a.pack_id WHERE a.gone = 1"
  " AND (c.state <> 'closed' OR p.state NOT IN ('lost', 'damaged', 'stolen'))",
  /* a debit is never cancelled without its reversal, nor while it is asked for */
  "SELECT count(*) FROM orders o WHERE o.state = 'cancelled' AND (EXISTS (SELECT 1 FROM"
  " gateway_request r WHERE r.order_id = o.id AND r.op = 'order.confirm' AND r.state IN"
  " ('prepared', 'sent', 'unknown')) OR (o.confirm_no IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
  " abnormal_case c WHERE c.order_id = o.id AND c.reversal_no IS NOT NULL)))",
};

static const char *const dumped[]
    = { "orders", "order_line",      "pack",         "stock",         "movement",     "order_event",
        "parcel", "gateway_request", "number_block", "abnormal_case", "abnormal_pack" };

static const char *const watched[]
    = { "orders", "order_line", "pack", "stock", "abnormal_case", "abnormal_pack" };

static void
fail_on (GError *error)
{
  if (error != NULL)
    g_error ("%s (%s)", error->message, piao_error_get_reason (error));
}

/* Statements are known by their address, so the few made here are kept. */
static const PiaoStatement *
keep_statement (const char *sql)
{
  static GHashTable *kept;
  PiaoStatement *statement;

  if (kept == NULL)
    kept = g_hash_table_new (g_str_hash, g_str_equal);
  statement = g_hash_table_lookup (kept, sql);
  if (statement == NULL)
    {
      statement = g_new0 (PiaoStatement, 1);
      *statement = (PiaoStatement){ "test", g_intern_string (sql) };
      g_hash_table_insert (kept, (gpointer)statement->sql, statement);
    }
  return statement;
}

static void
dump_value (PiaoCursor *cursor, guint column, GString *into)
{
  PiaoValue value = { 0 };

  piao_cursor_value (cursor, column, &value);
  g_string_append_c (into, '|');
  if (value.type == PIAO_VALUE_INT)
    g_string_append_printf (into, "%" G_GINT64_FORMAT, value.number);
  else if (value.type == PIAO_VALUE_TEXT)
    g_string_append (into, value.text);
  piao_value_clear (&value);
}

/* All columns of all rows of @table by id, one a line. */
static void
dump_table (World *self, const char *table, GString *into)
{
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (self->fixture->registry, &n_kinds);

  for (guint i = 0; i < n_kinds; i++)
    {
      g_autofree char *sql
          = g_strconcat (piao_kind_get_columns (kinds[i])->sql, " ORDER BY id", NULL);
      g_autoptr (PiaoCursor) cursor = NULL;
      g_autoptr (GError) error = NULL;

      if (!g_str_equal (piao_kind_get_table (kinds[i]), table))
        continue;
      cursor = piao_db_query (self->fixture->db, keep_statement (sql), &error, "");
      while (error == NULL && piao_cursor_next (cursor, &error))
        {
          g_string_append (into, table);
          for (guint k = 0; k < piao_cursor_get_n_columns (cursor); k++)
            dump_value (cursor, k, into);
          g_string_append_c (into, '\n');
        }
      fail_on (error);
    }
}

static char *
dump_tables (World *self, const char *const *tables, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    dump_table (self, tables[i], text);
  return g_string_free_and_steal (text);
}

static gint64
ask (World *self, const PiaoStatement *statement, gint64 argument)
{
  g_autoptr (GError) error = NULL;
  gint64 number = 0;

  piao_db_query_int (self->fixture->db, statement, 0, &number, &error, "i", argument);
  fail_on (error);
  return number;
}

/* --- the foretold verdict -------------------------------------------------------------------- */

/* The reason for which @clerk's scan of @code for @order must be refused; NULL: it is accepted. */
static const char *
foretell_scan (World *self, gint64 order_id, gint64 clerk, const char *code)
{
  g_autoptr (PiaoRecord) order
      = piao_record_load (self->fixture->db, &piao_order_kind, order_id, NULL);
  g_autoptr (PiaoCursor) pack = NULL;
  g_autoptr (PiaoCursor) room = NULL;
  gint64 now = self->fixture->now + PIAO_SECOND;

  if (clerk == FIXTURE_STRANGER)
    return "access.scope";
  if (!piao_record_is (order, PIAO_ORDER_STATE, "picking"))
    return "order.state";
  if (piao_record_int (order, PIAO_ORDER_PICKER_ID) != clerk
      && piao_record_int (order, PIAO_ORDER_LEASE_UNTIL) > now)
    return "order.leased";
  pack = piao_db_query (self->fixture->db, &world_packs, NULL, "s", code);
  if (!piao_cursor_next (pack, NULL))
    return "scan.not-here";
  if (piao_cursor_int (pack, 7) != FIXTURE_LANE)
    return "access.scope";
  if (piao_cursor_int (pack, 3) != 0)
    return piao_cursor_int (pack, 3) == order_id ? "scan.again" : "scan.other-order";
  if (g_strcmp0 (piao_cursor_text (pack, 2), "in_stock") != 0)
    return "scan.state";
  if (piao_cursor_int (pack, 5) != 0)
    return "scan.frozen";
  if (piao_cursor_int (pack, 9) <= now)
    return "scan.expired";
  room = piao_db_query (self->fixture->db, &world_room, NULL, "ii", order_id,
                        piao_cursor_int (pack, 8));
  g_assert_true (piao_cursor_next (room, NULL));
  if (piao_cursor_int (room, 0) == 0)
    return "scan.wrong-type";
  return piao_cursor_int (room, 1) > 0 ? NULL : "scan.surplus";
}

/* --- playing --------------------------------------------------------------------------------- */

static void
check_invariants (World *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (breaches); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 n = -1;

      piao_db_query_int (self->fixture->db, keep_statement (breaches[i]), -1, &n, &error, "");
      fail_on (error);
      if (n != 0)
        g_error ("%" G_GINT64_FORMAT " rows break: %s", n, breaches[i]);
    }
  for (guint i = 0; i < N_ORDERS; i++)
    if (self->orders[i] != 0)
      g_assert_cmpint (piao_fixture_int (self->fixture, &piao_order_kind, self->orders[i],
                                         "due_at"),
                       ==, self->due[i]);
}

/* What piaokuctl verify asks of live data must hold in play too. */
static void
check_audit (World *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = piao_audit_run (self->fixture->db, &error);

  fail_on (error);
  for (guint i = 0; i < found->len; i++)
    g_error ("%s: %s", ((PiaoBreach *)found->pdata[i])->rule,
             ((PiaoBreach *)found->pdata[i])->subject);
}

static void
forget_rows (World *self)
{
  g_clear_pointer (&self->rows, g_free);
}

/* Runs one command; an accepted one keeps the invariants, a refused one leaves no trace. */
static gboolean
try_command (World *self, gint64 actor, const char *name, JsonObject *args, char **reason)
{
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  if (self->rows == NULL)
    self->rows = dump_tables (self, watched, G_N_ELEMENTS (watched));
  if (piao_fixture_run (self->fixture, actor, name, args, &error))
    {
      self->result->accepted++;
      forget_rows (self);
      check_invariants (self);
      return TRUE;
    }
  /* Rules may refuse; the database, the disk or an unknown argument may not be the reason. */
  if (g_error_matches (error, PIAO_ERROR, PIAO_ERROR_FAILED)
      || g_error_matches (error, PIAO_ERROR, PIAO_ERROR_INVALID)
      || g_str_has_prefix (piao_error_get_reason (error), "db."))
    fail_on (error);
  self->result->refused++;
  if (reason != NULL)
    *reason = g_strdup (piao_error_get_reason (error));
  after = dump_tables (self, watched, G_N_ELEMENTS (watched));
  g_assert_cmpstr (self->rows, ==, after);
  return FALSE;
}

static void
try_scan (World *self, gint64 order, gint64 clerk)
{
  const char *code = pack_codes[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (pack_codes))];
  const char *expected = foretell_scan (self, order, clerk, code);
  g_autofree char *reason = NULL;
  guint n;

  try_command (self, clerk, "order.scan",
               piao_json_build ("order", 'd', order, "pack", 's', code, NULL), &reason);
  g_assert_cmpstr (reason, ==, expected);
  if (reason == NULL)
    return;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->result->reasons, reason));
  g_hash_table_insert (self->result->reasons, g_steal_pointer (&reason), GUINT_TO_POINTER (n + 1));
}

/* ILMS answers whatever it was asked last: yes three times out of four. */
static void
try_answer (World *self, gint64 order)
{
  gint64 request = ask (self, &world_request, order);
  gboolean ok = g_rand_int_range (self->rand, 0, 4) > 0;
  g_autofree char *state = NULL;

  if (request == 0)
    return;
  try_command (self, 0, "gateway.decide",
               piao_json_build ("request", 'd', request, "ok", 'b', ok, "code", 's',
                                ok ? NULL : "BAL_SHORT", "result", 's',
                                "{\"confirmNo\":\"C1\",\"debited\":\"1.00\",\"lockNo\":\"L1\","
                                "\"preDebit\":\"1.00\"}",
                                NULL),
               NULL);
  state = piao_fixture_text (self->fixture, &piao_order_kind, order, "state");
  if (g_str_equal (state, "ready_to_ship"))
    self->result->confirmed++;
}

static void
try_plain (World *self, gint64 order, gint64 clerk, const char *name)
{
  try_command (self, clerk, name, piao_json_build ("order", 'd', order, NULL), NULL);
}

static void
try_short (World *self, gint64 order, gint64 clerk)
{
  try_command (self, clerk, "order.short",
               piao_json_build ("order", 'd', order, "line", 'd', ask (self, &world_line, order),
                                "reason", 's', "STOCK_SHORT", NULL),
               NULL);
}

static void
try_check (World *self, gint64 order, gint64 clerk)
{
  try_command (self, clerk, "order.check",
               piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL), NULL);
}

static void
try_confirm (World *self, gint64 order, gint64 clerk)
{
  gboolean online = g_rand_int_range (self->rand, 0, 3) > 0;

  try_command (self, clerk, "order.confirm",
               piao_json_build ("order", 'd', order, "online", 'b', online, NULL), NULL);
}

static void
try_give_up (World *self, gint64 order, gint64 clerk)
{
  const char *name = g_rand_boolean (self->rand) ? "order.refuse" : "order.hold";

  try_command (self, clerk, name,
               piao_json_build ("order", 'd', order, "reason", 's', "OTHER", NULL), NULL);
}

/* --- abnormal orders ------------------------------------------------------------------------- */

/* Some of the packs that belong to the order. */
static JsonArray *
choose_packs (World *self, gint64 order)
{
  JsonArray *packs = json_array_new ();
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->fixture->db, &world_packs_of, NULL, "i", order);

  while (piao_cursor_next (cursor, NULL))
    if (g_rand_boolean (self->rand))
      json_array_add_object_element (packs, piao_json_build ("pack", 'd',
                                                             piao_cursor_int (cursor, 0), NULL));
  return packs;
}

static void
try_report (World *self, gint64 order, gint64 clerk)
{
  static const char *const troubles[] = { "lost", "damaged", "stolen", "other" };

  try_command (self, clerk, "order.report_abnormal",
               piao_json_build ("order", 'd', order, "trouble", 's',
                                troubles[g_rand_int_range (self->rand, 0, 4)], "packs", 'a',
                                choose_packs (self, order), "note", 's', "出事了", NULL),
               NULL);
}

static void
try_close (World *self, gint64 order, gint64 clerk)
{
  gboolean cancel = g_rand_int_range (self->rand, 0, 3) == 0;

  if (!try_command (
          self, clerk, "abnormal.close",
          piao_json_build ("order", 'd', order, "case", 'd', ask (self, &world_case, order),
                           "outcome", 's', cancel ? "cancelled" : "resumed", "resolution", 's',
                           "处理完毕", "found", 'b', g_rand_boolean (self->rand), "shelved", 'b',
                           g_rand_int_range (self->rand, 0, 4) > 0, "reversal_no", 's', "R1", NULL),
          NULL))
    return;
  if (cancel)
    self->result->cancelled++;
  else
    self->result->resumed++;
}

/* The next step of the case, or sometimes another one. */
static void
try_case (World *self, gint64 order, gint64 clerk)
{
  static const char *const steps[][4] = {
    { "reported", "abnormal.collect", "evidence", "照片" },
    { "evidence_collected", "abnormal.judge", "liability", "carrier" },
    { "liability_judged", "abnormal.handle", "handling", "write_off" },
    { "handling", "abnormal.approve", NULL, NULL },
  };
  gint64 abnormal = ask (self, &world_case, order);
  g_autofree char *state
      = abnormal != 0
            ? piao_fixture_text (self->fixture, &piao_abnormal_case_kind, abnormal, "state")
            : NULL;
  guint wanted = (guint)g_rand_int_range (self->rand, 0, 20);

  if (g_strcmp0 (state, "approved") == 0)
    {
      try_close (self, order, clerk);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (i == wanted || (wanted >= G_N_ELEMENTS (steps) && g_strcmp0 (state, steps[i][0]) == 0))
      {
        JsonObject *args = piao_json_build ("order", 'd', order, "case", 'd',
                                            abnormal != 0 ? abnormal : 1, NULL);
        gboolean reverse = i == 2 && g_rand_boolean (self->rand);

        if (steps[i][2] != NULL)
          json_object_set_string_member (args, steps[i][2],
                                         reverse ? "refund_reversal" : steps[i][3]);
        if (i == 2 && g_rand_boolean (self->rand))
          json_object_set_string_member (args, "police_no", "110");
        try_command (self, i == 3 ? FIXTURE_CHECKER : clerk, steps[i][1], args, NULL);
      }
}

/* What a clerk who knows the work does next. */
static void
try_next (World *self, gint64 order)
{
  g_autofree char *state = piao_fixture_text (self->fixture, &piao_order_kind, order, "state");
  gint64 picker = piao_fixture_int (self->fixture, &piao_order_kind, order, "picker_id");
  gint64 clerk = picker != 0 ? picker : FIXTURE_PICKER;
  int dice = g_rand_int_range (self->rand, 0, 10);

  if (g_str_equal (state, "pending_outbound"))
    try_plain (self, order, clerk, "order.open_pick");
  else if (g_str_equal (state, "picking") && dice < 7)
    try_scan (self, order, clerk);
  else if (g_str_equal (state, "picking") && dice == 7)
    try_short (self, order, clerk);
  else if (g_str_equal (state, "picking"))
    try_check (self, order, clerk);
  else if (g_str_equal (state, "checked") && ask (self, &world_request, order) == 0)
    try_confirm (self, order, clerk);
  else if (g_str_equal (state, "on_hold"))
    try_plain (self, order, clerk, "order.retry");
  else if (g_str_equal (state, "held_for_ilms"))
    try_plain (self, order, clerk, "order.reconnect");
  else if (g_str_equal (state, "abnormal") && dice < 8)
    try_case (self, order, FIXTURE_KEEPER);
  else
    try_answer (self, order);
}

/* Anything by anybody. */
static void
try_anything (World *self, gint64 order)
{
  static const char *const plain[]
      = { "order.open_pick", "order.undo",  "order.undo",     "order.release",
          "order.back",      "order.retry", "order.reconnect" };
  gint64 clerk = clerks[MIN (g_rand_int_range (self->rand, 0, 12), 10) / 5];
  int dice = g_rand_int_range (self->rand, 0, 100);

  if (dice < 50)
    try_scan (self, order, clerk);
  else if (dice < 53)
    try_report (self, order, clerk);
  else if (dice < 55)
    try_case (self, order, clerk);
  else if (dice < 78)
    try_plain (self, order, clerk, plain[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (plain))]);
  else if (dice < 82)
    try_short (self, order, clerk);
  else if (dice < 86)
    try_check (self, order, clerk);
  else if (dice < 90)
    try_confirm (self, order, clerk);
  else if (dice < 93)
    try_give_up (self, order, clerk);
  else if (dice < 98)
    try_answer (self, order);
  else
    self->fixture->now += 20 * PIAO_MINUTE; /* leases run out */
}

static void
try_step (World *self)
{
  gint64 order = self->orders[g_rand_int_range (self->rand, 0, N_ORDERS)];

  if (g_rand_int_range (self->rand, 0, 10) < 4)
    try_next (self, order);
  else
    try_anything (self, order);
}

/* The telephone is answered from 10 to 22 (ORD-21); by night the clerks go home. */
static void
sleep_by_night (World *self)
{
  g_autofree char *hour = piao_time_format (self->fixture->now + PIAO_MINUTE, "%H");

  while (g_ascii_strtoll (hour, NULL, 10) < 10 || g_ascii_strtoll (hour, NULL, 10) >= 22)
    {
      self->fixture->now += PIAO_HOUR;
      g_free (hour);
      hour = piao_time_format (self->fixture->now + PIAO_MINUTE, "%H");
    }
}

/* A fresh order in place of one that has ended. FALSE when the shelves are too empty. */
static gboolean
refill (World *self)
{
  sleep_by_night (self);
  for (guint i = 0; i < N_ORDERS; i++)
    {
      g_autofree char *state
          = self->orders[i] != 0
                ? piao_fixture_text (self->fixture, &piao_order_kind, self->orders[i], "state")
                : NULL;

      if (state != NULL && !g_str_equal (state, "refused") && !g_str_equal (state, "cancelled")
          && !g_str_equal (state, "ready_to_ship"))
        continue;
      if (ask (self, &world_free, FIXTURE_WAREHOUSE) < 2)
        return FALSE;
      self->orders[i] = piao_fixture_order (self->fixture, g_rand_int_range (self->rand, 1, 3),
                                            g_rand_int_range (self->rand, 0, 3));
      self->due[i] = piao_fixture_int (self->fixture, &piao_order_kind, self->orders[i], "due_at");
    }
  return TRUE;
}

static void
add_pack (World *self, gint64 id, const char *code, const char *state, gint64 batch, gint64 frozen)
{
  gint64 quantity = g_str_equal (state, "in_stock") ? 1 : 0;
  gint64 stock_id = FIXTURE_TYPE_A + FIXTURE_WAREHOUSE * 1000;
  g_autoptr (PiaoRecord) pack
      = piao_record_load (self->fixture->db, &piao_pack_kind, FIXTURE_TYPE_A * 100 + 1, NULL);
  g_autoptr (PiaoRecord) movement = piao_record_load (self->fixture->db, &piao_movement_kind,
                                                      FIXTURE_TYPE_A * 100 + 1 + 100000, NULL);
  g_autoptr (PiaoRecord) stock
      = piao_record_load (self->fixture->db, &piao_stock_kind, stock_id, NULL);

  pack->id = id;
  piao_record_set_text (pack, PIAO_PACK_CODE, code);
  piao_record_set_text (pack, PIAO_PACK_STATE, state);
  piao_record_set_int (pack, PIAO_PACK_BATCH_ID, batch);
  piao_record_set_int (pack, PIAO_PACK_FROZEN, frozen);
  movement->id = id + 100000;
  piao_record_set_int (movement, PIAO_MOVEMENT_PACK_ID, id);
  piao_record_set_int (movement, PIAO_MOVEMENT_QUANTITY, quantity);
  piao_record_set_int (stock, PIAO_STOCK_FREE, piao_record_int (stock, PIAO_STOCK_FREE) + quantity);
  g_assert_true (piao_record_store (self->fixture->db, pack, NULL));
  g_assert_true (piao_record_store (self->fixture->db, movement, NULL));
  g_assert_true (piao_record_store (self->fixture->db, stock, NULL));
}

static void
open_world (World *self)
{
  g_autoptr (PiaoRecord) batch = NULL;

  self->fixture = piao_fixture_new ();
  for (guint i = 0; i < N_ORDERS; i++)
    self->orders[i] = 0;
  batch = piao_record_load (self->fixture->db, &piao_batch_kind, FIXTURE_TYPE_A + 10, NULL);
  batch->id = 900;
  piao_record_set_text (batch, PIAO_BATCH_BATCH_NO, "00004");
  piao_record_set_int (batch, PIAO_BATCH_SELL_UNTIL, self->fixture->now);
  g_assert_true (piao_record_store (self->fixture->db, batch, NULL));
  add_pack (self, 9001, "J0001-00004-0000001", "in_stock", 900, 0);
  add_pack (self, 9002, "J0001-00005-0000006", "in_stock", FIXTURE_TYPE_A + 10, 1);
  add_pack (self, 9003, "J0001-00005-0000007", "lost", FIXTURE_TYPE_A + 10, 0);
}

ScanWorld *
scan_world_play (guint32 seed, guint n_sequences)
{
  World self = { 0 };

  self.rand = g_rand_new_with_seed (seed);
  self.result = g_new0 (ScanWorld, 1);
  self.result->reasons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  open_world (&self);
  for (guint n = 0; n < n_sequences; n++)
    {
      guint steps = (guint)g_rand_int_range (self.rand, 3, MAX_STEPS);

      if (!refill (&self) || n % 250 == 249)
        {
          piao_fixture_free (self.fixture);
          open_world (&self);
          g_assert_true (refill (&self));
        }
      forget_rows (&self);
      check_invariants (&self);
      for (guint i = 0; i < steps; i++)
        try_step (&self);
      if (n % 10 == 0)
        check_audit (&self);
    }
  self.result->dump = dump_tables (&self, dumped, G_N_ELEMENTS (dumped));
  forget_rows (&self);
  piao_fixture_free (self.fixture);
  g_rand_free (self.rand);
  return self.result;
}

void
scan_world_free (ScanWorld *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->reasons);
  g_free (self->dump);
  g_free (self);
}
