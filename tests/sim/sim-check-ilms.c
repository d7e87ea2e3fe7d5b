/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-json.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-line.h"
#include "tests/sim/sim-server.h"

static gboolean
is_question (const char *operation)
{
  return !g_str_has_prefix (operation, "order.") || g_str_equal (operation, "order.query");
}

PIAO_STATEMENT (check_request,
                "SELECT COUNT(*) FROM gateway_request WHERE request_no = $1 AND op = $2"
                " AND state = 'sent'");

/* Before the first byte leaves it is on the disk that this request may have left. */
static gboolean
check_noted (SimWorld *world, guint executor, const char *operation, const char *request_no)
{
  PiaoDb *db = executor == SIM_LINE_SERVER ? world->server->db : world->desks[executor]->db;
  gint64 n = 0;

  return !piao_db_query_int (db, &check_request, 0, &n, NULL, "ss", request_no, operation) || n == 1
         || sim_fail (world, 13, "Executor %u sends %s %s, which it has not noted", executor,
                      operation, request_no);
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
  else if (!is_question (operation) && request_no != NULL)
    check_noted (world, executor, operation, request_no);
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
