/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"

typedef struct
{
  char *reason; /* owned */
} PiaoErrorPrivate;

static void
piao_error_private_init (PiaoErrorPrivate *priv)
{
  priv->reason = NULL;
}

static void
piao_error_private_copy (const PiaoErrorPrivate *from, PiaoErrorPrivate *to)
{
  to->reason = g_strdup (from->reason);
}

static void
piao_error_private_clear (PiaoErrorPrivate *priv)
{
  g_free (priv->reason);
}

G_DEFINE_EXTENDED_ERROR (PiaoError, piao_error)

static const char *const code_words[] = {
  [PIAO_ERROR_INVALID] = "invalid",         [PIAO_ERROR_REFUSED] = "refused",
  [PIAO_ERROR_FORBIDDEN] = "forbidden",     [PIAO_ERROR_NOT_FOUND] = "not-found",
  [PIAO_ERROR_CONFLICT] = "conflict",       [PIAO_ERROR_LIMIT] = "limit",
  [PIAO_ERROR_UNAVAILABLE] = "unavailable", [PIAO_ERROR_BUSY] = "busy",
  [PIAO_ERROR_CORRUPT] = "corrupt",         [PIAO_ERROR_FAILED] = "failed",
};

static GError *
piao_error_new_valist (PiaoErrorCode code, const char *reason, const char *format, va_list args)
    G_GNUC_PRINTF (3, 0);

static GError *
piao_error_new_valist (PiaoErrorCode code, const char *reason, const char *format, va_list args)
{
  GError *error = g_error_new_valist (PIAO_ERROR, (int)code, format, args);

  /* A precision cuts bytes, and what is quoted may come from outside: the sentence is shown and
   * sent, so it must be text all the same. */
  if (!g_utf8_validate (error->message, -1, NULL))
    {
      char *text = g_utf8_make_valid (error->message, -1);

      g_free (error->message);
      error->message = text;
    }
  piao_error_get_private (error)->reason = g_strdup (reason);
  return error;
}

GError *
piao_error_new (PiaoErrorCode code, const char *reason, const char *format, ...)
{
  GError *error;
  va_list args;

  g_return_val_if_fail (reason != NULL, NULL);
  va_start (args, format);
  error = piao_error_new_valist (code, reason, format, args);
  va_end (args);
  return error;
}

gboolean
piao_error_set (GError **error, PiaoErrorCode code, const char *reason, const char *format, ...)
{
  va_list args;

  g_return_val_if_fail (reason != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (error != NULL)
    {
      va_start (args, format);
      *error = piao_error_new_valist (code, reason, format, args);
      va_end (args);
    }
  return FALSE;
}

const char *
piao_error_get_reason (const GError *error)
{
  const char *reason = NULL;

  g_return_val_if_fail (error != NULL, "failed");
  if (error->domain == PIAO_ERROR)
    reason = piao_error_get_private (error)->reason;
  return reason != NULL ? reason : "failed";
}

gboolean
piao_error_is_retryable (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);
  return g_error_matches (error, PIAO_ERROR, PIAO_ERROR_UNAVAILABLE)
         || g_error_matches (error, PIAO_ERROR, PIAO_ERROR_BUSY);
}

const char *
piao_error_code_to_text (PiaoErrorCode code)
{
  g_return_val_if_fail (code < G_N_ELEMENTS (code_words), "failed");
  return code_words[code];
}

int
piao_error_code_from_text (const char *text)
{
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (code_words); i++)
    if (g_str_equal (text, code_words[i]))
      return (int)i;
  return -1;
}
