/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unicode/utrans.h>
#include <unicode/ustring.h>

#include "base/piao-error.h"
#include "base/piao-text.h"

/* Names that the general transliteration reads wrongly: text, then one letter a character. */
static const struct
{
  const char *text;
  const char *initials;
} polyphones[] = {
  { "莎车", "sc" }, { "尉犁", "yl" }, { "鄯善", "ss" },       { "巴里坤", "blk" },
  { "喀什", "ks" }, { "重庆", "cq" }, { "长安", "ca" },       { "长春", "cc" },
  { "长沙", "cs" }, { "乐山", "ls" }, { "单县", "sx" },       { "什", "s" },
  { "长胜", "cs" }, { "好运", "hy" }, { "行业", "hy" },       { "银行", "yh" },
  { "和什", "hs" }, { "乌什", "ws" }, { "布克赛尔", "bkse" }, { "察布查尔", "cbce" },
};

gboolean
piao_text_is_han (gunichar c)
{
  return g_unichar_get_script (c) == G_UNICODE_SCRIPT_HAN;
}

gboolean
piao_text_check (
    const char *text, guint max_chars, gboolean multiline, const char *field, GError **error)
{
  gsize bytes;

  if (text == NULL)
    return TRUE;
  bytes = strnlen (text, (gsize)max_chars * 4 + 1);
  if (bytes > (gsize)max_chars * 4 || !g_utf8_validate (text, (gssize)bytes, NULL)
      || g_utf8_strlen (text, (gssize)bytes) > (glong)max_chars)
    {
      if (bytes <= (gsize)max_chars * 4 && !g_utf8_validate (text, (gssize)bytes, NULL))
        return piao_error_set (error, PIAO_ERROR_INVALID, "text.encoding",
                               _ ("%s is not valid UTF-8 text. Enter it again."), field);
      return piao_error_set (error, PIAO_ERROR_LIMIT, "text.long",
                             _ ("%s is longer than %u characters. Shorten it."), field, max_chars);
    }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((c < 0x20 || c == 0x7f) && !(multiline && c == '\n'))
        return piao_error_set (error, PIAO_ERROR_INVALID, "text.control",
                               _ ("%s holds a control character. Enter it again without it."),
                               field);
    }
  return TRUE;
}

char *
piao_text_fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *lower = normal != NULL ? g_utf8_strdown (normal, -1) : g_strdup ("");
  GString *folded = g_string_new (NULL);
  gboolean space = FALSE;

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        {
          space = folded->len > 0;
          continue;
        }
      if (c == 0xb7 || c == 0x2027 || c == 0x2022 || c == 0x30fb)
        continue;
      if (space)
        g_string_append_c (folded, ' ');
      space = FALSE;
      g_string_append_unichar (folded, c);
    }
  return g_string_free_and_steal (folded);
}

/* One transliterator serves all threads under a lock: making one takes milliseconds. */
static char *
pinyin_of (gunichar c)
{
  static GMutex lock;
  static UTransliterator *trans;
  static gboolean tried;
  UErrorCode status = U_ZERO_ERROR;
  UChar buffer[64];
  char ascii[64] = "";
  int32_t length = 0, limit;

  u_strFromUTF32 (buffer, G_N_ELEMENTS (buffer), &length, (const UChar32 *)&c, 1, &status);
  g_mutex_lock (&lock);
  if (!tried)
    {
      static const UChar name[] = u"Han-Latin; Latin-ASCII; Lower";

      tried = TRUE;
      trans = utrans_openU (name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
      if (U_FAILURE (status))
        g_warning ("ICU cannot make pinyin (%s): initials are not searchable",
                   u_errorName (status));
    }
  limit = length;
  if (trans != NULL && U_SUCCESS (status))
    utrans_transUChars (trans, buffer, &length, G_N_ELEMENTS (buffer), 0, &limit, &status);
  g_mutex_unlock (&lock);
  if (trans != NULL && U_SUCCESS (status))
    u_strToUTF8 (ascii, sizeof ascii, NULL, buffer, length, &status);
  return g_strdup (U_SUCCESS (status) ? ascii : "");
}

static char
initial_of (gunichar c)
{
  static GMutex lock;
  static char cache[0xa000 - 0x4e00]; /* the common block; 1 = no letter */
  g_autofree char *pinyin = NULL;
  char letter;
  gboolean common = c >= 0x4e00 && c < 0xa000;

  if (common)
    {
      g_mutex_lock (&lock);
      letter = cache[c - 0x4e00];
      g_mutex_unlock (&lock);
      if (letter != 0)
        return letter == 1 ? '\0' : letter;
    }
  pinyin = pinyin_of (c);
  letter = g_ascii_islower (pinyin[0]) ? pinyin[0] : '\0';
  if (common)
    {
      g_mutex_lock (&lock);
      cache[c - 0x4e00] = letter != '\0' ? letter : 1;
      g_mutex_unlock (&lock);
    }
  return letter;
}

char *
piao_text_initials (const char *text)
{
  g_autofree char *folded = piao_text_fold (text);
  GString *initials = g_string_new (NULL);

  for (const char *p = folded; *p != '\0';)
    {
      gunichar c = g_utf8_get_char (p);
      gboolean special = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (polyphones) && !special; i++)
        if (g_str_has_prefix (p, polyphones[i].text))
          {
            g_string_append (initials, polyphones[i].initials);
            p += strlen (polyphones[i].text);
            special = TRUE;
          }
      if (special)
        continue;
      if (piao_text_is_han (c))
        {
          char letter = initial_of (c);

          if (letter != '\0')
            g_string_append_c (initials, letter);
        }
      else if (c < 0x80 && g_ascii_isalnum ((char)c))
        g_string_append_c (initials, (char)c);
      p = g_utf8_next_char (p);
    }
  return g_string_free_and_steal (initials);
}

char *
piao_text_words (const char *text)
{
  g_autofree char *folded = piao_text_fold (text);
  GString *words = g_string_new (NULL);
  gboolean join = FALSE;

  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (piao_text_is_han (c))
        {
          if (words->len > 0)
            g_string_append_c (words, ' ');
          g_string_append_unichar (words, c);
          join = FALSE;
        }
      else if (g_unichar_isalnum (c))
        {
          if (!join && words->len > 0)
            g_string_append_c (words, ' ');
          g_string_append_unichar (words, c);
          join = TRUE;
        }
      else
        join = FALSE;
    }
  return g_string_free_and_steal (words);
}

char *
piao_text_search_words (const char *const *parts)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *plain = piao_text_words (parts[i]);
      g_autofree char *initials = piao_text_initials (parts[i]);

      if (*plain == '\0')
        continue;
      g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", plain);
      if (*initials != '\0' && !g_str_equal (initials, plain))
        g_string_append_printf (words, " %s", initials);
    }
  return g_string_free_and_steal (words);
}

char *
piao_text_narrow (const char *text, gboolean *changed)
{
  GString *narrow = g_string_new (NULL);
  gboolean any = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c >= 0xff01 && c <= 0xff5e)
        {
          c -= 0xfee0;
          any = TRUE;
        }
      g_string_append_unichar (narrow, c);
    }
  if (changed != NULL)
    *changed = any;
  return g_string_free_and_steal (narrow);
}
