/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-json.h"
#include "base/piao-text.h"
#include "store/piao-outbox-file.h"

#define VERSION 1
/* A command's arguments are bounded by PIAO_JSON_MAX_BYTES; quoted they may be longer. */
#define MAX_LINE (8 * PIAO_JSON_MAX_BYTES)
#define MAX_NAME 60
#define MAX_CODE 60
#define MAX_SENTENCE 1000

PIAO_STATEMENT (outbox_adopt,
                "INSERT INTO outbox (dseq, id, name, args, at, actor, state, decided, seq, code,"
                " message, note, undo) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
                " $13)");
PIAO_STATEMENT (outbox_dseq_of, "SELECT dseq FROM outbox WHERE id = $1");

/* --- writing --------------------------------------------------------------------------------- */

static void
add_line (GString *text, JsonObject *object)
{
  g_autoptr (JsonObject) held = object;
  g_autofree char *line = piao_json_object_to_text (held);

  g_string_append (text, line);
  g_string_append_c (text, '\n');
}

static JsonObject *
describe (const PiaoOutboxEntry *entry)
{
  JsonObject *object
      = piao_json_build ("dseq", 'i', entry->dseq, "id", 'd', entry->id, "name", 's', entry->name,
                         "args", 's', entry->args, "at", 'i', entry->at, "actor", 'd', entry->actor,
                         "state", 's', entry->state, NULL);

  if (entry->decided)
    json_object_set_boolean_member (object, "decided", TRUE);
  if (entry->seq != 0)
    json_object_set_int_member (object, "seq", entry->seq);
  if (entry->code != NULL)
    json_object_set_string_member (object, "code", entry->code);
  if (entry->message != NULL)
    json_object_set_string_member (object, "message", entry->message);
  if (entry->note != NULL)
    json_object_set_string_member (object, "note", entry->note);
  return object;
}

GBytes *
piao_outbox_file_write (
    guint device, const char *key, gint64 made_at, const char *missing, GPtrArray *entries)
{
  GString *text = g_string_new (NULL);
  g_autofree char *computer
      = key != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1) : NULL;
  g_autofree char *sum = NULL;
  gsize size;

  add_line (text, piao_json_build ("piaoku", 's', "outbox", "version", 'i', (gint64)VERSION,
                                   "device", 'i', (gint64)device, "computer", 's', computer,
                                   "count", 'i', (gint64)entries->len, "made_at", 'i', made_at,
                                   "missing", 's', missing, NULL));
  for (guint i = 0; i < entries->len; i++)
    add_line (text, describe (g_ptr_array_index (entries, i)));
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize)text->len);
  add_line (text, piao_json_build ("sha256", 's', sum, NULL));
  size = text->len;
  return g_bytes_new_take (g_string_free_and_steal (text), size);
}

GBytes *
piao_outbox_file_export (PiaoDb *db, gint64 made_at, guint *n, GError **error)
{
  g_autoptr (GPtrArray) entries = piao_outbox_list_unsent (db, PIAO_OUTBOX_FILE_MAX_ENTRIES, error);
  g_autofree char *key = piao_setting_get (db, "device.key", NULL);

  if (entries == NULL)
    return NULL;
  if (n != NULL)
    *n = entries->len;
  return piao_outbox_file_write ((guint)piao_setting_get_int (db, "device", 0), key, made_at, NULL,
                                 entries);
}

gboolean
piao_outbox_file_check_own (PiaoDb *db, const PiaoOutboxFile *file, GError **error)
{
  g_autofree char *key = piao_setting_get (db, "device.key", NULL);
  g_autofree char *own
      = key != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1) : NULL;

  if (own != NULL && g_strcmp0 (own, file->computer) == 0)
    return TRUE;
  return piao_error_set (
      error, PIAO_ERROR_CONFLICT, "outbox.foreign",
      _ ("This file was made on another computer (number %u). Its operations can "
         "only be taken in there or at the centre; nothing was changed."),
      file->device);
}

/* --- reading --------------------------------------------------------------------------------- */

