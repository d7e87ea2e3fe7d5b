/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An office comes back after days without a line: some five thousand commands go up, what has
 * changed meanwhile comes down, and the counter goes on scanning. */

#include "base/piao-future.h"
#include "domain/piao-domain.h"
#include "store/piao-change-index.h"
#include "tests/bench/piao-bench.h"
#include "tests/bench/sync-world.h"

#define ORDERS 500 /* that were taken on the telephone */
#define PICKED 450 /* orders that were picked */
#define PACKS 10   /* of an order */
#define EVERY_MS 200
#define NEWS 1000 /* rows that others change at once */
#define NEWS_TIMES 5
#define LIMIT_S 900 /* none of it takes so long */

PIAO_STATEMENT (return_orders,
                "SELECT id FROM orders WHERE state = 'pending_outbound' ORDER BY submitted_at");
PIAO_STATEMENT (return_on_top, "SELECT COUNT(*) FROM outbox WHERE undo IS NOT NULL");
PIAO_STATEMENT (return_refused, "SELECT COUNT(*) FROM outbox WHERE state = 'refused'");

typedef struct
{
  DriverDesktop *desktop;
  GArray *orders;  /* of gint64: that wait to be picked */
  guint scans;     /* so far */
  gboolean open;   /* the order of the next scan was opened */
  guint flying;    /* scans at the counter that are not durable yet */
  GArray *samples; /* ms from the scan to durable */
} Office;

typedef struct
{
  Office *office;
  double started;
} Flight;

/* --- the world ------------------------------------------------------------------------------- */

/* Each order that waits gets a line of packs, and the packs lie on the shelves. */
static void
stock (DriverServer *server, guint orders)
{
  g_autoptr (PiaoDb) db = driver_server_open (server);
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup_printf (
      "CREATE TEMP TABLE pick AS SELECT id, ROW_NUMBER () OVER (ORDER BY submitted_at) AS n"
      " FROM orders WHERE state = 'pending_outbound' ORDER BY submitted_at LIMIT %u;"
      "UPDATE orders SET lines = 1, packs = %d, amount = %d * 50000 WHERE id IN"
      " (SELECT id FROM pick);"
      "INSERT INTO order_line (id, lane, order_id, n, ticket_type_id, packs, pack_value, amount)"
      " SELECT 700000 + n, %d, id, 1, %d, %d, 50000, %d * 50000 FROM pick;"
      "WITH RECURSIVE one (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM one WHERE n < %u)"
      " INSERT INTO pack (id, lane, code, ticket_type_id, batch_id, warehouse_id, state, shelf)"
      " SELECT 800000 + n, %d, printf ('J0001-00005-%%07d', 1000 + n), %d, %d, %d, 'in_stock',"
      " 'B-03' FROM one;"
      "UPDATE batch SET sell_until = sell_until * 2;"
      "UPDATE stock SET free = free + %u WHERE warehouse_id = %d AND ticket_type_id = %d",
      orders, PACKS, PACKS, FIXTURE_LANE, FIXTURE_TYPE_A, PACKS, PACKS, orders * PACKS - 1,
      FIXTURE_LANE, FIXTURE_TYPE_A, FIXTURE_TYPE_A + 10, FIXTURE_WAREHOUSE, orders * PACKS,
      FIXTURE_WAREHOUSE, FIXTURE_TYPE_A);
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  if (!piao_db_begin (db, &error) || !piao_db_script (db, sql, &error)
      || !piao_change_index_adopt (db, kinds, n, &error) || !piao_db_commit (db, &error))
    piao_bench_check (g_steal_pointer (&error));
}

static DexFuture *
read_orders (PiaoDb *db, gpointer data)
{
  GArray *orders = data;
  GError *error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &return_orders, &error, "");

  while (cursor != NULL && piao_cursor_next (cursor, &error))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (orders, id);
    }
  return error == NULL ? dex_future_new_true () : dex_future_new_for_error (error);
}

/* --- the office ------------------------------------------------------------------------------ */

