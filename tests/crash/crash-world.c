/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "domain/audit/piao-audit.h"
#include "print/piao-spool.h"
#include "store/piao-digest.h"
#include "store/piao-later-index.h"
#include "store/piao-outbox-private.h"
#include "store/piao-rebase.h"
#include "store/piao-replica-file.h"
#include "store/piao-schema.h"
#include "sync/piao-bulk-load.h"
#include "sync/piao-pull.h"
#include "tests/crash/crash-crowd.h"
#include "tests/crash/crash-memory.h"
#include "tests/crash/crash-world.h"

PIAO_STATEMENT (crash_line, "SELECT id FROM order_line WHERE order_id = $1 ORDER BY id LIMIT 1");
PIAO_STATEMENT (crash_parcel, "SELECT id FROM parcel WHERE order_id = $1 ORDER BY id LIMIT 1");
PIAO_STATEMENT (crash_outbox,
                "SELECT dseq, id, name, args, at, actor, state, decided, seq, code, message, note,"
                " length(undo) FROM outbox ORDER BY dseq");
PIAO_STATEMENT (crash_cursor, "SELECT lane, seq FROM cursor ORDER BY lane");
PIAO_STATEMENT (crash_setting, "SELECT key, value FROM setting ORDER BY key");
PIAO_STATEMENT (crash_spool,
                "SELECT id, kind, order_id, parcel_id, copy, name, printer, length(bytes), sha256,"
                " state, tries, created_at FROM spool ORDER BY id");
PIAO_STATEMENT (crash_search, "SELECT doc, kind, row, digest FROM search_row ORDER BY doc");
PIAO_STATEMENT (crash_schema, "SELECT type, name FROM sqlite_schema ORDER BY name");
PIAO_STATEMENT (crash_version, "SELECT number FROM schema_version ORDER BY number");
PIAO_STATEMENT (crash_log,
                "SELECT n, id, seq, device, dseq, name, args, at, ruled_at, actor, received_at,"
                " verdict, code, message, hash FROM command_log ORDER BY n");
PIAO_STATEMENT (crash_head, "SELECT seq, entries, hash, epoch FROM head");
PIAO_STATEMENT (crash_device, "SELECT number, dseq FROM device ORDER BY number");
PIAO_STATEMENT (crash_change,
                "SELECT lane, kind, id, seq, gone FROM change ORDER BY lane, kind, id");

struct _CrashMoment
{
  PiaoShimDisk *disk, *centre_disk;
  gint64 order, own, fixture_now, fixture_command;
  guint colleague_dseq;
  guint64 centre_version;
};

static void use_centre (CrashWorld *self);
static void touch_centre (CrashWorld *self, guint number);

static void
fail_on (const GError *error)
{
  if (error != NULL)
    g_error ("%s (%s)", error->message, piao_error_get_reason (error));
}

/* --- life ------------------------------------------------------------------------------------ */

CrashWorld *
crash_world_new (void)
{
  CrashWorld *self = g_new0 (CrashWorld, 1);
  g_autofree char *path = NULL;

  piao_shim_register ();
  self->disk = piao_shim_disk_new ("desk");
  self->centre_disk = piao_shim_disk_new ("centre");
  path = piao_shim_disk_path (self->centre_disk, "centre.db");
  g_setenv ("PIAOKU_TEST_DATABASE", path, TRUE);
  self->centre = piao_centre_new ();
  g_unsetenv ("PIAOKU_TEST_DATABASE");
  piao_centre_add_device (self->centre, CRASH_DEVICE, FIXTURE_PICKER);
  piao_centre_add_device (self->centre, CRASH_COLLEAGUE, FIXTURE_KEEPER);
  self->centre_version = 1;
  self->user = FIXTURE_PICKER;
  self->start = self->centre->fixture->now + PIAO_MINUTE;
  return self;
}

void
crash_world_free (CrashWorld *self)
{
  crash_world_drop (self);
  piao_centre_free (self->centre);
  piao_shim_disk_free (self->disk);
  piao_shim_disk_free (self->centre_disk);
  g_free (self);
}

