/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-change-index.h"
#include "store/piao-schema.h"
#include "sync/piao-serve.h"
#include "tests/lib/piao-centre.h"

PIAO_STATEMENT (centre_add_device,
                "INSERT INTO device (number, key_hash, user_id, name, dseq, last_seen, skew,"
                " revoked) VALUES ($1, $2, $3, 'test', 0, 0, 0, 0)");
PIAO_STATEMENT (centre_add_session,
                "INSERT INTO session (token_hash, user_id, device, created_at, expires_at)"
                " VALUES ($1, $2, $3, 0, 0)");
PIAO_STATEMENT (centre_open_request,
                "SELECT id FROM gateway_request WHERE order_id = $1"
                " AND state IN ('prepared', 'sent', 'unknown') ORDER BY id DESC LIMIT 1");

static void
fail_on (const GError *error)
{
  if (error != NULL)
    g_error ("%s (%s)", error->message, piao_error_get_reason (error));
}

PiaoCentre *
piao_centre_new (void)
{
  PiaoCentre *self = g_new0 (PiaoCentre, 1);
  g_autoptr (GError) error = NULL;
  guint n;
  const PiaoKind *const *kinds;

  self->fixture = piao_fixture_new ();
  self->clock = piao_clock_new_manual (self->fixture->now);
  self->coding = PIAO_REPLY_FRAMES;
  self->own = G_GINT64_CONSTANT (1) << 51;
  piao_ledger_prepare (self->fixture->db, "epoch-1", &error);
  fail_on (error);
  piao_db_begin (self->fixture->db, &error);
  fail_on (error);
  kinds = piao_registry_get_kinds (self->fixture->registry, &n);
  piao_change_index_adopt (self->fixture->db, kinds, n, &error);
  fail_on (error);
  piao_db_commit (self->fixture->db, &error);
  fail_on (error);
  return self;
}

void
piao_centre_free (PiaoCentre *self)
{
  g_clear_object (&self->clock);
  piao_fixture_free (self->fixture);
  g_free (self);
}

void
piao_centre_sign_in (PiaoCentre *self, guint number, gint64 user)
{
  g_autofree char *token = g_strdup_printf ("token-%u-%" G_GINT64_FORMAT, number, user);
  g_autoptr (GError) error = NULL;

  piao_db_exec (self->fixture->db, &centre_add_session, &error, "sii", token, user, (gint64)number);
  fail_on (error);
}

void
piao_centre_add_device (PiaoCentre *self, guint number, gint64 user)
{
  g_autofree char *key = g_strdup_printf ("key-%u", number);
  g_autoptr (GError) error = NULL;

  piao_db_exec (self->fixture->db, &centre_add_device, &error, "isi", (gint64)number, key, user);
  fail_on (error);
  piao_centre_sign_in (self, number, user);
  piao_centre_run (self, "number.reserve",
                   piao_json_build ("warehouse", 'd', (gint64)FIXTURE_WAREHOUSE, "device", 'i',
                                    (gint64)number, NULL));
}

static GPtrArray *
execute_all (PiaoCentre *self, GPtrArray *commands)
{
  g_autoptr (GPtrArray) verdicts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_verdict_free);
  PiaoDb *db = self->fixture->db;
  g_autoptr (PiaoLedger) ledger = NULL;
  g_autoptr (GError) error = NULL;

  piao_db_begin (db, &error);
  fail_on (error);
  ledger = piao_ledger_begin (db, &error);
  fail_on (error);
  for (guint i = 0; i < commands->len; i++)
    {
      PiaoVerdict *verdict = piao_ledger_execute (ledger, self->fixture->registry, db,
                                                  g_ptr_array_index (commands, i),
                                                  piao_clock_now (self->clock), &error);

      fail_on (error);
      g_ptr_array_add (verdicts, verdict);
    }
  piao_ledger_end (ledger, db, &error);
  fail_on (error);
  piao_db_commit (db, &error);
  fail_on (error);
  return g_steal_pointer (&verdicts);
}

