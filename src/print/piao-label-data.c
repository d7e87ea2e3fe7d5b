/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-json.h"
#include "print/piao-label-data.h"

#define MAX_KEY 32
#define MAX_JSON_BYTES (64 * 1024)

struct _PiaoLabelData
{
  GHashTable *values; /* char * → char *, both owned; no empty values */
};

PiaoLabelData *
piao_label_data_new (void)
{
  PiaoLabelData *self = g_new0 (PiaoLabelData, 1);

  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
piao_label_data_free (PiaoLabelData *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->values);
  g_free (self);
}

gboolean
piao_label_key_check (const char *key, gsize length)
{
  if (length == 0 || length > MAX_KEY)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_islower (key[i]) && !g_ascii_isdigit (key[i]) && key[i] != '_')
      return FALSE;
  return TRUE;
}

/* Characters that print nothing and change how the rest reads. */
static gboolean
is_unprintable (gunichar c)
{
  if (g_unichar_iscntrl (c) || c == 0xfeff)
    return TRUE;
  return (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
         || (c >= 0x2066 && c <= 0x2069);
}

static char *
make_printable (const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, (gssize)strnlen (value, 8192));
  GString *text = g_string_new (NULL);
  guint n_chars = 0;

  for (const char *p = valid; *p != '\0' && n_chars < PIAO_LABEL_MAX_VALUE;
       p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n' || c == '\t')
        c = ' ';
      if (is_unprintable (c))
        continue;
      g_string_append_unichar (text, c);
      n_chars++;
    }
  g_strstrip (text->str);
  return g_string_free_and_steal (text);
}

void
piao_label_data_set (PiaoLabelData *self, const char *key, const char *value)
{
  g_autofree char *text = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (key != NULL && piao_label_key_check (key, strlen (key)));

  text = value != NULL ? make_printable (value) : NULL;
  if (text == NULL || *text == '\0')
    g_hash_table_remove (self->values, key);
  else
    g_hash_table_replace (self->values, g_strdup (key), g_steal_pointer (&text));
}

const char *
piao_label_data_get (const PiaoLabelData *self, const char *key)
{
  const char *value;

  g_return_val_if_fail (self != NULL && key != NULL, "");
  value = g_hash_table_lookup (self->values, key);
  return value != NULL ? value : "";
}

void
piao_label_data_set_copy (PiaoLabelData *self, guint copy)
{
  g_autofree char *text = g_strdup_printf ("%u", copy);

  g_return_if_fail (self != NULL && copy >= 1);
  piao_label_data_set (self, "copy", text);
  piao_label_data_set (self, "reprint", copy > 1 ? "1" : NULL);
}

char *
piao_label_data_to_text (const PiaoLabelData *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_return_val_if_fail (self != NULL, NULL);
  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    json_object_set_string_member (object, key, value);
  return piao_json_object_to_text (object);
}

PiaoLabelData *
piao_label_data_from_text (const char *text, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GList) keys = NULL;
  PiaoLabelData *self;

  g_return_val_if_fail (text != NULL, NULL);
  object = piao_json_parse_object (text, -1, MAX_JSON_BYTES, _ ("The stored label"), error);
  if (object == NULL)
    return NULL;
  self = piao_label_data_new ();
  keys = json_object_get_members (object);
  for (GList *l = keys; l != NULL; l = l->next)
    if (piao_label_key_check (l->data, strlen (l->data)))
      piao_label_data_set (self, l->data, piao_json_get_text (object, l->data, NULL));
  return self;
}

/* Appends @pattern up to @end; FALSE when a field in it was empty. */
static gboolean
expand_run (const PiaoLabelData *self, const char *pattern, const char *end, GString *text)
{
  gboolean all = TRUE;

  for (const char *p = pattern; p < end; p++)
    {
      if (*p == '{')
        {
          const char *close = strchr (p, '}');
          g_autofree char *key = g_strndup (p + 1, (gsize)(close - p - 1));
          const char *value = piao_label_data_get (self, key);

          all = all && *value != '\0';
          g_string_append (text, value);
          p = close;
        }
      else
        g_string_append_c (text, *p);
    }
  return all;
}

char *
piao_label_data_expand (const PiaoLabelData *self, const char *pattern)
{
  GString *text = g_string_new (NULL);
  const char *p = pattern;

  g_return_val_if_fail (self != NULL && pattern != NULL, g_string_free_and_steal (text));

  while (*p != '\0')
    {
      const char *end = p + strcspn (p, "[");

      expand_run (self, p, end, text);
      p = end;
      if (*p == '[')
        {
          gsize before = text->len;

          end = strchr (p, ']');
          if (!expand_run (self, p + 1, end, text))
            g_string_truncate (text, before);
          p = end + 1;
        }
    }
  g_strstrip (text->str);
  return g_string_free_and_steal (text);
}

gboolean
piao_label_pattern_check (const char *pattern)
{
  gboolean in_group = FALSE;

  for (const char *p = pattern; *p != '\0'; p++)
    {
      if (*p == '{')
        {
          gsize length = strcspn (p + 1, "{}[]");

          if (p[1 + length] != '}' || !piao_label_key_check (p + 1, length))
            return FALSE;
          p += length + 1;
        }
      else if (*p == '}' || (*p == '[' && in_group) || (*p == ']' && !in_group))
        return FALSE;
      else if (*p == '[')
        in_group = TRUE;
      else if (*p == ']')
        in_group = FALSE;
    }
  return !in_group;
}
