/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/reference/piao-reference.h"

#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/piao-table.h"
#include "domain/ticket/piao-ticket-kinds.h"

/* Ids are small, so no device can make the same one: those hold a time. A row keeps the id of its
 * place in its table, an organisation and its warehouse that of its GB code; so tables only grow at
 * their end. */
#define FIRST_ID 1
#define WORDS_PER_ROLE 1000
#define CENTRE 650000

typedef void (*FillFunc) (PiaoRecord *record, const PiaoTable *table, guint row);

/* Sets @column from the cell of the same name. */
static void
copy_text (PiaoRecord *record, guint column, const PiaoTable *table, guint row)
{
  const char *cell = piao_table_get (table, row, record->kind->columns[column].name);

  piao_record_set_text (record, column, *cell != '\0' ? cell : NULL);
}

static void
copy_int (PiaoRecord *record, guint column, const PiaoTable *table, guint row)
{
  piao_record_set_int (record, column,
                       piao_table_get_int (table, row, record->kind->columns[column].name, 0));
}

static gint64
row_id (guint row)
{
  return FIRST_ID + (gint64)row;
}

static void
fill_org (PiaoRecord *org, const PiaoTable *table, guint row)
{
  copy_text (org, PIAO_ORG_CODE, table, row);
  copy_text (org, PIAO_ORG_NAME, table, row);
  copy_int (org, PIAO_ORG_GB, table, row);
  org->id = piao_record_int (org, PIAO_ORG_GB);
  if (piao_record_int (org, PIAO_ORG_GB) != CENTRE)
    piao_record_set_ref (org, PIAO_ORG_PARENT_ID, CENTRE);
}

static void
fill_warehouse (PiaoRecord *warehouse, const PiaoTable *table, guint row)
{
  gint64 gb = piao_table_get_int (table, row, "gb", 0);
  const char *number = piao_table_get (table, row, "warehouse_no");

  warehouse->id = gb;
  piao_record_set_text (warehouse, PIAO_WAREHOUSE_CODE, number);
  piao_record_set_text (warehouse, PIAO_WAREHOUSE_NAME, piao_table_get (table, row, "warehouse"));
  piao_record_set_ref (warehouse, PIAO_WAREHOUSE_ORG_ID, gb);
  piao_record_set_text (warehouse, PIAO_WAREHOUSE_LEVEL, gb == CENTRE ? "region" : "branch");
  piao_record_set_text (warehouse, PIAO_WAREHOUSE_GATEWAY_NO, number);
  piao_record_set_text (warehouse, PIAO_WAREHOUSE_ROUTE, "server");
}

static void
fill_role (PiaoRecord *role, const PiaoTable *table, guint row)
{
  copy_text (role, PIAO_ROLE_CODE, table, row);
  copy_text (role, PIAO_ROLE_NAME, table, row);
}

static void
fill_scheme (PiaoRecord *scheme, const PiaoTable *table, guint row)
{
  gint64 gb = piao_table_get_int (table, row, "prefecture_gb", 0);

  for (guint column = 0; column < PIAO_SCHEME_N_COLUMNS; column++)
    if (column != PIAO_SCHEME_ORG_ID)
      copy_text (scheme, column, table, row);
  piao_record_set_ref (scheme, PIAO_SCHEME_ORG_ID, gb);
}

static void
fill_profile (PiaoRecord *profile, const PiaoTable *table, guint row)
{
  copy_text (profile, PIAO_BARCODE_PROFILE_CODE, table, row);
  copy_text (profile, PIAO_BARCODE_PROFILE_PRINTER, table, row);
  copy_text (profile, PIAO_BARCODE_PROFILE_LEVEL, table, row);
  copy_int (profile, PIAO_BARCODE_PROFILE_LENGTH, table, row);
  copy_text (profile, PIAO_BARCODE_PROFILE_PATTERN, table, row);
  piao_record_set_text (profile, PIAO_BARCODE_PROFILE_CHECK_RULE,
                        piao_table_get (table, row, "check"));
  copy_int (profile, PIAO_BARCODE_PROFILE_PRIORITY, table, row);
  copy_int (profile, PIAO_BARCODE_PROFILE_ENABLED, table, row);
}

