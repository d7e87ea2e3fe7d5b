/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "store/piao-replica.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-server.h"

PIAO_STATEMENT (sim_outbox_ids, "SELECT id FROM outbox");
PIAO_STATEMENT (sim_outbox_entry, "SELECT state, decided, seq, code FROM outbox WHERE id = $1");
PIAO_STATEMENT (sim_outbox_low, "SELECT COALESCE (MIN (dseq), 0) FROM outbox");
PIAO_STATEMENT (sim_labels,
                "SELECT DISTINCT orders.number FROM spool JOIN orders ON orders.id = spool.order_id"
                " WHERE spool.kind = 'label' AND orders.confirm_no IS NULL ORDER BY orders.number");
PIAO_STATEMENT (sim_let_go,
                "SELECT COUNT(*) FROM outbox WHERE state = 'accepted' AND seq > $1"
                " AND undo IS NULL");
PIAO_STATEMENT (sim_quick_check, "PRAGMA quick_check");

/* All that the server had is here, and nobody has harmed it. */
static gboolean
is_right (const SimDesk *desk)
{
  return desk->complete && desk->damage.kind == NULL;
}

/* --- after a power cut ----------------------------------------------------------------------- */

static gboolean
check_file (SimDesk *desk)
{
  g_autofree char *word = NULL;

  if (!piao_db_query_text (desk->db, &sim_quick_check, &word, NULL, "")
      || g_strcmp0 (word, "ok") != 0)
    return sim_fail (desk->world, 11, "%s: the file is damaged: %s", desk->who,
                     word != NULL ? word : "unreadable");
  return TRUE;
}

void
sim_check_survival (SimDesk *desk)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (PiaoCursor) cursor = piao_db_query (desk->db, &sim_outbox_ids, NULL, "");
  gint64 low = 0;

  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
    }
  g_clear_pointer (&cursor, piao_cursor_free);
  piao_db_query_int (desk->db, &sim_outbox_low, 0, &low, NULL, "");
  /* The outbox forgets what was accepted long ago, from its beginning on. */
  for (guint i = low > 1 ? (guint)low : 0; i < desk->beeps->len; i++)
    {
      const SimBeep *beep = &g_array_index (desk->beeps, SimBeep, i);

      if (!g_hash_table_contains (ids, &beep->id))
        {
          sim_fail (desk->world, 2,
                    "%s: command %" G_GINT64_FORMAT " (number %u of %u) was acknowledged and is "
                    "gone",
                    desk->who, beep->id, i + 1, desk->beeps->len);
          return;
        }
    }
  if (sim_random_chance (&desk->chance, 30) && !check_file (desk))
    return;
  if (is_right (desk) && sim_random_chance (&desk->chance, 200))
    sim_check_books (desk->world, desk->who, desk->db);
}

/* --- lanes ----------------------------------------------------------------------------------- */

/* Kept: a connection remembers statements by address. */
static const PiaoStatement *
get_lane_statement (const PiaoKind *kind)
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
      made->sql = g_strconcat ("SELECT COUNT(*) FROM ", piao_kind_get_table (kind),
                               " WHERE lane NOT IN (0, $1, $2)", NULL);
      g_hash_table_insert (all, (gpointer)kind, made);
    }
  return made;
}

PIAO_STATEMENT (sim_search_kinds, "SELECT DISTINCT kind FROM search_row ORDER BY kind");

/* Kept, as above. */
static const PiaoStatement *
get_search_statement (const PiaoKind *kind)
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
      made->sql = g_strconcat ("SELECT COUNT(*) FROM search_row WHERE kind = '", kind->name,
                               "' AND row NOT IN (SELECT id FROM ", piao_kind_get_table (kind), ")",
                               NULL);
      g_hash_table_insert (all, (gpointer)kind, made);
    }
  return made;
}

gboolean
sim_check_search (SimDesk *desk)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (desk->db, &sim_search_kinds, NULL, "");

  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    {
      const PiaoKind *kind
          = piao_registry_find_kind (desk->world->registry, piao_cursor_text (cursor, 0));
      gint64 strangers = 0;

      piao_db_query_int (desk->db, get_search_statement (kind), 0, &strangers, NULL, "");
      if (strangers != 0)
        return sim_fail (desk->world, 12, "%s: the search text knows %d rows of %s that are gone",
                         desk->who, (int)strangers, kind->name);
    }
  return TRUE;
}

static gboolean
check_lanes (SimDesk *desk)
{
  gint64 lanes[2] = { 0, 0 };
  guint n = 0;
  const PiaoKind *const *kinds;

  for (guint i = 0; i < desk->grants->len && n < 2; i++)
    if (g_array_index (desk->grants, gint64, i) != 0)
      lanes[n++] = g_array_index (desk->grants, gint64, i);
  kinds = piao_registry_get_kinds (desk->world->registry, &n);
  for (guint i = 0; i < n; i++)
    {
      gint64 strangers = 0;

      piao_db_query_int (desk->db, get_lane_statement (kinds[i]), 0, &strangers, NULL, "ii",
                         lanes[0], lanes[1]);
      if (strangers != 0)
        return sim_fail (desk->world, 12, "%s: %d rows of %s are of lanes that are not granted",
                         desk->who, (int)strangers, kinds[i]->name);
    }
  return TRUE;
}

