/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * Rows that no clerk would make: every column takes its own manner out of constant, few, counting,
 * close to another, anything an int64 holds; texts are codes, numbers with a date in front, Chinese
 * of the greatest length, or empty; NULLs are nowhere, here and there, or everywhere. They are rows
 * that may travel: ids are positive, texts are no longer than their column.
 */

/* A block of @n rows of @kind in lanes 0 and 1. Transfer full. */
PiaoRowBlock *piao_random_block (GRand *rand, const PiaoKind *kind, guint n);

/* An answer with everything an answer can have, with blocks of up to @most rows of some of the
 * kinds. Transfer full. */
PiaoReply *piao_random_reply (GRand *rand, PiaoRegistry *registry, guint most);

/* Whether both say the same. */
gboolean piao_reply_equal (const PiaoReply *a, const PiaoReply *b);

G_END_DECLS
