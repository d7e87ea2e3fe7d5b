/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Whoever listens hears the last news of his lanes, and no other. */

#include "server/piao-turns.h"
#include "tests/lib/piao-fixture.h"

#define LISTENERS 6

typedef struct
{
  PiaoFixture *fixture;
  PiaoTurns *turns;
  PiaoAccess *here, *there; /* of two prefectures */
  PiaoTurn listeners[LISTENERS];
} World;

static PiaoAccess *
load (World *world, gint64 user)
{
  PiaoAccess *access = piao_access_load (world->fixture->db, user, NULL);

  g_assert_nonnull (access);
  return access;
}

static void
world_init (World *world)
{
  *world = (World){ .fixture = piao_fixture_new (), .turns = piao_turns_new () };
  world->here = load (world, FIXTURE_KEEPER);
  world->there = load (world, FIXTURE_STRANGER);
  g_assert_false (piao_access_sees_lane (world->here, FIXTURE_OTHER_LANE));
  g_assert_false (piao_access_sees_lane (world->there, FIXTURE_LANE));
}

static void
world_clear (World *world)
{
  for (guint i = 0; i < LISTENERS; i++)
    piao_turns_leave (world->turns, &world->listeners[i]);
  piao_turns_free (world->turns);
  piao_access_free (world->here);
  piao_access_free (world->there);
  piao_fixture_free (world->fixture);
}

/* Those of @here and @there in turn. */
static void
join_all (World *world)
{
  for (guint i = 0; i < LISTENERS; i++)
    piao_turns_join (world->turns, &world->listeners[i], i % 2 == 0 ? world->here : world->there);
}

static void
note (World *world, gint64 lane, gint64 seq)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (lanes, lane);
  piao_turns_note (world->turns, lanes, seq);
}

/* The next one; -1 for none. */
static int
take (World *world, gint64 *seq)
{
  gint64 lane;
  PiaoTurn *turn = piao_turns_take (world->turns, &lane, seq);

  return turn != NULL ? (int)(turn - world->listeners) : -1;
}

static void
test_own_lanes (void)
{
  World world;
  gint64 seq = 0;

  world_init (&world);
  join_all (&world);
  g_assert_cmpint (take (&world, &seq), ==, -1);
  note (&world, FIXTURE_LANE, 10);
  for (int i = 0; i < LISTENERS; i += 2)
    {
      g_assert_cmpint (take (&world, &seq), ==, i);
      g_assert_cmpint (seq, ==, 10);
    }
  g_assert_cmpint (take (&world, &seq), ==, -1);
  g_assert_false (piao_turns_are_waiting (world.turns));
  note (&world, 0, 11);
  for (guint i = 0; i < LISTENERS; i++)
    g_assert_cmpint (take (&world, &seq), >=, 0);
  g_assert_cmpint (take (&world, &seq), ==, -1);
  world_clear (&world);
}

/* A group is told of one moment; what has come meanwhile is told after the others. */
static void
test_together (void)
{
  World world;
  gint64 seq = 0;

  world_init (&world);
  join_all (&world);
  note (&world, FIXTURE_LANE, 10);
  note (&world, FIXTURE_OTHER_LANE, 11);
  g_assert_cmpint (take (&world, &seq), ==, 0);
  note (&world, FIXTURE_LANE, 12);
  g_assert_true (piao_turn_is_waiting (&world.listeners[0]));
  for (int i = 2; i < LISTENERS; i += 2)
    {
      g_assert_cmpint (take (&world, &seq), ==, i);
      g_assert_cmpint (seq, ==, 10);
    }
  for (int i = 1; i < LISTENERS; i += 2)
    {
      g_assert_cmpint (take (&world, &seq), ==, i);
      g_assert_cmpint (seq, ==, 11);
    }
  for (int i = 0; i < LISTENERS; i += 2)
    {
      g_assert_cmpint (take (&world, &seq), ==, i);
      g_assert_cmpint (seq, ==, 12);
    }
  g_assert_cmpint (take (&world, &seq), ==, -1);
  for (guint i = 0; i < LISTENERS; i++)
    g_assert_false (piao_turn_is_waiting (&world.listeners[i]));
  world_clear (&world);
}

