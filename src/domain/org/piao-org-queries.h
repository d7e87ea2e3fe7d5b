/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/* Who somebody is and where he works: what a session begins with. */
typedef struct
{
  gatomicrefcount refs;
  gint64 user;
  char *user_name; /* sign-in name */
  char *real_name;
  gint64 warehouse;     /* 0: none of his own */
  char *warehouse_name; /* "" without one */
  gint64 lane;          /* of the prefecture of that warehouse; 0 without one */
  gboolean direct;      /* the warehouse speaks to ILMS itself (route direct) */
  PiaoAccess *access;
} PiaoPlace;

/* NULL with PIAO_ERROR_NOT_FOUND when there is no such user, FORBIDDEN when he is disabled. Any
 * connection. Transfer full. */
PiaoPlace *piao_place_load (PiaoDb *db, gint64 user, GError **error);
PiaoPlace *piao_place_ref (PiaoPlace *self);
void piao_place_unref (PiaoPlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPlace, piao_place_unref)

/* A warehouse as a person chooses it. */
typedef struct
{
  gint64 id;
  char *name; /* owned */
} PiaoWarehouseName;

/* The warehouses of route direct that are here, by code. GPtrArray of PiaoWarehouseName. */
GPtrArray *piao_warehouse_list_direct (PiaoDb *db, GError **error);

#define PIAO_TYPE_PLACE (piao_place_get_type ())
GType piao_place_get_type (void);

G_END_DECLS
