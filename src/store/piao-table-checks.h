/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * The CHECKs of a table of SQLite as one condition about its columns, so that many rows can be
 * asked for at once those that break one. SQLite itself makes the list of each IN anew for every
 * row that is written: for an order that takes twice as long as writing it does.
 *
 * NULL on failure, "" for a table that has none. Transfer full.
 */
char *piao_table_checks_get (PiaoDb *db, const char *table, GError **error);

/* The same out of the text of a CREATE TABLE. NULL when it cannot be made out. Transfer full. */
char *piao_table_checks_read (const char *sql);

G_END_DECLS
