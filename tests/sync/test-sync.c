/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Desktops and a server without sockets: whatever happens on the way, all end with the same rows
 * and each command happened once. */

#include <libdex.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "store/piao-change-index.h"
#include "sync/piao-epoch.h"
#include "sync/piao-pull.h"
#include "tests/lib/piao-centre.h"

static const gint64 own_lanes[] = { 0, FIXTURE_LANE, -1 };

PIAO_STATEMENT (count_orders, "SELECT COUNT(*) FROM orders WHERE id >= $1");
PIAO_STATEMENT (count_lane, "SELECT COUNT(*) FROM outlet WHERE lane = $1");
PIAO_STATEMENT (count_waiting, "SELECT COUNT(*) FROM outbox WHERE decided = 0 AND id > $1");
PIAO_STATEMENT (get_rev, "SELECT rev FROM orders WHERE id = $1");
PIAO_STATEMENT (count_words, "SELECT COUNT(*) FROM search_row WHERE kind = 'outlet' AND row > $1");
PIAO_STATEMENT (drop_grants, "UPDATE user_role SET deleted = 1 WHERE user_id = $1");
PIAO_STATEMENT (add_grant,
                "INSERT INTO user_role (id, lane, rev, deleted, user_id, role_id, granted_lane)"
                " VALUES ($1, 0, 0, 0, $2, 1, $3)");
PIAO_STATEMENT (move_outlet, "UPDATE outlet SET lane = $1 WHERE lane = $2");
PIAO_STATEMENT (new_epoch, "UPDATE head SET epoch = 'epoch-2', seq = seq + $1");

PIAO_STATEMENT (set_epoch_at, "UPDATE head SET epoch_at = $1");
PIAO_STATEMENT (find_request,
                "SELECT request_no, state FROM gateway_request WHERE order_id = $1"
                " ORDER BY id DESC LIMIT 1");

static JsonObject *
order_id (gint64 order)
{
  return piao_json_build ("order", 'd', order, NULL);
}

/* An order taken at @desk and locked at ILMS; everybody synced. */
static gint64
make_order (PiaoCentre *centre, PiaoDesk *desk, int packs)
{
  gint64 order
      = piao_desk_run (desk, "order.submit", piao_fixture_order_args (packs, 0)) + PIAO_ID_STRIDE;

  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  piao_centre_answer_gateway (centre, order, TRUE, "{\"lockNo\":\"L1\",\"preDebit\":\"500.00\"}");
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  return order;
}

static void
assert_same (PiaoCentre *centre, PiaoDesk *desk)
{
  g_autofree char *server = piao_dump (centre->fixture->registry, centre->fixture->db, own_lanes);
  g_autofree char *here = piao_desk_dump (desk);

  g_assert_cmpstr (here, ==, server);
  g_assert_cmpint (piao_desk_int (desk, &count_waiting, 0), ==, 0);
}

static void
assert_state (PiaoDesk *desk, gint64 command, const char *expected)
{
  g_autofree char *state = piao_desk_state (desk, command);

  g_assert_cmpstr (state, ==, expected);
}

