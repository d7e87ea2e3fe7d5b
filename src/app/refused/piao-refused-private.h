/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/refused/piao-refused.h"

G_BEGIN_DECLS

/* The arguments that people read, in the order of the command's parameters, those of its lists
 * element by element; none when @command or @args is NULL. The order it is about is not among them.
 * On a reader's thread: @db reads the names of what ids stand for. GPtrArray of PiaoArgument. */
GPtrArray *piao_argument_list (PiaoDb *db, const PiaoCommand *command, JsonObject *args);

G_END_DECLS
