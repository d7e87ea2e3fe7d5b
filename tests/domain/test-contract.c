/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The same commands on SQLite and on PostgreSQL leave the same rows. The address of the server is
 * in PIAOKU_TEST_POSTGRESQL (tests/lib/with-postgresql starts one). */

#include "scan-world.h"

static void
test_engines_agree (void)
{
  const char *address = g_getenv ("PIAOKU_TEST_POSTGRESQL");

  g_assert_nonnull (address);
  for (guint32 seed = 1; seed <= 4; seed++)
    {
      g_autoptr (ScanWorld) lite = NULL;
      g_autoptr (ScanWorld) postgres = NULL;

      g_unsetenv ("PIAOKU_TEST_DATABASE");
      lite = scan_world_play (seed, 60);
      g_setenv ("PIAOKU_TEST_DATABASE", address, TRUE);
      postgres = scan_world_play (seed, 60);
      g_assert_cmpuint (lite->accepted, ==, postgres->accepted);
      g_assert_cmpuint (lite->refused, ==, postgres->refused);
      g_assert_cmpstr (lite->dump, ==, postgres->dump);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/contract/engines-agree", test_engines_agree);
  return g_test_run ();
}
