/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "store/piao-replica.h"
#include "tests/lib/piao-centre.h"
#include "tests/sim/sim-call.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-rest.h"
#include "tests/sim/sim-server.h"
#include "tests/sim/sim-town.h"

#define MOST_ROUNDS 10
#define MOST_TIMES 5
#define SETTLE (40 * PIAO_MINUTE)
#define DRAIN (2 * PIAO_HOUR)

PIAO_STATEMENT (rest_open,
                "SELECT COUNT(*) FROM gateway_request"
                " WHERE state IN ('prepared', 'sent', 'unknown') AND executor <> $1");
PIAO_STATEMENT (rest_open_here,
                "SELECT COUNT(*) FROM gateway_request"
                " WHERE state IN ('prepared', 'sent', 'unknown') AND executor = $1");
PIAO_STATEMENT (rest_log,
                "SELECT dseq, id, name, args, verdict, seq FROM command_log WHERE device = $1"
                " AND dseq >= $2 ORDER BY dseq");
PIAO_STATEMENT (rest_outbox, "SELECT dseq, id, name, args, state, seq FROM outbox ORDER BY dseq");
PIAO_STATEMENT (rest_find, "SELECT name, args FROM command_log WHERE id = $1");
/* What a direct desktop calls an order may not be its number at a server that was restored, which
 * deals the numbers anew: the debit has one of its own. */
PIAO_STATEMENT (rest_order,
                "SELECT confirm_no, debited, state, warehouse_id FROM orders WHERE number = $1"
                " OR confirm_no = $2 ORDER BY COALESCE (confirm_no, '') = $2 DESC LIMIT 1");
PIAO_STATEMENT (rest_confirmed,
                "SELECT number, confirm_no FROM orders WHERE confirm_no IS NOT NULL"
                " ORDER BY number");
PIAO_STATEMENT (rest_item,
                "SELECT COUNT(*) FROM outbox"
                " WHERE (id = $3 OR CAST (json_extract (args, '$.order') AS INTEGER) IN"
                " ($1, (SELECT id FROM orders WHERE number = $2)))"
                " AND state IN ('refused', 'discarded') AND decided = 1"
                " AND name IN ('order.confirm', 'order.reconnect')");
PIAO_STATEMENT (rest_order_id, "SELECT id FROM orders WHERE number = $1");
PIAO_STATEMENT (rest_integrity, "PRAGMA integrity_check");

/* --- coming to rest -------------------------------------------------------------------------- */

static gboolean
is_live (const SimDesk *desk)
{
  return desk->db != NULL && !desk->gone;
}

/* No request of a live executor is undecided any more. */
static gboolean
is_settled (SimWorld *world)
{
  g_autofree char *direct = g_strdup_printf ("device:%u", SIM_FIRST_DEVICE + 2);
  gint64 open = 0, here = 0;

  if (world->server->db == NULL)
    return FALSE;
  piao_db_query_int (world->server->db, &rest_open, 0, &open, NULL, "s", direct);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    if (!is_live (world->desks[i]) && !world->desks[i]->gone)
      return FALSE;
  if (is_live (world->desks[2]))
    piao_db_query_int (world->desks[2]->db, &rest_open_here, 0, &here, NULL, "s", direct);
  return open == 0 && here == 0;
}

static gboolean
is_drained (SimWorld *world, SimDesk *desk)
{
  PiaoOutboxCounts counts = { 0 };
  gint64 head = 0;

  if (desk->gone)
    return TRUE;
  if (desk->db == NULL || !desk->complete || desk->request != NULL || desk->page != NULL
      || !piao_outbox_count (desk->db, &counts, NULL))
    return FALSE;
  piao_ledger_read_head (world->server->db, &head, NULL, NULL);
  return counts.waiting == 0 && desk->head == head && desk->proof == PIAO_PROOF_SAME;
}

