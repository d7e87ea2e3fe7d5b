/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-profile.h"
#include "ilms/piao-gateway-random.h"

G_BEGIN_DECLS

/*
 * The suite of a profile over OpenSSL: bytes in, text out. Only piao-envelope.c uses it. A
 * failure to open is NULL without a reason, on purpose.
 */

/* Hex MAC of @text in the case of the profile. Transfer full. */
char *piao_gateway_mac (const PiaoGatewayProfile *profile, const char *key, const char *text);

/* Encoded seal of @text with a fresh iv from @random. Transfer full. */
char *piao_gateway_encipher (const PiaoGatewayProfile *profile,
                             const char *app_secret,
                             const char *text,
                             const PiaoRandom *random);

/* The text sealed in @data, or NULL. Transfer full. */
char *
piao_gateway_decipher (const PiaoGatewayProfile *profile, const char *app_secret, const char *data);

/* Whether two texts are equal, in a time that depends only on the length of @given. */
gboolean piao_gateway_equal (const char *expected, const char *given);

/* Bytes of hex text in either case, or NULL. Transfer full. */
GBytes *piao_gateway_from_hex (const char *text);

G_END_DECLS
