/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: an answer is checked as a whole before anything is written: after that, apply can only
 * fail because of the database. Whatever is wrong gives one error that names the part, and the
 * caller asks again later with the same cursors.
 */
#include "config.h"

#include "base/piao-mutant.h"
#include "store/piao-rebase.h"
#include "store/piao-schema.h"
#include "store/piao-scrub.h"
#include "sync/piao-bulk-load.h"
#include "sync/piao-reply-private.h"
#include "sync/piao-sync-again.h"
#include "sync/piao-sync-core.h"
#include "sync/piao-sync-rows.h"
#include "sync/piao-sync-scope.h"

/* Setting: what is here is counted in digests. */
#define COUNTED "sync.counted"

struct _PiaoSyncAnswer
{
  PiaoReply *reply; /* owned */
  gint64 reached;
  PiaoProofPage page;
  PiaoProofOutcome proof;
  gboolean partial;           /* history is missing */
  gboolean sent_again;        /* commands that the server misses were queued once more */
  gboolean alone;             /* nothing but verdicts was wanted */
  gboolean verdicts_only;     /* nothing else of it was taken: they go up first */
  gboolean anew;              /* they have: all is fetched from here on */
  const char *problem_reason; /* borrowed from the reply */
  const char *problem;
};

PIAO_STATEMENT (sync_set_cursor,
                "INSERT INTO cursor (lane, seq, base, history) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, base = excluded.base,"
                " history = excluded.history WHERE cursor.seq <> excluded.seq"
                " OR cursor.base <> excluded.base OR cursor.history <> excluded.history");
PIAO_STATEMENT (sync_get_cursors, "SELECT lane FROM cursor ORDER BY lane");
PIAO_STATEMENT (sync_forget_cursors, "DELETE FROM cursor");
PIAO_STATEMENT (sync_last_dseq, "SELECT COALESCE (MAX(dseq), 0) FROM outbox");

/* --- does it answer the request? ------------------------------------------------------------- */

/* The cursor that was sent; all 0 without one. */
static PiaoLaneSeq
find_cursor (JsonArray *cursors, gint64 lane)
{
  for (guint i = 0; cursors != NULL && i < json_array_get_length (cursors); i++)
    {
      PiaoLaneSeq entry;

      if (piao_lane_seq_from_json (cursors, i, &entry) && entry.lane == lane)
        return entry;
    }
  return (PiaoLaneSeq){ 0 };
}

static gboolean
is_granted (const PiaoReply *reply, gint64 lane)
{
  for (guint i = 0; i < reply->upto->len; i++)
    if (g_array_index (reply->upto, PiaoLaneSeq, i).lane == lane)
      return TRUE;
  return FALSE;
}

static gboolean
was_sent (JsonObject *request, gint64 id)
{
  JsonArray *commands = piao_json_get_array (request, "commands");

  for (guint i = 0; commands != NULL && i < json_array_get_length (commands); i++)
    if (piao_json_get_id (piao_json_array_get_object (commands, i), "id") == id)
      return TRUE;
  return FALSE;
}

/* A cursor stands where it stood or further; only a lane that has none may begin a history. */
static gboolean
is_progress (const PiaoLaneSeq *from, const PiaoLaneSeq *to)
{
  if (to->seq < from->seq)
    return FALSE;
  return from->seq == 0 || to->base == 0
         || (to->base == from->base && to->history >= from->history);
}

static gboolean
check_upto (PiaoSyncAnswer *self, JsonObject *request)
{
  JsonArray *cursors = piao_json_get_array (request, "cursors");
  const PiaoReply *reply = self->reply;

  self->reached = reply->upto->len > 0 ? G_MAXINT64 : 0;
  for (guint i = 0; i < reply->upto->len; i++)
    {
      const PiaoLaneSeq *entry = &g_array_index (reply->upto, PiaoLaneSeq, i);
      PiaoLaneSeq from = find_cursor (cursors, entry->lane);

      if (!is_progress (&from, entry))
        return FALSE;
      self->reached = MIN (self->reached, entry->seq);
      self->partial = self->partial || entry->base > 0;
    }
  return TRUE;
}

static gboolean
check_verdicts (PiaoSyncAnswer *self, JsonObject *request)
{
  const PiaoReply *reply = self->reply;

  for (guint i = 0; i < reply->verdicts->len; i++)
    {
      const PiaoVerdict *verdict = g_ptr_array_index (reply->verdicts, i);

      if (!was_sent (request, verdict->id))
        return FALSE;
      if (verdict->state != PIAO_VERDICT_REJECTED || self->problem != NULL)
        continue;
      self->problem_reason = verdict->code;
      self->problem = verdict->message;
    }
  return TRUE;
}

