/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-json.h"
#include "ilms/piao-gateway-client.h"

G_DEFINE_BOXED_TYPE (PiaoGatewayReply,
                     piao_gateway_reply,
                     piao_gateway_reply_copy,
                     piao_gateway_reply_free)

PiaoGatewayReply *
piao_gateway_reply_copy (const PiaoGatewayReply *self)
{
  PiaoGatewayReply *copy;

  g_return_val_if_fail (self != NULL, NULL);
  copy = g_memdup2 (self, sizeof *self);
  copy->code = g_strdup (self->code);
  copy->sentence = g_strdup (self->sentence);
  copy->result = self->result != NULL ? json_object_ref (self->result) : NULL;
  return copy;
}

void
piao_gateway_reply_free (PiaoGatewayReply *self)
{
  if (self == NULL)
    return;
  g_free (self->code);
  g_free (self->sentence);
  g_clear_pointer (&self->result, json_object_unref);
  g_free (self);
}

PiaoGatewayFinding
piao_gateway_reply_get_finding (const PiaoGatewayReply *self)
{
  const char *state;

  g_return_val_if_fail (self != NULL, PIAO_GATEWAY_FOUND_UNDER_WAY);
  if (self->kind != PIAO_GATEWAY_OK || !json_object_has_member (self->result, "found"))
    return PIAO_GATEWAY_FOUND_UNDER_WAY;
  if (!piao_json_get_bool (self->result, "found", TRUE))
    return PIAO_GATEWAY_NOT_FOUND;
  state = piao_json_get_text (self->result, "state", "");
  return g_str_equal (state, "done")      ? PIAO_GATEWAY_FOUND_DONE
         : g_str_equal (state, "refused") ? PIAO_GATEWAY_FOUND_REFUSED
                                          : PIAO_GATEWAY_FOUND_UNDER_WAY;
}