static void
test_leave_in_the_turn (void)
{
  World world;
  gint64 seq = 0;

  world_init (&world);
  join_all (&world);
  note (&world, FIXTURE_LANE, 10);
  note (&world, FIXTURE_OTHER_LANE, 11);
  g_assert_cmpint (take (&world, &seq), ==, 0);
  piao_turns_leave (world.turns, &world.listeners[0]);
  g_assert_cmpint (take (&world, &seq), ==, 2);
  /* The last of its group: the turn goes on with the others. */
  piao_turns_leave (world.turns, &world.listeners[2]);
  piao_turns_leave (world.turns, &world.listeners[4]);
  for (int i = 1; i < LISTENERS; i += 2)
    g_assert_cmpint (take (&world, &seq), ==, i);
  g_assert_cmpint (take (&world, &seq), ==, -1);
  world_clear (&world);
}

/* Whose grants change before his turn still hears what there was to hear. */
static void
test_other_lanes (void)
{
  World world;
  gint64 seq = 0;

  world_init (&world);
  join_all (&world);
  note (&world, 0, 10);
  while (take (&world, &seq) >= 0)
    g_assert_cmpint (seq, ==, 10);
  note (&world, FIXTURE_LANE, 12);
  piao_turns_join (world.turns, &world.listeners[4], world.there);
  g_assert_true (piao_turn_is_waiting (&world.listeners[4]));
  for (gboolean heard = FALSE; !heard;)
    {
      int who = take (&world, &seq);

      g_assert_cmpint (who, >=, 0);
      g_assert_cmpint (seq, ==, 12);
      heard = who == 4;
    }
  while (take (&world, &seq) >= 0)
    continue;
  note (&world, FIXTURE_LANE, 13);
  for (int who; (who = take (&world, &seq)) >= 0;)
    g_assert_true (who == 0 || who == 2);
  world_clear (&world);
}

/* By chance: whatever happens in between, all have heard the last of their lanes in the end, and
 * nobody hears of an older moment after a newer one. */
static void
test_chance (void)
{
  World world;
  gint64 heard[LISTENERS] = { 0 }, last[2] = { 0 }, seq = 0, now = 1;

  world_init (&world);
  join_all (&world);
  for (guint step = 0; step < 20000; step++)
    {
      guint which = (guint)g_test_rand_int_range (0, 5);

      if (which < 2)
        {
          last[which] = now;
          note (&world, which == 0 ? FIXTURE_LANE : FIXTURE_OTHER_LANE, now++);
          continue;
        }
      if (which == 2)
        {
          guint i = (guint)g_test_rand_int_range (0, LISTENERS);

          if (piao_turn_is_waiting (&world.listeners[i]))
            continue;
          piao_turns_leave (world.turns, &world.listeners[i]);
          piao_turns_join (world.turns, &world.listeners[i], i % 2 == 0 ? world.here : world.there);
          heard[i] = world.listeners[i].told;
          continue;
        }
      int who = take (&world, &seq);

      if (who < 0)
        continue;
      g_assert_cmpint (seq, >, heard[who]);
      heard[who] = seq;
    }
  for (int who; (who = take (&world, &seq)) >= 0;)
    heard[who] = seq;
  for (guint i = 0; i < LISTENERS; i++)
    g_assert_cmpint (heard[i], ==, last[i % 2]);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turns/own-lanes", test_own_lanes);
  g_test_add_func ("/turns/together", test_together);
  g_test_add_func ("/turns/leave-in-the-turn", test_leave_in_the_turn);
  g_test_add_func ("/turns/other-lanes", test_other_lanes);
  g_test_add_func ("/turns/chance", test_chance);
  return g_test_run ();
}