static void
give_back_rights (SimWorld *world)
{
  static const gint64 users[] = { SIM_FIRST_USER + 3, SIM_FIRST_USER + 1, SIM_SPARE_USER };

  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      JsonArray *set = json_array_new ();

      json_array_add_object_element (set, piao_json_build ("column", 's', "enabled", "number", 'i',
                                                           (gint64)1, NULL));
      sim_server_run (
          world->server, "kind.save",
          piao_json_build ("kind", 's', "user", "id", 'd', users[i], "set", 'a', set, NULL), NULL);
    }
}

static gboolean
settle (SimWorld *world)
{
  gint64 limit = world->now + SETTLE;

  while (world->server->db == NULL && sim_world_step (world))
    continue;
  if (world->failure != NULL)
    return FALSE;
  give_back_rights (world);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    {
      sim_call_release (world->desks[i]);
      sim_call_wake (world->desks[i], DRAIN + SETTLE);
    }
  while (world->now < limit && !is_settled (world))
    if (!sim_world_step (world))
      return FALSE;
  if (is_settled (world))
    return TRUE;
  return sim_fail (world, 6, "A request is undecided although ILMS has answered for %d min",
                   (int)(SETTLE / PIAO_MINUTE));
}

static gboolean
drain (SimWorld *world)
{
  gint64 limit = world->now + DRAIN;
  guint first[SIM_N_DESKS];

  for (guint i = 0; i < SIM_N_DESKS; i++)
    {
      first[i] = world->desks[i]->rounds;
      sim_call_wake (world->desks[i], DRAIN + SETTLE);
    }
  for (guint i = 0; i < SIM_N_DESKS; i++)
    while (!is_drained (world, world->desks[i]))
      {
        if (!sim_world_step (world))
          return FALSE;
        if (world->desks[i]->rounds > first[i] + MOST_ROUNDS + 1 || world->now > limit)
          return sim_fail (world, 9, "%s is not in step with the server after %u rounds",
                           world->desks[i]->who, world->desks[i]->rounds - first[i]);
      }
  return TRUE;
}

/* What a desktop still had to send may have given ILMS something to decide, and what it decides
 * moves the server on: until nothing of either is left. */
static gboolean
come_to_rest (SimWorld *world)
{
  for (guint times = 0; times < MOST_TIMES; times++)
    {
      gboolean rests;

      if (!settle (world) || !drain (world))
        return FALSE;
      rests = is_settled (world);
      for (guint i = 0; i < SIM_N_DESKS; i++)
        rests = rests && is_drained (world, world->desks[i]);
      if (rests)
        return TRUE;
    }
  return sim_fail (world, 9, "Desktops, server and ILMS never all come to rest");
}

/* --- both sides say the same ----------------------------------------------------------------- */

/* The first lines in which the texts differ, for the report. Transfer full. */
static char *
first_difference (const char *ours, const char *theirs)
{
  g_auto (GStrv) left = g_strsplit (ours, "\n", -1);
  g_auto (GStrv) right = g_strsplit (theirs, "\n", -1);
  guint i = 0;

  while (left[i] != NULL && right[i] != NULL && g_str_equal (left[i], right[i]))
    i++;
  return g_strdup_printf ("desktop: %.600s\n    server:  %.600s", left[i] != NULL ? left[i] : "",
                          right[i] != NULL ? right[i] : "");
}

static gboolean
compare_rows (SimWorld *world, SimDesk *desk)
{
  gint64 lanes[8] = { 0 };
  guint n = 0;
  g_autofree char *ours = piao_dump (world->registry, desk->db, NULL);
  g_autofree char *theirs = NULL;
  g_autofree char *difference = NULL;

  for (; n < desk->grants->len && n < 7; n++)
    lanes[n] = g_array_index (desk->grants, gint64, n);
  lanes[n] = -1;
  theirs = piao_dump (world->registry, world->server->db, lanes);
  if (g_str_equal (ours, theirs))
    return TRUE;
  difference = first_difference (ours, theirs);
  return sim_fail (world, 9, "%s differs from the server:\n    %s", desk->who, difference);
}

/* The word the outbox must have for @verdict. */
static gboolean
fits (const char *state, const char *verdict)
{
  if (g_str_equal (verdict, "accepted"))
    return g_str_equal (state, "accepted");
  return sim_check_is_item (state);
}

