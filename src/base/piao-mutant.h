/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "base/piao-mutant-list.h"

G_BEGIN_DECLS

/*
 * Planted bugs: a checker that has never caught anything proves nothing, so the simulator is run
 * against the real code with one known mistake in it.
 *
 *   if (PIAO_MUTANT (lost_undo))
 *     return TRUE;
 *
 * is plainly 0 in every program but piao-sim-mutants (tests/sim), which compiles the files that
 * have one with PIAO_MUTANTS and chooses one at run time.
 */
#define PIAO_MUTANT_ENUM(name, what) PIAO_MUTANT_##name,
typedef enum
{
  PIAO_MUTANT_NONE,
  PIAO_MUTANT_LIST (PIAO_MUTANT_ENUM) PIAO_MUTANTS_OF_CRASHES,
  PIAO_MUTANTS_BEFORE_THOSE = PIAO_MUTANTS_OF_CRASHES - 1,
  PIAO_CRASH_MUTANT_LIST (PIAO_MUTANT_ENUM) PIAO_N_MUTANTS,
} PiaoMutant;
#undef PIAO_MUTANT_ENUM

#ifdef PIAO_MUTANTS
extern PiaoMutant piao_mutant_chosen;
#define PIAO_MUTANT(name) G_UNLIKELY (piao_mutant_chosen == PIAO_MUTANT_##name)
#else
#define PIAO_MUTANT(name) (PIAO_MUTANT_##name == PIAO_MUTANT_NONE)
#endif

/* The name of a planted bug and what it breaks, in English: for the people who mend the checker.
 * NULL for PIAO_MUTANT_NONE and from PIAO_N_MUTANTS on. */
const char *piao_mutant_get_name (PiaoMutant mutant);
const char *piao_mutant_describe (PiaoMutant mutant);

/* The one of that name; PIAO_MUTANT_NONE when there is none. */
PiaoMutant piao_mutant_find (const char *name);

/* Switches @mutant on and all others off, for the whole process; before anything else runs. FALSE
 * in a build without planted bugs. */
gboolean piao_mutant_choose (PiaoMutant mutant);

G_END_DECLS
