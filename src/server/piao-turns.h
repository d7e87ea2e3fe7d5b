/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * PiaoTurns: in which order those who listen are told of news. Those who see the same lanes are a
 * group: its members are told one behind the other, and of the same seq, so that they stand
 * together and ask the same (sync/piao-pages.h). What is new while a group is told is told when its
 * turn comes again; nobody's last news is ever left out. Pure; one thread.
 */
typedef struct _PiaoTurns PiaoTurns;
typedef struct _PiaoTurnsGroup PiaoTurnsGroup;

/* Of one who listens; embedded by the caller, all 0 before it joins. */
typedef struct
{
  PiaoTurnsGroup *group; /* borrowed; NULL: it has not joined */
  gint64 told;           /* the newest seq that it was told of */
} PiaoTurn;

PiaoTurns *piao_turns_new (void);
void piao_turns_free (PiaoTurns *self); /* once all have left */

/* Hears from now on of the lanes that @access sees. Joining again with other lanes loses no news
 * that it was not told of. */
void piao_turns_join (PiaoTurns *self, PiaoTurn *turn, const PiaoAccess *access);
void piao_turns_leave (PiaoTurns *self, PiaoTurn *turn);

/* There is news in @lanes (of gint64) up to @seq. */
void piao_turns_note (PiaoTurns *self, const GArray *lanes, gint64 seq);

/* The next to be told that @lane is at @seq; it counts as told. NULL when all have been told. */
PiaoTurn *piao_turns_take (PiaoTurns *self, gint64 *lane, gint64 *seq);

/* Whether somebody is still to be told. */
gboolean piao_turns_are_waiting (const PiaoTurns *self);

/* Whether this one is. */
gboolean piao_turn_is_waiting (const PiaoTurn *turn);

G_END_DECLS
