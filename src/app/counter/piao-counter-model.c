/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: a scanner is faster than a disk, so what comes in waits in a queue and one fiber works
 * it off: each act is run, the sheet is read again, the verdict is said, and only then the next is
 * taken. A refusal leaves the queue alone: the next scan works at once. Rules are commands of the
 * domain; here is only what the counter does between them.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/counter/piao-counter-model.h"
#include "base/piao-error.h"
#include "base/piao-future.h"

#define MAX_QUEUE 64

typedef struct
{
  PiaoAct act;
  gint64 order;
  char *text; /* owned, may be NULL */
} Step;

struct _PiaoCounterModel
{
  GObject parent_instance;

  PiaoReplica *replica;  /* owned */
  PiaoBarcodeBook *book; /* owned */
  gint64 warehouse;
  gboolean online;

  GQueue steps;            /* Step * */
  gboolean running;        /* the fiber is at work */
  PiaoCounterSheet *sheet; /* owned; NULL when no order is open */
  gint64 line;             /* selected, 0 none */
  gint64 last_order;       /* done last: what REPRINT is about when nothing is open */
  gboolean confirm_asked;  /* confirm again once ILMS knows what is short */

  /* A case label waits for one pack of the case to prove it. */
  char case_first[PIAO_BARCODE_KEY_LENGTH];
  gint64 case_from, case_to;
};

G_DEFINE_FINAL_TYPE (PiaoCounterModel, piao_counter_model, G_TYPE_OBJECT)

