/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: a command carries its arguments as JSON, its parameters say what they are. People are
 * told names instead of ids, words instead of codes. What may be given in another way is a table:
 * whom and what a command is about stays as it was, and what was scanned is scanned again.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "app/refused/piao-refused-private.h"
#include "app/widget/piao-format.h"
#include "base/piao-money.h"
#include "domain/abnormal/piao-abnormal-kinds.h"
#include "domain/abnormal/piao-abnormal-machine.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/gateway/piao-gateway-kinds.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/ticket/piao-ticket-kinds.h"

/* --- what may be mended ----------------------------------------------------------------------- */

static const char *const hold_reasons[] = { "BAL_SHORT", "STOCK_SHORT", "CLERK", NULL };
static const char *const short_reasons[] = { "STOCK_SHORT", "DAMAGED", "NOT_FOUND", NULL };
static const char *const refuse_reasons[] = { "BAL_SHORT", "STOCK_SHORT", "OWNER_ASKED", NULL };

static const struct
{
  const char *command, *member;
  const char *const *choices;
} mendable[] = {
  { "order.submit", "identity_checked", NULL },
  { "order.submit", "note", NULL },
  { "order.submit", "packs", NULL },
  { "order.amend", "packs", NULL },
  { "order.amend", "reason", NULL },
  { "order.hold", "reason", hold_reasons },
  { "order.hold", "note", NULL },
  { "order.short", "reason", short_reasons },
  { "order.refuse", "reason", refuse_reasons },
  { "order.refuse", "note", NULL },
  { "order.report_abnormal", "trouble", piao_abnormal_troubles },
  { "order.report_abnormal", "note", NULL },
  { "abnormal.collect", "evidence", NULL },
  { "abnormal.judge", "liability", piao_abnormal_liabilities },
  { "abnormal.handle", "handling", piao_abnormal_handlings },
  { "abnormal.handle", "police_no", NULL },
  { "abnormal.close", "resolution", NULL },
  { "abnormal.close", "shelved", NULL },
  { "abnormal.close", "reversal_no", NULL },
  { "label.issue", "reason", NULL },
  { "kind.save", "text", NULL },
  { "kind.save", "number", NULL },
};

static void
find_mendable (PiaoArgument *argument, const char *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mendable); i++)
    if (g_str_equal (mendable[i].command, command)
        && g_str_equal (mendable[i].member, argument->param->name))
      {
        argument->mendable = TRUE;
        argument->choices = mendable[i].choices;
      }
}

/* --- names for ids ---------------------------------------------------------------------------- */

static const struct
{
  const char *member;
  const PiaoKind *kind;
  int first, second; /* columns of the name; -1 none */
  const char *next;  /* the member that first is an id of, or NULL */
} names[] = {
  { "order", &piao_order_kind, PIAO_ORDER_NUMBER, -1, NULL },
  { "outlet", &piao_outlet_kind, PIAO_OUTLET_OUTLET_NO, PIAO_OUTLET_NAME, NULL },
  { "ticket_type", &piao_ticket_type_kind, PIAO_TICKET_TYPE_GAME_NO, PIAO_TICKET_TYPE_NAME, NULL },
  { "line", &piao_order_line_kind, PIAO_ORDER_LINE_TICKET_TYPE_ID, -1, "ticket_type" },
  { "parcel", &piao_parcel_kind, PIAO_PARCEL_ORDER_ID, -1, "order" },
  { "case", &piao_abnormal_case_kind, PIAO_ABNORMAL_CASE_ORDER_ID, -1, "order" },
  { "pack", &piao_pack_kind, PIAO_PACK_CODE, -1, NULL },
  { "request", &piao_gateway_request_kind, PIAO_GATEWAY_REQUEST_REQUEST_NO, -1, NULL },
  { "assisted_by", &piao_user_kind, PIAO_USER_REAL_NAME, -1, NULL },
  { "warehouse", &piao_warehouse_kind, PIAO_WAREHOUSE_NAME, -1, NULL },
};

