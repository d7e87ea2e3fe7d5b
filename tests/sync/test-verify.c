/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A centre and a desktop that have worked are clean; damaged in one way, exactly that is found. */

#include "config.h"

#include <string.h>

#include "base/piao-id.h"
#include "sync/piao-pull.h"
#include "sync/piao-verify.h"
#include "tests/lib/piao-centre.h"

#define DEVICE 8

PIAO_STATEMENT (verify_number,
                "INSERT INTO setting (key, value) VALUES ('device', CAST ($1 AS TEXT))");

/* What is done, and every rule that must be found broken: with a space between them. */
typedef struct
{
  const char *name;
  const char *script;
  const char *rules;
} Damage;

static const Damage at_centre[] = {
  { "nothing", "", "" },
  { "altered-command", "UPDATE command_log SET args = '{}' WHERE n = 2", "log.chain" },
  { "altered-verdict", "UPDATE command_log SET verdict = 'refused' WHERE n = 3", "log.chain" },
  { "end-cut-off",
    "DELETE FROM command_log WHERE device = 0 AND n = (SELECT MAX(n) FROM command_log)",
    "log.chain" },
  { "command-of-a-computer-gone", "DELETE FROM command_log WHERE device = 8 AND dseq = 1",
    "log.chain log.device" },
  { "computer-behind", "UPDATE device SET dseq = dseq - 1 WHERE number = 8", "log.device" },
  { "computer-without-log", "UPDATE device SET dseq = 4 WHERE number = 9", "log.device" },
  { "head-behind", "UPDATE head SET seq = seq - 1", "head.behind" },
  { "lane-behind", "UPDATE lane_head SET seq = seq - 1 WHERE lane = 652300", "lane.behind" },
  { "lane-unknown", "DELETE FROM lane_head WHERE lane = 0", "lane.behind" },
  { "entry-missing", "DELETE FROM change WHERE kind = 'pack' AND id = (SELECT MIN(id) FROM pack)",
    "index.hidden" },
  { "entry-says-gone",
    "UPDATE change SET gone = 1 WHERE kind = 'pack' AND id = (SELECT MIN(id) FROM pack)",
    "index.hidden" },
  { "entry-of-another-seq",
    "UPDATE change SET seq = 1 WHERE kind = 'pack' AND id = (SELECT MIN(id) FROM pack)",
    "index.hidden" },
  { "row-moved-alone", "UPDATE outlet SET lane = 654000 WHERE id = 40",
    "index.hidden index.ghost digest.server" },
  { "second-place",
    "INSERT INTO change (lane, seq, kind, id, gone) SELECT 654000, 1, 'outlet', 40,"
    " 0 FROM head",
    "index.ghost" },
  { "unknown-kind",
    "INSERT INTO change (lane, seq, kind, id, gone) VALUES (652300, 1, 'ghost', 1, 0)",
    "index.kind" },
  { "digest-off", "UPDATE digest SET sum = sum + 1 WHERE kind = 'pack' AND lane = 652300",
    "digest.server" },
  { "digest-lost", "DELETE FROM digest WHERE kind = 'order'", "digest.server" },
  { "orphans", "UPDATE outlet SET owner_id = 999 WHERE id = 40", "reference.missing" },
  { "order-lost", "DELETE FROM orders", "index.ghost digest.server reference.missing" },
};

