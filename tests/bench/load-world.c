/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/piao-json.h"
#include "store/piao-db.h"
#include "sync/piao-password.h"
#include "tests/bench/load-world.h"
#include "tests/bench/piao-bench.h"

/* Of so many people one is at the centre. */
#define CENTRE_EVERY 25

struct _LoadWorld
{
  char *folder; /* of a SQLite file, else NULL */
  char *database;
  GPtrArray *people; /* of LoadPerson */
  GHashTable *outlets, *types;
  GSubprocess *process;
};

PIAO_STATEMENT (load_people,
                "SELECT users.id, user_role.granted_lane, users.warehouse_id FROM users"
                " JOIN user_role ON user_role.user_id = users.id"
                " JOIN role ON role.id = user_role.role_id"
                " WHERE (role.code = 'warehouse_keeper' AND user_role.granted_lane > 0)"
                " OR (role.code = 'center_manager' AND user_role.granted_lane < 0)"
                " ORDER BY users.id");
PIAO_STATEMENT (load_outlets,
                "SELECT id FROM outlet WHERE lane = $1 AND state = 'active' AND deleted = 0"
                " AND CAST ($2 AS BIGINT) > 0 ORDER BY id");
PIAO_STATEMENT (
    load_types,
    "SELECT ticket_type.id FROM stock"
    " JOIN ticket_type ON ticket_type.id = stock.ticket_type_id"
    " WHERE stock.warehouse_id = $1 AND stock.free > 0 AND ticket_type.market_from <= $2"
    " AND (ticket_type.market_to = 0 OR ticket_type.market_to > $2)"
    " ORDER BY ticket_type.id");
PIAO_STATEMENT (load_lanes, "SELECT lane, seq FROM lane_head ORDER BY lane");
PIAO_STATEMENT (load_filled,
                "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace"
                " AND pg_relation_size (oid) > 0");
PIAO_STATEMENT (load_touch,
                "UPDATE device SET skew = skew + 1"
                " WHERE number = (SELECT MAX (number) FROM device)");
PIAO_STATEMENT (load_epoch, "SELECT epoch FROM head WHERE one = $1");
PIAO_STATEMENT (
    load_add_device,
    "INSERT INTO device (number, key_hash, user_id, name, dseq, last_seen, skew, revoked)"
    " VALUES ($1, $2, $3, 'load', 0, $4, 0, 0)");
PIAO_STATEMENT (load_add_session,
                "INSERT INTO session (token_hash, user_id, device, created_at, expires_at)"
                " VALUES ($1, $2, $3, $4, $5)");

/* --- people ---------------------------------------------------------------------------------- */

static void
person_free (gpointer data)
{
  LoadPerson *person = data;

  g_free (person->token);
  g_free (person->epoch);
  g_array_unref (person->lanes);
  g_free (person);
}

/* The numbers that @statement gives for @key now, read once. Borrowed. */
static GArray *
list (PiaoDb *db, GHashTable *kept, const PiaoStatement *statement, gint64 key)
{
  GArray *numbers = g_hash_table_lookup (kept, &key);
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;

  if (numbers != NULL)
    return numbers;
  numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  cursor = piao_db_query (db, statement, &error, "ii", key, g_get_real_time () / 1000);
  while (piao_cursor_next (cursor, &error))
    {
      gint64 number = piao_cursor_int (cursor, 0);

      g_array_append_val (numbers, number);
    }
  piao_bench_check (g_steal_pointer (&error));
  g_hash_table_insert (kept, g_memdup2 (&key, sizeof key), numbers);
  return numbers;
}

/* Those of whom there are several computers: keepers by lane, and the centre last. */
static GArray *
list_people (PiaoDb *db)
{
  GArray *all = g_array_new (FALSE, FALSE, 3 * sizeof (gint64));
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &load_people, &error, "");

  while (piao_cursor_next (cursor, &error))
    {
      gint64 person[3] = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1),
                           piao_cursor_int (cursor, 2) };

      if (person[1] > 0)
        g_array_append_vals (all, person, 1);
      else
        g_array_prepend_vals (all, person, 1);
    }
  piao_bench_check (g_steal_pointer (&error));
  if (all->len < 3)
    g_error ("nobody works in this demo");
  return all;
}

