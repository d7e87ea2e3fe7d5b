/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/lib/piao-centre.h"
#include "tests/lib/piao-shim-vfs.h"

G_BEGIN_DECLS

/*
 * A desktop and a centre on disks that can lose their power, played step by step on one thread.
 *
 * The desktop is what PiaoReplica makes of its file, without its threads: one writing connection
 * with FULL that also checkpoints. A step has an id and a time of its own, so that a journey that
 * was interrupted and taken up again ends with the same rows, byte for byte, as one that was not.
 */
enum
{
  CRASH_DEVICE = 8,
  CRASH_COLLEAGUE = 9,
};

typedef enum
{
  CRASH_OPEN,           /* the file, as PiaoReplica opens it */
  CRASH_CLOSE,          /* as it closes it */
  CRASH_TIDY,           /* the checkpoint of an idle writer */
  CRASH_RUN,            /* a command of the clerk */
  CRASH_LABEL,          /* the same, and a print job in the same transaction */
  CRASH_SYNC,           /* one call to the centre and back */
  CRASH_SYNC_ONE,       /* the same with one command, where others that wait are many */
  CRASH_SYNC_ALL,       /* calls until there is no more; not to be cut off */
  CRASH_SYNC_MANY,      /* one call over a quick line, which brings thousands of rows */
  CRASH_LATER,          /* the indexes that were left for later, or a piece of such search text */
  CRASH_COLLEAGUE_RUNS, /* a command on another desktop, which reaches the centre */
  CRASH_GATEWAY,        /* ILMS says yes to what was asked last */
  CRASH_CROWD,          /* the centre has had thousands of packs and hundreds of outlets */
} CrashStepType;

/* @args is JSON with ' for ", where $order, $line and $parcel stand for ids of the colleague's last
 * order. */
typedef struct
{
  CrashStepType type;
  const char *name;
  const char *args;
} CrashStep;

typedef struct
{
  const char *name;
  const CrashStep *before; /* make what the journey starts from; ends with CLOSE */
  guint n_before;
  const CrashStep *steps;
  guint n_steps;
  int schema;    /* of the file that the journey finds; 0: as the steps before have left it */
  gboolean many; /* rows come by the thousand */
} CrashJourney;

typedef struct
{
  PiaoShimDisk *disk;        /* the desktop's */
  PiaoShimDisk *centre_disk; /* the centre's */
  PiaoDb *db;                /* NULL while it is closed */
  PiaoCentre *centre;
  gint64 user;
  gint64 start; /* ms */
  gint64 order; /* the colleague's last */
  guint colleague_dseq;
  guint64 centre_version; /* which steps have changed what is on the centre's disk */
  struct _CrashMoment
      *centre_from;       /* to be loaded there before it is used; borrowed, may be NULL */
  gboolean more;          /* the last answer said that there is more */
  PiaoProofOutcome proof; /* what the last answer said of the digests */
} CrashWorld;

CrashWorld *crash_world_new (void);
void crash_world_free (CrashWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashWorld, crash_world_free)

/* Everything that can change, at one moment: both disks with what they have not synced. */
typedef struct _CrashMoment CrashMoment;

CrashMoment *crash_moment_new (const char *name);
void crash_moment_free (CrashMoment *moment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashMoment, crash_moment_free)

void crash_world_save (CrashWorld *self, CrashMoment *moment);
/* The desktop is closed after it. @moment must stay until the next one is loaded. */
void crash_world_load (CrashWorld *self, CrashMoment *moment);

/* Opens the desktop's file if it is closed. */
gboolean crash_world_open (CrashWorld *self, GError **error);
/* Lets go of it, as a process that dies. */
void crash_world_drop (CrashWorld *self);

/* A number for the bytes of the desktop's disk and the state of the centre: the same number, the
 * same future. */
guint64 crash_world_get_fingerprint (CrashWorld *self);

/* Puts a file in the place of the desktop's, which is closed, as a program would have left it that
 * knew no schema but @number and those before it: all that has a place in there is there. */
void crash_world_make_old (CrashWorld *self, int number);

/* Plays one step, which is number @number of all. FALSE when it fails: the transaction was taken
 * back and the file is still open. */
gboolean crash_world_step (CrashWorld *self, const CrashStep *step, guint number, GError **error);

/* Everything in the desktop's open file, in a fixed order. Transfer full. */
char *crash_world_dump (CrashWorld *self);
/* Likewise of the centre, with its log. Transfer full. */
char *crash_world_dump_centre (CrashWorld *self);
/* The names of the tables and indexes in the desktop's open file. Transfer full. */
char *crash_world_dump_schema (CrashWorld *self);

/* The file is sound and its rows keep the rules; the test ends otherwise, naming @where. */
void crash_check_file (PiaoDb *db, const char *where);
void crash_check_rules (PiaoDb *db, const char *where);
/* Its digests are those of its rows, and nothing is left for later; the test ends otherwise. */
void crash_world_check_whole (CrashWorld *self, const char *where);
/* The same where all rows are, as on the server. */
void crash_check_all_rules (PiaoDb *db, const char *where);

G_END_DECLS
