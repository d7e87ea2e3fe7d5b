/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers that are shared are those that everybody would have had alone. */

#include <libdex.h>
#include <string.h>

#include "base/piao-id.h"
#include "store/piao-schema.h"
#include "sync/piao-pages.h"
#include "sync/piao-pull.h"
#include "tests/lib/piao-centre.h"

#define ROOM (1024 * 1024)

static const gint64 own_lanes[] = { 0, FIXTURE_LANE, -1 };

PIAO_STATEMENT (pages_drop_grants, "UPDATE user_role SET deleted = 1 WHERE user_id = $1");
PIAO_STATEMENT (pages_new_epoch, "UPDATE head SET epoch = 'epoch-2', seq = seq + $1");
PIAO_STATEMENT (pages_orders, "SELECT COUNT(*) FROM orders WHERE id >= $1");

/* --- the store ------------------------------------------------------------------------------- */

static PiaoPage *
make_page (gsize size, gint64 upto, gint64 head, gsize bytes)
{
  return piao_page_new (g_bytes_new_take (g_malloc0 (size), size), upto, head, bytes, ROOM);
}

/* Makes the page of @key, which must not be there. */
static void
put (PiaoPages *pages, const char *key, gsize size, gint64 upto, gint64 head, gsize bytes)
{
  g_autoptr (PiaoPage) page = make_page (size, upto, head, bytes);

  g_assert_null (piao_pages_take (pages, key, head, ROOM));
  piao_pages_put (pages, key, page);
}

static gboolean
has (PiaoPages *pages, const char *key, gint64 least, gsize max_bytes)
{
  g_autoptr (PiaoPage) page = piao_pages_take (pages, key, least, max_bytes);

  if (page == NULL)
    piao_pages_put (pages, key, NULL);
  return page != NULL;
}

static void
test_bound (void)
{
  g_autoptr (PiaoPages) pages = piao_pages_new (10000);
  PiaoPagesCounts counts;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%u", i);

      put (pages, key, 1000, 5, 5, 10);
      piao_pages_get_counts (pages, &counts);
      g_assert_cmpuint (counts.bytes, <=, 10000);
      /* Asked for again and again, so others go. */
      g_assert_true (has (pages, "key-0", 5, ROOM));
    }
  g_assert_true (has (pages, "key-99", 5, ROOM));
  g_assert_false (has (pages, "key-50", 5, ROOM));
  /* One that is too large for all is handed over and forgotten. */
  put (pages, "large", 20000, 5, 5, 10);
  piao_pages_get_counts (pages, &counts);
  g_assert_cmpuint (counts.bytes, ==, 0);
  g_assert_false (has (pages, "large", 5, ROOM));
}

static void
test_fits (void)
{
  g_autoptr (PiaoPages) pages = piao_pages_new (ROOM);

  put (pages, "whole", 10, 7, 7, 600);
  g_assert_true (has (pages, "whole", 7, ROOM));
  g_assert_true (has (pages, "whole", 6, 601));
  g_assert_false (has (pages, "whole", 7, 600));
  put (pages, "old", 10, 7, 7, 600);
  g_assert_false (has (pages, "old", 8, ROOM));
  put (pages, "cut", 10, 6, 7, 600);
  g_assert_true (has (pages, "cut", 7, ROOM));
  g_assert_false (has (pages, "cut", 7, ROOM / 2));
}

typedef struct
{
  PiaoPages *pages;
  GAsyncQueue *words; /* what the other thread says */
  PiaoPage *page;     /* what it got */
} Other;

static gpointer
ask_for_the_same (gpointer data)
{
  Other *other = data;

  g_async_queue_push (other->words, (gpointer) "asks");
  other->page = piao_pages_take (other->pages, "same", 3, ROOM);
  if (other->page == NULL)
    piao_pages_put (other->pages, "same", NULL);
  g_async_queue_push (other->words, (gpointer) "answered");
  return NULL;
}

/* @made: what the first one makes while the other waits. */
static PiaoPage *
share (PiaoPages *pages, PiaoPage *made)
{
  Other other = { pages, g_async_queue_new (), NULL };
  GThread *thread;

  g_assert_null (piao_pages_take (pages, "same", 3, ROOM));
  thread = g_thread_new ("other", ask_for_the_same, &other);
  g_assert_cmpstr (g_async_queue_pop (other.words), ==, "asks");
  /* Whether it waits already or asks only now, it gets what is made here. */
  g_assert_null (g_async_queue_try_pop (other.words));
  piao_pages_put (pages, "same", made);
  g_assert_cmpstr (g_async_queue_pop (other.words), ==, "answered");
  g_thread_join (thread);
  g_async_queue_unref (other.words);
  return other.page;
}

