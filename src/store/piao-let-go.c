/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: after days without a line thousands of commands are accepted before the first of their
 * rows comes. To take them all off and run them again at each answer would stop all other work for
 * seconds, a hundred times. It is not needed. An answer is read at one moment of the server; a
 * command that was accepted before that moment is in what it says: a row of the answer is as all
 * these commands have left it, and a row that is still to come stands here as it was seen here,
 * which is what is promised (piao-rebase.c). So what they have changed goes back only in the rows
 * that arrive, and what is left of their changesets is kept. When the last answer is here, the rest
 * goes back: rows that the server, knowing more, has left as they were.
 *
 * Changes are taken back as one net change a row, so it does not matter how many commands made it.
 * Where rows that stay would be in the way of one that goes back (UNIQUE), all is done the long
 * way. */

#include "config.h"

/* The system's SQLite has the session extension; its header shows it only so. */
#define SQLITE_ENABLE_SESSION 1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "store/piao-changeset.h"
#include "store/piao-let-go.h"
#include "store/piao-rebase.h"
#include "store/piao-undo.h"

static guint few = PIAO_OUTBOX_FEW;

PIAO_STATEMENT (let_go_pending,
                "SELECT COALESCE (MIN(dseq), 9223372036854775807) FROM outbox"
                " WHERE undo IS NOT NULL AND ((decided = 0 AND state IN ('queued', 'refused'))"
                " OR (state = 'accepted' AND seq > $1))");
PIAO_STATEMENT (let_go_decided,
                "SELECT COUNT(*), MAX(dseq) FROM outbox WHERE undo IS NOT NULL AND dseq < $1");
PIAO_STATEMENT (let_go_list,
                "SELECT id, state = 'accepted', seq, undo FROM outbox"
                " WHERE undo IS NOT NULL AND dseq <= $1 ORDER BY dseq");
PIAO_STATEMENT (let_go_keep, "UPDATE outbox SET undo = $2 WHERE id = $1");
PIAO_STATEMENT (let_go_all, "UPDATE outbox SET undo = NULL WHERE undo IS NOT NULL AND dseq <= $1");

typedef struct
{
  gint64 id;
  gboolean accepted;
  gint64 seq;
  GBytes *undo;
} Decided;

typedef struct
{
  PiaoRegistry *registry;
  PiaoDb *db;
  const PiaoRowSet *arriving;
  PiaoRowSet *accepted; /* rows of accepted commands; NULL when all are */
  gint64 upto;
  gboolean all;
  GArray *touched;
  gboolean found;            /* of find_going() */
  sqlite3_changegroup *back; /* what is taken back */
} LetGo;

static void
decided_free (gpointer data)
{
  Decided *decided = data;

  g_bytes_unref (decided->undo);
  g_free (decided);
}

void
piao_outbox_set_few (guint n)
{
  few = n;
}

guint
piao_outbox_get_few (void)
{
  return few;
}

