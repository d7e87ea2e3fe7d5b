/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An answer as JSON. Oracle: what is taken says the same as frames and as JSON again. */

#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-reply.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/piao-random-rows.h"

/* A kind stands once in what is written, however often it did in what was read; empty groups go. */
static gboolean
is_plain (const PiaoReply *reply)
{
  for (guint i = 0; i < reply->blocks->len; i++)
    if (((const PiaoRowBlock *)g_ptr_array_index (reply->blocks, i))->n_rows == 0)
      return FALSE;
  return !reply->restart;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const types[] = { PIAO_REPLY_JSON, PIAO_REPLY_FRAMES };
  static PiaoRegistry *registry;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (PiaoReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (registry == NULL)
    registry = piao_domain_registry_new ();
  reply = piao_reply_decode (registry, PIAO_REPLY_JSON, bytes, &error);
  ORACLE ((reply == NULL) == (error != NULL));
  if (reply == NULL || !is_plain (reply))
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) coded
          = piao_reply_encode (reply, types[i], piao_schema_get_newest (), NULL);
      g_autoptr (PiaoReply) again = piao_reply_decode (registry, types[i], coded, &error);

      ORACLE (again != NULL
              && (i == 1 && reply->grants->len == 0 ? TRUE : piao_reply_equal (reply, again)));
    }
  return 0;
}
