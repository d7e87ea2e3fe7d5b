/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Attempts that run side by side: what one of them locks holds for the others. */

#include "base/piao-error.h"
#include "server/piao-sign-in.h"
#include "tests/lib/piao-centre.h"

PIAO_STATEMENT (test_lock,
                "INSERT INTO sign_in_guard (name, fails, failed_at, locked_until)"
                " VALUES ($1, 0, $2, $3)");

static PiaoSignIn *
attempt (PiaoCentre *centre)
{
  PiaoSignIn *self = g_new0 (PiaoSignIn, 1);

  self->name = g_strdup ("keeper");
  self->password = g_strdup ("right");
  self->device_name = g_strdup ("Counter 1");
  self->device_key = g_strnfill (40, 'k');
  self->now = piao_clock_now (centre->clock);
  return self;
}

static void
test_lock_holds_for_attempts_under_way (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  PiaoDb *db = centre->fixture->db;
  g_autoptr (PiaoSignIn) self = attempt (centre);
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_sign_in_look_up (db, self, &error));
  g_assert_no_error (error);
  self->matches = TRUE;
  self->user = FIXTURE_KEEPER;
  g_assert_true (piao_db_exec (db, &test_lock, &error, "sii", "keeper", self->now,
                               self->now + PIAO_SIGN_IN_LOCK_MS));
  g_assert_true (piao_sign_in_finish (db, self, &error));
  g_assert_null (self->token);
  g_assert_false (piao_sign_in_check (self, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.locked");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sign-in/lock-holds-for-attempts-under-way",
                   test_lock_holds_for_attempts_under_way);
  return g_test_run ();
}
