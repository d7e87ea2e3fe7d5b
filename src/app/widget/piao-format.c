/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/widget/piao-format.h"
#include "base/piao-clock.h"
#include "base/piao-money.h"
#include "domain/abnormal/piao-abnormal-machine.h"
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

char *
piao_format_remaining (gint64 remaining)
{
  gint64 seconds = remaining / PIAO_SECOND, minutes = (remaining + PIAO_MINUTE - 1) / PIAO_MINUTE;

  if (seconds < 60)
    return g_strdup (_ ("less than a minute left"));
  if (minutes < 60)
    return g_strdup_printf (_ ("about %d min left"), (int)minutes);
  return g_strdup_printf (_ ("about %d h %02d min left"), (int)(minutes / 60), (int)(minutes % 60));
}

char *
piao_format_fetch (gint64 rows, double rate, gint64 remaining)
{
  g_autofree char *speed = rate >= 1 ? g_format_size ((guint64)rate) : NULL;
  g_autofree char *left = remaining >= 0 ? piao_format_remaining (remaining) : NULL;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%'u row", "%'u rows", (gulong)rows),
                          (guint)rows);
  if (speed != NULL)
    /* Translators: how much comes over the line in a second: "56 kB/s". */
    g_string_append_printf (text, _ (" · %s/s"), speed);
  if (left != NULL)
    g_string_append_printf (text, " · %s", left);
  return g_string_free_and_steal (text);
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
    { "NOT_FOUND", N_ ("Not on the shelf") },
    { "CLERK", N_ ("Put aside at the counter") },
    { "OTHER", N_ ("Other") },
    { "NUMBER_TAKEN", N_ ("It could not keep the number that it had at first") },
    { NULL },
  };

  return piao_abnormal_get_title (look_up (words, reason));
}

const char *
piao_format_command (const char *command)
{
  static const Word words[] = {
    { "order.submit", N_ ("Take an order") },
    { "order.open_pick", N_ ("Open an order at the counter") },
    { "order.scan", N_ ("Scan a pack") },
    { "order.scan_case", N_ ("Scan a case") },
    { "order.undo", N_ ("Take back a scan") },
    { "order.short", N_ ("Mark a line short") },
    { "order.release", N_ ("Give an order back") },
    { "order.check", N_ ("Check an order") },
    { "order.back", N_ ("Go back to picking") },
    { "order.hold", N_ ("Put an order on hold") },
    { "order.retry", N_ ("Ask ILMS again") },
    { "order.refuse", N_ ("Refuse an order") },
    { "order.amend", N_ ("Change a quantity") },
    { "order.confirm", N_ ("Confirm an order") },
    { "order.reconnect", N_ ("Confirm a held order") },
    { "order.report_abnormal", N_ ("Report an order abnormal") },
    { "abnormal.collect", N_ ("Note the evidence of a case") },
    { "abnormal.judge", N_ ("Judge who is liable") },
    { "abnormal.handle", N_ ("Decide how a case is handled") },
    { "abnormal.approve", N_ ("Approve a case") },
    { "abnormal.close", N_ ("Close a case") },
    { "label.issue", N_ ("Issue a label") },
    { "parcel.close", N_ ("Close a parcel") },
    { "gateway.progress", N_ ("Note a step at ILMS") },
    { "gateway.decide", N_ ("Note an answer of ILMS") },
    { "gateway.balance", N_ ("Note a balance") },
    { "number.reserve", N_ ("Reserve order numbers") },
    { "kind.save", N_ ("Change an entry") },
    { "outbox.lost", N_ ("Give up a number that is lost") },
    { NULL },
  };

  return look_up (words, command);
}

const char *
piao_format_event (const char *event)
{
  static const Word words[] = {
    { "submit", N_ ("Submitted") },
    { PIAO_ORDER_CAME_AGAIN, N_ ("Sent again after the centre was restored") },
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
    { "report_abnormal", N_ ("Reported abnormal") },
    { "debit_found", N_ ("Found to be debited by ILMS") },
    { "case_collect", N_ ("Evidence collected") },
    { "case_judge", N_ ("Liability judged") },
    { "case_handle", N_ ("Handling decided") },
    { "case_approve", N_ ("Case approved") },
    { "case_closed", N_ ("Case closed") },
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
    { "bring_back", N_ ("Brought back") },
    { "damage", N_ ("Written off: damaged") },
    { "lose", N_ ("Written off: lost") },
    { "steal", N_ ("Written off: stolen") },
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
piao_format_due_class (PiaoDueState state)
{
  if (state == PIAO_DUE_OK)
    return NULL;
  return state == PIAO_DUE_OVER ? "due-late" : "due-soon";
}

void
piao_format_tint_due (GtkWidget *widget, PiaoDueState state)
{
  gtk_widget_remove_css_class (widget, "due-late");
  gtk_widget_remove_css_class (widget, "due-soon");
  if (piao_format_due_class (state) != NULL)
    gtk_widget_add_css_class (widget, piao_format_due_class (state));
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
