/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-desk.h"

G_BEGIN_DECLS

/*
 * Now and then a row of the server's is lost on a desktop, or stays an older one, as if an answer
 * had not been applied rightly: below the waiting commands, and with the digests that belong to
 * what is there. The comparison must find it, name it and nothing else, and the repair must bring
 * it back without touching what waits.
 */

/* Harms a row of @desk, if all is well with it and it does not talk just now. */
void sim_damage_do (SimDesk *desk);

/* @reply was applied and said @proof of the digests. FALSE on a violation. */
gboolean sim_damage_note (SimDesk *desk, const PiaoReply *reply, PiaoProofOutcome proof);

/* The ids of commands that are not decided: before a page of a repair is applied; NULL when @reply
 * is none. GArray of gint64, transfer full. */
GArray *sim_damage_list_waiting (SimDesk *desk, const PiaoReply *reply);

/* … and after it: none is lost, and none is decided without a verdict. FALSE on a violation. */
gboolean sim_damage_check_waiting (SimDesk *desk, const PiaoReply *reply, const GArray *before);

G_END_DECLS
