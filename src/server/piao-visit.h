/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "server/piao-room.h"

G_BEGIN_DECLS

/*
 * PiaoVisit: one connection as the door sees it. It is the stream that libsoup reads from, so that
 * bytes are counted as they arrive; whoever sends a request slowly, endlessly, or never takes the
 * answer is shown out. Main thread.
 */
typedef enum
{
  PIAO_VISIT_WAITS,   /* nothing of a request has arrived */
  PIAO_VISIT_HEAD,    /* some of its head has */
  PIAO_VISIT_BODY,    /* the head has */
  PIAO_VISIT_WORK,    /* all of it has; a live socket stays here */
  PIAO_VISIT_ANSWERS, /* the answer goes out */
} PiaoVisitStage;

/* A head is at most so long; it is read in pieces, and the last may hold the begin of a body. */
#define PIAO_VISIT_MAX_HEAD (16 * 1024)
#define PIAO_VISIT_PIECE (8 * 1024)

#define PIAO_TYPE_VISIT (piao_visit_get_type ())
G_DECLARE_FINAL_TYPE (PiaoVisit, piao_visit, PIAO, VISIT, GIOStream)

/* @room is where it is; @remote is the address that libsoup is given for the connection. */
PiaoVisit *piao_visit_new (PiaoRoom *room, GSocketConnection *connection, GSocketAddress *remote);

/* The visit that @message came by; NULL when it is over. Borrowed. */
PiaoVisit *piao_visit_find (SoupServerMessage *message);

PiaoVisitStage piao_visit_get_stage (PiaoVisit *self);

/* Follows @message, one of its requests. */
void piao_visit_follow (PiaoVisit *self, SoupServerMessage *message);

/* Milliseconds that the present stage has lasted. */
gint64 piao_visit_get_age (PiaoVisit *self);

/* From now on it is not judged by its age: a live socket. */
void piao_visit_keep (PiaoVisit *self);
gboolean piao_visit_is_kept (PiaoVisit *self);

/* Shows it out, with @status and a sentence unless an answer is being sent already. */
void piao_visit_end (PiaoVisit *self, guint status, const char *reason, const char *message);

G_END_DECLS
