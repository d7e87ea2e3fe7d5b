/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "store/piao-change-index.h"
#include "store/piao-schema.h"
#include "sync/piao-ledger.h"
#include "tests/sim/sim-town.h"

PIAO_STATEMENT (town_add_device,
                "INSERT INTO device (number, key_hash, user_id, name, dseq, last_seen, skew,"
                " revoked) VALUES ($1, $2, $3, 'sim', 0, 0, 0, 0)");
PIAO_STATEMENT (town_add_session,
                "INSERT INTO session (token_hash, user_id, device, created_at, expires_at)"
                " VALUES ($1, $2, $3, 0, 0)");

typedef struct
{
  PiaoRegistry *registry;
  PiaoDb *db;
  gint64 now;
} Town;

static const struct
{
  const char *game_no;
  const char *plan;
  const char *batch;
  int face;
  int tickets;
} types[SIM_N_TYPES] = { { "0123", "J0001", "00005", 1000, 50 },
                         { "0145", "J0002", "00007", 2000, 30 },
                         { "0167", "J0003", "00002", 500, 60 } };

gint64
sim_town_lane_of_desk (guint desk)
{
  return desk == 2 ? SIM_LANE_B : SIM_LANE_A;
}

gint64
sim_town_warehouse_of_desk (guint desk)
{
  return desk == 2 ? SIM_WAREHOUSE_B : SIM_WAREHOUSE_A;
}

static void
fail_on (const GError *error)
{
  if (error != NULL)
    g_error ("The town cannot be built: %s", error->message);
}

/* One row from "name", 's', text or "name", 'i', gint64; NULL ends. */
static void
put (Town *self, const char *kind_name, gint64 id, gint64 lane, ...)
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

      g_assert (column >= 0);
      if (va_arg (args, int) == 's')
        piao_record_set_text (record, (guint)column, va_arg (args, const char *));
      else
        piao_record_set_int (record, (guint)column, va_arg (args, gint64));
    }
  va_end (args);
  piao_record_store (self->db, record, &error);
  fail_on (error);
}

#define NUMBER(value) 'i', (gint64)(value)

static void
put_place (Town *self, gint64 org, const char *name, gint64 lane, const char *route)
{
  put (self, "org", org, 0, "code", 's', name, "name", 's', name, "gb", NUMBER (lane), NULL);
  put (self, "warehouse", org + 10, 0, "code", 's', name, "name", 's', name, "org_id", NUMBER (org),
       "level", 's', "branch", "gateway_no", 's', name, "route", 's', route, NULL);
  put (self, "owner", org + 20, lane, "name", 's', "阿卜杜拉·买买提", NULL);
}

static void
put_user (Town *self, gint64 id, gint64 role, gint64 org, gint64 lane)
{
  g_autofree char *name = g_strdup_printf ("user-%d", (int)id);

  put (self, "user", id, 0, "name", 's', name, "real_name", 's', name, "org_id", NUMBER (org),
       "warehouse_id", NUMBER (org + 10), "enabled", NUMBER (1), NULL);
  put (self, "user_role", SIM_FIRST_GRANT + (id - SIM_FIRST_USER) * 2, 0, "user_id", NUMBER (id),
       "role_id", NUMBER (role), "granted_lane", NUMBER (lane), NULL);
}

static void
put_people (Town *self)
{
  static const char *const words[]
      = { "order",         "order.pick",     "order.create",  "order.confirm",
          "order.refuse",  "label.print",    "label.reprint", "damage.report",
          "damage.create", "damage.approve", "stock",         "outlet",
          "outlet.edit",   "owner",          "owner.edit",    NULL };
  static const char *const more[]
      = { "user",           "user.edit", "role",        "role.edit", "parameter",
          "parameter.edit", "ticket",    "ticket.edit", NULL };

  for (gint64 role = 1; role <= 2; role++)
    {
      put (self, "role", role, 0, "code", 's', role == 1 ? "keeper" : "manager", "name", 's', "岗",
           NULL);
      for (guint i = 0; words[i] != NULL; i++)
        put (self, "role_permission", role * 1000 + i, 0, "role_id", NUMBER (role), "permission",
             's', words[i], NULL);
    }
  for (guint i = 0; more[i] != NULL; i++)
    put (self, "role_permission", 2500 + i, 0, "role_id", NUMBER (2), "permission", 's', more[i],
         NULL);
  put_user (self, SIM_FIRST_USER, 1, 10, SIM_LANE_A);
  put_user (self, SIM_FIRST_USER + 1, 1, 10, SIM_LANE_A);
  put_user (self, SIM_FIRST_USER + 2, 1, 11, SIM_LANE_B);
  put_user (self, SIM_FIRST_USER + 3, 2, 10, SIM_LANE_A);
  put_user (self, SIM_SPARE_USER, 1, 10, SIM_LANE_A);
  put (self, "user_role", SIM_FIRST_GRANT + 7, 0, "user_id", NUMBER (SIM_FIRST_USER + 3), "role_id",
       NUMBER (2), "granted_lane", NUMBER (SIM_LANE_B), NULL);
}

