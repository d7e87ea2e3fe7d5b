/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/refused/piao-refused-private.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/gateway/piao-gateway-kinds.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/org/piao-org-kinds.h"

static void
refused_clear (gpointer data)
{
  PiaoRefused *self = data;

  g_clear_pointer (&self->entry, piao_outbox_entry_free);
  g_clear_pointer (&self->args, json_object_unref);
  g_clear_pointer (&self->arguments, g_ptr_array_unref);
  g_free (self->who);
  g_free (self->number);
}

PiaoRefused *
piao_refused_ref (PiaoRefused *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
piao_refused_unref (PiaoRefused *self)
{
  g_atomic_rc_box_release_full (self, refused_clear);
}

/* --- what it is about ------------------------------------------------------------------------- */

/* The order that a row of @kind belongs to; 0 when the row is not here. */
static gint64
order_of (PiaoDb *db, const PiaoKind *kind, gint64 id, guint column)
{
  g_autoptr (PiaoRecord) record = id != 0 ? piao_record_load (db, kind, id, NULL) : NULL;

  return record != NULL ? piao_record_int (record, column) : 0;
}

static gint64
find_order (PiaoDb *db, JsonObject *args)
{
  gint64 order = piao_json_get_id (args, "order");

  if (order == 0)
    order
        = order_of (db, &piao_parcel_kind, piao_json_get_id (args, "parcel"), PIAO_PARCEL_ORDER_ID);
  if (order == 0)
    order = order_of (db, &piao_gateway_request_kind, piao_json_get_id (args, "request"),
                      PIAO_GATEWAY_REQUEST_ORDER_ID);
  return order;
}

/* A text of a row, "" when the row is not here: refused work may be about what went away. */
static char *
dup_text_of (PiaoDb *db, const PiaoKind *kind, gint64 id, guint column)
{
  g_autoptr (PiaoRecord) record = id != 0 ? piao_record_load (db, kind, id, NULL) : NULL;

  return g_strdup (record != NULL ? piao_record_text (record, column) : "");
}

/* --- reading ---------------------------------------------------------------------------------- */

static PiaoRefused *
refused_new (PiaoDb *db, PiaoRegistry *registry, PiaoOutboxEntry *entry)
{
  PiaoRefused *self = g_atomic_rc_box_new0 (PiaoRefused);
  g_autoptr (JsonObject) args
      = piao_json_parse_object (entry->args, -1, PIAO_JSON_MAX_BYTES, "command", NULL);

  self->entry = entry;
  self->command = piao_registry_find_command (registry, entry->name);
  if (args != NULL && self->command != NULL)
    self->args = piao_command_read_args (self->command, args, NULL);
  self->order = args != NULL ? find_order (db, args) : 0;
  self->number = dup_text_of (db, &piao_order_kind, self->order, PIAO_ORDER_NUMBER);
  self->who = dup_text_of (db, &piao_user_kind, entry->actor, PIAO_USER_REAL_NAME);
  self->arguments = piao_argument_list (db, self->command, self->args);
  return self;
}

/* Moves all of @entries (taken) to @items. */
static gboolean
take_entries (
    PiaoDb *db, PiaoRegistry *registry, GPtrArray *entries, GPtrArray *items, GError **error)
{
  g_autoptr (GPtrArray) held = entries;

  if (held == NULL)
    return FALSE;
  g_ptr_array_set_free_func (held, NULL);
  for (guint i = 0; i < held->len; i++)
    g_ptr_array_add (items, refused_new (db, registry, held->pdata[i]));
  return TRUE;
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const PiaoRefused *left = *(PiaoRefused *const *)a, *right = *(PiaoRefused *const *)b;

  return (left->entry->dseq < right->entry->dseq) - (left->entry->dseq > right->entry->dseq);
}

GPtrArray *
piao_refused_list (PiaoDb *db, PiaoRegistry *registry, gint64 order, guint limit, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_refused_unref);

  if (order != 0)
    return take_entries (db, registry, piao_outbox_list_about (db, order, limit, error), items,
                         error)
               ? g_steal_pointer (&items)
               : NULL;
  if (!take_entries (db, registry, piao_outbox_list_refused (db, limit, error), items, error)
      || !take_entries (db, registry, piao_outbox_list_parked (db, limit, error), items, error))
    return NULL;
  g_ptr_array_sort (items, compare_newest_first);
  if (items->len > limit)
    g_ptr_array_set_size (items, (int)limit);
  return g_steal_pointer (&items);
}

/* --- what may be done ------------------------------------------------------------------------- */

gboolean
piao_refused_can_resend (const PiaoRefused *self)
{
  return self->entry->decided && self->args != NULL;
}

gboolean
piao_refused_can_mend (const PiaoRefused *self)
{
  for (guint i = 0; piao_refused_can_resend (self) && i < self->arguments->len; i++)
    if (((PiaoArgument *)self->arguments->pdata[i])->mendable)
      return TRUE;
  return FALSE;
}

gboolean
piao_refused_can_discard (const PiaoRefused *self)
{
  return self->entry->decided || g_str_equal (self->entry->state, "parked");
}
