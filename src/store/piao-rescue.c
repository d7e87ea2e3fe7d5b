/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-mutant.h"
#include "store/piao-file.h"
#include "store/piao-outbox-file.h"
#include "store/piao-rescue.h"
#include "store/piao-salvage.h"
#include "store/piao-schema.h"

/* Another file of the same replica. Transfer full. */
static char *
beside (const char *path, const char *suffix)
{
  return g_strconcat (path, suffix, NULL);
}

/* Always FALSE. */
static gboolean
set_stuck (const char *to, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_FAILED, "rescue.move",
                         _ ("The damaged data could not be set aside as %s. Check the rights of "
                            "its folder and whether the disk is full, then start again."),
                         to);
}

static gboolean
move (const char *from, const char *to, GError **error)
{
  return !piao_file_exists (from) || piao_file_rename (from, to) || set_stuck (to, error);
}

static void
remove_file (const char *path, const char *suffix)
{
  g_autofree char *file = beside (path, suffix);

  piao_file_remove (file);
}

/* --- notes ----------------------------------------------------------------------------------- */

void
piao_rescue_note_damage (const char *path)
{
  g_autofree char *mark = beside (path, ".is-damaged");
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  if (piao_file_exists (path) && !piao_file_exists (mark)
      && !piao_file_write (mark, nothing, &error))
    g_warning ("Damage of the data could not be noted: %s", error->message);
}

gboolean
piao_rescue_is_noted (const char *path)
{
  g_autofree char *mark = beside (path, ".is-damaged");

  return piao_file_exists (mark) && piao_file_exists (path);
}

/* --- the fresh file -------------------------------------------------------------------------- */

static gboolean
keep_settings (PiaoDb *db, GHashTable *settings, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, settings);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_str_has_prefix (key, "sync.") && !piao_setting_set (db, key, value, error))
      return FALSE;
  return piao_setting_set (db, "sync.epoch", PIAO_RESCUE_EPOCH, error);
}

static gboolean
fill_fresh (PiaoDb *db, PiaoSalvage *salvage, gboolean known, GError **error)
{
  if (!piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, error) || !piao_db_begin (db, error))
    return FALSE;
  if (keep_settings (db, salvage->settings, error)
      && (!known || piao_outbox_adopt (db, salvage->entries, NULL, error)))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

/* Moves the WAL into the file, so that one name is all there is to move. Closing would do so too,
 * but without a word when the disk does not let it. */
static gboolean
close_log (PiaoDb *db, GError **error)
{
  int code = sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (db), NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                        NULL, NULL);

  return code == SQLITE_OK || PIAO_MUTANT (fresh_unsettled)
         || piao_error_set (error, PIAO_ERROR_FAILED, "rescue.fresh",
                            _ ("What was kept of the damaged data could not be written: %s. Free "
                               "some space, then start again; nothing was changed."),
                            sqlite3_errstr (code));
}

static gboolean
make_fresh (const char *path, PiaoSalvage *salvage, gboolean known, GError **error)
{
  g_autofree char *fresh = beside (path, ".fresh");
  g_autoptr (PiaoDb) db = NULL;

  remove_file (fresh, "");
  remove_file (fresh, "-wal");
  remove_file (fresh, "-shm");
  db = piao_db_open (fresh, PIAO_DB_READ_WRITE, error);
  return db != NULL && fill_fresh (db, salvage, known, error) && close_log (db, error);
}

/* --- what to say ----------------------------------------------------------------------------- */

static guint
count_waiting (GPtrArray *entries)
{
  guint n = 0;

  for (guint i = 0; i < entries->len; i++)
    n += !((const PiaoOutboxEntry *)g_ptr_array_index (entries, i))->decided;
  return n;
}

/* NULL when no number is missing between the first and the last. Transfer full. */
static char *
describe_missing (GPtrArray *entries)
{
  const PiaoOutboxEntry *first, *last;
  gint64 missing;

  if (entries->len == 0)
    return NULL;
  first = g_ptr_array_index (entries, 0);
  last = g_ptr_array_index (entries, entries->len - 1);
  missing = last->dseq - first->dseq + 1 - (gint64)entries->len;
  if (missing <= 0)
    return NULL;
  return g_strdup_printf (_ ("%" PRIi64 " operations between number %" PRIi64 " and %" PRIi64
                             " could not be read. Compare what was done on this computer with the "
                             "orders and do again what is missing."),
                          missing, first->dseq, last->dseq);
}

