/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/piao-paths.h"

/* Whether this very program stands in the build folder. */
static gboolean
is_uninstalled (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);

  return exe != NULL && g_str_has_prefix (exe, PIAO_BUILD_DIR G_DIR_SEPARATOR_S);
}

static char *
choose (const char *built, const char *installed)
{
  return g_strdup (is_uninstalled () ? built : installed);
}

char *
piao_paths_dup_sound_dir (void)
{
  return choose (PIAO_BUILD_DIR "/data/sounds", PIAO_DATA_DIR "/piaoku/sounds");
}

char *
piao_paths_dup_icon_dir (void)
{
  return choose (PIAO_SOURCE_DIR "/data/icons", PIAO_DATA_DIR "/icons");
}

char *
piao_paths_dup_help_file (const char *language, const char *name)
{
  if (!is_uninstalled ())
    return g_build_filename (PIAO_DATA_DIR, "help", language, "piaoku", name, NULL);
  /* Translated pages are made by the build. */
  if (g_str_equal (language, "C"))
    return g_build_filename (PIAO_SOURCE_DIR, "help", language, name, NULL);
  return g_build_filename (PIAO_BUILD_DIR, "help", language, name, NULL);
}

GSettings *
piao_paths_new_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  if (is_uninstalled ())
    {
      built = g_settings_schema_source_new_from_directory (PIAO_BUILD_DIR "/data", source, TRUE,
                                                           NULL);
      source = built != NULL ? built : source;
    }
  schema = g_settings_schema_source_lookup (source, PIAO_APP_ID, TRUE);
  if (schema == NULL)
    g_error ("the settings schema %s is not installed; install the program again", PIAO_APP_ID);
  return g_settings_new_full (schema, NULL, NULL);
}

char *
piao_paths_dup_program (const char *name)
{
  static const struct
  {
    const char *name;
    const char *folder;
  } floors[] = { { "piaoku-server", "server" },
                 { "piaoku-ilms-sandbox", "sandbox" },
                 { "piaokuctl", "ctl" } };

  for (guint i = 0; is_uninstalled () && i < G_N_ELEMENTS (floors); i++)
    if (g_str_equal (floors[i].name, name))
      return g_build_filename (PIAO_BUILD_DIR, "src", floors[i].folder, name, NULL);
  return g_build_filename (PIAO_BIN_DIR, name, NULL);
}
