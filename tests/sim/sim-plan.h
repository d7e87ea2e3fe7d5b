/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-random.h"

G_BEGIN_DECLS

/*
 * SimPlan: what kind of world a seed makes. Every seed leaves some faults out and brings others
 * often, because a bug may need one fault many times, or the absence of another that hides it.
 * Rates are per mille of the occasions.
 */
typedef struct
{
  guint days;
  guint acts;          /* of a clerk in a burst of work, at most */
  gboolean frames;     /* answers travel as frames, not as JSON */
  gboolean idempotent; /* ILMS knows a request number again; without, a second send debits twice */
  guint max_bytes;     /* that a desktop asks for at a time */
  guint few;           /* commands that a restored server misses which do not go up first */
  gsize piece;         /* bytes of commands that a desktop sends at a time */
  guint little;        /* commands that are put on top of what comes down, whoever decided them */
  guint desk_crash;    /* of writes of a desktop */
  guint server_crash;  /* of calls to the server */
  guint disk;          /* I/O errors and full disks, of writes of a desktop */
  guint drop;          /* of messages on the line */
  guint duplicate;
  guint cut;       /* an answer ends in the middle */
  guint portal;    /* an answer is a sign-in page of a hotel */
  guint flip;      /* a bit of an answer in frames is another */
  guint slow;      /* a message takes minutes to days */
  guint partition; /* of desktop-days: one direction is dead for a while */
  guint jump;      /* of desktop-days: the clock is set wrong */
  guint grant;     /* of days: a lane is granted or taken away */
  guint damage;    /* of desktop-days: a row of a replica is lost or an old one */
  guint edit;      /* of bursts of the manager: master data change */
  guint revoke;    /* of worlds */
  guint restore;   /* of days: the server comes back from a backup */
  guint ilms;      /* of calls to ILMS */
  guint ilms_down; /* of days */
} SimPlan;

SimPlan sim_plan_new (guint64 seed, guint days);

/* Every third seed makes a world in which everything goes wrong, and often. */
gboolean sim_plan_is_harsh (guint64 seed);

/* One line for the report. Transfer full. */
char *sim_plan_describe (const SimPlan *self);

G_END_DECLS
