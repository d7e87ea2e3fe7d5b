/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The life of a pack (domain 6.2), as data. A frozen pack moves along none of these edges; that
 * guard, and who must approve a loss, are in the commands. Cases and boxes have no state. Beyond
 * the drawing: outbound --bring_back--> in_stock, for a parcel whose debit ILMS has reversed before
 * it was handed over.
 */
typedef struct
{
  const char *from;
  const char *event;
  const char *to;
} PiaoPackEdge;

const PiaoPackEdge *piao_pack_machine_get_edges (guint *n_edges);

/* Where @event leads from @state, or NULL. */
const char *piao_pack_machine_next (const char *state, const char *event);

/* What people read: "In stock"; translated, the word itself when it is no state. Borrowed. */
const char *piao_pack_state_get_title (const char *state);

G_END_DECLS
