/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"

G_BEGIN_DECLS

/* What the codings of a reply share. */

/* FALSE and PIAO_ERROR_CORRUPT "sync.answer": @part is not as it should be. */
gboolean piao_reply_set_shape_error (const char *part, GError **error);

/* The checks that no coding can make alone; see piao_reply_decode(). */
gboolean piao_reply_check (const PiaoReply *self, GError **error);

/* Everything but the rows as JSON: what the frames say in JSON too. The members of one part each;
 * an absent or empty part is NULL or passes. */
JsonArray *piao_reply_verdicts_to_json (const PiaoReply *self);
JsonArray *piao_reply_gone_to_json (const PiaoReply *self);
JsonArray *piao_reply_grants_to_json (const PiaoReply *self);
JsonArray *piao_reply_digests_to_json (const PiaoReply *self);
JsonObject *piao_reply_end_to_json (const PiaoReply *self);
/* epoch, now, restart, expected and notes. */
void piao_reply_head_to_json (const PiaoReply *self, JsonObject *object);

/* [lane, seq] or [lane, seq, base, history]; FALSE for anything else. */
gboolean piao_lane_seq_from_json (JsonArray *array, guint index, PiaoLaneSeq *lane);

gboolean piao_reply_verdicts_from_json (PiaoReply *self, JsonArray *array, GError **error);
gboolean piao_reply_gone_from_json (PiaoReply *self,
                                    PiaoRegistry *registry,
                                    JsonArray *array,
                                    GError **error);
gboolean piao_reply_grants_from_json (PiaoReply *self, JsonArray *array, GError **error);
gboolean piao_reply_digests_from_json (PiaoReply *self,
                                       PiaoRegistry *registry,
                                       JsonArray *array,
                                       GError **error);
gboolean piao_reply_end_from_json (PiaoReply *self, JsonObject *end, GError **error);
gboolean piao_reply_head_from_json (PiaoReply *self, JsonObject *object, GError **error);

G_END_DECLS
