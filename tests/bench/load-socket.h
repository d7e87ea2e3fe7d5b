/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Sockets of the load generator: a thousand of them on one epoll, so that what makes the load takes
 * little of the machine it shares with the server. One thread.
 */
typedef struct _LoadSocket LoadSocket;

/* Bytes have arrived: takes what it can use of the front of @in and returns how many that were. */
typedef gsize (*LoadSocketFunc) (const guint8 *in, gsize size, gpointer data);

/* Connects to @port of 127.0.0.1. Ends the program on failure, and when the other side closes. */
LoadSocket *load_socket_new (int epoll, guint port, LoadSocketFunc func, gpointer data);
void load_socket_free (LoadSocket *self);

/* Sends @size bytes, now or as soon as there is room. */
void load_socket_send (LoadSocket *self, gconstpointer bytes, gsize size);

/* Waits at most @ms for sockets of @epoll and does what is to be done for them. */
void load_socket_dispatch (int epoll, int ms);

G_END_DECLS
