/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

typedef struct sqlite3_changeset_iter sqlite3_changeset_iter;

/* Begins a walk through the changeset at @data, which stays there until the walk has ended. A code
 * of SQLite: SQLITE_CORRUPT for what SQLite itself would walk through for ever. */
int piao_changeset_start (sqlite3_changeset_iter **iter, gconstpointer data, gsize size);

/* One row that a changeset is about. */
typedef struct
{
  const char *table;    /* borrowed from the walk */
  const PiaoKind *kind; /* whose table it is; NULL for a table of no kind */
  gint64 id;            /* of every kind's table the first column; 0 when it has none */
  int operation;        /* SQLITE_INSERT, SQLITE_UPDATE or SQLITE_DELETE */
  int n_columns;
} PiaoChange;

/* Where the walk stands. Without @registry every table is one of no kind. */
void piao_changeset_read (sqlite3_changeset_iter *iter, PiaoRegistry *registry, PiaoChange *change);

/* The kind whose rows are in @table, or NULL. */
const PiaoKind *piao_changeset_find_kind (PiaoRegistry *registry, const char *table);

G_END_DECLS
