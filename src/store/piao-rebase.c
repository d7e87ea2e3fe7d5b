/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: the tables of a replica are the server's rows with the pending commands on top. A
 * command is put on top by apply_command(), which keeps the changeset of what it changed; rebase
 * takes these off newest first, so that each finds exactly what it left, lets the server's rows in
 * and puts the commands on again. An accepted command whose seq has come is not run again, but of
 * its rows those that others have changed since come with a later answer: until then they are kept
 * as they were seen here, so that nothing accepted goes out of sight in between. `undo IS NOT NULL`
 * is what marks a command as on top; an empty changeset is one that changed nothing or does not
 * apply at the moment. */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-mutant.h"
#include "store/piao-let-go.h"
#include "store/piao-outbox-private.h"
#include "store/piao-rebase.h"
#include "store/piao-search.h"
#include "store/piao-undo.h"

PIAO_STATEMENT (outbox_append,
                "INSERT INTO outbox (dseq, id, name, args, at, actor, state, undo)"
                " VALUES ((SELECT COALESCE(MAX(dseq), 0) + 1 FROM outbox),"
                " $1, $2, $3, $4, $5, 'queued', $6)");
PIAO_STATEMENT (outbox_list_applied,
                "SELECT id, name, args, at, actor, state, decided, seq, undo FROM outbox"
                " WHERE undo IS NOT NULL AND dseq > $1 ORDER BY dseq DESC");
PIAO_STATEMENT (outbox_note_replay,
                "UPDATE outbox SET undo = $2, state = $3, code = $4, message = $5 WHERE id = $1");
PIAO_STATEMENT (outbox_settle, "UPDATE outbox SET undo = NULL WHERE id = $1");

typedef struct
{
  PiaoContext context;
  char *name;
  char *args;
  gboolean accepted; /* by the server */
  gboolean pending;  /* neither accepted nor out of the way */
  gint64 seq;
  GBytes *undo;
  GPtrArray *images; /* of Image: the rows as they are with it on top; NULL when nobody asks */
} Applied;

typedef struct
{
  PiaoRecord *record;
  gboolean created; /* by the command */
} Image;

static void
image_free (gpointer data)
{
  Image *image = data;

  piao_record_free (image->record);
  g_free (image);
}

static void
applied_free (Applied *applied)
{
  g_free (applied->name);
  g_free (applied->args);
  g_bytes_unref (applied->undo);
  g_clear_pointer (&applied->images, g_ptr_array_unref);
  g_free (applied);
}

/* Those behind @floor, newest first. */
static GPtrArray *
list_applied (PiaoDb *db, gint64 floor, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)applied_free);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &outbox_list_applied, &inner, "i", floor);

  while (piao_cursor_next (cursor, &inner))
    {
      Applied *applied = g_new0 (Applied, 1);
      const char *state = piao_cursor_text (cursor, 5);
      gboolean decided = piao_cursor_int (cursor, 6) != 0;

      applied->context.command = piao_cursor_int (cursor, 0);
      applied->context.device = piao_id_get_device (applied->context.command);
      applied->context.at = piao_cursor_int (cursor, 3);
      applied->context.actor = piao_cursor_int (cursor, 4);
      applied->context.side = PIAO_SIDE_DESKTOP;
      applied->name = g_strdup (piao_cursor_text (cursor, 1));
      applied->args = g_strdup (piao_cursor_text (cursor, 2));
      applied->accepted = g_str_equal (state, "accepted");
      applied->pending
          = !decided && (g_str_equal (state, "queued") || g_str_equal (state, "refused"));
      applied->seq = piao_cursor_int (cursor, 7);
      applied->undo = piao_cursor_dup_blob (cursor, 8);
      g_ptr_array_add (all, applied);
    }
  if (inner == NULL)
    return g_steal_pointer (&all);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* --- putting on ------------------------------------------------------------------------------ */

