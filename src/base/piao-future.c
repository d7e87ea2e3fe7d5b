/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-future.h"

static DexFuture *
log_failure (DexFuture *future, gpointer user_data)
{
  const char *doing = user_data;
  g_autoptr (GError) error = NULL;

  dex_future_get_value (future, &error);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("%s: %s", doing, error->message);
  return NULL;
}

void
piao_future_disown (DexFuture *future, const char *doing)
{
  g_return_if_fail (DEX_IS_FUTURE (future));
  dex_future_disown (dex_future_catch (future, log_failure, g_strdup (doing), g_free));
}

gpointer
piao_future_weak_new (gpointer object)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, object);
  return weak;
}

void
piao_future_weak_free (gpointer weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

DexFuture *
piao_future_new_error (int code, const char *reason, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list args;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  return dex_future_new_for_error (piao_error_new ((PiaoErrorCode)code, reason, "%s", sentence));
}

static DexFuture *
pass_on (DexFuture *future, gpointer user_data)
{
  return dex_ref (future);
}

const GValue *
piao_future_wait (DexFuture *future, GError **error)
{
  g_autoptr (DexFuture) here = NULL;

  g_return_val_if_fail (DEX_IS_FUTURE (future), NULL);
  /* A promise that another thread keeps does not wake this one; a callback here does. */
  here = dex_future_finally (dex_ref (future), pass_on, NULL, NULL);
  while (dex_future_is_pending (here))
    g_main_context_iteration (NULL, TRUE);
  return dex_future_get_value (future, error);
}
