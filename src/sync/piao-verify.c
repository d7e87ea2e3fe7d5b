/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "sync/piao-verify-private.h"

#define RESTORE                                                                                    \
  N_ ("Stop the server, keep a copy of this database, restore the last backup that verifies, and " \
      "tell the support.")
#define RECOUNT                                                                                    \
  N_ ("Run “piaokuctl init” on this database: it enters what is missing and counts again. If it "  \
      "comes back, tell the support.")
#define FETCH_AGAIN                                                                                \
  N_ ("Connect this computer to the centre: it compares and fetches again what differs. If it "    \
      "comes back, tell the support.")
#define RESCUE                                                                                     \
  N_ ("Keep what waits with “piaokuctl outbox export”, close the program and tell the support "    \
      "before you go on.")

static const struct
{
  const char *rule;
  const char *sentence;
  const char *advice;
} rules[] = {
  { "log.chain", N_ ("The command log was altered or is not whole."), RESTORE },
  { "log.device", N_ ("The log does not hold every command of a computer exactly once."), RESTORE },
  { "head.behind", N_ ("The last number is behind what was changed: one would be given twice."),
    RESTORE },
  { "lane.behind",
    N_ ("The last number of a lane is not that of its last change: computers miss changes."),
    RECOUNT },
  { "index.hidden", N_ ("The change index does not have a row where it is: no computer gets it."),
    RECOUNT },
  { "index.ghost", N_ ("The change index has a row in a lane where it is not."), RESTORE },
  { "index.kind", N_ ("The change index names a kind that this program does not know."),
    N_ ("Use the program that this database belongs to, or a newer one.") },
  { "digest.server", N_ ("A digest is not that of the rows: computers fetch for nothing."),
    RECOUNT },
  { "digest.replica", N_ ("A digest is not that of the rows of the centre on this computer."),
    FETCH_AGAIN },
  { "proof.mismatch", N_ ("This computer does not hold what the centre holds, and knows it."),
    FETCH_AGAIN },
  { "reference.missing", N_ ("A row refers to another one that is not here."),
    N_ ("Find out when it was lost: the command log and the backups say so. Tell the support.") },
  { "row.stray", N_ ("A row comes neither from the centre nor from a command that waits."),
    RESCUE },
  { "row.lane", N_ ("A row belongs to a prefecture that this computer must not hold."),
    FETCH_AGAIN },
  { "search.stray", N_ ("The search text knows a row that is not here."), FETCH_AGAIN },
  { "outbox.gap", N_ ("Numbers are missing among the commands that wait: the centre stops there."),
    RESCUE },
  { "outbox.foreign", N_ ("A command that waits was not made on this computer."), RESCUE },
  { "outbox.unreadable", N_ ("A command that waits cannot be read by this program."), RESCUE },
  { "outbox.not-applied", N_ ("A command waits for the centre, but its change is not here."),
    RESCUE },
  { "outbox.let-go", N_ ("An accepted command was let go before its rows had come."), FETCH_AGAIN },
  { "outbox.undo", N_ ("A row is not as the waiting command left it: it cannot be taken back."),
    RESCUE },
};

static void
finding_free (PiaoFinding *finding)
{
  g_ptr_array_unref (finding->subjects);
  g_free (finding);
}

PiaoVerify *
piao_verify_new (PiaoRegistry *registry, PiaoDb *db)
{
  PiaoVerify *self = g_new0 (PiaoVerify, 1);

  self->registry = piao_registry_ref (registry);
  self->db = db;
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify)finding_free);
  self->complete = TRUE;
  return self;
}

void
piao_verify_free (PiaoVerify *self)
{
  piao_registry_unref (self->registry);
  g_ptr_array_unref (self->findings);
  g_free (self);
}

static PiaoFinding *
get_finding (PiaoVerify *self, const char *rule, const char *sentence, const char *advice)
{
  PiaoFinding *finding;

  for (guint i = 0; i < self->findings->len; i++)
    {
      finding = g_ptr_array_index (self->findings, i);
      if (g_str_equal (finding->rule, rule))
        return finding;
    }
  finding = g_new0 (PiaoFinding, 1);
  finding->rule = g_intern_string (rule);
  finding->sentence = sentence;
  finding->advice = advice;
  finding->subjects = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->findings, finding);
  return finding;
}

