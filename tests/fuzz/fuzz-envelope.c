/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the gateway answers, and what is in its envelope; the first byte chooses the profile.
 * Oracle: what is taken is signed, so it can be sealed and opened again; every refusal of a seal is
 * the same, and an unsigned code is text at least (ILM-02). */

#include <string.h>

#include "base/piao-error.h"
#include "ilms/piao-envelope.h"
#include "tests/fuzz/fuzz.h"

static void
check_reply (const PiaoGatewayProfile *profile,
             const PiaoCredentials *credentials,
             const PiaoEnvelopeReply *reply)
{
  PiaoRandom random = piao_random_system ();
  g_autofree char *sealed = piao_envelope_seal_reply (profile, credentials, reply, &random, NULL);
  g_autoptr (PiaoEnvelopeReply) again
      = sealed != NULL
            ? piao_envelope_open_reply (profile, credentials, sealed, strlen (sealed), NULL)
            : NULL;

  ORACLE (again != NULL && g_strcmp0 (reply->code, again->code) == 0
          && reply->server_time == again->server_time);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint n_profiles = g_strv_length ((char **)piao_gateway_profile_names);
  g_autoptr (PiaoGatewayProfile) profile = NULL;
  g_autoptr (PiaoCredentials) credentials = NULL;
  g_autoptr (PiaoEnvelopeReply) reply = NULL;
  g_autoptr (GHashTable) params = NULL;
  g_autofree char *code = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (size == 0)
    return 0;
  profile = piao_gateway_profile_load (piao_gateway_profile_names[data[0] % n_profiles], NULL);
  credentials = piao_credentials_new ("piaoku-test", "0123456789ab", "ba9876543210", NULL);
  text = g_strndup ((const char *)data + 1, size - 1);
  reply = piao_envelope_open_reply (profile, credentials, text, strlen (text), &error);
  if (reply != NULL)
    check_reply (profile, credentials, reply);
  else
    ORACLE (g_error_matches (error, PIAO_ERROR, PIAO_ERROR_CORRUPT)
            && g_str_equal (piao_error_get_reason (error), "gateway.seal"));
  code = piao_envelope_peek_code (text, strlen (text));
  ORACLE (code == NULL || g_utf8_validate (code, -1, NULL));
  g_clear_error (&error);
  params = piao_envelope_open (profile, credentials, text, &error);
  ORACLE (params != NULL || g_error_matches (error, PIAO_ERROR, PIAO_ERROR_CORRUPT));
  return 0;
}
