/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the sync engine does with what happens to it. */

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "sync/piao-sync-engine.h"
#include "sync/piao-sync-progress.h"
#include "tests/sync/engine-trace.h"

/* --- traces ---------------------------------------------------------------------------------- */

static void
test_round (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in | renew (10000)",
    "300 done ok | read 65536/16384 (never)",
    "301 done ok bytes=400 | call (10301)",
    "700 progress sent=400 | (11100)",
    "900 progress sent=400 received=100 | (11300)",
    "950 done ok sent=400 received=3000 | apply (never)",
    "970 done ok rows=5 reached=7 | connect ONLINE (30970)",
    "1100 live-opened | (1350)",
    "1350 time | read 65536/16384 (never)",
    "1351 done ok bytes=400 | call (11351)",
    "1600 done ok received=90 | apply (never)",
    "1601 done ok reached=7 | (31601)",
    /* A command of this desk goes up at once; the hint that it causes brings no empty round. */
    "5000 commit waiting=1 | read 65536/16384 (never)",
    "5001 done ok bytes=900 | call (15001)",
    "5100 hint seq=8 | (15001)",
    "5200 done ok received=300 | apply (never)",
    "5210 done ok rows=2 decided=1 reached=8 | (35210)",
    "5215 commit | (35210)",
    /* Somebody else's does, after a rest as long as the round was. */
    "9000 hint seq=9 | (9210)",
    "9005 hint seq=10 | (9210)",
    "9210 time | read 65536/16384 (never)",
    NULL,
  };

  engine_trace_run (lines);
}

/* Verdicts that come alone do not end what had begun to come; one that is whole is left so. */
static void
test_verdicts_alone (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in | renew (10000)",
    "300 done ok | read 65536/16384 (never)",
    "301 done ok bytes=400 | call (10301)",
    "950 done ok sent=400 received=3000 | apply (never)",
    "970 done ok more rows=5 reached=7 | read 131072/16384 connect RECOVERING (30970)",
    "971 done ok bytes=900 | call (10971)",
    "1400 done ok received=90 | apply (30970)",
    "1401 done ok waits decided=1 reached=7 | read 131072/16384 (30970)",
    "1402 done ok bytes=400 | call (11402)",
    "1800 done ok received=300 | apply (30970)",
    "1801 done ok rows=2 reached=9 | ONLINE (30970)",
    "5000 commit waiting=1 | read 131072/16384 (30970)",
    "5001 done ok bytes=900 | call (15001)",
    "5200 done ok received=90 | apply (30970)",
    "5201 done ok waits decided=1 reached=9 | (30970)",
    NULL,
  };

  engine_trace_run (lines);
}

/* Much goes up: a round follows the other until nothing waits. What comes then comes in small
 * pieces, which say nothing about what the line and the disk would carry. */
static void
test_much_waits (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok reached=7 | connect ONLINE (30100)",
    "200 commit waiting=300 | read 65536/16384 (30100)",
    "201 done ok bytes=900 full | call (10201)",
    "400 done ok received=90 | apply (30100)",
    "401 done ok waits decided=40 waiting=260 reached=7 | read 65536/13567 (30100)",
    "402 done ok bytes=900 | call (10402)",
    "500 done ok received=9000 limited | apply (30100)",
    "501 done ok more decided=260 rows=300 reached=100 | read 65536/13567 (30100)",
    "502 done ok bytes=400 | call (10502)",
    "600 done ok received=9000 limited goes-on | apply ahead 65536 (10600)",
    "601 done ok more rows=300 reached=200 | (10600)",
    "700 done ok received=900 | apply (30100)",
    "701 done ok rows=30 reached=300 | (30100)",
    NULL,
  };

  engine_trace_run (lines);
}

