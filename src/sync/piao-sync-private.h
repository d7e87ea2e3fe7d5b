/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "sync/piao-sync-progress.h"
#include "sync/piao-sync.h"

G_BEGIN_DECLS

struct _PiaoSync
{
  GObject parent_instance;

  PiaoReplica *replica; /* owned */
  char *url;            /* without a path */
  SoupSession *session; /* owned */
  GCancellable *cancellable;
  GRand *random;

  char *name, *password; /* to renew a session; NULL before a sign-in */
  char *token;           /* NULL while there is none */

  gboolean looping, stopped, held, nudged;
  DexPromise *wake; /* while the loop waits */
  guint failures;   /* in a row */
  gsize max_bytes;  /* of rows that are asked for at a time */

  SoupWebsocketConnection *live;
  gboolean connecting;
  gint64 live_after; /* ms: not tried again before */

  PiaoSyncState state;
  PiaoSyncIlms ilms;
  gint64 ilms_since;
  gint64 since, last_success, oldest, seq, head;
  guint waiting, refused;
  PiaoSyncProgress progress;
  gint64 began; /* seq from where the fetch under way began; -1 when none is */
  char *problem;
};

/* In a fiber: a new token with the name and password of the last sign-in. */
gboolean piao_sync_renew (PiaoSync *self, GError **error);

void piao_sync_note_signed_in (PiaoSync *self, gint64 user);

G_END_DECLS
