/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The rules that need no database. */

#include <glib.h>

#include "test-rules.h"

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_barcode_tests ();
  add_delivery_tests ();
  add_machine_tests ();
  return g_test_run ();
}
