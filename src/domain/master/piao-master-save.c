/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: one command edits all master data, because a form is made from the kind and knows no
 * more than its columns. The right is the kind's word with ".edit", ".delete" to delete; what a
 * kind demands beyond its columns is in piao-master-rules.c.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "domain/master/piao-master-rules.h"

#define MAX_TEXT 4000

static const char *
title_of (const PiaoColumn *column)
{
  return column->title != NULL ? g_dgettext (GETTEXT_PACKAGE, column->title) : column->name;
}

static gboolean
wrong_value (const PiaoColumn *column, const char *expected, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_INVALID, "save.value", _ ("“%s” must be %s."),
                         title_of (column), expected);
}

/* The row that @column points to must be there and in scope. */
static gboolean
set_ref (PiaoTx *tx,
         PiaoRecord *record,
         guint index,
         const PiaoColumn *column,
         gint64 id,
         GError **error)
{
  const PiaoKind *kind = piao_registry_find_kind (piao_tx_get_registry (tx), column->ref);
  g_autoptr (PiaoRecord) target = NULL;

  PIAO_INVARIANT (kind != NULL);
  if (id != 0)
    {
      target = piao_tx_get (tx, kind, id, error);
      if (target == NULL)
        return FALSE;
    }
  piao_record_set_ref (record, index, id);
  return TRUE;
}

/* Sets one column from {column, text | number | ref}; none of them makes it empty. */
static gboolean
set_column (
    PiaoTx *tx, const PiaoMasterRule *rule, PiaoRecord *record, JsonObject *item, GError **error)
{
  const char *name = piao_json_get_text (item, "column", "");
  int index = piao_kind_find_column (rule->kind, name);
  g_autofree char *padded = g_strdup_printf (" %s ", name);
  const PiaoColumn *column;

  if (index < 0 || strstr (rule->derived, padded) != NULL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "save.column",
                           _ ("“%.60s” is not a field that can be entered in “%s”."), name,
                           g_dgettext (GETTEXT_PACKAGE, rule->kind->title));
  column = &rule->kind->columns[index];
  switch (column->type)
    {
    case PIAO_COLUMN_TEXT:
    case PIAO_COLUMN_STATE:
      if (json_object_has_member (item, "number") || json_object_has_member (item, "ref"))
        return wrong_value (column, _ ("a text"), error);
      piao_record_set_text (record, (guint)index, piao_json_get_text (item, "text", NULL));
      return TRUE;
    case PIAO_COLUMN_REF:
      if (json_object_has_member (item, "number") || json_object_has_member (item, "text"))
        return wrong_value (column, _ ("an entry of another list"), error);
      return set_ref (tx, record, (guint)index, column, piao_json_get_id (item, "ref"), error);
    case PIAO_COLUMN_BOOL:
      if (piao_json_get_int (item, "number", 0) != 0 && piao_json_get_int (item, "number", 0) != 1)
        return wrong_value (column, _ ("yes or no"), error);
      break;
    default:
      break;
    }
  if (json_object_has_member (item, "text") || json_object_has_member (item, "ref"))
    return wrong_value (column, _ ("a number"), error);
  piao_record_set_int (record, (guint)index, piao_json_get_int (item, "number", 0));
  return TRUE;
}

/* A new row with numbers at nought, so that what is not entered is not NULL. */
static PiaoRecord *
make_record (PiaoTx *tx, const PiaoKind *kind, gint64 lane)
{
  PiaoRecord *record = piao_tx_new (tx, kind, lane);

  for (guint i = 0; i < kind->n_columns; i++)
    if (kind->columns[i].type != PIAO_COLUMN_TEXT && kind->columns[i].type != PIAO_COLUMN_STATE
        && kind->columns[i].type != PIAO_COLUMN_REF)
      piao_record_set_int (record, i, 0);
  return record;
}

static const PiaoMasterRule *
rule_from_args (PiaoTx *tx, JsonObject *args, GError **error)
{
  const char *name = piao_json_get_text (args, "kind", "");
  const PiaoKind *kind = piao_registry_find_kind (piao_tx_get_registry (tx), name);
  const PiaoMasterRule *rule = kind != NULL ? piao_master_rule_find (kind) : NULL;

  if (rule == NULL)
    piao_error_set (error, PIAO_ERROR_INVALID, "save.kind",
                    _ ("“%.60s” is not a list whose entries can be edited."), name);
  return rule;
}

static gboolean
apply_save (PiaoTx *tx, JsonObject *args, GError **error)
{
  const PiaoMasterRule *rule = rule_from_args (tx, args, error);
  gboolean delete = piao_json_get_bool (args, "delete", FALSE);
  JsonArray *items = piao_json_get_array (args, "set");
  gint64 id = piao_json_get_id (args, "id");
  g_autofree char *word = NULL;
  g_autoptr (PiaoRecord) record = NULL;

  if (rule == NULL)
    return FALSE;
  word = g_strconcat (rule->kind->permission, delete ? ".delete" : ".edit", NULL);
  if (!piao_tx_require (tx, word, error))
    return FALSE;
  if (id != 0)
    record = piao_tx_get (tx, rule->kind, id, error);
  else
    record = make_record (tx, rule->kind, piao_json_get_int (args, "lane", 0));
  if (record == NULL)
    return FALSE;
  if (id != 0 && rule->guard != NULL && !rule->guard (tx, record, error))
    return FALSE;
  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    if (!set_column (tx, rule, record, piao_json_array_get_object (items, i), error))
      return FALSE;
  if ((rule->guard != NULL && !rule->guard (tx, record, error))
      || (rule->check != NULL && !delete && !rule->check (tx, record, error)))
    return FALSE;
  record->deleted = delete;
  return piao_tx_put (tx, record, error)
         && (rule->spread == NULL || delete || rule->spread (tx, record, error));
}

static const PiaoParam set_params[]
    = { { "column", N_ ("Field"), PIAO_PARAM_TEXT, TRUE, 0, 60 },
        { "text", N_ ("Text"), PIAO_PARAM_LINES, FALSE, 0, MAX_TEXT },
        { "number", N_ ("Number"), PIAO_PARAM_INT, FALSE },
        { "ref", N_ ("Entry"), PIAO_PARAM_ID, FALSE },
        { NULL } };

static const PiaoParam save_params[]
    = { { "kind", N_ ("List"), PIAO_PARAM_TEXT, TRUE, 0, 60 },
        { "id", N_ ("Entry"), PIAO_PARAM_ID, FALSE },
        { "lane", N_ ("Area"), PIAO_PARAM_INT, FALSE },
        { "delete", N_ ("Delete"), PIAO_PARAM_BOOL, FALSE },
        { "set", N_ ("Fields"), PIAO_PARAM_LIST, FALSE, 0, 60, set_params },
        { NULL } };

const PiaoCommand piao_kind_save_command = { "kind.save", NULL, 0, save_params, apply_save };
