/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/desk/piao-desk.h"
#include "app/practice/piao-practice.h"
#include "app/shell/piao-window.h"

G_BEGIN_DECLS

/*
 * PiaoStart: from an empty window to work. In practice it makes the workspace, starts its processes
 * and signs the practising clerk in; otherwise it opens the replica of this computer and asks who
 * is there. Afterwards it holds the desk and serves the practice menu of the window:
 * win.practice-cut (s "centre", "ilms", "both", "none").
 */
#define PIAO_TYPE_START (piao_start_get_type ())
G_DECLARE_FINAL_TYPE (PiaoStart, piao_start, PIAO, START, GObject)

/* Begins at once. @folder may be NULL for the usual place; @reset empties a practice workspace. */
PiaoStart *piao_start_new (PiaoWindow *window, const char *folder, gboolean reset);

/* NULL until it is open. Borrowed. */
PiaoDesk *piao_start_get_desk (PiaoStart *self);
PiaoPractice *piao_start_get_practice (PiaoStart *self); /* NULL outside practice */

/* Says what became of a damaged file: what was kept, where it lies, what is missing. */
AdwDialog *piao_start_rescue_dialog_new (const char *sentence);

/* Ends the line, the jobs and the processes. Blocks shortly. */
void piao_start_close (PiaoStart *self);

G_END_DECLS