CrashMoment *
crash_moment_new (const char *name)
{
  CrashMoment *moment = g_new0 (CrashMoment, 1);
  g_autofree char *centre = g_strconcat (name, "-centre", NULL);

  moment->disk = piao_shim_disk_new (name);
  moment->centre_disk = piao_shim_disk_new (centre);
  return moment;
}

void
crash_moment_free (CrashMoment *moment)
{
  piao_shim_disk_free (moment->disk);
  piao_shim_disk_free (moment->centre_disk);
  g_free (moment);
}

void
crash_world_save (CrashWorld *self, CrashMoment *moment)
{
  piao_shim_disk_copy (moment->disk, self->disk);
  moment->order = self->order;
  moment->colleague_dseq = self->colleague_dseq;
  if (moment->centre_version == self->centre_version)
    return;
  use_centre (self);
  piao_shim_disk_copy (moment->centre_disk, self->centre_disk);
  moment->centre_version = self->centre_version;
  moment->own = self->centre->own;
  moment->fixture_now = self->centre->fixture->now;
  moment->fixture_command = self->centre->fixture->command;
}

void
crash_world_load (CrashWorld *self, CrashMoment *moment)
{
  crash_world_drop (self);
  piao_shim_disk_copy (self->disk, moment->disk);
  self->order = moment->order;
  self->colleague_dseq = moment->colleague_dseq;
  if (moment->centre_version != self->centre_version)
    self->centre_from = moment;
}

/* Opening takes longer than all the rest, and most crashes are over before the centre is asked. */
static void
use_centre (CrashWorld *self)
{
  PiaoFixture *fixture = self->centre->fixture;
  CrashMoment *moment = g_steal_pointer (&self->centre_from);
  g_autofree char *path = piao_shim_disk_path (self->centre_disk, "centre.db");
  g_autoptr (GError) error = NULL;

  if (moment == NULL || moment->centre_version == self->centre_version)
    return;
  piao_db_free (fixture->db);
  piao_shim_disk_copy (self->centre_disk, moment->centre_disk);
  fixture->db = piao_db_open (path, PIAO_DB_READ_WRITE, &error);
  fail_on (error);
  self->centre_version = moment->centre_version;
  self->centre->own = moment->own;
  fixture->now = moment->fixture_now;
  fixture->command = moment->fixture_command;
}

/* The centre is about to change. */
static void
touch_centre (CrashWorld *self, guint number)
{
  use_centre (self);
  self->centre_version = self->centre_version * 1000003 + number + 1;
}

void
crash_world_drop (CrashWorld *self)
{
  g_clear_pointer (&self->db, piao_db_free);
}

gboolean
crash_world_open (CrashWorld *self, GError **error)
{
  g_autofree char *path = piao_shim_disk_path (self->disk, "replica.db");
  g_autofree char *rescued = NULL;
  gint64 last = 0;

  if (self->db != NULL)
    return TRUE;
  self->db = piao_replica_file_open (path, self->start, &rescued, &last, error);
  if (rescued != NULL)
    return piao_error_set (error, PIAO_ERROR_CORRUPT, "crash.rescued",
                           "what a power cut left was taken for damage: %s", rescued);
  return self->db != NULL;
}

/* --- an older file --------------------------------------------------------------------------- */

static void
script (PiaoDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  piao_db_script (db, sql, &error);
  fail_on (error);
}

/* Names that a statement of sqlite's own gives. */
static GPtrArray *
list_names (PiaoDb *db, const char *sql)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement = NULL;

  g_assert (sqlite3_prepare_v2 (piao_db_get_sqlite (db), sql, -1, &statement, NULL) == SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_ptr_array_add (names, g_strdup ((const char *)sqlite3_column_text (statement, 0)));
  sqlite3_finalize (statement);
  return names;
}

/* The columns that @table has in the old file. Transfer full. */
static char *
list_columns (PiaoDb *db, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT name FROM pragma_table_info ('%s')", table);
  g_autoptr (GPtrArray) columns = list_names (db, sql);

  g_ptr_array_add (columns, NULL);
  return g_strjoinv (", ", (char **)columns->pdata);
}

