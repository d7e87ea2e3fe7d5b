/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-json.h"
#include "sandbox/piao-sandbox-call.h"

/* The row of one pack with the columns @columns; NULL refuses NO_SUCH_PACK. Transfer full. */
static JsonObject *
find_pack (PiaoSandboxCall *call, const PiaoSandboxPack *pack)
{
  g_autoptr (JsonArray) rows = piao_sandbox_get_rows (
      call->store,
      "SELECT state, warehouse_no AS warehouseNo, outlet_no AS outletNo, order_no AS orderNo,"
      " activated_at AS activatedAt FROM pack WHERE game_no = ?1 AND batch_no = ?2"
      " AND pack_no = ?3",
      "sss", pack->game_no, pack->batch_no, pack->pack_no);
  JsonObject *row = piao_json_array_get_object (rows, 0);

  if (row != NULL)
    return json_object_ref (row);
  piao_sandbox_refuse (call, "NO_SUCH_PACK", _ ("Pack %s-%s-%s is not known."), pack->game_no,
                       pack->batch_no, pack->pack_no);
  return NULL;
}

static JsonObject *
find_asked_pack (PiaoSandboxCall *call)
{
  PiaoSandboxPack pack
      = { piao_sandbox_need_text (call, "gameNo"), piao_sandbox_need_text (call, "batchNo"),
          piao_sandbox_need_text (call, "packNo") };

  return call->code == NULL ? find_pack (call, &pack) : NULL;
}

gboolean
piao_sandbox_pack_query (PiaoSandboxCall *call)
{
  g_autoptr (JsonObject) row = find_asked_pack (call);

  if (row == NULL)
    return FALSE;
  json_object_remove_member (row, "activatedAt");
  json_object_unref (call->result);
  call->result = g_steal_pointer (&row);
  return TRUE;
}

gboolean
piao_sandbox_activation_query (PiaoSandboxCall *call)
{
  g_autoptr (JsonObject) row = find_asked_pack (call);
  gint64 at = piao_json_get_int (row, "activatedAt", 0);

  if (row == NULL)
    return FALSE;
  json_object_set_boolean_member (call->result, "activated", at != 0);
  json_object_set_int_member (call->result, "activatedAt", at);
  return TRUE;
}

static void
move_stock (PiaoSandboxCall *call, const char *warehouse_no, const char *game_no, gint64 packs)
{
  piao_sandbox_run (call->store,
                    "INSERT INTO stock (warehouse_no, game_no, packs) VALUES (?1, ?2, 0)"
                    " ON CONFLICT (warehouse_no, game_no) DO NOTHING",
                    "ss", warehouse_no, game_no);
  piao_sandbox_run (call->store,
                    "UPDATE stock SET packs = packs + ?1 WHERE warehouse_no = ?2 AND game_no = ?3",
                    "iss", packs, warehouse_no, game_no);
}

/* A pack of the list that must be in @state at @place. */
static gboolean
check_place (PiaoSandboxCall *call,
             const PiaoSandboxPack *pack,
             const char *state,
             const char *member,
             const char *place)
{
  g_autoptr (JsonObject) row = find_pack (call, pack);

  if (row == NULL)
    return FALSE;
  if (g_str_equal (piao_json_get_text (row, "state", ""), state)
      && g_str_equal (piao_json_get_text (row, member, ""), place))
    return TRUE;
  return piao_sandbox_refuse (call, "PACK_STATE", _ ("Pack %s-%s-%s is not at “%s”."),
                              pack->game_no, pack->batch_no, pack->pack_no, place);
}

static void
place_in (PiaoSandboxCall *call, const PiaoSandboxPack *pack, const char *warehouse_no)
{
  piao_sandbox_run (call->store,
                    "UPDATE pack SET state = 'in_stock', warehouse_no = ?1, outlet_no = '',"
                    " order_no = '' WHERE game_no = ?2 AND batch_no = ?3 AND pack_no = ?4",
                    "ssss", warehouse_no, pack->game_no, pack->batch_no, pack->pack_no);
  move_stock (call, warehouse_no, pack->game_no, 1);
}

gboolean
piao_sandbox_pack_transfer (PiaoSandboxCall *call)
{
  const char *from = piao_sandbox_need_text (call, "fromWarehouseNo");
  const char *to = piao_sandbox_need_text (call, "toWarehouseNo");
  g_autoptr (JsonArray) document = NULL;
  g_autoptr (GArray) packs = piao_sandbox_need_packs (call, &document);

  if (from == NULL || to == NULL || packs == NULL)
    return FALSE;
  for (guint i = 0; i < packs->len; i++)
    {
      const PiaoSandboxPack *pack = &g_array_index (packs, PiaoSandboxPack, i);

      if (!check_place (call, pack, "in_stock", "warehouseNo", from))
        return FALSE;
      move_stock (call, from, pack->game_no, -1);
      place_in (call, pack, to);
    }
  if (piao_sandbox_get_int (call->store, 0,
                            "SELECT 1 FROM stock WHERE warehouse_no = ?1 AND packs < locked", "s",
                            from))
    return piao_sandbox_refuse (call, "STOCK_SHORT", _ ("Some of these packs are locked."));
  json_object_set_int_member (call->result, "packs", packs->len);
  return TRUE;
}

gboolean
piao_sandbox_pack_return (PiaoSandboxCall *call)
{
  const char *outlet_no = piao_sandbox_need_text (call, "outletNo");
  const char *warehouse_no = piao_sandbox_need_text (call, "warehouseNo");
  g_autoptr (JsonArray) document = NULL;
  g_autoptr (GArray) packs = piao_sandbox_need_packs (call, &document);
  gint64 amount = 0;

  if (outlet_no == NULL || warehouse_no == NULL || packs == NULL
      || !piao_sandbox_need_amount (call, "amount", &amount))
    return FALSE;
  for (guint i = 0; i < packs->len; i++)
    {
      const PiaoSandboxPack *pack = &g_array_index (packs, PiaoSandboxPack, i);

      if (!check_place (call, pack, "at_outlet", "outletNo", outlet_no))
        return FALSE;
      place_in (call, pack, warehouse_no);
    }
  piao_sandbox_book (call->store, call->now, "credit", call->request_no, "", outlet_no, amount);
  piao_sandbox_answer_amount (call, "credited", amount);
  piao_sandbox_answer_amount (call, "balance", piao_sandbox_balance (call, outlet_no));
  return TRUE;
}
