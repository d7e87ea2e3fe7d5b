/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-json.h"
#include "base/piao-money.h"
#include "sandbox/piao-sandbox-call.h"

#define MAX_TEXT 64
#define MAX_PACKS 5000

static const struct
{
  const char *operation;
  PiaoSandboxOperation run;
  gboolean changes; /* needs a request number */
} operations[] = {
  { "gw.ping", piao_sandbox_gw_ping, FALSE },
  { "outlet.sync", piao_sandbox_outlet_sync, FALSE },
  { "outlet.balance", piao_sandbox_outlet_balance, FALSE },
  { "game.list", piao_sandbox_game_list, FALSE },
  { "stock.query", piao_sandbox_stock_query, FALSE },
  { "order.lock", piao_sandbox_order_lock, TRUE },
  { "order.amend", piao_sandbox_order_amend, TRUE },
  { "order.release", piao_sandbox_order_release, TRUE },
  { "order.confirm", piao_sandbox_order_confirm, TRUE },
  { "order.query", piao_sandbox_order_query, FALSE },
  { "pack.query", piao_sandbox_pack_query, FALSE },
  { "pack.transfer", piao_sandbox_pack_transfer, TRUE },
  { "pack.return", piao_sandbox_pack_return, TRUE },
  { "activation.query", piao_sandbox_activation_query, FALSE },
  { "sales.daily", piao_sandbox_sales_daily, FALSE },
  { "day.file", piao_sandbox_day_file, FALSE },
};

gboolean
piao_sandbox_refuse (PiaoSandboxCall *call, const char *code, const char *format, ...)
{
  va_list args;

  if (call->code != NULL)
    return FALSE;
  va_start (args, format);
  call->code = code;
  call->sentence = g_strdup_vprintf (format, args);
  va_end (args);
  return FALSE;
}

const char *
piao_sandbox_param (PiaoSandboxCall *call, const char *name)
{
  const char *text = g_hash_table_lookup (call->params, name);

  return text != NULL ? text : "";
}

const char *
piao_sandbox_need_text (PiaoSandboxCall *call, const char *name)
{
  const char *text = piao_sandbox_param (call, name);

  if (*text != '\0' && strlen (text) <= MAX_TEXT)
    return text;
  piao_sandbox_refuse (call, "PARAMS", _ ("The parameter “%s” is missing or too long."), name);
  return NULL;
}

gboolean
piao_sandbox_need_amount (PiaoSandboxCall *call, const char *name, gint64 *fen)
{
  if (piao_money_parse (piao_sandbox_param (call, name), fen, NULL) && *fen > 0)
    return TRUE;
  return piao_sandbox_refuse (call, "PARAMS", _ ("The parameter “%s” is not an amount."), name);
}

JsonArray *
piao_sandbox_need_array (PiaoSandboxCall *call, const char *name)
{
  g_autofree char *text = g_strdup_printf ("{\"list\":%s}", piao_sandbox_param (call, name));
  g_autoptr (JsonObject) object
      = piao_json_parse_object (text, -1, PIAO_JSON_MAX_BYTES, name, NULL);
  JsonArray *array = piao_json_get_array (object, "list");

  if (array != NULL && json_array_get_length (array) > 0)
    return json_array_ref (array);
  piao_sandbox_refuse (call, "PARAMS", _ ("The parameter “%s” is not a list with entries."), name);
  return NULL;
}

GArray *
piao_sandbox_need_packs (PiaoSandboxCall *call, JsonArray **document)
{
  g_autoptr (JsonArray) array = piao_sandbox_need_array (call, "packs");
  g_autoptr (GArray) packs = g_array_new (FALSE, FALSE, sizeof (PiaoSandboxPack));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint length = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonObject *entry = piao_json_array_get_object (array, i);
      PiaoSandboxPack pack
          = { piao_json_get_text (entry, "gameNo", ""), piao_json_get_text (entry, "batchNo", ""),
              piao_json_get_text (entry, "packNo", "") };
      char *key = g_strdup_printf ("%s %s %s", pack.game_no, pack.batch_no, pack.pack_no);

      if (*pack.game_no == '\0' || *pack.batch_no == '\0' || *pack.pack_no == '\0'
          || strlen (key) > MAX_TEXT || length > MAX_PACKS)
        piao_sandbox_refuse (call, "PARAMS", _ ("Pack %u of the list is incomplete."), i + 1);
      if (!g_hash_table_add (seen, key))
        piao_sandbox_refuse (call, "PARAMS", _ ("Pack %u stands in the list twice."), i + 1);
      g_array_append_val (packs, pack);
    }
  if (call->code != NULL)
    return NULL;
  *document = g_steal_pointer (&array);
  return g_steal_pointer (&packs);
}

void
piao_sandbox_answer_amount (PiaoSandboxCall *call, const char *member, gint64 fen)
{
  g_autofree char *text = piao_money_to_decimal (fen);

  json_object_set_string_member (call->result, member, text);
}

