/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/piao-error.h"
#include "domain/barcode/piao-barcode-maker.h"
#include "domain/barcode/piao-barcode.h"
#include "domain/barcode/piao-command-card.h"
#include "test-rules.h"

static PiaoBarcodeBook *
open_book (void)
{
  g_autoptr (GError) error = NULL;
  PiaoBarcodeBook *book = piao_barcode_book_new_shipped (&error);

  g_assert_no_error (error);
  return book;
}

static void
assert_refused (const PiaoBarcodeBook *book, const char *code, const char *reason)
{
  g_autoptr (GError) error = NULL;
  PiaoBarcode barcode;

  g_assert_false (piao_barcode_read (book, code, &barcode, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
  g_assert_cmpstr (barcode.plan, ==, "");
}

static void
assert_key (const PiaoBarcodeBook *book, const char *code, const char *expected)
{
  g_autoptr (GError) error = NULL;
  char key[PIAO_BARCODE_KEY_LENGTH];
  PiaoBarcode barcode;

  piao_barcode_read (book, code, &barcode, &error);
  g_assert_no_error (error);
  piao_barcode_pack_key (&barcode, barcode.pack_from, key);
  g_assert_cmpstr (key, ==, expected);
}

/* Domain 2.2.1: any ticket of a pack names the pack, and so a second one is a repetition. */
static void
test_sjz_ticket_names_its_pack (void)
{
  g_autoptr (PiaoBarcodeBook) book = open_book ();
  g_autofree char *first = piao_barcode_make_sjz_ticket ("J2015", 5, 123, 100, 50);
  g_autofree char *second = piao_barcode_make_sjz_ticket ("J2015", 5, 123, 149, 50);
  PiaoBarcode barcode;

  g_assert_cmpuint (strlen (first), ==, 29);
  g_assert_true (piao_barcode_read (book, first, &barcode, NULL));
  g_assert_cmpint (barcode.level, ==, PIAO_BARCODE_TICKET);
  g_assert_cmpstr (barcode.profile, ==, "SJZ-TICKET");
  g_assert_cmpstr (barcode.plan, ==, "J2015");
  g_assert_cmpstr (barcode.batch, ==, "00005");
  g_assert_cmpstr (barcode.pack, ==, "0000123");
  g_assert_cmpstr (barcode.ticket, ==, "100");
  g_assert_cmpint (barcode.tickets_per_pack, ==, 50);
  assert_key (book, first, "J2015-00005-0000123");
  assert_key (book, second, "J2015-00005-0000123");
}

static void
test_sjz_labels_name_their_packs (void)
{
  g_autoptr (PiaoBarcodeBook) book = open_book ();
  g_autofree char *box = piao_barcode_make_sjz_box ("J0001", 1, 4, 40, 50, 81, 90);
  g_autofree char *label = piao_barcode_make_sjz_case ("J0001", 1, 3, 40, 50, 81);
  char key[PIAO_BARCODE_KEY_LENGTH];
  PiaoBarcode barcode;

  g_assert_cmpuint (strlen (box), ==, 33);
  g_assert_true (piao_barcode_read (book, box, &barcode, NULL));
  g_assert_cmpint (barcode.level, ==, PIAO_BARCODE_BOX);
  g_assert_cmpint (barcode.pack_from, ==, 81);
  g_assert_cmpint (barcode.pack_to, ==, 90);
  g_assert_cmpuint (strlen (label), ==, 63);
  g_assert_true (piao_barcode_read (book, label, &barcode, NULL));
  g_assert_cmpint (barcode.level, ==, PIAO_BARCODE_CASE);
  g_assert_cmpint (barcode.pack_to, ==, 120);
  piao_barcode_pack_key (&barcode, 120, key);
  g_assert_cmpstr (key, ==, "J0001-00001-0000120");
}

/* The one published code of this shape (domain 2.2.2). */
static void
test_bzp_with_and_without_dashes (void)
{
  g_autoptr (PiaoBarcodeBook) book = open_book ();
  g_autofree char *made = piao_barcode_make_bzp20 (999, 16001, 1, 100, TRUE);

  g_assert_cmpstr (made, ==, "0999-16001-0000001-100-3");
  assert_key (book, "0999-16001-0000001-100-3", "0999-16001-0000001");
  assert_key (book, "09991600100000011003", "0999-16001-0000001");
  assert_refused (book, "09991600100000011004", "scan.check");
  assert_refused (book, "0999--16001-0000001-100-3", "scan.unknown");
}

/* WHS-03, domain 2.2.5: refused, and nothing of the code stays anywhere. */
static void
test_security_codes_are_refused_and_forgotten (void)
{
  static const char *const codes[] = {
    "J0001000050000123100ABCDEF0123456789QP001",
    "j0001000050000123100abcdef0123456789qp001",
    "12345678901234567812345678901",
    "123456789012345612345678901",
  };
  g_autoptr (PiaoBarcodeBook) book = open_book ();

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL;
      PiaoBarcode barcode, nothing = { 0 };

      g_assert_false (piao_barcode_read (book, codes[i], &barcode, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_REFUSED);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "scan.security");
      g_assert_null (strpbrk (error->message, "0123456789"));
      g_assert_cmpmem (&barcode, sizeof barcode, &nothing, sizeof nothing);
    }
}

/* A profile that someone added in front must not hide a security code. */
static void
test_security_is_asked_first (void)
{
  const PiaoBarcodeProfile greedy
      = { "ALL", "pack", 0, "(?<plan>.{5})(?<batch>.{5})(?<pack>[0-9]{7}).*", "none", -5, TRUE };
  g_autoptr (PiaoBarcodeBook) book = open_book ();
  g_autofree char *ticket = piao_barcode_make_sjz_ticket ("J0001", 5, 123, 100, 50);
  PiaoBarcode barcode;

  g_assert_true (piao_barcode_book_add (book, &greedy, NULL));
  assert_refused (book, "J0001000050000123100ABCDEF0123456789QP001", "scan.security");
  g_assert_true (piao_barcode_read (book, ticket, &barcode, NULL));
  g_assert_cmpstr (barcode.profile, ==, "ALL");
}

/* What an input method or Caps Lock does to a scan (domain 5.8). */
static void
test_wedge_damage_is_repaired (void)
{
  g_autoptr (PiaoBarcodeBook) book = open_book ();
  g_autoptr (GString) wide = g_string_new (NULL);

  for (const char *p = "J0001000050010000000123100050"; *p != '\0'; p++)
    g_string_append_unichar (wide, 0xfee0 + (gunichar)*p);

  assert_key (book, " j0001000050010000000123100050\r\n", "J0001-00005-0000123");
  assert_key (book, wide->str, "J0001-00005-0000123");
  assert_key (book, "０９９９1600100000011003", "0999-16001-0000001");
}

static void
test_hostile_scans (void)
{
  g_autoptr (PiaoBarcodeBook) book = open_book ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree char *long_code = g_strnfill (100000, '1');
  g_autofree char *dashes = g_strnfill (PIAO_BARCODE_MAX_LENGTH, '-');

  assert_refused (book, "", "scan.empty");
  assert_refused (book, " \t\r\n", "scan.empty");
  assert_refused (book, long_code, "scan.long");
  assert_refused (book, "\xff\xfe", "scan.long");
  assert_refused (book, dashes, "scan.unknown");
  assert_refused (book, "'; DROP TABLE pack; --", "scan.unknown");
  assert_refused (book, "J0001\n00050010000000123100050", "scan.unknown");
  for (guint i = 0; i < 20000; i++)
    {
      char noise[140];
      guint n = (guint)g_rand_int_range (rand, 0, sizeof noise - 1);
      g_autoptr (GError) error = NULL;
      char key[PIAO_BARCODE_KEY_LENGTH];
      PiaoBarcode barcode;

      for (guint k = 0; k < n; k++)
        noise[k] = (char)g_rand_int_range (rand, 1, i % 2 == 0 ? 256 : 127);
      noise[n] = '\0';
      if (!piao_barcode_read (book, noise, &barcode, &error))
        {
          g_assert_nonnull (error);
          continue;
        }
      piao_barcode_pack_key (&barcode, barcode.pack_from, key);
      g_assert_true (piao_barcode_key_is_valid (key));
    }
}

/* Digits only, of every length: a code is a known shape, secret, misread or unknown. */
static void
test_random_digits_never_leave_the_shapes (void)
{
  g_autoptr (PiaoBarcodeBook) book = open_book ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint i = 0; i < 20000; i++)
    {
      guint n = (guint)g_rand_int_range (rand, 1, 70);
      g_autoptr (GError) error = NULL;
      char digits[71];
      PiaoBarcode barcode;
      gboolean known;

      for (guint k = 0; k < n; k++)
        digits[k] = (char)('0' + g_rand_int_range (rand, 0, 10));
      digits[n] = '\0';
      known = piao_barcode_read (book, digits, &barcode, &error);
      if (n >= 26 && n <= 29)
        g_assert_cmpstr (piao_error_get_reason (error), ==, "scan.security");
      else if (n == 20)
        g_assert_true (known || g_str_equal (piao_error_get_reason (error), "scan.check"));
      else
        g_assert_cmpstr (piao_error_get_reason (error), ==, "scan.unknown");
    }
}

