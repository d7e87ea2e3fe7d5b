/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "sync/piao-sync-engine.h"
#include "tests/sync/engine-trace.h"

typedef struct
{
  const char *name;
  PiaoSyncEventType type;
} EventName;

static const EventName event_names[] = {
  { "time", PIAO_SYNC_EVENT_TIME },
  { "start", PIAO_SYNC_EVENT_START },
  { "stop", PIAO_SYNC_EVENT_STOP },
  { "signed-in", PIAO_SYNC_EVENT_SIGNED_IN },
  { "signed-out", PIAO_SYNC_EVENT_SIGNED_OUT },
  { "hold", PIAO_SYNC_EVENT_HOLD },
  { "release", PIAO_SYNC_EVENT_RELEASE },
  { "nudge", PIAO_SYNC_EVENT_NUDGE },
  { "commit", PIAO_SYNC_EVENT_COMMIT },
  { "hint", PIAO_SYNC_EVENT_HINT },
  { "network", PIAO_SYNC_EVENT_NETWORK },
  { "progress", PIAO_SYNC_EVENT_PROGRESS },
  { "done", PIAO_SYNC_EVENT_DONE },
  { "live-opened", PIAO_SYNC_EVENT_LIVE_OPENED },
  { "live-closed", PIAO_SYNC_EVENT_LIVE_CLOSED },
};

static const char *const result_names[]
    = { "ok", "failed", "unauthorized", "revoked", "cancelled" };
static const char *const work_names[] = { "", "read", "call", "apply", "renew", "wipe" };
static const char *const live_names[] = { "", "connect", "close" };
static const char *const state_names[] = { "IDLE", "ONLINE", "DEGRADED", "OFFLINE", "RECOVERING" };

static gboolean
parse_word (PiaoSyncEvent *event, const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (event_names); i++)
    if (g_str_equal (word, event_names[i].name))
      {
        event->type = event_names[i].type;
        return TRUE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (result_names); i++)
    if (g_str_equal (word, result_names[i]))
      {
        event->result = (PiaoSyncResult)i;
        return TRUE;
      }
  if (g_str_equal (word, "token"))
    event->token = TRUE;
  else if (g_str_equal (word, "full"))
    event->full = TRUE;
  else if (g_str_equal (word, "more"))
    event->more = TRUE;
  else if (g_str_equal (word, "waits"))
    event->waits = TRUE;
  else if (g_str_equal (word, "problem"))
    event->problem = TRUE;
  else if (g_str_equal (word, "goes-on"))
    event->goes_on = TRUE;
  else if (g_str_equal (word, "limited"))
    event->limited = TRUE;
  else if (g_str_equal (word, "ahead"))
    event->serial = 1;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_figure (PiaoSyncEvent *event, const char *word)
{
  const char *value = strchr (word, '=');
  g_autofree char *name = value != NULL ? g_strndup (word, (gsize)(value - word)) : NULL;
  gint64 number = value != NULL ? g_ascii_strtoll (value + 1, NULL, 10) : 0;

  if (g_strcmp0 (name, "waiting") == 0)
    event->waiting = (guint)number;
  else if (g_strcmp0 (name, "seq") == 0)
    event->seq = number;
  else if (g_strcmp0 (name, "sent") == 0)
    event->sent = (gsize)number;
  else if (g_strcmp0 (name, "received") == 0)
    event->received = (gsize)number;
  else if (g_strcmp0 (name, "bytes") == 0)
    event->request_bytes = (gsize)number;
  else if (g_strcmp0 (name, "rows") == 0)
    event->rows = (guint)number;
  else if (g_strcmp0 (name, "decided") == 0)
    event->decided = (guint)number;
  else if (g_strcmp0 (name, "reached") == 0)
    event->reached = number;
  else
    return FALSE;
  return TRUE;
}

static void
parse (PiaoSyncEvent *event, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  event->now = g_ascii_strtoll (words[0], NULL, 10);
  for (guint i = 1; words[i] != NULL; i++)
    if (*words[i] != '\0' && !parse_word (event, words[i]) && !parse_figure (event, words[i]))
      g_error ("“%s” in “%s”?", words[i], line);
}

static void
add (GString *text, const char *word)
{
  if (*word == '\0')
    return;
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, word);
}

/* As the right side of a line. */
static char *
describe (const PiaoSyncEngine *engine, const PiaoSyncUpdate *update)
{
  GString *text = g_string_new (NULL);

  if (update->cancel)
    add (text, "cancel");
  add (text, work_names[update->work]);
  if (update->ahead)
    {
      add (text, "ahead");
      g_string_append_printf (text, " %zu", update->max_answer_bytes);
    }
  if (update->fresh)
    add (text, "fresh");
  if (update->work == PIAO_SYNC_WORK_READ)
    g_string_append_printf (text, " %zu/%zu", update->max_answer_bytes, update->max_command_bytes);
  if (update->work == PIAO_SYNC_WORK_READ && !update->verdicts_first
      && update->max_command_bytes > 0)
    add (text, "with-rows");
  add (text, live_names[update->live]);
  if (update->changed)
    add (text, state_names[engine->state]);
  if (text->len > 0)
    g_string_append_c (text, ' ');
  if (update->wake == PIAO_SYNC_NEVER)
    g_string_append (text, "(never)");
  else
    g_string_append_printf (text, "(%" G_GINT64_FORMAT ")", update->wake);
  return g_string_free (text, FALSE);
}

void
engine_trace_run (const char *const *lines)
{
  PiaoSyncEngine engine;

  piao_sync_engine_init (&engine);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *bar = strstr (lines[i], " | ");
      g_autofree char *left = bar != NULL ? g_strndup (lines[i], (gsize)(bar - lines[i])) : NULL;
      g_autofree char *got = NULL;
      PiaoSyncEvent event = { 0 };
      PiaoSyncUpdate update;

      g_assert_nonnull (bar);
      parse (&event, left);
      /* “ahead”: it is the call ahead that is done. */
      event.serial = event.serial != 0 ? engine.ahead_serial : engine.serial;
      piao_sync_engine_step (&engine, &event, &update);
      got = describe (&engine, &update);
      if (!g_str_equal (got, bar + 3))
        g_error ("line %u: “%s”: expected “%s”, got “%s”", i + 1, left, bar + 3, got);
    }
}
