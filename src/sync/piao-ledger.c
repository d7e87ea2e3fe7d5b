/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-mutant.h"
#include "sync/piao-ledger.h"

PIAO_STATEMENT (ledger_last_id, "SELECT MAX(id) FROM command_log WHERE device = 0 AND id > $1");
PIAO_STATEMENT (ledger_head, "SELECT seq, entries, hash, epoch, epoch_at FROM head WHERE one = 1");
PIAO_STATEMENT (ledger_stand, "SELECT seq, epoch FROM head WHERE one = 1");
/* Writing the row is the lock among server processes on PostgreSQL: the next one waits here until
 * this transaction has ended, and then sees what it wrote. */
PIAO_STATEMENT (
    ledger_take_head,
    "UPDATE head SET seq = seq WHERE one = 1 RETURNING seq, entries, hash, epoch, epoch_at");
PIAO_STATEMENT (ledger_make_head,
                "INSERT INTO head (one, seq, entries, hash, epoch) VALUES (1, 0, 0, '', $1)"
                " ON CONFLICT (one) DO NOTHING");
PIAO_STATEMENT (ledger_set_head, "UPDATE head SET seq = $1, entries = $2, hash = $3 WHERE one = 1");
PIAO_STATEMENT (ledger_find,
                "SELECT seq, verdict, code, message, device, dseq, name, args, at, actor"
                " FROM command_log WHERE id = $1");
PIAO_STATEMENT (
    ledger_append,
    "INSERT INTO command_log (n, id, seq, device, dseq, name, args, at, ruled_at, actor,"
    " received_at, verdict, code, message, hash)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
PIAO_STATEMENT (ledger_facts,
                "SELECT dseq, revoked, (SELECT COUNT(*) FROM session WHERE session.device = $1"
                " AND session.user_id = $2), (SELECT COUNT(*) FROM users WHERE users.id = $2"
                " AND users.enabled = 1 AND users.deleted = 0) FROM device WHERE number = $1");
PIAO_STATEMENT (ledger_set_dseq, "UPDATE device SET dseq = $2 WHERE number = $1");
PIAO_STATEMENT (
    ledger_walk,
    "SELECT n, id, seq, device, dseq, name, args, at, ruled_at, actor, received_at,"
    " verdict, code, message, hash FROM command_log WHERE n > $1 ORDER BY n LIMIT 1000");

PiaoPushed *
piao_pushed_new (const char *name, JsonObject *args)
{
  PiaoPushed *pushed = g_new0 (PiaoPushed, 1);

  pushed->name = g_strdup (name);
  pushed->args = args;
  return pushed;
}

void
piao_pushed_free (PiaoPushed *pushed)
{
  g_free (pushed->name);
  g_clear_pointer (&pushed->args, json_object_unref);
  g_free (pushed);
}

PiaoVerdict *
piao_verdict_copy (const PiaoVerdict *verdict)
{
  PiaoVerdict *copy = g_memdup2 (verdict, sizeof *verdict);

  copy->code = g_strdup (verdict->code);
  copy->message = g_strdup (verdict->message);
  return copy;
}

void
piao_verdict_free (PiaoVerdict *verdict)
{
  g_free (verdict->code);
  g_free (verdict->message);
  g_free (verdict);
}

static PiaoVerdict *
verdict_new (gint64 id, PiaoVerdictState state, const char *code, const char *message)
{
  PiaoVerdict *verdict = g_new0 (PiaoVerdict, 1);

  verdict->id = id;
  verdict->state = state;
  verdict->code = g_strdup (code);
  verdict->message = g_strdup (message);
  return verdict;
}

/* --- the head -------------------------------------------------------------------------------- */

PIAO_STATEMENT (ledger_counted, "SELECT EXISTS (SELECT 1 FROM digest)");

gboolean
piao_ledger_prepare (PiaoDb *db, const char *epoch, GError **error)
{
  g_autoptr (GArray) digests = NULL;
  gint64 counted = 0;

  if (!piao_db_exec (db, &ledger_make_head, error, "s", epoch)
      || !piao_db_query_int (db, &ledger_counted, 0, &counted, error, ""))
    return FALSE;
  if (counted != 0)
    return TRUE;
  /* A database from before there were digests. */
  digests = piao_digest_count_changes (db, error);
  return digests != NULL && piao_digest_replace (db, digests, error);
}

static gboolean
set_headless (GError **error)
{
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "ledger.head",
                         _ ("This database has no head; it was not made for a server."));
}

