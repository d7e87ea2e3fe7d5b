/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* piaokuctl on a database, as a person types it. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "base/piao-json.h"
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

/* --- verify ---------------------------------------------------------------------------------- */

static const struct
{
  const char *rule;
  const PiaoStatement damage;
} damages[] = {
  { "pack.order",
    { "pack_order", "UPDATE pack SET order_id = 5 WHERE id ="
                    " (SELECT MIN(id) FROM pack WHERE order_id IS NOT NULL)" } },
  { "pack.state",
    { "pack_state", "UPDATE pack SET state = 'reserved' WHERE id ="
                    " (SELECT MIN(pack.id) FROM pack JOIN orders ON orders.id = pack.order_id"
                    " WHERE orders.state = 'completed')" } },
  { "line.scanned",
    { "line_scanned", "UPDATE order_line SET scanned = scanned - 1 WHERE id ="
                      " (SELECT MIN(order_line.id) FROM order_line JOIN orders"
                      " ON orders.id = order_line.order_id WHERE orders.state = 'completed')" } },
  { "order.scanned",
    { "order_scanned", "UPDATE orders SET scanned = scanned + 1 WHERE id ="
                       " (SELECT MIN(order_id) FROM order_line)" } },
  { "stock.movements",
    { "stock_movements", "UPDATE movement SET quantity = quantity + 1 WHERE id ="
                         " (SELECT MIN(id) FROM movement)" } },
  { "stock.packs",
    { "stock_packs",
      "UPDATE stock SET reserved = reserved + 1 WHERE id = (SELECT MIN(id) FROM stock)" } },
  { "debit.recorded",
    { "debit_recorded", "UPDATE gateway_request SET state = 'refused' WHERE id = (SELECT MIN(id)"
                        " FROM gateway_request WHERE op = 'order.confirm'"
                        " AND state = 'confirmed')" } },
  { "debit.applied",
    { "debit_applied", "UPDATE orders SET confirm_no = NULL, state = 'cancelled' WHERE id ="
                       " (SELECT MIN(order_id) FROM gateway_request WHERE op = 'order.confirm'"
                       " AND state = 'confirmed')" } },
  { "parcel.label",
    { "parcel_label", "UPDATE orders SET confirm_no = NULL, state = 'cancelled' WHERE id ="
                      " (SELECT MIN(order_id) FROM parcel WHERE label_at > 0)" } },
  { "order.timeline",
    { "order_timeline",
      "UPDATE orders SET state = 'abnormal' WHERE id = (SELECT MIN(order_id) FROM order_event)" } },
  { "index.hidden",
    { "index_hidden", "DELETE FROM change WHERE kind = 'outlet' AND id ="
                      " (SELECT MIN(id) FROM outlet)" } },
  { "digest.server", { "digest", "UPDATE digest SET rows = rows + 1 WHERE kind = 'order'" } },
};

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from, &data, &size, NULL));
  g_assert_true (g_file_set_contents (to, data, (gssize)size, NULL));
}

/* The answer as JSON, whose rules include @rule. */
static void
assert_says (Fixture *self, const char *rule)
{
  g_autoptr (JsonObject) said = piao_json_parse_object (self->out, -1, 1 << 20, "verify", NULL);
  JsonArray *findings = piao_json_get_array (said, "findings");
  gboolean found = FALSE;

  g_assert_nonnull (findings);
  g_assert_false (piao_json_get_bool (said, "clean", TRUE));
  for (guint i = 0; i < json_array_get_length (findings); i++)
    {
      JsonObject *finding = piao_json_array_get_object (findings, i);

      g_assert_cmpint (json_array_get_length (piao_json_get_array (finding, "subjects")), >, 0);
      g_assert_nonnull (piao_json_get_text (finding, "advice", NULL));
      found |= g_strcmp0 (piao_json_get_text (finding, "rule", NULL), rule) == 0;
    }
  if (!found)
    g_error ("%s is not in %s", rule, self->out);
}

