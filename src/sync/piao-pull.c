/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "sync/piao-ledger.h"
#include "sync/piao-pull.h"
#include "sync/piao-reply-private.h"
#include "sync/piao-working-set.h"

/* Entries of the change index read at a time and lane: as many as the answer may have room for. */
#define WINDOW_MIN 16
#define WINDOW_MAX 8192
#define WINDOW_BYTES 32 /* a row at least */

PIAO_STATEMENT (pull_lanes, "SELECT lane, seq FROM lane_head ORDER BY lane");
PIAO_STATEMENT (pull_changes,
                "SELECT seq, kind, id, gone FROM change WHERE lane = $1 AND seq > $2 AND seq <= $3"
                " ORDER BY seq, kind, id LIMIT $4");

typedef struct
{
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
  const PiaoPullRequest *request;
  GArray *lanes; /* of PiaoLaneSeq: the desktop's cursors, moved along */
  gint64 head;
  PiaoReply *reply;
  gsize bytes;
  gsize max_bytes;
  gboolean waits; /* what has changed is fetched later */
} Pull;

static PiaoLaneSeq *
get_lane (const Pull *pull, guint index)
{
  return &g_array_index (pull->lanes, PiaoLaneSeq, index);
}

/* Whether the lane waits for its working set, or is in the middle of it. */
static gboolean
begins (const Pull *pull, const PiaoLaneSeq *lane)
{
  return lane->seq == 0 && pull->request->working;
}

