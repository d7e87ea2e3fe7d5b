/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: an answer as frames. The first says what it belongs to, the last is the end; an answer
 * without an end was cut off. Rows are typed columns, everything else is JSON with the members of
 * the readable twin. A frame of an unknown type is refused: it may say what must not be missed.
 * Rows of an unknown kind are passed over: they come from a newer program, and are fetched again
 * when this one is updated.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "sync/piao-frame.h"
#include "sync/piao-reply-private.h"
#include "sync/piao-rows-code.h"
#include "sync/piao-wire.h"

/* Part of the wire format: never changed, only added to. */
enum
{
  FRAME_HEAD = 1,
  FRAME_VERDICTS = 2,
  FRAME_ROWS = 3,
  FRAME_GONE = 4,
  FRAME_GRANTS = 5,
  FRAME_DIGESTS = 6,
  FRAME_END = 7,
};

/* --- writing --------------------------------------------------------------------------------- */

typedef struct
{
  GByteArray *bytes;
  gpointer packer;
} Writer;

/* @object is taken. */
static void
write_json (Writer *writer, guint8 type, JsonObject *object)
{
  g_autofree char *text = piao_json_object_to_text (object);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  const GByteArray data = { (guint8 *)text, (guint)strlen (text) };

  piao_frame_pack (body, &data, NULL, 0, writer->packer);
  piao_frame_write (writer->bytes, type, body->data, body->len);
  json_object_unref (object);
}

static void
write_rows (Writer *writer, const PiaoRowBlock *block, int schema)
{
  PiaoByteWriter head, rows;

  piao_byte_writer_init (&head);
  piao_byte_writer_init (&rows);
  piao_write_name (&head, block->kind->name);
  piao_write_varint (&head, block->n_rows);
  piao_rows_encode (block, schema, &rows, NULL, NULL);
  piao_frame_pack (head.bytes, rows.bytes, rows.cuts, (gsize)block->n_rows * PIAO_FRAME_FREE_ROW,
                   writer->packer);
  piao_frame_write (writer->bytes, FRAME_ROWS, head.bytes->data, head.bytes->len);
  piao_byte_writer_clear (&head);
  piao_byte_writer_clear (&rows);
}

/* The lanes of upto are those granted, unless the answer says something else. */
static gboolean
has_own_grants (const PiaoReply *self)
{
  if (self->grants->len != self->upto->len)
    return TRUE;
  for (guint i = 0; i < self->grants->len; i++)
    if (g_array_index (self->grants, gint64, i) != g_array_index (self->upto, PiaoLaneSeq, i).lane)
      return TRUE;
  return FALSE;
}

static void
write_news (Writer *writer, const PiaoReply *self, int schema)
{
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const PiaoRowBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->n_rows > 0)
        write_rows (writer, block, schema);
    }
  if (self->gone->len > 0)
    write_json (writer, FRAME_GONE,
                piao_json_build ("gone", 'a', piao_reply_gone_to_json (self), NULL));
}

static void
write_all (Writer *writer, const PiaoReply *self, int schema)
{
  JsonObject *head = json_object_new ();

  piao_reply_head_to_json (self, head);
  write_json (writer, FRAME_HEAD, head);
  if (self->verdicts->len > 0)
    write_json (writer, FRAME_VERDICTS,
                piao_json_build ("verdicts", 'a', piao_reply_verdicts_to_json (self), NULL));
  if (self->coded != NULL)
    g_byte_array_append (writer->bytes, g_bytes_get_data (self->coded, NULL),
                         (guint)g_bytes_get_size (self->coded));
  write_news (writer, self, schema);
  if (has_own_grants (self))
    write_json (writer, FRAME_GRANTS,
                piao_json_build ("grants", 'a', piao_reply_grants_to_json (self), NULL));
  if (self->digests->len > 0)
    write_json (writer, FRAME_DIGESTS,
                piao_json_build ("digests", 'a', piao_reply_digests_to_json (self), NULL));
  write_json (writer, FRAME_END, piao_reply_end_to_json (self));
}

GBytes *
piao_reply_to_frames (const PiaoReply *self, int schema)
{
  Writer writer = { g_byte_array_new (), piao_frame_context_new () };

  write_all (&writer, self, schema);
  piao_frame_context_free (writer.packer);
  return g_byte_array_free_to_bytes (writer.bytes);
}

GBytes *
piao_reply_rows_to_frames (const PiaoReply *self, int schema)
{
  Writer writer = { g_byte_array_new (), piao_frame_context_new () };

  write_news (&writer, self, schema);
  piao_frame_context_free (writer.packer);
  return g_byte_array_free_to_bytes (writer.bytes);
}

/* --- reading --------------------------------------------------------------------------------- */

typedef struct
{
  PiaoReply *reply;
  PiaoRegistry *registry;
  guint seen; /* a bit a type */
  guint n_rows;
} Decoder;