static gboolean
set_file_error (guint line, GError **error)
{
  return piao_error_set (
      error, PIAO_ERROR_CORRUPT, "outbox.file",
      _ ("Line %u of the outbox file is not as it was written. Nothing of it was "
         "used; fetch the file once more."),
      line);
}

void
piao_outbox_file_free (PiaoOutboxFile *file)
{
  g_free (file->computer);
  g_free (file->missing);
  g_clear_pointer (&file->entries, g_ptr_array_unref);
  g_free (file);
}

/* The sum line stands last and fits what is before it; @length is then the length of that. */
static gboolean
check_sum (const char *text, gsize *length, GError **error)
{
  g_autoptr (JsonObject) last = NULL;
  g_autofree char *sum = NULL;
  gsize at = *length - 1; /* the last line feed */

  while (at > 0 && text[at - 1] != '\n')
    at--;
  last = piao_json_parse_object (text + at, (gssize)(*length - 1 - at), 1024, "sha256", NULL);
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)text, at);
  if (last == NULL || g_strcmp0 (piao_json_get_text (last, "sha256", NULL), sum) != 0)
    return piao_error_set (error, PIAO_ERROR_CORRUPT, "outbox.file",
                           _ ("The outbox file is damaged or not complete: its check sum does not "
                              "fit. Nothing of it was used; fetch the file once more."));
  *length = at;
  return TRUE;
}

static gboolean
is_state (const char *state)
{
  static const char *const states[]
      = { "queued", "accepted", "refused", "parked", "discarded", NULL };

  return state != NULL && g_strv_contains (states, state);
}

static PiaoOutboxEntry *
read_entry (JsonObject *object)
{
  g_autoptr (PiaoOutboxEntry) entry = g_new0 (PiaoOutboxEntry, 1);

  entry->dseq = piao_json_get_int (object, "dseq", 0);
  entry->id = piao_json_get_id (object, "id");
  entry->name = g_strdup (piao_json_get_text (object, "name", NULL));
  entry->args = g_strdup (piao_json_get_text (object, "args", NULL));
  entry->at = piao_json_get_int (object, "at", -1);
  entry->actor = piao_json_get_id (object, "actor");
  entry->state = g_strdup (piao_json_get_text (object, "state", NULL));
  entry->decided = piao_json_get_bool (object, "decided", FALSE);
  entry->seq = piao_json_get_int (object, "seq", 0);
  entry->code = g_strdup (piao_json_get_text (object, "code", NULL));
  entry->message = g_strdup (piao_json_get_text (object, "message", NULL));
  entry->note = g_strdup (piao_json_get_text (object, "note", NULL));
  if (entry->dseq <= 0 || entry->id <= 0 || entry->name == NULL || entry->args == NULL
      || entry->at < 0 || entry->actor < 0 || entry->seq < 0 || !is_state (entry->state)
      || strlen (entry->args) > PIAO_JSON_MAX_BYTES
      || !piao_text_check (entry->name, MAX_NAME, FALSE, "name", NULL)
      || !piao_text_check (entry->code, MAX_CODE, FALSE, "code", NULL)
      || !piao_text_check (entry->message, MAX_SENTENCE, TRUE, "message", NULL)
      || !piao_text_check (entry->note, MAX_SENTENCE, TRUE, "note", NULL))
    return NULL;
  return g_steal_pointer (&entry);
}

static gboolean
read_header (PiaoOutboxFile *self, JsonObject *header, gint64 *count, GError **error)
{
  gint64 device = piao_json_get_int (header, "device", -1);

  if (g_strcmp0 (piao_json_get_text (header, "piaoku", NULL), "outbox") != 0)
    return piao_error_set (error, PIAO_ERROR_CORRUPT, "outbox.file",
                           _ ("This is no outbox file of Piaoku."));
  if (piao_json_get_int (header, "version", 0) != VERSION)
    return piao_error_set (error, PIAO_ERROR_CORRUPT, "outbox.file",
                           _ ("This outbox file was written by a newer program. Update this one; "
                              "nothing was used."));
  *count = piao_json_get_int (header, "count", -1);
  self->made_at = piao_json_get_int (header, "made_at", -1);
  self->computer = g_strdup (piao_json_get_text (header, "computer", NULL));
  self->missing = g_strdup (piao_json_get_text (header, "missing", NULL));
  if (device < 0 || device > PIAO_ID_MAX_DEVICE || self->made_at < 0 || *count < 0
      || *count > PIAO_OUTBOX_FILE_MAX_ENTRIES
      || !piao_text_check (self->computer, MAX_CODE + 4, FALSE, "computer", NULL)
      || !piao_text_check (self->missing, MAX_SENTENCE, TRUE, "missing", NULL))
    return set_file_error (1, error);
  self->device = (guint)device;
  return TRUE;
}

