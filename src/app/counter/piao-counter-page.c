/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/abnormal/piao-report-dialog.h"
#include "app/counter/piao-counter-facts.h"
#include "app/counter/piao-counter-line-item.h"
#include "app/counter/piao-counter-page.h"
#include "app/counter/piao-queue-row.h"
#include "app/shell/piao-window.h"
#include "app/widget/piao-announce.h"
#include "app/widget/piao-format.h"
#include "app/widget/piao-table-view.h"
#include "store/piao-row-list.h"

#define CLOCK_SECONDS 15

struct _PiaoCounterPage
{
  PiaoPage parent_instance;

  PiaoCounterModel *model; /* owned; NULL while nobody is signed in */
  PiaoRowList *queue;      /* owned, likewise */
  GListStore *lines;       /* PiaoCounterLineItem */
  gboolean front;
  guint clock_timer;

  GtkListView *queue_view;
  GtkLabel *queue_count;
  GtkStack *stack;
  GtkLabel *outlet_label, *number_label, *state_pill, *clock_label;
  PiaoTableView *lines_view;
  GtkBox *sheet_box, *foot_box, *queue_pane;
  GtkLabel *sheet_label;
  GtkCheckButton *intact_check;
  GtkLabel *total_label, *payment_label, *instant_label;
  GtkLabel *verdict_label;
  GtkButton *confirm_button;
  GtkScrolledWindow *facts_pane;
  GtkBox *facts_box;
  GtkSeparator *queue_line, *facts_line;
  GtkLabel *money_label, *script_label, *delivery_label, *slack_label, *contact_label,
      *printer_label;
};

G_DEFINE_FINAL_TYPE (PiaoCounterPage, piao_counter_page, PIAO_TYPE_PAGE)

PiaoCounterModel *
piao_counter_page_get_model (PiaoCounterPage *self)
{
  g_return_val_if_fail (PIAO_IS_COUNTER_PAGE (self), NULL);
  return self->model;
}

/* --- showing --------------------------------------------------------------------------------- */

static void
show_clock (PiaoCounterPage *self)
{
  PiaoCounterSheet *sheet = self->model != NULL ? piao_counter_model_get_sheet (self->model) : NULL;
  gint64 now = piao_session_now (piao_page_get_session (PIAO_PAGE (self)));
  g_autofree char *text = sheet != NULL ? piao_format_due (now, sheet->due_at) : NULL;

  gtk_label_set_text (self->clock_label, text != NULL ? text : "");
  piao_format_tint_due (GTK_WIDGET (self->clock_label),
                        sheet != NULL
                            ? piao_sla_due_state (sheet->submitted_at, sheet->due_at,
                                                  sheet->predicted_at, now, PIAO_SLA_WARN_PERCENT)
                            : PIAO_DUE_OK);
}

/* A label that has nothing to say takes no room. */
static void
take_text (GtkLabel *label, char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
  g_free (text);
}

static void
show_facts (PiaoCounterPage *self, const PiaoCounterSheet *sheet)
{
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  gint64 now = piao_session_now (session);
  g_autofree char *phone = piao_session_dup_phone (session, sheet->phone);

  gtk_label_set_text (self->outlet_label, sheet->outlet_name);
  take_text (self->number_label, g_strdup_printf ("%s · %s", sheet->number, sheet->outlet_no));
  piao_format_state_pill (self->state_pill, sheet->state);
  take_text (self->total_label, piao_counter_facts_total (sheet));
  take_text (self->payment_label, piao_counter_facts_payment (sheet));
  take_text (self->instant_label, piao_counter_facts_instant (sheet));
  take_text (self->money_label, piao_counter_facts_money (sheet, now));
  take_text (self->script_label, piao_counter_facts_script (sheet, phone));
  take_text (self->delivery_label, piao_counter_facts_delivery (sheet, now));
  take_text (self->slack_label, piao_counter_facts_slack (sheet, now));
  take_text (self->contact_label, piao_counter_facts_contact (sheet, phone));
  take_text (self->printer_label, piao_counter_facts_label (sheet));
  take_text (self->sheet_label, piao_counter_facts_sheet (sheet));
}

