/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a scanned code says. The shapes of the printers are data: each PiaoBarcodeProfile is one
 * shape, a PiaoBarcodeBook is the ordered list of them. The first profile that matches wins, only
 * that security profiles are always asked first: a code from under the latex is refused and
 * nothing of it is kept, so it must be read here, before any command, log or database sees it.
 *
 * The regular expression of a profile is matched against the code without white space, full-width
 * characters and small letters, from its first to its last character. Its groups are the facts:
 * plan, batch, pack, ticket, tickets_per_pack, packs_per_case, pack_from, pack_to, check.
 */
typedef enum
{
  PIAO_BARCODE_CASE,
  PIAO_BARCODE_BOX,
  PIAO_BARCODE_PACK,
  PIAO_BARCODE_TICKET,
  PIAO_BARCODE_SECURITY,
} PiaoBarcodeLevel;

#define PIAO_BARCODE_MAX_LENGTH 128
#define PIAO_BARCODE_MAX_PATTERN 512
#define PIAO_BARCODE_KEY_LENGTH 32

typedef struct
{
  PiaoBarcodeLevel level;
  char profile[17];        /* code of the profile that matched */
  char plan[9];            /* the printer's number of the game */
  char batch[9];           /* zeros kept, as in all numbers below */
  char pack[10];           /* "" on a case or box */
  char ticket[5];          /* "" unless one ticket was scanned */
  gint64 tickets_per_pack; /* 0 when the code does not say */
  gint64 pack_from;        /* first and last pack of a case or box; pack_from = pack_to = the */
  gint64 pack_to;          /* number of the pack otherwise */
  guint pack_digits;       /* how wide a pack number of this shape is written */
} PiaoBarcode;

typedef struct
{
  const char *code;    /* unique, at most 16 characters */
  const char *level;   /* case, box, pack, ticket, security */
  gint64 length;       /* characters that are not dashes; 0: any */
  const char *pattern; /* regular expression with named groups */
  const char *check;   /* none, sum10 */
  gint64 priority;     /* the smaller is asked first */
  gboolean enabled;
} PiaoBarcodeProfile;

typedef struct _PiaoBarcodeBook PiaoBarcodeBook;

PiaoBarcodeBook *piao_barcode_book_new (void);

/* The profiles that ship with the program (data/reference/barcode-profiles.csv). Transfer full.
 */
PiaoBarcodeBook *piao_barcode_book_new_shipped (GError **error);

void piao_barcode_book_free (PiaoBarcodeBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoBarcodeBook, piao_barcode_book_free)

/* Checks @profile and adds a copy; a disabled one is checked and left out. PIAO_ERROR_INVALID
 * "profile.…" when a field has no sense: the sentence says which. */
gboolean
piao_barcode_book_add (PiaoBarcodeBook *self, const PiaoBarcodeProfile *profile, GError **error);

/* Reads @text (from a scanner; any bytes) into @barcode. PIAO_ERROR_INVALID with the reasons
 *   scan.empty     nothing was scanned
 *   scan.long      more than PIAO_BARCODE_MAX_LENGTH bytes, or not text
 *   scan.check     a shape matched, its check digit did not: misread
 *   scan.unknown   no shape matched (WHS-02)
 * and PIAO_ERROR_REFUSED with scan.security (WHS-03): the sentence holds nothing of the code. Any
 * thread, as long as nobody adds to the book. */
gboolean piao_barcode_read (const PiaoBarcodeBook *self,
                            const char *text,
                            PiaoBarcode *barcode,
                            GError **error);

/* "J0001-00005-0000123": how a pack is known to every table and command. @pack_no is one of the
 * range of a case or box, or pack_from of a pack. Writes "" when it does not fit. */
void
piao_barcode_pack_key (const PiaoBarcode *self, gint64 pack_no, char key[PIAO_BARCODE_KEY_LENGTH]);

/* Whether @key has that shape. */
gboolean piao_barcode_key_is_valid (const char *key);

const char *piao_barcode_level_to_text (PiaoBarcodeLevel level);
int piao_barcode_level_from_text (const char *text);

/* The check digit of sum10 over the decimal digits of @text: it makes the sum of all digits a
 * multiple of ten. Chosen because the one published BZP20 code (…-100-3) agrees with it; the real
 * rule of the printer is not public. */
char piao_barcode_sum10 (const char *text);

G_END_DECLS
