/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/order/piao-order-machine.h"

/* Any state before the end may turn out abnormal, and is come back to (ABN-01). */
#define ABNORMAL_FROM(state)                                                                       \
  { state, "report_abnormal", "abnormal" },                                                        \
  {                                                                                                \
    "abnormal", "case_closed", state                                                               \
  }

static const PiaoOrderEdge edges[] = {
  { "draft", "submit", "submitted" },
  { "draft", PIAO_ORDER_CAME_AGAIN, "submitted" },
  { "submitted", "lock_ok", "pending_outbound" },
  { "submitted", "lock_refused", "on_hold" },
  { "on_hold", "amend", "submitted" },
  { "on_hold", "retry", "submitted" },
  { "pending_outbound", "amend", "submitted" },
  { "on_hold", "resume", "pending_outbound" },
  { "on_hold", "refuse", "refused" },
  { "submitted", "refuse", "refused" },
  { "pending_outbound", "refuse", "refused" },
  { "pending_outbound", "open_pick", "picking" },
  { "picking", "open_pick", "picking" },
  { "picking", "scan", "picking" },
  { "picking", "undo", "picking" },
  { "picking", "short", "picking" },
  { "picking", "release", "pending_outbound" },
  { "picking", "check", "checked" },
  { "checked", "back", "picking" },
  { "pending_outbound", "hold", "on_hold" },
  { "picking", "hold", "on_hold" },
  { "checked", "hold", "on_hold" },
  { "checked", "confirm", "confirming" },
  { "checked", "hold_for_ilms", "held_for_ilms" },
  { "held_for_ilms", "reconnect", "confirming" },
  { "confirming", "ilms_ok", "ready_to_ship" },
  { "confirming", "ilms_refused", "on_hold" },
  { "confirming", "timeout", "confirming" },
  { "ready_to_ship", "handover", "delivering" },
  { "delivering", "sign_off", "delivered" },
  { "delivering", "fail", "delivery_failed" },
  { "delivery_failed", "verify_ok", "ready_to_ship" },
  { "delivery_failed", "bring_back", "returned" },
  { "returned", "close", "cancelled" },
  { "delivered", "receipt_filed", "completed" },
  ABNORMAL_FROM ("submitted"),
  ABNORMAL_FROM ("pending_outbound"),
  ABNORMAL_FROM ("on_hold"),
  ABNORMAL_FROM ("picking"),
  ABNORMAL_FROM ("checked"),
  ABNORMAL_FROM ("held_for_ilms"),
  ABNORMAL_FROM ("confirming"),
  ABNORMAL_FROM ("ready_to_ship"),
  ABNORMAL_FROM ("delivering"),
  ABNORMAL_FROM ("delivery_failed"),
  ABNORMAL_FROM ("returned"),
  ABNORMAL_FROM ("delivered"),
  { "abnormal", "case_closed", "cancelled" },
  { "refused", "debit_found", "abnormal" },
  { "cancelled", "debit_found", "abnormal" },
  { "abnormal", "case_collect", "abnormal" },
  { "abnormal", "case_judge", "abnormal" },
  { "abnormal", "case_handle", "abnormal" },
  { "abnormal", "case_approve", "abnormal" },
  { "abnormal", "lock_ok", "abnormal" },
  { "abnormal", "lock_refused", "abnormal" },
  { "abnormal", "ilms_ok", "abnormal" },
  { "abnormal", "ilms_refused", "abnormal" },
};

static const struct
{
  const char *state;
  const char *title;
  const char *group;
} states[] = {
  { "draft", N_ ("Draft"), "draft" },
  { "submitted", N_ ("Submitted"), "pending" },
  { "pending_outbound", N_ ("To pick"), "pending" },
  { "on_hold", N_ ("On hold"), "pending" },
  { "picking", N_ ("Picking"), "pending" },
  { "checked", N_ ("Checked"), "pending" },
  { "held_for_ilms", N_ ("Held for ILMS"), "pending" },
  { "confirming", N_ ("Confirming"), "pending" },
  { "ready_to_ship", N_ ("Ready to ship"), "delivering" },
  { "delivering", N_ ("On the way"), "delivering" },
  { "delivery_failed", N_ ("Delivery failed"), "delivering" },
  { "delivered", N_ ("Delivered"), "delivering" },
  { "completed", N_ ("Completed"), "completed" },
  { "refused", N_ ("Refused"), "closed" },
  { "returned", N_ ("Returned"), "closed" },
  { "cancelled", N_ ("Cancelled"), "closed" },
  { "abnormal", N_ ("Abnormal"), "abnormal" },
};

const PiaoOrderEdge *
piao_order_machine_get_edges (guint *n_edges)
{
  *n_edges = G_N_ELEMENTS (edges);
  return edges;
}

const char *
piao_order_machine_next (const char *state, const char *event)
{
  const char *to = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (g_str_equal (edges[i].from, state) && g_str_equal (edges[i].event, event))
      {
        if (to != NULL)
          return NULL;
        to = edges[i].to;
      }
  return to;
}

gboolean
piao_order_machine_leads (const char *state, const char *event, const char *to)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (g_str_equal (edges[i].from, state) && g_str_equal (edges[i].event, event)
        && g_strcmp0 (edges[i].to, to) == 0)
      return TRUE;
  return FALSE;
}

const char *
piao_order_state_get_title (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (states[i].state, state) == 0)
      return g_dgettext (GETTEXT_PACKAGE, states[i].title);
  return state != NULL ? state : "";
}

const char *
piao_order_state_get_group (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (states[i].state, state) == 0)
      return states[i].group;
  return "draft";
}
