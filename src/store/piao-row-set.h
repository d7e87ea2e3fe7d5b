/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/* A row by what it is known by. A table of structs that begin with it can be hashed so. */
typedef struct
{
  const PiaoKind *kind;
  gint64 id;
} PiaoRowKey;

guint piao_row_key_hash (gconstpointer key);
gboolean piao_row_key_equal (gconstpointer a, gconstpointer b);

/* Which rows there is talk of. */
typedef struct _PiaoRowSet PiaoRowSet;

PiaoRowSet *piao_row_set_new (void);
void piao_row_set_free (PiaoRowSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRowSet, piao_row_set_free)

void piao_row_set_add (PiaoRowSet *self, const PiaoKind *kind, gint64 id);
gboolean piao_row_set_has (const PiaoRowSet *self, const PiaoKind *kind, gint64 id);

G_END_DECLS
