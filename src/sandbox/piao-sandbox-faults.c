/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "sandbox/piao-sandbox-faults.h"

#define MAX_MS (10 * 60 * 1000)
#define MAX_COUNT 100000

static const char *const words[]
    = { "none",      "delay",   "slow",          "drop",  "apply-drop", "duplicate", "500",
        "apply-500", "garbage", "bad-signature", "clock", "busy",       "down" };

typedef struct
{
  PiaoSandboxFault fault;
  char *operation; /* owned; NULL for every operation */
  guint count;
  double odds;
} Entry;

struct _PiaoSandboxFaults
{
  GRand *rand;       /* owned */
  GPtrArray *script; /* owned; Entry, each count goes down */
  GPtrArray *odds;   /* owned; Entry */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->operation);
  g_free (entry);
}

PiaoSandboxFaults *
piao_sandbox_faults_new (guint32 seed)
{
  PiaoSandboxFaults *self = g_new0 (PiaoSandboxFaults, 1);

  self->rand = g_rand_new_with_seed (seed);
  self->script = g_ptr_array_new_with_free_func (entry_free);
  self->odds = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

void
piao_sandbox_faults_free (PiaoSandboxFaults *self)
{
  if (self == NULL)
    return;
  g_rand_free (self->rand);
  g_ptr_array_unref (self->script);
  g_ptr_array_unref (self->odds);
  g_free (self);
}

const char *
piao_sandbox_fault_to_text (PiaoSandboxFaultKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (words), "none");
  return words[kind];
}

/* Cuts @text at the last @sign and parses the number behind it; FALSE on a wrong number. */
static gboolean
cut_number (char *text, char sign, guint64 min, guint64 max, guint *number)
{
  char *at = strrchr (text, sign);
  guint64 value = 0;

  if (at == NULL)
    return TRUE;
  *at = '\0';
  if (!g_ascii_string_to_unsigned (at + 1, 10, min, max, &value, NULL))
    return FALSE;
  *number = (guint)value;
  return TRUE;
}

static gboolean
cut_odds (char *text, double *odds)
{
  char *at = strrchr (text, '=');
  char *end = NULL;

  if (at == NULL)
    return FALSE;
  *at = '\0';
  *odds = g_ascii_strtod (at + 1, &end);
  return end != at + 1 && *end == '\0' && *odds >= 0 && *odds <= 1;
}

static gboolean
fault_from_text (const char *text, PiaoSandboxFaultKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (text, words[i]))
      {
        *kind = (PiaoSandboxFaultKind)i;
        return TRUE;
      }
  return FALSE;
}

static Entry *
parse_entry (const char *text, gboolean with_odds)
{
  g_autofree char *rest = g_strstrip (g_strdup (text));
  Entry *entry = g_new0 (Entry, 1);
  char *slash, *word = rest;

  entry->count = 1;
  if ((with_odds ? cut_odds (rest, &entry->odds)
                 : cut_number (rest, '*', 1, MAX_COUNT, &entry->count))
      && cut_number (rest, ':', 0, MAX_MS, &entry->fault.ms))
    {
      slash = strchr (rest, '/');
      if (slash != NULL)
        {
          entry->operation = g_strndup (rest, (gsize)(slash - rest));
          word = slash + 1;
        }
      if (fault_from_text (word, &entry->fault.kind))
        return entry;
    }
  entry_free (entry);
  return NULL;
}

static GPtrArray *
parse (const char *text, gboolean with_odds, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_auto (GStrv) texts = g_strsplit (text, ",", -1);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      Entry *entry;

      if (*g_strstrip (texts[i]) == '\0')
        continue;
      entry = parse_entry (texts[i], with_odds);
      if (entry == NULL)
        {
          piao_error_set (error, PIAO_ERROR_INVALID, "sandbox.faults",
                          _ ("“%s” is not a fault of the sandbox."), texts[i]);
          return NULL;
        }
      g_ptr_array_add (entries, entry);
    }
  return g_steal_pointer (&entries);
}

static gboolean
replace (GPtrArray **entries, const char *text, gboolean with_odds, GError **error)
{
  GPtrArray *parsed = parse (text, with_odds, error);

  if (parsed == NULL)
    return FALSE;
  g_ptr_array_unref (*entries);
  *entries = parsed;
  return TRUE;
}

gboolean
piao_sandbox_faults_set_script (PiaoSandboxFaults *self, const char *text, GError **error)
{
  return replace (&self->script, text, FALSE, error);
}

gboolean
piao_sandbox_faults_set_odds (PiaoSandboxFaults *self, const char *text, GError **error)
{
  return replace (&self->odds, text, TRUE, error);
}

void
piao_sandbox_faults_set_seed (PiaoSandboxFaults *self, guint32 seed)
{
  g_rand_set_seed (self->rand, seed);
}

static gboolean
fits (const Entry *entry, const char *operation)
{
  return entry->operation == NULL || g_str_equal (entry->operation, operation);
}

PiaoSandboxFault
piao_sandbox_faults_take (PiaoSandboxFaults *self, const char *operation)
{
  double draw = g_rand_double (self->rand);

  for (guint i = 0; i < self->script->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->script, i);
      PiaoSandboxFault fault = entry->fault;

      if (!fits (entry, operation))
        continue;
      if (--entry->count == 0)
        g_ptr_array_remove_index (self->script, i);
      return fault;
    }
  for (guint i = 0; i < self->odds->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->odds, i);

      if (!fits (entry, operation))
        continue;
      if (draw < entry->odds)
        return entry->fault;
      draw -= entry->odds;
    }
  return (PiaoSandboxFault){ 0 };
}
