/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "store/piao-storage.h"

G_BEGIN_DECLS

/*
 * PiaoLinks: the truth about the lines to the centre and to ILMS and about the printer, in one
 * line for the foot of the sidebar and in one sentence for the banner. (ui.md,
 * domain.md 4.12, 6.4) A view model: no widget, no clock; tested without a display.
 */
typedef enum
{
  PIAO_LINK_UNKNOWN,    /* not tried yet */
  PIAO_LINK_ONLINE,     /* answers */
  PIAO_LINK_DEGRADED,   /* slow or failing now and then */
  PIAO_LINK_OFFLINE,    /* no success for a while */
  PIAO_LINK_RECOVERING, /* answers again, what waited is being sent */
} PiaoLinkState;

#define PIAO_TYPE_LINKS (piao_links_get_type ())
G_DECLARE_FINAL_TYPE (PiaoLinks, piao_links, PIAO, LINKS, GObject)

PiaoLinks *piao_links_new (void);

/* @since: when that state began, ms UTC. Signal "changed" (no arguments) follows when it differs.
 */
void piao_links_set_centre (PiaoLinks *self, PiaoLinkState state, gint64 since);
void piao_links_set_ilms (PiaoLinks *self, PiaoLinkState state, gint64 since);
/* What a person must put right before ILMS can be asked, or NULL. */
void piao_links_set_ilms_problem (PiaoLinks *self, const char *problem);
void piao_links_set_synced (PiaoLinks *self, gint64 at);
/* Commands not yet decided by the centre, and when the oldest was made. */
void piao_links_set_waiting (PiaoLinks *self, guint commands, gint64 oldest);
/* Whether this computer can save, and the folder in which it does. (B.10) */
void
piao_links_set_storage (PiaoLinks *self, PiaoStorage storage, gint64 since, const char *folder);
void piao_links_set_printing (PiaoLinks *self, gboolean ready, guint waiting);
/* While an order is open on the counter, no banner comes or goes: but that of a disk that takes
 * nothing, because then no scan counts. */
void piao_links_set_busy (PiaoLinks *self, gboolean busy);
gboolean piao_links_get_busy (PiaoLinks *self);

PiaoLinkState piao_links_get_centre (PiaoLinks *self);
PiaoLinkState piao_links_get_ilms (PiaoLinks *self);

/* "Centre synced 09:41 · ILMS ok · 2 labels wait". Transfer full. */
char *piao_links_dup_line (PiaoLinks *self);

/* What the banner says, or NULL when no line is down and the disk takes what is written: since
 * when, what works, what waits. Borrowed. */
const char *piao_links_get_banner (PiaoLinks *self);

/* Whether a confirmation would reach ILMS now: over the centre, or past it when @direct. While what
 * waited is being sent it would not: first in, first out. */
gboolean piao_links_can_confirm (PiaoLinks *self, gboolean direct);

/* How far the replica is: the number of the last change it holds, whether that is all the centre
 * has, and why the last round failed (NULL after a success). */
void piao_links_set_proof (PiaoLinks *self, gint64 seq, gboolean complete, const char *problem);

/* How far a long fetch is: @percent of what is on its way (-1 for none), @working when the daily
 * work waits for it, @remaining ms (-1 unknown). */
void piao_links_set_fetch (PiaoLinks *self, int percent, gboolean working, gint64 remaining);
int piao_links_get_fetch (PiaoLinks *self); /* percent or -1 */

/* When both were last found to hold the same (ms UTC, 0 never), and whether they differ now. */
void piao_links_set_proven (PiaoLinks *self, gint64 at, gboolean differs);

/* What is known of each line, for the sync centre. Transfer full. */
char *piao_links_dup_centre_story (PiaoLinks *self);
char *piao_links_dup_ilms_story (PiaoLinks *self);
char *piao_links_dup_printer_story (PiaoLinks *self);
gboolean piao_links_is_printer_ready (PiaoLinks *self);

/* The worse of the two states, for the colour of the dot. */
PiaoLinkState piao_links_get_worst (PiaoLinks *self);

/* "online", "offline" … for people. */
const char *piao_link_state_to_label (PiaoLinkState state);

G_END_DECLS
