/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * When the file of a replica is damaged: a fresh one takes its place, with the identity of this
 * computer and every command that could still be read; the rows come from the centre again, and the
 * commands go on top of them and up under their own ids and numbers.
 *
 *   PATH.damaged-TIME[-wal]     the damaged file, set aside, never deleted
 *   PATH.outbox-TIME.jsonl      what could be read of the outbox, see piao-outbox-file.h
 *   PATH.fresh                  the new file until it is complete
 *   PATH.is-damaged             says that damage was found while the program ran
 *
 * A crash in the middle is taken up at the next start: PATH.fresh is complete when PATH is gone.
 */

/* The state of a replica that was rescued says so to the centre, which then sends all again. */
#define PIAO_RESCUE_EPOCH "rescued"

/* Takes up what a crash interrupted; call it before the file is opened. */
gboolean piao_rescue_finish (const char *path, GError **error);

/* Damage was found while the file is open: the next start begins with a rescue. */
void piao_rescue_note_damage (const char *path);
gboolean piao_rescue_is_noted (const char *path);

/* Rescues the file at @path, which nobody has open. A sentence for a person says what was kept and
 * where, and what is missing. Transfer full; NULL with @error when the disk does not let it: then
 * nothing was changed, or piao_rescue_finish() goes on. */
char *piao_rescue_run (const char *path, gint64 now, GError **error);

/* Gives numbers that nobody has any more to commands that do nothing ("outbox.lost"), so that those
 * behind them can go up: the centre takes a computer's commands without a gap. @expected is the
 * number that the centre wants next. @changed (optional) says whether there was a gap. In the
 * caller's transaction on the writer. */
gboolean piao_outbox_close_gaps (PiaoDb *db, gint64 expected, gboolean *changed, GError **error);

/* The command that stands for a lost one: it changes nothing and is kept in the log. */
extern const PiaoCommand piao_outbox_lost_command;

G_END_DECLS