static gboolean
may_report (PiaoCounterPage *self)
{
  PiaoCounterSheet *sheet = self->model != NULL ? piao_counter_model_get_sheet (self->model) : NULL;

  return sheet != NULL
         && piao_report_dialog_may (piao_page_get_session (PIAO_PAGE (self)), sheet->state);
}

static void
enable_actions (PiaoCounterPage *self, PiaoCounterMode mode)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean ours = mode == PIAO_COUNTER_PICK || mode == PIAO_COUNTER_SHEET;

  gtk_widget_action_set_enabled (widget, "counter.next", self->model != NULL);
  gtk_widget_action_set_enabled (widget, "counter.hold", ours);
  gtk_widget_action_set_enabled (widget, "counter.release", ours);
  gtk_widget_action_set_enabled (widget, "counter.undo", ours);
  gtk_widget_action_set_enabled (widget, "counter.short", mode == PIAO_COUNTER_PICK);
  gtk_widget_action_set_enabled (widget, "counter.confirm", mode == PIAO_COUNTER_SHEET);
  gtk_widget_action_set_enabled (widget, "counter.abnormal", may_report (self));
  if (mode == PIAO_COUNTER_SHEET)
    gtk_widget_add_css_class (GTK_WIDGET (self->confirm_button), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->confirm_button), "suggested-action");
}

static void
on_model_changed (PiaoCounterPage *self)
{
  PiaoCounterSheet *sheet = piao_counter_model_get_sheet (self->model);
  PiaoCounterMode mode = piao_counter_model_get_mode (self->model);
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  PiaoLinks *links = piao_session_get_links (session);

  if (sheet != NULL || piao_counter_model_is_idle (self->model))
    piao_session_set_counter_order (session, piao_counter_model_get_order (self->model));
  piao_counter_line_item_sync (self->lines, sheet);
  gtk_stack_set_visible_child_name (self->stack, sheet != NULL ? "order" : "empty");
  gtk_widget_set_visible (GTK_WIDGET (self->sheet_box), mode == PIAO_COUNTER_SHEET);
  gtk_widget_set_visible (GTK_WIDGET (self->facts_box), sheet != NULL);
  if (sheet != NULL)
    show_facts (self, sheet);
  else
    gtk_check_button_set_active (self->intact_check, TRUE);
  enable_actions (self, mode);
  show_clock (self);
  /* The banner keeps still while an order is open (ui.md). */
  piao_links_set_busy (links, mode == PIAO_COUNTER_PICK || mode == PIAO_COUNTER_SHEET);
}

static const struct
{
  const char *css;
  int tone; /* -1: none */
} verdict_looks[] = {
  [PIAO_SAID_INFO] = { "note", -1 },
  [PIAO_SAID_ACCEPTED] = { "ok", PIAO_TONE_ACCEPT },
  [PIAO_SAID_LINE_DONE] = { "ok", PIAO_TONE_LINE },
  [PIAO_SAID_ORDER_DONE] = { "ok", PIAO_TONE_ORDER },
  [PIAO_SAID_REFUSED] = { "bad", PIAO_TONE_REFUSE },
};

static void
on_verdict (PiaoCounterPage *self, int verdict, const char *text)
{
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  GtkWidget *label = GTK_WIDGET (self->verdict_label);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  for (guint i = 0; i < G_N_ELEMENTS (verdict_looks); i++)
    gtk_widget_remove_css_class (label, verdict_looks[i].css);
  gtk_widget_add_css_class (label, verdict_looks[verdict].css);
  gtk_label_set_text (self->verdict_label, text);
  gtk_widget_set_tooltip_text (label, text);
  if (verdict_looks[verdict].tone >= 0)
    piao_session_play (session, (PiaoTone)verdict_looks[verdict].tone);
  if (PIAO_IS_WINDOW (root) && verdict != PIAO_SAID_INFO)
    piao_window_flash (PIAO_WINDOW (root), verdict != PIAO_SAID_REFUSED);
  piao_announce (GTK_WIDGET (self), text, verdict == PIAO_SAID_REFUSED);
}

static void
on_queue_changed (PiaoCounterPage *self)
{
  guint n = self->queue != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->queue)) : 0;

  take_text (self->queue_count, g_strdup_printf ("%u", n));
  piao_page_set_badge (PIAO_PAGE (self), n);
}

