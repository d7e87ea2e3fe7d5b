/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Every program speaks the language of its process, straight from the build folder. */

#include <gio/gio.h>

typedef struct
{
  const char *variable; /* that names the program's file */
  const char *english;
  const char *chinese;
} Program;

static const Program programs[] = {
  { "PIAOKU", "Open the practice workspace", "打开练习环境" },
  { "PIAOKU_SERVER", "the centre of Piaoku", "票库中心" },
  { "PIAOKUCTL", "add a user, or set a password", "新增用户或设置密码" },
  { "PIAOKU_SANDBOX", "a stand-in for the ILMS gateway", "模拟的 ILMS 网关" },
};

/* What the program answers to --help in @locale. Transfer full. */
static char *
ask_for_help (const char *path, const char *locale)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *out = NULL;

  g_subprocess_launcher_setenv (launcher, "LC_ALL", locale, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "LANGUAGE");
  process = g_subprocess_launcher_spawn (launcher, &error, path, "--help", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return out;
}

static void
assert_says (const char *text, const char *wanted, const char *unwanted)
{
  if (g_strstr_len (text, -1, wanted) == NULL)
    g_error ("“%s” is missing in: %s", wanted, text);
  g_assert_null (g_strstr_len (text, -1, unwanted));
}

static void
test_program (gconstpointer data)
{
  const Program *program = data;
  const char *path = g_getenv (program->variable);
  g_autofree char *chinese = NULL;
  g_autofree char *english = NULL;

  g_assert_nonnull (path);
  chinese = ask_for_help (path, "zh_CN.UTF-8");
  assert_says (chinese, program->chinese, program->english);
  english = ask_for_help (path, "C.UTF-8");
  assert_says (english, program->english, program->chinese);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_strconcat ("/language/", programs[i].variable, NULL);

      g_test_add_data_func (path, &programs[i], test_program);
    }
  return g_test_run ();
}
