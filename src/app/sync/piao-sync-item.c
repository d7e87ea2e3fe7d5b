/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/sync/piao-sync-private.h"
#include "app/widget/piao-format.h"
#include "base/piao-json.h"
#include "domain/order/piao-order-kinds.h"

struct _PiaoSyncItem
{
  GObject parent_instance;

  gint64 id, at, order, tries;
  const char *what; /* static, translated */
  char *subject, *state, *story, *number;
};

G_DEFINE_FINAL_TYPE (PiaoSyncItem, piao_sync_item, G_TYPE_OBJECT)

typedef struct
{
  const char *word;
  const char *text;
} Word;

static const Word operations[] = {
  { "order.lock", N_ ("Lock the tickets") },    { "order.amend", N_ ("Change the lock") },
  { "order.release", N_ ("Release the lock") }, { "order.confirm", N_ ("Confirm and debit") },
  { "order.query", N_ ("Ask for a debit") },    { NULL },
};

static const Word states[] = {
  { "queued", N_ ("Waiting") },        { "sent", N_ ("Sent") },
  { "accepted", N_ ("Accepted") },     { "refused", N_ ("Turned down") },
  { "parked", N_ ("Parked") },         { "discarded", N_ ("Dealt with") },
  { "prepared", N_ ("Prepared") },     { "confirmed", N_ ("Confirmed") },
  { "unknown", N_ ("No answer yet") }, { NULL },
};

static const char *
look_up (const Word *words, const char *word)
{
  for (; words->word != NULL; words++)
    if (g_strcmp0 (words->word, word) == 0)
      return _ (words->text);
  return NULL;
}

const char *
piao_sync_state_to_title (const char *state)
{
  const char *title = look_up (states, state);

  return title != NULL ? title : state;
}

const char *
piao_sync_state_to_class (const char *state)
{
  if (g_str_equal (state, "accepted") || g_str_equal (state, "confirmed"))
    return "success";
  if (g_str_equal (state, "refused") || g_str_equal (state, "parked"))
    return "error";
  if (g_str_equal (state, "unknown"))
    return "warning";
  return g_str_equal (state, "discarded") ? NULL : "accent";
}

static void
piao_sync_item_finalize (GObject *object)
{
  PiaoSyncItem *self = PIAO_SYNC_ITEM (object);

  g_free (self->subject);
  g_free (self->state);
  g_free (self->story);
  g_free (self->number);
  G_OBJECT_CLASS (piao_sync_item_parent_class)->finalize (object);
}

static void
piao_sync_item_class_init (PiaoSyncItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_sync_item_finalize;
}

static void
piao_sync_item_init (PiaoSyncItem *self)
{
}

/* The order a command is about: most name it, the others are about none here. */
static void
find_subject (PiaoSyncItem *self, PiaoDb *db, const char *args)
{
  g_autoptr (JsonObject) object
      = piao_json_parse_object (args, -1, PIAO_JSON_MAX_BYTES, "command", NULL);
  g_autoptr (PiaoRecord) order = NULL;

  self->order = object != NULL ? piao_json_get_id (object, "order") : 0;
  if (self->order != 0)
    order = piao_record_load (db, &piao_order_kind, self->order, NULL);
  self->subject = g_strdup (order != NULL ? piao_record_text (order, PIAO_ORDER_NUMBER) : "");
}

PiaoSyncItem *
piao_sync_item_new_command (PiaoDb *db, const PiaoOutboxEntry *entry)
{
  PiaoSyncItem *self = g_object_new (PIAO_TYPE_SYNC_ITEM, NULL);

  self->id = entry->id;
  self->at = entry->at;
  self->what = g_intern_string (piao_format_command (entry->name));
  self->state = g_strdup (entry->state);
  self->story = g_strdup (entry->note != NULL      ? entry->note
                          : entry->message != NULL ? entry->message
                                                   : "");
  self->number = g_strdup ("");
  find_subject (self, db, entry->args);
  return self;
}

PiaoSyncItem *
piao_sync_item_new_request (const PiaoGatewayItem *item)
{
  PiaoSyncItem *self = g_object_new (PIAO_TYPE_SYNC_ITEM, NULL);
  const char *what = look_up (operations, item->op);

  self->id = item->id;
  self->at = item->created_at;
  self->order = item->order;
  self->tries = item->tries;
  self->what = what != NULL ? what : g_intern_string (item->op);
  self->subject = g_strdup (item->order_number);
  self->state = g_strdup (item->state);
  self->story = g_strdup (item->message != NULL ? item->message : "");
  self->number = g_strdup (item->request_no);
  return self;
}

gboolean
piao_sync_item_equal (PiaoSyncItem *self, PiaoSyncItem *other)
{
  return self->id == other->id && self->at == other->at && self->order == other->order
         && self->tries == other->tries && g_strcmp0 (self->what, other->what) == 0
         && g_strcmp0 (self->subject, other->subject) == 0
         && g_strcmp0 (self->state, other->state) == 0 && g_strcmp0 (self->story, other->story) == 0
         && g_strcmp0 (self->number, other->number) == 0;
}

gint64
piao_sync_item_get_id (PiaoSyncItem *self)
{
  return self->id;
}

gint64
piao_sync_item_get_at (PiaoSyncItem *self)
{
  return self->at;
}

gint64
piao_sync_item_get_order (PiaoSyncItem *self)
{
  return self->order;
}

const char *
piao_sync_item_get_what (PiaoSyncItem *self)
{
  return self->what;
}

const char *
piao_sync_item_get_subject (PiaoSyncItem *self)
{
  return self->subject;
}

const char *
piao_sync_item_get_state (PiaoSyncItem *self)
{
  return self->state;
}

const char *
piao_sync_item_get_story (PiaoSyncItem *self)
{
  return self->story;
}

const char *
piao_sync_item_get_number (PiaoSyncItem *self)
{
  return self->number;
}

gint64
piao_sync_item_get_tries (PiaoSyncItem *self)
{
  return self->tries;
}
