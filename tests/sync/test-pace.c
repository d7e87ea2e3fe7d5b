/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How much is asked for at a time, as far as the memory is concerned. */

#include "sync/piao-sync-pace.h"

#define MIB ((gsize)1024 * 1024)

static void
test_memory (void)
{
  PiaoSyncPace pace;

  piao_sync_pace_init (&pace);
  /* A quick line and a quick disk: as much as there may be. */
  for (int i = 0; i < 10; i++)
    piao_sync_pace_note_full_answer (&pace, 1, 1);
  g_assert_cmpuint (pace.answer, ==, PIAO_SYNC_LARGEST_ANSWER);
  /* Four times as much in memory as is good: a quarter from now on, however quick all is. */
  piao_sync_pace_note_unpacked (&pace, MIB, 4 * PIAO_SYNC_LARGEST_UNPACKED);
  g_assert_cmpuint (pace.answer, ==, MIB / 4);
  for (int i = 0; i < 10; i++)
    piao_sync_pace_note_full_answer (&pace, 1, 1);
  g_assert_cmpuint (pace.answer, ==, MIB / 4);
  /* Rows that take less come in greater numbers again. */
  piao_sync_pace_note_unpacked (&pace, MIB / 4, PIAO_SYNC_LARGEST_UNPACKED / 2);
  piao_sync_pace_note_full_answer (&pace, 1, 1);
  g_assert_cmpuint (pace.answer, ==, MIB / 2);
}

static void
test_limits (void)
{
  PiaoSyncPace pace;

  piao_sync_pace_init (&pace);
  piao_sync_pace_note_unpacked (&pace, PIAO_SYNC_FIRST_ANSWER, 1000 * MIB);
  g_assert_cmpuint (pace.answer, ==, PIAO_SYNC_MIN_ANSWER);
  piao_sync_pace_note_unpacked (&pace, PIAO_SYNC_MIN_ANSWER, 1);
  for (int i = 0; i < 10; i++)
    piao_sync_pace_note_full_answer (&pace, 1, 1);
  g_assert_cmpuint (pace.answer, ==, PIAO_SYNC_LARGEST_ANSWER);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pace/memory", test_memory);
  g_test_add_func ("/pace/limits", test_limits);
  return g_test_run ();
}
