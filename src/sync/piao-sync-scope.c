/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "store/piao-outbox-file.h"
#include "store/piao-undo.h"
#include "sync/piao-sync-rows.h"
#include "sync/piao-sync-scope.h"

#define LOST "access.scope"

PIAO_STATEMENT (scope_pending,
                "SELECT id, undo FROM outbox WHERE undo IS NOT NULL AND decided = 0"
                " AND state IN ('queued', 'refused') ORDER BY dseq");
PIAO_STATEMENT (scope_forget_cursor, "DELETE FROM cursor WHERE lane = $1");
PIAO_STATEMENT (scope_forget_mismatch, "DELETE FROM proof_mismatch WHERE lane = $1");

static gboolean
has_lane (const GArray *lanes, gint64 lane)
{
  for (guint i = 0; i < lanes->len; i++)
    if (g_array_index (lanes, gint64, i) == lane)
      return TRUE;
  return FALSE;
}

/* Whether a row that @undo would take back lies in one of @lanes. */
static gboolean
touches_lanes (PiaoRegistry *registry,
               PiaoDb *db,
               GBytes *undo,
               const GArray *lanes,
               gboolean *touches,
               GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PiaoTouch));

  *touches = FALSE;
  if (!piao_undo_list_rows (registry, undo, rows, error))
    return FALSE;
  for (guint i = 0; i < rows->len && !*touches; i++)
    {
      const PiaoTouch *touch = &g_array_index (rows, PiaoTouch, i);
      g_autoptr (GError) inner = NULL;
      g_autoptr (PiaoRecord) record = piao_record_load (db, touch->kind, touch->id, &inner);

      if (record != NULL)
        *touches = has_lane (lanes, record->lane);
      else if (!g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return FALSE;
        }
    }
  return TRUE;
}

GArray *
piao_sync_scope_find (PiaoRegistry *registry, PiaoDb *db, const GArray *lanes, GError **error)
{
  g_autoptr (GArray) commands = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;

  if (lanes->len == 0)
    return g_steal_pointer (&commands);
  cursor = piao_db_query (db, &scope_pending, &inner, "");
  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      gint64 command = piao_cursor_int (cursor, 0);
      g_autoptr (GBytes) undo = piao_cursor_dup_blob (cursor, 1);
      gboolean touches;

      if (!touches_lanes (registry, db, undo, lanes, &touches, error))
        return NULL;
      if (touches)
        g_array_append_val (commands, command);
    }
  if (inner == NULL)
    return g_steal_pointer (&commands);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* The entries among @commands that the centre has not accepted. Transfer full. */
static GPtrArray *
list_entries (PiaoDb *db, const GArray *commands, GError **error)
{
  g_autoptr (GPtrArray) entries
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_outbox_entry_free);

  for (guint i = 0; i < commands->len; i++)
    {
      g_autoptr (PiaoOutboxEntry) entry
          = piao_outbox_find (db, g_array_index (commands, gint64, i), error);

      if (entry == NULL)
        return NULL;
      if (!g_str_equal (entry->state, "accepted"))
        g_ptr_array_add (entries, g_steal_pointer (&entry));
    }
  return g_steal_pointer (&entries);
}

/* Beside the replica and durable before the rows go: @name is the file's, NULL when the replica is
 * in no folder (memory). */
static gboolean
export_entries (PiaoDb *db, GPtrArray *entries, gint64 now, char **name, GError **error)
{
  const char *path = piao_db_get_path (db);
  const PiaoOutboxEntry *first = g_ptr_array_index (entries, 0);
  g_autofree char *key = piao_setting_get (db, "device.key", NULL);
  g_autoptr (GBytes) content
      = piao_outbox_file_write (piao_id_get_device (first->id), key, now, NULL, entries);
  g_autofree char *file
      = g_strdup_printf ("%s-parked-%" G_GINT64_FORMAT ".outbox", path, first->dseq);
  g_autoptr (GError) inner = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_set_contents_full (
          file, g_bytes_get_data (content, NULL), (gssize)g_bytes_get_size (content),
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &inner))
    return piao_error_set (error, PIAO_ERROR_FAILED, "outbox.export",
                           _ ("What waits in the outbox could not be written to “%s” (%s). Nothing "
                              "was erased; make room on the disk."),
                           file, inner->message);
  *name = g_path_get_basename (file);
  return TRUE;
}

gboolean
piao_sync_scope_park (PiaoDb *db, const GArray *commands, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) entries = list_entries (db, commands, error);
  g_autofree char *file = NULL;
  g_autofree char *message = NULL;

  if (entries == NULL || entries->len == 0)
    return entries != NULL;
  if (!export_entries (db, entries, now, &file, error))
    return FALSE;
  message = g_strdup_printf (_ ("Your right to this prefecture was taken away before the centre "
                                "had accepted this. It is kept in the file “%s”; ask your branch "
                                "manager."),
                             file != NULL ? file : "–");
  for (guint i = 0; i < entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (!piao_outbox_park (db, entry->id, LOST, message, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
piao_sync_scope_erase (PiaoRegistry *registry, PiaoDb *db, const GArray *lanes, GError **error)
{
  for (guint i = 0; i < lanes->len; i++)
    {
      gint64 lane = g_array_index (lanes, gint64, i);

      if (!piao_sync_rows_erase_lane (registry, db, lane, error)
          || !piao_db_exec (db, &scope_forget_mismatch, error, "i", lane)
          || !piao_db_exec (db, &scope_forget_cursor, error, "i", lane))
        return FALSE;
    }
  return TRUE;
}
