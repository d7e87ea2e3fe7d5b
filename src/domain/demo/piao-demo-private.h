/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-id.h"
#include "domain/delivery/piao-calendar.h"
#include "domain/demo/piao-demo.h"

G_BEGIN_DECLS

/* What the parts of the generator share. */

typedef struct
{
  char *county;           /* owned */
  gint64 scheme;          /* id */
  PiaoCalendar *calendar; /* borrowed from schemes */
  guint distance;         /* metres from the warehouse to its middle */
} PiaoDemoArea;

typedef struct
{
  gint64 gb; /* the lane */
  gint64 org;
  gint64 warehouse;
  char *gateway_no; /* owned */
  char *name;       /* owned */
  gboolean centre;
  guint weight;        /* its share of orders and outlets */
  GArray *areas;       /* PiaoDemoArea */
  GArray *outlets;     /* guint: index into outlets */
  GArray *managers;    /* guint: index into managers */
  gint64 first_number; /* of its sequence */
  gint64 next_number;
  gint64 keeper; /* user */
} PiaoDemoPlace;

typedef struct
{
  gint64 id;
  char *name; /* owned */
} PiaoDemoManager;

typedef struct
{
  gint64 id;
  gint64 owner;
  guint place;
  guint area;
  int manager; /* index, -1: none */
  char number[12];
  char *name;       /* owned */
  char *owner_name; /* owned */
  char *phone;      /* owned */
  char *address;    /* owned */
  gint64 distance;
  gint64 instant;
  gint64 payment;
  const char *channel;
  const char *state;
} PiaoDemoOutlet;

typedef struct
{
  gint64 id;
  gint64 value; /* of a pack, fen */
  char plan[6];
  char game_no[6];
  gint64 batch; /* the one being handed out */
  guint batch_no;
  guint n_batches;
  guint next; /* pack number */
} PiaoDemoType;

/* Packs of one type in one warehouse. */
typedef struct
{
  gint64 batch;
  guint batch_no;
  guint next;
  guint end; /* of the open case; next == end: none is open */
  gint64 free;
  gint64 reserved;
} PiaoDemoShelf;

typedef struct
{
  PiaoDb *db;
  const PiaoDemoOptions *options;
  GRand *rand; /* owned */

  GArray *schemes;        /* PiaoCalendar *, owned */
  GArray *places;         /* PiaoDemoPlace; the centre is the last */
  GArray *types;          /* PiaoDemoType */
  GArray *outlets;        /* PiaoDemoOutlet */
  GArray *managers;       /* PiaoDemoManager */
  PiaoDemoShelf *shelves; /* place × type; owned */
  guint order_weight;     /* sum of the weights */

  /* the row that is being made */
  const PiaoKind *kind;
  PiaoValue values[48];
  gint64 next_id;
  gint64 seq; /* rev of what is written now */
  gint64 rows;
  gint64 packs;
  gint64 orders;
  GError *error; /* the first failure; nothing is written after it */
} PiaoDemo;

/* --- writing (piao-demo-writer.c) --- */

/* Begins a row of @kind: numbers are 0, all else NULL. Its id. */
gint64 piao_demo_row (PiaoDemo *demo, const PiaoKind *kind, gint64 lane);
void piao_demo_row_with_id (PiaoDemo *demo, const PiaoKind *kind, gint64 id, gint64 lane);
void piao_demo_int (PiaoDemo *demo, guint column, gint64 number);
void piao_demo_ref (PiaoDemo *demo, guint column, gint64 id);         /* 0: NULL */
void piao_demo_text (PiaoDemo *demo, guint column, const char *text); /* borrowed until put */
void piao_demo_put (PiaoDemo *demo);

/* What follows was, as it were, changed by the next command. */
void piao_demo_next_seq (PiaoDemo *demo);

gboolean piao_demo_begin (PiaoDemo *demo);
gboolean piao_demo_finish (PiaoDemo *demo);

/* --- the world (piao-demo-world.c, piao-demo-people.c) --- */

gboolean piao_demo_load_places (PiaoDemo *demo);
void piao_demo_write_types (PiaoDemo *demo);
void piao_demo_make_people (PiaoDemo *demo);
void piao_demo_make_outlets (PiaoDemo *demo);
void piao_demo_write_outlets (PiaoDemo *demo);
PiaoDemoOutlet *piao_demo_pick_outlet (PiaoDemo *demo, guint place);
guint piao_demo_pick_place (PiaoDemo *demo);

/* --- packs (piao-demo-stock.c) --- */

typedef struct
{
  const char *state;
  gint64 order;
  gint64 line;
  gint64 outbound_at;
  gint64 at; /* when it was scanned */
  gboolean detail;
  gboolean frozen;
} PiaoDemoPackUse;

void piao_demo_write_pack (PiaoDemo *demo, guint place, guint type, const PiaoDemoPackUse *use);
void piao_demo_fill_shelves (PiaoDemo *demo, gint64 packs);
void piao_demo_write_stock (PiaoDemo *demo);
void piao_demo_write_odd_packs (PiaoDemo *demo, guint place);

/* --- orders (piao-demo-orders.c, piao-demo-order.c) --- */

#define PIAO_DEMO_MAX_LINES 4

typedef struct
{
  guint place;
  PiaoDemoOutlet *outlet;
  const char *state;
  const char *source;
  gint64 at; /* submitted */
  guint n_lines;
  struct
  {
    guint type;
    guint packs;
  } lines[PIAO_DEMO_MAX_LINES];
} PiaoDemoOrder;

void piao_demo_write_order (PiaoDemo *demo, const PiaoDemoOrder *order);
gint64 piao_demo_order_amount (PiaoDemo *demo, const PiaoDemoOrder *order);
void piao_demo_write_history (PiaoDemo *demo);
void piao_demo_write_counter_day (PiaoDemo *demo);
void piao_demo_write_number_blocks (PiaoDemo *demo);

/* How the state of an order is reached, and what it means for its packs
 * (piao-demo-trail.c). */
typedef struct
{
  const char *event;
  const char *from;
  const char *to;
  gint64 after; /* ms after the submit; -1: at the departure, -2: at the arrival */
} PiaoDemoStep;

typedef struct
{
  const char *state;
  const PiaoDemoStep *steps; /* ends with a NULL event */
  const char *pack_state;    /* NULL: nothing is scanned */
  gboolean confirmed;
  gboolean returned; /* the packs are back on the shelf */
} PiaoDemoState;

const PiaoDemoState *piao_demo_state_find (const char *state);
const PiaoDemoState *piao_demo_state_list (guint *n_states);

/* Writes the timeline, the parcel and the requests to the gateway of an order. */
typedef struct
{
  const PiaoDemoOrder *order;
  const PiaoDemoState *state;
  gint64 id;
  const char *number;
  gint64 amount;
  gint64 departure_at;
  gint64 arrival_at;
  const char *lock_no;
  const char *confirm_no;
} PiaoDemoTrail;

void piao_demo_write_trail (PiaoDemo *demo, const PiaoDemoTrail *trail);

G_END_DECLS
