/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <time.h>

#include "domain/piao-domain.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/reference/piao-reference.h"
#include "store/piao-schema.h"
#include "store/piao-search.h"
#include "tests/bench/piao-bench.h"

/* Goes up with fill.sql, so that what an older one made is not measured. */
#define FILL 2
/* As in fill.sql. */
#define FIRST_OUTLET 20000
#define N_OUTLETS 5000

void
piao_bench_check (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("bench: %s\n", error->message);
  exit (1);
}

PiaoBenchOptions *
piao_bench_options_parse (int *argc, char ***argv)
{
  PiaoBenchOptions *options = g_new0 (PiaoBenchOptions, 1);
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->folder, "Where the data is kept", "DIR" },
    { "orders", 0, 0, G_OPTION_ARG_INT64, &options->orders, "Orders in the replica", "N" },
    { "packs", 0, 0, G_OPTION_ARG_INT64, &options->packs, "Packs in the replica", "M" },
    { "repeats", 0, 0, G_OPTION_ARG_INT, &options->repeats, "Measured steps", "K" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GError *error = NULL;

  options->orders = 1000000;
  options->packs = 10000000;
  options->repeats = 2000;
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_parse (context, argc, argv, &error);
  piao_bench_check (error);
  if (options->folder == NULL || options->orders < 2 * BENCH_WAITING || options->packs > 10000000
      || options->packs < options->orders || options->repeats < 1)
    {
      g_printerr ("bench: give --data DIR, at least %d orders, as many packs as orders and at most "
                  "10000000\n",
                  2 * BENCH_WAITING);
      exit (2);
    }
  return options;
}

void
piao_bench_options_free (PiaoBenchOptions *options)
{
  g_free (options->folder);
  g_free (options);
}

/* The search text of the outlets, which is what people type. */
static gboolean
fill_search (PiaoDb *db, GError **error)
{
  for (gint64 id = FIRST_OUTLET; id < FIRST_OUTLET + N_OUTLETS; id++)
    {
      g_autoptr (PiaoRecord) outlet = piao_record_load (db, &piao_outlet_kind, id, error);

      if (outlet == NULL || !piao_search_touch (db, outlet, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fill (PiaoDb *db, const PiaoBenchOptions *options, GError **error)
{
  g_autofree char *script = NULL;
  g_autofree char *size
      = g_strdup_printf ("CREATE TEMP TABLE size (orders, packs, waiting, now);"
                         "INSERT INTO size VALUES (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                         ", %d, %" G_GINT64_FORMAT ");",
                         options->orders, options->packs, BENCH_WAITING, g_get_real_time () / 1000);

  return g_file_get_contents (BENCH_FILL, &script, NULL, error)
         && piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, error)
         && piao_db_script (db, "PRAGMA journal_mode = OFF; PRAGMA cache_size = -512000", error)
         && piao_db_script (db, size, error) && piao_db_begin (db, error)
         && piao_reference_write (db, error) && piao_db_script (db, script, error)
         && fill_search (db, error) && piao_db_commit (db, error)
         && piao_db_script (db, "PRAGMA journal_mode = WAL", error);
}

char *
piao_bench_get_replica (const PiaoBenchOptions *options)
{
  g_autofree char *name
      = g_strdup_printf ("replica-%d.%d-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT ".db",
                         piao_schema_get_newest (), FILL, options->orders, options->packs);
  g_autofree char *path = g_build_filename (options->folder, name, NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  PiaoDb *db;
  GError *error = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_mkdir_with_parents (options->folder, 0755);
  g_unlink (part);
  g_printerr ("bench: making %s (once; a minute or two)\n", path);
  db = piao_db_open (part, PIAO_DB_RELAXED, &error);
  if (db != NULL)
    fill (db, options, &error);
  piao_bench_check (error);
  piao_db_free (db);
  if (g_rename (part, path) != 0)
    g_error ("%s cannot be renamed", part);
  return g_steal_pointer (&path);
}

PiaoReplica *
piao_bench_open (const PiaoBenchOptions *options)
{
  g_autofree char *path = piao_bench_get_replica (options);
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  GError *error = NULL;
  PiaoReplica *replica = piao_replica_open (path, registry, clock, &error);

  piao_bench_check (error);
  piao_replica_set_actor (replica, BENCH_USER, BENCH_DEVICE);
  return replica;
}

double
piao_bench_now (void)
{
  return (double)g_get_monotonic_time () / 1000;
}

double
piao_bench_cpu (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &spent);
  return (double)spent.tv_sec + (double)spent.tv_nsec / 1e9;
}

/* --- figures --------------------------------------------------------------------------------- */

GArray *
piao_bench_samples_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (double));
}

void
piao_bench_samples_add (GArray *samples, double ms)
{
  g_array_append_val (samples, ms);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

double
piao_bench_samples_get (GArray *samples, double percentile)
{
  g_return_val_if_fail (samples->len > 0, 0);
  g_array_sort (samples, compare);
  return g_array_index (samples, double,
                        MIN (samples->len - 1, (guint)(percentile / 100 * samples->len)));
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (value != 0)
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
print_figure (const char *figure,
              double value,
              const char *unit,
              double reference,
              double ratio,
              const char *goal,
              gboolean ok)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "figure");
  json_builder_add_string_value (builder, figure);
  add_number (builder, "value", value);
  json_builder_set_member_name (builder, "unit");
  json_builder_add_string_value (builder, unit);
  add_number (builder, "reference", reference);
  add_number (builder, "ratio", ratio);
  json_builder_set_member_name (builder, "goal");
  json_builder_add_string_value (builder, goal);
  json_builder_set_member_name (builder, "ok");
  json_builder_add_boolean_value (builder, ok);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  puts (line);
  fflush (stdout);
}

void
piao_bench_report (const char *figure,
                   double value,
                   const char *unit,
                   double reference,
                   double limit,
                   double ratio_limit)
{
  double ratio = reference > 0 ? value / reference : 0;
  g_autofree char *goal = limit > 0 ? g_strdup_printf ("at most %g %s", limit, unit)
                                    : g_strdup_printf ("at most %g x reference", ratio_limit);

  print_figure (figure, value, unit, reference, ratio, goal,
                limit > 0 ? value <= limit : ratio <= ratio_limit);
}

void
piao_bench_report_at_least (
    const char *figure, double value, const char *unit, double reference, double ratio_limit)
{
  g_autofree char *goal = g_strdup_printf ("at least %g x reference", ratio_limit);

  print_figure (figure, value, unit, reference, value / reference, goal,
                value >= ratio_limit * reference);
}
