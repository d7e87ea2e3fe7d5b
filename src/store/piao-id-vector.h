/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoIdVector: the ids of a list in order, with an index. Immutable, any thread.
 */
typedef struct _PiaoIdVector PiaoIdVector;

PiaoIdVector *piao_id_vector_new (const gint64 *ids, guint n_ids);
PiaoIdVector *piao_id_vector_ref (PiaoIdVector *self);
void piao_id_vector_unref (PiaoIdVector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoIdVector, piao_id_vector_unref)

guint piao_id_vector_get_length (const PiaoIdVector *self);
gint64 piao_id_vector_get (const PiaoIdVector *self, guint position);

/* Position of @id, or -1. */
int piao_id_vector_find (const PiaoIdVector *self, gint64 id);

typedef struct
{
  guint position; /* once the spans before it are done */
  guint removed;
  guint added;
} PiaoSpan;

/*
 * What turns @from into @to: spans in ascending order, GArray of PiaoSpan (transfer full). As many
 * ids as possible stay where they are; an id that moved is removed and added. Spans close to each
 * other are merged, and there are never more than PIAO_MAX_SPANS.
 */
#define PIAO_MAX_SPANS 256
GArray *piao_id_vector_diff (const PiaoIdVector *from, const PiaoIdVector *to);

G_END_DECLS
