/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"
#include "app/refused/piao-refused.h"

G_BEGIN_DECLS

/*
 * PiaoRefusedRow: a refused or parked command: both stories, and what can be done about it.
 *
 * Actions: refused.retry, refused.mend, refused.discard, refused.show-order.
 */
#define PIAO_TYPE_REFUSED_ROW (piao_refused_row_get_type ())
G_DECLARE_FINAL_TYPE (PiaoRefusedRow, piao_refused_row, PIAO, REFUSED_ROW, AdwExpanderRow)

PiaoRefusedRow *piao_refused_row_new (PiaoSession *session);

/* What it tells. */
void piao_refused_row_set_item (PiaoRefusedRow *self, PiaoRefused *item);
PiaoRefused *piao_refused_row_get_item (PiaoRefusedRow *self); /* borrowed */

/* Makes the rows of @list those of @items (PiaoRefused). A row that stays keeps what a person has
 * opened in it. @on_order: the list stands on the order itself, which needs no way there. */
void piao_refused_row_show_all (GtkListBox *list,
                                PiaoSession *session,
                                GPtrArray *items,
                                gboolean on_order);

G_END_DECLS
