/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "store/piao-outbox-private.h"
#include "store/piao-schema.h"
#include "store/piao-search.h"
#include "tests/store/outbox-world.h"

PIAO_STATEMENT (test_changed_shelves,
                "SELECT id, lane, rev, deleted, code, name, phone, stock FROM test_shelf"
                " WHERE rev > $1 AND rev <= $2");
PIAO_STATEMENT (test_changed_moves,
                "SELECT id, lane, rev, deleted, shelf_id, n FROM test_move"
                " WHERE rev > $1 AND rev <= $2");
PIAO_STATEMENT (test_get_state,
                "SELECT state || ' ' || COALESCE(code, '') FROM outbox WHERE id = $1");

void
world_set_up (World *world, gconstpointer data)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_manual (G_GINT64_CONSTANT (1750000000000));
  g_autoptr (GError) error = NULL;

  world->registry = shelf_registry_new ();
  world->desktop = piao_db_open (":memory:", 0, &error);
  g_assert_no_error (error);
  world->server = piao_db_open (":memory:", 0, &error);
  g_assert_no_error (error);
  piao_schema_migrate (world->desktop, PIAO_SCHEMA_REPLICA, &error);
  g_assert_no_error (error);
  shelf_create_tables (world->desktop);
  shelf_create_tables (world->server);
  piao_id_source_init (&world->ids, clock, 7, 0);
  piao_id_source_init (&world->foreign, clock, 8, 0);
}

void
world_tear_down (World *world, gconstpointer data)
{
  piao_registry_unref (world->registry);
  piao_db_free (world->desktop);
  piao_db_free (world->server);
  piao_id_source_clear (&world->ids);
  piao_id_source_clear (&world->foreign);
}

/* The id of the command, or 0 when it is refused. @args is taken. */
gint64
world_run (World *world, const char *name, JsonObject *args)
{
  PiaoContext context = { piao_id_source_take (&world->ids, PIAO_ID_PER_COMMAND),
                          G_GINT64_CONSTANT (1750000000000),
                          0,
                          7,
                          PIAO_SIDE_DESKTOP,
                          0 };
  g_autofree char *text = piao_json_object_to_text (args);
  g_autoptr (GError) error = NULL;

  json_object_unref (args);
  g_assert_true (piao_db_begin (world->desktop, NULL));
  if (piao_outbox_run (world->registry, world->desktop, &context, name, text, &error))
    {
      g_assert_true (piao_db_commit (world->desktop, NULL));
      return context.command;
    }
  piao_db_rollback (world->desktop);
  return 0;
}

/* The seq, or 0 with @error when the server refuses. */
gint64
world_run_there (World *world, gint64 command, const char *name, JsonObject *args, GError **error)
{
  PiaoContext context
      = { command, 0, 0, piao_id_get_device (command), PIAO_SIDE_SERVER, world->seq + 1 };

  g_assert_true (piao_db_begin (world->server, NULL));
  if (!piao_command_apply (world->registry, world->server, &context, name, args, NULL, error))
    {
      piao_db_rollback (world->server);
      return 0;
    }
  g_assert_true (piao_db_commit (world->server, NULL));
  return ++world->seq;
}

gint64
world_run_elsewhere (World *world, const char *name, JsonObject *args)
{
  gint64 command = piao_id_source_take (&world->foreign, PIAO_ID_PER_COMMAND);
  gint64 seq = world_run_there (world, command, name, args, NULL);

  json_object_unref (args);
  return seq != 0 ? command : 0;
}

/* Sends at most @limit entries and notes the verdicts. */
void
world_push (World *world, guint limit)
{
  g_autoptr (GPtrArray) entries = piao_outbox_list_unsent (world->desktop, limit, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_db_begin (world->desktop, NULL));
  for (guint i = 0; i < entries->len; i++)
    {
      PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);
      g_autoptr (GError) refusal = NULL;
      g_autoptr (JsonObject) args = piao_json_parse_object (entry->args, -1, 10000, "args", &error);
      gint64 seq;

      g_assert_no_error (error);
      seq = world_run_there (world, entry->id, entry->name, args, &refusal);
      if (seq != 0)
        piao_outbox_accept (world->desktop, entry->id, seq, &error);
      else
        piao_outbox_refuse (world->desktop, entry->id, piao_error_get_reason (refusal),
                            refusal->message, &error);
      g_assert_no_error (error);
    }
  g_assert_true (piao_db_commit (world->desktop, NULL));
}

static void
copy_rows (World *world, const PiaoStatement *statement, const PiaoKind *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (world->server, statement, &error, "ii", world->cursor, world->upto);

  while (piao_cursor_next (cursor, &error))
    {
      g_autoptr (PiaoRecord) record = piao_record_from_cursor (kind, cursor);

      g_assert_true (piao_record_store (world->desktop, record, NULL));
      g_assert_true (piao_search_touch (world->desktop, record, NULL));
    }
  g_assert_no_error (error);
}

gboolean
world_apply_rows (PiaoDb *db, gpointer data, GError **error)
{
  World *world = data;

  copy_rows (world, &test_changed_shelves, &shelf_kind);
  copy_rows (world, &test_changed_moves, &move_kind);
  return TRUE;
}

void
world_pull (World *world, gint64 upto)
{
  g_autoptr (GError) error = NULL;

  world->upto = upto;
  g_assert_true (piao_db_begin (world->desktop, NULL));
  piao_outbox_rebase (world->registry, world->desktop, upto, upto, world_apply_rows, world, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (world->desktop, NULL));
  world->cursor = upto;
}

void
world_assert_state (World *world, gint64 command, const char *expected)
{
  g_autofree char *state = NULL;

  g_assert_true (piao_db_query_text (world->desktop, &test_get_state, &state, NULL, "i", command));
  g_assert_cmpstr (state, ==, expected);
}

gint64
world_count (PiaoDb *db, const PiaoStatement *statement)
{
  gint64 n = -1;

  g_assert_true (piao_db_query_int (db, statement, -1, &n, NULL, ""));
  return n;
}

void
world_assert_equal (World *world)
{
  g_autofree char *here = shelf_dump (world->desktop, FALSE);
  g_autofree char *there = shelf_dump (world->server, FALSE);

  g_assert_cmpstr (here, ==, there);
}

/* --- row by row ------------------------------------------------------------------------------ */

static void
note_rows (World *world, const PiaoStatement *statement, const PiaoKind *kind, PiaoRowSet *rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (world->server, statement, &error, "ii", world->cursor, world->upto);

  while (piao_cursor_next (cursor, &error))
    piao_row_set_add (rows, kind, piao_cursor_int (cursor, 0));
  g_assert_no_error (error);
}

static PiaoRowSet *
list_arriving (gpointer data)
{
  PiaoRowSet *rows = piao_row_set_new ();

  note_rows (data, &test_changed_shelves, &shelf_kind, rows);
  note_rows (data, &test_changed_moves, &move_kind, rows);
  return rows;
}

gboolean
world_pull_rows (World *world, gint64 upto)
{
  const PiaoRebase terms = { upto, world->seq, world_apply_rows, list_arriving, world };
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  world->upto = upto;
  g_assert_true (piao_db_begin (world->desktop, NULL));
  piao_outbox_rebase_rows (world->registry, world->desktop, &terms, &done, &error);
  g_assert_no_error (error);
  if (!done)
    piao_outbox_rebase (world->registry, world->desktop, upto, world->seq, world_apply_rows, world,
                        &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (world->desktop, NULL));
  world->cursor = upto;
  return done;
}
