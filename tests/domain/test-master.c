/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/pack/piao-pack-queries.h"
#include "domain/piao-table.h"
#include "domain/ticket/piao-batch.h"
#include "domain/ticket/piao-ticket-kinds.h"
#include "tests/lib/piao-fixture.h"

enum
{
  ADMIN = 901,   /* sys_admin of the centre */
  MANAGER = 902, /* branch_manager of 昌吉 */
  CENTRE = 903,  /* center_manager, all lanes */
  N_PEOPLE = 3,
};

/* The fixture's world with three more people, who hold the shipped words of their roles. */
static PiaoFixture *
open_office (void)
{
  static const struct
  {
    gint64 id;
    const char *name;
    const char *role;
    gint64 lane;
    gint64 org;
  } people[N_PEOPLE] = { { ADMIN, "admin", "sys_admin", 0, 10 },
                         { MANAGER, "manager", "branch_manager", FIXTURE_LANE, 10 },
                         { CENTRE, "centre", "center_manager", -1, 10 } };
  PiaoFixture *fixture = piao_fixture_new ();
  g_autoptr (PiaoTable) words = piao_table_load ("role-permissions", NULL);

  for (guint i = 0; i < N_PEOPLE; i++)
    {
      g_autoptr (PiaoRecord) user = piao_record_new (&piao_user_kind, people[i].id, 0);
      g_autoptr (PiaoRecord) role = piao_record_new (&piao_role_kind, people[i].id, 0);
      g_autoptr (PiaoRecord) grant = piao_record_new (&piao_user_role_kind, people[i].id, 0);

      piao_record_set_text (user, PIAO_USER_NAME, people[i].name);
      piao_record_set_text (user, PIAO_USER_REAL_NAME, people[i].name);
      piao_record_set_ref (user, PIAO_USER_ORG_ID, people[i].org);
      piao_record_set_int (user, PIAO_USER_ENABLED, 1);
      piao_record_set_text (role, PIAO_ROLE_CODE, people[i].role);
      piao_record_set_text (role, PIAO_ROLE_NAME, people[i].role);
      piao_record_set_ref (grant, PIAO_USER_ROLE_USER_ID, people[i].id);
      piao_record_set_ref (grant, PIAO_USER_ROLE_ROLE_ID, people[i].id);
      piao_record_set_int (grant, PIAO_USER_ROLE_GRANTED_LANE, people[i].lane);
      g_assert_true (piao_record_store (fixture->db, user, NULL));
      g_assert_true (piao_record_store (fixture->db, role, NULL));
      g_assert_true (piao_record_store (fixture->db, grant, NULL));
      for (guint k = 0; k < piao_table_get_n_rows (words); k++)
        {
          g_autoptr (PiaoRecord) word
              = piao_record_new (&piao_role_permission_kind, people[i].id * 1000 + k, 0);

          if (piao_table_get_int (words, k, people[i].role, 0) != 1)
            continue;
          piao_record_set_ref (word, PIAO_ROLE_PERMISSION_ROLE_ID, people[i].id);
          piao_record_set_text (word, PIAO_ROLE_PERMISSION_PERMISSION,
                                piao_table_get (words, k, "permission"));
          g_assert_true (piao_record_store (fixture->db, word, NULL));
        }
    }
  return fixture;
}

/* kind.save arguments: fields as "column", 's'|'i'|'d', value, …, NULL. */
static JsonObject *
save_of (const char *kind, gint64 id, ...)
{
  JsonArray *set = json_array_new ();
  JsonObject *args = piao_json_build ("kind", 's', kind, "set", 'a', set, NULL);
  va_list list;

  if (id != 0)
    piao_json_set_id (args, "id", id);
  va_start (list, id);
  for (const char *column = va_arg (list, const char *); column != NULL;
       column = va_arg (list, const char *))
    switch (va_arg (list, int))
      {
      case 's':
        json_array_add_object_element (set, piao_json_build ("column", 's', column, "text", 's',
                                                             va_arg (list, const char *), NULL));
        break;
      case 'i':
        json_array_add_object_element (set, piao_json_build ("column", 's', column, "number", 'i',
                                                             (gint64)va_arg (list, int), NULL));
        break;
      default:
        json_array_add_object_element (set, piao_json_build ("column", 's', column, "ref", 'd',
                                                             (gint64)va_arg (list, int), NULL));
      }
  va_end (list);
  return args;
}

