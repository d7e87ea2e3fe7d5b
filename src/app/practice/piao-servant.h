/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

G_BEGIN_DECLS

/*
 * PiaoServant: a program of ours that runs beside this one and ends with it, even when this one is
 * killed. Its first line on the standard output says in JSON where it listens; what it complains
 * of goes to a log file. Main thread only.
 */
#define PIAO_TYPE_SERVANT (piao_servant_get_type ())
G_DECLARE_FINAL_TYPE (PiaoServant, piao_servant, PIAO, SERVANT, GObject)

/* @name of the program, which stands in the build folder or beside this program. */
PiaoServant *piao_servant_new (const char *name, const char *log_path);

/* Starts it with @args. Resolves to its first line; rejects when it ends before. */
DexFuture *piao_servant_start (PiaoServant *self, const char *const *args);

/* The next line, or a rejection with servant.ended when it ends (at once when it has). */
DexFuture *piao_servant_read_line (PiaoServant *self);

/* Asks it to end. Resolves to TRUE when it has; also when it did not run. */
DexFuture *piao_servant_stop (PiaoServant *self);

/* The same without asking or waiting. */
void piao_servant_kill (PiaoServant *self);

/* Resolves to TRUE when it ended by itself and well, rejects with its complaint otherwise. */
DexFuture *piao_servant_wait (PiaoServant *self);

gboolean piao_servant_is_running (PiaoServant *self);

G_END_DECLS
