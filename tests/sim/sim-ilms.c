/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-clock.h"
#include "sandbox/piao-sandbox-call.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-town.h"

SimIlms *
sim_ilms_new (SimWorld *world)
{
  SimIlms *self = g_new0 (SimIlms, 1);
  g_autoptr (JsonObject) town = sim_town_for_ilms ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) odds = g_string_new (NULL);
  double each = world->plan.ilms / 1000.0 / 12;
  static const char *const kinds[]
      = { "delay:4000", "delay:20000", "delay:55000", "slow:2000", "slow:30000",    "drop",
          "apply-drop", "500",         "apply-500",   "garbage",   "bad-signature", "busy" };

  self->world = world;
  self->store = piao_sandbox_store_open (":memory:", &error);
  if (self->store == NULL || !piao_sandbox_store_seed (self->store, town, world->now, &error))
    g_error ("ILMS cannot be built: %s", error->message);
  self->faults = piao_sandbox_faults_new ((guint32)world->seed);
  self->carried_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_string_append_printf (odds, "%s%s=%.4f", i > 0 ? "," : "", kinds[i], each);
  g_string_append_printf (odds, ",clock=%.4f,down:60000=%.4f", each / 6, each / 3);
  if (world->plan.idempotent)
    g_string_append_printf (odds, ",duplicate=%.4f", each);
  if (!piao_sandbox_faults_set_odds (self->faults, odds->str, &error))
    g_error ("%s", error->message);
  return self;
}

void
sim_ilms_free (SimIlms *self)
{
  piao_sandbox_store_free (self->store);
  piao_sandbox_faults_free (self->faults);
  g_hash_table_unref (self->carried_out);
  g_free (self);
}

PiaoSandboxFault
sim_ilms_take_fault (SimIlms *self, const char *operation)
{
  PiaoSandboxFault none = { PIAO_SANDBOX_FAULT_NONE, 0 };

  if (self->world->calm)
    return none;
  return piao_sandbox_faults_take (self->faults, operation);
}

void
sim_ilms_carry_out (SimIlms *self,
                    const char *operation,
                    GHashTable *params,
                    char **code,
                    char **sentence,
                    JsonObject **result)
{
  const char *request_no = g_hash_table_lookup (params, "requestNo");
  PiaoEnvelopeReply *reply
      = piao_sandbox_carry_out (self->store, operation, params, self->world->now,
                                self->world->plan.idempotent, FALSE);

  if (request_no != NULL && !g_str_equal (operation, "order.query"))
    g_hash_table_add (self->carried_out, g_strdup (request_no));
  sim_note (self->world, "ILMS", "%s %s: %s", operation, request_no != NULL ? request_no : "",
            reply->code);
  *code = g_strdup (reply->code);
  *sentence = g_strdup (reply->sentence);
  *result = reply->result != NULL ? json_object_ref (reply->result) : NULL;
  piao_envelope_reply_free (reply);
}

gboolean
sim_ilms_has_carried_out (SimIlms *self, const char *request_no)
{
  return g_hash_table_contains (self->carried_out, request_no);
}

gboolean
sim_ilms_has_debited (SimIlms *self, const char *order_no)
{
  return piao_sandbox_get_int (self->store, 0, "SELECT count (*) FROM debit WHERE order_no = ?1",
                               "s", order_no)
         > 0;
}
