/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: SQLite's file format, read without trusting anything in it (sqlite.org/fileformat2.html).
 * The newest committed image of each page is taken, from the WAL or the file; each page that looks
 * like a leaf of a table is searched for rows of the shape of the two tables that matter. The
 * interior of the trees, the schema and the free list may all be gone. Deleted rows are zeroed when
 * they are deleted (secure_delete is on in the library), so that they are not found again. Frames
 * of the WAL behind a damaged one are searched last, for what is nowhere else.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "store/piao-file.h"
#include "store/piao-salvage.h"
#include "store/piao-wal-reader.h"

#define PAGE_LEAF_TABLE 13
#define FILE_HEADER 100
#define DEFAULT_PAGE 4096
#define MAX_COLUMNS 16
#define MAX_PAYLOAD (4 * PIAO_JSON_MAX_BYTES)
#define OUTBOX_COLUMNS 13
#define SETTING_COLUMNS 2
#define MAX_KEY 60

typedef struct
{
  GBytes *file, *wal; /* owned; wal may be NULL */
  const guint8 *bytes;
  gsize size;
  gsize page_size;
  GHashTable *frames;  /* page number → its newest committed image in the WAL */
  GPtrArray *orphans;  /* images in the WAL behind what is wrong in there */
  GHashTable *by_dseq; /* gint64 * → PiaoOutboxEntry */
  PiaoSalvage *result;
} Reader;

typedef struct
{
  guint64 type; /* SQLite's serial type */
  const guint8 *bytes;
  gsize size;
} Column;

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32)bytes[0] << 24 | (guint32)bytes[1] << 16 | (guint32)bytes[2] << 8 | bytes[3];
}

/* Bytes read, 0 when it does not end in time. */
static gsize
get_varint (const guint8 *bytes, gsize left, guint64 *value)
{
  guint64 sum = 0;

  for (gsize i = 0; i < MIN (left, 9); i++)
    {
      if (i == 8)
        {
          *value = sum << 8 | bytes[i];
          return 9;
        }
      sum = sum << 7 | (bytes[i] & 0x7f);
      if ((bytes[i] & 0x80) == 0)
        {
          *value = sum;
          return i + 1;
        }
    }
  return 0;
}

/* --- pages ----------------------------------------------------------------------------------- */

/* What is committed replaces what is in the file; @pending holds the frames of a transaction. */
static void
commit_frames (Reader *self, GHashTable *pending)
{
  GHashTableIter iter;
  gpointer number, image;

  g_hash_table_iter_init (&iter, pending);
  while (g_hash_table_iter_next (&iter, &number, &image))
    g_hash_table_insert (self->frames, number, image);
  g_hash_table_remove_all (pending);
}

static void
read_wal (Reader *self)
{
  g_autoptr (GHashTable) pending = g_hash_table_new (NULL, NULL);
  PiaoWalReader wal;
  gboolean whole;

  piao_wal_reader_init (&wal, self->wal, self->page_size);
  self->page_size = wal.page_size;
  whole = wal.sound;
  for (guint i = 0; i < wal.n_frames; i++)
    {
      gpointer image = (gpointer)piao_wal_reader_get_page (&wal, i);

      whole = whole && piao_wal_reader_follows (&wal, i);
      if (!whole && piao_wal_reader_is_of_round (&wal, i))
        g_ptr_array_add (self->orphans, image);
      if (!whole)
        continue;
      g_hash_table_insert (pending, GUINT_TO_POINTER (piao_wal_reader_get_number (&wal, i)), image);
      if (piao_wal_reader_is_commit (&wal, i))
        commit_frames (self, pending);
    }
}

static const guint8 *
get_page (Reader *self, guint number)
{
  const guint8 *image = g_hash_table_lookup (self->frames, GUINT_TO_POINTER (number));
  gsize at = (gsize)(number - 1) * self->page_size;

  if (image != NULL)
    return image;
  return number > 0 && at + self->page_size <= self->size ? self->bytes + at : NULL;
}