static PiaoLedger *
load_head (PiaoDb *db, const PiaoStatement *statement, GError **error)
{
  g_autoptr (PiaoLedger) self = g_new0 (PiaoLedger, 1);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, &inner, "");

  if (piao_cursor_next (cursor, &inner))
    {
      self->seq = piao_cursor_int (cursor, 0);
      self->entries = piao_cursor_int (cursor, 1);
      self->hash = g_strdup (piao_cursor_text (cursor, 2));
      self->epoch = g_strdup (piao_cursor_text (cursor, 3));
      self->epoch_at = piao_cursor_int (cursor, 4);
      self->lanes = g_array_new (FALSE, FALSE, sizeof (gint64));
      self->notes = piao_change_notes_new ();
      return g_steal_pointer (&self);
    }
  if (inner == NULL)
    set_headless (&inner);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

PiaoLedger *
piao_ledger_begin (PiaoDb *db, GError **error)
{
  piao_db_defer (db);
  return load_head (db, &ledger_take_head, error);
}

gboolean
piao_ledger_end (PiaoLedger *self, PiaoDb *db, GError **error)
{
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();

  return piao_change_notes_write (self->notes, db, tally, error)
         && piao_digest_tally_write (tally, db, error)
         && piao_db_exec (db, &ledger_set_head, error, "iis", self->seq, self->entries, self->hash);
}

void
piao_ledger_free (PiaoLedger *self)
{
  g_free (self->hash);
  g_free (self->epoch);
  g_clear_pointer (&self->lanes, g_array_unref);
  g_clear_pointer (&self->notes, piao_change_notes_free);
  g_free (self);
}

typedef struct
{
  gint64 *seq;
  char **epoch;
} HeadWanted;

