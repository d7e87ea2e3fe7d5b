/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/scan/piao-scan-detector.h"
#include "base/piao-text.h"

#define MS G_GINT64_CONSTANT (1000)

const PiaoScanThresholds piao_scan_thresholds_default = {
  .min_chars = 6,
  .field_chars = 20,
  .mean_gap = 35 * MS,
  .max_gap = 80 * MS,
  .silence = 120 * MS,
};

/* Slower than this on average is a person, whatever a set-up page has measured. */
#define LEARNED_MEAN_MAX (60 * MS)

struct _PiaoScanDetector
{
  PiaoScanThresholds thresholds;
  PiaoScanHandlers handlers;
  gpointer data;

  GString *text;      /* the burst so far */
  guint chars;        /* its characters */
  gint64 first;       /* time of its first character, µs */
  gint64 last;        /* time of its last character, µs */
  gint64 widest;      /* its longest gap, µs */
  guint down;         /* the key that went down last and is not up yet, 0 for none */
  gboolean in_field;  /* a text field had the focus when it began */
  gboolean repeating; /* a key was held down: never a scan */
  PiaoScanSample sample;
};

PiaoScanDetector *
piao_scan_detector_new (const PiaoScanThresholds *thresholds,
                        const PiaoScanHandlers *handlers,
                        gpointer data)
{
  PiaoScanDetector *self = g_new0 (PiaoScanDetector, 1);

  piao_scan_detector_set_thresholds (self, thresholds);
  self->handlers = *handlers;
  self->data = data;
  self->text = g_string_sized_new (64);
  return self;
}

void
piao_scan_detector_free (PiaoScanDetector *self)
{
  g_string_free (self->text, TRUE);
  g_free (self);
}

void
piao_scan_detector_set_thresholds (PiaoScanDetector *self, const PiaoScanThresholds *thresholds)
{
  self->thresholds = *thresholds;
  self->thresholds.silence = MAX (thresholds->silence, thresholds->max_gap);
}

static void
reset (PiaoScanDetector *self)
{
  g_string_truncate (self->text, 0);
  self->chars = 0;
  self->widest = 0;
  self->repeating = FALSE;
}

static gint64
mean_gap (PiaoScanDetector *self)
{
  return self->chars > 1 ? (self->last - self->first) / (self->chars - 1) : 0;
}

static gboolean
looks_like_scan (PiaoScanDetector *self)
{
  if (self->repeating || self->chars < self->thresholds.min_chars)
    return FALSE;
  if (self->in_field && self->chars <= self->thresholds.field_chars)
    return FALSE;
  return mean_gap (self) <= self->thresholds.mean_gap && self->widest <= self->thresholds.max_gap;
}

/* Hands the burst on as what it was; TRUE if it was a scan. The handlers may feed keys again, so
 * the detector is empty before they run. */
static gboolean
decide (PiaoScanDetector *self, gboolean may_be_scan)
{
  g_autofree char *text = g_strndup (self->text->str, self->text->len);
  gboolean scan = may_be_scan && looks_like_scan (self);
  gboolean in_field = self->in_field;

  if (scan)
    {
      self->sample.chars = self->chars;
      self->sample.mean_gap = (guint)mean_gap (self);
      self->sample.max_gap = (guint)self->widest;
    }
  reset (self);
  if (scan)
    {
      gboolean converted = FALSE;
      g_autofree char *narrow = piao_text_narrow (text, &converted);

      self->handlers.scan (narrow, converted, in_field, self->data);
    }
  else if (!in_field && *text != '\0')
    self->handlers.typed (text, self->data);
  return scan;
}

gboolean
piao_scan_detector_press (
    PiaoScanDetector *self, guint key, gunichar c, gint64 time, gboolean in_field)
{
  gint64 gap = time - self->last;
  gboolean repeat = key != 0 && key == self->down;

  if (self->chars > 0 && (gap >= self->thresholds.silence || in_field != self->in_field))
    decide (self, gap >= self->thresholds.silence);
  else if (self->chars > 0 && (gap > self->thresholds.max_gap || gap < 0))
    decide (self, FALSE);
  else if (self->chars >= PIAO_SCAN_MAX_CHARS)
    decide (self, FALSE);

  if (self->chars == 0)
    {
      self->first = time;
      self->in_field = in_field;
    }
  else
    self->widest = MAX (self->widest, gap);
  self->repeating |= repeat;
  self->last = time;
  self->down = key;
  self->chars++;
  g_string_append_unichar (self->text, c);

  /* In a field the keys go through until the burst is too long and too fast to be typing. */
  return !in_field || looks_like_scan (self);
}

void
piao_scan_detector_release (PiaoScanDetector *self, guint key)
{
  if (key == self->down)
    self->down = 0;
}

gboolean
piao_scan_detector_terminate (PiaoScanDetector *self, gint64 time)
{
  self->down = 0;
  if (self->chars == 0)
    return FALSE;
  if (time - self->last > self->thresholds.max_gap)
    {
      /* Enter came on its own: it belongs to a person even if silence has just made a scan. */
      decide (self, time - self->last >= self->thresholds.silence);
      return FALSE;
    }
  return decide (self, TRUE);
}

void
piao_scan_detector_interrupt (PiaoScanDetector *self)
{
  self->down = 0;
  if (self->chars > 0)
    decide (self, FALSE);
}

guint
piao_scan_detector_get_silence (PiaoScanDetector *self)
{
  return self->thresholds.silence;
}

void
piao_scan_detector_tick (PiaoScanDetector *self, gint64 now)
{
  if (self->chars > 0 && now - self->last >= self->thresholds.silence)
    decide (self, TRUE);
}

gboolean
piao_scan_detector_is_pending (PiaoScanDetector *self)
{
  return self->chars > 0;
}

void
piao_scan_detector_get_sample (PiaoScanDetector *self, PiaoScanSample *sample)
{
  *sample = self->sample;
}

gboolean
piao_scan_thresholds_learn (const PiaoScanSample *samples, guint n, PiaoScanThresholds *thresholds)
{
  gint64 mean = 0, widest = 0;

  if (n < 3)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      mean = MAX (mean, (gint64)samples[i].mean_gap);
      widest = MAX (widest, (gint64)samples[i].max_gap);
    }
  if (mean > LEARNED_MEAN_MAX)
    return FALSE;
  /* Half as much again for a busy bus; never stricter than 10 ms, the grain of some systems. */
  *thresholds = piao_scan_thresholds_default;
  thresholds->mean_gap = (guint)MAX (mean * 3 / 2, 10 * MS);
  thresholds->max_gap = (guint)MAX (widest * 3 / 2, 30 * MS);
  thresholds->silence = thresholds->max_gap + (guint)(40 * MS);
  return TRUE;
}
