/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-sync-pace.h"
#include "sync/piao-sync-state.h"

G_BEGIN_DECLS

/*
 * PiaoSyncEngine: decides when a replica talks to the centre, and how much at a time. A plain
 * struct without sockets, clock, chance, threads or main loop: it is handed events and hands back
 * work. Whoever drives it (PiaoSync over HTTP, the simulator in virtual time) does the work and
 * hands its result over as the next event.
 *
 * A round of the line:
 *
 *   READ ──► CALL ──► APPLY ──► READ … while there is more to send or fetch
 *     ▲        │ 401: RENEW, then READ again      410: WIPE
 *     └────────┴─ anything that fails: later, after a delay that grows to half a minute
 *
 * and where there is nothing to send but much to fetch, so that the line and the disk work at once:
 *
 *   READ ──► CALL ──► APPLY ──► APPLY ──► APPLY ──► READ
 *                 └─► CALL  └─► CALL  └─► CALL
 *
 * PROTOCOL. piao_sync_engine_step() takes one event and fills in one update.
 *
 *  1. update.work is the work of the line to begin now, or NONE. For each there comes exactly one
 *     DONE event, with the work's serial; no other work is handed out before, but for a call ahead.
 *  1a. update.ahead, with APPLY: at the same time a CALL for the page behind the answer begins, as
 *     if that were applied already (piao_sync_continue_request()). It has a DONE of its own, with
 *     ahead_serial, before or after that of the APPLY. There are never two calls in flight. What
 *     comes of it is kept by the driver until the engine says APPLY again; when it says READ
 *     instead, because the page before could not be written, it is thrown away. So a cursor never
 *     passes over what is not here.
 *  2. update.cancel says that the work under way is to be given up if it is a CALL or a RENEW. Its
 *     DONE still has to come (CANCELLED, or whatever else it came to).
 *  3. update.live CONNECT begins listening for hints: LIVE_OPENED follows, or not, and then exactly
 *     one LIVE_CLOSED. CLOSE ends it (or its attempt); LIVE_CLOSED still has to come.
 *  4. update.wake is when TIME has to be handed over at the latest, unless another event comes
 *     before: each update replaces the one before. PIAO_SYNC_NEVER: not at all. TIME may come at
 *     any time.
 *  5. update.changed: the state differs, tell whoever looks.
 *
 * Times are ms of a clock that the driver says never jumps (CLOCK_MONOTONIC, virtual time). If it
 * goes back all the same, the engine moves what it waits for along with it, so it cannot stall; the
 * wall clock is nowhere in it. event.random is any number, new in each event.
 *
 * What is read, sent and received is not known here, only how long it is: READ, CALL and APPLY of
 * one round are about the same request, and the driver keeps it from one to the next.
 *
 * What counts as success is an answer of the centre that was checked and applied. Everything else
 * is no line: a broken connection, a page of a captive portal, a proxy's error, an answer that does
 * not fit, a disk that is full. A command that the centre does not take (a problem, not a refusal
 * by a rule) does not stop the fetching: the round goes on without commands, and the commands go up
 * again after a delay of their own.
 */
#define PIAO_SYNC_NEVER G_MAXINT64

/* Limits that tests and readers may rely on, ms. */
#define PIAO_SYNC_IDLE_MS 30000    /* at most between two rounds that succeed */
#define PIAO_SYNC_BACK_OFF_MS 1000 /* at most after the first failure, then doubled */
#define PIAO_SYNC_BACK_OFF_MAX_MS 30000
#define PIAO_SYNC_OFFLINE_AFTER_MS 30000
#define PIAO_SYNC_STUCK_MAX_MS 300000 /* at most until commands that were not taken go up again */
#define PIAO_SYNC_LIVE_RETRY_MS 5000
#define PIAO_SYNC_LIVE_RETRY_MAX_MS 60000

