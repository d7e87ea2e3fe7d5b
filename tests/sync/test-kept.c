/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A centre is restored from a backup that is older than thousands of commands of a desktop: all of
 * them go up again, in their order and once, while the desktop goes on working. */

#include <libdex.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "sync/piao-pull.h"
#include "sync/piao-verify.h"
#include "tests/lib/piao-centre.h"

#define DEVICE 8
#define N_KEPT 20000
#define N_ORDERS 300

PIAO_STATEMENT (new_epoch, "UPDATE head SET epoch = 'epoch-2', seq = seq + $1");
PIAO_STATEMENT (count_waiting, "SELECT COUNT(*) FROM outbox WHERE decided = 0 AND id > $1");
PIAO_STATEMENT (count_on_top, "SELECT COUNT(*) FROM outbox WHERE undo IS NOT NULL AND id > $1");
PIAO_STATEMENT (count_orders, "SELECT COUNT(*) FROM orders WHERE id > $1");
PIAO_STATEMENT (count_accepted,
                "SELECT COUNT(*) FROM outbox WHERE state = 'accepted' AND decided = 1 AND id > $1");
PIAO_STATEMENT (get_last, "SELECT MAX(dseq) FROM outbox WHERE id > $1");
PIAO_STATEMENT (get_log, "SELECT id, dseq, verdict FROM command_log WHERE device = $1 ORDER BY n");
PIAO_STATEMENT (get_outbox, "SELECT id FROM outbox WHERE dseq = $1");
PIAO_STATEMENT (drop_grants, "UPDATE user_role SET deleted = 1 WHERE user_id = $1");
/* What was accepted by the centre as it was: nothing but numbers, so that they can be many. */
PIAO_STATEMENT (keep_many,
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
                " INSERT INTO outbox (dseq, id, name, args, at, actor, state, decided, seq)"
                " SELECT last.dseq + i, last.id + i * 4194304 * 10, 'outbox.lost', '{}', last.at,"
                " last.actor, 'accepted', 1, 1 FROM n, (SELECT dseq, id, at, actor FROM outbox"
                " ORDER BY dseq DESC LIMIT 1) AS last");

typedef struct
{
  PiaoCentre *before; /* that is lost */
  PiaoCentre *centre; /* as the backup has it */
  PiaoDesk *desk;
} World;

static PiaoCentre *
open_centre (void)
{
  PiaoCentre *centre = piao_centre_new ();

  piao_centre_add_device (centre, DEVICE, FIXTURE_KEEPER);
  g_assert_true (piao_db_script (centre->fixture->db,
                                 "UPDATE stock SET free = free + 1000;"
                                 "UPDATE number_block SET last = last + 1000",
                                 NULL));
  return centre;
}

static void
set_up (World *self, gconstpointer data)
{
  self->before = open_centre ();
  self->desk = piao_desk_new (self->before, DEVICE, FIXTURE_KEEPER);
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  for (guint i = 0; i < N_ORDERS; i++)
    {
      piao_desk_run (self->desk, "order.submit", piao_fixture_order_args (1, 0));
      if (i % 100 == 99)
        piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
    }
  g_assert_cmpint (piao_desk_int (self->desk, &count_waiting, 0), ==, 0);
  g_assert_cmpint (piao_desk_int (self->desk, &count_on_top, 0), ==, 0);
  self->centre = open_centre ();
  g_assert_true (piao_db_exec (self->centre->fixture->db, &new_epoch, NULL, "i", (gint64)0));
  self->desk->centre = self->centre;
}

static void
tear_down (World *self, gconstpointer data)
{
  piao_desk_free (self->desk);
  piao_centre_free (self->centre);
  piao_centre_free (self->before);
}

/* A round; with @lost its answer does not arrive. Returns how many commands went up. */
static guint
go_round (World *self, gboolean lost, gboolean *more)
{
  g_autoptr (JsonObject) request = piao_desk_request (self->desk, PIAO_PULL_MAX_BYTES);
  g_autoptr (PiaoReply) reply = piao_centre_serve (self->centre, request, DEVICE, FIXTURE_KEEPER);
  g_autoptr (GError) error = NULL;

  if (!lost)
    piao_desk_take (self->desk, request, reply, more, &error);
  g_assert_no_error (error);
  return json_array_get_length (piao_json_get_array (request, "commands"));
}

/* The log has what the outbox has: in order, once, accepted. */
static void
check_log (World *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->centre->fixture->db, &get_log, &error, "i", (gint64)DEVICE);
  gint64 dseq = 0;

  for (; piao_cursor_next (cursor, &error); dseq++)
    {
      g_assert_cmpint (piao_cursor_int (cursor, 1), ==, dseq + 1);
      g_assert_cmpstr (piao_cursor_text (cursor, 2), ==, "accepted");
      if (dseq % 500 == 0)
        g_assert_cmpint (piao_cursor_int (cursor, 0), ==,
                         piao_desk_int (self->desk, &get_outbox, dseq + 1));
    }
  g_assert_no_error (error);
  g_assert_cmpint (dseq, ==, piao_desk_int (self->desk, &get_last, 0));
  g_assert_cmpint (dseq, ==, piao_desk_int (self->desk, &count_accepted, 0));
}

