/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* piaokuctl as a person types it. */

#include <gio/gio.h>
#include <string.h>

#define SECRETS                                                                                    \
  "--app-id", "piaoku-test", "--app-secret", "0123456789ab", "--sign-secret", "ba9876543210"
#define DATA                                                                                       \
  "021cc3ea01fb3a573bb9f89288bd690bd2ad4d4c0e540e72953fcc66074f8abb485dd92d57333c4d245962422e60"   \
  "50c7e2e2dad45741afb1d0a26fc614d31be4db1288b8a289f7265dc324f43485fe6e75bd738c59fef363f8664ef7"   \
  "aaf1857a596efaae1ff8aa54e620160e1838e9581e8cab891c553dec79ebc07388cbf457"

/* Runs it; the exit status. @out and @err are transfer full. */
static int
run (char **out, char **err, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  va_list words;

  g_strv_builder_add (builder, g_getenv ("PIAOKUCTL"));
  va_start (words, err);
  for (const char *word; (word = va_arg (words, const char *)) != NULL;)
    g_strv_builder_add (builder, word);
  va_end (words);
  argv = g_strv_builder_end (builder);
  process
      = g_subprocess_newv ((const char *const *)argv,
                           G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, out, err, &error));
  return g_subprocess_get_exit_status (process);
}

static void
test_seal (void)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int status = run (&out, &err, "gateway", "seal", "--profile", "tcop-hmacsha1-des", SECRETS,
                    "--nonce", "ABCDEFGHIJKLMNOP", "--timestamp", "1700000000000", "--param",
                    "gameNo=0123", "--param", "warehouseNo=6501", NULL);

  g_assert_cmpstr (err, ==, "");
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (out, ==,
                   "sign input: gameNo0123nonceABCDEFGHIJKLMNOPtimestamp1700000000000"
                   "warehouseNo6501\n"
                   "signature: 2A755BC47EC724B0EE87B9C3413AEF81D876B0CF\n"
                   "data: " DATA "\n");
}

static void
test_open (void)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int status = run (&out, &err, "gateway", "open", "--profile", "tcop-hmacsha1-des", SECRETS,
                    "--data", DATA, NULL);

  g_assert_cmpstr (err, ==, "");
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (out, ==,
                   "gameNo=0123\nnonce=ABCDEFGHIJKLMNOP\ntimestamp=1700000000000\n"
                   "warehouseNo=6501\n");
}

/* Without --nonce and --timestamp every seal is a fresh one, in every profile, and opens again. */
static void
test_fresh (void)
{
  static const char *const profiles[] = { "tcop-hmacsha1-des", "aes-gcm", "sm4-sm3" };

  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    {
      g_autofree char *one = NULL;
      g_autofree char *two = NULL;
      g_autofree char *opened = NULL;
      g_autofree char *err = NULL;
      g_autofree char *err2 = NULL;
      g_autofree char *err3 = NULL;
      char *data;

      g_assert_cmpint (run (&one, &err, "gateway", "seal", "--profile", profiles[i], SECRETS,
                            "--param", "name=伊犁", NULL),
                       ==, 0);
      g_assert_cmpint (run (&two, &err2, "gateway", "seal", "--profile", profiles[i], SECRETS,
                            "--param", "name=伊犁", NULL),
                       ==, 0);
      g_assert_cmpstr (one, !=, two);
      data = g_strstrip (strstr (one, "data: ") + strlen ("data: "));
      g_assert_cmpint (run (&opened, &err3, "gateway", "open", "--profile", profiles[i], SECRETS,
                            "--data", data, NULL),
                       ==, 0);
      g_assert_nonnull (strstr (opened, "name=伊犁\n"));
    }
}

static void
assert_fails (int expected, int status, const char *out, const char *err)
{
  g_assert_cmpint (status, ==, expected);
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpstr (err, !=, "");
  g_assert_null (strstr (err, "0123456789ab"));
}

#define fails(expected, ...)                                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *out = NULL;                                                                   \
    g_autofree char *err = NULL;                                                                   \
    int status = run (&out, &err, __VA_ARGS__, NULL);                                              \
                                                                                                   \
    assert_fails (expected, status, out, err);                                                     \
  }                                                                                                \
  G_STMT_END

static void
test_wrong_words (void)
{
  fails (2, "nonsense");
  fails (1, "gateway");
  fails (1, "gateway", "steal", SECRETS);
  fails (1, "gateway", "seal");
  fails (1, "gateway", "seal", SECRETS, "--profile", "nothing");
  fails (1, "gateway", "seal", SECRETS, "--param", "no-equals");
  fails (1, "gateway", "seal", SECRETS, "--param", "a=b=c");
  fails (1, "gateway", "seal", SECRETS, "--param", "a=1", "--param", "a=2");
  fails (1, "gateway", "seal", SECRETS, "--nonce", "A&B");
  fails (1, "gateway", "open", SECRETS);
  fails (1, "gateway", "open", SECRETS, "--data", "00112233");
  fails (1, "gateway", "open", "--app-id", "x", "--app-secret", "0123456789ab", "--sign-secret",
         "another-secret", "--data", DATA);
}

static void
test_help (void)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;

  g_assert_cmpint (run (&out, &err, "help", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "gateway"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/gateway/seal", test_seal);
  g_test_add_func ("/ctl/gateway/open", test_open);
  g_test_add_func ("/ctl/gateway/fresh", test_fresh);
  g_test_add_func ("/ctl/gateway/wrong-words", test_wrong_words);
  g_test_add_func ("/ctl/help", test_help);
  return g_test_run ();
}