static char *
make_sentence (PiaoSalvage *salvage, gboolean known, const char *missing, const char *exported)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (
      text,
      _ ("The data of this computer was damaged. It was set aside, and all is "
         "fetched from the centre again. %u operations that wait for the centre "
         "were kept."),
      count_waiting (salvage->entries));
  if (!known && salvage->entries->len > 0)
    g_string_append_printf (
        text,
        _ (" Which computer this is could not be read: they lie in the file %s. "
           "Give it to the support."),
        exported);
  if (salvage->entries->len == 0)
    g_string_append (text, _ (" No operation could be read. Compare what was done on this computer "
                              "last with the orders and do again what is missing."));
  if (missing != NULL)
    g_string_append_printf (text, " %s", missing);
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* --- the rescue ------------------------------------------------------------------------------ */

static gboolean
set_aside (const char *path, const char *stamp, GError **error)
{
  static const char *const suffixes[] = { "", "-wal" };

  /* The file itself first: from then on the fresh one is the next that counts. */
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = beside (path, suffixes[i]);
      g_autofree char *to = g_strconcat (path, ".damaged-", stamp, suffixes[i], NULL);

      if (!move (from, to, error))
        return FALSE;
    }
  remove_file (path, "-shm");
  return TRUE;
}

gboolean
piao_rescue_finish (const char *path, GError **error)
{
  g_autofree char *fresh = beside (path, ".fresh");
  g_autofree char *wal = beside (path, "-wal");
  g_autofree char *left = beside (path, ".damaged-wal");
  g_autofree char *mark = beside (path, ".is-damaged");

  if (piao_file_exists (path) || !piao_file_exists (fresh))
    return TRUE;
  if (!move (wal, left, error))
    return FALSE;
  remove_file (path, "-shm");
  /* All of it is in the file, and SQLite has removed it; after a power cut it may be back. */
  remove_file (fresh, "-wal");
  remove_file (fresh, "-shm");
  /* With the note beside it the new file would be rescued in its turn. */
  return piao_file_remove (mark) ? move (fresh, path, error) : set_stuck (mark, error);
}

static char *
export_entries (const char *path,
                PiaoSalvage *salvage,
                gint64 now,
                const char *stamp,
                const char *missing,
                GError **error)
{
  g_autofree char *file = g_strconcat (path, ".outbox-", stamp, ".jsonl", NULL);
  guint device
      = salvage->entries->len > 0
            ? piao_id_get_device (((PiaoOutboxEntry *)g_ptr_array_index (salvage->entries, 0))->id)
            : 0;
  g_autoptr (GBytes) content
      = piao_outbox_file_write (device, g_hash_table_lookup (salvage->settings, "device.key"), now,
                                missing, salvage->entries);
  g_autoptr (GError) inner = NULL;

  if (piao_file_write (file, content, &inner))
    return g_steal_pointer (&file);
  piao_error_set (error, PIAO_ERROR_FAILED, "rescue.export",
                  _ ("What was kept of the damaged data could not be written: %s. Free some space, "
                     "then start again; nothing was changed."),
                  inner->message);
  return NULL;
}

/* Whether the file may ever have been a database: its beginning says so, or nothing any more. A
 * text that somebody has put in its place stays where it is. */
static gboolean
was_database (const char *path)
{
  static const char magic[16] = "SQLite format 3";
  static const char nothing[16];
  g_autoptr (GBytes) file = piao_file_read (path, NULL);
  gsize size = file != NULL ? MIN (g_bytes_get_size (file), sizeof magic) : 0;

  return size == 0 || memcmp (g_bytes_get_data (file, NULL), magic, size) == 0
         || memcmp (g_bytes_get_data (file, NULL), nothing, size) == 0;
}

char *
piao_rescue_run (const char *path, gint64 now, GError **error)
{
  g_autoptr (PiaoSalvage) salvage = piao_salvage_read (path, error);
  g_autofree char *stamp = piao_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *exported = NULL;
  g_autofree char *missing = NULL;
  gboolean known;

  if (salvage == NULL)
    return NULL;
  if (salvage->entries->len == 0 && g_hash_table_size (salvage->settings) == 0
      && !was_database (path))
    {
      piao_db_set_damaged (error);
      return NULL;
    }
  /* Without its key the centre takes this for a new computer, whose commands have other numbers. */
  known = g_hash_table_contains (salvage->settings, "device")
          && g_hash_table_contains (salvage->settings, "device.key");
  missing = describe_missing (salvage->entries);
  exported = export_entries (path, salvage, now, stamp, missing, error);
  if (exported == NULL || !make_fresh (path, salvage, known, error)
      || !set_aside (path, stamp, error) || !piao_rescue_finish (path, error))
    return NULL;
  g_message ("The damaged replica %s was set aside (.damaged-%s): %u commands, %u settings read",
             path, stamp, salvage->entries->len, g_hash_table_size (salvage->settings));
  return make_sentence (salvage, known, missing, exported);
}
