/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "server/piao-visit.h"

G_BEGIN_DECLS

/*
 * PiaoDoor: where connections come in. It takes all that wait at once (after a restart every
 * desktop comes back in the same second), bounds how many there are, of one address and in all, and
 * shows out who is slow on purpose: a head must arrive within the patience, a body within twelve
 * times of it, an answer must be taken within sixty times. Main thread.
 */
#define PIAO_DOOR_PATIENCE_S 10
#define PIAO_DOOR_PER_ADDRESS 256
#define PIAO_DOOR_MOST 6000
/* A kept connection that asks nothing. */
#define PIAO_DOOR_IDLE_S 300

#define PIAO_TYPE_DOOR (piao_door_get_type ())
G_DECLARE_FINAL_TYPE (PiaoDoor, piao_door, PIAO, DOOR, GObject)

/* @soup is borrowed and must stay. */
PiaoDoor *piao_door_new (SoupServer *soup);

/* @seconds of patience. @per_address: connections of one address; 0 means PIAO_DOOR_PER_ADDRESS,
 * and any number of this machine, where the proxy is. Before it is opened. */
void piao_door_set_limits (PiaoDoor *self, guint seconds, guint per_address);

/* Listens; the port, or 0 with @error. */
guint piao_door_open (PiaoDoor *self, GSocketAddress *address, GError **error);
void piao_door_close (PiaoDoor *self);

typedef struct
{
  guint open;          /* now */
  guint64 accepted;    /* since the start */
  guint64 turned_away; /* … because there were too many */
  guint64 shown_out;   /* … because they were slow or too long */
} PiaoDoorCounts;
void piao_door_get_counts (PiaoDoor *self, PiaoDoorCounts *counts);

G_END_DECLS
