/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long after printing a paper instant ticket may be sold (rules of 2018, domain 2.1). */
#define PIAO_BATCH_MONTHS 60

/* The instant from which a batch printed at @printed_on (ms) may not be sold any more: the start of
 * the day after the same date 60 months later, in Asia/Shanghai; of the last day of the month where
 * there is no such date. */
gint64 piao_batch_sell_until (gint64 printed_on);

G_END_DECLS
