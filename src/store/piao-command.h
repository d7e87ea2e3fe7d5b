/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-json.h"
#include "store/piao-kind.h"

G_BEGIN_DECLS

/*
 * Commands: the only way to change a synced row, on the desktop and on the server alike.
 *
 * A command is checked (arguments against its parameters, permission, data scope) and applied
 * inside one transaction of the caller. It is deterministic: time, ids and actor come from the
 * context. It changes everything it should or, by failing, nothing.
 */
typedef struct _PiaoTx PiaoTx;

typedef enum
{
  PIAO_PARAM_ID,
  PIAO_PARAM_INT,
  PIAO_PARAM_MONEY, /* fen, as an integer */
  PIAO_PARAM_BOOL,
  PIAO_PARAM_TEXT,
  PIAO_PARAM_LINES, /* text that may hold line feeds */
  PIAO_PARAM_LIST,  /* array of objects described by items */
} PiaoParamType;

typedef struct _PiaoParam PiaoParam;
struct _PiaoParam
{
  const char *name;
  const char *title; /* N_() text for people, used in error sentences */
  PiaoParamType type;
  gboolean required;
  gint64 min, max;        /* numbers: range when max > min; text: max characters (0 = 200);
                             lists: max elements (0 = 200) */
  const PiaoParam *items; /* of a list; ends with a NULL name */
};

typedef enum
{
  PIAO_COMMAND_SYSTEM = 1 << 0,      /* only jobs of the server (actor 0) */
  PIAO_COMMAND_SERVER_ONLY = 1 << 1, /* refused on a desktop without a line: needs the centre */
} PiaoCommandFlags;

typedef struct _PiaoContext PiaoContext;

/* Makes arguments of the version that follows out of @args, in place: members may be set and
 * removed, what is below them is shared and is replaced as a whole. */
typedef gboolean (*PiaoCommandReader) (JsonObject *args, GError **error);

typedef struct
{
  const char *name;        /* "order.scan" */
  const char *permission;  /* word the actor must hold; NULL for any signed-in user */
  guint flags;             /* PiaoCommandFlags */
  const PiaoParam *params; /* ends with a NULL name; NULL for none */
  gboolean (*apply) (PiaoTx *tx, JsonObject *args, GError **error);

  /* Of the arguments; 0 is 1. When they change their meaning the version goes up and a reader for
   * those before is added: a desktop may come back after months with commands of then. */
  guint version;
  const PiaoCommandReader *readers; /* version - 1; readers[0] reads version 1 */

  /* On the desktop, before it is applied for the first time: adds to @args what is chosen once and
   * must be the same whenever and wherever it is applied, as a number that somebody is told. NULL:
   * nothing. */
  gboolean (*complete) (PiaoDb *db, const PiaoContext *context, JsonObject *args, GError **error);
} PiaoCommand;

/* A feature's contribution; all arrays end with NULL. */
typedef struct
{
  const char *name;
  const PiaoKind *const *kinds;
  const PiaoCommand *const *commands;
} PiaoModule;

/* The kinds and commands of a set of modules, by name. Immutable, any thread. */
typedef struct _PiaoRegistry PiaoRegistry;

PiaoRegistry *piao_registry_new (const PiaoModule *const *modules);
PiaoRegistry *piao_registry_ref (PiaoRegistry *self);
void piao_registry_unref (PiaoRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRegistry, piao_registry_unref)

const PiaoKind *piao_registry_find_kind (PiaoRegistry *self, const char *name);
const PiaoCommand *piao_registry_find_command (PiaoRegistry *self, const char *name);
const PiaoKind *const *piao_registry_get_kinds (PiaoRegistry *self, guint *n_kinds);
const PiaoCommand *const *piao_registry_get_commands (PiaoRegistry *self, guint *n_commands);

/* Checks @args against the parameters: unknown members, types, ranges, lengths. */
gboolean piao_command_check_args (const PiaoCommand *command, JsonObject *args, GError **error);

/* The arguments of @command as they are today, whatever version @args (member "v", 1 without it) is
 * of. PIAO_ERROR_INVALID "command.newer" for one that is not known yet. Transfer full. */
JsonObject *piao_command_read_args (const PiaoCommand *command, JsonObject *args, GError **error);

/* The JSON text of arguments of today, with their version. @command may be NULL. Transfer full. */
char *piao_command_write_args (const PiaoCommand *command, JsonObject *args);

/* JSON Schema of the arguments, for documentation, clients and fuzzing. Transfer full. */
JsonObject *piao_command_get_schema (const PiaoCommand *command);

/* --- the transaction a command works in -------------------------------------------------- */

typedef struct _PiaoAccess PiaoAccess;

typedef enum
{
  PIAO_SIDE_DESKTOP,
  PIAO_SIDE_SERVER,
} PiaoSide;

struct _PiaoContext
{
  gint64 command; /* the command's id; its rows take the ids that follow (base/piao-id.h) */
  gint64 at;      /* ms UTC: the time the rules see */
  gint64 actor;   /* user id; 0 is the system and may do everything */
  gint64 device;  /* device number */
  PiaoSide side;
  gint64 seq;      /* server: the number this command will have; desktop: 0 */
  gboolean again;  /* server: it may have been carried out before the database was restored */
  gint64 epoch_at; /* server: ms UTC when the database was restored last; 0 never */
  /* Borrowed; of the actor, as of the beginning of the command; NULL: it is read then. */
  PiaoAccess *access;
};

