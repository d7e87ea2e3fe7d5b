/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs a fuzz target on every file of its corpus, without a fuzzer: what was found once stays
 * found. Every input is also run cut in half and with one byte changed. */

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
run (const char *path)
{
  g_autofree char *data = NULL;
  g_autofree guint8 *changed = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  LLVMFuzzerTestOneInput ((const guint8 *)data, size);
  LLVMFuzzerTestOneInput ((const guint8 *)data, size / 2);
  changed = g_memdup2 (data, size);
  for (gsize at = 0; at < size; at += 1 + size / 64)
    {
      changed[at] ^= 0x41;
      LLVMFuzzerTestOneInput (changed, size);
      changed[at] ^= 0x41;
    }
}

int
main (int argc, char *argv[])
{
  guint n = 0;

  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GDir) folder = g_dir_open (argv[i], 0, &error);
      const char *name;

      g_assert_no_error (error);
      while ((name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *path = g_build_filename (argv[i], name, NULL);

          run (path);
          n++;
        }
    }
  g_print ("%u inputs\n", n);
  return n > 0 ? 0 : 1;
}
