/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: a Scan reads the ids; it is made here, worked on by a reader thread and comes back to the
 * main loop. It also finds out what differs from the vector it was started on, so that the main
 * thread only announces. While the spans of a scan are being announced the list is the new vector
 * up to the split and the old one from there, as GListModel demands. */

#include "config.h"

#include <gio/gio.h>
#include <stdatomic.h>

#include "store/piao-row-loader.h"

/* What a screen shows at first: a view makes its widgets for all rows it is told of, up to two
 * hundred, before it paints the first. */
#define FIRST_IDS 48
/* The rest waits until what was announced ahead has been painted. */
#define PAINT_MS 40
/* A longer list rests after it was read, in proportion: a million ids for two seconds. */
#define QUICK_IDS 10000
#define IDS_PER_REST_MS 500

typedef struct _Scan Scan;

struct _PiaoRowList
{
  GObject parent_instance;

  PiaoReplica *replica;
  gulong changed_handler;

  const PiaoStatement *ids_statement; /* NULL before the first query */
  const PiaoStatement *page_statement;
  GArray *values; /* PiaoValue: parameters of ids_statement */
  gboolean fresh; /* the query is new: nothing of it has been announced */
  gboolean reset; /* rows of the query before are other objects */
  gboolean ready;

  PiaoIdVector *vector;
  PiaoIdVector *old; /* only while spans are announced */
  guint split_new;   /* first position that is still old */
  guint split_old;   /* the position in old that stands there */

  Scan *scan;        /* under way, or NULL; borrowed */
  gboolean outdated; /* something was committed after it began */
  guint rest_source; /* while the list rests */

  PiaoRowLoader *rows;
};

struct _Scan
{
  GWeakRef list;
  const PiaoStatement *statement;
  GArray *values;
  PiaoIdVector *base;
  gboolean fresh;
  gboolean replace;
  atomic_bool cancelled;

  PiaoIdVector *first;  /* what was announced ahead, or NULL */
  gboolean first_done;  /* main thread */
  PiaoIdVector *vector; /* NULL when it was not read to the end */
  GArray *spans;
  GError *error;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PiaoRowList,
                               piao_row_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_0,
  PROP_READY,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void rest (PiaoRowList *self);

/* --- scan: on a reader ----------------------------------------------------------------------- */

static void
scan_clear (gpointer data)
{
  Scan *scan = data;

  g_weak_ref_clear (&scan->list);
  g_array_unref (scan->values);
  g_clear_pointer (&scan->base, piao_id_vector_unref);
  g_clear_pointer (&scan->first, piao_id_vector_unref);
  g_clear_pointer (&scan->vector, piao_id_vector_unref);
  g_clear_pointer (&scan->spans, g_array_unref);
  g_clear_error (&scan->error);
}

static void
scan_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, scan_clear);
}

static gboolean announce_first (gpointer data);
static gboolean scan_done (gpointer data);

static void
publish_first (Scan *scan, GArray *ids)
{
  scan->first = piao_id_vector_new ((const gint64 *)(gpointer)ids->data, ids->len);
  g_idle_add_full (G_PRIORITY_DEFAULT, announce_first, g_atomic_rc_box_acquire (scan), scan_unref);
}

static GArray *
replace_all (const PiaoIdVector *from, const PiaoIdVector *to)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (PiaoSpan));
  PiaoSpan span = { 0, piao_id_vector_get_length (from), piao_id_vector_get_length (to) };

  g_array_append_val (spans, span);
  return spans;
}

static DexFuture *
scan_ids (PiaoDb *db, gpointer data)
{
  Scan *scan = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PiaoCursor) cursor = NULL;

  cursor
      = piao_db_query_values (db, scan->statement, (const PiaoValue *)(gpointer)scan->values->data,
                              scan->values->len, &scan->error);
  while (piao_cursor_next (cursor, &scan->error))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      if (scan->fresh && ids->len == FIRST_IDS)
        publish_first (scan, ids);
      g_array_append_val (ids, id);
      if (ids->len % FIRST_IDS == 0 && atomic_load (&scan->cancelled))
        return NULL;
    }
  if (scan->error != NULL || atomic_load (&scan->cancelled))
    return NULL;
  scan->vector = piao_id_vector_new ((const gint64 *)(gpointer)ids->data, ids->len);
  if (scan->first != NULL)
    scan->spans = piao_id_vector_diff (scan->first, scan->vector);
  else if (scan->replace)
    scan->spans = replace_all (scan->base, scan->vector);
  else
    scan->spans = piao_id_vector_diff (scan->base, scan->vector);
  return NULL;
}

/* Called when the reader is done with it, or the replica is closed: the reference goes to the main
 * loop. (A callback of the future would come at once when the reader is quick.) */
static void
scan_return (gpointer data)
{
  Scan *scan = data;

  g_timeout_add_full (G_PRIORITY_DEFAULT, scan->first != NULL ? PAINT_MS : 0, scan_done, data,
                      scan_unref);
}

