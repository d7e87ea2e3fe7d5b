/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Attempts that run side by side: what one of them locks holds for the others. */

#include "base/piao-error.h"
#include "domain/org/piao-org-kinds.h"
#include "server/piao-sign-in.h"
#include "sync/piao-epoch.h"
#include "sync/piao-password.h"
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

PIAO_STATEMENT (test_invent,
                "INSERT INTO sign_in_guard (name, fails, failed_at, locked_until)"
                " VALUES ($1, 1, $2, 0)");
PIAO_STATEMENT (test_guarded, "SELECT COUNT(*) FROM sign_in_guard");
PIAO_STATEMENT (test_fails, "SELECT fails FROM sign_in_guard WHERE name = $1");

/* Invented names go, a user's failures stay. */
static void
test_invented_names_are_bounded (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  PiaoDb *db = centre->fixture->db;
  g_autoptr (PiaoSignIn) self = attempt (centre);
  g_autofree char *user
      = piao_fixture_text (centre->fixture, &piao_user_kind, FIXTURE_KEEPER, "name");
  g_autoptr (GError) error = NULL;
  gint64 number = 0;

  g_assert_true (piao_db_begin (db, NULL));
  g_assert_true (piao_db_exec (db, &test_invent, NULL, "si", user, self->now - 2 * PIAO_MINUTE));
  for (guint i = 0; i < PIAO_SIGN_IN_MAX_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("invented-%u", i);

      piao_db_exec (db, &test_invent, &error, "si", name, self->now - PIAO_MINUTE);
      g_assert_no_error (error);
    }
  g_set_str (&self->name, "one more");
  piao_sign_in_finish (db, self, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_query_int (db, &test_guarded, 0, &number, NULL, ""));
  g_assert_cmpint (number, ==, PIAO_SIGN_IN_MAX_NAMES);
  g_assert_true (piao_db_query_int (db, &test_fails, 0, &number, NULL, "s", user));
  g_assert_cmpint (number, ==, 1);
  g_test_message ("A day later they are forgotten");
  self->now += 2 * PIAO_DAY;
  piao_sign_in_finish (db, self, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_query_int (db, &test_guarded, 0, &number, NULL, ""));
  g_assert_cmpint (number, ==, 1);
  g_assert_true (piao_db_commit (db, NULL));
}

PIAO_STATEMENT (test_sessions, "SELECT COUNT(*) FROM session");

static PiaoSignIn *
sign_in_at (PiaoCentre *centre, gint64 now)
{
  PiaoSignIn *self = attempt (centre);
  g_autoptr (GError) error = NULL;

  self->user = FIXTURE_KEEPER;
  self->matches = TRUE;
  self->now = now;
  piao_sign_in_finish (centre->fixture->db, self, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->token);
  return self;
}

static gboolean
is_in (PiaoCentre *centre, const PiaoSignIn *self, gint64 now)
{
  gint64 user = 0;
  guint device = 0;
  g_autoptr (GError) error = NULL;
  gboolean in = piao_session_find (centre->fixture->db, self->token, now, &user, &device, &error);

  if (in)
    g_assert_cmpint (user, ==, FIXTURE_KEEPER);
  else
    g_assert_cmpstr (piao_error_get_reason (error), ==, "session.invalid");
  return in;
}

/* A session ends by its time or with the password, and leaves nothing behind for ever. */
static void
test_sessions_end (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  PiaoDb *db = centre->fixture->db;
  gint64 now = piao_clock_now (centre->clock), number = 0;
  g_autoptr (PiaoSignIn) first = sign_in_at (centre, now);
  g_autoptr (PiaoSignIn) second = sign_in_at (centre, now + PIAO_DAY);
  g_autoptr (PiaoSignIn) third = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (is_in (centre, first, now + PIAO_DAY));
  g_assert_true (is_in (centre, second, now + PIAO_DAY));
  g_assert_false (is_in (centre, first, now + PIAO_SESSION_MS));
  third = sign_in_at (centre, now + PIAO_SESSION_MS);
  g_assert_true (piao_db_query_int (db, &test_sessions, 0, &number, NULL, ""));
  g_assert_cmpint (number, ==, 2);
  g_assert_true (is_in (centre, second, now + PIAO_SESSION_MS));
  piao_password_set (db, FIXTURE_KEEPER, "another 1 of mine", now, &error);
  g_assert_no_error (error);
  g_assert_false (is_in (centre, second, now + PIAO_SESSION_MS));
  g_assert_false (is_in (centre, third, now + PIAO_SESSION_MS));
}

/* The number that a computer with @key gets when it says that it has @claimed. */
static guint
sign_in (PiaoCentre *centre, char key, gint64 claimed)
{
  g_autoptr (PiaoSignIn) self = attempt (centre);
  g_autoptr (GError) error = NULL;

  g_free (self->device_key);
  self->device_key = g_strnfill (40, key);
  self->user = FIXTURE_KEEPER;
  self->matches = TRUE;
  self->claimed = claimed;
  piao_sign_in_finish (centre->fixture->db, self, &error);
  g_assert_no_error (error);
  return self->device;
}

/* After a backup was restored, who was forgotten comes back with the number that is in his ids, and
 * nobody else gets it meanwhile. */
static void
test_forgotten_computers_keep_their_numbers (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  PiaoDb *db = centre->fixture->db;
  guint known = sign_in (centre, 'a', 0), lost = known + 2, other;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sign_in (centre, 'a', 77), ==, known);
  /* Not a number of one's choice. */
  g_assert_cmpuint (sign_in (centre, 'b', 4000), ==, known + 1);
  g_assert_true (piao_db_begin (db, NULL));
  piao_epoch_begin (db, centre->fixture->registry, centre->clock, "epoch-2", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (db, NULL));
  other = sign_in (centre, 'c', 0);
  g_assert_cmpuint (other, >, known + PIAO_EPOCH_DEVICE_GAP);
  g_assert_cmpuint (sign_in (centre, 'd', lost), ==, lost);
  g_assert_cmpuint (sign_in (centre, 'd', 0), ==, lost);
  g_assert_cmpuint (sign_in (centre, 'e', lost), >, other);
  g_assert_cmpuint (sign_in (centre, 'f', known), >, other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sign-in/lock-holds-for-attempts-under-way",
                   test_lock_holds_for_attempts_under_way);
  g_test_add_func ("/sign-in/invented-names-are-bounded", test_invented_names_are_bounded);
  g_test_add_func ("/sign-in/sessions-end", test_sessions_end);
  g_test_add_func ("/sign-in/forgotten-computers-keep-their-numbers",
                   test_forgotten_computers_keep_their_numbers);
  return g_test_run ();
}
