/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One server process under load on loopback. First the day: so many connected desktops, each with a
 * live socket and its polls, and orders at a steady rate, whether or not the ones before were
 * answered; how long a push takes is measured from the moment that the order was made. Then the
 * rush: computers that always have one more command, once with a commit for every command and once
 * with those that wait together in one. How much that wins is a matter of what a commit waits for,
 * so a slow disk (slow-flush.c) has rushes of its own. Ends by itself.
 */

#include <math.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "domain/piao-domain.h"
#include "tests/bench/load-desk.h"
#include "tests/bench/load-socket.h"
#include "tests/bench/piao-bench.h"

#define RUSH_DESKS 64
#define RUSH_ROUNDS 3
#define SECOND G_GINT64_CONSTANT (1000000)
#define COMMITS 50
/* Longer than everything together. */
#define LIMIT_S 600

static int n_orders = 3000;
static int n_desks = 500;
static int rate = 200;
static int seconds = 20;
static int rush_seconds = 4;
static gboolean slow_disk;
static char *database;

typedef struct
{
  LoadWorld *world;
  PiaoRegistry *registry, *nothing;
  const char *engine; /* for the names of figures */
  GPtrArray *desks;   /* of LoadDesk */
  LoadCounts counts;
  int epoll;
} Load;

/* --- desktops -------------------------------------------------------------------------------- */

static void
step (Load *load)
{
  gint64 now = g_get_monotonic_time ();
  gint64 due = now + SECOND / 200;

  for (guint i = 0; i < load->desks->len; i++)
    due = MIN (due, load_desk_step (g_ptr_array_index (load->desks, i), now));
  load_socket_dispatch (load->epoll, due > now ? (int)((due - now) / 1000) : 0);
}

static gboolean
all_idle (Load *load)
{
  for (guint i = 0; i < load->desks->len; i++)
    if (!load_desk_is_idle (g_ptr_array_index (load->desks, i)))
      return FALSE;
  return TRUE;
}

static void
connect_all (Load *load, guint n, guint port, gboolean live)
{
  GPtrArray *people = load_world_get_people (load->world);

  load->epoll = epoll_create1 (EPOLL_CLOEXEC);
  load->counts.listening = 0;
  for (guint i = 0; i < load->desks->len; i++)
    load_desk_disconnect (g_ptr_array_index (load->desks, i));
  for (guint i = load->desks->len; i < n; i++)
    g_ptr_array_add (load->desks, load_desk_new (load->registry, load->nothing,
                                                 g_ptr_array_index (people, i), &load->counts));
  for (guint i = 0; i < n; i++)
    {
      load_desk_connect (g_ptr_array_index (load->desks, i), load->epoll, port, live);
      step (load);
    }
  /* One round each, with the numbers that a new computer is given. */
  while (!all_idle (load) || (live && load->counts.listening < n))
    step (load);
}

static void
disconnect_all (Load *load)
{
  while (!all_idle (load))
    step (load);
  g_ptr_array_set_size (load->desks, 0);
  close (load->epoll);
}

/* Of those who can order, the next by chance. */
static LoadDesk *
pick_desk (Load *load)
{
  GPtrArray *people = load_world_get_people (load->world);
  guint i;

  do
    i = (guint)g_random_int_range (0, (gint32)load->desks->len);
  while (((LoadPerson *)g_ptr_array_index (people, i))->outlets->len == 0);
  return g_ptr_array_index (load->desks, i);
}

/* --- the day --------------------------------------------------------------------------------- */

/* Orders for so long, at moments that have nothing to do with each other. */
static void
order_for (Load *load, int how_long)
{
  gint64 next = g_get_monotonic_time ();
  gint64 end = next + how_long * SECOND;

  while (next < end)
    {
      while (next <= g_get_monotonic_time () && next < end)
        {
          load_desk_order (pick_desk (load), next);
          next += (gint64)(-log (1 - g_random_double ()) * (double)SECOND / rate);
        }
      step (load);
    }
}

/* Seconds of processor time that the desktops have taken: they share the machine. */
static double
get_own_cpu (void)
{
  return (double)clock () / CLOCKS_PER_SEC;
}

static void
say_load (Load *load, const LoadCounts *before, double cpu, double own_cpu)
{
  double averages[1] = { 0 };

  if (getloadavg (averages, 1) != 1)
    averages[0] = 0;
  g_printerr (
      "bench: %s: %.0f rounds/s, %.0f hints/s, %.0f rows/s, %.0f KB/s of answers; the server "
      "used %.0f %% of a processor, the desktops %.0f %%; the machine's load was %.1f\n",
      load->engine, (double)(load->counts.rounds - before->rounds) / seconds,
      (double)(load->counts.hints - before->hints) / seconds,
      (double)(load->counts.rows - before->rows) / seconds,
      (double)(load->counts.bytes - before->bytes) / 1000 / seconds, cpu * 100 / seconds,
      own_cpu * 100 / seconds, averages[0]);
}

