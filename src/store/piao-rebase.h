/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"
#include "store/piao-row-set.h"

G_BEGIN_DECLS

/* Up to so many are put on top of what comes down each time without a word: some 50 ms. */
#define PIAO_OUTBOX_FEW 32

/* Another number for that, in a test that has no week to make so many. Before any other thread. */
void piao_outbox_set_few (guint n);
guint piao_outbox_get_few (void);

/* What a rebase is about, as of piao_outbox_rebase(). */
typedef struct
{
  gint64 upto, head; /* seq */
  gboolean (*apply_rows) (PiaoDb *db, gpointer data, GError **error);
  /* Of piao_outbox_rebase_rows(): the rows that apply_rows writes or removes. Transfer full. */
  PiaoRowSet *(*list_arriving) (gpointer data);
  gpointer data;
} PiaoRebase;

/*
 * piao_outbox_rebase() where much of what is on top was decided before the server stood at head:
 * nothing of that is run again, however much it is. The rows that arrive are as they were at the
 * server at one moment, at head or later. @done FALSE: nothing was changed, since there is not
 * much, or rows are in each other's way (apply_rows may give PIAO_ERROR_CONFLICT); then
 * piao_outbox_rebase() it is.
 */
gboolean piao_outbox_rebase_rows (
    PiaoRegistry *registry, PiaoDb *db, const PiaoRebase *terms, gboolean *done, GError **error);

G_END_DECLS