/* The search text has tables of its own, which are copied as they are. */
static void
take_over (PiaoDb *db)
{
  g_autoptr (GPtrArray) tables
      = list_names (db, "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
                        " AND name NOT IN ('schema_version', 'search')");
  g_autoptr (GString) sql = g_string_new (NULL);

  for (guint i = 0; i < tables->len; i++)
    {
      const char *table = g_ptr_array_index (tables, i);
      g_autofree char *columns = list_columns (db, table);

      g_string_append_printf (sql,
                              "DELETE FROM main.%s;"
                              "INSERT INTO main.%s (%s) SELECT %s FROM now.%s;",
                              table, table, columns, columns, table);
    }
  script (db, sql->str);
}

void
crash_world_make_old (CrashWorld *self, int number)
{
  g_autoptr (PiaoShimDisk) disk = piao_shim_disk_new ("old");
  g_autofree char *path = piao_shim_disk_path (disk, "replica.db");
  g_autofree char *now = piao_shim_disk_path (self->disk, "replica.db");
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS now; PRAGMA foreign_keys = OFF", now);
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (path, PIAO_DB_READ_WRITE, &error);

  fail_on (error);
  script (db, "CREATE TABLE schema_version (number INTEGER PRIMARY KEY) STRICT");
  for (int i = 1; i <= number; i++)
    {
      g_autofree char *text = piao_schema_get_text (i, PIAO_ENGINE_SQLITE, PIAO_SCHEMA_REPLICA);
      g_autofree char *version = g_strdup_printf ("INSERT INTO schema_version VALUES (%d)", i);

      script (db, text);
      script (db, version);
    }
  script (db, attach);
  take_over (db);
  script (db, "DETACH now; PRAGMA foreign_keys = ON");
  piao_db_free (db);
  piao_shim_disk_copy (self->disk, disk);
}

/* --- sameness -------------------------------------------------------------------------------- */

guint64
crash_world_get_fingerprint (CrashWorld *self)
{
  static const char *const files[] = { "replica.db", "replica.db-wal", "replica.db-journal" };
  guint64 sum
      = self->centre_from != NULL ? self->centre_from->centre_version : self->centre_version;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    sum = (sum ^ piao_shim_disk_hash_file (self->disk, files[i]))
          * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return sum;
}

/* --- steps ----------------------------------------------------------------------------------- */

static gint64
get_time (CrashWorld *self, guint number)
{
  return self->start + number * PIAO_SECOND;
}

static gint64
get_command_id (CrashWorld *self, guint number, guint device)
{
  return (get_time (self, number) - PIAO_ID_EPOCH_MS) << 22 | device;
}

static gboolean
put_id (GString *text,
        const char *word,
        PiaoDb *db,
        const PiaoStatement *statement,
        gint64 order,
        GError **error)
{
  gint64 id = order;
  g_autofree char *number = NULL;

  if (strstr (text->str, word) == NULL)
    return TRUE;
  if (statement != NULL && !piao_db_query_int (db, statement, 0, &id, error, "i", order))
    return FALSE;
  number = g_strdup_printf ("\"%" G_GINT64_FORMAT "\"", id);
  g_string_replace (text, word, number, 0);
  return TRUE;
}

