/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * Migrations: numbered, forward only, immutable. They are the files of data/schema in the order
 * of their names, compiled in. A line "-- only: replica", "server", "sqlite" or "postgresql"
 * (several may be named) limits what follows until "-- end"; INTEGER, BLOB and STRICT are written
 * as SQLite knows them and translated for PostgreSQL.
 */
typedef enum
{
  PIAO_SCHEMA_REPLICA,
  PIAO_SCHEMA_SERVER,
} PiaoSchemaRole;

/* The number of the newest migration in this program. */
int piao_schema_get_newest (void);

/* Brings @db up to date, each migration in a transaction of its own. PIAO_ERROR_INVALID with
 * "schema.newer" when the database comes from a newer program: nothing is touched. */
gboolean piao_schema_migrate (PiaoDb *db, PiaoSchemaRole role, GError **error);

/* The text of migration @number for this engine and role; for tests. Transfer full. */
char *piao_schema_get_text (int number, PiaoEngine engine, PiaoSchemaRole role);

G_END_DECLS
