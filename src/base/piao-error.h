/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoError: what kind of failure, so that a caller knows what to do next.
 *
 * Every error carries a sentence for a person (already translated) and a stable reason word such
 * as "order.not-open", which is what travels between machines and what tests compare.
 */
typedef enum
{
  PIAO_ERROR_INVALID,     /* the input has the wrong shape; trying again cannot help */
  PIAO_ERROR_REFUSED,     /* a rule of the warehouse says no */
  PIAO_ERROR_FORBIDDEN,   /* this user may not do or see that */
  PIAO_ERROR_NOT_FOUND,   /* there is no such thing here */
  PIAO_ERROR_CONFLICT,    /* it changed since the caller looked */
  PIAO_ERROR_LIMIT,       /* longer, larger or deeper than is accepted */
  PIAO_ERROR_UNAVAILABLE, /* the other side cannot be reached now */
  PIAO_ERROR_BUSY,        /* the other side asks to come back later */
  PIAO_ERROR_CORRUPT,     /* something stored or received does not decode */
  PIAO_ERROR_FAILED,      /* the disk, a library or this program failed */
} PiaoErrorCode;

#define PIAO_ERROR (piao_error_quark ())
GQuark piao_error_quark (void);

/* Makes an error; the sentence after @reason is printf-formatted and already translated. */
GError *piao_error_new (PiaoErrorCode code, const char *reason, const char *format, ...)
    G_GNUC_PRINTF (3, 4) G_GNUC_WARN_UNUSED_RESULT;

/* Sets @error (which may be NULL) and returns FALSE, so that a check is one `return`. */
gboolean
piao_error_set (GError **error, PiaoErrorCode code, const char *reason, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* The reason word of @error, or "failed" for an error of another domain. Borrowed. */
const char *piao_error_get_reason (const GError *error);

/* Whether the same call may succeed later without anything being changed by a person. */
gboolean piao_error_is_retryable (const GError *error);

/* The word of @code for the wire and the log ("refused", …), and back; -1 when unknown. */
const char *piao_error_code_to_text (PiaoErrorCode code);
int piao_error_code_from_text (const char *text);

/* Invariants of stock, money and sync: checked in every build, and a breach ends the process
 * before it can write something wrong. */
#define PIAO_INVARIANT(condition)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if G_UNLIKELY (!(condition))                                                                   \
      g_error ("%s:%d: invariant broken: %s", __FILE__, __LINE__, #condition);                     \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