static void
test_profiles_are_checked (void)
{
  static const struct
  {
    PiaoBarcodeProfile profile;
    const char *reason;
  } bad[] = {
    { { "", "pack", 0, "(?<plan>.)(?<batch>.)(?<pack>.)", "none", 0, TRUE }, "profile.code" },
    { { "A", "crate", 0, "(?<plan>.)(?<batch>.)(?<pack>.)", "none", 0, TRUE }, "profile.level" },
    { { "A", "pack", 129, "(?<plan>.)(?<batch>.)(?<pack>.)", "none", 0, TRUE }, "profile.length" },
    { { "A", "pack", 0, "(?<plan>.", "none", 0, TRUE }, "profile.pattern" },
    { { "A", "pack", 0, "", "none", 0, TRUE }, "profile.pattern" },
    { { "A", "pack", 0, "(?<plan>.)(?<batch>.)", "none", 0, TRUE }, "profile.groups" },
    { { "A", "case", 0, "(?<plan>.)(?<batch>.)(?<pack_from>.)", "none", 0, FALSE },
      "profile.groups" },
    { { "A", "pack", 0, "(?<plan>.)(?<batch>.)(?<pack>.)", "luhn", 0, TRUE }, "profile.check" },
  };
  g_autoptr (PiaoBarcodeBook) book = piao_barcode_book_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (piao_barcode_book_add (book, &bad[i].profile, &error));
      g_assert_cmpstr (piao_error_get_reason (error), ==, bad[i].reason);
    }
}

