/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/abnormal/piao-abnormal-rules.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/delivery/piao-label-commands.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/master/piao-master-rules.h"
#include "domain/order/piao-order-rules.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/piao-domain.h"
#include "domain/ticket/piao-ticket-kinds.h"
#include "store/piao-rescue.h"

static const PiaoKind *const org_kinds[] = { &piao_org_kind,
                                             &piao_warehouse_kind,
                                             &piao_role_kind,
                                             &piao_role_permission_kind,
                                             &piao_user_kind,
                                             &piao_user_role_kind,
                                             &piao_closure_kind,
                                             &piao_parameter_kind,
                                             NULL };
static const PiaoModule org_module = { "org", org_kinds, NULL };

static const PiaoKind *const ticket_kinds[]
    = { &piao_ticket_type_kind, &piao_batch_kind, &piao_barcode_profile_kind, NULL };
static const PiaoModule ticket_module = { "ticket", ticket_kinds, NULL };

static const PiaoKind *const outlet_kinds[] = { &piao_owner_kind, &piao_outlet_kind, NULL };
static const PiaoModule outlet_module = { "outlet", outlet_kinds, NULL };

static const PiaoKind *const delivery_kinds[] = { &piao_scheme_kind, &piao_parcel_kind, NULL };
static const PiaoCommand *const delivery_commands[]
    = { &piao_label_issue_command, &piao_parcel_close_command, NULL };
static const PiaoModule delivery_module = { "delivery", delivery_kinds, delivery_commands };

static const PiaoKind *const order_kinds[]
    = { &piao_order_kind, &piao_order_line_kind, &piao_order_event_kind, &piao_number_block_kind,
        NULL };
static const PiaoCommand *const order_commands[] = {
  &piao_order_submit_command,
  &piao_order_open_pick_command,
  &piao_order_scan_command,
  &piao_order_scan_case_command,
  &piao_order_undo_command,
  &piao_order_short_command,
  &piao_order_release_command,
  &piao_order_check_command,
  &piao_order_back_command,
  &piao_order_hold_command,
  &piao_order_retry_command,
  &piao_order_refuse_command,
  &piao_order_amend_command,
  &piao_order_confirm_command,
  &piao_order_reconnect_command,
  &piao_number_reserve_command,
  NULL,
};
static const PiaoModule order_module = { "order", order_kinds, order_commands };

static const PiaoKind *const abnormal_kinds[]
    = { &piao_abnormal_case_kind, &piao_abnormal_pack_kind, NULL };
static const PiaoCommand *const abnormal_commands[] = { &piao_order_report_abnormal_command,
                                                        &piao_abnormal_collect_command,
                                                        &piao_abnormal_judge_command,
                                                        &piao_abnormal_handle_command,
                                                        &piao_abnormal_approve_command,
                                                        &piao_abnormal_close_command,
                                                        NULL };
static const PiaoModule abnormal_module = { "abnormal", abnormal_kinds, abnormal_commands };

static const PiaoKind *const pack_kinds[]
    = { &piao_pack_kind, &piao_movement_kind, &piao_stock_kind, NULL };
static const PiaoModule pack_module = { "pack", pack_kinds, NULL };

static const PiaoKind *const gateway_kinds[] = { &piao_gateway_request_kind, NULL };
static const PiaoCommand *const gateway_commands[]
    = { &piao_gateway_progress_command, &piao_gateway_decide_command, &piao_gateway_balance_command,
        NULL };
static const PiaoModule gateway_module = { "gateway", gateway_kinds, gateway_commands };

static const PiaoCommand *const master_commands[] = { &piao_kind_save_command, NULL };
static const PiaoModule master_module = { "master", NULL, master_commands };

static const PiaoCommand *const outbox_commands[] = { &piao_outbox_lost_command, NULL };
static const PiaoModule outbox_module = { "outbox", NULL, outbox_commands };

static const PiaoModule *const modules[]
    = { &org_module,  &ticket_module,   &outlet_module,  &delivery_module, &order_module,
        &pack_module, &abnormal_module, &gateway_module, &master_module,   &outbox_module,
        NULL };

PiaoRegistry *
piao_domain_registry_new (void)
{
  return piao_registry_new (modules);
}
