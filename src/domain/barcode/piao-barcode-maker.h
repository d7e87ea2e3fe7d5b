/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Valid codes of made-up packs, for demo data, practice sheets and tests. All return NULL when a
 * number does not fit its field. Transfer full. */

/* A ticket of the SJZ shape: @plan like "J0001", @ticket from 100 on. */
char *piao_barcode_make_sjz_ticket (
    const char *plan, guint batch, guint pack, guint ticket, guint tickets_per_pack);

/* The label of a box that holds @first … @last. */
char *piao_barcode_make_sjz_box (const char *plan,
                                 guint batch,
                                 guint boxes_per_case,
                                 guint packs_per_case,
                                 guint tickets_per_pack,
                                 guint first,
                                 guint last);

/* The label of case number @case_no (from 1), whose first pack is @first. */
char *piao_barcode_make_sjz_case (const char *plan,
                                  guint batch,
                                  guint case_no,
                                  guint packs_per_case,
                                  guint tickets_per_pack,
                                  guint first);

/* A ticket of the BZP20 shape, with or without dashes. */
char *piao_barcode_make_bzp20 (guint game, guint batch, guint pack, guint ticket, gboolean dashes);

G_END_DECLS
