/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "base/piao-id.h"

G_BEGIN_DECLS

/* How far a lane is. */
typedef struct
{
  gint64 lane;
  gint64 seq;
} LoadLane;

/* Someone in front of a computer: a keeper of a prefecture, or somebody of the centre, who sees all
 * and orders nothing. */
typedef struct
{
  gint64 user;
  gint64 lane; /* -1 at the centre */
  guint device;
  gint64 dseq; /* of its last command */
  char *token;
  GArray *outlets; /* borrowed; of gint64: who can order there; empty at the centre */
  GArray *types;   /* borrowed; of gint64: what can be ordered there */
  GArray *lanes;   /* of LoadLane: what the computer holds at the beginning */
  char *epoch;
} LoadPerson;

/*
 * A database with demo data in which people have signed in at their computers, and the server over
 * it. The programs are named by PIAOKU_SERVER and PIAOKUCTL.
 */
typedef struct _LoadWorld LoadWorld;

/* @database: "postgresql://…", or NULL for a SQLite file in TMPDIR. Ends the program on failure. */
LoadWorld *load_world_new (const char *database, guint orders, guint people);
void load_world_free (LoadWorld *self);

GPtrArray *load_world_get_people (LoadWorld *self);

/* Starts the server with at most @batch commands in a commit (0: as it is delivered); its port. */
guint load_world_start (LoadWorld *self, guint batch);

/* Ends it with SIGTERM and waits. */
void load_world_stop (LoadWorld *self);

/* Milliseconds that a commit of one row takes, nothing else running: the median of @n. */
double load_world_time_commit (LoadWorld *self, guint n);

/* Seconds of processor time that the server has used. */
double load_world_get_cpu (LoadWorld *self);

G_END_DECLS
