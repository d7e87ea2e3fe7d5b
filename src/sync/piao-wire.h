/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-json.h"
#include "store/piao-kind.h"

G_BEGIN_DECLS

/*
 * A row on the wire, out of its kind's descriptor, so that a new kind needs no codec: an object of
 * id, lane, rev, deleted and the columns by name. Ids are strings, NULL is left out, everything
 * else is text or an integer.
 */
JsonObject *piao_wire_encode (const PiaoRecord *record);

/* The row in @object: PIAO_ERROR_CORRUPT when a column has the wrong type or length, or id, lane or
 * rev make no sense. Members that the kind does not have are passed over: they come from a newer
 * program. Transfer full. */
PiaoRecord *piao_wire_decode (const PiaoKind *kind, JsonObject *object, GError **error);

G_END_DECLS
