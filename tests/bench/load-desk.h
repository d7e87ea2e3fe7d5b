/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"
#include "tests/bench/load-world.h"

G_BEGIN_DECLS

/*
 * A desktop as the server sees it: one kept connection for POST /v1/sync, one live socket, rounds
 * after a command, after a hint and every half minute (sync/piao-sync-engine.h), frames decoded and
 * cursors moved along. It has no database.
 */
typedef struct _LoadDesk LoadDesk;

/* What is counted over all desktops. Times are of the monotonic clock in µs. */
typedef struct
{
  GArray *pushes; /* of double: ms from a command's making to its verdict; NULL: not wanted */
  guint64 decided;
  guint64 rounds;
  guint64 hints;
  guint64 rows;  /* estimated */
  guint64 bytes; /* of answers */
  guint listening;
} LoadCounts;

/* All is borrowed; @nothing is a registry without kinds. */
LoadDesk *load_desk_new (PiaoRegistry *registry,
                         PiaoRegistry *nothing,
                         LoadPerson *person,
                         LoadCounts *counts);
void load_desk_free (LoadDesk *self);

/* Connects to the server at @port, and opens a live socket when it is to be @live. */
void load_desk_connect (LoadDesk *self, int epoll, guint port, gboolean live);
void load_desk_disconnect (LoadDesk *self);

/* A person takes an order at @at, which is not later than now. */
void load_desk_order (LoadDesk *self, gint64 at);

/* Whether nothing is under way or waiting. */
gboolean load_desk_is_idle (LoadDesk *self);

/* Begins what is due; returns when to be called again at the latest. */
gint64 load_desk_step (LoadDesk *self, gint64 now);

G_END_DECLS