typedef enum
{
  PIAO_SYNC_EVENT_TIME,       /* it is now */
  PIAO_SYNC_EVENT_START,      /* rounds are wanted */
  PIAO_SYNC_EVENT_STOP,       /* not any more; what is under way is given up */
  PIAO_SYNC_EVENT_SIGNED_IN,  /* somebody signed in; token: a session is there already */
  PIAO_SYNC_EVENT_SIGNED_OUT, /* nobody is signed in */
  PIAO_SYNC_EVENT_HOLD,       /* kept offline by a person (domain 4.12) */
  PIAO_SYNC_EVENT_RELEASE,    /* and back */
  PIAO_SYNC_EVENT_NUDGE,      /* a person asks for a round now */
  PIAO_SYNC_EVENT_COMMIT,     /* the replica changed; waiting: commands not decided */
  PIAO_SYNC_EVENT_HINT,       /* the centre says it is at seq (0: it does not say where) */
  PIAO_SYNC_EVENT_NETWORK,    /* cables or addresses of this computer changed */
  PIAO_SYNC_EVENT_REVOKED,    /* the centre said so while somebody signed in */
  PIAO_SYNC_EVENT_PROGRESS,   /* of the CALL under way: sent and received so far, in bytes */
  PIAO_SYNC_EVENT_DONE,       /* the work with this serial came to result */
  PIAO_SYNC_EVENT_LIVE_OPENED,
  PIAO_SYNC_EVENT_LIVE_CLOSED,
} PiaoSyncEventType;

typedef enum
{
  PIAO_SYNC_WORK_NONE,
  PIAO_SYNC_WORK_READ,  /* read a request out of the replica: at most max_answer_bytes of rows are
                         * asked for, at most max_command_bytes of commands go along (0: none).
                         * verdicts_first: when many more than these wait, nothing need come down
                         * before they are up */
  PIAO_SYNC_WORK_CALL,  /* send it, receive the answer and check it as a whole; PROGRESS on the way.
                         * fresh: not over a connection that was kept */
  PIAO_SYNC_WORK_APPLY, /* apply the answer in one transaction */
  PIAO_SYNC_WORK_RENEW, /* get a new session */
  PIAO_SYNC_WORK_WIPE,  /* this device is revoked: erase rows, key and session; keep the outbox */
} PiaoSyncWork;

typedef enum
{
  PIAO_SYNC_LIVE_NONE,
  PIAO_SYNC_LIVE_CONNECT,
  PIAO_SYNC_LIVE_CLOSE,
} PiaoSyncLive;

typedef enum
{
  PIAO_SYNC_RESULT_OK,
  PIAO_SYNC_RESULT_FAILED,       /* may work later */
  PIAO_SYNC_RESULT_UNAUTHORIZED, /* CALL: the session is over. RENEW: name or password are not
                                  * (any more) good; nothing is tried until somebody signs in */
  PIAO_SYNC_RESULT_REVOKED, /* CALL, RENEW: the centre itself says that this device is revoked */
  PIAO_SYNC_RESULT_CANCELLED,
} PiaoSyncResult;

typedef struct
{
  PiaoSyncEventType type;
  gint64 now;     /* ms */
  guint32 random; /* any */

  gboolean token; /* SIGNED_IN */
  guint waiting;  /* COMMIT, DONE of APPLY: commands not decided */
  gint64 seq;     /* HINT */
  gsize sent;     /* PROGRESS, DONE of CALL: bytes */
  gsize received;

  guint serial; /* DONE */
  PiaoSyncResult result;
  gsize request_bytes;   /* DONE of READ */
  gboolean full;         /* DONE of READ: more commands wait than fitted */
  gboolean goes_on;      /* DONE of CALL: a page follows that can be asked for before this answer is
                          * applied */
  gboolean limited;      /* … less was asked for than max_answer_bytes, for reasons of its own */
  gsize asked, unpacked; /* … bytes: what was asked for, and what it takes in memory */
  gboolean more;         /* DONE of APPLY: the centre has more */
  gboolean waits;        /* … it has answered with verdicts alone */
  gboolean problem;      /* … commands were not taken */
  guint rows, decided;   /* … what it brought; verdicts */
  gint64 reached;        /* … seq up to which the replica is now */
} PiaoSyncEvent;

