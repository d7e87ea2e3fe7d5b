/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-label-data.h"
#include "print/piao-label-template.h"

G_BEGIN_DECLS

/*
 * PiaoPrinter: a label printer as the set-up page stores it, one JSON object:
 *
 *   {"name":"出票台","address":"socket://192.168.1.50:9100","language":"zpl","dpi":203,"x":0,"y":0}
 *
 * Addresses: "socket://HOST[:PORT]", "cups:QUEUE", "device:/dev/usb/lp0", "folder:/PATH" (PDF
 * files, the way out when there is no printer). x and y are the calibration in dots.
 */
typedef enum
{
  PIAO_PRINTER_ZPL,
  PIAO_PRINTER_TSPL,
  PIAO_PRINTER_PDF,
} PiaoPrinterLanguage;

#define PIAO_PRINTER_MAX_OFFSET 200 /* dots */

typedef struct
{
  char *name;    /* what people call it; the key of its queue */
  char *address; /* see above */
  PiaoPrinterLanguage language;
  guint dpi;              /* 203 or 300 */
  int offset_x, offset_y; /* dots, right and down */
} PiaoPrinter;

/* Reads the JSON @text. PIAO_ERROR_INVALID "printer.invalid" with what is wrong. Transfer full. */
PiaoPrinter *piao_printer_parse (const char *text, GError **error);
char *piao_printer_to_text (const PiaoPrinter *self);

PiaoPrinter *piao_printer_copy (const PiaoPrinter *self);
void piao_printer_free (PiaoPrinter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPrinter, piao_printer_free)

/* "zpl", "tspl" or "pdf". */
const char *piao_printer_get_format (const PiaoPrinter *self);

/* The bytes that make this printer print the label once. Errors as piao_label_layout_new().
 * @created_ms goes into the properties of a PDF. Any thread. Transfer full. */
GBytes *piao_printer_render (const PiaoPrinter *self,
                             PiaoLabelTemplate *label_template,
                             const PiaoLabelData *data,
                             gint64 created_ms,
                             GError **error);

G_END_DECLS
