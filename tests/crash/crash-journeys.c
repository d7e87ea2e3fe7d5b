/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "tests/crash/crash-journeys.h"

#define ORDER(packs_a, packs_b)                                                                    \
  "{'outlet':'40','source':'phone','identity_checked':true,'lines':["                              \
  "{'ticket_type':'50','packs':" #packs_a "},{'ticket_type':'51','packs':" #packs_b "}]}"
#define SCAN_A(n) "{'order':$order,'pack':'J0001-00005-000000" #n "'}"
#define SCAN_B(n) "{'order':$order,'pack':'J0002-00007-000000" #n "'}"
#define JUST_ORDER "{'order':$order}"

/* A desktop that knows everything, and an order that waits to be picked. */
#define SYNC { CRASH_SYNC, NULL, NULL }
#define FOUR_SYNCS SYNC, SYNC, SYNC, SYNC
/* The working set, and the history behind it. */
#define WHOLE { CRASH_SYNC_ALL, NULL, NULL }

static const CrashStep synced[] = {
  { CRASH_COLLEAGUE_RUNS, "order.submit", ORDER (2, 1) },
  { CRASH_GATEWAY, NULL, NULL },
  { CRASH_OPEN, NULL, NULL },
  WHOLE,
  { CRASH_CLOSE, NULL, NULL },
};

static const CrashStep unknown[] = {
  { CRASH_COLLEAGUE_RUNS, "order.submit", ORDER (2, 1) },
  { CRASH_GATEWAY, NULL, NULL },
};

static const CrashStep scan_out[] = {
  { CRASH_OPEN, NULL, NULL },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_A (1) },
  { CRASH_RUN, "order.scan", SCAN_B (1) },
  { CRASH_TIDY, NULL, NULL },
  { CRASH_RUN, "order.scan", SCAN_A (2) },
  { CRASH_RUN, "order.check", "{'order':$order,'intact':true}" },
  { CRASH_RUN, "order.confirm", "{'order':$order,'online':true}" },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_GATEWAY, NULL, NULL },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_LABEL, "label.issue", "{'parcel':$parcel}" },
  { CRASH_CLOSE, NULL, NULL },
};

static const CrashStep receive[] = {
  { CRASH_OPEN, NULL, NULL },
  FOUR_SYNCS,
  { CRASH_TIDY, NULL, NULL },
  FOUR_SYNCS,
  FOUR_SYNCS,
  FOUR_SYNCS,
  { CRASH_CLOSE, NULL, NULL },
};

/* There is no command yet that counts a shelf: what a clerk finds to be otherwise is said by short,
 * undo, release and hold, which move the same stock. */
static const CrashStep count[] = {
  { CRASH_OPEN, NULL, NULL },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_A (3) },
  { CRASH_RUN, "order.undo", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_A (4) },
  { CRASH_RUN, "order.short", "{'order':$order,'line':$line,'reason':'STOCK_SHORT'}" },
  { CRASH_TIDY, NULL, NULL },
  { CRASH_RUN, "order.release", JUST_ORDER },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.hold", "{'order':$order,'reason':'OTHER'}" },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_CLOSE, NULL, NULL },
};

/* A colleague was quicker: what was sent is refused, and another order takes its place. */
static const CrashStep push[] = {
  { CRASH_OPEN, NULL, NULL },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_A (1) },
  { CRASH_RUN, "order.scan", SCAN_A (2) },
  { CRASH_COLLEAGUE_RUNS, "order.open_pick", JUST_ORDER },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_TIDY, NULL, NULL },
  { CRASH_COLLEAGUE_RUNS, "order.submit", ORDER (1, 1) },
  { CRASH_GATEWAY, NULL, NULL },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_B (2) },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_CLOSE, NULL, NULL },
};

/* Rows arrive below commands that are not decided yet: one that the centre has just got wins, one
 * loses to a colleague. */
static const CrashStep pull[] = {
  { CRASH_OPEN, NULL, NULL },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_A (1) },
  { CRASH_COLLEAGUE_RUNS, "order.submit", ORDER (1, 2) },
  { CRASH_GATEWAY, NULL, NULL },
  { CRASH_COLLEAGUE_RUNS, "order.open_pick", JUST_ORDER },
  { CRASH_COLLEAGUE_RUNS, "order.scan", SCAN_B (1) },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_COLLEAGUE_RUNS, "order.scan", SCAN_B (2) },
  { CRASH_TIDY, NULL, NULL },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_COLLEAGUE_RUNS, "order.scan", SCAN_A (5) },
  { CRASH_SYNC, NULL, NULL },
  { CRASH_CLOSE, NULL, NULL },
};

