/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* DESIGN: the tables of a replica are the rows of the centre with the waiting commands on top.
 * These are taken off in memory (store/piao-peel.h), so that the digests, which are kept without
 * them, can be compared while the program runs and nothing is written. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-json.h"
#include "store/piao-replica.h"
#include "sync/piao-sync-again.h"
#include "sync/piao-verify-private.h"

PIAO_STATEMENT (verify_outbox,
                "SELECT dseq, id, name, args, state, decided, seq, undo FROM outbox"
                " ORDER BY dseq DESC");
PIAO_STATEMENT (verify_reached, "SELECT COALESCE (MAX(seq), 0) FROM cursor");
PIAO_STATEMENT (verify_incomplete, "SELECT COUNT(*) FROM cursor WHERE seq = 0 OR history < base");
PIAO_STATEMENT (verify_lanes, "SELECT lane FROM cursor ORDER BY lane");
PIAO_STATEMENT (verify_known_mismatch, "SELECT lane, kind FROM proof_mismatch ORDER BY lane, kind");

typedef struct
{
  PiaoVerify *verify;
  PiaoPeel *peel;
  PiaoDigestTally *tally;
  GArray *lanes;    /* gint64: held; empty when the centre was never asked */
  gboolean counted; /* digests are kept */
  guint device;
  gboolean again; /* what a restored centre misses goes up first: the rows have it already */
  gint64 reached; /* no cursor is further; 0: nothing has come yet */
  gint64 next;    /* dseq of the entry that was seen before (the newest come first); 0: none */
} Replica;

/* --- the outbox ------------------------------------------------------------------------------ */

static void
check_command (Replica *self, PiaoCursor *cursor)
{
  const char *name = piao_cursor_text (cursor, 2), *args = piao_cursor_text (cursor, 3);
  gint64 dseq = piao_cursor_int (cursor, 0), id = piao_cursor_int (cursor, 1);
  g_autoptr (JsonObject) object
      = piao_json_parse_object (args != NULL ? args : "", -1, PIAO_JSON_MAX_BYTES, "args", NULL);

  if (self->device != 0 && piao_id_get_device (id) != self->device)
    piao_verify_found (self->verify, "outbox.foreign", _ ("number %" PRIi64 ": %s"), dseq, name);
  if (object == NULL || piao_registry_find_command (self->verify->registry, name) == NULL)
    piao_verify_found (self->verify, "outbox.unreadable", _ ("number %" PRIi64 ": %s"), dseq, name);
  if (self->next != 0 && dseq != self->next - 1)
    piao_verify_found (self->verify, "outbox.gap", _ ("between number %" PRIi64 " and %" PRIi64),
                       dseq, self->next);
}

