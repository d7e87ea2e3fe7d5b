/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "sync/piao-notice.h"
#include "sync/piao-outbox-import.h"
#include "sync/piao-serve.h"

PIAO_STATEMENT (import_device, "SELECT key_hash, revoked, skew FROM device WHERE number = $1");
PIAO_STATEMENT (import_was_here, "SELECT COUNT(*) FROM session WHERE device = $1 AND user_id = $2");

void
piao_outbox_import_free (PiaoOutboxImport *import)
{
  g_ptr_array_unref (import->refusals);
  g_free (import);
}

static gboolean
set_foreign (GError **error)
{
  return piao_error_set (
      error, PIAO_ERROR_CONFLICT, "outbox.foreign",
      _ ("This file was not made on a computer that this centre knows. Ask where "
         "it comes from; nothing was changed."));
}

/* The computer proves itself by its key: numbers are given by every centre. */
static gboolean
check_device (PiaoDb *db, const PiaoOutboxFile *file, gint64 *skew, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &import_device, &inner, "i", (gint64)file->device);

  if (!piao_cursor_next (cursor, &inner))
    {
      if (inner == NULL)
        return set_foreign (error);
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (file->computer == NULL || g_strcmp0 (piao_cursor_text (cursor, 0), file->computer) != 0)
    return set_foreign (error);
  *skew = piao_cursor_int (cursor, 2);
  return piao_cursor_int (cursor, 1) == 0
         || piao_error_set (error, PIAO_ERROR_FORBIDDEN, "device.revoked",
                            _ ("The computer of this file was struck off; nothing was changed."));
}

/* Whoever never signed in there cannot have made it. */
static gboolean
check_entry (PiaoDb *db, const PiaoOutboxFile *file, const PiaoOutboxEntry *entry, GError **error)
{
  gint64 was_here = 0;

  if (piao_id_get_device (entry->id) != file->device)
    return set_foreign (error);
  if (!piao_db_query_int (db, &import_was_here, 0, &was_here, error, "ii", (gint64)file->device,
                          entry->actor))
    return FALSE;
  return was_here > 0 || set_foreign (error);
}

static PiaoPushed *
make_pushed (const PiaoOutboxFile *file,
             const PiaoOutboxEntry *entry,
             gint64 skew,
             gint64 now,
             GError **error)
{
  JsonObject *args
      = piao_json_parse_object (entry->args, -1, PIAO_JSON_MAX_BYTES, entry->name, error);
  PiaoPushed *pushed;
  gint64 at = entry->at;

  if (args == NULL)
    return NULL;
  pushed = piao_pushed_new (entry->name, args);
  pushed->id = entry->id;
  pushed->device = file->device;
  pushed->dseq = entry->dseq;
  pushed->at = at;
  pushed->ruled_at = MIN (ABS (skew) > PIAO_SERVE_SKEW_LIMIT ? at - skew : at, now);
  pushed->actor = entry->actor;
  pushed->withdrawn = g_str_equal (entry->state, "discarded");
  pushed->again = TRUE; /* nobody knows where its computer sent it before */
  return pushed;
}

static gboolean
take_verdict (PiaoOutboxImport *self,
              const PiaoOutboxEntry *entry,
              const PiaoVerdict *verdict,
              GError **error)
{
  if (verdict->state == PIAO_VERDICT_REJECTED && verdict->expected > 0)
    return piao_error_set (error, PIAO_ERROR_CONFLICT, "outbox.gap",
                           _ ("The centre expects number %" PRIi64
                              " of this computer, the file has "
                              "number %" PRIi64 ". Take in the earlier file first; nothing was "
                              "changed."),
                           verdict->expected, entry->dseq);
  if (verdict->state == PIAO_VERDICT_REJECTED)
    return piao_error_set (error, PIAO_ERROR_CONFLICT, verdict->code, "%s", verdict->message);
  if (verdict->repeated)
    self->known++;
  else if (verdict->state == PIAO_VERDICT_ACCEPTED)
    self->accepted++;
  else
    {
      self->refused++;
      g_ptr_array_add (self->refusals, piao_verdict_copy (verdict));
    }
  return TRUE;
}

/* The centre may be running: it tells the desktops that there is something new. */
static gboolean
tell_servers (PiaoLedger *ledger, PiaoDb *db, GError **error)
{
  g_autofree char *notice = NULL;

  if (ledger->lanes->len == 0)
    return TRUE;
  notice = piao_notice_to_text (PIAO_NOTICE_BY_HAND, ledger->lanes, ledger->seq,
                                ledger->access_changed);
  return piao_db_notify (db, PIAO_NOTICE_CHANNEL, notice, error);
}

static gboolean
decide_all (PiaoOutboxImport *self,
            PiaoRegistry *registry,
            PiaoDb *db,
            const PiaoOutboxFile *file,
            gint64 now,
            GError **error)
{
  g_autoptr (PiaoLedger) ledger = piao_ledger_begin (db, error);
  gint64 skew = 0;

  if (ledger == NULL || !check_device (db, file, &skew, error))
    return FALSE;
  for (guint i = 0; i < file->entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (file->entries, i);
      g_autoptr (PiaoPushed) pushed = NULL;
      g_autoptr (PiaoVerdict) verdict = NULL;

      /* What a whole outbox says about those that were decided is known here. */
      if (entry->decided)
        continue;
      if (!check_entry (db, file, entry, error))
        return FALSE;
      pushed = make_pushed (file, entry, skew, now, error);
      if (pushed == NULL)
        return FALSE;
      verdict = piao_ledger_execute (ledger, registry, db, pushed, now, error);
      if (verdict == NULL || !take_verdict (self, entry, verdict, error))
        return FALSE;
    }
  return piao_ledger_end (ledger, db, error) && tell_servers (ledger, db, error);
}

PiaoOutboxImport *
piao_outbox_import (
    PiaoRegistry *registry, PiaoDb *db, const PiaoOutboxFile *file, gint64 now, GError **error)
{
  g_autoptr (PiaoOutboxImport) self = g_new0 (PiaoOutboxImport, 1);

  self->refusals = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_verdict_free);
  if (!piao_db_begin (db, error))
    return NULL;
  if (!decide_all (self, registry, db, file, now, error))
    {
      piao_db_rollback (db);
      return NULL;
    }
  return piao_db_commit (db, error) ? g_steal_pointer (&self) : NULL;
}