static void
test_two_desks_converge (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) counter = NULL;
  g_autoptr (PiaoDesk) store = NULL;
  gint64 order;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (centre, 9, FIXTURE_PICKER);
  counter = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  store = piao_desk_new (centre, 9, FIXTURE_PICKER);
  g_assert_cmpuint (piao_desk_sync (counter, PIAO_PULL_MIN_BYTES), >, 1);
  piao_desk_sync (store, PIAO_PULL_MAX_BYTES);
  assert_same (centre, counter);
  assert_same (centre, store);

  order = make_order (centre, counter, 2);
  piao_desk_sync (store, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (piao_desk_int (store, &count_orders, order), ==, 1);
  piao_desk_run (store, "order.open_pick", order_id (order));
  for (int i = 1; i <= 2; i++)
    {
      g_autofree char *pack = g_strdup_printf ("J0001-00005-%07d", i);

      piao_desk_run (store, "order.scan",
                     piao_json_build ("order", 'd', order, "pack", 's', pack, NULL));
    }
  piao_desk_run (counter, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (store, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (counter, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (store, PIAO_PULL_MAX_BYTES);
  assert_same (centre, counter);
  assert_same (centre, store);
}

PIAO_STATEMENT (get_scanned, "SELECT scanned FROM orders WHERE id = $1");
PIAO_STATEMENT (count_in_sight, "SELECT COUNT(*) FROM orders WHERE id >= $1");

/* One answer of @max_bytes is taken; whether there is more. */
static gboolean
take_one (PiaoCentre *centre, PiaoDesk *desk, gsize max_bytes)
{
  g_autoptr (JsonObject) request = piao_desk_request (desk, max_bytes);
  g_autoptr (PiaoReply) reply = piao_centre_serve (centre, request, desk->device, desk->user);
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  g_assert_true (piao_desk_take (desk, request, reply, &more, &error));
  g_assert_no_error (error);
  return more;
}

/* The order moves on in the change index with each scan, so an answer that ends in between has the
 * first scan's pack and not its order. What was scanned here stays in sight all the same, and is
 * counted once. */
static void
test_accepted_stays_in_sight (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) store = NULL;
  gint64 order, first = 0;
  guint answers = 1;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  store = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (store, PIAO_PULL_MAX_BYTES);
  order = make_order (centre, store, 2);
  piao_desk_run (store, "order.open_pick", order_id (order));
  for (int i = 1; i <= 2; i++)
    {
      g_autofree char *pack = g_strdup_printf ("J0001-00005-%07d", i);

      piao_desk_run (store, "order.scan",
                     piao_json_build ("order", 'd', order, "pack", 's', pack, NULL));
      for (int more = 0; more < 8; more++)
        {
          gint64 other = piao_desk_run (store, "order.submit", piao_fixture_order_args (1, 0));

          first = first == 0 ? other : first;
        }
    }
  while (take_one (centre, store, PIAO_PULL_MIN_BYTES))
    {
      answers++;
      g_assert_cmpint (piao_desk_int (store, &get_scanned, order), ==, 2);
      g_assert_cmpint (piao_desk_int (store, &count_in_sight, first), ==, 16);
    }
  g_assert_cmpuint (answers, >, 2);
  g_assert_cmpint (piao_desk_int (store, &get_scanned, order), ==, 2);
  assert_same (centre, store);
}

/* What came as frames and what came as JSON is the same database, page by page or at once. */
static void
test_codings_agree (void)
{
  static const gsize sizes[] = { PIAO_PULL_MIN_BYTES, PIAO_PULL_MAX_BYTES };
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) maker = NULL;
  g_autofree char *server = NULL;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (centre, 9, FIXTURE_KEEPER);
  maker = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (maker, PIAO_PULL_MAX_BYTES);
  for (int i = 0; i < 12; i++)
    make_order (centre, maker, 1 + i % 3);
  server = piao_dump (centre->fixture->registry, centre->fixture->db, own_lanes);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (PiaoDesk) with_frames = piao_desk_new (centre, 9, FIXTURE_KEEPER);
      g_autoptr (PiaoDesk) with_json = piao_desk_new (centre, 9, FIXTURE_KEEPER);
      g_autofree char *from_frames = NULL;
      g_autofree char *from_json = NULL;

      centre->coding = PIAO_REPLY_FRAMES;
      piao_desk_sync (with_frames, sizes[i]);
      centre->coding = PIAO_REPLY_JSON;
      piao_desk_sync (with_json, sizes[i]);
      from_frames = piao_desk_dump (with_frames);
      from_json = piao_desk_dump (with_json);
      g_assert_cmpstr (from_frames, ==, from_json);
      g_assert_cmpstr (from_frames, ==, server);
      g_assert_cmpint (piao_desk_int (with_frames, &count_words, 0), ==,
                       piao_desk_int (with_json, &count_words, 0));
    }
}

/* A round that brings nothing writes nothing, so no list is read again for it. */
static void
test_nothing_new_changes_nothing (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  guint64 generation;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  make_order (centre, desk, 1);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  generation = piao_replica_get_generation (desk->replica);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  g_assert_cmpuint (piao_replica_get_generation (desk->replica), ==, generation);
}

/* Both take the same order while they have no line: the first that the server accepts wins, the
 * other is told and stands corrected. */
