/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-row-set.h"

typedef struct
{
  const PiaoKind *kind;
  gint64 id;
} Key;

struct _PiaoRowSet
{
  GHashTable *keys;
};

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;

  return g_int64_hash (&key->id) ^ g_direct_hash (key->kind);
}

static gboolean
are_equal (gconstpointer a, gconstpointer b)
{
  const Key *left = a, *right = b;

  return left->id == right->id && left->kind == right->kind;
}

PiaoRowSet *
piao_row_set_new (void)
{
  PiaoRowSet *self = g_new0 (PiaoRowSet, 1);

  self->keys = g_hash_table_new_full (hash_key, are_equal, g_free, NULL);
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
  const Key key = { kind, id };

  g_hash_table_add (self->keys, g_memdup2 (&key, sizeof key));
}

gboolean
piao_row_set_has (const PiaoRowSet *self, const PiaoKind *kind, gint64 id)
{
  const Key key = { kind, id };

  return g_hash_table_contains (self->keys, &key);
}
