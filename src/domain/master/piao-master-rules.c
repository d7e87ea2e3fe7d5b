/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/master/piao-master-rules.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "domain/barcode/piao-barcode.h"
#include "domain/delivery/piao-calendar.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/delivery/piao-sla.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/ticket/piao-batch.h"
#include "domain/ticket/piao-ticket-kinds.h"

PIAO_STATEMENT (select_outlets_of_owner,
                "SELECT id FROM outlet WHERE owner_id = $1 AND deleted = 0 ORDER BY id");
PIAO_STATEMENT (select_outlets_of_manager,
                "SELECT id FROM outlet WHERE manager_id = $1 AND deleted = 0 ORDER BY id");

/* --- places and people ----------------------------------------------------------------------- */

/* A branch manager keeps the users of the own prefecture; who may edit roles keeps all (6.3). */
static gboolean
guard_user (PiaoTx *tx, PiaoRecord *user, GError **error)
{
  gint64 org_id = piao_record_int (user, PIAO_USER_ORG_ID);
  g_autoptr (PiaoRecord) org = NULL;

  if (piao_tx_is_allowed (tx, "role.edit"))
    return TRUE;
  if (org_id != 0)
    org = piao_record_load (piao_tx_get_db (tx), &piao_org_kind, org_id, NULL);
  if (org != NULL && piao_tx_sees_lane (tx, piao_record_int (org, PIAO_ORG_GB)))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "user.elsewhere",
                         _ ("This user does not belong to your prefecture. Choose an "
                            "organisation of yours."));
}

/* Nobody gives a right to himself (6.3: separation). */
static gboolean
guard_user_role (PiaoTx *tx, PiaoRecord *grant, GError **error)
{
  if (piao_tx_get_actor (tx) == 0
      || piao_record_int (grant, PIAO_USER_ROLE_USER_ID) != piao_tx_get_actor (tx))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "role.own",
                         _ ("Nobody changes the own roles. Ask another administrator."));
}

static gboolean
check_closure (PiaoTx *tx, PiaoRecord *closure, GError **error)
{
  if (piao_record_int (closure, PIAO_CLOSURE_ENDS_AT)
      > piao_record_int (closure, PIAO_CLOSURE_STARTS_AT))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "closure.order",
                         _ ("A market closure ends after it begins. Check both times."));
}

static gboolean
check_parameter (PiaoTx *tx, PiaoRecord *parameter, GError **error)
{
  gint64 value = piao_record_int (parameter, PIAO_PARAMETER_VALUE);

  if (value >= piao_record_int (parameter, PIAO_PARAMETER_LEAST)
      && value <= piao_record_int (parameter, PIAO_PARAMETER_MOST))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "parameter.range",
                         _ ("“%s” must be between %" PRIi64 " and %" PRIi64 "."),
                         piao_record_text (parameter, PIAO_PARAMETER_KEY),
                         piao_record_int (parameter, PIAO_PARAMETER_LEAST),
                         piao_record_int (parameter, PIAO_PARAMETER_MOST));
}

/* --- tickets --------------------------------------------------------------------------------- */

/* TKT-03: the value of a pack follows from its tickets. */
static gboolean
check_ticket_type (PiaoTx *tx, PiaoRecord *type, GError **error)
{
  gint64 face = piao_record_int (type, PIAO_TICKET_TYPE_FACE_VALUE);
  gint64 tickets = piao_record_int (type, PIAO_TICKET_TYPE_TICKETS_PER_PACK);
  gint64 from = piao_record_int (type, PIAO_TICKET_TYPE_MARKET_FROM);
  gint64 to = piao_record_int (type, PIAO_TICKET_TYPE_MARKET_TO);

  if (face < 1 || face > 100000 || tickets < 1 || tickets > 10000)
    return piao_error_set (error, PIAO_ERROR_INVALID, "ticket.value",
                           _ ("A ticket costs up to 1,000 yuan and a pack holds 1 to 10,000 "
                              "tickets. Check both."));
  if (to != 0 && to <= from)
    return piao_error_set (error, PIAO_ERROR_INVALID, "ticket.market",
                           _ ("A ticket type leaves the market after it enters it. Check both "
                              "dates."));
  piao_record_set_int (type, PIAO_TICKET_TYPE_PACK_VALUE, face * tickets);
  return TRUE;
}

static gboolean
check_batch (PiaoTx *tx, PiaoRecord *batch, GError **error)
{
  gint64 printed_on = piao_record_int (batch, PIAO_BATCH_PRINTED_ON);

  if (printed_on <= 0 || printed_on > piao_tx_get_now (tx))
    return piao_error_set (error, PIAO_ERROR_INVALID, "batch.printed",
                           _ ("A batch was printed before today. Check the date."));
  piao_record_set_int (batch, PIAO_BATCH_SELL_UNTIL, piao_batch_sell_until (printed_on));
  return TRUE;
}

