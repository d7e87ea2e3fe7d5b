/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * A warehouse of two kinds for the tests of the store: shelves with a stock that never falls below
 * zero, and the moves that add up to it.
 *
 *   shelf.add {code, name, phone?}    a UNIQUE code
 *   shelf.rename {shelf, name}
 *   shelf.move {shelf, n}             "shelf.empty" when the stock would fall below zero
 *   shelf.code {shelf, code}          another code
 *   shelf.empty {shelf, onto}         all that is there goes onto another; with nothing there,
 * nothing
 */
enum
{
  SHELF_CODE,
  SHELF_NAME,
  SHELF_PHONE,
  SHELF_STOCK,
  SHELF_N_COLUMNS,
};

enum
{
  MOVE_SHELF,
  MOVE_N,
  MOVE_N_COLUMNS,
};

extern const PiaoKind shelf_kind;
extern const PiaoKind move_kind;

PiaoRegistry *shelf_registry_new (void);

/* Makes the two tables. */
void shelf_create_tables (PiaoDb *db);

/* A replica at @path with the tables in it, and a manual clock. */
PiaoReplica *shelf_open_replica (const char *path);

/* A folder of the test's own, removed by shelf_remove_folder(). */
char *shelf_make_folder (void);
void shelf_remove_folder (char *folder);
/* Removes the files in it. */
void shelf_empty_folder (const char *folder);

/* Runs a command and waits; the command's id, or 0 with @error. */
gint64 shelf_run (PiaoReplica *replica, const char *name, JsonObject *args, GError **error);

/* The id of the row that the command made. */
#define SHELF_ROW_OF(command) ((command) + PIAO_ID_STRIDE)

JsonObject *shelf_args_add (const char *code, const char *name, const char *phone);
JsonObject *shelf_args_move (gint64 shelf, gint64 n);
JsonObject *shelf_args_rename (gint64 shelf, const char *name);
JsonObject *shelf_args_code (gint64 shelf, const char *code);
JsonObject *shelf_args_empty (gint64 shelf, gint64 onto);

/* All rows of both kinds and the search text as lines of text, without rev. */
char *shelf_dump (PiaoDb *db, gboolean with_search);

/* Stops the test unless every stock is the sum of its moves, and the database is sound. */
void shelf_check (PiaoDb *db);

G_END_DECLS