/* Every lane that there is, and where it stands. */
static gboolean
take_lanes (PiaoCursor *cursor, gpointer data, GError **error)
{
  GArray *lanes = data;
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    {
      PiaoLaneSeq entry
          = { .lane = piao_cursor_int (cursor, 0), .seq = piao_cursor_int (cursor, 1) };

      g_array_append_val (lanes, entry);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* --- ranges of the change index -------------------------------------------------------------- */

static gint64
get_window (const Pull *pull)
{
  gsize left = pull->max_bytes - MIN (pull->bytes, pull->max_bytes);

  return CLAMP ((gint64)(left / WINDOW_BYTES), WINDOW_MIN, WINDOW_MAX);
}

/* Entries of a lane that are asked for. */
typedef struct
{
  PiaoRegistry *registry; /* borrowed */
  gint64 lane, from, to;
  gint64 limit;
  GArray *entries; /* of Entry; owned */
} Range;

static void
range_clear (gpointer data)
{
  g_array_unref (((Range *)data)->entries);
}

static gboolean
take_entries (PiaoCursor *cursor, gpointer data, GError **error)
{
  const Range *range = data;
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    {
      Entry entry = { .seq = piao_cursor_int (cursor, 0) };

      entry.kind = piao_registry_find_kind (range->registry, piao_cursor_text (cursor, 1));
      entry.id = piao_cursor_int (cursor, 2);
      entry.gone = piao_cursor_int (cursor, 3) != 0;
      g_array_append_val (range->entries, entry);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
ask_entries (Pull *pull, Range *range, GError **error)
{
  g_array_set_size (range->entries, 0);
  return piao_db_ask (pull->db, &pull_changes, take_entries, range, NULL, error, "iiii",
                      range->lane, range->from, range->to, range->limit);
}

/* The seq up to which the entries of @range are complete, or -1 on failure. A last seq that may be
 * cut in two is left for the next window. */
static gint64
complete (Pull *pull, Range *range, GError **error)
{
  for (;;)
    {
      gboolean asked;
      gint64 last;

      if (range->entries->len < range->limit)
        return range->to;
      last = g_array_index (range->entries, Entry, range->entries->len - 1).seq - 1;
      if (last >= g_array_index (range->entries, Entry, 0).seq)
        return last;
      /* One command touched more rows than the window holds. */
      range->limit *= 4;
      asked = ask_entries (pull, range, error);
      if (!piao_db_settle (pull->db, asked ? error : NULL) || !asked)
        return -1;
    }
}

/* Reads the entries of all @ranges, which end at @to. Returns the seq up to which they all are
 * complete, or -1 on failure. */
static gint64
read_ranges (Pull *pull, GArray *ranges, gint64 to, GError **error)
{
  gboolean asked = TRUE;

  for (guint i = 0; asked && i < ranges->len; i++)
    asked = ask_entries (pull, &g_array_index (ranges, Range, i), error);
  /* Settled in any case: nothing that is on its way may come when @ranges is gone. */
  if (!piao_db_settle (pull->db, asked ? error : NULL) || !asked)
    return -1;
  for (guint i = 0; i < ranges->len && to >= 0; i++)
    {
      gint64 upto = complete (pull, &g_array_index (ranges, Range, i), error);

      to = MIN (to, upto);
    }
  return to;
}

static GArray *
ranges_new (void)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (Range));

  g_array_set_clear_func (ranges, range_clear);
  return ranges;
}

static void
add_range (Pull *pull, GArray *ranges, gint64 lane, gint64 from, gint64 to)
{
  Range range = {
    pull->registry, lane, from, to, get_window (pull), g_array_new (FALSE, FALSE, sizeof (Entry))
  };

  g_array_append_val (ranges, range);
}

/* Rows that are asked for. */
typedef struct
{
  Pull *pull;
  const PiaoKind *kind;
  gint64 lane, to;
  gint64 expected; /* so many there must be; -1: as many as there are */
} Wanted;

static gboolean
take_rows (PiaoCursor *cursor, gpointer data, GError **error)
{
  const Wanted *wanted = data;
  Pull *pull = wanted->pull;
  PiaoRowBlock *block = NULL;
  g_autoptr (GError) inner = NULL;
  gboolean fits = TRUE;
  gint64 n = 0;

  for (; fits && piao_cursor_next (cursor, &inner); n++)
    {
      /* The scope of the user is that of the entry's lane, so the row must really be in it. */
      fits = piao_cursor_int (cursor, PIAO_ROW_LANE) == wanted->lane;
      if (!fits)
        break;
      if (block == NULL)
        block = piao_reply_get_block (pull->reply, wanted->kind);
      piao_row_block_append_cursor (block, cursor);
      pull->bytes += piao_row_block_estimate (block);
    }
  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (fits && (wanted->expected < 0 || n == wanted->expected))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "sync.index",
                         _ ("The change index of the centre does not fit its rows (%s %" PRIi64
                            ")."),
                         wanted->kind->name, wanted->to);
}

/* How many rows of a kind there are to come. */
typedef struct
{
  const PiaoKind *kind;
  gint64 rows;
} Count;

static void
count_row (GArray *counts, const PiaoKind *kind)
{
  Count fresh = { kind, 1 };

  for (guint i = 0; i < counts->len; i++)
    if (g_array_index (counts, Count, i).kind == kind)
      {
        g_array_index (counts, Count, i).rows++;
        return;
      }
  g_array_append_val (counts, fresh);
}

/* Asks for what the entries of @range say up to @to: one statement a kind, in the order in which
 * the kinds turn up, so that the same question always has the same answer. */
static gboolean
ask_rows (Pull *pull, const Range *range, gint64 to, gboolean history, GError **error)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (Count));

  for (guint i = 0; i < range->entries->len; i++)
    {
      const Entry *entry = &g_array_index (range->entries, Entry, i);

      if (entry->seq > to || entry->kind == NULL)
        continue;
      if (entry->gone)
        {
          piao_reply_add_gone (pull->reply, entry->kind, range->lane, entry->id);
          pull->bytes += 16;
          continue;
        }
      count_row (counts, entry->kind);
    }
  for (guint i = 0; i < counts->len; i++)
    {
      const Count *count = &g_array_index (counts, Count, i);
      const PiaoStatement *statement = piao_working_set_get_range (count->kind, history);
      const Wanted wanted = { pull, count->kind, range->lane, to, history ? -1 : count->rows };

      if (statement != NULL
          && !piao_db_ask (pull->db, statement, take_rows, g_memdup2 (&wanted, sizeof wanted),
                           g_free, error, "iiis", range->lane, range->from, to, count->kind->name))
        return FALSE;
    }
  return TRUE;
}

/* Adds the rows of @ranges up to @to. */
static gboolean
emit (Pull *pull, const GArray *ranges, gint64 to, gboolean history, GError **error)
{
  gboolean asked = TRUE;

  for (guint i = 0; asked && i < ranges->len; i++)
    asked = ask_rows (pull, &g_array_index (ranges, Range, i), to, history, error);
  /* Settled in any case: nothing that is on its way may come when the answer is given up. */
  return piao_db_settle (pull->db, asked ? error : NULL) && asked;
}

/* --- 1. behind the cursors ------------------------------------------------------------------- */