/* --- lines ----------------------------------------------------------------------------------- */

static char *
text_number (gpointer item, gpointer data)
{
  return g_strdup_printf ("%d", piao_counter_line_item_get_line (item)->n);
}

static char *
text_type (gpointer item, gpointer data)
{
  const PiaoCounterLine *line = piao_counter_line_item_get_line (item);

  return g_strdup_printf ("%s %s", line->game_no, line->name);
}

static char *
text_face (gpointer item, gpointer data)
{
  return piao_format_yuan (piao_counter_line_item_get_line (item)->face_value);
}

static char *
text_pack_value (gpointer item, gpointer data)
{
  return piao_format_yuan (piao_counter_line_item_get_line (item)->pack_value);
}

static char *
text_packs (gpointer item, gpointer data)
{
  return g_strdup_printf ("%d", piao_counter_line_item_get_line (item)->packs);
}

static char *
text_scanned (gpointer item, gpointer data)
{
  return g_strdup_printf ("%d", piao_counter_line_item_get_line (item)->scanned);
}

static char *
text_remaining (gpointer item, gpointer data)
{
  const PiaoCounterLine *line = piao_counter_line_item_get_line (item);
  int rest = line->packs - line->scanned - line->shorts;

  if (line->shorts > 0)
    return g_strdup_printf (_ ("short %d"), line->shorts);
  return rest > 0 ? g_strdup_printf ("%d", rest) : g_strdup ("✓");
}

static const char *
style_remaining (gpointer item, gpointer data)
{
  const PiaoCounterLine *line = piao_counter_line_item_get_line (item);

  return line->scanned + line->shorts >= line->packs ? "remaining-none" : "remaining";
}

static char *
text_amount (gpointer item, gpointer data)
{
  const PiaoCounterLine *line = piao_counter_line_item_get_line (item);

  return piao_format_yuan (line->pack_value * (line->packs - line->shorts));
}

static char *
text_shelf (gpointer item, gpointer data)
{
  const char *shelf = piao_counter_line_item_get_line (item)->shelf;

  return g_strdup (shelf != NULL ? shelf : "—");
}

/* Order lines (配票): the columns of domain 0, then what is left and where it lies. */
static const PiaoTableColumn line_columns[] = {
  { "n", N_ ("No."), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 46, text_number, NULL },
  { "type", N_ ("Ticket type"), PIAO_TABLE_EXPAND | PIAO_TABLE_STRONG, 0, text_type, NULL },
  { "face-value", N_ ("Face value"), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 58, text_face, NULL },
  { "per-pack", N_ ("Per pack"), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 62, text_pack_value, NULL },
  { "packs", N_ ("Packs ordered"), PIAO_TABLE_NUMERIC, 58, text_packs, NULL },
  { "scanned", N_ ("Scanned"), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 58, text_scanned, NULL },
  { "amount", N_ ("Amount"), PIAO_TABLE_NUMERIC | PIAO_TABLE_WIDE, 72, text_amount, NULL },
  { "remaining", N_ ("Remaining"), PIAO_TABLE_NUMERIC, 76, text_remaining, style_remaining },
  { "shelf", N_ ("Shelf"), 0, 58, text_shelf, NULL },
};

/* What is missing, and where it lies, is all that one picks by. */
static void
on_narrow (PiaoCounterPage *self)
{
  piao_table_view_set_narrow (self->lines_view, TRUE);
}

static void
on_wide (PiaoCounterPage *self)
{
  piao_table_view_set_narrow (self->lines_view, FALSE);
}

static void
on_line_selected (GtkSingleSelection *selection, GParamSpec *pspec, PiaoCounterPage *self)
{
  PiaoCounterLineItem *item = gtk_single_selection_get_selected_item (selection);

  if (self->model != NULL)
    piao_counter_model_select_line (self->model,
                                    item != NULL ? piao_counter_line_item_get_line (item)->id : 0);
}

/* --- acts ------------------------------------------------------------------------------------ */

static void
act (PiaoCounterPage *self, PiaoAct what, const char *text)
{
  if (self->model != NULL && self->front)
    piao_counter_model_act (self->model, what, 0, text);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *target)
{
  act (PIAO_COUNTER_PAGE (widget), PIAO_ACT_NEXT, NULL);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *target)
{
  act (PIAO_COUNTER_PAGE (widget), PIAO_ACT_UNDO, NULL);
}

