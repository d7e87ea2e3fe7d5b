/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"
#include "sync/piao-ledger.h"
#include "sync/piao-serve.h"
#include "sync/piao-sync-core.h"
#include "tests/lib/piao-fixture.h"

G_BEGIN_DECLS

/*
 * A server and desktops for tests, without sockets: the fixture's world behind the ledger, and
 * replicas that speak to it by handing requests and answers over.
 */
typedef struct
{
  PiaoFixture *fixture;
  PiaoClock *clock;            /* manual; the time of all */
  gint64 own;                  /* id of the last command of the centre itself */
  const char *coding;          /* content type of its answers; frames at first */
  const PiaoServeTerms *terms; /* borrowed; of every answer; NULL at first */
} PiaoCentre;

PiaoCentre *piao_centre_new (void);
void piao_centre_free (PiaoCentre *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoCentre, piao_centre_free)

/* Registers device @number, where @user has signed in, with a block of order numbers. */
void piao_centre_add_device (PiaoCentre *self, guint number, gint64 user);
void piao_centre_sign_in (PiaoCentre *self, guint number, gint64 user);

/* Decides one command; the test fails when the database does. Transfer full. */
PiaoVerdict *piao_centre_execute (PiaoCentre *self, const PiaoPushed *pushed);

/* A command of the centre itself, which must be accepted. Returns its seq. */
gint64 piao_centre_run (PiaoCentre *self, const char *name, JsonObject *args);

/* Answers a request of @device with @user signed in; the answer goes through its coding, as over a
 * wire. Transfer full. */
PiaoReply *piao_centre_serve (PiaoCentre *self, JsonObject *request, guint device, gint64 user);

/* Confirms or refuses the open gateway request of @order. */
void piao_centre_answer_gateway (PiaoCentre *self, gint64 order, gboolean ok, const char *result);

/* The rows of all kinds in @lanes (ended by -1), as text, in a fixed order: two databases that
 * agree give the same. Transfer full. */
char *piao_dump (PiaoRegistry *registry, PiaoDb *db, const gint64 *lanes);

/* --- a desktop ------------------------------------------------------------------------------- */

typedef struct
{
  PiaoCentre *centre;
  PiaoReplica *replica;
  char *folder;
  guint device;
  gint64 user;
  gsize piece; /* bytes of commands that go along at a time; 0: as many as may */
} PiaoDesk;

PiaoDesk *piao_desk_new (PiaoCentre *centre, guint device, gint64 user);
void piao_desk_free (PiaoDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoDesk, piao_desk_free)

/* Closes the replica and opens it again, as after an end of the program. */
void piao_desk_restart (PiaoDesk *desk);

/* A statement on the writer with one number. */
void piao_desk_exec (PiaoDesk *desk, const PiaoStatement *statement, gint64 parameter);

/* Runs a command here, which must apply; its id. */
gint64 piao_desk_run (PiaoDesk *desk, const char *name, JsonObject *args);

/* The request that would be sent now. Transfer full. */
JsonObject *piao_desk_request (PiaoDesk *desk, gsize max_bytes);

/* Checks and applies an answer. FALSE with @error when it is not taken. */
gboolean piao_desk_take (
    PiaoDesk *desk, JsonObject *request, PiaoReply *reply, gboolean *more, GError **error);

/* Whole rounds until there is no more. Returns how many. */
guint piao_desk_sync (PiaoDesk *desk, gsize max_bytes);

/* The dump of what is here, whatever the lanes. Transfer full. */
char *piao_desk_dump (PiaoDesk *desk);

/* One number of the replica. */
gint64 piao_desk_int (PiaoDesk *desk, const PiaoStatement *statement, gint64 parameter);

/* The state of an entry of the outbox. Transfer full. */
char *piao_desk_state (PiaoDesk *desk, gint64 command);

G_END_DECLS
