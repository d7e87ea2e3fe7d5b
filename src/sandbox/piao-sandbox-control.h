/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsoup/soup.h>

#include "sandbox/piao-sandbox.h"

G_BEGIN_DECLS

/* Serves /control/ of @self (borrowed, outlives the server). */
void piao_sandbox_control_serve (PiaoSandbox *self, SoupServer *server, PiaoClock *clock);

G_END_DECLS