/* PER-02: each list by its own word, and only lists of master data. */
static void
test_rights_are_by_list (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();

  piao_fixture_must_not (fixture, FIXTURE_PICKER, "kind.save",
                         save_of ("ticket_type", FIXTURE_TYPE_A, "name", 's', "x", NULL),
                         "access.permission");
  piao_fixture_must_not (fixture, ADMIN, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "name", 's', "x", NULL),
                         "access.permission");
  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("ticket_type", FIXTURE_TYPE_A, "name", 's', "新名", NULL));
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("pack", 5001, "state", 's', "in_stock", NULL), "save.kind");
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("order", 1, "state", 's', "completed", NULL), "save.kind");
  piao_fixture_must_not (fixture, CENTRE, "kind.save", save_of ("nothing", 1, NULL), "save.kind");
}

/* Domain 6.3: a branch manager keeps the users of the branch; nobody raises himself. */
static void
test_nobody_raises_himself (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();

  piao_fixture_must (fixture, MANAGER, "kind.save",
                     save_of ("user", 0, "name", 's', "new", "real_name", 's', "新人", "org_id",
                              'd', 10, "enabled", 'i', 1, NULL));
  piao_fixture_must_not (fixture, MANAGER, "kind.save",
                         save_of ("user", 0, "name", 's', "spy", "real_name", 's', "外人", "org_id",
                                  'd', 11, "enabled", 'i', 1, NULL),
                         "user.elsewhere");
  piao_fixture_must_not (fixture, MANAGER, "kind.save",
                         save_of ("user", FIXTURE_STRANGER, "org_id", 'd', 10, NULL),
                         "user.elsewhere");
  piao_fixture_must_not (fixture, MANAGER, "kind.save",
                         save_of ("user_role", 0, "user_id", 'd', MANAGER, "role_id", 'd', ADMIN,
                                  "granted_lane", 'i', -1, NULL),
                         "access.permission");
  piao_fixture_must_not (fixture, ADMIN, "kind.save",
                         save_of ("user_role", 0, "user_id", 'd', ADMIN, "role_id", 'd', CENTRE,
                                  "granted_lane", 'i', -1, NULL),
                         "role.own");
  piao_fixture_must_not (fixture, ADMIN, "kind.save",
                         save_of ("user_role", ADMIN, "user_id", 'd', FIXTURE_PICKER, NULL),
                         "role.own");
  piao_fixture_must (fixture, ADMIN, "kind.save",
                     save_of ("user_role", 0, "user_id", 'd', FIXTURE_PICKER, "role_id", 'd',
                              MANAGER, "granted_lane", 'i', FIXTURE_LANE, NULL));
}

/* PER-03: an outlet elsewhere is out of reach, coming and going. */
static void
test_outlets_stay_in_scope (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();
  g_autofree char *name = NULL;

  piao_fixture_must (fixture, MANAGER, "kind.save",
                     save_of ("outlet", FIXTURE_OUTLET, "name", 's', "新店", NULL));
  name = piao_fixture_text (fixture, &piao_outlet_kind, FIXTURE_OUTLET, "name");
  g_assert_cmpstr (name, ==, "新店");
  piao_fixture_must_not (fixture, MANAGER, "kind.save",
                         save_of ("outlet", 41, "name", 's', "x", NULL), "access.scope");
  piao_fixture_must_not (fixture, MANAGER, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "warehouse_id", 'd', 21, NULL),
                         "access.scope");
  piao_fixture_must_not (fixture, MANAGER, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "owner_id", 'd', 31, NULL),
                         "access.scope");
}

/* The clerks of the old prefecture would lose the address of what they have to send. */
static void
test_outlet_leaves_no_order_behind (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();
  gint64 order = piao_fixture_order (fixture, 1, 0);

  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "warehouse_id", 'd', 21, NULL),
                         "outlet.open-order");
  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("outlet", FIXTURE_OUTLET, "address", 's', "南京路 2 号", NULL));
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse",
                     piao_json_build ("order", 'd', order, "reason", 's', "OWNER_ASKED", NULL));
  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("outlet", FIXTURE_OUTLET, "warehouse_id", 'd', 21, NULL));
}

