/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-row-set.h"

struct _PiaoRowSet
{
  GHashTable *keys;
};

guint
piao_row_key_hash (gconstpointer data)
{
  const PiaoRowKey *key = data;

  return g_int64_hash (&key->id) ^ g_direct_hash (key->kind);
}

gboolean
piao_row_key_equal (gconstpointer a, gconstpointer b)
{
  const PiaoRowKey *left = a, *right = b;

  return left->id == right->id && left->kind == right->kind;
}

PiaoRowSet *
piao_row_set_new (void)
{
  PiaoRowSet *self = g_new0 (PiaoRowSet, 1);

  self->keys = g_hash_table_new_full (piao_row_key_hash, piao_row_key_equal, g_free, NULL);
  return self;
}

void
piao_row_set_free (PiaoRowSet *self)
{
  g_hash_table_unref (self->keys);
  g_free (self);
}

void
piao_row_set_add (PiaoRowSet *self, const PiaoKind *kind, gint64 id)
{
  const PiaoRowKey key = { kind, id };

  g_hash_table_add (self->keys, g_memdup2 (&key, sizeof key));
}

gboolean
piao_row_set_has (const PiaoRowSet *self, const PiaoKind *kind, gint64 id)
{
  const PiaoRowKey key = { kind, id };

  return g_hash_table_contains (self->keys, &key);
}