static void
test_back_off (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok | connect ONLINE (30100)",
    "200 live-opened | (300)",
    "300 time | read 65536/16384 (never)",
    "300 done ok bytes=400 | call (10300)",
    "300 done failed | (800)",
    /* A command does not hurry a line that does not work; a hint does, somewhat. */
    "400 commit waiting=1 | (800)",
    "800 time | read 65536/16384 (never)",
    "800 done ok bytes=400 | call fresh (10800)",
    "800 done failed | (1800)",
    "1800 time | read 65536/16384 (30100)",
    "1800 done ok bytes=400 | call fresh (11800)",
    "1800 done failed | DEGRADED (3800)",
    "1900 hint seq=5 | (3800)",
    "3800 time | read 65536/16384 (30100)",
    "3800 done ok bytes=400 | call fresh (13800)",
    "3800 done failed | (7800)",
    "7800 time | read 65536/16384 (30100)",
    "7800 done ok bytes=400 | call fresh (17800)",
    "7800 done failed | (15800)",
    "15800 time | read 65536/16384 (30100)",
    "15800 done ok bytes=400 | call fresh (25800)",
    "15800 done failed | (30100)",
    /* Half a minute after the last success it is an outage, whenever the next try is. */
    "30100 time | close OFFLINE (30800)",
    "30200 live-closed | (30800)",
    "30800 time | read 65536/16384 (never)",
    "30800 done ok bytes=400 | call fresh (60800)",
    "30800 done failed | (45800)",
    "45800 time | read 65536/16384 (never)",
    "45800 done ok bytes=400 | call fresh (75800)",
    /* It answers: what waited goes up before it is called on line. */
    "46000 done ok received=90 | apply (never)",
    "46010 done ok waiting=3 decided=2 reached=4 | read 65536/16384 connect RECOVERING (76010)",
    "46011 done ok bytes=400 | call (56011)",
    "46100 done ok received=90 | apply (76010)",
    "46110 done ok waiting=0 decided=3 reached=5 | ONLINE (76010)",
    NULL,
  };

  engine_trace_run (lines);
}

/* While a page is written the next one comes; whichever is done first waits for the other. */
static void
test_ahead (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok goes-on received=90 | apply ahead 65536 (10100)",
    "200 progress received=50 | (10200)",
    "300 done ahead ok goes-on received=60 | (never)",
    "400 done ok more rows=5 reached=5 | apply ahead 54613 connect RECOVERING (10400)",
    /* The page is written before the next has come: the line is watched as ever. */
    "500 done ok more rows=5 reached=6 | (10400)",
    "600 progress received=50 | (10600)",
    "700 done ok goes-on received=60 | apply ahead 109226 (10700)",
    /* There is something to send now: a page asked for ahead would not take it along. */
    "800 commit waiting=1 | (10700)",
    "900 done ahead ok goes-on received=60 | (30400)",
    "910 done ok more waiting=1 rows=5 reached=7 | apply (30400)",
    "920 done ok more waiting=1 rows=5 reached=8 | read 260060/16384 (30400)",
    NULL,
  };

  engine_trace_run (lines);
}

/* The page could not be written: what comes behind it is of no use, and the delay stands. */
static void
test_ahead_of_nothing (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok goes-on received=90 | apply ahead 65536 (10100)",
    "300 done ahead ok goes-on received=60 | (never)",
    "400 done failed | OFFLINE (900)",
    "900 time | read 65536/16384 (never)",
    "900 done ok bytes=400 | call fresh (30900)",
    "1000 done ok goes-on received=90 | apply (never)",
    "1010 done ok more rows=5 reached=4 | read 131072/16384 connect RECOVERING (31010)",
    "1020 done ok bytes=400 | call (11020)",
    "1030 done ok goes-on received=90 | apply ahead 131072 (11030)",
    "1040 done failed | cancel (11030)",
    "1050 done ok received=90 | (1540)",
    "1540 time | read 131072/16384 (31010)",
    "1550 done ok bytes=400 | call fresh (11550)",
    /* A person looks for the network meanwhile: not when the delay is over, but soon. */
    "1560 done ok goes-on received=90 | apply (31010)",
    "1570 done ok more rows=5 reached=6 | read 262144/16384 (31010)",
    "1580 done ok bytes=400 | call (11580)",
    "1590 done ok goes-on received=90 | apply ahead 262144 (11590)",
    "1600 done failed | cancel (11590)",
    "1610 nudge | (11590)",
    "1620 done cancelled | read 262144/16384 (31010)",
    NULL,
  };

  engine_trace_run (lines);
}

