/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An outbox with more entries than a start looks at, damaged here and there: what waits is known to
 * be unreadable before the first scan, what is done with soon after it. */

#include <gio/gio.h>
#include <libdex.h>
#include <sqlite3.h>
#include <string.h>

#include "base/piao-error.h"
#include "store/piao-outbox-private.h"
#include "store/piao-schema.h"
#include "tests/store/shelf.h"

#define PAGE 4096
#define N_ENTRIES 2600
#define LIMIT_SECONDS 20

PIAO_STATEMENT (check_fill,
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
                " INSERT INTO outbox (dseq, id, name, args, at, actor, state, decided, seq)"
                " SELECT i, i * 4194304 * 10, 'shelf.move', '{\"shelf\":\"1\",\"n\":' || i || '}',"
                " 1750000000000, 1, 'accepted', 1, i FROM n");
PIAO_STATEMENT (check_reopen,
                "UPDATE outbox SET decided = 0, state = 'queued', seq = 0 WHERE dseq = $1");
PIAO_STATEMENT (check_oldest_leaf,
                "SELECT pageno FROM dbstat WHERE name = 'outbox' AND pagetype = 'leaf'"
                " ORDER BY path LIMIT 1");
PIAO_STATEMENT (check_newest_leaf,
                "SELECT pageno FROM dbstat WHERE name = 'outbox' AND pagetype = 'leaf'"
                " ORDER BY path DESC LIMIT 1");
PIAO_STATEMENT (check_index, "SELECT pageno FROM dbstat WHERE name = 'outbox_open'");
PIAO_STATEMENT (check_count, "SELECT COUNT(*) FROM outbox");

typedef struct
{
  char *folder, *path;
} World;

/* --- the file -------------------------------------------------------------------------------- */

static PiaoDb *
open_file (World *self)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (self->path, PIAO_DB_READ_WRITE, &error);

  g_assert_no_error (error);
  return db;
}

static void
run (World *self, const PiaoStatement *statement, gint64 value)
{
  g_autoptr (PiaoDb) db = open_file (self);
  g_autoptr (GError) error = NULL;

  piao_db_exec (db, statement, &error, "i", value);
  g_assert_no_error (error);
}

static void
set_up (World *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PiaoReplica *replica;
  g_autoptr (PiaoDb) db = NULL;

  self->folder = shelf_make_folder ();
  self->path = g_build_filename (self->folder, "replica.db", NULL);
  replica = shelf_open_replica (self->path);
  piao_replica_close (replica);
  g_object_unref (replica);
  db = open_file (self);
  piao_setting_set (db, "device", "7", &error);
  piao_setting_set (db, "device.key", "a-key-that-nobody-guesses", &error);
  g_assert_no_error (error);
  g_clear_pointer (&db, piao_db_free);
  run (self, &check_fill, N_ENTRIES);
}

static void
tear_down (World *self, gconstpointer data)
{
  shelf_remove_folder (self->folder);
  g_free (self->path);
}

static gsize
find_page (World *self, const PiaoStatement *statement)
{
  g_autoptr (PiaoDb) db = open_file (self);
  gint64 page = 0;

  g_assert_true (piao_db_query_int (db, statement, 0, &page, NULL, ""));
  g_assert_cmpint (page, >, 1);
  return (gsize)page - 1;
}

/* The whole file. Transfer full. */
static GByteArray *
read_file (World *self)
{
  char *data = NULL;
  gsize size = 0;

  g_assert_true (g_file_get_contents (self->path, &data, &size, NULL));
  return g_byte_array_new_take ((guint8 *)data, size);
}

/* The newer half of its rows is overwritten. */
static void
damage (World *self, const PiaoStatement *statement)
{
  gsize page = find_page (self, statement);
  g_autoptr (GByteArray) file = read_file (self);

  memset (file->data + page * PAGE + PAGE / 2, 0, PAGE / 2);
  g_assert_true (g_file_set_contents (self->path, (char *)file->data, (gssize)file->len, NULL));
}

/* Entry @dseq waits again, but the disk has not written the page of the index that says so. */
static void
hide (World *self, gint64 dseq)
{
  gsize page = find_page (self, &check_index);
  g_autoptr (GByteArray) before = read_file (self);
  g_autoptr (GByteArray) after = NULL;

  run (self, &check_reopen, dseq);
  after = read_file (self);
  g_assert_cmpint (memcmp (before->data + page * PAGE, after->data + page * PAGE, PAGE), !=, 0);
  memcpy (after->data + page * PAGE, before->data + page * PAGE, PAGE);
  g_assert_true (g_file_set_contents (self->path, (char *)after->data, (gssize)after->len, NULL));
}

