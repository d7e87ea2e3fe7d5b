/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "tests/lib/piao-fixture.h"

PIAO_STATEMENT (select_open_request,
                "SELECT id FROM gateway_request WHERE order_id = $1"
                " AND state IN ('prepared', 'sent', 'unknown') ORDER BY id DESC LIMIT 1");

static void
fail_on (GError *error)
{
  if (error != NULL)
    g_error ("%s (%s)", error->message, piao_error_get_reason (error));
}

/* Writes one row from column/value pairs: "name", 's', text or "name", 'i', number; NULL ends. */
static void
write_row (PiaoFixture *self, const char *kind_name, gint64 id, gint64 lane, ...)
{
  const PiaoKind *kind = piao_registry_find_kind (self->registry, kind_name);
  g_autoptr (PiaoRecord) record = piao_record_new (kind, id, lane);
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, lane);
  for (const char *name = va_arg (args, const char *); name != NULL;
       name = va_arg (args, const char *))
    {
      int column = piao_kind_find_column (kind, name);

      g_assert_cmpint (column, >=, 0);
      if (va_arg (args, int) == 's')
        piao_record_set_text (record, (guint)column, va_arg (args, const char *));
      else
        piao_record_set_int (record, (guint)column, va_arg (args, int));
    }
  va_end (args);
  piao_record_store (self->db, record, &error);
  fail_on (error);
}

