/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-spool.h"

G_BEGIN_DECLS

/* What one sending is told; the senders block and are called in a thread of their own. */
typedef struct
{
  const char *place;       /* the address without its scheme */
  const PiaoSpoolJob *job; /* with bytes */
  guint connect_ms;        /* limit of reaching the printer */
  gint64 deadline;         /* g_get_monotonic_time() by which everything is over */
} PiaoSending;

typedef gboolean (*PiaoSender) (const PiaoSending *sending, GError **error);

gboolean piao_send_to_socket (const PiaoSending *sending, GError **error);
gboolean piao_send_to_cups (const PiaoSending *sending, GError **error);
gboolean piao_send_to_device (const PiaoSending *sending, GError **error);
gboolean piao_send_to_folder (const PiaoSending *sending, GError **error);

/* Milliseconds left until the deadline, 0 when it has passed. */
guint piao_sending_get_left (const PiaoSending *sending);

/* The file name of the job: order number, parcel, copy; only letters, digits, "-", "_" and ".".
 * Transfer full. */
char *piao_sending_get_file_name (const PiaoSending *sending);

G_END_DECLS
