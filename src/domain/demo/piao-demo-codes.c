/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "base/piao-error.h"
#include "domain/barcode/piao-barcode-maker.h"
#include "domain/demo/piao-demo-codes.h"

/* Any ticket of a pack will do; numbers begin with 100. */
#define SOME_TICKET 117

#define PACK_COLUMNS                                                                               \
  "SELECT pack.code, ticket_type.name, pack.shelf, ticket_type.tickets_per_pack FROM pack"         \
  " JOIN ticket_type ON ticket_type.id = pack.ticket_type_id"                                      \
  " JOIN batch ON batch.id = pack.batch_id WHERE pack.state = 'in_stock' AND pack.warehouse_id = " \
  "$1"

PIAO_STATEMENT (codes_order, "SELECT warehouse_id FROM orders WHERE id = $1");
PIAO_STATEMENT (codes_lines,
                "SELECT ticket_type_id, packs - scanned - short FROM order_line"
                " WHERE order_id = $1 AND deleted = 0 ORDER BY n");
PIAO_STATEMENT (codes_fit,
                PACK_COLUMNS " AND pack.ticket_type_id = $2 AND pack.frozen = 0"
                             " AND batch.sell_until > $3 ORDER BY pack.id LIMIT $4");
PIAO_STATEMENT (codes_wrong,
                PACK_COLUMNS " AND pack.frozen = 0 AND batch.sell_until > $3"
                             " AND pack.ticket_type_id = (SELECT min(id) FROM ticket_type"
                             " WHERE id NOT IN (SELECT ticket_type_id FROM order_line"
                             " WHERE order_id = $2)) ORDER BY pack.id LIMIT 1");
PIAO_STATEMENT (codes_frozen, PACK_COLUMNS " AND pack.frozen = 1 ORDER BY pack.id LIMIT 1");
PIAO_STATEMENT (codes_expired,
                PACK_COLUMNS " AND pack.frozen = 0 AND batch.sell_until <= $2"
                             " ORDER BY pack.id LIMIT 1");
PIAO_STATEMENT (codes_orders,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND deleted = 0"
                " AND state IN ('pending_outbound', 'picking') ORDER BY +submitted_at, id");

static const char *const titles[] = {
  [PIAO_DEMO_CODE_FITS] = N_ ("Fits this order"),
  [PIAO_DEMO_CODE_WRONG_TYPE] = N_ ("Of another game"),
  [PIAO_DEMO_CODE_SURPLUS] = N_ ("One more than was ordered"),
  [PIAO_DEMO_CODE_FROZEN] = N_ ("Blocked for an investigation"),
  [PIAO_DEMO_CODE_EXPIRED] = N_ ("May not be sold any more"),
  [PIAO_DEMO_CODE_NOT_HERE] = N_ ("Not in the books of this warehouse"),
  [PIAO_DEMO_CODE_SECURITY] = N_ ("From under the latex: never to be scanned"),
  [PIAO_DEMO_CODE_UNKNOWN] = N_ ("No code of a ticket"),
};

void
piao_demo_code_free (PiaoDemoCode *code)
{
  g_free (code->code);
  g_free (code->name);
  g_free (code->shelf);
  g_free (code);
}

const char *
piao_demo_code_get_title (PiaoDemoCodeKind kind)
{
  return g_dgettext (GETTEXT_PACKAGE, titles[kind]);
}

static guint
number_of (const char *digits)
{
  return (guint)g_ascii_strtoull (digits, NULL, 10);
}

/* What is printed on a ticket of the pack @key ("J0101-25001-0000123"). */
static char *
ticket_of (const char *key, guint tickets_per_pack)
{
  g_auto (GStrv) parts = g_strsplit (key, "-", 3);
  guint batch, pack;

  if (g_strv_length (parts) != 3)
    return g_strdup (key);
  batch = number_of (parts[1]);
  pack = number_of (parts[2]);
  if (g_ascii_isalpha (parts[0][0]))
    return piao_barcode_make_sjz_ticket (parts[0], batch, pack, SOME_TICKET, tickets_per_pack);
  return piao_barcode_make_bzp20 (number_of (parts[0]), batch, pack, SOME_TICKET, FALSE);
}

static void
add (GPtrArray *codes, PiaoDemoCodeKind kind, char *code, const char *name, const char *shelf)
{
  PiaoDemoCode *entry = g_new0 (PiaoDemoCode, 1);

  entry->kind = kind;
  entry->code = code;
  entry->name = g_strdup (name != NULL ? name : "");
  entry->shelf = g_strdup (shelf != NULL ? shelf : "");
  g_ptr_array_add (codes, entry);
}

