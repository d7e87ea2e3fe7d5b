/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: a Page is made here, worked on by a reader thread and comes back to the main loop;
 * between being sent and coming back the main thread looks only at `loader`. Values carry the
 * generation of the replica when the page was sent: what is committed later may be missing in
 * them, so rows with older values than the replica's are read again. */

#include "config.h"

#include "store/piao-row-loader.h"
#include "store/piao-row-private.h"

#define PAGE_ROWS 64
#define REFRESH_ROWS 256
#define PAGES_UNDER_WAY 2
#define PAGES_KEPT 64

typedef struct
{
  PiaoRowLoader *loader; /* NULL when it is gone; main thread */
  const PiaoStatement *statement;
  GArray *ids;          /* of gint64 */
  gint64 number;        /* in the vector, or -1 for a refresh */
  PiaoIdVector *vector; /* that number belongs to, or NULL */
  guint64 generation;   /* what was committed before is in the values */
  GPtrArray *rows;      /* PiaoRowValues: the answer */
  GError *error;
} Page;

struct _PiaoRowLoader
{
  PiaoReplica *replica;           /* owned */
  const PiaoStatement *statement; /* NULL at first */
  PiaoIdVector *vector;           /* owned */
  PiaoRowTable *rows;
  GQueue kept;           /* GPtrArray of PiaoRow: the pages that came last */
  GQueue waiting;        /* of Page */
  GPtrArray *under_way;  /* of Page, with the readers; borrowed */
  GHashTable *asked;     /* numbers of the vector's pages that wait or are under way */
  guint n_refresh_pages; /* of a refresh, waiting or under way */
  gboolean stale;        /* something was committed after the refresh began */
};

static void send_pages (PiaoRowLoader *self);

/* --- pages ----------------------------------------------------------------------------------- */

static void
page_clear (gpointer data)
{
  Page *page = data;

  g_array_unref (page->ids);
  g_clear_pointer (&page->vector, piao_id_vector_unref);
  g_ptr_array_unref (page->rows);
  g_clear_error (&page->error);
}

static void
page_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, page_clear);
}

static DexFuture *
read_page (PiaoDb *db, gpointer data)
{
  Page *page = data;
  g_autoptr (GString) json = g_string_new ("[");
  g_autoptr (PiaoCursor) cursor = NULL;

  for (guint i = 0; i < page->ids->len; i++)
    g_string_append_printf (json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                            g_array_index (page->ids, gint64, i));
  g_string_append_c (json, ']');
  cursor = piao_db_query (db, page->statement, &page->error, "s", json->str);
  while (piao_cursor_next (cursor, &page->error))
    g_ptr_array_add (page->rows, piao_row_values_from_cursor (cursor));
  return NULL;
}

static gboolean page_done (gpointer data);

/* Called when the reader is done with it: the reference goes to the main loop. */
static void
page_return (gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, page_done, data, page_unref);
}

/* Those just read stay for a while, so that scrolling back finds them. */
static void
keep (PiaoRowLoader *self, GPtrArray *rows)
{
  g_queue_push_tail (&self->kept, rows);
  if (self->kept.length > PAGES_KEPT)
    g_ptr_array_unref (g_queue_pop_head (&self->kept));
}

/* A handler of a row's "changed" may do away with the list: FALSE, and there is no loader. */
static gboolean
take_rows (PiaoRowLoader *self, Page *page)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < page->rows->len && page->loader != NULL; i++)
    {
      PiaoRowValues *values = g_steal_pointer (&g_ptr_array_index (page->rows, i));
      PiaoRow *row = piao_row_table_get (self->rows, values->values[0].number);

      g_ptr_array_add (rows, row);
      piao_row_set_values (row, values, page->generation);
    }
  if (page->loader != NULL && page->number >= 0)
    keep (self, rows);
  else
    g_ptr_array_unref (rows);
  return page->loader != NULL;
}

/* The page is answered or not needed any more. */
static void
page_over (PiaoRowLoader *self, Page *page)
{
  if (page->number >= 0)
    {
      if (page->vector == self->vector)
        g_hash_table_remove (self->asked, &page->number);
      return;
    }
  self->n_refresh_pages--;
  if (self->n_refresh_pages == 0 && self->stale)
    piao_row_loader_refresh (self);
}

static gboolean
page_done (gpointer data)
{
  Page *page = data;
  PiaoRowLoader *self = page->loader;

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (page->error != NULL)
    g_warning ("Rows of a list could not be read: %s", page->error->message);
  else if (page->statement == self->statement && !take_rows (self, page))
    return G_SOURCE_REMOVE;
  g_ptr_array_remove_fast (self->under_way, page);
  page_over (self, page);
  if (page->generation < piao_replica_get_generation (self->replica))
    piao_row_loader_refresh (self);
  send_pages (self);
  return G_SOURCE_REMOVE;
}

/* Whether anybody still holds a row of the page. */
static gboolean
is_wanted (PiaoRowLoader *self, const Page *page)
{
  if (page->statement != self->statement)
    return FALSE;
  for (guint i = 0; i < page->ids->len; i++)
    if (piao_row_table_contains (self->rows, g_array_index (page->ids, gint64, i)))
      return TRUE;
  return FALSE;
}