static gboolean
compare_log (SimWorld *world, SimDesk *desk)
{
  g_autoptr (PiaoCursor) ours = piao_db_query (desk->db, &rest_outbox, NULL, "");
  g_autoptr (PiaoCursor) theirs = NULL;

  while (ours != NULL && piao_cursor_next (ours, NULL))
    {
      if (theirs == NULL)
        theirs = piao_db_query (world->server->db, &rest_log, NULL, "ii", (gint64)desk->device,
                                piao_cursor_int (ours, 0));
      if (!piao_cursor_next (theirs, NULL))
        return sim_fail (world, 5, "%s: the server has no command number %d", desk->who,
                         (int)piao_cursor_int (ours, 0));
      if (piao_cursor_int (ours, 0) != piao_cursor_int (theirs, 0)
          || piao_cursor_int (ours, 1) != piao_cursor_int (theirs, 1)
          || g_strcmp0 (piao_cursor_text (ours, 2), piao_cursor_text (theirs, 2)) != 0
          || g_strcmp0 (piao_cursor_text (ours, 3), piao_cursor_text (theirs, 3)) != 0)
        return sim_fail (world, 5, "%s: command number %d is another one at the server", desk->who,
                         (int)piao_cursor_int (ours, 0));
      if (!fits (piao_cursor_text (ours, 4), piao_cursor_text (theirs, 4)))
        return sim_fail (world, g_str_equal (piao_cursor_text (theirs, 4), "refused") ? 8 : 5,
                         "%s: command number %d is %s here and %s at the server", desk->who,
                         (int)piao_cursor_int (ours, 0), piao_cursor_text (ours, 4),
                         piao_cursor_text (theirs, 4));
    }
  return TRUE;
}

static gboolean
compare_beeps (SimWorld *world, SimDesk *desk)
{
  for (guint i = 0; i < desk->beeps->len; i++)
    {
      const SimBeep *beep = &g_array_index (desk->beeps, SimBeep, i);
      g_autoptr (PiaoCursor) cursor
          = piao_db_query (world->server->db, &rest_find, NULL, "i", beep->id);

      if (cursor == NULL || !piao_cursor_next (cursor, NULL)
          || g_str_hash (piao_cursor_text (cursor, 0)) != beep->name
          || g_str_hash (piao_cursor_text (cursor, 1)) != beep->args)
        return sim_fail (world, 2,
                         "%s: command %" G_GINT64_FORMAT
                         " was acknowledged, and the server does not have it",
                         desk->who, beep->id);
    }
  return TRUE;
}

/* --- ILMS ------------------------------------------------------------------------------------ */

/* Whether the confirmation of @number was refused somewhere, and a person sees that: the command of
 * a direct desktop that the server did not take, or one that a restored server did not take again.
 * Whoever confirms the order once more comes upon the debit. */