/* Given up while both are under way: what is being written still is, and nothing else. */
static void
test_ahead_given_up (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok goes-on received=90 | apply ahead 65536 (10100)",
    "200 hold | cancel OFFLINE (never)",
    "300 done ahead cancelled | (never)",
    "400 done ok more rows=5 reached=5 | (never)",
    "500 release | read 54613/16384 connect (30500)",
    "500 done ok bytes=400 | call close (30500)",
    "600 done ok goes-on received=90 | apply ahead 54613 (30600)",
    "700 done ahead ok received=90 | (never)",
    /* It has come already, for somebody who has left. */
    "800 signed-out | IDLE (never)",
    "900 done ok more rows=5 reached=6 | (never)",
    "1000 signed-in token | read 45510/16384 (never)",
    "1100 live-closed | connect (31100)",
    "1200 done ok bytes=400 | call (11200)",
    /* Nothing moves while the disk is busy: the call is given up by itself. */
    "1300 done ok goes-on received=90 | apply ahead 45510 (11300)",
    "31300 time | cancel close OFFLINE (never)",
    NULL,
  };

  engine_trace_run (lines);
}

/* Kept offline: what is under way is given up, and nothing is begun. */
static void
test_hold (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "5 hold | cancel OFFLINE (never)",
    "6 nudge | (never)",
    "7 hint seq=9 | (never)",
    "8 network | (never)",
    "9 done ok received=500 | (never)",
    "10 commit waiting=2 | (never)",
    "86400000 time | (never)",
    "86400001 release | read 65536/16384 (never)",
    "86400002 hold | (never)",
    "86400003 release | (never)",
    /* What was read for nothing is read again. */
    "86400004 done ok bytes=400 | read 65536/16384 (never)",
    "86400005 done ok bytes=400 | call fresh (86430005)",
    "86400010 stop | cancel IDLE (never)",
    "86400011 start | (86410005)",
    "86400012 done cancelled | read 65536/16384 (never)",
    NULL,
  };

  engine_trace_run (lines);
}

static void
test_sessions (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok | connect ONLINE (30100)",
    "150 live-closed | (2650)",
    "30100 time | read 65536/16384 connect (60100)",
    "30100 done ok bytes=400 | call (40100)",
    /* The session is over: a new one at once. */
    "30200 done unauthorized | renew (40200)",
    "30300 done ok | read 65536/16384 (60100)",
    "30300 done ok bytes=400 | call (40300)",
    /* Over again, although it is new: not in a circle. */
    "30400 done unauthorized | (30900)",
    "30900 time | renew fresh (40900)",
    /* Another password at the centre: asking on would lock the person out. */
    "31000 done unauthorized | close OFFLINE (never)",
    "31100 live-closed | (never)",
    "99000 nudge | (never)",
    "99001 signed-in token | read 65536/16384 connect (129001)",
    NULL,
  };

  engine_trace_run (lines);
}

static void
test_revoked (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok reached=5 | connect ONLINE (30100)",
    "200 live-opened | (300)",
    "300 time | read 65536/16384 (never)",
    "300 done ok bytes=400 | call (10300)",
    "400 done revoked | wipe close OFFLINE (never)",
    "450 live-closed | (never)",
    /* The disk says no: again, and nothing else before. */
    "500 done failed | (1000)",
    "600 network | (850)",
    "850 time | wipe (never)",
    "900 done ok | (never)",
    "950 nudge | (never)",
    "960 commit waiting=4 | (never)",
    "90000 time | (never)",
    /* Somebody signs in: this is a new device now. */
    "99000 signed-in token | read 65536/16384 connect (129000)",
    NULL,
  };

  engine_trace_run (lines);
}

/* Commands that the centre does not take never stop the fetching, and go up again less and less
 * often. */
