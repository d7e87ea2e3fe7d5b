/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/* The commands of piaokuctl; see the table in piaokuctl.c. */
int piao_ctl_init (int argc, char **argv, GError **error);
int piao_ctl_user (int argc, char **argv, GError **error);
int piao_ctl_device (int argc, char **argv, GError **error);
int piao_ctl_epoch (int argc, char **argv, GError **error);
int piao_ctl_grant (int argc, char **argv, GError **error);
int piao_ctl_ilms (int argc, char **argv, GError **error);
int piao_ctl_outbox (int argc, char **argv, GError **error);
int piao_ctl_verify (int argc, char **argv, GError **error);
int piao_ctl_demo (int argc, char **argv, GError **error);
int piao_ctl_replica_demo (int argc, char **argv, GError **error);
int piao_ctl_demo_codes (int argc, char **argv, GError **error);

/* --- shared --- */

/* Parses the words of a command; FALSE with @error when something is wrong or left over beyond
 * @n_words words, which stay in @argv behind the command's own name. */
gboolean piao_ctl_parse (int *argc,
                         char ***argv,
                         int n_words,
                         const char *words,
                         const GOptionEntry *entries,
                         GError **error);

/* @value, or FALSE with the sentence that --@name is missing. */
gboolean piao_ctl_need (const char *value, const char *name, GError **error);

/* Schema, head, reference data and their entries in the change index; what is there stays. */
gboolean piao_ctl_prepare (PiaoDb *db, GError **error);

G_END_DECLS