static char *
dup_name (PiaoDb *db, const char *member, gint64 id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].member, member))
      {
        g_autoptr (PiaoRecord) record = piao_record_load (db, names[i].kind, id, NULL);

        if (record == NULL)
          break;
        if (names[i].next != NULL)
          return dup_name (db, names[i].next, piao_record_int (record, (guint)names[i].first));
        if (names[i].second < 0)
          return g_strdup (piao_record_text (record, (guint)names[i].first));
        return g_strdup_printf ("%s %s", piao_record_text (record, (guint)names[i].first),
                                piao_record_text (record, (guint)names[i].second));
      }
  return g_strdup_printf ("%" PRIi64, id);
}

/* --- values ----------------------------------------------------------------------------------- */

static char *
dup_word (const char *member, const char *text)
{
  static const char *const of_cases[] = { "trouble", "liability", "handling", "outcome", NULL };

  if (g_str_equal (member, "reason") || g_strv_contains (of_cases, member))
    return g_strdup (piao_format_reason (text));
  if (g_str_equal (member, "source"))
    return g_strdup (piao_format_source (text));
  return g_strdup (text);
}

static char *
dup_value (PiaoDb *db, const PiaoParam *param, JsonObject *args)
{
  if (!json_object_has_member (args, param->name))
    return g_strdup ("");
  switch (param->type)
    {
    case PIAO_PARAM_ID:
      return dup_name (db, param->name, piao_json_get_id (args, param->name));
    case PIAO_PARAM_INT:
      return g_strdup_printf ("%" PRIi64, piao_json_get_int (args, param->name, 0));
    case PIAO_PARAM_MONEY:
      return piao_money_format (piao_json_get_int (args, param->name, 0));
    case PIAO_PARAM_BOOL:
      return g_strdup (piao_json_get_bool (args, param->name, FALSE) ? _ ("Yes") : _ ("No"));
    case PIAO_PARAM_TEXT:
    case PIAO_PARAM_LINES:
      return dup_word (param->name, piao_json_get_text (args, param->name, ""));
    case PIAO_PARAM_LIST:
    default:
      return g_strdup ("");
    }
}

static void
argument_free (gpointer data)
{
  PiaoArgument *argument = data;

  g_free (argument->label);
  g_free (argument->text);
  g_free (argument);
}

static PiaoArgument *
add_argument (GPtrArray *arguments, const PiaoCommand *command, const PiaoParam *param)
{
  PiaoArgument *argument = g_new0 (PiaoArgument, 1);

  argument->param = param;
  find_mendable (argument, command->name);
  g_ptr_array_add (arguments, argument);
  return argument;
}

/* The first parameter of an element says what it is about, the others what about it. */
static void
add_element (PiaoDb *db,
             GPtrArray *arguments,
             const PiaoCommand *command,
             const PiaoParam *list,
             guint element,
             JsonObject *args)
{
  g_autofree char *about = dup_value (db, &list->items[0], args);

  for (const PiaoParam *param = list->items + 1; param->name != NULL; param++)
    if (json_object_has_member (args, param->name))
      {
        PiaoArgument *argument = add_argument (arguments, command, param);

        argument->list = list;
        argument->element = element;
        argument->label = g_strdup (about);
        argument->text = dup_value (db, param, args);
      }
}

static void
add_list (PiaoDb *db,
          GPtrArray *arguments,
          const PiaoCommand *command,
          const PiaoParam *list,
          JsonObject *args)
{
  JsonArray *elements = piao_json_get_array (args, list->name);

  for (guint i = 0; elements != NULL && i < json_array_get_length (elements); i++)
    {
      JsonObject *element = piao_json_array_get_object (elements, i);

      if (element != NULL)
        add_element (db, arguments, command, list, i, element);
    }
}

GPtrArray *
piao_argument_list (PiaoDb *db, const PiaoCommand *command, JsonObject *args)
{
  GPtrArray *arguments = g_ptr_array_new_with_free_func (argument_free);

  if (command == NULL || args == NULL || command->params == NULL)
    return arguments;
  for (const PiaoParam *param = command->params; param->name != NULL; param++)
    if (param->type == PIAO_PARAM_LIST)
      add_list (db, arguments, command, param, args);
    else if (!g_str_equal (param->name, "order"))
      {
        PiaoArgument *argument = add_argument (arguments, command, param);

        argument->label = g_strdup (_ (param->title));
        argument->text = dup_value (db, param, args);
      }
  return arguments;
}
