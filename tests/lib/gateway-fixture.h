/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-json.h"
#include "ilms/piao-gateway-client.h"
#include "sandbox/piao-sandbox.h"

G_BEGIN_DECLS

/*
 * A sandbox and a client in one process, over real HTTP on loopback, with a clock that stands:
 * outlets 65010001 (1000.00) and 65010002 (5.00), games 0123 (a pack is 60.00) and 0145 (a pack
 * is 100.00), warehouse 6501 with packs 0123-23001-0000001 … 0000005 and 0145-23001-0000001 …
 * 0000005.
 */
typedef struct
{
  PiaoClock *clock;
  PiaoGatewayProfile *profile;
  PiaoCredentials *credentials;
  PiaoSandbox *sandbox;
  PiaoGatewayClient *client;
} GatewayFixture;

/* What differs from the ordinary sandbox; zero for nothing. */
typedef struct
{
  const char *profile;
  gboolean no_idempotency;
  gboolean strict_packs;
  guint total_ms; /* limits in place of the profile's 5 s and 15 s, for tests of time-outs */
} GatewayFixtureOptions;

void gateway_fixture_set_up (GatewayFixture *self, const GatewayFixtureOptions *options);
void gateway_fixture_tear_down (GatewayFixture *self);

/* A client of the fixture's sandbox with other credentials or another address. Transfer full. */
PiaoGatewayClient *gateway_fixture_client (GatewayFixture *self,
                                           const char *base_url,
                                           const PiaoCredentials *credentials,
                                           const char *tls_pin);

/* Calls and waits. @params is JSON text. Transfer full; never NULL. */
PiaoGatewayReply *gateway_fixture_call (GatewayFixture *self,
                                        const char *operation,
                                        const char *request_number,
                                        const char *params);

void gateway_fixture_faults (GatewayFixture *self, const char *script);

/* The same confirm of order A1 each time: packs 0123 × 1 and 0145 × 1, 160.00. */
PiaoGatewayReply *gateway_fixture_confirm (GatewayFixture *self, const char *request_number);

/* How many rows of @kind the ledger has for an order, and how many calls came in. */
gint64 gateway_fixture_count (GatewayFixture *self, const char *kind, const char *order_no);
gint64 gateway_fixture_calls (GatewayFixture *self, const char *operation);

/* Asserts that the books of the sandbox balance. */
void gateway_fixture_verify (GatewayFixture *self);

G_END_DECLS
