/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-digest.h"
#include "store/piao-replica.h"
#include "sync/piao-ledger.h"
#include "tests/sim/sim-damage.h"
#include "tests/sim/sim-server.h"

PIAO_STATEMENT (damage_waiting, "SELECT id FROM outbox WHERE decided = 0 ORDER BY dseq");
PIAO_STATEMENT (damage_entry, "SELECT decided, state FROM outbox WHERE id = $1");

/* --- harming --------------------------------------------------------------------------------- */

/* What a desktop does at ILMS by itself it knows from its rows alone: there, only what orders and
 * requests do not depend on is harmed, and requests nowhere. */
static gboolean
may_harm (const SimDesk *desk, const PiaoKind *kind)
{
  if (g_str_has_prefix (kind->name, "gateway"))
    return FALSE;
  return desk->worker == NULL || kind->working == PIAO_WORKING_BASE;
}

typedef struct
{
  gint64 id, lane, rev;
} Row;

/* One of the rows of @kind. FALSE when there is none. */
static gboolean
pick_row (SimDesk *desk, PiaoDb *db, const PiaoKind *kind, Row *row, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, piao_kind_get_revs (kind), &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      Row one = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1),
                  piao_cursor_int (cursor, 2) };

      g_array_append_val (rows, one);
    }
  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (rows->len == 0)
    return FALSE;
  *row = g_array_index (rows, Row,
                        (guint)sim_random_range (&desk->world->harm, 0, (gint64)rows->len - 1));
  return TRUE;
}

/* A kind of which there are rows, and one of those; NULL when there is none. */
static const PiaoKind *
pick_kind (SimDesk *desk, PiaoDb *db, Row *row, GError **error)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (desk->world->registry, &n);
  guint first = (guint)sim_random_range (&desk->world->harm, 0, (gint64)n - 1);
  g_autoptr (GError) inner = NULL;

  for (guint i = 0; i < n && inner == NULL; i++)
    {
      const PiaoKind *kind = kinds[(first + i) % n];

      if (may_harm (desk, kind) && pick_row (desk, db, kind, row, &inner))
        return kind;
    }
  if (inner != NULL)
    g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* A column in which a word more or less breaks no rule of the table. */
static const char *
find_text (const PiaoKind *kind)
{
  for (guint i = 0; i < kind->n_columns; i++)
    if (kind->columns[i].type == PIAO_COLUMN_TEXT
        && (kind->columns[i].flags & PIAO_COLUMN_UNIQUE) == 0)
      return kind->columns[i].name;
  return NULL;
}

static gboolean
lose_row (PiaoDb *db, const PiaoKind *kind, const Row *row, GError **error)
{
  g_autofree char *sql
      = g_strconcat ("DELETE FROM ", piao_kind_get_table (kind), " WHERE id = $1", NULL);

  return piao_db_exec (db, piao_statement_make ("damage_lose", sql), error, "i", row->id);
}

/* As it was before the last change. */
static gboolean
make_old (PiaoDb *db, const PiaoKind *kind, const Row *row, GError **error)
{
  const char *column = find_text (kind);
  g_autofree char *sql = g_strconcat ("UPDATE ", piao_kind_get_table (kind), " SET rev = rev - 1",
                                      column != NULL ? ", " : "", column != NULL ? column : "",
                                      column != NULL ? " = '旧'" : "", " WHERE id = $1", NULL);

  return piao_db_exec (db, piao_statement_make ("damage_make_old", sql), error, "i", row->id);
}

