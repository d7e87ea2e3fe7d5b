/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-id.h"
#include "sync/piao-wire.h"
#include "tests/lib/piao-random-rows.h"

#define HEAD 5000
/* Texts of thousands of characters are rare, or an answer would be longer than one may be. */
#define LONG 200

typedef enum
{
  CONSTANT,
  FEW,
  COUNTING,
  CLOSE,
  SPARSE,
  ANYTHING,
  N_MANNERS,
} Manner;

static gint64
any_int (GRand *rand)
{
  static const gint64 extremes[]
      = { 0, 1, -1, 127, 128, G_MAXINT64, -G_MAXINT64, G_MAXUINT32, G_GINT64_CONSTANT (1) << 62 };
  guint64 number = (guint64)g_rand_int (rand) << 32 | g_rand_int (rand);

  if (g_rand_int_range (rand, 0, 4) == 0)
    return extremes[g_rand_int_range (rand, 0, G_N_ELEMENTS (extremes))];
  return (gint64)(number >> g_rand_int_range (rand, 1, 63));
}

static gint64
make_int (GRand *rand, Manner manner, gint64 seed, guint row, gint64 last)
{
  switch (manner)
    {
    case CONSTANT:
      return seed;
    case FEW:
      return seed / 2 + 1000 * g_rand_int_range (rand, 0, 7);
    case COUNTING:
      return seed / 2 + (gint64)row * 4096;
    case CLOSE:
      return last / 2 * 2 / 2 + g_rand_int_range (rand, -5, 6) * 60000;
    case SPARSE:
      return g_rand_int_range (rand, 0, 50) == 0 ? any_int (rand) : seed;
    case ANYTHING:
    case N_MANNERS:
    default:
      return any_int (rand);
    }
}

static char *
chinese (GRand *rand, guint n)
{
  static const char *const characters[]
      = { "票", "库", "伊", "犁", "莎", "车", "，", " ", "\n", "a", "9", "𠮷", "é" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, characters[g_rand_int_range (rand, 0, G_N_ELEMENTS (characters))]);
  return g_string_free_and_steal (text);
}

static char *
make_text (GRand *rand, Manner manner, guint row, guint most)
{
  static const char *const codes[] = { "completed", "on_hold", "", "已完成", "x" };

  switch (manner)
    {
    case CONSTANT:
      return g_strdup (codes[most % G_N_ELEMENTS (codes)]);
    case FEW:
      return g_strdup (codes[g_rand_int_range (rand, 0, G_N_ELEMENTS (codes))]);
    case COUNTING:
      return g_strdup_printf ("202601%02u%06u%04d", 1 + row / 100 % 28, row,
                              g_rand_int_range (rand, 0, 50));
    case CLOSE:
      return g_strdup_printf ("J%04u-%05d-%07u", row % 3, g_rand_int_range (rand, 0, 99999), row);
    case SPARSE:
      return g_rand_int_range (rand, 0, 20) == 0 ? chinese (rand, most) : g_strdup ("usual");
    case ANYTHING:
    case N_MANNERS:
    default:
      return chinese (rand, (guint)g_rand_int_range (rand, 0, (gint32)most + 1));
    }
}

/* Cut to what the column holds. */
static void
set_text (PiaoRowBlock *block, guint row, guint column, char *text, guint most)
{
  g_autofree char *held = text;

  if (g_utf8_strlen (held, -1) > (glong)most)
    *g_utf8_offset_to_pointer (held, (glong)most) = '\0';
  piao_row_block_set_text (block, row, column, held);
}

static void
fill_column (GRand *rand, PiaoRowBlock *block, guint index)
{
  const PiaoColumn *column = &block->kind->columns[index];
  Manner manner = (Manner)g_rand_int_range (rand, 0, N_MANNERS);
  gint32 nulls = g_rand_int_range (rand, 0, 3) * g_rand_int_range (rand, 0, 6);
  gint64 seed = any_int (rand), last = seed;
  guint most = piao_wire_get_max_length (column);

  for (guint row = 0; row < block->n_rows; row++)
    {
      if (g_rand_int_range (rand, 0, 10) < nulls)
        continue;
      if (block->columns[index].is_text)
        {
          guint length = g_rand_int_range (rand, 0, 100) == 0 ? most : MIN (most, LONG);

          set_text (block, row, index, make_text (rand, manner, row, length), most);
          continue;
        }
      last = make_int (rand, manner, seed, row, last);
      if (column->type == PIAO_COLUMN_REF)
        last = MAX (1, ABS (last));
      piao_row_block_set_int (block, row, index, last);
    }
}

