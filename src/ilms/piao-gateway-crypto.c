/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "ilms/piao-gateway-crypto.h"

#define MAX_KEY 64
#define MAX_BLOCK 32
#define MAX_DATA (4 * 1024 * 1024) /* encoded text of a seal */

typedef EVP_CIPHER_CTX PiaoCipherContext;
typedef EVP_CIPHER PiaoCipherMethod;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoCipherContext, EVP_CIPHER_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoCipherMethod, EVP_CIPHER_free)

/* --- texts of bytes -------------------------------------------------------------------------- */

static char *
to_hex (const guint8 *bytes, gsize length, gboolean upper)
{
  const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  char *text = g_malloc (2 * length + 1);

  for (gsize i = 0; i < length; i++)
    {
      text[2 * i] = digits[bytes[i] >> 4];
      text[2 * i + 1] = digits[bytes[i] & 15];
    }
  text[2 * length] = '\0';
  return text;
}

GBytes *
piao_gateway_from_hex (const char *text)
{
  gsize length = strlen (text);
  g_autofree guint8 *bytes = g_malloc (length / 2 + 1);

  if (length % 2 != 0)
    return NULL;
  for (gsize i = 0; i < length / 2; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return NULL;
      bytes[i] = (guint8)(high << 4 | low);
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), length / 2);
}

/* Strict: only what an encoder writes, since the decoder passes over stray signs and spare bits and
 * one message would have many texts. */
static GBytes *
from_base64 (const char *text)
{
  gsize length = 0;
  g_autofree guint8 *bytes = g_base64_decode (text, &length);
  g_autofree char *again = g_base64_encode (bytes, length);

  if (!g_str_equal (again, text))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

static char *
encode (const PiaoGatewayProfile *profile, const guint8 *bytes, gsize length)
{
  if (profile->encoding == PIAO_GATEWAY_ENCODING_BASE64)
    return g_base64_encode (bytes, length);
  return to_hex (bytes, length, profile->encoding == PIAO_GATEWAY_ENCODING_HEX_UPPER);
}

/* --- MAC and cipher -------------------------------------------------------------------------- */

char *
piao_gateway_mac (const PiaoGatewayProfile *profile, const char *key, const char *text)
{
  guint8 bytes[EVP_MAX_MD_SIZE];
  gsize length = 0;

  if (EVP_Q_mac (NULL, "HMAC", NULL, profile->mac->digest, NULL, key, strlen (key),
                 (const guint8 *)text, strlen (text), bytes, sizeof bytes, &length)
      == NULL)
    g_error ("The cryptographic library has no %s; the gateway cannot be used without it.",
             profile->mac->word);
  return to_hex (bytes, length, profile->mac_upper);
}

gboolean
piao_gateway_equal (const char *expected, const char *given)
{
  gsize length = strlen (given);

  return strlen (expected) == length && CRYPTO_memcmp (expected, given, length) == 0;
}

/* Writes the key of the profile's cipher into @key (MAX_KEY bytes). */
static void
derive_key (const PiaoGatewayCipher *cipher, const char *app_secret, guint8 *key)
{
  gsize length = 0;

  if (cipher->digest == NULL)
    {
      g_assert (strnlen (app_secret, cipher->key_length) == cipher->key_length);
      for (guint copy = 0; copy < 3; copy++)
        memcpy (key + copy * cipher->key_length, app_secret, cipher->key_length);
      return;
    }
  if (EVP_Q_digest (NULL, cipher->digest, NULL, app_secret, strlen (app_secret), key, &length) != 1)
    g_error ("The cryptographic library has no %s; the gateway cannot be used without it.",
             cipher->digest);
}

/* A context ready to run in one direction. Transfer full. */
static PiaoCipherContext *
start (const PiaoGatewayCipher *cipher, const char *app_secret, const guint8 *iv, int encipher)
{
  g_autoptr (PiaoCipherMethod) method = EVP_CIPHER_fetch (NULL, cipher->cipher, NULL);
  g_autoptr (PiaoCipherContext) context = EVP_CIPHER_CTX_new ();
  guint8 key[MAX_KEY] = { 0 };
  int started;

  derive_key (cipher, app_secret, key);
  started = method != NULL
            && EVP_CipherInit_ex2 (context, method, key, cipher->iv_length > 0 ? iv : NULL,
                                   encipher, NULL);
  OPENSSL_cleanse (key, sizeof key);
  if (!started)
    g_error ("The cryptographic library has no %s; the gateway cannot be used without it.",
             cipher->cipher);
  return g_steal_pointer (&context);
}

char *
piao_gateway_encipher (const PiaoGatewayProfile *profile,
                       const char *app_secret,
                       const char *text,
                       const PiaoRandom *random)
{
  const PiaoGatewayCipher *cipher = profile->cipher;
  gsize length = strlen (text);
  g_autofree guint8 *out = g_malloc (cipher->iv_length + length + MAX_BLOCK + cipher->tag_length);
  g_autoptr (PiaoCipherContext) context = NULL;
  int body = 0, rest = 0;
  gsize size;

  if (cipher->iv_length > 0)
    piao_random_fill (random, out, cipher->iv_length);
  context = start (cipher, app_secret, out, 1);
  size = cipher->iv_length;
  if (!EVP_CipherUpdate (context, out + size, &body, (const guint8 *)text, (int)length)
      || !EVP_CipherFinal_ex (context, out + size + body, &rest))
    g_error ("The cryptographic library could not run %s.", cipher->cipher);
  size += (gsize)body + (gsize)rest;
  if (cipher->tag_length > 0
      && !EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, (int)cipher->tag_length, out + size))
    g_error ("The cryptographic library could not run %s.", cipher->cipher);
  return encode (profile, out, size + cipher->tag_length);
}

/* The bytes that @bytes hold, or NULL; one extra byte of room is left behind them. */
static char *
open_bytes (const PiaoGatewayCipher *cipher,
            const char *app_secret,
            const guint8 *bytes,
            gsize length,
            gsize *opened)
{
  gsize size = length - cipher->iv_length - cipher->tag_length;
  g_autofree guint8 *out = g_malloc (size + MAX_BLOCK + 1);
  g_autoptr (PiaoCipherContext) context = start (cipher, app_secret, bytes, 0);
  const guint8 *tag = bytes + cipher->iv_length + size;
  int body = 0, rest = 0;

  if (cipher->tag_length > 0
      && !EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, (int)cipher->tag_length,
                               (void *)tag))
    return NULL;
  if (!EVP_CipherUpdate (context, out, &body, bytes + cipher->iv_length, (int)size)
      || !EVP_CipherFinal_ex (context, out + body, &rest))
    return NULL;
  *opened = (gsize)body + (gsize)rest;
  out[*opened] = '\0';
  return (char *)g_steal_pointer (&out);
}

char *
piao_gateway_decipher (const PiaoGatewayProfile *profile, const char *app_secret, const char *data)
{
  const PiaoGatewayCipher *cipher = profile->cipher;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  gsize opened = 0;

  if (strnlen (data, MAX_DATA + 1) > MAX_DATA)
    return NULL;
  bytes = profile->encoding == PIAO_GATEWAY_ENCODING_BASE64 ? from_base64 (data)
                                                            : piao_gateway_from_hex (data);
  if (bytes == NULL || g_bytes_get_size (bytes) <= cipher->iv_length + cipher->tag_length)
    return NULL;
  text = open_bytes (cipher, app_secret, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                     &opened);
  if (text == NULL || !g_utf8_validate (text, (gssize)opened, NULL))
    return NULL;
  return g_steal_pointer (&text);
}