PiaoVerdict *
piao_centre_execute (PiaoCentre *self, const PiaoPushed *pushed)
{
  g_autoptr (GPtrArray) commands = g_ptr_array_new ();
  g_autoptr (GPtrArray) verdicts = NULL;

  g_ptr_array_add (commands, (gpointer)pushed);
  verdicts = execute_all (self, commands);
  return g_ptr_array_steal_index (verdicts, 0);
}

gint64
piao_centre_run (PiaoCentre *self, const char *name, JsonObject *args)
{
  g_autoptr (PiaoPushed) pushed = piao_pushed_new (name, args);
  g_autoptr (PiaoVerdict) verdict = NULL;

  self->own += PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE;
  pushed->id = self->own;
  pushed->at = pushed->ruled_at = piao_clock_now (self->clock);
  verdict = piao_centre_execute (self, pushed);
  if (verdict->state != PIAO_VERDICT_ACCEPTED)
    g_error ("%s: %s", name, verdict->message);
  return verdict->seq;
}

PiaoReply *
piao_centre_serve (PiaoCentre *self, JsonObject *request, guint device, gint64 user)
{
  PiaoDb *db = self->fixture->db;
  gint64 now = piao_clock_now (self->clock);
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  g_autoptr (GPtrArray) commands = piao_serve_read_commands (request, device, now, NULL);
  g_autoptr (GPtrArray) verdicts = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  PiaoReply *arrived;
  gboolean restart = FALSE;

  g_assert_nonnull (commands);
  piao_serve_check (db, request, device, reply, &restart, &error);
  fail_on (error);
  if (!restart)
    {
      verdicts = execute_all (self, commands);
      piao_db_begin_read (db, &error);
      fail_on (error);
      piao_serve_answer (self->fixture->registry, db, request, user, verdicts, now, self->terms,
                         reply, &error);
      fail_on (error);
      piao_db_rollback (db);
    }
  bytes = piao_reply_encode (reply, self->coding, piao_schema_get_newest (), &error);
  fail_on (error);
  arrived = piao_reply_decode (self->fixture->registry, self->coding, bytes, &error);
  fail_on (error);
  return arrived;
}

void
piao_centre_answer_gateway (PiaoCentre *self, gint64 order, gboolean ok, const char *result)
{
  gint64 request = 0;

  piao_db_query_int (self->fixture->db, &centre_open_request, 0, &request, NULL, "i", order);
  g_assert_cmpint (request, >, 0);
  piao_centre_run (self, "gateway.decide",
                   piao_json_build ("request", 'd', request, "ok", 'b', ok, "result", 's', result,
                                    NULL));
}

/* --- dumps ----------------------------------------------------------------------------------- */

static void
dump_record (GString *text, const PiaoRecord *record)
{
  g_string_append_printf (
      text, "%s %" G_GINT64_FORMAT " lane %" G_GINT64_FORMAT " rev %" G_GINT64_FORMAT "%s",
      record->kind->name, record->id, record->lane, record->rev, record->deleted ? " deleted" : "");
  for (guint i = 0; i < record->kind->n_columns; i++)
    if (record->values[i].type == PIAO_VALUE_INT)
      g_string_append_printf (text, " %s=%" G_GINT64_FORMAT, record->kind->columns[i].name,
                              record->values[i].number);
    else if (record->values[i].type == PIAO_VALUE_TEXT)
      g_string_append_printf (text, " %s=\"%s\"", record->kind->columns[i].name,
                              record->values[i].text);
  g_string_append_c (text, '\n');
}

static gboolean
is_wanted (const gint64 *lanes, gint64 lane)
{
  if (lanes == NULL)
    return TRUE;
  for (guint i = 0; lanes[i] >= 0; i++)
    if (lanes[i] == lane)
      return TRUE;
  return FALSE;
}