static void
test_problem (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=900 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok rows=9 reached=5 waiting=1 more problem | read 131072/0 connect RECOVERING "
    "(30100)",
    "100 live-opened | (never)",
    "200 done ok bytes=300 | call (10200)",
    "300 done ok received=90 | apply (never)",
    "300 done ok rows=9 reached=9 waiting=1 | ONLINE (500)",
    NULL,
  };
  static const char *const again[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=900 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok waiting=1 problem | connect ONLINE (1100)",
    "100 live-closed | (1100)",
    "200 commit waiting=2 | (1100)",
    "1100 time | read 65536/16384 with-rows (2600)",
    "1100 done ok bytes=900 | call (2600)",
    "1200 done ok received=90 | apply (2600)",
    "1200 done ok waiting=2 problem | (2200)",
    "2200 time | read 65536/16384 with-rows (2600)",
    "2200 done ok bytes=900 | call (2600)",
    "2300 done ok received=90 | apply (2600)",
    "2300 done ok waiting=2 problem | (2600)",
    "2600 time | connect (4300)",
    "2700 live-closed | (4300)",
    /* A person who has mended it does not wait. */
    "2800 nudge | read 65536/16384 with-rows (7700)",
    "2800 done ok bytes=900 | call (7700)",
    "2900 done ok received=90 | apply (7700)",
    "2900 done ok waiting=0 decided=2 | (7700)",
    NULL,
  };

  engine_trace_run (lines);
  engine_trace_run (again);
}

/* A call that does not move is given up; what fails to go up is sent in smaller pieces, what fails
 * to come down is asked for in smaller ones. */
static void
test_stall (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=16000 full | call (10000)",
    "10 progress sent=16000 | (26010)",
    "26010 time | OFFLINE (46010)",
    "46010 time | cancel (never)",
    "46011 done cancelled | (46511)",
    "46511 time | read 65536/8192 (never)",
    "46511 done ok bytes=8000 full | call fresh (76511)",
    "47000 progress sent=8000 | (85000)",
    "48000 progress sent=8000 received=4000 | (86000)",
    "50000 done failed | (51000)",
    "51000 time | read 32768/8192 (never)",
    "51000 done ok bytes=8000 full | call fresh (81000)",
    /* A byte now and then is no line either. */
    "80000 progress received=1 | (110000)",
    "109000 progress received=2 | (111008)",
    "111008 time | cancel (never)",
    NULL,
  };

  engine_trace_run (lines);
}

/* On a line of 64 kbit/s an answer takes some four seconds and a piece three; on a quick one they
 * grow to what is good for the disk. */
static void
test_sizes (void)
{
  static const char *const thin[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=16384 full | call (10000)",
    "2600 progress sent=16384 received=1 | (28984)",
    "10600 done ok received=65536 | apply (never)",
    "10620 done ok rows=500 reached=5 more | read 32768/18904 connect RECOVERING (40620)",
    "10620 done ok bytes=300 | call (20620)",
    "11220 progress sent=300 received=1 | (21520)",
    "15220 done ok received=32768 | apply (40620)",
    "15240 done ok rows=250 reached=9 more | read 32768/18904 (40620)",
    NULL,
  };
  static const char *const quick[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=16384 full | call (10000)",
    "10 done ok received=65536 | apply (never)",
    "20 done ok rows=500 reached=5 more | read 131072/32768 connect RECOVERING (30020)",
    "20 live-opened | (never)",
    "20 done ok bytes=32768 full | call (10020)",
    "30 done ok received=65536 | apply (never)",
    "50 done ok rows=500 reached=6 more | read 262144/65536 (never)",
    "50 done ok bytes=65536 full | call (10050)",
    "60 done ok received=65536 | apply (never)",
    "100 done ok rows=500 reached=7 more | read 524288/131072 (never)",
    "100 done ok bytes=100 | call (10100)",
    "110 done ok received=65536 | apply (never)",
    /* No longer on the disk at a time than a scan can wait for. */
    "610 done ok rows=500 reached=8 more | read 262144/131072 (never)",
    NULL,
  };

  engine_trace_run (thin);
  engine_trace_run (quick);
}

