/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands that were made by the programs of before are read by that of today. */

#include "base/piao-error.h"
#include "store/piao-command.h"
#include "store/piao-schema.h"

static char *applied; /* the arguments that arrived, as text */

/* Version 1 said "box" for a shelf; version 2 counted in boxes of ten. */
static gboolean
read_first (JsonObject *args, GError **error)
{
  const char *box = piao_json_get_text (args, "box", NULL);

  if (box == NULL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "shelf.box", "No box.");
  json_object_set_string_member (args, "shelf", box);
  json_object_remove_member (args, "box");
  return TRUE;
}

static gboolean
read_second (JsonObject *args, GError **error)
{
  json_object_set_int_member (args, "packs", 10 * piao_json_get_int (args, "boxes", 0));
  json_object_remove_member (args, "boxes");
  return TRUE;
}

static const PiaoCommandReader readers[] = { read_first, read_second };

static gboolean
apply (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_free (applied);
  applied = piao_json_object_to_text (args);
  return TRUE;
}

static const PiaoParam params[] = { { "packs", "packs", PIAO_PARAM_INT, TRUE, 1, 1000 },
                                    { "shelf", "shelf", PIAO_PARAM_TEXT, TRUE },
                                    { NULL } };
static const PiaoCommand fill_command
    = { .name = "shelf.fill", .params = params, .apply = apply, .version = 3, .readers = readers };
static const PiaoCommand plain_command
    = { .name = "shelf.plain", .params = params, .apply = apply };
static const PiaoCommand *const commands[] = { &fill_command, &plain_command, NULL };
static const PiaoModule module = { .name = "test", .commands = commands };
static const PiaoModule *const modules[] = { &module, NULL };

static gboolean
try (const char *name, const char *args, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_registry_new (modules);
  g_autoptr (PiaoDb) db = piao_db_open (":memory:", PIAO_DB_RELAXED, NULL);
  g_autoptr (JsonObject) object = piao_json_parse_object (args, -1, 1000, "args", NULL);
  const PiaoContext context = { .command = 4096, .side = PIAO_SIDE_SERVER };
  g_autofree char *before = piao_json_object_to_text (object);
  g_autofree char *after = NULL;
  gboolean done;

  g_clear_pointer (&applied, g_free);
  done = piao_command_apply (registry, db, &context, name, object, NULL, error);
  /* What is logged and sent again is what was sent. */
  after = piao_json_object_to_text (object);
  g_assert_cmpstr (before, ==, after);
  return done;
}

static void
test_readers (void)
{
  static const char *const good[]
      = { "{\"box\":\"A\",\"boxes\":2}", "{\"v\":1,\"boxes\":2,\"box\":\"A\"}",
          "{\"v\":2,\"shelf\":\"A\",\"boxes\":2}", "{\"v\":3,\"shelf\":\"A\",\"packs\":20}" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (try ("shelf.fill", good[i], &error));
      g_assert_no_error (error);
      g_assert_cmpstr (applied, ==, "{\"shelf\":\"A\",\"packs\":20}");
    }
  g_assert_true (try ("shelf.plain", "{\"shelf\":\"A\",\"packs\":5}", NULL));
  g_assert_true (try ("shelf.plain", "{\"v\":1,\"shelf\":\"A\",\"packs\":5}", NULL));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *name, *args, *reason;
  } bad[] = {
    { "shelf.fill", "{\"v\":4,\"shelf\":\"A\",\"packs\":20}", "command.newer" },
    { "shelf.plain", "{\"v\":2,\"shelf\":\"A\",\"packs\":20}", "command.newer" },
    { "shelf.fill", "{\"v\":0,\"shelf\":\"A\",\"packs\":20}", "command.version" },
    { "shelf.fill", "{\"v\":-9223372036854775807}", "command.version" },
    { "shelf.fill", "{\"v\":\"2\",\"shelf\":\"A\",\"boxes\":2}", "command.version" },
    { "shelf.fill", "{\"v\":null,\"shelf\":\"A\",\"boxes\":2}", "command.version" },
    { "shelf.fill", "{\"boxes\":2}", "shelf.box" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (try (bad[i].name, bad[i].args, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
      g_assert_cmpstr (piao_error_get_reason (error), ==, bad[i].reason);
      g_assert_null (applied);
    }
  /* Read as version 3, this one has a member too many and misses one. */
  g_assert_false (try ("shelf.fill", "{\"v\":3,\"shelf\":\"A\",\"boxes\":2}", NULL));
}

static void
test_written (void)
{
  g_autoptr (JsonObject) args = piao_json_build ("shelf", 's', "A", "packs", 'i', (gint64)20, NULL);
  g_autofree char *versioned = piao_command_write_args (&fill_command, args);
  g_autofree char *plain = piao_command_write_args (&plain_command, args);
  g_autofree char *unknown = piao_command_write_args (NULL, args);

  g_assert_cmpstr (versioned, ==, "{\"shelf\":\"A\",\"packs\":20,\"v\":3}");
  g_assert_cmpstr (plain, ==, "{\"shelf\":\"A\",\"packs\":20}");
  g_assert_cmpstr (unknown, ==, plain);
  g_assert_true (try ("shelf.fill", versioned, NULL));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-version/readers", test_readers);
  g_test_add_func ("/command-version/refused", test_refused);
  g_test_add_func ("/command-version/written", test_written);
  status = g_test_run ();
  g_free (applied);
  return status;
}
