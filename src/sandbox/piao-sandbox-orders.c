/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-clock.h"
#include "base/piao-json.h"
#include "base/piao-money.h"
#include "sandbox/piao-sandbox-call.h"

#define MAX_LINE_PACKS 100000

/* --- lines: what a lock asks for ---------------------------------------------------------------
 */

/* Whether @amount is @packs times the price of the game; a game without a price takes any. */
static gboolean
check_price (PiaoSandboxCall *call, const char *game_no, gint64 packs, gint64 amount)
{
  gint64 price
      = piao_sandbox_get_int (call->store, -1, "SELECT pack_amount FROM game WHERE game_no = ?1",
                              "s", game_no);

  if (price < 0)
    return piao_sandbox_refuse (call, "NO_SUCH_GAME", _ ("There is no ticket type “%s”."), game_no);
  if (price > 0 && price * packs != amount)
    return piao_sandbox_refuse (call, "AMOUNT_WRONG",
                                _ ("The amount of ticket type “%s” is not packs times price."),
                                game_no);
  return TRUE;
}

static gboolean
reserve_line (PiaoSandboxCall *call,
              const char *lock_no,
              const char *warehouse_no,
              JsonObject *line,
              gint64 *amount)
{
  const char *game_no = piao_json_get_text (line, "gameNo", "");
  gint64 packs = piao_json_get_int (line, "packs", 0);
  gint64 free_packs;

  if (packs < 1 || packs > MAX_LINE_PACKS
      || !piao_money_parse (piao_json_get_text (line, "amount", ""), amount, NULL) || *amount < 0)
    return piao_sandbox_refuse (call, "PARAMS", _ ("A line needs gameNo, packs and amount."));
  if (!check_price (call, game_no, packs, *amount))
    return FALSE;
  free_packs = piao_sandbox_get_int (
      call->store, 0, "SELECT packs - locked FROM stock WHERE warehouse_no = ?1 AND game_no = ?2",
      "ss", warehouse_no, game_no);
  if (free_packs < packs)
    return piao_sandbox_refuse (call, "STOCK_SHORT",
                                _ ("Ticket type “%s” has %d packs free, %d are asked for."),
                                game_no, (int)free_packs, (int)packs);
  piao_sandbox_run (call->store,
                    "UPDATE stock SET locked = locked + ?1 WHERE warehouse_no = ?2"
                    " AND game_no = ?3",
                    "iss", packs, warehouse_no, game_no);
  piao_sandbox_run (call->store,
                    "INSERT INTO lock_line (lock_no, game_no, packs) VALUES (?1, ?2, ?3)"
                    " ON CONFLICT (lock_no, game_no) DO UPDATE SET packs = packs + excluded.packs",
                    "ssi", lock_no, game_no, packs);
  return TRUE;
}

/* Whether the instant account of an outlet holds @amount; @balance is below zero for none. */
static gboolean
check_balance (PiaoSandboxCall *call, const char *outlet_no, gint64 balance, gint64 amount)
{
  g_autofree char *missing = piao_money_to_decimal (amount - balance);

  if (balance < 0)
    return piao_sandbox_refuse (call, "NO_SUCH_OUTLET", _ ("There is no outlet “%s”."), outlet_no);
  if (balance < amount)
    return piao_sandbox_refuse (call, "BAL_SHORT", _ ("The instant account is short by %s yuan."),
                                missing);
  return TRUE;
}

/* Takes stock and quota for a lock. */
static gboolean
reserve (PiaoSandboxCall *call,
         const char *lock_no,
         const char *order_no,
         const char *outlet_no,
         const char *warehouse_no)
{
  g_autoptr (JsonArray) lines = piao_sandbox_need_array (call, "lines");
  gint64 amount = 0, sum = 0, line_amount = 0;
  gint64 balance = piao_sandbox_balance (call, outlet_no);

  if (lines == NULL || !piao_sandbox_need_amount (call, "amount", &amount))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (lines); i++)
    {
      if (!reserve_line (call, lock_no, warehouse_no, piao_json_array_get_object (lines, i),
                         &line_amount))
        return FALSE;
      sum += line_amount;
    }
  if (sum != amount)
    return piao_sandbox_refuse (call, "AMOUNT_WRONG", _ ("The lines do not add up to the amount."));
  if (!check_balance (call, outlet_no, balance, amount))
    return FALSE;
  piao_sandbox_book (call->store, call->now, "pre_debit", call->request_no, order_no, outlet_no,
                     -amount);
  piao_sandbox_run (call->store, "UPDATE lock SET amount = ?1, state = 'open' WHERE lock_no = ?2",
                    "is", amount, lock_no);
  json_object_set_string_member (call->result, "lockNo", lock_no);
  piao_sandbox_answer_amount (call, "preDebit", amount);
  return TRUE;
}

