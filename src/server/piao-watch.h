/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * PiaoWatch: where the main loop waits for many connections at once. GLib asks every source of a
 * loop in every turn, sockets twice, and hands all their descriptors to poll(): a thousand
 * connections at rest cost more than the few that speak. Here they rest in an epoll set, which is
 * one descriptor for the loop, and a source that waits is asked for one flag. Main thread.
 */
typedef struct _PiaoWatch PiaoWatch;

/* Its sources are of @context (NULL: the default one). */
PiaoWatch *piao_watch_new (GMainContext *context);
PiaoWatch *piao_watch_ref (PiaoWatch *self);
void piao_watch_unref (PiaoWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoWatch, piao_watch_unref)

/* A source with a GPollableSourceFunc that is called with @stream (referenced) when there is
 * something to be read from @socket, or it has ended. NULL when somebody waits for it already.
 * Transfer full. */
GSource *piao_watch_create_source (PiaoWatch *self, GObject *stream, GSocket *socket);

/* Before @socket is closed: whoever waits for it waits in vain. */
void piao_watch_forget (PiaoWatch *self, GSocket *socket);

G_END_DECLS
