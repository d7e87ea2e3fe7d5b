/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/pack/piao-pack-machine.h"

#include <glib/gi18n-lib.h>

#define WRITTEN_OFF_FROM(state)                                                                    \
  { state, "damage", "damaged" }, { state, "lose", "lost" }, { state, "steal", "stolen" }

static const PiaoPackEdge edges[] = {
  { "registered", "receive", "in_stock" },
  { "in_stock", "reserve", "reserved" },
  { "reserved", "undo", "in_stock" },
  { "reserved", "outbound", "outbound" },
  { "outbound", "handover", "in_transit" },
  { "outbound", "bring_back", "in_stock" },
  { "in_transit", "sign_off", "at_outlet" },
  { "in_transit", "bring_back", "in_stock" },
  { "at_outlet", "activate", "activated" },
  { "activated", "settle", "settled" },
  { "in_stock", "transfer_ship", "in_transit_transfer" },
  { "in_transit_transfer", "transfer_receive", "in_stock" },
  { "at_outlet", "return", "returning" },
  { "returning", "return_receive", "in_stock" },
  { "in_stock", "expire", "expired" },
  { "expired", "destroy", "destroyed" },
  { "damaged", "destroy", "destroyed" },
  { "lost", "find", "in_stock" },
  WRITTEN_OFF_FROM ("registered"),
  WRITTEN_OFF_FROM ("in_stock"),
  WRITTEN_OFF_FROM ("reserved"),
  WRITTEN_OFF_FROM ("outbound"),
  WRITTEN_OFF_FROM ("in_transit"),
  WRITTEN_OFF_FROM ("in_transit_transfer"),
  WRITTEN_OFF_FROM ("at_outlet"),
  WRITTEN_OFF_FROM ("returning"),
  WRITTEN_OFF_FROM ("activated"),
  WRITTEN_OFF_FROM ("expired"),
};

static const struct
{
  const char *state;
  const char *title;
} states[] = {
  { "registered", N_ ("Registered") },   { "in_stock", N_ ("In stock") },
  { "reserved", N_ ("Reserved") },       { "outbound", N_ ("Outbound") },
  { "in_transit", N_ ("On the way") },   { "in_transit_transfer", N_ ("In transfer") },
  { "at_outlet", N_ ("At the outlet") }, { "activated", N_ ("Activated") },
  { "settled", N_ ("Settled") },         { "returning", N_ ("Returning") },
  { "damaged", N_ ("Damaged") },         { "lost", N_ ("Lost") },
  { "stolen", N_ ("Stolen") },           { "expired", N_ ("Expired") },
  { "destroyed", N_ ("Destroyed") },
};

const PiaoPackEdge *
piao_pack_machine_get_edges (guint *n_edges)
{
  *n_edges = G_N_ELEMENTS (edges);
  return edges;
}

const char *
piao_pack_machine_next (const char *state, const char *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (g_strcmp0 (edges[i].from, state) == 0 && g_strcmp0 (edges[i].event, event) == 0)
      return edges[i].to;
  return NULL;
}

const char *
piao_pack_state_get_title (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (states[i].state, state) == 0)
      return _ (states[i].title);
  return state;
}
