/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/piao-error.h"
#include "sync/piao-pages.h"

/* What a page takes beside its rows and its key, roughly. */
#define OVERHEAD 256

typedef struct
{
  char *key;      /* owned */
  PiaoPage *page; /* owned; NULL until it is made for the first time */
  gboolean busy;  /* somebody makes it */
  GList link;     /* of the recent ones, when it has a page */
} Entry;

struct _PiaoPages
{
  GMutex lock;         /* all below */
  GCond made;          /* somebody has ended making one */
  GHashTable *entries; /* by their key; owned */
  GQueue recent;       /* of Entry: asked for last first */
  gsize max_bytes;
  PiaoPagesCounts counts;
};

/* --- pages ----------------------------------------------------------------------------------- */

PiaoPage *
piao_page_new (GBytes *rows, gint64 upto, gint64 head, gsize bytes, gsize max_bytes)
{
  PiaoPage *page = g_atomic_rc_box_new0 (PiaoPage);

  PIAO_INVARIANT (upto <= head);
  *page = (PiaoPage){ rows, upto, head, bytes, max_bytes };
  return page;
}

PiaoPage *
piao_page_ref (PiaoPage *page)
{
  return g_atomic_rc_box_acquire (page);
}

static void
page_clear (gpointer data)
{
  g_bytes_unref (((PiaoPage *)data)->rows);
}

void
piao_page_unref (PiaoPage *page)
{
  g_atomic_rc_box_release_full (page, page_clear);
}

/* A page that was cut is another one where there is another room. */
static gboolean
fits (const PiaoPage *page, gint64 least, gsize max_bytes)
{
  return page->head >= least
         && (page->max_bytes == max_bytes
             || (page->upto == page->head && page->bytes < MIN (page->max_bytes, max_bytes)));
}

/* --- entries --------------------------------------------------------------------------------- */

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->page, piao_page_unref);
  g_free (entry->key);
  g_free (entry);
}

static gsize
measure (const Entry *entry)
{
  return g_bytes_get_size (entry->page->rows) + strlen (entry->key) + OVERHEAD;
}

static void
drop_page (PiaoPages *self, Entry *entry)
{
  if (entry->page == NULL)
    return;
  g_queue_unlink (&self->recent, &entry->link);
  self->counts.bytes -= measure (entry);
  g_clear_pointer (&entry->page, piao_page_unref);
}

/* Those in the making are not among the recent ones. */
static void
make_room (PiaoPages *self)
{
  while (self->counts.bytes > self->max_bytes)
    {
      Entry *oldest = g_queue_peek_tail (&self->recent);

      drop_page (self, oldest);
      g_hash_table_remove (self->entries, oldest->key);
    }
}

static Entry *
get_entry (PiaoPages *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (key);
  entry->link.data = entry;
  g_hash_table_insert (self->entries, entry->key, entry);
  return entry;
}

/* --- asking ---------------------------------------------------------------------------------- */

char *
piao_pages_make_key (const char *epoch, int schema, const GArray *lanes, gint64 from)
{
  GString *key = g_string_new (NULL);

  g_string_printf (key, "%s %d %" PRIi64, epoch, schema, from);
  for (guint i = 0; i < lanes->len; i++)
    g_string_append_printf (key, " %" PRIi64, g_array_index (lanes, gint64, i));
  return g_string_free_and_steal (key);
}

PiaoPage *
piao_pages_take (PiaoPages *self, const char *key, gint64 least, gsize max_bytes)
{
  PiaoPage *page = NULL;
  Entry *entry;

  g_mutex_lock (&self->lock);
  /* Looked up again after every wait: it may have been let go meanwhile. */
  while ((entry = get_entry (self, key))->busy)
    g_cond_wait (&self->made, &self->lock);
  if (entry->page != NULL && fits (entry->page, least, max_bytes))
    {
      g_queue_unlink (&self->recent, &entry->link);
      g_queue_push_head_link (&self->recent, &entry->link);
      page = piao_page_ref (entry->page);
      self->counts.shared++;
    }
  else
    {
      drop_page (self, entry);
      entry->busy = TRUE;
    }
  g_mutex_unlock (&self->lock);
  return page;
}

void
piao_pages_put (PiaoPages *self, const char *key, PiaoPage *page)
{
  Entry *entry;

  g_mutex_lock (&self->lock);
  entry = g_hash_table_lookup (self->entries, key);
  PIAO_INVARIANT (entry != NULL && entry->busy);
  entry->busy = FALSE;
  if (page != NULL)
    {
      entry->page = piao_page_ref (page);
      g_queue_push_head_link (&self->recent, &entry->link);
      self->counts.made++;
      self->counts.bytes += measure (entry);
      make_room (self);
    }
  else
    g_hash_table_remove (self->entries, key);
  g_cond_broadcast (&self->made);
  g_mutex_unlock (&self->lock);
}

void
piao_pages_get_counts (PiaoPages *self, PiaoPagesCounts *counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}

/* --- life ------------------------------------------------------------------------------------ */

PiaoPages *
piao_pages_new (gsize max_bytes)
{
  PiaoPages *self = g_new0 (PiaoPages, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->made);
  g_queue_init (&self->recent);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->max_bytes = max_bytes;
  return self;
}

void
piao_pages_free (PiaoPages *self)
{
  g_hash_table_unref (self->entries);
  g_cond_clear (&self->made);
  g_mutex_clear (&self->lock);
  g_free (self);
}
