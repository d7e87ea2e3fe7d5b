/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-row-block.h"
#include "tests/lib/driver-world.h"

G_BEGIN_DECLS

/* A server for the figures of sync over a database with @orders orders, and what is done to it. The
 * database is made once and kept in @folder; the server has a copy. */
DriverServer *sync_world_new (guint orders, const char *folder);

/* Changes @n orders of the server at once, as one command does that touches so many. Returns when
 * it is committed. */
void sync_world_change (DriverServer *server, guint n);

/* The rows of @kind in the server's database, in blocks of so many; the last is NULL. */
typedef struct _SyncRows SyncRows;
SyncRows *sync_rows_new (DriverServer *server, const PiaoKind *kind);
PiaoRowBlock *sync_rows_next (SyncRows *self, guint n);
void sync_rows_free (SyncRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncRows, sync_rows_free)

/* What SQLite alone takes to load the orders of the server into a fresh file with the indexes of a
 * replica, durably: prepared INSERTs in transactions of 50,000 rows, the indexes made afterwards,
 * the log moved into the file at the end. Reading them is not counted. */
typedef struct
{
  guint rows;
  double seconds;
  double cpu; /* seconds of the processor */
} SyncRaw;

void sync_raw_load (DriverServer *server, SyncRaw *raw);

/* Bytes that an order of the server has as a line of JSON, all packed by zstd at level 3. */
double sync_raw_json (DriverServer *server);

/* What SQLite alone takes to upsert @n orders of the server into a file that has them, with one
 * FULL commit: milliseconds of one time. */
typedef struct _SyncUpsert SyncUpsert;
SyncUpsert *sync_upsert_new (DriverServer *server, guint n);
double sync_upsert_run (SyncUpsert *self);
void sync_upsert_free (SyncUpsert *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncUpsert, sync_upsert_free)

/* An office of a server with @orders orders comes back after days without a line, and goes on
 * scanning: reports how long a scan takes meanwhile, and how long all of it. */
void sync_return_bench (guint orders, const char *folder);

G_END_DECLS
