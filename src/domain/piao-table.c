/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/piao-table.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "piao-reference-resources.h"

struct _PiaoTable
{
  GStrv header;
  GPtrArray *rows; /* of GStrv, as many cells as the header */
};

/* One cell from @at on; leaves @at behind the comma or at the line end. NULL on a broken quote. */
static char *
read_cell (const char **at, const char *end)
{
  g_autoptr (GString) cell = g_string_new (NULL);
  const char *p = *at;
  gboolean quoted = p < end && *p == '"';

  if (quoted)
    {
      for (p++; p < end && !(*p == '"' && (p + 1 == end || p[1] != '"')); p++)
        {
          g_string_append_c (cell, *p);
          if (*p == '"')
            p++;
        }
      if (p == end)
        return NULL;
      p++;
    }
  else
    for (; p < end && *p != ',' && *p != '\n' && *p != '\r'; p++)
      g_string_append_c (cell, *p);
  if (p < end && *p != ',' && *p != '\n' && *p != '\r')
    return NULL;
  *at = p;
  return g_string_free (g_steal_pointer (&cell), FALSE);
}

/* One line of cells; leaves @at at the next line. NULL when it is broken or too wide. */
static GStrv
read_row (const char **at, const char *end)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint n = 0; n < PIAO_TABLE_MAX_COLUMNS; n++)
    {
      char *cell = read_cell (at, end);

      if (cell == NULL)
        return NULL;
      g_strv_builder_take (builder, cell);
      if (*at < end && **at == ',')
        {
          (*at)++;
          continue;
        }
      while (*at < end && (**at == '\r' || **at == '\n'))
        (*at)++;
      return g_strv_builder_end (builder);
    }
  return NULL;
}

static void
skip_comments (const char **at, const char *end)
{
  while (*at < end && (**at == '#' || **at == '\n' || **at == '\r'))
    {
      const char *line_end = memchr (*at, '\n', (gsize)(end - *at));

      *at = line_end != NULL ? line_end + 1 : end;
    }
}

PiaoTable *
piao_table_parse (const char *text, gsize length, const char *what, GError **error)
{
  g_autoptr (PiaoTable) self = g_new0 (PiaoTable, 1);
  const char *at = text;
  const char *end = text + length;

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  if (length > PIAO_TABLE_MAX_BYTES)
    {
      piao_error_set (error, PIAO_ERROR_LIMIT, "table.long", _ ("The table “%s” is too large."),
                      what);
      return NULL;
    }
  if (!g_utf8_validate_len (text, length, NULL))
    {
      piao_error_set (error, PIAO_ERROR_CORRUPT, "table.encoding",
                      _ ("The table “%s” is not UTF-8 text."), what);
      return NULL;
    }
  for (skip_comments (&at, end); at < end; skip_comments (&at, end))
    {
      GStrv row = read_row (&at, end);

      if (row == NULL
          || (self->header != NULL && g_strv_length (row) != g_strv_length (self->header)))
        {
          g_strfreev (row);
          piao_error_set (error, PIAO_ERROR_CORRUPT, "table.broken",
                          _ ("The table “%s” cannot be read after row %u."), what, self->rows->len);
          return NULL;
        }
      if (self->header == NULL)
        self->header = row;
      else
        g_ptr_array_add (self->rows, row);
    }
  return g_steal_pointer (&self);
}

PiaoTable *
piao_table_load (const char *name, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/io/github/piaoku/reference/%s.csv", name);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (piao_reference_get_resource (), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length = 0;
  const char *text;

  if (bytes == NULL)
    {
      piao_error_set (error, PIAO_ERROR_NOT_FOUND, "table.unknown",
                      _ ("There is no reference table “%s”."), name);
      return NULL;
    }
  text = g_bytes_get_data (bytes, &length);
  return piao_table_parse (text, length, name, error);
}

void
piao_table_free (PiaoTable *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->header);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

guint
piao_table_get_n_rows (const PiaoTable *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rows->len;
}

const char *
piao_table_get (const PiaoTable *self, guint row, const char *column)
{
  g_return_val_if_fail (self != NULL && row < self->rows->len, "");
  for (guint i = 0; self->header != NULL && self->header[i] != NULL; i++)
    if (g_str_equal (self->header[i], column))
      return ((GStrv)self->rows->pdata[row])[i];
  return "";
}

gint64
piao_table_get_int (const PiaoTable *self, guint row, const char *column, gint64 fallback)
{
  gint64 value = 0;

  if (!g_ascii_string_to_signed (piao_table_get (self, row, column), 10, G_MININT64, G_MAXINT64,
                                 &value, NULL))
    return fallback;
  return value;
}