static void
test_verify (Fixture *self, gconstpointer data)
{
  g_autofree char *whole = g_build_filename (self->folder, "whole.db", NULL);

  g_assert_cmpint (run (self, "", "demo", "--database", whole, "--orders", "300", "--seed", "9",
                        "--live", NULL),
                   ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      copy_file (whole, self->server);
      g_assert_cmpint (run (self, "", "verify", "--json", "--database", self->server, NULL), ==, 0);
      g_assert_cmpint (count (self->server, &damages[i].damage), ==, -1);
      g_assert_cmpint (run (self, "", "verify", "--json", "--database", self->server, NULL), ==, 1);
      assert_says (self, damages[i].rule);
    }
  /* What init can put right is right after it. */
  g_assert_cmpint (run (self, "", "init", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (run (self, "", "verify", "--replica", "--database", self->server, NULL), ==, 2);
}

/* Bytes in the middle of a table are overwritten. */
static void
test_verify_damaged_file (Fixture *self, gconstpointer data)
{
  static const char noise[8192] = { 1, 2, 3 };
  FILE *file;

  g_assert_cmpint (run (self, "", "demo", "--database", self->server, "--orders", "100", NULL), ==,
                   0);
  file = fopen (self->server, "r+b");
  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, 65536, SEEK_SET), ==, 0);
  g_assert_cmpint ((int)fwrite (noise, sizeof noise, 1, file), ==, 1);
  fclose (file);
  g_assert_cmpint (run (self, "", "verify", "--json", "--database", self->server, NULL), ==, 1);
  assert_says (self, "file.damaged");
  g_assert_true (
      g_file_set_contents (self->server, "no database at all, but a long text", -1, NULL));
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 2);
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

/* What the server's operator does by hand, on a file; test_servers and test_restore see what comes
 * of it. */
static void
test_operator (Fixture *self, gconstpointer data)
{
  static const PiaoStatement resumed = { "resumed", "SELECT resumed FROM gateway_lease" };
  static const PiaoStatement begun
      = { "begun", "SELECT COUNT(*) FROM head WHERE epoch_at > 1700000000000" };
  static const PiaoStatement kept = { "kept", "SELECT MAX(number) FROM device" };

  g_assert_cmpint (run (self, "", "init", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (run (self, "", "ilms", "status", "--database", self->server, NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "unknown"));
  g_assert_cmpint (count (self->server, &resumed), ==, 0);
  g_assert_cmpint (run (self, "", "ilms", "resume", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (count (self->server, &resumed), ==, 1);
  g_assert_cmpint (run (self, "", "ilms", "stop", "--database", self->server, NULL), ==, 1);
  g_assert_cmpint (count (self->server, &begun), ==, 0);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (run (self, "", "epoch", "--database", self->server, NULL), ==, 0);
  g_assert_cmpint (count (self->server, &begun), ==, 1);
  g_assert_cmpint (count (self->server, &kept), >, 64);
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 0);
  /* A file has no roles. */
  g_assert_cmpint (run (self, "", "grant", "serve", "--database", self->server, NULL), ==, 1);
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
  g_assert_cmpint (run (self, "", "verify", "--database", self->server, NULL), ==, 2);
  g_assert_cmpint (run (self, "", "verify", NULL), ==, 2);
  g_assert_false (g_file_test (self->server, G_FILE_TEST_EXISTS));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/init", Fixture, NULL, set_up, test_init, tear_down);
  g_test_add ("/ctl/demo", Fixture, NULL, set_up, test_demo, tear_down);
  g_test_add ("/ctl/verify", Fixture, NULL, set_up, test_verify, tear_down);
  g_test_add ("/ctl/verify/damaged-file", Fixture, NULL, set_up, test_verify_damaged_file,
              tear_down);
  g_test_add ("/ctl/replica-demo", Fixture, NULL, set_up, test_replica, tear_down);
  g_test_add ("/ctl/user", Fixture, NULL, set_up, test_user, tear_down);
  g_test_add ("/ctl/device", Fixture, NULL, set_up, test_device, tear_down);
  g_test_add ("/ctl/operator", Fixture, NULL, set_up, test_operator, tear_down);
  g_test_add ("/ctl/wrong-words", Fixture, NULL, set_up, test_wrong_words, tear_down);
  return g_test_run ();
}