/* Takes over the lanes of the answer; TRUE when they are others than before. */
static gboolean
take_grants (SimDesk *desk, const GArray *grants)
{
  gboolean same = grants->len == desk->grants->len;

  for (guint i = 0; same && i < grants->len; i++)
    same = g_array_index (desk->grants, gint64, i) == g_array_index (grants, gint64, i);
  if (same)
    return FALSE;
  g_array_set_size (desk->grants, 0);
  g_array_append_vals (desk->grants, grants->data, grants->len);
  return TRUE;
}

/* --- after an answer ------------------------------------------------------------------------- */

gboolean
sim_check_is_item (const char *state)
{
  static const char *const items[] = { "refused", "parked", "discarded", NULL };

  return g_strv_contains (items, state);
}

/* The outbox says what the server said. */
static gboolean
check_verdict (SimDesk *desk, const PiaoVerdict *verdict)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  const char *kept;

  if (verdict->state == PIAO_VERDICT_REJECTED)
    return TRUE;
  cursor = piao_db_query (desk->db, &sim_outbox_entry, NULL, "i", verdict->id);
  if (cursor == NULL || !piao_cursor_next (cursor, NULL))
    return TRUE; /* it may be done with and forgotten */
  kept = piao_cursor_text (cursor, 0);
  if (verdict->state == PIAO_VERDICT_ACCEPTED && !g_str_equal (kept, "accepted"))
    return sim_fail (desk->world, 5, "%s: command %" G_GINT64_FORMAT " was accepted, kept as %s",
                     desk->who, verdict->id, kept);
  if (verdict->state == PIAO_VERDICT_REFUSED
      && (!sim_check_is_item (kept) || piao_cursor_is_null (cursor, 3)))
    return sim_fail (desk->world, 8, "%s: command %" G_GINT64_FORMAT " was refused, kept as %s",
                     desk->who, verdict->id, kept);
  return TRUE;
}

/* A direct desktop may have made a label and then learn that the server does not take the
 * confirmation; ILMS has given it all the same. */
gboolean
sim_check_labels (SimDesk *desk)
{
  g_autoptr (PiaoCursor) cursor = NULL;

  if (desk->db == NULL)
    return TRUE;
  cursor = piao_db_query (desk->db, &sim_labels, NULL, "");
  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    if (!sim_ilms_has_debited (desk->world->ilms, piao_cursor_text (cursor, 0)))
      return sim_fail (desk->world, 7, "%s: there is a label of order %s, which is not confirmed",
                       desk->who, piao_cursor_text (cursor, 0));
  return TRUE;
}

/* What was accepted stays to be seen here until its rows have come. */
static gboolean
check_still_there (SimDesk *desk, const PiaoReply *reply)
{
  gint64 reached = 0, n = 0;

  for (guint i = 0; i < reply->upto->len; i++)
    reached = MAX (reached, g_array_index (reply->upto, PiaoLaneSeq, i).seq);
  piao_db_query_int (desk->db, &sim_let_go, 0, &n, NULL, "i", reached);
  return n == 0
         || sim_fail (desk->world, 5, "%s: %d accepted commands are not to be seen, at %d",
                      desk->who, (int)n, (int)reached);
}

void
sim_check_applied (SimDesk *desk, const PiaoReply *reply)
{
  for (guint i = 0; i < reply->verdicts->len; i++)
    if (!check_verdict (desk, g_ptr_array_index (reply->verdicts, i)))
      return;
  if (desk->whole && !reply->restart && !check_still_there (desk, reply))
    return;
  if (!reply->restart && take_grants (desk, reply->grants) && !check_lanes (desk))
    return;
  if (is_right (desk) && sim_random_chance (&desk->chance, 150) && sim_check_labels (desk))
    sim_check_books (desk->world, desk->who, desk->db);
}

/* --- before an answer ------------------------------------------------------------------------ */

void
sim_check_answer (SimWorld *world, SimDesk *desk, const PiaoReply *reply)
{
  g_autoptr (PiaoAccess) access = piao_access_load (world->server->db, desk->user, NULL);

  for (guint i = 0; access != NULL && i < reply->blocks->len; i++)
    {
      const PiaoRowBlock *block = g_ptr_array_index (reply->blocks, i);

      for (guint j = 0; j < block->n_rows; j++)
        if (!piao_access_sees_lane (access, block->lanes[j]))
          {
            sim_fail (world, 12, "%s is sent a row of %s of lane %d, which its user may not see",
                      desk->who, block->kind->name, (int)block->lanes[j]);
            return;
          }
    }
}

void
sim_check_all (SimWorld *world)
{
  world->counts.checks++;
  if (world->server->db != NULL && !sim_check_books (world, "server", world->server->db))
    return;
  for (guint i = 0; i < SIM_N_DESKS; i++)
    {
      SimDesk *desk = world->desks[i];

      if (desk->db == NULL || !is_right (desk))
        continue;
      if (!check_lanes (desk) || !sim_check_labels (desk)
          || !sim_check_books (world, desk->who, desk->db))
        return;
    }
}
