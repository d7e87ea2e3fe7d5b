/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/gateway/piao-gateway-kinds.h"

static const PiaoColumn gateway_request_columns[] = {
  [PIAO_GATEWAY_REQUEST_REQUEST_NO] = { "request_no", N_ ("Request number"), PIAO_COLUMN_TEXT,
                                        PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 40 },
  [PIAO_GATEWAY_REQUEST_OP]
  = { "op", N_ ("Operation"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 40 },
  [PIAO_GATEWAY_REQUEST_ORDER_ID]
  = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "order" },
  [PIAO_GATEWAY_REQUEST_EXECUTOR]
  = { "executor", N_ ("Executor"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 20 },
  [PIAO_GATEWAY_REQUEST_PARAMS] = { "params", N_ ("Parameters"), PIAO_COLUMN_TEXT,
                                    PIAO_COLUMN_REQUIRED | PIAO_COLUMN_HIDDEN, 60000 },
  [PIAO_GATEWAY_REQUEST_STATE] = { "state", N_ ("State"), PIAO_COLUMN_STATE, 0 },
  [PIAO_GATEWAY_REQUEST_TRIES] = { "tries", N_ ("Tries"), PIAO_COLUMN_INT, 0 },
  [PIAO_GATEWAY_REQUEST_DELAYS] = { "delays", N_ ("Delays"), PIAO_COLUMN_INT, 0 },
  [PIAO_GATEWAY_REQUEST_NEXT_AT] = { "next_at", N_ ("Next step"), PIAO_COLUMN_TIME, 0 },
  [PIAO_GATEWAY_REQUEST_FIRST_SENT_AT]
  = { "first_sent_at", N_ ("First sent"), PIAO_COLUMN_TIME, 0 },
  [PIAO_GATEWAY_REQUEST_LAST_SENT_AT] = { "last_sent_at", N_ ("Last sent"), PIAO_COLUMN_TIME, 0 },
  [PIAO_GATEWAY_REQUEST_UNKNOWN_AT] = { "unknown_at", N_ ("Unknown since"), PIAO_COLUMN_TIME, 0 },
  [PIAO_GATEWAY_REQUEST_DOUBT_AT] = { "doubt_at", N_ ("In doubt since"), PIAO_COLUMN_TIME, 0 },
  [PIAO_GATEWAY_REQUEST_ASKED_AT] = { "asked_at", N_ ("Asked"), PIAO_COLUMN_TIME, 0 },
  [PIAO_GATEWAY_REQUEST_ATTENTION] = { "attention", N_ ("Needs a person"), PIAO_COLUMN_BOOL, 0 },
  [PIAO_GATEWAY_REQUEST_CODE] = { "code", N_ ("Code"), PIAO_COLUMN_TEXT, 0, 60 },
  [PIAO_GATEWAY_REQUEST_MESSAGE] = { "message", N_ ("Message"), PIAO_COLUMN_TEXT, 0, 300 },
  [PIAO_GATEWAY_REQUEST_RESULT]
  = { "result", N_ ("Result"), PIAO_COLUMN_TEXT, PIAO_COLUMN_HIDDEN, 4000 },
  [PIAO_GATEWAY_REQUEST_CREATED_AT] = { "created_at", N_ ("Created"), PIAO_COLUMN_TIME, 0 },
  [PIAO_GATEWAY_REQUEST_DECIDED_AT] = { "decided_at", N_ ("Decided"), PIAO_COLUMN_TIME, 0 },
};

const PiaoKind piao_gateway_request_kind = {
  .name = "gateway_request",
  .title = N_ ("Gateway requests"),
  .working = PIAO_WORKING_PARTS,
  .working_of = "order_id",
  .permission = "order",
  .columns = gateway_request_columns,
  .n_columns = G_N_ELEMENTS (gateway_request_columns),
};