static void
test_keys_have_one_shape (void)
{
  g_assert_true (piao_barcode_key_is_valid ("J0001-00005-0000123"));
  g_assert_true (piao_barcode_key_is_valid ("0999-16001-0000001"));
  g_assert_false (piao_barcode_key_is_valid (NULL));
  g_assert_false (piao_barcode_key_is_valid (""));
  g_assert_false (piao_barcode_key_is_valid ("J0001-00005"));
  g_assert_false (piao_barcode_key_is_valid ("J0001--0000123"));
  g_assert_false (piao_barcode_key_is_valid ("J0001-00005-0000123-1"));
  g_assert_false (piao_barcode_key_is_valid ("J0001-00005-A000123"));
  g_assert_false (piao_barcode_key_is_valid ("j0001-00005-0000123"));
  g_assert_false (piao_barcode_key_is_valid ("J0001000050000123100ABCDEF0123456789QP001"));
}

static void
test_command_cards (void)
{
  g_autoptr (PiaoBarcodeBook) book = open_book ();

  for (guint i = 0; i < PIAO_CARD_COUNT; i++)
    {
      g_autofree char *code = piao_card_make ((PiaoCard)i);
      g_autofree char *lower = g_ascii_strdown (code, -1);
      g_autoptr (GError) error = NULL;
      PiaoCard card = PIAO_CARD_NEXT;
      char *last = code + strlen (code) - 1;

      g_assert_true (piao_card_is_card (code));
      g_assert_true (piao_card_read (lower, &card, NULL));
      g_assert_cmpint (card, ==, i);
      assert_refused (book, code, "scan.unknown");
      *last = *last == '9' ? '0' : (char)(*last + 1);
      g_assert_false (piao_card_read (code, &card, &error));
      g_assert_cmpstr (piao_error_get_reason (error), ==, "card.check");
    }
}

static void
test_no_ticket_is_a_card (void)
{
  g_autoptr (GError) error = NULL;
  PiaoCard card;

  g_assert_false (piao_card_is_card ("J0001000050010000000123100050"));
  g_assert_false (piao_card_is_card (""));
  g_assert_false (piao_card_is_card ("XJ"));
  g_assert_true (piao_card_is_card ("XJ#FORMAT1"));
  g_assert_false (piao_card_read ("XJ#FORMAT1", &card, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "card.unknown");
}

void
add_barcode_tests (void)
{
  g_test_add_func ("/domain/barcode/sjz-ticket", test_sjz_ticket_names_its_pack);
  g_test_add_func ("/domain/barcode/sjz-labels", test_sjz_labels_name_their_packs);
  g_test_add_func ("/domain/barcode/bzp", test_bzp_with_and_without_dashes);
  g_test_add_func ("/domain/barcode/security", test_security_codes_are_refused_and_forgotten);
  g_test_add_func ("/domain/barcode/security-first", test_security_is_asked_first);
  g_test_add_func ("/domain/barcode/wedge", test_wedge_damage_is_repaired);
  g_test_add_func ("/domain/barcode/hostile", test_hostile_scans);
  g_test_add_func ("/domain/barcode/digits", test_random_digits_never_leave_the_shapes);
  g_test_add_func ("/domain/barcode/profiles", test_profiles_are_checked);
  g_test_add_func ("/domain/barcode/keys", test_keys_have_one_shape);
  g_test_add_func ("/domain/barcode/cards", test_command_cards);
  g_test_add_func ("/domain/barcode/not-cards", test_no_ticket_is_a_card);
}