/* DLV-05 and what only ILMS may say. */
static void
test_outlet_rules (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();

  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("outlet", FIXTURE_OUTLET, "override_hours", 'i', 12, NULL));
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "override_hours", 'i', 19, NULL),
                         "outlet.limit-longer");
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "instant_balance", 'i', 1, NULL),
                         "save.column");
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "distance", 's', "far", NULL),
                         "save.value");
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("outlet", FIXTURE_OUTLET, "owner_id", 'd', 999, NULL),
                         "row.missing");
}

/* ORD-11 finds outlets by these names, so they follow. */
static void
test_names_follow_into_outlets (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();
  g_autofree char *owner = NULL;
  g_autofree char *manager = NULL;

  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("owner", 30, "name", 's', "古丽", NULL));
  owner = piao_fixture_text (fixture, &piao_outlet_kind, FIXTURE_OUTLET, "owner_name");
  g_assert_cmpstr (owner, ==, "古丽");
  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("outlet", FIXTURE_OUTLET, "manager_id", 'd', MANAGER, NULL));
  piao_fixture_must_not (fixture, ADMIN, "kind.save",
                         save_of ("user", MANAGER, "real_name", 's', "李四", NULL), "access.scope");
  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("user", MANAGER, "real_name", 's', "李四", NULL));
  manager = piao_fixture_text (fixture, &piao_outlet_kind, FIXTURE_OUTLET, "manager_name");
  g_assert_cmpstr (manager, ==, "李四");
}

static void
test_values_are_checked_by_kind (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();
  gint64 type, batch;

  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("ticket_type", 0, "game_no", 's', "0777", "plan_code", 's', "J0777",
                              "name", 's', "七", "face_value", 'i', 2000, "tickets_per_pack", 'i',
                              30, NULL));
  type = fixture->command + 4096;
  g_assert_cmpint (piao_fixture_int (fixture, &piao_ticket_type_kind, type, "pack_value"), ==,
                   60000);
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("ticket_type", 0, "game_no", 's', "0777", "plan_code", 's',
                                  "J0778", "name", 's', "八", "face_value", 'i', 2000,
                                  "tickets_per_pack", 'i', 30, NULL),
                         "db.unique");
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("ticket_type", FIXTURE_TYPE_A, "face_value", 'i', 0, NULL),
                         "ticket.value");
  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("batch", 0, "ticket_type_id", 'd', FIXTURE_TYPE_A, "batch_no", 's',
                              "00009", "packs_per_box", 'i', 10, "boxes_per_case", 'i', 4,
                              "printed_on", 'i', 1000000, NULL));
  batch = fixture->command + 4096;
  g_assert_cmpint (piao_fixture_int (fixture, &piao_batch_kind, batch, "sell_until"), ==,
                   piao_batch_sell_until (1000000));
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("barcode_profile", 0, "code", 's', "X", "printer", 's', "p",
                                  "level", 's', "pack", "pattern", 's', "(", "check_rule", 's',
                                  "none", NULL),
                         "profile.pattern");
  piao_fixture_must_not (fixture, CENTRE, "kind.save",
                         save_of ("scheme", 0, "code", 's', "X-1", "org_id", 'd', 10, "method", 's',
                                  "m", "method_kind", 's', "express", "areas", 's', "a", "calendar",
                                  's', "sometimes", "transit", 's', "8", NULL),
                         "scheme.calendar");
}

/* Domain 6.6: 60 months from printed_on. */
static void
test_batches_end (void)
{
  static const struct
  {
    const char *printed;
    const char *last_day;
  } cases[] = { { "2021-08-31", "2026-08-31" },
                { "2024-02-29", "2029-02-28" },
                { "2020-01-01", "2025-01-01" } };
  g_autoptr (GTimeZone) zone = piao_time_zone ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *noon = g_strconcat (cases[i].printed, "T12:00:00", NULL);
      g_autoptr (GDateTime) printed = g_date_time_new_from_iso8601 (noon, zone);
      gint64 until = piao_batch_sell_until (g_date_time_to_unix (printed) * 1000);
      g_autofree char *last = piao_time_format (until - 1, "%Y-%m-%d");
      g_autofree char *time = piao_time_format (until, "%H:%M:%S");

      g_assert_cmpstr (last, ==, cases[i].last_day);
      g_assert_cmpstr (time, ==, "00:00:00");
    }
}

