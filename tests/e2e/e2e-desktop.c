/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A desktop without a screen, for the end-to-end tests: the real replica and the real sync in a
 * process of its own that can be killed at any moment. It reads one JSON object a line and answers
 * with one:
 *
 *   {"do": "sign-in", "name", "password"}   {"ok": true, "user"}
 *   {"do": "start"}                          {"ok": true}, and the rounds begin
 *   {"do": "nudge"}
 *   {"do": "hold", "on"}                     stays away from the centre, or no longer
 *   {"do": "run", "name", "args": {…}}       a command; {"ok": true, "id"} once it is durable
 *   {"do": "scan", "order", "code"}          what the scanner reads, as the counter takes it
 *   {"do": "codes", "order"}                 {"codes": [[kind, code], …]}
 *   {"do": "query", "sql"}                   {"rows": [[…], …]}
 *   {"do": "status"}                         state of the lines and the outbox
 *
 * Whatever is refused answers {"ok": false, "reason", "message"}.
 */

#include "config.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <locale.h>
#include <stdio.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "domain/barcode/piao-barcode.h"
#include "domain/demo/piao-demo-codes.h"
#include "domain/piao-domain.h"
#include "store/piao-replica.h"
#include "sync/piao-sync.h"

typedef struct
{
  PiaoReplica *replica;
  PiaoSync *sync;
  PiaoBarcodeBook *book;
  GDataInputStream *input;
  GMainLoop *loop;
} Desktop;

static void
answer (JsonObject *object)
{
  g_autoptr (JsonObject) held = object;
  g_autofree char *text = piao_json_object_to_text (held);

  printf ("%s\n", text);
  fflush (stdout);
}

static void
refuse (const GError *error)
{
  answer (piao_json_build ("ok", 'b', FALSE, "reason", 's', piao_error_get_reason (error),
                           "message", 's', error->message, NULL));
}

/* --- what can be asked ----------------------------------------------------------------------- */

static void
do_sign_in (Desktop *self, JsonObject *ask)
{
  g_autoptr (GError) error = NULL;
  gint64 user
      = dex_await_int64 (piao_sync_sign_in (self->sync, piao_json_get_text (ask, "name", ""),
                                            piao_json_get_text (ask, "password", "")),
                         &error);

  if (error != NULL)
    refuse (error);
  else
    answer (piao_json_build ("ok", 'b', TRUE, "user", 'd', user, NULL));
}

static void
run_command (Desktop *self, const char *name, JsonObject *args)
{
  g_autoptr (GError) error = NULL;
  gint64 id = dex_await_int64 (piao_replica_run (self->replica, name, args), &error);

  if (error != NULL)
    refuse (error);
  else
    answer (piao_json_build ("ok", 'b', TRUE, "id", 'd', id, NULL));
}

static void
do_run (Desktop *self, JsonObject *ask)
{
  JsonObject *args = piao_json_get_object (ask, "args");

  run_command (self, piao_json_get_text (ask, "name", ""),
               args != NULL ? json_object_ref (args) : json_object_new ());
}

static void
do_scan (Desktop *self, JsonObject *ask)
{
  char key[PIAO_BARCODE_KEY_LENGTH];
  g_autoptr (GError) error = NULL;
  PiaoBarcode read;

  if (!piao_barcode_read (self->book, piao_json_get_text (ask, "code", ""), &read, &error))
    {
      refuse (error);
      return;
    }
  piao_barcode_pack_key (&read, read.pack_from, key);
  run_command (self, "order.scan",
               piao_json_build ("order", 'd', piao_json_get_id (ask, "order"), "pack", 's', key,
                                NULL));
}

typedef struct
{
  gint64 order;
  gint64 now;
} CodesAsk;

static DexFuture *
read_codes (PiaoDb *db, gpointer data)
{
  const CodesAsk *ask = data;
  GError *error = NULL;
  GPtrArray *codes = piao_demo_list_codes (db, ask->order, ask->now, &error);

  if (codes == NULL)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, codes);
}

static void
do_codes (Desktop *self, JsonObject *ask)
{
  CodesAsk *codes_ask = g_new0 (CodesAsk, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) codes = NULL;
  g_autoptr (JsonArray) list = json_array_new ();

  codes_ask->order = piao_json_get_id (ask, "order");
  codes_ask->now = piao_clock_now (piao_replica_get_clock (self->replica));
  codes
      = dex_await_boxed (piao_replica_read (self->replica, read_codes, codes_ask, g_free), &error);
  if (codes == NULL)
    {
      refuse (error);
      return;
    }
  for (guint i = 0; i < codes->len; i++)
    {
      const PiaoDemoCode *code = codes->pdata[i];
      JsonArray *pair = json_array_new ();

      json_array_add_int_element (pair, code->kind);
      json_array_add_string_element (pair, code->code);
      json_array_add_array_element (list, pair);
    }
  answer (piao_json_build ("ok", 'b', TRUE, "codes", 'a', g_steal_pointer (&list), NULL));
}

static JsonArray *
row_of (PiaoCursor *cursor)
{
  JsonArray *row = json_array_new ();

  for (guint i = 0; i < piao_cursor_get_n_columns (cursor); i++)
    {
      PiaoValue value = { 0 };

      piao_cursor_value (cursor, i, &value);
      if (value.type == PIAO_VALUE_INT)
        json_array_add_int_element (row, value.number);
      else if (value.type == PIAO_VALUE_TEXT)
        json_array_add_string_element (row, value.text);
      else
        json_array_add_null_element (row);
      piao_value_clear (&value);
    }
  return row;
}