static gboolean
check_profile (PiaoTx *tx, PiaoRecord *row, GError **error)
{
  g_autoptr (PiaoBarcodeBook) book = piao_barcode_book_new ();
  const PiaoBarcodeProfile profile = {
    .code = piao_record_text (row, PIAO_BARCODE_PROFILE_CODE),
    .level = piao_record_text (row, PIAO_BARCODE_PROFILE_LEVEL),
    .length = piao_record_int (row, PIAO_BARCODE_PROFILE_LENGTH),
    .pattern = piao_record_text (row, PIAO_BARCODE_PROFILE_PATTERN),
    .check = piao_record_text (row, PIAO_BARCODE_PROFILE_CHECK_RULE),
    .priority = piao_record_int (row, PIAO_BARCODE_PROFILE_PRIORITY),
    .enabled = TRUE,
  };

  return piao_barcode_book_add (book, &profile, error);
}

/* --- delivery and outlets -------------------------------------------------------------------- */

static gboolean
check_scheme (PiaoTx *tx, PiaoRecord *scheme, GError **error)
{
  g_autoptr (PiaoCalendar) calendar
      = piao_calendar_parse (piao_record_text (scheme, PIAO_SCHEME_CALENDAR),
                             piao_record_text (scheme, PIAO_SCHEME_TRANSIT), error);

  return calendar != NULL;
}

/* An owner stays in the prefecture of the first outlet; a new one is in the actor's, which the
 * form says. */
static gboolean
check_owner (PiaoTx *tx, PiaoRecord *owner, GError **error)
{
  if (owner->lane != 0)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "owner.lane",
                         _ ("Say to which prefecture this owner belongs."));
}

/* Not sent: the case about an order leaves it where it stood. */
PIAO_STATEMENT (select_left_behind,
                "SELECT number FROM orders WHERE outlet_id = $1 AND lane <> $2 AND deleted = 0"
                " AND (CASE state WHEN 'abnormal' THEN prev_state ELSE state END"
                " IN ('submitted', 'pending_outbound', 'on_hold', 'picking', 'checked',"
                " 'held_for_ilms', 'confirming', 'delivery_failed')"
                " OR (CASE state WHEN 'abnormal' THEN prev_state ELSE state END = 'ready_to_ship'"
                " AND EXISTS (SELECT 1 FROM parcel WHERE parcel.order_id = orders.id"
                " AND parcel.closed_at = 0 AND parcel.deleted = 0)))"
                " ORDER BY submitted_at, id LIMIT 1");

/* The clerks of the old prefecture would not see any more whom they pack for: neither the counter
 * nor ILMS nor the label can do without. */
static gboolean
check_nothing_left_behind (PiaoTx *tx, const PiaoRecord *outlet, gint64 lane, GError **error)
{
  g_autofree char *number = NULL;

  if (outlet->lane == lane || outlet->lane == 0)
    return TRUE;
  if (!piao_db_query_text (piao_tx_get_db (tx), &select_left_behind, &number, error, "ii",
                           outlet->id, lane))
    return FALSE;
  return number == NULL
         || piao_error_set (error, PIAO_ERROR_REFUSED, "outlet.open-order",
                            _ ("Order %s of this outlet is not sent yet. Have its prefecture send "
                               "or refuse it first; then move the outlet."),
                            number);
}

