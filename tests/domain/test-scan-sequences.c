/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "scan-world.h"

#define N_SEQUENCES 10000

/* Domain 6.6: 10,000 random scan sequences keep the invariants of 6.2, and every refusal is the
 * one that the rows foretell. The seed is fixed; PIAOKU_TEST_SEED tries another. */
static void
test_random_sequences (void)
{
  static const char *const seen[]
      = { "order.state",      "order.leased", "access.scope", "scan.again",
          "scan.state",       "scan.frozen",  "scan.expired", "scan.wrong-type",
          "scan.other-order", "scan.surplus", "scan.not-here" };
  const char *seed = g_getenv ("PIAOKU_TEST_SEED");
  g_autoptr (ScanWorld) world
      = scan_world_play (seed != NULL ? (guint32)g_ascii_strtoull (seed, NULL, 10) : 20260102,
                         N_SEQUENCES);

  g_test_message ("%u accepted, %u refused, %u confirmed, cases: %u resumed, %u cancelled",
                  world->accepted, world->refused, world->confirmed, world->resumed,
                  world->cancelled);
  /* The game is worth something only when all of it was played. */
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    {
      g_test_message ("%s: %u", seen[i],
                      GPOINTER_TO_UINT (g_hash_table_lookup (world->reasons, seen[i])));
      g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (world->reasons, seen[i])), >, 20);
    }
  g_assert_cmpuint (world->accepted, >, N_SEQUENCES / 2);
  g_assert_cmpuint (world->confirmed, >, N_SEQUENCES / 200);
  g_assert_cmpuint (world->resumed, >, N_SEQUENCES / 200);
  g_assert_cmpuint (world->cancelled, >, N_SEQUENCES / 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/scan/random-sequences", test_random_sequences);
  return g_test_run ();
}
