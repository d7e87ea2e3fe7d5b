/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoScanDetector: tells a scanner that types from fingers that type. (domain.md 4.3, 5.8)
 *
 * Pure: it is fed one character at a time with the time of its key event, and is told when time
 * has passed; it knows no widget and no clock. A burst is a scan when it has at least min_chars
 * characters, its gaps are short on average and none is long, and it ends with Enter, Tab or
 * silence. Outside of text fields the characters are held until that is decided, then handed on
 * as a scan or given back as typing. In a text field they go through, because a person may scan
 * into a field; only a burst longer than field_chars is a scan there, and the field is to be
 * restored.
 */
typedef struct
{
  guint min_chars;   /* fewest characters of a scan */
  guint field_chars; /* in a text field: more characters than this make a scan */
  guint mean_gap;    /* longest mean time between two characters, µs */
  guint max_gap;     /* longest single time between two characters, µs */
  guint silence;     /* silence that ends a burst, µs; at least max_gap */
} PiaoScanThresholds;

extern const PiaoScanThresholds piao_scan_thresholds_default;

/* What was measured on one burst. */
typedef struct
{
  guint chars;
  guint mean_gap; /* µs */
  guint max_gap;  /* µs */
} PiaoScanSample;

typedef struct
{
  /* A scan; @converted says that an input method had widened its characters. @in_field: it came
   * while a text field had the focus, which must get its text of before the burst back. */
  void (*scan) (const char *text, gboolean converted, gboolean in_field, gpointer data);
  /* Held characters that were typing after all. */
  void (*typed) (const char *text, gpointer data);
} PiaoScanHandlers;

#define PIAO_SCAN_MAX_CHARS 512

typedef struct _PiaoScanDetector PiaoScanDetector;

PiaoScanDetector *piao_scan_detector_new (const PiaoScanThresholds *thresholds,
                                          const PiaoScanHandlers *handlers,
                                          gpointer data);
void piao_scan_detector_free (PiaoScanDetector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoScanDetector, piao_scan_detector_free)

void piao_scan_detector_set_thresholds (PiaoScanDetector *self,
                                        const PiaoScanThresholds *thresholds);

/* A key that gives character @c went down at @time µs; @key is its hardware code and @in_field
 * says whether a text field has the focus. TRUE: keep the key from everyone else. */
gboolean piao_scan_detector_press (
    PiaoScanDetector *self, guint key, gunichar c, gint64 time, gboolean in_field);

/* A key went up. A key that goes down twice without going up is a finger resting on it. */
void piao_scan_detector_release (PiaoScanDetector *self, guint key);

/* Enter or Tab went down. TRUE: it ended a scan; keep it from everyone else. */
gboolean piao_scan_detector_terminate (PiaoScanDetector *self, gint64 time);

/* Any other key went down (an arrow, a shortcut): what was held is typing. */
void piao_scan_detector_interrupt (PiaoScanDetector *self);

/* How long, in µs, the keys must be silent until a pending burst is decided by tick(). */
guint piao_scan_detector_get_silence (PiaoScanDetector *self);
void piao_scan_detector_tick (PiaoScanDetector *self, gint64 now);

/* Whether a burst has begun, and how the last scan looked. */
gboolean piao_scan_detector_is_pending (PiaoScanDetector *self);
void piao_scan_detector_get_sample (PiaoScanDetector *self, PiaoScanSample *sample);

/* Thresholds with room to spare around what was measured on @n samples of one scanner; FALSE when
 * there are fewer than three or they are slower than a person types. */
gboolean
piao_scan_thresholds_learn (const PiaoScanSample *samples, guint n, PiaoScanThresholds *thresholds);

G_END_DECLS