/* Moves the lanes that stand at @from together to the end of the next window up to @to. Returns
 * that seq, or -1 on failure. */
static gint64
pull_window (Pull *pull, GArray *indices, gint64 from, gint64 to, GError **error)
{
  g_autoptr (GArray) ranges = ranges_new ();
  gint64 window;

  for (guint i = 0; i < indices->len; i++)
    add_range (pull, ranges, get_lane (pull, g_array_index (indices, guint, i))->lane, from, to);
  window = read_ranges (pull, ranges, to, error);
  if (window < 0 || !emit (pull, ranges, window, FALSE, error))
    return -1;
  return PIAO_MUTANT (cut_seq) && window < to ? window + 1 : window;
}

/* Moves the lanes whose cursor is at @from together towards @to as far as the answer's size allows.
 * Returns where they stand, or -1 on failure. */
static gint64
pull_together (Pull *pull, gint64 from, gint64 to, GError **error)
{
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint));
  gint64 at = from;

  for (guint i = 0; i < pull->lanes->len; i++)
    if (get_lane (pull, i)->seq == from && !begins (pull, get_lane (pull, i)))
      g_array_append_val (indices, i);
  while (indices->len > 0 && at < to && pull->bytes < pull->max_bytes)
    {
      at = pull_window (pull, indices, at, to, error);
      if (at < 0)
        return -1;
    }
  for (guint i = 0; i < indices->len; i++)
    get_lane (pull, g_array_index (indices, guint, i))->seq = at;
  return at;
}

static gboolean
pull_changes_behind (Pull *pull, GError **error)
{
  gint64 lead = 0, reached;

  for (guint i = 0; i < pull->lanes->len; i++)
    lead = MAX (lead, get_lane (pull, i)->seq);
  reached = pull_together (pull, lead, pull->head, error);
  if (reached < 0)
    return FALSE;
  for (guint i = 0; i < pull->lanes->len; i++)
    {
      const PiaoLaneSeq *lane = get_lane (pull, i);

      if (lane->seq < reached && !begins (pull, lane) && pull->bytes < pull->max_bytes
          && pull_together (pull, lane->seq, reached, error) < 0)
        return FALSE;
    }
  return TRUE;
}

/* --- 2. working sets ------------------------------------------------------------------------- */

static void
note_done (Pull *pull, const char *name, gint64 done, gint64 total)
{
  json_object_set_object_member (pull->reply->notes, name,
                                 piao_json_build ("done", 'i', MIN (done, total), "total", 'i',
                                                  total, NULL));
}

static gboolean
pull_working_set (Pull *pull, PiaoLaneSeq *lane, const PiaoWorkingPlace *from, GError **error)
{
  PiaoWorkingPlace place;
  gboolean complete = FALSE;

  if (from != NULL)
    place = *from;
  else if (!piao_working_set_begin (pull->registry, pull->db, lane->lane, pull->head, &place,
                                    error))
    return FALSE;
  if (!piao_working_set_read (pull->registry, pull->db, &place, pull->max_bytes, &pull->bytes,
                              pull->reply, &complete, error))
    return FALSE;
  lane->base = place.base;
  lane->history = 0;
  if (complete || PIAO_MUTANT (working_set_cut))
    lane->seq = place.base;
  else
    pull->reply->next = piao_working_place_to_text (&place);
  note_done (pull, "working", place.done, place.total);
  return TRUE;
}

/* The one that was begun goes on first, so that it does not begin anew. */
static gboolean
pull_working_sets (Pull *pull, GError **error)
{
  PiaoWorkingPlace place;
  gboolean begun = piao_working_place_from_text (pull->request->next, &place) && place.base > 0
                   && place.base <= pull->head;

  for (guint pass = begun ? 0 : 1; pass < 2; pass++)
    for (guint i = 0; i < pull->lanes->len && pull->reply->next == NULL; i++)
      {
        PiaoLaneSeq *lane = get_lane (pull, i);

        if (!begins (pull, lane) || (pass == 0 && lane->lane != place.lane))
          continue;
        if (pull->bytes < pull->max_bytes)
          {
            if (!pull_working_set (pull, lane, pass == 0 ? &place : NULL, error))
              return FALSE;
          }
        else if (pass == 0)
          pull->reply->next = g_strdup (pull->request->next);
      }
  return TRUE;
}

