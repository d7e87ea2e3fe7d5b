/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-tx-rows.h"

/* A command that reads more (a stock count) reads each of them once. */
#define MAX_ROWS 64

struct _PiaoTxRows
{
  PiaoDb *db;          /* borrowed */
  GPtrArray *rows;     /* of PiaoRecord, owned: few, so they are looked through */
  GPtrArray *expected; /* of Expected, borrowed: asked for and not come yet */
};

typedef struct
{
  PiaoTxRows *rows; /* borrowed */
  const PiaoKind *kind;
  gint64 id;
  gboolean dropped; /* written since it was asked for */
} Expected;

PiaoTxRows *
piao_tx_rows_new (PiaoDb *db)
{
  PiaoTxRows *self = g_new0 (PiaoTxRows, 1);

  self->db = db;
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  self->expected = g_ptr_array_new ();
  return self;
}

gboolean
piao_tx_rows_end (PiaoTxRows *self, GError **error)
{
  /* Nothing that is on its way may come when this is gone. */
  gboolean done = self->expected->len == 0 || piao_db_settle (self->db, error);

  g_ptr_array_unref (self->expected);
  g_ptr_array_unref (self->rows);
  g_free (self);
  return done;
}

static PiaoRecord *
find (const PiaoTxRows *self, const PiaoKind *kind, gint64 id, guint *index)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      PiaoRecord *record = g_ptr_array_index (self->rows, i);

      if (record->id != id || record->kind != kind)
        continue;
      if (index != NULL)
        *index = i;
      return record;
    }
  return NULL;
}

PiaoRecord *
piao_tx_rows_load (PiaoTxRows *self, const PiaoKind *kind, gint64 id, GError **error)
{
  PiaoRecord *held;

  if (self->expected->len > 0 && !piao_db_settle (self->db, error))
    return NULL;
  held = find (self, kind, id, NULL);
  if (held != NULL)
    return piao_record_copy (held);
  held = piao_record_load (self->db, kind, id, error);
  if (held == NULL || self->rows->len >= MAX_ROWS)
    return held;
  g_ptr_array_add (self->rows, held);
  return piao_record_copy (held);
}

static gboolean
take_expected (PiaoCursor *cursor, gpointer data, GError **error)
{
  const Expected *expected = data;
  g_autoptr (GError) inner = NULL;

  /* One that is missing is missed by who loads it. */
  if (piao_cursor_next (cursor, &inner) && !expected->dropped)
    g_ptr_array_add (expected->rows->rows, piao_record_from_cursor (expected->kind, cursor));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static void
expected_free (gpointer data)
{
  Expected *expected = data;

  g_ptr_array_remove_fast (expected->rows->expected, expected);
  g_free (expected);
}

gboolean
piao_tx_rows_expect (PiaoTxRows *self, const PiaoKind *kind, gint64 id, GError **error)
{
  const Expected fresh = { self, kind, id, FALSE };
  Expected *expected;

  if (self->rows->len + self->expected->len >= MAX_ROWS || find (self, kind, id, NULL) != NULL)
    return TRUE;
  expected = g_memdup2 (&fresh, sizeof fresh);
  g_ptr_array_add (self->expected, expected);
  return piao_db_ask (self->db, piao_kind_get_select (kind), take_expected, expected, expected_free,
                      error, "i", id);
}

void
piao_tx_rows_drop (PiaoTxRows *self, const PiaoKind *kind, gint64 id)
{
  guint index;

  while (find (self, kind, id, &index) != NULL)
    g_ptr_array_remove_index_fast (self->rows, index);
  for (guint i = 0; i < self->expected->len; i++)
    {
      Expected *expected = g_ptr_array_index (self->expected, i);

      if (expected->kind == kind && expected->id == id)
        expected->dropped = TRUE;
    }
}
