/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/* Whether the disk under a replica takes what is written. */
typedef enum
{
  PIAO_STORAGE_GOOD,
  PIAO_STORAGE_FULL,
  PIAO_STORAGE_READ_ONLY,
  PIAO_STORAGE_FAILING,
} PiaoStorage;

/* What @error, of a write to the file @path, says about the disk; GOOD when it is about something
 * else. Otherwise *@error becomes a sentence for who wanted to save: what is wrong, that nothing
 * was half done, and what to do. Its reason word stays. */
PiaoStorage piao_storage_explain (const char *path, GError **error);

/* Writes as much as a scan does and takes it away again: whether there is room once more. On the
 * writer's connection, outside a transaction. */
gboolean piao_storage_probe (PiaoDb *db);

G_END_DECLS
