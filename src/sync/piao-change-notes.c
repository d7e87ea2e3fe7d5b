/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-error.h"
#include "sync/piao-change-notes.h"

/* Entries that a statement reads or writes at most; five parameters each. */
#define TOGETHER 12

typedef struct
{
  gint64 lane, id, seq;
  const char *kind; /* static */
  gboolean gone;
} Note;

typedef struct
{
  gint64 lane, seq;
} LaneHead;

struct _PiaoChangeNotes
{
  GPtrArray *notes;  /* of Note, owned, one a lane and row */
  GHashTable *index; /* the same, borrowed, by lane and row */
  GArray *heads;     /* of LaneHead: few, so they are looked through */
};

static PiaoRepeated changed = PIAO_REPEATED ("change_held",
                                             "",
                                             "SELECT lane, kind, id, seq FROM change WHERE lane = ?"
                                             " AND kind = ? AND id = ? AND gone = 0 AND seq > 0",
                                             " UNION ALL ",
                                             "");
static PiaoRepeated change
    = PIAO_REPEATED ("change_set",
                     "INSERT INTO change (lane, seq, kind, id, gone) VALUES ",
                     "(?, ?, ?, ?, ?)",
                     ", ",
                     " ON CONFLICT (lane, kind, id)"
                     " DO UPDATE SET seq = excluded.seq, gone = excluded.gone");
static PiaoRepeated lane_head
    = PIAO_REPEATED ("change_lane",
                     "INSERT INTO lane_head (lane, seq) VALUES ",
                     "(?, ?)",
                     ", ",
                     " ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq");

/* --- notes ----------------------------------------------------------------------------------- */

static guint
note_hash (gconstpointer data)
{
  const Note *note = data;

  return (guint)(piao_digest_hash (note->id, note->lane) >> 32) ^ g_str_hash (note->kind);
}

static gboolean
note_equal (gconstpointer a, gconstpointer b)
{
  const Note *left = a, *right = b;

  return left->lane == right->lane && left->id == right->id
         && (left->kind == right->kind || g_str_equal (left->kind, right->kind));
}

PiaoChangeNotes *
piao_change_notes_new (void)
{
  PiaoChangeNotes *self = g_new0 (PiaoChangeNotes, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->index = g_hash_table_new (note_hash, note_equal);
  self->heads = g_array_new (FALSE, FALSE, sizeof (LaneHead));
  return self;
}

void
piao_change_notes_free (PiaoChangeNotes *self)
{
  g_hash_table_unref (self->index);
  g_ptr_array_unref (self->notes);
  g_array_unref (self->heads);
  g_free (self);
}

static void
note_lane (PiaoChangeNotes *self, gint64 lane, gint64 seq)
{
  LaneHead fresh = { lane, seq };

  for (guint i = 0; i < self->heads->len; i++)
    {
      LaneHead *head = &g_array_index (self->heads, LaneHead, i);

      if (head->lane != lane)
        continue;
      PIAO_INVARIANT (head->seq <= seq);
      head->seq = seq;
      return;
    }
  g_array_append_val (self->heads, fresh);
}

void
piao_change_notes_add (
    PiaoChangeNotes *self, gint64 lane, gint64 seq, const char *kind, gint64 id, gboolean gone)
{
  const Note fresh = { lane, id, seq, kind, gone };
  Note *note = g_hash_table_lookup (self->index, &fresh);

  note_lane (self, lane, seq);
  if (note != NULL)
    {
      *note = fresh;
      return;
    }
  note = g_memdup2 (&fresh, sizeof fresh);
  g_ptr_array_add (self->notes, note);
  g_hash_table_add (self->index, note);
}

/* --- the index ------------------------------------------------------------------------------- */

/* Takes what stands in the index for rows that are in the lane out of the digest. */
static gboolean
remove_held (PiaoCursor *cursor, gpointer data, GError **error)
{
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    piao_digest_tally_remove (data, piao_cursor_int (cursor, 0),
                              g_intern_string (piao_cursor_text (cursor, 1)),
                              piao_cursor_int (cursor, 2), piao_cursor_int (cursor, 3));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Those from @first on, as many as go together. The texts are borrowed. */
static gboolean
write_some (PiaoChangeNotes *self, guint first, PiaoDb *db, PiaoDigestTally *tally, GError **error)
{
  guint n = MIN (self->notes->len - first, TOGETHER);
  PiaoValue keys[TOGETHER * 3], entries[TOGETHER * 5];

  for (guint i = 0; i < n; i++)
    {
      const Note *note = g_ptr_array_index (self->notes, first + i);
      const PiaoValue lane = { PIAO_VALUE_INT, { note->lane } };
      const PiaoValue kind = { PIAO_VALUE_TEXT, { .text = (char *)note->kind } };
      const PiaoValue id = { PIAO_VALUE_INT, { note->id } };
      const PiaoValue key[] = { lane, kind, id };
      const PiaoValue entry[] = { lane,
                                  { PIAO_VALUE_INT, { note->seq } },
                                  kind,
                                  id,
                                  { PIAO_VALUE_INT, { note->gone ? 1 : 0 } } };

      memcpy (&keys[i * 3], key, sizeof key);
      memcpy (&entries[i * 5], entry, sizeof entry);
      if (!note->gone)
        piao_digest_tally_add (tally, note->lane, note->kind, note->id, note->seq);
    }
  return piao_db_ask_values (db, piao_repeated_get (&changed, n), remove_held, tally, NULL, keys,
                             n * 3, error)
         && piao_db_exec_values (db, piao_repeated_get (&change, n), entries, n * 5, error);
}

static gboolean
write_heads (PiaoChangeNotes *self, guint first, PiaoDb *db, GError **error)
{
  guint n = MIN (self->heads->len - first, TOGETHER);
  PiaoValue values[TOGETHER * 2];

  for (guint i = 0; i < n; i++)
    {
      const LaneHead *head = &g_array_index (self->heads, LaneHead, first + i);

      values[i * 2] = (PiaoValue){ PIAO_VALUE_INT, { head->lane } };
      values[i * 2 + 1] = (PiaoValue){ PIAO_VALUE_INT, { head->seq } };
    }
  return piao_db_exec_values (db, piao_repeated_get (&lane_head, n), values, n * 2, error);
}

gboolean
piao_change_notes_write (PiaoChangeNotes *self, PiaoDb *db, PiaoDigestTally *tally, GError **error)
{
  gboolean sent = TRUE;

  for (guint i = 0; sent && i < self->notes->len; i += TOGETHER)
    sent = write_some (self, i, db, tally, error);
  for (guint i = 0; sent && i < self->heads->len; i += TOGETHER)
    sent = write_heads (self, i, db, error);
  /* Settled in any case: nothing that is on its way may come when @tally is gone. */
  if (!piao_db_settle (db, sent ? error : NULL) || !sent)
    return FALSE;
  g_hash_table_remove_all (self->index);
  g_ptr_array_set_size (self->notes, 0);
  g_array_set_size (self->heads, 0);
  return TRUE;
}
