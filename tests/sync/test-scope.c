/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a user may no longer see leaves his desktop for good, and what he had done there is kept for
 * people. (PER-03) */

#include <glib/gstdio.h>
#include <string.h>

#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-change-index.h"
#include "store/piao-outbox-file.h"
#include "sync/piao-pull.h"
#include "tests/lib/piao-centre.h"

/* Stands in the name, so in the search text too, and in the address. */
#define SECRET "xqzgeheim"

PIAO_STATEMENT (scope_rename, "UPDATE outlet SET name = $1, address = $1, rev = 0 WHERE lane = $2");
PIAO_STATEMENT (scope_drop_grants, "UPDATE user_role SET deleted = 1 WHERE user_id = $1");
PIAO_STATEMENT (scope_cursors, "SELECT COUNT(*) FROM cursor WHERE lane <> $1");
PIAO_STATEMENT (scope_digests, "SELECT COUNT(*) FROM digest WHERE lane = $1");
PIAO_STATEMENT (scope_orders, "SELECT COUNT(*) FROM orders WHERE lane = $1");

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
rename_outlet (PiaoCentre *centre, guint n)
{
  g_autofree char *name = g_strdup_printf (SECRET "%u", n);

  g_assert_true (
      piao_db_exec (centre->fixture->db, &scope_rename, NULL, "si", name, (gint64)FIXTURE_LANE));
  adopt (centre);
}

/* How often the secret stands in the bytes of the replica, its log and its index of that. */
static guint
count_bytes (PiaoDesk *desk)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path
          = g_strconcat (piao_replica_get_path (desk->replica), suffixes[i], NULL);
      g_autofree char *data = NULL;
      gsize size = 0;

      if (!g_file_get_contents (path, &data, &size, NULL))
        continue;
      for (gsize at = 0; at + strlen (SECRET) <= size; at++)
        n += g_ascii_strncasecmp (data + at, SECRET, strlen (SECRET)) == 0;
    }
  return n;
}

static DexFuture *
do_nothing (PiaoDb *db, gpointer data)
{
  return NULL;
}

/* Jobs of the writer run one after another: behind this one, what it did after the last is done. */
static void
wait_for_writer (PiaoDesk *desk)
{
  g_autoptr (DexFuture) done = piao_replica_write (desk->replica, do_nothing, NULL, NULL);
  g_autoptr (GError) error = NULL;

  piao_future_wait (done, &error);
  g_assert_no_error (error);
}

/* The one file of parked commands, which is removed. */
static PiaoOutboxFile *
take_file (PiaoDesk *desk)
{
  g_autoptr (GDir) dir = g_dir_open (desk->folder, 0, NULL);
  const char *name;
  PiaoOutboxFile *file = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".outbox"))
      {
        g_autofree char *path = g_build_filename (desk->folder, name, NULL);
        g_autofree char *text = NULL;
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (GError) error = NULL;
        gsize size = 0;

        g_assert_null (file);
        g_assert_true (g_file_get_contents (path, &text, &size, NULL));
        bytes = g_bytes_new (text, size);
        file = piao_outbox_file_read (bytes, &error);
        g_assert_no_error (error);
        g_assert_cmpint (g_unlink (path), ==, 0);
      }
  g_assert_nonnull (file);
  return file;
}

static void
test_no_byte_stays (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  g_test_message ("The name changes again and again, so old ones lie about in unused space");
  for (guint i = 0; i < 30; i++)
    {
      rename_outlet (centre, i);
      piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
    }
  g_assert_cmpuint (count_bytes (desk), >, 1);
  g_assert_cmpint (piao_desk_int (desk, &scope_digests, FIXTURE_LANE), >, 0);

  g_assert_true (
      piao_db_exec (centre->fixture->db, &scope_drop_grants, NULL, "i", (gint64)FIXTURE_KEEPER));
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  wait_for_writer (desk);
  g_assert_cmpint (piao_desk_int (desk, &scope_cursors, 0), ==, 0);
  g_assert_cmpint (piao_desk_int (desk, &scope_digests, FIXTURE_LANE), ==, 0);
  g_assert_cmpuint (count_bytes (desk), ==, 0);
}

static void
test_what_was_done_is_kept (void)
{
  g_autoptr (PiaoCentre) centre = piao_centre_new ();
  g_autoptr (PiaoDesk) desk = NULL;
  g_autoptr (PiaoOutboxFile) file = NULL;
  g_autofree char *state = NULL;
  gint64 sent, unsent;

  piao_centre_add_device (centre, 8, FIXTURE_KEEPER);
  desk = piao_desk_new (centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  sent = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
  g_assert_true (
      piao_db_exec (centre->fixture->db, &scope_drop_grants, NULL, "i", (gint64)FIXTURE_KEEPER));
  {
    g_autoptr (JsonObject) request = piao_desk_request (desk, PIAO_PULL_MAX_BYTES);
    g_autoptr (PiaoReply) reply = piao_centre_serve (centre, request, 8, FIXTURE_KEEPER);

    g_test_message ("One more while the answer is on its way");
    unsent = piao_desk_run (desk, "order.submit", piao_fixture_order_args (1, 0));
    g_assert_true (piao_desk_take (desk, request, reply, NULL, NULL));
  }
  g_assert_cmpint (piao_desk_int (desk, &scope_orders, FIXTURE_LANE), ==, 0);
  state = piao_desk_state (desk, sent);
  g_assert_cmpstr (state, ==, "parked access.scope");
  g_free (state);
  state = piao_desk_state (desk, unsent);
  g_assert_cmpstr (state, ==, "parked access.scope");
  file = take_file (desk);
  g_assert_cmpuint (file->device, ==, 8);
  g_assert_cmpuint (file->entries->len, ==, 2);
  g_assert_cmpint (((PiaoOutboxEntry *)file->entries->pdata[0])->id, ==, sent);
  g_assert_cmpint (((PiaoOutboxEntry *)file->entries->pdata[1])->id, ==, unsent);

  g_test_message ("Its number is no gap: the centre refuses it, and it stays parked");
  piao_desk_sync (desk, PIAO_PULL_MAX_BYTES);
  g_free (state);
  state = piao_desk_state (desk, unsent);
  g_assert_cmpstr (state, ==, "parked access.scope");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/sync/scope/no-byte-stays", test_no_byte_stays);
  g_test_add_func ("/sync/scope/what-was-done-is-kept", test_what_was_done_is_kept);
  return g_test_run ();
}