enum
{
  CHANGED,
  VERDICT,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void
step_free (Step *step)
{
  g_free (step->text);
  g_free (step);
}

static void
say (PiaoCounterModel *self, PiaoSaid verdict, const char *text)
{
  g_signal_emit (self, signals[VERDICT], 0, (int)verdict, text);
}

static void
say_error (PiaoCounterModel *self, const GError *error)
{
  say (self, PIAO_SAID_REFUSED, error->message);
}

/* --- reading --------------------------------------------------------------------------------- */

static DexFuture *
read_sheet (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  PiaoCounterSheet *sheet = piao_counter_sheet_load (db, *(gint64 *)data, &error);

  if (sheet == NULL)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (PIAO_TYPE_COUNTER_SHEET, sheet);
}

/* In a fiber: shows @order, 0 for none. */
static void
show (PiaoCounterModel *self, gint64 order)
{
  g_autoptr (GError) error = NULL;
  PiaoCounterSheet *sheet = NULL;

  if (order != 0)
    sheet = dex_await_boxed (piao_replica_read (self->replica, read_sheet,
                                                g_memdup2 (&order, sizeof order), g_free),
                             &error);
  if (error != NULL)
    say_error (self, error);
  g_clear_pointer (&self->sheet, piao_counter_sheet_unref);
  self->sheet = sheet;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
show_again (PiaoCounterModel *self)
{
  show (self, self->sheet != NULL ? self->sheet->id : 0);
}

typedef struct
{
  gint64 warehouse, actor, after, now;
} NextQuestion;

static DexFuture *
read_next (PiaoDb *db, gpointer data)
{
  const NextQuestion *q = data;
  GError *error = NULL;
  gint64 order = piao_counter_next (db, q->warehouse, q->actor, q->after, q->now, &error);

  return error != NULL ? dex_future_new_for_error (error) : dex_future_new_for_int64 (order);
}

/* --- acts, each in the fiber ----------------------------------------------------------------- */

/* Runs a command on the open order; the members besides "order" are in @args (taken). */
static gboolean
run (PiaoCounterModel *self, const char *name, JsonObject *args, GError **error)
{
  piao_json_set_id (args, "order", self->sheet->id);
  dex_await_int64 (piao_replica_run (self->replica, name, args), error);
  return error == NULL || *error == NULL;
}

static gboolean
is_own (PiaoCounterModel *self, const PiaoCounterSheet *sheet)
{
  return sheet->picker_id == piao_replica_get_actor (self->replica);
}

static void
open_order (PiaoCounterModel *self, gint64 order)
{
  g_autoptr (GError) error = NULL;

  self->line = 0;
  self->case_first[0] = '\0';
  self->confirm_asked = FALSE;
  show (self, order);
  if (self->sheet == NULL)
    return;
  if (g_str_equal (self->sheet->state, "pending_outbound")
      || (g_str_equal (self->sheet->state, "picking") && !is_own (self, self->sheet)))
    {
      if (!run (self, "order.open_pick", json_object_new (), &error))
        {
          say_error (self, error);
          show (self, 0);
          return;
        }
      show_again (self);
    }
}

static void
open_next (PiaoCounterModel *self)
{
  NextQuestion question = {
    .warehouse = self->warehouse,
    .actor = piao_replica_get_actor (self->replica),
    .after = self->sheet != NULL ? self->sheet->id : 0,
    .now = piao_clock_now (piao_replica_get_clock (self->replica)),
  };
  g_autoptr (GError) error = NULL;
  gint64 order = dex_await_int64 (
      piao_replica_read (self->replica, read_next, g_memdup2 (&question, sizeof question), g_free),
      &error);

  if (error != NULL)
    say_error (self, error);
  else if (order == 0)
    {
      show (self, 0);
      say (self, PIAO_SAID_INFO, _ ("The queue is empty: every order is picked."));
    }
  else
    open_order (self, order);
}

static PiaoCounterLine *
find_line (PiaoCounterModel *self)
{
  PiaoCounterLine *open = NULL;

  for (guint i = 0; self->sheet != NULL && i < self->sheet->lines->len; i++)
    {
      PiaoCounterLine *line = self->sheet->lines->pdata[i];
      gboolean complete = line->scanned + line->shorts >= line->packs;

      if (line->id == self->line && !complete)
        return line;
      if (open == NULL && !complete)
        open = line;
    }
  return open;
}

static gboolean
is_complete (const PiaoCounterSheet *sheet)
{
  for (guint i = 0; i < sheet->lines->len; i++)
    {
      const PiaoCounterLine *line = sheet->lines->pdata[i];

      if (line->scanned + line->shorts < line->packs)
        return FALSE;
    }
  return sheet->lines->len > 0;
}

/* After an accepted scan: which line grew, is it done, is the order done? */
static void
say_accepted (PiaoCounterModel *self, PiaoCounterSheet *before)
{
  for (guint i = 0; self->sheet != NULL && i < self->sheet->lines->len; i++)
    {
      const PiaoCounterLine *line = self->sheet->lines->pdata[i];
      const PiaoCounterLine *old = i < before->lines->len ? before->lines->pdata[i] : NULL;
      g_autofree char *text = NULL;

      if (old != NULL && old->scanned == line->scanned)
        continue;
      text = g_strdup_printf (_ ("%s %s: %d of %d"), line->game_no, line->name, line->scanned,
                              line->packs);
      if (is_complete (self->sheet))
        say (self, PIAO_SAID_ORDER_DONE, _ ("Everything is scanned: check the sheet."));
      else if (line->scanned + line->shorts >= line->packs)
        say (self, PIAO_SAID_LINE_DONE, text);
      else
        say (self, PIAO_SAID_ACCEPTED, text);
      return;
    }
}

static void
begin_case (PiaoCounterModel *self, const PiaoBarcode *barcode)
{
  g_autofree char *text
      = g_strdup_printf (_ ("A case of %d packs: scan one pack out of it to take them all."),
                         (int)(barcode->pack_to - barcode->pack_from + 1));

  piao_barcode_pack_key (barcode, barcode->pack_from, self->case_first);
  self->case_from = barcode->pack_from;
  self->case_to = barcode->pack_to;
  g_signal_emit (self, signals[CHANGED], 0);
  say (self, PIAO_SAID_INFO, text);
}

static void
take_pack (PiaoCounterModel *self, const char *key)
{
  g_autoptr (PiaoCounterSheet) before = piao_counter_sheet_ref (self->sheet);
  g_autoptr (GError) error = NULL;
  JsonObject *args;
  gboolean done;

  if (self->case_first[0] != '\0')
    {
      args = piao_json_build ("first", 's', self->case_first, "count", 'i',
                              self->case_to - self->case_from + 1, "proof", 's', key, NULL);
      self->case_first[0] = '\0';
      done = run (self, "order.scan_case", args, &error);
    }
  else
    done = run (self, "order.scan", piao_json_build ("pack", 's', key, NULL), &error);
  show_again (self);
  if (done)
    say_accepted (self, before);
  else
    say_error (self, error);
}

static gboolean
is_order_number (const char *text)
{
  gsize length = strlen (text);

  return length == 18 && strspn (text, "0123456789") == length;
}

/* The label of a parcel or the head of a slip: closes the parcel of the order done last, or finds
 * the order. */
static DexFuture *
read_by_number (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  gint64 order = piao_counter_find_number (db, data, &error);

  return error != NULL ? dex_future_new_for_error (error) : dex_future_new_for_int64 (order);
}

static void
take_number (PiaoCounterModel *self, const char *number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCounterSheet) sheet = NULL;
  gint64 order = dex_await_int64 (
      piao_replica_read (self->replica, read_by_number, g_strdup (number), g_free), &error);

  if (error == NULL)
    sheet = dex_await_boxed (piao_replica_read (self->replica, read_sheet,
                                                g_memdup2 (&order, sizeof order), g_free),
                             &error);
  if (error == NULL && sheet->label_copies > 0)
    {
      dex_await_int64 (piao_replica_run (self->replica, "parcel.close",
                                         piao_json_build ("parcel", 'd', sheet->parcel_id, "code",
                                                          's', number, NULL)),
                       &error);
      if (error == NULL)
        say (self, PIAO_SAID_ACCEPTED, _ ("The parcel wears its own label and is closed."));
    }
  else if (error == NULL)
    open_order (self, order);
  if (error != NULL)
    say_error (self, error);
}

static void
take_scan (PiaoCounterModel *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  PiaoBarcode barcode = { 0 };
  char key[PIAO_BARCODE_KEY_LENGTH];
  PiaoCard card;

  if (piao_card_is_card (text))
    {
      if (piao_card_read (text, &card, &error))
        piao_counter_model_play_card (self, card);
      else
        say_error (self, error);
      return;
    }
  if (is_order_number (text))
    {
      take_number (self, text);
      return;
    }
  if (!piao_barcode_read (self->book, text, &barcode, &error))
    {
      say_error (self, error);
      return;
    }
  if (self->sheet == NULL)
    {
      say (self, PIAO_SAID_REFUSED,
           _ ("No order is open. Press F6 or scan the card “Next” first."));
      return;
    }
  if (barcode.level == PIAO_BARCODE_CASE || barcode.level == PIAO_BARCODE_BOX)
    {
      begin_case (self, &barcode);
      return;
    }
  piao_barcode_pack_key (&barcode, barcode.pack_from, key);
  take_pack (self, key);
}

static void
undo (PiaoCounterModel *self)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (self->sheet->state, "checked")
      && !run (self, "order.back", json_object_new (), &error))
    {
      say_error (self, error);
      return;
    }
  if (run (self, "order.undo", json_object_new (), &error))
    say (self, PIAO_SAID_INFO, _ ("The last scan is taken back. Put the pack on its shelf."));
  else
    say_error (self, error);
  show_again (self);
}

