/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The files that lie beside a replica and are no databases, and the moves of those that are
 * (piao-rescue.h): what a power cut may not undo is on the disk when a function returns TRUE. All
 * of the store's calls on files but SQLite's own go through here, so that the crash tests can put a
 * disk that loses its power in the place of the real one. Any thread.
 */

gboolean piao_file_exists (const char *path);

/* Bytes of a regular file; -1 when there is none at @path. */
gint64 piao_file_get_size (const char *path);

/* Whether another program has the SQLite database at @path open, as long as that is in WAL mode.
 * This one must not: its own locks would go. */
gboolean piao_file_is_in_use (const char *path);

/* All of it, mapped: it must not change while it is read. NULL with G_FILE_ERROR. Transfer full. */
GBytes *piao_file_read (const char *path, GError **error);

/* Puts a file that only its owner may read there, whole or not at all. FALSE with G_FILE_ERROR. */
gboolean piao_file_write (const char *path, GBytes *content, GError **error);

/* Gives a file another name in its folder, in place of one that has it. */
gboolean piao_file_rename (const char *from, const char *to);

/* Removes it if it is there. */
gboolean piao_file_remove (const char *path);

G_END_DECLS
