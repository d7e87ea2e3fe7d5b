/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An office comes back after days without a line: much goes up, and what comes down waits until
 * that is done. */

#include <libdex.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "store/piao-rebase.h"
#include "sync/piao-pull.h"
#include "tests/lib/piao-centre.h"

#define FEW 2
#define ORDERS 8

PIAO_STATEMENT (waits_orders, "SELECT COUNT(*) FROM orders WHERE id >= $1");
PIAO_STATEMENT (waits_on_top, "SELECT COUNT(*) FROM outbox WHERE undo IS NOT NULL AND id > $1");
PIAO_STATEMENT (waits_unsent, "SELECT COUNT(*) FROM outbox WHERE decided = 0 AND id > $1");
PIAO_STATEMENT (waits_newest, "SELECT MAX(seq) FROM outbox WHERE state = 'accepted' AND id > $1");
PIAO_STATEMENT (waits_reached, "SELECT MIN(seq) FROM cursor WHERE lane > $1");
/* Run again, they would not apply. */
PIAO_STATEMENT (waits_spoil, "UPDATE outbox SET args = '{}' WHERE decided = 1 AND id > $1");

static const gint64 own_lanes[] = { 0, FIXTURE_LANE, -1 };

typedef struct
{
  PiaoCentre *centre;
  PiaoDesk *desk, *other;
  gint64 reached; /* where the desk stood before */
} World;

