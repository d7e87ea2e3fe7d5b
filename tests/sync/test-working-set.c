/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A desktop that begins gets what it needs to work first and the rest later; wherever that is cut,
 * and whatever happens meanwhile, it ends with what a plain fetch of everything would have brought.
 */

#include <libdex.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "store/piao-change-index.h"
#include "sync/piao-pull.h"
#include "sync/piao-working-set.h"
#include "tests/lib/piao-centre.h"

#define SMALL PIAO_PULL_MIN_BYTES
#define DONE 30 /* orders of the past */
#define OPEN 6

static const gint64 own_lanes[] = { 0, FIXTURE_LANE, -1 };
static const gint64 both_lanes[] = { 0, FIXTURE_LANE, FIXTURE_OTHER_LANE, -1 };

PIAO_STATEMENT (finish_orders,
                "UPDATE orders SET state = 'completed', confirm_no = 'C' WHERE id <= $1");
PIAO_STATEMENT (count_done, "SELECT COUNT(*) FROM orders WHERE state = 'completed' AND id > $1");
PIAO_STATEMENT (count_open, "SELECT COUNT(*) FROM orders WHERE state <> 'completed' AND id > $1");
PIAO_STATEMENT (count_lines,
                "SELECT COUNT(*) FROM order_line JOIN orders ON orders.id = order_line.order_id"
                " WHERE orders.state <> 'completed' AND orders.id > $1");
PIAO_STATEMENT (count_outlets, "SELECT COUNT(*) FROM outlet WHERE lane = $1");
PIAO_STATEMENT (count_begun, "SELECT COUNT(*) FROM cursor WHERE seq = $1 AND base > 0");
PIAO_STATEMENT (count_partial, "SELECT COUNT(*) FROM cursor WHERE base > $1");
PIAO_STATEMENT (count_cursors, "SELECT COUNT(*) FROM cursor WHERE lane >= $1");
PIAO_STATEMENT (drop_grants, "UPDATE user_role SET deleted = 1 WHERE user_id = $1");
PIAO_STATEMENT (add_grant,
                "INSERT INTO user_role (id, lane, rev, deleted, user_id, role_id, granted_lane)"
                " VALUES ($1, 0, 0, 0, $2, 1, $3)");
PIAO_STATEMENT (new_epoch, "UPDATE head SET epoch = 'epoch-2', seq = seq + $1");
PIAO_STATEMENT (forget_schema, "DELETE FROM setting WHERE key = 'sync.schema' AND $1 = 0");

/* --- the world ------------------------------------------------------------------------------- */

/* Orders by device 8, the first of them done with. */
static PiaoCentre *
make_centre (PiaoDesk **maker)
{
  PiaoCentre *centre = piao_centre_new ();
  gint64 last = 0;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (centre, 9, FIXTURE_PICKER);
  *maker = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (*maker, PIAO_PULL_MAX_BYTES);
  for (int i = 0; i < DONE + OPEN; i++)
    {
      gint64 order
          = piao_desk_run (*maker, "order.submit", piao_fixture_order_args (1, 0)) + PIAO_ID_STRIDE;

      if (i < DONE)
        last = order;
    }
  piao_desk_sync (*maker, PIAO_PULL_MAX_BYTES);
  g_assert_true (piao_db_exec (centre->fixture->db, &finish_orders, NULL, "i", last));
  return centre;
}

/* One exchange with pages of @max_bytes; whether more follows. */
static gboolean
exchange (PiaoDesk *desk, gsize max_bytes)
{
  g_autoptr (JsonObject) request = piao_desk_request (desk, max_bytes);
  g_autoptr (PiaoReply) answer
      = piao_centre_serve (desk->centre, request, desk->device, desk->user);
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  piao_desk_take (desk, request, answer, &more, &error);
  g_assert_no_error (error);
  return more;
}

/* Whether a working set is still on its way. */
static gboolean
is_beginning (PiaoDesk *desk)
{
  return piao_desk_int (desk, &count_cursors, 0) == 0 || piao_desk_int (desk, &count_begun, 0) > 0
         || piao_desk_int (desk, &count_partial, 0) == 0;
}

