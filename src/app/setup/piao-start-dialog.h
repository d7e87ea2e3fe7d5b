/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * PiaoStartDialog: what stands before the work: preparing, and signing in. It cannot be closed by
 * hand; whoever presents it closes it when the session has its place.
 *
 * Signals: "sign-in" (server, name, password): the form was filled in and sent; "begin": whoever
 * waits for the first rows wants to work with what is here.
 */
#define PIAO_TYPE_START_DIALOG (piao_start_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoStartDialog, piao_start_dialog, PIAO, START_DIALOG, AdwDialog)

PiaoStartDialog *piao_start_dialog_new (void);

/* Shows that something is going on; @percent below 0 when nobody knows how far it is. */
void piao_start_dialog_show_progress (PiaoStartDialog *self, const char *sentence, int percent);

/* Shows how far the first fetch is: @fraction of 0 … 1, and @figures ("12,345 rows · 56 kB/s");
 * @can_begin when it is known where the user works, so that he need not wait for the rest. */
void piao_start_dialog_show_fetch (PiaoStartDialog *self,
                                   double fraction,
                                   const char *figures,
                                   gboolean can_begin);

/* Shows the form, with @error (may be NULL) above it. */
void piao_start_dialog_show_form (PiaoStartDialog *self,
                                  const char *server,
                                  const char *name,
                                  const char *error);

/* For somebody else on the same desk: the form without the address; it can be left. */
void piao_start_dialog_show_switch (PiaoStartDialog *self, const char *server);

G_END_DECLS