static void
release_action (GtkWidget *widget, const char *name, GVariant *target)
{
  act (PIAO_COUNTER_PAGE (widget), PIAO_ACT_RELEASE, NULL);
}

static void
reprint_action (GtkWidget *widget, const char *name, GVariant *target)
{
  act (PIAO_COUNTER_PAGE (widget), PIAO_ACT_REPRINT, NULL);
}

static void
confirm_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (widget);

  if (!gtk_check_button_get_active (self->intact_check))
    on_verdict (self, PIAO_SAID_REFUSED,
                _ ("Packs with damaged packing are not sent. Take the scan back and put the pack "
                   "aside, or report the order abnormal with F11."));
  else
    act (self, PIAO_ACT_CONFIRM, NULL);
}

/* WHS-07, WHS-11: what is damaged is what is found at the counter. */
static void
abnormal_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (widget);
  gint64 order = piao_counter_model_get_order (self->model);

  adw_dialog_present (ADW_DIALOG (piao_report_dialog_new (
                          piao_page_get_session (PIAO_PAGE (self)), order,
                          gtk_check_button_get_active (self->intact_check) ? NULL : "damaged")),
                      widget);
}

/* Asks for a reason out of a few; the answer is the act's text. */
typedef struct
{
  PiaoCounterPage *page; /* borrowed: the dialog lives inside it */
  PiaoAct what;
} Question;

static void
on_reason (AdwAlertDialog *dialog, const char *response, gpointer data)
{
  Question *question = data;

  if (!g_str_equal (response, "cancel"))
    act (question->page, question->what, response);
}

static void
free_question (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
ask_reason (PiaoCounterPage *self,
            PiaoAct what,
            const char *heading,
            const char *body,
            const char *const *reasons)
{
  AdwDialog *dialog = adw_alert_dialog_new (heading, body);
  Question *question = g_new0 (Question, 1);

  question->page = self;
  question->what = what;
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "cancel", _ ("Cancel"));
  for (guint i = 0; reasons[i] != NULL; i++)
    adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), reasons[i],
                                   piao_format_reason (reasons[i]));
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_reason), question, free_question, 0);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
short_action (GtkWidget *widget, const char *name, GVariant *target)
{
  static const char *const reasons[] = { "STOCK_SHORT", "DAMAGED", "NOT_FOUND", NULL };

  ask_reason (PIAO_COUNTER_PAGE (widget), PIAO_ACT_SHORT, _ ("What Is Missing?"),
              _ ("The rest of the line is left out of this order; ILMS is told before it is "
                 "confirmed."),
              reasons);
}

static void
hold_action (GtkWidget *widget, const char *name, GVariant *target)
{
  static const char *const reasons[] = { "BAL_SHORT", "STOCK_SHORT", "CLERK", NULL };

  ask_reason (PIAO_COUNTER_PAGE (widget), PIAO_ACT_HOLD, _ ("Put the Order on Hold?"),
              _ ("Its packs stay reserved on the shelf for held orders until it is taken up "
                 "again."),
              reasons);
}

/* --- page ------------------------------------------------------------------------------------ */

static gboolean
on_tick (gpointer data)
{
  PiaoCounterPage *self = data;

  show_clock (self);
  if (self->queue != NULL)
    piao_row_list_time_passed (self->queue);
  return G_SOURCE_CONTINUE;
}

/* Rows get their widgets when somebody comes to see them, not while the program starts. */
static void
show_queue (PiaoCounterPage *self)
{
  g_autoptr (GtkSelectionModel) selection = NULL;

  if (self->queue == NULL || gtk_list_view_get_model (self->queue_view) != NULL)
    return;
  selection
      = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->queue))));
  gtk_list_view_set_model (self->queue_view, selection);
}

static void
piao_counter_page_activate (PiaoPage *page)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (page);

  self->front = TRUE;
  show_queue (self);
  on_tick (self);
  if (self->clock_timer == 0)
    self->clock_timer = g_timeout_add_seconds (CLOCK_SECONDS, on_tick, self);
  /* No text widget has the focus here, so that no input method wakes up. */
  gtk_widget_grab_focus (GTK_WIDGET (self->queue_view));
}

