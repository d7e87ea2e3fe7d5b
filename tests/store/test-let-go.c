/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Much has been decided before its rows come (store/piao-let-go.c). */

#include "base/piao-error.h"
#include "tests/store/outbox-world.h"

PIAO_STATEMENT (test_spoil, "UPDATE outbox SET args = '{}' WHERE state = 'accepted'");
PIAO_STATEMENT (test_on_top, "SELECT COUNT(*) FROM outbox WHERE undo IS NOT NULL");
PIAO_STATEMENT (test_shelves, "SELECT COUNT(*) FROM test_shelf");
PIAO_STATEMENT (test_rows_of_moves, "SELECT COUNT(*) FROM test_move");
PIAO_STATEMENT (test_moved, "SELECT SUM(n) FROM test_move");
PIAO_STATEMENT (test_stock, "SELECT SUM(stock) FROM test_shelf");

#define FEW 1
#define SHELVES 6

/* A shelf that both know, with 10. */
static gint64
begin (World *world)
{
  gint64 shelf = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("0", "零", NULL)));

  piao_outbox_set_few (FEW);
  world_run (world, "shelf.move", shelf_args_move (shelf, 10));
  world_push (world, 10);
  world_pull (world, world->seq);
  return shelf;
}

static void
add_shelves (World *world, const char *prefix)
{
  for (guint i = 0; i < SHELVES; i++)
    {
      g_autofree char *code = g_strdup_printf ("%s%u", prefix, i);
      gint64 shelf
          = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add (code, "新", NULL)));

      world_run (world, "shelf.move", shelf_args_move (shelf, i + 1));
    }
}

/* Were one of them run again, its rows would go: its arguments are not those any more. */
static void
test_nothing_is_run_again (World *world, gconstpointer data)
{
  gint64 shelf = begin (world), seq = world->seq;

  g_test_message ("Twelve commands are accepted, and one is made since");
  add_shelves (world, "a");
  world_push (world, 100);
  g_assert_true (piao_db_exec (world->desktop, &test_spoil, NULL, ""));
  world_run (world, "shelf.move", shelf_args_move (shelf, -3));
  g_test_message ("Their rows come one command at a time, and all are to be seen all the time");
  while (world->cursor < seq + 2 * SHELVES)
    {
      g_assert_true (world_pull_rows (world, world->cursor + 1));
      g_assert_cmpint (world_count (world->desktop, &test_shelves), ==, 1 + SHELVES);
      g_assert_cmpint (world_count (world->desktop, &test_moved), ==, 10 + 21 - 3);
      shelf_check (world->desktop);
      if (world->cursor + FEW >= seq + 2 * SHELVES)
        break;
    }
  g_test_message ("With the last all is the server's");
  world_push (world, 100);
  world_pull_rows (world, world->seq);
  world_assert_equal (world);
  g_assert_cmpint (world_count (world->desktop, &test_on_top), ==, 0);
}

static void
test_what_is_refused_goes_back (World *world, gconstpointer data)
{
  gint64 shelf = begin (world), seq = world->seq;

  g_test_message ("Another takes what is on the shelf; one of ours in the middle is refused");
  add_shelves (world, "a");
  world_run (world, "shelf.move", shelf_args_move (shelf, -8));
  add_shelves (world, "b");
  world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, -5));
  world_push (world, 100);
  g_assert_true (piao_db_exec (world->desktop, &test_spoil, NULL, ""));
  g_test_message ("It goes back with the first page; what is accepted stays");
  g_assert_true (world_pull_rows (world, seq + 1));
  g_assert_cmpint (world_count (world->desktop, &test_shelves), ==, 1 + 2 * SHELVES);
  g_assert_cmpint (world_count (world->desktop, &test_moved), ==, 5 + 2 * 21);
  g_assert_cmpint (world_count (world->desktop, &test_stock), ==, 5 + 2 * 21);
  g_assert_true (world_pull_rows (world, world->seq));
  world_assert_equal (world);
  g_assert_cmpint (world_count (world->desktop, &test_on_top), ==, 0);
}