static gboolean
take_head (PiaoCursor *cursor, gpointer data, GError **error)
{
  const HeadWanted *wanted = data;
  g_autoptr (GError) inner = NULL;

  if (piao_cursor_next (cursor, &inner))
    {
      if (wanted->seq != NULL)
        *wanted->seq = piao_cursor_int (cursor, 0);
      if (wanted->epoch != NULL)
        *wanted->epoch = g_strdup (piao_cursor_text (cursor, 1));
      return TRUE;
    }
  if (inner == NULL)
    set_headless (&inner);
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_ledger_ask_head (PiaoDb *db, gint64 *seq, char **epoch, GError **error)
{
  const HeadWanted wanted = { seq, epoch };

  return piao_db_ask (db, &ledger_stand, take_head, g_memdup2 (&wanted, sizeof wanted), g_free,
                      error, "");
}

gboolean
piao_ledger_read_head (PiaoDb *db, gint64 *seq, char **epoch, GError **error)
{
  gboolean asked = piao_ledger_ask_head (db, seq, epoch, error);

  return piao_db_settle (db, asked ? error : NULL) && asked;
}

gboolean
piao_ledger_read_last_id (PiaoDb *db, gint64 *last, GError **error)
{
  gint64 command = 0;

  if (!piao_db_query_int (db, &ledger_last_id, 0, &command, error, "i", *last))
    return FALSE;
  if (command > 0)
    *last = MAX (*last, command + (gint64)(PIAO_ID_PER_COMMAND - 1) * PIAO_ID_STRIDE);
  return TRUE;
}

/* --- the log --------------------------------------------------------------------------------- */

/* One entry as the chain sees it. Texts are borrowed. */
typedef struct
{
  gint64 numbers[8]; /* n, id, seq, device, dseq, at, ruled_at, actor */
  gint64 received_at;
  const char *texts[5]; /* name, args, verdict, code, message */
} Entry;

/* Every text carries its length, so that no two entries read alike. Transfer full. */
static char *
make_hash (const char *before, const Entry *entry)
{
  g_autoptr (GString) text = g_string_new (before);

  for (guint i = 0; i < G_N_ELEMENTS (entry->numbers); i++)
    g_string_append_printf (text, "|%" G_GINT64_FORMAT, entry->numbers[i]);
  g_string_append_printf (text, "|%" G_GINT64_FORMAT, entry->received_at);
  for (guint i = 0; i < G_N_ELEMENTS (entry->texts); i++)
    if (entry->texts[i] != NULL)
      g_string_append_printf (text, "|%zu:%s", strlen (entry->texts[i]), entry->texts[i]);
    else
      g_string_append (text, "|-");
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

static gboolean
append (PiaoLedger *self,
        PiaoDb *db,
        const PiaoPushed *pushed,
        const PiaoVerdict *verdict,
        gint64 now,
        GError **error)
{
  g_autofree char *args = piao_json_object_to_text (pushed->args);
  const char *word = verdict->state == PIAO_VERDICT_ACCEPTED || PIAO_MUTANT (verdict_not_stored)
                         ? "accepted"
                         : "refused";
  gint64 n = self->entries + 1;
  gint64 device = pushed->device;
  Entry entry = { { n, pushed->id, verdict->seq, device, pushed->dseq, pushed->at, pushed->ruled_at,
                    pushed->actor },
                  now,
                  { pushed->name, args, word, verdict->code, verdict->message } };
  g_autofree char *hash = make_hash (self->hash, &entry);

  if (!piao_db_exec (db, &ledger_append, error, "iiiiissiiiissss", n, pushed->id, verdict->seq,
                     device, pushed->dseq, pushed->name, args, pushed->at, pushed->ruled_at,
                     pushed->actor, now, word, verdict->code, verdict->message, hash))
    return FALSE;
  if (device > 0 && !piao_db_exec (db, &ledger_set_dseq, error, "ii", device, pushed->dseq))
    return FALSE;
  self->entries = n;
  if (!PIAO_MUTANT (chain_broken) || n % 7 != 0)
    g_set_str (&self->hash, hash);
  return TRUE;
}

static PiaoVerdict *
verdict_from_cursor (gint64 id, PiaoCursor *cursor)
{
  gboolean accepted = g_strcmp0 (piao_cursor_text (cursor, 1), "accepted") == 0;
  PiaoVerdict *verdict = verdict_new (id, accepted ? PIAO_VERDICT_ACCEPTED : PIAO_VERDICT_REFUSED,
                                      piao_cursor_text (cursor, 2), piao_cursor_text (cursor, 3));

  verdict->seq = piao_cursor_int (cursor, 0);
  verdict->repeated = TRUE;
  return verdict;
}

PiaoVerdict *
piao_ledger_find (PiaoDb *db, gint64 id, guint *device, gint64 *actor, GError **error)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &ledger_find, error, "i", id);

  if (!piao_cursor_next (cursor, error))
    return NULL;
  if (device != NULL)
    *device = (guint)piao_cursor_int (cursor, 4);
  if (actor != NULL)
    *actor = piao_cursor_int (cursor, 9);
  return verdict_from_cursor (id, cursor);
}

