/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-mutant.h"
#include "base/piao-text.h"
#include "store/piao-outbox-private.h"

#define ENTRY "SELECT dseq, id, name, args, at, actor, state, decided, seq, code, message, note "
/* In the words of the index outbox_open. */
#define FOR_A_PERSON "state IN ('refused', 'parked')"

PIAO_STATEMENT (outbox_list_unsent, ENTRY "FROM outbox WHERE decided = 0 ORDER BY dseq LIMIT $1");
PIAO_STATEMENT (outbox_list_all, ENTRY "FROM outbox ORDER BY dseq DESC LIMIT $1");
PIAO_STATEMENT (outbox_list_refused,
                ENTRY "FROM outbox WHERE " FOR_A_PERSON
                      " AND state = 'refused' ORDER BY dseq DESC LIMIT $1");
PIAO_STATEMENT (outbox_list_parked,
                ENTRY "FROM outbox WHERE " FOR_A_PERSON
                      " AND state = 'parked' ORDER BY dseq DESC LIMIT $1");
PIAO_STATEMENT (outbox_find, ENTRY "FROM outbox WHERE id = $1");
/* A command names its order, or has made it: its rows take the ids behind its own. */
PIAO_STATEMENT (outbox_list_about,
                ENTRY "FROM outbox WHERE " FOR_A_PERSON
                      " AND (($2 > id AND $2 < id + $3 AND ($2 - id) % $4 = 0)"
                      " OR (json_valid(args)"
                      " AND CAST(json_extract(args, '$.order') AS INTEGER) = $2))"
                      " ORDER BY dseq DESC LIMIT $1");
PIAO_STATEMENT (outbox_accept,
                "UPDATE outbox SET state = 'accepted', decided = 1, seq = $2, code = NULL,"
                " message = NULL WHERE id = $1");
PIAO_STATEMENT (outbox_refuse,
                "UPDATE outbox SET state = CASE WHEN state IN ('parked', 'discarded') THEN state"
                " ELSE 'refused' END, decided = 1,"
                " code = CASE WHEN state IN ('parked', 'discarded') THEN code ELSE $2 END,"
                " message = CASE WHEN state IN ('parked', 'discarded') THEN message ELSE $3 END"
                " WHERE id = $1");
PIAO_STATEMENT (outbox_park,
                "UPDATE outbox SET state = 'parked', code = $2, message = $3 WHERE id = $1");
PIAO_STATEMENT (outbox_discard,
                "UPDATE outbox SET state = 'discarded', note = $2 WHERE id = $1"
                " AND (state = 'parked' OR (state = 'refused' AND decided = 1))");
PIAO_STATEMENT (outbox_supersede, "UPDATE outbox SET state = 'discarded', note = $2 WHERE id = $1");
PIAO_STATEMENT (outbox_is_undecided,
                "SELECT COUNT(*) FROM outbox WHERE id = $1 AND decided = 0"
                " AND state IN ('queued', 'refused')");
PIAO_STATEMENT (outbox_count_waiting,
                "SELECT COUNT(*), MIN(at) FROM outbox WHERE decided = 0"
                " AND state IN ('queued', 'refused')");
PIAO_STATEMENT (outbox_count_refused,
                "SELECT COUNT(*) FROM outbox WHERE " FOR_A_PERSON " AND state = 'refused'");
PIAO_STATEMENT (outbox_count_parked,
                "SELECT COUNT(*) FROM outbox WHERE " FOR_A_PERSON " AND state = 'parked'");
PIAO_STATEMENT (outbox_last_id, "SELECT MAX(id) FROM outbox");

/* What a person writes about a discarded entry. */
#define NOTE_MAX_CHARS 200
/* A tab is in no note of a person: piao_text_check() refuses it. */
#define SUCCESSOR "\t"

void
piao_outbox_entry_free (PiaoOutboxEntry *entry)
{
  g_free (entry->name);
  g_free (entry->args);
  g_free (entry->state);
  g_free (entry->code);
  g_free (entry->message);
  g_free (entry->note);
  g_free (entry);
}

/* A note that a person did not write begins with the id of the command that was sent instead. */
static char *
make_note (gint64 successor, const char *text)
{
  return g_strdup_printf (SUCCESSOR "%" PRIi64 " %s", successor, text);
}

