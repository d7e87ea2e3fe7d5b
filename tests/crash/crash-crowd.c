/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "store/piao-change-index.h"
#include "tests/crash/crash-crowd.h"

#define FIRST_OUTLET 100000
#define N_OUTLETS 600
#define FIRST_PACK 200000
#define N_PACKS 6200

static void
fail_on (const GError *error)
{
  if (error != NULL)
    g_error ("%s (%s)", error->message, piao_error_get_reason (error));
}

/* As @model, but for its id and the one column that is unique. */
static void
put_like (
    PiaoDb *db, const PiaoRecord *model, gint64 id, guint column, const char *prefix, guint width)
{
  g_autoptr (PiaoRecord) record = piao_record_copy (model);
  g_autofree char *text = g_strdup_printf ("%s%0*" G_GINT64_FORMAT, prefix, (int)width, id);
  g_autoptr (GError) error = NULL;

  record->id = id;
  record->rev = 0;
  piao_record_set_text (record, column, text);
  piao_record_store (db, record, &error);
  fail_on (error);
}

static PiaoRecord *
load (PiaoDb *db, const PiaoKind *kind, gint64 id)
{
  g_autoptr (GError) error = NULL;
  PiaoRecord *record = piao_record_load (db, kind, id, &error);

  fail_on (error);
  return record;
}

void
crash_crowd_put (PiaoCentre *centre)
{
  PiaoDb *db = centre->fixture->db;
  g_autoptr (PiaoRecord) outlet = load (db, &piao_outlet_kind, FIXTURE_OUTLET);
  g_autoptr (PiaoRecord) pack = load (db, &piao_pack_kind, FIXTURE_TYPE_A * 100 + 1);
  g_autoptr (GError) error = NULL;
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (centre->fixture->registry, &n);

  piao_db_begin (db, &error);
  fail_on (error);
  for (guint i = 0; i < N_OUTLETS; i++)
    put_like (db, outlet, FIRST_OUTLET + i, PIAO_OUTLET_OUTLET_NO, "6523", 6);
  piao_record_set_text (pack, PIAO_PACK_STATE, "activated");
  piao_record_set_text (pack, PIAO_PACK_SHELF, NULL);
  for (guint i = 0; i < N_PACKS; i++)
    put_like (db, pack, FIRST_PACK + i, PIAO_PACK_CODE, "J0001-00005-", 7);
  piao_change_index_adopt (db, kinds, n, &error);
  fail_on (error);
  piao_db_commit (db, &error);
  fail_on (error);
}
