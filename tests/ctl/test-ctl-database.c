/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* piaokuctl on a database, as a person types it. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sync/piao-password.h"

typedef struct
{
  char *folder;
  char *server;
  char *replica;
  char *seed;
  char *out;
  char *err;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("piaokuctl-XXXXXX", NULL);
  self->server = g_build_filename (self->folder, "server.db", NULL);
  self->replica = g_build_filename (self->folder, "desktop.db", NULL);
  self->seed = g_build_filename (self->folder, "seed.json", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->server);
  g_free (self->replica);
  g_free (self->seed);
  g_free (self->out);
  g_free (self->err);
}

/* Runs it with @input on its standard input; the exit status. What it said is in @self. */
static int
run (Fixture *self, const char *input, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  va_list words;

  g_strv_builder_add (builder, g_getenv ("PIAOKUCTL"));
  va_start (words, input);
  for (const char *word; (word = va_arg (words, const char *)) != NULL;)
    g_strv_builder_add (builder, word);
  va_end (words);
  argv = g_strv_builder_end (builder);
  process = g_subprocess_newv ((const char *const *)argv,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_clear_pointer (&self->out, g_free);
  g_clear_pointer (&self->err, g_free);
  g_assert_true (
      g_subprocess_communicate_utf8 (process, input, NULL, &self->out, &self->err, &error));
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

static gint64
count (const char *path, const PiaoStatement *statement)
{
  g_autoptr (PiaoDb) db = piao_db_open (path, PIAO_DB_READ_WRITE, NULL);
  gint64 number = -1;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (db);
  piao_db_query_int (db, statement, -1, &number, &error, "");
  g_assert_no_error (error);
  return number;
}

static void
test_init (Fixture *self, gconstpointer data)
{
  static const PiaoStatement places = { "places", "SELECT count(*) FROM warehouse" };
  static const PiaoStatement hidden
      = { "hidden", "SELECT count(*) FROM warehouse WHERE NOT EXISTS (SELECT 1 FROM change"
                    " WHERE change.kind = 'warehouse' AND change.id = warehouse.id)" };

  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (run (self, "", "init", "--database", self->server, NULL), ==, 0);
      g_assert_cmpint (count (self->server, &places), ==, 17);
      g_assert_cmpint (count (self->server, &hidden), ==, 0);
    }
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 0);
}

static void
test_demo (Fixture *self, gconstpointer data)
{
  static const PiaoStatement rows = { "rows", "SELECT count(*) FROM pack" };
  static const PiaoStatement hidden
      = { "hidden", "SELECT count(*) FROM pack WHERE NOT EXISTS (SELECT 1 FROM change"
                    " WHERE change.kind = 'pack' AND change.id = pack.id"
                    " AND change.lane = pack.lane AND change.seq = pack.rev)" };
  static const PiaoStatement behind
      = { "behind", "SELECT count(*) FROM head WHERE seq < (SELECT max(seq) FROM change)" };
  static const PiaoStatement spoil
      = { "spoil", "UPDATE stock SET free = free + 1 WHERE id = (SELECT min(id) FROM stock)" };

  g_assert_cmpint (run (self, "", "demo", "--database", self->server, "--orders", "200", "--seed",
                        "5", "--live", "--gateway-seed", self->seed, NULL),
                   ==, 0);
  g_assert_true (g_file_test (self->seed, G_FILE_TEST_EXISTS));
  g_assert_cmpint (count (self->server, &rows), >, 2000);
  g_assert_cmpint (count (self->server, &hidden), ==, 0);
  g_assert_cmpint (count (self->server, &behind), ==, 0);
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (run (self, "", "demo", "--database", self->server, "--orders", "10", NULL), ==,
                   1);
  g_assert_cmpint (count (self->server, &spoil), ==, -1);
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 1);
  g_assert_nonnull (strstr (self->out, "stock.movements"));
}

static void
test_replica (Fixture *self, gconstpointer data)
{
  static const PiaoStatement words = { "words", "SELECT count(*) FROM search_row" };

  g_assert_cmpint (
      run (self, "", "replica-demo", "--database", self->replica, "--orders", "200", NULL), ==, 0);
  g_assert_cmpint (count (self->replica, &words), >, 100);
  g_assert_cmpint (run (self, "", "verify", "--replica", "--database", self->replica, NULL), ==, 0);
}

