/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Users, account managers, owners and outlets. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "domain/demo/piao-demo-names.h"
#include "domain/demo/piao-demo-private.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"

PIAO_STATEMENT (demo_select_role, "SELECT id FROM role WHERE code = $1 AND deleted = 0");

static const PiaoDemoUser users[] = {
  { "keeper", "陈库管", "warehouse_keeper", "库房管理员", PIAO_DEMO_LANE },
  { "picker", "周分拣", "picker", "分拣员", PIAO_DEMO_LANE },
  { "checker", "马复核", "warehouse_keeper", "库房管理员", PIAO_DEMO_LANE },
  { "manager", "刘站长", "branch_manager", "分部负责人", PIAO_DEMO_LANE },
  { "phone", "古客服", "phone_agent", "客服", PIAO_DEMO_LANE },
  { "keeper-yl", "艾库管", "warehouse_keeper", "库房管理员", 654000 },
  { "center", "赵科长", "center_manager", "中心科室", -1 },
  { "admin", "系统管理员", "sys_admin", "系统管理员", -1 },
};

const PiaoDemoUser *
piao_demo_get_users (guint *n_users)
{
  *n_users = G_N_ELEMENTS (users);
  return users;
}

static PiaoDemoPlace *
place_of_lane (PiaoDemo *demo, gint64 lane)
{
  for (guint i = 0; i < demo->places->len; i++)
    if (g_array_index (demo->places, PiaoDemoPlace, i).gb == lane)
      return &g_array_index (demo->places, PiaoDemoPlace, i);
  return &g_array_index (demo->places, PiaoDemoPlace, demo->places->len - 1);
}

static gint64
write_user (PiaoDemo *demo, const PiaoDemoUser *user, const PiaoDemoPlace *place, const char *phone)
{
  gint64 role = 0, id;

  if (demo->error == NULL
      && piao_db_query_int (demo->db, &demo_select_role, 0, &role, &demo->error, "s", user->role)
      && role == 0)
    piao_error_set (&demo->error, PIAO_ERROR_REFUSED, "demo.no-reference",
                    _ ("This database has no role “%s”. Run “piaokuctl init” first."), user->role);
  id = piao_demo_row (demo, &piao_user_kind, 0);
  piao_demo_text (demo, PIAO_USER_NAME, user->name);
  piao_demo_text (demo, PIAO_USER_REAL_NAME, user->real_name);
  piao_demo_text (demo, PIAO_USER_PHONE, phone);
  piao_demo_ref (demo, PIAO_USER_ORG_ID, place->org);
  piao_demo_ref (demo, PIAO_USER_WAREHOUSE_ID, place->warehouse);
  piao_demo_text (demo, PIAO_USER_POST, user->post);
  piao_demo_int (demo, PIAO_USER_ENABLED, 1);
  piao_demo_put (demo);
  piao_demo_row (demo, &piao_user_role_kind, 0);
  piao_demo_int (demo, PIAO_USER_ROLE_USER_ID, id);
  piao_demo_int (demo, PIAO_USER_ROLE_ROLE_ID, role);
  piao_demo_int (demo, PIAO_USER_ROLE_GRANTED_LANE, user->lane);
  piao_demo_put (demo);
  return id;
}

static void
make_managers (PiaoDemo *demo, PiaoDemoPlace *place, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *login = g_strdup_printf ("am-%s-%02u", place->gateway_no, i + 1);
      g_autofree char *phone = piao_demo_name_phone (demo->rand);
      PiaoDemoManager manager = { .name = piao_demo_name_person (demo->rand) };
      PiaoDemoUser user = { login, manager.name, "account_manager", "专管员", place->gb };
      guint index = demo->managers->len;

      manager.id = write_user (demo, &user, place, phone);
      g_array_append_val (demo->managers, manager);
      g_array_append_val (place->managers, index);
    }
}

static guint
count_outlets (const PiaoDemo *demo, const PiaoDemoPlace *place)
{
  guint all = CLAMP (demo->options->orders / 150, 400, 6400);

  return place->centre ? 0 : MAX (6, all * place->weight / demo->order_weight);
}

void
piao_demo_make_people (PiaoDemo *demo)
{
  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      PiaoDemoPlace *place = place_of_lane (demo, users[i].lane);
      g_autofree char *phone = piao_demo_name_phone (demo->rand);
      gint64 id = write_user (demo, &users[i], place, phone);

      if (g_str_equal (users[i].role, "warehouse_keeper") && place->keeper == 0)
        place->keeper = id;
    }
  for (guint i = 0; i < demo->places->len; i++)
    {
      PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, i);
      g_autofree char *login = g_strdup_printf ("keeper-%s", place->gateway_no);
      g_autofree char *name = piao_demo_name_person (demo->rand);
      PiaoDemoUser user = { login, name, "warehouse_keeper", "库房管理员", place->gb };

      if (place->keeper == 0)
        place->keeper = write_user (demo, &user, place, NULL);
      make_managers (demo, place, (count_outlets (demo, place) + 59) / 60);
    }
  piao_demo_next_seq (demo);
}

/* --- outlets --------------------------------------------------------------------------------- */

static guint
pick_area (PiaoDemo *demo, const PiaoDemoPlace *place)
{
  /* Half of the outlets are in the town, which is the first area. */
  if (place->areas->len == 1 || g_rand_int_range (demo->rand, 0, 2) == 0)
    return 0;
  return (guint)g_rand_int_range (demo->rand, 1, (gint)place->areas->len);
}