/* Applies a command, appends to @touched and gives the changeset. Transfer full. */
static GBytes *
apply_command (PiaoRegistry *registry,
               PiaoDb *db,
               const PiaoContext *context,
               const char *name,
               const char *text,
               GArray *touched,
               GError **error)
{
  g_autoptr (JsonObject) args = piao_json_parse_object (text, -1, PIAO_JSON_MAX_BYTES, name, error);
  g_autoptr (PiaoUndo) undo = NULL;
  g_autoptr (GArray) rows = NULL;

  if (args == NULL)
    return NULL;
  undo = piao_undo_start (registry, db, error);
  if (undo == NULL || !piao_command_apply (registry, db, context, name, args, &rows, error))
    return NULL;
  g_array_append_vals (touched, rows->data, rows->len);
  return piao_undo_take (undo, error);
}

static int
compare_touches (const void *a, const void *b)
{
  const PiaoTouch *left = a;
  const PiaoTouch *right = b;

  if (left->kind != right->kind)
    return left->kind < right->kind ? -1 : 1;
  return (left->id > right->id) - (left->id < right->id);
}

/* Brings the search text of the rows up to date, whether they are still there or not. */
static gboolean
refresh_search (PiaoDb *db, GArray *touched, GError **error)
{
  g_array_sort (touched, compare_touches);
  for (guint i = 0; i < touched->len; i++)
    {
      const PiaoTouch *touch = &g_array_index (touched, PiaoTouch, i);
      g_autoptr (PiaoRecord) record = NULL;
      g_autoptr (GError) inner = NULL;

      if ((touch->kind->flags & PIAO_KIND_SEARCHABLE) == 0
          || (i > 0 && compare_touches (touch, touch - 1) == 0))
        continue;
      record = piao_record_load (db, touch->kind, touch->id, &inner);
      if (record != NULL)
        {
          if (!piao_search_touch (db, record, error))
            return FALSE;
        }
      else if (!g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return FALSE;
        }
      else if (!piao_search_forget (db, touch->kind, touch->id, error))
        return FALSE;
    }
  return TRUE;
}

/* The JSON text of @text with what is chosen here. Transfer full. */
static char *
complete_args (PiaoRegistry *registry,
               PiaoDb *db,
               const PiaoContext *context,
               const char *name,
               const char *text,
               GError **error)
{
  const PiaoCommand *command = piao_registry_find_command (registry, name);
  g_autoptr (JsonObject) given = NULL;
  g_autoptr (JsonObject) args = NULL;

  if (command == NULL || command->complete == NULL)
    return g_strdup (text);
  given = piao_json_parse_object (text, -1, PIAO_JSON_MAX_BYTES, name, error);
  args = given != NULL ? piao_command_read_args (command, given, error) : NULL;
  if (args == NULL || !command->complete (db, context, args, error))
    return NULL;
  return piao_command_write_args (command, args);
}

gboolean
piao_outbox_run (PiaoRegistry *registry,
                 PiaoDb *db,
                 const PiaoContext *context,
                 const char *name,
                 const char *given,
                 GError **error)
{
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (PiaoTouch));
  g_autofree char *args = complete_args (registry, db, context, name, given, error);
  g_autoptr (GBytes) undo
      = args != NULL ? apply_command (registry, db, context, name, args, touched, error) : NULL;

  if (undo != NULL && PIAO_MUTANT (own_append)
      && !(piao_db_commit (db, error) && piao_db_begin (db, error)))
    return FALSE;
  if (undo == NULL || !refresh_search (db, touched, error)
      || !piao_db_exec (db, &outbox_append, error, "issiib", context->command, name, args,
                        context->at, context->actor, PIAO_MUTANT (undo_later) ? NULL : undo))
    return FALSE;
  return !PIAO_MUTANT (undo_later)
         || (piao_db_commit (db, error) && piao_db_begin (db, error)
             && piao_db_exec (db, &outbox_note_replay, error, "ibsss", context->command, undo,
                              "queued", NULL, NULL));
}

/* --- rebase ---------------------------------------------------------------------------------- */

/* A broken UNIQUE or CHECK is a rule that says no; anything else of the database is a failure. */
static gboolean
is_database_failure (const GError *error)
{
  const char *reason = piao_error_get_reason (error);

  return g_str_has_prefix (reason, "db.") && !g_str_equal (reason, "db.unique")
         && !g_str_equal (reason, "db.check");
}