/* DLV-05, DLV-06: the limit may only be shortened, the scheme is one of the outlet's prefecture. */
static gboolean
check_outlet (PiaoTx *tx, PiaoRecord *outlet, GError **error)
{
  gint64 manager_id = piao_record_int (outlet, PIAO_OUTLET_MANAGER_ID);
  gint64 scheme_id = piao_record_int (outlet, PIAO_OUTLET_SCHEME_ID);
  PiaoDb *db = piao_tx_get_db (tx);
  g_autoptr (PiaoRecord) warehouse
      = piao_tx_get (tx, &piao_warehouse_kind, piao_record_int (outlet, PIAO_OUTLET_WAREHOUSE_ID),
                     error);
  g_autoptr (PiaoRecord) owner = NULL;
  g_autoptr (PiaoRecord) manager = NULL;
  g_autoptr (PiaoRecord) scheme = NULL;
  g_autoptr (PiaoRecord) org = NULL;

  if (warehouse != NULL)
    org = piao_tx_get (tx, &piao_org_kind, piao_record_int (warehouse, PIAO_WAREHOUSE_ORG_ID),
                       error);
  if (org != NULL)
    owner
        = piao_tx_get (tx, &piao_owner_kind, piao_record_int (outlet, PIAO_OUTLET_OWNER_ID), error);
  if (owner == NULL
      || !piao_sla_check_override (piao_record_int (outlet, PIAO_OUTLET_DISTANCE),
                                   piao_record_int (outlet, PIAO_OUTLET_OVERRIDE_HOURS), error))
    return FALSE;
  if (scheme_id != 0)
    scheme = piao_record_load (db, &piao_scheme_kind, scheme_id, NULL);
  if (scheme != NULL && piao_record_int (scheme, PIAO_SCHEME_ORG_ID) != org->id)
    return piao_error_set (error, PIAO_ERROR_INVALID, "outlet.scheme",
                           _ ("The delivery scheme %s belongs to another prefecture. Choose one "
                              "of %s."),
                           piao_record_text (scheme, PIAO_SCHEME_CODE),
                           piao_record_text (org, PIAO_ORG_NAME));
  if (!check_nothing_left_behind (tx, outlet, piao_record_int (org, PIAO_ORG_GB), error))
    return FALSE;
  if (manager_id != 0)
    manager = piao_record_load (db, &piao_user_kind, manager_id, NULL);
  outlet->lane = piao_record_int (org, PIAO_ORG_GB);
  piao_record_set_text (outlet, PIAO_OUTLET_OWNER_NAME, piao_record_text (owner, PIAO_OWNER_NAME));
  piao_record_set_text (outlet, PIAO_OUTLET_MANAGER_NAME,
                        manager != NULL ? piao_record_text (manager, PIAO_USER_REAL_NAME) : NULL);
  return TRUE;
}

/* Writes @name into @column of the outlets that @statement finds for @id; refused when one of them
 * would change and is out of the actor's scope. */
static gboolean
rename_in_outlets (PiaoTx *tx,
                   const PiaoStatement *statement,
                   gint64 id,
                   guint column,
                   const char *name,
                   GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (piao_tx_get_db (tx), statement, &inner, "i", id);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      gint64 outlet = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, outlet);
    }
  g_clear_pointer (&cursor, piao_cursor_free);
  for (guint i = 0; inner == NULL && i < ids->len; i++)
    {
      g_autoptr (PiaoRecord) outlet = piao_record_load (piao_tx_get_db (tx), &piao_outlet_kind,
                                                        g_array_index (ids, gint64, i), &inner);

      if (outlet == NULL || piao_record_is (outlet, column, name))
        continue;
      piao_record_set_text (outlet, column, name);
      piao_tx_put (tx, outlet, &inner);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
spread_owner (PiaoTx *tx, const PiaoRecord *owner, GError **error)
{
  return rename_in_outlets (tx, &select_outlets_of_owner, owner->id, PIAO_OUTLET_OWNER_NAME,
                            piao_record_text (owner, PIAO_OWNER_NAME), error);
}

static gboolean
spread_user (PiaoTx *tx, const PiaoRecord *user, GError **error)
{
  return rename_in_outlets (tx, &select_outlets_of_manager, user->id, PIAO_OUTLET_MANAGER_NAME,
                            piao_record_text (user, PIAO_USER_REAL_NAME), error);
}

/* --- the table ------------------------------------------------------------------------------- */

static const PiaoMasterRule rules[] = {
  { .kind = &piao_org_kind, .derived = "" },
  { .kind = &piao_warehouse_kind, .derived = "" },
  { .kind = &piao_user_kind, .derived = "", .guard = guard_user, .spread = spread_user },
  { .kind = &piao_role_kind, .derived = "" },
  { .kind = &piao_role_permission_kind, .derived = "" },
  { .kind = &piao_user_role_kind, .derived = "", .guard = guard_user_role },
  { .kind = &piao_closure_kind, .derived = "", .check = check_closure },
  { .kind = &piao_parameter_kind, .derived = " key least most unit ", .check = check_parameter },
  { .kind = &piao_ticket_type_kind, .derived = " pack_value ", .check = check_ticket_type },
  { .kind = &piao_batch_kind, .derived = " sell_until ", .check = check_batch },
  { .kind = &piao_barcode_profile_kind, .derived = "", .check = check_profile },
  { .kind = &piao_scheme_kind, .derived = "", .check = check_scheme },
  { .kind = &piao_owner_kind, .derived = "", .check = check_owner, .spread = spread_owner },
  { .kind = &piao_outlet_kind,
    .derived = " owner_name manager_name credit_until instant_balance payment_balance balance_at ",
    .check = check_outlet },
};

const PiaoMasterRule *
piao_master_rule_find (const PiaoKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].kind == kind)
      return &rules[i];
  return NULL;
}
