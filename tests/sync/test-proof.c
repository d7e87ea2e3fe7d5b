/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Digests on both sides are what counting gives, an unchanged poll proves that both hold the same,
 * and what differs is found, fetched again and proven. */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "domain/order/piao-order-kinds.h"
#include "store/piao-digest.h"
#include "sync/piao-proof.h"
#include "sync/piao-pull.h"
#include "tests/lib/piao-centre.h"

#define DEVICE 8

PIAO_STATEMENT (proof_test_lose, "DELETE FROM pack WHERE id = (SELECT min (id) FROM pack)");
PIAO_STATEMENT (proof_test_lose_digest, "DELETE FROM digest WHERE kind = 'pack'");
PIAO_STATEMENT (proof_test_old, "UPDATE outlet SET rev = rev - 1, name = 'wrong'");
PIAO_STATEMENT (proof_test_uncounted, "DELETE FROM setting WHERE key = 'sync.counted'");

typedef struct
{
  PiaoCentre *centre;
  PiaoDesk *desk;
} World;

static void
set_up (World *self, gconstpointer data)
{
  self->centre = piao_centre_new ();
  piao_centre_add_device (self->centre, DEVICE, FIXTURE_KEEPER);
  self->desk = piao_desk_new (self->centre, DEVICE, FIXTURE_KEEPER);
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
}

static void
tear_down (World *self, gconstpointer data)
{
  piao_desk_free (self->desk);
  piao_centre_free (self->centre);
}

/* --- asking a replica ------------------------------------------------------------------------ */

static DexFuture *
change (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  return piao_db_exec (db, data, &error, "") ? dex_future_new_true ()
                                             : dex_future_new_for_error (error);
}

static void
run_on_desk (World *self, const PiaoStatement *statement)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) future
      = piao_replica_write (self->desk->replica, change, (gpointer)statement, NULL);

  piao_future_wait (future, &error);
  g_assert_no_error (error);
}

static DexFuture *
count_mismatches (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  g_autoptr (GArray) list = piao_proof_list (db, &error);

  return list != NULL ? dex_future_new_for_int (list->len) : dex_future_new_for_error (error);
}

static guint
n_mismatches (World *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) future
      = piao_replica_read (self->desk->replica, count_mismatches, NULL, NULL);
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return (guint)g_value_get_int (value);
}

/* @stored and @counted hold the same; empty ones may be missing. */
static void
assert_same_digests (GArray *stored, GArray *counted)
{
  guint n = 0;

  for (guint i = 0; i < counted->len; i++)
    {
      const PiaoDigest *right = &g_array_index (counted, PiaoDigest, i);
      const PiaoDigest *left = &g_array_index (stored, PiaoDigest, n);

      if (right->rows == 0)
        continue;
      g_assert_cmpuint (n, <, stored->len);
      g_assert_cmpint (left->lane, ==, right->lane);
      g_assert_cmpstr (left->kind, ==, right->kind);
      g_assert_cmpint (left->rows, ==, right->rows);
      g_assert_cmpuint (left->sum, ==, right->sum);
      n++;
    }
  g_assert_cmpuint (n, ==, stored->len);
}

static DexFuture *
check_replica (PiaoDb *db, gpointer data)
{
  PiaoRegistry *registry = data;
  GError *error = NULL;
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);
  g_autoptr (GArray) stored = piao_digest_list (db, &error);
  g_autoptr (GArray) counted = piao_digest_count_rows (db, kinds, n, &error);

  g_assert_no_error (error);
  assert_same_digests (stored, counted);
  return dex_future_new_true ();
}

/* With nothing pending, so that the rows are the server's. */
static void
assert_counted (World *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) stored = piao_digest_list (self->centre->fixture->db, &error);
  g_autoptr (GArray) counted = piao_digest_count_changes (self->centre->fixture->db, &error);
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (self->centre->fixture->registry, &n);
  g_autoptr (GArray) rows = piao_digest_count_rows (self->centre->fixture->db, kinds, n, &error);
  g_autoptr (DexFuture) checked = piao_replica_read (self->desk->replica, check_replica,
                                                     self->centre->fixture->registry, NULL);

  g_assert_no_error (error);
  assert_same_digests (stored, counted);
  assert_same_digests (stored, rows);
  piao_future_wait (checked, &error);
  g_assert_no_error (error);
}

/* One call; what the comparison said. */
static PiaoProofOutcome
poll (World *self)
{
  g_autoptr (JsonObject) request = piao_desk_request (self->desk, PIAO_PULL_MAX_BYTES);
  g_autoptr (PiaoReply) reply = piao_centre_serve (self->centre, request, DEVICE, FIXTURE_KEEPER);
  g_autoptr (GError) error = NULL;
  gboolean more;
  gboolean same = piao_json_get_bool (reply->notes, "proof", FALSE);
  gboolean differs = reply->digests->len > 0;

  g_assert_true (piao_desk_take (self->desk, request, reply, &more, &error));
  g_assert_no_error (error);
  return same ? PIAO_PROOF_SAME : differs ? PIAO_PROOF_DIFFERENT : PIAO_PROOF_NONE;
}