static void
test_single_flight (void)
{
  g_autoptr (PiaoPages) pages = piao_pages_new (ROOM);
  g_autoptr (PiaoPage) made = make_page (10, 3, 3, 10);
  g_autoptr (PiaoPage) shared = NULL;

  /* The first fails, so the other makes it, and fails too. */
  g_assert_null (share (pages, NULL));
  shared = share (pages, made);
  g_assert_true (shared == made);
}

/* --- answers --------------------------------------------------------------------------------- */

typedef struct
{
  PiaoCentre *centre;
  PiaoDesk *counter, *store; /* of one prefecture */
  PiaoPages *pages;
  PiaoServeTerms terms;
} World;

static void
world_init (World *world)
{
  world->centre = piao_centre_new ();
  piao_centre_add_device (world->centre, 8, FIXTURE_KEEPER);
  piao_centre_add_device (world->centre, 9, FIXTURE_PICKER);
  world->counter = piao_desk_new (world->centre, 8, FIXTURE_KEEPER);
  world->store = piao_desk_new (world->centre, 9, FIXTURE_PICKER);
  piao_desk_sync (world->counter, PIAO_PULL_MAX_BYTES);
  piao_desk_sync (world->store, PIAO_PULL_MAX_BYTES);
  world->pages = piao_pages_new (ROOM);
  world->terms = (PiaoServeTerms){ .pages = world->pages, .schema = piao_schema_get_newest () };
}

static void
world_clear (World *world)
{
  piao_desk_free (world->counter);
  piao_desk_free (world->store);
  piao_centre_free (world->centre);
  piao_pages_free (world->pages);
}

/* Another order at the counter, sent. Returns the seq that the centre is at. */
static gint64
order (World *world)
{
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (PiaoReply) reply = NULL;

  piao_desk_run (world->counter, "order.submit", piao_fixture_order_args (1, 0));
  request = piao_desk_request (world->counter, PIAO_PULL_MAX_BYTES);
  reply = piao_centre_serve (world->centre, request, 8, FIXTURE_KEEPER);
  g_assert_true (piao_desk_take (world->counter, request, reply, NULL, NULL));
  return reply->head;
}

static guint64
count_shared (World *world)
{
  PiaoPagesCounts counts;

  piao_pages_get_counts (world->pages, &counts);
  return counts.shared;
}

/* The answer to @user in bytes, on @terms. */
static GBytes *
answer (World *world, JsonObject *request, gint64 user, const PiaoServeTerms *terms)
{
  PiaoFixture *fixture = world->centre->fixture;
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  g_assert_true (piao_db_begin_read (fixture->db, &error));
  piao_serve_answer (fixture->registry, fixture->db, request, user, NULL,
                     piao_clock_now (world->centre->clock), terms, reply, &error);
  g_assert_no_error (error);
  piao_db_rollback (fixture->db);
  bytes = piao_reply_encode (reply, PIAO_REPLY_FRAMES, piao_schema_get_newest (), &error);
  g_assert_no_error (error);
  return bytes;
}

static void
test_same_bytes (void)
{
  World world;
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (GBytes) alone = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  world_init (&world);
  order (&world);
  order (&world);
  request = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  alone = answer (&world, request, FIXTURE_PICKER, NULL);
  first = answer (&world, request, FIXTURE_PICKER, &world.terms);
  g_assert_cmpuint (count_shared (&world), ==, 0);
  second = answer (&world, request, FIXTURE_KEEPER, &world.terms);
  g_assert_cmpuint (count_shared (&world), ==, 1);
  g_assert_true (g_bytes_equal (alone, first));
  g_assert_true (g_bytes_equal (alone, second));
  world_clear (&world);
}

/* What was made for those who see a lane is nothing for one who does not see it any more. */
static void
test_grants (void)
{
  World world;
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (PiaoReply) theirs = NULL;
  g_autoptr (PiaoReply) his = NULL;

  world_init (&world);
  order (&world);
  world.centre->terms = &world.terms;
  request = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  theirs = piao_centre_serve (world.centre, request, 9, FIXTURE_PICKER);
  g_assert_cmpuint (piao_reply_get_n_rows (theirs), >, 0);
  g_assert_true (piao_db_exec (world.centre->fixture->db, &pages_drop_grants, NULL, "i",
                               (gint64)FIXTURE_PICKER));
  his = piao_centre_serve (world.centre, request, 9, FIXTURE_PICKER);
  g_assert_cmpuint (count_shared (&world), ==, 0);
  for (guint i = 0; i < his->blocks->len; i++)
    {
      const PiaoRowBlock *block = g_ptr_array_index (his->blocks, i);

      for (guint row = 0; row < block->n_rows; row++)
        g_assert_cmpint (block->lanes[row], ==, 0);
    }
  g_assert_cmpuint (his->upto->len, ==, 1);
  world_clear (&world);
}

