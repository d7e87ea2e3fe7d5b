/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

typedef struct sqlite3_changeset_iter sqlite3_changeset_iter;

/*
 * @changes as SQLite is to walk through them, *@size bytes that the caller frees after the walk.
 * NULL for what SQLite would walk through for ever: SQLITE_CORRUPT. Above them stands the head of a
 * table without rows that is as wide as any: when no memory is left for a table that is wider than
 * those before it, SQLite (3.46, and newer) lets go of values that it has never had.
 */
guint8 *piao_changeset_dup (GBytes *changes, int *size);

/* The widest table that there may be: SQLite writes the number of its columns as one byte. */
#define PIAO_CHANGESET_MAX_COLUMNS 127

/* Says what @code of SQLite means for a change that is kept or taken back. FALSE. */
gboolean piao_changeset_set_error (int code, GError **error);

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

/*
 * Which rows @changes are about, read without SQLite, which makes a value of each column: some
 * twenty times as quick where thousands are looked at. Calls @each with each row of a kind until it
 * gives FALSE. FALSE when @changes cannot be read.
 */
typedef gboolean (*PiaoChangeFunc) (const PiaoKind *kind, gint64 id, gpointer data);
gboolean piao_changeset_each_row (GBytes *changes,
                                  PiaoRegistry *registry,
                                  PiaoChangeFunc each,
                                  gpointer data);

/* The kind whose rows are in @table, or NULL. */
const PiaoKind *piao_changeset_find_kind (PiaoRegistry *registry, const char *table);

G_END_DECLS