typedef struct
{
  PiaoSyncWork work;
  guint serial; /* of the work */
  gboolean ahead;
  guint ahead_serial;
  gsize max_answer_bytes;
  gsize max_command_bytes;
  gboolean verdicts_first;
  gboolean fresh;
  gboolean cancel;
  PiaoSyncLive live;
  gint64 wake; /* ms */
  gboolean changed;
} PiaoSyncUpdate;

typedef struct
{
  gint64 now; /* ms: of the last event */

  /* What is wanted. */
  gboolean started;
  gboolean signed_in;
  gboolean held;
  gboolean revoked; /* until somebody signs in anew */
  gboolean wipe;    /* … and what is here has not been erased yet */
  gboolean token;   /* a session is thought to be good */
  gboolean renewed; /* … and has not been used yet */

  /* The work of the line under way. */
  PiaoSyncWork busy;
  guint serial;
  guint serials; /* how many there were */
  gboolean cancelling;
  gboolean stalled;    /* given up because nothing moved: counts as a failure */
  gboolean answering;  /* CALL: the first byte of the answer has come */
  gint64 work_at;      /* ms: when it began; of the call ahead while there is one */
  gint64 apply_at;     /* ms: APPLY: when it began */
  gint64 moved_at;     /* ms: CALL: when bytes moved last */
  gint64 first_at;     /* ms: CALL: the first byte of the answer */
  gint64 ended_at;     /* ms: CALL: when it was done */
  gint64 patience;     /* ms without movement that are borne */
  gsize sent;          /* bytes */
  gsize received;      /* bytes */
  gsize request_bytes; /* of the request that was read */
  gboolean full;       /* more commands wait than it carries */
  gboolean pushed;     /* commands were taken along */
  gint64 up_ms;        /* of the last call: until the first byte of the answer */
  gint64 down_ms;      /* … and from there to the last */

  /* A call beside APPLY. */
  gboolean goes_on; /* the answer to be applied can be followed by one */
  gboolean ahead;   /* it was handed out, and APPLY is not done */
  guint ahead_serial;
  gboolean ahead_ended;      /* … and this came of it: */
  PiaoSyncEvent ahead_event; /* DONE */
  gboolean useless;          /* the call under way was one, and what is before it is not here */

  /* When the next round begins. */
  gint64 next_at;    /* ms */
  gint64 round_at;   /* ms: when the last exchange began */
  gint64 round_ms;   /* ms: how long it took */
  gint64 network_at; /* ms: not because of the network before */
  gboolean again;    /* wanted once more, whatever this one brings */
  gboolean gained;   /* commands were added that it may not carry */
  gint64 hint;       /* seq of a hint that came during it; 0 none */
  gboolean fresh;    /* connections that were kept are not to be trusted */

  /* How it went. */
  guint failures;      /* in a row */
  gint64 failed_at;    /* ms: the last of them */
  gboolean succeeded;  /* ever */
  gint64 succeeded_at; /* ms */
  guint waiting;       /* commands not decided */
  gint64 reached;      /* seq */
  gboolean limited;    /* the answer under way says nothing about how much there may be */
  gboolean whole;      /* the replica is as the centre was at some moment, not half of the way */
  guint idle_pages;    /* answers in a row that promised more and brought nothing */
  guint stuck;         /* how often in a row the centre did not take the commands */
  gint64 stuck_until;  /* ms: they do not go up before */
  PiaoSyncState state;
  PiaoSyncPace pace;

  /* Listening for hints. */
  gboolean live;       /* CONNECT was handed out, LIVE_CLOSED has not come */
  gboolean live_open;  /* LIVE_OPENED came */
  gboolean live_close; /* CLOSE was handed out */
  gint64 live_at;      /* ms: since when; without one: not tried before */
  guint live_failures; /* in a row */
} PiaoSyncEngine;

void piao_sync_engine_init (PiaoSyncEngine *self);

/* Takes @event and fills in @update. Never blocks, never fails. */
void
piao_sync_engine_step (PiaoSyncEngine *self, const PiaoSyncEvent *event, PiaoSyncUpdate *update);

G_END_DECLS