static void
test_epoch (void)
{
  World world;
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;

  world_init (&world);
  order (&world);
  request = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  before = answer (&world, request, FIXTURE_PICKER, &world.terms);
  g_assert_true (
      piao_db_exec (world.centre->fixture->db, &pages_new_epoch, NULL, "i", (gint64)1000));
  world.terms.told = 1;
  after = answer (&world, request, FIXTURE_PICKER, &world.terms);
  g_assert_cmpuint (count_shared (&world), ==, 0);
  world_clear (&world);
}

static void
take (World *world, PiaoDesk *desk, JsonObject *request, PiaoReply *reply)
{
  gboolean more = TRUE;
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_desk_take (desk, request, reply, &more, &error));
  g_assert_no_error (error);
  g_assert_false (more);
}

static void
assert_same (World *world, PiaoDesk *desk)
{
  g_autofree char *server
      = piao_dump (world->centre->fixture->registry, world->centre->fixture->db, own_lanes);
  g_autofree char *here = piao_desk_dump (desk);

  g_assert_cmpstr (here, ==, server);
}

/* Told of a moment, one gets what there was then, whatever has come since; and that is no reason to
 * doubt what one holds. */
static void
test_moment (void)
{
  World world;
  g_autoptr (JsonObject) first = NULL;
  g_autoptr (JsonObject) second = NULL;
  g_autoptr (PiaoReply) early = NULL;
  g_autoptr (PiaoReply) late = NULL;
  g_autoptr (PiaoReply) rest = NULL;
  gint64 then;

  world_init (&world);
  then = order (&world);
  world.centre->terms = &world.terms;
  world.terms.told = then;
  first = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  early = piao_centre_serve (world.centre, first, 9, FIXTURE_PICKER);
  world.centre->terms = NULL;
  order (&world);
  world.centre->terms = &world.terms;
  late = piao_centre_serve (world.centre, first, 9, FIXTURE_PICKER);
  g_assert_cmpuint (count_shared (&world), ==, 1);
  g_assert_cmpint (late->head, ==, then);
  g_assert_cmpint (late->head, ==, early->head);
  g_assert_cmpuint (late->digests->len, ==, 0);
  g_assert_cmpuint (piao_reply_get_n_rows (late), ==, piao_reply_get_n_rows (early));
  take (&world, world.store, first, late);

  /* Told of more, it gets more. */
  world.terms.told = then + 1;
  second = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  rest = piao_centre_serve (world.centre, second, 9, FIXTURE_PICKER);
  g_assert_cmpint (rest->head, >, then);
  take (&world, world.store, second, rest);
  assert_same (&world, world.store);
  world_clear (&world);
}

/* Those who stand in different places and are told of the same stand together afterwards, also when
 * more has come meanwhile. */
static void
test_together (void)
{
  World world;
  g_autoptr (JsonObject) behind = NULL;
  g_autoptr (JsonObject) ahead = NULL;
  g_autoptr (PiaoReply) much = NULL;
  g_autoptr (PiaoReply) little = NULL;
  g_autoptr (JsonObject) last = NULL;
  g_autoptr (PiaoReply) rest = NULL;
  gint64 told;

  world_init (&world);
  order (&world);
  behind = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  ahead = piao_desk_request (world.counter, PIAO_PULL_MAX_BYTES);
  told = order (&world);
  order (&world);
  world.centre->terms = &world.terms;
  world.terms.told = told;
  much = piao_centre_serve (world.centre, behind, 9, FIXTURE_PICKER);
  little = piao_centre_serve (world.centre, ahead, 8, FIXTURE_KEEPER);
  g_assert_cmpuint (count_shared (&world), ==, 0);
  g_assert_cmpuint (piao_reply_get_n_rows (much), >, piao_reply_get_n_rows (little));
  g_assert_cmpuint (much->upto->len, ==, little->upto->len);
  for (guint i = 0; i < much->upto->len; i++)
    {
      g_assert_cmpint (g_array_index (much->upto, PiaoLaneSeq, i).seq, ==, told);
      g_assert_cmpint (g_array_index (little->upto, PiaoLaneSeq, i).seq, ==, told);
    }
  g_assert_cmpuint (much->digests->len, ==, 0);
  take (&world, world.store, behind, much);
  /* The rest is there for whoever asks. */
  world.terms.told = 0;
  last = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  rest = piao_centre_serve (world.centre, last, 9, FIXTURE_PICKER);
  take (&world, world.store, last, rest);
  assert_same (&world, world.store);
  world_clear (&world);
}