static void
note_lanes (PiaoDb *db, LoadPerson *person)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &load_lanes, &error, "");

  person->lanes = g_array_new (FALSE, FALSE, sizeof (LoadLane));
  while (piao_cursor_next (cursor, &error))
    {
      LoadLane lane = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1) };

      if (lane.lane == 0 || person->lane < 0 || lane.lane == person->lane)
        g_array_append_val (person->lanes, lane);
    }
  piao_bench_check (g_steal_pointer (&error));
}

static void
add_person (LoadWorld *self, PiaoDb *db, guint device, const gint64 *who)
{
  LoadPerson *person = g_new0 (LoadPerson, 1);
  g_autofree char *key = g_strdup_printf ("load-%u", device);
  g_autofree char *hash = NULL;
  gint64 now = g_get_real_time () / 1000;
  GError *error = NULL;

  person->user = who[0];
  person->lane = who[1];
  person->device = device;
  person->token = piao_random_text (32);
  person->outlets = list (db, self->outlets, &load_outlets, person->lane);
  person->types = list (db, self->types, &load_types, who[2]);
  note_lanes (db, person);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, person->token, -1);
  if (piao_db_query_text (db, &load_epoch, &person->epoch, &error, "i", (gint64)1)
      && piao_db_exec (db, &load_add_device, &error, "isii", (gint64)device, key, person->user,
                       now))
    piao_db_exec (db, &load_add_session, &error, "siiii", hash, person->user, (gint64)device, now,
                  now + G_GINT64_CONSTANT (86400000));
  piao_bench_check (error);
  g_ptr_array_add (self->people, person);
}

/* PostgreSQL would do this in the middle of the day, for once, after so many new rows; not with a
 * table that has none, which it took for one that stays empty. */
static void
look_after (PiaoDb *db)
{
  g_autoptr (GString) tables = g_string_new (NULL);
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autofree char *vacuum = NULL;
  GError *error = NULL;

  cursor = piao_db_query (db, &load_filled, &error, "");
  while (cursor != NULL && piao_cursor_next (cursor, &error))
    g_string_append_printf (tables, "%s%s", tables->len > 0 ? ", " : "",
                            piao_cursor_text (cursor, 0));
  piao_bench_check (error);
  g_clear_pointer (&cursor, piao_cursor_free);
  vacuum = g_strdup_printf ("VACUUM (ANALYZE) %s", tables->str);
  piao_db_script (db, vacuum, &error);
  piao_bench_check (error);
}

static void
add_people (LoadWorld *self, guint n)
{
  GError *error = NULL;
  g_autoptr (PiaoDb) db = piao_db_open (self->database, PIAO_DB_READ_WRITE, &error);
  g_autoptr (GArray) known = NULL;
  const gint64 *who;

  piao_bench_check (error);
  known = list_people (db);
  who = (const gint64 *)(gpointer)known->data;
  piao_db_begin (db, &error);
  piao_bench_check (error);
  for (guint i = 0; i < n; i++)
    add_person (self, db, i + 1,
                i % CENTRE_EVERY == 0 ? who : &who[(size_t)3 * (1 + i % (known->len - 1))]);
  piao_db_commit (db, &error);
  piao_bench_check (error);
  if (piao_db_get_engine (db) == PIAO_ENGINE_POSTGRESQL)
    look_after (db);
}

/* --- world ----------------------------------------------------------------------------------- */

