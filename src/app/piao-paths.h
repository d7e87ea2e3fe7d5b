/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Where the program's own files are: in the build folder when it is run from there, where they
 * were installed otherwise. All returned texts are transfer full.
 */
char *piao_paths_dup_sound_dir (void);
char *piao_paths_dup_icon_dir (void);

/* The help page @name in @language ("C", "zh_CN"); it may not be there. */
char *piao_paths_dup_help_file (const char *language, const char *name);

/* One of our other programs: "piaoku-server", "piaoku-ilms-sandbox", "piaokuctl". */
char *piao_paths_dup_program (const char *name);

/* The settings of this program for this user. Transfer full. */
GSettings *piao_paths_new_settings (void);

G_END_DECLS