static void
test_live (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok | connect ONLINE (30100)",
    /* An attempt that comes to nothing is given up, and tried again later each time. */
    "30100 time | read 65536/16384 close (never)",
    "30100 done ok bytes=400 | call (40100)",
    "30100 live-closed | (32600)",
    "30200 done ok received=90 | apply (32600)",
    "30200 done ok | (32600)",
    "32600 time | connect (60200)",
    "32700 live-closed | (37700)",
    "37700 time | connect (60200)",
    "37800 live-opened | (37900)",
    "37900 time | read 65536/16384 (never)",
    "37900 done ok bytes=400 | call (47900)",
    "38000 done ok received=90 | apply (never)",
    "38000 done ok | (68000)",
    /* After a steady time it counts from the beginning; a call says what is wrong. */
    "99000 live-closed | read 65536/16384 (101500)",
    "99000 done ok bytes=400 | call (101500)",
    "99100 done ok received=90 | apply (101500)",
    "99100 done ok | (101500)",
    "101500 time | connect (129100)",
    "101600 live-opened | (101700)",
    /* Stopped and started again it listens again. */
    "101650 stop | close IDLE (never)",
    "101651 start | read 65536/16384 (never)",
    "101652 live-closed | connect (131652)",
    NULL,
  };

  engine_trace_run (lines);
}

/* Another network: connections that were kept lead nowhere. */
static void
test_network (void)
{
  static const char *const lines[] = {
    "0 start | (never)",
    "0 signed-in token | read 65536/16384 (never)",
    "0 done ok bytes=400 | call (10000)",
    "100 done ok received=90 | apply (never)",
    "100 done ok | connect ONLINE (30100)",
    "110 live-opened | (210)",
    "210 time | read 65536/16384 (never)",
    "210 done ok bytes=400 | call (10210)",
    "300 done ok received=90 | apply (never)",
    "300 done ok | (30300)",
    "1000 network | close (1250)",
    "1010 network | (1250)",
    "1020 live-closed | connect (1250)",
    "1250 time | read 65536/16384 (31020)",
    "1250 done ok bytes=400 | call fresh (11250)",
    /* Once more in the middle of the call: it has a few seconds. */
    "1300 network | close (9250)",
    "9250 time | cancel (11250)",
    "9251 done cancelled | (9501)",
    NULL,
  };

  engine_trace_run (lines);
}

/* A clock that jumps stalls nothing. */
static void
test_clock (void)
{
  static const char *const lines[] = {
    "86400000 start | (never)",
    "86400000 signed-in token | read 65536/16384 (never)",
    "86400000 done ok bytes=400 | call (86410000)",
    "86400100 done failed | OFFLINE (86400600)",
    "0 time | (500)",
    "500 time | read 65536/16384 (never)",
    "500 done ok bytes=400 | call fresh (30500)",
    "9000000000000000000 time | cancel (never)",
    "1000 done cancelled | (2000)",
    "-5 time | (1000)",
    "1000 time | read 65536/16384 (never)",
    NULL,
  };

  engine_trace_run (lines);
}

/* Pages that promise more and bring nothing end in a delay, not in a circle. */
static void
test_idle_pages (void)
{
  PiaoSyncEngine engine;
  PiaoSyncUpdate update;
  PiaoSyncEvent event = { PIAO_SYNC_EVENT_START };
  guint reads = 0;

  piao_sync_engine_init (&engine);
  piao_sync_engine_step (&engine, &event, &update);
  event = (PiaoSyncEvent){ PIAO_SYNC_EVENT_SIGNED_IN, .token = TRUE };
  piao_sync_engine_step (&engine, &event, &update);
  while (update.work != PIAO_SYNC_WORK_NONE)
    {
      reads += update.work == PIAO_SYNC_WORK_READ ? 1 : 0;
      g_assert_cmpuint (reads, <, 20);
      event = (PiaoSyncEvent){ PIAO_SYNC_EVENT_DONE, .serial = update.serial, .more = TRUE };
      piao_sync_engine_step (&engine, &event, &update);
    }
  g_assert_cmpuint (engine.failures, ==, 1);
  g_assert_cmpint (update.wake, <=, PIAO_SYNC_BACK_OFF_MS);
}

/* One answer in twenty that takes more than five seconds makes the line degraded, and fewer do
 * not. (domain 6.4) */
