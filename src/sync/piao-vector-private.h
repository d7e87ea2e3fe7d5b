/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-vector-code.h"

G_BEGIN_DECLS

/* Writes @n residuals in the form that takes the fewest bits. */
void piao_vector_write_residuals (PiaoByteWriter *writer, const guint64 *residuals, guint n);

G_END_DECLS
