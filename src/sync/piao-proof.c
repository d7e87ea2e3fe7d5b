/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <inttypes.h>

#include "base/piao-json.h"
#include "base/piao-mutant.h"
#include "store/piao-digest.h"
#include "sync/piao-proof.h"
#include "sync/piao-sync-rows.h"

/* Rows of a page: at most, and for how many bytes of the answer one. */
#define PAGE_ROWS 2000
#define PAGE_BYTES_A_ROW 64
/* As upto: fetched to the end, and not compared since. */
#define REPAIRED G_GINT64_CONSTANT (-1)

PIAO_STATEMENT (proof_ids,
                "SELECT id FROM change WHERE lane = $1 AND kind = $2 AND gone = 0 AND id > $3"
                " ORDER BY id LIMIT $4");
PIAO_STATEMENT (proof_next,
                "SELECT lane, kind, upto FROM proof_mismatch WHERE repairs < $1 AND upto >= 0"
                " ORDER BY lane, kind LIMIT 1");
PIAO_STATEMENT (proof_list,
                "SELECT lane, kind, since, repairs FROM proof_mismatch ORDER BY lane, kind");
PIAO_STATEMENT (proof_note,
                "INSERT INTO proof_mismatch (lane, kind, since, upto, repairs)"
                " VALUES ($1, $2, $3, 0, 0) ON CONFLICT (lane, kind)"
                " DO UPDATE SET upto = 0 WHERE proof_mismatch.upto < 0");
PIAO_STATEMENT (proof_forget, "DELETE FROM proof_mismatch WHERE lane = $1 AND kind = $2");
PIAO_STATEMENT (proof_page,
                "UPDATE proof_mismatch SET upto = $3, repairs = repairs + $4"
                " WHERE lane = $1 AND kind = $2");
PIAO_STATEMENT (proof_retry, "UPDATE proof_mismatch SET upto = 0, repairs = 0");

static char *
to_text (guint64 combined)
{
  return g_strdup_printf ("%016" PRIx64, combined);
}

/* --- the server's side ----------------------------------------------------------------------- */

static gboolean
is_granted (const PiaoReply *reply, gint64 lane)
{
  for (guint i = 0; i < reply->grants->len; i++)
    if (g_array_index (reply->grants, gint64, i) == lane)
      return TRUE;
  return FALSE;
}

/* The desktop stood where the server stands, and still does. */
static gboolean
brings_nothing (const PiaoReply *reply)
{
  if (reply->more || piao_reply_has_news (reply) || reply->next != NULL)
    return FALSE;
  for (guint i = 0; i < reply->upto->len; i++)
    if (g_array_index (reply->upto, PiaoLaneSeq, i).seq < reply->head)
      return FALSE;
  return TRUE;
}

static void
note (PiaoReply *reply, const char *member, JsonNode *value)
{
  if (reply->notes == NULL)
    reply->notes = json_object_new ();
  json_object_set_member (reply->notes, member, value);
}

static void
note_same (PiaoReply *reply)
{
  JsonNode *yes = json_node_new (JSON_NODE_VALUE);

  json_node_set_boolean (yes, TRUE);
  note (reply, "proof", yes);
}

char *
piao_proof_assume (PiaoDb *db, PiaoReply *reply, GError **error)
{
  g_autoptr (GArray) digests = piao_digest_list (db, error);

  if (digests == NULL)
    return NULL;
  note_same (reply);
  return to_text (piao_digest_combine (digests, reply->grants));
}

static gboolean
compare (PiaoRegistry *registry, PiaoDb *db, const char *theirs, PiaoReply *reply, GError **error)
{
  g_autoptr (GArray) digests = piao_digest_list (db, error);
  g_autofree char *ours = NULL;

  if (digests == NULL)
    return FALSE;
  ours = to_text (piao_digest_combine (digests, reply->grants));
  if (g_str_equal (ours, theirs))
    {
      note_same (reply);
      return TRUE;
    }
  for (guint i = 0; i < digests->len; i++)
    {
      const PiaoDigest *digest = &g_array_index (digests, PiaoDigest, i);
      const PiaoKind *kind = piao_registry_find_kind (registry, digest->kind);

      if (kind != NULL && is_granted (reply, digest->lane))
        piao_reply_add_digest (reply, kind, digest->lane, digest->rows, digest->sum);
    }
  return TRUE;
}

static gboolean
add_row (PiaoDb *db, PiaoRowBlock *block, gint64 lane, gint64 id, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, piao_kind_get_select (block->kind), &inner, "i", id);

  if (piao_cursor_next (cursor, &inner) && piao_cursor_int (cursor, PIAO_ROW_LANE) == lane)
    piao_row_block_append_cursor (block, cursor);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* The ids of a page; one more than @most when there are more. */
