/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/delivery/piao-sla.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How values are written on screens (domain.md 5.4). All transfer full unless said otherwise. */

/* "3 h 12 min left", "2 h 05 min late". */
char *piao_format_due (gint64 now, gint64 due_at);

/* "11-23 14:05" this year, "2025-11-23 14:05" otherwise; "—" for 0. */
char *piao_format_time (gint64 at, gint64 now);

/* Whole yuan without decimals when they are zero: "12,500", "12,500.50". */
char *piao_format_yuan (gint64 fen);

/* "about 3 min left" of a wait of @remaining ms. */
char *piao_format_remaining (gint64 remaining);

/* "12,345 rows · 56 kB/s · about 3 min left" of a long fetch: @rate in bytes per second (0
 * unknown),
 * @remaining in ms (-1 unknown); what is unknown is left out. */
char *piao_format_fetch (gint64 rows, double rate, gint64 remaining);

/* "By telephone" …; borrowed. */
const char *piao_format_source (const char *source);

/* What a hold reason or a word of an abnormal case says to a person; the word itself when it is
 * unknown. Borrowed. */
const char *piao_format_reason (const char *reason);

/* What a command does: "Confirm an order"; the name itself when it is unknown. Borrowed. */
const char *piao_format_command (const char *command);

/* What happened on the timeline, borrowed. */
const char *piao_format_event (const char *event);

/* What became of a pack, and where it is; borrowed. */
const char *piao_format_movement (const char *event);
const char *piao_format_pack_state (const char *state);

/* The class of the text of an order's clock: due-late, due-soon or NULL (DLV-05). Static. */
const char *piao_format_due_class (PiaoDueState state);

/* Gives the text on @widget that class. */
void piao_format_tint_due (GtkWidget *widget, PiaoDueState state);

/* The class of the pill of an order state: accent, success, warning, error or NULL. Borrowed. */
const char *piao_format_state_class (const char *state);

/* Dresses @label as a pill of that order state. */
void piao_format_state_pill (GtkLabel *label, const char *state);

G_END_DECLS