/* The server did less with a command than was seen here: it had other rows. */
static void
test_what_does_not_come_goes_back (World *world, gconstpointer data)
{
  gint64 shelf = begin (world), onto;

  onto = SHELF_ROW_OF (world_run (world, "shelf.add", shelf_args_add ("1", "一", NULL)));
  add_shelves (world, "a");
  world_run (world, "shelf.empty", shelf_args_empty (shelf, onto));
  g_assert_cmpint (world_count (world->desktop, &test_rows_of_moves), ==, 1 + SHELVES + 2);
  world_run_elsewhere (world, "shelf.move", shelf_args_move (shelf, -10));
  world_push (world, 100);
  g_assert_true (world_pull_rows (world, world->seq));
  world_assert_equal (world);
  g_assert_cmpint (world_count (world->desktop, &test_on_top), ==, 0);
}

/* A code that went from one row to another: the first arrives, the second stays for now. */
static void
test_rows_in_the_way (World *world, gconstpointer data)
{
  gint64 shelf = begin (world), seq = world->seq;

  world_run (world, "shelf.code", shelf_args_code (shelf, "9"));
  world_run (world, "shelf.add", shelf_args_add ("0", "新", NULL));
  add_shelves (world, "a");
  world_push (world, 100);
  g_assert_false (world_pull_rows (world, seq + 1));
  g_assert_cmpint (world_count (world->desktop, &test_shelves), ==, 2 + SHELVES);
  world_pull_rows (world, world->seq);
  world_assert_equal (world);
}

/* One thing here or elsewhere. */
static void
do_anything (World *world, GArray *shelves)
{
  gint64 shelf = g_array_index (shelves, gint64, g_test_rand_int_range (0, (gint32)shelves->len));
  gint64 onto = g_array_index (shelves, gint64, g_test_rand_int_range (0, (gint32)shelves->len));
  g_autofree char *code = g_strdup_printf ("%d", g_test_rand_int_range (1, 60));
  int dice = g_test_rand_int_range (0, 10);
  gint64 id;

  if (dice < 2)
    {
      id = world_run (world, "shelf.add", shelf_args_add (code, "这里", NULL));
      shelf = SHELF_ROW_OF (id);
      if (id != 0)
        g_array_append_val (shelves, shelf);
    }
  else if (dice == 2)
    world_run_elsewhere (world, "shelf.add", shelf_args_add (code, "那里", NULL));
  else if (dice == 3 && shelf != onto)
    world_run (world, "shelf.empty", shelf_args_empty (shelf, onto));
  else if (dice < 6)
    world_run_elsewhere (world, "shelf.move",
                         shelf_args_move (shelf, g_test_rand_int_range (-9, 5)));
  else
    world_run (world, "shelf.move", shelf_args_move (shelf, g_test_rand_int_range (-5, 9)));
}

/* Whatever is done and however it comes, the end is the server's. */
static void
test_anything (World *world, gconstpointer data)
{
  g_autoptr (GArray) shelves = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 first = begin (world);
  guint by_rows = 0;

  g_array_append_val (shelves, first);
  for (guint round = 0; round < 100; round++)
    {
      for (int n = g_test_rand_int_range (0, 12); n > 0; n--)
        do_anything (world, shelves);
      if (g_test_rand_bit ())
        world_push (world, (guint)g_test_rand_int_range (1, 20));
      if (g_test_rand_bit ()
          && world_pull_rows (world, g_test_rand_int_range ((gint32)world->cursor,
                                                            (gint32)world->seq + 1)))
        by_rows++;
    }
  world_push (world, 10000);
  world_pull_rows (world, world->seq);
  world_assert_equal (world);
  g_assert_cmpint (world_count (world->desktop, &test_on_top), ==, 0);
  g_assert_cmpuint (by_rows, >, 5);
}

#define ADD(path, func) g_test_add (path, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/let-go/not-run-again", test_nothing_is_run_again);
  ADD ("/store/let-go/refused", test_what_is_refused_goes_back);
  ADD ("/store/let-go/does-not-come", test_what_does_not_come_goes_back);
  ADD ("/store/let-go/in-the-way", test_rows_in_the_way);
  ADD ("/store/let-go/anything", test_anything);
  return g_test_run ();
}
