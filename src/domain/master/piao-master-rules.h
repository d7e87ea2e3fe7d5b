/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * What master data must satisfy beyond its columns, by kind. A kind without an entry is not master
 * data: its rows change through commands of their own only.
 */
typedef struct
{
  const PiaoKind *kind;
  const char *derived; /* columns nobody enters, between spaces: " lane_name total " */

  /* Whether the actor may touch @record at all: asked of the row as it was and as it will be.
   * May be NULL. */
  gboolean (*guard) (PiaoTx *tx, PiaoRecord *record, GError **error);

  /* Checks @record, which is complete, and sets its lane and derived columns. Refused
   * with a reason word and a sentence. May be NULL. */
  gboolean (*check) (PiaoTx *tx, PiaoRecord *record, GError **error);

  /* After @record was put: brings copies in other rows up to date. May be NULL. */
  gboolean (*spread) (PiaoTx *tx, const PiaoRecord *record, GError **error);
} PiaoMasterRule;

/* The rule of @kind, or NULL. */
const PiaoMasterRule *piao_master_rule_find (const PiaoKind *kind);

/* kind.save: makes, edits or deletes one row of master data (PER-02). */
extern const PiaoCommand piao_kind_save_command;

G_END_DECLS
