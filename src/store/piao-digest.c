/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "store/piao-digest.h"

PIAO_STATEMENT (digest_list,
                "SELECT lane, kind, rows, sum FROM digest WHERE rows <> 0 OR sum <> 0"
                " ORDER BY lane, kind");
PIAO_STATEMENT (digest_forget, "DELETE FROM digest");
PIAO_STATEMENT (digest_forget_kind, "DELETE FROM digest WHERE kind = $1");
PIAO_STATEMENT (digest_forget_lane, "DELETE FROM digest WHERE lane = $1");

/* Digests that a statement reads or writes at most; four parameters each. */
#define TOGETHER 16
static PiaoRepeated digest_get
    = PIAO_REPEATED ("digest_get",
                     "",
                     "SELECT lane, kind, rows, sum FROM digest WHERE lane = ? AND kind = ?",
                     " UNION ALL ",
                     "");
static PiaoRepeated digest_set
    = PIAO_REPEATED ("digest_set",
                     "INSERT INTO digest (lane, kind, rows, sum) VALUES ",
                     "(?, ?, ?, ?)",
                     ", ",
                     " ON CONFLICT (lane, kind)"
                     " DO UPDATE SET rows = excluded.rows, sum = excluded.sum");

/* A step of SplitMix64. */
static guint64
mix (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

guint64
piao_digest_hash (gint64 id, gint64 rev)
{
  return mix (mix ((guint64)id) + (guint64)rev);
}

/* --- a tally --------------------------------------------------------------------------------- */

struct _PiaoDigestTally
{
  GArray *entries; /* of PiaoDigest; few, so they are looked through */
};

PiaoDigestTally *
piao_digest_tally_new (void)
{
  PiaoDigestTally *self = g_new0 (PiaoDigestTally, 1);

  self->entries = g_array_new (FALSE, FALSE, sizeof (PiaoDigest));
  return self;
}

void
piao_digest_tally_free (PiaoDigestTally *self)
{
  g_array_unref (self->entries);
  g_free (self);
}

static PiaoDigest *
find (PiaoDigestTally *self, gint64 lane, const char *kind)
{
  PiaoDigest entry = { lane, kind, 0, 0 };

  /* What was touched last is touched again. */
  for (guint i = self->entries->len; i > 0; i--)
    {
      PiaoDigest *known = &g_array_index (self->entries, PiaoDigest, i - 1);

      if (known->lane == lane && (known->kind == kind || g_str_equal (known->kind, kind)))
        return known;
    }
  g_array_append_val (self->entries, entry);
  return &g_array_index (self->entries, PiaoDigest, self->entries->len - 1);
}

void
piao_digest_tally_add (PiaoDigestTally *self, gint64 lane, const char *kind, gint64 id, gint64 rev)
{
  PiaoDigest *entry = find (self, lane, kind);

  entry->rows++;
  entry->sum += piao_digest_hash (id, rev);
}

void
piao_digest_tally_remove (
    PiaoDigestTally *self, gint64 lane, const char *kind, gint64 id, gint64 rev)
{
  PiaoDigest *entry = find (self, lane, kind);

  entry->rows--;
  entry->sum -= piao_digest_hash (id, rev);
}

void
piao_digest_tally_clear (PiaoDigestTally *self)
{
  g_array_set_size (self->entries, 0);
}

/* Adds what there is to the entries. SQL adds with a check for overflow; here the sum goes round.
 */
static gboolean
add_held (PiaoCursor *cursor, gpointer data, GError **error)
{
  GArray *sums = data;
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    for (guint i = 0; i < sums->len; i++)
      {
        PiaoDigest *sum = &g_array_index (sums, PiaoDigest, i);

        if (sum->lane != piao_cursor_int (cursor, 0)
            || !g_str_equal (sum->kind, piao_cursor_text (cursor, 1)))
          continue;
        sum->rows += piao_cursor_int (cursor, 2);
        sum->sum += (guint64)piao_cursor_int (cursor, 3);
        break;
      }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
ask_held (PiaoDb *db, GArray *sums, guint first, GError **error)
{
  guint n = MIN (sums->len - first, TOGETHER);
  PiaoValue keys[TOGETHER * 2];

  for (guint i = 0; i < n; i++)
    {
      const PiaoDigest *sum = &g_array_index (sums, PiaoDigest, first + i);

      keys[i * 2] = (PiaoValue){ PIAO_VALUE_INT, { sum->lane } };
      keys[i * 2 + 1] = (PiaoValue){ PIAO_VALUE_TEXT, { .text = (char *)sum->kind } };
    }
  return piao_db_ask_values (db, piao_repeated_get (&digest_get, n), add_held, sums, NULL, keys,
                             n * 2, error);
}

/* Those that change, with what there is added. Transfer full. */
static GArray *
sum_up (PiaoDigestTally *self, PiaoDb *db, GError **error)
{
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (PiaoDigest));
  gboolean asked = TRUE;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const PiaoDigest *more = &g_array_index (self->entries, PiaoDigest, i);

      if (more->rows != 0 || more->sum != 0)
        g_array_append_vals (sums, more, 1);
    }
  for (guint i = 0; asked && i < sums->len; i += TOGETHER)
    asked = ask_held (db, sums, i, error);
  return piao_db_settle (db, asked ? error : NULL) && asked ? g_steal_pointer (&sums) : NULL;
}

