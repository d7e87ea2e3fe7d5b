/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* State of the line to the centre (domain 6.4). */
typedef enum
{
  PIAO_SYNC_IDLE,       /* not started, not signed in, or not tried yet */
  PIAO_SYNC_ONLINE,     /* the last round succeeded */
  PIAO_SYNC_DEGRADED,   /* three failures, or one answer in twenty takes more than 5 s */
  PIAO_SYNC_OFFLINE,    /* no success for half a minute, or kept offline */
  PIAO_SYNC_RECOVERING, /* answers again, what waited is being sent and fetched */
} PiaoSyncState;

/* What the centre says about the line to ILMS. */
typedef enum
{
  PIAO_SYNC_ILMS_UNKNOWN,
  PIAO_SYNC_ILMS_ONLINE,
  PIAO_SYNC_ILMS_DEGRADED,
  PIAO_SYNC_ILMS_OFFLINE,
} PiaoSyncIlms;

/* How much of the centre's data is here. */
typedef enum
{
  PIAO_SYNC_PHASE_WORKING,  /* what the daily work needs is still being fetched */
  PIAO_SYNC_PHASE_HISTORY,  /* the work can go on; older or newer records are being filled in */
  PIAO_SYNC_PHASE_COMPLETE, /* everything was here at the last round */
} PiaoSyncPhase;

G_END_DECLS