/* --- locks -------------------------------------------------------------------------------------
 */

typedef struct
{
  char *outlet_no;
  char *warehouse_no;
  gint64 amount;
} Lock;

static void
lock_clear (Lock *lock)
{
  g_free (lock->outlet_no);
  g_free (lock->warehouse_no);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lock, lock_clear)

/* The open lock of an order (any lock when the request is repeated on purpose). */
static gboolean
find_lock (PiaoSandboxCall *call, const char *lock_no, const char *order_no, Lock *lock)
{
  g_autoptr (JsonArray) rows = piao_sandbox_get_rows (
      call->store,
      "SELECT outlet_no, warehouse_no, amount FROM lock WHERE lock_no = ?1 AND order_no = ?2"
      " AND (state = 'open' OR ?3)",
      "ssi", lock_no, order_no, (gint64)call->repeat);
  JsonObject *row = piao_json_array_get_object (rows, 0);

  if (row == NULL)
    return piao_sandbox_refuse (call, "NO_SUCH_LOCK", _ ("Order “%s” has no open lock “%s”."),
                                order_no, lock_no);
  lock->outlet_no = g_strdup (piao_json_get_text (row, "outlet_no", ""));
  lock->warehouse_no = g_strdup (piao_json_get_text (row, "warehouse_no", ""));
  lock->amount = piao_json_get_int (row, "amount", 0);
  return TRUE;
}

/* Gives stock and quota of a lock back. */
static void
give_back (PiaoSandboxCall *call, const char *lock_no, const char *order_no, const Lock *lock)
{
  piao_sandbox_run (call->store,
                    "UPDATE stock SET locked = locked - (SELECT packs FROM lock_line l"
                    " WHERE l.lock_no = ?1 AND l.game_no = stock.game_no) WHERE warehouse_no = ?2"
                    " AND game_no IN (SELECT game_no FROM lock_line WHERE lock_no = ?1)",
                    "ss", lock_no, lock->warehouse_no);
  piao_sandbox_run (call->store, "DELETE FROM lock_line WHERE lock_no = ?1", "s", lock_no);
  piao_sandbox_book (call->store, call->now, "pre_debit_back", call->request_no, order_no,
                     lock->outlet_no, lock->amount);
}

gboolean
piao_sandbox_order_lock (PiaoSandboxCall *call)
{
  const char *order_no = piao_sandbox_need_text (call, "orderNo");
  const char *outlet_no = piao_sandbox_need_text (call, "outletNo");
  const char *warehouse_no = piao_sandbox_need_text (call, "warehouseNo");
  g_autofree char *lock_no = NULL;

  if (order_no == NULL || outlet_no == NULL || warehouse_no == NULL)
    return FALSE;
  if (!call->repeat
      && piao_sandbox_get_int (call->store, 0,
                               "SELECT 1 FROM lock WHERE order_no = ?1 AND state <> 'released'",
                               "s", order_no))
    return piao_sandbox_refuse (call, "ORDER_STATE", _ ("Order “%s” is locked or debited already."),
                                order_no);
  lock_no = g_strdup_printf (
      "L%08" G_GINT64_FORMAT,
      1 + piao_sandbox_get_int (call->store, 0, "SELECT count (*) FROM lock", ""));
  piao_sandbox_run (call->store,
                    "INSERT INTO lock (lock_no, order_no, outlet_no, warehouse_no, amount, state)"
                    " VALUES (?1, ?2, ?3, ?4, 0, 'open')",
                    "ssss", lock_no, order_no, outlet_no, warehouse_no);
  return reserve (call, lock_no, order_no, outlet_no, warehouse_no);
}

