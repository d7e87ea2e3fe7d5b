/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "store/piao-replica.h"
#include "store/piao-storage.h"

/* A commit that fits into the rest of a log proves little: more than any command writes. */
#define PROBE_BYTES (128 * 1024)
#define PROBE_KEY "storage.probe"

static PiaoStorage
classify (const GError *error)
{
  const char *reason = piao_error_get_reason (error);

  if (g_str_equal (reason, "db.full"))
    return PIAO_STORAGE_FULL;
  if (g_str_equal (reason, "db.open"))
    return PIAO_STORAGE_READ_ONLY;
  return g_str_equal (reason, "db.io") ? PIAO_STORAGE_FAILING : PIAO_STORAGE_GOOD;
}

static GError *
make_error (PiaoStorage storage, const char *folder)
{
  switch (storage)
    {
    case PIAO_STORAGE_FULL:
      return piao_error_new (PIAO_ERROR_FAILED, "db.full",
                             _ ("Not saved: the disk of this computer is full. Nothing was half "
                                "done, and what was saved before is safe. Free some space in %s "
                                "or call support, then do it again."),
                             folder);
    case PIAO_STORAGE_READ_ONLY:
      return piao_error_new (PIAO_ERROR_FAILED, "db.open",
                             _ ("Not saved: %s cannot be written to. Nothing was half done, and "
                                "what was saved before is safe. Call support: the disk has become "
                                "read-only or the rights of the folder are wrong."),
                             folder);
    case PIAO_STORAGE_FAILING:
    case PIAO_STORAGE_GOOD:
    default:
      return piao_error_new (PIAO_ERROR_FAILED, "db.io",
                             _ ("Not saved: the disk of this computer fails. Nothing was half "
                                "done, and what was saved before is safe. Try again; if it stays, "
                                "call support before going on (%s)."),
                             folder);
    }
}

PiaoStorage
piao_storage_explain (const char *path, GError **error)
{
  PiaoStorage storage = *error != NULL ? classify (*error) : PIAO_STORAGE_GOOD;
  g_autofree char *folder = NULL;

  if (storage == PIAO_STORAGE_GOOD)
    return storage;
  folder = g_path_get_dirname (path);
  g_info ("Nothing can be saved in %s: %s", folder, (*error)->message);
  g_clear_error (error);
  *error = make_error (storage, folder);
  return storage;
}

static gboolean
keep (PiaoDb *db, const char *value)
{
  if (!piao_db_begin (db, NULL))
    return FALSE;
  if (piao_setting_set (db, PROBE_KEY, value, NULL))
    return piao_db_commit (db, NULL);
  piao_db_rollback (db);
  return FALSE;
}

gboolean
piao_storage_probe (PiaoDb *db)
{
  g_autofree char *filler = g_strnfill (PROBE_BYTES, 'x');

  return keep (db, filler) && keep (db, NULL);
}
