/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

#include "ilms/piao-credentials.h"

G_BEGIN_DECLS

/*
 * Credentials of the gateway in the desktop's Secret Service (route `direct`): schema
 * io.github.piaoku.Gateway, one item for each @scope, which is the warehouse's number. The secret
 * is one item, so that the three parts are always of one piece. All calls are asynchronous and
 * resolve in the calling thread's main context.
 */

/* Stores or replaces. Resolves to TRUE; PIAO_ERROR_UNAVAILABLE when the keyring is not there or
 * the person did not unlock it. @credentials is borrowed. */
DexFuture *piao_credentials_store (const char *scope, const PiaoCredentials *credentials);

/* Resolves to a boxed PiaoCredentials; rejects with PIAO_ERROR_NOT_FOUND when there are none,
 * PIAO_ERROR_CORRUPT or _INVALID when the item is not ours, PIAO_ERROR_UNAVAILABLE as above. */
DexFuture *piao_credentials_lookup (const char *scope);

/* Forgets. Resolves to whether there were any. */
DexFuture *piao_credentials_clear (const char *scope);

G_END_DECLS
