/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * Passwords as Argon2id in its own encoded form, on the server (credential) and for signing in
 * without a line on a desktop. Hashing takes some 50 ms and 19 MiB by design: never on the main
 * thread.
 */
#define PIAO_PASSWORD_MIN 8
#define PIAO_PASSWORD_MAX 128

/* PIAO_ERROR_INVALID with a sentence unless @password may be chosen (SEC-06): length, and letters
 * and digits both. */
gboolean piao_password_check (const char *password, GError **error);

/* A fresh hash with random salt. Transfer full; NULL with @error. Any thread. */
char *piao_password_hash (const char *password, GError **error);

/* Whether @password fits @hash. With NULL for @hash the same work is done and the answer is FALSE,
 * so that time does not tell whether a user exists. Any thread. */
gboolean piao_password_verify (const char *hash, const char *password);

/* Sets the password of @user in the server's database, checked, and ends his sessions: whoever knew
 * the old one has to sign in again. In the caller's transaction. */
gboolean
piao_password_set (PiaoDb *db, gint64 user, const char *password, gint64 now, GError **error);

/* @n random bytes in hexadecimal, for tokens and keys. Transfer full. */
char *piao_random_text (guint n);

G_END_DECLS
