/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: a PiaoTx is one command at work. It hands the command what it may depend on (time, ids,
 * actor, rows in scope) and records which rows it wrote, so that neither permission nor scope nor
 * the change index can be forgotten by a rule. The actor's access is read once a command: reading
 * it afresh means that a right taken away counts from the next command.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-text.h"
#include "store/piao-command.h"
#include "store/piao-db-private.h"
#include "store/piao-tx-rows.h"

#define DEFAULT_TEXT 200

struct _PiaoTx
{
  PiaoRegistry *registry; /* borrowed */
  PiaoDb *db;             /* borrowed */
  PiaoContext context;
  PiaoAccess *access; /* borrowed; NULL for the system */
  PiaoTxRows *rows;   /* owned */
  guint ids_used;     /* the command's own included */
  GArray *touched;    /* PiaoTouch, one a row */
};

PiaoDb *
piao_tx_get_db (PiaoTx *tx)
{
  return tx->db;
}

gint64
piao_tx_get_now (PiaoTx *tx)
{
  return tx->context.at;
}

gint64
piao_tx_get_actor (PiaoTx *tx)
{
  return tx->context.actor;
}

gint64
piao_tx_get_device (PiaoTx *tx)
{
  return tx->context.device;
}

gboolean
piao_tx_is_again (PiaoTx *tx)
{
  return tx->context.again;
}

gint64
piao_tx_get_epoch_at (PiaoTx *tx)
{
  return tx->context.epoch_at;
}

gint64
piao_tx_get_command (PiaoTx *tx)
{
  return tx->context.command;
}

PiaoSide
piao_tx_get_side (PiaoTx *tx)
{
  return tx->context.side;
}

PiaoRegistry *
piao_tx_get_registry (PiaoTx *tx)
{
  return tx->registry;
}

gint64
piao_tx_next_id (PiaoTx *tx)
{
  /* Commands are bounded in size, so running out is a mistake in the program. */
  PIAO_INVARIANT (tx->ids_used < PIAO_ID_PER_COMMAND);
  return tx->context.command + (gint64)tx->ids_used++ * PIAO_ID_STRIDE;
}

PiaoRecord *
piao_tx_new (PiaoTx *tx, const PiaoKind *kind, gint64 lane)
{
  return piao_record_new (kind, piao_tx_next_id (tx), lane);
}

/* A rule asks for another word than the one of its command: few do, so the words are read then. */
static gboolean
read_words (PiaoTx *tx)
{
  g_autoptr (GError) error = NULL;

  if (piao_access_read_words (tx->access, tx->db, &error))
    return TRUE;
  /* What could not be read is no answer to go on with. */
  piao_db_doom (tx->db, error);
  return FALSE;
}

gboolean
piao_tx_is_allowed (PiaoTx *tx, const char *permission)
{
  if (tx->access == NULL)
    return TRUE;
  if (!piao_access_knows (tx->access, permission) && !read_words (tx))
    return FALSE;
  return piao_access_is_allowed (tx->access, permission);
}

gboolean
piao_tx_sees_lane (PiaoTx *tx, gint64 lane)
{
  return tx->access == NULL || piao_access_sees_lane (tx->access, lane);
}

gboolean
piao_tx_sees_all (PiaoTx *tx)
{
  return tx->access == NULL || piao_access_sees_all (tx->access);
}

gboolean
piao_tx_require (PiaoTx *tx, const char *permission, GError **error)
{
  if (piao_tx_is_allowed (tx, permission))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "access.permission",
                         _ ("You do not have the right for this (%s). "
                            "Ask your branch manager for it."),
                         permission);
}

static gboolean
check_scope (PiaoTx *tx, const PiaoRecord *record, GError **error)
{
  const char *title = g_dgettext (GETTEXT_PACKAGE, record->kind->title);

  if (!piao_tx_sees_lane (tx, record->lane))
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "access.scope",
                           _ ("This entry of “%s” belongs to another prefecture."), title);
  if (record->deleted)
    return piao_error_set (error, PIAO_ERROR_NOT_FOUND, "row.missing",
                           _ ("This entry of “%s” has been deleted."), title);
  return TRUE;
}

PiaoRecord *
piao_tx_load (PiaoTx *tx, const PiaoKind *kind, gint64 id, GError **error)
{
  return piao_tx_rows_load (tx->rows, kind, id, error);
}

gboolean
piao_tx_expect (PiaoTx *tx, const PiaoKind *kind, gint64 id, GError **error)
{
  return id == 0 || piao_tx_rows_expect (tx->rows, kind, id, error);
}

PiaoRecord *
piao_tx_get (PiaoTx *tx, const PiaoKind *kind, gint64 id, GError **error)
{
  g_autoptr (PiaoRecord) record = piao_tx_load (tx, kind, id, error);

  if (record == NULL || !check_scope (tx, record, error))
    return NULL;
  return g_steal_pointer (&record);
}

PiaoRecord *
piao_tx_find (PiaoTx *tx,
              const PiaoKind *kind,
              const PiaoStatement *statement,
              GError **error,
              const char *types,
              ...)
{
  g_autoptr (PiaoRecord) record = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;
  PiaoValue values[16] = { 0 };
  guint n = 0;
  va_list args;

  va_start (args, types);
  for (const char *type = types; *type != '\0'; type++, n++)
    {
      g_assert (n < G_N_ELEMENTS (values) && (*type == 'i' || *type == 's'));
      if (*type == 'i')
        piao_value_set_int (&values[n], va_arg (args, gint64));
      else
        piao_value_set_text (&values[n], va_arg (args, const char *));
    }
  va_end (args);
  cursor = piao_db_query_values (tx->db, statement, values, n, error);
  for (guint i = 0; i < n; i++)
    piao_value_clear (&values[i]);
  if (!piao_cursor_next (cursor, error))
    return NULL;
  record = piao_record_from_cursor (kind, cursor);
  if (!check_scope (tx, record, error))
    return NULL;
  return g_steal_pointer (&record);
}