/* Kept: a connection remembers statements by address. */
static const PiaoStatement *
get_dump_statement (const PiaoKind *kind)
{
  static GHashTable *all;
  PiaoStatement *made;

  if (all == NULL)
    all = g_hash_table_new (NULL, NULL);
  made = g_hash_table_lookup (all, kind);
  if (made == NULL)
    {
      made = g_new0 (PiaoStatement, 1);
      made->name = kind->name;
      made->sql = g_strconcat (piao_kind_get_columns (kind)->sql, " ORDER BY id", NULL);
      g_hash_table_insert (all, (gpointer)kind, made);
    }
  return made;
}

char *
piao_dump (PiaoRegistry *registry, PiaoDb *db, const gint64 *lanes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PiaoCursor) cursor = NULL;
      g_autoptr (GError) error = NULL;

      cursor = piao_db_query (db, get_dump_statement (kinds[i]), &error, "");
      while (piao_cursor_next (cursor, &error))
        {
          g_autoptr (PiaoRecord) record = piao_record_from_cursor (kinds[i], cursor);

          if (is_wanted (lanes, record->lane))
            dump_record (text, record);
        }
      fail_on (error);
    }
  return g_strdup (text->str);
}

/* --- desks ----------------------------------------------------------------------------------- */

static void
open_replica (PiaoDesk *desk)
{
  g_autofree char *path = g_build_filename (desk->folder, "replica.db", NULL);
  g_autoptr (GError) error = NULL;

  desk->replica
      = piao_replica_open (path, desk->centre->fixture->registry, desk->centre->clock, &error);
  fail_on (error);
  piao_replica_set_actor (desk->replica, desk->user, desk->device);
}

PiaoDesk *
piao_desk_new (PiaoCentre *centre, guint device, gint64 user)
{
  PiaoDesk *desk = g_new0 (PiaoDesk, 1);
  g_autoptr (GError) error = NULL;

  desk->centre = centre;
  desk->device = device;
  desk->user = user;
  desk->folder = g_dir_make_tmp ("piaoku-desk-XXXXXX", &error);
  fail_on (error);
  open_replica (desk);
  return desk;
}

void
piao_desk_restart (PiaoDesk *desk)
{
  piao_replica_close (desk->replica);
  g_object_unref (desk->replica);
  open_replica (desk);
}

void
piao_desk_free (PiaoDesk *desk)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  piao_replica_close (desk->replica);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path
          = g_strconcat (piao_replica_get_path (desk->replica), suffixes[i], NULL);

      g_unlink (path);
    }
  g_object_unref (desk->replica);
  g_rmdir (desk->folder);
  g_free (desk->folder);
  g_free (desk);
}

gint64
piao_desk_run (PiaoDesk *desk, const char *name, JsonObject *args)
{
  g_autoptr (DexFuture) future = NULL;
  g_autoptr (GError) error = NULL;
  const GValue *value;

  piao_clock_advance (desk->centre->clock, PIAO_SECOND);
  future = piao_replica_run (desk->replica, name, args);
  value = piao_future_wait (future, &error);
  fail_on (error);
  return g_value_get_int64 (value);
}

/* Jobs on the replica hand their result over in here. */
typedef struct
{
  PiaoDesk *desk;
  gsize max_bytes;
  JsonObject *request;
  PiaoSyncAnswer *answer;
  const PiaoStatement *statement;
  gint64 number;
  char *text;
} Job;

static void
wait_for (DexFuture *future)
{
  g_autoptr (DexFuture) held = future;
  g_autoptr (GError) error = NULL;

  piao_future_wait (held, &error);
  fail_on (error);
}

static DexFuture *
build_request (PiaoDb *db, gpointer data)
{
  Job *job = data;
  gsize piece = job->desk->piece > 0 ? job->desk->piece : PIAO_SYNC_MAX_REQUEST;
  GError *error = NULL;

  job->request
      = piao_sync_build_request (db, job->desk->device, piao_clock_now (job->desk->centre->clock),
                                 job->max_bytes, piece, TRUE, &error);
  return error != NULL ? dex_future_new_for_error (error) : NULL;
}

