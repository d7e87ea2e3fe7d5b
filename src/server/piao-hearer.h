/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "server/piao-executor.h"

G_BEGIN_DECLS

/*
 * PiaoHearer: hears what other processes have committed to the same database and lets the executor
 * announce it here (piao_executor_hear()): at once by a notice on PostgreSQL, by looking every two
 * seconds on SQLite; the same when an operator has struck a computer off. A thread and a connection
 * of its own.
 */
#define PIAO_TYPE_HEARER (piao_hearer_get_type ())
G_DECLARE_FINAL_TYPE (PiaoHearer, piao_hearer, PIAO, HEARER, GObject)

/* @executor is borrowed: it outlives this. Starts at once; connects and blocks. */
PiaoHearer *piao_hearer_new (const char *address, PiaoExecutor *executor, GError **error);

/* Joins the thread. Blocks for a moment. */
void piao_hearer_close (PiaoHearer *self);

G_END_DECLS