static void
assert_same (PiaoCentre *centre, PiaoDesk *desk, const gint64 *lanes)
{
  g_autofree char *server = piao_dump (centre->fixture->registry, centre->fixture->db, lanes);
  g_autofree char *here = piao_desk_dump (desk);

  g_assert_cmpstr (here, ==, server);
  g_assert_cmpint (piao_desk_int (desk, &count_partial, 0), ==, 0);
  g_assert_cmpint (piao_desk_int (desk, &count_begun, 0), ==, 0);
}

static void
finish (PiaoDesk *desk, gsize max_bytes)
{
  for (guint rounds = 0; exchange (desk, max_bytes); rounds++)
    g_assert_cmpuint (rounds, <, 2000);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void
test_working_set_comes_first (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
  guint pages = 0;

  do
    {
      g_assert_true (exchange (desk, SMALL));
      g_assert_cmpint (piao_desk_int (desk, &count_done, 0), ==, 0);
      g_assert_cmpuint (++pages, <, 1000);
    }
  while (is_beginning (desk));
  g_assert_cmpuint (pages, >, 5);
  g_assert_cmpint (piao_desk_int (desk, &count_open, 0), ==, OPEN);
  g_assert_cmpint (piao_desk_int (desk, &count_lines, 0), ==, OPEN);
  g_assert_cmpint (piao_desk_int (desk, &count_outlets, FIXTURE_LANE), ==, 1);
  finish (desk, SMALL);
  g_assert_cmpint (piao_desk_int (desk, &count_done, 0), ==, DONE);
  assert_same (centre, desk, own_lanes);
}

/* One command at the centre touches more rows than a page has room for: all of them come. */
static void
test_large_command (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
  PiaoDb *db = centre->fixture->db;
  g_autoptr (PiaoRecord) outlet = piao_record_load (db, &piao_outlet_kind, FIXTURE_OUTLET, NULL);
  const PiaoKind *const kinds[] = { &piao_outlet_kind };
  gint64 head = 0;

  finish (desk, SMALL);
  g_assert_true (piao_ledger_read_head (db, &head, NULL, NULL));
  g_assert_true (piao_db_begin (db, NULL));
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *number = g_strdup_printf ("6523%06u", 5000 + i);

      outlet->id = 5000 + i;
      outlet->rev = head + 1;
      piao_record_set_text (outlet, PIAO_OUTLET_OUTLET_NO, number);
      g_assert_true (piao_record_store (db, outlet, NULL));
    }
  g_assert_true (piao_change_index_adopt (db, kinds, G_N_ELEMENTS (kinds), NULL));
  g_assert_true (piao_db_commit (db, NULL));
  finish (desk, SMALL);
  g_assert_cmpint (piao_desk_int (desk, &count_outlets, FIXTURE_LANE), ==, 201);
  assert_same (centre, desk, own_lanes);
}

/* What decides which page comes, as text. Transfer full. */
static char *
get_place (JsonObject *request)
{
  static const char *const members[] = { "device", "epoch", "schema", "want", "next", "cursors" };
  g_autoptr (JsonObject) place = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (request, members[i]))
      json_object_set_member (place, members[i], json_object_dup_member (request, members[i]));
  return piao_json_object_to_text (place);
}

/* A page that is asked for before the one in front of it is written is the same page. */
static void
test_asked_ahead (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
  g_autoptr (JsonObject) request = piao_desk_request (desk, SMALL);
  g_autoptr (PiaoReply) answer = piao_centre_serve (centre, request, 9, FIXTURE_PICKER);
  guint pages = 0;

  for (;;)
    {
      g_autoptr (JsonObject) next = piao_sync_continue_request (request, answer);
      g_autoptr (JsonObject) built = NULL;
      g_autoptr (PiaoReply) ahead = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *place = NULL;
      g_autofree char *expected = NULL;

      g_assert_true ((next != NULL) == answer->more);
      if (next == NULL)
        break;
      piao_sync_date_request (next, 1, SMALL);
      ahead = piao_centre_serve (centre, next, 9, FIXTURE_PICKER);
      piao_desk_take (desk, request, answer, NULL, &error);
      g_assert_no_error (error);
      built = piao_desk_request (desk, SMALL);
      place = get_place (next);
      expected = get_place (built);
      g_assert_cmpstr (place, ==, expected);
      g_assert_cmpuint (++pages, <, 2000);
      g_clear_pointer (&request, json_object_unref);
      request = g_steal_pointer (&next);
      g_clear_pointer (&answer, piao_reply_unref);
      answer = g_steal_pointer (&ahead);
    }
  g_assert_cmpuint (pages, >, 10);
  piao_desk_take (desk, request, answer, NULL, NULL);
  assert_same (centre, desk, own_lanes);
}