static gboolean
check_chain (PiaoCursor *cursor, char **hash, gint64 n)
{
  Entry entry = { .received_at = piao_cursor_int (cursor, 10) };
  static const guint numbers[] = { 0, 1, 2, 3, 4, 7, 8, 9 };
  static const guint texts[] = { 5, 6, 11, 12, 13 };
  g_autofree char *expected = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    entry.numbers[i] = piao_cursor_int (cursor, numbers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    entry.texts[i] = piao_cursor_text (cursor, texts[i]);
  expected = make_hash (*hash, &entry);
  if (entry.numbers[0] != n || g_strcmp0 (expected, piao_cursor_text (cursor, 14)) != 0)
    return FALSE;
  g_set_str (hash, expected);
  return TRUE;
}

gboolean
piao_ledger_verify (PiaoDb *db, gint64 *entries, GError **error)
{
  g_autofree char *hash = g_strdup ("");
  g_autoptr (PiaoLedger) head = load_head (db, &ledger_head, error);
  gint64 n = 0;
  gboolean more = TRUE;

  if (head == NULL)
    return FALSE;
  while (more)
    {
      g_autoptr (GError) inner = NULL;
      g_autoptr (PiaoCursor) cursor = piao_db_query (db, &ledger_walk, &inner, "i", n);

      for (more = FALSE; piao_cursor_next (cursor, &inner); more = TRUE)
        if (!check_chain (cursor, &hash, ++n))
          return piao_error_set (error, PIAO_ERROR_CORRUPT, "log.chain",
                                 _ ("Entry %" PRIi64 " of the command log was altered."), n);
      if (inner != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return FALSE;
        }
    }
  if (n != head->entries || !g_str_equal (hash, head->hash))
    return piao_error_set (error, PIAO_ERROR_CORRUPT, "log.chain",
                           _ ("The end of the command log is missing (%" PRIi64
                              " entries of %" PRIi64 ")."),
                           n, head->entries);
  if (entries != NULL)
    *entries = n;
  return TRUE;
}

/* --- the change index ------------------------------------------------------------------------ */

static void
add_lane (PiaoLedger *self, gint64 lane)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (g_array_index (self->lanes, gint64, i) == lane)
      return;
  g_array_append_val (self->lanes, lane);
}

/* Of a command that was accepted: nothing of another may get into the index. */
static void
note_touched (PiaoLedger *self, const GArray *touched)
{
  static const char *const access_tables[]
      = { "users", "role", "user_role", "role_permission", NULL };

  for (guint i = 0; i < touched->len; i++)
    {
      const PiaoTouch *touch = &g_array_index (touched, PiaoTouch, i);
      gboolean moved = touch->old_lane >= 0 && touch->old_lane != touch->lane;

      piao_change_notes_add (self->notes, touch->lane, self->seq, touch->kind->name, touch->id,
                             FALSE);
      add_lane (self, touch->lane);
      if (g_strv_contains (access_tables, piao_kind_get_table (touch->kind)))
        self->access_changed = TRUE;
      if (!moved)
        continue;
      if (!PIAO_MUTANT (skipped_gone))
        piao_change_notes_add (self->notes, touch->old_lane, self->seq, touch->kind->name,
                               touch->id, TRUE);
      add_lane (self, touch->old_lane);
    }
}

/* --- deciding -------------------------------------------------------------------------------- */

/* Whether @error says that the database, not a rule, stopped the command. */
static gboolean
is_database_failure (const GError *error)
{
  static const char *const reasons[]
      = { "db.lost",    "db.full",    "db.busy", "db.corrupt", "db.open",
          "db.connect", "db.aborted", "db.io",   NULL };

  return error->domain == PIAO_ERROR && g_strv_contains (reasons, piao_error_get_reason (error));
}

/* What the database says about a push before it is decided; asked for at once. */
typedef struct
{
  const PiaoPushed *pushed; /* borrowed */
  PiaoVerdict *verdict;     /* owned; of a known id */
  gboolean known, revoked;  /* its device */
  gint64 dseq;
  gint64 was_here, may_act; /* its actor */
  PiaoAccess *access;       /* owned; the actor's; NULL for the system */
} Facts;