static void
read_note (PiaoOutboxEntry *entry, const char *note)
{
  char *end = NULL;

  if (note != NULL && g_str_has_prefix (note, SUCCESSOR))
    {
      entry->successor = g_ascii_strtoll (note + strlen (SUCCESSOR), &end, 10);
      note = *end == ' ' ? end + 1 : end;
    }
  entry->note = g_strdup (note);
}

static GPtrArray *
read_entries (PiaoCursor *cursor, GError **error)
{
  g_autoptr (GPtrArray) entries
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_outbox_entry_free);
  g_autoptr (GError) inner = NULL;

  while (piao_cursor_next (cursor, &inner))
    {
      PiaoOutboxEntry *entry = g_new0 (PiaoOutboxEntry, 1);

      entry->dseq = piao_cursor_int (cursor, 0);
      entry->id = piao_cursor_int (cursor, 1);
      entry->name = g_strdup (piao_cursor_text (cursor, 2));
      entry->args = g_strdup (piao_cursor_text (cursor, 3));
      entry->at = piao_cursor_int (cursor, 4);
      entry->actor = piao_cursor_int (cursor, 5);
      entry->state = g_strdup (piao_cursor_text (cursor, 6));
      entry->decided = piao_cursor_int (cursor, 7) != 0;
      entry->seq = piao_cursor_int (cursor, 8);
      entry->code = g_strdup (piao_cursor_text (cursor, 9));
      entry->message = g_strdup (piao_cursor_text (cursor, 10));
      read_note (entry, piao_cursor_text (cursor, 11));
      g_ptr_array_add (entries, entry);
    }
  if (inner == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static GPtrArray *
list_entries (PiaoDb *db, const PiaoStatement *statement, guint limit, GError **error)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, error, "i", (gint64)limit);

  return cursor != NULL ? read_entries (cursor, error) : NULL;
}

GPtrArray *
piao_outbox_list_unsent (PiaoDb *db, guint limit, GError **error)
{
  return list_entries (db, &outbox_list_unsent, limit, error);
}

GPtrArray *
piao_outbox_list (PiaoDb *db, guint limit, GError **error)
{
  return list_entries (db, &outbox_list_all, limit, error);
}

GPtrArray *
piao_outbox_list_refused (PiaoDb *db, guint limit, GError **error)
{
  return list_entries (db, &outbox_list_refused, limit, error);
}

GPtrArray *
piao_outbox_list_parked (PiaoDb *db, guint limit, GError **error)
{
  return list_entries (db, &outbox_list_parked, limit, error);
}

GPtrArray *
piao_outbox_list_about (PiaoDb *db, gint64 order, guint limit, GError **error)
{
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &outbox_list_about, error, "iiii", (gint64)limit, order,
                       (gint64)PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE, (gint64)PIAO_ID_STRIDE);

  return cursor != NULL ? read_entries (cursor, error) : NULL;
}

static gboolean
set_unknown_error (gint64 command, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_NOT_FOUND, "outbox.unknown",
                         _ ("Command %" PRIi64 " is not in the outbox of this computer."), command);
}

PiaoOutboxEntry *
piao_outbox_find (PiaoDb *db, gint64 command, GError **error)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &outbox_find, error, "i", command);
  g_autoptr (GPtrArray) entries = cursor != NULL ? read_entries (cursor, error) : NULL;

  if (entries == NULL)
    return NULL;
  if (entries->len > 0)
    return g_ptr_array_steal_index (entries, 0);
  set_unknown_error (command, error);
  return NULL;
}

/* --- verdicts -------------------------------------------------------------------------------- */

static gboolean
expect_one (gint64 changed, gint64 command, GError **error)
{
  return changed == 1 || set_unknown_error (command, error);
}

gboolean
piao_outbox_accept (PiaoDb *db, gint64 command, gint64 seq, GError **error)
{
  gint64 changed = 0;

  return piao_db_exec_changed (db, &outbox_accept, &changed, error, "ii", command, seq)
         && expect_one (changed, command, error);
}

gboolean
piao_outbox_refuse (
    PiaoDb *db, gint64 command, const char *code, const char *message, GError **error)
{
  gint64 changed = 0;

  if (PIAO_MUTANT (refused_swallowed))
    return piao_outbox_accept (db, command, 1, error);
  return piao_db_exec_changed (db, &outbox_refuse, &changed, error, "iss", command, code, message)
         && expect_one (changed, command, error);
}

