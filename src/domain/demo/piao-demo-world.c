/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The places that the reference data names, and the ticket types on the market. */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/piao-clock.h"
#include "domain/demo/piao-demo-private.h"
#include "domain/ticket/piao-ticket-kinds.h"

PIAO_STATEMENT (demo_select_places,
                "SELECT org.gb, org.id, warehouse.id, warehouse.gateway_no, org.name,"
                " warehouse.level FROM warehouse JOIN org ON org.id = warehouse.org_id"
                " WHERE warehouse.deleted = 0"
                " ORDER BY CASE warehouse.level WHEN 'region' THEN 1 ELSE 0 END, org.gb");
PIAO_STATEMENT (demo_select_schemes,
                "SELECT id, org_id, method_kind, areas, calendar, transit FROM scheme"
                " WHERE deleted = 0 ORDER BY id");

/* How large a prefecture is beside the others. */
static const struct
{
  gint64 gb;
  guint weight;
} weights[]
    = { { 650100, 20 }, { 650200, 5 }, { 650400, 4 }, { 650500, 5 },  { 652300, 9 }, { 652700, 4 },
        { 652800, 8 },  { 652900, 9 }, { 653000, 3 }, { 653100, 10 }, { 653200, 6 }, { 654000, 9 },
        { 654003, 3 },  { 654200, 5 }, { 654300, 3 }, { 659001, 4 } };

static guint
weight_of (gint64 gb)
{
  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    if (weights[i].gb == gb)
      return weights[i].weight;
  return 4;
}

static gboolean
load_warehouses (PiaoDemo *demo)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (demo->db, &demo_select_places, &demo->error, "");

  while (demo->error == NULL && piao_cursor_next (cursor, &demo->error))
    {
      PiaoDemoPlace place = { 0 };

      place.gb = piao_cursor_int (cursor, 0);
      place.org = piao_cursor_int (cursor, 1);
      place.warehouse = piao_cursor_int (cursor, 2);
      place.gateway_no = g_strdup (piao_cursor_text (cursor, 3));
      place.name = g_strdup (piao_cursor_text (cursor, 4));
      place.centre = g_strcmp0 (piao_cursor_text (cursor, 5), "region") == 0;
      place.weight = place.centre ? 0 : weight_of (place.gb);
      place.areas = g_array_new (FALSE, TRUE, sizeof (PiaoDemoArea));
      place.outlets = g_array_new (FALSE, TRUE, sizeof (guint));
      place.managers = g_array_new (FALSE, TRUE, sizeof (guint));
      /* Warehouses number from different starts, so that a day's numbers never meet. */
      place.first_number = 1 + 58000 * (gint64)demo->places->len;
      place.next_number = place.first_number;
      demo->order_weight += place.weight;
      g_array_append_val (demo->places, place);
    }
  return demo->error == NULL;
}

static PiaoDemoPlace *
place_of_org (PiaoDemo *demo, gint64 org)
{
  for (guint i = 0; i < demo->places->len; i++)
    if (g_array_index (demo->places, PiaoDemoPlace, i).org == org)
      return &g_array_index (demo->places, PiaoDemoPlace, i);
  return NULL;
}

/* Metres to the middle of an area that is served by @method. */
static guint
distance_of (PiaoDemo *demo, const char *method)
{
  if (g_str_equal (method, "staff_city"))
    return (guint)g_rand_int_range (demo->rand, 3000, 9000);
  if (g_str_equal (method, "express"))
    return (guint)g_rand_int_range (demo->rand, 180000, 460000);
  return (guint)g_rand_int_range (demo->rand, 35000, 240000);
}

static void
add_scheme (PiaoDemo *demo, PiaoCursor *cursor)
{
  PiaoDemoPlace *place = place_of_org (demo, piao_cursor_int (cursor, 1));
  PiaoCalendar *calendar = piao_calendar_parse (piao_cursor_text (cursor, 4),
                                                piao_cursor_text (cursor, 5), &demo->error);
  g_auto (GStrv) areas = g_strsplit (piao_cursor_text (cursor, 3), "|", -1);

  if (calendar == NULL)
    return;
  g_array_append_val (demo->schemes, calendar);
  for (guint i = 0; place != NULL && areas[i] != NULL; i++)
    {
      PiaoDemoArea area = { .county = g_strdup (g_strstrip (areas[i])),
                            .scheme = piao_cursor_int (cursor, 0),
                            .calendar = calendar };

      area.distance = distance_of (demo, piao_cursor_text (cursor, 2));
      g_array_append_val (place->areas, area);
    }
}

gboolean
piao_demo_load_places (PiaoDemo *demo)
{
  g_autoptr (PiaoCursor) cursor = NULL;

  if (!load_warehouses (demo))
    return FALSE;
  cursor = piao_db_query (demo->db, &demo_select_schemes, &demo->error, "");
  while (demo->error == NULL && piao_cursor_next (cursor, &demo->error))
    add_scheme (demo, cursor);
  for (guint i = 0; i < demo->places->len; i++)
    {
      PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, i);
      PiaoDemoArea area = { .county = g_strdup (place->name), .distance = 5000 };

      if (place->areas->len == 0)
        g_array_append_val (place->areas, area);
      else
        g_free (area.county);
    }
  return demo->error == NULL;
}