static gboolean
check_columns (const PiaoRecord *record, GError **error)
{
  for (guint i = 0; i < record->kind->n_columns; i++)
    {
      const PiaoColumn *column = &record->kind->columns[i];
      const PiaoValue *value = &record->values[i];
      const char *title
          = column->title != NULL ? g_dgettext (GETTEXT_PACKAGE, column->title) : column->name;

      if (value->type == PIAO_VALUE_TEXT
          && !piao_text_check (value->text,
                               column->max_length > 0 ? column->max_length : DEFAULT_TEXT, TRUE,
                               title, error))
        return FALSE;
      if ((column->flags & PIAO_COLUMN_REQUIRED) != 0
          && (value->type == PIAO_VALUE_NULL
              || (value->type == PIAO_VALUE_TEXT && *value->text == '\0')))
        return piao_error_set (error, PIAO_ERROR_INVALID, "row.required",
                               _ ("“%s” is empty. Fill it in."), title);
    }
  return TRUE;
}

static void
touch (PiaoTx *tx, const PiaoRecord *record)
{
  PiaoTouch entry = { record->kind, record->id, record->stored_lane, record->lane };

  for (guint i = 0; i < tx->touched->len; i++)
    {
      PiaoTouch *earlier = &g_array_index (tx->touched, PiaoTouch, i);

      if (earlier->kind == record->kind && earlier->id == record->id)
        {
          earlier->lane = record->lane;
          return;
        }
    }
  g_array_append_val (tx->touched, entry);
}

/* A command that waits is put on anew over rows that may be its own: the centre had carried it out
 * and the verdict has not come. What it made then is the centre's, not to be made once more. */
static gboolean
check_new (PiaoTx *tx, const PiaoRecord *record, GError **error)
{
  gint64 id = 0;

  if (record->stored_lane >= 0 || tx->context.side == PIAO_SIDE_SERVER)
    return TRUE;
  if (!piao_db_query_int (tx->db, piao_kind_get_rev (record->kind), 0, &id, error, "i", record->id))
    return FALSE;
  return id == 0
         || piao_error_set (error, PIAO_ERROR_CONFLICT, "row.exists",
                            _ ("The centre has done this already; its answer is on the way."));
}

gboolean
piao_tx_put (PiaoTx *tx, PiaoRecord *record, GError **error)
{
  if (!piao_tx_sees_lane (tx, record->lane))
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "access.scope",
                           _ ("This entry of “%s” belongs to another prefecture."),
                           g_dgettext (GETTEXT_PACKAGE, record->kind->title));
  if (!check_columns (record, error) || !check_new (tx, record, error))
    return FALSE;
  if (tx->context.side == PIAO_SIDE_SERVER)
    record->rev = tx->context.seq;
  piao_tx_rows_drop (tx->rows, record->kind, record->id);
  if (!piao_record_store (tx->db, record, error))
    return FALSE;
  touch (tx, record);
  record->stored_lane = record->lane;
  return TRUE;
}

/* @own: what was read for this command; transfer full. */
static gboolean
run (PiaoTx *tx, const PiaoCommand *command, JsonObject *args, PiaoAccess **own, GError **error)
{
  if ((command->flags & PIAO_COMMAND_SYSTEM) != 0 && tx->context.actor != 0)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "access.system",
                           _ ("Only the centre itself may do this (%s)."), command->name);
  if (!piao_command_check_args (command, args, error))
    return FALSE;
  if (tx->context.actor != 0)
    {
      tx->access = tx->context.access;
      if (tx->access == NULL)
        tx->access = *own
            = piao_access_load_for (tx->db, tx->context.actor, command->permission, error);
      if (tx->access == NULL)
        return FALSE;
    }
  if (command->permission != NULL && !piao_tx_require (tx, command->permission, error))
    return FALSE;
  return command->apply (tx, args, error);
}

gboolean
piao_command_apply (PiaoRegistry *registry,
                    PiaoDb *db,
                    const PiaoContext *context,
                    const char *name,
                    JsonObject *args,
                    GArray **touched,
                    GError **error)
{
  const PiaoCommand *command = piao_registry_find_command (registry, name);
  PiaoTx tx = { .registry = registry, .db = db, .context = *context, .ids_used = 1 };
  g_autoptr (JsonObject) today = NULL;
  g_autoptr (PiaoAccess) own = NULL;
  gboolean done;

  if (command == NULL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "command.unknown",
                           _ ("This program does not know the command “%.60s”. Update it."), name);
  today = piao_command_read_args (command, args, error);
  if (today == NULL)
    return FALSE;
  tx.touched = g_array_new (FALSE, FALSE, sizeof (PiaoTouch));
  tx.rows = piao_tx_rows_new (db);
  done = run (&tx, command, today, &own, error);
  done = piao_tx_rows_end (tx.rows, done ? error : NULL) && done;
  /* What could not be read is no reason to refuse, and none to go on. */
  done = piao_db_check (db, error) && done;
  if (done && touched != NULL)
    *touched = g_steal_pointer (&tx.touched);
  g_clear_pointer (&tx.touched, g_array_unref);
  return done;
}
