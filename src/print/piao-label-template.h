/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoLabelTemplate: a label as data, in millimetres from the top left corner.
 *
 * A template is a JSON object:
 *
 *   { "name": "parcel-100x70", "title": "包裹标签", "width": 100, "height": 70, "gap": 2,
 *     "required": ["order_no"],
 *     "elements": [
 *       { "kind": "text", "name": "town", "box": [3, 12, 64, 12], "text": "{town}",
 *         "size": 10, "min_size": 5, "lines": 1, "bold": true, "fit": "shrink",
 *         "align": "start", "valign": "middle", "ground": "black", "when": "!reprint" },
 *       { "kind": "code128", "name": "bars", "box": [3, 50, 70, 12], "text": "{order_no}" },
 *       { "kind": "qr", … }, { "kind": "frame", "box": […], "stroke": 0.3 },
 *       { "kind": "fill", "box": […] } ] }
 *
 * Texts and codes have a box each and the boxes of one label may not overlap (unless their "when"
 * conditions exclude each other), so no text, however long, can run into another. (DLV-10)
 */

typedef enum
{
  PIAO_LABEL_TEXT,
  PIAO_LABEL_CODE128,
  PIAO_LABEL_QR,
  PIAO_LABEL_FRAME, /* the outline of its box */
  PIAO_LABEL_FILL,  /* its box in black; a thin one is a line */
} PiaoLabelKind;

typedef enum
{
  PIAO_LABEL_START,
  PIAO_LABEL_MIDDLE,
  PIAO_LABEL_END,
} PiaoLabelAlign;

/* Millimetres. */
typedef struct
{
  double x, y, width, height;
} PiaoLabelBox;

typedef struct
{
  PiaoLabelKind kind;
  char *name;       /* unique in the template */
  char *when;       /* NULL, "key" (only when it is set) or "!key" (only when it is not) */
  char *text;       /* pattern of texts and codes, else NULL */
  PiaoLabelBox box; /* inside the label */
  double size;      /* em height in mm */
  double min_size;  /* the smallest size that shrinking may reach, ≤ size */
  guint lines;      /* at most, ≥ 1 */
  double stroke;    /* of frames, mm */
  gboolean bold;
  gboolean inverse; /* white on black */
  gboolean shrink;  /* smaller before it is cut with an ellipsis */
  PiaoLabelAlign align, valign;
} PiaoLabelElement;

#define PIAO_LABEL_MAX_TEMPLATE_BYTES (64 * 1024)
#define PIAO_LABEL_MAX_ELEMENTS 64

typedef struct _PiaoLabelTemplate PiaoLabelTemplate;

/* Parses and checks @json (@length bytes, -1 when NUL-terminated). PIAO_ERROR_INVALID
 * "label.template" with a sentence that names the element and what is wrong with it. */
PiaoLabelTemplate *piao_label_template_parse (const char *json, gssize length, GError **error);

/* The template that ships as @name; PIAO_ERROR_NOT_FOUND for an unknown one. Transfer full. */
PiaoLabelTemplate *piao_label_template_load (const char *name, GError **error);

/* Names of the templates that ship. Transfer full, free with g_strfreev(). */
char **piao_label_template_list (void);

PiaoLabelTemplate *piao_label_template_ref (PiaoLabelTemplate *self);
void piao_label_template_unref (PiaoLabelTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoLabelTemplate, piao_label_template_unref)

const char *piao_label_template_get_name (const PiaoLabelTemplate *self);
const char *piao_label_template_get_title (const PiaoLabelTemplate *self);

/* Millimetres. */
double piao_label_template_get_width (const PiaoLabelTemplate *self);
double piao_label_template_get_height (const PiaoLabelTemplate *self);
double piao_label_template_get_gap (const PiaoLabelTemplate *self);

/* Fields without which the label may not be printed. Borrowed, NULL-terminated. */
const char *const *piao_label_template_get_required (const PiaoLabelTemplate *self);

guint piao_label_template_get_n_elements (const PiaoLabelTemplate *self);
const PiaoLabelElement *piao_label_template_get_element (const PiaoLabelTemplate *self,
                                                         guint index);

/* Whether two boxes share an area; touching edges do not. */
gboolean piao_label_box_overlaps (const PiaoLabelBox *a, const PiaoLabelBox *b);

G_END_DECLS
