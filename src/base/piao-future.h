/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

G_BEGIN_DECLS

/*
 * Small helpers over libdex. A future is disowned only through piao_future_disown(), so that a
 * failure nobody waits for still reaches the log with what was being done.
 */

/* Lets @future (taken) run on; a failure is logged as "@doing: sentence". */
void piao_future_disown (DexFuture *future, const char *doing);

/* The data and its destroyer for a callback that must not keep @object (a GObject, or NULL) alive
 * while it waits: a GWeakRef. */
gpointer piao_future_weak_new (gpointer object);
void piao_future_weak_free (gpointer weak);

/* A future already rejected with a PiaoError. Transfer full. */
DexFuture *piao_future_new_error (int code, const char *reason, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Iterates the default main context until @future (borrowed) is decided; for tests and command
 * line tools, never for the app. The value is borrowed from the future; NULL sets @error. */
const GValue *piao_future_wait (DexFuture *future, GError **error);

G_END_DECLS