static void
test_conflict_has_one_winner (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) first = NULL;
  g_autoptr (PiaoDesk) second = NULL;
  gint64 order, won, lost, scan;
  g_autofree char *state = NULL;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (centre, 9, FIXTURE_PICKER);
  first = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  second = piao_desk_new (centre, 9, FIXTURE_PICKER);
  piao_desk_sync (first, PIAO_PULL_MAX_BYTES);
  order = make_order (centre, first, 1);
  piao_desk_sync (second, PIAO_PULL_MAX_BYTES);

  won = piao_desk_run (first, "order.open_pick", order_id (order));
  lost = piao_desk_run (second, "order.open_pick", order_id (order));
  scan = piao_desk_run (second, "order.scan",
                        piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000003",
                                         NULL));
  piao_desk_sync (first, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (second, PIAO_PULL_MAX_BYTES);
  assert_state (first, won, "accepted");
  state = piao_desk_state (second, lost);
  g_assert_true (g_str_has_prefix (state, "refused order."));
  g_clear_pointer (&state, g_free);
  state = piao_desk_state (second, scan);
  g_assert_true (g_str_has_prefix (state, "refused order."));
  piao_desk_sync (first, PIAO_PULL_MAX_BYTES);
  assert_same (centre, first);
  assert_same (centre, second);
}

/* The reply is lost at every step; what was sent is sent again and happened once. */
static void
test_lost_replies_do_no_harm (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  for (int i = 0; i < 5; i++)
    {
      piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
      for (int lost = 0; lost < i; lost++)
        {
          g_autoptr (JsonObject) request = piao_desk_request (desk, PIAO_PULL_MAX_BYTES);
          g_autoptr (PiaoReply) reply
              = piao_centre_serve (centre, request, desk->device, desk->user);
        }
      if (i % 2 == 0)
        piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
    }
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (piao_desk_int (desk, &count_orders, 0), ==, 5);
  assert_same (centre, desk);
  g_assert_true (piao_ledger_verify (centre->fixture->db, NULL, NULL));
}

/* The rows of what was decided may come before its verdict, when less of it is sent again than was
 * sent at first: they stay the server's, although the command still waits here. */
static void
test_rows_before_their_verdict (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  gint64 order, waiting;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  waiting = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
  order = waiting + PIAO_ID_STRIDE;
  {
    g_autoptr (JsonObject) request = piao_desk_request (desk, PIAO_PULL_MAX_BYTES);
    g_autoptr (PiaoReply) reply = piao_centre_serve (centre, request, desk->device, desk->user);

    g_ptr_array_set_size (reply->verdicts, 0);
    g_assert_true (piao_desk_take (desk, request, reply, NULL, NULL));
  }
  g_assert_cmpint (piao_desk_int (desk, &get_rev, order), >, 0);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_state (desk, waiting, "accepted");
  assert_same (centre, desk);
}

/* An answer that arrives twice, or after a later one, changes nothing any more. */
static void
test_old_answers_do_no_harm (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (PiaoReply) old = NULL;
  g_autoptr (GError) error = NULL;
  gint64 order;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  order = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0)) + PIAO_ID_STRIDE;
  request = piao_desk_request (desk, PIAO_PULL_MAX_BYTES);
  old = piao_centre_serve (centre, request, desk->device, desk->user);
  piao_centre_answer_gateway (centre, order, TRUE, "{\"lockNo\":\"L1\",\"preDebit\":\"500.00\"}");
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_same (centre, desk);
  piao_desk_take (desk, request, old, NULL, &error);
  g_assert_no_error (error);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_same (centre, desk);
}

/* Takes in what was written past the rules. */
static void
adopt (PiaoCentre *centre)
{
  PiaoDb *db = centre->fixture->db;
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (centre->fixture->registry, &n);
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_db_begin (db, NULL));
  piao_change_index_adopt (db, kinds, n, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (db, NULL));
}

