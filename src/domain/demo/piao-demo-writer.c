/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: rows are written straight through the prepared insert of their kind, with texts
 * borrowed for the call, in transactions of many rows. The change index that sync reads is made at
 * the end by one statement a kind; rows carry the seq they would have had from commands, so that
 * a pull can be cut between them. A failure is kept and stops all further writing.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-id.h"
#include "domain/demo/piao-demo-private.h"

#define ROWS_PER_COMMIT 250000

gint64
piao_demo_row (PiaoDemo *demo, const PiaoKind *kind, gint64 lane)
{
  gint64 id = demo->next_id;

  demo->next_id += PIAO_ID_STRIDE;
  piao_demo_row_with_id (demo, kind, id, lane);
  return id;
}

void
piao_demo_row_with_id (PiaoDemo *demo, const PiaoKind *kind, gint64 id, gint64 lane)
{
  g_assert (kind->n_columns + PIAO_ROW_FIRST_COLUMN <= G_N_ELEMENTS (demo->values));
  demo->kind = kind;
  demo->values[PIAO_ROW_ID] = (PiaoValue){ PIAO_VALUE_INT, { id } };
  demo->values[PIAO_ROW_LANE] = (PiaoValue){ PIAO_VALUE_INT, { lane } };
  demo->values[PIAO_ROW_REV] = (PiaoValue){ PIAO_VALUE_INT, { demo->seq } };
  demo->values[PIAO_ROW_DELETED] = (PiaoValue){ PIAO_VALUE_INT, { 0 } };
  for (guint i = 0; i < kind->n_columns; i++)
    {
      PiaoColumnType type = kind->columns[i].type;
      gboolean empty
          = type == PIAO_COLUMN_TEXT || type == PIAO_COLUMN_REF || type == PIAO_COLUMN_STATE;

      demo->values[PIAO_ROW_FIRST_COLUMN + i]
          = (PiaoValue){ empty ? PIAO_VALUE_NULL : PIAO_VALUE_INT, { 0 } };
    }
}

void
piao_demo_int (PiaoDemo *demo, guint column, gint64 number)
{
  demo->values[PIAO_ROW_FIRST_COLUMN + column] = (PiaoValue){ PIAO_VALUE_INT, { number } };
}

void
piao_demo_ref (PiaoDemo *demo, guint column, gint64 id)
{
  demo->values[PIAO_ROW_FIRST_COLUMN + column]
      = (PiaoValue){ id != 0 ? PIAO_VALUE_INT : PIAO_VALUE_NULL, { id } };
}

void
piao_demo_text (PiaoDemo *demo, guint column, const char *text)
{
  PiaoValue *value = &demo->values[PIAO_ROW_FIRST_COLUMN + column];

  value->type = text != NULL ? PIAO_VALUE_TEXT : PIAO_VALUE_NULL;
  value->text = (char *)text; /* only read, by the call in piao_demo_put() */
}

/* The bare insert of a kind: on SQLite it takes half the time of the upsert. Kept for the life of
 * the process, because connections know a statement by its address. */
static const PiaoStatement *
get_insert (const PiaoKind *kind)
{
  static GMutex lock;
  static GHashTable *all;
  PiaoStatement *insert;

  g_mutex_lock (&lock);
  if (all == NULL)
    all = g_hash_table_new (NULL, NULL);
  insert = g_hash_table_lookup (all, kind);
  if (insert == NULL)
    {
      const char *upsert = piao_kind_get_upsert (kind)->sql;
      const char *end = strstr (upsert, " ON CONFLICT");

      insert = g_new0 (PiaoStatement, 1);
      insert->name = kind->name;
      insert->sql = end != NULL ? g_strndup (upsert, (gsize)(end - upsert)) : g_strdup (upsert);
      g_hash_table_insert (all, (gpointer)kind, insert);
    }
  g_mutex_unlock (&lock);
  return insert;
}

void
piao_demo_put (PiaoDemo *demo)
{
  if (demo->error != NULL
      || !piao_db_exec_values (demo->db, get_insert (demo->kind), demo->values,
                               demo->kind->n_columns + PIAO_ROW_FIRST_COLUMN, &demo->error))
    return;
  if (++demo->rows % ROWS_PER_COMMIT == 0 && piao_db_commit (demo->db, &demo->error))
    piao_db_begin (demo->db, &demo->error);
}

void
piao_demo_next_seq (PiaoDemo *demo)
{
  demo->seq++;
}

/* --- begin and finish ------------------------------------------------------------------------ */

PIAO_STATEMENT (count_orders, "SELECT count(*) FROM (SELECT id FROM orders LIMIT 1) AS any_order");
PIAO_STATEMENT (count_org, "SELECT count(*) FROM org");

gboolean
piao_demo_begin (PiaoDemo *demo)
{
  gint64 orders = 0, orgs = 0, history = demo->options->now - 2000 * PIAO_DAY;

  if (!piao_db_query_int (demo->db, &count_orders, 0, &orders, &demo->error, "")
      || !piao_db_query_int (demo->db, &count_org, 0, &orgs, &demo->error, ""))
    return FALSE;
  if (orders > 0)
    return piao_error_set (&demo->error, PIAO_ERROR_REFUSED, "demo.not-empty",
                           _ ("This database holds orders already. Demo data is only written into "
                              "a fresh one, so that it never mixes with real work."));
  if (orgs == 0)
    return piao_error_set (&demo->error, PIAO_ERROR_REFUSED, "demo.no-reference",
                           _ ("This database has no prefectures yet. Run “piaokuctl init” first."));
  /* All ids are older than any command's, and never meet one. */
  demo->next_id = ((MAX (history, PIAO_ID_EPOCH_MS + PIAO_DAY) - PIAO_ID_EPOCH_MS) << 22);
  if (piao_db_get_engine (demo->db) == PIAO_ENGINE_SQLITE
      && !piao_db_script (demo->db, "PRAGMA cache_size = -200000", &demo->error))
    return FALSE;
  return piao_db_begin (demo->db, &demo->error);
}

gboolean
piao_demo_finish (PiaoDemo *demo)
{
  if (demo->error == NULL && piao_db_commit (demo->db, &demo->error))
    return TRUE;
  if (piao_db_in_transaction (demo->db))
    piao_db_rollback (demo->db);
  return FALSE;
}
