/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "ilms/piao-credentials.h"

G_BEGIN_DECLS

/*
 * PiaoDirect: the desktop as the executor of its own gateway requests, for a warehouse whose route
 * is direct: with a line to ILMS it issues although the centre is down. (ilms.md, domain.md 6.4)
 *
 * Who we are there comes from the Secret Service, one item a warehouse; where it is and how it is
 * spoken to from the settings "gateway-url" and "gateway-profile". Main thread; nothing blocks.
 *
 * Signal "changed": the state of the line or the problem is another.
 */
#define PIAO_TYPE_DIRECT (piao_direct_get_type ())
G_DECLARE_FINAL_TYPE (PiaoDirect, piao_direct, PIAO, DIRECT, GObject)

/* Works whenever the place of @session is one of route direct, until piao_direct_close(). */
PiaoDirect *piao_direct_new (PiaoSession *session, PiaoReplica *replica);
void piao_direct_close (PiaoDirect *self);

/* Whether the place where somebody works speaks to ILMS itself. */
gboolean piao_direct_is_route (PiaoDirect *self);

/* The line to ILMS from here; offline with a problem while address or credentials are missing. */
PiaoLinkState piao_direct_get_link (PiaoDirect *self);
gint64 piao_direct_get_since (PiaoDirect *self); /* ms UTC */
/* What a person must put right, as a sentence, or NULL. Borrowed. */
const char *piao_direct_get_problem (PiaoDirect *self);

/* Sending was stopped for something that a person has put right: goes on. */
void piao_direct_resume (PiaoDirect *self);

/* --- access, for the dialog ------------------------------------------------------------------ */

/* Where the gateway is and how it is spoken to: keeps both, and @credentials (borrowed) for
 * @warehouse in the Secret Service; a desk that works there takes them at once. Resolves to TRUE;
 * FORBIDDEN "gateway.access" without the word ilms_keys.edit, INVALID for an address or profile
 * that is none, UNAVAILABLE when the keyring is missing or locked. */
DexFuture *piao_direct_store_access (PiaoSession *session,
                                     gint64 warehouse,
                                     const char *url,
                                     const char *profile,
                                     const PiaoCredentials *credentials);

/* Forgets the credentials of @warehouse. Resolves to whether there were any. */
DexFuture *piao_direct_forget_access (PiaoSession *session, gint64 warehouse);

/* Asks gw.ping once: resolves to TRUE, or rejects with what ILMS or the line said. */
DexFuture *piao_direct_test_access (PiaoSession *session,
                                    const char *url,
                                    const char *profile,
                                    const PiaoCredentials *credentials);

G_END_DECLS