/* Much waits: what is sent first is decided before anything comes down, the clerk goes on, and then
 * the rows of it are let go of as they come. */
static const CrashStep come_back[] = {
  { CRASH_OPEN, NULL, NULL },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_A (1) },
  { CRASH_RUN, "order.scan", SCAN_A (2) },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_RUN, "order.undo", JUST_ORDER },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_TIDY, NULL, NULL },
  { CRASH_RUN, "order.scan", SCAN_B (1) },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_RUN, "order.scan", SCAN_A (3) },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_SYNC_ONE, NULL, NULL },
  { CRASH_CLOSE, NULL, NULL },
};

/* A prefecture with a past, fetched over a quick line: outlets with the working set and packs with
 * the history are written in bulk, their indexes and search text made afterwards, while somebody
 * scans. */
static const CrashStep crowded[] = {
  { CRASH_CROWD, NULL, NULL },
  { CRASH_COLLEAGUE_RUNS, "order.submit", ORDER (2, 1) },
  { CRASH_GATEWAY, NULL, NULL },
};

static const CrashStep first_fetch[] = {
  { CRASH_OPEN, NULL, NULL },
  { CRASH_SYNC_MANY, NULL, NULL },
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_SYNC_MANY, NULL, NULL },
  { CRASH_TIDY, NULL, NULL },
  { CRASH_RUN, "order.scan", SCAN_A (1) },
  { CRASH_LATER, NULL, NULL },
  { CRASH_RUN, "order.scan", SCAN_B (1) },
  { CRASH_LATER, NULL, NULL },
  { CRASH_LATER, NULL, NULL },
  { CRASH_LATER, NULL, NULL },
  { CRASH_SYNC_MANY, NULL, NULL },
  { CRASH_SYNC_MANY, NULL, NULL },
  { CRASH_CLOSE, NULL, NULL },
};

/* A desktop comes back with an older program's file, where something still waits for the centre. */
static const CrashStep left_behind[] = {
  { CRASH_COLLEAGUE_RUNS, "order.submit", ORDER (2, 1) },
  { CRASH_GATEWAY, NULL, NULL },
  { CRASH_OPEN, NULL, NULL },
  WHOLE,
  { CRASH_RUN, "order.open_pick", JUST_ORDER },
  { CRASH_RUN, "order.scan", SCAN_A (1) },
  { CRASH_CLOSE, NULL, NULL },
};

static const CrashStep migration[] = {
  { CRASH_OPEN, NULL, NULL },  { CRASH_RUN, "order.scan", SCAN_A (2) },
  { CRASH_TIDY, NULL, NULL },  { CRASH_SYNC, NULL, NULL },
  { CRASH_CLOSE, NULL, NULL },
};

/* From the first schema on, which had no place for commands that wait. */
static const CrashStep old_migration[] = {
  { CRASH_OPEN, NULL, NULL },
  { CRASH_TIDY, NULL, NULL },
  { CRASH_CLOSE, NULL, NULL },
};

#define JOURNEY(word, base, list, schema, many)                                                    \
  { word, base, G_N_ELEMENTS (base), list, G_N_ELEMENTS (list), schema, many }

const CrashJourney crash_journeys[CRASH_N_JOURNEYS] = {
  JOURNEY ("scan-out", synced, scan_out, 0, FALSE),
  JOURNEY ("receive", unknown, receive, 0, FALSE),
  JOURNEY ("count", synced, count, 0, FALSE),
  JOURNEY ("push", synced, push, 0, FALSE),
  JOURNEY ("pull", synced, pull, 0, FALSE),
  JOURNEY ("come-back", synced, come_back, 0, FALSE),
  JOURNEY ("first-fetch", crowded, first_fetch, 0, TRUE),
  JOURNEY ("migration", left_behind, migration, 5, FALSE),
  JOURNEY ("old-migration", synced, old_migration, 1, FALSE),
};
