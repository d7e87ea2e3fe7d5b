/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-digest.h"
#include "store/piao-peel.h"
#include "sync/piao-verify.h"

G_BEGIN_DECLS

/* Notes a breach of a rule out of the table in piao-verify.c; the subject is printf-formatted. */
void piao_verify_found (PiaoVerify *self, const char *rule, const char *subject, ...)
    G_GNUC_PRINTF (3, 4);

/* Compares the kept digests with those counted in @tally; @rule names what is found. */
gboolean
piao_verify_digests (PiaoVerify *self, const char *rule, PiaoDigestTally *tally, GError **error);

/* Whether the rows that rows refer to are there. On a replica, which holds some lanes only, those
 * that travel together or belong to everyone. */
gboolean piao_verify_references (PiaoVerify *self, gboolean replica, GError **error);

G_END_DECLS
