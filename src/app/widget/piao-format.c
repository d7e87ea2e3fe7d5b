/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/widget/piao-format.h"
#include "base/piao-clock.h"
#include "base/piao-money.h"
#include "domain/order/piao-order-machine.h"

typedef struct
{
  const char *word;
  const char *text;
} Word;

static const char *
look_up (const Word *words, const char *word)
{
  for (; words->word != NULL; words++)
    if (g_strcmp0 (words->word, word) == 0)
      return _ (words->text);
  return word != NULL ? word : "";
}

char *
piao_format_due (gint64 now, gint64 due_at)
{
  gint64 minutes = ABS (due_at - now) / PIAO_MINUTE;
  int hours = (int)(minutes / 60), rest = (int)(minutes % 60);

  if (due_at < now)
    return hours > 0 ? g_strdup_printf (_ ("%d h %02d min late"), hours, rest)
                     : g_strdup_printf (_ ("%d min late"), rest);
  return hours > 0 ? g_strdup_printf (_ ("%d h %02d min left"), hours, rest)
                   : g_strdup_printf (_ ("%d min left"), rest);
}

char *
piao_format_time (gint64 at, gint64 now)
{
  g_autofree char *year = NULL, *this_year = NULL;

  if (at == 0)
    return g_strdup ("—");
  year = piao_time_format (at, "%Y");
  this_year = piao_time_format (now, "%Y");
  return piao_time_format (at, g_str_equal (year, this_year) ? "%m-%d %H:%M" : "%Y-%m-%d %H:%M");
}

char *
piao_format_yuan (gint64 fen)
{
  char *text = piao_money_format (fen);

  if (fen % 100 == 0)
    *strrchr (text, '.') = '\0';
  return text;
}

const char *
piao_format_source (const char *source)
{
  static const Word words[] = {
    { "app", N_ ("App") },
    { "wechat_mp", N_ ("WeChat account") },
    { "mini_program", N_ ("Mini program") },
    { "phone", N_ ("Telephone") },
    { "account_manager", N_ ("Account manager") },
    { NULL },
  };

  return look_up (words, source);
}

const char *
piao_format_reason (const char *reason)
{
  static const Word words[] = {
    { "BAL_SHORT", N_ ("Balance too low") },
    { "STOCK_SHORT", N_ ("Not enough stock") },
    { "ILMS_DOWN", N_ ("ILMS unreachable") },
    { "OWNER_ASKED", N_ ("The owner asked for it") },
    { "DAMAGED", N_ ("Damaged packs") },
    { "MISSING", N_ ("Not on the shelf") },
    { "OTHER", N_ ("Other") },
    { NULL },
  };

  return look_up (words, reason);
}

const char *
piao_format_event (const char *event)
{
  static const Word words[] = {
    { "submit", N_ ("Submitted") },
    { "lock_ok", N_ ("Locked by ILMS") },
    { "lock_refused", N_ ("Lock refused by ILMS") },
    { "amend", N_ ("Quantity changed") },
    { "retry", N_ ("Asked ILMS again") },
    { "resume", N_ ("Taken up again") },
    { "refuse", N_ ("Refused") },
    { "open_pick", N_ ("Opened at the counter") },
    { "release", N_ ("Given back to the queue") },
    { "short", N_ ("Marked short") },
    { "check", N_ ("Check finished") },
    { "back", N_ ("Back to picking") },
    { "hold", N_ ("Put on hold") },
    { "confirm", N_ ("Sent to ILMS for confirmation") },
    { "hold_for_ilms", N_ ("Waits for the line to ILMS") },
    { "reconnect", N_ ("Line is back: sent to ILMS") },
    { "ilms_ok", N_ ("Confirmed and debited by ILMS") },
    { "ilms_refused", N_ ("Refused by ILMS") },
    { "handover", N_ ("Handed over to the carrier") },
    { "sign_off", N_ ("Signed for") },
    { "receipt_filed", N_ ("Receipt filed") },
    { NULL },
  };

  return look_up (words, event);
}

const char *
piao_format_movement (const char *event)
{
  static const Word words[] = {
    { "receive", N_ ("Received") },
    { "reserve", N_ ("Scanned for an order") },
    { "undo", N_ ("Scan taken back") },
    { "outbound", N_ ("Sent out") },
    { NULL },
  };

  return look_up (words, event);
}

const char *
piao_format_pack_state (const char *state)
{
  static const Word words[] = {
    { "registered", N_ ("Registered") },
    { "in_stock", N_ ("In stock") },
    { "reserved", N_ ("On an order") },
    { "outbound", N_ ("Sent out") },
    { "in_transit", N_ ("Under way") },
    { "at_outlet", N_ ("At the outlet") },
    { "activated", N_ ("Activated") },
    { "settled", N_ ("Settled") },
    { "in_transit_transfer", N_ ("Under way between warehouses") },
    { "returning", N_ ("Coming back") },
    { "damaged", N_ ("Damaged") },
    { "lost", N_ ("Lost") },
    { "stolen", N_ ("Stolen") },
    { "destroyed", N_ ("Destroyed") },
    { "expired", N_ ("Expired") },
    { NULL },
  };

  return look_up (words, state);
}

const char *
piao_format_state_class (const char *state)
{
  static const Word classes[] = {
    { "pending_outbound", "accent" }, { "picking", "accent" },
    { "checked", "accent" },          { "confirming", "accent" },
    { "held_for_ilms", "warning" },   { "on_hold", "warning" },
    { "delivery_failed", "error" },   { "abnormal", "error" },
    { "ready_to_ship", "success" },   { "delivering", "success" },
    { "delivered", "success" },       { NULL },
  };

  for (const Word *word = classes; word->word != NULL; word++)
    if (g_strcmp0 (word->word, state) == 0)
      return word->text;
  return NULL;
}

void
piao_format_state_pill (GtkLabel *label, const char *state)
{
  const char *classes[] = { "pill-label", piao_format_state_class (state), NULL };

  gtk_label_set_text (label, piao_order_state_get_title (state));
  gtk_widget_set_css_classes (GTK_WIDGET (label), classes);
}