void
piao_verify_note (PiaoVerify *self,
                  const char *rule,
                  const char *sentence,
                  const char *advice,
                  const char *subject)
{
  PiaoFinding *finding = get_finding (self, rule, sentence, advice);

  finding->count++;
  if (finding->subjects->len < PIAO_VERIFY_MAX_SUBJECTS)
    g_ptr_array_add (finding->subjects, g_strdup (subject));
}

void
piao_verify_found (PiaoVerify *self, const char *rule, const char *subject, ...)
{
  g_autofree char *text = NULL;
  va_list words;

  va_start (words, subject);
  text = g_strdup_vprintf (subject, words);
  va_end (words);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].rule, rule))
      {
        piao_verify_note (self, rule, g_dgettext (GETTEXT_PACKAGE, rules[i].sentence),
                          g_dgettext (GETTEXT_PACKAGE, rules[i].advice), text);
        return;
      }
  g_assert_not_reached ();
}

/* --- digests --------------------------------------------------------------------------------- */

gboolean
piao_verify_digests (PiaoVerify *self, const char *rule, PiaoDigestTally *tally, GError **error)
{
  g_autoptr (GArray) kept = piao_digest_list (self->db, error);
  g_autoptr (GArray) differ = NULL;

  if (kept == NULL)
    return FALSE;
  differ = piao_digest_tally_compare (tally, kept);
  for (guint i = 0; i < differ->len; i++)
    {
      const PiaoDigest *digest = &g_array_index (differ, PiaoDigest, i);

      piao_verify_found (self, rule, _ ("%s in lane %" PRIi64 " (%+" PRIi64 " rows)"), digest->kind,
                         digest->lane, digest->rows);
    }
  return TRUE;
}

/* --- references ------------------------------------------------------------------------------ */

/* Whether all rows of @kind are everyone's. */
static gboolean
is_for_all (PiaoVerify *self, const PiaoKind *kind, gboolean *for_all, GError **error)
{
  g_autofree char *sql = g_strconcat ("SELECT EXISTS (SELECT 1 FROM ", piao_kind_get_table (kind),
                                      " WHERE lane <> 0)", NULL);
  gint64 others = 0;

  if (!piao_db_query_int (self->db, piao_statement_make ("verify_lanes", sql), 0, &others, error,
                          ""))
    return FALSE;
  *for_all = others == 0;
  return TRUE;
}

static gboolean
check_reference (PiaoVerify *self,
                 const PiaoKind *kind,
                 const PiaoColumn *column,
                 const PiaoKind *other,
                 GError **error)
{
  const char *table = piao_kind_get_table (kind);
  g_autofree char *sql
      = g_strconcat ("SELECT mine.id, mine.", column->name, " FROM ", table, " AS mine LEFT JOIN ",
                     piao_kind_get_table (other), " AS other ON other.id = mine.", column->name,
                     " WHERE mine.", column->name, " IS NOT NULL AND other.id IS NULL LIMIT 21",
                     NULL);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->db, piao_statement_make ("verify_reference", sql), &inner, "");

  while (piao_cursor_next (cursor, &inner))
    piao_verify_found (self, "reference.missing", "%s %" PRIi64 ".%s = %" PRIi64, kind->name,
                       piao_cursor_int (cursor, 0), column->name, piao_cursor_int (cursor, 1));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* A replica holds some lanes: of what is not there it may have been given the half. */
static gboolean
must_be_here (PiaoVerify *self,
              const PiaoKind *kind,
              const PiaoColumn *column,
              const PiaoKind *other,
              gboolean *must,
              GError **error)
{
  *must = g_strcmp0 (kind->working_of, column->name) == 0;
  return *must || is_for_all (self, other, must, error);
}

gboolean
piao_verify_references (PiaoVerify *self, gboolean replica, GError **error)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (self->registry, &n);

  for (guint i = 0; i < n; i++)
    for (guint c = 0; c < kinds[i]->n_columns; c++)
      {
        const PiaoColumn *column = &kinds[i]->columns[c];
        const PiaoKind *other
            = column->ref != NULL ? piao_registry_find_kind (self->registry, column->ref) : NULL;
        gboolean must = TRUE;

        if (other == NULL)
          continue;
        if (replica && !must_be_here (self, kinds[i], column, other, &must, error))
          return FALSE;
        if (must && !check_reference (self, kinds[i], column, other, error))
          return FALSE;
      }
  return TRUE;
}
