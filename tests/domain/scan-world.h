/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

/*
 * Clerks at random: sequences of commands over the fixture's warehouse, right ones, wrong ones and
 * hostile ones. Before each scan its verdict is foretold from the rows alone; after each command
 * the rows must keep the invariants of domain 6.2, and a refused one must have changed nothing.
 */
typedef struct
{
  guint accepted;
  guint refused;
  guint confirmed;     /* orders that reached ready_to_ship */
  guint resumed;       /* cases that ended with an order that went on … */
  guint cancelled;     /* … or did not */
  GHashTable *reasons; /* reason word of a refused scan → how often; owned */
  char *dump;          /* every row at the end, in order; owned */
} ScanWorld;

/* Plays @n_sequences from @seed on the database that PIAOKU_TEST_DATABASE names. */
ScanWorld *scan_world_play (guint32 seed, guint n_sequences);

void scan_world_free (ScanWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScanWorld, scan_world_free)
