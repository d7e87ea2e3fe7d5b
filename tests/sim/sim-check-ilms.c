/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-json.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-line.h"

static gboolean
is_question (const char *operation)
{
  return !g_str_has_prefix (operation, "order.") || g_str_equal (operation, "order.query");
}

void
sim_check_sending (SimWorld *world,
                   guint executor,
                   const char *operation,
                   const char *request_no,
                   gboolean stopped)
{
  if (stopped)
    sim_fail (world, 13, "Executor %u calls %s although ILMS has said stop", executor, operation);
  else if (!is_question (operation) && request_no != NULL
           && sim_ilms_has_carried_out (world->ilms, request_no))
    sim_fail (world, 13, "Executor %u sends %s %s again, which was carried out", executor,
              operation, request_no);
}

void
sim_check_ilms (SimWorld *world, const char *order_no)
{
  gint64 debits;

  if (order_no == NULL)
    return;
  debits = piao_sandbox_get_int (world->ilms->store, 0,
                                 "SELECT count (*) FROM debit WHERE order_no = ?1", "s", order_no);
  if (debits > 1)
    sim_fail (world, 6, "ILMS has debited order %s %d times", order_no, (int)debits);
}