static void
piao_counter_page_deactivate (PiaoPage *page)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (page);

  self->front = FALSE;
  g_clear_handle_id (&self->clock_timer, g_source_remove);
}

static void
piao_counter_page_refresh (PiaoPage *page)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (page);

  if (self->model != NULL)
    piao_counter_model_reload (self->model);
}

static gboolean
piao_counter_page_scan (PiaoPage *page, const char *text, gboolean converted)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (page);

  if (self->model == NULL)
    return FALSE;
  if (converted)
    piao_toast (GTK_WIDGET (self), _ ("An input method was on; the code was converted."));
  piao_counter_model_act (self->model, PIAO_ACT_SCAN, 0, text);
  return TRUE;
}

static void
on_queue_activated (PiaoCounterPage *self, guint position)
{
  g_autoptr (PiaoRow) row = g_list_model_get_item (G_LIST_MODEL (self->queue), position);

  if (row != NULL && self->model != NULL)
    piao_counter_model_act (self->model, PIAO_ACT_OPEN, piao_row_get_id (row), NULL);
}

static void
setup_queue_row (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, piao_queue_row_new (piao_page_get_session (data)));
}

static void
bind_queue_row (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  piao_queue_row_set_row (PIAO_QUEUE_ROW (gtk_list_item_get_child (item)),
                          gtk_list_item_get_item (item));
}

