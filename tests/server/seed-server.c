/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Fills the database that PIAOKU_TEST_DATABASE names with the fixture's world, with passwords
 * ("<name>-pass-1"), so that tests can start a real server on it. */

#include <libdex.h>

#include "sync/piao-password.h"
#include "tests/lib/piao-centre.h"

PIAO_STATEMENT (give_warehouse, "UPDATE users SET warehouse_id = $1 WHERE id <> $2");

int
main (int argc, char *argv[])
{
  static const struct
  {
    gint64 user;
    const char *password;
  } people[] = { { FIXTURE_KEEPER, "keeper-pass-1" },
                 { FIXTURE_PICKER, "picker-pass-1" },
                 { FIXTURE_STRANGER, "stranger-pass-1" } };
  g_autoptr (PiaoCentre) centre = NULL;

  dex_init ();
  g_assert_nonnull (g_getenv ("PIAOKU_TEST_DATABASE"));
  centre = piao_centre_new ();
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      g_autoptr (GError) error = NULL;

      piao_password_set (centre->fixture->db, people[i].user, people[i].password, 0, &error);
      g_assert_no_error (error);
    }
  /* Who works in a warehouse gets order numbers. */
  g_assert_true (piao_db_exec (centre->fixture->db, &give_warehouse, NULL, "ii",
                               (gint64)FIXTURE_WAREHOUSE, (gint64)FIXTURE_STRANGER));
  return 0;
}