PiaoRowBlock *
piao_random_block (GRand *rand, const PiaoKind *kind, guint n)
{
  PiaoRowBlock *block = piao_row_block_new (kind);
  gint64 id = g_rand_int_range (rand, 1, 100000);
  gint32 often = g_rand_int_range (rand, 0, 3);

  for (guint row = 0; row < n; row++)
    {
      piao_row_block_append (block, id, g_rand_int_range (rand, 0, 2),
                             g_rand_int_range (rand, 0, HEAD),
                             g_rand_int_range (rand, 0, 3) < often);
      id += PIAO_ID_STRIDE * g_rand_int_range (rand, 1, 9);
    }
  for (guint i = 0; i < kind->n_columns; i++)
    fill_column (rand, block, i);
  return block;
}

/* --- answers --------------------------------------------------------------------------------- */

static void
add_verdicts (GRand *rand, PiaoReply *reply)
{
  for (gint i = g_rand_int_range (rand, 0, 5); i > 0; i--)
    {
      PiaoVerdict *verdict = g_new0 (PiaoVerdict, 1);

      verdict->id = i * PIAO_ID_STRIDE;
      verdict->state = (PiaoVerdictState)g_rand_int_range (rand, 0, 3);
      if (verdict->state == PIAO_VERDICT_ACCEPTED)
        verdict->seq = g_rand_int_range (rand, 1, HEAD);
      else
        {
          verdict->code = g_strdup ("order.not-open");
          verdict->message = chinese (rand, 100);
        }
      g_ptr_array_add (reply->verdicts, verdict);
    }
}

PiaoReply *
piao_random_reply (GRand *rand, PiaoRegistry *registry, guint most)
{
  PiaoReply *reply = piao_reply_new ();
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  reply->epoch = g_strdup ("epoch-1");
  reply->now = G_GINT64_CONSTANT (1790000000000);
  reply->expected = g_rand_int_range (rand, 0, 3);
  reply->head = HEAD;
  reply->more = g_rand_boolean (rand);
  reply->next = g_rand_boolean (rand) ? chinese (rand, 0) : g_strdup ("order:40961:7");
  json_object_set_object_member (reply->notes, "ilms",
                                 piao_json_build ("state", 's', "online", NULL));
  for (gint64 lane = 0; lane < 2; lane++)
    {
      PiaoLaneSeq upto = { lane, HEAD - lane };

      g_array_append_val (reply->upto, upto);
      g_array_append_val (reply->grants, lane);
    }
  add_verdicts (rand, reply);
  for (guint i = 0; i < n_kinds; i++)
    {
      if (g_rand_int_range (rand, 0, 3) == 0)
        g_ptr_array_add (reply->blocks,
                         piao_random_block (rand, kinds[i],
                                            (guint)g_rand_int_range (rand, 1, (gint32)most + 1)));
      if (g_rand_int_range (rand, 0, 3) == 0)
        piao_reply_add_gone (reply, kinds[i], i % 2, any_int (rand) / 2 == 0 ? 1 : 77 + i);
      if (g_rand_int_range (rand, 0, 3) == 0)
        piao_reply_add_digest (reply, kinds[i], i % 2, i, (guint64)any_int (rand) * 3);
    }
  return reply;
}

static gboolean
arrays_equal (const GArray *a, const GArray *b, gsize element)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * element) == 0);
}

gboolean
piao_reply_equal (const PiaoReply *a, const PiaoReply *b)
{
  g_autofree char *left = piao_json_object_to_text (a->notes);
  g_autofree char *right = piao_json_object_to_text (b->notes);

  if (g_strcmp0 (a->epoch, b->epoch) != 0 || a->now != b->now || a->restart != b->restart
      || a->expected != b->expected || a->head != b->head || a->more != b->more
      || g_strcmp0 (a->next, b->next) != 0 || !g_str_equal (left, right)
      || a->verdicts->len != b->verdicts->len || a->blocks->len != b->blocks->len
      || !arrays_equal (a->gone, b->gone, sizeof (PiaoReplyGone))
      || !arrays_equal (a->grants, b->grants, sizeof (gint64))
      || !arrays_equal (a->upto, b->upto, sizeof (PiaoLaneSeq))
      || !arrays_equal (a->digests, b->digests, sizeof (PiaoReplyDigest)))
    return FALSE;
  for (guint i = 0; i < a->verdicts->len; i++)
    {
      const PiaoVerdict *one = g_ptr_array_index (a->verdicts, i);
      const PiaoVerdict *other = g_ptr_array_index (b->verdicts, i);

      if (one->id != other->id || one->state != other->state || one->seq != other->seq
          || g_strcmp0 (one->code, other->code) != 0
          || g_strcmp0 (one->message, other->message) != 0)
        return FALSE;
    }
  for (guint i = 0; i < a->blocks->len; i++)
    if (!piao_row_block_equal (g_ptr_array_index (a->blocks, i), g_ptr_array_index (b->blocks, i)))
      return FALSE;
  return TRUE;
}
