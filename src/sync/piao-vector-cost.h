/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What numbers will take once they are packed and compressed, in bits: estimates by the entropy of
 * their bytes, which is close to what zstd makes of them. The same numbers always give the same
 * estimate, whatever library compresses them later.
 */

/* x log2 x */
double piao_cost_xlogx (guint count);

/* Bits that the @counts of one symbol each come to, @total in all. */
double piao_cost_entropy (const guint *counts, guint n_counts, guint total);

/* Whether |x| needs so many bits. */
guint piao_cost_width (guint64 number);

/* The greatest number that divides all differences of @numbers from @least; 1 when they are equal.
 */
guint64 piao_cost_scale (const guint64 *numbers, guint n, guint64 least);

/* The byte planes of (number - least) / scale: bits in all, for a sample of numbers. */
double piao_cost_sample (const guint64 *numbers, guint n);

G_END_DECLS