static void
mark_short (PiaoCounterModel *self, const char *reason)
{
  PiaoCounterLine *line = find_line (self);
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    {
      say (self, PIAO_SAID_REFUSED, _ ("Every line is complete: nothing is short."));
      return;
    }
  if (!run (self, "order.short",
            piao_json_build ("line", 'd', line->id, "reason", 's',
                             reason != NULL ? reason : "STOCK_SHORT", NULL),
            &error))
    say_error (self, error);
  show_again (self);
  if (error == NULL && self->sheet != NULL)
    say (self, is_complete (self->sheet) ? PIAO_SAID_ORDER_DONE : PIAO_SAID_INFO,
         _ ("Marked short. ILMS is told before the order is confirmed."));
}

static void
leave (PiaoCounterModel *self, const char *command, JsonObject *args, const char *said)
{
  g_autoptr (GError) error = NULL;

  if (run (self, command, args, &error))
    {
      show (self, 0);
      say (self, PIAO_SAID_INFO, said);
    }
  else
    {
      say_error (self, error);
      show_again (self);
    }
}

static void
confirm (PiaoCounterModel *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *number = g_strdup (self->sheet->number);
  g_autofree char *text = NULL;
  gboolean online = self->online;

  self->confirm_asked = FALSE;
  if (g_str_equal (self->sheet->state, "picking")
      && !run (self, "order.check", piao_json_build ("intact", 'b', TRUE, NULL), &error))
    {
      say_error (self, error);
      show_again (self);
      return;
    }
  if (!run (self, "order.confirm", piao_json_build ("online", 'b', online, NULL), &error))
    {
      self->confirm_asked = g_str_equal (piao_error_get_reason (error), "order.amending");
      if (self->confirm_asked)
        say (self, PIAO_SAID_INFO, error->message);
      else
        say_error (self, error);
      show_again (self);
      return;
    }
  self->last_order = self->sheet->id;
  text = g_strdup_printf (online ? _ ("Order %s goes to ILMS; its label prints when it is "
                                      "confirmed.")
                                 : _ ("Order %s is held for ILMS: seal it and put it on the shelf "
                                      "for held orders. It gets no label yet."),
                          number);
  open_next (self);
  say (self, PIAO_SAID_INFO, text);
}