gboolean
piao_let_go_find (PiaoDb *db, gint64 head, gint64 *floor, GError **error)
{
  gint64 pending = 0;
  g_autoptr (PiaoCursor) cursor = NULL;
  g_autoptr (GError) inner = NULL;

  *floor = 0;
  if (!piao_db_query_int (db, &let_go_pending, 0, &pending, error, "i", head))
    return FALSE;
  cursor = piao_db_query (db, &let_go_decided, &inner, "i", pending);
  if (piao_cursor_next (cursor, &inner) && piao_cursor_int (cursor, 0) > few)
    *floor = piao_cursor_int (cursor, 1);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Oldest first. */
static GPtrArray *
list_decided (PiaoDb *db, gint64 floor, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (decided_free);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &let_go_list, &inner, "i", floor);

  while (piao_cursor_next (cursor, &inner))
    {
      Decided *decided = g_new0 (Decided, 1);

      decided->id = piao_cursor_int (cursor, 0);
      decided->accepted = piao_cursor_int (cursor, 1) != 0;
      decided->seq = piao_cursor_int (cursor, 2);
      decided->undo = piao_cursor_dup_blob (cursor, 3);
      g_ptr_array_add (all, decided);
    }
  if (inner == NULL)
    return g_steal_pointer (&all);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* --- walking through changesets -------------------------------------------------------------- */

static gboolean
goes (LetGo *self, const PiaoKind *kind, gint64 id)
{
  if (self->all && !PIAO_MUTANT (let_go_half))
    return TRUE;
  return kind != NULL
         && (piao_row_set_has (self->arriving, kind, id)
             || (self->accepted != NULL && !piao_row_set_has (self->accepted, kind, id)));
}

static gboolean
note_accepted (const PiaoKind *kind, gint64 id, gpointer data)
{
  LetGo *self = data;

  piao_row_set_add (self->accepted, kind, id);
  return TRUE;
}

/* Ends with the first one that goes. */
static gboolean
find_going (const PiaoKind *kind, gint64 id, gpointer data)
{
  LetGo *self = data;

  self->found = goes (self, kind, id);
  return !self->found;
}

/* @rest: what stays. */
static int
divide_one (LetGo *self, sqlite3_changeset_iter *iter, sqlite3_changegroup *rest)
{
  PiaoTouch touch = { 0 };
  PiaoChange change;

  piao_changeset_read (iter, self->registry, &change);
  if (!goes (self, change.kind, change.id))
    return sqlite3changegroup_add_change (rest, iter);
  touch.kind = change.kind;
  touch.id = change.id;
  if (touch.kind != NULL && !piao_row_set_has (self->arriving, touch.kind, touch.id))
    g_array_append_val (self->touched, touch);
  return sqlite3changegroup_add_change (self->back, iter);
}

static int
divide (LetGo *self, GBytes *changes, sqlite3_changegroup *rest)
{
  g_autofree guint8 *copy = NULL;
  sqlite3_changeset_iter *iter = NULL;
  int size = 0, code, last;

  copy = piao_changeset_dup (changes, &size);
  code = copy != NULL ? sqlite3changeset_start (&iter, size, copy) : SQLITE_CORRUPT;
  if (code != SQLITE_OK)
    return code;
  while (code == SQLITE_OK && sqlite3changeset_next (iter) == SQLITE_ROW)
    code = divide_one (self, iter, rest);
  last = sqlite3changeset_finalize (iter);
  return code != SQLITE_OK ? code : last;
}

/* --- taking back ----------------------------------------------------------------------------- */

/* Rows of accepted commands, if there are any others. */
static int
list_accepted (LetGo *self, GPtrArray *all)
{
  int code = SQLITE_OK;
  gboolean others = FALSE;

  for (guint i = 0; i < all->len; i++)
    others = others || !((const Decided *)g_ptr_array_index (all, i))->accepted;
  if (!others)
    return SQLITE_OK;
  self->accepted = piao_row_set_new ();
  for (guint i = 0; code == SQLITE_OK && i < all->len; i++)
    {
      const Decided *decided = g_ptr_array_index (all, i);

      if (decided->accepted
          && !piao_changeset_each_row (decided->undo, self->registry, note_accepted, self))
        code = SQLITE_CORRUPT;
    }
  return code;
}

static int
group_take (sqlite3_changegroup *group, GBytes **bytes)
{
  void *data = NULL;
  int size = 0;
  int code = sqlite3changegroup_output (group, &size, &data);

  if (code == SQLITE_OK)
    *bytes = g_bytes_new_with_free_func (data, (gsize)size, sqlite3_free, data);
  return code;
}

/* Moves the changes of @decided that go to those that are taken back; @rest: what stays of them,
 * NULL for all. Transfer full. */
static int
split (LetGo *self, const Decided *decided, GBytes **rest)
{
  sqlite3_changegroup *group = NULL;
  int code;

  *rest = NULL;
  self->found = FALSE;
  if (!piao_changeset_each_row (decided->undo, self->registry, find_going, self))
    return SQLITE_CORRUPT;
  if (!self->found)
    return SQLITE_OK;
  code = sqlite3changegroup_new (&group);
  if (code == SQLITE_OK)
    code = divide (self, decided->undo, group);
  if (code == SQLITE_OK)
    code = group_take (group, rest);
  sqlite3changegroup_delete (group);
  return code;
}

/* @rest: as of split(). An accepted command whose seq has not come is marked as on top still. */
static gboolean
keep (LetGo *self, const Decided *decided, GBytes *rest, GError **error)
{
  GBytes *left = rest != NULL ? rest : decided->undo;
  gboolean done
      = g_bytes_get_size (left) == 0 && (!decided->accepted || decided->seq <= self->upto);

  return (rest == NULL && !done)
         || piao_db_exec (self->db, &let_go_keep, error, "ib", decided->id, done ? NULL : left);
}

static int
refuse_conflict (void *data, int conflict, sqlite3_changeset_iter *iter)
{
  return SQLITE_CHANGESET_ABORT;
}

static gboolean
take_back (LetGo *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *copy = NULL;
  int size = 0;
  int code = group_take (self->back, &bytes);

  if (code == SQLITE_OK && g_bytes_get_size (bytes) == 0)
    return TRUE;
  if (code == SQLITE_OK)
    {
      copy = piao_changeset_dup (bytes, &size);
      code = sqlite3changeset_apply_v2 (
          piao_db_get_sqlite (self->db), size, copy, NULL, refuse_conflict, NULL, NULL, NULL,
          SQLITE_CHANGESETAPPLY_INVERT | SQLITE_CHANGESETAPPLY_NOSAVEPOINT);
    }
  if (code == SQLITE_ABORT)
    return piao_error_set (error, PIAO_ERROR_CONFLICT, "outbox.in-the-way",
                           _ ("Rows that stay are in the way of rows that go back."));
  return code == SQLITE_OK || piao_changeset_set_error (code, error);
}

/* Up to here changesets are only read. */
static gboolean
split_all (LetGo *self, GPtrArray *all, GError **error)
{
  int code = list_accepted (self, all);

  if (code == SQLITE_OK)
    code = sqlite3changegroup_new (&self->back);
  /* Changes from before an update of the program may have fewer columns. */
  if (code == SQLITE_OK)
    code = sqlite3changegroup_schema (self->back, piao_db_get_sqlite (self->db), "main");
  for (guint i = 0; code == SQLITE_OK && i < all->len; i++)
    {
      const Decided *decided = g_ptr_array_index (all, i);
      g_autoptr (GBytes) rest = NULL;

      code = split (self, decided, &rest);
      if (code == SQLITE_OK && !self->all && !keep (self, decided, rest, error))
        return FALSE;
    }
  return code == SQLITE_OK || piao_changeset_set_error (code, error);
}

gboolean
piao_let_go_rows (PiaoRegistry *registry,
                  PiaoDb *db,
                  gint64 floor,
                  const PiaoRowSet *arriving,
                  gint64 upto,
                  gboolean all,
                  GArray *touched,
                  GError **error)
{
  g_autoptr (GPtrArray) list = list_decided (db, floor, error);
  LetGo self = { .registry = registry,
                 .db = db,
                 .arriving = arriving,
                 .upto = upto,
                 .all = all,
                 .touched = touched };
  gboolean good = list != NULL && split_all (&self, list, error)
                  && (PIAO_MUTANT (let_go_in_place) || take_back (&self, error))
                  && (!all || piao_db_exec (db, &let_go_all, error, "i", floor));

  g_clear_pointer (&self.accepted, piao_row_set_free);
  if (self.back != NULL)
    sqlite3changegroup_delete (self.back);
  return good;
}
