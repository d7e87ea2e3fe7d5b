/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/pack/piao-pack-dialog.h"
#include "app/shell/piao-lookup.h"
#include "app/shell/piao-page.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "domain/barcode/piao-barcode.h"
#include "domain/barcode/piao-command-card.h"
#include "domain/order/piao-order-queries.h"

#define NUMBER_DIGITS 18

typedef struct
{
  GWeakRef widget;
  PiaoSession *session;
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_weak_ref_clear (&pending->widget);
  g_object_unref (pending->session);
  g_free (pending);
}

static DexFuture *
find_number (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  gint64 id = 0;

  if (piao_order_find_number (db, data, &id, &error) && id == 0)
    error = piao_error_new (PIAO_ERROR_NOT_FOUND, "order.missing",
                            _ ("There is no order %.18s on this computer."), (const char *)data);
  return error == NULL ? dex_future_new_for_int64 (id) : dex_future_new_for_error (error);
}

static DexFuture *
on_number (DexFuture *future, gpointer data)
{
  Pending *pending = data;
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&pending->widget);
  g_autoptr (GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);

  if (value != NULL)
    piao_session_show_order (pending->session, g_value_get_int64 (value));
  else if (widget != NULL)
    piao_toast_error (widget, error);
  return dex_future_new_true ();
}

static void
show_number (GtkWidget *widget, PiaoSession *session, const char *number)
{
  Pending *pending = g_new0 (Pending, 1);

  g_weak_ref_init (&pending->widget, widget);
  pending->session = g_object_ref (session);
  piao_future_disown (
      dex_future_finally (piao_session_read (session, find_number, g_strdup (number), g_free),
                          on_number, pending, pending_free),
      "finding an order by its number");
}

static void
show_pack (GtkWidget *widget, PiaoSession *session, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoBarcodeBook) book = piao_barcode_book_new_shipped (&error);
  char key[PIAO_BARCODE_KEY_LENGTH];
  PiaoBarcode barcode;

  if (book == NULL || !piao_barcode_read (book, text, &barcode, &error))
    {
      piao_toast_error (widget, error);
      return;
    }
  piao_barcode_pack_key (&barcode, barcode.pack_from, key);
  piao_pack_dialog_present (widget, session, key);
}

gboolean
piao_lookup_scan (GtkWidget *widget, PiaoSession *session, const char *text)
{
  if (!piao_session_may (session, "order"))
    return FALSE;
  if (piao_card_is_card (text))
    piao_toast (widget, _ ("Command cards work at the counter. Press Alt+2 to go there."));
  else if (strlen (text) == NUMBER_DIGITS && strspn (text, "0123456789") == NUMBER_DIGITS)
    show_number (widget, session, text);
  else
    show_pack (widget, session, text);
  return TRUE;
}
