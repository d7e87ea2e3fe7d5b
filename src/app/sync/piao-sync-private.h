/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/sync/piao-sync-model.h"
#include "domain/gateway/piao-gateway-queries.h"

G_BEGIN_DECLS

/* Made on a reader's thread; @db reads the number of the order that the command is about. */
PiaoSyncItem *piao_sync_item_new_command (PiaoDb *db, const PiaoOutboxEntry *entry);
PiaoSyncItem *piao_sync_item_new_request (const PiaoGatewayItem *item);

/* Whether both are the same entry and show the same. */
gboolean piao_sync_item_equal (PiaoSyncItem *self, PiaoSyncItem *other);

G_END_DECLS
