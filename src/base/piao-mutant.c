/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-mutant.h"

#define ENTRY(name, what) { #name, what },
static const struct
{
  const char *name;
  const char *what;
} entries[] = { { NULL, NULL }, PIAO_MUTANT_LIST (ENTRY) PIAO_CRASH_MUTANT_LIST (ENTRY) };
#undef ENTRY

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == PIAO_N_MUTANTS);

#ifdef PIAO_MUTANTS
PiaoMutant piao_mutant_chosen = PIAO_MUTANT_NONE;
#endif

const char *
piao_mutant_get_name (PiaoMutant mutant)
{
  return mutant < PIAO_N_MUTANTS ? entries[mutant].name : NULL;
}

const char *
piao_mutant_describe (PiaoMutant mutant)
{
  return mutant < PIAO_N_MUTANTS ? entries[mutant].what : NULL;
}

PiaoMutant
piao_mutant_find (const char *name)
{
  for (guint i = 1; i < G_N_ELEMENTS (entries); i++)
    if (g_strcmp0 (entries[i].name, name) == 0)
      return (PiaoMutant)i;
  return PIAO_MUTANT_NONE;
}

gboolean
piao_mutant_choose (PiaoMutant mutant)
{
#ifdef PIAO_MUTANTS
  piao_mutant_chosen = mutant;
  return TRUE;
#else
  return mutant == PIAO_MUTANT_NONE;
#endif
}
