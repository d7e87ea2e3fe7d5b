/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "sync/piao-notice.h"

#define MAX_LANES 256

char *
piao_notice_to_text (const char *name, GArray *lanes, gint64 seq, gboolean access_changed)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s %" G_GINT64_FORMAT " %d", name, seq, access_changed ? 1 : 0);
  if (lanes->len > MAX_LANES)
    g_string_append (text, " *");
  for (guint i = 0; lanes->len <= MAX_LANES && i < lanes->len; i++)
    g_string_append_printf (text, " %" G_GINT64_FORMAT, g_array_index (lanes, gint64, i));
  return g_string_free (text, FALSE);
}

static gboolean
read_number (const char *word, gint64 *number)
{
  return g_ascii_string_to_signed (word, 10, 0, G_MAXINT64, number, NULL);
}

gboolean
piao_notice_from_text (
    const char *text, char **name, GArray **lanes, gint64 *seq, gboolean *access_changed)
{
  g_auto (GStrv) words = g_strsplit (text, " ", MAX_LANES + 4);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n = g_strv_length (words);
  gint64 access;

  if (n < 4 || n > MAX_LANES + 3 || !read_number (words[1], seq)
      || !read_number (words[2], &access))
    return FALSE;
  *access_changed = access != 0;
  *lanes = NULL;
  if (n != 4 || !g_str_equal (words[3], "*"))
    {
      for (guint i = 3; i < n; i++)
        {
          gint64 lane;

          if (!read_number (words[i], &lane))
            return FALSE;
          g_array_append_val (list, lane);
        }
      *lanes = g_steal_pointer (&list);
    }
  *name = g_strdup (words[0]);
  return TRUE;
}
