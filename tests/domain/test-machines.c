/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "domain/abnormal/piao-abnormal-machine.h"
#include "domain/order/piao-order-machine.h"
#include "domain/pack/piao-pack-machine.h"
#include "test-rules.h"

/* Every pack state with what may follow it, as domain 6.2 draws it, written down a second time. */
static const char *const pack_table[][2] = {
  { "registered", "receive>in_stock damage>damaged lose>lost steal>stolen" },
  { "in_stock", "reserve>reserved transfer_ship>in_transit_transfer expire>expired damage>damaged"
                " lose>lost steal>stolen" },
  { "reserved", "undo>in_stock outbound>outbound damage>damaged lose>lost steal>stolen" },
  { "outbound", "handover>in_transit bring_back>in_stock damage>damaged lose>lost steal>stolen" },
  { "in_transit", "sign_off>at_outlet bring_back>in_stock damage>damaged lose>lost steal>stolen" },
  { "in_transit_transfer", "transfer_receive>in_stock damage>damaged lose>lost steal>stolen" },
  { "at_outlet", "activate>activated return>returning damage>damaged lose>lost steal>stolen" },
  { "activated", "settle>settled damage>damaged lose>lost steal>stolen" },
  { "returning", "return_receive>in_stock damage>damaged lose>lost steal>stolen" },
  { "expired", "destroy>destroyed damage>damaged lose>lost steal>stolen" },
  { "damaged", "destroy>destroyed" },
  { "lost", "find>in_stock" },
  { "stolen", "" },
  { "settled", "" },
  { "destroyed", "" },
};

static void
test_pack_machine (void)
{
  guint n_edges, drawn = 0;

  piao_pack_machine_get_edges (&n_edges);
  for (guint i = 0; i < G_N_ELEMENTS (pack_table); i++)
    {
      g_auto (GStrv) moves = g_strsplit (pack_table[i][1], " ", -1);

      g_assert_cmpstr (piao_pack_state_get_title (pack_table[i][0]), !=, pack_table[i][0]);
      for (guint k = 0; moves[k] != NULL; k++, drawn++)
        {
          g_auto (GStrv) move = g_strsplit (moves[k], ">", 2);

          g_assert_cmpstr (piao_pack_machine_next (pack_table[i][0], move[0]), ==, move[1]);
        }
    }
  g_assert_cmpuint (drawn, ==, n_edges);
  g_assert_null (piao_pack_machine_next ("destroyed", "find"));
  g_assert_null (piao_pack_machine_next ("reserved", "reserve"));
  g_assert_null (piao_pack_machine_next ("in_stock", "outbound"));
  g_assert_null (piao_pack_machine_next (NULL, "find"));
}

/* The same for orders. Beyond the drawing: resume, back and hold for what a counter needs (WHS-07),
 * amend before picking (ORD-18), and open_pick of one's own order, which renews the lease. A state
 * marked with ! may turn out abnormal and be come back to. */
static const char *const order_table[][2] = {
  { "draft", "submit>submitted submit_again>submitted" },
  { "submitted", "! lock_ok>pending_outbound lock_refused>on_hold refuse>refused" },
  { "on_hold", "! amend>submitted retry>submitted resume>pending_outbound refuse>refused" },
  { "pending_outbound", "! open_pick>picking amend>submitted refuse>refused hold>on_hold" },
  { "picking", "! open_pick>picking scan>picking undo>picking short>picking"
               " release>pending_outbound check>checked hold>on_hold" },
  { "checked", "! confirm>confirming hold_for_ilms>held_for_ilms back>picking hold>on_hold" },
  { "held_for_ilms", "! reconnect>confirming" },
  { "confirming", "! ilms_ok>ready_to_ship ilms_refused>on_hold timeout>confirming" },
  { "ready_to_ship", "! handover>delivering" },
  { "delivering", "! sign_off>delivered fail>delivery_failed" },
  { "delivery_failed", "! verify_ok>ready_to_ship bring_back>returned" },
  { "returned", "! close>cancelled" },
  { "delivered", "! receipt_filed>completed" },
  { "completed", "" },
  { "refused", "debit_found>abnormal" },
  { "cancelled", "debit_found>abnormal" },
  { "abnormal", "case_collect>abnormal case_judge>abnormal case_handle>abnormal"
                " case_approve>abnormal lock_ok>abnormal lock_refused>abnormal ilms_ok>abnormal"
                " ilms_refused>abnormal" },
};

