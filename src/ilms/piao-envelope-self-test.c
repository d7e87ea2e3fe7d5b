/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "ilms/piao-envelope.h"
#include "ilms/piao-gateway-crypto.h"

/* Gives out the iv of a known answer. */
static void
fill_from_vector (gpointer data, guint8 *bytes, gsize length)
{
  gsize size = 0;
  gconstpointer iv = g_bytes_get_data (data, &size);

  if (size == length)
    memcpy (bytes, iv, length);
}

static GHashTable *
vector_params (const PiaoGatewayVector *vector)
{
  GHashTable *params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; vector->params[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (vector->params[i], "=", 2);

      if (g_strv_length (pair) == 2)
        g_hash_table_insert (params, g_strdup (pair[0]), g_strdup (pair[1]));
    }
  return params;
}

/* Whether @opened are the parameters that were sealed, with nonce and timestamp. */
static gboolean
holds (GHashTable *opened, GHashTable *params)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, params);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (g_hash_table_lookup (opened, key), value) != 0)
      return FALSE;
  return g_hash_table_size (opened) == g_hash_table_size (params) + 2;
}

static gboolean
check_profile (const PiaoGatewayProfile *profile, GError **error)
{
  const PiaoGatewayVector *vector = &profile->vector;
  g_autoptr (GBytes) iv = piao_gateway_from_hex (vector->iv);
  PiaoRandom random = { .fill = fill_from_vector, .data = iv };
  g_autoptr (PiaoCredentials) credentials
      = piao_credentials_new ("self-test", vector->app_secret, vector->sign_secret, error);
  g_autoptr (GHashTable) params = vector_params (vector);
  g_autoptr (GHashTable) opened = NULL;
  g_autoptr (PiaoSealed) sealed = NULL;

  if (credentials == NULL)
    return FALSE;
  if (iv != NULL)
    sealed = piao_envelope_seal (profile, credentials, params, vector->nonce, vector->timestamp,
                                 &random, error);
  if (sealed == NULL)
    return FALSE;
  opened = piao_envelope_open (profile, credentials, vector->data, NULL);
  if (g_str_equal (sealed->signature, vector->signature) && g_str_equal (sealed->data, vector->data)
      && opened != NULL && holds (opened, params))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FAILED, "gateway.self-test",
                         _ ("The self-test of gateway profile “%s” failed; the cryptographic "
                            "library of this machine cannot be trusted with it."),
                         profile->name);
}

gboolean
piao_envelope_self_test (GError **error)
{
  for (guint i = 0; piao_gateway_profile_names[i] != NULL; i++)
    {
      g_autoptr (PiaoGatewayProfile) profile
          = piao_gateway_profile_load (piao_gateway_profile_names[i], error);

      if (profile == NULL || !check_profile (profile, error))
        return FALSE;
    }
  return TRUE;
}
