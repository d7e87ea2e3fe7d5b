/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "sync/piao-epoch.h"
#include "sync/piao-ledger.h"

PIAO_STATEMENT (epoch_set, "UPDATE head SET epoch = $1, epoch_at = $2 WHERE one = 1");
PIAO_STATEMENT (epoch_received,
                "SELECT command_log.received_at FROM head JOIN command_log"
                " ON command_log.n = head.entries WHERE head.one = 1");
PIAO_STATEMENT (epoch_requests,
                "SELECT id, tries, delays, first_sent_at, last_sent_at, doubt_at, attention, code,"
                " message FROM gateway_request WHERE state IN ('prepared', 'sent', 'unknown')"
                " AND executor = 'server' AND deleted = 0 ORDER BY next_at, id");
PIAO_STATEMENT (epoch_warehouses, "SELECT id FROM warehouse WHERE deleted = 0 ORDER BY id");
PIAO_STATEMENT (epoch_last_device, "SELECT MAX(number) FROM device");
PIAO_STATEMENT (epoch_keep_devices,
                "INSERT INTO device (number, key_hash, user_id, name, dseq, last_seen, skew,"
                " revoked) VALUES ($1, $2, 0, $2, 0, 0, 0, 1)");

/* What gateway.progress says of a request that may have been sent: unknown as of now. */
static JsonObject *
make_doubt (PiaoCursor *cursor, gint64 now)
{
  gint64 doubt_at = piao_cursor_int (cursor, 5);

  return piao_json_build ("request", 'd', piao_cursor_int (cursor, 0), "state", 's', "unknown",
                          "tries", 'i', piao_cursor_int (cursor, 1), "delays", 'i',
                          piao_cursor_int (cursor, 2), "next_at", 'i', now, "first_sent_at", 'i',
                          piao_cursor_int (cursor, 3), "last_sent_at", 'i',
                          piao_cursor_int (cursor, 4), "unknown_at", 'i', now, "doubt_at", 'i',
                          doubt_at != 0 ? doubt_at : now, "asked_at", 'i', (gint64)0, "attention",
                          'b', piao_cursor_int (cursor, 6) != 0, "code", 's',
                          piao_cursor_text (cursor, 7), "message", 's',
                          piao_cursor_text (cursor, 8), NULL);
}

static GPtrArray *
list_doubts (PiaoDb *db, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) doubts = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &epoch_requests, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    g_ptr_array_add (doubts, make_doubt (cursor, now));
  if (inner == NULL)
    return g_steal_pointer (&doubts);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* Of every warehouse, also one that had dealt none yet: to keep the numbers that may have been
 * dealt since the backup. */
static GPtrArray *
list_kept (PiaoDb *db, GError **error)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &epoch_warehouses, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    g_ptr_array_add (kept,
                     piao_json_build ("warehouse", 'd', piao_cursor_int (cursor, 0), "device", 'i',
                                      (gint64)0, "count", 'i', (gint64)PIAO_EPOCH_NUMBER_GAP,
                                      "kept", 'b', TRUE, NULL));
  if (inner == NULL)
    return g_steal_pointer (&kept);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* Carries out the command @name of the system. */
static gboolean
execute (PiaoLedger *ledger,
         PiaoRegistry *registry,
         PiaoDb *db,
         PiaoIdSource *ids,
         const char *name,
         JsonObject *args,
         gint64 now,
         GError **error)
{
  g_autoptr (PiaoPushed) pushed = piao_pushed_new (name, json_object_ref (args));
  g_autoptr (PiaoVerdict) verdict = NULL;

  pushed->id = piao_id_source_take (ids, PIAO_ID_PER_COMMAND);
  pushed->at = pushed->ruled_at = now;
  verdict = piao_ledger_execute (ledger, registry, db, pushed, now, error);
  if (verdict == NULL)
    return FALSE;
  return verdict->state == PIAO_VERDICT_ACCEPTED
         || piao_error_set (error, PIAO_ERROR_REFUSED, verdict->code, "%s", verdict->message);
}

/* Doubts every open request, and keeps numbers of orders. */
static gboolean
carry_out (PiaoLedger *ledger,
           PiaoRegistry *registry,
           PiaoDb *db,
           PiaoClock *clock,
           guint *requests,
           GError **error)
{
  gint64 now = piao_clock_now (clock), last = 0;
  g_autoptr (GPtrArray) doubts = list_doubts (db, now, error);
  g_autoptr (GPtrArray) kept = doubts != NULL ? list_kept (db, error) : NULL;
  PiaoIdSource ids;
  gboolean ok = TRUE;

  if (kept == NULL || !piao_ledger_read_last_id (db, &last, error))
    return FALSE;
  piao_id_source_init (&ids, clock, 0, last);
  for (guint i = 0; ok && i < doubts->len; i++)
    ok = execute (ledger, registry, db, &ids, "gateway.progress", doubts->pdata[i], now, error);
  for (guint i = 0; ok && i < kept->len; i++)
    ok = execute (ledger, registry, db, &ids, "number.reserve", kept->pdata[i], now, error);
  piao_id_source_clear (&ids);
  if (requests != NULL)
    *requests = doubts->len;
  return ok;
}

/* Numbers are given out above the highest one, so a number above a gap keeps the gap free. */
static gboolean
keep_devices (PiaoDb *db, const char *epoch, GError **error)
{
  g_autofree char *name = g_strdup_printf ("epoch:%s", epoch);
  gint64 last = 0;

  if (!piao_db_query_int (db, &epoch_last_device, 0, &last, error, ""))
    return FALSE;
  if (last + PIAO_EPOCH_DEVICE_GAP >= PIAO_ID_MAX_DEVICE)
    return TRUE;
  return piao_db_exec (db, &epoch_keep_devices, error, "is", last + PIAO_EPOCH_DEVICE_GAP + 1,
                       name);
}

/* Every order that is here is older than the epoch, also when the clock that says so is slow: none
 * has a later time than the one at which its command was received. */
static gboolean
choose_time (PiaoDb *db, PiaoClock *clock, gint64 *at, GError **error)
{
  gint64 received = 0;

  if (!piao_db_query_int (db, &epoch_received, 0, &received, error, ""))
    return FALSE;
  *at = MAX (piao_clock_now (clock), received + 1);
  return TRUE;
}

gboolean
piao_epoch_begin (PiaoDb *db,
                  PiaoRegistry *registry,
                  PiaoClock *clock,
                  const char *epoch,
                  guint *requests,
                  GError **error)
{
  g_autoptr (PiaoLedger) ledger = piao_ledger_begin (db, error);
  gint64 at = 0;

  return ledger != NULL && choose_time (db, clock, &at, error)
         && carry_out (ledger, registry, db, clock, requests, error)
         && keep_devices (db, epoch, error) && piao_db_exec (db, &epoch_set, error, "si", epoch, at)
         && piao_ledger_end (ledger, db, error);
}
