/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/barcode/piao-barcode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-text.h"
#include "domain/piao-table.h"

typedef struct
{
  char code[17];
  PiaoBarcodeLevel level;
  gsize length;
  gboolean sum10;
  gint64 priority;
  GRegex *regex;
} Shape;

struct _PiaoBarcodeBook
{
  GPtrArray *shapes; /* of Shape: security first, then by priority and code */
};

static const char *const level_words[] = { "case", "box", "pack", "ticket", "security" };

const char *
piao_barcode_level_to_text (PiaoBarcodeLevel level)
{
  g_return_val_if_fail (level < G_N_ELEMENTS (level_words), "");
  return level_words[level];
}

int
piao_barcode_level_from_text (const char *text)
{
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (level_words); i++)
    if (g_str_equal (text, level_words[i]))
      return (int)i;
  return -1;
}

static void
shape_free (gpointer data)
{
  Shape *shape = data;

  g_clear_pointer (&shape->regex, g_regex_unref);
  g_free (shape);
}

static int
shape_compare (gconstpointer a, gconstpointer b)
{
  const Shape *left = *(const Shape *const *)a;
  const Shape *right = *(const Shape *const *)b;
  gboolean left_secret = left->level == PIAO_BARCODE_SECURITY;
  gboolean right_secret = right->level == PIAO_BARCODE_SECURITY;

  if (left_secret != right_secret)
    return left_secret ? -1 : 1;
  if (left->priority != right->priority)
    return left->priority < right->priority ? -1 : 1;
  return strcmp (left->code, right->code);
}

PiaoBarcodeBook *
piao_barcode_book_new (void)
{
  PiaoBarcodeBook *self = g_new0 (PiaoBarcodeBook, 1);

  self->shapes = g_ptr_array_new_with_free_func (shape_free);
  return self;
}

void
piao_barcode_book_free (PiaoBarcodeBook *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->shapes);
  g_free (self);
}

/* The groups without which a level cannot be understood. */
static gboolean
has_groups (GRegex *regex, PiaoBarcodeLevel level)
{
  static const char *const needed[][4] = {
    [PIAO_BARCODE_CASE] = { "plan", "batch", "pack_from" },
    [PIAO_BARCODE_BOX] = { "plan", "batch", "pack_from" },
    [PIAO_BARCODE_PACK] = { "plan", "batch", "pack" },
    [PIAO_BARCODE_TICKET] = { "plan", "batch", "pack" },
    [PIAO_BARCODE_SECURITY] = { NULL },
  };

  for (guint i = 0; needed[level][i] != NULL; i++)
    if (g_regex_get_string_number (regex, needed[level][i]) < 0)
      return FALSE;
  if (level == PIAO_BARCODE_CASE || level == PIAO_BARCODE_BOX)
    return g_regex_get_string_number (regex, "pack_to") >= 0
           || g_regex_get_string_number (regex, "packs_per_case") >= 0;
  return TRUE;
}

static gboolean
check_profile (const PiaoBarcodeProfile *profile, GError **error)
{
  if (profile->code == NULL || profile->code[0] == '\0' || strlen (profile->code) > 16)
    return piao_error_set (error, PIAO_ERROR_INVALID, "profile.code",
                           _ ("A barcode profile needs a code of 1 to 16 characters."));
  if (piao_barcode_level_from_text (profile->level) < 0)
    return piao_error_set (error, PIAO_ERROR_INVALID, "profile.level",
                           _ ("The barcode profile %s has no known level (case, box, pack, ticket "
                              "or security)."),
                           profile->code);
  if (profile->length < 0 || profile->length > PIAO_BARCODE_MAX_LENGTH)
    return piao_error_set (error, PIAO_ERROR_INVALID, "profile.length",
                           _ ("The length of the barcode profile %s must be 0 to %d."),
                           profile->code, PIAO_BARCODE_MAX_LENGTH);
  if (profile->pattern == NULL || profile->pattern[0] == '\0'
      || strlen (profile->pattern) > PIAO_BARCODE_MAX_PATTERN)
    return piao_error_set (error, PIAO_ERROR_INVALID, "profile.pattern",
                           _ ("The barcode profile %s needs a pattern of at most %d characters."),
                           profile->code, PIAO_BARCODE_MAX_PATTERN);
  if (g_strcmp0 (profile->check, "none") != 0 && g_strcmp0 (profile->check, "sum10") != 0)
    return piao_error_set (error, PIAO_ERROR_INVALID, "profile.check",
                           _ ("The check rule of the barcode profile %s must be none or sum10."),
                           profile->code);
  return TRUE;
}

