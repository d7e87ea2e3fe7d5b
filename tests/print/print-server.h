/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A network printer on the loopback: takes one connection after the other, each in full. */
typedef struct _PrintServer PrintServer;

typedef enum
{
  PRINT_SERVER_READS,  /* reads to the end, then closes */
  PRINT_SERVER_HANGS,  /* accepts and reads nothing */
  PRINT_SERVER_BREAKS, /* reads a little, then resets the connection */
} PrintServerMood;

/* @port 0 takes a free one. */
PrintServer *print_server_new (PrintServerMood mood, guint16 port);
guint16 print_server_get_port (PrintServer *self);

/* What the next connection brought, in order; fails the test when none comes in time. Iterates the
 * default main context meanwhile. Transfer full. */
GBytes *print_server_await (PrintServer *self);

/* How many more connections were read to their end. */
guint print_server_count (PrintServer *self);

/* Switched off: the port is closed. */
void print_server_free (PrintServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrintServer, print_server_free)

/* A free port on which nothing listens. */
guint16 print_server_find_port (void);

G_END_DECLS
