/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * The database of a centre, for the server and for piaokuctl beside it. NULL with
 * PIAO_ERROR_CORRUPT "server.log" when the log of a file is damaged, so that whoever writes would
 * go on without what was confirmed last and nobody would know; otherwise as piao_db_open(). Only
 * piaokuctl epoch writes in it all the same, when a person has looked.
 *
 * Before this program has the database open in another way (piao_salvage_has_lost()).
 */
PiaoDb *piao_centre_file_open (const char *address, PiaoDbFlags flags, GError **error);

G_END_DECLS
