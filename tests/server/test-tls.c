/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A desktop, nginx with the sample settings, and a server: who may answer in the centre's place. */

#include <libdex.h>

#include "base/piao-error.h"
#include "sync/piao-sync-private.h"
#include "tests/lib/driver-world.h"
#include "tests/lib/proxy.h"

static DriverDesktop *
make_desktop (Proxy *proxy, const char *authority)
{
  DriverDesktop *desktop = driver_desktop_new (proxy_get_url (proxy), NULL);
  g_autofree char *path = authority != NULL ? proxy_get_path (proxy, authority) : NULL;

  piao_sync_set_authority (desktop->sync, path);
  return desktop;
}

/* Signing in is refused with @reason and a sentence that has @word in it, and no request was made.
 */
static void
assert_refused (Proxy *proxy, const char *authority, const char *reason, const char *word)
{
  g_autoptr (DriverDesktop) desktop = make_desktop (proxy, authority);
  guint before = proxy_count_requests (proxy);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (driver_sign_in (desktop->sync, "keeper", "keeper-pass-1", &error), ==, 0);
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_UNAVAILABLE);
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_cmpuint (proxy_count_requests (proxy), ==, before);
}

static void
test_a_day_through_the_proxy (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (Proxy) proxy = proxy_new (server->port);
  DriverDesktop *one, *two;
  gint64 before;

  proxy_show (proxy, "good");
  one = make_desktop (proxy, "ca.pem");
  two = make_desktop (proxy, "ca.pem");
  driver_go_online (one, "keeper", FIXTURE_KEEPER);
  driver_go_online (two, "picker", FIXTURE_PICKER);
  /* Live sockets go through it too. */
  await (one->sync->live != NULL && two->sync->live != NULL);
  before = driver_orders (two);
  driver_submit (one);
  await (driver_orders (two) == before + 1);
  await (piao_sync_get_waiting (one->sync) == 0);
  g_assert_cmpuint (proxy_count_requests (proxy), >, 4);
  driver_desktop_free (one);
  driver_desktop_free (two);
}

static void
test_who_is_refused (void)
{
  static const struct
  {
    const char *certificate, *word;
  } cases[] = { { "host", "another name" },
                { "expired", "has expired" },
                { "future", "not valid yet" },
                { "self", "signed its own" },
                { "stranger", "nobody whom this computer trusts" } };
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (Proxy) proxy = proxy_new (server->port);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      proxy_show (proxy, cases[i].certificate);
      assert_refused (proxy, "ca.pem", "http.certificate", cases[i].word);
    }
  /* A good one, but nobody has told this computer of the office's authority; or of another; or the
   * file is none. */
  proxy_show (proxy, "good");
  assert_refused (proxy, NULL, "http.certificate", "nobody whom this computer trusts");
  assert_refused (proxy, "unknown.pem", "http.certificate", "nobody whom this computer trusts");
  assert_refused (proxy, "nginx.conf", "http.authority", "no certificates");
  assert_refused (proxy, "missing.pem", "http.authority", "no certificates");
}

/* The certificate runs out in the middle of the work: work goes on without a line, the sentence
 * says why, and the new certificate is found by itself. */
static void
test_renewed (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (Proxy) proxy = proxy_new (server->port);
  DriverDesktop *desktop;

  proxy_show (proxy, "good");
  desktop = make_desktop (proxy, "ca.pem");
  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  await (desktop->sync->live != NULL);
  proxy_show (proxy, "expired");
  driver_submit (desktop);
  piao_sync_nudge (desktop->sync);
  await (piao_sync_get_problem (desktop->sync) != NULL
         && strstr (piao_sync_get_problem (desktop->sync), "has expired") != NULL
         && piao_sync_get_waiting (desktop->sync) == 1);
  proxy_show (proxy, "good");
  await (piao_sync_get_waiting (desktop->sync) == 0
         && piao_sync_get_problem (desktop->sync) == NULL);
  driver_desktop_free (desktop);
}

int
main (int argc, char *argv[])
{
  /* The sentences are looked at. */
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/tls/a-day-through-the-proxy", test_a_day_through_the_proxy);
  g_test_add_func ("/server/tls/who-is-refused", test_who_is_refused);
  g_test_add_func ("/server/tls/renewed", test_renewed);
  return g_test_run ();
}
