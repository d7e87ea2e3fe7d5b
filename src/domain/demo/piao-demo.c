/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-money.h"
#include "domain/demo/piao-demo-private.h"

static void
area_clear (gpointer data)
{
  g_free (((PiaoDemoArea *)data)->county);
}

static void
place_clear (gpointer data)
{
  PiaoDemoPlace *place = data;

  g_free (place->gateway_no);
  g_free (place->name);
  g_array_unref (place->areas);
  g_array_unref (place->outlets);
  g_array_unref (place->managers);
}

static void
outlet_clear (gpointer data)
{
  PiaoDemoOutlet *outlet = data;

  g_free (outlet->name);
  g_free (outlet->owner_name);
  g_free (outlet->phone);
  g_free (outlet->address);
}

static void
manager_clear (gpointer data)
{
  g_free (((PiaoDemoManager *)data)->name);
}

static void
calendar_clear (gpointer data)
{
  piao_calendar_free (*(PiaoCalendar **)data);
}

static void
demo_init (PiaoDemo *demo, PiaoDb *db, const PiaoDemoOptions *options)
{
  demo->db = db;
  demo->options = options;
  demo->rand = g_rand_new_with_seed (options->seed);
  demo->seq = MAX (options->first_seq, 1);
  demo->schemes = g_array_new (FALSE, TRUE, sizeof (PiaoCalendar *));
  g_array_set_clear_func (demo->schemes, calendar_clear);
  demo->places = g_array_new (FALSE, TRUE, sizeof (PiaoDemoPlace));
  g_array_set_clear_func (demo->places, place_clear);
  demo->types = g_array_new (FALSE, TRUE, sizeof (PiaoDemoType));
  demo->outlets = g_array_new (FALSE, TRUE, sizeof (PiaoDemoOutlet));
  g_array_set_clear_func (demo->outlets, outlet_clear);
  demo->managers = g_array_new (FALSE, TRUE, sizeof (PiaoDemoManager));
  g_array_set_clear_func (demo->managers, manager_clear);
}

static void
demo_clear (PiaoDemo *demo)
{
  for (guint i = 0; i < demo->places->len; i++)
    g_array_set_clear_func (g_array_index (demo->places, PiaoDemoPlace, i).areas, area_clear);
  g_rand_free (demo->rand);
  g_array_unref (demo->places);
  g_array_unref (demo->schemes);
  g_array_unref (demo->types);
  g_array_unref (demo->outlets);
  g_array_unref (demo->managers);
  g_free (demo->shelves);
}

static void
report (const PiaoDemo *demo, guint percent)
{
  if (demo->options->progress != NULL)
    demo->options->progress (percent, demo->options->progress_data);
}

static void
write_all (PiaoDemo *demo)
{
  gint64 packs
      = demo->options->packs != 0 ? demo->options->packs : (gint64)demo->options->orders * 10;

  piao_demo_write_types (demo);
  piao_demo_make_people (demo);
  piao_demo_make_outlets (demo);
  demo->shelves = g_new0 (PiaoDemoShelf, demo->places->len * demo->types->len);
  piao_demo_write_history (demo);
  piao_demo_write_counter_day (demo);
  report (demo, 60);
  piao_demo_fill_shelves (demo, MAX (packs - demo->packs, 0));
  report (demo, 90);
  piao_demo_write_stock (demo);
  piao_demo_write_outlets (demo);
  piao_demo_write_number_blocks (demo);
}

gboolean
piao_demo_write (PiaoDb *db,
                 const PiaoDemoOptions *options,
                 PiaoDemoSummary *summary,
                 GError **error)
{
  PiaoDemo demo = { 0 };
  gboolean done;

  demo_init (&demo, db, options);
  if (piao_demo_load_places (&demo) && piao_demo_begin (&demo))
    write_all (&demo);
  done = piao_demo_finish (&demo);
  if (done && summary != NULL)
    *summary = (PiaoDemoSummary){ .rows = demo.rows,
                                  .orders = demo.orders,
                                  .packs = demo.packs,
                                  .outlets = demo.outlets->len,
                                  .last_seq = demo.seq };
  report (&demo, 100);
  demo_clear (&demo);
  if (!done)
    g_propagate_error (error, demo.error);
  return done;
}

/* --- the gateway's books --------------------------------------------------------------------- */

PIAO_STATEMENT (demo_seed_outlets,
                "SELECT outlet_no, name, instant_balance, payment_balance FROM outlet"
                " WHERE deleted = 0 ORDER BY outlet_no");
PIAO_STATEMENT (demo_seed_games,
                "SELECT game_no, name, face_value, pack_value FROM ticket_type"
                " WHERE deleted = 0 ORDER BY game_no");
PIAO_STATEMENT (demo_seed_stock,
                "SELECT warehouse.gateway_no, ticket_type.game_no, stock.free + stock.reserved"
                " FROM stock JOIN warehouse ON warehouse.id = stock.warehouse_id"
                " JOIN ticket_type ON ticket_type.id = stock.ticket_type_id"
                " WHERE stock.deleted = 0 ORDER BY 1, 2");

/* An array of objects: two texts and two amounts of each row. */
static JsonArray *
list_amounts (PiaoDb *db,
              const PiaoStatement *statement,
              const char *const members[4],
              GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, &inner, "");

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      g_autofree char *first = piao_money_to_decimal (piao_cursor_int (cursor, 2));
      g_autofree char *second = piao_money_to_decimal (piao_cursor_int (cursor, 3));

      json_array_add_object_element (
          array, piao_json_build (members[0], 's', piao_cursor_text (cursor, 0), members[1], 's',
                                  piao_cursor_text (cursor, 1), members[2], 's', first, members[3],
                                  's', second, NULL));
    }
  if (inner == NULL)
    return g_steal_pointer (&array);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static JsonArray *
list_stock (PiaoDb *db, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &demo_seed_stock, &inner, "");

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    json_array_add_object_element (
        array, piao_json_build ("warehouseNo", 's', piao_cursor_text (cursor, 0), "gameNo", 's',
                                piao_cursor_text (cursor, 1), "packs", 'i',
                                piao_cursor_int (cursor, 2), NULL));
  if (inner == NULL)
    return g_steal_pointer (&array);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

JsonObject *
piao_demo_make_gateway_seed (PiaoDb *db, GError **error)
{
  static const char *const outlet_members[] = { "outletNo", "name", "instant", "payment" };
  static const char *const game_members[] = { "gameNo", "name", "faceValue", "packAmount" };
  g_autoptr (JsonArray) outlets = list_amounts (db, &demo_seed_outlets, outlet_members, error);
  g_autoptr (JsonArray) games = NULL;
  g_autoptr (JsonArray) stock = NULL;

  if (outlets == NULL || (games = list_amounts (db, &demo_seed_games, game_members, error)) == NULL
      || (stock = list_stock (db, error)) == NULL)
    return NULL;
  return piao_json_build ("outlets", 'a', g_steal_pointer (&outlets), "games", 'a',
                          g_steal_pointer (&games), "stock", 'a', g_steal_pointer (&stock), NULL);
}