/* --- tests ----------------------------------------------------------------------------------- */

static gint64
order_and_pick (World *self)
{
  JsonArray *lines = json_array_new ();
  gint64 order;

  json_array_add_object_element (lines,
                                 piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                  "packs", 'i', G_GINT64_CONSTANT (2), NULL));
  order = piao_desk_run (self->desk, "order.submit",
                         piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's',
                                          "phone", "identity_checked", 'b', TRUE, "note", 's',
                                          "a test at any hour", "lines", 'a', lines, NULL))
          + PIAO_ID_STRIDE;
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  piao_centre_answer_gateway (self->centre, order, TRUE,
                              "{\"lockNo\":\"L1\",\"preDebit\":\"1000.00\"}");
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  piao_desk_run (self->desk, "order.open_pick", piao_json_build ("order", 'd', order, NULL));
  piao_desk_run (self->desk, "order.scan",
                 piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000001", NULL));
  return order;
}

static void
test_kept (World *self, gconstpointer data)
{
  gint64 order;

  assert_counted (self);
  g_assert_cmpint (poll (self), ==, PIAO_PROOF_SAME);
  order = order_and_pick (self);
  /* What is pending here is no difference. */
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  assert_counted (self);
  g_assert_cmpint (poll (self), ==, PIAO_PROOF_SAME);
  piao_desk_run (self->desk, "order.undo", piao_json_build ("order", 'd', order, NULL));
  piao_desk_sync (self->desk, PIAO_PULL_MIN_BYTES);
  assert_counted (self);
  g_assert_cmpint (poll (self), ==, PIAO_PROOF_SAME);
  g_assert_cmpuint (n_mismatches (self), ==, 0);
}

static void
repair_all (World *self, PiaoProofOutcome first)
{
  g_assert_cmpint (poll (self), ==, first);
  g_assert_cmpuint (n_mismatches (self), ==, 1);
  piao_desk_sync (self->desk, PIAO_PULL_MIN_BYTES); /* fetches it, in pages */
  g_assert_cmpint (poll (self), ==, PIAO_PROOF_SAME);
  g_assert_cmpuint (n_mismatches (self), ==, 0);
  assert_counted (self);
}

/* A row is lost behind everybody's back, and the replica has counted afresh since. */
static void
test_lost_row (World *self, gconstpointer data)
{
  g_autofree char *before = piao_desk_dump (self->desk);
  g_autofree char *after = NULL;

  run_on_desk (self, &proof_test_lose);
  run_on_desk (self, &proof_test_uncounted);
  g_assert_cmpint (poll (self), ==, PIAO_PROOF_SAME); /* what it said was not counted yet */
  repair_all (self, PIAO_PROOF_DIFFERENT);
  after = piao_desk_dump (self->desk);
  g_assert_cmpstr (before, ==, after);
}

static void
test_lost_digest (World *self, gconstpointer data)
{
  run_on_desk (self, &proof_test_lose_digest);
  g_assert_cmpint (poll (self), ==, PIAO_PROOF_DIFFERENT);
  g_assert_cmpuint (n_mismatches (self), ==, 1);
}

static void
test_older_row (World *self, gconstpointer data)
{
  g_autofree char *before = piao_desk_dump (self->desk);
  g_autofree char *after = NULL;

  run_on_desk (self, &proof_test_old);
  run_on_desk (self, &proof_test_uncounted);
  g_assert_cmpint (poll (self), ==, PIAO_PROOF_SAME);
  repair_all (self, PIAO_PROOF_DIFFERENT);
  after = piao_desk_dump (self->desk);
  g_assert_cmpstr (before, ==, after);
}

static void
test_hash (void)
{
  g_assert_cmpuint (piao_digest_hash (1, 2), !=, piao_digest_hash (2, 1));
  g_assert_cmpuint (piao_digest_hash (1, 2) + piao_digest_hash (2, 1), !=,
                    piao_digest_hash (1, 1) + piao_digest_hash (2, 2));
  /* The databases of both sides outlive a program. */
  g_assert_cmpuint (piao_digest_hash (4096, 7), ==, G_GUINT64_CONSTANT (0x955efb3061f0ecfe));
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proof/hash", test_hash);
  g_test_add ("/proof/kept", World, NULL, set_up, test_kept, tear_down);
  g_test_add ("/proof/lost-row", World, NULL, set_up, test_lost_row, tear_down);
  g_test_add ("/proof/lost-digest", World, NULL, set_up, test_lost_digest, tear_down);
  g_test_add ("/proof/older-row", World, NULL, set_up, test_older_row, tear_down);
  return g_test_run ();
}
