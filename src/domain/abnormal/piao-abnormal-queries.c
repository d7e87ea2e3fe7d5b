/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/abnormal/piao-abnormal-queries.h"

PIAO_STATEMENT (abnormal_of_order,
                "SELECT c.id, c.trouble, c.state, c.note, c.evidence, c.liability, c.handling,"
                " c.police_no, c.reversal_no, c.contact, c.resolution, c.outcome, c.value,"
                " c.follow_up_at, c.reported_at, c.approved_at, c.closed_at, c.reported_by,"
                " c.handled_by, reporter.real_name, approver.real_name"
                " FROM abnormal_case AS c"
                " LEFT JOIN users AS reporter ON reporter.id = c.reported_by"
                " LEFT JOIN users AS approver ON approver.id = c.approved_by"
                " WHERE c.order_id = $1 AND c.deleted = 0"
                " ORDER BY c.reported_at DESC, c.id DESC LIMIT 1");
PIAO_STATEMENT (abnormal_packs,
                "SELECT pack.id, pack.code, ticket_type.game_no || ' ' || ticket_type.name,"
                " abnormal_pack.value, abnormal_pack.gone FROM abnormal_pack"
                " JOIN pack ON pack.id = abnormal_pack.pack_id"
                " JOIN ticket_type ON ticket_type.id = pack.ticket_type_id"
                " WHERE abnormal_pack.case_id = $1 ORDER BY pack.code");
PIAO_STATEMENT (abnormal_choice,
                "SELECT pack.id, pack.code, ticket_type.game_no || ' ' || ticket_type.name,"
                " ticket_type.pack_value, 0 FROM pack"
                " JOIN ticket_type ON ticket_type.id = pack.ticket_type_id"
                " WHERE pack.order_id = $1 AND pack.deleted = 0"
                " AND pack.state NOT IN ('damaged', 'lost', 'stolen', 'destroyed', 'settled')"
                " ORDER BY pack.code");

static void
pack_free (gpointer data)
{
  PiaoAbnormalPack *pack = data;

  g_free (pack->code);
  g_free (pack->game);
  g_free (pack);
}

void
piao_abnormal_case_free (PiaoAbnormalCase *self)
{
  char *texts[]
      = { self->trouble,  self->state,       self->note,    self->evidence,   self->liability,
          self->handling, self->police_no,   self->contact, self->resolution, self->outcome,
          self->reporter, self->reversal_no, self->approver };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_clear_pointer (&self->packs, g_ptr_array_unref);
  g_free (self);
}

static GPtrArray *
list_packs (PiaoDb *db, const PiaoStatement *statement, gint64 of, GError **error)
{
  g_autoptr (GPtrArray) packs = g_ptr_array_new_with_free_func (pack_free);
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, error, "i", of);
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    {
      PiaoAbnormalPack *pack = g_new0 (PiaoAbnormalPack, 1);

      pack->id = piao_cursor_int (cursor, 0);
      pack->code = g_strdup (piao_cursor_text (cursor, 1));
      pack->game = g_strdup (piao_cursor_text (cursor, 2));
      pack->value = piao_cursor_int (cursor, 3);
      pack->gone = piao_cursor_int (cursor, 4) != 0;
      g_ptr_array_add (packs, pack);
    }
  if (failure == NULL)
    return g_steal_pointer (&packs);
  g_propagate_error (error, failure);
  return NULL;
}

/* The texts and numbers in the order of the statement. */
static PiaoAbnormalCase *
read_case (PiaoCursor *cursor, gint64 order)
{
  PiaoAbnormalCase *self = g_new0 (PiaoAbnormalCase, 1);
  char **texts[] = { &self->trouble,   &self->state,      &self->note,      &self->evidence,
                     &self->liability, &self->handling,   &self->police_no, &self->reversal_no,
                     &self->contact,   &self->resolution, &self->outcome };
  gint64 *numbers[]
      = { &self->value,     &self->follow_up_at, &self->reported_at, &self->approved_at,
          &self->closed_at, &self->reported_by,  &self->handled_by };
  guint column = 0;

  self->order = order;
  self->id = piao_cursor_int (cursor, column++);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = g_strdup (piao_cursor_text (cursor, column++));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] = piao_cursor_int (cursor, column++);
  self->reporter = g_strdup (piao_cursor_text (cursor, column++));
  self->approver = g_strdup (piao_cursor_text (cursor, column++));
  return self;
}

PiaoAbnormalCase *
piao_abnormal_load (PiaoDb *db, gint64 order, GError **error)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &abnormal_of_order, error, "i", order);
  g_autoptr (PiaoAbnormalCase) self = NULL;

  if (cursor == NULL || !piao_cursor_next (cursor, error))
    return NULL;
  self = read_case (cursor, order);
  self->packs = list_packs (db, &abnormal_packs, self->id, error);
  return self->packs != NULL ? g_steal_pointer (&self) : NULL;
}

GPtrArray *
piao_abnormal_list_packs (PiaoDb *db, gint64 order, GError **error)
{
  return list_packs (db, &abnormal_choice, order, error);
}