static char *
make_args (CrashWorld *self, const CrashStep *step, GError **error)
{
  g_autoptr (GString) text = g_string_new (step->args);
  PiaoDb *db = step->type == CRASH_COLLEAGUE_RUNS ? self->centre->fixture->db : self->db;

  g_string_replace (text, "'", "\"", 0);
  if (!put_id (text, "$order", db, NULL, self->order, error)
      || !put_id (text, "$line", db, &crash_line, self->order, error)
      || !put_id (text, "$parcel", db, &crash_parcel, self->order, error))
    return NULL;
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static gboolean
enqueue_label (CrashWorld *self, guint number, GError **error)
{
  g_autofree char *content = g_strnfill (1800, 'Z');
  PiaoSpoolJob job = { .kind = (char *)"label",
                       .template_name = (char *)"parcel",
                       .order_id = self->order,
                       .parcel_id = 1,
                       .copy = 1,
                       .name = (char *)"1",
                       .printer = (char *)"1",
                       .format = (char *)"zpl" };
  gboolean done;

  job.bytes = g_bytes_new (content, 1800);
  done = piao_spool_enqueue (self->db, &job, get_time (self, number), NULL, error);
  g_bytes_unref (job.bytes);
  return done;
}

typedef struct
{
  CrashWorld *world;
  const CrashStep *step;
  guint number;
  PiaoSyncAnswer *answer;
} Job;

static DexFuture *
run_command (PiaoDb *db, gpointer data)
{
  Job *job = data;
  CrashWorld *self = job->world;
  GError *error = NULL;
  g_autofree char *args = make_args (self, job->step, &error);
  PiaoContext context = { .command = get_command_id (self, job->number, CRASH_DEVICE),
                          .at = get_time (self, job->number),
                          .actor = self->user,
                          .device = CRASH_DEVICE,
                          .side = PIAO_SIDE_DESKTOP };

  if (args == NULL
      || !piao_outbox_run (self->centre->fixture->registry, db, &context, job->step->name, args,
                           &error)
      || (job->step->type == CRASH_LABEL && !enqueue_label (self, job->number, &error)))
    return dex_future_new_for_error (error);
  return NULL;
}

static DexFuture *
apply_answer (PiaoDb *db, gpointer data)
{
  Job *job = data;
  GError *error = NULL;

  if (!piao_sync_answer_apply (job->answer, job->world->centre->fixture->registry, db, &error))
    return dex_future_new_for_error (error);
  return NULL;
}

static gboolean
write_job (CrashWorld *self, PiaoReplicaFunc func, Job *job, GError **error)
{
  DexFuture *future = NULL;
  gboolean done = piao_replica_file_write (self->db, func, job, &future, error);

  dex_clear (&future);
  return done;
}

static gboolean
run (CrashWorld *self, const CrashStep *step, guint number, GError **error)
{
  Job job = { self, step, number, NULL };

  return write_job (self, run_command, &job, error);
}

/* As a reader does it. */
static JsonObject *
build_request (CrashWorld *self, gsize max_bytes, gsize max_commands, GError **error)
{
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (GError) inner = NULL;

  if (!piao_db_begin_read (self->db, error))
    return NULL;
  request = piao_sync_build_request (self->db, CRASH_DEVICE, piao_clock_now (self->centre->clock),
                                     max_bytes, max_commands, TRUE, &inner);
  if (!piao_db_check (self->db, &inner))
    g_clear_pointer (&request, json_object_unref);
  piao_db_rollback (self->db);
  if (inner != NULL)
    g_propagate_error (error, g_steal_pointer (&inner));
  return g_steal_pointer (&request);
}

static gboolean
sync_some (CrashWorld *self, guint number, gsize max_bytes, gsize max_commands, GError **error)
{
  g_autoptr (JsonObject) request = build_request (self, max_bytes, max_commands, error);
  g_autoptr (PiaoReply) reply = NULL;
  g_autoptr (PiaoSyncAnswer) answer = NULL;
  Job job = { self, NULL, number, NULL };

  if (request == NULL)
    return FALSE;
  crash_memory_pause ();
  touch_centre (self, number);
  reply = piao_centre_serve (self->centre, request, CRASH_DEVICE, self->user);
  crash_memory_resume ();
  answer = job.answer
      = piao_sync_answer_new (self->centre->fixture->registry, request, reply, error);
  if (answer == NULL || !write_job (self, apply_answer, &job, error))
    return FALSE;
  self->more = piao_sync_answer_has_more (answer);
  self->proof = piao_sync_answer_get_proof (answer);
  return TRUE;
}

static gboolean
sync_once (CrashWorld *self, guint number, gsize max_bytes, GError **error)
{
  return sync_some (self, number, max_bytes, PIAO_SYNC_MAX_REQUEST, error);
}

static gboolean
sync_one (CrashWorld *self, guint number, GError **error)
{
  gboolean done;

  piao_outbox_set_few (0);
  done = sync_some (self, number, PIAO_PULL_MIN_BYTES, 1, error);
  piao_outbox_set_few (PIAO_OUTBOX_FEW);
  return done;
}

typedef struct
{
  PiaoRegistry *registry;
  gboolean more;
} Piece;

static DexFuture *
make_piece (PiaoDb *db, gpointer data)
{
  Piece *piece = data;
  GError *error = NULL;

  if (!piao_bulk_load_step (piece->registry, db, FALSE, &piece->more, &error))
    return dex_future_new_for_error (error);
  return NULL;
}

/* An index is none of the rows: a desktop that is opened again has them all, and goes on with the
 * search text. */
static gboolean
make_later (CrashWorld *self, GError **error)
{
  Piece piece = { self->centre->fixture->registry, TRUE };
  gint64 indexes = 1;

  while (indexes > 0 && piece.more)
    {
      DexFuture *future = NULL;
      gboolean done;

      if (!piao_later_index_count (self->db, &indexes, error))
        return FALSE;
      done = piao_replica_file_write (self->db, make_piece, &piece, &future, error);
      dex_clear (&future);
      if (!done)
        return FALSE;
    }
  return TRUE;
}

/* A command on another desktop, which the centre accepts. */
static void
run_at_colleague (CrashWorld *self, const CrashStep *step, guint number)
{
  g_autofree char *args = NULL;
  g_autoptr (PiaoPushed) pushed = NULL;
  g_autoptr (PiaoVerdict) verdict = NULL;

  touch_centre (self, number);
  args = make_args (self, step, NULL);
  pushed = piao_pushed_new (step->name, piao_json_parse_object (args, -1, 4096, "args", NULL));
  pushed->id = get_command_id (self, number, CRASH_COLLEAGUE);
  pushed->device = CRASH_COLLEAGUE;
  pushed->dseq = ++self->colleague_dseq;
  pushed->at = pushed->ruled_at = get_time (self, number);
  pushed->actor = FIXTURE_KEEPER;
  verdict = piao_centre_execute (self->centre, pushed);
  if (verdict->state != PIAO_VERDICT_ACCEPTED)
    g_error ("%s: %s", step->name, verdict->message);
  if (g_str_equal (step->name, "order.submit"))
    self->order = pushed->id + PIAO_ID_STRIDE;
}

static void
play_at_centre (CrashWorld *self, const CrashStep *step, guint number)
{
  if (step->type == CRASH_COLLEAGUE_RUNS)
    {
      run_at_colleague (self, step, number);
      return;
    }
  touch_centre (self, number);
  if (step->type == CRASH_CROWD)
    {
      crash_crowd_put (self->centre);
      return;
    }
  /* Ids of all machines grow with time: that is how a timeline knows its order. */
  self->centre->own = get_command_id (self, number, 0);
  piao_centre_answer_gateway (self->centre, self->order, TRUE,
                              "{\"confirmNo\":\"C1\",\"debited\":\"1000.00\","
                              "\"lockNo\":\"L1\",\"preDebit\":\"1000.00\"}");
}

static gboolean
tidy (CrashWorld *self, int mode, GError **error)
{
  int code = sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (self->db), NULL, mode, NULL, NULL);

  return code == SQLITE_OK
         || piao_error_set (error, PIAO_ERROR_FAILED, "db.io", "%s", sqlite3_errstr (code));
}