PIAO_STATEMENT (test_hash,
                "SELECT credential.hash FROM credential JOIN users"
                " ON users.id = credential.user_id WHERE users.name = 'lihua'");

static void
test_user (Fixture *self, gconstpointer data)
{
  g_autoptr (PiaoDb) db = NULL;
  g_autofree char *hash = NULL;

  g_assert_cmpint (run (self, "", "init", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (run (self, "warehouse-1\n", "user", "add", "lihua", "--real-name", "李华",
                        "--role", "picker", "--lane", "652300", "--database", self->server, NULL),
                   ==, 0);
  g_assert_cmpint (
      run (self, "short\n", "user", "password", "lihua", "--database", self->server, NULL), ==, 1);
  g_assert_cmpint (run (self, "another-22\n", "user", "password", "nobody", "--database",
                        self->server, NULL),
                   ==, 1);
  g_assert_cmpint (run (self, "warehouse-1\n", "user", "add", "x", "--real-name", "X", "--role",
                        "king", "--database", self->server, NULL),
                   ==, 1);
  db = piao_db_open (self->server, PIAO_DB_READ_ONLY, NULL);
  g_assert_true (piao_db_query_text (db, &test_hash, &hash, NULL, ""));
  g_assert_true (piao_password_verify (hash, "warehouse-1"));
  g_assert_false (piao_password_verify (hash, "short"));
}

static void
test_device (Fixture *self, gconstpointer data)
{
  static const PiaoStatement add
      = { "add", "INSERT INTO device (number, key_hash, user_id, name, dseq, last_seen, skew,"
                 " revoked) VALUES (7, 'key', 1, 'Counter', 12, 1750000000000, 0, 0)" };
  static const PiaoStatement sign_in
      = { "sign_in", "INSERT INTO session (token_hash, user_id, device, created_at, expires_at)"
                     " VALUES ('token', 1, 7, 1, 9000000000000)" };
  static const PiaoStatement open
      = { "open", "SELECT (SELECT COUNT(*) FROM session WHERE expires_at > 0)"
                  " + (SELECT COUNT(*) FROM device WHERE revoked = 0)" };

  g_assert_cmpint (run (self, "", "init", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (count (self->server, &add), ==, -1);
  g_assert_cmpint (count (self->server, &sign_in), ==, -1);
  g_assert_cmpint (count (self->server, &open), ==, 2);
  g_assert_cmpint (run (self, "", "device", "list", "--database", self->server, NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "Counter"));
  g_assert_cmpint (run (self, "", "device", "revoke", "8", "--database", self->server, NULL), ==,
                   1);
  g_assert_cmpint (run (self, "", "device", "sell", "7", "--database", self->server, NULL), ==, 1);
  g_assert_cmpint (count (self->server, &open), ==, 2);
  g_assert_cmpint (run (self, "", "device", "revoke", "7", "--database", self->server, NULL), ==,
                   0);
  g_assert_cmpint (count (self->server, &open), ==, 0);
}

static void
test_wrong_words (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (run (self, "", "init", NULL), ==, 1);
  g_assert_cmpint (run (self, "", "init", "more", "--database", self->server, NULL), ==, 1);
  g_assert_cmpint (run (self, "", "user", "add", "--database", self->server, NULL), ==, 1);
  g_assert_cmpint (run (self, "", "user", "drop", "x", "--database", self->server, NULL), ==, 1);
  g_assert_cmpint (run (self, "", "demo", "--database", self->server, "--orders", "0", NULL), ==,
                   1);
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 1);
  g_assert_false (g_file_test (self->server, G_FILE_TEST_EXISTS));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/init", Fixture, NULL, set_up, test_init, tear_down);
  g_test_add ("/ctl/demo", Fixture, NULL, set_up, test_demo, tear_down);
  g_test_add ("/ctl/replica-demo", Fixture, NULL, set_up, test_replica, tear_down);
  g_test_add ("/ctl/user", Fixture, NULL, set_up, test_user, tear_down);
  g_test_add ("/ctl/device", Fixture, NULL, set_up, test_device, tear_down);
  g_test_add ("/ctl/wrong-words", Fixture, NULL, set_up, test_wrong_words, tear_down);
  return g_test_run ();
}
