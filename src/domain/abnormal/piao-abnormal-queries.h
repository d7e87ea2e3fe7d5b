/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "store/piao-db.h"

G_BEGIN_DECLS

/* What screens ask about abnormal orders. Read on any connection; works off line. */

/* A pack of an order, or of its case. */
typedef struct
{
  gint64 id;
  char *code;
  char *game;    /* number and name of its ticket type */
  gint64 value;  /* fen */
  gboolean gone; /* written off when the case ended */
} PiaoAbnormalPack;

typedef struct
{
  gint64 id, order;
  char *trouble, *state; /* words of piao-abnormal-machine.h */
  char *note, *evidence, *liability, *handling, *police_no, *reversal_no, *contact, *resolution,
      *outcome;                                             /* all but the note may be NULL */
  gint64 value;                                             /* fen */
  gint64 follow_up_at, reported_at, approved_at, closed_at; /* ms, 0: never */
  gint64 reported_by, handled_by;                           /* users, 0: nobody */
  char *reporter, *approver;                                /* real names; may be NULL */
  GPtrArray *packs;                                         /* PiaoAbnormalPack */
} PiaoAbnormalCase;

/* The newest case of @order; NULL without @error when there never was one. Transfer full. */
PiaoAbnormalCase *piao_abnormal_load (PiaoDb *db, gint64 order, GError **error);
void piao_abnormal_case_free (PiaoAbnormalCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoAbnormalCase, piao_abnormal_case_free)

/* The packs that a report about @order can name: GPtrArray of PiaoAbnormalPack by code. */
GPtrArray *piao_abnormal_list_packs (PiaoDb *db, gint64 order, GError **error);

G_END_DECLS