PiaoSyncAnswer *
piao_sync_answer_new (PiaoRegistry *registry, JsonObject *request, PiaoReply *reply, GError **error)
{
  g_autoptr (PiaoSyncAnswer) self = g_new0 (PiaoSyncAnswer, 1);
  const char *wrong = NULL;

  self->reply = piao_reply_ref (reply);
  self->alone = g_str_equal (piao_json_get_text (request, "want", ""), "verdicts");
  if (!check_upto (self, request))
    wrong = "end.upto";
  else if (!check_verdicts (self, request))
    wrong = "verdicts";
  else if (!piao_proof_read_page (registry, request, reply, &self->page))
    wrong = "notes.repair";
  if (wrong == NULL)
    return g_steal_pointer (&self);
  piao_reply_set_shape_error (wrong, error);
  return NULL;
}

void
piao_sync_answer_free (PiaoSyncAnswer *self)
{
  piao_reply_unref (self->reply);
  g_free (self);
}

const PiaoReply *
piao_sync_answer_get_reply (const PiaoSyncAnswer *self)
{
  return self->reply;
}

gboolean
piao_sync_answer_has_more (const PiaoSyncAnswer *self)
{
  return self->reply->more || self->reply->restart || self->sent_again || self->verdicts_only
         || self->anew || (self->page.kind != NULL && !self->page.done);
}

gboolean
piao_sync_answer_fetches_more (const PiaoSyncAnswer *self)
{
  return piao_sync_answer_has_more (self) && (self->reply->restart || !self->verdicts_only);
}

gboolean
piao_sync_answer_waits (const PiaoSyncAnswer *self)
{
  const PiaoReply *reply = self->reply;
  /* Where all will be fetched anew, nothing of what is here is waited for. */
  gboolean waits = self->verdicts_only && self->reached > 0;

  for (guint i = 0; !reply->more && !self->verdicts_only && i < reply->upto->len; i++)
    waits = waits || g_array_index (reply->upto, PiaoLaneSeq, i).seq < reply->head;
  return waits;
}

gint64
piao_sync_answer_get_reached (const PiaoSyncAnswer *self)
{
  return self->reached;
}

PiaoProofOutcome
piao_sync_answer_get_proof (const PiaoSyncAnswer *self)
{
  return self->proof;
}

gboolean
piao_sync_answer_is_usable (const PiaoSyncAnswer *self)
{
  return self->reply->next == NULL && (self->reached > 0 || self->reply->head == 0);
}

gboolean
piao_sync_answer_is_whole (const PiaoSyncAnswer *self)
{
  return piao_sync_answer_is_usable (self) && !self->partial;
}

const char *
piao_sync_answer_get_problem (const PiaoSyncAnswer *self, const char **reason)
{
  if (reason != NULL)
    *reason = self->problem_reason;
  return self->problem;
}

/* --- apply ----------------------------------------------------------------------------------- */

typedef struct
{
  PiaoSyncAnswer *answer;
  const PiaoReply *reply;
  PiaoRegistry *registry;
  GArray *lost;       /* lanes that are here but not granted any more */
  gboolean make_room; /* rows that are in the way of those that arrive do */
} Apply;

/* Lanes that are here but not granted any more. Transfer full. */
static GArray *
list_lost_lanes (const PiaoReply *reply, PiaoDb *db, GError **error)
{
  g_autoptr (GArray) lost = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sync_get_cursors, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 lane = piao_cursor_int (cursor, 0);

      if (!is_granted (reply, lane))
        g_array_append_val (lost, lane);
    }
  if (inner == NULL)
    return g_steal_pointer (&lost);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static gboolean
erase_lost_lanes (Apply *apply, PiaoDb *db, GError **error)
{
  if (apply->lost->len == 0 || PIAO_MUTANT (lane_kept))
    return TRUE;
  return piao_sync_scope_erase (apply->registry, db, apply->lost, error)
         && piao_scrub_finish (db, error);
}

static gboolean
move_cursors (const PiaoReply *reply, PiaoDb *db, GError **error)
{
  for (guint i = 0; i < reply->upto->len; i++)
    {
      const PiaoLaneSeq *upto = &g_array_index (reply->upto, PiaoLaneSeq, i);

      if (!piao_db_exec (db, &sync_set_cursor, error, "iiii", upto->lane,
                         PIAO_MUTANT (naive_cursor) ? reply->head : upto->seq, upto->base,
                         upto->history))
        return FALSE;
    }
  return piao_setting_set (db, PIAO_SYNC_NEXT, reply->next, error);
}

