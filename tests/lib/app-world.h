/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "app/piao-session.h"
#include "tests/lib/piao-shim-vfs.h"

G_BEGIN_DECLS

/*
 * A desktop for tests and pictures: a replica in a folder of its own with demo data, a clock that
 * stands at a Monday afternoon, and a session of the keeper of 昌吉.
 */
#define APP_WORLD_NOW G_GINT64_CONSTANT (1795414200000) /* 2026-11-23 14:10 in Shanghai */

typedef struct
{
  char *folder;
  PiaoShimDisk *disk; /* that the replica lies on, or NULL */
  PiaoClock *clock;
  PiaoReplica *replica;
  GSettings *settings;
  PiaoSession *session;
} AppWorld;

/* With @orders in the past beside the counter day. */
AppWorld *app_world_new (guint orders);
/* The same on a disk that can become full or fail. */
AppWorld *app_world_new_on_shim (guint orders);
void app_world_free (AppWorld *self);

/* From now on @user (a name of the demo data) works here. */
void app_world_attach (AppWorld *self, const char *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppWorld, app_world_free)

/* The code of a pack that lies free in the warehouse. Transfer full. */
char *app_world_dup_free_pack (AppWorld *self);

/* The order that the counter opens next, and the code of a ticket of a free pack that it needs, as
 * a scanner reads it. Transfer full. */
gint64 app_world_find_next_order (AppWorld *self);
char *app_world_dup_ticket_for (AppWorld *self, gint64 order);

/* The first order of the warehouse in @state; the test fails when there is none. */
gint64 app_world_find_order (AppWorld *self, const char *state);

/* A hold of @order that the centre has refused with this sentence and that was undone here; the id
 * of its command. Transfer full: the sentence. */
char *app_world_dup_refusal (void);
gint64 app_world_make_refused (AppWorld *self, gint64 order);

/* From now on the warehouse speaks to ILMS itself. */
void app_world_make_direct (AppWorld *self);

/* Iterates the main context until @done (data) is true; the test fails after ten seconds. */
void app_world_await (gboolean (*done) (gpointer data), gpointer data);

/* A condition to wait for: the object behind the weak pointer @data has died. */
gboolean app_world_is_null (gpointer data);

/* Closes @window and waits until it has died. */
void app_world_close_window (GtkWindow *window);

/* What the labels and the rows of tables in @widget say, one a line. Transfer full. */
char *app_world_dup_texts (GtkWidget *widget);

/* The first widget of @type at or inside @within, borrowed; NULL when there is none. */
GtkWidget *app_world_find_widget (GtkWidget *within, GType type);

G_END_DECLS