gboolean
piao_sandbox_order_amend (PiaoSandboxCall *call)
{
  const char *order_no = piao_sandbox_need_text (call, "orderNo");
  const char *lock_no = piao_sandbox_need_text (call, "lockNo");
  g_auto (Lock) lock = { 0 };

  if (order_no == NULL || lock_no == NULL || !find_lock (call, lock_no, order_no, &lock))
    return FALSE;
  give_back (call, lock_no, order_no, &lock);
  return reserve (call, lock_no, order_no, lock.outlet_no, lock.warehouse_no);
}

gboolean
piao_sandbox_order_release (PiaoSandboxCall *call)
{
  const char *order_no = piao_sandbox_need_text (call, "orderNo");
  const char *lock_no = piao_sandbox_need_text (call, "lockNo");
  g_auto (Lock) lock = { 0 };

  if (order_no == NULL || lock_no == NULL || !find_lock (call, lock_no, order_no, &lock))
    return FALSE;
  give_back (call, lock_no, order_no, &lock);
  piao_sandbox_run (call->store, "UPDATE lock SET state = 'released' WHERE lock_no = ?1", "s",
                    lock_no);
  piao_sandbox_answer_amount (call, "released", lock.amount);
  return TRUE;
}

/* --- confirm: the debit ------------------------------------------------------------------------
 */

/* Moves one pack out of the warehouse. */
static gboolean
issue_pack (PiaoSandboxCall *call,
            const PiaoSandboxPack *pack,
            const Lock *lock,
            const char *order_no,
            const char *confirm_no)
{
  g_autofree char *place = piao_sandbox_get_text (
      call->store,
      "SELECT state || ' ' || warehouse_no FROM pack WHERE game_no = ?1 AND batch_no = ?2"
      " AND pack_no = ?3",
      "sss", pack->game_no, pack->batch_no, pack->pack_no);
  g_autofree char *wanted = g_strconcat ("in_stock ", lock->warehouse_no, NULL);

  if (place == NULL && call->strict_packs)
    return piao_sandbox_refuse (call, "NO_SUCH_PACK", _ ("Pack %s-%s-%s is not known."),
                                pack->game_no, pack->batch_no, pack->pack_no);
  if (place != NULL && !g_str_equal (place, wanted) && !call->repeat)
    return piao_sandbox_refuse (call, "PACK_STATE", _ ("Pack %s-%s-%s is not in this warehouse."),
                                pack->game_no, pack->batch_no, pack->pack_no);
  piao_sandbox_run (call->store,
                    "INSERT INTO pack (game_no, batch_no, pack_no, warehouse_no, state, outlet_no,"
                    " order_no) VALUES (?1, ?2, ?3, ?4, 'at_outlet', ?5, ?6)"
                    " ON CONFLICT (game_no, batch_no, pack_no) DO UPDATE SET state = 'at_outlet',"
                    " outlet_no = excluded.outlet_no, order_no = excluded.order_no",
                    "ssssss", pack->game_no, pack->batch_no, pack->pack_no, lock->warehouse_no,
                    lock->outlet_no, order_no);
  piao_sandbox_run (call->store,
                    "INSERT INTO debit_pack (confirm_no, game_no, batch_no, pack_no)"
                    " VALUES (?1, ?2, ?3, ?4)",
                    "ssss", confirm_no, pack->game_no, pack->batch_no, pack->pack_no);
  if (call->repeat)
    return TRUE;
  if (!piao_sandbox_get_int (call->store, 0,
                             "SELECT packs > locked FROM stock WHERE warehouse_no = ?1"
                             " AND game_no = ?2",
                             "ss", lock->warehouse_no, pack->game_no))
    return piao_sandbox_refuse (call, "STOCK_SHORT", _ ("Ticket type “%s” has no pack left."),
                                pack->game_no);
  piao_sandbox_run (call->store,
                    "UPDATE stock SET packs = packs - 1 WHERE warehouse_no = ?1 AND game_no = ?2",
                    "ss", lock->warehouse_no, pack->game_no);
  return TRUE;
}

/* Whether the amount is the price of the packs, when every game of them has one. */
static gboolean
check_pack_prices (PiaoSandboxCall *call, GArray *packs, gint64 amount)
{
  gint64 sum = 0;

  for (guint i = 0; i < packs->len; i++)
    {
      const char *game_no = g_array_index (packs, PiaoSandboxPack, i).game_no;
      gint64 price
          = piao_sandbox_get_int (call->store, -1,
                                  "SELECT pack_amount FROM game WHERE game_no = ?1", "s", game_no);

      if (price < 0)
        return piao_sandbox_refuse (call, "NO_SUCH_GAME", _ ("There is no ticket type “%s”."),
                                    game_no);
      if (price == 0)
        return TRUE;
      sum += price;
    }
  if (sum == amount)
    return TRUE;
  return piao_sandbox_refuse (call, "AMOUNT_WRONG",
                              _ ("The packs do not add up to the amount of the order."));
}

