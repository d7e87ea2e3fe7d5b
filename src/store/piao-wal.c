/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <sqlite3.h>

#include "store/piao-wal.h"

static int
note_pages (void *data, sqlite3 *handle, const char *name, int pages)
{
  PiaoWal *self = data;

  self->pages = pages;
  return SQLITE_OK;
}

void
piao_wal_init (PiaoWal *self, PiaoDb *db)
{
  *self = (PiaoWal){ db, 0 };
  if (piao_db_get_engine (db) == PIAO_ENGINE_SQLITE)
    sqlite3_wal_hook (piao_db_get_sqlite (db), note_pages, self);
}

static int
checkpoint (PiaoWal *self, int mode)
{
  return sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (self->db), NULL, mode, NULL, NULL);
}

void
piao_wal_tidy (PiaoWal *self, int pages)
{
  int code;

  if (self->pages < MAX (pages, 1))
    return;
  code = checkpoint (self, SQLITE_CHECKPOINT_PASSIVE);
  self->pages = 0;
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
    g_warning ("The database could not be tidied: %s", sqlite3_errstr (code));
}

gboolean
piao_wal_cut (PiaoWal *self)
{
  if (piao_db_get_engine (self->db) != PIAO_ENGINE_SQLITE)
    return TRUE;
  if (checkpoint (self, SQLITE_CHECKPOINT_TRUNCATE) != SQLITE_OK)
    return FALSE;
  self->pages = 0;
  return TRUE;
}