/* Adds what @cursor (taken) finds; beyond the first @wanted they are surplus. */
static gboolean
add_packs (
    GPtrArray *codes, PiaoDemoCodeKind kind, PiaoCursor *cursor, gint64 wanted, GError **error)
{
  g_autoptr (PiaoCursor) rows = cursor;
  g_autoptr (GError) inner = NULL;

  if (rows == NULL)
    return FALSE;
  for (gint64 n = 0; piao_cursor_next (rows, &inner); n++)
    add (codes, n < wanted ? kind : PIAO_DEMO_CODE_SURPLUS,
         ticket_of (piao_cursor_text (rows, 0), (guint)piao_cursor_int (rows, 3)),
         piao_cursor_text (rows, 1), piao_cursor_text (rows, 2));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

typedef struct
{
  gint64 type;
  gint64 packs;
} Need;

static GArray *
load_needs (PiaoDb *db, gint64 order, GError **error)
{
  g_autoptr (GArray) needs = g_array_new (FALSE, FALSE, sizeof (Need));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &codes_lines, &inner, "i", order);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      Need need = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1) };

      g_array_append_val (needs, need);
    }
  if (inner == NULL)
    return g_steal_pointer (&needs);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static gboolean
add_fitting (
    PiaoDb *db, GPtrArray *codes, gint64 order, gint64 warehouse, gint64 now, GError **error)
{
  g_autoptr (GArray) needs = load_needs (db, order, error);

  for (guint i = 0; needs != NULL && i < needs->len; i++)
    {
      const Need *need = &g_array_index (needs, Need, i);
      gint64 surplus = i == 0 ? 1 : 0;

      if (!add_packs (codes, PIAO_DEMO_CODE_FITS,
                      piao_db_query (db, &codes_fit, error, "iiii", warehouse, need->type, now,
                                     need->packs + surplus),
                      need->packs, error))
        return FALSE;
    }
  return needs != NULL;
}

/* Those that are refused follow those that fit. */
static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  const PiaoDemoCode *one = *(PiaoDemoCode *const *)a, *two = *(PiaoDemoCode *const *)b;

  return (int)one->kind - (int)two->kind;
}

GPtrArray *
piao_demo_list_codes (PiaoDb *db, gint64 order, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) codes
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_demo_code_free);
  gint64 warehouse = 0;

  if (!piao_db_query_int (db, &codes_order, 0, &warehouse, error, "i", order))
    return NULL;
  if (warehouse == 0)
    {
      piao_error_set (error, PIAO_ERROR_NOT_FOUND, "demo.order",
                      _ ("There is no such order here."));
      return NULL;
    }
  if (!add_fitting (db, codes, order, warehouse, now, error)
      || !add_packs (codes, PIAO_DEMO_CODE_WRONG_TYPE,
                     piao_db_query (db, &codes_wrong, error, "iii", warehouse, order, now), 1,
                     error)
      || !add_packs (codes, PIAO_DEMO_CODE_FROZEN,
                     piao_db_query (db, &codes_frozen, error, "i", warehouse), 1, error)
      || !add_packs (codes, PIAO_DEMO_CODE_EXPIRED,
                     piao_db_query (db, &codes_expired, error, "ii", warehouse, now), 1, error))
    return NULL;
  add (codes, PIAO_DEMO_CODE_NOT_HERE,
       piao_barcode_make_sjz_ticket ("J0101", 99999, 9999999, SOME_TICKET, 100), NULL, NULL);
  /* The ticket in full with safety code and quick-pay mark: 41 characters, all made up. */
  add (codes, PIAO_DEMO_CODE_SECURITY, g_strdup ("J010125001000012311700000000PRACTICE00000"), NULL,
       NULL);
  add (codes, PIAO_DEMO_CODE_UNKNOWN, g_strdup ("6901234567892"), NULL, NULL);
  g_ptr_array_sort (codes, compare_kinds);
  return g_steal_pointer (&codes);
}

GArray *
piao_demo_list_orders (PiaoDb *db, gint64 warehouse, GError **error)
{
  g_autoptr (GArray) orders = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &codes_orders, &inner, "i", warehouse);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (orders, id);
    }
  if (inner == NULL)
    return g_steal_pointer (&orders);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}