static void
put_outlets (Town *self)
{
  for (gint64 i = 0; i < SIM_N_OUTLETS; i++)
    {
      gint64 org = i % 2 == 0 ? 10 : 11;
      g_autofree char *number
          = g_strdup_printf ("%d00%04d", i % 2 == 0 ? 652300 : 654000, (int)(1000 + i));

      put (self, "outlet", SIM_FIRST_OUTLET + i, i % 2 == 0 ? SIM_LANE_A : SIM_LANE_B, "outlet_no",
           's', number, "name", 's', "北京路店", "owner_id", NUMBER (org + 20), "owner_name", 's',
           "阿卜杜拉·买买提", "phone", 's', "13800001234", "manager_name", 's', "王小明",
           "warehouse_id", NUMBER (org + 10), "county", 's', "市区", "address", 's', "北京路 1 号",
           "distance", NUMBER (5000), "override_hours", NUMBER (0), "channel", 's', "computer",
           "state", 's', "active", "credit_until", NUMBER (0), "instant_balance", NUMBER (0),
           "payment_balance", NUMBER (0), "balance_at", NUMBER (0), NULL);
    }
}

static void
put_packs (Town *self, guint type, gint64 warehouse, gint64 lane)
{
  gint64 place = warehouse - SIM_WAREHOUSE_A;

  for (gint64 i = 0; i < SIM_N_PACKS; i++)
    {
      gint64 n = place * SIM_N_PACKS + i + 1;
      gint64 id = 10000 * (type + 1) + n;
      g_autofree char *code
          = g_strdup_printf ("%s-%s-%07d", types[type].plan, types[type].batch, (int)n);

      put (self, "pack", id, lane, "code", 's', code, "ticket_type_id",
           NUMBER (SIM_FIRST_TYPE + type), "batch_id", NUMBER (SIM_FIRST_TYPE + type + 10),
           "warehouse_id", NUMBER (warehouse), "state", 's', "in_stock", "shelf", 's', "B-03",
           "frozen", NUMBER (0), "outbound_at", NUMBER (0), "activated_at", NUMBER (0), NULL);
      put (self, "movement", id + 100000, lane, "pack_id", NUMBER (id), "ticket_type_id",
           NUMBER (SIM_FIRST_TYPE + type), "warehouse_id", NUMBER (warehouse), "event", 's',
           "receive", "quantity", NUMBER (1), "at", NUMBER (0), "actor", NUMBER (0), "device",
           NUMBER (0), NULL);
    }
  put (self, "stock", 500 + place * 10 + type, lane, "warehouse_id", NUMBER (warehouse),
       "ticket_type_id", NUMBER (SIM_FIRST_TYPE + type), "free", NUMBER (SIM_N_PACKS), "reserved",
       NUMBER (0), "ilms_quantity", NUMBER (0), "ilms_at", NUMBER (0), "threshold", NUMBER (0),
       NULL);
}

static void
put_tickets (Town *self)
{
  for (guint i = 0; i < SIM_N_TYPES; i++)
    {
      put (self, "ticket_type", SIM_FIRST_TYPE + i, 0, "game_no", 's', types[i].game_no,
           "plan_code", 's', types[i].plan, "name", 's', "好运连连", "face_value",
           NUMBER (types[i].face), "tickets_per_pack", NUMBER (types[i].tickets), "pack_value",
           NUMBER (types[i].face * types[i].tickets), "market_from", NUMBER (0), "market_to",
           NUMBER (0), "top_prize", NUMBER (0), "threshold", NUMBER (0), NULL);
      put (self, "batch", SIM_FIRST_TYPE + i + 10, 0, "ticket_type_id", NUMBER (SIM_FIRST_TYPE + i),
           "batch_no", 's', types[i].batch, "packs_per_box", NUMBER (10), "boxes_per_case",
           NUMBER (4), "printed_on", NUMBER (0), "sell_until", NUMBER (self->now + 900 * PIAO_DAY),
           NULL);
      put_packs (self, i, SIM_WAREHOUSE_A, SIM_LANE_A);
      put_packs (self, i, SIM_WAREHOUSE_B, SIM_LANE_B);
    }
}

