/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/outlet/piao-outlet-queries.h"
#include "store/piao-search.h"

GPtrArray *
piao_outlet_find (PiaoDb *db, const char *typed, guint limit, GError **error)
{
  g_autoptr (GPtrArray) outlets = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  g_autoptr (GArray) ids = piao_search_find (db, &piao_outlet_kind, typed, limit, error);

  if (ids == NULL)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    {
      PiaoRecord *outlet
          = piao_record_load (db, &piao_outlet_kind, g_array_index (ids, gint64, i), error);

      if (outlet == NULL)
        return NULL;
      g_ptr_array_add (outlets, outlet);
    }
  return g_steal_pointer (&outlets);
}