/* --- the two looks --------------------------------------------------------------------------- */

static gboolean
look (World *self)
{
  g_autoptr (PiaoDb) db = open_file (self);
  g_autoptr (GError) error = NULL;

  if (piao_outbox_check (db, &error))
    return TRUE;
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "db.corrupt");
  return FALSE;
}

static gboolean
look_at_all (World *self)
{
  g_autoptr (PiaoDb) db = open_file (self);
  gint64 below = G_MAXINT64;

  while (below > 0)
    {
      gint64 last = below;
      g_autoptr (GError) error = NULL;

      if (!piao_outbox_check_more (db, &below, &error))
        {
          g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
          return FALSE;
        }
      g_assert_cmpint (below, <, last);
      g_assert_true (below == 0 || last - below <= 1000 || last == G_MAXINT64);
    }
  return TRUE;
}

static void
test_sound (World *self, gconstpointer data)
{
  g_assert_true (look (self));
  g_assert_true (look_at_all (self));
  run (self, &check_reopen, 3);
  run (self, &check_reopen, N_ENTRIES);
  g_assert_true (look (self));
  g_assert_true (look_at_all (self));
}

static void
test_empty (World *self, gconstpointer data)
{
  g_autoptr (PiaoDb) db = piao_db_open (":memory:", 0, NULL);
  gint64 below = G_MAXINT64;

  g_assert_true (piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, NULL));
  g_assert_true (piao_outbox_check (db, NULL));
  g_assert_true (piao_outbox_check_more (db, &below, NULL));
  g_assert_cmpint (below, ==, 0);
}

static void
test_done_with (World *self, gconstpointer data)
{
  damage (self, &check_oldest_leaf);
  g_assert_true (look (self));
  g_assert_false (look_at_all (self));
}

/* The first scan must not come before this is known. */
static void
test_waiting (World *self, gconstpointer data)
{
  run (self, &check_reopen, 3);
  damage (self, &check_oldest_leaf);
  g_assert_false (look (self));
}

static void
test_newest (World *self, gconstpointer data)
{
  damage (self, &check_newest_leaf);
  g_assert_false (look (self));
}

static void
test_hidden (World *self, gconstpointer data)
{
  hide (self, N_ENTRIES - 1);
  g_assert_false (look (self));
}

static void
test_hidden_long_ago (World *self, gconstpointer data)
{
  hide (self, 3);
  g_assert_false (look_at_all (self));
}

/* --- a replica that is idle ------------------------------------------------------------------ */

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
await_note (World *self)
{
  g_autofree char *mark = g_strconcat (self->path, ".is-damaged", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (mark);
  g_autoptr (GFileMonitor) monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  gboolean late = FALSE;
  guint limit = g_timeout_add_seconds (LIMIT_SECONDS, set_flag, &late);

  while (!g_file_query_exists (file, NULL))
    {
      g_assert_false (late);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (limit);
}

static gint64
count_entries (World *self)
{
  g_autoptr (PiaoDb) db = open_file (self);
  gint64 n = 0;

  g_assert_true (piao_db_query_int (db, &check_count, 0, &n, NULL, ""));
  return n;
}

static void
test_noted (World *self, gconstpointer data)
{
  g_autoptr (PiaoReplica) first = NULL;
  g_autoptr (PiaoReplica) second = NULL;
  g_autoptr (GError) error = NULL;

  damage (self, &check_oldest_leaf);
  first = shelf_open_replica (self->path);
  g_assert_null (piao_replica_get_rescued (first));
  await_note (self);
  /* It goes on as well as it can, and what is done now is kept. */
  g_assert_cmpint (shelf_run (first, "shelf.add", shelf_args_add ("1", "一", NULL), &error), >, 0);
  g_assert_no_error (error);
  piao_replica_close (first);
  second = shelf_open_replica (self->path);
  g_assert_nonnull (piao_replica_get_rescued (second));
  piao_replica_close (second);
  g_assert_cmpint (count_entries (self), <, N_ENTRIES + 1);
  g_assert_cmpint (count_entries (self), >, N_ENTRIES - 50);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/outbox-check/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  ADD ("sound", test_sound);
  ADD ("empty", test_empty);
  ADD ("done-with", test_done_with);
  ADD ("waiting", test_waiting);
  ADD ("newest", test_newest);
  ADD ("hidden", test_hidden);
  ADD ("hidden-long-ago", test_hidden_long_ago);
  ADD ("noted", test_noted);
  return g_test_run ();
}
