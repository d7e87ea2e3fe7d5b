/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-sync.h"
#include "tests/lib/piao-fixture.h"

G_BEGIN_DECLS

/*
 * A real piaoku-server as a process of its own over the fixture's world, and desktops that keep in
 * step with it over loopback. The programs are named by PIAOKU_SERVER and PIAOKU_SEED.
 */
#define DRIVER_LIMIT_S 60

/* Iterates the main context until @condition, and not longer than @seconds. */
#define await_within(seconds, condition)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean over = FALSE;                                                                         \
    guint source = driver_limit (seconds, &over);                                                  \
                                                                                                   \
    while (!(condition) && !over)                                                                  \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (source);                                                                      \
    if (over)                                                                                      \
      g_error ("%s: not within %d s", #condition, seconds);                                        \
  }                                                                                                \
  G_STMT_END
#define await(condition) await_within (DRIVER_LIMIT_S, condition)

guint driver_limit (guint seconds, gboolean *over);

typedef struct
{
  char *folder;
  char *database;
  GSubprocess *process; /* NULL while it is down */
  guint port;
  char *url;
} DriverServer;

DriverServer *driver_server_new (void);
/* The same over demo data with so many orders, made by the program that PIAOKUCTL names. */
DriverServer *driver_server_new_demo (guint orders);
void driver_server_start (DriverServer *self);
void driver_server_kill (DriverServer *self);
void driver_server_free (DriverServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DriverServer, driver_server_free)

/* Opens its database, as an operator would: free with piao_db_free(). */
PiaoDb *driver_server_open (DriverServer *self);

typedef struct
{
  char *folder;
  PiaoRegistry *registry;
  PiaoClock *clock;
  PiaoReplica *replica;
  PiaoSync *sync;
} DriverDesktop;

/* @clock (which may be NULL for the system's) is taken. */
DriverDesktop *driver_desktop_new (const char *url, PiaoClock *clock);
void driver_desktop_free (DriverDesktop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DriverDesktop, driver_desktop_free)

/* Signs in: the user, or 0 with @error. */
gint64 driver_sign_in (PiaoSync *sync, const char *name, const char *password, GError **error);

/* Signs in with the password of the fixture's worlds, starts, and waits until all is here. */
void driver_go_online (DriverDesktop *self, const char *name, gint64 user);

/* A telephone order, which must apply here. */
void driver_submit (DriverDesktop *self);

/* How many orders are here. */
gint64 driver_orders (DriverDesktop *self);

/* One number of the replica, and local work on its writer that must succeed. */
gint64 driver_int (DriverDesktop *self, const PiaoStatement *statement);
void driver_exec (DriverDesktop *self, const PiaoStatement *statement);

G_END_DECLS
