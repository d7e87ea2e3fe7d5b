/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Traces of the sync engine, one line an event. On the left of the bar are the time in ms, the
 * event and its figures; on the right what the engine hands back. Chance is always 0 here, so that
 * every delay is its shortest. @lines ends with NULL.
 */
void engine_trace_run (const char *const *lines);

G_END_DECLS