/* How many edges more than one that is. */
static guint
check_may_be_abnormal (const char *state)
{
  g_assert_cmpstr (piao_order_machine_next (state, "report_abnormal"), ==, "abnormal");
  g_assert_true (piao_order_machine_leads ("abnormal", "case_closed", state));
  return 1;
}

static void
test_order_machine (void)
{
  guint n_edges, drawn = 0;

  piao_order_machine_get_edges (&n_edges);
  for (guint i = 0; i < G_N_ELEMENTS (order_table); i++)
    {
      g_auto (GStrv) moves = g_strsplit (order_table[i][1], " ", -1);

      g_assert_cmpstr (piao_order_state_get_title (order_table[i][0]), !=, order_table[i][0]);
      for (guint k = 0; moves[k] != NULL; k++, drawn++)
        {
          g_auto (GStrv) move = g_strsplit (moves[k], ">", 2);

          if (g_str_equal (moves[k], "!"))
            drawn += check_may_be_abnormal (order_table[i][0]);
          else
            g_assert_cmpstr (piao_order_machine_next (order_table[i][0], move[0]), ==, move[1]);
        }
    }
  /* A case that ends may cancel its order. */
  g_assert_true (piao_order_machine_leads ("abnormal", "case_closed", "cancelled"));
  g_assert_null (piao_order_machine_next ("abnormal", "case_closed"));
  g_assert_cmpuint (drawn + 1, ==, n_edges);
}

/* ABN-01: evidence, liability, handling, approval, end; the two ways back of the header. */
static void
test_abnormal_machine (void)
{
  static const char *const line[][2]
      = { { "reported", "collect>evidence_collected" },
          { "evidence_collected", "judge>liability_judged" },
          { "liability_judged", "handle>handling" },
          { "handling", "handle>handling judge>liability_judged approve>approved" },
          { "approved", "close>closed" },
          { "closed", "" } };
  guint n_edges, drawn = 0;

  piao_abnormal_machine_get_edges (&n_edges);
  for (guint i = 0; i < G_N_ELEMENTS (line); i++)
    {
      g_auto (GStrv) moves = g_strsplit (line[i][1], " ", -1);

      g_assert_cmpstr (piao_abnormal_get_title (line[i][0]), !=, line[i][0]);
      for (guint k = 0; moves[k] != NULL; k++, drawn++)
        {
          g_auto (GStrv) move = g_strsplit (moves[k], ">", 2);

          g_assert_cmpstr (piao_abnormal_machine_next (line[i][0], move[0]), ==, move[1]);
        }
    }
  g_assert_cmpuint (drawn, ==, n_edges);
}

/* WHS-08: the only way to ready_to_ship for the first time is the answer of ILMS. */
static void
test_only_ilms_opens_the_gate (void)
{
  guint n_edges;
  const PiaoOrderEdge *edges = piao_order_machine_get_edges (&n_edges);

  for (guint i = 0; i < n_edges; i++)
    if (g_str_equal (edges[i].to, "ready_to_ship"))
      g_assert_true (g_str_equal (edges[i].event, "ilms_ok")
                     || g_str_equal (edges[i].from, "delivery_failed")
                     /* back to where it stood */
                     || g_str_equal (edges[i].event, "case_closed"));
}

void
add_machine_tests (void)
{
  g_test_add_func ("/domain/order/machine", test_order_machine);
  g_test_add_func ("/domain/order/gate", test_only_ilms_opens_the_gate);
  g_test_add_func ("/domain/abnormal/machine", test_abnormal_machine);
  g_test_add_func ("/domain/pack/machine", test_pack_machine);
}