static void
bench_day (Load *load)
{
  g_autofree char *p50 = g_strdup_printf ("server.push.p50.%s", load->engine);
  g_autofree char *p99 = g_strdup_printf ("server.push.p99.%s", load->engine);
  g_autofree char *rates = g_strdup_printf ("server.commands.%s", load->engine);
  g_autoptr (GArray) pushes = piao_bench_samples_new ();
  LoadCounts before;
  double cpu, own_cpu, took;
  gint64 began;

  connect_all (load, (guint)n_desks, load_world_start (load->world, 0), TRUE);
  order_for (load, MAX (seconds / 4, 1));
  before = load->counts;
  load->counts.pushes = pushes;
  cpu = load_world_get_cpu (load->world);
  own_cpu = get_own_cpu ();
  began = g_get_monotonic_time ();
  order_for (load, seconds);
  took = (double)(g_get_monotonic_time () - began) / SECOND;
  say_load (load, &before, load_world_get_cpu (load->world) - cpu, get_own_cpu () - own_cpu);
  piao_bench_report_at_least (rates, (double)(load->counts.decided - before.decided) / took,
                              "commands/s", rate, 0.95);
  load->counts.pushes = NULL;
  disconnect_all (load);
  load_world_stop (load->world);
  piao_bench_report (p50, piao_bench_samples_get (pushes, 50), "ms", 0, 50, 0);
  piao_bench_report (p99, piao_bench_samples_get (pushes, 99), "ms", 0, 50, 0);
}

/* --- the rush -------------------------------------------------------------------------------- */

static guint
count_keepers (Load *load)
{
  return load_world_get_people (load->world)->len;
}

/* Commands a second when everyone always has one more; @cpu: ms of processor time that the server
 * takes for each. */
static double
rush (Load *load, guint batch, double *cpu)
{
  GPtrArray *people = load_world_get_people (load->world);
  guint64 before;
  gint64 now, end;
  double took;

  connect_all (load, MIN (RUSH_DESKS, count_keepers (load)), load_world_start (load->world, batch),
               TRUE);
  before = load->counts.decided;
  took = load_world_get_cpu (load->world);
  end = g_get_monotonic_time () + rush_seconds * SECOND;
  while ((now = g_get_monotonic_time ()) < end)
    {
      for (guint i = 0; i < load->desks->len; i++)
        if (load_desk_is_idle (g_ptr_array_index (load->desks, i))
            && ((LoadPerson *)g_ptr_array_index (people, i))->outlets->len > 0)
          load_desk_order (g_ptr_array_index (load->desks, i), now);
      step (load);
    }
  before = load->counts.decided - before;
  *cpu = (load_world_get_cpu (load->world) - took) * 1000 / (double)MAX (before, 1);
  disconnect_all (load);
  load_world_stop (load->world);
  return (double)before / rush_seconds;
}

/* In turn, so that whatever else the machine does weighs on both. */
static void
bench_rush (Load *load)
{
  const char *disk = slow_disk ? "slow-disk." : "";
  g_autofree char *name = g_strdup_printf ("server.group-commit.%s%s", disk, load->engine);
  g_autoptr (GArray) alone = piao_bench_samples_new ();
  g_autoptr (GArray) together = piao_bench_samples_new ();
  double cpu_alone, cpu_together;

  for (guint i = 0; i < RUSH_ROUNDS; i++)
    {
      piao_bench_samples_add (alone, rush (load, 1, &cpu_alone));
      piao_bench_samples_add (together, rush (load, 0, &cpu_together));
      g_printerr (
          "bench: %s: a command takes %.2f ms of a processor with a commit of its own, %.2f "
          "in one with others\n",
          load->engine, cpu_alone, cpu_together);
    }
  g_printerr ("bench: %s: a commit of one row takes %.2f ms\n", load->engine,
              load_world_time_commit (load->world, COMMITS));
  /* Where a commit waits for next to nothing, all that is asked for is that nobody waits longer. */
  piao_bench_report_at_least (name, piao_bench_samples_get (together, 50), "commands/s",
                              piao_bench_samples_get (alone, 50), slow_disk ? 3 : 1);
}

int
main (int argc, char **argv)
{
  const GOptionEntry options[] = {
    { "database", 0, 0, G_OPTION_ARG_STRING, &database, "An empty PostgreSQL database", "URL" },
    { "orders", 0, 0, G_OPTION_ARG_INT, &n_orders, "Orders at the centre", "N" },
    { "desks", 0, 0, G_OPTION_ARG_INT, &n_desks, "Connected desktops", "N" },
    { "rate", 0, 0, G_OPTION_ARG_INT, &rate, "Commands a second", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "How long the day is", "S" },
    { "slow-disk", 0, 0, G_OPTION_ARG_NONE, &slow_disk, "A flush is slow here: only rushes", NULL },
    { "rush-seconds", 0, 0, G_OPTION_ARG_INT, &rush_seconds, "… and each rush; 0: none", "S" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  Load load = { 0 };
  GError *error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    piao_bench_check (error);
  if (n_desks < 1 || n_desks > 2000 || rate < 1 || rate > 2000 || seconds < 1 || seconds > 120
      || rush_seconds < 0 || rush_seconds > 20)
    g_error ("1 to 2000 desks, 1 to 2000 commands a second, 1 to 120 and 0 to 20 seconds");
  alarm (LIMIT_S);
  dex_init ();
  load.registry = piao_domain_registry_new ();
  load.nothing = piao_registry_new ((const PiaoModule *const[]){ NULL });
  load.engine = database != NULL ? "postgresql" : "sqlite";
  load.world = load_world_new (database, (guint)n_orders, (guint)MAX (n_desks, RUSH_DESKS));
  load.desks = g_ptr_array_new_with_free_func ((GDestroyNotify)load_desk_free);
  if (!slow_disk)
    bench_day (&load);
  if (rush_seconds > 0)
    bench_rush (&load);
  g_ptr_array_unref (load.desks);
  load_world_free (load.world);
  piao_registry_unref (load.registry);
  piao_registry_unref (load.nothing);
  return EXIT_SUCCESS;
}
