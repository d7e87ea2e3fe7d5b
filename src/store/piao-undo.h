/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * PiaoUndo records what changes in the tables of the kinds, with SQLite's session extension, so
 * that it can be taken back exactly. Other tables (outbox, search, spool) are not recorded.
 * Within one transaction of the caller, on the thread of the connection.
 */
typedef struct _PiaoUndo PiaoUndo;

PiaoUndo *piao_undo_start (PiaoRegistry *registry, PiaoDb *db, GError **error);

/* The changeset of what has changed since the start; empty when nothing has. NULL with @error.
 * Transfer full. */
GBytes *piao_undo_take (PiaoUndo *undo, GError **error);

void piao_undo_free (PiaoUndo *undo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoUndo, piao_undo_free)

/* Appends a PiaoTouch (kind and id only) to @touched for each row in @changes, and changes nothing.
 */
gboolean
piao_undo_list_rows (PiaoRegistry *registry, GBytes *changes, GArray *touched, GError **error);

/*
 * Takes @changes back. The rows are what they were after the changes were made, unless something
 * wrote past the outbox: that is logged as critical and the row stays as it is. Appends a PiaoTouch
 * (kind and id only) a row to @touched.
 */
gboolean piao_undo_apply (
    PiaoRegistry *registry, PiaoDb *db, GBytes *changes, GArray *touched, GError **error);

G_END_DECLS