static void
test_grants_come_and_go (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  gint64 words;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  words = piao_desk_int (desk, &count_words, 0);
  g_assert_cmpint (words, >, 0);
  g_assert_cmpint (piao_desk_int (desk, &count_lane, FIXTURE_OTHER_LANE), ==, 0);

  g_assert_true (piao_db_exec (centre->fixture->db, &add_grant, NULL, "iii", (gint64)900,
                               (gint64)FIXTURE_KEEPER, (gint64)FIXTURE_OTHER_LANE));
  adopt (centre);
  piao_desk_sync (desk, PIAO_PULL_MIN_BYTES);
  g_assert_cmpint (piao_desk_int (desk, &count_lane, FIXTURE_OTHER_LANE), ==, 1);
  g_assert_cmpint (piao_desk_int (desk, &count_words, 0), ==, words + 1);

  g_assert_true (
      piao_db_exec (centre->fixture->db, &drop_grants, NULL, "i", (gint64)FIXTURE_KEEPER));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (piao_desk_int (desk, &count_lane, FIXTURE_OTHER_LANE), ==, 0);
  g_assert_cmpint (piao_desk_int (desk, &count_lane, FIXTURE_LANE), ==, 0);
  g_assert_cmpint (piao_desk_int (desk, &count_words, 0), ==, 0);
}