static void
unbind_queue_row (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  piao_queue_row_set_row (PIAO_QUEUE_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
on_reprint (PiaoCounterPage *self, gint64 order, gint64 parcel)
{
  piao_session_reprint (piao_page_get_session (PIAO_PAGE (self)), order, parcel);
}

static void
on_open_counter (PiaoCounterPage *self, gint64 order)
{
  if (self->model != NULL)
    piao_counter_model_act (self->model, order != 0 ? PIAO_ACT_OPEN : PIAO_ACT_NEXT, order, NULL);
}

static void
on_replica_changed (PiaoCounterPage *self)
{
  if (self->model != NULL)
    piao_counter_model_reload (self->model);
}

static void
on_links_changed (PiaoCounterPage *self)
{
  PiaoLinks *links = piao_session_get_links (piao_page_get_session (PIAO_PAGE (self)));

  if (self->model != NULL)
    piao_counter_model_set_online (
        self->model,
        piao_links_can_confirm (
            links, piao_session_get_place (piao_page_get_session (PIAO_PAGE (self)))->direct));
}

static void
on_switch_user (PiaoCounterPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.switch-user", NULL);
}

/* Somebody signed in: his warehouse's queue, and a model of his own. An order that lies on the
 * counter stays there, as far as the rules let him have it. */
static void
on_place (PiaoCounterPage *self)
{
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));
  PiaoReplica *replica = piao_session_get_replica (session);
  g_autoptr (GError) error = NULL;
  PiaoBarcodeBook *book;
  gint64 order = piao_session_get_counter_order (session);

  g_clear_object (&self->model);
  g_clear_object (&self->queue);
  gtk_list_view_set_model (self->queue_view, NULL);
  if (replica == NULL || piao_session_get_warehouse (session) == 0)
    return;
  book = piao_barcode_book_new_shipped (&error);
  if (book == NULL)
    {
      piao_toast_error (GTK_WIDGET (self), error);
      return;
    }
  self->model = piao_counter_model_new (replica, book, piao_session_get_warehouse (session));
  g_signal_connect_object (self->model, "changed", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "verdict", G_CALLBACK (on_verdict), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "reprint", G_CALLBACK (on_reprint), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "switch-user", G_CALLBACK (on_switch_user), self,
                           G_CONNECT_SWAPPED);
  g_signal_handlers_disconnect_by_func (replica, on_replica_changed, self);
  g_signal_connect_object (replica, "changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  self->queue = piao_row_list_new (replica);
  piao_row_list_set_query (self->queue, &piao_counter_queue_ids, &piao_counter_queue_page, "i",
                           piao_session_get_warehouse (session));
  g_signal_connect_object (self->queue, "items-changed", G_CALLBACK (on_queue_changed), self,
                           G_CONNECT_SWAPPED);
  if (self->front)
    show_queue (self);
  on_links_changed (self);
  on_model_changed (self);
  if (order != 0)
    piao_counter_model_act (self->model, PIAO_ACT_OPEN, order, NULL);
}

static void
piao_counter_page_constructed (GObject *object)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (object);
  PiaoSession *session = piao_page_get_session (PIAO_PAGE (self));

  G_OBJECT_CLASS (piao_counter_page_parent_class)->constructed (object);
  g_signal_connect_object (session, "notify::place", G_CALLBACK (on_place), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "open-counter", G_CALLBACK (on_open_counter), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (piao_session_get_links (session), "changed",
                           G_CALLBACK (on_links_changed), self, G_CONNECT_SWAPPED);
  on_place (self);
}

static void
piao_counter_page_dispose (GObject *object)
{
  PiaoCounterPage *self = PIAO_COUNTER_PAGE (object);

  g_clear_handle_id (&self->clock_timer, g_source_remove);
  g_clear_object (&self->model);
  g_clear_object (&self->queue);
  g_clear_object (&self->lines);
  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_COUNTER_PAGE);
  G_OBJECT_CLASS (piao_counter_page_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PiaoCounterPage, name)

static void
bind_children (GtkWidgetClass *widget_class)
{
  BIND (queue_view);
  BIND (queue_count);
  BIND (queue_pane);
  BIND (queue_line);
  BIND (stack);
  BIND (outlet_label);
  BIND (number_label);
  BIND (state_pill);
  BIND (clock_label);
  BIND (lines_view);
  BIND (sheet_box);
  BIND (sheet_label);
  BIND (intact_check);
  BIND (total_label);
  BIND (payment_label);
  BIND (instant_label);
  BIND (verdict_label);
  BIND (foot_box);
  BIND (confirm_button);
  BIND (facts_pane);
  BIND (facts_box);
  BIND (facts_line);
  BIND (money_label);
  BIND (script_label);
  BIND (delivery_label);
  BIND (slack_label);
  BIND (contact_label);
  BIND (printer_label);
}

static void
piao_counter_page_class_init (PiaoCounterPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PiaoPageClass *page_class = PIAO_PAGE_CLASS (klass);

  object_class->constructed = piao_counter_page_constructed;
  object_class->dispose = piao_counter_page_dispose;
  page_class->activate = piao_counter_page_activate;
  page_class->deactivate = piao_counter_page_deactivate;
  page_class->refresh = piao_counter_page_refresh;
  page_class->scan = piao_counter_page_scan;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/counter/piao-counter-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_narrow);
  gtk_widget_class_bind_template_callback (widget_class, on_wide);
  gtk_widget_class_install_action (widget_class, "counter.next", NULL, next_action);
  gtk_widget_class_install_action (widget_class, "counter.hold", NULL, hold_action);
  gtk_widget_class_install_action (widget_class, "counter.short", NULL, short_action);
  gtk_widget_class_install_action (widget_class, "counter.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "counter.release", NULL, release_action);
  gtk_widget_class_install_action (widget_class, "counter.reprint", NULL, reprint_action);
  gtk_widget_class_install_action (widget_class, "counter.confirm", NULL, confirm_action);
  gtk_widget_class_install_action (widget_class, "counter.abnormal", NULL, abnormal_action);
}

static void
piao_counter_page_init (PiaoCounterPage *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_type_ensure (PIAO_TYPE_TABLE_VIEW);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_queue_row), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_queue_row), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_queue_row), self);
  gtk_list_view_set_factory (self->queue_view, factory);
  g_object_unref (factory);
  g_signal_connect_object (self->queue_view, "activate", G_CALLBACK (on_queue_activated), self,
                           G_CONNECT_SWAPPED);
  self->lines = g_list_store_new (PIAO_TYPE_COUNTER_LINE_ITEM);
  piao_table_view_set_columns (self->lines_view, line_columns, G_N_ELEMENTS (line_columns), self);
  piao_table_view_set_items (self->lines_view, G_LIST_MODEL (self->lines));
  g_signal_connect_object (piao_table_view_get_selection (self->lines_view),
                           "notify::selected-item", G_CALLBACK (on_line_selected), self, 0);
  enable_actions (self, PIAO_COUNTER_EMPTY);
}
