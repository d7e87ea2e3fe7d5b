/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libdex.h>

G_BEGIN_DECLS

/*
 * PiaoPractice: the practice workspace. A folder with made-up data, and the central server and the
 * stand-in for ILMS as processes of their own on loopback, which end with this one however it ends.
 * The folder stays, so the next start goes on where this one was left, on the same ports. Main
 * thread only.
 *
 * Signal "progress" (guint percent, const char *sentence): while data is being made up.
 * Signal "lines-changed": a line was cut or has come back.
 */
#define PIAO_TYPE_PRACTICE (piao_practice_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPractice, piao_practice, PIAO, PRACTICE, GObject)

/* @folder is made when it is missing; NULL is the usual one under the user's data. @reset throws
 * away what was practised before. */
PiaoPractice *piao_practice_new (const char *folder, gboolean reset);

/* Makes the data when there is none yet and starts both processes. Resolves to TRUE when they
 * answer. */
DexFuture *piao_practice_start (PiaoPractice *self);

/* Ends the processes. Blocks shortly. */
void piao_practice_stop (PiaoPractice *self);

/* The lines that a person can cut. */
typedef enum
{
  PIAO_PRACTICE_CENTRE = 1 << 0,
  PIAO_PRACTICE_ILMS = 1 << 1,
} PiaoPracticeLine;

/* Cuts or mends the lines in @lines (PiaoPracticeLine); the others stay. Resolves to TRUE. */
DexFuture *piao_practice_set_down (PiaoPractice *self, guint lines, gboolean down);

/* The lines that are cut now. */
guint piao_practice_get_down (PiaoPractice *self);

/* "http://127.0.0.1:PORT", known after the start. */
const char *piao_practice_get_server_url (PiaoPractice *self);
const char *piao_practice_get_control_url (PiaoPractice *self); /* of the stand-in, for tests */

/* Where the desktop keeps its own file. */
const char *piao_practice_get_replica_path (PiaoPractice *self);

/* Whom the first sign-in is for. */
#define PIAO_PRACTICE_USER "keeper"
#define PIAO_PRACTICE_PASSWORD "piaoku-practice-1"

G_END_DECLS
