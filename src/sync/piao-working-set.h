/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * The working set of a lane, on the server's side: the rows without which nobody there can work, as
 * the kinds say (piao-kind.h), step after step and within a step in the order of ids, so that it
 * can be cut anywhere and goes on from a place.
 *
 * The rows are those of now, not those of the moment when it was begun (the place's base): whatever
 * changed since has a seq above base and comes again with the changes behind base. A row that has
 * not changed since base belongs to the working set now if and only if it did then.
 */
typedef struct
{
  gint64 lane;
  gint64 base;        /* the head's seq when the first page was read */
  guint step;         /* index into the kinds in the order of the working set */
  gint64 owner;       /* of the last row sent: the order that it is a part of, or 0 */
  gint64 id;          /* … and its own */
  gint64 total, done; /* rows: of the lane's working set, about, and of them sent */
} PiaoWorkingPlace;

/* The place as the short text that travels to the desktop and back. Transfer full. */
char *piao_working_place_to_text (const PiaoWorkingPlace *place);

/* FALSE when @text (NULL included) is none or cannot be one: it came from outside. */
gboolean piao_working_place_from_text (const char *text, PiaoWorkingPlace *place);

/* The beginning of @lane's working set at @base. */
gboolean piao_working_set_begin (PiaoRegistry *registry,
                                 PiaoDb *db,
                                 gint64 lane,
                                 gint64 base,
                                 PiaoWorkingPlace *place,
                                 GError **error);

/*
 * Adds rows to @reply from @place on until there are no more (@complete) or @bytes, what the rows
 * take roughly, has reached @max_bytes. @place moves along. In a read transaction.
 */
gboolean piao_working_set_read (PiaoRegistry *registry,
                                PiaoDb *db,
                                PiaoWorkingPlace *place,
                                gsize max_bytes,
                                gsize *bytes,
                                PiaoReply *reply,
                                gboolean *complete,
                                GError **error);

/*
 * The rows of @kind with changes of a lane in a range of seq: $1 lane, $2 after, $3 up to, $4 kind;
 * all columns as piao_kind_get_columns() has them. With @history those that every working set
 * brings by themselves are left out; NULL when that leaves none. Kept for the life of the process.
 */
const PiaoStatement *piao_working_set_get_range (const PiaoKind *kind, gboolean history);

/* Calls @func for every statement that is made out of the descriptors; for tests of plans. */
void piao_working_set_foreach (PiaoRegistry *registry,
                               void (*func) (const PiaoStatement *statement, gpointer data),
                               gpointer data);

G_END_DECLS