static DexFuture *
ask_reprint (PiaoCounterModel *self)
{
  gint64 order
      = self->sheet != NULL && self->sheet->confirm_no != NULL ? self->sheet->id : self->last_order;

  return piao_replica_read (self->replica, read_sheet, g_memdup2 (&order, sizeof order), g_free);
}

static void
reprint (PiaoCounterModel *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCounterSheet) sheet = dex_await_boxed (ask_reprint (self), &error);

  if (error == NULL && sheet->label_copies == 0)
    piao_error_set (&error, PIAO_ERROR_REFUSED, "label.none",
                    _ ("Order %s has no label yet: it prints by itself once ILMS confirms."),
                    sheet->number);
  if (error == NULL)
    g_signal_emit_by_name (self, "reprint", sheet->id, sheet->parcel_id);
  else
    say_error (self, error);
}

/* --- the queue ------------------------------------------------------------------------------- */

static void
do_step (PiaoCounterModel *self, const Step *step)
{
  gboolean needs_order = step->act != PIAO_ACT_NEXT && step->act != PIAO_ACT_OPEN
                         && step->act != PIAO_ACT_SCAN && step->act != PIAO_ACT_REPRINT;

  if (needs_order && self->sheet == NULL)
    {
      say (self, PIAO_SAID_REFUSED,
           _ ("No order is open. Press F6 or scan the card “Next” first."));
      return;
    }
  if (step->act == PIAO_ACT_NEXT)
    open_next (self);
  else if (step->act == PIAO_ACT_OPEN)
    open_order (self, step->order);
  else if (step->act == PIAO_ACT_SCAN)
    take_scan (self, step->text);
  else if (step->act == PIAO_ACT_UNDO)
    undo (self);
  else if (step->act == PIAO_ACT_SHORT)
    mark_short (self, step->text);
  else if (step->act == PIAO_ACT_HOLD)
    leave (self, "order.hold",
           piao_json_build ("reason", 's', step->text != NULL ? step->text : "CLERK", NULL),
           _ ("The order is on hold, its packs stay reserved for it."));
  else if (step->act == PIAO_ACT_RELEASE)
    leave (self, "order.release", json_object_new (),
           _ ("The order is back in the queue. Put its packs back on the shelf."));
  else if (step->act == PIAO_ACT_CONFIRM)
    confirm (self);
  else if (step->act == PIAO_ACT_REPRINT)
    reprint (self);
}

static DexFuture *
work (gpointer data)
{
  PiaoCounterModel *self = data;
  Step *step;

  while ((step = g_queue_pop_head (&self->steps)) != NULL)
    {
      do_step (self, step);
      step_free (step);
    }
  self->running = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
  return dex_future_new_true ();
}

void
piao_counter_model_act (PiaoCounterModel *self, PiaoAct act, gint64 order, const char *text)
{
  Step *step;

  g_return_if_fail (PIAO_IS_COUNTER_MODEL (self));
  if (g_queue_get_length (&self->steps) >= MAX_QUEUE)
    {
      say (self, PIAO_SAID_REFUSED, _ ("Too fast: this scan was not taken. Scan it again."));
      return;
    }
  step = g_new0 (Step, 1);
  step->act = act;
  step->order = order;
  step->text = g_strdup (text);
  g_queue_push_tail (&self->steps, step);
  if (self->running)
    return;
  self->running = TRUE;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, work, g_object_ref (self), g_object_unref),
                      "counter");
}