static void
fill_parameter (PiaoRecord *parameter, const PiaoTable *table, guint row)
{
  copy_text (parameter, PIAO_PARAMETER_KEY, table, row);
  copy_int (parameter, PIAO_PARAMETER_VALUE, table, row);
  copy_int (parameter, PIAO_PARAMETER_LEAST, table, row);
  copy_int (parameter, PIAO_PARAMETER_MOST, table, row);
  copy_text (parameter, PIAO_PARAMETER_UNIT, table, row);
  copy_text (parameter, PIAO_PARAMETER_NOTE, table, row);
}

/* Writes a row of @kind for each row of the table @name. */
static gboolean
write_table (PiaoDb *db, const char *name, const PiaoKind *kind, FillFunc fill, GError **error)
{
  g_autoptr (PiaoTable) table = piao_table_load (name, error);

  if (table == NULL)
    return FALSE;
  for (guint row = 0; row < piao_table_get_n_rows (table); row++)
    {
      g_autoptr (PiaoRecord) record = piao_record_new (kind, row_id (row), 0);

      fill (record, table, row);
      if (!piao_record_store (db, record, error))
        return FALSE;
    }
  return TRUE;
}

/* One row for each 1 in the matrix of words and roles. */
static gboolean
write_permissions (PiaoDb *db, GError **error)
{
  g_autoptr (PiaoTable) words = piao_table_load ("role-permissions", error);
  g_autoptr (PiaoTable) roles = words != NULL ? piao_table_load ("roles", error) : NULL;

  if (roles == NULL)
    return FALSE;
  for (guint role = 0; role < piao_table_get_n_rows (roles); role++)
    for (guint word = 0; word < piao_table_get_n_rows (words); word++)
      {
        g_autoptr (PiaoRecord) record = NULL;

        if (piao_table_get_int (words, word, piao_table_get (roles, role, "code"), 0) != 1)
          continue;
        record = piao_record_new (&piao_role_permission_kind,
                                  row_id (role) * WORDS_PER_ROLE + (gint64)word, 0);
        piao_record_set_ref (record, PIAO_ROLE_PERMISSION_ROLE_ID, row_id (role));
        piao_record_set_text (record, PIAO_ROLE_PERMISSION_PERMISSION,
                              piao_table_get (words, word, "permission"));
        if (!piao_record_store (db, record, error))
          return FALSE;
      }
  return TRUE;
}

gboolean
piao_reference_write (PiaoDb *db, GError **error)
{
  return write_table (db, "prefectures", &piao_org_kind, fill_org, error)
         && write_table (db, "prefectures", &piao_warehouse_kind, fill_warehouse, error)
         && write_table (db, "roles", &piao_role_kind, fill_role, error)
         && write_permissions (db, error)
         && write_table (db, "delivery-schemes", &piao_scheme_kind, fill_scheme, error)
         && write_table (db, "barcode-profiles", &piao_barcode_profile_kind, fill_profile, error)
         && write_table (db, "parameters", &piao_parameter_kind, fill_parameter, error);
}

/* The id of the row of table @name whose @column is @value. */
static gint64
find_id (const char *name, const char *column, const char *value)
{
  g_autoptr (PiaoTable) table = piao_table_load (name, NULL);

  for (guint row = 0; table != NULL && row < piao_table_get_n_rows (table); row++)
    if (g_strcmp0 (piao_table_get (table, row, column), value) == 0)
      return row_id (row);
  return 0;
}

gint64
piao_reference_role_id (const char *code)
{
  return find_id ("roles", "code", code);
}

gint64
piao_reference_scheme_id (const char *code)
{
  return find_id ("delivery-schemes", "code", code);
}
