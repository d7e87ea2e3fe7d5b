/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-json.h"
#include "tests/sim/sim-case.h"
#include "tests/sim/sim-clerk.h"
#include "tests/sim/sim-desk.h"

PIAO_STATEMENT (case_pack, "SELECT id FROM pack WHERE order_id = $1 ORDER BY id LIMIT 1");
PIAO_STATEMENT (case_count, "SELECT COUNT(*) FROM abnormal_case WHERE state <> 'closed'");
PIAO_STATEMENT (case_open,
                "SELECT abnormal_case.id, abnormal_case.order_id, abnormal_case.state,"
                " orders.confirm_no IS NOT NULL FROM abnormal_case"
                " JOIN orders ON orders.id = abnormal_case.order_id"
                " WHERE abnormal_case.state <> 'closed' ORDER BY abnormal_case.id"
                " LIMIT 1 OFFSET $1");

void
sim_case_report (SimDesk *desk, gint64 order)
{
  static const char *const troubles[] = { "lost", "damaged", "delivery", "other" };
  const char *trouble = troubles[sim_random_range (&desk->random, 0, G_N_ELEMENTS (troubles) - 1)];
  JsonArray *packs = json_array_new ();
  gint64 pack = 0;

  piao_db_query_int (desk->db, &case_pack, 0, &pack, NULL, "i", order);
  if (pack != 0)
    json_array_add_object_element (packs, piao_json_build ("pack", 'd', pack, NULL));
  sim_clerk_act (desk, "order.report_abnormal",
                 piao_json_build ("order", 'd', order, "trouble", 's', trouble, "packs", 'a', packs,
                                  "note", 's', "sim", NULL));
}

/* Who closes gives the number of the reversal for a debit that he knows of. */
static JsonObject *
closing_of (SimDesk *desk, JsonObject *args, gboolean debited)
{
  gboolean cancelled = sim_random_chance (&desk->random, 600);

  json_object_set_string_member (args, "outcome", cancelled ? "cancelled" : "resumed");
  json_object_set_string_member (args, "resolution", "sim");
  json_object_set_boolean_member (args, "found", sim_random_chance (&desk->random, 300));
  json_object_set_boolean_member (args, "shelved", sim_random_chance (&desk->random, 900));
  if (cancelled && debited)
    json_object_set_string_member (args, "reversal_no", "R1");
  return args;
}

static void
take_step (SimDesk *desk, const char *state, JsonObject *args, gboolean debited)
{
  static const struct
  {
    const char *state, *command, *param, *value;
  } steps[] = { { "reported", "abnormal.collect", "evidence", "sim" },
                { "evidence_collected", "abnormal.judge", "liability", "carrier" },
                { "liability_judged", "abnormal.handle", "handling", "write_off" },
                { "handling", "abnormal.approve", NULL, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (steps[i].state, state))
      {
        gboolean reverse = debited && g_str_equal (state, "liability_judged");

        if (steps[i].param != NULL)
          json_object_set_string_member (args, steps[i].param,
                                         reverse ? "refund_reversal" : steps[i].value);
        sim_clerk_act (desk, steps[i].command, args);
        return;
      }
  sim_clerk_act (desk, "abnormal.close", closing_of (desk, args, debited));
}

gboolean
sim_case_go_on (SimDesk *desk)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autofree char *state = NULL;
  JsonObject *args;
  gint64 n = 0;
  gboolean debited;

  piao_db_query_int (desk->db, &case_count, 0, &n, NULL, "");
  if (n == 0)
    return FALSE;
  cursor
      = piao_db_query (desk->db, &case_open, NULL, "i", sim_random_range (&desk->random, 0, n - 1));
  if (cursor == NULL || !piao_cursor_next (cursor, NULL))
    return FALSE;
  args = piao_json_build ("order", 'd', piao_cursor_int (cursor, 1), "case", 'd',
                          piao_cursor_int (cursor, 0), NULL);
  state = g_strdup (piao_cursor_text (cursor, 2));
  debited = piao_cursor_int (cursor, 3) != 0;
  /* The command must not find its own desktop reading. */
  g_clear_pointer (&cursor, piao_cursor_free);
  take_step (desk, state, args, debited);
  return TRUE;
}
