/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * A kind describes one synced table. Its rows have the columns id, lane, rev, deleted and then
 * those listed here, in this order. Descriptors are static tables; row encoding for sync, the
 * generic list and form, import and export, masking and search text come from them.
 */
typedef enum
{
  PIAO_COLUMN_TEXT,
  PIAO_COLUMN_INT,
  PIAO_COLUMN_BOOL,
  PIAO_COLUMN_MONEY,    /* fen */
  PIAO_COLUMN_TIME,     /* ms UTC; 0 or NULL is "never" */
  PIAO_COLUMN_DATE,     /* days as yyyymmdd integer */
  PIAO_COLUMN_DISTANCE, /* metres */
  PIAO_COLUMN_REF,      /* id of a row of the kind named in ref */
  PIAO_COLUMN_STATE,    /* short code out of a CHECK list */
} PiaoColumnType;

typedef enum
{
  PIAO_COLUMN_REQUIRED = 1 << 0,
  PIAO_COLUMN_UNIQUE = 1 << 1,
  PIAO_COLUMN_SEARCH = 1 << 2,   /* part of the search text of the row */
  PIAO_COLUMN_PERSONAL = 1 << 3, /* masked without field.<column>.full */
  PIAO_COLUMN_HIDDEN = 1 << 4,   /* never shown in generic lists */
} PiaoColumnFlags;

typedef struct
{
  const char *name;  /* SQL column */
  const char *title; /* N_() text for people */
  PiaoColumnType type;
  guint flags;      /* PiaoColumnFlags */
  guint max_length; /* characters of text; 0 means 200 */
  const char *ref;  /* kind of a PIAO_COLUMN_REF */
  int since;        /* schema that brought it (piao-schema.h); 0: it was always there. Rows for a
                       program of an older schema are sent without it */
} PiaoColumn;

typedef enum
{
  PIAO_KIND_SEARCHABLE = 1 << 0, /* has search text */
} PiaoKindFlags;

/* What a desktop that begins fetches first, in this order: its working set. The rest is history and
 * follows while people already work. */
typedef enum
{
  PIAO_WORKING_NOT, /* all of it is history */
  PIAO_WORKING_BASE,
  PIAO_WORKING_STOCK,
  PIAO_WORKING_ORDERS,
  PIAO_WORKING_PARTS, /* of the orders before */
  PIAO_WORKING_PACKS,
} PiaoWorking;

typedef struct
{
  const char *name;    /* "order_line"; part of the wire format */
  const char *table;   /* SQL table; NULL when it is the name */
  const char *title;   /* N_() plural title */
  guint flags;         /* PiaoKindFlags */
  PiaoWorking working; /* the step of the working set that it comes in */
  /* Which rows do: NULL for all, or a condition about the columns of the row alone, each with the
   * table before it. A partial index over (lane, id) has the same words. */
  const char *working_rows;
  /* Or those that belong to a row that does: the column that refers to it. */
  const char *working_of;
  const char *permission; /* word for viewing, and with ".edit" for kind.save */
  const PiaoColumn *columns;
  guint n_columns;
} PiaoKind;

/* The columns that stand before those of the descriptor. */
enum
{
  PIAO_ROW_ID,
  PIAO_ROW_LANE,
  PIAO_ROW_REV,
  PIAO_ROW_DELETED,
  PIAO_ROW_FIRST_COLUMN,
};

const char *piao_kind_get_table (const PiaoKind *kind);

/* Index into kind->columns, or -1. */
int piao_kind_find_column (const PiaoKind *kind, const char *name);

/* Statements of a kind, made once and kept for the life of the process. */
const PiaoStatement *piao_kind_get_select (const PiaoKind *kind);  /* all columns WHERE id = $1 */
const PiaoStatement *piao_kind_get_upsert (const PiaoKind *kind);  /* all columns, by id */
const PiaoStatement *piao_kind_get_columns (const PiaoKind *kind); /* "SELECT id, lane, …" text
                                                                      without WHERE, to build on */

/* "SELECT id, lane, rev" of every row, and of the row with id $1. */
const PiaoStatement *piao_kind_get_revs (const PiaoKind *kind);
const PiaoStatement *piao_kind_get_rev (const PiaoKind *kind);

/*
 * PiaoRecord: one row in memory. values[i] belongs to kind->columns[i].
 */
typedef struct
{
  const PiaoKind *kind;
  gint64 id;
  gint64 lane;
  gint64 rev;
  gboolean deleted;
  gint64 stored_lane; /* the lane it had when it was read; -1 for a new row */
  PiaoValue values[];
} PiaoRecord;

PiaoRecord *piao_record_new (const PiaoKind *kind, gint64 id, gint64 lane);
PiaoRecord *piao_record_copy (const PiaoRecord *record);
void piao_record_free (PiaoRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRecord, piao_record_free)

gint64 piao_record_int (const PiaoRecord *record, guint column);       /* NULL is 0 */
const char *piao_record_text (const PiaoRecord *record, guint column); /* NULL is "" ; borrowed */
gboolean piao_record_is (const PiaoRecord *record, guint column, const char *text);
void piao_record_set_int (PiaoRecord *record, guint column, gint64 number);
void piao_record_set_ref (PiaoRecord *record, guint column, gint64 id); /* 0 makes NULL */
void piao_record_set_text (PiaoRecord *record, guint column, const char *text);
void piao_record_set_null (PiaoRecord *record, guint column);

/* The record at the cursor of a query that selects id, lane, rev, deleted, columns…; transfer
 * full. */
PiaoRecord *piao_record_from_cursor (const PiaoKind *kind, PiaoCursor *cursor);

/* Reads a row whatever its scope. NULL with PIAO_ERROR_NOT_FOUND. Transfer full. */
PiaoRecord *piao_record_load (PiaoDb *db, const PiaoKind *kind, gint64 id, GError **error);

/* Writes all columns, inserting or replacing. Only the command engine and sync call this. */
gboolean piao_record_store (PiaoDb *db, const PiaoRecord *record, GError **error);

G_END_DECLS
