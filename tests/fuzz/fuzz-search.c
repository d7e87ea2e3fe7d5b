/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person typed into a search field. Oracle: the expression made of it is one that the
 * search index understands, so no typing ends in an error. */

#include "domain/outlet/piao-outlet-kinds.h"
#include "store/piao-schema.h"
#include "store/piao-search.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static PiaoDb *db;
  g_autofree char *typed = g_strndup ((const char *)data, size);
  g_autoptr (GArray) found = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    {
      db = piao_db_open (":memory:", PIAO_DB_RELAXED, NULL);
      ORACLE (db != NULL && piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, NULL));
    }
  found = piao_search_find (db, &piao_outlet_kind, typed, 10, &error);
  ORACLE (error == NULL && found != NULL);
  return 0;
}
