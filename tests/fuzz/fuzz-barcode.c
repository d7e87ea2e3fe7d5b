/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a scanner typed. Oracle: a code that is read names packs that the rest of the program takes;
 * one that is refused for its latex leaves nothing of itself in the sentence (WHS-03). */

#include <string.h>

#include "base/piao-error.h"
#include "domain/barcode/piao-barcode.h"
#include "tests/fuzz/fuzz.h"

#define SECRET 6 /* characters of a code that must not stand in a sentence */

static void
check_read (const PiaoBarcode *barcode)
{
  char key[PIAO_BARCODE_KEY_LENGTH];

  ORACLE (barcode->pack_from <= barcode->pack_to && barcode->level != PIAO_BARCODE_SECURITY);
  piao_barcode_pack_key (barcode, barcode->pack_from, key);
  ORACLE (*key == '\0' || piao_barcode_key_is_valid (key));
}

static void
check_silent (const char *text, const char *sentence)
{
  for (gsize at = 0; at + SECRET <= strlen (text); at++)
    {
      g_autofree char *part = g_strndup (text + at, SECRET);
      gboolean telling = TRUE;

      for (guint i = 0; i < SECRET; i++)
        telling = telling && g_ascii_isdigit (part[i]);
      ORACLE (!telling || strstr (sentence, part) == NULL);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static PiaoBarcodeBook *book;
  g_autofree char *text = g_strndup ((const char *)data, size);
  PiaoBarcode barcode = { 0 };
  g_autoptr (GError) error = NULL;

  if (book == NULL)
    book = piao_barcode_book_new_shipped (NULL);
  if (piao_barcode_read (book, text, &barcode, &error))
    check_read (&barcode);
  else
    {
      ORACLE (error != NULL && g_utf8_validate (error->message, -1, NULL));
      if (g_str_equal (piao_error_get_reason (error), "scan.security"))
        check_silent (text, error->message);
    }
  return 0;
}