/* The lock of the request, given back; without one the outlet and warehouse of the request. */
static gboolean
take_lock (PiaoSandboxCall *call, const char *order_no, Lock *lock)
{
  const char *lock_no = piao_sandbox_param (call, "lockNo");
  const char *outlet_no = piao_sandbox_need_text (call, "outletNo");
  const char *warehouse_no = piao_sandbox_need_text (call, "warehouseNo");

  if (outlet_no == NULL || warehouse_no == NULL)
    return FALSE;
  if (*lock_no == '\0')
    {
      lock->outlet_no = g_strdup (outlet_no);
      lock->warehouse_no = g_strdup (warehouse_no);
      return TRUE;
    }
  if (!find_lock (call, lock_no, order_no, lock))
    return FALSE;
  if (!g_str_equal (lock->outlet_no, outlet_no) || !g_str_equal (lock->warehouse_no, warehouse_no))
    return piao_sandbox_refuse (call, "NO_SUCH_LOCK",
                                _ ("The lock is for another outlet or warehouse."));
  if (!call->repeat)
    give_back (call, lock_no, order_no, lock);
  piao_sandbox_run (call->store, "UPDATE lock SET state = 'used' WHERE lock_no = ?1", "s", lock_no);
  return TRUE;
}

static gboolean
debit (PiaoSandboxCall *call,
       const char *confirm_no,
       const char *order_no,
       const Lock *lock,
       gint64 amount)
{
  gint64 balance = piao_sandbox_balance (call, lock->outlet_no);
  g_autofree char *day = piao_time_format (call->now, "%Y-%m-%d");

  if (!check_balance (call, lock->outlet_no, balance, amount))
    return FALSE;
  piao_sandbox_book (call->store, call->now, "debit", call->request_no, order_no, lock->outlet_no,
                     -amount);
  piao_sandbox_run (call->store,
                    "INSERT INTO debit (confirm_no, at, day, request_no, order_no, outlet_no,"
                    " warehouse_no, amount) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    "sisssssi", confirm_no, call->now, day, call->request_no, order_no,
                    lock->outlet_no, lock->warehouse_no, amount);
  json_object_set_string_member (call->result, "confirmNo", confirm_no);
  piao_sandbox_answer_amount (call, "debited", amount);
  piao_sandbox_answer_amount (call, "balance", balance - amount);
  return TRUE;
}

gboolean
piao_sandbox_order_confirm (PiaoSandboxCall *call)
{
  const char *order_no = piao_sandbox_need_text (call, "orderNo");
  g_autoptr (JsonArray) document = NULL;
  g_autoptr (GArray) packs = piao_sandbox_need_packs (call, &document);
  g_auto (Lock) lock = { 0 };
  g_autofree char *confirm_no = NULL;
  gint64 amount = 0;

  if (order_no == NULL || packs == NULL || !piao_sandbox_need_amount (call, "amount", &amount))
    return FALSE;
  if (!call->repeat
      && piao_sandbox_get_int (call->store, 0, "SELECT 1 FROM debit WHERE order_no = ?1", "s",
                               order_no)
      && *piao_sandbox_param (call, "lockNo") == '\0')
    return piao_sandbox_refuse (call, "ORDER_STATE", _ ("Order “%s” is locked or debited already."),
                                order_no);
  if (!take_lock (call, order_no, &lock) || !check_pack_prices (call, packs, amount))
    return FALSE;
  confirm_no = g_strdup_printf (
      "C%08" G_GINT64_FORMAT,
      1 + piao_sandbox_get_int (call->store, 0, "SELECT count (*) FROM debit", ""));
  for (guint i = 0; i < packs->len; i++)
    if (!issue_pack (call, &g_array_index (packs, PiaoSandboxPack, i), &lock, order_no, confirm_no))
      return FALSE;
  return debit (call, confirm_no, order_no, &lock, amount);
}