static void
test_slow (void)
{
  PiaoSyncPace pace;

  piao_sync_pace_init (&pace);
  piao_sync_pace_note_latency (&pace, 60000);
  g_assert_false (piao_sync_pace_is_slow (&pace));
  for (guint i = 0; i < 4; i++)
    piao_sync_pace_note_latency (&pace, 100);
  g_assert_true (piao_sync_pace_is_slow (&pace));
  for (guint i = 0; i < 15; i++)
    piao_sync_pace_note_latency (&pace, 100);
  g_assert_false (piao_sync_pace_is_slow (&pace));
  piao_sync_pace_note_latency (&pace, 5001);
  piao_sync_pace_note_latency (&pace, 5001);
  g_assert_true (piao_sync_pace_is_slow (&pace));
}

/* 100,000 of something at 5 a millisecond, at first; then it slows down to a fifth. */
static void
test_progress (void)
{
  PiaoSyncProgress progress;
  gint64 now = 1000, done = 0;

  piao_sync_progress_init (&progress);
  g_assert_cmpint (piao_sync_progress_get_remaining (&progress), ==, -1);
  piao_sync_progress_note_place (&progress, PIAO_SYNC_PHASE_WORKING, 0, 100000, now);
  g_assert_cmpint (piao_sync_progress_get_remaining (&progress), ==, -1);
  for (guint i = 0; i < 5; i++)
    {
      piao_sync_progress_note_place (&progress, PIAO_SYNC_PHASE_WORKING, done += 10000, 100000,
                                     now += 2000);
      piao_sync_progress_note_answer (&progress, 16000, 10000, 2000);
    }
  g_assert_cmpfloat (piao_sync_progress_get_fraction (&progress), ==, 0.5);
  g_assert_cmpint (piao_sync_progress_get_remaining (&progress), ==, 10000);
  g_assert_cmpfloat_with_epsilon (progress.rate, 8000, 1);
  g_assert_cmpint (progress.rows, ==, 50000);
  g_assert_cmpint (progress.bytes, ==, 80000);
  for (guint i = 0; i < 20; i++)
    piao_sync_progress_note_place (&progress, PIAO_SYNC_PHASE_WORKING, done += 2000, 100000,
                                   now += 2000);
  g_assert_cmpint (piao_sync_progress_get_remaining (&progress), >, 7000);
  /* An answer too short to say how quick the line is. */
  piao_sync_progress_note_answer (&progress, 200, 0, 600);
  g_assert_cmpfloat_with_epsilon (progress.rate, 8000, 1);
  /* The next part is measured anew. */
  piao_sync_progress_note_place (&progress, PIAO_SYNC_PHASE_HISTORY, 5, 1000, now += 2000);
  g_assert_cmpint (piao_sync_progress_get_remaining (&progress), ==, -1);
  piao_sync_progress_note_place (&progress, PIAO_SYNC_PHASE_COMPLETE, 1000, 1000, now);
  g_assert_cmpfloat (piao_sync_progress_get_fraction (&progress), ==, 1);
  g_assert_cmpint (piao_sync_progress_get_remaining (&progress), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/engine/round", test_round);
  g_test_add_func ("/sync/engine/verdicts-alone", test_verdicts_alone);
  g_test_add_func ("/sync/engine/back-off", test_back_off);
  g_test_add_func ("/sync/engine/ahead", test_ahead);
  g_test_add_func ("/sync/engine/ahead/of-nothing", test_ahead_of_nothing);
  g_test_add_func ("/sync/engine/ahead/given-up", test_ahead_given_up);
  g_test_add_func ("/sync/engine/hold", test_hold);
  g_test_add_func ("/sync/engine/sessions", test_sessions);
  g_test_add_func ("/sync/engine/revoked", test_revoked);
  g_test_add_func ("/sync/engine/problem", test_problem);
  g_test_add_func ("/sync/engine/much-waits", test_much_waits);
  g_test_add_func ("/sync/engine/stall", test_stall);
  g_test_add_func ("/sync/engine/sizes", test_sizes);
  g_test_add_func ("/sync/engine/live", test_live);
  g_test_add_func ("/sync/engine/network", test_network);
  g_test_add_func ("/sync/engine/clock", test_clock);
  g_test_add_func ("/sync/engine/idle-pages", test_idle_pages);
  g_test_add_func ("/sync/engine/slow", test_slow);
  g_test_add_func ("/sync/engine/progress", test_progress);
  return g_test_run ();
}
