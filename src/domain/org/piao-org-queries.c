/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/org/piao-org-queries.h"

PiaoPlace *
piao_place_ref (PiaoPlace *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
piao_place_unref (PiaoPlace *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->user_name);
  g_free (self->real_name);
  g_free (self->warehouse_name);
  g_clear_pointer (&self->access, piao_access_free);
  g_free (self);
}

G_DEFINE_BOXED_TYPE (PiaoPlace, piao_place, piao_place_ref, piao_place_unref)

/* Fills in the warehouse @id. */
static gboolean
load_warehouse (PiaoPlace *self, PiaoDb *db, gint64 id, GError **error)
{
  g_autoptr (PiaoRecord) warehouse = piao_record_load (db, &piao_warehouse_kind, id, error);
  g_autoptr (PiaoRecord) org = NULL;

  if (warehouse == NULL)
    return FALSE;
  org = piao_record_load (db, &piao_org_kind, piao_record_int (warehouse, PIAO_WAREHOUSE_ORG_ID),
                          error);
  if (org == NULL)
    return FALSE;
  self->warehouse = id;
  self->warehouse_name = g_strdup (piao_record_text (warehouse, PIAO_WAREHOUSE_NAME));
  self->direct = piao_record_is (warehouse, PIAO_WAREHOUSE_ROUTE, "direct");
  self->lane = piao_record_int (org, PIAO_ORG_GB);
  return TRUE;
}

PiaoPlace *
piao_place_load (PiaoDb *db, gint64 user, GError **error)
{
  g_autoptr (PiaoRecord) record = piao_record_load (db, &piao_user_kind, user, error);
  g_autoptr (PiaoPlace) self = NULL;
  gint64 warehouse;

  if (record == NULL)
    return NULL;
  if (piao_record_int (record, PIAO_USER_ENABLED) == 0)
    {
      piao_error_set (error, PIAO_ERROR_FORBIDDEN, "user.disabled",
                      _ ("The account “%s” is switched off. Ask the administrator."),
                      piao_record_text (record, PIAO_USER_NAME));
      return NULL;
    }
  self = g_new0 (PiaoPlace, 1);
  g_atomic_ref_count_init (&self->refs);
  self->user = user;
  self->user_name = g_strdup (piao_record_text (record, PIAO_USER_NAME));
  self->real_name = g_strdup (piao_record_text (record, PIAO_USER_REAL_NAME));
  warehouse = piao_record_int (record, PIAO_USER_WAREHOUSE_ID);
  if (warehouse != 0 && !load_warehouse (self, db, warehouse, error))
    return NULL;
  if (warehouse == 0)
    self->warehouse_name = g_strdup ("");
  self->access = piao_access_load (db, user, error);
  return self->access != NULL ? g_steal_pointer (&self) : NULL;
}

PIAO_STATEMENT (warehouses_direct,
                "SELECT id, name FROM warehouse WHERE route = 'direct' AND deleted = 0"
                " ORDER BY code");

static void
warehouse_name_free (gpointer data)
{
  PiaoWarehouseName *name = data;

  g_free (name->name);
  g_free (name);
}

GPtrArray *
piao_warehouse_list_direct (PiaoDb *db, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (warehouse_name_free);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &warehouses_direct, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      PiaoWarehouseName *name = g_new0 (PiaoWarehouseName, 1);

      name->id = piao_cursor_int (cursor, 0);
      name->name = g_strdup (piao_cursor_text (cursor, 1));
      g_ptr_array_add (names, name);
    }
  if (inner == NULL)
    return g_steal_pointer (&names);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}
