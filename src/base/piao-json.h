/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * JSON from outside, bounded. Members are read through the typed getters below: they accept
 * exactly the type asked for and answer with the fallback otherwise, so that no hostile document
 * reaches a json-glib critical. Ids are decimal strings on the wire (numbers are accepted too).
 */
#define PIAO_JSON_MAX_BYTES (1024 * 1024)
#define PIAO_JSON_MAX_DEPTH 32

/* Parses an object of at most @max_bytes and PIAO_JSON_MAX_DEPTH levels. @what names the text in
 * the error ("the gateway's answer"). PIAO_ERROR_LIMIT or PIAO_ERROR_CORRUPT. Transfer full. */
JsonObject *piao_json_parse_object (
    const char *text, gssize length, gsize max_bytes, const char *what, GError **error);

/* Compact text of @object. Transfer full. */
char *piao_json_object_to_text (JsonObject *object);

/* Typed members; the returned texts, objects and arrays are borrowed. */
const char *piao_json_get_text (JsonObject *object, const char *member, const char *fallback);
gint64 piao_json_get_int (JsonObject *object, const char *member, gint64 fallback);
gint64 piao_json_get_id (JsonObject *object, const char *member);
gboolean piao_json_get_bool (JsonObject *object, const char *member, gboolean fallback);
JsonObject *piao_json_get_object (JsonObject *object, const char *member);
JsonArray *piao_json_get_array (JsonObject *object, const char *member);

/* The element at @index as an object, or NULL. Borrowed. */
JsonObject *piao_json_array_get_object (JsonArray *array, guint index);

/* Writes @id as a string. */
void piao_json_set_id (JsonObject *object, const char *member, gint64 id);

/* An object from name/type/value triples ended by NULL; types: 's' text (NULL is left out), 'i'
 * gint64, 'd' id, 'b' gboolean, 'o' JsonObject (taken), 'a' JsonArray (taken).
 *   piao_json_build ("order", 'd', id, "reason", 's', text, NULL) */
JsonObject *piao_json_build (const char *first, ...);

G_END_DECLS