/* What was scrolled past before its turn came is not read. */
static void
send_pages (PiaoRowLoader *self)
{
  while (self->under_way->len < PAGES_UNDER_WAY && self->waiting.length > 0)
    {
      Page *page = g_queue_pop_head (&self->waiting);

      if (!is_wanted (self, page))
        {
          page_over (self, page);
          page_unref (page);
          continue;
        }
      g_ptr_array_add (self->under_way, page);
      page->generation = piao_replica_get_generation (self->replica);
      dex_unref (piao_replica_read (self->replica, read_page, page, page_return));
    }
}

static Page *
page_new (PiaoRowLoader *self, gint64 number)
{
  Page *page = g_atomic_rc_box_new0 (Page);

  page->loader = self;
  page->statement = self->statement;
  page->number = number;
  page->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  page->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_row_values_free);
  return page;
}

/* Asks for the page around a row that is not loaded. */
static void
ask_for (PiaoRowLoader *self, gint64 id)
{
  int position = piao_id_vector_find (self->vector, id);
  gint64 number = position / PAGE_ROWS;
  guint end;
  Page *page;

  /* A row that is about to be announced as gone has no neighbours. */
  if (position < 0 || g_hash_table_contains (self->asked, &number))
    return;
  page = page_new (self, number);
  page->vector = piao_id_vector_ref (self->vector);
  end = MIN ((guint)(number + 1) * PAGE_ROWS, piao_id_vector_get_length (self->vector));
  for (guint i = (guint)number * PAGE_ROWS; i < end; i++)
    {
      gint64 one = piao_id_vector_get (self->vector, i);

      g_array_append_val (page->ids, one);
    }
  g_hash_table_add (self->asked, g_memdup2 (&number, sizeof number));
  g_queue_push_tail (&self->waiting, page);
}

static void
drop_kept (PiaoRowLoader *self)
{
  GPtrArray *rows;

  while ((rows = g_queue_pop_head (&self->kept)) != NULL)
    g_ptr_array_unref (rows);
}

/* --- loader ---------------------------------------------------------------------------------- */

PiaoRowLoader *
piao_row_loader_new (PiaoReplica *replica)
{
  PiaoRowLoader *self = g_new0 (PiaoRowLoader, 1);

  self->replica = g_object_ref (replica);
  self->vector = piao_id_vector_new (NULL, 0);
  self->rows = piao_row_table_new ();
  self->under_way = g_ptr_array_new ();
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_queue_init (&self->kept);
  g_queue_init (&self->waiting);
  return self;
}

void
piao_row_loader_free (PiaoRowLoader *self)
{
  Page *page;

  for (guint i = 0; i < self->under_way->len; i++)
    ((Page *)g_ptr_array_index (self->under_way, i))->loader = NULL;
  g_ptr_array_unref (self->under_way);
  while ((page = g_queue_pop_head (&self->waiting)) != NULL)
    page_unref (page);
  drop_kept (self);
  piao_row_table_free (self->rows);
  piao_id_vector_unref (self->vector);
  g_hash_table_unref (self->asked);
  g_object_unref (self->replica);
  g_free (self);
}

void
piao_row_loader_set_statement (PiaoRowLoader *self, const PiaoStatement *statement)
{
  if (self->statement == statement)
    return;
  self->statement = statement;
  drop_kept (self);
  piao_row_table_free (self->rows);
  self->rows = piao_row_table_new ();
  g_hash_table_remove_all (self->asked);
}

void
piao_row_loader_set_vector (PiaoRowLoader *self, PiaoIdVector *vector)
{
  g_clear_pointer (&self->vector, piao_id_vector_unref);
  self->vector = piao_id_vector_ref (vector);
  g_hash_table_remove_all (self->asked);
}

PiaoRow *
piao_row_loader_get (PiaoRowLoader *self, gint64 id)
{
  PiaoRow *row = piao_row_table_get (self->rows, id);

  if (!piao_row_is_loaded (row))
    {
      ask_for (self, id);
      send_pages (self);
    }
  return row;
}

void
piao_row_loader_emit_changed (PiaoRowLoader *self)
{
  piao_row_table_emit_changed (self->rows);
}

void
piao_row_loader_refresh (PiaoRowLoader *self)
{
  g_autoptr (GArray) ids = NULL;

  if (self->n_refresh_pages > 0)
    {
      self->stale = TRUE;
      return;
    }
  self->stale = FALSE;
  drop_kept (self);
  ids = piao_row_table_list_older (self->rows, piao_replica_get_generation (self->replica));
  for (guint i = 0; i < ids->len; i += REFRESH_ROWS)
    {
      Page *page = page_new (self, -1);

      g_array_append_vals (page->ids, &g_array_index (ids, gint64, i),
                           MIN (REFRESH_ROWS, ids->len - i));
      self->n_refresh_pages++;
      g_queue_push_tail (&self->waiting, page);
    }
  send_pages (self);
}
