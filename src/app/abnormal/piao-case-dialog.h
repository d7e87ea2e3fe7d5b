/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"
#include "domain/abnormal/piao-abnormal-queries.h"

G_BEGIN_DECLS

/* Takes one step of an abnormal case; its button names the act. */
#define PIAO_TYPE_CASE_DIALOG (piao_case_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoCaseDialog, piao_case_dialog, PIAO, CASE_DIALOG, AdwDialog)

typedef enum
{
  PIAO_CASE_COLLECT,
  PIAO_CASE_JUDGE,
  PIAO_CASE_HANDLE,
  PIAO_CASE_APPROVE,
  PIAO_CASE_CLOSE,
  PIAO_CASE_N_ACTS,
} PiaoCaseAct;

/* @debited: ILMS has debited the order. @abnormal is only read here. */
PiaoCaseDialog *piao_case_dialog_new (PiaoSession *session,
                                      const PiaoAbnormalCase *abnormal,
                                      gboolean debited,
                                      PiaoCaseAct act);

/* The event of the case's machine, "collect" …, and what a button that leads here says, "Note
 * Evidence…"; static, and translated, borrowed. */
const char *piao_case_act_get_event (PiaoCaseAct act);
const char *piao_case_act_get_title (PiaoCaseAct act);

/* Whether the user may take that step now. */
gboolean
piao_case_act_may (PiaoSession *session, const PiaoAbnormalCase *abnormal, PiaoCaseAct act);

G_END_DECLS
