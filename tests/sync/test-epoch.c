/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a centre that was restored from a backup must not forget twice: the numbers of orders that
 * computers were given since (ORD-06), and which orders are older than it (WHS-08). The backup is a
 * centre of the first day, which the fixture makes the same each time. */

#include "base/piao-id.h"
#include "sync/piao-epoch.h"
#include "tests/lib/piao-centre.h"

#define DESK 9 /* signed in after the backup was made */
#define OTHER 8
#define DEALT 7000 /* numbers since the backup */

PIAO_STATEMENT (select_number, "SELECT CAST (number AS BIGINT) FROM orders WHERE id = $1");
PIAO_STATEMENT (count_overlaps,
                "SELECT count(*) FROM number_block a JOIN number_block b"
                " ON b.warehouse_id = a.warehouse_id AND b.id <> a.id"
                " WHERE a.first <= b.last AND b.first <= a.last AND a.warehouse_id = $1");
PIAO_STATEMENT (select_first, "SELECT max(first) FROM number_block WHERE device = $1");
PIAO_STATEMENT (count_told,
                "SELECT count(*) FROM order_event WHERE order_id = $1 AND event = 'submit_again'"
                " AND detail = 'NUMBER_TAKEN'");
PIAO_STATEMENT (count_orders, "SELECT count(*) FROM orders WHERE warehouse_id = $1");
PIAO_STATEMENT (count_too_late,
                "SELECT count(*) FROM command_log, head WHERE received_at >= head.epoch_at"
                " AND command_log.name <> 'number.reserve' AND $1 = 0");

static gint64
ask (PiaoCentre *centre, const PiaoStatement *statement, gint64 parameter)
{
  gint64 value = -1;

  g_assert_true (
      piao_db_query_int (centre->fixture->db, statement, -1, &value, NULL, "i", parameter));
  return value;
}

/* The part of an order's number that comes from a block. */
static gint64
sequence_of (gint64 number)
{
  return number / 10000 % 1000000;
}

static void
reserve (PiaoCentre *centre, guint device, int count)
{
  piao_centre_run (centre, "number.reserve",
                   piao_json_build ("warehouse", 'd', (gint64)FIXTURE_WAREHOUSE, "device", 'i',
                                    (gint64)device, "count", 'i', (gint64)count, NULL));
}

static PiaoCentre *
open_first_day (void)
{
  PiaoCentre *centre = piao_centre_new ();

  piao_centre_add_device (centre, OTHER, FIXTURE_KEEPER);
  return centre;
}

static void
begin_epoch (PiaoCentre *centre)
{
  PiaoDb *db = centre->fixture->db;

  g_assert_true (piao_db_begin (db, NULL));
  g_assert_true (
      piao_epoch_begin (db, centre->fixture->registry, centre->clock, "epoch-2", NULL, NULL));
  g_assert_true (piao_db_commit (db, NULL));
}

static gint64
take_order (PiaoDesk *desk)
{
  JsonArray *lines = json_array_new ();

  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                         "packs", 'i', (gint64)1, NULL));
  return piao_desk_run (desk, "order.submit",
                        piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's',
                                         "phone", "identity_checked", 'b', TRUE, "lines", 'a',
                                         lines, NULL))
         + PIAO_ID_STRIDE;
}

/* --- numbers --------------------------------------------------------------------------------- */

/* A desk with two orders that the centre has lost, the second one before it came there. */
typedef struct
{
  PiaoCentre *centre;
  PiaoDesk *desk;
  gint64 orders[2], numbers[2];
} Lost;

static void
lost_clear (Lost *lost)
{
  piao_desk_free (lost->desk);
  piao_centre_free (lost->centre);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lost, lost_clear)

static void
lose (Lost *lost)
{
  gint64 now;

  lost->centre = open_first_day ();
  reserve (lost->centre, 0, DEALT / 2);
  reserve (lost->centre, 0, DEALT / 2);
  piao_centre_add_device (lost->centre, DESK, FIXTURE_KEEPER);
  lost->desk = piao_desk_new (lost->centre, DESK, FIXTURE_KEEPER);
  piao_desk_sync (lost->desk, 0);
  for (guint i = 0; i < 2; i++)
    {
      lost->orders[i] = take_order (lost->desk);
      lost->numbers[i] = piao_desk_int (lost->desk, &select_number, lost->orders[i]);
      if (i == 0)
        piao_desk_sync (lost->desk, 0);
    }
  g_assert_cmpint (lost->numbers[0], ==, ask (lost->centre, &select_number, lost->orders[0]));
  g_assert_cmpint (sequence_of (lost->numbers[0]), >, DEALT);
  now = piao_clock_now (lost->centre->clock);
  piao_centre_free (lost->centre);
  lost->centre = lost->desk->centre = open_first_day ();
  piao_clock_set (lost->centre->clock, now + PIAO_HOUR);
  begin_epoch (lost->centre);
  piao_centre_add_device (lost->centre, DESK, FIXTURE_KEEPER);
}