static void
write_people (PiaoFixture *self)
{
  static const char *const words[]
      = { "order",       "order.pick",    "order.create", "order.confirm", "order.refuse",
          "label.print", "label.reprint", "stock",        "damage.create", "damage.approve",
          NULL };
  static const struct
  {
    int id;
    const char *name;
    int lane;
  } users[] = { { FIXTURE_KEEPER, "keeper", FIXTURE_LANE },
                { FIXTURE_PICKER, "picker", FIXTURE_LANE },
                { FIXTURE_STRANGER, "stranger", FIXTURE_OTHER_LANE },
                { FIXTURE_CHECKER, "checker", FIXTURE_LANE },
                { FIXTURE_LEADER, "leader", -1 } };

  write_row (self, "role", 1, (gint64)0, "code", 's', "keeper", "name", 's', "库房管理员", NULL);
  for (guint i = 0; words[i] != NULL; i++)
    write_row (self, "role_permission", 200 + (gint64)i, (gint64)0, "role_id", 'i', 1, "permission",
               's', words[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      write_row (self, "user", users[i].id, (gint64)0, "name", 's', users[i].name, "real_name", 's',
                 users[i].name, "enabled", 'i', 1, users[i].lane > 0 ? "warehouse_id" : NULL, 'i',
                 users[i].lane == FIXTURE_LANE ? FIXTURE_WAREHOUSE : FIXTURE_WAREHOUSE + 1, NULL);
      write_row (self, "user_role", 300 + (gint64)i, (gint64)0, "user_id", 'i', users[i].id,
                 "role_id", 'i', 1, "granted_lane", 'i', users[i].lane, NULL);
    }
}

static void
write_place (PiaoFixture *self, int base, const char *name, int lane)
{
  write_row (self, "org", base, (gint64)0, "code", 's', name, "name", 's', name, "gb", 'i', lane,
             NULL);
  write_row (self, "warehouse", base + 10, (gint64)0, "code", 's', name, "name", 's', name,
             "org_id", 'i', base, "level", 's', "branch", "gateway_no", 's', name, "route", 's',
             "server", NULL);
  write_row (self, "owner", base + 20, (gint64)lane, "name", 's', "阿卜杜拉·买买提", NULL);
  write_row (self, "outlet", base + 30, (gint64)lane, "outlet_no", 's',
             lane == FIXTURE_LANE ? "6523001234" : "6540001234", "name", 's', "北京路店",
             "owner_id", 'i', base + 20, "owner_name", 's', "阿卜杜拉·买买提", "phone", 's',
             "13800001234", "manager_name", 's', "王小明", "warehouse_id", 'i', base + 10, "county",
             's', "昌吉市区", "address", 's', "北京路 1 号", "distance", 'i', 5000,
             "override_hours", 'i', 0, "channel", 's', "computer", "state", 's', "active",
             "credit_until", 'i', 0, "instant_balance", 'i', 0, "payment_balance", 'i', 0,
             "balance_at", 'i', 0, NULL);
}

static void
write_type (PiaoFixture *self,
            int id,
            const char *game,
            const char *plan,
            const char *batch,
            int face,
            int tickets)
{
  write_row (self, "ticket_type", id, (gint64)0, "game_no", 's', game, "plan_code", 's', plan,
             "name", 's', id == FIXTURE_TYPE_A ? "好运连连" : "步步高升", "face_value", 'i', face,
             "tickets_per_pack", 'i', tickets, "pack_value", 'i', face * tickets, "market_from",
             'i', 0, "market_to", 'i', 0, "top_prize", 'i', 0, "threshold", 'i', 0, NULL);
  write_row (self, "batch", id + 10, (gint64)0, "ticket_type_id", 'i', id, "batch_no", 's', batch,
             "packs_per_box", 'i', 10, "boxes_per_case", 'i', 4, "printed_on", 'i', 0, "sell_until",
             'i', G_MAXINT, NULL);
}

static void
write_packs (
    PiaoFixture *self, int type, const char *key, int warehouse, int lane, int first, int count)
{
  const PiaoKind *kind = piao_registry_find_kind (self->registry, "batch");
  g_autoptr (PiaoRecord) batch = piao_record_load (self->db, kind, type + 10, NULL);

  /* sell_until is beyond 32 bits in real life; set it so here. */
  piao_record_set_int (batch, (guint)piao_kind_find_column (kind, "sell_until"),
                       self->now + 100 * PIAO_DAY);
  g_assert_true (piao_record_store (self->db, batch, NULL));
  for (int i = 0; i < count; i++)
    {
      g_autofree char *code = g_strdup_printf ("%s-%07d", key, first + i);
      int id = type * 100 + first + i;

      write_row (self, "pack", id, (gint64)lane, "code", 's', code, "ticket_type_id", 'i', type,
                 "batch_id", 'i', type + 10, "warehouse_id", 'i', warehouse, "state", 's',
                 "in_stock", "shelf", 's', "B-03", "frozen", 'i', 0, "outbound_at", 'i', 0,
                 "activated_at", 'i', 0, NULL);
      write_row (self, "movement", id + 100000, (gint64)lane, "pack_id", 'i', id, "ticket_type_id",
                 'i', type, "warehouse_id", 'i', warehouse, "event", 's', "receive", "quantity",
                 'i', 1, "at", 'i', 0, "actor", 'i', 0, "device", 'i', 0, NULL);
    }
  write_row (self, "stock", type + warehouse * 1000, (gint64)lane, "warehouse_id", 'i', warehouse,
             "ticket_type_id", 'i', type, "free", 'i', count, "reserved", 'i', 0, "ilms_quantity",
             'i', 0, "ilms_at", 'i', 0, "threshold", 'i', 0, NULL);
}

static void
open_database (PiaoFixture *self)
{
  const char *address = g_getenv ("PIAOKU_TEST_DATABASE");
  g_autoptr (GError) error = NULL;

  self->db = piao_db_open (address != NULL ? address : ":memory:", 0, &error);
  fail_on (error);
  if (piao_db_get_engine (self->db) == PIAO_ENGINE_POSTGRESQL)
    piao_db_script (self->db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public", &error);
  fail_on (error);
  piao_schema_migrate (self->db, PIAO_SCHEMA_SERVER, &error);
  fail_on (error);
}

PiaoFixture *
piao_fixture_new (void)
{
  PiaoFixture *self = g_new0 (PiaoFixture, 1);

  self->registry = piao_domain_registry_new ();
  self->now = G_GINT64_CONSTANT (1767322800000); /* 2026-01-02 11:00 in Shanghai */
  self->command = G_GINT64_CONSTANT (1) << 50 | FIXTURE_DEVICE;
  open_database (self);
  write_place (self, 10, "昌吉", FIXTURE_LANE);
  write_place (self, 11, "伊犁", FIXTURE_OTHER_LANE);
  write_people (self);
  write_type (self, FIXTURE_TYPE_A, "0123", "J0001", "00005", 1000, 50);
  write_type (self, FIXTURE_TYPE_B, "0145", "J0002", "00007", 2000, 30);
  write_packs (self, FIXTURE_TYPE_A, "J0001-00005", FIXTURE_WAREHOUSE, FIXTURE_LANE, 1, 5);
  write_packs (self, FIXTURE_TYPE_B, "J0002-00007", FIXTURE_WAREHOUSE, FIXTURE_LANE, 1, 5);
  write_packs (self, FIXTURE_TYPE_A, "J0001-00005", 21, FIXTURE_OTHER_LANE, 91, 1);
  piao_fixture_must (self, 0, "number.reserve",
                     piao_json_build ("warehouse", 'd', (gint64)FIXTURE_WAREHOUSE, "device", 'i',
                                      (gint64)FIXTURE_DEVICE, NULL));
  return self;
}

void
piao_fixture_free (PiaoFixture *self)
{
  piao_db_free (self->db);
  piao_registry_unref (self->registry);
  g_free (self);
}

gboolean
piao_fixture_run (
    PiaoFixture *self, gint64 actor, const char *name, JsonObject *args, GError **error)
{
  g_autoptr (JsonObject) held = args;
  PiaoContext context = { 0 };

  self->now += PIAO_SECOND;
  self->command += PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE;
  context.command = self->command;
  context.at = self->now;
  context.actor = actor;
  context.device = FIXTURE_DEVICE;
  context.side = self->epoch_at != 0 ? PIAO_SIDE_SERVER : PIAO_SIDE_DESKTOP;
  context.epoch_at = self->epoch_at;
  context.again = self->again;
  if (!piao_db_begin (self->db, error))
    return FALSE;
  if (piao_command_apply (self->registry, self->db, &context, name, held, NULL, error))
    return piao_db_commit (self->db, error);
  piao_db_rollback (self->db);
  return FALSE;
}

void
piao_fixture_must (PiaoFixture *self, gint64 actor, const char *name, JsonObject *args)
{
  g_autoptr (GError) error = NULL;

  piao_fixture_run (self, actor, name, args, &error);
  fail_on (error);
}

void
piao_fixture_must_not (
    PiaoFixture *self, gint64 actor, const char *name, JsonObject *args, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (piao_fixture_run (self, actor, name, args, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
}

gint64
piao_fixture_int (PiaoFixture *self, const PiaoKind *kind, gint64 id, const char *column)
{
  g_autoptr (PiaoRecord) record = piao_record_load (self->db, kind, id, NULL);

  g_assert_nonnull (record);
  return piao_record_int (record, (guint)piao_kind_find_column (kind, column));
}

char *
piao_fixture_text (PiaoFixture *self, const PiaoKind *kind, gint64 id, const char *column)
{
  g_autoptr (PiaoRecord) record = piao_record_load (self->db, kind, id, NULL);

  g_assert_nonnull (record);
  return g_strdup (piao_record_text (record, (guint)piao_kind_find_column (kind, column)));
}

static void
add_line (JsonArray *lines, gint64 type, int packs)
{
  if (packs > 0)
    json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', type, "packs", 'i',
                                                           (gint64)packs, NULL));
}

JsonObject *
piao_fixture_order_args (int a, int b)
{
  JsonArray *lines = json_array_new ();

  add_line (lines, FIXTURE_TYPE_A, a);
  add_line (lines, FIXTURE_TYPE_B, b);
  return piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's', "phone",
                          "identity_checked", 'b', TRUE, "lines", 'a', lines, NULL);
}

gint64
piao_fixture_order (PiaoFixture *self, int a, int b)
{
  gint64 order;

  piao_fixture_must (self, FIXTURE_KEEPER, "order.submit", piao_fixture_order_args (a, b));
  order = self->command + PIAO_ID_STRIDE;
  piao_fixture_answer (self, order, TRUE, NULL, "{\"lockNo\":\"L1\",\"preDebit\":\"1000.00\"}");
  return order;
}

static JsonObject *
answer_to (PiaoFixture *self, gint64 order, gboolean ok, const char *code, const char *result)
{
  gint64 request = 0;

  g_assert_true (piao_db_query_int (self->db, &select_open_request, 0, &request, NULL, "i", order));
  g_assert_cmpint (request, >, 0);
  return piao_json_build ("request", 'd', request, "ok", 'b', ok, "code", 's', code, "result", 's',
                          result, NULL);
}

void
piao_fixture_answer (
    PiaoFixture *self, gint64 order, gboolean ok, const char *code, const char *result)
{
  piao_fixture_must (self, 0, "gateway.decide", answer_to (self, order, ok, code, result));
}

void
piao_fixture_answer_not (PiaoFixture *self, gint64 order, const char *result, const char *reason)
{
  piao_fixture_must_not (self, 0, "gateway.decide", answer_to (self, order, TRUE, NULL, result),
                         reason);
}