/* The answer is lost at every page, and comes twice; the computer is switched off in between. */
static void
test_cut_anywhere (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
  gboolean more = TRUE;

  for (guint page = 0; more; page++)
    {
      g_autoptr (JsonObject) request = piao_desk_request (desk, SMALL);
      g_autoptr (PiaoReply) lost = piao_centre_serve (centre, request, 9, FIXTURE_PICKER);
      g_autoptr (PiaoReply) answer = NULL;
      g_autoptr (GError) error = NULL;

      if (page % 3 == 0)
        piao_desk_restart (desk);
      answer = piao_centre_serve (centre, request, 9, FIXTURE_PICKER);
      piao_desk_take (desk, request, answer, &more, &error);
      g_assert_no_error (error);
      if (page % 2 == 0)
        piao_desk_take (desk, request, answer, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (page, <, 2000);
    }
  assert_same (centre, desk, own_lanes);
}

/* Orders are made, locked and cancelled between the pages: what was sent, what was not yet, and
 * what has left the working set meanwhile. */
static void
test_changes_between_pages (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
  g_autoptr (GArray) orders = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint page = 0;

  while (exchange (desk, SMALL))
    {
      g_assert_cmpuint (++page, <, 2000);
      if (page % 2 == 0 && orders->len < 20)
        {
          gint64 order = piao_desk_run (maker, "order.submit", piao_fixture_order_args (1, 0))
                         + PIAO_ID_STRIDE;

          g_array_append_val (orders, order);
          piao_desk_sync (maker, PIAO_PULL_MAX_BYTES);
        }
      else if (page % 3 == 0 && orders->len > 0)
        {
          piao_centre_answer_gateway (centre, g_array_index (orders, gint64, 0), page % 5 != 0,
                                      "{\"lockNo\":\"L1\",\"preDebit\":\"500.00\"}");
          g_array_remove_index (orders, 0);
        }
    }
  assert_same (centre, desk, own_lanes);
}

/* Once people work, what is new does not wait behind what is old. */
static void
test_news_before_history (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
  gint64 done;

  while (is_beginning (desk))
    g_assert_true (exchange (desk, SMALL));
  piao_desk_run (maker, "order.submit", piao_fixture_order_args (1, 0));
  piao_desk_sync (maker, PIAO_PULL_MAX_BYTES);
  done = piao_desk_int (desk, &count_done, 0);
  g_assert_true (exchange (desk, SMALL));
  g_assert_cmpint (piao_desk_int (desk, &count_open, 0), ==, OPEN + 1);
  g_assert_cmpint (piao_desk_int (desk, &count_done, 0), ==, done);
  g_assert_cmpint (done, <, DONE);
  finish (desk, SMALL);
  assert_same (centre, desk, own_lanes);
}

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

/* A lane that is granted later, in the middle of another's working set, goes the same way; one that
 * is taken away in the middle of its own leaves nothing behind. */
static void
test_grants_on_the_way (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
  PiaoDb *db = centre->fixture->db;

  for (guint page = 0; piao_desk_int (desk, &count_open, 0) == 0; page++)
    {
      g_assert_true (exchange (desk, SMALL));
      g_assert_cmpuint (page, <, 1000);
    }
  g_assert_cmpint (piao_desk_int (desk, &count_begun, 0), ==, 1);
  g_assert_true (piao_db_exec (db, &add_grant, NULL, "iii", (gint64)900, (gint64)FIXTURE_PICKER,
                               (gint64)FIXTURE_OTHER_LANE));
  adopt (centre);
  finish (desk, SMALL);
  g_assert_cmpint (piao_desk_int (desk, &count_outlets, FIXTURE_OTHER_LANE), ==, 1);
  assert_same (centre, desk, both_lanes);

  g_assert_true (piao_db_exec (db, &new_epoch, NULL, "i", (gint64)0));
  for (guint page = 0; piao_desk_int (desk, &count_open, 0) == 0; page++)
    {
      g_assert_true (exchange (desk, SMALL));
      g_assert_cmpuint (page, <, 1000);
    }
  g_assert_true (piao_db_exec (db, &drop_grants, NULL, "i", (gint64)FIXTURE_PICKER));
  finish (desk, SMALL);
  g_assert_cmpint (piao_desk_int (desk, &count_open, 0), ==, 0);
  g_assert_cmpint (piao_desk_int (desk, &count_outlets, FIXTURE_LANE), ==, 0);
  g_assert_cmpint (piao_desk_int (desk, &count_cursors, 0), ==, 1);
}

/* The server comes back from a backup while a desktop begins, and while its history fills in. */
static void
test_restored_server (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;

  for (guint late = 0; late < 2; late++)
    {
      g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);
      g_autofree char *epoch = g_strdup_printf ("UPDATE head SET epoch = 'again-%u'", late);

      do
        g_assert_true (exchange (desk, SMALL));
      while (late != 0 && (is_beginning (desk) || piao_desk_int (desk, &count_done, 0) == 0));
      g_assert_true (piao_db_script (centre->fixture->db, epoch, NULL));
      finish (desk, SMALL);
      assert_same (centre, desk, own_lanes);
    }
}