/* FALSE only when the database fails: a command that no longer applies is a verdict. */
static gboolean
replay (PiaoRegistry *registry, PiaoDb *db, Applied *applied, GArray *touched, GError **error)
{
  g_autoptr (GError) refusal = NULL;
  g_autoptr (GBytes) undo = NULL;
  guint before = touched->len;

  if (!piao_db_savepoint (db, error))
    return FALSE;
  undo = apply_command (registry, db, &applied->context, applied->name, applied->args, touched,
                        &refusal);
  if (undo != NULL)
    {
      if (!piao_db_release (db, error))
        return FALSE;
      return piao_db_exec (db, &outbox_note_replay, error, "ibsss", applied->context.command, undo,
                           applied->accepted ? "accepted" : "queued", NULL, NULL);
    }
  piao_db_rollback_to (db);
  g_array_set_size (touched, before);
  if (is_database_failure (refusal))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  undo = g_bytes_new (NULL, 0);
  /* The rows of an accepted one are arriving: they say the same. */
  if (applied->accepted)
    return piao_db_exec (db, &outbox_note_replay, error, "ibsss", applied->context.command, undo,
                         "accepted", NULL, NULL);
  return piao_db_exec (db, &outbox_note_replay, error, "ibsss", applied->context.command, undo,
                       "refused", piao_error_get_reason (refusal), refusal->message);
}

/* --- what is accepted and has not all come --------------------------------------------------- */

/* The rev of a row; -1 when it is not there. */
static gboolean
find_rev (PiaoDb *db, const PiaoKind *kind, gint64 id, gint64 *rev, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, piao_kind_get_rev (kind), &inner, "i", id);

  *rev = piao_cursor_next (cursor, &inner) ? piao_cursor_int (cursor, PIAO_ROW_REV) : -1;
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Before it is taken off: its rows as they are. */
static gboolean
keep_images (PiaoRegistry *registry, PiaoDb *db, Applied *applied, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PiaoTouch));

  applied->images = g_ptr_array_new_with_free_func (image_free);
  if (!piao_undo_list_rows (registry, applied->undo, rows, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const PiaoTouch *touch = &g_array_index (rows, PiaoTouch, i);
      g_autoptr (GError) inner = NULL;
      PiaoRecord *record = piao_record_load (db, touch->kind, touch->id, &inner);
      Image *image;

      if (record != NULL)
        {
          image = g_new0 (Image, 1);
          image->record = record;
          g_ptr_array_add (applied->images, image);
        }
      else if (!g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return FALSE;
        }
    }
  return TRUE;
}

/* After it was taken off: which rows are there only because of it. */
static gboolean
note_created (PiaoDb *db, Applied *applied, GError **error)
{
  for (guint i = 0; applied->images != NULL && i < applied->images->len; i++)
    {
      Image *image = g_ptr_array_index (applied->images, i);
      gint64 rev;

      if (!find_rev (db, image->record->kind, image->record->id, &rev, error))
        return FALSE;
      image->created = rev < 0;
    }
  return TRUE;
}

/* A row that has come, with this command or a later one, is the server's; one that has gone stays
 * gone. */
static gboolean
put_image (PiaoDb *db, const Image *image, gint64 seq, GError **error)
{
  gint64 rev;

  if (!find_rev (db, image->record->kind, image->record->id, &rev, error))
    return FALSE;
  if (rev >= 0 ? rev >= seq : !image->created)
    return TRUE;
  if (rev >= 0)
    image->record->rev = rev;
  return piao_record_store (db, image->record, error);
}

static GBytes *
put_images (PiaoRegistry *registry, PiaoDb *db, Applied *applied, GError **error)
{
  g_autoptr (PiaoUndo) undo = piao_undo_start (registry, db, error);

  for (guint i = 0; undo != NULL && i < applied->images->len; i++)
    if (!put_image (db, g_ptr_array_index (applied->images, i), applied->seq, error))
      return NULL;
  return undo != NULL ? piao_undo_take (undo, error) : NULL;
}

/* Puts on what has not come yet of an accepted command, or lets it go when all has. FALSE only when
 * the database fails: what a row that has come does not allow any more is not kept. */
