/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "print/piao-spool.h"

G_BEGIN_DECLS

/*
 * PiaoPrintOutput: the way to one printer, made from the address of a PiaoPrinter:
 *
 *   socket://HOST[:PORT]  raw bytes to a network printer, port 9100 unless named; an IPv6 address
 *                         stands in brackets
 *   cups:QUEUE            a CUPS queue, followed until the job is done
 *   device:/dev/usb/lp0   a character device or named pipe
 *   folder:/PATH          one file a job, whole or not there
 *
 * Sending blocks in a thread of its own and always ends: connecting, each wait and the whole have
 * limits. PIAO_ERROR_UNAVAILABLE means the printer may come back (off, out of paper, unplugged)
 * and the same job may be sent again; anything else needs a person.
 */
#define PIAO_TYPE_PRINT_OUTPUT (piao_print_output_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPrintOutput, piao_print_output, PIAO, PRINT_OUTPUT, GObject)

/* PIAO_ERROR_INVALID "printer.address" for an address of no known shape. Transfer full. */
PiaoPrintOutput *piao_print_output_new (const char *address, GError **error);

/* How long one job may take, ms; for tests. The default is 60 s, 5 s to connect. */
void piao_print_output_set_limits (PiaoPrintOutput *self, guint connect_ms, guint total_ms);

/* Sends the bytes of @job (copied); resolves to TRUE once the printer has them. */
DexFuture *piao_print_output_send (PiaoPrintOutput *self, const PiaoSpoolJob *job);

G_END_DECLS
