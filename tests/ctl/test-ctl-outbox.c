/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What waits on a computer is carried by hand, as a person does it with piaokuctl: to the centre
 * and into an older file of the same computer; twice changes nothing, and what does not belong
 * there is refused. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/piao-future.h"
#include "store/piao-outbox-file.h"
#include "sync/piao-pull.h"
#include "tests/lib/piao-centre.h"

enum
{
  DEVICE = 8,
  OTHER = 9,
};

PIAO_STATEMENT (outbox_set_key, "UPDATE device SET key_hash = $2 WHERE number = $1");
PIAO_STATEMENT (outbox_orders, "SELECT COUNT(*) FROM orders");
PIAO_STATEMENT (outbox_log, "SELECT COUNT(*) FROM command_log");
PIAO_STATEMENT (outbox_waiting, "SELECT COUNT(*) FROM outbox WHERE decided = 0");
PIAO_STATEMENT (outbox_revoke, "UPDATE device SET revoked = $2 WHERE number = $1");

typedef struct
{
  char *folder;
  char *server;
  char *file;
  char *older; /* of the desk's file, before anything waited */
  char *said;
  PiaoCentre *centre;
  PiaoDesk *desk;
} World;

/* The computer of @desk, as a sign-in would have made it known. */
static void
give_key (World *self, PiaoDesk *desk, const char *key)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *number = g_strdup_printf ("%u", desk->device);
  g_autoptr (PiaoDb) db
      = piao_db_open (piao_replica_get_path (desk->replica), PIAO_DB_READ_WRITE, NULL);

  g_assert_true (piao_db_exec (self->centre->fixture->db, &outbox_set_key, NULL, "is",
                               (gint64)desk->device, hash));
  g_assert_true (piao_setting_set (db, "device", number, NULL));
  g_assert_true (piao_setting_set (db, "device.key", key, NULL));
}

static void
copy_replica (World *self)
{
  g_autoptr (PiaoDb) db
      = piao_db_open (piao_replica_get_path (self->desk->replica), PIAO_DB_READ_WRITE, NULL);
  g_autofree char *sql = g_strconcat ("VACUUM INTO '", self->older, "'", NULL);
  g_autoptr (GError) error = NULL;

  piao_db_script (db, sql, &error);
  g_assert_no_error (error);
}

/* A desk that is without a line and has taken two orders. */
static void
set_up (World *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("piaokuctl-XXXXXX", NULL);
  self->server = g_build_filename (self->folder, "server.db", NULL);
  self->file = g_build_filename (self->folder, "waiting.outbox", NULL);
  self->older = g_build_filename (self->folder, "older.db", NULL);
  g_setenv ("PIAOKU_TEST_DATABASE", self->server, TRUE);
  self->centre = piao_centre_new ();
  g_unsetenv ("PIAOKU_TEST_DATABASE");
  piao_centre_add_device (self->centre, DEVICE, FIXTURE_KEEPER);
  piao_centre_add_device (self->centre, OTHER, FIXTURE_PICKER);
  self->desk = piao_desk_new (self->centre, DEVICE, FIXTURE_KEEPER);
  give_key (self, self->desk, "the-secret-of-8");
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  copy_replica (self);
  for (int i = 0; i < 2; i++)
    piao_desk_run (self->desk, "order.submit", piao_fixture_order_args (1, 0));
}

static void
tear_down (World *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  piao_desk_free (self->desk);
  piao_centre_free (self->centre);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->server);
  g_free (self->file);
  g_free (self->older);
  g_free (self->said);
}

/* The exit status; what it said, on either side, is in @self. */
static int
run (World *self, const char *verb, const char *file, const char *database)
{
  const char *const carry[]
      = { g_getenv ("PIAOKUCTL"), "outbox", verb, file, "--database", database, NULL };
  const char *const verify[] = { g_getenv ("PIAOKUCTL"), "verify", "--database", database, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv (file == NULL ? verify : carry,
                           G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                           &error);

  g_assert_no_error (error);
  g_clear_pointer (&self->said, g_free);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &self->said, NULL, &error));
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

static const char *
replica_of (World *self)
{
  return piao_replica_get_path (self->desk->replica);
}

static gint64
count (const char *path, const PiaoStatement *statement)
{
  g_autoptr (PiaoDb) db = piao_db_open (path, PIAO_DB_READ_ONLY, NULL);
  gint64 n = -1;

  g_assert_true (piao_db_query_int (db, statement, -1, &n, NULL, ""));
  return n;
}

