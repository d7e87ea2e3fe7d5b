/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"
#include "store/piao-digest.h"
#include "sync/piao-change-notes.h"

G_BEGIN_DECLS

/*
 * PiaoLedger: the server's side of commands inside one writing transaction. It decides a command
 * once and for ever, numbers what was accepted, notes every touched row in the change index and
 * chains the entry to the log. It reads no clock and has no thread: the executor of the server
 * drives it, and so do piaokuctl and the tests.
 *
 *   piao_db_begin; piao_ledger_begin; piao_ledger_execute …; piao_ledger_end; piao_db_commit
 */

/* A command as a device sent it. */
typedef struct
{
  gint64 id;
  guint device;         /* 0: the server itself */
  gint64 dseq;          /* contiguous from 1 a device; 0 for the server's own */
  char *name;           /* owned */
  JsonObject *args;     /* owned */
  gint64 at;            /* ms, the device's clock */
  gint64 ruled_at;      /* ms, the time the rules see: corrected by the device's skew */
  gint64 actor;         /* user id; 0 is the system */
  gboolean withdrawn;   /* put away by a person before it was decided: sent for its number only */
  const char *language; /* that its verdict is to speak (piao_i18n_choose()); NULL: ours */
  gboolean again;       /* may have been decided before this database was restored */
} PiaoPushed;

PiaoPushed *piao_pushed_new (const char *name, JsonObject *args);
void piao_pushed_free (PiaoPushed *pushed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPushed, piao_pushed_free)

typedef enum
{
  PIAO_VERDICT_ACCEPTED,
  PIAO_VERDICT_REFUSED,  /* decided: a rule says no */
  PIAO_VERDICT_REJECTED, /* not decided: the push itself was wrong (gap, other body, actor) */
} PiaoVerdictState;

typedef struct
{
  gint64 id; /* of the command */
  PiaoVerdictState state;
  gint64 seq;        /* of an accepted command */
  gint64 expected;   /* the dseq that should come next, with reason "command.gap"; else 0 */
  gboolean repeated; /* it had been decided before */
  char *code;        /* reason word when not accepted; owned */
  char *message;     /* sentence when not accepted; owned */
} PiaoVerdict;

PiaoVerdict *piao_verdict_copy (const PiaoVerdict *verdict);
void piao_verdict_free (PiaoVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoVerdict, piao_verdict_free)

typedef struct
{
  gint64 seq;              /* of the last accepted command */
  gint64 entries;          /* of the log */
  char *hash;              /* hexadecimal end of the chain; owned */
  char *epoch;             /* owned */
  gint64 epoch_at;         /* ms: when it began; 0 for the first */
  GArray *lanes;           /* gint64: lanes touched since piao_ledger_begin(), each once */
  gboolean access_changed; /* a user, role or grant was touched */
  PiaoChangeNotes *notes;  /* owned; of the accepted commands since piao_ledger_begin() */
} PiaoLedger;

/* Makes the head row with @epoch (a fresh random word) when the database has none, and counts the
 * digests when there are none. */
gboolean piao_ledger_prepare (PiaoDb *db, const char *epoch, GError **error);

/* Takes the writer's lock among server processes (PostgreSQL) and reads the head. */
PiaoLedger *piao_ledger_begin (PiaoDb *db, GError **error);

/* Writes the change index, the digests and the head. The caller commits. */
gboolean piao_ledger_end (PiaoLedger *self, PiaoDb *db, GError **error);
void piao_ledger_free (PiaoLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoLedger, piao_ledger_free)

/*
 * Decides @pushed, in a savepoint of its own. A known id gets its stored verdict when the body is
 * the same. NULL with @error only when the database fails, so that the whole transaction has to be
 * given up and nothing was decided. Transfer full.
 */
PiaoVerdict *piao_ledger_execute (PiaoLedger *self,
                                  PiaoRegistry *registry,
                                  PiaoDb *db,
                                  const PiaoPushed *pushed,
                                  gint64 now,
                                  GError **error);

/* The verdict of a command by its id, whoever sent it: NULL without @error when it is unknown. When
 * found, @device and @actor (optional) say who. Transfer full. */
PiaoVerdict *piao_ledger_find (PiaoDb *db, gint64 id, guint *device, gint64 *actor, GError **error);

/* Walks the chain of the log: FALSE with PIAO_ERROR_CORRUPT "log.chain" at the first entry that was
 * altered, or when the head says otherwise. */
gboolean piao_ledger_verify (PiaoDb *db, gint64 *entries, GError **error);

/* The head without any lock, for readers. @epoch is transfer full; both may be NULL. */
gboolean piao_ledger_read_head (PiaoDb *db, gint64 *seq, char **epoch, GError **error);

/* The same, known after piao_db_settle(). */
gboolean piao_ledger_ask_head (PiaoDb *db, gint64 *seq, char **epoch, GError **error);

/* Moves @last up to the last id that a command of the server itself may have taken, if one above
 * @last has. */
gboolean piao_ledger_read_last_id (PiaoDb *db, gint64 *last, GError **error);

G_END_DECLS
