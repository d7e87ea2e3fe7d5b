/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers and requests of the wrong shape are refused with a sentence, and nothing changes. */

#include <libdex.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "sync/piao-pull.h"
#include "sync/piao-serve.h"
#include "tests/lib/piao-centre.h"

typedef struct
{
  PiaoCentre *centre;
  PiaoDesk *desk;
  JsonObject *request;
  char *good; /* the honest answer as text */
} World;

static void
set_up (World *world)
{
  JsonArray *lines = json_array_new ();
  g_autoptr (PiaoReply) reply = NULL;
  g_autoptr (GBytes) bytes = NULL;

  world->centre = piao_centre_new ();
  piao_centre_add_device (world->centre, 8, FIXTURE_KEEPER);
  world->desk = piao_desk_new (world->centre, 8, FIXTURE_KEEPER);
  piao_desk_sync (world->desk, PIAO_PULL_MAX_BYTES);
  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                         "packs", 'i', (gint64)1, NULL));
  piao_desk_run (world->desk, "order.submit",
                 piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's', "phone",
                                  "identity_checked", 'b', TRUE, "lines", 'a', lines, NULL));
  world->request = piao_desk_request (world->desk, PIAO_PULL_MAX_BYTES);
  reply = piao_centre_serve (world->centre, world->request, 8, FIXTURE_KEEPER);
  bytes = piao_reply_encode (reply, PIAO_REPLY_JSON, 1, NULL);
  world->good = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
tear_down (World *world)
{
  json_object_unref (world->request);
  g_free (world->good);
  piao_desk_free (world->desk);
  piao_centre_free (world->centre);
}

/* The answer in @text, decoded and checked against the request; NULL with @error. */
static PiaoReply *
decode (World *world, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (PiaoReply) reply
      = piao_reply_decode (world->centre->fixture->registry, PIAO_REPLY_JSON, bytes, error);
  g_autoptr (PiaoSyncAnswer) answer
      = reply != NULL
            ? piao_sync_answer_new (world->centre->fixture->registry, world->request, reply, error)
            : NULL;

  return answer != NULL ? g_steal_pointer (&reply) : NULL;
}

static void
assert_refused (World *world, const char *text)
{
  g_autoptr (PiaoReply) reply = NULL;
  g_autofree char *before = piao_desk_dump (world->desk);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  reply = decode (world, text, &error);
  if (reply != NULL)
    g_error ("accepted: %s", text);
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
  g_assert_cmpuint (strlen (error->message), >, 10);
  after = piao_desk_dump (world->desk);
  g_assert_cmpstr (after, ==, before);
}

static char *
replace (const char *text, const char *from, const char *to)
{
  const char *at = strstr (text, from);

  g_assert_nonnull (at);
  return g_strdup_printf ("%.*s%s%s", (int)(at - text), text, to, at + strlen (from));
}

static void
test_hostile_answers (void)
{
  static const struct
  {
    const char *from, *to;
  } changes[] = {
    { "\"epoch\":\"epoch-1\"", "\"epoch\":7" },
    { "\"epoch\":\"epoch-1\"", "\"epoch\":\"\"" },
    { "\"now\":", "\"now\":-" },
    { "\"now\":", "\"later\":" },
    { "\"verdicts\":[{\"id\":\"", "\"verdicts\":[{\"id\":\"1" },
    { "\"verdicts\":[{", "\"verdicts\":[7,{" },
    { "\"state\":\"accepted\"", "\"state\":\"perhaps\"" },
    { "\"state\":\"accepted\"", "\"state\":\"refused\"" },
    { "\"seq\":", "\"seq\":-" },
    { "\"rows\":[", "\"rows\":{\"a\":[" },
    { "\"rows\":[{\"kind\":", "\"rows\":[{\"kind\":7,\"was\":" },
    { "\"rows\":[{\"kind\":", "\"rows\":[\"x\",{\"kind\":" },
    { "\"lane\":652300", "\"lane\":654000" },
    { "\"lane\":652300", "\"lane\":-1" },
    { "\"lane\":652300", "\"lane\":\"652300\"" },
    { "\"rev\":", "\"rev\":9" },
    { "\"rev\":", "\"rev\":-" },
    { "\"state\":\"submitted\"", "\"state\":7" },
    { "\"state\":\"submitted\"", "\"state\":[\"submitted\"]" },
    { "\"outlet_id\":\"40\"", "\"outlet_id\":\"-40\"" },
    { "\"outlet_id\":\"40\"", "\"outlet_id\":\"40x\"" },
    { "\"outlet_id\":\"40\"", "\"outlet_id\":4.5" },
    { "\"gone\":[", "\"gone\":[7" },
    { "\"gone\":[", "\"gone\":[[652300,\"order\"]" },
    { "\"gone\":[", "\"gone\":[[654000,\"order\",\"5\"]" },
    { "\"gone\":[", "\"gone\":[[652300,\"order\",\"-5\"]" },
    { "\"upto\":[[0,", "\"upto\":[[0,-" },
    { "\"upto\":[[0,", "\"upto\":[[0,9" },
    { "\"upto\":[[0,", "\"upto\":[[1,1],[1,1],[0," },
    { "\"upto\":[[0,", "\"upto\":[[5," },
    { "\"end\":{", "\"end\":[{" },
    { "\"end\":{", "\"ends\":{" },
  };
  World world;

  set_up (&world);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *bad = replace (world.good, changes[i].from, changes[i].to);
      /* Some of these open a bracket: close it where the document still has to parse. */
      g_autoptr (JsonObject) parsed = piao_json_parse_object (bad, -1, 1 << 20, "answer", NULL);

      if (parsed != NULL)
        assert_refused (&world, bad);
    }
  tear_down (&world);
}