static void
set_up (World *world, gconstpointer data)
{
  piao_outbox_set_few (FEW);
  world->centre = piao_centre_new ();
  piao_centre_add_device (world->centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (world->centre, 9, FIXTURE_PICKER);
  world->desk = piao_desk_new (world->centre, 8, FIXTURE_KEEPER);
  world->other = piao_desk_new (world->centre, 9, FIXTURE_PICKER);
  piao_desk_sync (world->desk, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (world->other, PIAO_PULL_MAX_BYTES);
  world->reached = piao_desk_int (world->desk, &waits_reached, 0);
  for (guint i = 0; i < ORDERS; i++)
    piao_desk_run (world->desk, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_run (world->other, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (world->other, PIAO_PULL_MAX_BYTES);
  world->desk->piece = 1;
}

static void
tear_down (World *world, gconstpointer data)
{
  piao_desk_free (world->desk);
  piao_desk_free (world->other);
  piao_centre_free (world->centre);
}

static gboolean
wants_verdicts (JsonObject *request)
{
  return g_str_equal (piao_json_get_text (request, "want", ""), "verdicts");
}

static void
take (World *world, JsonObject *request, PiaoReply *reply)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_desk_take (world->desk, request, reply, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_same (World *world)
{
  g_autofree char *there = NULL;
  g_autofree char *here = NULL;

  world->desk->piece = 0;
  piao_desk_sync (world->desk, PIAO_PULL_MAX_BYTES);
  there = piao_dump (world->centre->fixture->registry, world->centre->fixture->db, own_lanes);
  here = piao_desk_dump (world->desk);
  g_assert_cmpstr (here, ==, there);
  g_assert_cmpint (piao_desk_int (world->desk, &waits_on_top, 0), ==, 0);
}

static void
test_verdicts_first (World *world, gconstpointer data)
{
  guint rounds = 0;

  for (;; rounds++)
    {
      g_autoptr (JsonObject) request = piao_desk_request (world->desk, PIAO_PULL_MAX_BYTES);
      g_autoptr (PiaoReply) reply = NULL;

      if (!wants_verdicts (request))
        break;
      reply = piao_centre_serve (world->centre, request, 8, FIXTURE_KEEPER);
      g_assert_cmpuint (piao_reply_get_n_rows (reply), ==, 0);
      g_assert_cmpuint (reply->verdicts->len, ==, 1);
      take (world, request, reply);
      g_assert_cmpint (piao_desk_int (world->desk, &waits_reached, 0), ==, world->reached);
      g_assert_cmpint (piao_desk_int (world->desk, &waits_orders, 0), ==, ORDERS);
    }
  g_assert_cmpuint (rounds, ==, ORDERS - FEW - 1);
  assert_same (world);
}

/* Pages of a few rows: each is no older than what was accepted, and none runs that again. */
static void
test_rows_come_late (World *world, gconstpointer data)
{
  guint pages = 0;
  gint64 seen = ORDERS;

  world->desk->piece = 0;
  for (gboolean sent = FALSE; !sent; sent = TRUE)
    {
      g_autoptr (JsonObject) request = piao_desk_request (world->desk, 1);
      g_autoptr (PiaoReply) reply = piao_centre_serve (world->centre, request, 8, FIXTURE_KEEPER);

      take (world, request, reply);
    }
  piao_desk_exec (world->desk, &waits_spoil, 0);
  for (;; pages++)
    {
      g_autoptr (JsonObject) request = piao_desk_request (world->desk, 1);
      g_autoptr (PiaoReply) reply = NULL;
      g_autoptr (JsonObject) next = NULL;

      if (!piao_sync_is_limited (request))
        break;
      g_assert_cmpint (piao_json_get_int (request, "least", 0), ==,
                       piao_desk_int (world->desk, &waits_newest, 0));
      reply = piao_centre_serve (world->centre, request, 8, FIXTURE_KEEPER);
      next = piao_sync_continue_request (request, reply);
      g_assert_true (next == NULL || piao_sync_is_limited (next));
      take (world, request, reply);
      seen = MIN (seen, piao_desk_int (world->desk, &waits_orders, 0));
    }
  g_assert_cmpuint (pages, >, 1);
  g_assert_cmpint (seen, ==, ORDERS);
  assert_same (world);
}

/* One from before this was thought of sends rows all the same: they come again later. */
static void
test_an_older_centre (World *world, gconstpointer data)
{
  g_autoptr (JsonObject) request = piao_desk_request (world->desk, PIAO_PULL_MAX_BYTES);
  g_autoptr (JsonObject) read = piao_desk_request (world->desk, PIAO_PULL_MAX_BYTES);
  g_autoptr (PiaoReply) reply = NULL;

  g_assert_true (wants_verdicts (request));
  json_object_set_string_member (read, "want", "working");
  reply = piao_centre_serve (world->centre, read, 8, FIXTURE_KEEPER);
  g_assert_cmpuint (piao_reply_get_n_rows (reply), >, 0);
  take (world, request, reply);
  g_assert_cmpint (piao_desk_int (world->desk, &waits_reached, 0), ==, world->reached);
  g_assert_cmpint (piao_desk_int (world->desk, &waits_orders, 0), ==, ORDERS);
  assert_same (world);
}

/* Downloads do not stop for what the centre does not decide. */
static void
test_nothing_is_decided (World *world, gconstpointer data)
{
  g_autoptr (JsonObject) request = piao_desk_request (world->desk, PIAO_PULL_MAX_BYTES);
  g_autoptr (JsonObject) read = piao_desk_request (world->desk, PIAO_PULL_MAX_BYTES);
  g_autoptr (PiaoReply) reply = NULL;

  json_object_set_string_member (read, "want", "working");
  json_object_set_array_member (read, "commands", json_array_new ());
  reply = piao_centre_serve (world->centre, read, 8, FIXTURE_KEEPER);
  take (world, request, reply);
  g_assert_cmpint (piao_desk_int (world->desk, &waits_reached, 0), >, world->reached);
  g_assert_cmpint (piao_desk_int (world->desk, &waits_orders, 0), ==, ORDERS + 1);
  g_assert_cmpint (piao_desk_int (world->desk, &waits_unsent, 0), ==, ORDERS);
  assert_same (world);
}

#define ADD(path, func) g_test_add (path, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  ADD ("/much-waits/verdicts-first", test_verdicts_first);
  ADD ("/much-waits/rows-come-late", test_rows_come_late);
  ADD ("/much-waits/older-centre", test_an_older_centre);
  ADD ("/much-waits/nothing-is-decided", test_nothing_is_decided);
  return g_test_run ();
}
