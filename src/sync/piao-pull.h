/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-pages.h"
#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * What comes down, on the server's side: ranges of the change index joined to the rows of now.
 *
 * A desktop keeps a cursor a lane (PiaoLaneSeq). In this order, as far as the answer's size allows:
 *
 *  1. what has changed behind the cursors. The lanes that stand furthest move together, in the
 * order of seq, so that for them one number says how far the desktop is;
 *  2. the working sets of lanes without a cursor, a lane at a time (piao-working-set.h). When it is
 *     complete, the cursor stands at the seq at which it was begun;
 *  3. the history before that seq, in the order of seq.
 *
 * A seq is never cut in two, and a row that changes again while the pages are fetched only moves to
 * a later seq: none is skipped.
 */
#define PIAO_PULL_MIN_BYTES 64 /* of a few rows */
#define PIAO_PULL_MAX_BYTES (1024 * 1024)

/* Of a request, as it arrived; what makes no sense counts as absent. */
typedef struct
{
  JsonArray *cursors; /* of [lane, seq] or [lane, seq, base, history]; may be NULL */
  gboolean working;   /* lanes without a cursor begin with the working set; otherwise at 0 */
  const char *next;   /* where a working set goes on; may be NULL */
  gsize max_bytes;    /* bounds the rows roughly: one command's worth may come on top */
  gboolean nothing;   /* now: what has changed is fetched later, whatever is missing */

  /* Of a desktop that is told when there is news, and has all but the newest. */
  PiaoPages *pages; /* borrowed; answers that others had; NULL: all is read and coded anew */
  int schema;       /* of what is coded */
  gint64 told;      /* the seq that it was told of, which it gets; 0: none, it gets all there is */
  gboolean later;   /* it is told soon, and fetches then: nothing comes down now */
} PiaoPullRequest;

/*
 * Adds to @reply what the user may see and does not have yet: epoch, grants, rows, gone, upto,
 * head, more, next and notes; @head (optional) is where the database stands. Lanes the user may not
 * see are passed over. With pages what has changed may come as coded frames; upto and head are then
 * those that they were made for. Call it within one read transaction.
 */
gboolean piao_pull (PiaoRegistry *registry,
                    PiaoDb *db,
                    gint64 user,
                    const PiaoPullRequest *request,
                    PiaoReply *reply,
                    gint64 *head,
                    GError **error);

/* Adds to @reply what piao_pull() adds when the user has everything. */
gboolean piao_pull_nothing (
    PiaoRegistry *registry, PiaoDb *db, gint64 user, PiaoReply *reply, GError **error);

G_END_DECLS
