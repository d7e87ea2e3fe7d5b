/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-profile.h"

G_BEGIN_DECLS

/*
 * A request at the gateway happens exactly once: plain structs that are handed time, events and
 * random numbers and hand back what to do next. No sockets, no clock, no memory of their own;
 * every field is a column of the gateway_request row.
 *
 *                     sending            OK
 *   prepared ───────────────────▶ sent ──────▶ confirmed
 *      ▲  ▲   BUSY, NOT_SENT       │ │ REFUSED
 *      │  └────────────────────────┘ ├───────▶ refused
 *      │                             │ UNKNOWN, STOP after sending, restart while sent
 *      │ not found, late enough      ▼           order.query: done / refused
 *      └────────────────────────── unknown ───▶ confirmed / refused
 *
 * The caller's promise: it stores the row after every call and before it acts on the answer; in
 * particular after piao_gateway_attempt_sending() the row is committed before the first byte
 * leaves. After a restart it calls piao_gateway_attempt_recover() on every row that is `sent`.
 *
 * "Not found" counts as "did not happen" only when the question left at least the longest
 * processing time after the moment from which no byte of the request could follow any more, which
 * is when it became unknown (the connection was given up then): never before the last send.
 */
typedef enum
{
  PIAO_GATEWAY_PREPARED,
  PIAO_GATEWAY_SENT,
  PIAO_GATEWAY_CONFIRMED,
  PIAO_GATEWAY_DECLINED,  /* "refused" */
  PIAO_GATEWAY_UNCERTAIN, /* "unknown" */
} PiaoGatewayState;

/* "prepared", "sent", "confirmed", "refused", "unknown": what the column holds, and back. */
const char *piao_gateway_state_to_text (PiaoGatewayState state);
gboolean piao_gateway_state_from_text (const char *text, PiaoGatewayState *state);

/* Times are ms UTC, 0 for "never". */
typedef struct
{
  PiaoGatewayState state;
  guint tries;          /* how often it was sent or may have been */
  guint delays;         /* BUSY and NOT_SENT in a row; decides the back-off */
  gint64 next_at;       /* nothing is done before */
  gint64 first_sent_at; /* when the first byte may have left first */
  gint64 last_sent_at;
  gint64 unknown_at;    /* start of this spell of not knowing; 0 while we know */
  gint64 doubt_at;      /* start of the first such spell; decides when a person gets it */
  gint64 asked_at;      /* when the question that is under way left */
  gboolean with_person; /* a person has the item; asking goes on */
} PiaoGatewayAttempt;

typedef enum
{
  PIAO_GATEWAY_DO_SEND,           /* call sending(), commit, send with the same number */
  PIAO_GATEWAY_DO_QUERY,          /* call asking(), commit, ask order.query */
  PIAO_GATEWAY_DO_WAIT,           /* until next_at */
  PIAO_GATEWAY_DO_AWAIT_REPLY,    /* a call is under way */
  PIAO_GATEWAY_DO_GIVE_TO_PERSON, /* make the item, call given(), then ask again what to do */
  PIAO_GATEWAY_DO_STOP_ALL,       /* stop every sending on this line and say so */
  PIAO_GATEWAY_DO_NOTHING,        /* confirmed or refused: decided for good */
} PiaoGatewayAction;

/* The parameters of the rules. */
typedef struct
{
  gint64 longest_processing_ms;
  gint64 freshness_ms;    /* how long ILMS takes what was sealed; see not_found_from */
  gint64 person_after_ms; /* 30 min */
  gint64 back_off_ms;     /* first delay after BUSY or NOT_SENT; doubles with each */
  gint64 back_off_max_ms;
  /* ms UTC, 0 for never: a process that stood still may have had a request ready to leave. Only a
   * question asked after this may find that it never arrived. */
  gint64 not_found_from;
  /* ms UTC, 0 for never: a request made before this is asked about although no send of it is known,
   * because the database may have forgotten one. */
  gint64 ask_first_before;
} PiaoGatewayRules;

