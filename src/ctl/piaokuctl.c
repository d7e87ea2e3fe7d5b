/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libdex.h>
#include <locale.h>

#include "base/piao-clock.h"
#include "base/piao-i18n.h"
#include "ctl/piao-ctl.h"
#include "ilms/piao-envelope.h"
#include "ilms/piao-gateway-tool.h"

/* A command gets its own words (@argv[0] is its name) and returns the exit status of the program.
 * It sets @error, which is printed, unless it has said itself what was wrong. */
typedef struct
{
  const char *name;
  const char *help;
  int (*run) (int argc, char **argv, GError **error);
} Command;

static int
run_gateway (int argc, char **argv, GError **error)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  PiaoRandom random = piao_random_system ();
  g_autoptr (GString) out = g_string_new (NULL);

  if (!piao_envelope_self_test (error)
      || !piao_gateway_tool_run (argc, argv, piao_clock_now (clock), &random, out, error))
    return 1;
  g_print ("%s", out->str);
  return 0;
}

static const Command commands[] = {
  { "init", N_ ("make a database ready: schema and reference data"), piao_ctl_init },
  { "user", N_ ("add a user, or set a password"), piao_ctl_user },
  { "device", N_ ("list the computers that have signed in, or strike one off"), piao_ctl_device },
  { "grant", N_ ("let a PostgreSQL role serve a database"), piao_ctl_grant },
  { "epoch", N_ ("make a restored database ready to serve again"), piao_ctl_epoch },
  { "ilms", N_ ("say how the line to ILMS is, or let a stopped one go on"), piao_ctl_ilms },
  { "outbox", N_ ("carry what waits on a computer to the centre by hand"), piao_ctl_outbox },
  { "verify", N_ ("check the rules that must hold in a database"), piao_ctl_verify },
  { "demo", N_ ("fill a fresh database of the server with made-up data"), piao_ctl_demo },
  { "replica-demo", N_ ("fill a fresh file of a desktop with made-up data"),
    piao_ctl_replica_demo },
  { "demo-codes", N_ ("codes to practise with, as text or as a sheet to print"),
    piao_ctl_demo_codes },
  { "gateway", N_ ("seal or open a message of the ILMS gateway by hand"), run_gateway },
};

static int
print_help (int status)
{
  g_autoptr (GString) text = g_string_new (_ ("Usage: piaokuctl COMMAND [WORD…]\n\n"));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-13s %s\n", commands[i].name,
                            g_dgettext (GETTEXT_PACKAGE, commands[i].help));
  if (status == 0)
    g_print ("%s", text->str);
  else
    g_printerr ("%s", text->str);
  return status;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  piao_i18n_bind ();
  dex_init ();
  if (argc < 2)
    return print_help (2);
  if (g_str_equal (argv[1], "help") || g_str_equal (argv[1], "--help"))
    return print_help (0);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      {
        status = commands[i].run (argc - 1, argv + 1, &error);
        if (error != NULL)
          g_printerr ("piaokuctl %s: %s\n", argv[1], error->message);
        return status;
      }
  return print_help (2);
}
