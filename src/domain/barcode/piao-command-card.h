/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Command cards: codes on a printed card that do what a key does, so that hands stay on the
 * scanner. A code is "XJ#" + operation + check digit; no ticket code holds a '#'.
 */
typedef enum
{
  PIAO_CARD_NEXT,    /* open the next order */
  PIAO_CARD_SHORT,   /* this line cannot be filled */
  PIAO_CARD_UNDO,    /* take the last scan back */
  PIAO_CARD_HOLD,    /* put the order aside */
  PIAO_CARD_PACK,    /* show the check sheet */
  PIAO_CARD_REPRINT, /* print the last label again */
  PIAO_CARD_CONFIRM, /* confirm the order */
  PIAO_CARD_SECOND,  /* another person takes over ("SEC") */
} PiaoCard;

#define PIAO_CARD_COUNT 8

/* Whether @text starts as a command card does (white space and small letters do not matter); such
 * a text must never be read as a ticket. */
gboolean piao_card_is_card (const char *text);

/* Reads a whole card. PIAO_ERROR_INVALID, reason card.unknown or card.check. */
gboolean piao_card_read (const char *text, PiaoCard *card, GError **error);

/* The code to print, like "XJ#NEXT4". Transfer full. */
char *piao_card_make (PiaoCard card);

G_END_DECLS
