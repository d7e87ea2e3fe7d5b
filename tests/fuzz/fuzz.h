/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

/* What a fuzz target exports. Each has an oracle: it aborts when what was read breaks a promise,
 * not only when memory does. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Ends the program unless @condition holds, whatever is compiled out. */
#define ORACLE(condition)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if G_UNLIKELY (!(condition))                                                                   \
      g_error ("%s:%d: promise broken: %s", __FILE__, __LINE__, #condition);                       \
  }                                                                                                \
  G_STMT_END