/* Nothing of these lanes has changed, but others have: the digests of another moment are not
 * compared with. */
static void
test_nothing_of_a_moment (void)
{
  World world;
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (PiaoReply) early = NULL;
  g_autoptr (PiaoReply) late = NULL;
  gint64 seq;

  world_init (&world);
  request = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  piao_db_exec (world.centre->fixture->db, &pages_new_epoch, NULL, "i", (gint64)1);
  world.centre->terms = &world.terms;
  json_object_set_string_member (request, "epoch", "epoch-2");
  early = piao_centre_serve (world.centre, request, 9, FIXTURE_PICKER);
  g_assert_cmpuint (piao_reply_get_n_rows (early), ==, 0);
  world.terms.told = seq = early->head;
  piao_desk_run (world.counter, "order.submit", piao_fixture_order_args (1, 0));
  world.centre->terms = NULL;
  {
    g_autoptr (JsonObject) more = piao_desk_request (world.counter, PIAO_PULL_MAX_BYTES);
    g_autoptr (PiaoReply) reply = NULL;

    json_object_set_string_member (more, "epoch", "epoch-2");
    reply = piao_centre_serve (world.centre, more, 8, FIXTURE_KEEPER);
    g_assert_cmpint (reply->head, >, seq);
  }
  world.centre->terms = &world.terms;
  late = piao_centre_serve (world.centre, request, 9, FIXTURE_PICKER);
  g_assert_cmpint (late->head, ==, seq);
  g_assert_cmpuint (late->digests->len, ==, 0);
  world_clear (&world);
}

/* On a busy day a push is answered with the verdict, and what it did stays in sight meanwhile. */
static void
test_later (void)
{
  World world;
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (PiaoReply) reply = NULL;
  g_autofree char *state = NULL;
  gint64 command;

  world_init (&world);
  order (&world);
  world.centre->terms = &world.terms;
  world.terms.busy = TRUE;
  command = piao_desk_run (world.store, "order.submit", piao_fixture_order_args (1, 0));
  request = piao_desk_request (world.store, PIAO_PULL_MAX_BYTES);
  reply = piao_centre_serve (world.centre, request, 9, FIXTURE_PICKER);
  g_assert_cmpuint (reply->verdicts->len, ==, 1);
  g_assert_cmpuint (piao_reply_get_n_rows (reply), ==, 0);
  take (&world, world.store, request, reply);
  state = piao_desk_state (world.store, command);
  g_assert_cmpstr (state, ==, "accepted");
  g_assert_cmpint (piao_desk_int (world.store, &pages_orders, command + PIAO_ID_STRIDE), ==, 1);

  /* A round without commands brings all, busy or not. */
  piao_desk_sync (world.store, PIAO_PULL_MAX_BYTES);
  assert_same (&world, world.store);
  world_clear (&world);
}

/* One who has not all but the newest is not sent away with the verdict. */
static void
test_not_later (void)
{
  World world;
  g_autoptr (PiaoDesk) fresh = NULL;
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (PiaoReply) reply = NULL;

  world_init (&world);
  piao_centre_add_device (world.centre, 10, FIXTURE_PICKER);
  fresh = piao_desk_new (world.centre, 10, FIXTURE_PICKER);
  world.centre->terms = &world.terms;
  world.terms.busy = TRUE;
  request = piao_desk_request (fresh, PIAO_PULL_MAX_BYTES);
  reply = piao_centre_serve (world.centre, request, 10, FIXTURE_PICKER);
  g_assert_cmpuint (piao_reply_get_n_rows (reply), >, 0);
  piao_desk_sync (fresh, PIAO_PULL_MIN_BYTES);
  assert_same (&world, fresh);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/pages/bound", test_bound);
  g_test_add_func ("/pages/fits", test_fits);
  g_test_add_func ("/pages/single-flight", test_single_flight);
  g_test_add_func ("/pages/same-bytes", test_same_bytes);
  g_test_add_func ("/pages/grants", test_grants);
  g_test_add_func ("/pages/epoch", test_epoch);
  g_test_add_func ("/pages/moment", test_moment);
  g_test_add_func ("/pages/together", test_together);
  g_test_add_func ("/pages/nothing-of-a-moment", test_nothing_of_a_moment);
  g_test_add_func ("/pages/later", test_later);
  g_test_add_func ("/pages/not-later", test_not_later);
  return g_test_run ();
}
