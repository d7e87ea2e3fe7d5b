/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-mutant.h"
#include "ilms/piao-gateway-row.h"

/* What the columns and commands hold (src/domain/gateway). */
#define MAX_CODE 60
#define MAX_MESSAGE 300
#define MAX_RESULT 4000

/* The members of a result that a rule of the domain reads. */
static const char *const read_members[]
    = { "lockNo", "preDebit", "confirmNo", "debited", "balance", "released" };

gboolean
piao_gateway_row_read (const PiaoRecord *row, PiaoGatewayAttempt *attempt)
{
  *attempt = (PiaoGatewayAttempt){
    .tries = (guint)piao_record_int (row, PIAO_GATEWAY_REQUEST_TRIES),
    .delays = (guint)piao_record_int (row, PIAO_GATEWAY_REQUEST_DELAYS),
    .next_at = piao_record_int (row, PIAO_GATEWAY_REQUEST_NEXT_AT),
    .first_sent_at = piao_record_int (row, PIAO_GATEWAY_REQUEST_FIRST_SENT_AT),
    .last_sent_at = piao_record_int (row, PIAO_GATEWAY_REQUEST_LAST_SENT_AT),
    .unknown_at = piao_record_int (row, PIAO_GATEWAY_REQUEST_UNKNOWN_AT),
    .doubt_at = piao_record_int (row, PIAO_GATEWAY_REQUEST_DOUBT_AT),
    .asked_at = piao_record_int (row, PIAO_GATEWAY_REQUEST_ASKED_AT),
    .with_person = piao_record_int (row, PIAO_GATEWAY_REQUEST_ATTENTION) != 0,
  };
  return piao_gateway_state_from_text (piao_record_text (row, PIAO_GATEWAY_REQUEST_STATE),
                                       &attempt->state);
}

gboolean
piao_gateway_row_may_be_forgotten (const PiaoRecord *row,
                                   const PiaoGatewayAttempt *attempt,
                                   gint64 before)
{
  if (PIAO_MUTANT (restored_blindly))
    return FALSE;
  if (attempt->state == PIAO_GATEWAY_UNCERTAIN)
    return attempt->unknown_at == 0;
  return attempt->state == PIAO_GATEWAY_PREPARED && attempt->tries == 0 && attempt->doubt_at == 0
         && piao_record_int (row, PIAO_GATEWAY_REQUEST_CREATED_AT) < before;
}

/* One line of at most @max_chars characters; NULL for nothing. Transfer full. */
static char *
clean (const char *text, glong max_chars)
{
  g_autofree char *valid = NULL;
  char *cut;

  if (text == NULL || *text == '\0')
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  cut = g_utf8_strlen (valid, -1) > max_chars ? g_utf8_substring (valid, 0, max_chars)
                                              : g_steal_pointer (&valid);
  for (char *at = cut; *at != '\0'; at++)
    if ((guchar)*at < ' ' || *at == '\x7f')
      *at = ' ';
  return cut;
}

JsonObject *
piao_gateway_row_progress (const PiaoRecord *row,
                           const PiaoGatewayAttempt *attempt,
                           const char *code,
                           const char *message)
{
  g_autofree char *short_code = clean (code, MAX_CODE);
  g_autofree char *short_message = clean (message, MAX_MESSAGE);

  return piao_json_build ("request", 'd', row->id, "state", 's',
                          piao_gateway_state_to_text (attempt->state), "tries", 'i',
                          (gint64)attempt->tries, "delays", 'i', (gint64)attempt->delays, "next_at",
                          'i', attempt->next_at, "first_sent_at", 'i', attempt->first_sent_at,
                          "last_sent_at", 'i', attempt->last_sent_at, "unknown_at", 'i',
                          attempt->unknown_at, "doubt_at", 'i', attempt->doubt_at, "asked_at", 'i',
                          attempt->asked_at, "attention", 'b', attempt->with_person, "code", 's',
                          short_code, "message", 's', short_message, NULL);
}

static char *
result_to_text (JsonObject *result)
{
  g_autofree char *whole = result != NULL ? piao_json_object_to_text (result) : g_strdup ("{}");
  g_autoptr (JsonObject) needed = NULL;

  if (strlen (whole) <= MAX_RESULT)
    return g_steal_pointer (&whole);
  needed = json_object_new ();
  for (guint i = 0; i < G_N_ELEMENTS (read_members); i++)
    {
      g_autofree char *text = clean (piao_json_get_text (result, read_members[i], NULL), MAX_CODE);

      if (text != NULL)
        json_object_set_string_member (needed, read_members[i], text);
    }
  return piao_json_object_to_text (needed);
}

JsonObject *
piao_gateway_row_decision (
    const PiaoRecord *row, gboolean ok, const char *code, const char *message, JsonObject *result)
{
  g_autofree char *short_code = clean (code, MAX_CODE);
  g_autofree char *short_message = clean (message, MAX_MESSAGE);
  g_autofree char *text = result_to_text (result);

  return piao_json_build ("request", 'd', row->id, "ok", 'b', ok, "code", 's', short_code,
                          "message", 's', short_message, "result", 's', text, NULL);
}
