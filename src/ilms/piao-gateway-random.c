/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include <openssl/rand.h>

#include "ilms/piao-gateway-random.h"

#define NONCE_LENGTH 16
#define FAIR_LIMIT (26 * 9) /* the largest multiple of 26 in a byte */

static void
fill_from_system (gpointer data, guint8 *bytes, gsize length)
{
  if (RAND_bytes (bytes, (int)length) != 1)
    g_error ("The system gave no random bytes; nothing can be sealed safely without them.");
}

static void
fill_from_seed (gpointer data, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8)g_rand_int_range (data, 0, 256);
}

PiaoRandom
piao_random_system (void)
{
  return (PiaoRandom){ .fill = fill_from_system };
}

PiaoRandom
piao_random_seeded (GRand *rand)
{
  return (PiaoRandom){ .fill = fill_from_seed, .data = rand };
}

void
piao_random_fill (const PiaoRandom *self, guint8 *bytes, gsize length)
{
  g_return_if_fail (self != NULL && self->fill != NULL);
  self->fill (self->data, bytes, length);
}

guint32
piao_random_uint32 (const PiaoRandom *self)
{
  guint8 bytes[4] = { 0 };
  guint32 number;

  piao_random_fill (self, bytes, sizeof bytes);
  memcpy (&number, bytes, sizeof number);
  return number;
}

char *
piao_random_nonce (const PiaoRandom *self)
{
  char *nonce = g_malloc0 (NONCE_LENGTH + 1);

  for (guint i = 0; i < NONCE_LENGTH;)
    {
      guint8 byte = 0;

      piao_random_fill (self, &byte, 1);
      if (byte < FAIR_LIMIT)
        nonce[i++] = (char)('A' + byte % 26);
    }
  return nonce;
}
