/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a server process tells the others with a commit: "name seq access lane lane …", access 0 or
 * 1. With "*" for the lanes when they are too many for one notice. Pure, any thread.
 */
#define PIAO_NOTICE_CHANNEL "piaoku_commit"

/* The name of what an operator does past the servers. */
#define PIAO_NOTICE_BY_HAND "piaokuctl"

/* @lanes of gint64. Transfer full. */
char *piao_notice_to_text (const char *name, GArray *lanes, gint64 seq, gboolean access_changed);

/* FALSE when it is none. @name and @lanes (NULL for "*") are transfer full. */
gboolean piao_notice_from_text (
    const char *text, char **name, GArray **lanes, gint64 *seq, gboolean *access_changed);

G_END_DECLS