gboolean
piao_barcode_book_add (PiaoBarcodeBook *self, const PiaoBarcodeProfile *profile, GError **error)
{
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GError) why = NULL;
  g_autofree char *whole = NULL;
  PiaoBarcodeLevel level;
  Shape *shape;

  g_return_val_if_fail (self != NULL && profile != NULL, FALSE);
  if (!check_profile (profile, error))
    return FALSE;
  level = (PiaoBarcodeLevel)piao_barcode_level_from_text (profile->level);
  whole = g_strdup_printf ("\\A(?:%s)\\z", profile->pattern);
  regex = g_regex_new (whole, G_REGEX_DOLLAR_ENDONLY, G_REGEX_MATCH_DEFAULT, &why);
  if (regex == NULL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "profile.pattern",
                           _ ("The pattern of the barcode profile %s is not a regular expression: "
                              "%s."),
                           profile->code, why->message);
  if (!has_groups (regex, level))
    return piao_error_set (error, PIAO_ERROR_INVALID, "profile.groups",
                           _ ("The pattern of the barcode profile %s must name the groups plan, "
                              "batch and pack, or pack_from with pack_to or packs_per_case."),
                           profile->code);
  if (!profile->enabled)
    return TRUE;
  shape = g_new0 (Shape, 1);
  g_strlcpy (shape->code, profile->code, sizeof shape->code);
  shape->level = level;
  shape->length = (gsize)profile->length;
  shape->sum10 = g_str_equal (profile->check, "sum10");
  shape->priority = profile->priority;
  shape->regex = g_steal_pointer (&regex);
  g_ptr_array_add (self->shapes, shape);
  g_ptr_array_sort (self->shapes, shape_compare);
  return TRUE;
}

PiaoBarcodeBook *
piao_barcode_book_new_shipped (GError **error)
{
  g_autoptr (PiaoBarcodeBook) self = piao_barcode_book_new ();
  g_autoptr (PiaoTable) table = piao_table_load ("barcode-profiles", error);

  if (table == NULL)
    return NULL;
  for (guint i = 0; i < piao_table_get_n_rows (table); i++)
    {
      const PiaoBarcodeProfile profile = {
        .code = piao_table_get (table, i, "code"),
        .level = piao_table_get (table, i, "level"),
        .length = piao_table_get_int (table, i, "length", -1),
        .pattern = piao_table_get (table, i, "pattern"),
        .check = piao_table_get (table, i, "check"),
        .priority = piao_table_get_int (table, i, "priority", 0),
        .enabled = piao_table_get_int (table, i, "enabled", 0) == 1,
      };

      if (!piao_barcode_book_add (self, &profile, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

char
piao_barcode_sum10 (const char *text)
{
  guint sum = 0;

  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isdigit (*p))
      sum += (guint)g_ascii_digit_value (*p);
  return (char)('0' + (10 - sum % 10) % 10);
}

/* The code as shapes expect it: no white space around, narrow, capital. NULL when it is no text
 * that a scanner can have sent. */
static char *
normalise (const char *text, GError **error)
{
  g_autofree char *narrow = NULL;
  char *end;

  if (strnlen (text, PIAO_BARCODE_MAX_LENGTH * 3 + 1) > PIAO_BARCODE_MAX_LENGTH * 3
      || !g_utf8_validate (text, -1, NULL))
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "scan.long",
                      _ ("This is longer than any ticket code, or not a code at all. Scan one "
                         "logistics code of a pack."));
      return NULL;
    }
  narrow = piao_text_narrow (text, NULL);
  g_strstrip (narrow);
  end = narrow + strlen (narrow);
  if (end == narrow)
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "scan.empty",
                      _ ("Nothing was scanned. Scan the logistics code of the pack."));
      return NULL;
    }
  if (end - narrow > PIAO_BARCODE_MAX_LENGTH)
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "scan.long",
                      _ ("This is longer than any ticket code, or not a code at all. Scan one "
                         "logistics code of a pack."));
      return NULL;
    }
  return g_ascii_strup (narrow, -1);
}

static gsize
length_without_dashes (const char *code)
{
  gsize length = 0;

  for (; *code != '\0'; code++)
    length += *code != '-';
  return length;
}

/* Copies group @name of @match; FALSE when it is wider than @size - 1. */
static gboolean
take (GMatchInfo *match, const char *name, char *into, gsize size)
{
  g_autofree char *value = g_match_info_fetch_named (match, name);

  return g_strlcpy (into, value != NULL ? value : "", size) < size;
}

static gint64
take_number (GMatchInfo *match, const char *name, guint *digits)
{
  g_autofree char *value = g_match_info_fetch_named (match, name);
  gint64 number = 0;

  if (value == NULL || strlen (value) > 9
      || !g_ascii_string_to_signed (value, 10, 0, 999999999, &number, NULL))
    return -1;
  if (digits != NULL)
    *digits = (guint)strlen (value);
  return number;
}

