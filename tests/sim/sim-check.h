/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"
#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/*
 * The invariants of testing.md. Each part looks at what a step can have changed; sim_check_all()
 * looks at everything. What is known beyond every crash is kept outside of the databases.
 */

/* What the checks know of the server's past. */
typedef struct _SimTruth SimTruth;
SimTruth *sim_truth_new (void);
void sim_truth_free (SimTruth *self);

/* The sentence of an invariant, 1 … 14. */
const char *sim_invariant_describe (guint number);

/* After a power cut: what was acknowledged is there, the file is sound. */
void sim_check_survival (SimDesk *desk);

/* After a transaction of the server. FALSE on a violation. */
gboolean sim_check_batch (SimWorld *world, GPtrArray *commands, GPtrArray *verdicts);

/* The server came back from a backup: what it knows now is the truth. */
void sim_check_restored (SimWorld *world);

/* Before an answer leaves: nothing in it is of a lane that its reader may not see. */
void sim_check_answer (SimWorld *world, SimDesk *desk, const PiaoReply *reply);

/* After a desktop has applied an answer. */
void sim_check_applied (SimDesk *desk, const PiaoReply *reply);

/* No label was made here for an order that ILMS has not confirmed. */
gboolean sim_check_labels (SimDesk *desk);

/* The search text knows no row that is not here. */
gboolean sim_check_search (SimDesk *desk);

/* A desktop that has all that the server had: its books balance. */
gboolean sim_check_books (SimWorld *world, const char *who, PiaoDb *db);

/* Before a call leaves for ILMS, and after ILMS has carried one out. */
void sim_check_sending (SimWorld *world,
                        guint executor,
                        const char *operation,
                        const char *request_no,
                        gboolean stopped);
void sim_check_ilms (SimWorld *world, const char *order_no);

/* Everything that can be looked at in the middle of things. */
void sim_check_all (SimWorld *world);

/* Everything, once the world has come to rest. */
void sim_check_rest (SimWorld *world);

/* Whether an entry of the outbox in @state is what a refusal must leave behind: an item that a
 * person sees, or one that he has dealt with. What was parked before, when its lane was lost, is an
 * item already and stays that one. */
gboolean sim_check_is_item (const char *state);

G_END_DECLS
