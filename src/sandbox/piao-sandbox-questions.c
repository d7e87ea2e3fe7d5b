/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-json.h"
#include "sandbox/piao-sandbox-call.h"

#define PAGE 200 /* rows of an answer; the asker goes on with `after` = the answer's `next` */

gboolean
piao_sandbox_gw_ping (PiaoSandboxCall *call)
{
  json_object_set_int_member (call->result, "time", call->now);
  return TRUE;
}

/* A page of rows as @member; @cursor names the column that `after` continues from. */
static void
answer_page (PiaoSandboxCall *call, const char *member, JsonArray *rows, const char *cursor)
{
  guint length = json_array_get_length (rows);
  JsonObject *last = piao_json_array_get_object (rows, length - 1);

  if (length == PAGE && last != NULL)
    json_object_set_string_member (call->result, "next", piao_json_get_text (last, cursor, ""));
  json_object_set_array_member (call->result, member, rows);
}

gboolean
piao_sandbox_outlet_sync (PiaoSandboxCall *call)
{
  answer_page (call, "outlets",
               piao_sandbox_get_rows (call->store,
                                      "SELECT outlet_no AS outletNo, name, instant AS \"instant$\","
                                      " payment AS \"payment$\" FROM account WHERE outlet_no > ?1"
                                      " ORDER BY outlet_no LIMIT ?2",
                                      "si", piao_sandbox_param (call, "after"), (gint64)PAGE),
               "outletNo");
  return TRUE;
}

gboolean
piao_sandbox_outlet_balance (PiaoSandboxCall *call)
{
  const char *outlet_no = piao_sandbox_need_text (call, "outletNo");
  gint64 instant = outlet_no != NULL ? piao_sandbox_balance (call, outlet_no) : -1;

  if (outlet_no == NULL)
    return FALSE;
  if (instant < 0)
    return piao_sandbox_refuse (call, "NO_SUCH_OUTLET", _ ("There is no outlet “%s”."), outlet_no);
  piao_sandbox_answer_amount (call, "instant", instant);
  piao_sandbox_answer_amount (
      call, "payment",
      piao_sandbox_get_int (call->store, 0, "SELECT payment FROM account WHERE outlet_no = ?1", "s",
                            outlet_no));
  return TRUE;
}

gboolean
piao_sandbox_game_list (PiaoSandboxCall *call)
{
  answer_page (call, "games",
               piao_sandbox_get_rows (call->store,
                                      "SELECT game_no AS gameNo, name,"
                                      " face_value AS \"faceValue$\","
                                      " pack_amount AS \"packAmount$\" FROM game WHERE game_no > ?1"
                                      " ORDER BY game_no LIMIT ?2",
                                      "si", piao_sandbox_param (call, "after"), (gint64)PAGE),
               "gameNo");
  return TRUE;
}

gboolean
piao_sandbox_stock_query (PiaoSandboxCall *call)
{
  const char *warehouse_no = piao_sandbox_need_text (call, "warehouseNo");

  if (warehouse_no == NULL)
    return FALSE;
  answer_page (call, "stock",
               piao_sandbox_get_rows (call->store,
                                      "SELECT game_no AS gameNo, packs, locked,"
                                      " packs - locked AS free FROM stock WHERE warehouse_no = ?1"
                                      " AND game_no > ?2 AND (?3 = '' OR game_no = ?3)"
                                      " ORDER BY game_no LIMIT ?4",
                                      "sssi", warehouse_no, piao_sandbox_param (call, "after"),
                                      piao_sandbox_param (call, "gameNo"), (gint64)PAGE),
               "gameNo");
  return TRUE;
}

/* "Did it happen?" */
gboolean
piao_sandbox_order_query (PiaoSandboxCall *call)
{
  const char *request_no = piao_sandbox_need_text (call, "requestNo");
  g_autoptr (JsonArray) rows = NULL;
  JsonObject *row;

  if (request_no == NULL)
    return FALSE;
  rows = piao_sandbox_get_rows (call->store,
                                "SELECT state, operation AS op, code, sentence, at,"
                                " result AS \"result{}\" FROM request WHERE request_no = ?1"
                                " ORDER BY seq LIMIT 1",
                                "s", request_no);
  row = piao_json_array_get_object (rows, 0);
  if (row != NULL)
    {
      json_object_unref (call->result);
      call->result = json_object_ref (row);
    }
  json_object_set_string_member (call->result, "requestNo", request_no);
  json_object_set_boolean_member (call->result, "found", row != NULL);
  return TRUE;
}

gboolean
piao_sandbox_sales_daily (PiaoSandboxCall *call)
{
  const char *day = piao_sandbox_need_text (call, "date");

  if (day == NULL)
    return FALSE;
  answer_page (call, "sales",
               piao_sandbox_get_rows (
                   call->store,
                   "SELECT d.outlet_no || ' ' || p.game_no AS key, d.outlet_no AS outletNo,"
                   " p.game_no AS gameNo, count (*) AS packs, sum (g.pack_amount) AS \"amount$\""
                   " FROM debit d JOIN debit_pack p ON p.confirm_no = d.confirm_no"
                   " JOIN game g ON g.game_no = p.game_no WHERE d.day = ?1"
                   " AND d.outlet_no || ' ' || p.game_no > ?2 GROUP BY d.outlet_no, p.game_no"
                   " ORDER BY key LIMIT ?3",
                   "ssi", day, piao_sandbox_param (call, "after"), (gint64)PAGE),
               "key");
  return TRUE;
}

/* The day's debits with their packs, for reconciliation. */
gboolean
piao_sandbox_day_file (PiaoSandboxCall *call)
{
  const char *day = piao_sandbox_need_text (call, "date");
  JsonArray *rows;

  if (day == NULL)
    return FALSE;
  rows = piao_sandbox_get_rows (
      call->store,
      "SELECT confirm_no AS confirmNo, request_no AS requestNo, order_no AS orderNo,"
      " outlet_no AS outletNo, warehouse_no AS warehouseNo, amount AS \"amount$\", at FROM debit"
      " WHERE day = ?1 AND confirm_no > ?2 AND (?3 = '' OR warehouse_no = ?3)"
      " ORDER BY confirm_no LIMIT ?4",
      "sssi", day, piao_sandbox_param (call, "after"), piao_sandbox_param (call, "warehouseNo"),
      (gint64)PAGE);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = piao_json_array_get_object (rows, i);

      json_object_set_array_member (
          row, "packs",
          piao_sandbox_get_rows (call->store,
                                 "SELECT game_no AS gameNo, batch_no AS batchNo,"
                                 " pack_no AS packNo FROM debit_pack WHERE confirm_no = ?1"
                                 " ORDER BY 1, 2, 3",
                                 "s", piao_json_get_text (row, "confirmNo", "")));
    }
  answer_page (call, "debits", rows, "confirmNo");
  return TRUE;
}