static gboolean set_all (PiaoDb *db, const GArray *digests, GError **error);

gboolean
piao_digest_tally_write (PiaoDigestTally *self, PiaoDb *db, GError **error)
{
  g_autoptr (GArray) sums = sum_up (self, db, error);

  if (sums == NULL || !set_all (db, sums, error))
    return FALSE;
  piao_digest_tally_clear (self);
  return TRUE;
}

/* --- the table ------------------------------------------------------------------------------- */

GArray *
piao_digest_list (PiaoDb *db, GError **error)
{
  g_autoptr (GArray) digests = g_array_new (FALSE, FALSE, sizeof (PiaoDigest));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &digest_list, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      PiaoDigest digest
          = { piao_cursor_int (cursor, 0), g_intern_string (piao_cursor_text (cursor, 1)),
              piao_cursor_int (cursor, 2), (guint64)piao_cursor_int (cursor, 3) };

      g_array_append_val (digests, digest);
    }
  if (inner == NULL)
    return g_steal_pointer (&digests);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static gboolean
has_lane (const GArray *lanes, gint64 lane)
{
  for (guint i = 0; i < lanes->len; i++)
    if (g_array_index (lanes, gint64, i) == lane)
      return TRUE;
  return FALSE;
}

guint64
piao_digest_combine (const GArray *digests, const GArray *lanes)
{
  guint64 all = 0;

  for (guint i = 0; i < digests->len; i++)
    {
      const PiaoDigest *digest = &g_array_index (digests, PiaoDigest, i);

      if (lanes != NULL && !has_lane (lanes, digest->lane))
        continue;
      /* A sum, so that the order of the lanes and kinds does not matter. */
      all += mix (mix (mix ((guint64)digest->lane) + g_str_hash (digest->kind))
                  + mix ((guint64)digest->rows) + digest->sum);
    }
  return all;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const PiaoDigest *left = a, *right = b;

  if (left->lane != right->lane)
    return left->lane < right->lane ? -1 : 1;
  return g_strcmp0 (left->kind, right->kind);
}

static GArray *
take_entries (PiaoDigestTally *tally)
{
  GArray *entries = g_array_ref (tally->entries);

  g_array_sort (entries, compare);
  return entries;
}

GArray *
piao_digest_tally_compare (PiaoDigestTally *self, const GArray *digests)
{
  g_autoptr (PiaoDigestTally) more = piao_digest_tally_new ();
  g_autoptr (GArray) entries = NULL;
  GArray *differ = g_array_new (FALSE, FALSE, sizeof (PiaoDigest));

  for (guint i = 0; i < digests->len; i++)
    {
      const PiaoDigest *digest = &g_array_index (digests, PiaoDigest, i);
      PiaoDigest *entry = find (more, digest->lane, digest->kind);

      entry->rows += digest->rows;
      entry->sum += digest->sum;
    }
  for (guint i = 0; i < self->entries->len; i++)
    {
      const PiaoDigest *counted = &g_array_index (self->entries, PiaoDigest, i);
      PiaoDigest *entry = find (more, counted->lane, counted->kind);

      entry->rows -= counted->rows;
      entry->sum -= counted->sum;
    }
  entries = take_entries (more);
  for (guint i = 0; i < entries->len; i++)
    {
      PiaoDigest *entry = &g_array_index (entries, PiaoDigest, i);

      if (entry->rows != 0 || entry->sum != 0)
        g_array_append_val (differ, *entry);
    }
  return differ;
}