guint
piao_demo_pick_place (PiaoDemo *demo)
{
  gint ticket = g_rand_int_range (demo->rand, 0, (gint)demo->order_weight);

  for (guint i = 0; i < demo->places->len; i++)
    {
      ticket -= (gint)g_array_index (demo->places, PiaoDemoPlace, i).weight;
      if (ticket < 0)
        return i;
    }
  g_assert_not_reached ();
}

/* --- ticket types ---------------------------------------------------------------------------- */

/* Made-up games. A plan that begins with a letter is of the SJZ shape, four digits are BZP20;
 * pack sizes follow the face value (domain 2.1). */
static const struct
{
  const char *game_no;
  const char *plan;
  const char *name;
  const char *theme;
  guint yuan;
  const char *tag;
} games[] = {
  { "0101", "J0101", "好运连连", "吉祥", 5, "hot" },
  { "0102", "J0102", "天山春晓", "风光", 5, NULL },
  { "0103", "J0103", "石榴花红", "花卉", 5, NULL },
  { "0104", "0104", "五谷丰登", "丰收", 5, NULL },
  { "0105", "J0105", "童年时光", "生活", 5, "slow" },
  { "0110", "J0110", "瓜果飘香", "丰收", 10, "hot" },
  { "0111", "J0111", "胡杨金秋", "风光", 10, "new" },
  { "0112", "J0112", "龙腾四海", "吉祥", 10, NULL },
  { "0113", "0113", "喜上眉梢", "吉祥", 10, NULL },
  { "0114", "J0114", "塔河水长", "风光", 10, NULL },
  { "0115", "J0115", "麦西来甫", "生活", 10, "hot" },
  { "0120", "J0120", "丝路驼铃", "历史", 20, "hot" },
  { "0121", "J0121", "雪莲花开", "花卉", 20, NULL },
  { "0122", "J0122", "草原骏马", "动物", 20, "new" },
  { "0123", "0123", "锦绣前程", "吉祥", 20, NULL },
  { "0124", "J0124", "赛里木湖", "风光", 20, NULL },
  { "0130", "J0130", "金玉满堂", "吉祥", 30, NULL },
  { "0131", "J0131", "和田美玉", "珍宝", 30, "hot" },
  { "0132", "0132", "步步高升", "吉祥", 30, NULL },
  { "0133", "J0133", "大漠孤烟", "风光", 30, "slow" },
  { "0150", "J0150", "百发百中", "吉祥", 50, "new" },
  { "0151", "J0151", "鸿运当头", "吉祥", 50, NULL },
  { "0152", "0152", "一马当先", "动物", 50, "hot" },
  { "0999", "0999", "码上有福", "吉祥", 20, NULL },
};

static gint64
tickets_of (guint yuan)
{
  return yuan == 5 ? 100 : yuan == 10 ? 50 : yuan == 20 ? 30 : 20;
}

void
piao_demo_write_types (PiaoDemo *demo)
{
  for (guint i = 0; i < G_N_ELEMENTS (games); i++)
    {
      gint64 tickets = tickets_of (games[i].yuan), face = (gint64)games[i].yuan * 100;
      PiaoDemoType type = { .value = face * tickets };

      type.id = piao_demo_row (demo, &piao_ticket_type_kind, 0);
      g_strlcpy (type.plan, games[i].plan, sizeof type.plan);
      g_strlcpy (type.game_no, games[i].game_no, sizeof type.game_no);
      piao_demo_text (demo, PIAO_TICKET_TYPE_GAME_NO, games[i].game_no);
      piao_demo_text (demo, PIAO_TICKET_TYPE_PLAN_CODE, games[i].plan);
      piao_demo_text (demo, PIAO_TICKET_TYPE_NAME, games[i].name);
      piao_demo_int (demo, PIAO_TICKET_TYPE_FACE_VALUE, face);
      piao_demo_int (demo, PIAO_TICKET_TYPE_TICKETS_PER_PACK, tickets);
      piao_demo_int (demo, PIAO_TICKET_TYPE_PACK_VALUE, type.value);
      piao_demo_int (demo, PIAO_TICKET_TYPE_MARKET_FROM, demo->options->now - 1200 * PIAO_DAY);
      piao_demo_text (demo, PIAO_TICKET_TYPE_THEME, games[i].theme);
      piao_demo_int (demo, PIAO_TICKET_TYPE_TOP_PRIZE, face * 20000);
      piao_demo_text (demo, PIAO_TICKET_TYPE_TAG, games[i].tag);
      piao_demo_int (demo, PIAO_TICKET_TYPE_THRESHOLD, 20);
      piao_demo_put (demo);
      g_array_append_val (demo->types, type);
    }
  piao_demo_next_seq (demo);
}
