/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * Signing in (SEC-06): five failures lock a name for a quarter of an hour. A name that nobody has
 * is counted, checked and answered like one that somebody has, so that neither answers nor times
 * tell who exists.
 *
 * Three steps on three threads: look_up on a reader, verify on a worker, finish on the writer.
 */
#define PIAO_SIGN_IN_MAX_FAILS 5
/* Failed names that are remembered: a day long, and so many at the most. */
#define PIAO_SIGN_IN_MAX_NAMES 10000
#define PIAO_SIGN_IN_LOCK_MS (15 * 60 * 1000)
#define PIAO_SESSION_MS (7 * G_GINT64_CONSTANT (86400000))

typedef struct
{
  /* What was asked; owned. */
  char *name;
  char *password;
  char *device_name;
  char *device_key; /* a secret that the desktop made for itself: at least 32 characters */
  gint64 claimed;   /* the number that it says it has; 0 for none */
  gint64 now;
  const char *language; /* of what it says; piao_i18n_choose() */
  /* What was found; owned. */
  gint64 user; /* 0: nobody of that name, or disabled, or without a password */
  char *hash;
  char *real_name;
  gint64 warehouse;
  gint64 locked_until;
  gboolean matches;
  /* What came of it. */
  char *token; /* owned; NULL when it was refused */
  guint device;
} PiaoSignIn;

void piao_sign_in_free (PiaoSignIn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSignIn, piao_sign_in_free)

gboolean piao_sign_in_look_up (PiaoDb *db, gpointer self, GError **error);
void piao_sign_in_verify (gpointer self);
/* TRUE also when it was refused: the failure is counted. LIMIT "device.full" without numbers. */
gboolean piao_sign_in_finish (PiaoDb *db, gpointer self, GError **error);
/* FORBIDDEN "sign-in.refused" or "sign-in.locked" unless it was granted. */
gboolean piao_sign_in_check (const PiaoSignIn *self, GError **error);

/* Who holds @token. FORBIDDEN "session.invalid" (unknown, expired, user disabled) or
 * "device.revoked". On any connection. */
gboolean piao_session_find (
    PiaoDb *db, const char *token, gint64 now, gint64 *user, guint *device, GError **error);

G_END_DECLS
