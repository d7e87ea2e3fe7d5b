/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/outlet/piao-phone.h"

/* What is shown of a number, and the least length at which something of it stays hidden. */
#define HEAD 3
#define TAIL 4
#define SHORTEST 8

char *
piao_phone_show (const char *phone, gboolean in_full)
{
  glong length;
  g_autofree char *head = NULL;
  g_autofree char *tail = NULL;

  if (phone == NULL || *phone == '\0' || !g_utf8_validate (phone, -1, NULL))
    return g_strdup ("");
  if (in_full)
    return g_strdup (phone);
  length = g_utf8_strlen (phone, -1);
  if (length < SHORTEST)
    return g_strdup ("****");
  head = g_utf8_substring (phone, 0, HEAD);
  tail = g_utf8_substring (phone, length - TAIL, length);
  return g_strdup_printf ("%s****%s", head, tail);
}