static const Damage at_desk[] = {
  { "nothing", "", "" },
  { "row-lost", "DELETE FROM pack WHERE state = 'in_stock' AND id = (SELECT MAX(id) FROM pack)",
    "digest.replica" },
  { "row-old", "UPDATE outlet SET rev = rev - 1", "digest.replica" },
  { "digest-off", "UPDATE digest SET sum = sum + 1 WHERE kind = 'outlet'", "digest.replica" },
  { "row-of-nobody",
    "INSERT INTO owner (id, lane, rev, deleted, name) VALUES (77, 652300, 0, 0, 'x')",
    "row.stray" },
  { "row-of-another-lane", "UPDATE owner SET lane = 650100", "digest.replica row.lane" },
  { "mismatch-known",
    "INSERT INTO proof_mismatch (lane, kind, since, upto, repairs) VALUES (652300, 'pack', 1, 0, "
    "3)",
    "proof.mismatch" },
  { "line-of-no-order", "UPDATE order_line SET order_id = 12345", "reference.missing" },
  { "search-of-no-row",
    "INSERT INTO search_row (doc, kind, row, digest) VALUES (99999, 'outlet',"
    " 4711, 1)",
    "search.stray" },
  { "number-missing", "DELETE FROM outbox WHERE dseq = (SELECT MAX(dseq) - 1 FROM outbox)",
    "outbox.gap outbox.undo"
    " row.stray" },
  { "of-another-computer",
    "UPDATE outbox SET id = id + 1 WHERE dseq = (SELECT MAX(dseq) FROM outbox)", "outbox.foreign" },
  { "unknown-command",
    "UPDATE outbox SET name = 'order.paint' WHERE dseq = (SELECT MAX(dseq) FROM outbox)",
    "outbox.unreadable" },
  { "words-damaged",
    "UPDATE outbox SET args = substr(args, 2) WHERE dseq = (SELECT MAX(dseq) FROM outbox)",
    "outbox.unreadable" },
  { "undo-unreadable",
    "UPDATE outbox SET undo = x'5400ff' WHERE dseq = (SELECT MAX(dseq) FROM outbox)",
    "outbox.undo row.stray" },
  { "undo-cut-off",
    "UPDATE outbox SET undo = substr(undo, 1, length(undo) - 3)"
    " WHERE dseq = (SELECT MAX(dseq) FROM outbox)",
    "outbox.undo" },
  { "undo-gone", "UPDATE outbox SET undo = NULL WHERE dseq = (SELECT MAX(dseq) FROM outbox)",
    "outbox.not-applied outbox.undo row.stray" },
  { "written-past-the-outbox",
    "UPDATE orders SET note = 'x' WHERE state = 'picking'; UPDATE orders SET state = 'on_hold'"
    " WHERE state = 'picking'",
    "outbox.undo" },
  { "let-go-early",
    "UPDATE outbox SET state = 'accepted', decided = 1, seq = 1000000, undo = NULL"
    " WHERE dseq = (SELECT MAX(dseq) FROM outbox)",
    "outbox.let-go outbox.undo row.stray" },
};

typedef struct
{
  PiaoCentre *centre;
  PiaoDesk *desk;
} World;

static World world;