/* --- scan: on the main thread ---------------------------------------------------------------- */

static void
announce (PiaoRowList *self, PiaoIdVector *vector, GArray *spans)
{
  gint64 shift = 0; /* old position minus new one */

  self->old = self->vector;
  self->vector = piao_id_vector_ref (vector);
  self->split_new = 0;
  self->split_old = 0;
  piao_row_loader_set_vector (self->rows, vector);
  for (guint i = 0; i < spans->len; i++)
    {
      const PiaoSpan *span = &g_array_index (spans, PiaoSpan, i);

      self->split_new = span->position + span->added;
      self->split_old = (guint)(span->position + shift) + span->removed;
      shift += (gint64)span->removed - (gint64)span->added;
      g_list_model_items_changed (G_LIST_MODEL (self), span->position, span->removed, span->added);
    }
  g_clear_pointer (&self->old, piao_id_vector_unref);
}

static void
adopt_first (PiaoRowList *self, Scan *scan)
{
  g_autoptr (GArray) spans = NULL;

  if (scan->first_done)
    return;
  scan->first_done = TRUE;
  self->fresh = FALSE;
  spans = replace_all (self->vector, scan->first);
  announce (self, scan->first, spans);
}

static gboolean
announce_first (gpointer data)
{
  Scan *scan = data;
  g_autoptr (PiaoRowList) self = g_weak_ref_get (&scan->list);

  if (self != NULL && self->scan == scan)
    adopt_first (self, scan);
  return G_SOURCE_REMOVE;
}