gboolean
crash_world_step (CrashWorld *self, const CrashStep *step, guint number, GError **error)
{
  piao_clock_set (self->centre->clock, get_time (self, number));
  /* What SQLite draws (the salt of a WAL) is the same whenever a step is played. */
  sqlite3_test_control (SQLITE_TESTCTRL_PRNG_SEED, (int)number + 1, NULL);
  switch (step->type)
    {
    case CRASH_OPEN:
      return crash_world_open (self, error);
    case CRASH_CLOSE:
      if (self->db != NULL && !tidy (self, SQLITE_CHECKPOINT_TRUNCATE, error))
        return FALSE;
      crash_world_drop (self);
      return TRUE;
    case CRASH_TIDY:
      return tidy (self, SQLITE_CHECKPOINT_PASSIVE, error);
    case CRASH_RUN:
    case CRASH_LABEL:
      return run (self, step, number, error);
    case CRASH_SYNC:
      return sync_once (self, number, PIAO_PULL_MIN_BYTES, error);
    case CRASH_SYNC_ONE:
      return sync_one (self, number, error);
    case CRASH_SYNC_MANY:
      return sync_once (self, number, CRASH_CROWD_BYTES, error);
    case CRASH_SYNC_ALL:
      do
        if (!sync_once (self, number, PIAO_PULL_MIN_BYTES, error))
          return FALSE;
      while (self->more);
      return TRUE;
    case CRASH_LATER:
      return make_later (self, error);
    case CRASH_COLLEAGUE_RUNS:
    case CRASH_GATEWAY:
    case CRASH_CROWD:
      crash_memory_pause ();
      play_at_centre (self, step, number);
      crash_memory_resume ();
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

/* --- looking --------------------------------------------------------------------------------- */

static void
dump_rows (GString *text, PiaoDb *db, const PiaoStatement *statement)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, &error, "");

  while (piao_cursor_next (cursor, &error))
    {
      g_string_append (text, statement->name);
      for (guint i = 0; i < piao_cursor_get_n_columns (cursor); i++)
        {
          const char *value = piao_cursor_text (cursor, i);

          g_string_append_printf (text, "|%s", value != NULL ? value : "-");
        }
      g_string_append_c (text, '\n');
    }
  fail_on (error);
}