/* Runs with the waiting commands taken off. */
static gboolean
harm (PiaoDb *db, gpointer data, GError **error)
{
  SimDesk *desk = data;
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();
  g_autoptr (GError) inner = NULL;
  const PiaoKind *kind;
  Row row;
  gboolean lose;

  kind = pick_kind (desk, db, &row, &inner);
  if (kind == NULL)
    {
      if (inner != NULL)
        g_propagate_error (error, g_steal_pointer (&inner));
      return inner == NULL;
    }
  desk->damage.kind = kind;
  lose = row.rev < 2 || sim_random_chance (&desk->world->harm, 500);
  desk->damage.id = row.id;
  desk->damage.lane = row.lane;
  piao_digest_tally_remove (tally, row.lane, kind->name, row.id, row.rev);
  if (!lose)
    piao_digest_tally_add (tally, row.lane, kind->name, row.id, row.rev - 1);
  sim_note (desk->world, desk->who, "%s %" G_GINT64_FORMAT " %s", kind->name, row.id,
            lose ? "is lost" : "is an old one");
  return (lose ? lose_row : make_old) (db, kind, &row, error)
         && piao_digest_tally_write (tally, db, error);
}

static gboolean
harm_below (PiaoDb *db, gpointer data, GError **error)
{
  return piao_outbox_rebase (((SimDesk *)data)->world->registry, db, 0, 0, harm, data, error);
}

void
sim_damage_do (SimDesk *desk)
{
  g_autoptr (GError) error = NULL;

  if (desk->db == NULL || !desk->complete || desk->serial != 0 || desk->damage.kind != NULL)
    return;
  desk->damage = (SimDamage){ NULL };
  if (sim_desk_write (desk, harm_below, desk, &error))
    desk->world->counts.damages += desk->damage.kind != NULL ? 1 : 0;
  else if (desk->db != NULL)
    {
      sim_note (desk->world, desk->who, "no harm done: %s", error->message);
      desk->damage.kind = NULL;
    }
  /* With the power gone it may be there or not. */
}

/* --- found and mended ------------------------------------------------------------------------ */

static gboolean
check_found (SimDesk *desk, const PiaoReply *reply)
{
  SimDamage *damage = &desk->damage;
  g_autoptr (GArray) list = piao_proof_list (desk->db, NULL);
  const PiaoProofMismatch *one;

  if (damage->kind == NULL)
    return sim_fail (desk->world, 9,
                     "%s: the digests of replica and server differ at %" G_GINT64_FORMAT, desk->who,
                     reply->head);
  if (list == NULL || list->len != 1)
    return sim_fail (desk->world, 9, "%s: a row of %s is not right, and %u kinds are found",
                     desk->who, damage->kind->name, list != NULL ? list->len : 0);
  one = &g_array_index (list, PiaoProofMismatch, 0);
  if (one->lane != damage->lane || !g_str_equal (one->kind, damage->kind->name))
    return sim_fail (desk->world, 9, "%s: a row of %s is not right, and %s is found", desk->who,
                     damage->kind->name, one->kind);
  if (one->repairs > 0)
    return sim_fail (desk->world, 9, "%s: %s is not right although it was repaired", desk->who,
                     damage->kind->name);
  damage->found = TRUE;
  sim_note (desk->world, desk->who, "finds that %s differs", one->kind);
  return TRUE;
}

/* Whether the server is still where it was when it gave @reply. */
static gboolean
stands (const SimWorld *world, const PiaoReply *reply)
{
  g_autofree char *epoch = NULL;
  gint64 head = 0;

  return world->server->db != NULL && piao_ledger_read_head (world->server->db, &head, &epoch, NULL)
         && head == reply->head && g_str_equal (epoch, reply->epoch);
}

static gboolean
sees (const PiaoReply *reply, gint64 lane)
{
  for (guint i = 0; i < reply->grants->len; i++)
    if (g_array_index (reply->grants, gint64, i) == lane)
      return TRUE;
  return FALSE;
}

