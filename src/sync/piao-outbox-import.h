/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-outbox-file.h"
#include "sync/piao-ledger.h"

G_BEGIN_DECLS

/* What became of an outbox file at the centre. */
typedef struct
{
  guint accepted, refused; /* decided now */
  guint known;             /* decided before: the computer had sent them itself */
  GPtrArray *refusals;     /* of PiaoVerdict, owned: those that were refused now */
} PiaoOutboxImport;

void piao_outbox_import_free (PiaoOutboxImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoOutboxImport, piao_outbox_import_free)

/*
 * Decides the commands of @file at the centre as if their computer had sent them: under their own
 * ids and numbers, so that nothing happens twice whatever comes first, the file once more or the
 * computer itself. All of it or nothing: NULL with @error and a sentence when the file was made for
 * another centre ("outbox.foreign"), is of a computer that was struck off, or does not begin where
 * the centre stands ("outbox.gap"). Makes a transaction of its own. Transfer full.
 */
PiaoOutboxImport *piao_outbox_import (
    PiaoRegistry *registry, PiaoDb *db, const PiaoOutboxFile *file, gint64 now, GError **error);

G_END_DECLS