gboolean
piao_outbox_park (PiaoDb *db, gint64 command, const char *code, const char *message, GError **error)
{
  gint64 changed = 0;

  return piao_db_exec_changed (db, &outbox_park, &changed, error, "iss", command, code, message)
         && expect_one (changed, command, error);
}

gboolean
piao_outbox_discard (PiaoDb *db, gint64 command, const char *note, GError **error)
{
  gint64 changed = 0;
  gint64 undecided = 0;

  if (!piao_text_check (note, NOTE_MAX_CHARS, FALSE, _ ("Reason"), error)
      || !piao_db_exec_changed (db, &outbox_discard, &changed, error, "is", command, note))
    return FALSE;
  if (changed == 1)
    return TRUE;
  if (!piao_db_query_int (db, &outbox_is_undecided, 0, &undecided, error, "i", command))
    return FALSE;
  if (undecided != 0)
    return piao_error_set (error, PIAO_ERROR_CONFLICT, "outbox.undecided",
                           _ ("The centre has not answered this yet. "
                              "Connect to the centre first; then it can be put aside."));
  return piao_error_set (error, PIAO_ERROR_CONFLICT, "outbox.state",
                         _ ("There is nothing left to do about this entry."));
}

/* --- once more -------------------------------------------------------------------------------- */

/* Only what the server has said no to may be done in another way: anything else could happen
 * twice. */
static gboolean
check_open (const PiaoOutboxEntry *entry, GError **error)
{
  gboolean parked = g_str_equal (entry->state, "parked");

  if (!entry->decided && (parked || !g_str_equal (entry->state, "discarded")))
    return piao_error_set (error, PIAO_ERROR_CONFLICT, "outbox.undecided",
                           _ ("The centre has not answered this yet. Connect to the centre first; "
                              "then it can be sent in another way."));
  return parked || g_str_equal (entry->state, "refused")
         || piao_error_set (error, PIAO_ERROR_CONFLICT, "outbox.state",
                            _ ("There is nothing left to do about this entry."));
}

gboolean
piao_outbox_resend (PiaoRegistry *registry,
                    PiaoDb *db,
                    const PiaoContext *context,
                    gint64 command,
                    const char *args,
                    GError **error)
{
  g_autoptr (PiaoOutboxEntry) entry = piao_outbox_find (db, command, error);
  g_autofree char *note
      = make_note (context->command,
                   args != NULL ? _ ("Sent again with other content") : _ ("Sent again as it was"));

  return entry != NULL && check_open (entry, error)
         && piao_outbox_run (registry, db, context, entry->name, args != NULL ? args : entry->args,
                             error)
         && piao_db_exec (db, &outbox_supersede, error, "is", command, note);
}

gboolean
piao_outbox_retry (
    PiaoRegistry *registry, PiaoDb *db, const PiaoContext *context, gint64 command, GError **error)
{
  return piao_outbox_resend (registry, db, context, command, NULL, error);
}

/* --- counts ---------------------------------------------------------------------------------- */

static gboolean
count_waiting (PiaoDb *db, PiaoOutboxCounts *counts, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &outbox_count_waiting, &inner, "");

  if (piao_cursor_next (cursor, &inner))
    {
      counts->waiting = (guint)piao_cursor_int (cursor, 0);
      counts->oldest = piao_cursor_int (cursor, 1);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_outbox_count (PiaoDb *db, PiaoOutboxCounts *counts, GError **error)
{
  gint64 refused = 0;
  gint64 parked = 0;

  *counts = (PiaoOutboxCounts){ 0 };
  if (!count_waiting (db, counts, error)
      || !piao_db_query_int (db, &outbox_count_refused, 0, &refused, error, "")
      || !piao_db_query_int (db, &outbox_count_parked, 0, &parked, error, ""))
    return FALSE;
  counts->refused = (guint)refused;
  counts->parked = (guint)parked;
  return TRUE;
}

gboolean
piao_outbox_get_last_id (PiaoDb *db, gint64 *id, GError **error)
{
  if (!piao_db_query_int (db, &outbox_last_id, 0, id, error, ""))
    return FALSE;
  if (*id > 0)
    *id += (gint64)(PIAO_ID_PER_COMMAND - 1) * PIAO_ID_STRIDE;
  return TRUE;
}
