/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/abnormal/piao-abnormal-machine.h"

static const PiaoAbnormalEdge edges[] = {
  { "reported", "collect", "evidence_collected" },
  { "evidence_collected", "judge", "liability_judged" },
  { "liability_judged", "handle", "handling" },
  { "handling", "handle", "handling" },
  { "handling", "judge", "liability_judged" },
  { "handling", "approve", "approved" },
  { "approved", "close", "closed" },
};

const char *const piao_abnormal_troubles[]
    = { "lost", "damaged", "stolen", "delivery", "other", NULL };
const char *const piao_abnormal_liabilities[]
    = { "operator", "carrier", "warehouse", "force_majeure", NULL };
const char *const piao_abnormal_handlings[]
    = { "replace", "refund_reversal", "police", "write_off", NULL };

static const struct
{
  const char *word;
  const char *title;
} titles[] = {
  { "reported", N_ ("Reported") },
  { "evidence_collected", N_ ("Evidence collected") },
  { "liability_judged", N_ ("Liability judged") },
  { "handling", N_ ("Being handled") },
  { "approved", N_ ("Approved") },
  { "closed", N_ ("Concluded") },
  { "lost", N_ ("Packs lost") },
  { "damaged", N_ ("Packs damaged") },
  { "stolen", N_ ("Packs stolen") },
  { "delivery", N_ ("Trouble with the delivery") },
  { "other", N_ ("Something else") },
  { "operator", N_ ("The operating company") },
  { "carrier", N_ ("The carrier") },
  { "warehouse", N_ ("The warehouse") },
  { "force_majeure", N_ ("Nobody: force majeure") },
  { "replace", N_ ("Replace the packs") },
  { "refund_reversal", N_ ("Have ILMS reverse the debit") },
  { "police", N_ ("Hand over to the police") },
  { "write_off", N_ ("Write the packs off") },
  { "resumed", N_ ("The order goes on") },
  { "cancelled", N_ ("The order is cancelled") },
};

const PiaoAbnormalEdge *
piao_abnormal_machine_get_edges (guint *n_edges)
{
  *n_edges = G_N_ELEMENTS (edges);
  return edges;
}

const char *
piao_abnormal_machine_next (const char *state, const char *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (g_strcmp0 (edges[i].from, state) == 0 && g_strcmp0 (edges[i].event, event) == 0)
      return edges[i].to;
  return NULL;
}

gboolean
piao_abnormal_trouble_is_of_packs (const char *trouble)
{
  return g_strcmp0 (trouble, "lost") == 0 || g_strcmp0 (trouble, "damaged") == 0
         || g_strcmp0 (trouble, "stolen") == 0;
}

const char *
piao_abnormal_get_title (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_strcmp0 (titles[i].word, word) == 0)
      return g_dgettext (GETTEXT_PACKAGE, titles[i].title);
  return word != NULL ? word : "";
}
