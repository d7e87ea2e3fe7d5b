/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/* The rulebook: the modules of all features, in the order in which their rows are written. */
PiaoRegistry *piao_domain_registry_new (void);

G_END_DECLS
