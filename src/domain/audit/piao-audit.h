/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * The rules that must hold between the rows of a database, whoever wrote them: asked by piaokuctl
 * verify on live data, by tests and by the simulator. Each is one query that finds what breaks it.
 */
typedef struct
{
  const char *rule; /* stable word: "stock.movements" */
  char *subject;    /* what breaks it: an order number, a pack code, …; owned */
} PiaoBreach;

void piao_breach_free (PiaoBreach *breach);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoBreach, piao_breach_free)

/* A sentence for a person about @rule. */
const char *piao_audit_get_sentence (const char *rule);

/* All breaches, at most 20 a rule: GPtrArray of PiaoBreach, empty when all is well. NULL only when
 * the database fails. Reads everything once: seconds at a million orders. */
GPtrArray *piao_audit_run (PiaoDb *db, GError **error);

/* Whether the file itself is sound (SQLite: integrity and foreign keys; PostgreSQL looks after
 * itself). PIAO_ERROR_CORRUPT, reason audit.file. */
gboolean piao_audit_check_file (PiaoDb *db, GError **error);

G_END_DECLS
