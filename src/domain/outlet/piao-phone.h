/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who holds this word sees the telephone numbers of owners and users in full. (USR-03, PER-05) */
#define PIAO_PHONE_FULL "field.phone.full"

/* @phone (may be NULL) as it is shown or printed: @in_full, or 138****5678. Transfer full. */
char *piao_phone_show (const char *phone, gboolean in_full);

G_END_DECLS