static gboolean
keep_in_sight (PiaoRegistry *registry, PiaoDb *db, Applied *applied, GError **error)
{
  g_autoptr (GError) refusal = NULL;
  g_autoptr (GBytes) undo = NULL;

  if (!piao_db_savepoint (db, error))
    return FALSE;
  undo = put_images (registry, db, applied, &refusal);
  if (undo == NULL)
    piao_db_rollback_to (db);
  else if (!piao_db_release (db, error))
    return FALSE;
  if (undo == NULL && is_database_failure (refusal))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  if (undo == NULL || g_bytes_get_size (undo) == 0)
    return piao_db_exec (db, &outbox_settle, error, "i", applied->context.command);
  return piao_db_exec (db, &outbox_note_replay, error, "ibsss", applied->context.command, undo,
                       "accepted", NULL, NULL);
}

/* Takes all off, newest first. */
static gboolean
take_off (PiaoRegistry *registry,
          PiaoDb *db,
          GPtrArray *all,
          gint64 upto,
          gint64 head,
          GArray *touched,
          GError **error)
{
  for (guint i = 0; i < all->len; i++)
    {
      Applied *applied = g_ptr_array_index (all, i);
      gboolean partly = applied->accepted && applied->seq <= upto && upto < head;

      if (PIAO_MUTANT (lost_undo) && i > 0)
        break;
      if ((partly && !keep_images (registry, db, applied, error))
          || !piao_undo_apply (registry, db, applied->undo, touched, error)
          || !note_created (db, applied, error))
        return FALSE;
    }
  return TRUE;
}

/* Puts one on again as far as it is to be, or lets it go. */
static gboolean
put_on (PiaoRegistry *registry,
        PiaoDb *db,
        Applied *applied,
        gint64 upto,
        GArray *touched,
        GError **error)
{
  gboolean whole = applied->pending || (applied->accepted && applied->seq > upto);

  if (PIAO_MUTANT (accepted_let_go))
    whole = applied->pending;
  if (whole)
    return replay (registry, db, applied, touched, error);
  if (applied->images != NULL)
    return keep_in_sight (registry, db, applied, error);
  return piao_db_exec (db, &outbox_settle, error, "i", applied->context.command);
}

/* What is decided up to @floor is let go of row by row; 0: there is nothing of that kind. */
static gboolean
rebase (PiaoRegistry *registry, PiaoDb *db, gint64 floor, const PiaoRebase *terms, GError **error)
{
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (PiaoTouch));
  g_autoptr (GPtrArray) all = list_applied (db, floor, error);
  g_autoptr (PiaoRowSet) arriving = floor > 0 ? terms->list_arriving (terms->data) : NULL;

  if (all == NULL)
    return FALSE;
  if (!take_off (registry, db, all, terms->upto, terms->head, touched, error))
    return FALSE;
  if (floor > 0
      && !piao_let_go_rows (registry, db, floor, arriving, terms->upto, terms->upto >= terms->head,
                            touched, error))
    return FALSE;
  if (terms->apply_rows != NULL && !terms->apply_rows (db, terms->data, error))
    return FALSE;
  for (guint i = all->len; i > 0; i--)
    if (!put_on (registry, db, g_ptr_array_index (all, i - 1), terms->upto, touched, error))
      return FALSE;
  return refresh_search (db, touched, error) && piao_outbox_prune (db, error);
}

gboolean
piao_outbox_rebase (PiaoRegistry *registry,
                    PiaoDb *db,
                    gint64 upto,
                    gint64 head,
                    gboolean (*apply_rows) (PiaoDb *db, gpointer data, GError **error),
                    gpointer data,
                    GError **error)
{
  const PiaoRebase terms = { upto, head, apply_rows, NULL, data };

  return rebase (registry, db, 0, &terms, error);
}

gboolean
piao_outbox_rebase_rows (
    PiaoRegistry *registry, PiaoDb *db, const PiaoRebase *terms, gboolean *done, GError **error)
{
  g_autoptr (GError) inner = NULL;
  gint64 floor = 0;

  *done = FALSE;
  if (!piao_let_go_find (db, terms->head, &floor, error))
    return FALSE;
  if (floor == 0)
    return TRUE;
  if (!piao_db_savepoint (db, error))
    return FALSE;
  if (rebase (registry, db, floor, terms, &inner))
    {
      *done = TRUE;
      return piao_db_release (db, error);
    }
  piao_db_rollback_to (db);
  if (g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_CONFLICT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}
