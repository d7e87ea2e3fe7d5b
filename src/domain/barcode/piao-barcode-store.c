/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/barcode/piao-barcode-store.h"

PIAO_STATEMENT (select_profiles,
                "SELECT code, level, length, pattern, check_rule, priority, enabled"
                " FROM barcode_profile WHERE deleted = 0 ORDER BY id");

PiaoBarcodeBook *
piao_barcode_book_load (PiaoDb *db, GError **error)
{
  g_autoptr (PiaoBarcodeBook) book = piao_barcode_book_new ();
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &select_profiles, &inner, "");
  gboolean any = FALSE;

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      const PiaoBarcodeProfile profile = {
        .code = piao_cursor_text (cursor, 0),
        .level = piao_cursor_text (cursor, 1),
        .length = piao_cursor_int (cursor, 2),
        .pattern = piao_cursor_text (cursor, 3),
        .check = piao_cursor_is_null (cursor, 4) ? "none" : piao_cursor_text (cursor, 4),
        .priority = piao_cursor_int (cursor, 5),
        .enabled = piao_cursor_int (cursor, 6) != 0,
      };

      any = TRUE;
      piao_barcode_book_add (book, &profile, &inner);
    }
  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return NULL;
    }
  return any ? g_steal_pointer (&book) : piao_barcode_book_new_shipped (error);
}
