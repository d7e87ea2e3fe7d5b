/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoRandom: where nonces, initialisation vectors and jitter come from. A front hands the
 * system's source down; a test hands in a seeded one, so that a run can be repeated byte for
 * byte.
 */
typedef struct
{
  void (*fill) (gpointer data, guint8 *bytes, gsize length);
  gpointer data;
} PiaoRandom;

/* The operating system's cryptographic source; ends the process when it fails. Any thread. */
PiaoRandom piao_random_system (void);

/* Not secret: a seeded source for tests and for repeatable faults. @rand is borrowed. */
PiaoRandom piao_random_seeded (GRand *rand);

void piao_random_fill (const PiaoRandom *self, guint8 *bytes, gsize length);
guint32 piao_random_uint32 (const PiaoRandom *self);

/* A nonce as the platform wants it: 16 capital letters, each equally likely. Transfer full. */
char *piao_random_nonce (const PiaoRandom *self);

G_END_DECLS
