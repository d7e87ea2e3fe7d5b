/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/barcode/piao-command-card.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-text.h"

#define PREFIX "XJ#"
#define LONGEST 32

static const char *const operations[PIAO_CARD_COUNT]
    = { "NEXT", "SHORT", "UNDO", "HOLD", "PACK", "REPRINT", "CONFIRM", "SEC" };

/* Weights 3 and 1 over the characters, so that a swapped or changed one is noticed. */
static char
check_digit (const char *operation)
{
  guint sum = 0;

  for (guint i = 0; operation[i] != '\0'; i++)
    sum += (guint)(guchar)operation[i] * (i % 2 == 0 ? 3 : 1);
  return (char)('0' + sum % 10);
}

/* @text as printed on a card, or NULL when it does not start like one. */
static char *
normalise (const char *text)
{
  g_autofree char *narrow = NULL;
  g_autofree char *code = NULL;

  if (text == NULL || strnlen (text, LONGEST * 3 + 1) > LONGEST * 3
      || !g_utf8_validate (text, -1, NULL))
    return NULL;
  narrow = piao_text_narrow (text, NULL);
  code = g_ascii_strup (g_strstrip (narrow), -1);
  return g_str_has_prefix (code, PREFIX) ? g_steal_pointer (&code) : NULL;
}

gboolean
piao_card_is_card (const char *text)
{
  g_autofree char *code = normalise (text);

  return code != NULL;
}

gboolean
piao_card_read (const char *text, PiaoCard *card, GError **error)
{
  g_autofree char *code = normalise (text);
  const char *rest = code != NULL ? code + strlen (PREFIX) : NULL;

  g_return_val_if_fail (card != NULL, FALSE);
  for (guint i = 0; rest != NULL && i < PIAO_CARD_COUNT; i++)
    {
      gsize length = strlen (operations[i]);

      if (!g_str_has_prefix (rest, operations[i]) || strlen (rest) != length + 1)
        continue;
      if (rest[length] != check_digit (operations[i]))
        return piao_error_set (error, PIAO_ERROR_INVALID, "card.check",
                               _ ("The command card was misread. Scan it again."));
      *card = (PiaoCard)i;
      return TRUE;
    }
  return piao_error_set (error, PIAO_ERROR_INVALID, "card.unknown",
                         _ ("This command card is not known here. Print the cards again."));
}

char *
piao_card_make (PiaoCard card)
{
  g_return_val_if_fail (card < PIAO_CARD_COUNT, NULL);
  return g_strdup_printf (PREFIX "%s%c", operations[card], check_digit (operations[card]));
}
