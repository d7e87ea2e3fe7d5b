/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * nginx before a server, with the sample of data/server and certificates of an authority of its own
 * (tests/lib/make-certificates). Ends the test when it does not start.
 */
typedef struct _Proxy Proxy;

Proxy *proxy_new (guint server_port);
void proxy_free (Proxy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Proxy, proxy_free)

/* Shows the certificate @name from now on. The address stays. */
void proxy_show (Proxy *self, const char *name);

/* https://localhost:… */
const char *proxy_get_url (Proxy *self);

/* The file @name of its folder. Transfer full. */
char *proxy_get_path (Proxy *self, const char *name);

/* How many requests have arrived, whatever came of them; live sockets count when they end. */
guint proxy_count_requests (Proxy *self);

G_END_DECLS
