/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A line between desktops and a server on this machine that is as bad as a test wants: slow, far,
 * cut after so many bytes, dead, or with a sign-in page in the way. On the default main context.
 * All connections share its rate, each packet takes the delay, and a new connection costs a round
 * trip before its first byte, as on a real line; what packets themselves need is not counted.
 */
typedef struct _BadLine BadLine;

BadLine *bad_line_new (guint server_port);
void bad_line_free (BadLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BadLine, bad_line_free)

/* Where the desktop is to go: "http://127.0.0.1:…". Borrowed. */
const char *bad_line_get_url (BadLine *self);

/* Bytes per second each way, and ms each way; 0: as quick as it goes. What is under way keeps the
 * time it was to arrive at. */
void bad_line_set_rate (BadLine *self, guint rate, guint delay);

/* The next @times connections are cut after so many bytes up or down (0: not by that). */
void bad_line_cut (BadLine *self, guint times, guint after_up, guint after_down);

/* … each at a byte of its own, drawn from @seed: the first to the @most-th, up or down. */
void bad_line_cut_by_chance (BadLine *self, guint times, guint32 seed, guint most);

/* Everything is cut now, and stays so until it is mended. */
void bad_line_break (BadLine *self);
void bad_line_mend (BadLine *self);

/* @answer is what every connection gets instead of the server (with headers), until NULL. */
void bad_line_set_portal (BadLine *self, const char *answer);

guint64 bad_line_get_up (BadLine *self);   /* bytes from desktops so far */
guint64 bad_line_get_down (BadLine *self); /* bytes to them */
guint bad_line_get_cuts (BadLine *self);
guint bad_line_get_connections (BadLine *self); /* so far */

G_END_DECLS
