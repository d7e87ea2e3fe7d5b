/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "sync/piao-ledger.h"
#include "sync/piao-verify-private.h"

PIAO_STATEMENT (verify_numbers,
                "SELECT command_log.device, COUNT(*), MIN(command_log.dseq), MAX(command_log.dseq),"
                " (SELECT dseq FROM device WHERE device.number = command_log.device)"
                " FROM command_log WHERE command_log.device > 0 GROUP BY command_log.device"
                " ORDER BY command_log.device");
PIAO_STATEMENT (verify_unlogged,
                "SELECT number, dseq FROM device WHERE dseq > 0 AND NOT EXISTS"
                " (SELECT 1 FROM command_log WHERE command_log.device = device.number"
                " AND command_log.device > 0) ORDER BY number");
PIAO_STATEMENT (verify_lane_heads,
                "SELECT changed.lane, changed.seq, lane_head.seq FROM"
                " (SELECT lane, MAX(seq) AS seq FROM change GROUP BY lane) AS changed"
                " LEFT JOIN lane_head ON lane_head.lane = changed.lane"
                " WHERE changed.seq > 0 AND COALESCE (lane_head.seq, 0) <> changed.seq"
                " ORDER BY changed.lane");
PIAO_STATEMENT (verify_last_change, "SELECT MAX(seq) FROM lane_head");
PIAO_STATEMENT (verify_last_entry, "SELECT MAX(seq) FROM command_log WHERE seq > 0");

/* --- the log --------------------------------------------------------------------------------- */

