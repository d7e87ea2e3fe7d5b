/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "base/piao-text.h"
#include "store/piao-schema.h"
#include "sync/piao-proof.h"
#include "sync/piao-pull.h"
#include "sync/piao-serve.h"
#include "sync/piao-sync-core.h"

#define MAX_NAME 60

PIAO_STATEMENT (serve_dseq, "SELECT dseq FROM device WHERE number = $1");

gint64
piao_serve_get_skew (JsonObject *request, gint64 now)
{
  gint64 theirs = piao_json_get_int (request, "now", 0);

  /* Beyond the years of ids it is no clock. */
  return theirs > 0 && theirs < G_GINT64_CONSTANT (4000000000000) ? theirs - now : 0;
}

int
piao_serve_get_schema (JsonObject *request, GError **error)
{
  int newest = piao_schema_get_newest ();
  gint64 schema = piao_json_get_int (request, "schema", newest);

  if (schema > newest - PIAO_SERVE_SCHEMAS && schema <= newest)
    return (int)schema;
  if (schema > newest)
    piao_error_set (error, PIAO_ERROR_REFUSED, "sync.schema-new",
                    _ ("Piaoku on this computer is newer than the centre. Nothing is lost: the "
                       "centre has to be updated, then work is sent."));
  else
    piao_error_set (error, PIAO_ERROR_REFUSED, "sync.schema-old",
                    _ ("Piaoku on this computer is too old for the centre. Update it; what waits "
                       "here is kept and sent afterwards."));
  return 0;
}

static PiaoPushed *
read_command (JsonObject *object, guint device, gint64 skew, gint64 now)
{
  const char *name = piao_json_get_text (object, "name", NULL);
  JsonObject *args = piao_json_get_object (object, "args");
  gint64 id = piao_json_get_id (object, "id");
  gint64 dseq = piao_json_get_int (object, "dseq", 0);
  gint64 at = piao_json_get_int (object, "at", -1);
  gint64 actor = piao_json_get_id (object, "actor");
  PiaoPushed *pushed;

  if (name == NULL || !piao_text_check (name, MAX_NAME, FALSE, "name", NULL) || args == NULL
      || id <= 0 || dseq <= 0 || at < 0 || at > G_MAXINT64 / 2 || actor <= 0)
    return NULL;
  pushed = piao_pushed_new (name, json_object_ref (args));
  pushed->id = id;
  pushed->device = device;
  pushed->dseq = dseq;
  pushed->at = at;
  pushed->ruled_at = MIN (ABS (skew) > PIAO_SERVE_SKEW_LIMIT ? at - skew : at, now);
  pushed->actor = actor;
  pushed->withdrawn = piao_json_get_bool (object, "withdrawn", FALSE);
  pushed->again = piao_json_get_bool (object, "again", FALSE);
  if (PIAO_MUTANT (skew_ignored))
    pushed->ruled_at = at;
  return pushed;
}

GPtrArray *
piao_serve_read_commands (JsonObject *request, guint device, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) commands
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_pushed_free);
  JsonArray *array = piao_json_get_array (request, "commands");
  guint n = array != NULL ? json_array_get_length (array) : 0;
  gint64 skew = piao_serve_get_skew (request, now);

  if (n > PIAO_SYNC_MAX_COMMANDS)
    {
      piao_error_set (error, PIAO_ERROR_LIMIT, "sync.commands",
                      _ ("At most %d commands may be sent at a time."), PIAO_SYNC_MAX_COMMANDS);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = piao_json_array_get_object (array, i);
      PiaoPushed *pushed = object != NULL ? read_command (object, device, skew, now) : NULL;

      if (pushed == NULL)
        {
          piao_error_set (error, PIAO_ERROR_INVALID, "sync.command",
                          _ ("Command %u of the request has no id, name, args, time or user."), i);
          return NULL;
        }
      g_ptr_array_add (commands, pushed);
    }
  return g_steal_pointer (&commands);
}

gboolean
piao_serve_check (PiaoDb *db,
                  JsonObject *request,
                  guint device,
                  PiaoReply *reply,
                  gboolean *restart,
                  GError **error)
{
  const char *theirs = piao_json_get_text (request, "epoch", "");
  g_autofree char *epoch = NULL;
  gint64 dseq = 0;

  if (!piao_ledger_read_head (db, NULL, &epoch, error))
    return FALSE;
  *restart = *theirs != '\0' && !g_str_equal (theirs, epoch) && !PIAO_MUTANT (epoch_ignored);
  if (!*restart)
    return TRUE;
  if (!piao_db_query_int (db, &serve_dseq, 0, &dseq, error, "i", (gint64)device))
    return FALSE;
  g_set_str (&reply->epoch, epoch);
  reply->restart = TRUE;
  reply->expected = dseq + 1;
  return TRUE;
}

gboolean
piao_serve_answer (PiaoRegistry *registry,
                   PiaoDb *db,
                   JsonObject *request,
                   gint64 user,
                   GPtrArray *verdicts,
                   gint64 now,
                   const PiaoServeTerms *terms,
                   PiaoReply *reply,
                   GError **error)
{
  gint64 head = 0;
  gboolean decided = verdicts != NULL && verdicts->len > 0;
  const char *want = piao_json_get_text (request, "want", "");
  JsonArray *cursors = piao_json_get_array (request, "cursors");
  gboolean stands = cursors != NULL && json_array_get_length (cursors) > 0;
  gint64 max_bytes = piao_json_get_int (request, "max_bytes", PIAO_PULL_MAX_BYTES);
  gint64 least = piao_json_get_int (request, "least", 0);
  PiaoPullRequest pull
      = { .cursors = cursors,
          .working = g_str_equal (want, "working"),
          .next = piao_json_get_text (request, "next", NULL),
          .max_bytes = (gsize)CLAMP (max_bytes, PIAO_PULL_MIN_BYTES, PIAO_PULL_MAX_BYTES),
          .nothing = decided && stands && g_str_equal (want, "verdicts") };

  /* What is fetched again is of another kind, and so is what repairs it. */
  if (terms != NULL && piao_json_get_object (request, "repair") == NULL)
    {
      pull.pages = terms->pages;
      pull.schema = terms->schema;
      pull.told = decided || terms->told < least ? 0 : terms->told;
      pull.later = decided && terms->busy;
    }
  for (guint i = 0; decided && i < verdicts->len; i++)
    {
      PiaoVerdict *verdict = g_ptr_array_index (verdicts, i);

      g_ptr_array_add (reply->verdicts, piao_verdict_copy (verdict));
      if (reply->expected == 0)
        reply->expected = verdict->expected;
    }
  reply->now = now;
  if (!piao_pull (registry, db, user, &pull, reply, &head, error))
    return FALSE;
  /* An answer of another moment says nothing about the digests of this one. */
  return reply->head != head
         || piao_proof_answer (registry, db, request, pull.max_bytes, reply, error);
}

gboolean
piao_serve_rest (
    PiaoRegistry *registry, PiaoDb *db, gint64 user, PiaoReply *reply, char **proof, GError **error)
{
  if (!piao_pull_nothing (registry, db, user, reply, error))
    return FALSE;
  *proof = piao_proof_assume (db, reply, error);
  return *proof != NULL;
}