static gboolean
read_line (PiaoOutboxFile *self, JsonObject *object, guint line, gint64 *count, GError **error)
{
  PiaoOutboxEntry *entry, *before;

  if (line == 1)
    return read_header (self, object, count, error);
  entry = read_entry (object);
  if (entry == NULL)
    return set_file_error (line, error);
  before
      = self->entries->len > 0 ? g_ptr_array_index (self->entries, self->entries->len - 1) : NULL;
  g_ptr_array_add (self->entries, entry);
  if (before != NULL && before->dseq >= entry->dseq)
    return set_file_error (line, error);
  return TRUE;
}

PiaoOutboxFile *
piao_outbox_file_read (GBytes *content, GError **error)
{
  g_autoptr (PiaoOutboxFile) self = g_new0 (PiaoOutboxFile, 1);
  gsize length = 0;
  const char *text = g_bytes_get_data (content, &length);
  gint64 count = -1;
  guint line = 0;

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_outbox_entry_free);
  if (length < 2 || length > PIAO_OUTBOX_FILE_MAX_BYTES || text[length - 1] != '\n')
    {
      set_file_error (1, error);
      return NULL;
    }
  if (!check_sum (text, &length, error))
    return NULL;
  for (gsize at = 0; at < length;)
    {
      const char *end = memchr (text + at, '\n', length - at);
      g_autoptr (JsonObject) object
          = piao_json_parse_object (text + at, (gssize)(end - (text + at)), MAX_LINE, "outbox",
                                    NULL);

      line++;
      if (object == NULL ? !set_file_error (line, error)
                         : !read_line (self, object, line, &count, error))
        return NULL;
      at = (gsize)(end - text) + 1;
    }
  if (count == (gint64)self->entries->len)
    return g_steal_pointer (&self);
  set_file_error (1, error);
  return NULL;
}

/* --- adopting -------------------------------------------------------------------------------- */

/* An empty changeset marks what is to be put on top of the rows; see piao-rebase.c. */
static gboolean
adopt_one (PiaoDb *db, const PiaoOutboxEntry *entry, GError **error)
{
  gboolean pending
      = !entry->decided
        && (g_str_equal (entry->state, "queued") || g_str_equal (entry->state, "refused"));
  g_autoptr (GBytes) nothing = pending ? g_bytes_new (NULL, 0) : NULL;
  g_autoptr (GError) inner = NULL;

  if (piao_db_exec (db, &outbox_adopt, &inner, "iissiisiisssb", entry->dseq, entry->id, entry->name,
                    entry->args, entry->at, entry->actor, entry->state,
                    (gint64)(entry->decided ? 1 : 0), entry->seq, entry->code, entry->message,
                    entry->note, nothing))
    return TRUE;
  if (g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_CONFLICT))
    return piao_error_set (error, PIAO_ERROR_CONFLICT, "outbox.dseq",
                           _ ("Number %" PRIi64 " of this computer belongs to another command. "
                              "Was the file made on another computer?"),
                           entry->dseq);
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_outbox_adopt (PiaoDb *db, GPtrArray *entries, guint *added, GError **error)
{
  guint n = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);
      gint64 dseq = 0;

      if (!piao_db_query_int (db, &outbox_dseq_of, 0, &dseq, error, "i", entry->id))
        return FALSE;
      if (dseq == entry->dseq)
        continue;
      if (!adopt_one (db, entry, error))
        return FALSE;
      n++;
    }
  if (added != NULL)
    *added = n;
  return TRUE;
}