static void
assert_kept (Lost *lost, guint i)
{
  g_assert_cmpint (ask (lost->centre, &select_number, lost->orders[i]), ==, lost->numbers[i]);
  g_assert_cmpint (piao_desk_int (lost->desk, &select_number, lost->orders[i]), ==,
                   lost->numbers[i]);
}

/* The owners were told their numbers: they keep them, and nobody else gets them. */
static void
test_numbers_are_learnt (void)
{
  g_auto (Lost) lost = { 0 };

  lose (&lost);
  piao_desk_sync (lost.desk, 0);
  for (guint i = 0; i < 2; i++)
    assert_kept (&lost, i);
  reserve (lost.centre, OTHER, 500);
  g_assert_cmpint (ask (lost.centre, &count_overlaps, FIXTURE_WAREHOUSE), ==, 0);
  g_assert_cmpint (ask (lost.centre, &select_first, OTHER), >, sequence_of (lost.numbers[1]));
  /* The next one is of a block that is known on both sides. */
  g_assert_cmpint (sequence_of (piao_desk_int (lost.desk, &select_number, take_order (lost.desk))),
                   ==, ask (lost.centre, &select_first, DESK));
}

/* Another computer was given these numbers before the desk had a line to the centre. */
static void
test_numbers_are_dealt_already (void)
{
  g_auto (Lost) lost = { 0 };

  lose (&lost);
  reserve (lost.centre, OTHER, 5000);
  g_assert_cmpint (ask (lost.centre, &select_first, OTHER), <, sequence_of (lost.numbers[0]));
  piao_desk_sync (lost.desk, 0);
  for (guint i = 0; i < 2; i++)
    assert_kept (&lost, i);
  reserve (lost.centre, OTHER, 500);
  g_assert_cmpint (ask (lost.centre, &count_overlaps, FIXTURE_WAREHOUSE), ==, 0);
}

/* … and has used one of them on the same day, for an outlet whose number ends alike. That order
 * keeps it; the other gets a new one and says so. */
static void
test_number_is_taken (void)
{
  g_auto (Lost) lost = { 0 };
  g_autoptr (PiaoPushed) pushed = NULL;
  g_autoptr (PiaoVerdict) verdict = NULL;
  JsonArray *lines = json_array_new ();

  lose (&lost);
  reserve (lost.centre, OTHER, 5000);
  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                         "packs", 'i', (gint64)1, NULL));
  pushed = piao_pushed_new (
      "order.submit", piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's',
                                       "phone", "identity_checked", 'b', TRUE, "lines", 'a', lines,
                                       "number", 'i', sequence_of (lost.numbers[0]), NULL));
  pushed->id = (G_GINT64_CONSTANT (1) << 52) + OTHER;
  pushed->device = OTHER;
  pushed->dseq = 1;
  pushed->actor = FIXTURE_KEEPER;
  pushed->at = pushed->ruled_at = piao_clock_now (lost.centre->clock);
  verdict = piao_centre_execute (lost.centre, pushed);
  g_assert_cmpint (verdict->state, ==, PIAO_VERDICT_ACCEPTED);
  g_assert_cmpint (ask (lost.centre, &select_number, pushed->id + PIAO_ID_STRIDE), ==,
                   lost.numbers[0]);
  piao_desk_sync (lost.desk, 0);
  assert_kept (&lost, 1);
  g_assert_cmpint (ask (lost.centre, &count_orders, FIXTURE_WAREHOUSE), ==, 3);
  g_assert_cmpint (ask (lost.centre, &select_number, lost.orders[0]), !=, lost.numbers[0]);
  g_assert_cmpint (ask (lost.centre, &count_told, lost.orders[0]), ==, 1);
  g_assert_cmpint (piao_desk_int (lost.desk, &count_told, lost.orders[0]), ==, 1);
}

/* --- time ------------------------------------------------------------------------------------ */

/* Who begins the epoch on a computer whose clock is slow does not make orders younger than it. */
static void
test_begun_with_a_slow_clock (void)
{
  g_autoptr (PiaoCentre) centre = open_first_day ();

  piao_clock_advance (centre->clock, PIAO_DAY);
  piao_centre_run (centre, "outbox.lost", json_object_new ());
  piao_clock_set (centre->clock, PIAO_DAY);
  begin_epoch (centre);
  g_assert_cmpint (ask (centre, &count_too_late, 0), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/epoch/numbers-learnt", test_numbers_are_learnt);
  g_test_add_func ("/epoch/numbers-dealt-already", test_numbers_are_dealt_already);
  g_test_add_func ("/epoch/number-taken", test_number_is_taken);
  g_test_add_func ("/epoch/slow-clock", test_begun_with_a_slow_clock);
  return g_test_run ();
}
