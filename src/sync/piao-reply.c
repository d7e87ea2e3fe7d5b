/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "sync/piao-reply-private.h"

PiaoReply *
piao_reply_new (void)
{
  PiaoReply *self = g_atomic_rc_box_new0 (PiaoReply);

  self->verdicts = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_verdict_free);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_row_block_free);
  self->gone = g_array_new (FALSE, FALSE, sizeof (PiaoReplyGone));
  self->grants = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->upto = g_array_new (FALSE, FALSE, sizeof (PiaoLaneSeq));
  self->digests = g_array_new (FALSE, FALSE, sizeof (PiaoReplyDigest));
  self->notes = json_object_new ();
  return self;
}

PiaoReply *
piao_reply_ref (PiaoReply *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  PiaoReply *self = data;

  g_free (self->epoch);
  g_free (self->next);
  g_ptr_array_unref (self->verdicts);
  g_ptr_array_unref (self->blocks);
  g_array_unref (self->gone);
  g_clear_pointer (&self->coded, g_bytes_unref);
  g_array_unref (self->grants);
  g_array_unref (self->upto);
  g_array_unref (self->digests);
  json_object_unref (self->notes);
}

void
piao_reply_unref (PiaoReply *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

PiaoRowBlock *
piao_reply_get_block (PiaoReply *self, const PiaoKind *kind)
{
  for (guint i = self->blocks->len; i > 0; i--)
    {
      PiaoRowBlock *block = g_ptr_array_index (self->blocks, i - 1);

      if (block->kind == kind)
        return block;
    }
  g_ptr_array_add (self->blocks, piao_row_block_new (kind));
  return g_ptr_array_index (self->blocks, self->blocks->len - 1);
}

void
piao_reply_add_gone (PiaoReply *self, const PiaoKind *kind, gint64 lane, gint64 id)
{
  PiaoReplyGone gone = { kind, lane, id };

  g_array_append_val (self->gone, gone);
}

void
piao_reply_add_digest (PiaoReply *self, const PiaoKind *kind, gint64 lane, gint64 rows, guint64 sum)
{
  PiaoReplyDigest digest = { kind, lane, rows, sum };

  g_array_append_val (self->digests, digest);
}

guint
piao_reply_get_n_rows (const PiaoReply *self)
{
  guint n = 0;

  for (guint i = 0; i < self->blocks->len; i++)
    n += ((const PiaoRowBlock *)g_ptr_array_index (self->blocks, i))->n_rows;
  return n;
}

gsize
piao_reply_get_size (const PiaoReply *self)
{
  gsize size = 0;

  for (guint i = 0; i < self->blocks->len; i++)
    size += piao_row_block_get_size (g_ptr_array_index (self->blocks, i));
  return size;
}

gboolean
piao_reply_has_news (const PiaoReply *self)
{
  return self->blocks->len > 0 || self->gone->len > 0 || self->coded != NULL;
}

/* --- at rest --------------------------------------------------------------------------------- */

gboolean
piao_reply_is_at_rest (const PiaoReply *self)
{
  return !self->restart && !self->more && self->expected == 0 && self->verdicts->len == 0
         && !piao_reply_has_news (self) && self->digests->len == 0
         && piao_json_get_bool (self->notes, "proof", FALSE);
}

char *
piao_reply_get_tag (const PiaoReply *self, int schema, const char *proof)
{
  g_autoptr (JsonObject) object = piao_reply_to_json (self, schema);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = NULL;
  g_autofree char *about = g_strdup_printf ("%d %s ", schema, proof);

  json_object_remove_member (object, "now");
  text = piao_json_object_to_text (object);
  g_checksum_update (checksum, (const guchar *)about, -1);
  g_checksum_update (checksum, (const guchar *)text, -1);
  return g_strndup (g_checksum_get_string (checksum), PIAO_REPLY_TAG_LENGTH);
}

/* --- checks ---------------------------------------------------------------------------------- */

gboolean
piao_reply_set_shape_error (const char *part, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "sync.answer",
                         _ ("The centre's answer is not as it should be (%s). Nothing of it was "
                            "used; it is asked again."),
                         part);
}

static int
compare_lanes (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;

  return left < right ? -1 : left > right;
}

static gboolean
has_lane (const GArray *sorted, gint64 lane)
{
  return bsearch (&lane, sorted->data, sorted->len, sizeof (gint64), compare_lanes) != NULL;
}

/* The lanes of upto, sorted; NULL when they make no sense. */
static GArray *
sort_lanes (const PiaoReply *self)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < self->upto->len; i++)
    {
      const PiaoLaneSeq *entry = &g_array_index (self->upto, PiaoLaneSeq, i);

      if (entry->lane < 0 || entry->seq < 0 || entry->seq > self->head || entry->base < 0
          || entry->base > self->head || entry->history < 0
          || (entry->base > 0 ? entry->history >= entry->base : entry->history > 0))
        return NULL;
      g_array_append_val (lanes, entry->lane);
    }
  g_array_sort (lanes, compare_lanes);
  for (guint i = 1; i < lanes->len; i++)
    if (g_array_index (lanes, gint64, i) == g_array_index (lanes, gint64, i - 1))
      return NULL;
  return has_lane (lanes, 0) ? g_steal_pointer (&lanes) : NULL;
}

