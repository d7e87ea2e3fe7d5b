/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"
#include "tests/lib/piao-shim-vfs.h"

G_BEGIN_DECLS

/*
 * The world before anything has happened: two prefectures with a warehouse, keepers, outlets and
 * packs, a manager who sees both, and the desktops that the server knows.
 *
 *   desk 0, 1   昌吉 652300, warehouse 20, through the server
 *   desk 2      伊犁 654000, warehouse 21, speaks to ILMS itself
 *   desk 3      the manager
 */
enum
{
  SIM_LANE_A = 652300,
  SIM_LANE_B = 654000,
  SIM_WAREHOUSE_A = 20,
  SIM_WAREHOUSE_B = 21,
  SIM_FIRST_USER = 101, /* of desk 0; the others follow */
  SIM_SPARE_USER = 105, /* also picks on desk 1 */
  SIM_FIRST_DEVICE = 7,
  SIM_FIRST_OUTLET = 40,
  SIM_N_OUTLETS = 12, /* the even ones in A */
  SIM_FIRST_TYPE = 50,
  SIM_N_TYPES = 3,
  SIM_N_PACKS = 45, /* of each type in each warehouse */
  SIM_FIRST_GRANT = 300,
};

gint64 sim_town_lane_of_desk (guint desk);
gint64 sim_town_warehouse_of_desk (guint desk);

/* Puts a server's database / an empty replica on @disk, as "server.db" / "replica.db". They are
 * made once a process. */
void sim_town_put_server (PiaoRegistry *registry, gint64 now, PiaoShimDisk *disk);
void sim_town_put_replica (PiaoRegistry *registry, gint64 now, PiaoShimDisk *disk);

/* What ILMS knows of this town: the seed document of the sandbox. Transfer full. */
JsonObject *sim_town_for_ilms (void);

G_END_DECLS
