/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "sync/piao-ledger.h"
#include "sync/piao-pull.h"

/* Entries of the change index read at a time and lane. */
#define WINDOW 256

PIAO_STATEMENT (pull_lanes, "SELECT lane, seq FROM lane_head ORDER BY lane");
PIAO_STATEMENT (pull_changes,
                "SELECT seq, kind, id, gone FROM change WHERE lane = $1 AND seq > $2 AND seq <= $3"
                " ORDER BY seq, kind, id LIMIT $4");

typedef struct
{
  gint64 lane;
  gint64 seq; /* the desktop's cursor, moved along */
} Lane;

typedef struct
{
  gint64 lane;
  gint64 seq;
  gint64 id;
  const PiaoKind *kind; /* NULL when this program does not know it */
  gboolean gone;
} Entry;

/* The answer under construction. */
typedef struct
{
  PiaoRegistry *registry;
  PiaoDb *db;
  GArray *lanes; /* of Lane */
  PiaoReply *reply;
  gsize bytes;
  gsize max_bytes;
} Pull;

GArray *
piao_pull_get_lanes (PiaoDb *db, const PiaoAccess *access, GError **error)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (PiaoLaneSeq));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &pull_lanes, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      PiaoLaneSeq entry = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1) };

      if (piao_access_sees_lane (access, entry.lane) || PIAO_MUTANT (grants_ignored))
        g_array_append_val (lanes, entry);
    }
  if (inner == NULL)
    return g_steal_pointer (&lanes);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* What the last row of @block takes as JSON, roughly. */
static gsize
estimate (const PiaoRowBlock *block)
{
  guint row = block->n_rows - 1;
  gsize size = 64;

  for (guint i = 0; i < block->kind->n_columns; i++)
    if (!piao_row_block_is_null (block, row, i))
      size += strlen (block->kind->columns[i].name) + 6
              + (block->columns[i].is_text ? strlen (piao_row_block_get_text (block, row, i)) : 14);
  return size;
}

static gboolean
add_row (Pull *pull, const Entry *entry, GError **error)
{
  PiaoRowBlock *block = piao_reply_get_block (pull->reply, entry->kind);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (pull->db, piao_kind_get_select (entry->kind), &inner, "i", entry->id);

  /* The scope of the user is that of the entry's lane, so the row must really be in it. */
  if (piao_cursor_next (cursor, &inner) && piao_cursor_int (cursor, PIAO_ROW_LANE) == entry->lane)
    {
      piao_row_block_append_cursor (block, cursor);
      pull->bytes += estimate (block);
      return TRUE;
    }
  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "sync.index",
                         _ ("The change index of the centre does not fit its rows (%s %" PRIi64
                            ")."),
                         entry->kind->name, entry->id);
}

static gboolean
emit (Pull *pull, const Entry *entry, GError **error)
{
  if (entry->kind == NULL)
    return TRUE;
  if (!entry->gone)
    return add_row (pull, entry, error);
  piao_reply_add_gone (pull->reply, entry->kind, entry->lane, entry->id);
  pull->bytes += 48;
  return TRUE;
}

/* --- ranges of the change index -------------------------------------------------------------- */

/* Appends the entries of @lane in (from, to] and returns the seq up to which they are complete, or
 * -1 on failure. A last seq that may be cut in two is left for the next window. */
static gint64
read_lane (Pull *pull, gint64 lane, gint64 from, gint64 to, GArray *entries, GError **error)
{
  for (gint64 limit = WINDOW;; limit *= 4)
    {
      guint start = entries->len;
      g_autoptr (GError) inner = NULL;
      g_autoptr (PiaoCursor) cursor
          = piao_db_query (pull->db, &pull_changes, &inner, "iiii", lane, from, to, limit);
      gint64 last = to;

      while (piao_cursor_next (cursor, &inner))
        {
          Entry entry = { .lane = lane, .seq = piao_cursor_int (cursor, 0) };

          entry.kind = piao_registry_find_kind (pull->registry, piao_cursor_text (cursor, 1));
          entry.id = piao_cursor_int (cursor, 2);
          entry.gone = piao_cursor_int (cursor, 3) != 0;
          g_array_append_val (entries, entry);
        }
      if (inner != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return -1;
        }
      if (entries->len - start < limit)
        return to;
      last = g_array_index (entries, Entry, entries->len - 1).seq - 1;
      if (last >= g_array_index (entries, Entry, start).seq)
        return last;
      /* One command touched more rows than the window holds. */
      g_array_set_size (entries, start);
    }
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = a, *right = b;

  return left->seq < right->seq ? -1 : left->seq > right->seq;
}

/* Adds the sorted entries up to @to, stopping behind the seq that fills the answer. Returns the seq
 * that is complete then, or -1 on failure. */
static gint64
emit_entries (Pull *pull, GArray *entries, gint64 to, GError **error)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (entry->seq > to)
        return to;
      if (i > 0 && pull->bytes >= pull->max_bytes
          && (entry->seq != entry[-1].seq || PIAO_MUTANT (cut_seq)))
        return entry[-1].seq;
      if (!emit (pull, entry, error))
        return -1;
    }
  return to;
}

