/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * Proof: whether a replica holds what the centre holds, seen by digests (store/piao-digest.h).
 *
 * A request says `proof`, one number over all the digests of the replica. To a request that brings
 * nothing new the server answers in its notes {"proof": true} when that is its number too, and with
 * its digests otherwise; so an unchanged poll stays short. What differs is fetched again, lane and
 * kind by lane and kind, page by page in the order of ids:
 *
 *   request  "repair": {"lane": …, "kind": …, "after": id}
 *   notes    "repair": {"lane": …, "kind": …, "after": id, "upto": id, "done": …}
 *
 * with the rows of (after, upto] among the rows; what the replica has there beside them goes away.
 * Both sides log an alarm; a difference that stays after PIAO_PROOF_REPAIRS repairs waits for a
 * person.
 */
#define PIAO_PROOF_REPAIRS 3

typedef enum
{
  PIAO_PROOF_NONE, /* nothing was compared */
  PIAO_PROOF_SAME,
  PIAO_PROOF_DIFFERENT,
} PiaoProofOutcome;

/* --- the server's side, in a read transaction ------------------------------------------------ */

/* Compares or repairs as @request wants, after everything else of @reply was filled in. @max_bytes
 * bounds a page roughly. */
gboolean piao_proof_answer (PiaoRegistry *registry,
                            PiaoDb *db,
                            JsonObject *request,
                            gsize max_bytes,
                            PiaoReply *reply,
                            GError **error);

/* Notes in @reply that both are the same, and returns the digest that says so. Transfer full. */
char *piao_proof_assume (PiaoDb *db, PiaoReply *reply, GError **error);

/* --- the desktop's side ---------------------------------------------------------------------- */

/* A page of a repair. */
typedef struct
{
  const PiaoKind *kind; /* NULL when the reply carries none */
  gint64 lane;
  gint64 after;
  gint64 upto;
  gboolean done;
} PiaoProofPage;

/* Adds proof and repair to @request. */
gboolean piao_proof_ask (PiaoDb *db, JsonObject *request, GError **error);

/* Reads the page of @reply and checks that it is the one that @request asked for. */
gboolean piao_proof_read_page (PiaoRegistry *registry,
                               JsonObject *request,
                               const PiaoReply *reply,
                               PiaoProofPage *page);

/* Makes room for the rows of @page, before they are put; with the pending commands taken off. */
gboolean
piao_proof_clear (PiaoDb *db, const PiaoProofPage *page, PiaoDigestTally *tally, GError **error);

/* After the rows and the digests were written: notes how far the repair is, and what the comparison
 * says. @lanes are those granted (GArray of gint64). Writes nothing when nothing is different. */
gboolean piao_proof_take (PiaoDb *db,
                          const PiaoReply *reply,
                          const PiaoProofPage *page,
                          PiaoProofOutcome *outcome,
                          GError **error);

/* A lane and kind of which the replica and the centre do not hold the same. */
typedef struct
{
  gint64 lane;
  const char *kind; /* interned */
  gint64 since;     /* ms, the server's clock */
  guint repairs;    /* done so far */
} PiaoProofMismatch;

/* What differs, for the sync centre. Any connection. GArray of PiaoProofMismatch. */
GArray *piao_proof_list (PiaoDb *db, GError **error);

/* A person wants to try once more: repairs begin anew. On the writer. */
gboolean piao_proof_retry (PiaoDb *db, GError **error);

G_END_DECLS