/* A row that moves to another lane leaves the desktops of the old one. */
static void
test_rows_leave_a_lane (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  PiaoDb *db = centre->fixture->db;
  g_autoptr (PiaoDesk) old = NULL;
  g_autoptr (PiaoDesk) new = NULL;
  g_autoptr (PiaoLedger) ledger = NULL;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (centre, 9, FIXTURE_STRANGER);
  old = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  new = piao_desk_new (centre, 9, FIXTURE_STRANGER);
  piao_desk_sync (old, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (new, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (piao_desk_int (new, &count_lane, FIXTURE_OTHER_LANE), ==, 1);

  g_assert_true (piao_db_begin (db, NULL));
  ledger = piao_ledger_begin (db, NULL);
  ledger->seq++;
  g_assert_true (piao_db_exec (db, &move_outlet, NULL, "ii", (gint64)FIXTURE_OTHER_LANE,
                               (gint64)FIXTURE_LANE));
  piao_change_notes_add (ledger->notes, FIXTURE_LANE, ledger->seq, "outlet", FIXTURE_OUTLET, TRUE);
  piao_change_notes_add (ledger->notes, FIXTURE_OTHER_LANE, ledger->seq, "outlet", FIXTURE_OUTLET,
                         FALSE);
  g_assert_true (piao_ledger_end (ledger, db, NULL) && piao_db_commit (db, NULL));
  piao_desk_sync (old, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (new, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (piao_desk_int (old, &count_lane, FIXTURE_LANE), ==, 0);
  g_assert_cmpint (piao_desk_int (old, &count_words, 0), ==, 0);
  g_assert_cmpint (piao_desk_int (new, &count_lane, FIXTURE_OTHER_LANE), ==, 2);
}

/* The server came back from a backup: the desktop notices, fetches all again and sends what the
 * server has lost. */
static JsonObject *
confirm_args (gint64 order)
{
  return piao_json_build ("order", 'd', order, "online", 'b', TRUE, NULL);
}

/* The newest request of @order at the centre has the number @id and @tail. */
static void
assert_request (PiaoCentre *centre, gint64 order, gint64 id, const char *tail, const char *state)
{
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (centre->fixture->db, &find_request, NULL, "i", order);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT "%s", id, tail);

  g_assert_true (piao_cursor_next (cursor, NULL));
  g_assert_cmpstr (piao_cursor_text (cursor, 0), ==, number);
  g_assert_cmpstr (piao_cursor_text (cursor, 1), ==, state);
}

static void
test_restored_server (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  gint64 waiting;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  /* The second order is not in the backup: forget that it was ever sent. */
  waiting = piao_desk_run (desk, "order.submit", piao_fixture_order_args (2, 0));
  {
    g_autoptr (JsonObject) request = piao_desk_request (desk, PIAO_PULL_MAX_BYTES);
    g_autoptr (PiaoReply) reply = NULL;
    g_autoptr (GBytes) bytes = NULL;
    char *text;

    g_assert_true (piao_db_begin (centre->fixture->db, NULL));
    piao_db_rollback (centre->fixture->db);
    text = g_strdup_printf (
        "{\"epoch\":\"epoch-1\",\"now\":0,\"verdicts\":[{\"id\":\"%" G_GINT64_FORMAT
        "\",\"state\":\"accepted\",\"seq\":99}],\"grants\":[0,652300],\"rows\":[],\"gone\":[],"
        "\"end\":{\"upto\":[[0,99],[652300,99]],\"seq\":99,\"more\":false}}",
        waiting);
    bytes = g_bytes_new_take (text, strlen (text));
    reply = piao_reply_decode (centre->fixture->registry, PIAO_REPLY_JSON, bytes, NULL);
    g_assert_true (piao_desk_take (desk, request, reply, NULL, NULL));
  }
  assert_state (desk, waiting, "accepted");
  g_assert_true (piao_db_exec (centre->fixture->db, &new_epoch, NULL, "i", (gint64)0));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_state (desk, waiting, "accepted");
  g_assert_cmpint (piao_desk_int (desk, &count_orders, 0), ==, 2);
  /* The server may have had the second before, and ILMS with it; a third it has not. */
  assert_request (centre, waiting + PIAO_ID_STRIDE, waiting, "-order.lock", "unknown");
  waiting = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_request (centre, waiting + PIAO_ID_STRIDE, waiting, "-order.lock", "prepared");
  assert_same (centre, desk);
}

PIAO_STATEMENT (get_sequence,
                "SELECT CAST (substr (number, 9, 6) AS INTEGER) FROM orders WHERE id = $1");
PIAO_STATEMENT (sell_out, "UPDATE stock SET free = 3 WHERE ticket_type_id = $1");
PIAO_STATEMENT (forget_blocks, "DELETE FROM number_block WHERE device = $1");

/* The number of an order at the centre, without day and outlet. */
static gint64
get_number (PiaoCentre *centre, gint64 command)
{
  gint64 number = 0;

  piao_db_query_int (centre->fixture->db, &get_sequence, 0, &number, NULL, "i",
                     command + PIAO_ID_STRIDE);
  return number;
}

/* The owner was told the number: it does not move up when the order before is refused. */
static void
test_numbers_stay (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  g_autofree char *state = NULL;
  gint64 many, one, next, number;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  many = piao_desk_run (desk, "order.submit", piao_fixture_order_args (4, 0));
  one = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
  number = piao_desk_int (desk, &get_sequence, one + PIAO_ID_STRIDE);
  g_assert_true (piao_db_exec (centre->fixture->db, &sell_out, NULL, "i", (gint64)FIXTURE_TYPE_A));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  state = piao_desk_state (desk, many);
  g_assert_cmpstr (state, ==, "refused order.no-stock");
  assert_state (desk, one, "accepted");
  g_assert_cmpint (number, ==, get_number (centre, one));
  g_assert_cmpint (number, ==, piao_desk_int (desk, &get_sequence, one + PIAO_ID_STRIDE));
  next = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (number + 1, ==, get_number (centre, next));
}

/* Numbers that a restored centre does not know to have dealt are those of whoever has them. */
static void
test_numbers_outlive_a_restore (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  g_autoptr (PiaoDesk) other = NULL;
  PiaoDb *db = centre->fixture->db;
  g_autoptr (GError) error = NULL;
  gint64 order, number, foreign;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  order = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
  number = piao_desk_int (desk, &get_sequence, order + PIAO_ID_STRIDE);

  /* All that the warehouse had ever dealt. */
  g_assert_true (piao_db_exec (db, &forget_blocks, NULL, "i", (gint64)8));
  g_assert_true (piao_db_exec (db, &forget_blocks, NULL, "i", (gint64)FIXTURE_DEVICE));
  g_assert_true (piao_db_begin (db, NULL));
  piao_epoch_begin (db, centre->fixture->registry, centre->clock, "epoch-2", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (db, NULL));
  piao_centre_add_device (centre, 9, FIXTURE_PICKER);
  other = piao_desk_new (centre, 9, FIXTURE_PICKER);
  piao_desk_sync (other, PIAO_PULL_MAX_BYTES);
  foreign = piao_desk_run (other, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (other, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (get_number (centre, foreign), !=, number);

  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_state (desk, order, "accepted");
  g_assert_cmpint (get_number (centre, order), ==, number);
}

/* One's own number, or the next: not somebody else's, not one that an order has. */
static void
test_numbers_are_one_s_own (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) first = NULL;
  g_autoptr (PiaoDesk) second = NULL;
  JsonObject *args;
  gint64 theirs, ours, again, number;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (centre, 9, FIXTURE_PICKER);
  first = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  second = piao_desk_new (centre, 9, FIXTURE_PICKER);
  piao_desk_sync (first, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (second, PIAO_PULL_MAX_BYTES);
  theirs = piao_desk_run (second, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (second, PIAO_PULL_MAX_BYTES);
  for (int i = 0; i < 2; i++)
    {
      args = piao_fixture_order_args (1, 0);
      json_object_set_int_member (args, "number", get_number (centre, theirs) + i);
      ours = piao_desk_run (first, "order.submit", args);
      piao_desk_sync (first, PIAO_PULL_MAX_BYTES);
      g_assert_cmpint (get_number (centre, ours), !=, get_number (centre, theirs) + i);
    }
  number = get_number (centre, ours);
  args = piao_fixture_order_args (1, 0);
  json_object_set_int_member (args, "number", number);
  again = piao_desk_run (first, "order.submit", args);
  piao_desk_sync (first, PIAO_PULL_MAX_BYTES);
  g_assert_cmpint (get_number (centre, again), ==, number + 1);
}

static void
pick (PiaoDesk *desk, gint64 order, const char *pack)
{
  piao_desk_run (desk, "order.open_pick", order_id (order));
  piao_desk_run (desk, "order.scan",
                 piao_json_build ("order", 'd', order, "pack", 's', pack, NULL));
  piao_desk_run (desk, "order.check",
                 piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL));
}

/* A debit that the restored server has forgotten is come upon by whoever confirms the order: it has
 * the number of the order, and is asked about first. */
static void
test_forgotten_debit (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  gint64 before, after;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  before = make_order (centre, desk, 1);
  g_assert_true (piao_db_exec (centre->fixture->db, &set_epoch_at, NULL, "i",
                               piao_clock_now (centre->clock) + 1));
  piao_clock_advance (centre->clock, PIAO_MINUTE);
  after = make_order (centre, desk, 1);
  pick (desk, before, "J0001-00005-0000001");
  pick (desk, after, "J0001-00005-0000002");
  piao_desk_run (desk, "order.confirm", confirm_args (before));
  piao_desk_run (desk, "order.confirm", confirm_args (after));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_request (centre, before, before, "-order.confirm-1", "unknown");
  assert_request (centre, after, after, "-order.confirm-1", "prepared");
  piao_centre_answer_gateway (centre, after, FALSE, "{}");
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  piao_desk_run (desk, "order.retry", order_id (after));
  piao_desk_run (desk, "order.open_pick", order_id (after));
  piao_desk_run (desk, "order.check",
                 piao_json_build ("order", 'd', after, "intact", 'b', TRUE, NULL));
  piao_desk_run (desk, "order.confirm", confirm_args (after));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  assert_request (centre, after, after, "-order.confirm-2", "prepared");
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/two-desks-converge", test_two_desks_converge);
  g_test_add_func ("/sync/accepted-stays-in-sight", test_accepted_stays_in_sight);
  g_test_add_func ("/sync/codings-agree", test_codings_agree);
  g_test_add_func ("/sync/nothing-new-changes-nothing", test_nothing_new_changes_nothing);
  g_test_add_func ("/sync/conflict-has-one-winner", test_conflict_has_one_winner);
  g_test_add_func ("/sync/lost-replies-do-no-harm", test_lost_replies_do_no_harm);
  g_test_add_func ("/sync/rows-before-their-verdict", test_rows_before_their_verdict);
  g_test_add_func ("/sync/old-answers-do-no-harm", test_old_answers_do_no_harm);
  g_test_add_func ("/sync/grants-come-and-go", test_grants_come_and_go);
  g_test_add_func ("/sync/rows-leave-a-lane", test_rows_leave_a_lane);
  g_test_add_func ("/sync/restored-server", test_restored_server);
  g_test_add_func ("/sync/forgotten-debit", test_forgotten_debit);
  g_test_add_func ("/sync/numbers/stay", test_numbers_stay);
  g_test_add_func ("/sync/numbers/outlive-a-restore", test_numbers_outlive_a_restore);
  g_test_add_func ("/sync/numbers/one-s-own", test_numbers_are_one_s_own);
  return g_test_run ();
}
