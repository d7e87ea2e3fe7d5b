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
  X (crc_not_checked, "the checksum of a frame is not looked at")                                  \
  X (cursor_alone, "cursors are committed before the rows that they stand for")                    \
  X (naive_cursor, "a cursor moves to the head whatever the answer brought")                       \
  X (page_skipped, "a page asked for ahead is applied although the one before could not be")       \
  X (lane_kept, "the rows of a lane stay although its grant is gone")                              \
  X (cut_seq, "a page of changes ends in the middle of a command")                                 \
  X (working_set_cut, "the first page of a working set counts as all of it")                       \
  X (history_skipped, "the first page of the history counts as all of it")                         \
  X (skipped_gone, "a row that leaves a lane is not reported gone there")                          \
  X (grants_ignored, "the server hands out lanes that the user may not see")                       \
  X (epoch_ignored, "a restored server is taken for the one before")                               \
  X (no_idempotency, "a command that was decided is decided again")                                \
  X (verdict_not_stored, "the log says accepted of every command")                                 \
  X (chain_broken, "an entry of the log is not chained to the one before")                         \
  X (skew_ignored, "deadlines follow the clock of the device")                                     \
  X (lease_ignored, "two people pick one order")                                                   \
  X (pack_twice, "a pack that is reserved can be scanned for another order")                       \
  X (stock_left, "the stock does not move with a pack that is put back")                           \
  X (label_early, "an order that is held for ILMS already gets its parcel and label")              \
  X (blind_resend, "a request is sent again after a time-out without asking")                      \
  X (fresh_number, "a request gets another number with each try")                                  \
  X (stop_ignored, "sending goes on although ILMS has said stop")                                  \
  X (sent_unsaved, "a request leaves before it is noted that it may have")                         \
  X (recover_blindly, "after a restart a request that may have left is sent again")                \
  X (restored_blindly, "a restored server sends without asking what it may have sent before")      \
  X (two_calls, "the sync engine begins a round while another is under way")                       \
  X (hold_ignored, "the desktop talks to the centre although it is kept offline")                  \
  X (digest_kept_on_gone, "a row that leaves a replica stays in its digest")                       \
  X (endless_back_off, "after nine failures in a row the centre is never asked again")             \
  X (same_believed, "what is kept counts as the answer although the centre says it is another")    \
  X (let_go_in_place, "rows arrive on top of what accepted commands have made of them")            \
  X (let_go_half, "what accepted commands have changed and the server has not stays")              \
  X (repair_on_top, "a repair does not take the waiting commands off before it writes")            \
  X (rows_counted, "digests count as the same when the number of rows is")

/*
 * Those that show only when the power fails at one certain call: ./dev crash --mutants finds them,
 * and tests/crash/planted says in which of its tests, those above that it finds too.
 */
#define PIAO_CRASH_MUTANT_LIST(X)                                                                  \
  X (early_beep, "a command is called saved although its commit has failed")                       \
  X (undo_later, "the inverse of a command is committed after the command")                        \
  X (schema_early, "the number of a schema is committed before its tables")                        \
  X (doom_ignored, "what follows a failure of the disk is committed without what went before")     \
  X (verdict_early, "a verdict is answered although its commit has failed")                        \
  X (index_early, "an index that was put off counts as made before it is")                         \
  X (fresh_unsettled, "a rescued replica takes its place although its log could not be moved")