/* The next command of the counter: an order is opened, then its packs are scanned. */
static DexFuture *
act (Office *office)
{
  gint64 order = g_array_index (office->orders, gint64, office->scans / PACKS);
  g_autofree char *code = NULL;

  if (office->scans % PACKS == 0 && !office->open)
    {
      office->open = TRUE;
      return piao_replica_run (office->desktop->replica, "order.open_pick",
                               piao_json_build ("order", 'd', order, NULL));
    }
  office->open = FALSE;
  code = g_strdup_printf ("J0001-00005-%07u", 1000 + office->scans++);
  return piao_replica_run (office->desktop->replica, "order.scan",
                           piao_json_build ("order", 'd', order, "pack", 's', code, NULL));
}

static DexFuture *
on_durable (DexFuture *future, gpointer data)
{
  Flight *flight = data;
  g_autoptr (GError) error = NULL;

  dex_future_get_value (future, &error);
  piao_bench_check (g_steal_pointer (&error));
  piao_bench_samples_add (flight->office->samples, piao_bench_now () - flight->started);
  flight->office->flying--;
  return NULL;
}

static gboolean
on_scan (gpointer data)
{
  Office *office = data;
  Flight *flight = g_new0 (Flight, 1);

  *flight = (Flight){ office, piao_bench_now () };
  office->flying++;
  piao_future_disown (dex_future_then (act (office), on_durable, flight, g_free), "scan");
  return G_SOURCE_CONTINUE;
}

static void
work_alone (Office *office)
{
  for (guint i = 0; i < ORDERS; i++)
    driver_submit (office->desktop);
  while (office->scans < PICKED * PACKS)
    {
      g_autoptr (DexFuture) future = act (office);
      g_autoptr (GError) error = NULL;

      piao_future_wait (future, &error);
      piao_bench_check (g_steal_pointer (&error));
    }
}

/* --- the line is back ------------------------------------------------------------------------ */

static gboolean
is_level (Office *office)
{
  PiaoSync *sync = office->desktop->sync;

  /* The counter goes on: what it has just scanned may be on its way. */
  return piao_sync_get_waiting (sync) <= 1
         && piao_sync_get_seq (sync) + 2 >= piao_sync_get_head (sync)
         && driver_int (office->desktop, &return_on_top) <= 1;
}

static double
come_back (DriverServer *server, Office *office)
{
  double started;
  guint timer;

  driver_server_start (server);
  started = piao_bench_now ();
  timer = g_timeout_add (EVERY_MS, on_scan, office);
  piao_sync_nudge (office->desktop->sync);
  await_within (LIMIT_S, is_level (office));
  started = piao_bench_now () - started;
  g_source_remove (timer);
  await_within (LIMIT_S, office->flying == 0);
  return started;
}

void
sync_return_bench (guint orders, const char *folder)
{
  g_autoptr (DriverServer) server = sync_world_new (orders, folder);
  Office office = { .orders = g_array_new (FALSE, FALSE, sizeof (gint64)),
                    .samples = piao_bench_samples_new () };
  g_autoptr (DexFuture) read = NULL;
  double took;
  gint64 refused;

  stock (server, 1500);
  office.desktop = driver_desktop_new (server->url, NULL);
  driver_go_online (office.desktop, "keeper", FIXTURE_KEEPER);
  read = piao_replica_read (office.desktop->replica, read_orders, office.orders, NULL);
  piao_future_wait (read, NULL);
  driver_server_kill (server);
  work_alone (&office);
  for (int i = 0; i < NEWS_TIMES; i++)
    sync_world_change (server, NEWS);
  took = come_back (server, &office);
  refused = driver_int (office.desktop, &return_refused);
  if (refused > 0)
    g_error ("%" G_GINT64_FORMAT " commands were refused", refused);
  piao_bench_report ("sync.return.scan.longest", piao_bench_samples_get (office.samples, 100), "ms",
                     0, 300, 0);
  piao_bench_report ("sync.return.level", took / 1000, "s", 0, 30, 0);
  driver_desktop_free (office.desktop);
  g_array_unref (office.samples);
  g_array_unref (office.orders);
}