/* Moves the lanes whose cursor is at @from together towards @to as far as the answer's size allows.
 * Returns where they stand, or -1 on failure. */
static gint64
pull_together (Pull *pull, gint64 from, gint64 to, GError **error)
{
  gint64 at = from;

  while (at < to && pull->bytes < pull->max_bytes)
    {
      g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
      gint64 window = to;

      for (guint i = 0; i < pull->lanes->len; i++)
        {
          const Lane *lane = &g_array_index (pull->lanes, Lane, i);
          gint64 complete;

          if (lane->seq != from)
            continue;
          complete = read_lane (pull, lane->lane, at, window, entries, error);
          if (complete < 0)
            return -1;
          window = MIN (window, complete);
        }
      g_array_sort (entries, compare_entries);
      at = emit_entries (pull, entries, window, error);
      if (at < 0)
        return -1;
    }
  for (guint i = 0; i < pull->lanes->len; i++)
    if (g_array_index (pull->lanes, Lane, i).seq == from)
      g_array_index (pull->lanes, Lane, i).seq = at;
  return at;
}

/* --- the lanes of this user ------------------------------------------------------------------ */

static gint64
find_cursor (JsonArray *cursors, gint64 lane, gint64 head)
{
  for (guint i = 0; cursors != NULL && i < json_array_get_length (cursors); i++)
    {
      JsonNode *node = json_array_get_element (cursors, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      gint64 seq;

      if (pair == NULL || json_array_get_length (pair) != 2
          || json_node_get_value_type (json_array_get_element (pair, 0)) != G_TYPE_INT64
          || json_node_get_value_type (json_array_get_element (pair, 1)) != G_TYPE_INT64
          || json_array_get_int_element (pair, 0) != lane)
        continue;
      seq = json_array_get_int_element (pair, 1);
      return seq >= 0 && seq <= head ? seq : 0;
    }
  return 0;
}

static void
add_lane (GArray *lanes, gint64 lane, JsonArray *cursors, gint64 head)
{
  Lane entry = { lane, find_cursor (cursors, lane, head) };

  for (guint i = 0; i < lanes->len; i++)
    if (g_array_index (lanes, Lane, i).lane == lane)
      return;
  g_array_append_val (lanes, entry);
}

static GArray *
get_lanes (PiaoDb *db, gint64 user, JsonArray *cursors, gint64 head, GError **error)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (Lane));
  g_autoptr (PiaoAccess) access = piao_access_load (db, user, error);
  g_autoptr (GArray) present = NULL;
  const gint64 *granted;
  guint n;

  if (access == NULL)
    return NULL;
  present = piao_pull_get_lanes (db, access, error);
  if (present == NULL)
    return NULL;
  granted = piao_access_get_lanes (access, &n);
  add_lane (lanes, 0, cursors, head);
  for (guint i = 0; i < n; i++)
    add_lane (lanes, granted[i], cursors, head);
  for (guint i = 0; i < present->len; i++)
    add_lane (lanes, g_array_index (present, PiaoLaneSeq, i).lane, cursors, head);
  return g_steal_pointer (&lanes);
}

static gboolean
pull_all (Pull *pull, gint64 head, GError **error)
{
  gint64 lead = 0, reached;

  for (guint i = 0; i < pull->lanes->len; i++)
    lead = MAX (lead, g_array_index (pull->lanes, Lane, i).seq);
  reached = pull_together (pull, lead, head, error);
  if (reached < 0)
    return FALSE;
  for (guint i = 0; i < pull->lanes->len; i++)
    {
      gint64 from = g_array_index (pull->lanes, Lane, i).seq;

      if (from < reached && pull->bytes < pull->max_bytes
          && pull_together (pull, from, reached, error) < 0)
        return FALSE;
    }
  return TRUE;
}

static void
add_end (Pull *pull, gint64 head)
{
  pull->reply->head = head;
  for (guint i = 0; i < pull->lanes->len; i++)
    {
      const Lane *lane = &g_array_index (pull->lanes, Lane, i);
      PiaoLaneSeq upto = { lane->lane, lane->seq };

      g_array_append_val (pull->reply->grants, lane->lane);
      g_array_append_val (pull->reply->upto, upto);
      pull->reply->more = pull->reply->more || lane->seq < head;
    }
}

gboolean
piao_pull (PiaoRegistry *registry,
           PiaoDb *db,
           gint64 user,
           JsonArray *cursors,
           gsize max_bytes,
           PiaoReply *reply,
           GError **error)
{
  g_autoptr (GArray) lanes = NULL;
  Pull pull = { registry, db, NULL, reply, 0, 0 };
  gint64 head;

  if (!piao_ledger_read_head (db, &head, NULL, error))
    return FALSE;
  lanes = get_lanes (db, user, cursors, head, error);
  if (lanes == NULL)
    return FALSE;
  pull.lanes = lanes;
  pull.max_bytes = CLAMP (max_bytes, PIAO_PULL_MIN_BYTES, PIAO_PULL_MAX_BYTES);
  if (!pull_all (&pull, head, error))
    return FALSE;
  add_end (&pull, head);
  return TRUE;
}
