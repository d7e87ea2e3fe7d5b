/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/* The cache of pages of a connection to SQLite, as its PRAGMA wants it: KiB, below 0. */
#define PIAO_DB_CACHE "-24000"

/*
 * The seam between piao-db.c and an engine: a driver embeds PiaoDb / PiaoCursor as its first
 * member and fills in the table. piao-db.c does the varargs, the transaction words and the
 * convenience calls.
 */
typedef struct
{
  PiaoEngine engine;
  void (*free) (PiaoDb *db);
  /* Prepares (once a connection), binds copies of @values, and starts. Transfer full. */
  PiaoCursor *(*query) (PiaoDb *db,
                        const PiaoStatement *statement,
                        const PiaoValue *values,
                        guint n_values,
                        GError **error);
  /* The same to its end with values that are only borrowed; NULL: by query(). */
  gboolean (*exec) (PiaoDb *db,
                    const PiaoStatement *statement,
                    const PiaoValue *values,
                    guint n_values,
                    gint64 *changed,
                    GError **error);
  gboolean (*script) (PiaoDb *db, const char *sql, GError **error);

  /* With @write it is the one that writes from now on. */
  gboolean (*begin) (PiaoDb *db, gboolean write, GError **error);

  /* Both NULL where nothing is gained by not waiting. ask(): takes @data; without @func only what
   * goes wrong matters. settle() tells the first failure; without @error it is passed over. */
  gboolean (*ask) (PiaoDb *db,
                   const PiaoStatement *statement,
                   const PiaoValue *values,
                   guint n_values,
                   PiaoDbAnswerFunc func,
                   gpointer data,
                   GDestroyNotify destroy,
                   GError **error);
  gboolean (*settle) (PiaoDb *db, GError **error);

  /* Ends a transaction that has only read; nobody waits for it. NULL: by its words. */
  void (*leave) (PiaoDb *db);

  /* Whether a transaction is still open that could not be taken back; NULL: never. */
  gboolean (*lingers) (PiaoDb *db);

  /* Both NULL where there are no notices. */
  gboolean (*notify) (PiaoDb *db, const char *channel, const char *text, GError **error);
  gboolean (*wait_notice) (PiaoDb *db, int wake_fd, int timeout_ms, char **text, GError **error);

  gboolean (*next) (PiaoCursor *cursor, GError **error);
  guint (*n_columns) (PiaoCursor *cursor);
  void (*value) (PiaoCursor *cursor, guint column, PiaoValue *value);
  gboolean (*is_null) (PiaoCursor *cursor, guint column);
  gint64 (*number) (PiaoCursor *cursor, guint column);
  const char *(*text) (PiaoCursor *cursor, guint column);
  gint64 (*changed) (PiaoCursor *cursor); /* rows changed by a finished statement */
  void (*cursor_free) (PiaoCursor *cursor);
} PiaoDbDriver;

struct _PiaoDb
{
  const PiaoDbDriver *driver;
  guint depth; /* savepoints open inside the transaction */
  gboolean in_transaction;
  gboolean reads;     /* this transaction only reads */
  gboolean unchecked; /* CHECKs are not looked at */
  gboolean lingers;   /* the transaction before has yet to be taken back */
  gboolean defers;    /* what is only executed in this transaction need not be waited for */
  GError *doom;       /* owned; why this transaction can only be rolled back: NULL, it need not */
};

struct _PiaoCursor
{
  const PiaoDbDriver *driver;
  GError *failure; /* owned; why a value of a row could not be had: what was read does not count */
};

/* The machine has failed inside the transaction of @db, if there is one: whoever does not look at
 * @error cannot commit it, nor write anything more. */
void piao_db_doom (PiaoDb *db, const GError *error);

PiaoDb *piao_db_open_sqlite (const char *path, PiaoDbFlags flags, GError **error);
PiaoDb *piao_db_open_postgresql (const char *url, PiaoDbFlags flags, GError **error);

G_END_DECLS
