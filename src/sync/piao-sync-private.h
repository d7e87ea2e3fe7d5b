/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "sync/piao-http.h"
#include "sync/piao-sync-core.h"
#include "sync/piao-sync-engine.h"
#include "sync/piao-sync-progress.h"
#include "sync/piao-sync-rest.h"
#include "sync/piao-sync.h"

G_BEGIN_DECLS

/* What an answer brought, when it has been applied. */
typedef struct
{
  guint rows, gone;
  guint decided; /* verdicts */
  gboolean more;
  gboolean waits;       /* verdicts alone */
  gint64 reached, head; /* seq */
  PiaoSyncPhase phase;  /* as far as the centre counts it; COMPLETE: it does not */
  gint64 done, total;   /* … of the phase */
  PiaoSyncIlms ilms;
  PiaoProofOutcome proof;
  char *problem; /* owned; why commands were not taken, or NULL */
} PiaoSyncNews;

/* An exchange with the centre: what is asked, and what comes of it. Counted references. */
typedef struct
{
  JsonObject *request; /* owned, as all here; NULL until it was read */
  GBytes *bytes;       /* of the request */
  GBytes *answer;      /* as it arrived */
  char *type;
  gboolean packed;
  gsize received;        /* bytes of the answer on the line */
  gboolean same;         /* it is the one that was kept */
  PiaoReply *reply;      /* of the answer, taken apart */
  PiaoSyncAnswer *whole; /* … and checked */
  JsonObject *next;      /* the request for the page behind it, where that is known already */
} PiaoSyncRound;

struct _PiaoSync
{
  GObject parent_instance;

  PiaoReplica *replica; /* owned */
  char *url;            /* without a path */
  char *authority;      /* PEM file of who is trusted; NULL: the system's */
  SoupSession *session; /* owned; a new one whenever kept connections are not to be trusted */
  GRand *random;

  char *name, *password; /* to renew a session; NULL before a sign-in */
  char *token;           /* NULL while there is none */

  /* The engine, what is to be handed to it, and when it wants to be woken. */
  PiaoSyncEngine engine;
  GQueue events; /* of PiaoSyncEvent, owned */
  gboolean feeding;
  gboolean changed; /* tell whoever looks, when the events are done with */
  gint64 wake;      /* ms of the monotonic clock */
  guint timer;      /* source; 0 none */

  PiaoSyncRound *round; /* owned: the one under way, until it is applied, or the one ahead */
  PiaoSyncRest rest;
  GCancellable *cancellable; /* of the call or renewal under way; owned */

  gboolean later, later_hurry; /* what was left for later is being made; before the history is all
                                * here */

  /* Listening for hints. */
  SoupWebsocketConnection *live; /* owned */
  GCancellable *live_attempt;    /* owned; while connecting */

  /* For whoever looks. Times are of the wall clock, ms. */
  PiaoSyncIlms ilms;
  gint64 ilms_since;
  gint64 proven;    /* ms, wall clock: when both were last found the same; 0 never */
  gboolean differs; /* … the last comparison found something else */
  gint64 since, last_success, oldest, seq, head;
  guint waiting, refused;
  gboolean counting, count_again;
  PiaoSyncProgress progress;
  gint64 began; /* seq from where what is caught up with began; -1 when nothing is */
  char *problem;
  char *untaken; /* why the centre did not take the commands; NULL: it did */
};

/* Hands an event to the engine and does what it hands back; now and random are filled in. */
void piao_sync_feed (PiaoSync *self, const PiaoSyncEvent *event);

/* Begins @update's work of the line in a fiber, which feeds DONE in the end. (piao-sync-work.c) */
void piao_sync_begin (PiaoSync *self, const PiaoSyncUpdate *update);

/* Transfer full. */
PiaoSyncRound *piao_sync_round_new (void);
PiaoSyncRound *piao_sync_round_ref (PiaoSyncRound *round);
void piao_sync_round_unref (PiaoSyncRound *round);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSyncRound, piao_sync_round_unref)

/* Why it does not work, as a sentence; NULL: it does. */
void piao_sync_set_problem (PiaoSync *self, const char *problem);

/* What the outbox and the answer brought, for whoever looks. */
void piao_sync_note_counts (PiaoSync *self, const PiaoOutboxCounts *counts);
void piao_sync_note_news (PiaoSync *self, const PiaoSyncNews *news, gsize bytes);

/* Makes in the background what large answers have left for later. @hurry: although more of the
 * history is to come. (piao-sync-later.c) */
void piao_sync_make_later (PiaoSync *self, gboolean hurry);

/* Listening for hints: an attempt, and its end or that of the connection. (piao-sync-live.c) */
void piao_sync_live_connect (PiaoSync *self);
void piao_sync_live_close (PiaoSync *self);

/* In a fiber: a new token with the name and password of the last sign-in. (piao-sync-sign-in.c) */
gboolean piao_sync_renew (PiaoSync *self, GCancellable *cancellable, GError **error);

/* Forgets name, password and token. */
void piao_sync_forget_person (PiaoSync *self);

void piao_sync_note_signed_in (PiaoSync *self, gint64 user);

G_END_DECLS
