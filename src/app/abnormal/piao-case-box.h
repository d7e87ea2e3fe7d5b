/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "app/piao-session.h"
#include "domain/abnormal/piao-abnormal-queries.h"

G_BEGIN_DECLS

/* The case of an order: how far it is, what is known and what the user may do next. */
#define PIAO_TYPE_CASE_BOX (piao_case_box_get_type ())
G_DECLARE_FINAL_TYPE (PiaoCaseBox, piao_case_box, PIAO, CASE_BOX, GtkBox)

/* Shows @abnormal (taken); NULL hides the box. @debited: ILMS has debited the order. */
void piao_case_box_show (PiaoCaseBox *self,
                         PiaoSession *session,
                         PiaoAbnormalCase *abnormal,
                         gboolean debited);

G_END_DECLS