/* What a command touched, for the change index, search text and notices. */
typedef struct
{
  const PiaoKind *kind;
  gint64 id;
  gint64 old_lane; /* -1 for a new row */
  gint64 lane;
} PiaoTouch;

/*
 * Applies @name with @args (borrowed) on @db, inside the caller's transaction or savepoint, which
 * the caller rolls back when this fails. On success @touched (optional) receives a GArray of
 * PiaoTouch (transfer full), one entry a row.
 */
gboolean piao_command_apply (PiaoRegistry *registry,
                             PiaoDb *db,
                             const PiaoContext *context,
                             const char *name,
                             JsonObject *args,
                             GArray **touched,
                             GError **error);

PiaoDb *piao_tx_get_db (PiaoTx *tx);
gint64 piao_tx_get_now (PiaoTx *tx);
gint64 piao_tx_get_actor (PiaoTx *tx);
gint64 piao_tx_get_device (PiaoTx *tx);
gint64 piao_tx_get_command (PiaoTx *tx);
PiaoSide piao_tx_get_side (PiaoTx *tx);
/* Whether the server may have carried out this command before, and have forgotten it; and when its
 * database was restored last (ms UTC, 0 never): what is older may lack its end. */
gboolean piao_tx_is_again (PiaoTx *tx);
gint64 piao_tx_get_epoch_at (PiaoTx *tx);
PiaoRegistry *piao_tx_get_registry (PiaoTx *tx);

/* The next id for a new row; deterministic from the command id. */
gint64 piao_tx_next_id (PiaoTx *tx);

/* A new record with the next id; it is in @lane, which the actor must be allowed. Transfer full.
 */
PiaoRecord *piao_tx_new (PiaoTx *tx, const PiaoKind *kind, gint64 lane);

/* A row whoever may see it, deleted or not; NULL with NOT_FOUND. Transfer full. */
PiaoRecord *piao_tx_load (PiaoTx *tx, const PiaoKind *kind, gint64 id, GError **error);

/* Says that a row (0: none) is going to be got or loaded, so that a database server is asked for
 * several of them at once. */
gboolean piao_tx_expect (PiaoTx *tx, const PiaoKind *kind, gint64 id, GError **error);

/* A row that exists, is not deleted and lies in the actor's scope. NULL with NOT_FOUND or
 * FORBIDDEN (PER-03). Transfer full. */
PiaoRecord *piao_tx_get (PiaoTx *tx, const PiaoKind *kind, gint64 id, GError **error);

/* The first row of @statement (which selects piao_kind_get_columns() columns of @kind), or NULL
 * with @error unset when there is none; scope as in piao_tx_get(). Transfer full. */
PiaoRecord *piao_tx_find (PiaoTx *tx,
                          const PiaoKind *kind,
                          const PiaoStatement *statement,
                          GError **error,
                          const char *types,
                          ...);

/* Writes the record (borrowed): column lengths and required columns are checked, its lane is. */
gboolean piao_tx_put (PiaoTx *tx, PiaoRecord *record, GError **error);

/* Whether the actor holds the permission word / may see the lane / may see every lane. */
gboolean piao_tx_is_allowed (PiaoTx *tx, const char *permission);
gboolean piao_tx_sees_lane (PiaoTx *tx, gint64 lane);
gboolean piao_tx_sees_all (PiaoTx *tx);

/* FORBIDDEN unless the actor holds the word. (PER-02) */
gboolean piao_tx_require (PiaoTx *tx, const char *permission, GError **error);

/* --- who may what, shared by the engine, the server's pull and the app ------------------- */

/*
 * Access is read from the tables users, user_role (user_id, role_id, granted_lane) and
 * role_permission (role_id, permission): the words are the union over the roles (ROL-02), the
 * lanes those granted; a granted_lane of -1 means every lane. Lane 0 is everyone's.
 */
PiaoAccess *piao_access_load (PiaoDb *db, gint64 user, GError **error);

/* The lanes, and of the words only whether @word (NULL: none) is among them: a tenth of the work.
 * piao_access_read_words() reads the others. */
PiaoAccess *piao_access_load_for (PiaoDb *db, gint64 user, const char *word, GError **error);
gboolean piao_access_read_words (PiaoAccess *access, PiaoDb *db, GError **error);

/* As piao_access_load_for(), not to be looked at before piao_db_settle(): together with other
 * questions. To be freed only after that, too. */
PiaoAccess *piao_access_ask (PiaoDb *db, gint64 user, const char *word, GError **error);
void piao_access_free (PiaoAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoAccess, piao_access_free)
/* The first only for a word that the second says was asked for, or when all were read. */
gboolean piao_access_is_allowed (const PiaoAccess *access, const char *permission);
gboolean piao_access_knows (const PiaoAccess *access, const char *permission);
gboolean piao_access_sees_lane (const PiaoAccess *access, gint64 lane);
gboolean piao_access_sees_all (const PiaoAccess *access);
const gint64 *piao_access_get_lanes (const PiaoAccess *access, guint *n_lanes); /* without 0 */

G_END_DECLS