static gboolean
take_off (Replica *self, gint64 dseq, const char *name, GBytes *undo, GError **error)
{
  g_autofree char *misfit = NULL;
  g_autoptr (GError) inner = NULL;

  if (piao_peel_take (self->peel, undo, &misfit, &inner))
    {
      if (misfit != NULL)
        piao_verify_found (self->verify, "outbox.undo", _ ("number %" PRIi64 ": %s, %s"), dseq,
                           name, misfit);
      return TRUE;
    }
  if (g_strcmp0 (piao_error_get_reason (inner), "undo.unreadable") == 0)
    {
      piao_verify_found (self->verify, "outbox.undo", _ ("number %" PRIi64 ": %s, %s"), dseq, name,
                         inner->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
check_entry (Replica *self, PiaoCursor *cursor, GError **error)
{
  const char *name = piao_cursor_text (cursor, 2), *state = piao_cursor_text (cursor, 4);
  gint64 dseq = piao_cursor_int (cursor, 0);
  gboolean waits = piao_cursor_int (cursor, 5) == 0;
  gboolean on_top = !piao_cursor_is_null (cursor, 7);
  g_autoptr (GBytes) undo = piao_cursor_dup_blob (cursor, 7);

  self->verify->commands++;
  if (waits)
    check_command (self, cursor);
  self->next = dseq;
  if (waits && !on_top && !self->again
      && (g_str_equal (state, "queued") || g_str_equal (state, "refused")))
    piao_verify_found (self->verify, "outbox.not-applied", _ ("number %" PRIi64 ": %s"), dseq,
                       name);
  if (!on_top && g_str_equal (state, "accepted") && !self->again && self->reached > 0
      && piao_cursor_int (cursor, 6) > self->reached)
    piao_verify_found (self->verify, "outbox.let-go", _ ("number %" PRIi64 ": %s"), dseq, name);
  return !on_top || take_off (self, dseq, name, undo, error);
}

static gboolean
check_outbox (Replica *self, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (self->verify->db, &verify_outbox, &inner, "");

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    check_entry (self, cursor, &inner);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* --- rows ------------------------------------------------------------------------------------ */

static gboolean
holds_lane (Replica *self, gint64 lane)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (g_array_index (self->lanes, gint64, i) == lane)
      return TRUE;
  return self->lanes->len == 0 || lane == 0;
}

static void
check_row (Replica *self, const PiaoKind *kind, gint64 id, gint64 lane, gint64 rev)
{
  self->verify->rows++;
  if (!holds_lane (self, lane))
    piao_verify_found (self->verify, "row.lane", _ ("%s %" PRIi64 " in lane %" PRIi64), kind->name,
                       id, lane);
  /* What stands here is what the centre has sent, where a waiting command has changed it. */
  if (piao_peel_find (self->peel, kind, id, &lane, &rev) && lane < 0)
    return;
  if (rev > 0)
    piao_digest_tally_add (self->tally, lane, kind->name, id, rev);
  else if (self->counted)
    piao_verify_found (self->verify, "row.stray", _ ("%s %" PRIi64 " in lane %" PRIi64), kind->name,
                       id, lane);
}

static gboolean
walk_rows (Replica *self, const PiaoKind *kind, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->verify->db, piao_kind_get_revs (kind), &inner, "");

  while (piao_cursor_next (cursor, &inner))
    check_row (self, kind, piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1),
               piao_cursor_int (cursor, 2));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
check_search (Replica *self, const PiaoKind *kind, GError **error)
{
  g_autofree char *sql
      = g_strconcat ("SELECT row FROM search_row WHERE kind = $1 AND NOT EXISTS (SELECT 1 FROM ",
                     piao_kind_get_table (kind), " WHERE id = row) LIMIT 21", NULL);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->verify->db, piao_statement_make ("verify_search", sql), &inner, "s",
                       kind->name);

  while (piao_cursor_next (cursor, &inner))
    piao_verify_found (self->verify, "search.stray", "%s %" PRIi64, kind->name,
                       piao_cursor_int (cursor, 0));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
check_rows (Replica *self, GError **error)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (self->verify->registry, &n);

  for (guint i = 0; i < n; i++)
    if (!walk_rows (self, kinds[i], error) || !check_search (self, kinds[i], error))
      return FALSE;
  return !self->counted || piao_verify_digests (self->verify, "digest.replica", self->tally, error);
}

static gboolean
check_proof (Replica *self, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->verify->db, &verify_known_mismatch, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    piao_verify_found (self->verify, "proof.mismatch", _ ("%s in lane %" PRIi64),
                       piao_cursor_text (cursor, 1), piao_cursor_int (cursor, 0));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* --- all of it ------------------------------------------------------------------------------- */

static gboolean
load_lanes (Replica *self, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (self->verify->db, &verify_lanes, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 lane = piao_cursor_int (cursor, 0);

      g_array_append_val (self->lanes, lane);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_verify_replica (PiaoVerify *verify, GError **error)
{
  g_autoptr (PiaoPeel) peel = piao_peel_new (verify->registry, verify->db);
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (gint64));
  Replica self = { .verify = verify, .peel = peel, .tally = tally, .lanes = lanes };
  gint64 incomplete = 0;

  if (!piao_db_query_int (verify->db, &verify_incomplete, 0, &incomplete, error, "")
      || !piao_db_query_int (verify->db, &verify_reached, 0, &self.reached, error, "")
      || !load_lanes (&self, error))
    return FALSE;
  self.counted = piao_setting_get_int (verify->db, "sync.counted", 0) != 0;
  self.again = piao_sync_again_is_first (verify->db);
  self.device = (guint)piao_setting_get_int (verify->db, "device", 0);
  verify->complete = incomplete == 0;
  return check_outbox (&self, error) && check_rows (&self, error) && check_proof (&self, error)
         && (!verify->complete || piao_verify_references (verify, TRUE, error));
}
