/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * A small world for tests: prefecture 昌吉 (lane 652300) with a warehouse, a keeper and a picker,
 * two ticket types with five packs each on shelves, an outlet; and 伊犁 (lane 654000) with a user
 * and one pack of its own. The database is the one PIAOKU_TEST_DATABASE names, emptied, or SQLite
 * in memory.
 */
enum
{
  FIXTURE_LANE = 652300,
  FIXTURE_OTHER_LANE = 654000,
  FIXTURE_KEEPER = 101,
  FIXTURE_PICKER = 102,
  FIXTURE_STRANGER = 103,
  FIXTURE_CHECKER = 104,
  FIXTURE_LEADER = 105, /* sees every prefecture */
  FIXTURE_WAREHOUSE = 20,
  FIXTURE_OUTLET = 40,
  FIXTURE_TYPE_A = 50, /* game 0123, 10 yuan × 50 = 500 yuan, packs J0001-00005-0000001 … 5 */
  FIXTURE_TYPE_B = 51, /* game 0145, 20 yuan × 30 = 600 yuan, packs J0002-00007-0000001 … 5 */
  FIXTURE_DEVICE = 7,
};

typedef struct
{
  PiaoRegistry *registry;
  PiaoDb *db;
  gint64 now;     /* ms; what commands see, advanced by a second with each */
  gint64 command; /* the last command's id */
  /* ms, 0: commands run on a desktop; else at a centre whose database was restored then. */
  gint64 epoch_at;
  gboolean again; /* that centre may have carried out the next commands before */
} PiaoFixture;

PiaoFixture *piao_fixture_new (void);
void piao_fixture_free (PiaoFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoFixture, piao_fixture_free)

/* Runs @name with @args (taken) as @actor in a transaction of its own; rolls back on failure. */
gboolean piao_fixture_run (
    PiaoFixture *self, gint64 actor, const char *name, JsonObject *args, GError **error);

/* The same, and the test fails when the command does. */
void piao_fixture_must (PiaoFixture *self, gint64 actor, const char *name, JsonObject *args);

/* The same, and the test fails unless the command is refused with @reason. */
void piao_fixture_must_not (
    PiaoFixture *self, gint64 actor, const char *name, JsonObject *args, const char *reason);

/* One integer of a row by kind, column name and id. */
gint64 piao_fixture_int (PiaoFixture *self, const PiaoKind *kind, gint64 id, const char *column);
char *piao_fixture_text (PiaoFixture *self, const PiaoKind *kind, gint64 id, const char *column);

/* What order.submit is given for a telephone order of @a packs of type A and @b of type B (0 leaves
 * the line out). Transfer full. */
JsonObject *piao_fixture_order_args (int a, int b);

/* A telephone order of @a packs of type A and @b of type B (0 leaves the line out), locked at ILMS
 * and ready to pick; its id. */
gint64 piao_fixture_order (PiaoFixture *self, int a, int b);

/* Decides the newest undecided gateway request of @order. */
void piao_fixture_answer (
    PiaoFixture *self, gint64 order, gboolean ok, const char *code, const char *result);

/* The same with a yes that the rules must not take, for @reason. */
void
piao_fixture_answer_not (PiaoFixture *self, gint64 order, const char *result, const char *reason);

G_END_DECLS