static gboolean
is_with_a_person (SimWorld *world, const char *number, const char *request_no)
{
  /* A direct desktop makes it of the command's id, which is known where the order is no more: the
   * one that made it may have been refused, once more, after the right to it was gone. */
  gint64 command = g_ascii_strtoll (request_no, NULL, 10);
  gint64 id = 0;

  /* The order itself may have left the computer with the grant of its user. */
  piao_db_query_int (world->server->db, &rest_order_id, 0, &id, NULL, "s", number);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    {
      gint64 items = 0;

      /* What a computer that was struck off did not send again is in its file. */
      if (world->desks[i]->gone && world->counts.restores > 0)
        return TRUE;
      if (world->desks[i]->gone)
        continue;
      piao_db_query_int (world->desks[i]->db, &rest_item, 0, &items, NULL, "isi", id, number,
                         command);
      if (items > 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether nobody will confirm the order of @cursor any more, so that the server must have asked for
 * its debit. The direct desktops of the other warehouse have made theirs themselves. */
static gboolean
has_ended (PiaoCursor *cursor)
{
  const char *state = piao_cursor_text (cursor, 2);

  return piao_cursor_int (cursor, 3) == SIM_WAREHOUSE_A
         && (g_str_equal (state, "refused") || g_str_equal (state, "cancelled"));
}

static gboolean
compare_debit (SimWorld *world, JsonObject *debit)
{
  const char *number = piao_json_get_text (debit, "order_no", "");
  g_autoptr (PiaoCursor) cursor = piao_db_query (world->server->db, &rest_order, NULL, "ss", number,
                                                 piao_json_get_text (debit, "confirm_no", ""));
  gboolean known = cursor != NULL && piao_cursor_next (cursor, NULL);

  world->counts.debits++;
  if (piao_json_get_int (debit, "n", 0) != 1)
    return sim_fail (world, 6, "ILMS has debited order %s %d times", number,
                     (int)piao_json_get_int (debit, "n", 0));
  if (known
      && g_strcmp0 (piao_cursor_text (cursor, 0), piao_json_get_text (debit, "confirm_no", "")) == 0
      && piao_cursor_int (cursor, 1) == piao_json_get_int (debit, "amount", -1))
    return TRUE;
  if (known && has_ended (cursor))
    return sim_fail (world, 6, "ILMS has debited order %s, which has ended as if it were not",
                     number);
  if (is_with_a_person (world, number, piao_json_get_text (debit, "request_no", "")))
    return TRUE;
  return sim_fail (world, 6, "ILMS has debited order %s, the server does not know or otherwise",
                   number);
}

static gboolean
compare_debits (SimWorld *world)
{
  PiaoSandboxStore *books = world->ilms->store;
  g_autoptr (JsonArray) debits = piao_sandbox_get_rows (
      books,
      "SELECT order_no, max (confirm_no) AS confirm_no, max (warehouse_no) AS warehouse_no,"
      " max (request_no) AS request_no, count (*) AS n, sum (amount) AS amount FROM debit GROUP BY "
      "order_no ORDER BY order_no",
      "");
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autoptr (JsonArray) breaches = piao_sandbox_store_verify (books);

  for (guint i = 0; i < json_array_get_length (debits); i++)
    if (!compare_debit (world, piao_json_array_get_object (debits, i)))
      return FALSE;
  cursor = piao_db_query (world->server->db, &rest_confirmed, NULL, "");
  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    if (piao_sandbox_get_int (books, 0, "SELECT count (*) FROM debit WHERE confirm_no = ?1", "s",
                              piao_cursor_text (cursor, 1))
        != 1)
      return sim_fail (world, 7, "Order %s counts as confirmed, ILMS has not debited it",
                       piao_cursor_text (cursor, 0));
  if (json_array_get_length (breaches) > 0)
    return sim_fail (world, 6, "The books of ILMS do not balance: %s",
                     json_array_get_string_element (breaches, 0));
  return TRUE;
}

/* --- files ----------------------------------------------------------------------------------- */

static gboolean
check_sound (SimWorld *world, const char *who, PiaoDb *db)
{
  g_autofree char *word = NULL;

  piao_db_query_text (db, &rest_integrity, &word, NULL, "");
  return g_strcmp0 (word, "ok") == 0
         || sim_fail (world, 11, "%s: integrity_check says %s", who,
                      word != NULL ? word : "nothing");
}

void
sim_check_rest (SimWorld *world)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SIM_N_DESKS; i++)
    {
      SimDesk *desk = world->desks[i];

      if (!desk->gone
          && !(compare_rows (world, desk) && compare_log (world, desk)
               && compare_beeps (world, desk) && check_sound (world, desk->who, desk->db)
               && sim_check_search (desk)))
        return;
    }
  if (!compare_debits (world) || !check_sound (world, "server", world->server->db))
    return;
  if (!piao_ledger_verify (world->server->db, NULL, &error))
    sim_fail_error (world, 11, "The log of the server", error);
}

void
sim_rest (SimWorld *world)
{
  sim_note (world, "sim", "the faults end");
  world->calm = TRUE;
  world->ilms->down_until = 0;
  if (!come_to_rest (world))
    return;
  sim_check_all (world);
  if (world->failure == NULL)
    sim_check_rest (world);
}
