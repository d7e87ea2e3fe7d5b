/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ilms/piao-gateway-doubts.h"

void
piao_gateway_doubts_init (PiaoGatewayDoubts *self)
{
  self->since = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

void
piao_gateway_doubts_clear (PiaoGatewayDoubts *self)
{
  g_clear_pointer (&self->since, g_hash_table_unref);
}

gint64
piao_gateway_doubts_note (PiaoGatewayDoubts *self,
                          gint64 request,
                          const PiaoGatewayAttempt *attempt,
                          gint64 steady)
{
  const gint64 *since = g_hash_table_lookup (self->since, &request);

  if (attempt->state != PIAO_GATEWAY_UNCERTAIN)
    g_hash_table_remove (self->since, &request);
  else if (since != NULL)
    return steady - *since;
  else
    g_hash_table_insert (self->since, g_memdup2 (&request, sizeof request),
                         g_memdup2 (&steady, sizeof steady));
  return 0;
}
