/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A job for a CUPS queue carries a title made of its id and hash, so that one which CUPS already
 * has (sent before a crash, or waiting there for the printer) is followed and not sent again.
 */

#include "config.h"

#include <cups/cups.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "print/piao-print-output-private.h"

#define POLL_MS 200
#define CHUNK 16384

G_DEFINE_AUTOPTR_CLEANUP_FUNC (http_t, httpClose)

static char *
make_title (const PiaoSpoolJob *job)
{
  return g_strdup_printf ("piaoku-%" G_GINT64_FORMAT "-%.16s", job->id, job->sha256);
}

static http_t *
connect_to (const PiaoSending *sending, GError **error)
{
  http_t *http = httpConnect2 (cupsServer (), ippPort (), NULL, AF_UNSPEC, cupsEncryption (), 1,
                               (int)sending->connect_ms, NULL);

  if (http == NULL)
    piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "printer.cups",
                    _ ("The print service of this computer does not answer. It starts again with "
                       "“systemctl restart cups”."));
  else
    httpSetTimeout (http, MAX (sending->connect_ms / 1000.0, 1.0), NULL, NULL);
  return http;
}

static gboolean
fail (const PiaoSending *sending, GError **error)
{
  ipp_status_t status = cupsLastError ();

  if (status == IPP_STATUS_ERROR_NOT_FOUND)
    return piao_error_set (error, PIAO_ERROR_NOT_FOUND, "printer.queue",
                           _ ("There is no print queue “%s” on this computer. Choose another one "
                              "in the printer settings."),
                           sending->place);
  if (status == IPP_STATUS_ERROR_NOT_AUTHORIZED || status == IPP_STATUS_ERROR_FORBIDDEN)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "printer.permission",
                           _ ("This user may not print on “%s”. Ask the administrator."),
                           sending->place);
  return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "printer.cups",
                         _ ("The print queue “%s” did not take the job: %s."), sending->place,
                         cupsLastErrorString ());
}

typedef struct
{
  int id; /* 0 when CUPS does not know the job */
  ipp_jstate_t state;
} Seen;

/* The newest job of the queue with this title. */
static gboolean
look (const PiaoSending *sending, http_t *http, const char *title, Seen *seen, GError **error)
{
  cups_job_t *jobs = NULL;
  int n_jobs = cupsGetJobs2 (http, &jobs, sending->place, 0, CUPS_WHICHJOBS_ALL);

  seen->id = 0;
  if (n_jobs < 0)
    return fail (sending, error);
  for (int i = 0; i < n_jobs; i++)
    if (g_strcmp0 (jobs[i].title, title) == 0 && jobs[i].id > seen->id)
      {
        seen->id = jobs[i].id;
        seen->state = jobs[i].state;
      }
  cupsFreeJobs (n_jobs, jobs);
  return TRUE;
}

static gboolean
hand_over (const PiaoSending *sending, http_t *http, const char *title, GError **error)
{
  const char *format
      = g_str_equal (sending->job->format, "pdf") ? "application/pdf" : CUPS_FORMAT_RAW;
  gsize size;
  const char *data = g_bytes_get_data (sending->job->bytes, &size);
  int id = cupsCreateJob (http, sending->place, title, 0, NULL);

  if (id <= 0)
    return fail (sending, error);
  if (cupsStartDocument (http, sending->place, id, title, format, 1) == HTTP_STATUS_CONTINUE)
    {
      gsize at = 0;

      while (at < size
             && cupsWriteRequestData (http, data + at, MIN (size - at, CHUNK))
                    == HTTP_STATUS_CONTINUE)
        at += MIN (size - at, CHUNK);
      if (at >= size && cupsFinishDocument (http, sending->place) <= IPP_STATUS_OK_CONFLICTING)
        return TRUE;
    }
  fail (sending, error);
  cupsCancelJob2 (http, sending->place, id, 0);
  return FALSE;
}

static gboolean
is_gone (ipp_jstate_t state)
{
  return state == IPP_JSTATE_CANCELED || state == IPP_JSTATE_ABORTED;
}

/* Until CUPS has printed the job, or the time is over: it stays in the queue of CUPS then and is
 * found by its title the next time. */
static gboolean
follow (const PiaoSending *sending, http_t *http, const char *title, GError **error)
{
  for (;;)
    {
      Seen seen = { 0 };
      guint left = piao_sending_get_left (sending);

      if (!look (sending, http, title, &seen, error))
        return FALSE;
      /* A service that keeps no history forgets a job that is done. */
      if (seen.id == 0 || seen.state == IPP_JSTATE_COMPLETED)
        return TRUE;
      if (is_gone (seen.state))
        return piao_error_set (error, PIAO_ERROR_FAILED, "printer.cancelled",
                               _ ("The print queue “%s” gave the job up. Check the queue, then "
                                  "print it again."),
                               sending->place);
      if (left == 0)
        return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "printer.slow",
                               _ ("The job waits in the print queue “%s”. Is the printer switched "
                                  "on and not paused?"),
                               sending->place);
      g_usleep ((gulong)MIN (POLL_MS, left) * 1000);
    }
}

gboolean
piao_send_to_cups (const PiaoSending *sending, GError **error)
{
  g_autoptr (http_t) http = connect_to (sending, error);
  g_autofree char *title = make_title (sending->job);
  Seen seen = { 0 };

  if (http == NULL || !look (sending, http, title, &seen, error))
    return FALSE;
  if ((seen.id == 0 || is_gone (seen.state)) && !hand_over (sending, http, title, error))
    return FALSE;
  return follow (sending, http, title, error);
}
