/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-ledger.h"
#include "sync/piao-row-block.h"

G_BEGIN_DECLS

/*
 * PiaoReply: all that an answer of POST /v1/sync says, whatever its coding. The server fills one;
 * the desktop checks it against its request and applies it (piao-sync-core.h).
 *
 * As JSON (the readable twin; optional members are left out when they say nothing):
 *   {"epoch": …, "now": …, "expected": …, "notes": {…},
 *    "verdicts": [{"id": …, "state": …, "seq": … | "code": …, "message": …}, …],
 *    "grants": [lane, …], "rows": [{"kind": …, "rows": [row, …]}, …],
 *    "gone": [[lane, kind, id], …], "digests": [[lane, kind, rows, sum], …],
 *    "end": {"upto": [[lane, seq] | [lane, seq, base, history], …], "seq": …, "more": …,
 *            "next": …}}
 * or, when the server has another epoch: {"epoch": …, "now": …, "restart": true, "expected": …}.
 */
#define PIAO_REPLY_MAX_ROWS 200000
#define PIAO_REPLY_MAX_LANES 4096
#define PIAO_REPLY_MAX_VERDICTS 128
#define PIAO_REPLY_MAX_DIGESTS 65536
#define PIAO_REPLY_MAX_NEXT 1000 /* characters */
#define PIAO_REPLY_MAX_BYTES (8 * 1024 * 1024)

/* Content types. */
#define PIAO_REPLY_JSON "application/json"
#define PIAO_REPLY_FRAMES "application/x-piaoku-frames"

/* How far a lane is: all of (base, seq] and of (0, history] is there, and the working set of base.
 * base and history are 0 when nothing is missing; seq is 0 while the working set is on its way. */
typedef struct
{
  gint64 lane;
  gint64 seq;
  gint64 base;
  gint64 history;
} PiaoLaneSeq;

/* A row that has left a lane. */
typedef struct
{
  const PiaoKind *kind;
  gint64 lane;
  gint64 id;
} PiaoReplyGone;

/* What the server holds of a lane and kind: number of rows and the sum of their hashes. */
typedef struct
{
  const PiaoKind *kind;
  gint64 lane;
  gint64 rows;
  guint64 sum;
} PiaoReplyDigest;

typedef struct
{
  char *epoch;         /* owned */
  gint64 now;          /* the server's clock, ms UTC */
  gboolean restart;    /* fetch all again: nothing below is filled in but expected */
  gint64 expected;     /* the dseq that the server wants next; 0 when nothing is missing */
  GPtrArray *verdicts; /* of PiaoVerdict, owned */
  GPtrArray *blocks;   /* of PiaoRowBlock, owned; one may stand for a kind more than once */
  GArray *gone;        /* of PiaoReplyGone */
  GBytes *coded;       /* owned; rows and gone as frames that somebody had before; NULL mostly */
  GArray *grants;      /* of gint64: the lanes of this user, 0 included */
  GArray *upto;        /* of PiaoLaneSeq: how far each lane is with this answer */
  GArray *digests;     /* of PiaoReplyDigest */
  gint64 head;         /* seq of the server */
  gboolean more;       /* ask again at once */
  char *next;          /* owned; where the working set goes on, opaque to the desktop; or NULL */
  /* Owned: {"ilms": {"state": …, "since": …},
   *         "working": {"done": rows, "total": …} of the lane whose working set is on its way,
   *         "history": {"done": seqs, "total": …} of all lanes} */
  JsonObject *notes;
} PiaoReply;

PiaoReply *piao_reply_new (void);
PiaoReply *piao_reply_ref (PiaoReply *self);
void piao_reply_unref (PiaoReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoReply, piao_reply_unref)

/* The last block of @kind that was begun, or a new one. Borrowed. */
PiaoRowBlock *piao_reply_get_block (PiaoReply *self, const PiaoKind *kind);
void piao_reply_add_gone (PiaoReply *self, const PiaoKind *kind, gint64 lane, gint64 id);
void piao_reply_add_digest (
    PiaoReply *self, const PiaoKind *kind, gint64 lane, gint64 rows, guint64 sum);
guint piao_reply_get_n_rows (const PiaoReply *self);

/* Bytes of memory that the rows take. */
gsize piao_reply_get_size (const PiaoReply *self);

/* Whether it brings rows, or says that some are gone. */
gboolean piao_reply_has_news (const PiaoReply *self);

/* --- coding ---------------------------------------------------------------------------------- */

/*
 * Codes the answer as @content_type (one of the above) for a program of @schema: columns that it
 * does not have are left out. Any thread. Transfer full.
 */
GBytes *
piao_reply_encode (const PiaoReply *self, const char *content_type, int schema, GError **error);

/*
 * The answer in @bytes, checked for all that can be said without the request: shapes, lengths,
 * types, that rows are of granted lanes and not newer than the head. Kinds and columns that this
 * program does not know are passed over: they come from a newer one. NULL with PIAO_ERROR_CORRUPT
 * and a sentence for anything else. Any thread; @registry is only read. Transfer full.
 */
PiaoReply *
piao_reply_decode (PiaoRegistry *registry, const char *content_type, GBytes *bytes, GError **error);

/*
 * Names an answer at rest: everything it says but the time, to a program of @schema whose rows have
 * the digest @proof. Two that say the same have the same name. An answer is at rest when it brings
 * nothing, leaves nothing to fetch, and found both sides the same. Transfer full.
 */
#define PIAO_REPLY_TAG_LENGTH 16
gboolean piao_reply_is_at_rest (const PiaoReply *self);
char *piao_reply_get_tag (const PiaoReply *self, int schema, const char *proof);

/* The JSON twin. Transfer full. */
JsonObject *piao_reply_to_json (const PiaoReply *self, int schema);
PiaoReply *piao_reply_from_json (PiaoRegistry *registry, JsonObject *object, GError **error);

/* The frames (piao-reply-frames.c). Transfer full. */
GBytes *piao_reply_to_frames (const PiaoReply *self, int schema);

/* Only those of rows and gone, for the answers of others who ask the same (piao-pages.h). Transfer
 * full. */
GBytes *piao_reply_rows_to_frames (const PiaoReply *self, int schema);
PiaoReply *piao_reply_from_frames (PiaoRegistry *registry, GBytes *bytes, GError **error);

G_END_DECLS