/* After an update of the program everything is fetched once more, over what is here. */
static void
test_new_schema_fetches_again (void)
{
  PiaoDesk *made;
  g_autoptr (PiaoCentre) centre = make_centre (&made);
  g_autoptr (PiaoDesk) maker = made;
  g_autoptr (PiaoDesk) desk = piao_desk_new (centre, 9, FIXTURE_PICKER);

  finish (desk, PIAO_PULL_MAX_BYTES);
  piao_desk_exec (desk, &forget_schema, 0);
  g_assert_true (exchange (desk, SMALL));
  g_assert_cmpint (piao_desk_int (desk, &count_begun, 0), ==, 1);
  g_assert_cmpint (piao_desk_int (desk, &count_done, 0), ==, DONE);
  finish (desk, SMALL);
  assert_same (centre, desk, own_lanes);
}

/* Whatever comes from outside as a place is taken apart without harm. */
static void
test_places (void)
{
  static const char *const wrong[] = { "",
                                       "1:2:3",
                                       "1:2:3:4:5:6:7:8",
                                       "-1:2:3:4:5:6:7",
                                       "1:2:70000:4:5:6:7",
                                       "1:2:3:4:99999999999999999999:6:7",
                                       "a:2:3:4:5:6:7",
                                       "1:2:3:4:5:6:" };
  const PiaoWorkingPlace place = { 652300, 41, 3, 77, G_MAXINT64, 100, 9 };
  g_autofree char *text = piao_working_place_to_text (&place);
  g_autofree char *again = NULL;
  PiaoWorkingPlace read;

  g_assert_true (piao_working_place_from_text (text, &read));
  again = piao_working_place_to_text (&read);
  g_assert_cmpstr (again, ==, text);
  g_assert_false (piao_working_place_from_text (NULL, &read));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (piao_working_place_from_text (wrong[i], &read));
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/working-set/asked-ahead", test_asked_ahead);
  g_test_add_func ("/working-set/large-command", test_large_command);
  g_test_add_func ("/working-set/comes-first", test_working_set_comes_first);
  g_test_add_func ("/working-set/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/working-set/changes-between-pages", test_changes_between_pages);
  g_test_add_func ("/working-set/news-before-history", test_news_before_history);
  g_test_add_func ("/working-set/grants-on-the-way", test_grants_on_the_way);
  g_test_add_func ("/working-set/restored-server", test_restored_server);
  g_test_add_func ("/working-set/new-schema-fetches-again", test_new_schema_fetches_again);
  g_test_add_func ("/working-set/places", test_places);
  return g_test_run ();
}