static gsize
find_page_size (const guint8 *bytes, gsize size)
{
  gsize page = size >= FILE_HEADER ? (gsize)bytes[16] << 8 | bytes[17] : 0;

  if (page == 1)
    page = 65536;
  return page >= 512 && (page & (page - 1)) == 0 ? page : DEFAULT_PAGE;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* The whole of a row: @local bytes here and the rest on overflow pages. NULL when it is cut. */
static GBytes *
read_payload (Reader *self, const guint8 *cell, gsize left, gsize total)
{
  gsize usable = self->page_size;
  gsize most = usable - 35;
  gsize least = (usable - 12) * 32 / 255 - 23;
  gsize local = least + (total - least) % (usable - 4);
  GByteArray *bytes;
  guint next;

  if (total <= most)
    return total <= left ? g_bytes_new_static (cell, total) : NULL;
  if (local > most)
    local = least;
  if (local + 4 > left)
    return NULL;
  bytes = g_byte_array_sized_new ((guint)total);
  g_byte_array_append (bytes, cell, (guint)local);
  next = get_u32 (cell + local);
  while (bytes->len < total)
    {
      const guint8 *page = next != 0 ? get_page (self, next) : NULL;

      if (page == NULL)
        {
          g_byte_array_unref (bytes);
          return NULL;
        }
      g_byte_array_append (bytes, page + 4, (guint)MIN (usable - 4, total - bytes->len));
      next = get_u32 (page);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static gsize
get_column_size (guint64 type)
{
  static const guint8 sizes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0 };

  return type < G_N_ELEMENTS (sizes) ? sizes[type] : (gsize)(type - 12) / 2;
}

/* How many columns the row has, 0 when it is none. */
static guint
split_row (const guint8 *row, gsize size, Column *columns)
{
  guint64 header = 0;
  gsize at = get_varint (row, size, &header);
  gsize body = (gsize)header;
  guint n = 0;

  if (at == 0 || header > size)
    return 0;
  while (at < header)
    {
      gsize read = get_varint (row + at, (gsize)header - at, &columns[n].type);

      if (read == 0 || columns[n].type > 2 * MAX_PAYLOAD)
        return 0;
      columns[n].size = get_column_size (columns[n].type);
      columns[n].bytes = row + body;
      if (body + columns[n].size > size)
        return 0;
      body += columns[n].size;
      at += read;
      if (++n == MAX_COLUMNS)
        return 0;
    }
  return n;
}

static gboolean
is_int (const Column *column)
{
  return (column->type >= 1 && column->type <= 6) || column->type == 8 || column->type == 9;
}

static gint64
get_int (const Column *column)
{
  guint64 number = column->size > 0 && (column->bytes[0] & 0x80) != 0 ? G_MAXUINT64 : 0;

  for (gsize i = 0; i < column->size; i++)
    number = number << 8 | column->bytes[i];
  return column->size > 0 ? (gint64)number : column->type == 9;
}

static gboolean
is_text (const Column *column)
{
  return column->type >= 13 && (column->type & 1) == 1
         && memchr (column->bytes, '\0', column->size) == NULL
         && g_utf8_validate_len ((const char *)column->bytes, column->size, NULL);
}

static char *
dup_text (const Column *column)
{
  return is_text (column) ? g_strndup ((const char *)column->bytes, column->size) : NULL;
}

static gboolean
is_state (const char *state)
{
  static const char *const states[]
      = { "queued", "accepted", "refused", "parked", "discarded", NULL };

  return g_strv_contains (states, state);
}

/* NULL when it is a row of another table. */
static PiaoOutboxEntry *
make_entry (gint64 dseq, const Column *columns)
{
  g_autoptr (PiaoOutboxEntry) entry = NULL;
  g_autoptr (JsonObject) args = NULL;

  if (columns[0].type != 0 || !is_int (&columns[1]) || !is_text (&columns[2])
      || !is_text (&columns[3]) || !is_int (&columns[4]) || !is_int (&columns[5])
      || !is_text (&columns[6]) || !is_int (&columns[7]) || !is_int (&columns[8]))
    return NULL;
  entry = g_new0 (PiaoOutboxEntry, 1);
  entry->dseq = dseq;
  entry->id = get_int (&columns[1]);
  entry->name = dup_text (&columns[2]);
  entry->args = dup_text (&columns[3]);
  entry->at = get_int (&columns[4]);
  entry->actor = get_int (&columns[5]);
  entry->state = dup_text (&columns[6]);
  entry->decided = get_int (&columns[7]) != 0;
  entry->seq = get_int (&columns[8]);
  entry->code = dup_text (&columns[9]);
  entry->message = dup_text (&columns[10]);
  entry->note = dup_text (&columns[11]);
  args = piao_json_parse_object (entry->args, -1, PIAO_JSON_MAX_BYTES, "args", NULL);
  if (dseq <= 0 || entry->id <= 0 || entry->at < 0 || entry->actor < 0 || entry->seq < 0
      || !is_state (entry->state) || args == NULL)
    return NULL;
  return g_steal_pointer (&entry);
}

/* What became of @entry, from a later image of it. */
static void
take_decision (PiaoOutboxEntry *entry, const PiaoOutboxEntry *later)
{
  entry->decided = TRUE;
  entry->seq = later->seq;
  g_set_str (&entry->state, later->state);
  g_set_str (&entry->code, later->code);
  g_set_str (&entry->message, later->message);
  g_set_str (&entry->note, later->note);
}

static void
take_entry (Reader *self, PiaoOutboxEntry *entry)
{
  g_autoptr (PiaoOutboxEntry) held = entry;
  PiaoOutboxEntry *found = g_hash_table_lookup (self->by_dseq, &entry->dseq);

  /* Found first counts: pages that are part of the file are read before those that only were. But
   * behind what is wrong in the log it may have been decided: it must not happen after all. */
  if (found == NULL)
    {
      g_hash_table_insert (self->by_dseq, &entry->dseq, entry);
      g_ptr_array_add (self->result->entries, g_steal_pointer (&held));
    }
  else if (found->id == entry->id && entry->decided && !found->decided)
    take_decision (found, entry);
}

static gboolean
is_key (const char *key)
{
  return *key != '\0' && strlen (key) <= MAX_KEY
         && strspn (key, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen (key);
}

static void
take_setting (Reader *self, const Column *columns)
{
  g_autofree char *key = dup_text (&columns[0]);
  g_autofree char *value = dup_text (&columns[1]);

  if (key != NULL && value != NULL && is_key (key)
      && !g_hash_table_contains (self->result->settings, key))
    g_hash_table_insert (self->result->settings, g_steal_pointer (&key), g_steal_pointer (&value));
}

static void
read_cell (Reader *self, const guint8 *page, gsize at)
{
  guint64 total = 0, rowid = 0;
  gsize read = get_varint (page + at, self->page_size - at, &total);
  gsize more = read > 0 ? get_varint (page + at + read, self->page_size - at - read, &rowid) : 0;
  Column columns[MAX_COLUMNS] = { 0 };
  g_autoptr (GBytes) payload = NULL;
  guint n;

  if (more == 0 || total == 0 || total > MAX_PAYLOAD)
    return;
  at += read + more;
  payload = read_payload (self, page + at, self->page_size - at, (gsize)total);
  if (payload == NULL)
    return;
  n = split_row (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), columns);
  if (n == OUTBOX_COLUMNS)
    {
      PiaoOutboxEntry *entry = make_entry ((gint64)rowid, columns);

      if (entry != NULL)
        take_entry (self, entry);
    }
  else if (n == SETTING_COLUMNS)
    take_setting (self, columns);
}

static void
read_page (Reader *self, const guint8 *page, gsize header)
{
  guint n;

  if (page == NULL || page[header] != PAGE_LEAF_TABLE)
    return;
  n = (guint)page[header + 3] << 8 | page[header + 4];
  for (guint i = 0; i < n && header + 10 + 2 * i <= self->page_size; i++)
    {
      const guint8 *pointer = page + header + 8 + 2 * i;
      gsize at = (gsize)pointer[0] << 8 | pointer[1];

      if (at > header && at < self->page_size)
        read_cell (self, page, at);
    }
}

static gint
compare_dseq (gconstpointer a, gconstpointer b)
{
  const PiaoOutboxEntry *left = *(PiaoOutboxEntry *const *)a;
  const PiaoOutboxEntry *right = *(PiaoOutboxEntry *const *)b;

  return (left->dseq > right->dseq) - (left->dseq < right->dseq);
}

static void
read_pages (Reader *self)
{
  gsize last = self->size / self->page_size;
  GHashTableIter iter;
  gpointer number;

  g_hash_table_iter_init (&iter, self->frames);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    last = MAX (last, GPOINTER_TO_UINT (number));
  for (guint i = 1; i <= last; i++)
    read_page (self, get_page (self, i), i == 1 ? FILE_HEADER : 0);
  for (guint i = 0; i < self->orphans->len; i++)
    read_page (self, g_ptr_array_index (self->orphans, self->orphans->len - 1 - i), 0);
  g_ptr_array_sort (self->result->entries, compare_dseq);
}

void
piao_salvage_free (PiaoSalvage *self)
{
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->settings);
  g_free (self);
}

/* Both of them, or none: without a log that is there, what was done last would be left behind. */
static gboolean
read_files (Reader *self, const char *path, GError **error)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autoptr (GError) inner = NULL;

  self->file = piao_file_read (path, &inner);
  if (self->file != NULL && piao_file_exists (wal))
    self->wal = piao_file_read (wal, &inner);
  if (inner == NULL)
    return TRUE;
  g_clear_pointer (&self->file, g_bytes_unref);
  return piao_error_set (error, PIAO_ERROR_FAILED, "rescue.read",
                         _ ("The damaged data of this computer cannot be read: %s."),
                         inner->message);
}