static void
facts_clear (Facts *facts)
{
  g_clear_pointer (&facts->verdict, piao_verdict_free);
  g_clear_pointer (&facts->access, piao_access_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

/* A known id: the same body gets its verdict again, another one is an alarm. */
static gboolean
take_repeated (PiaoCursor *cursor, gpointer data, GError **error)
{
  Facts *facts = data;
  const PiaoPushed *pushed = facts->pushed;
  g_autofree char *args = NULL;
  g_autoptr (GError) inner = NULL;

  if (PIAO_MUTANT (no_idempotency) || !piao_cursor_next (cursor, &inner))
    {
      if (inner == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  args = piao_json_object_to_text (pushed->args);
  if (piao_cursor_int (cursor, 4) == (gint64)pushed->device
      && piao_cursor_int (cursor, 5) == pushed->dseq
      && g_strcmp0 (piao_cursor_text (cursor, 6), pushed->name) == 0
      && g_strcmp0 (piao_cursor_text (cursor, 7), args) == 0
      && piao_cursor_int (cursor, 8) == pushed->at && piao_cursor_int (cursor, 9) == pushed->actor)
    {
      facts->verdict = verdict_from_cursor (pushed->id, cursor);
      return TRUE;
    }
  g_message ("ALARM: device %u sent command %" G_GINT64_FORMAT " again with another body",
             pushed->device, pushed->id);
  facts->verdict = verdict_new (pushed->id, PIAO_VERDICT_REJECTED, "command.body",
                                _ ("The centre knows this command with another content. "
                                   "Tell the support; nothing was changed."));
  return TRUE;
}

static gboolean
take_device (PiaoCursor *cursor, gpointer data, GError **error)
{
  Facts *facts = data;
  g_autoptr (GError) inner = NULL;

  facts->known = piao_cursor_next (cursor, &inner);
  if (facts->known)
    {
      facts->dseq = piao_cursor_int (cursor, 0);
      facts->revoked = piao_cursor_int (cursor, 1) != 0;
      facts->was_here = piao_cursor_int (cursor, 2);
      facts->may_act = piao_cursor_int (cursor, 3);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Of whom the rules ask what he may. */
static gboolean
ask_access (
    PiaoRegistry *registry, PiaoDb *db, const PiaoPushed *pushed, Facts *facts, GError **error)
{
  const PiaoCommand *command = piao_registry_find_command (registry, pushed->name);

  if (pushed->actor == 0 || command == NULL)
    return TRUE;
  facts->access = piao_access_ask (db, pushed->actor, command->permission, error);
  return facts->access != NULL;
}

/* Device 0 is the server. */
static gboolean
learn (PiaoRegistry *registry, PiaoDb *db, const PiaoPushed *pushed, Facts *facts, GError **error)
{
  gint64 device = pushed->device;
  gboolean asked
      = piao_db_ask (db, &ledger_find, take_repeated, facts, NULL, error, "i", pushed->id)
        && (device == 0
            || piao_db_ask (db, &ledger_facts, take_device, facts, NULL, error, "ii", device,
                            pushed->actor))
        && ask_access (registry, db, pushed, facts, error);

  /* Settled in any case: nothing that is on its way may come when @facts is gone. */
  return piao_db_settle (db, asked ? error : NULL) && asked;
}

/* NULL when the push is in order. */
static PiaoVerdict *
check_device (const PiaoPushed *pushed, const Facts *facts)
{
  if (pushed->device == 0)
    return NULL;
  if (!facts->known)
    return verdict_new (pushed->id, PIAO_VERDICT_REJECTED, "device.unknown",
                        _ ("The centre does not know this computer. Sign in."));
  if (facts->revoked)
    return verdict_new (pushed->id, PIAO_VERDICT_REJECTED, "device.revoked",
                        _ ("This computer may no longer send to the centre."));
  if (piao_id_get_device (pushed->id) != pushed->device || pushed->dseq <= facts->dseq)
    {
      g_message ("ALARM: device %u sent an unknown command as its number %" G_GINT64_FORMAT
                 " of %" G_GINT64_FORMAT,
                 pushed->device, pushed->dseq, facts->dseq);
      return verdict_new (pushed->id, PIAO_VERDICT_REJECTED, "command.body",
                          _ ("The centre knows another command under this number. "
                             "Tell the support; nothing was changed."));
    }
  if (pushed->dseq > facts->dseq + 1)
    {
      PiaoVerdict *gap = verdict_new (pushed->id, PIAO_VERDICT_REJECTED, "command.gap",
                                      _ ("Earlier commands of this computer are missing."));

      gap->expected = facts->dseq + 1;
      return gap;
    }
  return NULL;
}

/* A desktop may be used by several people, and what one did may go up while another is signed in;
 * but each must have signed in there once. What arrives of a user after he was disabled is refused
 * whatever time it claims: only his computer says when it was made. Somebody else can send it again
 * in his own name (piao_outbox_resend()). */
static gboolean
check_actor (const PiaoPushed *pushed, const Facts *facts, GError **error)
{
  if (pushed->device == 0)
    return TRUE;
  if (pushed->actor > 0 && facts->was_here > 0 && facts->may_act == 0)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "command.user",
                           _ ("The user of this command may no longer work here. Somebody who may "
                              "can send it again."));
  return (pushed->actor > 0 && facts->was_here > 0)
         || piao_error_set (error, PIAO_ERROR_FORBIDDEN, "command.actor",
                            _ ("The user of this command never signed in on this computer."));
}

static PiaoVerdict *
decide (PiaoLedger *self,
        PiaoRegistry *registry,
        PiaoDb *db,
        const PiaoPushed *pushed,
        const Facts *facts,
        GError **error)
{
  PiaoContext context = { .command = pushed->id,
                          .at = pushed->ruled_at,
                          .actor = pushed->actor,
                          .device = pushed->device,
                          .side = PIAO_SIDE_SERVER,
                          .seq = self->seq + 1,
                          .again = pushed->again,
                          .epoch_at = self->epoch_at,
                          .access = facts->access };
  g_autoptr (GArray) touched = NULL;
  g_autoptr (GError) refusal = NULL;
  PiaoVerdict *verdict;

  if (pushed->withdrawn)
    return verdict_new (pushed->id, PIAO_VERDICT_REFUSED, "command.withdrawn",
                        _ ("This was put away at the computer before the centre had it."));
  if (!piao_db_savepoint (db, error))
    return NULL;
  if (check_actor (pushed, facts, &refusal)
      && piao_command_apply (registry, db, &context, pushed->name, pushed->args, &touched, &refusal)
      && piao_db_release (db, &refusal))
    {
      self->seq = context.seq;
      note_touched (self, touched);
      verdict = verdict_new (pushed->id, PIAO_VERDICT_ACCEPTED, NULL, NULL);
      verdict->seq = context.seq;
      return verdict;
    }
  piao_db_rollback_to (db);
  if (!is_database_failure (refusal))
    return verdict_new (pushed->id, PIAO_VERDICT_REFUSED, piao_error_get_reason (refusal),
                        refusal->message);
  g_propagate_error (error, g_steal_pointer (&refusal));
  return NULL;
}

PiaoVerdict *
piao_ledger_execute (PiaoLedger *self,
                     PiaoRegistry *registry,
                     PiaoDb *db,
                     const PiaoPushed *pushed,
                     gint64 now,
                     GError **error)
{
  g_auto (Facts) facts = { .pushed = pushed };
  g_autoptr (PiaoVerdict) verdict = NULL;

  if (!learn (registry, db, pushed, &facts, error))
    return NULL;
  verdict
      = facts.verdict != NULL ? g_steal_pointer (&facts.verdict) : check_device (pushed, &facts);
  if (verdict != NULL)
    return g_steal_pointer (&verdict);
  verdict = decide (self, registry, db, pushed, &facts, error);
  if (verdict != NULL && append (self, db, pushed, verdict, now, error))
    return g_steal_pointer (&verdict);
  return NULL;
}
