/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "domain/pack/piao-pack-machine.h"
#include "test-rules.h"

/* Every pack state with what may follow it, as domain 6.2 draws it, written down a second time. */
static const char *const pack_table[][2] = {
  { "registered", "receive>in_stock damage>damaged lose>lost steal>stolen" },
  { "in_stock", "reserve>reserved transfer_ship>in_transit_transfer expire>expired damage>damaged"
                " lose>lost steal>stolen" },
  { "reserved", "undo>in_stock outbound>outbound damage>damaged lose>lost steal>stolen" },
  { "outbound", "handover>in_transit damage>damaged lose>lost steal>stolen" },
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

void
add_machine_tests (void)
{
  g_test_add_func ("/domain/pack/machine", test_pack_machine);
}