/* What “piaokuctl verify” says. */
static void
check_sound (World *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoDb) db
      = piao_db_open (piao_replica_get_path (self->desk->replica), PIAO_DB_READ_ONLY, &error);
  g_autoptr (PiaoVerify) verify = piao_verify_new (self->centre->fixture->registry, db);

  g_assert_no_error (error);
  g_assert_true (piao_db_begin_read (db, NULL));
  piao_verify_replica (verify, &error);
  g_assert_no_error (error);
  piao_db_rollback (db);
  for (guint i = 0; i < verify->findings->len; i++)
    g_test_message ("%s", ((PiaoFinding *)verify->findings->pdata[i])->rule);
  g_assert_cmpuint (verify->findings->len, ==, 0);
}

static void
check_same (World *self)
{
  static const gint64 lanes[] = { 0, FIXTURE_LANE, -1 };
  g_autofree char *here = piao_desk_dump (self->desk);
  g_autofree char *there
      = piao_dump (self->centre->fixture->registry, self->centre->fixture->db, lanes);

  g_assert_cmpstr (here, ==, there);
}

static void
test_all_of_a_week (World *self, gconstpointer data)
{
  guint rounds = 0, made = 0, sent;
  gboolean more = TRUE;

  piao_desk_exec (self->desk, &keep_many, N_KEPT - N_ORDERS);
  go_round (self, FALSE, NULL);
  g_assert_cmpint (piao_desk_int (self->desk, &count_waiting, 0), ==, N_KEPT);
  g_test_message ("What was done is seen all the time, and nothing is run again for each answer");
  while (piao_desk_int (self->desk, &count_waiting, 0) > 0)
    {
      g_test_message ("%u: what was done is seen, and nothing is run again for each answer",
                      rounds);
      g_assert_cmpint (piao_desk_int (self->desk, &count_orders, 0), ==, N_ORDERS + made);
      g_assert_cmpint (piao_desk_int (self->desk, &count_on_top, 0), ==, made);
      if (rounds % 50 == 10)
        {
          g_test_message ("The clerk goes on, the line is cut, and the program ends");
          piao_desk_run (self->desk, "order.submit", piao_fixture_order_args (1, 0));
          made++;
          go_round (self, TRUE, NULL);
          piao_desk_restart (self->desk);
          check_sound (self);
        }
      sent = go_round (self, FALSE, &more);
      g_assert_cmpuint (sent, >, 0);
      g_assert_cmpuint (sent, <=, PIAO_SYNC_MAX_COMMANDS);
      rounds++;
    }
  g_assert_cmpuint (rounds, <=, N_KEPT / PIAO_SYNC_MAX_COMMANDS + 2);
  g_assert_true (more);
  check_sound (self);
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  check_sound (self);
  check_log (self);
  check_same (self);
  g_assert_cmpint (piao_desk_int (self->desk, &count_on_top, 0), ==, 0);
  g_assert_cmpint (piao_desk_int (self->desk, &count_orders, 0), ==, N_ORDERS + made);
}

/* Something is stuck: what the centre has comes down all the same. */
static void
test_downloads_do_not_stop (World *self, gconstpointer data)
{
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (PiaoReply) reply = NULL;
  gboolean more = FALSE;

  go_round (self, FALSE, NULL);
  go_round (self, FALSE, NULL);
  g_assert_cmpint (piao_desk_int (self->desk, &count_on_top, 0), ==, 0);
  request = piao_desk_request (self->desk, PIAO_PULL_MAX_BYTES);
  json_object_set_array_member (request, "commands", json_array_new ());
  reply = piao_centre_serve (self->centre, request, DEVICE, FIXTURE_KEEPER);
  g_assert_true (piao_desk_take (self->desk, request, reply, &more, NULL));
  g_assert_true (more);
  g_assert_cmpint (piao_desk_int (self->desk, &count_waiting, 0), ==,
                   N_ORDERS - PIAO_SYNC_MAX_COMMANDS);
  g_assert_cmpint (piao_desk_int (self->desk, &count_on_top, 0), ==,
                   N_ORDERS - PIAO_SYNC_MAX_COMMANDS);
  while (piao_desk_int (self->desk, &count_waiting, 0) > 0)
    piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  check_log (self);
  check_same (self);
}

/* Nothing that one may not see any more stays until all has gone up. */
static void
test_a_lost_lane_goes (World *self, gconstpointer data)
{
  go_round (self, FALSE, NULL);
  go_round (self, FALSE, NULL);
  g_assert_cmpint (piao_desk_int (self->desk, &count_orders, 0), ==, N_ORDERS);
  g_assert_true (
      piao_db_exec (self->centre->fixture->db, &drop_grants, NULL, "i", (gint64)FIXTURE_KEEPER));
  go_round (self, FALSE, NULL);
  g_assert_cmpint (piao_desk_int (self->desk, &count_orders, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add ("/kept/all-of-a-week", World, NULL, set_up, test_all_of_a_week, tear_down);
  g_test_add ("/kept/downloads", World, NULL, set_up, test_downloads_do_not_stop, tear_down);
  g_test_add ("/kept/lost-lane", World, NULL, set_up, test_a_lost_lane_goes, tear_down);
  return g_test_run ();
}
