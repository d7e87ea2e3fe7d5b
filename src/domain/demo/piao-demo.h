/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * Demo data: a made-up region at any size for practice, tests and benches. The same options give
 * the same rows. No name, telephone number or address in it is a real person's.
 *
 * The database must hold the reference data (prefectures, warehouses, roles, schemes) and nothing
 * else. What is written keeps every rule that the commands keep: stock is the sum of movements, a
 * pack is in one place, a label or a road has a confirmation, a timeline follows the edges of the
 * order machine.
 */

/* Where the counter day is laid out: 昌吉. */
#define PIAO_DEMO_LANE 652300

/* What every practice user signs in with. */
#define PIAO_DEMO_PASSWORD "piaoku-practice-1"

typedef struct
{
  guint orders; /* of the past, beside the counter day */
  guint packs;  /* 0: ten an order */
  guint32 seed;
  gint64 now; /* ms; the end of the history */

  /* Orders that wait are submitted with their lock request prepared, so that a server with a
   * gateway locks them itself; otherwise they carry a made-up lock number. */
  gboolean live;

  /* Orders older than so many days keep their lines and packs, but no timeline and movements;
   * 0 keeps all. */
  guint detail_days;

  gint64 first_seq; /* number of the first change written; 0 counts from 1 */

  /* Says how far it is, from the calling thread; may be NULL. */
  void (*progress) (guint percent, gpointer data);
  gpointer progress_data;
} PiaoDemoOptions;

typedef struct
{
  gint64 rows;
  gint64 orders;
  gint64 packs;
  gint64 outlets;
  gint64 last_seq;
} PiaoDemoSummary;

/* Fills @db in large transactions of its own. On failure the database is left half filled: throw it
 * away. @summary is optional. */
gboolean piao_demo_write (PiaoDb *db,
                          const PiaoDemoOptions *options,
                          PiaoDemoSummary *summary,
                          GError **error);

/* Someone who signs in to practise. */
typedef struct
{
  const char *name;
  const char *real_name;
  const char *role; /* code */
  const char *post;
  gint64 lane; /* of the grant; -1: all */
} PiaoDemoUser;

const PiaoDemoUser *piao_demo_get_users (guint *n_users);

/* The books of the stand-in gateway that go with @db: what its POST /control/seed and --seed-file
 * take. Transfer full. */
JsonObject *piao_demo_make_gateway_seed (PiaoDb *db, GError **error);

G_END_DECLS