/* An order that the centre knows, and two commands about it that wait here. */
static void
set_up (World *self)
{
  static const char result[] = "{\"lockNo\":\"L1\",\"preDebit\":\"1000.00\"}";
  gint64 order;

  self->centre = piao_centre_new ();
  piao_centre_add_device (self->centre, DEVICE, FIXTURE_KEEPER);
  piao_centre_add_device (self->centre, DEVICE + 1, FIXTURE_PICKER);
  self->desk = piao_desk_new (self->centre, DEVICE, FIXTURE_KEEPER);
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  order
      = piao_desk_run (self->desk, "order.submit", piao_fixture_order_args (2, 0)) + PIAO_ID_STRIDE;
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  piao_centre_answer_gateway (self->centre, order, TRUE, result);
  piao_desk_sync (self->desk, PIAO_PULL_MAX_BYTES);
  piao_desk_run (self->desk, "order.open_pick", piao_json_build ("order", 'd', order, NULL));
  piao_desk_run (self->desk, "order.scan",
                 piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000001", NULL));
  piao_desk_run (self->desk, "order.scan",
                 piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000002", NULL));
  piao_desk_exec (self->desk, &verify_number, DEVICE);
}

static void
tear_down (World *self)
{
  piao_desk_free (self->desk);
  piao_centre_free (self->centre);
}

static int
compare_words (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static char *
sort_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  qsort (words, g_strv_length (words), sizeof *words, compare_words);
  return g_strjoinv (" ", words);
}

static void
assert_found (const PiaoVerify *verify, const Damage *damage)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *found = NULL;
  g_autofree char *expected = sort_words (damage->rules);

  for (guint i = 0; i < verify->findings->len; i++)
    {
      const PiaoFinding *finding = g_ptr_array_index (verify->findings, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", finding->rule);
      g_assert_cmpint (finding->count, >, 0);
      g_assert_cmpuint (finding->subjects->len, >, 0);
      g_assert_cmpuint (strlen (finding->sentence) * strlen (finding->advice), >, 0);
    }
  found = sort_words (text->str);
  g_assert_cmpstr (found, ==, expected);
}

/* Damages, looks, and takes the damage back: a world costs more than all of it. */
static void
look (PiaoDb *db, const Damage *damage, gboolean (*func) (PiaoVerify *self, GError **error))
{
  g_autoptr (PiaoVerify) verify = piao_verify_new (world.centre->fixture->registry, db);
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_db_begin (db, NULL));
  if (func == piao_verify_server)
    piao_db_script (db,
                    piao_db_get_engine (db) == PIAO_ENGINE_SQLITE
                        ? "DROP TRIGGER command_log_is_kept; DROP TRIGGER command_log_is_fixed"
                        : "DROP TRIGGER command_log_is_kept ON command_log",
                    &error);
  g_assert_no_error (error);
  piao_db_script (db, damage->script, &error);
  g_assert_no_error (error);
  func (verify, &error);
  g_assert_no_error (error);
  piao_db_rollback (db);
  g_assert_true (verify->complete);
  g_assert_cmpint (verify->rows, >, 20);
  assert_found (verify, damage);
}

static void
test_centre (gconstpointer data)
{
  look (world.centre->fixture->db, data, piao_verify_server);
}

static void
test_desk (gconstpointer data)
{
  g_autoptr (PiaoDb) db
      = piao_db_open (piao_replica_get_path (world.desk->replica), PIAO_DB_READ_WRITE, NULL);

  g_assert_nonnull (db);
  look (db, data, piao_verify_replica);
}

/* While the working set is here and its history is not, what is here is still checked. */
static void
test_half (void)
{
  static const Damage nothing = { "half", "", "" };
  g_autoptr (PiaoDesk) desk = piao_desk_new (world.centre, DEVICE + 1, FIXTURE_PICKER);
  g_autoptr (PiaoDb) db = NULL;
  gboolean more = TRUE, seen = FALSE;

  db = piao_db_open (piao_replica_get_path (desk->replica), PIAO_DB_READ_ONLY, NULL);
  while (more)
    {
      g_autoptr (JsonObject) request = piao_desk_request (desk, PIAO_PULL_MIN_BYTES);
      g_autoptr (PiaoReply) reply
          = piao_centre_serve (world.centre, request, DEVICE + 1, FIXTURE_PICKER);
      g_autoptr (PiaoVerify) verify = piao_verify_new (world.centre->fixture->registry, db);
      g_autoptr (GError) error = NULL;

      g_assert_true (piao_desk_take (desk, request, reply, &more, &error));
      g_assert_true (piao_db_begin_read (db, NULL));
      piao_verify_replica (verify, &error);
      g_assert_no_error (error);
      piao_db_rollback (db);
      seen |= !verify->complete;
      assert_found (verify, &nothing);
    }
  g_assert_true (seen);
}

static void
add (const char *prefix, const Damage *damages, guint n, GTestDataFunc test)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat (prefix, damages[i].name, NULL);

      g_test_add_data_func (path, &damages[i], test);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  set_up (&world);
  add ("/verify/centre/", at_centre, G_N_ELEMENTS (at_centre), test_centre);
  add ("/verify/desk/", at_desk, G_N_ELEMENTS (at_desk), test_desk);
  g_test_add_func ("/verify/half", test_half);
  status = g_test_run ();
  tear_down (&world);
  return status;
}
