/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "app/refused/piao-refused.h"

G_BEGIN_DECLS

/* --- an item ---------------------------------------------------------------------------------- */

/* One command of the outbox or one request at the gateway. Immutable. */
#define PIAO_TYPE_SYNC_ITEM (piao_sync_item_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSyncItem, piao_sync_item, PIAO, SYNC_ITEM, GObject)

gint64 piao_sync_item_get_id (PiaoSyncItem *self); /* command id, or request id */
gint64 piao_sync_item_get_at (PiaoSyncItem *self); /* ms: when it was made */
gint64 piao_sync_item_get_order (PiaoSyncItem *self);
const char *piao_sync_item_get_what (PiaoSyncItem *self);    /* "Confirm an order" */
const char *piao_sync_item_get_subject (PiaoSyncItem *self); /* order number or "" */
const char *piao_sync_item_get_state (PiaoSyncItem *self);   /* "queued", "refused", "unknown" … */
const char *piao_sync_item_get_story (PiaoSyncItem *self);   /* what the other side said, or "" */
const char *piao_sync_item_get_number (PiaoSyncItem *self);  /* request number, or "" */
gint64 piao_sync_item_get_tries (PiaoSyncItem *self);

/* What people read for a state, and the class of its pill (or NULL). Borrowed. */
const char *piao_sync_state_to_title (const char *state);
const char *piao_sync_state_to_class (const char *state);

/* --- the model -------------------------------------------------------------------------------- */

/*
 * PiaoSyncModel: what the sync centre shows: commands that wait, commands that were refused and
 * need a person, requests at ILMS. A view model; it follows the replica. Signal "changed".
 */
#define PIAO_TYPE_SYNC_MODEL (piao_sync_model_get_type ())
G_DECLARE_FINAL_TYPE (PiaoSyncModel, piao_sync_model, PIAO, SYNC_MODEL, GObject)

PiaoSyncModel *piao_sync_model_new (PiaoSession *session);

/* GListModel of PiaoSyncItem, newest first; borrowed. */
GListModel *piao_sync_model_get_outbox (PiaoSyncModel *self);
GListModel *piao_sync_model_get_gateway (PiaoSyncModel *self);
/* PiaoRefused that wait for a person, newest first; borrowed. */
GPtrArray *piao_sync_model_get_refused (PiaoSyncModel *self);

/* Whether the lists are in front. While they are not, only numbers are read after a commit. */
void piao_sync_model_set_active (PiaoSyncModel *self, gboolean active);

/* How many commands wait, and how many items need a person (refused, parked, requests in doubt). */
guint piao_sync_model_get_waiting (PiaoSyncModel *self);
guint piao_sync_model_get_open (PiaoSyncModel *self); /* requests without an answer yet */
guint piao_sync_model_get_attention (PiaoSyncModel *self);

/* Reads everything again; resolves when it is there. */
DexFuture *piao_sync_model_refresh (PiaoSyncModel *self);

G_END_DECLS