static DexFuture *
read_rows (PiaoDb *db, gpointer data)
{
  /* Kept for the life of the process: connections know a statement by its address. */
  PiaoStatement *statement = g_new0 (PiaoStatement, 1);
  g_autoptr (JsonArray) rows = json_array_new ();
  GError *error = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;

  *statement = (PiaoStatement){ "e2e", g_strdup (data) };
  cursor = piao_db_query (db, statement, &error, "");
  while (error == NULL && piao_cursor_next (cursor, &error))
    json_array_add_array_element (rows, row_of (cursor));
  if (error != NULL)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (JSON_TYPE_ARRAY, g_steal_pointer (&rows));
}

static void
do_query (Desktop *self, JsonObject *ask)
{
  g_autoptr (GError) error = NULL;
  JsonArray *rows
      = dex_await_boxed (piao_replica_read (self->replica, read_rows,
                                            g_strdup (piao_json_get_text (ask, "sql", "")), g_free),
                         &error);

  if (rows == NULL)
    refuse (error);
  else
    answer (piao_json_build ("ok", 'b', TRUE, "rows", 'a', rows, NULL));
}

static void
do_status (Desktop *self)
{
  static const char *const states[] = { "idle", "online", "degraded", "offline", "recovering" };
  static const char *const ilms[] = { "unknown", "online", "degraded", "offline" };

  answer (piao_json_build ("ok", 'b', TRUE, "centre", 's', states[piao_sync_get_state (self->sync)],
                           "ilms", 's', ilms[piao_sync_get_ilms (self->sync)], "waiting", 'i',
                           (gint64)piao_sync_get_waiting (self->sync), "refused", 'i',
                           (gint64)piao_sync_get_refused (self->sync), "complete", 'b',
                           piao_sync_is_complete (self->sync), "revoked", 'b',
                           piao_sync_is_revoked (self->sync), "seq", 'i',
                           piao_sync_get_seq (self->sync), "problem", 's',
                           piao_sync_get_problem (self->sync), NULL));
}

static void
handle (Desktop *self, JsonObject *ask)
{
  const char *what = piao_json_get_text (ask, "do", "");

  if (g_str_equal (what, "sign-in"))
    do_sign_in (self, ask);
  else if (g_str_equal (what, "run"))
    do_run (self, ask);
  else if (g_str_equal (what, "scan"))
    do_scan (self, ask);
  else if (g_str_equal (what, "codes"))
    do_codes (self, ask);
  else if (g_str_equal (what, "query"))
    do_query (self, ask);
  else if (g_str_equal (what, "status"))
    do_status (self);
  else if (g_str_equal (what, "start") || g_str_equal (what, "nudge"))
    {
      if (g_str_equal (what, "start"))
        piao_sync_start (self->sync);
      else
        piao_sync_nudge (self->sync);
      answer (piao_json_build ("ok", 'b', TRUE, NULL));
    }
  else if (g_str_equal (what, "hold"))
    {
      piao_sync_set_held (self->sync, piao_json_get_bool (ask, "on", FALSE));
      answer (piao_json_build ("ok", 'b', TRUE, NULL));
    }
  else
    g_error ("the test asks for something unknown: %s", what);
}

/* --- one line after the other ---------------------------------------------------------------- */

static void
on_line (GObject *stream, GAsyncResult *result, gpointer data)
{
  g_autoptr (DexPromise) promise = data;
  GError *error = NULL;
  char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (stream), result,
                                                          NULL, &error);

  if (error != NULL)
    dex_promise_reject (promise, error);
  else
    dex_promise_resolve_string (promise, line); /* NULL: the end */
}

static DexFuture *
read_line (Desktop *self)
{
  DexPromise *promise = dex_promise_new ();

  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line,
                                       dex_ref (promise));
  return DEX_FUTURE (promise);
}

static DexFuture *
serve (gpointer data)
{
  Desktop *self = data;

  for (;;)
    {
      g_autofree char *line = dex_await_string (read_line (self), NULL);
      g_autoptr (JsonObject) ask = NULL;
      g_autoptr (GError) error = NULL;

      if (line == NULL)
        break;
      ask = piao_json_parse_object (line, -1, PIAO_JSON_MAX_BYTES, "the question", &error);
      if (ask == NULL)
        g_error ("%s", error->message);
      handle (self, ask);
    }
  g_main_loop_quit (self->loop);
  return dex_future_new_for_boolean (TRUE);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoRegistry) registry = NULL;
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  g_autoptr (GInputStream) input = g_unix_input_stream_new (0, FALSE);
  g_autoptr (DexFuture) served = NULL;
  Desktop self = { 0 };

  setlocale (LC_ALL, "");
  dex_init ();
  if (argc != 3)
    g_error ("usage: e2e-desktop FILE URL");
  registry = piao_domain_registry_new ();
  self.replica = piao_replica_open (argv[1], registry, clock, &error);
  self.sync = self.replica != NULL ? piao_sync_new (self.replica, argv[2], &error) : NULL;
  self.book = self.sync != NULL ? piao_barcode_book_new_shipped (&error) : NULL;
  if (self.book == NULL)
    g_error ("%s", error->message);
  self.input = g_data_input_stream_new (input);
  self.loop = g_main_loop_new (NULL, FALSE);
  served = dex_scheduler_spawn (NULL, 0, serve, &self, NULL);
  g_main_loop_run (self.loop);
  piao_sync_stop (self.sync);
  g_object_unref (self.sync);
  piao_replica_close (self.replica);
  g_object_unref (self.replica);
  piao_barcode_book_free (self.book);
  g_object_unref (self.input);
  g_main_loop_unref (self.loop);
  return 0;
}
