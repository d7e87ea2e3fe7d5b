/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/*
 * What a scan means where no page has a use of its own for it: a pack or ticket shows the pack's
 * passport, the number of an order shows the order, anything else is said in a toast. FALSE when
 * nobody works here yet. (domain.md 4.17)
 */
gboolean piao_lookup_scan (GtkWidget *widget, PiaoSession *session, const char *text);

G_END_DECLS
