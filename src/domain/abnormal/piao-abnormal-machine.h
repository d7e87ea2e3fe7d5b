/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The life of a case (domain 6.2), as data: reported → evidence_collected → liability_judged →
 * handling → approved → closed.
 *
 * Beyond the drawn line: handling --handle--> handling, because the number of the police comes days
 * after the handling was decided, and handling --judge--> liability_judged, because whoever
 * approves must be able to say no.
 */
typedef struct
{
  const char *from;
  const char *event;
  const char *to;
} PiaoAbnormalEdge;

const PiaoAbnormalEdge *piao_abnormal_machine_get_edges (guint *n_edges);

/* Where @event leads from @state, or NULL. */
const char *piao_abnormal_machine_next (const char *state, const char *event);

/* The words of a case, each ending with NULL: what is wrong, who is liable, what is done. Troubles
 * before "delivery" are about packs. */
extern const char *const piao_abnormal_troubles[];
extern const char *const piao_abnormal_liabilities[];
extern const char *const piao_abnormal_handlings[];

/* Whether packs of the order are lost, damaged or stolen. */
gboolean piao_abnormal_trouble_is_of_packs (const char *trouble);

/* What people read for a state, trouble, liability or handling: "Evidence collected"; translated,
 * the word itself when it is none. Borrowed. */
const char *piao_abnormal_get_title (const char *word);

G_END_DECLS
