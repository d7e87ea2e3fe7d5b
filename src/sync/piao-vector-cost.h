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

/* Bits that the bytes of @numbers at @shift come to. */
double piao_cost_plane (const guint64 *numbers, guint n, guint shift);

/* Whether |x| needs so many bits. */
guint piao_cost_width (guint64 number);

/* The greatest number that divides all differences of @numbers from @least; 1 when they are equal.
 */
guint64 piao_cost_scale (const guint64 *numbers, guint n, guint64 least);

/* The most numbers of a sample. */
#define PIAO_COST_SAMPLE 256

/* The byte planes of (number - least) / scale: bits in all, for a sample of numbers. */
double piao_cost_sample (const guint64 *numbers, guint n);

/* The same where there are too few for statistics: each takes what the widest does. */
double piao_cost_few (const guint64 *numbers, guint n);

G_END_DECLS