/* Bytes are changed at random: an answer is taken or refused, but never taken in part, and never
 * ends the program. */
static void
test_random_damage (void)
{
  World world;
  guint taken = 0, refused = 0;

  set_up (&world);
  for (int round = 0; round < 2000; round++)
    {
      g_autofree char *text = g_strdup (world.good);
      g_autoptr (PiaoReply) reply = NULL;
      g_autoptr (GError) error = NULL;
      static const char bytes[] = "0919-\"[]{},:aenull";

      for (int i = g_test_rand_int_range (1, 4); i > 0; i--)
        text[g_test_rand_int_range (0, (gint32)strlen (text))]
            = bytes[g_test_rand_int_range (0, (gint32)sizeof bytes - 1)];
      reply = decode (&world, text, &error);
      g_assert_true ((reply == NULL) == (error != NULL));
      taken += reply != NULL ? 1 : 0;
      refused
          += reply == NULL && !g_str_has_prefix (piao_error_get_reason (error), "json.") ? 1 : 0;
    }
  g_assert_cmpuint (taken, >, 0);
  g_assert_cmpuint (refused, >, 0);
  tear_down (&world);
}

static void
test_hostile_requests (void)
{
  static const char *const bad[] = {
    "{\"commands\":[7]}",
    "{\"commands\":[{}]}",
    "{\"commands\":[{\"id\":\"0\",\"dseq\":1,\"name\":\"a\",\"args\":{},\"at\":1,\"actor\":\"1\"}]"
    "}",
    "{\"commands\":[{\"id\":\"5\",\"dseq\":0,\"name\":\"a\",\"args\":{},\"at\":1,\"actor\":\"1\"}]"
    "}",
    "{\"commands\":[{\"id\":\"5\",\"dseq\":1,\"name\":7,\"args\":{},\"at\":1,\"actor\":\"1\"}]}",
    "{\"commands\":[{\"id\":\"5\",\"dseq\":1,\"name\":\"a\",\"args\":[],\"at\":1,\"actor\":\"1\"}]"
    "}",
    "{\"commands\":[{\"id\":\"5\",\"dseq\":1,\"name\":\"a\",\"args\":{},\"at\":-1,\"actor\":\"1\"}]"
    "}",
    "{\"commands\":[{\"id\":\"5\",\"dseq\":1,\"name\":\"a\",\"args\":{},\"at\":1,\"actor\":\"0\"}]"
    "}",
    "{\"commands\":[{\"id\":\"5\",\"dseq\":1,\"name\":\"a\\nb\",\"args\":{},\"at\":1,"
    "\"actor\":\"1\"}]}",
  };
  static const char *const cursors[]
      = { "{\"cursors\":7}",         "{\"cursors\":[7]}",          "{\"cursors\":[[0]]}",
          "{\"cursors\":[[0,-5]]}",  "{\"cursors\":[[0,\"5\"]]}",  "{\"cursors\":[[0,{}]]}",
          "{\"cursors\":[[0,9e9]]}", "{\"cursors\":[[0,999999]]}", "{\"cursors\":[[654000,0]]}" };
  g_autoptr (PiaoCentre) centre = piao_centre_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonObject) request = piao_json_parse_object (bad[i], -1, 1 << 20, "r", NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_serve_read_commands (request, 8, 0, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
    }
  /* A cursor that makes no sense counts as 0: the answer is whole, and only what is granted. */
  for (guint i = 0; i < G_N_ELEMENTS (cursors); i++)
    {
      g_autoptr (JsonObject) request = piao_json_parse_object (cursors[i], -1, 1 << 20, "r", NULL);
      g_autoptr (PiaoReply) reply = piao_centre_serve (centre, request, 8, FIXTURE_KEEPER);
      g_autoptr (JsonObject) answer = piao_reply_to_json (reply, 1);
      g_autofree char *text = piao_json_object_to_text (answer);

      g_assert_nonnull (strstr (text, "\"name\":\"keeper\""));
      g_assert_null (strstr (text, "\"lane\":654000"));
    }
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/hostile/answers", test_hostile_answers);
  g_test_add_func ("/sync/hostile/random-damage", test_random_damage);
  g_test_add_func ("/sync/hostile/requests", test_hostile_requests);
  return g_test_run ();
}