/* A replica from before there were digests counts its rows once. */
static gboolean
count_digests (Apply *apply, PiaoDb *db, GError **error)
{
  g_autoptr (GArray) digests = NULL;
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (apply->registry, &n);

  if (piao_setting_get_int (db, COUNTED, 0) != 0)
    return TRUE;
  digests = piao_digest_count_rows (db, kinds, n, error);
  return digests != NULL && piao_digest_replace (db, digests, error)
         && piao_setting_set (db, COUNTED, "1", error);
}

/* Runs with the pending commands taken off. */
static gboolean
apply_rows (PiaoDb *db, gpointer data, GError **error)
{
  Apply *apply = data;
  const PiaoReply *reply = apply->reply;
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();

  if (!count_digests (apply, db, error))
    return FALSE;
  if (reply->restart || (apply->answer != NULL && apply->answer->anew))
    return piao_sync_rows_erase_all (apply->registry, db, error)
           && piao_db_exec (db, &sync_forget_cursors, error, "")
           && piao_setting_set (db, PIAO_SYNC_NEXT, NULL, error);
  if (!erase_lost_lanes (apply, db, error))
    return FALSE;
  for (guint i = 0; i < reply->gone->len; i++)
    {
      const PiaoReplyGone *gone = &g_array_index (reply->gone, PiaoReplyGone, i);

      if (!piao_sync_rows_remove (db, gone->kind, gone->lane, gone->id, tally, error))
        return FALSE;
    }
  if (PIAO_MUTANT (cursor_alone)
      && !(move_cursors (reply, db, error) && piao_db_commit (db, error)
           && piao_db_begin (db, error)))
    return FALSE;
  if (!piao_proof_clear (db, &apply->answer->page, tally, error)
      || !piao_bulk_load_begin (db, reply, error))
    return FALSE;
  for (guint i = 0; i < reply->blocks->len; i++)
    if (!piao_sync_rows_put (db, g_ptr_array_index (reply->blocks, i), apply->make_room, tally,
                             error))
      return FALSE;
  return move_cursors (reply, db, error) && piao_digest_tally_write (tally, db, error)
         && piao_proof_take (db, reply, &apply->answer->page, &apply->answer->proof, error);
}

static gboolean
apply_verdicts (const PiaoReply *reply, PiaoDb *db, GError **error)
{
  for (guint i = 0; i < reply->verdicts->len; i++)
    {
      const PiaoVerdict *verdict = g_ptr_array_index (reply->verdicts, i);

      if (verdict->state == PIAO_VERDICT_ACCEPTED
          && !piao_outbox_accept (db, verdict->id, verdict->seq, error))
        return FALSE;
      if (verdict->state == PIAO_VERDICT_REFUSED
          && !piao_outbox_refuse (db, verdict->id, verdict->code, verdict->message, error))
        return FALSE;
    }
  return TRUE;
}

/* The server is another one: what it had of this outbox it may have carried out and forgotten. */
static gboolean
note_again (const PiaoReply *reply, PiaoDb *db, GError **error)
{
  g_autofree char *text = NULL;
  gint64 last = 0;

  if (!reply->restart)
    return TRUE;
  if (!piao_db_query_int (db, &sync_last_dseq, 0, &last, error, ""))
    return FALSE;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, last);
  return piao_setting_set (db, PIAO_SYNC_AGAIN, text, error);
}

/* What the server was restored without, or never got, goes up again. */
static gboolean
send_again (PiaoSyncAnswer *self, PiaoDb *db, GError **error)
{
  if (!piao_sync_again_queue (db, self->reply, &self->sent_again, error))
    return FALSE;
  if (self->sent_again)
    self->problem = self->problem_reason = NULL;
  return TRUE;
}

static gboolean
decides (const PiaoReply *reply)
{
  for (guint i = 0; i < reply->verdicts->len; i++)
    if (((const PiaoVerdict *)g_ptr_array_index (reply->verdicts, i))->state
        != PIAO_VERDICT_REJECTED)
      return TRUE;
  return FALSE;
}

/* While commands go up first, as there are many: whether that goes on. @stays: the lanes of this
 * desktop are granted still. */
static gboolean
take_turn (PiaoSyncAnswer *self, PiaoDb *db, gboolean stays, GError **error)
{
  const PiaoReply *reply = self->reply;
  gboolean moves = reply->restart || self->sent_again || decides (reply);
  gboolean over = FALSE;

  if (!piao_sync_again_is_first (db))
    {
      self->verdicts_only = self->alone && stays && !reply->restart && decides (reply);
      return TRUE;
    }
  if (!piao_sync_again_is_over (db, &over, error))
    return FALSE;
  self->verdicts_only = stays && moves && !over;
  self->anew = !self->verdicts_only;
  self->reached = 0;
  return self->verdicts_only || piao_sync_again_end (db, error);
}

