/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A replica is damaged in every page and in several ways: it opens, or is rescued with its outbox,
 * or says what is missing. What can be read is never dropped without a word. */

#include <glib/gstdio.h>
#include <libdex.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-outbox-file.h"
#include "store/piao-rescue.h"
#include "store/piao-salvage.h"
#include "tests/store/shelf.h"

#define PAGE 4096
#define N_COMMANDS 40
#define N_ACCEPTED 10

PIAO_STATEMENT (rescue_outbox_pages,
                "SELECT COUNT(*) FROM dbstat WHERE name = 'outbox' AND pageno = $1");
PIAO_STATEMENT (rescue_setting_pages,
                "SELECT COUNT(*) FROM dbstat WHERE name = 'setting' AND pageno = $1");

typedef struct
{
  char *folder, *path;
  GBytes *sound;
  gboolean outbox_page[256], setting_page[256];
  guint n_pages;
} World;

static DexFuture *
settle (PiaoDb *db, gpointer data)
{
  g_autoptr (GPtrArray) entries = piao_outbox_list_unsent (db, N_ACCEPTED, NULL);
  GError *error = NULL;

  for (guint i = 0; i < entries->len; i++)
    if (!piao_outbox_accept (db, ((PiaoOutboxEntry *)g_ptr_array_index (entries, i))->id, i + 1,
                             &error))
      return dex_future_new_for_error (error);
  if (!piao_setting_set (db, "device", "7", &error)
      || !piao_setting_set (db, "device.key", "a-key-that-nobody-guesses", &error)
      || !piao_setting_set (db, "sync.epoch", "epoch-1", &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

static void
find_pages (World *world)
{
  g_autoptr (PiaoDb) db = piao_db_open (world->path, PIAO_DB_READ_ONLY, NULL);

  world->n_pages = (guint)(g_bytes_get_size (world->sound) / PAGE);
  g_assert_cmpuint (world->n_pages, <, G_N_ELEMENTS (world->outbox_page));
  for (guint i = 1; i <= world->n_pages; i++)
    {
      gint64 outbox = 0;
      gint64 setting = 0;

      piao_db_query_int (db, &rescue_outbox_pages, 0, &outbox, NULL, "i", (gint64)i);
      piao_db_query_int (db, &rescue_setting_pages, 0, &setting, NULL, "i", (gint64)i);
      world->outbox_page[i] = outbox > 0;
      world->setting_page[i] = setting > 0;
    }
}

static void
set_up (World *world)
{
  PiaoReplica *replica;
  gint64 shelf;
  char *data = NULL;
  gsize size = 0;
  g_autoptr (DexFuture) done = NULL;

  *world = (World){ .folder = shelf_make_folder () };
  world->path = g_build_filename (world->folder, "replica.db", NULL);
  replica = shelf_open_replica (world->path);
  piao_replica_set_actor (replica, 0, 7);
  shelf = shelf_run (replica, "shelf.add", shelf_args_add ("1", "一", NULL), NULL) + PIAO_ID_STRIDE;
  for (guint i = 1; i < N_COMMANDS; i++)
    {
      g_autofree char *name = g_strnfill (150 + i % 40, 'n');

      g_assert_cmpint (shelf_run (replica, "shelf.rename", shelf_args_rename (shelf, name), NULL),
                       >, 0);
    }
  done = piao_replica_write (replica, settle, NULL, NULL);
  g_assert_nonnull (piao_future_wait (done, NULL));
  piao_replica_close (replica);
  g_object_unref (replica);
  g_assert_true (g_file_get_contents (world->path, &data, &size, NULL));
  world->sound = g_bytes_new_take (data, size);
  find_pages (world);
}

static void
tear_down (World *world)
{
  shelf_remove_folder (world->folder);
  g_free (world->path);
  g_bytes_unref (world->sound);
}

static DexFuture *
read_all (PiaoDb *db, gpointer data)
{
  GPtrArray **entries = data;
  GError *error = NULL;

  *entries = piao_outbox_list (db, 10000, &error);
  return *entries != NULL ? dex_future_new_true () : dex_future_new_for_error (error);
}

/* A replica is opened, and used as a program would; damage that shows then is rescued at the next
 * start. Transfer full. */
static GPtrArray *
open_and_read (World *world, char **rescued)
{
  g_autoptr (PiaoRegistry) registry = shelf_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_manual (G_GINT64_CONSTANT (1767322800000));
  GPtrArray *entries = NULL;

  for (guint start = 0; entries == NULL; start++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PiaoReplica) replica = piao_replica_open (world->path, registry, clock, &error);
      g_autoptr (DexFuture) read = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (start, <, 3);
      read = piao_replica_read (replica, read_all, &entries, NULL);
      piao_future_wait (read, NULL);
      g_set_str (rescued, piao_replica_get_rescued (replica));
      piao_replica_close (replica);
    }
  return entries;
}

/* The newest export says what the sentence says. */
static PiaoOutboxFile *
read_export (World *world)
{
  g_autoptr (GDir) folder = g_dir_open (world->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (name, ".jsonl"))
      {
        g_autofree char *file = g_build_filename (world->folder, name, NULL);
        char *data = NULL;
        gsize size = 0;
        g_autoptr (GBytes) content = NULL;

        g_assert_true (g_file_get_contents (file, &data, &size, NULL));
        content = g_bytes_new_take (data, size);
        return piao_outbox_file_read (content, NULL);
      }
  return NULL;
}

typedef struct
{
  guint sound, whole, partial, exported;
} Tally;

/* @bytes take the place of the replica; @outbox and @settings say whether these were hit. */
static void
try_damage (
    World *world, const guint8 *bytes, gsize size, gboolean outbox, gboolean settings, Tally *tally)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (PiaoOutboxFile) file = NULL;
  g_autofree char *rescued = NULL;

  shelf_empty_folder (world->folder);
  g_assert_true (g_file_set_contents (world->path, (const char *)bytes, (gssize)size, NULL));
  entries = open_and_read (world, &rescued);
  file = read_export (world);
  if (rescued == NULL)
    {
      g_assert_cmpuint (entries->len, ==, N_COMMANDS);
      tally->sound++;
      return;
    }
  g_assert_nonnull (file);
  if (entries->len == 0)
    {
      g_assert_true (settings || outbox);
      tally->exported++;
    }
  else
    g_assert_cmpuint (entries->len, ==, file->entries->len);
  if (!outbox)
    g_assert_cmpuint (file->entries->len, ==, N_COMMANDS);
  if (file->entries->len == N_COMMANDS)
    tally->whole++;
  else
    tally->partial++;
}

static void
test_every_page (void)
{
  World world;
  Tally tally = { 0 };
  gsize size;
  const guint8 *sound;

  set_up (&world);
  sound = g_bytes_get_data (world.sound, &size);
  for (guint page = 1; page <= world.n_pages; page++)
    for (guint way = 0; way < 5; way++)
      {
        g_autofree guint8 *bytes = g_memdup2 (sound, size);
        guint8 *at = bytes + (gsize)(page - 1) * PAGE;

        if (way == 0)
          memset (at, 0, PAGE);
        else if (way == 1)
          memset (at, 0xa5, PAGE);
        else if (way == 2)
          at[page == 1 ? 100 : 0] ^= 0x5a;
        else if (way == 3)
          at[(page == 1 ? 100 : 0) + 5] ^= 0xff;
        else
          memset (at + PAGE / 2, 0, PAGE / 2);
        try_damage (&world, bytes, size, world.outbox_page[page], world.setting_page[page], &tally);
      }
  g_test_message ("%u pages: %u unharmed, %u rescued whole, %u in part, %u to a file alone",
                  world.n_pages, tally.sound, tally.whole, tally.partial, tally.exported);
  g_assert_cmpuint (tally.whole, >, world.n_pages / 4);
  tear_down (&world);
}

static void
test_truncated (void)
{
  World world;
  Tally tally = { 0 };
  gsize size;
  const guint8 *sound;

  set_up (&world);
  sound = g_bytes_get_data (world.sound, &size);
  for (gsize left = 1; left < size; left += 2 * PAGE + 13)
    {
      gboolean outbox = FALSE, settings = FALSE;

      for (guint page = 1; page <= world.n_pages; page++)
        if ((gsize)page * PAGE > left)
          {
            outbox |= world.outbox_page[page];
            settings |= world.setting_page[page];
          }
      try_damage (&world, sound, left, outbox, settings, &tally);
    }
  g_assert_cmpuint (tally.partial, >, 0);
  tear_down (&world);
}

/* Everything but the pages of the two tables is gone: all of it comes back, and goes on. */
static void
test_rescued_goes_on (void)
{
  World world;
  gsize size;
  const guint8 *sound;
  g_autofree guint8 *bytes = NULL;
  g_autofree char *rescued = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (PiaoDb) db = NULL;
  g_autofree char *device = NULL;
  g_autofree char *epoch = NULL;

  set_up (&world);
  sound = g_bytes_get_data (world.sound, &size);
  bytes = g_malloc0 (size);
  for (guint page = 1; page <= world.n_pages; page++)
    if (world.outbox_page[page] || world.setting_page[page])
      memcpy (bytes + (gsize)(page - 1) * PAGE, sound + (gsize)(page - 1) * PAGE, PAGE);
  shelf_empty_folder (world.folder);
  g_assert_true (g_file_set_contents (world.path, (const char *)bytes, (gssize)size, NULL));
  entries = open_and_read (&world, &rescued);
  g_assert_nonnull (rescued);
  g_assert_cmpuint (entries->len, ==, N_COMMANDS);
  db = piao_db_open (world.path, PIAO_DB_READ_WRITE, NULL);
  device = piao_setting_get (db, "device", NULL);
  epoch = piao_setting_get (db, "sync.epoch", NULL);
  g_assert_cmpstr (device, ==, "7");
  g_assert_cmpstr (epoch, ==, PIAO_RESCUE_EPOCH);
  {
    g_autoptr (GPtrArray) unsent = piao_outbox_list_unsent (db, 1000, NULL);
    const PiaoOutboxEntry *first = g_ptr_array_index (unsent, 0);

    g_assert_cmpuint (unsent->len, ==, N_COMMANDS - N_ACCEPTED);
    g_assert_cmpint (first->dseq, ==, N_ACCEPTED + 1);
  }
  tear_down (&world);
}

/* The machine stops between any two moves of files: the next start finishes. */
static void
test_interrupted (void)
{
  World world;
  g_autofree char *fresh = NULL;
  g_autofree char *rescued = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  set_up (&world);
  fresh = g_strconcat (world.path, ".fresh", NULL);
  g_assert_cmpint (g_rename (world.path, fresh), ==, 0);
  entries = open_and_read (&world, &rescued);
  g_assert_cmpuint (entries->len, ==, N_COMMANDS);
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
  tear_down (&world);
}

PIAO_STATEMENT (rescue_forget, "DELETE FROM outbox WHERE dseq = $1");
PIAO_STATEMENT (rescue_highest, "SELECT MAX(dseq) FROM outbox");

static void
test_gaps (void)
{
  World world;
  g_autoptr (PiaoDb) db = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  gboolean changed = FALSE;
  gint64 highest = 0;

  set_up (&world);
  db = piao_db_open (world.path, PIAO_DB_READ_WRITE, NULL);
  g_assert_true (piao_db_begin (db, NULL));
  for (gint64 dseq = 20; dseq < 23; dseq++)
    g_assert_true (piao_db_exec (db, &rescue_forget, NULL, "i", dseq));
  /* The centre has had 21 of them: one is lost. */
  g_assert_true (piao_outbox_close_gaps (db, 22, &changed, NULL));
  g_assert_true (changed);
  entries = piao_outbox_list_unsent (db, 1000, NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);

      g_assert_true ((entry->dseq == 22) == g_str_equal (entry->name, "outbox.lost"));
      g_assert_cmpuint (piao_id_get_device (entry->id), ==, 7);
    }
  /* The centre has had more than is left here: their numbers are not used again. */
  changed = FALSE;
  g_assert_true (piao_outbox_close_gaps (db, N_COMMANDS + 10, &changed, NULL));
  g_assert_false (changed);
  piao_db_query_int (db, &rescue_highest, 0, &highest, NULL, "");
  g_assert_cmpint (highest, ==, N_COMMANDS + 9);
  g_assert_true (piao_db_commit (db, NULL));
  g_clear_pointer (&db, piao_db_free);
  tear_down (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/store/rescue/every-page", test_every_page);
  g_test_add_func ("/store/rescue/truncated", test_truncated);
  g_test_add_func ("/store/rescue/goes-on", test_rescued_goes_on);
  g_test_add_func ("/store/rescue/interrupted", test_interrupted);
  g_test_add_func ("/store/rescue/gaps", test_gaps);
  return g_test_run ();
}
