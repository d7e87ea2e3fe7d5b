/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/counter/piao-counter-line-item.h"

struct _PiaoCounterLineItem
{
  GObject parent_instance;
  PiaoCounterSheet *sheet; /* owned; keeps line alive */
  const PiaoCounterLine *line;
};

G_DEFINE_FINAL_TYPE (PiaoCounterLineItem, piao_counter_line_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
set_line (PiaoCounterLineItem *self, PiaoCounterSheet *sheet, const PiaoCounterLine *line)
{
  PiaoCounterSheet *old = self->sheet;

  self->sheet = piao_counter_sheet_ref (sheet);
  self->line = line;
  g_clear_pointer (&old, piao_counter_sheet_unref);
}

const PiaoCounterLine *
piao_counter_line_item_get_line (PiaoCounterLineItem *self)
{
  return self->line;
}

void
piao_counter_line_item_sync (GListStore *store, PiaoCounterSheet *sheet)
{
  guint n_new = sheet != NULL ? sheet->lines->len : 0;

  for (guint i = 0; i < n_new; i++)
    {
      const PiaoCounterLine *line = sheet->lines->pdata[i];
      g_autoptr (PiaoCounterLineItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);
      gboolean reuse = item != NULL && item->line->id == line->id;

      if (reuse)
        {
          set_line (item, sheet, line);
          g_signal_emit (item, changed_signal, 0);
          continue;
        }
      if (item != NULL)
        g_list_store_splice (store, i, g_list_model_get_n_items (G_LIST_MODEL (store)) - i, NULL,
                             0);
      g_clear_object (&item);
      item = g_object_new (PIAO_TYPE_COUNTER_LINE_ITEM, NULL);
      set_line (item, sheet, line);
      g_list_store_append (store, item);
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (store)) > n_new)
    g_list_store_splice (store, n_new, g_list_model_get_n_items (G_LIST_MODEL (store)) - n_new,
                         NULL, 0);
}

static void
piao_counter_line_item_finalize (GObject *object)
{
  g_clear_pointer (&PIAO_COUNTER_LINE_ITEM (object)->sheet, piao_counter_sheet_unref);
  G_OBJECT_CLASS (piao_counter_line_item_parent_class)->finalize (object);
}

static void
piao_counter_line_item_class_init (PiaoCounterLineItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_counter_line_item_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
piao_counter_line_item_init (PiaoCounterLineItem *self)
{
}
