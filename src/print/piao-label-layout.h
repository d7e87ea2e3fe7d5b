/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <pango/pangocairo.h>

#include "print/piao-symbol.h"
#include "print/piao-label-data.h"
#include "print/piao-label-template.h"

G_BEGIN_DECLS

/*
 * PiaoLabelLayout: a template filled with data, every text sized, wrapped or cut so that it stays
 * in its box, every code placed on the dot grid of a printer. The same layout is drawn on screen,
 * to PDF and to dots, so what is previewed is what is printed. Needs no display. One thread.
 */

/* Dots a millimetre of the printers that are sold. */
#define PIAO_LABEL_203_DPI 8.0
#define PIAO_LABEL_300_DPI (300.0 / 25.4)

/* Pango units of a millimetre: texts are laid out in tenths so that small ones stay exact. */
#define PIAO_LABEL_UNITS_PER_MM 10.0

typedef struct
{
  const PiaoLabelElement *element; /* owned by the template */
  char *text;                      /* what it says; NULL of frames and fills */

  PangoLayout *layout; /* texts: laid out in PIAO_LABEL_UNITS_PER_MM */
  double size;         /* texts: the em height reached, mm */
  double text_height;  /* texts: from the top of the first line to the foot of the last, mm */
  gboolean cut;        /* texts: something was left out and an ellipsis stands for it */

  PiaoSymbol *symbol; /* codes */
  double module;      /* codes: module width, mm; a whole number of dots */
  PiaoLabelBox place; /* codes: the place without quiet zone, inside the box, on the dot grid */
} PiaoLabelItem;

typedef struct _PiaoLabelLayout PiaoLabelLayout;

/* Fills @label_template with @data for a printer of @dots_per_mm (also the grid of codes in PDF
 * and preview; PIAO_LABEL_203_DPI then). PIAO_ERROR_INVALID "label.missing" when a required field
 * is empty, "label.code" when a code cannot be made or is too long for its box. */
PiaoLabelLayout *piao_label_layout_new (PiaoLabelTemplate *label_template,
                                        const PiaoLabelData *data,
                                        double dots_per_mm,
                                        GError **error);
void piao_label_layout_free (PiaoLabelLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoLabelLayout, piao_label_layout_free)

PiaoLabelTemplate *piao_label_layout_get_template (const PiaoLabelLayout *self);
double piao_label_layout_get_dots_per_mm (const PiaoLabelLayout *self);
guint piao_label_layout_get_n_items (const PiaoLabelLayout *self);
const PiaoLabelItem *piao_label_layout_get_item (const PiaoLabelLayout *self, guint index);

/* The item of the element @name, or NULL when it is not on this label. */
const PiaoLabelItem *piao_label_layout_find (const PiaoLabelLayout *self, const char *name);

/* Draws on @cr, whose unit is the millimetre with the origin at the label's corner. Draws the
 * paper too (white). */
void piao_label_layout_draw (const PiaoLabelLayout *self, cairo_t *cr);

G_END_DECLS
