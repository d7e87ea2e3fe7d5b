/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Made-up names; the same generator state gives the same name. All transfer full. */

/* A person: Chinese or Uyghur in transliteration ("阿卜杜拉·买买提"). */
char *piao_demo_name_person (GRand *rand);

/* Eleven digits of a block that is not given out to people. */
char *piao_demo_name_phone (GRand *rand);

/* A shop, a street in @county with a number. */
char *piao_demo_name_shop (GRand *rand, const char *county);
char *piao_demo_name_address (GRand *rand, const char *county);

G_END_DECLS
