/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-id.h"
#include "store/piao-rebase.h"
#include "tests/store/shelf.h"

G_BEGIN_DECLS

/* A desktop and the server, without threads and wire. */
typedef struct
{
  PiaoRegistry *registry;
  PiaoDb *desktop;
  PiaoDb *server;
  PiaoIdSource ids;     /* of the desktop */
  PiaoIdSource foreign; /* of another desktop */
  gint64 seq;           /* of the server */
  gint64 cursor;        /* how far the desktop's rows have come */
  gint64 upto;          /* how far they come now */
} World;

void world_set_up (World *world, gconstpointer data);
void world_tear_down (World *world, gconstpointer data);

/* A command of the desktop: its id, or 0 when it is refused. @args is taken. */
gint64 world_run (World *world, const char *name, JsonObject *args);

/* One that the server carries out: its seq, or 0 with @error when it is refused. */
gint64
world_run_there (World *world, gint64 command, const char *name, JsonObject *args, GError **error);

/* One of another desktop: its id, or 0 when the server refuses it. @args is taken. */
gint64 world_run_elsewhere (World *world, const char *name, JsonObject *args);

/* Sends at most @limit entries and notes the verdicts. */
void world_push (World *world, guint limit);

/* Fetches the rows up to @upto, and says that the server stands there. */
void world_pull (World *world, gint64 upto);
gboolean world_apply_rows (PiaoDb *db, gpointer data, GError **error);

/* The same, where the server stands at its newest, row by row if that is the way. Returns whether
 * it was. */
gboolean world_pull_rows (World *world, gint64 upto);

void world_assert_state (World *world, gint64 command, const char *expected);
void world_assert_equal (World *world);
gint64 world_count (PiaoDb *db, const PiaoStatement *statement);

G_END_DECLS
