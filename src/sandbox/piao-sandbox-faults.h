/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoSandboxFaults: how the stand-in misbehaves. Pure: it only says which fault the next call
 * gets.
 *
 *   none           goes well
 *   delay:MS       waits, then carries the call out and replies (even when nobody listens any
 * more) slow:MS        carries it out at once, replies after MS drop           cuts the line
 * before carrying it out apply-drop     carries it out, cuts the line instead of replying
 *   duplicate      the request arrives twice; the second reply is given
 *   500            HTTP 500 before carrying it out
 *   apply-500      carries it out, then HTTP 500
 *   garbage        carries it out, replies with noise
 *   bad-signature  carries it out, the reply's signature is wrong
 *   clock          refuses the time of the request
 *   busy           refuses for the rate
 *   down:MS        cuts the line and stops listening for MS
 *
 * A script is a comma-separated list "[operation/]fault[:MS][*count]"; each call takes the first
 * entry that fits its operation. When no entry fits, probabilities decide, from the seed:
 * a comma-separated list "[operation/]fault[:MS]=0.05".
 */
typedef enum
{
  PIAO_SANDBOX_FAULT_NONE,
  PIAO_SANDBOX_FAULT_DELAY,
  PIAO_SANDBOX_FAULT_SLOW,
  PIAO_SANDBOX_FAULT_DROP,
  PIAO_SANDBOX_FAULT_APPLY_DROP,
  PIAO_SANDBOX_FAULT_DUPLICATE,
  PIAO_SANDBOX_FAULT_500,
  PIAO_SANDBOX_FAULT_APPLY_500,
  PIAO_SANDBOX_FAULT_GARBAGE,
  PIAO_SANDBOX_FAULT_BAD_SIGNATURE,
  PIAO_SANDBOX_FAULT_CLOCK,
  PIAO_SANDBOX_FAULT_BUSY,
  PIAO_SANDBOX_FAULT_DOWN,
} PiaoSandboxFaultKind;

typedef struct
{
  PiaoSandboxFaultKind kind;
  guint ms;
} PiaoSandboxFault;

typedef struct _PiaoSandboxFaults PiaoSandboxFaults;

PiaoSandboxFaults *piao_sandbox_faults_new (guint32 seed);
void piao_sandbox_faults_free (PiaoSandboxFaults *self);

/* Replaces the script ("" for none). PIAO_ERROR_INVALID names the entry; nothing changes then. */
gboolean piao_sandbox_faults_set_script (PiaoSandboxFaults *self, const char *text, GError **error);

/* Replaces the probabilities; the same. */
gboolean piao_sandbox_faults_set_odds (PiaoSandboxFaults *self, const char *text, GError **error);

void piao_sandbox_faults_set_seed (PiaoSandboxFaults *self, guint32 seed);

/* The fault of a call of @operation, which is one about to be handled. */
PiaoSandboxFault piao_sandbox_faults_take (PiaoSandboxFaults *self, const char *operation);

const char *piao_sandbox_fault_to_text (PiaoSandboxFaultKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSandboxFaults, piao_sandbox_faults_free)

G_END_DECLS