static void
make_outlet (PiaoDemo *demo, guint place_index, guint n)
{
  static const char *const channels[]
      = { "computer", "computer", "computer", "chain", "social", "outdoor" };
  PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, place_index);
  PiaoDemoOutlet outlet = { .place = place_index, .manager = -1 };
  const PiaoDemoArea *area;
  guint index = demo->outlets->len;

  /* The counter day's most urgent orders are from the town. */
  outlet.area = n < 3 ? 0 : pick_area (demo, place);
  area = &g_array_index (place->areas, PiaoDemoArea, outlet.area);
  g_snprintf (outlet.number, sizeof outlet.number, "%06d%04u", (int)place->gb, 1000 + n);
  outlet.owner_name = piao_demo_name_person (demo->rand);
  outlet.phone = piao_demo_name_phone (demo->rand);
  outlet.name = piao_demo_name_shop (demo->rand, area->county);
  outlet.address = piao_demo_name_address (demo->rand, area->county);
  outlet.distance = (gint64)area->distance * g_rand_int_range (demo->rand, 60, 140) / 100;
  outlet.channel = channels[g_rand_int_range (demo->rand, 0, G_N_ELEMENTS (channels))];
  outlet.state = n < 40 || g_rand_int_range (demo->rand, 0, 50) > 0 ? "active" : "suspended";
  outlet.instant = (gint64)g_rand_int_range (demo->rand, 20, 300) * 10000;
  outlet.payment = (gint64)g_rand_int_range (demo->rand, 0, 200) * 10000;
  if (place->managers->len > 0)
    outlet.manager = (int)g_array_index (place->managers, guint, n % place->managers->len);
  /* Ids are kept free now; the rows are written when balances are known. */
  outlet.owner = demo->next_id;
  outlet.id = demo->next_id + PIAO_ID_STRIDE;
  demo->next_id += 2 * PIAO_ID_STRIDE;
  g_array_append_val (demo->outlets, outlet);
  g_array_append_val (place->outlets, index);
}

void
piao_demo_make_outlets (PiaoDemo *demo)
{
  for (guint i = 0; i < demo->places->len; i++)
    {
      guint count = count_outlets (demo, &g_array_index (demo->places, PiaoDemoPlace, i));

      for (guint n = 0; n < count; n++)
        make_outlet (demo, i, n);
    }
}

static void
write_outlet (PiaoDemo *demo, const PiaoDemoOutlet *outlet)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, outlet->place);
  const PiaoDemoArea *area = &g_array_index (place->areas, PiaoDemoArea, outlet->area);

  piao_demo_row_with_id (demo, &piao_owner_kind, outlet->owner, place->gb);
  piao_demo_text (demo, PIAO_OWNER_NAME, outlet->owner_name);
  piao_demo_text (demo, PIAO_OWNER_PHONE, outlet->phone);
  piao_demo_put (demo);
  piao_demo_row_with_id (demo, &piao_outlet_kind, outlet->id, place->gb);
  piao_demo_text (demo, PIAO_OUTLET_OUTLET_NO, outlet->number);
  piao_demo_text (demo, PIAO_OUTLET_NAME, outlet->name);
  piao_demo_ref (demo, PIAO_OUTLET_OWNER_ID, outlet->owner);
  piao_demo_text (demo, PIAO_OUTLET_OWNER_NAME, outlet->owner_name);
  piao_demo_text (demo, PIAO_OUTLET_PHONE, outlet->phone);
  if (outlet->manager >= 0)
    {
      const PiaoDemoManager *manager
          = &g_array_index (demo->managers, PiaoDemoManager, (guint)outlet->manager);

      piao_demo_ref (demo, PIAO_OUTLET_MANAGER_ID, manager->id);
      piao_demo_text (demo, PIAO_OUTLET_MANAGER_NAME, manager->name);
    }
  piao_demo_ref (demo, PIAO_OUTLET_WAREHOUSE_ID, place->warehouse);
  piao_demo_text (demo, PIAO_OUTLET_COUNTY, area->county);
  piao_demo_text (demo, PIAO_OUTLET_ADDRESS, outlet->address);
  piao_demo_int (demo, PIAO_OUTLET_DISTANCE, outlet->distance);
  piao_demo_ref (demo, PIAO_OUTLET_SCHEME_ID, area->scheme);
  piao_demo_text (demo, PIAO_OUTLET_CHANNEL, outlet->channel);
  piao_demo_text (demo, PIAO_OUTLET_STATE, outlet->state);
  piao_demo_int (demo, PIAO_OUTLET_INSTANT_BALANCE, outlet->instant);
  piao_demo_int (demo, PIAO_OUTLET_PAYMENT_BALANCE, outlet->payment);
  piao_demo_int (demo, PIAO_OUTLET_BALANCE_AT, demo->options->now - 5 * PIAO_MINUTE);
  piao_demo_put (demo);
}

void
piao_demo_write_outlets (PiaoDemo *demo)
{
  for (guint i = 0; i < demo->outlets->len; i++)
    {
      write_outlet (demo, &g_array_index (demo->outlets, PiaoDemoOutlet, i));
      if (i % 50 == 49)
        piao_demo_next_seq (demo);
    }
  piao_demo_next_seq (demo);
}

PiaoDemoOutlet *
piao_demo_pick_outlet (PiaoDemo *demo, guint place_index)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, place_index);
  guint pick = (guint)g_rand_int_range (demo->rand, 0, (gint)place->outlets->len);

  return &g_array_index (demo->outlets, PiaoDemoOutlet,
                         g_array_index (place->outlets, guint, pick));
}
