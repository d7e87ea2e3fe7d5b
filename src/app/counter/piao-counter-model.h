/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/barcode/piao-barcode.h"
#include "domain/barcode/piao-command-card.h"
#include "domain/order/piao-counter-queries.h"
#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * PiaoCounterModel: one order on the counter. Scans, keys and command cards come in as texts and
 * acts, are dealt with one after the other in the order in which they came, and each ends in a
 * verdict. No widget: the page and the tests drive it alike. Main thread.
 *
 * Signals:
 *   "changed"                      the sheet, the mode or the case in hand differ
 *   "verdict" (PiaoSaid, text)  what became of the last scan or act, as a sentence
 */
#define PIAO_TYPE_COUNTER_MODEL (piao_counter_model_get_type ())
G_DECLARE_FINAL_TYPE (PiaoCounterModel, piao_counter_model, PIAO, COUNTER_MODEL, GObject)

typedef enum
{
  PIAO_SAID_INFO,
  PIAO_SAID_ACCEPTED,
  PIAO_SAID_LINE_DONE,
  PIAO_SAID_ORDER_DONE,
  PIAO_SAID_REFUSED,
} PiaoSaid;

typedef enum
{
  PIAO_COUNTER_EMPTY, /* no order is open */
  PIAO_COUNTER_PICK,  /* packs are being scanned */
  PIAO_COUNTER_SHEET, /* everything is scanned or short: the check sheet */
  PIAO_COUNTER_WATCH, /* the order is not ours to pick (confirming, held, done …) */
} PiaoCounterMode;

typedef enum
{
  PIAO_ACT_NEXT,    /* open the next order of the queue */
  PIAO_ACT_OPEN,    /* open a given order */
  PIAO_ACT_UNDO,    /* take the last scan back */
  PIAO_ACT_SHORT,   /* the rest of the selected line is missing; text is the reason code */
  PIAO_ACT_HOLD,    /* put the order aside; text is the reason code */
  PIAO_ACT_RELEASE, /* give the order back to the queue, packs to the shelf */
  PIAO_ACT_CONFIRM, /* ask ILMS, or hold the order while it cannot be asked */
  PIAO_ACT_REPRINT, /* one more copy of the label of the order shown or done last */
  PIAO_ACT_SCAN,    /* a code */
} PiaoAct;

/* @book (taken) reads the codes. @warehouse is where the user works. */
PiaoCounterModel *
piao_counter_model_new (PiaoReplica *replica, PiaoBarcodeBook *book, gint64 warehouse);

/* Queues an act. @order only for OPEN, @text for SCAN, SHORT and HOLD (NULL otherwise). */
void piao_counter_model_act (PiaoCounterModel *self, PiaoAct act, gint64 order, const char *text);

/* Queues what a command card says. */
void piao_counter_model_play_card (PiaoCounterModel *self, PiaoCard card);

/* Whether ILMS can be asked now; decides between confirming and holding. */
void piao_counter_model_set_online (PiaoCounterModel *self, gboolean online);

/* The line that SHORT is about; 0 means the first that is not complete. */
void piao_counter_model_select_line (PiaoCounterModel *self, gint64 line);

/* Reads the order again, as after rows arrived from the centre. */
void piao_counter_model_reload (PiaoCounterModel *self);

PiaoCounterSheet *piao_counter_model_get_sheet (PiaoCounterModel *self); /* NULL when empty */
PiaoCounterMode piao_counter_model_get_mode (PiaoCounterModel *self);
gint64 piao_counter_model_get_order (PiaoCounterModel *self); /* 0 when empty */
gint64 piao_counter_model_get_warehouse (PiaoCounterModel *self);

/* Whether nothing is queued or under way; notified by "changed". */
gboolean piao_counter_model_is_idle (PiaoCounterModel *self);

G_END_DECLS
