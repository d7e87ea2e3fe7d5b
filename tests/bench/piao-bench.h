/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * What the benches share: a large replica made once per size and kept, samples with percentiles,
 * and figures as lines of JSON that tests/bench/run makes a table of.
 */
#define BENCH_USER 900
#define BENCH_DEVICE 9
#define BENCH_WAREHOUSE 652300
#define BENCH_WAITING 2000 /* orders that wait to be picked */

typedef struct
{
  char *folder; /* where the data is kept */
  gint64 orders;
  gint64 packs;
  int repeats;
} PiaoBenchOptions;

/* Reads --data DIR --orders N --packs M --repeats K; exits with a sentence on anything else. */
PiaoBenchOptions *piao_bench_options_parse (int *argc, char ***argv);
void piao_bench_options_free (PiaoBenchOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoBenchOptions, piao_bench_options_free)

/* The path of the replica, filled if it is not there yet; progress goes to standard error. */
char *piao_bench_get_replica (const PiaoBenchOptions *options);

/* The same, opened for user BENCH_USER on device BENCH_DEVICE. Exits on failure. */
PiaoReplica *piao_bench_open (const PiaoBenchOptions *options);

/* Milliseconds by the monotonic clock, with fractions. */
double piao_bench_now (void);

/* Seconds that all threads of the process have computed. */
double piao_bench_cpu (void);

/* A GArray of double. */
GArray *piao_bench_samples_new (void);
void piao_bench_samples_add (GArray *samples, double ms);
double piao_bench_samples_get (GArray *samples, double percentile);

/* Prints one figure. @reference is its peer of the same run (0: none); it is ok when it is at most
 * @limit, or, with @limit 0, when value / reference is at most @ratio_limit. */
void piao_bench_report (const char *figure,
                        double value,
                        const char *unit,
                        double reference,
                        double limit,
                        double ratio_limit);

/* The same for what is better when it is larger: ok when value / reference is at least
 * @ratio_limit. */
void piao_bench_report_at_least (
    const char *figure, double value, const char *unit, double reference, double ratio_limit);

/* Ends the program with the sentence of @error (taken), if there is one. */
void piao_bench_check (GError *error);

G_END_DECLS