/* --- 3. history ------------------------------------------------------------------------------ */

static gboolean
pull_history (Pull *pull, PiaoLaneSeq *lane, GError **error)
{
  while (lane->history < lane->base && pull->bytes < pull->max_bytes)
    {
      g_autoptr (GArray) ranges = ranges_new ();
      gint64 window;

      add_range (pull, ranges, lane->lane, lane->history, lane->base);
      window = read_ranges (pull, ranges, lane->base, error);
      if (window < 0 || !emit (pull, ranges, window, TRUE, error))
        return FALSE;
      lane->history = PIAO_MUTANT (history_skipped) ? lane->base : window;
    }
  return TRUE;
}

static gboolean
pull_histories (Pull *pull, GError **error)
{
  gint64 done = 0, total = 0;

  for (guint i = 0; i < pull->lanes->len; i++)
    {
      PiaoLaneSeq *lane = get_lane (pull, i);

      if (lane->base == 0 || begins (pull, lane))
        continue;
      if (!pull_history (pull, lane, error))
        return FALSE;
      done += lane->history;
      total += lane->base;
      if (lane->history == lane->base)
        lane->base = lane->history = 0;
    }
  if (total > 0)
    note_done (pull, "history", done, total);
  return TRUE;
}

/* --- the lanes of this user ------------------------------------------------------------------ */

static PiaoLaneSeq
find_cursor (JsonArray *cursors, gint64 lane, gint64 head)
{
  for (guint i = 0; cursors != NULL && i < json_array_get_length (cursors); i++)
    {
      PiaoLaneSeq entry;

      if (piao_lane_seq_from_json (cursors, i, &entry) && entry.lane == lane && entry.seq > 0
          && entry.seq <= head && entry.base >= 0 && entry.base <= entry.seq && entry.history >= 0
          && entry.history <= entry.base)
        return entry;
    }
  return (PiaoLaneSeq){ .lane = lane };
}

static void
add_lane (Pull *pull, gint64 lane)
{
  PiaoLaneSeq entry = find_cursor (pull->request->cursors, lane, pull->head);

  for (guint i = 0; i < pull->lanes->len; i++)
    if (get_lane (pull, i)->lane == lane)
      return;
  g_array_append_val (pull->lanes, entry);
}

/* Where all lanes stand, when they stand together and nothing but the newest is missing; else 0. */
static gint64
find_stand (const Pull *pull)
{
  gint64 stand = get_lane (pull, 0)->seq;

  for (guint i = 0; i < pull->lanes->len; i++)
    if (get_lane (pull, i)->seq != stand || get_lane (pull, i)->base > 0)
      return 0;
  return stand;
}

/* Those of @access, whether or not there is anything in them, and of the @present ones those that
 * it sees. */
static void
choose_lanes (Pull *pull, const PiaoAccess *access, const GArray *present)
{
  const gint64 *granted;
  guint n;

  granted = piao_access_get_lanes (access, &n);
  add_lane (pull, 0);
  for (guint i = 0; i < n; i++)
    add_lane (pull, granted[i]);
  for (guint i = 0; i < present->len; i++)
    {
      gint64 lane = g_array_index (present, PiaoLaneSeq, i).lane;

      if (piao_access_sees_lane (access, lane) || PIAO_MUTANT (grants_ignored))
        add_lane (pull, lane);
    }
}

/* Where the centre stands and what the user sees of it, asked for at once. @epoch: transfer full.
 */
static gboolean
begin (Pull *pull, gint64 user, char **epoch, GError **error)
{
  g_autoptr (PiaoAccess) access = NULL;
  g_autoptr (GArray) present = g_array_new (FALSE, FALSE, sizeof (PiaoLaneSeq));
  gboolean asked;

  g_clear_pointer (epoch, g_free);
  asked = piao_ledger_ask_head (pull->db, &pull->head, epoch, error)
          && piao_db_ask (pull->db, &pull_lanes, take_lanes, present, NULL, error, "")
          && (access = piao_access_ask (pull->db, user, NULL, error)) != NULL;
  /* Settled in any case: nothing that is on its way may come when @present is gone. */
  if (!piao_db_settle (pull->db, asked ? error : NULL) || !asked)
    return FALSE;
  choose_lanes (pull, access, present);
  return TRUE;
}

/* --- pages ----------------------------------------------------------------------------------- */

