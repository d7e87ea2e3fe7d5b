/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-money.h"
#include "domain/outlet/piao-phone.h"
#include "print/piao-order-label.h"

/* The columns that both labels read, and where they come from. */
#define ORDER_COLUMNS                                                                              \
  "orders.number, orders.departure_at, orders.due_at, orders.packs, orders.amount,"                \
  " orders.confirm_no, orders.held_at, warehouse.name, outlet.outlet_no, outlet.name,"             \
  " outlet.owner_name, outlet.phone, outlet.county, outlet.address, scheme.method"
#define ORDER_TABLES                                                                               \
  " orders JOIN outlet ON outlet.id = orders.outlet_id"                                            \
  " JOIN warehouse ON warehouse.id = orders.warehouse_id"                                          \
  " LEFT JOIN scheme ON scheme.id = COALESCE(orders.scheme_id, outlet.scheme_id)"

PIAO_STATEMENT (label_of_parcel,
                "SELECT " ORDER_COLUMNS
                ", parcel.order_id, parcel.n, parcel.total, parcel.label_copies"
                " FROM" ORDER_TABLES " JOIN parcel ON parcel.order_id = orders.id"
                " WHERE parcel.id = $1 AND parcel.deleted = 0");
PIAO_STATEMENT (label_of_order,
                "SELECT " ORDER_COLUMNS " FROM" ORDER_TABLES
                " WHERE orders.id = $1 AND orders.deleted = 0");

enum
{
  NUMBER,
  DEPARTURE,
  DUE,
  PACKS,
  AMOUNT,
  CONFIRM_NO,
  HELD_AT,
  WAREHOUSE,
  OUTLET_NO,
  OUTLET_NAME,
  OWNER,
  PHONE,
  COUNTY,
  ADDRESS,
  METHOD,
  ORDER_ID,
  PARCEL_NO,
  PARCEL_TOTAL,
  COPIES,
};

char *
piao_label_format_time (gint64 ms, gboolean weekday)
{
  static const char *const days[] = { "周一", "周二", "周三", "周四", "周五", "周六", "周日" };
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *clock = NULL;

  if (ms == 0)
    return NULL;
  if (!weekday)
    return piao_time_format (ms, "%m-%d %H:%M");
  time = piao_time_to_local (ms);
  clock = g_date_time_format (time, "%H:%M");
  return g_strdup_printf ("%s %s", days[g_date_time_get_day_of_week (time) - 1], clock);
}

static void
set_number (PiaoLabelData *data, const char *key, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  piao_label_data_set (data, key, text);
}

static void
set_time (PiaoLabelData *data, const char *key, gint64 ms, gboolean weekday)
{
  g_autofree char *text = piao_label_format_time (ms, weekday);

  piao_label_data_set (data, key, text);
}

static PiaoLabelData *
read_order (PiaoCursor *cursor, gboolean full_phone)
{
  static const struct
  {
    const char *key;
    guint column;
  } texts[]
      = { { "order_no", NUMBER },     { "confirm_no", CONFIRM_NO },   { "warehouse", WAREHOUSE },
          { "outlet_no", OUTLET_NO }, { "outlet_name", OUTLET_NAME }, { "owner", OWNER },
          { "town", COUNTY },         { "address", ADDRESS },         { "method", METHOD } };
  PiaoLabelData *data = piao_label_data_new ();
  g_autofree char *phone = piao_phone_show (piao_cursor_text (cursor, PHONE), full_phone);
  g_autofree char *amount = piao_money_format (piao_cursor_int (cursor, AMOUNT));

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    piao_label_data_set (data, texts[i].key, piao_cursor_text (cursor, texts[i].column));
  piao_label_data_set (data, "phone", phone);
  piao_label_data_set (data, "amount", amount);
  set_number (data, "packs", piao_cursor_int (cursor, PACKS));
  set_time (data, "departure", piao_cursor_int (cursor, DEPARTURE), TRUE);
  set_time (data, "due", piao_cursor_int (cursor, DUE), FALSE);
  set_time (data, "sealed_at", piao_cursor_int (cursor, HELD_AT), FALSE);
  return data;
}

/* The cursor of the one row of @id; NULL with @error when there is none. */
static PiaoCursor *
find (PiaoDb *db, const PiaoStatement *statement, gint64 id, GError **error)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autoptr (GError) failure = NULL;

  cursor = piao_db_query (db, statement, &failure, "i", id);
  if (cursor != NULL && piao_cursor_next (cursor, &failure))
    return g_steal_pointer (&cursor);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    piao_error_set (error, PIAO_ERROR_NOT_FOUND, "label.order",
                    _ ("The order of this label is not on this computer. Sync, then try again."));
  return NULL;
}

PiaoLabelData *
piao_label_data_for_parcel (
    PiaoDb *db, gint64 parcel_id, gboolean full_phone, gint64 *order_id, GError **error)
{
  g_autoptr (PiaoCursor) cursor = NULL;
  PiaoLabelData *data;

  g_return_val_if_fail (db != NULL, NULL);

  cursor = find (db, &label_of_parcel, parcel_id, error);
  if (cursor == NULL)
    return NULL;
  data = read_order (cursor, full_phone);
  set_number (data, "parcel_no", piao_cursor_int (cursor, PARCEL_NO));
  set_number (data, "parcel_total", piao_cursor_int (cursor, PARCEL_TOTAL));
  piao_label_data_set_copy (data, (guint)MAX (piao_cursor_int (cursor, COPIES), 1));
  if (order_id != NULL)
    *order_id = piao_cursor_int (cursor, ORDER_ID);
  return data;
}

PiaoLabelData *
piao_label_data_for_held_order (PiaoDb *db, gint64 order_id, GError **error)
{
  g_autoptr (PiaoCursor) cursor = NULL;

  g_return_val_if_fail (db != NULL, NULL);

  cursor = find (db, &label_of_order, order_id, error);
  if (cursor == NULL)
    return NULL;
  if (!piao_cursor_is_null (cursor, CONFIRM_NO))
    {
      piao_error_set (error, PIAO_ERROR_REFUSED, "label.confirmed",
                      _ ("ILMS has confirmed order %s: print its parcel label."),
                      piao_cursor_text (cursor, NUMBER));
      return NULL;
    }
  return read_order (cursor, FALSE);
}
