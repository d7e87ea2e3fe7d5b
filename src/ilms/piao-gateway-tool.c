/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "ilms/piao-envelope.h"
#include "ilms/piao-gateway-tool.h"

typedef struct
{
  char *profile;
  char *app_id;
  char *app_secret;
  char *sign_secret;
  char *nonce;
  gint64 timestamp;
  char **params;
  char *data;
} Words;

static void
words_clear (Words *words)
{
  g_free (words->profile);
  g_free (words->app_id);
  g_free (words->app_secret);
  g_free (words->sign_secret);
  g_free (words->nonce);
  g_strfreev (words->params);
  g_free (words->data);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static gboolean
parse_words (Words *words, int argc, char **argv, char **verb, GError **error)
{
  const GOptionEntry entries[]
      = { { "profile", 0, 0, G_OPTION_ARG_STRING, &words->profile, N_ ("Gateway profile"), "NAME" },
          { "app-id", 0, 0, G_OPTION_ARG_STRING, &words->app_id, "APPID", "TEXT" },
          { "app-secret", 0, 0, G_OPTION_ARG_STRING, &words->app_secret, "APP_SECRET", "TEXT" },
          { "sign-secret", 0, 0, G_OPTION_ARG_STRING, &words->sign_secret, "SIGN_SECRET", "TEXT" },
          { "nonce", 0, 0, G_OPTION_ARG_STRING, &words->nonce, N_ ("Nonce (default: a fresh one)"),
            "TEXT" },
          { "timestamp", 0, 0, G_OPTION_ARG_INT64, &words->timestamp,
            N_ ("Milliseconds since 1970 (default: now)"), "MS" },
          { "param", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->params,
            N_ ("A parameter of the call; may be repeated"), "KEY=VALUE" },
          { "data", 0, 0, G_OPTION_ARG_STRING, &words->data, N_ ("Sealed data to open"), "TEXT" },
          G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new ("seal|open");
  g_auto (GStrv) rest = g_new0 (char *, (gsize)argc + 1);

  for (int i = 0; i < argc; i++)
    rest[i] = g_strdup (argv[i]);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &rest, error))
    return FALSE;
  if (g_strv_length (rest) != 2
      || (!g_str_equal (rest[1], "seal") && !g_str_equal (rest[1], "open")))
    return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.tool",
                           _ ("Say “gateway seal” or “gateway open”; --help lists the words."));
  *verb = g_strdup (rest[1]);
  return TRUE;
}

static GHashTable *
parse_params (char **texts, GError **error)
{
  g_autoptr (GHashTable) params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      const char *equals = strchr (texts[i], '=');

      if (equals == NULL
          || !g_hash_table_insert (params, g_strndup (texts[i], (gsize)(equals - texts[i])),
                                   g_strdup (equals + 1)))
        {
          piao_error_set (error, PIAO_ERROR_INVALID, "gateway.tool",
                          _ ("“%s” must look like key=value, and each key may come once."),
                          texts[i]);
          return NULL;
        }
    }
  return g_steal_pointer (&params);
}

static gboolean
run_seal (const Words *words,
          const PiaoGatewayProfile *profile,
          const PiaoCredentials *credentials,
          gint64 now,
          const PiaoRandom *random,
          GString *out,
          GError **error)
{
  g_autoptr (GHashTable) params = parse_params (words->params, error);
  g_autofree char *nonce
      = words->nonce != NULL ? g_strdup (words->nonce) : piao_random_nonce (random);
  g_autoptr (PiaoSealed) sealed = NULL;

  if (params == NULL)
    return FALSE;
  if (strlen (nonce) == 0 || strpbrk (nonce, "&=") != NULL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.tool",
                           _ ("A nonce is 16 capital letters."));
  sealed = piao_envelope_seal (profile, credentials, params, nonce,
                               words->timestamp != 0 ? words->timestamp : now, random, error);
  if (sealed == NULL)
    return FALSE;
  g_string_append_printf (out, "sign input: %s\nsignature: %s\ndata: %s\n", sealed->sign_input,
                          sealed->signature, sealed->data);
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static gboolean
run_open (const Words *words,
          const PiaoGatewayProfile *profile,
          const PiaoCredentials *credentials,
          GString *out,
          GError **error)
{
  g_autoptr (GHashTable) params = NULL;
  g_autoptr (GPtrArray) keys = NULL;

  if (words->data == NULL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.tool",
                           _ ("“gateway open” needs --data."));
  params = piao_envelope_open (profile, credentials, words->data, error);
  if (params == NULL)
    return FALSE;
  keys = g_hash_table_get_keys_as_ptr_array (params);
  g_ptr_array_sort (keys, compare);
  for (guint i = 0; i < keys->len; i++)
    g_string_append_printf (out, "%s=%s\n", (const char *)keys->pdata[i],
                            (const char *)g_hash_table_lookup (params, keys->pdata[i]));
  return TRUE;
}

gboolean
piao_gateway_tool_run (
    int argc, char **argv, gint64 now, const PiaoRandom *random, GString *out, GError **error)
{
  g_auto (Words) words = { 0 };
  g_autofree char *verb = NULL;
  g_autoptr (PiaoGatewayProfile) profile = NULL;
  g_autoptr (PiaoCredentials) credentials = NULL;

  g_return_val_if_fail (argc > 0 && random != NULL && out != NULL, FALSE);
  if (!parse_words (&words, argc, argv, &verb, error))
    return FALSE;
  profile = piao_gateway_profile_load (
      words.profile != NULL ? words.profile : piao_gateway_profile_names[0], error);
  if (profile == NULL)
    return FALSE;
  credentials = piao_credentials_new (words.app_id, words.app_secret, words.sign_secret, error);
  if (credentials == NULL)
    return FALSE;
  return g_str_equal (verb, "seal")
             ? run_seal (&words, profile, credentials, now, random, out, error)
             : run_open (&words, profile, credentials, out, error);
}