/* The page of what has changed behind @from up to @to, made for this answer. NULL on failure. */
static PiaoPage *
make_page (Pull *pull, gint64 from, gint64 to, GError **error)
{
  PiaoReply *reply = pull->reply;
  gint64 upto = pull_together (pull, from, to, error);
  GBytes *rows;

  if (upto < 0)
    return NULL;
  rows = piao_reply_rows_to_frames (reply, pull->request->schema);
  g_ptr_array_set_size (reply->blocks, 0);
  g_array_set_size (reply->gone, 0);
  return piao_page_new (rows, upto, to, pull->bytes, pull->max_bytes);
}

/* What has changed behind @from, as somebody had it already or will have it, up to what one was
 * told of; without a word of anything newer, the newest is meant. What came since one is told of
 * later: those who are told of the same seq stand there together afterwards, wherever they stood
 * before, and ask the same question next time. */
static gboolean
pull_page (Pull *pull, gint64 from, GError **error)
{
  const PiaoPullRequest *request = pull->request;
  g_autoptr (GArray) granted = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PiaoPage) page = NULL;
  g_autofree char *key = NULL;
  gint64 to = request->told > from ? MIN (request->told, pull->head) : pull->head;

  for (guint i = 0; i < pull->lanes->len; i++)
    g_array_append_val (granted, get_lane (pull, i)->lane);
  key = piao_pages_make_key (pull->reply->epoch, request->schema, granted, from);
  page = piao_pages_take (request->pages, key, to, pull->max_bytes);
  if (page == NULL)
    {
      page = make_page (pull, from, to, error);
      piao_pages_put (request->pages, key, page);
    }
  if (page == NULL)
    return FALSE;
  if (g_bytes_get_size (page->rows) > 0)
    pull->reply->coded = g_bytes_ref (page->rows);
  pull->head = page->head;
  for (guint i = 0; i < pull->lanes->len; i++)
    get_lane (pull, i)->seq = page->upto;
  return TRUE;
}

/* --- all of it ------------------------------------------------------------------------------- */

static gboolean
pull_all (Pull *pull, GError **error)
{
  const PiaoPullRequest *request = pull->request;
  gint64 stand = find_stand (pull);

  if (request->nothing || (stand > 0 && request->later))
    {
      pull->waits = TRUE;
      return TRUE;
    }
  if (stand > 0 && stand < pull->head && request->pages != NULL)
    return pull_page (pull, stand, error);
  return pull_changes_behind (pull, error) && pull_working_sets (pull, error)
         && pull_histories (pull, error);
}

static void
add_end (Pull *pull)
{
  PiaoReply *reply = pull->reply;

  reply->head = pull->head;
  reply->more = reply->next != NULL;
  for (guint i = 0; i < pull->lanes->len; i++)
    {
      const PiaoLaneSeq *lane = get_lane (pull, i);

      g_array_append_val (reply->grants, lane->lane);
      g_array_append_vals (reply->upto, lane, 1);
      reply->more = reply->more || (!pull->waits && lane->seq < pull->head) || lane->base > 0;
    }
}

gboolean
piao_pull (PiaoRegistry *registry,
           PiaoDb *db,
           gint64 user,
           const PiaoPullRequest *request,
           PiaoReply *reply,
           gint64 *head,
           GError **error)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (PiaoLaneSeq));
  Pull pull = { .registry = registry,
                .db = db,
                .request = request,
                .lanes = lanes,
                .reply = reply,
                .max_bytes = CLAMP (request->max_bytes, PIAO_PULL_MIN_BYTES, PIAO_PULL_MAX_BYTES) };

  if (!begin (&pull, user, &reply->epoch, error))
    return FALSE;
  if (head != NULL)
    *head = pull.head;
  if (!pull_all (&pull, error))
    return FALSE;
  add_end (&pull);
  return TRUE;
}

gboolean
piao_pull_nothing (
    PiaoRegistry *registry, PiaoDb *db, gint64 user, PiaoReply *reply, GError **error)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (PiaoLaneSeq));
  const PiaoPullRequest request = { NULL };
  Pull pull
      = { .registry = registry, .db = db, .request = &request, .lanes = lanes, .reply = reply };

  if (!begin (&pull, user, &reply->epoch, error))
    return FALSE;
  for (guint i = 0; i < lanes->len; i++)
    get_lane (&pull, i)->seq = pull.head;
  add_end (&pull);
  return TRUE;
}