static gboolean
check_log (PiaoVerify *self, GError **error)
{
  g_autoptr (GError) inner = NULL;

  if (piao_ledger_verify (self->db, &self->entries, &inner))
    return TRUE;
  if (g_strcmp0 (piao_error_get_reason (inner), "log.chain") == 0)
    {
      piao_verify_found (self, "log.chain", "%s", inner->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static void
note_numbers (PiaoVerify *self, gint64 device, gint64 n, gint64 last, gint64 known)
{
  piao_verify_found (self, "log.device",
                     _ ("computer %" PRIi64 ": %" PRIi64 " commands, the last is number %" PRIi64
                        ", the list of computers says %" PRIi64),
                     device, n, last, known);
}

/* A computer's commands are numbered from 1 without a gap, and it is known how far. */
static gboolean
check_numbers (PiaoVerify *self, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (self->db, &verify_numbers, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 n = piao_cursor_int (cursor, 1), last = piao_cursor_int (cursor, 3);

      if (n != last || piao_cursor_int (cursor, 2) != 1 || piao_cursor_int (cursor, 4) != last)
        note_numbers (self, piao_cursor_int (cursor, 0), n, last, piao_cursor_int (cursor, 4));
    }
  g_clear_pointer (&cursor, piao_cursor_free);
  if (inner == NULL)
    cursor = piao_db_query (self->db, &verify_unlogged, &inner, "");
  while (inner == NULL && piao_cursor_next (cursor, &inner))
    note_numbers (self, piao_cursor_int (cursor, 0), 0, 0, piao_cursor_int (cursor, 1));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
check_heads (PiaoVerify *self, GError **error)
{
  gint64 head = 0, change = 0, entry = 0;
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;

  if (!piao_ledger_read_head (self->db, &head, NULL, error)
      || !piao_db_query_int (self->db, &verify_last_change, 0, &change, error, "")
      || !piao_db_query_int (self->db, &verify_last_entry, 0, &entry, error, ""))
    return FALSE;
  if (MAX (change, entry) > head)
    piao_verify_found (self, "head.behind", _ ("%" PRIi64 " instead of %" PRIi64), head,
                       MAX (change, entry));
  cursor = piao_db_query (self->db, &verify_lane_heads, &inner, "");
  while (piao_cursor_next (cursor, &inner))
    piao_verify_found (self, "lane.behind", _ ("lane %" PRIi64 ": %" PRIi64 " instead of %" PRIi64),
                       piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 2),
                       piao_cursor_int (cursor, 1));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* --- rows and the change index --------------------------------------------------------------- */

/* Pages, because a cursor of PostgreSQL holds its whole answer. */
static const PiaoStatement *
make_walk (const PiaoKind *kind)
{
  g_autofree char *sql
      = g_strconcat ("SELECT mine.id, mine.lane, mine.rev, change.seq, change.gone FROM ",
                     piao_kind_get_table (kind),
                     " AS mine LEFT JOIN change ON change.lane = mine.lane"
                     " AND change.kind = '",
                     kind->name,
                     "' AND change.id = mine.id WHERE mine.id > $1 ORDER BY mine.id LIMIT 10000",
                     NULL);

  return piao_statement_make ("verify_rows", sql);
}

static void
check_row (PiaoVerify *self, const PiaoKind *kind, PiaoCursor *cursor, PiaoDigestTally *tally)
{
  gint64 id = piao_cursor_int (cursor, 0), lane = piao_cursor_int (cursor, 1);
  gint64 rev = piao_cursor_int (cursor, 2);

  self->rows++;
  piao_digest_tally_add (tally, lane, kind->name, id, rev);
  if (piao_cursor_is_null (cursor, 3) || piao_cursor_int (cursor, 3) != rev
      || piao_cursor_int (cursor, 4) != 0)
    piao_verify_found (self, "index.hidden", _ ("%s %" PRIi64 " in lane %" PRIi64), kind->name, id,
                       lane);
}

static gboolean
walk_rows (PiaoVerify *self, const PiaoKind *kind, PiaoDigestTally *tally, GError **error)
{
  gint64 id = G_MININT64;
  gboolean more = TRUE;

  while (more)
    {
      g_autoptr (GError) inner = NULL;
      g_autoptr (PiaoCursor) cursor = piao_db_query (self->db, make_walk (kind), &inner, "i", id);

      for (more = FALSE; piao_cursor_next (cursor, &inner); more = TRUE)
        {
          id = piao_cursor_int (cursor, 0);
          check_row (self, kind, cursor, tally);
        }
      if (inner != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
name_ghosts (PiaoVerify *self, const PiaoKind *kind, gint64 lane, GError **error)
{
  g_autofree char *sql = g_strconcat (
      "SELECT change.id FROM change LEFT JOIN ", piao_kind_get_table (kind),
      " AS mine ON mine.id = change.id AND mine.lane = change.lane WHERE change.lane = $1"
      " AND change.kind = '",
      kind->name, "' AND change.gone = 0 AND mine.id IS NULL ORDER BY change.id LIMIT 21", NULL);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->db, piao_statement_make ("verify_ghosts", sql), &inner, "i", lane);

  while (piao_cursor_next (cursor, &inner))
    piao_verify_found (self, "index.ghost", _ ("%s %" PRIi64 " in lane %" PRIi64), kind->name,
                       piao_cursor_int (cursor, 0), lane);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Every row has its entry; where there are as many entries as rows, there is no other one. */
static gboolean
check_index (PiaoVerify *self, PiaoDigestTally *tally, GError **error)
{
  g_autoptr (GArray) entries = piao_digest_count_changes (self->db, error);
  g_autoptr (GArray) differ = NULL;

  if (entries == NULL)
    return FALSE;
  differ = piao_digest_tally_compare (tally, entries);
  for (guint i = 0; i < differ->len; i++)
    {
      const PiaoDigest *digest = &g_array_index (differ, PiaoDigest, i);
      const PiaoKind *kind = piao_registry_find_kind (self->registry, digest->kind);

      if (kind == NULL)
        piao_verify_found (self, "index.kind", _ ("%s in lane %" PRIi64), digest->kind,
                           digest->lane);
      else if (!name_ghosts (self, kind, digest->lane, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_rows (PiaoVerify *self, GError **error)
{
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (self->registry, &n);

  for (guint i = 0; i < n; i++)
    if (!walk_rows (self, kinds[i], tally, error))
      return FALSE;
  return check_index (self, tally, error)
         && piao_verify_digests (self, "digest.server", tally, error);
}

gboolean
piao_verify_server (PiaoVerify *self, GError **error)
{
  return check_log (self, error) && check_numbers (self, error) && check_heads (self, error)
         && check_rows (self, error) && piao_verify_references (self, FALSE, error);
}