/* It is refused with a sentence, and the centre is what it was. */
static void
assert_refused (World *self, const char *file, const char *database)
{
  g_autofree char *before
      = piao_dump (self->centre->fixture->registry, self->centre->fixture->db, NULL);
  g_autofree char *after = NULL;
  gint64 entries = count (self->server, &outbox_log);

  g_assert_cmpint (run (self, "import", file, database), ==, 1);
  g_assert_true (g_str_has_prefix (self->said, "piaokuctl outbox: "));
  g_assert_cmpuint (strlen (self->said), >, 40);
  after = piao_dump (self->centre->fixture->registry, self->centre->fixture->db, NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (count (self->server, &outbox_log), ==, entries);
}

/* The computer dies after it was carried, or comes back: all the same. */
static void
test_to_centre (World *self, gconstpointer data)
{
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;
  gint64 entries;

  g_assert_cmpint (run (self, "export", self->file, replica_of (self)), ==, 0);
  g_assert_cmpint (run (self, "import", self->file, self->server), ==, 0);
  g_assert_cmpint (count (self->server, &outbox_orders), ==, 2);
  entries = count (self->server, &outbox_log);
  once = piao_dump (self->centre->fixture->registry, self->centre->fixture->db, NULL);
  g_assert_cmpint (run (self, "import", self->file, self->server), ==, 0);
  twice = piao_dump (self->centre->fixture->registry, self->centre->fixture->db, NULL);
  g_assert_cmpstr (once, ==, twice);
  g_assert_cmpint (count (self->server, &outbox_log), ==, entries);
  /* The line is back: it hears what was decided, and sends what is new. */
  piao_desk_run (self->desk, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (count (replica_of (self), &outbox_waiting), ==, 0);
  g_assert_cmpint (count (replica_of (self), &outbox_orders), ==, 3);
  g_assert_cmpint (count (self->server, &outbox_orders), ==, 3);
  g_assert_cmpint (run (self, "verify", NULL, self->server), ==, 0);
  g_assert_cmpint (run (self, "verify", NULL, replica_of (self)), ==, 0);
}

/* The disk dies; a copy of the day before is put in its place and takes in what was saved. */
static void
test_to_older_file (World *self, gconstpointer data)
{
  g_assert_cmpint (run (self, "export", self->file, replica_of (self)), ==, 0);
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (run (self, "import", self->file, self->older), ==, 0);
      g_assert_cmpint (count (self->older, &outbox_waiting), ==, 2);
    }
  piao_replica_close (self->desk->replica);
  {
    g_autofree char *content = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (self->older, &content, &size, NULL));
    g_assert_true (g_file_set_contents (replica_of (self), content, (gssize)size, NULL));
  }
  piao_desk_restart (self->desk);
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (count (self->server, &outbox_orders), ==, 2);
  g_assert_cmpint (count (replica_of (self), &outbox_orders), ==, 2);
  g_assert_cmpint (count (replica_of (self), &outbox_waiting), ==, 0);
  g_assert_cmpint (run (self, "verify", NULL, replica_of (self)), ==, 0);
}

static void
test_foreign (World *self, gconstpointer data)
{
  g_autoptr (PiaoDesk) other = piao_desk_new (self->centre, OTHER, FIXTURE_PICKER);
  g_autofree char *theirs = g_build_filename (self->folder, "theirs.outbox", NULL);

  give_key (self, other, "the-secret-of-9");
  piao_desk_sync (other, PIAO_PULL_MAX_BYTES);
  piao_desk_run (other, "order.submit", piao_fixture_order_args (1, 0));
  g_assert_cmpint (run (self, "export", theirs, piao_replica_get_path (other->replica)), ==, 0);
  assert_refused (self, theirs, replica_of (self));
  g_assert_cmpint (count (replica_of (self), &outbox_waiting), ==, 2);
  /* The same number at another centre has another key. */
  give_key (self, other, "somebody-else");
  assert_refused (self, theirs, self->server);
  give_key (self, other, "the-secret-of-9");
  piao_db_exec (self->centre->fixture->db, &outbox_revoke, NULL, "ii", (gint64)OTHER, (gint64)1);
  assert_refused (self, theirs, self->server);
  piao_db_exec (self->centre->fixture->db, &outbox_revoke, NULL, "ii", (gint64)OTHER, (gint64)0);
  g_assert_cmpint (run (self, "import", theirs, self->server), ==, 0);
}

static void
test_damaged (World *self, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *nowhere = g_build_filename (self->folder, "nowhere.db", NULL);
  gsize size;

  g_assert_cmpint (run (self, "export", self->file, replica_of (self)), ==, 0);
  g_assert_true (g_file_get_contents (self->file, &text, &size, NULL));
  for (gsize at = 0; at < size; at += 97)
    {
      g_autofree char *bad = g_memdup2 (text, size);

      bad[at] ^= 1;
      g_assert_true (g_file_set_contents (self->file, bad, (gssize)size, NULL));
      assert_refused (self, self->file, self->server);
    }
  g_assert_true (g_file_set_contents (self->file, text, (gssize)size / 2, NULL));
  assert_refused (self, self->file, self->server);
  g_assert_true (g_file_set_contents (self->file, text, (gssize)size, NULL));
  assert_refused (self, self->file, nowhere);
  g_assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));
}

/* The first command is missing: the centre decides none. */
static void
test_gap (World *self, gconstpointer data)
{
  g_autoptr (PiaoOutboxFile) file = NULL;
  g_autoptr (GBytes) rest = NULL;
  g_autofree char *text = NULL;
  gsize size;

  g_assert_cmpint (run (self, "export", self->file, replica_of (self)), ==, 0);
  g_assert_true (g_file_get_contents (self->file, &text, &size, NULL));
  {
    g_autoptr (GBytes) content = g_bytes_new_static (text, size);

    file = piao_outbox_file_read (content, NULL);
  }
  g_assert_nonnull (file);
  g_ptr_array_remove_index (file->entries, 0);
  rest = piao_outbox_file_write (DEVICE, "the-secret-of-8", file->made_at, NULL, file->entries);
  g_assert_true (g_file_set_contents (self->file, g_bytes_get_data (rest, NULL),
                                      (gssize)g_bytes_get_size (rest), NULL));
  assert_refused (self, self->file, self->server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/outbox/to-centre", World, NULL, set_up, test_to_centre, tear_down);
  g_test_add ("/ctl/outbox/to-older-file", World, NULL, set_up, test_to_older_file, tear_down);
  g_test_add ("/ctl/outbox/foreign", World, NULL, set_up, test_foreign, tear_down);
  g_test_add ("/ctl/outbox/damaged", World, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/ctl/outbox/gap", World, NULL, set_up, test_gap, tear_down);
  return g_test_run ();
}
