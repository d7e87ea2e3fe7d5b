/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/piao-error.h"
#include "domain/barcode/piao-barcode-maker.h"
#include "domain/barcode/piao-barcode-store.h"
#include "domain/delivery/piao-calendar.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/piao-domain.h"
#include "domain/reference/piao-reference.h"
#include "domain/ticket/piao-ticket-kinds.h"
#include "store/piao-command.h"
#include "store/piao-schema.h"

PIAO_STATEMENT (count_orgs, "SELECT count(*) FROM org WHERE lane = 0 AND rev = 0");
PIAO_STATEMENT (count_warehouses, "SELECT count(*) FROM warehouse");
PIAO_STATEMENT (count_schemes, "SELECT count(*) FROM scheme JOIN org ON org.id = scheme.org_id");
PIAO_STATEMENT (count_words, "SELECT count(*) FROM role_permission");
PIAO_STATEMENT (
    count_word_of,
    "SELECT count(*) FROM role_permission JOIN role ON role.id = role_permission.role_id"
    " WHERE role.code = $1 AND role_permission.permission = $2");

static PiaoDb *
open_written (void)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (":memory:", 0, &error);

  g_assert_no_error (error);
  piao_schema_migrate (db, PIAO_SCHEMA_SERVER, &error);
  g_assert_no_error (error);
  piao_reference_write (db, &error);
  g_assert_no_error (error);
  return db;
}

static gint64
count (PiaoDb *db, const PiaoStatement *statement)
{
  gint64 n = -1;

  g_assert_true (piao_db_query_int (db, statement, -1, &n, NULL, ""));
  return n;
}

static gboolean
holds (PiaoDb *db, const char *role, const char *word)
{
  gint64 n = 0;

  g_assert_true (piao_db_query_int (db, &count_word_of, 0, &n, NULL, "ss", role, word));
  return n == 1;
}

/* ORG-01, DLV-06. */
static void
test_everything_is_there_once (void)
{
  g_autoptr (PiaoDb) db = open_written ();
  gint64 words = count (db, &count_words);

  g_assert_cmpint (count (db, &count_orgs), ==, 17);
  g_assert_cmpint (count (db, &count_warehouses), ==, 17);
  g_assert_cmpint (count (db, &count_schemes), ==, 36);
  g_assert_cmpint (words, >, 200);
  g_assert_true (piao_reference_write (db, NULL));
  g_assert_cmpint (count (db, &count_words), ==, words);
  g_assert_cmpint (count (db, &count_schemes), ==, 36);
}

/* Domain 6.3: who may what. */
static void
test_roles_hold_their_words (void)
{
  g_autoptr (PiaoDb) db = open_written ();

  g_assert_true (holds (db, "picker", "order.pick"));
  g_assert_true (holds (db, "picker", "label.print"));
  g_assert_false (holds (db, "picker", "label.reprint"));
  g_assert_true (holds (db, "warehouse_keeper", "label.reprint"));
  g_assert_true (holds (db, "phone_agent", "order.create"));
  g_assert_false (holds (db, "phone_agent", "order.pick"));
  g_assert_false (holds (db, "picker", "order.refuse"));
  /* sys_admin sees no business rows; a leader changes none. */
  g_assert_false (holds (db, "sys_admin", "order"));
  g_assert_false (holds (db, "sys_admin", "stock"));
  g_assert_true (holds (db, "sys_admin", "user.edit"));
  g_assert_false (holds (db, "center_leader", "order.create"));
  g_assert_false (holds (db, "auditor", "order.pick"));
  g_assert_true (holds (db, "auditor", "order"));
}

/* A right that no role holds could never be used; a misspelt one is found here. */
static void
test_every_command_can_be_given (void)
{
  g_autoptr (PiaoDb) db = open_written ();
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  guint n_commands;
  const PiaoCommand *const *commands = piao_registry_get_commands (registry, &n_commands);

  for (guint i = 0; i < n_commands; i++)
    if (commands[i]->permission != NULL && !holds (db, "warehouse_keeper", commands[i]->permission)
        && !holds (db, "center_manager", commands[i]->permission)
        && !holds (db, "sys_admin", commands[i]->permission))
      g_error ("nobody may do %s (%s)", commands[i]->name, commands[i]->permission);
}

static void
test_schemes_can_be_planned (void)
{
  g_autoptr (PiaoDb) db = open_written ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoRecord) scheme
      = piao_record_load (db, &piao_scheme_kind, piao_reference_scheme_id ("CJ-3"), &error);
  g_autoptr (PiaoCalendar) calendar = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (piao_record_int (scheme, PIAO_SCHEME_ORG_ID), ==, 652300);
  calendar = piao_calendar_parse (piao_record_text (scheme, PIAO_SCHEME_CALENDAR),
                                  piao_record_text (scheme, PIAO_SCHEME_TRANSIT), &error);
  g_assert_no_error (error);
  g_assert_cmpint (piao_calendar_get_transit_hours (calendar, "木垒县"), ==, 8);
  g_assert_cmpint (piao_reference_scheme_id ("CJ-99"), ==, 0);
  g_assert_cmpint (piao_reference_role_id ("picker"), >, 0);
}

static void
test_book_comes_from_the_rows (void)
{
  g_autoptr (PiaoDb) db = open_written ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) broken = NULL;
  g_autoptr (PiaoBarcodeBook) book = piao_barcode_book_load (db, &error);
  g_autofree char *code = piao_barcode_make_sjz_ticket ("J0001", 5, 1, 100, 50);
  g_autoptr (PiaoRecord) row = NULL;
  PiaoBarcode barcode;

  g_assert_no_error (error);
  g_assert_true (piao_barcode_read (book, code, &barcode, NULL));
  row = piao_record_load (db, &piao_barcode_profile_kind, 3, NULL);
  g_assert_cmpstr (piao_record_text (row, PIAO_BARCODE_PROFILE_CODE), ==, "SJZ-TICKET");
  piao_record_set_int (row, PIAO_BARCODE_PROFILE_ENABLED, 0);
  g_assert_true (piao_record_store (db, row, NULL));
  g_clear_pointer (&book, piao_barcode_book_free);
  book = piao_barcode_book_load (db, NULL);
  g_assert_false (piao_barcode_read (book, code, &barcode, NULL));
  piao_record_set_text (row, PIAO_BARCODE_PROFILE_PATTERN, "(");
  g_assert_true (piao_record_store (db, row, NULL));
  g_assert_null (piao_barcode_book_load (db, &broken));
  g_assert_cmpstr (piao_error_get_reason (broken), ==, "profile.pattern");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/reference/once", test_everything_is_there_once);
  g_test_add_func ("/domain/reference/roles", test_roles_hold_their_words);
  g_test_add_func ("/domain/reference/commands", test_every_command_can_be_given);
  g_test_add_func ("/domain/reference/plan", test_schemes_can_be_planned);
  g_test_add_func ("/domain/reference/book", test_book_comes_from_the_rows);
  return g_test_run ();
}
