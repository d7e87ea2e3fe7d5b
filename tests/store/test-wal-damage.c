/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The log of a replica is damaged after a program that did not end: SQLite reads up to the damage
 * and says nothing. What had beeped is there all the same, or a person is told; and what a power
 * cut leaves is no damage.
 */

#include <glib/gstdio.h>
#include <libdex.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-outbox-file.h"
#include "store/piao-salvage.h"
#include "store/piao-wal-reader.h"
#include "tests/store/shelf.h"

#define PAGE 4096
#define FRAME (PAGE + 24)
#define HEADER 32
#define N_COMMANDS 20
#define N_PUT_AWAY 5

typedef struct
{
  char *folder, *path, *wal_path;
  GBytes *file, *wal; /* while the program runs */
  guint n_frames;
  guint last;     /* the first frame of the last transaction */
  guint last_two; /* and of the one before it */
} World;

static GBytes *
read_whole (const char *path)
{
  char *data = NULL;
  gsize size = 0;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

static DexFuture *
identify (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  if (!piao_setting_set (db, "device", "7", &error)
      || !piao_setting_set (db, "device.key", "a-key-that-nobody-guesses", &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

static void
find_transactions (World *world)
{
  PiaoWalReader wal;

  piao_wal_reader_init (&wal, world->wal, PAGE);
  world->n_frames = wal.n_frames;
  while (world->n_frames > 0 && !piao_wal_reader_follows (&wal, world->n_frames - 1))
    world->n_frames--;
  g_assert_cmpuint (world->n_frames, >, 3 * N_COMMANDS);
  g_assert_true (piao_wal_reader_is_commit (&wal, world->n_frames - 1));
  world->last = world->n_frames - 1;
  while (!piao_wal_reader_is_commit (&wal, world->last - 1))
    world->last--;
  world->last_two = world->last - 1;
  while (!piao_wal_reader_is_commit (&wal, world->last_two - 1))
    world->last_two--;
}

PIAO_STATEMENT (test_put_away,
                "UPDATE outbox SET state = 'discarded', decided = 1 WHERE dseq <= $1");

static DexFuture *
put_away (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  if (!piao_db_exec (db, &test_put_away, &error, "i", (gint64)N_PUT_AWAY))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

static PiaoReplica *
open_replica (World *world)
{
  g_autoptr (PiaoRegistry) registry = shelf_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_manual (G_GINT64_CONSTANT (1767322800000));
  g_autoptr (GError) error = NULL;
  PiaoReplica *replica = piao_replica_open (world->path, registry, clock, &error);

  g_assert_no_error (error);
  return replica;
}

static void
close_replica (PiaoReplica *replica)
{
  piao_replica_close (replica);
  g_object_unref (replica);
}

static void
write_job (PiaoReplica *replica, PiaoReplicaFunc func)
{
  g_autoptr (DexFuture) done = piao_replica_write (replica, func, NULL, NULL);

  g_assert_nonnull (piao_future_wait (done, NULL));
}

/* A desktop that has signed in, on another day: its work is in the log alone. At last a person has
 * put some of it away. */
static PiaoReplica *
work (World *world)
{
  PiaoReplica *replica = shelf_open_replica (world->path);
  gint64 shelf;

  write_job (replica, identify);
  close_replica (replica);
  replica = open_replica (world);
  piao_replica_set_actor (replica, 0, 7);
  shelf = shelf_run (replica, "shelf.add", shelf_args_add ("1", "一", NULL), NULL) + PIAO_ID_STRIDE;
  for (guint i = 1; i < N_COMMANDS; i++)
    {
      if (i == N_COMMANDS - 2)
        write_job (replica, put_away);
      g_assert_cmpint (shelf_run (replica, "shelf.move", shelf_args_move (shelf, 1), NULL), >, 0);
    }
  return replica;
}

static void
set_up (World *world)
{
  PiaoReplica *replica;

  *world = (World){ .folder = shelf_make_folder () };
  world->path = g_build_filename (world->folder, "replica.db", NULL);
  world->wal_path = g_strconcat (world->path, "-wal", NULL);
  replica = work (world);
  world->file = read_whole (world->path);
  world->wal = read_whole (world->wal_path);
  close_replica (replica);
  find_transactions (world);
}

static void
tear_down (World *world)
{
  shelf_remove_folder (world->folder);
  g_free (world->path);
  g_free (world->wal_path);
  g_bytes_unref (world->file);
  g_bytes_unref (world->wal);
}

static DexFuture *
read_all (PiaoDb *db, gpointer data)
{
  GPtrArray **entries = data;
  GError *error = NULL;

  *entries = piao_outbox_list (db, 10000, &error);
  return *entries != NULL ? dex_future_new_true () : dex_future_new_for_error (error);
}

/* The file as it was while the program ran, with this log. */
static void
put_files (World *world, const guint8 *wal, gsize size)
{
  gsize file_size = 0;
  const char *file = g_bytes_get_data (world->file, &file_size);

  shelf_empty_folder (world->folder);
  g_assert_true (g_file_set_contents_full (world->path, file, (gssize)file_size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_true (g_file_set_contents_full (world->wal_path, (const char *)wal, (gssize)size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* What a start of the program finds in the outbox, and what it tells a person (NULL: nothing). What
 * was put away stays so. */
static guint
start (World *world, const guint8 *wal, gsize size, char **told)
{
  PiaoReplica *replica;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (DexFuture) read = NULL;

  put_files (world, wal, size);
  replica = open_replica (world);
  read = piao_replica_read (replica, read_all, &entries, NULL);
  g_assert_nonnull (piao_future_wait (read, NULL));
  g_set_str (told, piao_replica_get_rescued (replica));
  close_replica (replica);
  for (guint i = 0; i < entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);

      g_assert_cmpint (entry->dseq, ==, entries->len - i);
      g_assert_cmpint (entry->decided, ==, entry->dseq <= N_PUT_AWAY);
    }
  return entries->len;
}

static guint8 *
copy_wal (World *world, gsize *size)
{
  const guint8 *wal = g_bytes_get_data (world->wal, size);

  return g_memdup2 (wal, *size);
}

/* --- damage ---------------------------------------------------------------------------------- */

static void
spoil (guint8 *frame, guint way)
{
  static const guint places[] = { 0, 5, 9, 18, 24, 24 + PAGE - 1 };

  if (way < G_N_ELEMENTS (places))
    frame[places[way]] ^= 0x10;
  else if (way == G_N_ELEMENTS (places))
    memset (frame, 0, FRAME);
  else
    memset (frame + 512, 0xa5, 512);
}

#define N_WAYS 8

/* One frame is harmed: nothing that had beeped is gone without a word but, at most, what was done
 * last: that looks as if the power had gone before it beeped. */
static void
test_every_frame (void)
{
  World world;
  guint told_of = 0, tail = 0;

  set_up (&world);
  for (guint frame = 0; frame < world.n_frames; frame++)
    {
      gsize size = 0;
      g_autofree guint8 *wal = copy_wal (&world, &size);
      g_autofree char *told = NULL;
      guint way = frame % N_WAYS, found;

      spoil (wal + HEADER + (gsize)frame * FRAME, way);
      found = start (&world, wal, size, &told);
      if (frame < world.last_two)
        g_assert_nonnull (told);
      if (told != NULL)
        {
          told_of++;
          g_assert_cmpuint (found, ==, N_COMMANDS);
        }
      else if (found < N_COMMANDS)
        tail++;
      g_assert_cmpuint (found, >=, N_COMMANDS - (frame < world.last ? 2 : 1));
    }
  g_test_message ("%u frames: %u times told, %u times the last command was not there",
                  world.n_frames, told_of, tail);
  g_assert_cmpuint (told_of, >=, world.last_two);
  tear_down (&world);
}

/* SQLite leaves out the whole log when a bit of its header is another. */
static void
test_every_byte_of_the_header (void)
{
  World world;

  set_up (&world);
  for (guint i = 0; i < HEADER; i++)
    {
      gsize size = 0;
      g_autofree guint8 *wal = copy_wal (&world, &size);
      g_autofree char *told = NULL;

      wal[i] ^= 1;
      g_assert_cmpuint (start (&world, wal, size, &told), ==, N_COMMANDS);
      g_assert_nonnull (told);
    }
  tear_down (&world);
}

/* --- no damage ------------------------------------------------------------------------------- */

static void
assert_quiet (World *world, const guint8 *wal, gsize size, guint at_least)
{
  g_autofree char *told = NULL;

  g_assert_cmpuint (start (world, wal, size, &told), >=, at_least);
  g_assert_null (told);
}

/* The power goes while the last command is written: any part of it is there, in any order. */
static void
test_power_cut (void)
{
  World world;
  gsize size = 0;
  const guint8 *whole;

  set_up (&world);
  whole = g_bytes_get_data (world.wal, &size);
  assert_quiet (&world, whole, size, N_COMMANDS);
  for (guint try = 0; try < 60; try++)
    {
      gsize begin = HEADER + (gsize)world.last * FRAME;
      gsize end = HEADER + (gsize)world.n_frames * FRAME;
      g_autofree guint8 *wal = g_memdup2 (whole, size);

      for (gsize at = begin; at < end; at += 512 - at % 512)
        if (g_test_rand_bit ())
          memset (wal + at, try % 3 == 0 ? 0xa5 : 0, MIN (512 - at % 512, end - at));
      assert_quiet (&world, wal, try % 2 == 0 ? size : end - try * 97, N_COMMANDS - 1);
    }
  tear_down (&world);
}

/* The power goes in the header of a log that begins anew: all that it held is in the file. */
static void
test_cut_in_the_header (void)
{
  World world;
  gsize size = 0;
  const guint8 *whole;
  PiaoReplica *replica;
  g_autoptr (PiaoDb) other = NULL;

  set_up (&world);
  shelf_empty_folder (world.folder);
  replica = work (&world);
  other = piao_db_open (world.path, PIAO_DB_READ_WRITE, NULL);
  g_assert_cmpint (sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (other), NULL,
                                              SQLITE_CHECKPOINT_PASSIVE, NULL, NULL),
                   ==, SQLITE_OK);
  g_clear_pointer (&world.file, g_bytes_unref);
  g_clear_pointer (&world.wal, g_bytes_unref);
  world.file = read_whole (world.path);
  world.wal = read_whole (world.wal_path);
  g_clear_pointer (&other, piao_db_free);
  close_replica (replica);
  whole = g_bytes_get_data (world.wal, &size);
  for (guint cut = 0; cut <= HEADER; cut += 4)
    {
      g_autofree guint8 *wal = g_memdup2 (whole, size);

      memset (wal, 0x5a, cut);
      assert_quiet (&world, wal, size, N_COMMANDS);
    }
  tear_down (&world);
}

/* --- another program ------------------------------------------------------------------------- */

PIAO_STATEMENT (test_any_entry, "SELECT MAX(dseq) FROM outbox");

/* A program that has the database open, until nothing more is to be read from @end. */
static void
hold_open (World *world, int begun, int end)
{
  PiaoDb *db = piao_db_open (world->path, PIAO_DB_READ_ONLY, NULL);
  gint64 n = 0;
  char word = 0;

  if (db == NULL || !piao_db_query_int (db, &test_any_entry, 0, &n, NULL, "") || n == 0
      || write (begun, &word, 1) != 1)
    _exit (1);
  _exit (read (end, &word, 1) == 0 ? 0 : 1);
}

/* While another program writes, what looks like damage is only half written. */
static void
test_in_use (void)
{
  World world;
  int begun[2], end[2], status = 0;
  pid_t pid;
  char word;
  gsize size = 0;
  g_autofree guint8 *wal = NULL;

  set_up (&world);
  wal = copy_wal (&world, &size);
  put_files (&world, wal, size);
  g_assert_false (piao_salvage_has_lost (world.path));
  g_assert_cmpint (pipe (begun), ==, 0);
  g_assert_cmpint (pipe (end), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      close (end[1]);
      hold_open (&world, begun[1], end[0]);
    }
  close (begun[1]);
  close (end[0]);
  g_assert_cmpint (read (begun[0], &word, 1), ==, 1);
  spoil (wal + HEADER + FRAME, 0);
  g_assert_true (g_file_set_contents_full (world.wal_path, (const char *)wal, (gssize)size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_false (piao_salvage_has_lost (world.path));
  close (end[1]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (piao_salvage_has_lost (world.path));
  close (begun[0]);
  tear_down (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/store/wal-damage/every-frame", test_every_frame);
  g_test_add_func ("/store/wal-damage/header", test_every_byte_of_the_header);
  g_test_add_func ("/store/wal-damage/power-cut", test_power_cut);
  g_test_add_func ("/store/wal-damage/cut-in-the-header", test_cut_in_the_header);
  g_test_add_func ("/store/wal-damage/in-use", test_in_use);
  return g_test_run ();
}
