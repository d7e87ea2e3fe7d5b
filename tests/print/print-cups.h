/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A private CUPS in a folder of its own, reached through a Unix socket. */
typedef struct _PrintCups PrintCups;

/* Points the CUPS library of this process at the folder where the private service will be; before
 * any thread. */
void print_cups_init (void);

/* Starts it with one raw queue to 127.0.0.1:@port and waits until it answers. */
PrintCups *print_cups_new (const char *queue, guint16 port);
void print_cups_free (PrintCups *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrintCups, print_cups_free)

G_END_DECLS
