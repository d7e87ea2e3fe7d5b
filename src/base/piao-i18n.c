/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "base/piao-i18n.h"

/* Whether this very program stands in the build folder. */
static gboolean
is_uninstalled (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);

  return exe != NULL && g_str_has_prefix (exe, PIAO_BUILD_DIR G_DIR_SEPARATOR_S);
}

void
piao_i18n_bind (void)
{
  bindtextdomain (GETTEXT_PACKAGE, is_uninstalled () ? PIAO_BUILD_DIR "/po" : PIAO_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* Longest header that is looked at, in characters, and words of it. */
#define MAX_ACCEPTED 200
#define MAX_WORDS 16

static const struct
{
  const char *language;
  const char *locale;
} languages[] = {
  { "zh", "zh_CN.UTF-8" }, { "en", "C" }, /* what the texts are written in */
};

const char *
piao_i18n_choose (const char *accepted)
{
  g_auto (GStrv) words = NULL;

  if (accepted == NULL || strnlen (accepted, MAX_ACCEPTED) == MAX_ACCEPTED)
    return NULL;
  words = g_strsplit (accepted, ",", MAX_WORDS);
  for (guint i = 0; words[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (languages); k++)
      {
        const char *word = g_strstrip (words[i]);

        if (g_ascii_strncasecmp (word, languages[k].language, 2) == 0 && !g_ascii_isalnum (word[2]))
          return languages[k].language;
      }
  return NULL;
}

/* The locale of the process with the messages of language @i; made once, 0 where there is none. */
static locale_t
get_locale (guint i)
{
  static gsize made[G_N_ELEMENTS (languages)];
  static locale_t locales[G_N_ELEMENTS (languages)];

  if (g_once_init_enter (&made[i]))
    {
      locale_t own = duplocale (LC_GLOBAL_LOCALE);

      locales[i] = newlocale (LC_MESSAGES_MASK, languages[i].locale, own);
      if (locales[i] == (locale_t)0)
        freelocale (own);
      g_once_init_leave (&made[i], 1);
    }
  return locales[i];
}

gpointer
piao_i18n_begin (const char *language)
{
  for (guint i = 0; language != NULL && i < G_N_ELEMENTS (languages); i++)
    if (g_str_equal (languages[i].language, language) && get_locale (i) != (locale_t)0)
      return (gpointer)uselocale (get_locale (i));
  return NULL;
}

void
piao_i18n_end (gpointer before)
{
  if (before != NULL)
    uselocale ((locale_t)before);
}

void
piao_i18n_bind_many (void)
{
  gpointer before;

  g_unsetenv ("LANGUAGE");
  piao_i18n_bind ();
  /* GLib asks once for all whether there is anything to translate. */
  before = piao_i18n_begin ("zh");
  g_dgettext (GETTEXT_PACKAGE, "Piaoku");
  piao_i18n_end (before);
}