/* Idea 17: where the pack was and who touched it. */
static void
test_passport_tells_the_story (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();
  gint64 order = piao_fixture_order (fixture, 1, 0);
  g_autoptr (PiaoPassport) pack = NULL;
  g_autoptr (GError) error = NULL;

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick",
                     piao_json_build ("order", 'd', order, NULL));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan",
                     piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000003",
                                      NULL));
  pack = piao_passport_load (fixture->db, "J0001-00005-0000003", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (pack->state, ==, "reserved");
  g_assert_cmpstr (pack->game_no, ==, "0123");
  g_assert_cmpstr (pack->batch_no, ==, "00005");
  g_assert_cmpstr (pack->shelf, ==, "B-03");
  g_assert_cmpint (pack->order_id, ==, order);
  g_assert_cmpstr (pack->outlet, ==, "北京路店");
  g_assert_cmpuint (pack->steps->len, ==, 2);
  g_assert_cmpstr (((PiaoPassportStep *)pack->steps->pdata[0])->event, ==, "receive");
  g_assert_cmpstr (((PiaoPassportStep *)pack->steps->pdata[1])->event, ==, "reserve");
  g_assert_cmpstr (((PiaoPassportStep *)pack->steps->pdata[1])->actor, ==, "picker");
  g_assert_cmpint (((PiaoPassportStep *)pack->steps->pdata[1])->quantity, ==, -1);
  g_assert_null (piao_passport_load (fixture->db, "J0001-00005-0000099", &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "pack.missing");
}

/* TKT-05, TKT-08: the warehouse's own threshold wins over the type's. */
static void
test_stock_and_what_is_low (void)
{
  g_autoptr (PiaoFixture) fixture = open_office ();
  g_autoptr (PiaoRecord) stock = piao_record_load (fixture->db, &piao_stock_kind,
                                                   FIXTURE_TYPE_A + FIXTURE_WAREHOUSE * 1000, NULL);
  g_autoptr (GPtrArray) lines = NULL;
  gint64 low = -1;

  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("ticket_type", FIXTURE_TYPE_B, "threshold", 'i', 6, NULL));
  piao_fixture_must (fixture, CENTRE, "kind.save",
                     save_of ("ticket_type", FIXTURE_TYPE_A, "threshold", 'i', 6, NULL));
  piao_record_set_int (stock, PIAO_STOCK_THRESHOLD, 5);
  g_assert_true (piao_record_store (fixture->db, stock, NULL));
  lines = piao_stock_load (fixture->db, FIXTURE_WAREHOUSE, NULL);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpstr (((PiaoStockLine *)lines->pdata[0])->game_no, ==, "0123");
  g_assert_cmpint (((PiaoStockLine *)lines->pdata[0])->free, ==, 5);
  g_assert_cmpint (((PiaoStockLine *)lines->pdata[0])->threshold, ==, 5);
  g_assert_false (((PiaoStockLine *)lines->pdata[0])->low);
  g_assert_true (((PiaoStockLine *)lines->pdata[1])->low);
  g_assert_true (piao_stock_count_low (fixture->db, FIXTURE_WAREHOUSE, &low, NULL));
  g_assert_cmpint (low, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/master/rights", test_rights_are_by_list);
  g_test_add_func ("/domain/master/separation", test_nobody_raises_himself);
  g_test_add_func ("/domain/master/scope", test_outlets_stay_in_scope);
  g_test_add_func ("/domain/master/outlet", test_outlet_rules);
  g_test_add_func ("/domain/master/outlet-leaves-no-order", test_outlet_leaves_no_order_behind);
  g_test_add_func ("/domain/master/names", test_names_follow_into_outlets);
  g_test_add_func ("/domain/master/values", test_values_are_checked_by_kind);
  g_test_add_func ("/domain/batch/sixty-months", test_batches_end);
  g_test_add_func ("/domain/pack/passport", test_passport_tells_the_story);
  g_test_add_func ("/domain/pack/stock", test_stock_and_what_is_low);
  return g_test_run ();
}