static GArray *
list_ids (PiaoDb *db, const PiaoKind *kind, gint64 lane, gint64 after, guint most, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &proof_ids, &inner, "isii", lane, kind->name, after, (gint64)most + 1);

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, id);
    }
  if (inner == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static gboolean
add_page (PiaoDb *db,
          const PiaoKind *kind,
          gint64 lane,
          gint64 after,
          gsize max_bytes,
          PiaoReply *reply,
          GError **error)
{
  guint most = (guint)CLAMP (max_bytes / PAGE_BYTES_A_ROW, 1, PAGE_ROWS);
  g_autoptr (GArray) ids = list_ids (db, kind, lane, after, most, error);
  JsonNode *page = json_node_new (JSON_NODE_OBJECT);
  gboolean done;
  gint64 upto;

  if (ids == NULL)
    {
      json_node_unref (page);
      return FALSE;
    }
  done = ids->len <= most;
  upto = done ? G_MAXINT64 : g_array_index (ids, gint64, most - 1);
  for (guint i = 0; i < MIN (ids->len, most); i++)
    if (!add_row (db, piao_reply_get_block (reply, kind), lane, g_array_index (ids, gint64, i),
                  error))
      {
        json_node_unref (page);
        return FALSE;
      }
  json_node_take_object (page,
                         piao_json_build ("lane", 'i', lane, "kind", 's', kind->name, "after", 'd',
                                          after, "upto", 'd', upto, "done", 'b', done, NULL));
  note (reply, "repair", page);
  return TRUE;
}

gboolean
piao_proof_answer (PiaoRegistry *registry,
                   PiaoDb *db,
                   JsonObject *request,
                   gsize max_bytes,
                   PiaoReply *reply,
                   GError **error)
{
  JsonObject *repair = piao_json_get_object (request, "repair");
  const char *theirs = piao_json_get_text (request, "proof", NULL);
  const char *name = piao_json_get_text (repair, "kind", NULL);
  const PiaoKind *kind = name != NULL ? piao_registry_find_kind (registry, name) : NULL;
  gint64 lane = piao_json_get_int (repair, "lane", -1);
  gint64 after = piao_json_get_id (repair, "after");

  if (kind != NULL && is_granted (reply, lane))
    {
      if (after == 0)
        g_message ("ALARM: computer %" PRIi64 " does not hold what the centre holds of “%s” in "
                   "lane %" PRIi64 "; it fetches it again",
                   piao_json_get_int (request, "device", 0), name, lane);
      return add_page (db, kind, lane, after, max_bytes, reply, error);
    }
  if (theirs == NULL || !brings_nothing (reply))
    return TRUE;
  return compare (registry, db, theirs, reply, error);
}

/* --- the desktop's side ---------------------------------------------------------------------- */

static gboolean
ask_repair (PiaoDb *db, JsonObject *request, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &proof_next, &inner, "i", (gint64)PIAO_PROOF_REPAIRS);

  if (piao_cursor_next (cursor, &inner))
    json_object_set_object_member (request, "repair",
                                   piao_json_build ("lane", 'i', piao_cursor_int (cursor, 0),
                                                    "kind", 's', piao_cursor_text (cursor, 1),
                                                    "after", 'd', piao_cursor_int (cursor, 2),
                                                    NULL));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_proof_ask (PiaoDb *db, JsonObject *request, GError **error)
{
  g_autoptr (GArray) digests = piao_digest_list (db, error);
  g_autofree char *combined = NULL;

  if (digests == NULL)
    return FALSE;
  combined = to_text (piao_digest_combine (digests, NULL));
  json_object_set_string_member (request, "proof", combined);
  return ask_repair (db, request, error);
}

gboolean
piao_proof_read_page (PiaoRegistry *registry,
                      JsonObject *request,
                      const PiaoReply *reply,
                      PiaoProofPage *page)
{
  JsonObject *asked = piao_json_get_object (request, "repair");
  JsonObject *given = piao_json_get_object (reply->notes, "repair");
  const char *name = piao_json_get_text (given, "kind", "");

  *page = (PiaoProofPage){ NULL };
  if (given == NULL)
    return TRUE;
  page->kind = piao_registry_find_kind (registry, name);
  page->lane = piao_json_get_int (given, "lane", -1);
  page->after = piao_json_get_id (given, "after");
  page->upto = piao_json_get_id (given, "upto");
  page->done = piao_json_get_bool (given, "done", FALSE);
  return page->kind != NULL && asked != NULL
         && g_str_equal (piao_json_get_text (asked, "kind", ""), name)
         && piao_json_get_int (asked, "lane", -1) == page->lane
         && piao_json_get_id (asked, "after") == page->after && page->upto > page->after;
}

gboolean
piao_proof_clear (PiaoDb *db, const PiaoProofPage *page, PiaoDigestTally *tally, GError **error)
{
  return page->kind == NULL
         || piao_sync_rows_clear (db, page->kind, page->lane, page->after, page->upto, tally,
                                  error);
}

static const PiaoReplyDigest *
find_theirs (const PiaoReply *reply, const PiaoDigest *ours)
{
  for (guint i = 0; i < reply->digests->len; i++)
    {
      const PiaoReplyDigest *digest = &g_array_index (reply->digests, PiaoReplyDigest, i);

      if (digest->lane == ours->lane && g_str_equal (digest->kind->name, ours->kind))
        return digest;
    }
  return NULL;
}

static const PiaoDigest *
find_ours (const GArray *digests, const PiaoReplyDigest *theirs)
{
  for (guint i = 0; i < digests->len; i++)
    {
      const PiaoDigest *digest = &g_array_index (digests, PiaoDigest, i);

      if (digest->lane == theirs->lane && g_str_equal (digest->kind, theirs->kind->name))
        return digest;
    }
  return NULL;
}

static gboolean
note_mismatch (PiaoDb *db, const PiaoReply *reply, gint64 lane, const char *kind, GError **error)
{
  g_message ("ALARM: “%s” in lane %" PRIi64 " differs from the centre and is fetched again", kind,
             lane);
  return piao_db_exec (db, &proof_note, error, "isi", lane, kind, reply->now);
}

/* Lists every difference; what is the same again is forgotten. */
static gboolean
take_digests (PiaoDb *db, const PiaoReply *reply, gboolean *same, GError **error)
{
  g_autoptr (GArray) ours = piao_digest_list (db, error);

  *same = TRUE;
  if (ours == NULL)
    return FALSE;
  for (guint i = 0; i < reply->digests->len; i++)
    {
      const PiaoReplyDigest *theirs = &g_array_index (reply->digests, PiaoReplyDigest, i);
      const PiaoDigest *mine = find_ours (ours, theirs);
      gboolean equal = mine != NULL && mine->rows == theirs->rows
                       && (mine->sum == theirs->sum || PIAO_MUTANT (rows_counted));

      *same = *same && equal;
      if (equal ? !piao_db_exec (db, &proof_forget, error, "is", theirs->lane, theirs->kind->name)
                : !note_mismatch (db, reply, theirs->lane, theirs->kind->name, error))
        return FALSE;
    }
  for (guint i = 0; i < ours->len; i++)
    {
      const PiaoDigest *mine = &g_array_index (ours, PiaoDigest, i);

      if (find_theirs (reply, mine) != NULL)
        continue;
      *same = FALSE;
      if (!note_mismatch (db, reply, mine->lane, mine->kind, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
forget_all (PiaoDb *db, GError **error)
{
  g_autoptr (GArray) known = piao_proof_list (db, error);

  for (guint i = 0; known != NULL && i < known->len; i++)
    {
      const PiaoProofMismatch *one = &g_array_index (known, PiaoProofMismatch, i);

      if (!piao_db_exec (db, &proof_forget, error, "is", one->lane, one->kind))
        return FALSE;
    }
  return known != NULL;
}

gboolean
piao_proof_take (PiaoDb *db,
                 const PiaoReply *reply,
                 const PiaoProofPage *page,
                 PiaoProofOutcome *outcome,
                 GError **error)
{
  gboolean same;

  *outcome = PIAO_PROOF_NONE;
  if (page->kind != NULL)
    return piao_db_exec (db, &proof_page, error, "isii", page->lane, page->kind->name,
                         page->done ? REPAIRED : page->upto, (gint64)(page->done ? 1 : 0));
  if (piao_json_get_bool (reply->notes, "proof", FALSE))
    {
      *outcome = PIAO_PROOF_SAME;
      return forget_all (db, error);
    }
  if (reply->digests->len == 0 || !brings_nothing (reply))
    return TRUE;
  if (!take_digests (db, reply, &same, error))
    return FALSE;
  *outcome = same ? PIAO_PROOF_SAME : PIAO_PROOF_DIFFERENT;
  return TRUE;
}

GArray *
piao_proof_list (PiaoDb *db, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (PiaoProofMismatch));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &proof_list, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      PiaoProofMismatch one
          = { piao_cursor_int (cursor, 0), g_intern_string (piao_cursor_text (cursor, 1)),
              piao_cursor_int (cursor, 2), (guint)piao_cursor_int (cursor, 3) };

      g_array_append_val (list, one);
    }
  if (inner == NULL)
    return g_steal_pointer (&list);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

gboolean
piao_proof_retry (PiaoDb *db, GError **error)
{
  return piao_db_exec (db, &proof_retry, error, "");
}