/* After @now nobody else sends: from when on a request that is not found never arrived. */
gint64 piao_gateway_rules_get_settled (const PiaoGatewayRules *rules, gint64 now);

/* The rules of ilms.md with @profile's longest processing time. */
PiaoGatewayRules piao_gateway_rules_for (const PiaoGatewayProfile *profile);

void piao_gateway_attempt_init (PiaoGatewayAttempt *self, gint64 now);

/* What to do at @now. Changes nothing. */
PiaoGatewayAction piao_gateway_attempt_next (const PiaoGatewayAttempt *self,
                                             const PiaoGatewayRules *rules,
                                             gint64 now);

/* The request is about to leave. Only when next() said DO_SEND. */
void piao_gateway_attempt_sending (PiaoGatewayAttempt *self, gint64 now);

/* The reply to the request itself; one that comes late may still decide it. @sent says whether a
 * byte of it may have left; @random is any fresh number (jitter). The answer is next(), or
 * DO_STOP_ALL. */
PiaoGatewayAction piao_gateway_attempt_replied (PiaoGatewayAttempt *self,
                                                const PiaoGatewayRules *rules,
                                                PiaoGatewayKind kind,
                                                gboolean sent,
                                                gint64 now,
                                                guint32 random);

/* What order.query found. */
typedef enum
{
  PIAO_GATEWAY_FOUND_DONE,
  PIAO_GATEWAY_FOUND_REFUSED,
  PIAO_GATEWAY_FOUND_UNDER_WAY, /* or in a state that we do not know */
  PIAO_GATEWAY_NOT_FOUND,
} PiaoGatewayFinding;

/* order.query is about to leave. Only when next() said DO_QUERY. */
void piao_gateway_attempt_asking (PiaoGatewayAttempt *self, gint64 now);

/* The reply to order.query: @finding counts only when @kind is OK. */
PiaoGatewayAction piao_gateway_attempt_answered (PiaoGatewayAttempt *self,
                                                 const PiaoGatewayRules *rules,
                                                 PiaoGatewayKind kind,
                                                 PiaoGatewayFinding finding,
                                                 gint64 now);

/* A person has been given the item. */
void piao_gateway_attempt_given (PiaoGatewayAttempt *self);

/* After a restart of the program: a request that may have left is asked about, at once. */
void piao_gateway_attempt_recover (PiaoGatewayAttempt *self, gint64 now);

/* Another executor becomes the owner of the request: whatever the row says, it asks first. */
void piao_gateway_attempt_take_over (PiaoGatewayAttempt *self, gint64 now);

/* --- the line --------------------------------------------------------------------------------- */

/*
 * PiaoGatewayLine: one per gateway and identity, shared by all its requests. A breaker opens after
 * five failures in a row and lets one call through after its cool-down; STOP keeps it shut until a
 * person resumes it.
 */
#define PIAO_GATEWAY_BREAKER_FAILURES 5
#define PIAO_GATEWAY_BREAKER_COOL_DOWN_MS (30 * G_GINT64_CONSTANT (1000))

typedef struct
{
  guint failures;    /* in a row */
  gint64 opened_at;  /* 0 while closed */
  gboolean probing;  /* the one call of the half-open breaker is under way */
  gint64 stopped_at; /* 0, or when the gateway said that a person must act */
} PiaoGatewayLine;

/* Whether a call may start now; a half-open breaker hands out its one probe. */
gboolean piao_gateway_line_take (PiaoGatewayLine *self, gint64 now);

/* When take() is worth asking again: 0 for now, G_MAXINT64 while stopped. */
gint64 piao_gateway_line_next_at (const PiaoGatewayLine *self, gint64 now);

/* How a call that was taken ended. */
void piao_gateway_line_report (PiaoGatewayLine *self, PiaoGatewayKind kind, gint64 now);

/* A person has put right what was wrong. */
void piao_gateway_line_resume (PiaoGatewayLine *self);

G_END_DECLS
