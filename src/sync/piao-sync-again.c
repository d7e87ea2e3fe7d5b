/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: a restored centre stands where the backup was made, and all of it is fetched anew. A few
 * commands that it misses are put on top of what comes, like any that wait. With the thousands that
 * a week makes nobody could work: each answer would take them all off and run them again, for many
 * seconds, a hundred times and more until the last has gone up. So many go up first. The rows here
 * stay as they are meanwhile, which is as the centre will have them again when it has got
 * everything; the computer goes on working on them. Answers are asked for and taken for their
 * verdicts alone; what is decided is in the outbox after each of them, so that a line that is cut
 * costs one piece. When nothing waits any more the rows are erased and fetched, with little to put
 * on top.
 *
 * Downloads must not stop for what is stuck: as soon as an answer decides nothing, or a lane is not
 * granted any more, the rest is put on top after all. */

#include "config.h"

#include "store/piao-rescue.h"
#include "sync/piao-sync-again.h"
#include "sync/piao-sync-core.h"

#define FIRST "sync.again-first"
static guint few = PIAO_SYNC_AGAIN_FEW;

PIAO_STATEMENT (again_missing,
                "SELECT COUNT(*) FROM outbox WHERE dseq >= $1 AND decided = 1"
                " AND state NOT IN ('parked', 'discarded')");
PIAO_STATEMENT (again_send,
                "UPDATE outbox SET state = 'queued', decided = 0, seq = 0, code = NULL,"
                " message = NULL, undo = COALESCE(undo, $2) WHERE dseq >= $1 AND decided = 1"
                " AND state NOT IN ('parked', 'discarded')");
PIAO_STATEMENT (again_withdraw,
                "UPDATE outbox SET decided = 0 WHERE dseq >= $1 AND decided = 1"
                " AND state IN ('parked', 'discarded')");
PIAO_STATEMENT (again_left, "SELECT EXISTS (SELECT 1 FROM outbox WHERE decided = 0)");
PIAO_STATEMENT (again_put_on,
                "UPDATE outbox SET undo = $1 WHERE decided = 0 AND undo IS NULL"
                " AND state IN ('queued', 'refused')");

void
piao_sync_again_set_few (guint n)
{
  few = n;
}

gboolean
piao_sync_again_is_first (PiaoDb *db)
{
  return piao_setting_get_int (db, FIRST, 0) != 0;
}

/* Whether they go first, from now on or already. */
static gboolean
choose (PiaoDb *db, const PiaoReply *reply, gboolean *first, GError **error)
{
  gint64 missing = 0;

  *first = piao_sync_again_is_first (db);
  if (*first || !reply->restart)
    return TRUE;
  if (!piao_db_query_int (db, &again_missing, 0, &missing, error, "i", reply->expected))
    return FALSE;
  *first = missing > few;
  return !*first || piao_setting_set (db, FIRST, "1", error);
}

gboolean
piao_sync_again_queue (PiaoDb *db, const PiaoReply *reply, gboolean *queued, GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  gboolean first, filled = FALSE;
  gint64 changed = 0, withdrawn = 0;

  *queued = FALSE;
  if (reply->expected == 0)
    return TRUE;
  if (!choose (db, reply, &first, error)
      || !piao_db_exec_changed (db, &again_withdraw, &withdrawn, error, "i", reply->expected)
      || !piao_db_exec_changed (db, &again_send, &changed, error, "ib", reply->expected,
                                first ? NULL : nothing)
      || !piao_outbox_close_gaps (db, reply->expected, &filled, error))
    return FALSE;
  *queued = changed + withdrawn > 0 || filled;
  return TRUE;
}

gboolean
piao_sync_again_is_over (PiaoDb *db, gboolean *over, GError **error)
{
  gint64 left = 0;

  if (!piao_db_query_int (db, &again_left, 0, &left, error, ""))
    return FALSE;
  *over = left == 0;
  return TRUE;
}

gboolean
piao_sync_again_end (PiaoDb *db, GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  return !piao_sync_again_is_first (db)
         || (piao_db_exec (db, &again_put_on, error, "b", nothing)
             && piao_setting_set (db, FIRST, NULL, error));
}