static void
make_demo (LoadWorld *self, guint orders)
{
  g_autofree char *number = g_strdup_printf ("%u", orders);
  GError *error = NULL;
  g_autoptr (GSubprocess) demo
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, g_getenv ("PIAOKUCTL"), "demo",
                          "--database", self->database, "--orders", number, "--seed", "11",
                          "--live", NULL);

  piao_bench_check (error);
  g_subprocess_wait_check (demo, NULL, &error);
  piao_bench_check (error);
}

LoadWorld *
load_world_new (const char *database, guint orders, guint people)
{
  LoadWorld *self = g_new0 (LoadWorld, 1);
  GError *error = NULL;

  self->database = g_strdup (database);
  if (database == NULL)
    {
      self->folder = g_dir_make_tmp ("piaoku-load-XXXXXX", &error);
      piao_bench_check (error);
      self->database = g_build_filename (self->folder, "centre.db", NULL);
    }
  self->people = g_ptr_array_new_with_free_func (person_free);
  self->outlets
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
  self->types
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
  make_demo (self, orders);
  /* Its first start makes the head that people hold. */
  load_world_start (self, 0);
  load_world_stop (self);
  add_people (self, people);
  /* What making all this has left to the disk is no part of the day. */
  sync ();
  return self;
}

void
load_world_free (LoadWorld *self)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  load_world_stop (self);
  for (guint i = 0; self->folder != NULL && i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (self->database, suffixes[i], NULL);

      g_unlink (path);
    }
  if (self->folder != NULL)
    g_rmdir (self->folder);
  g_ptr_array_unref (self->people);
  g_hash_table_unref (self->outlets);
  g_hash_table_unref (self->types);
  g_free (self->folder);
  g_free (self->database);
  g_free (self);
}

GPtrArray *
load_world_get_people (LoadWorld *self)
{
  return self->people;
}

/* --- server ---------------------------------------------------------------------------------- */

guint
load_world_start (LoadWorld *self, guint batch)
{
  g_autofree char *number = g_strdup_printf ("%u", batch);
  const char *const all[] = { g_getenv ("PIAOKU_SERVER"),
                              "--database",
                              self->database,
                              "--port",
                              "0",
                              batch > 0 ? "--batch" : NULL,
                              number,
                              NULL };
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (JsonObject) said = NULL;
  g_autofree char *line = NULL;
  GError *error = NULL;

  self->process = g_subprocess_newv (all, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  piao_bench_check (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  piao_bench_check (error);
  said = piao_json_parse_object (line != NULL ? line : "", -1, 1000, "port", &error);
  piao_bench_check (error);
  return (guint)piao_json_get_int (said, "port", 0);
}

void
load_world_stop (LoadWorld *self)
{
  GError *error = NULL;

  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_clear_object (&self->process);
  piao_bench_check (error);
}

double
load_world_time_commit (LoadWorld *self, guint n)
{
  GError *error = NULL;
  g_autoptr (PiaoDb) db = piao_db_open (self->database, PIAO_DB_READ_WRITE, &error);
  g_autoptr (GArray) took = piao_bench_samples_new ();

  piao_bench_check (error);
  for (guint i = 0; i < n; i++)
    {
      double began = piao_bench_now ();

      piao_db_begin (db, &error);
      piao_bench_check (error);
      piao_db_exec (db, &load_touch, &error, "");
      piao_bench_check (error);
      piao_db_commit (db, &error);
      piao_bench_check (error);
      piao_bench_samples_add (took, piao_bench_now () - began);
    }
  return piao_bench_samples_get (took, 50);
}

double
load_world_get_cpu (LoadWorld *self)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/%s/stat", g_subprocess_get_identifier (self->process));
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *end;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  /* utime and stime are the 14th and 15th; the name in the 2nd may have anything in it. */
  end = strrchr (text, ')');
  fields = g_strsplit (end != NULL ? end + 2 : "", " ", 14);
  if (g_strv_length (fields) < 14)
    return 0;
  return (g_ascii_strtod (fields[11], NULL) + g_ascii_strtod (fields[12], NULL))
         / (double)sysconf (_SC_CLK_TCK);
}