static gboolean
check_block (const PiaoReply *self, const PiaoRowBlock *block, const GArray *lanes)
{
  gint64 last = -1;

  for (guint i = 0; i < block->n_rows; i++)
    {
      if (block->lanes[i] != last && !has_lane (lanes, block->lanes[i]))
        return FALSE;
      last = block->lanes[i];
      if (block->ids[i] <= 0 || block->revs[i] < 0 || block->revs[i] > self->head)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_verdict (const PiaoReply *self, const PiaoVerdict *verdict)
{
  if (verdict->id <= 0)
    return FALSE;
  if (verdict->state == PIAO_VERDICT_ACCEPTED)
    return verdict->seq > 0 && verdict->seq <= self->head;
  return verdict->code != NULL && verdict->message != NULL;
}

static gboolean
check_parts (const PiaoReply *self, const GArray *lanes, GError **error)
{
  guint n_rows = 0;

  for (guint i = 0; i < self->verdicts->len; i++)
    if (!check_verdict (self, g_ptr_array_index (self->verdicts, i)))
      return piao_reply_set_shape_error ("verdicts", error);
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const PiaoRowBlock *block = g_ptr_array_index (self->blocks, i);

      n_rows += block->n_rows;
      if (n_rows > PIAO_REPLY_MAX_ROWS || !check_block (self, block, lanes))
        return piao_reply_set_shape_error ("rows", error);
    }
  for (guint i = 0; i < self->gone->len; i++)
    {
      const PiaoReplyGone *gone = &g_array_index (self->gone, PiaoReplyGone, i);

      if (gone->id <= 0 || !has_lane (lanes, gone->lane))
        return piao_reply_set_shape_error ("gone", error);
    }
  for (guint i = 0; i < self->digests->len; i++)
    {
      const PiaoReplyDigest *digest = &g_array_index (self->digests, PiaoReplyDigest, i);

      if (digest->rows < 0 || !has_lane (lanes, digest->lane))
        return piao_reply_set_shape_error ("digests", error);
    }
  return TRUE;
}

gboolean
piao_reply_check (const PiaoReply *self, GError **error)
{
  g_autoptr (GArray) lanes = NULL;

  if (self->now < 0 || self->expected < 0)
    return piao_reply_set_shape_error ("now", error);
  if (self->restart)
    return TRUE;
  if (self->head < 0)
    return piao_reply_set_shape_error ("end", error);
  lanes = sort_lanes (self);
  if (lanes == NULL)
    return piao_reply_set_shape_error ("end.upto", error);
  return check_parts (self, lanes, error);
}

/* --- coding ---------------------------------------------------------------------------------- */

static gboolean
is_json (const char *content_type)
{
  return g_str_equal (content_type, PIAO_REPLY_JSON)
         || g_str_has_prefix (content_type, PIAO_REPLY_JSON ";");
}

GBytes *
piao_reply_encode (const PiaoReply *self, const char *content_type, int schema, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  char *text;

  if (g_str_equal (content_type, PIAO_REPLY_FRAMES))
    return piao_reply_to_frames (self, schema);
  if (!is_json (content_type))
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "sync.type",
                      _ ("There is no coding “%.60s” for an answer."), content_type);
      return NULL;
    }
  object = piao_reply_to_json (self, schema);
  text = piao_json_object_to_text (object);
  return g_bytes_new_take (text, strlen (text));
}

static PiaoReply *
decode_json (PiaoRegistry *registry, GBytes *bytes, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonObject) object = piao_json_parse_object (text, (gssize)size, PIAO_REPLY_MAX_BYTES,
                                                          _ ("The answer of the centre"), error);

  return object != NULL ? piao_reply_from_json (registry, object, error) : NULL;
}

PiaoReply *
piao_reply_decode (PiaoRegistry *registry, const char *content_type, GBytes *bytes, GError **error)
{
  g_autofree char *type = g_utf8_make_valid (content_type != NULL ? content_type : "", -1);

  if (g_bytes_get_size (bytes) > PIAO_REPLY_MAX_BYTES)
    {
      piao_reply_set_shape_error (_ ("it is too long"), error);
      return NULL;
    }
  if (g_str_equal (type, PIAO_REPLY_FRAMES))
    return piao_reply_from_frames (registry, bytes, error);
  if (is_json (type))
    return decode_json (registry, bytes, error);
  piao_error_set (error, PIAO_ERROR_CORRUPT, "sync.type",
                  _ ("What answered is not the centre (it sent “%.60s”). Is a sign-in page of "
                     "the network in between? It is asked again."),
                  type);
  return NULL;
}