/* The manager's desktop is used by the manager alone; on desk 1 two clerks take turns. */
static void
put_devices (Town *self)
{
  g_autoptr (GError) error = NULL;

  for (gint64 i = 0; i < 5; i++)
    {
      gint64 device = SIM_FIRST_DEVICE + (i == 4 ? 1 : i);
      g_autofree char *key = g_strdup_printf ("key-%d", (int)i);

      if (i < 4)
        piao_db_exec (self->db, &town_add_device, &error, "isi", device, key, SIM_FIRST_USER + i);
      fail_on (error);
      piao_db_exec (self->db, &town_add_session, &error, "sii", key, SIM_FIRST_USER + i, device);
      fail_on (error);
    }
}

static void
open_on (Town *self, PiaoShimDisk *disk, const char *file, PiaoSchemaRole role)
{
  g_autofree char *path = piao_shim_disk_path (disk, file);
  g_autoptr (GError) error = NULL;

  self->db = piao_db_open (path, PIAO_DB_READ_WRITE, &error);
  fail_on (error);
  piao_schema_migrate (self->db, role, &error);
  fail_on (error);
}

static PiaoShimDisk *
make_server (PiaoRegistry *registry, gint64 now)
{
  PiaoShimDisk *disk = piao_shim_disk_new ("town");
  Town town = { registry, NULL, now };
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);
  g_autoptr (GError) error = NULL;

  open_on (&town, disk, "server.db", PIAO_SCHEMA_SERVER);
  piao_db_begin (town.db, &error);
  fail_on (error);
  put_people (&town);
  put_place (&town, 10, "昌吉", SIM_LANE_A, "server");
  put_place (&town, 11, "伊犁", SIM_LANE_B, "direct");
  put_outlets (&town);
  put_tickets (&town);
  put_devices (&town);
  piao_ledger_prepare (town.db, "epoch-0", &error);
  fail_on (error);
  piao_change_index_adopt (town.db, kinds, n, &error);
  fail_on (error);
  piao_db_commit (town.db, &error);
  fail_on (error);
  piao_db_free (town.db);
  return disk;
}

void
sim_town_put_server (PiaoRegistry *registry, gint64 now, PiaoShimDisk *disk)
{
  static PiaoShimDisk *made;

  if (made == NULL)
    made = make_server (registry, now);
  piao_shim_disk_copy (disk, made);
}

void
sim_town_put_replica (PiaoRegistry *registry, gint64 now, PiaoShimDisk *disk)
{
  static PiaoShimDisk *made;

  if (made == NULL)
    {
      Town town = { registry, NULL, now };

      made = piao_shim_disk_new ("blank");
      open_on (&town, made, "replica.db", PIAO_SCHEMA_REPLICA);
      piao_db_free (town.db);
    }
  piao_shim_disk_copy (disk, made);
}

/* --- at ILMS --------------------------------------------------------------------------------- */

JsonObject *
sim_town_for_ilms (void)
{
  JsonArray *outlets = json_array_new ();
  JsonArray *games = json_array_new ();
  JsonArray *stock = json_array_new ();

  for (gint64 i = 0; i < SIM_N_OUTLETS; i++)
    {
      g_autofree char *number
          = g_strdup_printf ("%d00%04d", i % 2 == 0 ? 652300 : 654000, (int)(1000 + i));

      json_array_add_object_element (outlets, piao_json_build ("outletNo", 's', number, "name", 's',
                                                               "店", "instant", 's', "90000.00",
                                                               "payment", 's', "0.00", NULL));
    }
  for (guint i = 0; i < SIM_N_TYPES; i++)
    {
      g_autofree char *face = g_strdup_printf ("%d.00", types[i].face / 100);
      g_autofree char *price = g_strdup_printf ("%d.00", types[i].face * types[i].tickets / 100);

      json_array_add_object_element (games, piao_json_build ("gameNo", 's', types[i].game_no,
                                                             "name", 's', "票", "faceValue", 's',
                                                             face, "packAmount", 's', price, NULL));
      for (guint place = 0; place < 2; place++)
        json_array_add_object_element (
            stock, piao_json_build ("warehouseNo", 's', place == 0 ? "昌吉" : "伊犁", "gameNo", 's',
                                    types[i].game_no, "packs", 'i', (gint64)SIM_N_PACKS, NULL));
    }
  return piao_json_build ("outlets", 'a', outlets, "games", 'a', games, "stock", 'a', stock, NULL);
}
