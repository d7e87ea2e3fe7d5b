/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* GET /v1/metrics: what operators watch, in the exposition format of Prometheus. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "server/piao-call.h"
#include "server/piao-live.h"

/* Without looking at one byte longer than at another. */
static gboolean
is_same (const char *one, const char *other)
{
  gsize length = strlen (one);
  guint8 differs = length != strlen (other);

  for (gsize i = 0; i < length && !differs; i++)
    differs |= (guint8)one[i] ^ (guint8)other[i];
  return !differs;
}

/* For whoever is on this machine, not through its proxy, or holds the token. */
static gboolean
may_look (PiaoCall *call, GError **error)
{
  GSocketAddress *address = soup_server_message_get_remote_address (call->message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (call->message);
  const char *token = piao_server_get_metrics_token (call->server);
  gboolean near = G_IS_INET_SOCKET_ADDRESS (address)
                  && g_inet_address_get_is_loopback (
                      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)))
                  && soup_message_headers_get_one (headers, "X-Forwarded-For") == NULL;

  return (token != NULL ? is_same (token, call->token) : near)
         || piao_error_set (error, PIAO_ERROR_FORBIDDEN, "metrics.guarded",
                            _ ("Only the operators of the centre may see this."));
}

static gboolean
read_head (PiaoDb *db, gpointer data, GError **error)
{
  return piao_ledger_read_head (db, data, NULL, error);
}

static void
write_commands (GString *text, PiaoServer *server)
{
  PiaoExecutorCounts counts;
  PiaoPagesCounts pages;

  piao_executor_get_counts (piao_server_get_executor (server), &counts);
  g_string_append_printf (text,
                          "# HELP piaoku_commands_total Commands by what became of them.\n"
                          "# TYPE piaoku_commands_total counter\n"
                          "piaoku_commands_total{verdict=\"accepted\"} %" G_GUINT64_FORMAT "\n"
                          "piaoku_commands_total{verdict=\"refused\"} %" G_GUINT64_FORMAT "\n"
                          "piaoku_commands_total{verdict=\"repeated\"} %" G_GUINT64_FORMAT "\n"
                          "piaoku_commands_total{verdict=\"rejected\"} %" G_GUINT64_FORMAT "\n",
                          counts.accepted, counts.refused, counts.repeated, counts.rejected);
  piao_metrics_write_number (text, "piaoku_batches_total", "counter",
                             "Transactions of the writer that were committed.", counts.batches);
  piao_metrics_write_number (text, "piaoku_batches_failed_total", "counter",
                             "Transactions of the writer that were given up.", counts.failed);
  piao_metrics_write_number (text, "piaoku_writer_queue", "gauge", "Jobs that wait for the writer.",
                             counts.waiting);
  piao_pages_get_counts (piao_server_get_pages (server), &pages);
  piao_metrics_write_number (text, "piaoku_pages_made_total", "counter",
                             "Pages of changed rows that were read and coded.", pages.made);
  piao_metrics_write_number (text, "piaoku_pages_shared_total", "counter",
                             "Pages of changed rows that somebody else had had before.",
                             pages.shared);
  piao_metrics_write_number (text, "piaoku_pages_bytes", "gauge", "Bytes of pages that are kept.",
                             pages.bytes);
  piao_metrics_write_number (text, "piaoku_reader_queue", "gauge", "Jobs that wait for a reader.",
                             piao_readers_get_waiting (piao_server_get_readers (server)));
}

static void
write_connections (GString *text, PiaoServer *server)
{
  PiaoDoorCounts door;

  piao_door_get_counts (piao_server_get_door (server), &door);
  piao_metrics_write_number (text, "piaoku_connections", "gauge", "Open connections.", door.open);
  piao_metrics_write_number (text, "piaoku_connections_total", "counter",
                             "Connections that were made.", door.accepted);
  piao_metrics_write_number (text, "piaoku_connections_turned_away_total", "counter",
                             "Connections refused because there were too many.", door.turned_away);
  piao_metrics_write_number (text, "piaoku_connections_shown_out_total", "counter",
                             "Connections ended because they were slow or their head too long.",
                             door.shown_out);
  piao_metrics_write_number (text, "piaoku_live_sockets", "gauge", "Desktops that listen for news.",
                             piao_live_count (piao_server_get_live (server)));
}

static void
write_gateway (GString *text, PiaoServer *server)
{
  static const char *const states[] = { "unknown", "online", "degraded", "offline" };
  const char *now = piao_server_get_ilms (server, NULL);

  g_string_append (text, "# HELP piaoku_gateway_state The line to ILMS; one of them is 1.\n"
                         "# TYPE piaoku_gateway_state gauge\n");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    g_string_append_printf (text, "piaoku_gateway_state{state=\"%s\"} %d\n", states[i],
                            g_str_equal (states[i], now) ? 1 : 0);
}

GBytes *
piao_route_metrics (PiaoCall *call, GError **error)
{
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) inner = NULL;
  gint64 seq = 0;
  gboolean up;

  if (!may_look (call, error))
    return NULL;
  /* A database that is away is a number too, not a reason to say nothing. */
  up = dex_await (piao_readers_run (piao_server_get_readers (call->server), read_head, &seq),
                  &inner);
  text = g_string_new (NULL);
  piao_metrics_write_number (text, "piaoku_database_up", "gauge", "Whether the database answers.",
                             up ? 1 : 0);
  if (up)
    piao_metrics_write_number (text, "piaoku_seq", "counter",
                               "Number of the last accepted command.", (guint64)seq);
  write_commands (text, call->server);
  piao_metrics_write (piao_server_get_metrics (call->server), text);
  write_connections (text, call->server);
  write_gateway (text, call->server);
  call->type = "text/plain; version=0.0.4";
  return piao_call_take_text (g_string_free (g_steal_pointer (&text), FALSE));
}