char *
crash_world_dump (CrashWorld *self)
{
  static const PiaoStatement *const tables[] = { &crash_version, &crash_outbox, &crash_cursor,
                                                 &crash_setting, &crash_spool,  &crash_search };
  GString *text = g_string_new (NULL);
  g_autofree char *rows = piao_dump (self->centre->fixture->registry, self->db, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    dump_rows (text, self->db, tables[i]);
  g_string_append (text, rows);
  return g_string_free_and_steal (text);
}

char *
crash_world_dump_schema (CrashWorld *self)
{
  GString *text = g_string_new (NULL);

  dump_rows (text, self->db, &crash_schema);
  return g_string_free_and_steal (text);
}

char *
crash_world_dump_centre (CrashWorld *self)
{
  static const PiaoStatement *const tables[]
      = { &crash_log, &crash_head, &crash_device, &crash_change };
  GString *text = g_string_new (NULL);
  g_autofree char *rows = NULL;
  PiaoDb *db;

  use_centre (self);
  db = self->centre->fixture->db;
  rows = piao_dump (self->centre->fixture->registry, db, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    dump_rows (text, db, tables[i]);
  g_string_append (text, rows);
  return g_string_free_and_steal (text);
}

void
crash_check_file (PiaoDb *db, const char *where)
{
  g_autoptr (GError) error = NULL;

  if (!piao_audit_check_file (db, &error))
    g_error ("%s: %s", where, error->message);
}

static void
check_digests (CrashWorld *self, const char *where)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (self->centre->fixture->registry, &n);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) noted = piao_digest_list (self->db, &error);
  g_autoptr (GArray) counted
      = noted != NULL ? piao_digest_count_rows (self->db, kinds, n, &error) : NULL;

  fail_on (error);
  /* In the file of an older program they are counted with the first answer. */
  if (noted->len > 0 && piao_digest_combine (noted, NULL) != piao_digest_combine (counted, NULL))
    g_error ("%s: the digests are not those of the rows", where);
}

void
crash_world_check_whole (CrashWorld *self, const char *where)
{
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  if (!piao_db_begin (self->db, &error)
      || !piao_bulk_load_step (self->centre->fixture->registry, self->db, TRUE, &more, &error))
    fail_on (error);
  piao_db_rollback (self->db);
  if (more)
    g_error ("%s: an index or search text is still left for later", where);
  check_digests (self, where);
}

PIAO_STATEMENT (crash_incomplete, "SELECT COUNT(*) FROM cursor WHERE seq = 0 OR history < base");

/* The rules are about all rows of a lane; while its history is still to come they say nothing. */
void
crash_check_rules (PiaoDb *db, const char *where)
{
  g_autoptr (GError) error = NULL;
  gint64 incomplete = 0;

  piao_db_query_int (db, &crash_incomplete, 0, &incomplete, &error, "");
  fail_on (error);
  if (incomplete == 0)
    crash_check_all_rules (db, where);
}

void
crash_check_all_rules (PiaoDb *db, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) breaches = NULL;

  breaches = piao_audit_run (db, &error);
  fail_on (error);
  for (guint i = 0; i < breaches->len; i++)
    {
      const PiaoBreach *breach = g_ptr_array_index (breaches, i);

      g_error ("%s: %s (%s)", where, piao_audit_get_sentence (breach->rule), breach->subject);
    }
}
