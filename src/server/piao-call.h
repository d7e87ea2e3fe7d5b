/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "base/piao-json.h"
#include "server/piao-live.h"

G_BEGIN_DECLS

#define PIAO_CALL_MAX_BODY (1024 * 1024)

/* One request at work, in a fiber on the main thread. */
typedef struct
{
  PiaoServer *server;         /* owned */
  SoupServerMessage *message; /* owned; main thread */
  const char *tail;           /* of the path, behind the route's prefix; borrowed */
  GBytes *bytes;              /* owned; of a POST, as they arrived */
  JsonObject *body;           /* owned; of a POST */
  char *token;                /* owned; "" without one */
  char *accept;               /* owned; the header, or NULL */
  const char *language;       /* that sentences are to speak (piao_i18n_choose()); NULL: ours */
  gint64 began;               /* µs of the monotonic clock */
  gint64 now;
  PiaoLiveState live; /* of its token, when it began */
  gint64 user;        /* of the session */
  guint device;
  const char *type; /* of the answer; borrowed from the program */
  gpointer state;   /* of the route, made by its read function; freed with the call */
  GDestroyNotify free_state;
} PiaoCall;

/* What a route reads before anything else. It runs on a reader's thread in the read transaction in
 * which the session was found and the body understood, so that a call that writes nothing makes one
 * way to a thread and back. FALSE with @error answers the call. */
typedef gboolean (*PiaoRouteReadFunc) (PiaoDb *db, PiaoCall *call, GError **error);

/* Does the work and returns the answer, JSON unless it sets call->type, or NULL with @error. May
 * await. Transfer full. */
typedef GBytes *(*PiaoRouteFunc) (PiaoCall *call, GError **error);

typedef struct
{
  const char *method;
  const char *path; /* a prefix when it ends with '/' */
  gboolean open;    /* no session needed */
  PiaoRouteFunc func;
  PiaoRouteReadFunc read; /* may be NULL; not of an open route */
} PiaoRoute;

/* Serves @message through @route: the message waits, and is answered whatever happens. */
void piao_call_start (PiaoServer *server,
                      SoupServerMessage *message,
                      const PiaoRoute *route,
                      const char *tail);

/* Refuses bodies that are too long before they are read; an early handler of the server. */
void piao_call_check_size (SoupServer *soup,
                           SoupServerMessage *message,
                           const char *path,
                           GHashTable *query,
                           gpointer data);

/* Answers with @error as {code, reason, message} and the status that fits. */
void piao_call_set_error (SoupServerMessage *message, const GError *error);

/* @text (taken; NULL stays NULL) as an answer. Transfer full. */
GBytes *piao_call_take_text (char *text);

/* The bearer token of the headers, or "". Transfer full. */
char *piao_call_get_token (SoupServerMessage *message);

/* The routes (piao-route-*.c). */
GBytes *piao_route_sign_in (PiaoCall *call, GError **error);
gboolean piao_route_sync_read (PiaoDb *db, PiaoCall *call, GError **error);
GBytes *piao_route_sync (PiaoCall *call, GError **error);
gboolean piao_route_same_read (PiaoDb *db, PiaoCall *call, GError **error);
GBytes *piao_route_same (PiaoCall *call, GError **error);
GBytes *piao_route_command (PiaoCall *call, GError **error);
GBytes *piao_route_health (PiaoCall *call, GError **error);
GBytes *piao_route_metrics (PiaoCall *call, GError **error);

G_END_DECLS
