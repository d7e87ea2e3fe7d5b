/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/*
 * Every planted bug, by name and what it breaks. A name that is not here does not compile where it
 * is planted; one that is planted nowhere, or twice, fails the test "planted" (tests/sim).
 */
#define PIAO_MUTANT_LIST(X)                                                                        \
  X (lost_undo, "rebase takes the newest pending command back and forgets the others")             \
  X (own_append, "a command is committed before it is appended to the outbox")                     \
  X (relaxed_commit, "commits are not forced to the disk: synchronous=NORMAL instead of FULL")     \
  X (accepted_let_go, "an accepted command is not kept applied until its rows arrive")             \
  X (refused_swallowed, "a refused command leaves no item for a person")                           \
  X (two_calls, "the sync engine begins a round while another is under way")                       \
  X (hold_ignored, "the desktop talks to the centre although it is kept offline")                  \
  X (endless_back_off, "after nine failures in a row the centre is never asked again")