void
piao_counter_model_play_card (PiaoCounterModel *self, PiaoCard card)
{
  static const int acts[PIAO_CARD_COUNT] = {
    [PIAO_CARD_NEXT] = PIAO_ACT_NEXT,       [PIAO_CARD_SHORT] = PIAO_ACT_SHORT,
    [PIAO_CARD_UNDO] = PIAO_ACT_UNDO,       [PIAO_CARD_HOLD] = PIAO_ACT_HOLD,
    [PIAO_CARD_PACK] = PIAO_ACT_CONFIRM,    [PIAO_CARD_REPRINT] = PIAO_ACT_REPRINT,
    [PIAO_CARD_CONFIRM] = PIAO_ACT_CONFIRM, [PIAO_CARD_SECOND] = -1,
  };

  if (acts[card] >= 0)
    piao_counter_model_act (self, (PiaoAct)acts[card], 0, NULL);
  else
    g_signal_emit_by_name (self, "switch-user");
}

void
piao_counter_model_set_online (PiaoCounterModel *self, gboolean online)
{
  self->online = online;
}

void
piao_counter_model_select_line (PiaoCounterModel *self, gint64 line)
{
  self->line = line;
}

static DexFuture *
reload (gpointer data)
{
  PiaoCounterModel *self = data;

  if (self->running || self->sheet == NULL)
    return dex_future_new_true ();
  show_again (self);
  if (self->confirm_asked && self->sheet != NULL && g_strcmp0 (self->sheet->state, "checked") == 0
      && g_strcmp0 (self->sheet->request_state, "confirmed") == 0)
    piao_counter_model_act (self, PIAO_ACT_CONFIRM, 0, NULL);
  return dex_future_new_true ();
}

void
piao_counter_model_reload (PiaoCounterModel *self)
{
  g_return_if_fail (PIAO_IS_COUNTER_MODEL (self));
  if (!self->running && self->sheet != NULL)
    piao_future_disown (dex_scheduler_spawn (NULL, 0, reload, g_object_ref (self), g_object_unref),
                        "counter reload");
}

PiaoCounterSheet *
piao_counter_model_get_sheet (PiaoCounterModel *self)
{
  return self->sheet;
}

PiaoCounterMode
piao_counter_model_get_mode (PiaoCounterModel *self)
{
  if (self->sheet == NULL)
    return PIAO_COUNTER_EMPTY;
  if (g_str_equal (self->sheet->state, "checked"))
    return PIAO_COUNTER_SHEET;
  if (!g_str_equal (self->sheet->state, "picking") || !is_own (self, self->sheet))
    return PIAO_COUNTER_WATCH;
  return is_complete (self->sheet) ? PIAO_COUNTER_SHEET : PIAO_COUNTER_PICK;
}

gint64
piao_counter_model_get_order (PiaoCounterModel *self)
{
  return self->sheet != NULL ? self->sheet->id : 0;
}

gint64
piao_counter_model_get_warehouse (PiaoCounterModel *self)
{
  return self->warehouse;
}

gboolean
piao_counter_model_is_idle (PiaoCounterModel *self)
{
  return !self->running;
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_counter_model_finalize (GObject *object)
{
  PiaoCounterModel *self = PIAO_COUNTER_MODEL (object);

  g_queue_clear_full (&self->steps, (GDestroyNotify)step_free);
  g_clear_pointer (&self->sheet, piao_counter_sheet_unref);
  g_clear_pointer (&self->book, piao_barcode_book_free);
  g_clear_object (&self->replica);
  G_OBJECT_CLASS (piao_counter_model_parent_class)->finalize (object);
}

static void
piao_counter_model_class_init (PiaoCounterModelClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = piao_counter_model_finalize;
  signals[CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[VERDICT] = g_signal_new ("verdict", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
  /* "reprint" (order, parcel): another copy of a label is wanted. */
  g_signal_new ("reprint", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_INT64, G_TYPE_INT64);
  /* "switch-user": the card of another person was asked for. */
  g_signal_new ("switch-user", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
piao_counter_model_init (PiaoCounterModel *self)
{
  g_queue_init (&self->steps);
}

PiaoCounterModel *
piao_counter_model_new (PiaoReplica *replica, PiaoBarcodeBook *book, gint64 warehouse)
{
  PiaoCounterModel *self = g_object_new (PIAO_TYPE_COUNTER_MODEL, NULL);

  self->replica = g_object_ref (replica);
  self->book = book;
  self->warehouse = warehouse;
  return self;
}
