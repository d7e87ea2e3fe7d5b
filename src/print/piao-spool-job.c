/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "print/piao-spool.h"

G_DEFINE_BOXED_TYPE (PiaoSpoolJob, piao_spool_job, piao_spool_job_copy, piao_spool_job_free)

PiaoSpoolJob *
piao_spool_job_copy (const PiaoSpoolJob *job)
{
  PiaoSpoolJob *copy;

  g_return_val_if_fail (job != NULL, NULL);
  copy = g_memdup2 (job, sizeof *job);
  copy->kind = g_strdup (job->kind);
  copy->template_name = g_strdup (job->template_name);
  copy->name = g_strdup (job->name);
  copy->data = g_strdup (job->data);
  copy->printer = g_strdup (job->printer);
  copy->format = g_strdup (job->format);
  copy->bytes = job->bytes != NULL ? g_bytes_ref (job->bytes) : NULL;
  copy->sha256 = g_strdup (job->sha256);
  copy->state = g_strdup (job->state);
  copy->error = g_strdup (job->error);
  return copy;
}

void
piao_spool_job_free (PiaoSpoolJob *job)
{
  if (job == NULL)
    return;
  g_free (job->kind);
  g_free (job->template_name);
  g_free (job->name);
  g_free (job->data);
  g_free (job->printer);
  g_free (job->format);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_free (job->sha256);
  g_free (job->state);
  g_free (job->error);
  g_free (job);
}