/* @looked: not when the disk cannot be read now. */
static gboolean
check_mended (SimDesk *desk, const PiaoReply *reply, gboolean *looked)
{
  const SimDamage *damage = &desk->damage;
  const PiaoStatement *select = piao_kind_get_select (damage->kind);
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) ours = NULL;
  g_autoptr (PiaoCursor) theirs = NULL;
  gboolean here;

  /* A lane that was lost has no rows here. */
  if (!stands (desk->world, reply) || !sees (reply, damage->lane))
    return TRUE;
  ours = piao_db_query (desk->db, select, &error, "i", damage->id);
  theirs = piao_db_query (desk->world->server->db, select, NULL, "i", damage->id);
  here = piao_cursor_next (ours, &error);
  *looked = error == NULL;
  if (error != NULL)
    return TRUE;
  if (theirs == NULL || !piao_cursor_next (theirs, NULL)
      || piao_cursor_int (theirs, PIAO_ROW_LANE) != damage->lane)
    return TRUE;
  if (!here)
    return sim_fail (desk->world, 9,
                     "%s: %s %" G_GINT64_FORMAT " is missing, and the digests are the same",
                     desk->who, damage->kind->name, damage->id);
  /* A waiting command has changed it since. */
  if (piao_cursor_int (ours, PIAO_ROW_REV) <= 0)
    return TRUE;
  return piao_cursor_int (ours, PIAO_ROW_REV) == piao_cursor_int (theirs, PIAO_ROW_REV)
         || sim_fail (desk->world, 9,
                      "%s: %s %" G_GINT64_FORMAT " is an old one, and the digests are the same",
                      desk->who, damage->kind->name, damage->id);
}

gboolean
sim_damage_note (SimDesk *desk, const PiaoReply *reply, PiaoProofOutcome proof)
{
  SimDamage *damage = &desk->damage;
  gboolean looked = TRUE;

  if (proof == PIAO_PROOF_DIFFERENT && !check_found (desk, reply))
    return FALSE;
  if (damage->kind != NULL && proof == PIAO_PROOF_SAME)
    {
      if (!check_mended (desk, reply, &looked))
        return FALSE;
      if (looked)
        {
          desk->world->counts.repairs += damage->found ? 1 : 0;
          damage->kind = NULL;
        }
    }
  /* Everything is fetched anew. */
  if (reply->restart)
    damage->kind = NULL;
  return TRUE;
}

/* --- what waits ------------------------------------------------------------------------------ */

GArray *
sim_damage_list_waiting (SimDesk *desk, const PiaoReply *reply)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  GArray *ids;

  if (piao_json_get_object (reply->notes, "repair") == NULL)
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  cursor = piao_db_query (desk->db, &damage_waiting, NULL, "");
  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, id);
    }
  return ids;
}

static gboolean
has_verdict (const PiaoReply *reply, gint64 id)
{
  for (guint i = 0; i < reply->verdicts->len; i++)
    if (((const PiaoVerdict *)g_ptr_array_index (reply->verdicts, i))->id == id)
      return TRUE;
  return FALSE;
}

gboolean
sim_damage_check_waiting (SimDesk *desk, const PiaoReply *reply, const GArray *before)
{
  g_autoptr (GArray) after = before != NULL ? sim_damage_list_waiting (desk, reply) : NULL;

  for (guint i = 0; before != NULL && i < before->len; i++)
    {
      gint64 id = g_array_index (before, gint64, i);
      g_autoptr (PiaoCursor) cursor = piao_db_query (desk->db, &damage_entry, NULL, "i", id);

      if (cursor == NULL || !piao_cursor_next (cursor, NULL))
        return sim_fail (desk->world, 2, "%s: a repair has lost command %" G_GINT64_FORMAT,
                         desk->who, id);
      if (piao_cursor_int (cursor, 0) != 0 && !has_verdict (reply, id)
          && !g_str_equal (piao_cursor_text (cursor, 1), "parked"))
        return sim_fail (desk->world, 5,
                         "%s: a repair has decided command %" G_GINT64_FORMAT " by itself",
                         desk->who, id);
    }
  /* Only a server that misses something asks for more. */
  return before == NULL || reply->expected != 0 || after->len <= before->len
         || sim_fail (desk->world, 3, "%s: a repair sends %u commands that were decided", desk->who,
                      after->len - before->len);
}