gboolean
piao_salvage_has_lost (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autoptr (GBytes) bytes = piao_file_get_size (log) > 0 ? piao_file_read (log, NULL) : NULL;
  g_autoptr (GBytes) file = bytes != NULL ? piao_file_read (path, NULL) : NULL;
  PiaoWalReader wal;
  gsize size = 0;

  if (file == NULL)
    return FALSE;
  piao_wal_reader_init (&wal, bytes, find_page_size (g_bytes_get_data (file, &size), size));
  if (!piao_wal_reader_has_lost (&wal, file) || piao_file_is_in_use (path))
    return FALSE;
  g_message ("The log of %s is damaged before its end", path);
  return TRUE;
}

PiaoSalvage *
piao_salvage_read (const char *path, GError **error)
{
  Reader self = { 0 };

  if (!read_files (&self, path, error))
    return NULL;
  self.bytes = g_bytes_get_data (self.file, &self.size);
  self.page_size = find_page_size (self.bytes, self.size);
  self.frames = g_hash_table_new (NULL, NULL);
  self.orphans = g_ptr_array_new ();
  self.by_dseq = g_hash_table_new (g_int64_hash, g_int64_equal);
  self.result = g_new0 (PiaoSalvage, 1);
  self.result->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_outbox_entry_free);
  self.result->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (self.wal != NULL)
    read_wal (&self);
  read_pages (&self);
  g_hash_table_unref (self.by_dseq);
  g_hash_table_unref (self.frames);
  g_ptr_array_unref (self.orphans);
  g_clear_pointer (&self.wal, g_bytes_unref);
  g_bytes_unref (self.file);
  return self.result;
}
