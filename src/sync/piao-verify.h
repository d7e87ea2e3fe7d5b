/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * PiaoVerify: whether what a database keeps about its rows is true of its rows. On the server: the
 * chain of the command log, the numbers of the computers, the change index and the digests. On a
 * replica: the digests below the waiting commands, that each of those can be taken back, and the
 * numbers of the outbox. On both: that what a row refers to is there. The rules of the warehouse
 * between the rows are domain/audit.
 *
 * It only reads, in the caller's read transaction, and takes as much memory at a million rows as at
 * a thousand: rows come page by page, and of what is wrong the first PIAO_VERIFY_MAX_SUBJECTS of a
 * rule are named.
 */
#define PIAO_VERIFY_MAX_SUBJECTS 20

/* A rule that does not hold, and where. */
typedef struct
{
  const char *rule;     /* stable word: "index.hidden"; interned */
  const char *sentence; /* what is wrong, for a person; borrowed */
  const char *advice;   /* what to do; borrowed */
  gint64 count;         /* how many; of some rules the search ends early */
  GPtrArray *subjects;  /* char *: "order 17", a pack code, …; owned */
} PiaoFinding;

typedef struct
{
  PiaoRegistry *registry; /* owned */
  PiaoDb *db;             /* borrowed */
  GPtrArray *findings;    /* of PiaoFinding, in the order they were found */
  gint64 rows;            /* looked at */
  gint64 entries;         /* of the command log (server) */
  gint64 commands;        /* in the outbox (replica) */
  gboolean complete;      /* FALSE on a replica whose history is still to come: then rules about all
                             rows of a lane say nothing */
} PiaoVerify;

PiaoVerify *piao_verify_new (PiaoRegistry *registry, PiaoDb *db);
void piao_verify_free (PiaoVerify *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoVerify, piao_verify_free)

/* Look; FALSE only when the database fails. What is found is in @self->findings. */
gboolean piao_verify_server (PiaoVerify *self, GError **error);
gboolean piao_verify_replica (PiaoVerify *self, GError **error);

/* Adds what somebody else has found: @sentence and @advice are borrowed for the life of @self,
 * @subject is copied. */
void piao_verify_note (PiaoVerify *self,
                       const char *rule,
                       const char *sentence,
                       const char *advice,
                       const char *subject);

G_END_DECLS