static gboolean
count_kind (PiaoDb *db, const PiaoKind *kind, PiaoDigestTally *tally, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, piao_kind_get_revs (kind), &inner, "");

  while (piao_cursor_next (cursor, &inner))
    piao_digest_tally_add (tally, piao_cursor_int (cursor, 1), kind->name,
                           piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 2));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

GArray *
piao_digest_count_rows (PiaoDb *db, const PiaoKind *const *kinds, guint n_kinds, GError **error)
{
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();

  for (guint i = 0; i < n_kinds; i++)
    if (!count_kind (db, kinds[i], tally, error))
      return NULL;
  return take_entries (tally);
}

PIAO_STATEMENT (digest_changes,
                "SELECT lane, kind, id, seq FROM change WHERE gone = 0"
                " AND (lane > $1 OR (lane = $1 AND (kind > $2 OR (kind = $2 AND id > $3))))"
                " ORDER BY lane, kind, id LIMIT 10000");

GArray *
piao_digest_count_changes (PiaoDb *db, GError **error)
{
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();
  gint64 lane = -1, id = 0;
  const char *kind = "";
  gboolean more = TRUE;

  while (more)
    {
      g_autoptr (GError) inner = NULL;
      g_autoptr (PiaoCursor) cursor
          = piao_db_query (db, &digest_changes, &inner, "isi", lane, kind, id);

      for (more = FALSE; piao_cursor_next (cursor, &inner); more = TRUE)
        {
          lane = piao_cursor_int (cursor, 0);
          kind = g_intern_string (piao_cursor_text (cursor, 1));
          id = piao_cursor_int (cursor, 2);
          piao_digest_tally_add (tally, lane, kind, id, piao_cursor_int (cursor, 3));
        }
      if (inner != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return NULL;
        }
    }
  return take_entries (tally);
}

static gboolean
set_some (PiaoDb *db, const GArray *digests, guint first, GError **error)
{
  guint n = MIN (digests->len - first, TOGETHER);
  PiaoValue values[TOGETHER * 4];

  for (guint i = 0; i < n; i++)
    {
      const PiaoDigest *digest = &g_array_index (digests, PiaoDigest, first + i);
      const PiaoValue row[] = { { PIAO_VALUE_INT, { digest->lane } },
                                { PIAO_VALUE_TEXT, { .text = (char *)digest->kind } },
                                { PIAO_VALUE_INT, { digest->rows } },
                                { PIAO_VALUE_INT, { (gint64)digest->sum } } };

      memcpy (&values[i * 4], row, sizeof row);
    }
  return piao_db_exec_values (db, piao_repeated_get (&digest_set, n), values, n * 4, error);
}

static gboolean
set_all (PiaoDb *db, const GArray *digests, GError **error)
{
  for (guint i = 0; i < digests->len; i += TOGETHER)
    if (!set_some (db, digests, i, error))
      return FALSE;
  return TRUE;
}

gboolean
piao_digest_replace (PiaoDb *db, const GArray *digests, GError **error)
{
  return piao_db_exec (db, &digest_forget, error, "") && set_all (db, digests, error);
}

gboolean
piao_digest_replace_kind (PiaoDb *db, const char *kind, const GArray *digests, GError **error)
{
  return piao_db_exec (db, &digest_forget_kind, error, "s", kind) && set_all (db, digests, error);
}

gboolean
piao_digest_forget_lane (PiaoDb *db, gint64 lane, GError **error)
{
  return piao_db_exec (db, &digest_forget_lane, error, "i", lane);
}
