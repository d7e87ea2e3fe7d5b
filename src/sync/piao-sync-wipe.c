/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "store/piao-replica.h"
#include "store/piao-scrub.h"
#include "sync/piao-sync-core.h"

#define REVOKED "device.revoked"

PIAO_STATEMENT (wipe_park,
                "UPDATE outbox SET state = 'parked', code = $1, message = $2"
                " WHERE decided = 0 AND state IN ('queued', 'refused')");
/* The centre has them; what they say about people does not stay here. */
PIAO_STATEMENT (wipe_forget_done, "DELETE FROM outbox WHERE state IN ('accepted', 'discarded')");
PIAO_STATEMENT (wipe_forget_all, "DELETE FROM outbox");
PIAO_STATEMENT (wipe_spool, "DELETE FROM spool");

gboolean
piao_sync_wipe (PiaoRegistry *registry, PiaoDb *db, GError **error)
{
  static const char *const secrets[]
      = { "device.key", "sign-in.name", "sign-in.verifier", "sign-in.user", "sign-in.at" };

  if (!piao_scrub_begin (db, error)
      || !piao_db_exec (db, &wipe_park, error, "ss", REVOKED,
                        _ ("This computer was struck off before it could send this. Export it and "
                           "take it to the centre."))
      || !piao_sync_reset (registry, db, error) || !piao_db_exec (db, &wipe_forget_done, error, "")
      || !piao_db_exec (db, &wipe_spool, error, ""))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (!piao_setting_set (db, secrets[i], NULL, error))
      return FALSE;
  return piao_setting_set (db, "sync.epoch", NULL, error)
         && piao_setting_set (db, PIAO_SYNC_AGAIN, NULL, error)
         && piao_setting_set (db, REVOKED, "1", error) && piao_scrub_finish (db, error);
}

gboolean
piao_sync_begin_anew (PiaoDb *db, GError **error)
{
  PiaoOutboxCounts counts;

  if (piao_setting_get_int (db, REVOKED, 0) == 0)
    return TRUE;
  if (!piao_outbox_count (db, &counts, error))
    return FALSE;
  if (counts.parked > 0)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "sign-in.outbox",
                           _ ("This computer was struck off, and what it had not sent (%d) is "
                              "still here. Export it and put it away; then it can sign "
                              "in as a new computer."),
                           (int)counts.parked);
  return piao_db_exec (db, &wipe_forget_all, error, "")
         && piao_setting_set (db, "device", NULL, error)
         && piao_setting_set (db, REVOKED, NULL, error);
}