static gboolean
fill (const Shape *shape, GMatchInfo *match, PiaoBarcode *barcode)
{
  gint64 packs;

  memset (barcode, 0, sizeof *barcode);
  barcode->level = shape->level;
  g_strlcpy (barcode->profile, shape->code, sizeof barcode->profile);
  if (!take (match, "plan", barcode->plan, sizeof barcode->plan)
      || !take (match, "batch", barcode->batch, sizeof barcode->batch)
      || !take (match, "pack", barcode->pack, sizeof barcode->pack)
      || !take (match, "ticket", barcode->ticket, sizeof barcode->ticket))
    return FALSE;
  barcode->tickets_per_pack = MAX (take_number (match, "tickets_per_pack", NULL), 0);
  if (shape->level == PIAO_BARCODE_PACK || shape->level == PIAO_BARCODE_TICKET)
    {
      barcode->pack_from = take_number (match, "pack", &barcode->pack_digits);
      barcode->pack_to = barcode->pack_from;
      return barcode->pack_from >= 0;
    }
  barcode->pack_from = take_number (match, "pack_from", &barcode->pack_digits);
  barcode->pack_to = take_number (match, "pack_to", NULL);
  packs = take_number (match, "packs_per_case", NULL);
  if (barcode->pack_to < 0 && packs > 0)
    barcode->pack_to = barcode->pack_from + packs - 1;
  return barcode->pack_from >= 0 && barcode->pack_to >= barcode->pack_from
         && barcode->pack_to - barcode->pack_from < 10000;
}

typedef enum
{
  NO_MATCH,
  MISREAD,
  MATCH,
} Outcome;

static Outcome
try_shape (const Shape *shape, const char *code, gsize length, PiaoBarcode *barcode)
{
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *check = NULL;
  g_autofree char *body = NULL;

  if ((shape->length != 0 && shape->length != length)
      || !g_regex_match (shape->regex, code, G_REGEX_MATCH_DEFAULT, &match))
    return NO_MATCH;
  if (shape->level == PIAO_BARCODE_SECURITY)
    return MATCH;
  if (shape->sum10)
    {
      check = g_match_info_fetch_named (match, "check");
      body = g_strndup (code, strlen (code) - 1);
      if (check == NULL || strlen (check) != 1 || check[0] != piao_barcode_sum10 (body))
        return MISREAD;
    }
  return fill (shape, match, barcode) ? MATCH : MISREAD;
}

gboolean
piao_barcode_read (const PiaoBarcodeBook *self,
                   const char *text,
                   PiaoBarcode *barcode,
                   GError **error)
{
  g_autofree char *code = NULL;
  gboolean misread = FALSE;
  gsize length;

  g_return_val_if_fail (self != NULL && text != NULL && barcode != NULL, FALSE);
  memset (barcode, 0, sizeof *barcode);
  code = normalise (text, error);
  if (code == NULL)
    return FALSE;
  length = length_without_dashes (code);
  for (guint i = 0; i < self->shapes->len; i++)
    {
      const Shape *shape = self->shapes->pdata[i];
      Outcome outcome = try_shape (shape, code, length, barcode);

      if (outcome == MATCH && shape->level == PIAO_BARCODE_SECURITY)
        return piao_error_set (error, PIAO_ERROR_REFUSED, "scan.security",
                               _ ("This is a security-area code. Scan the logistics code."));
      if (outcome == MATCH)
        return TRUE;
      misread = misread || outcome == MISREAD;
    }
  memset (barcode, 0, sizeof *barcode);
  if (misread)
    return piao_error_set (error, PIAO_ERROR_INVALID, "scan.check",
                           _ ("The check digit of this code does not fit: it was misread. Scan it "
                              "again."));
  return piao_error_set (error, PIAO_ERROR_INVALID, "scan.unknown",
                         _ ("No known ticket code has this shape (%u characters). Scan the "
                            "logistics code of a pack; if it is one, ask for its barcode profile "
                            "to be added."),
                         (guint)length);
}

void
piao_barcode_pack_key (const PiaoBarcode *self, gint64 pack_no, char key[PIAO_BARCODE_KEY_LENGTH])
{
  int n;

  g_return_if_fail (self != NULL);
  n = g_snprintf (key, PIAO_BARCODE_KEY_LENGTH, "%s-%s-%0*" G_GINT64_FORMAT, self->plan,
                  self->batch, (int)MIN (self->pack_digits, 9), pack_no);
  if (pack_no < 0 || n <= 0 || n >= PIAO_BARCODE_KEY_LENGTH || !piao_barcode_key_is_valid (key))
    key[0] = '\0';
}

gboolean
piao_barcode_key_is_valid (const char *key)
{
  static const guint longest[] = { 8, 8, 9 };
  guint part = 0, length = 0;

  for (const char *p = key; p != NULL; p++)
    {
      if (*p == '-' || *p == '\0')
        {
          if (length == 0 || length > longest[part])
            return FALSE;
          if (*p == '\0')
            return part == 2;
          if (++part == G_N_ELEMENTS (longest))
            return FALSE;
          length = 0;
        }
      else if (!g_ascii_isdigit (*p) && (part == 2 || !g_ascii_isupper (*p)))
        return FALSE;
      else
        length++;
    }
  return FALSE;
}
