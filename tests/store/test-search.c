/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "store/piao-schema.h"
#include "store/piao-search.h"
#include "tests/store/shelf.h"

PIAO_STATEMENT (test_count_docs,
                "SELECT COUNT(*) FROM search s JOIN search_row r ON r.doc = s.rowid");

static PiaoDb *
open_db (void)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (":memory:", 0, &error);

  g_assert_no_error (error);
  piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, &error);
  g_assert_no_error (error);
  return db;
}

static void
put (PiaoDb *db, gint64 id, const char *code, const char *name, const char *phone)
{
  g_autoptr (PiaoRecord) shelf = piao_record_new (&shelf_kind, id, 0);
  g_autoptr (GError) error = NULL;

  piao_record_set_text (shelf, SHELF_CODE, code);
  piao_record_set_text (shelf, SHELF_NAME, name);
  piao_record_set_text (shelf, SHELF_PHONE, phone);
  piao_search_touch (db, shelf, &error);
  g_assert_no_error (error);
}

static void
fill (PiaoDb *db)
{
  put (db, 1, "65010001", "伊犁伊宁·解放路", "13812345678");
  put (db, 2, "65010002", "莎车 Bazaar", "13987654321");
  put (db, 3, "65010003", "宁伊 Bazaar-Two", NULL);
  put (db, 4, "65020045", "昌吉3号网点", "09941234567");
}

/* @expected: ids in the order of the answer, "1 2". */
static void
assert_finds (PiaoDb *db, const char *typed, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = piao_search_find (db, &shelf_kind, typed, 10, &error);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (found, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                            g_array_index (ids, gint64, i));
  if (!g_str_equal (found->str, expected))
    g_test_fail_printf ("“%s” finds “%s”, not “%s”", typed, found->str, expected);
}

static void
test_what_people_type (void)
{
  g_autoptr (PiaoDb) db = open_db ();

  fill (db);
  g_test_message ("Two characters must stand together");
  assert_finds (db, "伊宁", "1");
  assert_finds (db, "宁伊", "3");
  assert_finds (db, "伊", "3 1");
  assert_finds (db, "犁宁", "");
  g_test_message ("Initials, whole and begun");
  assert_finds (db, "ylynjfl", "1");
  assert_finds (db, "ylyn", "1");
  assert_finds (db, "SC", "2");
  g_test_message ("The last four digits, and beginnings of numbers");
  assert_finds (db, "5678", "1");
  assert_finds (db, "0045", "4");
  assert_finds (db, "139", "2");
  assert_finds (db, "6501", "3 2 1");
  assert_finds (db, "234", "");
  g_test_message ("Several words must all match, in any order");
  assert_finds (db, "bazaar 莎车", "2");
  assert_finds (db, "baz 宁", "3");
  assert_finds (db, "baz 昌", "");
  g_test_message ("Width, case and punctuation do not matter");
  assert_finds (db, "ＢＡＺＡＡＲ－ＴＷＯ", "3");
  assert_finds (db, "伊宁解放", "1");
  assert_finds (db, "昌吉3号", "4");
}

static void
test_whole_words_come_first (void)
{
  g_autoptr (PiaoDb) db = open_db ();

  put (db, 1, "ab", "x", NULL);
  put (db, 2, "abc", "x", NULL);
  put (db, 3, "abcd", "x", NULL);
  assert_finds (db, "abc", "2 3");
  assert_finds (db, "ab", "1 3 2");
}

static void
test_hostile_queries_are_harmless (void)
{
  static const char *const nothing[]
      = { "", " ", "\"", "* ( ) : ^ - +", "\xff\xfe", "\"\" * \"\"" };
  static const char *const harmless[]
      = { "\" OR 1", "kind : x", "NEAR(a b)",    "a\" AND words : \"b",
          "NOT 伊",  "伊 OR",    "{words} : 伊", "' ; DROP TABLE search" };
  g_autoptr (PiaoDb) db = open_db ();
  g_autofree char *endless = g_strnfill (100000, 'a');

  fill (db);
  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    {
      g_assert_null (piao_search_expression (nothing[i]));
      assert_finds (db, nothing[i], "");
    }
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) ids = piao_search_find (db, &shelf_kind, harmless[i], 10, &error);

      g_assert_no_error (error);
      g_assert_nonnull (ids);
    }
  g_assert_null (piao_search_expression (NULL));
  assert_finds (db, endless, "");
  assert_finds (db, "伊宁", "1");
}

static void
test_text_follows_the_row (void)
{
  g_autoptr (PiaoDb) db = open_db ();
  g_autoptr (PiaoRecord) gone = piao_record_new (&shelf_kind, 4, 0);
  g_autoptr (PiaoRecord) other = piao_record_new (&move_kind, 2, 0);
  g_autoptr (GError) error = NULL;
  gint64 n = 0;

  fill (db);
  put (db, 2, "65010002", "喀什", NULL);
  assert_finds (db, "莎车", "");
  assert_finds (db, "喀什", "2");
  gone->deleted = TRUE;
  g_assert_true (piao_search_touch (db, gone, &error));
  assert_finds (db, "昌吉", "");
  g_assert_true (piao_search_forget (db, &shelf_kind, 3, &error));
  g_assert_true (piao_search_forget (db, &shelf_kind, 3, &error));
  assert_finds (db, "baz", "");
  g_test_message ("Kinds that are not searchable have no text");
  g_assert_true (piao_search_touch (db, other, &error));
  g_assert_true (piao_search_forget (db, &move_kind, 2, &error));
  assert_finds (db, "喀什", "2");
  g_assert_true (piao_db_query_int (db, &test_count_docs, 0, &n, &error, ""));
  g_assert_cmpint (n, ==, 2);
}

static void
test_kinds_do_not_mix (void)
{
  static const PiaoColumn columns[] = { { "code", "Code", PIAO_COLUMN_INT, PIAO_COLUMN_SEARCH } };
  static const PiaoKind box_kind
      = { .name = "test_box", .flags = PIAO_KIND_SEARCHABLE, .columns = columns, .n_columns = 1 };
  g_autoptr (PiaoDb) db = open_db ();
  g_autoptr (PiaoRecord) box = piao_record_new (&box_kind, 1, 0);
  g_autoptr (GArray) ids = NULL;

  put (db, 1, "shelf", "x", NULL);
  piao_record_set_int (box, 0, 987654321);
  g_assert_true (piao_search_touch (db, box, NULL));
  assert_finds (db, "4321", "");
  ids = piao_search_find (db, &box_kind, "4321", 10, NULL);
  g_assert_cmpuint (ids->len, ==, 1);
  assert_finds (db, "shelf", "1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/search/what-people-type", test_what_people_type);
  g_test_add_func ("/store/search/whole-words-first", test_whole_words_come_first);
  g_test_add_func ("/store/search/hostile", test_hostile_queries_are_harmless);
  g_test_add_func ("/store/search/follows-the-row", test_text_follows_the_row);
  g_test_add_func ("/store/search/kinds", test_kinds_do_not_mix);
  return g_test_run ();
}
