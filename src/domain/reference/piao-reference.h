/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/*
 * The rows that every installation starts from: the centre and its 16 branches with a warehouse
 * each, roles with their permission words, delivery schemes, shapes of codes and parameters, out
 * of the tables of data/reference. Their ids are fixed, so writing them again changes nothing that
 * was not changed in a table; they are in lane 0 and have rev 0 until the ledger takes them up.
 */

/* Writes them all. Inside the caller's transaction; blocks. What piao_record_store() or a broken
 * table says on failure. */
gboolean piao_reference_write (PiaoDb *db, GError **error);

/* Ids of those rows by what people know them by, 0 when there is no such one. Organisations and
 * warehouses have the GB code of their prefecture as id. */
gint64 piao_reference_role_id (const char *code);
gint64 piao_reference_scheme_id (const char *code);

G_END_DECLS
