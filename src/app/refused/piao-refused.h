/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * PiaoRefused: a command that was refused or parked and waits for a person, with both stories: what
 * was done here, when and by whom, and what the other side says. Immutable once read; shown in the
 * sync centre and on the order it is about. (sync.md, testing.md invariant 8)
 */

/* One argument of the command as a person reads it. */
typedef struct
{
  const PiaoParam *param;
  const PiaoParam *list;      /* the list it is an element's of, or NULL */
  guint element;              /* … and of which */
  char *label;                /* "Packs", or what the element is about: "J0110 好运十倍" */
  char *text;                 /* "5", "Not enough stock"; "" when it was left out */
  gboolean mendable;          /* a person may give another value and send the command again */
  const char *const *choices; /* reason words to choose from, or NULL for any value */
} PiaoArgument;

typedef struct
{
  PiaoOutboxEntry *entry;
  const PiaoCommand *command; /* NULL when this program does not know it any more */
  JsonObject *args;           /* of today's version, or NULL when they cannot be read */
  GPtrArray *arguments;       /* PiaoArgument */
  char *who;                  /* real name, "" for the system */
  gint64 order;               /* it is about, 0 for none */
  char *number;               /* … its number, "" when it is not here */
} PiaoRefused;

PiaoRefused *piao_refused_ref (PiaoRefused *self);
void piao_refused_unref (PiaoRefused *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRefused, piao_refused_unref)

/* What waits for a person, the newest first, at most @limit; only what is about @order unless that
 * is 0. On a reader's thread. GPtrArray of PiaoRefused, transfer full. */
GPtrArray *
piao_refused_list (PiaoDb *db, PiaoRegistry *registry, gint64 order, guint limit, GError **error);

/* Whether it may be sent again, and in another form: only what the server has decided. */
gboolean piao_refused_can_resend (const PiaoRefused *self);
gboolean piao_refused_can_mend (const PiaoRefused *self);
/* Whether it may be put aside. */
gboolean piao_refused_can_discard (const PiaoRefused *self);

G_END_DECLS