static gboolean
set_frame_error (GError **error)
{
  return piao_reply_set_shape_error (_ ("a frame is damaged"), error);
}

static gboolean
read_json_part (Decoder *self, guint8 type, JsonObject *object, GError **error)
{
  switch (type)
    {
    case FRAME_HEAD:
      return piao_reply_head_from_json (self->reply, object, error);
    case FRAME_VERDICTS:
      return piao_reply_verdicts_from_json (self->reply, piao_json_get_array (object, "verdicts"),
                                            error);
    case FRAME_GONE:
      return piao_reply_gone_from_json (self->reply, self->registry,
                                        piao_json_get_array (object, "gone"), error);
    case FRAME_GRANTS:
      return piao_reply_grants_from_json (self->reply, piao_json_get_array (object, "grants"),
                                          error);
    case FRAME_DIGESTS:
      return piao_reply_digests_from_json (self->reply, self->registry,
                                           piao_json_get_array (object, "digests"), error);
    case FRAME_END:
      return self->reply->restart || piao_reply_end_from_json (self->reply, object, error);
    default:
      return piao_reply_set_shape_error (_ ("a frame of an unknown type"), error);
    }
}

static gboolean
read_json (Decoder *self, guint8 type, PiaoByteReader *body, GError **error)
{
  g_autoptr (GBytes) data = piao_frame_unpack (body, 0);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) inner = NULL;
  gsize size = 0;
  const char *text = data != NULL ? g_bytes_get_data (data, &size) : NULL;

  if (data == NULL)
    return set_frame_error (error);
  object = piao_json_parse_object (text, (gssize)size, PIAO_REPLY_MAX_BYTES,
                                   _ ("The answer of the centre"), &inner);
  if (object == NULL)
    return piao_reply_set_shape_error (inner->message, error);
  return read_json_part (self, type, object, error);
}

static gboolean
read_rows (Decoder *self, PiaoByteReader *body, GError **error)
{
  g_autofree char *name = piao_read_name (body);
  guint n_rows = piao_read_count (body, PIAO_REPLY_MAX_ROWS - self->n_rows);
  g_autoptr (GBytes) data = NULL;
  const PiaoKind *kind;
  PiaoByteReader reader;
  PiaoRowBlock *block;

  if (body->broken || n_rows == 0)
    return set_frame_error (error);
  self->n_rows += n_rows;
  kind = piao_registry_find_kind (self->registry, name);
  if (kind == NULL)
    return TRUE;
  data = piao_frame_unpack (body, (gsize)n_rows * PIAO_FRAME_FREE_ROW);
  if (data == NULL)
    return set_frame_error (error);
  piao_byte_reader_init (&reader, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  block = piao_rows_decode (kind, n_rows, &reader, error);
  if (block == NULL)
    return FALSE;
  g_ptr_array_add (self->reply->blocks, block);
  return TRUE;
}

/* Every type but rows comes once, the head first. */
static gboolean
is_in_order (Decoder *self, guint8 type)
{
  guint bit = type <= FRAME_END ? 1u << type : 0;
  gboolean fits = bit != 0 && (type == FRAME_HEAD) == (self->seen == 0)
                  && (self->seen & 1u << FRAME_END) == 0
                  && (type == FRAME_ROWS || (self->seen & bit) == 0);

  self->seen |= bit;
  return fits;
}

static gboolean
read_all (Decoder *self, PiaoByteReader *reader, GError **error)
{
  PiaoByteReader body;
  guint8 type;

  while (piao_frame_read (reader, &type, &body))
    {
      if (!is_in_order (self, type))
        return piao_reply_set_shape_error (_ ("a frame is out of order"), error);
      if (type == FRAME_ROWS ? !read_rows (self, &body, error)
                             : !read_json (self, type, &body, error))
        return FALSE;
    }
  if (reader->broken)
    return set_frame_error (error);
  return (self->seen & 1u << FRAME_END) != 0
         || piao_reply_set_shape_error (_ ("it was cut off"), error);
}

/* What the frames leave out because it follows from the rest. */
static void
complete (Decoder *self)
{
  PiaoReply *reply = self->reply;

  if ((self->seen & 1u << FRAME_GRANTS) == 0)
    for (guint i = 0; i < reply->upto->len; i++)
      g_array_append_val (reply->grants, g_array_index (reply->upto, PiaoLaneSeq, i).lane);
}

PiaoReply *
piao_reply_from_frames (PiaoRegistry *registry, GBytes *bytes, GError **error)
{
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  Decoder self = { .reply = reply, .registry = registry };
  PiaoByteReader reader;

  piao_byte_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!read_all (&self, &reader, error))
    return NULL;
  complete (&self);
  return piao_reply_check (reply, error) ? g_steal_pointer (&reply) : NULL;
}