gint64
piao_sandbox_balance (PiaoSandboxCall *call, const char *outlet_no)
{
  return piao_sandbox_get_int (call->store, -1, "SELECT instant FROM account WHERE outlet_no = ?1",
                               "s", outlet_no);
}

/* --- once per request number ----------------------------------------------------------------- */

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* What a request says, nonce and time aside: the same number must always say the same. */
static char *
digest_of (GHashTable *params)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) keys = g_hash_table_get_keys_as_ptr_array (params);

  g_ptr_array_sort (keys, compare);
  for (guint i = 0; i < keys->len; i++)
    {
      const char *key = g_ptr_array_index (keys, i);
      const char *value = g_hash_table_lookup (params, key);

      if (g_str_equal (key, "nonce") || g_str_equal (key, "timestamp"))
        continue;
      g_checksum_update (checksum, (const guchar *)key, (gssize)strlen (key) + 1);
      g_checksum_update (checksum, (const guchar *)value, (gssize)strlen (value) + 1);
    }
  return g_strdup (g_checksum_get_string (checksum));
}

/* The answer that this number got before, marked as a duplicate; NULL when it is new. */
static PiaoEnvelopeReply *
answer_again (PiaoSandboxCall *call, const char *digest)
{
  g_autoptr (JsonArray) rows = piao_sandbox_get_rows (
      call->store,
      "SELECT digest, state, code, sentence, result AS \"result{}\" FROM request"
      " WHERE request_no = ?1 ORDER BY seq LIMIT 1",
      "s", call->request_no);
  JsonObject *row = piao_json_array_get_object (rows, 0);
  JsonObject *result = piao_json_get_object (row, "result");

  if (row == NULL)
    return NULL;
  if (!g_str_equal (piao_json_get_text (row, "digest", ""), digest))
    return piao_envelope_reply_new (
        "REQUEST_REUSED", _ ("This request number was used for another request."), call->now, NULL);
  if (g_str_equal (piao_json_get_text (row, "state", ""), "refused"))
    return piao_envelope_reply_new (piao_json_get_text (row, "code", ""),
                                    piao_json_get_text (row, "sentence", ""), call->now, NULL);
  json_object_set_boolean_member (result, "duplicate", TRUE);
  return piao_envelope_reply_new ("ok", "", call->now, result);
}

static void
remember (PiaoSandboxCall *call, const char *operation, const char *digest)
{
  g_autofree char *result = piao_json_object_to_text (call->result);

  piao_sandbox_run (call->store,
                    "INSERT INTO request (request_no, operation, digest, at, state, code,"
                    " sentence, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    "sssissss", call->request_no, operation, digest, call->now,
                    call->code != NULL ? "refused" : "done", call->code != NULL ? call->code : "",
                    call->sentence != NULL ? call->sentence : "", result);
}

static void
change (PiaoSandboxCall *call, PiaoSandboxOperation run, const char *operation, const char *digest)
{
  piao_sandbox_run (call->store, "SAVEPOINT operation", "");
  if (!run (call))
    {
      g_clear_pointer (&call->result, json_object_unref);
      call->result = json_object_new ();
      piao_sandbox_run (call->store, "ROLLBACK TO operation", "");
    }
  piao_sandbox_run (call->store, "RELEASE operation", "");
  json_object_set_string_member (call->result, "requestNo", call->request_no);
  remember (call, operation, digest);
}

/* Inside the transaction. */
static PiaoEnvelopeReply *
carry_out (PiaoSandboxCall *call, guint index, gboolean idempotent)
{
  g_autofree char *digest = digest_of (call->params);
  PiaoEnvelopeReply *again;

  if (!operations[index].changes)
    operations[index].run (call);
  else if ((call->request_no = piao_sandbox_need_text (call, "requestNo")) != NULL)
    {
      again = answer_again (call, digest);
      if (again != NULL && (idempotent || g_str_equal (again->code, "REQUEST_REUSED")))
        return again;
      call->repeat = again != NULL;
      piao_envelope_reply_free (again);
      change (call, operations[index].run, operations[index].operation, digest);
    }
  if (call->code != NULL)
    return piao_envelope_reply_new (call->code, call->sentence, call->now, NULL);
  return piao_envelope_reply_new ("ok", "", call->now, call->result);
}

PiaoEnvelopeReply *
piao_sandbox_carry_out (PiaoSandboxStore *store,
                        const char *operation,
                        GHashTable *params,
                        gint64 now,
                        gboolean idempotent,
                        gboolean strict_packs)
{
  PiaoSandboxCall call = { .store = store,
                           .params = params,
                           .now = now,
                           .strict_packs = strict_packs,
                           .request_no = "",
                           .result = json_object_new () };
  PiaoEnvelopeReply *reply = NULL;

  piao_sandbox_run (store, "BEGIN IMMEDIATE", "");
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_str_equal (operations[i].operation, operation))
      reply = carry_out (&call, i, idempotent);
  piao_sandbox_run (store, "COMMIT", "");
  g_assert (reply != NULL);
  json_object_unref (call.result);
  g_free (call.sentence);
  return reply;
}