JsonObject *
piao_desk_request (PiaoDesk *desk, gsize max_bytes)
{
  Job job = { .desk = desk, .max_bytes = max_bytes };

  wait_for (piao_replica_read (desk->replica, build_request, &job, NULL));
  return job.request;
}

static DexFuture *
apply_answer (PiaoDb *db, gpointer data)
{
  Job *job = data;
  GError *error = NULL;

  if (!piao_sync_answer_apply (job->answer, job->desk->centre->fixture->registry, db, &error))
    return dex_future_new_for_error (error);
  return NULL;
}

gboolean
piao_desk_take (
    PiaoDesk *desk, JsonObject *request, PiaoReply *reply, gboolean *more, GError **error)
{
  g_autoptr (PiaoSyncAnswer) answer
      = piao_sync_answer_new (desk->centre->fixture->registry, request, reply, error);
  Job job = { .desk = desk, .answer = answer };

  if (answer == NULL)
    return FALSE;
  wait_for (piao_replica_write (desk->replica, apply_answer, &job, NULL));
  if (more != NULL)
    *more = piao_sync_answer_has_more (answer);
  return TRUE;
}

guint
piao_desk_sync (PiaoDesk *desk, gsize max_bytes)
{
  gboolean more = TRUE;
  guint rounds = 0;

  for (; more; rounds++)
    {
      g_autoptr (JsonObject) request = piao_desk_request (desk, max_bytes);
      g_autoptr (PiaoReply) reply
          = piao_centre_serve (desk->centre, request, desk->device, desk->user);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (rounds, <, 1000);
      piao_desk_take (desk, request, reply, &more, &error);
      fail_on (error);
    }
  return rounds;
}

static DexFuture *
dump_all (PiaoDb *db, gpointer data)
{
  Job *job = data;

  job->text = piao_dump (job->desk->centre->fixture->registry, db, NULL);
  return NULL;
}

char *
piao_desk_dump (PiaoDesk *desk)
{
  Job job = { .desk = desk };

  wait_for (piao_replica_read (desk->replica, dump_all, &job, NULL));
  return job.text;
}

static DexFuture *
read_int (PiaoDb *db, gpointer data)
{
  Job *job = data;
  GError *error = NULL;

  if (!piao_db_query_int (db, job->statement, 0, &job->number, &error, "i", job->number))
    return dex_future_new_for_error (error);
  return NULL;
}

gint64
piao_desk_int (PiaoDesk *desk, const PiaoStatement *statement, gint64 parameter)
{
  Job job = { .desk = desk, .statement = statement, .number = parameter };

  wait_for (piao_replica_read (desk->replica, read_int, &job, NULL));
  return job.number;
}

static DexFuture *
exec (PiaoDb *db, gpointer data)
{
  Job *job = data;
  GError *error = NULL;

  if (!piao_db_exec (db, job->statement, &error, "i", job->number))
    return dex_future_new_for_error (error);
  return NULL;
}

void
piao_desk_exec (PiaoDesk *desk, const PiaoStatement *statement, gint64 parameter)
{
  Job job = { .desk = desk, .statement = statement, .number = parameter };

  wait_for (piao_replica_write (desk->replica, exec, &job, NULL));
}

static DexFuture *
read_state (PiaoDb *db, gpointer data)
{
  Job *job = data;
  g_autoptr (GPtrArray) entries = piao_outbox_list (db, 10000, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (entry->id == job->number)
        job->text = g_strdup_printf ("%s%s%s", entry->state, entry->code != NULL ? " " : "",
                                     entry->code != NULL ? entry->code : "");
    }
  return NULL;
}

char *
piao_desk_state (PiaoDesk *desk, gint64 command)
{
  Job job = { .desk = desk, .number = command };

  wait_for (piao_replica_read (desk->replica, read_state, &job, NULL));
  return job.text;
}