static void
set_ready (PiaoRowList *self, gboolean ready)
{
  if (self->ready == ready)
    return;
  self->ready = ready;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

/* A handler of what is announced may set another query: then @scan is no longer the list's. */
static gboolean
scan_done (gpointer data)
{
  Scan *scan = data;
  g_autoptr (PiaoRowList) self = g_weak_ref_get (&scan->list);

  if (self == NULL || self->scan != scan)
    return G_SOURCE_REMOVE;
  if (scan->first != NULL)
    adopt_first (self, scan);
  if (self->scan != scan)
    return G_SOURCE_REMOVE;
  self->scan = NULL;
  if (scan->vector != NULL)
    {
      self->fresh = FALSE;
      announce (self, scan->vector, scan->spans);
    }
  else
    {
      self->reset |= scan->replace && !scan->first_done;
      if (scan->error != NULL)
        g_warning ("A list could not be read: %s", scan->error->message);
    }
  if (self->scan != NULL)
    return G_SOURCE_REMOVE;
  set_ready (self, TRUE);
  if (self->scan == NULL)
    rest (self);
  return G_SOURCE_REMOVE;
}

static void
start_scan (PiaoRowList *self)
{
  Scan *scan = g_atomic_rc_box_new0 (Scan);

  g_weak_ref_init (&scan->list, self);
  scan->statement = self->ids_statement;
  scan->values = g_array_ref (self->values);
  scan->base = piao_id_vector_ref (self->vector);
  scan->fresh = self->fresh;
  scan->replace = self->reset;
  self->outdated = FALSE;
  self->reset = FALSE;
  self->scan = scan;
  dex_unref (piao_replica_read (self->replica, scan_ids, scan, scan_return));
}

static void
schedule_scan (PiaoRowList *self)
{
  if (self->scan != NULL || self->rest_source != 0)
    self->outdated = TRUE;
  else
    start_scan (self);
}

static gboolean
end_rest (gpointer data)
{
  PiaoRowList *self = data;

  self->rest_source = 0;
  if (self->outdated)
    schedule_scan (self);
  return G_SOURCE_REMOVE;
}

static void
rest (PiaoRowList *self)
{
  guint n = piao_id_vector_get_length (self->vector);

  if (n > QUICK_IDS)
    self->rest_source = g_timeout_add (n / IDS_PER_REST_MS, end_rest, self);
  else if (self->outdated)
    schedule_scan (self);
}

static void
on_changed (PiaoReplica *replica, guint64 generation, gpointer data)
{
  PiaoRowList *self = data;

  if (self->ids_statement == NULL)
    return;
  piao_row_loader_refresh (self->rows);
  schedule_scan (self);
}

/* --- list model ------------------------------------------------------------------------------ */

static GType
get_item_type (GListModel *model)
{
  return PIAO_TYPE_ROW;
}

static guint
get_n_items (GListModel *model)
{
  PiaoRowList *self = PIAO_ROW_LIST (model);

  if (self->old == NULL)
    return piao_id_vector_get_length (self->vector);
  return self->split_new + piao_id_vector_get_length (self->old) - self->split_old;
}

static gpointer
get_item (GListModel *model, guint position)
{
  PiaoRowList *self = PIAO_ROW_LIST (model);
  gint64 id;

  if (position >= get_n_items (model))
    return NULL;
  if (self->old != NULL && position >= self->split_new)
    id = piao_id_vector_get (self->old, self->split_old + position - self->split_new);
  else
    id = piao_id_vector_get (self->vector, position);
  return piao_row_loader_get (self->rows, id);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- public ---------------------------------------------------------------------------------- */

PiaoRowList *
piao_row_list_new (PiaoReplica *replica)
{
  PiaoRowList *self;

  g_return_val_if_fail (PIAO_IS_REPLICA (replica), NULL);
  self = g_object_new (PIAO_TYPE_ROW_LIST, NULL);
  self->replica = g_object_ref (replica);
  self->rows = piao_row_loader_new (replica);
  self->changed_handler = g_signal_connect (replica, "changed", G_CALLBACK (on_changed), self);
  return self;
}

static GArray *
collect_values (const char *types, va_list *args)
{
  GArray *values = g_array_sized_new (FALSE, TRUE, sizeof (PiaoValue), (guint)strlen (types));

  g_array_set_clear_func (values, (GDestroyNotify)piao_value_clear);
  for (const char *type = types; *type != '\0'; type++)
    {
      PiaoValue *value;

      g_array_set_size (values, values->len + 1);
      value = &g_array_index (values, PiaoValue, values->len - 1);
      if (*type == 'i')
        piao_value_set_int (value, va_arg (*args, gint64));
      else if (*type == 's')
        piao_value_set_text (value, va_arg (*args, const char *));
      else if (*type == 'b')
        piao_value_set_blob (value, va_arg (*args, GBytes *));
      else if (*type == 'v')
        piao_value_copy (value, va_arg (*args, const PiaoValue *));
      else
        g_assert_not_reached ();
    }
  return values;
}

void
piao_row_list_set_query (
    PiaoRowList *self, const PiaoStatement *ids, const PiaoStatement *page, const char *types, ...)
{
  va_list args;

  g_return_if_fail (PIAO_IS_ROW_LIST (self));
  g_return_if_fail (ids != NULL && page != NULL && types != NULL);
  self->reset |= self->page_statement != page;
  self->ids_statement = ids;
  self->page_statement = page;
  piao_row_loader_set_statement (self->rows, page);
  g_clear_pointer (&self->values, g_array_unref);
  va_start (args, types);
  self->values = collect_values (types, &args);
  va_end (args);
  if (self->scan != NULL)
    {
      /* A scan that never came to announce leaves its duty to this one. */
      self->reset |= self->scan->replace && !self->scan->first_done;
      atomic_store (&self->scan->cancelled, TRUE);
      self->scan = NULL;
    }
  self->fresh = TRUE;
  g_clear_handle_id (&self->rest_source, g_source_remove);
  set_ready (self, FALSE);
  schedule_scan (self);
}

gboolean
piao_row_list_is_ready (PiaoRowList *self)
{
  g_return_val_if_fail (PIAO_IS_ROW_LIST (self), FALSE);
  return self->ready;
}

void
piao_row_list_time_passed (PiaoRowList *self)
{
  g_return_if_fail (PIAO_IS_ROW_LIST (self));
  piao_row_loader_emit_changed (self->rows);
}

int
piao_row_list_find (PiaoRowList *self, gint64 id)
{
  g_return_val_if_fail (PIAO_IS_ROW_LIST (self), -1);
  return piao_id_vector_find (self->vector, id);
}

static void
piao_row_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PiaoRowList *self = PIAO_ROW_LIST (object);

  if (id == PROP_READY)
    g_value_set_boolean (value, self->ready);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
piao_row_list_dispose (GObject *object)
{
  PiaoRowList *self = PIAO_ROW_LIST (object);

  if (self->scan != NULL)
    atomic_store (&self->scan->cancelled, TRUE);
  self->scan = NULL;
  g_clear_handle_id (&self->rest_source, g_source_remove);
  if (self->replica != NULL)
    g_clear_signal_handler (&self->changed_handler, self->replica);
  g_clear_object (&self->replica);
  g_clear_pointer (&self->rows, piao_row_loader_free);
  G_OBJECT_CLASS (piao_row_list_parent_class)->dispose (object);
}

static void
piao_row_list_finalize (GObject *object)
{
  PiaoRowList *self = PIAO_ROW_LIST (object);

  g_clear_pointer (&self->vector, piao_id_vector_unref);
  g_clear_pointer (&self->values, g_array_unref);
  G_OBJECT_CLASS (piao_row_list_parent_class)->finalize (object);
}

static void
piao_row_list_class_init (PiaoRowListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = piao_row_list_get_property;
  object_class->dispose = piao_row_list_dispose;
  object_class->finalize = piao_row_list_finalize;
  properties[PROP_READY]
      = g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
piao_row_list_init (PiaoRowList *self)
{
  self->vector = piao_id_vector_new (NULL, 0);
}
