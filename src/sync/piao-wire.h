/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-json.h"
#include "sync/piao-row-block.h"

G_BEGIN_DECLS

/*
 * A row as JSON, out of its kind's descriptor, so that a new kind needs no codec: an object of id,
 * lane, rev, deleted and the columns by name. Ids are strings, NULL is left out, everything else is
 * text or an integer. Columns that @schema does not have yet are left out.
 */
JsonObject *piao_wire_encode (const PiaoRowBlock *block, guint row, int schema);

/* Appends the row in @object (NULL is an error): PIAO_ERROR_CORRUPT when a column has the wrong
 * type or length, or id, lane or rev make no sense; the block is of no use then. Members that the
 * kind does not have are passed over: they come from a newer program. */
gboolean piao_wire_decode (PiaoRowBlock *block, JsonObject *object, GError **error);

/* Most characters of a text column. */
guint piao_wire_get_max_length (const PiaoColumn *column);

/* FALSE and PIAO_ERROR_CORRUPT "sync.row": @member of a row of @kind is not as it should be. */
gboolean piao_wire_set_error (const PiaoKind *kind, const char *member, GError **error);

G_END_DECLS
