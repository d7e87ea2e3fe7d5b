/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "print/piao-print-output-private.h"
#include "print/piao-print-output.h"

#define CONNECT_MS 5000
#define TOTAL_MS 60000

struct _PiaoPrintOutput
{
  GObject parent_instance;
  PiaoSender send;
  char *place;
  guint connect_ms, total_ms;
};

G_DEFINE_FINAL_TYPE (PiaoPrintOutput, piao_print_output, G_TYPE_OBJECT)

static const struct
{
  const char *scheme;
  PiaoSender send;
  gboolean is_path;
} schemes[] = {
  { "socket://", piao_send_to_socket, FALSE },
  { "cups:", piao_send_to_cups, FALSE },
  { "device:", piao_send_to_device, TRUE },
  { "folder:", piao_send_to_folder, TRUE },
};

static void
piao_print_output_finalize (GObject *object)
{
  PiaoPrintOutput *self = PIAO_PRINT_OUTPUT (object);

  g_free (self->place);
  G_OBJECT_CLASS (piao_print_output_parent_class)->finalize (object);
}

static void
piao_print_output_class_init (PiaoPrintOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_print_output_finalize;
}

static void
piao_print_output_init (PiaoPrintOutput *self)
{
  self->connect_ms = CONNECT_MS;
  self->total_ms = TOTAL_MS;
}

PiaoPrintOutput *
piao_print_output_new (const char *address, GError **error)
{
  g_return_val_if_fail (address != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      const char *place = address + strlen (schemes[i].scheme);

      if (g_str_has_prefix (address, schemes[i].scheme) && *place != '\0'
          && (!schemes[i].is_path || g_path_is_absolute (place)))
        {
          PiaoPrintOutput *self = g_object_new (PIAO_TYPE_PRINT_OUTPUT, NULL);

          self->send = schemes[i].send;
          self->place = g_strdup (place);
          return self;
        }
    }
  piao_error_set (error, PIAO_ERROR_INVALID, "printer.address",
                  _ ("“%s” is no printer address. Use socket://HOST, cups:QUEUE, device:/dev/… or "
                     "folder:/…"),
                  address);
  return NULL;
}

void
piao_print_output_set_limits (PiaoPrintOutput *self, guint connect_ms, guint total_ms)
{
  g_return_if_fail (PIAO_IS_PRINT_OUTPUT (self));
  self->connect_ms = connect_ms;
  self->total_ms = total_ms;
}

/* --- the thread ---------------------------------------------------------------------------- */

typedef struct
{
  PiaoPrintOutput *output;
  PiaoSpoolJob *job;
  DexPromise *promise;
} Work;

static gpointer
work (gpointer data)
{
  Work *self = data;
  PiaoPrintOutput *output = self->output;
  PiaoSending sending = { output->place, self->job, output->connect_ms,
                          g_get_monotonic_time () + (gint64)output->total_ms * 1000 };
  GError *error = NULL;

  if (output->send (&sending, &error))
    dex_promise_resolve_boolean (self->promise, TRUE);
  else
    dex_promise_reject (self->promise, error);
  dex_unref (self->promise);
  piao_spool_job_free (self->job);
  g_object_unref (output);
  g_free (self);
  return NULL;
}

DexFuture *
piao_print_output_send (PiaoPrintOutput *self, const PiaoSpoolJob *job)
{
  DexPromise *promise;
  Work *data;

  g_return_val_if_fail (PIAO_IS_PRINT_OUTPUT (self), NULL);
  g_return_val_if_fail (job != NULL && job->bytes != NULL, NULL);

  promise = dex_promise_new ();
  data = g_new0 (Work, 1);
  data->output = g_object_ref (self);
  data->job = piao_spool_job_copy (job);
  data->promise = dex_ref (promise);
  g_thread_unref (g_thread_new ("print", work, data));
  return DEX_FUTURE (promise);
}

/* --- for the senders ----------------------------------------------------------------------- */

guint
piao_sending_get_left (const PiaoSending *sending)
{
  gint64 left = (sending->deadline - g_get_monotonic_time ()) / 1000;

  return (guint)CLAMP (left, 0, G_MAXINT);
}

char *
piao_sending_get_file_name (const PiaoSending *sending)
{
  const PiaoSpoolJob *job = sending->job;
  g_autofree char *stem = g_strndup (job->name, 60);

  g_strcanon (stem, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-", '_');
  return g_strdup_printf ("%s-%" G_GINT64_FORMAT "-%u.%s", stem, job->id, job->copy, job->format);
}
