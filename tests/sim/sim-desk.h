/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-id.h"
#include "ilms/piao-gateway-worker.h"
#include "sync/piao-sync-core.h"
#include "sync/piao-sync-engine.h"
#include "sync/piao-sync-rest.h"
#include "tests/lib/piao-shim-vfs.h"
#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/*
 * SimDesk: one desktop: its disk, its clock, the real replica on it, and the clerk in front of it.
 * Whatever was acknowledged to the clerk is remembered here, beyond every power cut.
 */
typedef struct
{
  gint64 id; /* command */
  guint name;
  guint args; /* hashes of name and arguments */
} SimBeep;

/* A row that is not as the server has it (sim-damage.h). */
typedef struct
{
  const PiaoKind *kind; /* NULL: all is well */
  gint64 lane;
  gint64 id;
  gboolean found; /* by the comparison of digests */
} SimDamage;

struct _SimDesk
{
  SimWorld *world;
  guint index;
  guint device;
  gint64 user; /* who works here now */
  char who[8];
  SimRandom random; /* of the clerk */
  SimRandom chance; /* of crash and line */

  PiaoClock *clock;
  gint64 skew; /* ms that its clock is ahead */
  PiaoShimDisk *disk;
  PiaoDb *db; /* NULL while the power is off */
  PiaoIdSource ids;
  guint life;     /* how often it was started */
  gboolean gone;  /* revoked: wiped for good */
  GArray *beeps;  /* of SimBeep */
  gint64 working; /* ms: the burst of work ends then */

  /* The line to the server. */
  gint64 up_dead, down_dead; /* ms: nothing gets through before */
  PiaoSyncEngine engine;     /* decides when it talks; stopped while nobody works here */
  guint serial;              /* of the work of the engine that is under way; 0 without any */
  guint ahead;               /* of the call beside it; 0 without one */
  guint wake;                /* number of the wake-up that counts */
  guint naps;                /* number of the nap that counts */
  guint rounds;              /* that ended with nothing more to fetch */
  gboolean awake;            /* the engine runs */
  gboolean live;             /* hints of the server arrive */
  guint listening;           /* number of the live connection that counts; 0 without one */
  gint64 hint;               /* seq of the last hint */
  guint listened;            /* how many there were */
  gboolean held;             /* a person keeps it offline */
  JsonObject *request;       /* of the call under way */
  PiaoSyncAnswer *answer;    /* … and what came back */
  JsonObject *next;          /* … and the request for the page behind it; NULL: not known yet */
  GBytes *came;              /* … as it arrived; NULL: it is the one that was kept */
  PiaoSyncAnswer *page;      /* what is being applied */
  JsonObject *page_request;  /* … and what it answers, and how it arrived */
  GBytes *page_came;
  PiaoSyncRest rest;      /* the last answer at rest */
  gboolean asking;        /* the call under way is the short question about it */
  gint64 asked_head;      /* … and where the server was when it left; */
  char *asked_epoch;      /* NULL: it was down, or has come back from a backup since */
  PiaoProofOutcome proof; /* what the last answer said of the digests */
  gint64 head;            /* seq that the server had at the last answer */
  gboolean whole;         /* … since everything was fetched anew */
  gboolean complete;      /* all that the server had at the last answer is here */
  GArray *grants;         /* gint64: lanes of the last answer */
  SimDamage damage;

  /* The line to ILMS of a desktop with route direct; else NULL. */
  PiaoGatewayClient *line;
  PiaoGatewayWorker *worker;
};

SimDesk *sim_desk_new (SimWorld *world, guint index);
void sim_desk_free (SimDesk *self);

/* Starts it if its power went off; checks what must have survived. */
void sim_desk_tend (SimDesk *self);

/* Cuts the power between two steps. */
void sim_desk_cut (SimDesk *self);

/* Ends it for good: the server said that it is revoked. */
void sim_desk_wipe (SimDesk *self);

/* Local work in one transaction on the writing connection, as piao_replica_write(): the power may
 * go, the disk may fail. FALSE with @error when nothing was done. */
typedef gboolean (*SimDeskFunc) (PiaoDb *db, gpointer data, GError **error);
gboolean sim_desk_write (SimDesk *self, SimDeskFunc func, gpointer data, GError **error);

/* Runs a command (@args is taken) and, in its transaction, @also (may be NULL). TRUE when it was
 * acknowledged, with its id in @id (may be NULL). */
gboolean sim_desk_run (SimDesk *self,
                       const char *name,
                       JsonObject *args,
                       SimDeskFunc also,
                       gpointer data,
                       gint64 *id,
                       GError **error);

/* Sets its clock to what it believes the time is. */
void sim_desk_set_clock (SimDesk *self);

G_END_DECLS