/* Verdicts, and what becomes of commands in lanes that are lost with this answer. */
static gboolean
apply_decisions (Apply *apply, PiaoDb *db, GError **error)
{
  const PiaoReply *reply = apply->reply;
  g_autoptr (GArray) endangered = NULL;

  if (reply->restart)
    return TRUE;
  if (apply->lost->len > 0 && !piao_scrub_begin (db, error))
    return FALSE;
  endangered = piao_sync_scope_find (apply->registry, db, apply->lost, error);
  return endangered != NULL && apply_verdicts (reply, db, error)
         && piao_sync_scope_park (db, endangered, reply->now, error);
}

/* The rows that it writes or removes. Transfer full. */
static PiaoRowSet *
list_arriving (gpointer data)
{
  const PiaoReply *reply = ((const Apply *)data)->reply;
  PiaoRowSet *arriving = piao_row_set_new ();

  for (guint i = 0; i < reply->gone->len; i++)
    {
      const PiaoReplyGone *gone = &g_array_index (reply->gone, PiaoReplyGone, i);

      piao_row_set_add (arriving, gone->kind, gone->id);
    }
  for (guint i = 0; i < reply->blocks->len; i++)
    {
      const PiaoRowBlock *block = g_ptr_array_index (reply->blocks, i);

      for (guint row = 0; row < block->n_rows; row++)
        piao_row_set_add (arriving, block->kind, block->ids[row]);
    }
  return arriving;
}

/* With much that is decided already, row by row; not where more is erased than the answer names, or
 * counted. */
static gboolean
apply_by_rows (Apply *apply, PiaoDb *db, gboolean *done, GError **error)
{
  const PiaoSyncAnswer *self = apply->answer;
  const PiaoRebase terms = { self->reached, self->reply->head, apply_rows, list_arriving, apply };
  gboolean good;

  *done = FALSE;
  if (self->reply->restart || self->anew || apply->lost->len > 0 || self->page.kind != NULL
      || piao_setting_get_int (db, COUNTED, 0) == 0)
    return TRUE;
  apply->make_room = FALSE;
  good = piao_outbox_rebase_rows (apply->registry, db, &terms, done, error);
  apply->make_room = TRUE;
  return good;
}

/* The rows and what waits on top of them, or nothing of these now. */
static gboolean
apply_rest (Apply *apply, PiaoDb *db, GError **error)
{
  PiaoSyncAnswer *self = apply->answer;
  /* What is seen of a lane that is lost with this answer is not kept. */
  gint64 head = apply->lost->len == 0 && !self->anew ? self->reply->head : 0;
  gboolean done = self->verdicts_only;

  if (!done && !apply_by_rows (apply, db, &done, error))
    return FALSE;
  return done
         || piao_outbox_rebase (apply->registry, db, self->reached, head, apply_rows, apply, error);
}

gboolean
piao_sync_answer_apply (PiaoSyncAnswer *self, PiaoRegistry *registry, PiaoDb *db, GError **error)
{
  g_autoptr (GArray) lost = self->reply->restart ? g_array_new (FALSE, FALSE, sizeof (gint64))
                                                 : list_lost_lanes (self->reply, db, error);
  Apply apply = { self, self->reply, registry, lost, TRUE };
  g_autofree char *schema = g_strdup_printf ("%d", piao_schema_get_newest ());
  gboolean stays = lost != NULL && lost->len == 0;

  if (self->page.kind != NULL && PIAO_MUTANT (repair_on_top))
    return lost != NULL && apply_rows (db, &apply, error);
  /* All rows go then, those of lost lanes with them. */
  if (lost != NULL && piao_sync_again_is_first (db))
    g_array_set_size (lost, 0);
  return lost != NULL && apply_decisions (&apply, db, error) && send_again (self, db, error)
         && note_again (self->reply, db, error)
         && piao_setting_set (db, "sync.epoch", self->reply->epoch, error)
         && piao_setting_set (db, PIAO_SYNC_SCHEMA, schema, error)
         && take_turn (self, db, stays, error) && apply_rest (&apply, db, error);
}

gboolean
piao_sync_reset (PiaoRegistry *registry, PiaoDb *db, GError **error)
{
  const PiaoReply reply = { .restart = TRUE };
  Apply apply = { NULL, &reply, registry, NULL, TRUE };

  return piao_sync_again_end (db, error)
         && piao_outbox_rebase (registry, db, 0, 0, apply_rows, &apply, error);
}
