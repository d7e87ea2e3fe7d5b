/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "server/piao-watch.h"

G_BEGIN_DECLS

/*
 * PiaoRoom: a main context of its own for some of the connections. GLib goes through every source
 * of a context in every turn of its loop. With five hundred desktops, each with a connection, a
 * live socket and the timer of that, half of the main thread's time went into asking those at rest.
 * The main loop has one source for each room, and goes through a room only when something in it is
 * ready or due. Main thread.
 */
typedef struct _PiaoRoom PiaoRoom;

/* A room of the default main context. */
PiaoRoom *piao_room_new (void);
PiaoRoom *piao_room_ref (PiaoRoom *self);
void piao_room_unref (PiaoRoom *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRoom, piao_room_unref)

/* Where its connections rest. Borrowed. */
PiaoWatch *piao_room_get_watch (PiaoRoom *self);

/* Between these, and while its sources are dispatched, what is made for the thread's default main
 * context belongs to the room. */
void piao_room_enter (PiaoRoom *self);
void piao_room_leave (PiaoRoom *self);

G_END_DECLS
