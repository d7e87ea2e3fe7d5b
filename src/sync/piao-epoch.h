/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-clock.h"
#include "store/piao-command.h"

G_BEGIN_DECLS

/* How many computers may have signed in for the first time after a backup was made. */
#define PIAO_EPOCH_DEVICE_GAP 64
/* How many numbers of orders a warehouse may have dealt to computers since. Of more than these the
 * centre learns from the orders that come again (order.submit); till then it may deal some twice.
 */
#define PIAO_EPOCH_NUMBER_GAP 5000

/*
 * The server's database was restored from a backup, or is a standby that lacks the end: what it
 * answered last may be forgotten here. A new epoch makes every desktop fetch its rows again and
 * send what is missing (sync/piao-sync-core.h), has ILMS asked about every open request of the
 * server before it is sent, because it may have been sent before, and keeps the numbers of
 * computers and of orders that are forgotten here for those who were given them.
 *
 * In the caller's writing transaction. @epoch is a word never used before; @requests (optional) is
 * how many requests were open. PIAO_ERROR_CORRUPT "ledger.head" when it is no server's database.
 */
gboolean piao_epoch_begin (PiaoDb *db,
                           PiaoRegistry *registry,
                           PiaoClock *clock,
                           const char *epoch,
                           guint *requests,
                           GError **error);

G_END_DECLS
